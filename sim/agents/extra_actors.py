"""Types of agents that extensions add, each with its own scenario entries and an optional table for rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.agents.actor import Actor

if TYPE_CHECKING:
    from sim.model import CorridorModel


class ActorType(NamedTuple):
    """A type of agents.

    Attributes:
        key: Key of its entries in a scenario and, if it has a table, the table's name in the world.
        make: Class of the agents, called as ``make(model, name, entry, record)``.
        dtype: Type of its table's records, one per entry in alphabetical order; fields of the entry fill them.
    """

    key: str
    make: type[ExtraActor]
    dtype: np.dtype[Any] | None


class ExtraActor(Actor):
    """An agent of an extension: steps each morning after the agencies, reviews each evening.

    Attributes:
        entry: Its entry in the scenario.
        record: Its record in the table of its type, readable by compiled rules; None if the type has no table.
    """

    def __init__(self, model: CorridorModel, name: str, entry: Any, record: Any) -> None:
        """Register with the model; the shipped actors already exist."""
        super().__init__(model, name)
        self.entry = entry
        self.record = record

    def step(self) -> None:
        """Act in the morning, before the migrants."""

    def review(self) -> None:
        """Act in the evening, after the agencies' review."""


types: list[ActorType] = []


def table_of(scenario: Any, actor_type: ActorType) -> npt.NDArray[Any]:
    """Return the table of a type, shape (entries,)."""
    entries = getattr(scenario, actor_type.key)
    table = np.zeros(len(entries), actor_type.dtype)
    for record, name in zip(table, sorted(entries), strict=True):
        for field in table.dtype.names or ():
            if hasattr(entries[name], field):
                record[field] = getattr(entries[name], field)
    return table


def make_all(model: CorridorModel) -> dict[str, dict[str, ExtraActor]]:
    """Create the agents of all types; return them by key and name."""
    found: dict[str, dict[str, ExtraActor]] = {}
    for actor_type in types:
        entries = getattr(model.settings, actor_type.key, {})
        table = getattr(model.world, actor_type.key, None)
        found[actor_type.key] = {
            name: actor_type.make(model, name, entries[name], None if table is None else table[number])
            for number, name in enumerate(sorted(entries))
        }
    return found
