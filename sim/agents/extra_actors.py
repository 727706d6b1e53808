"""Types of agents beside those that the engine knows: with entries of their own in a scenario, and a table for rules.

A type of the package is a class in a file of this folder, under `agents_of`, and its entry in `sim.scenario.actors`;
one of an extension is both in one file, under `sim.extend.actor`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.agents.actor import Actor
from sim.engine import tables as t

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
    """An agent of a further type: steps each morning after the agencies, reviews each evening after them.

    Attributes:
        entry: Its entry in the scenario.
        record: Its record in the table of its type, readable by compiled rules; None if the type has no table.
    """

    def __init__(self, model: CorridorModel, name: str, entry: Any, record: Any) -> None:
        """Register with the model; the shipped actors already exist."""
        super().__init__(model, name)
        self.entry = entry
        self.record = record


types: list[ActorType] = []


def add(actor_type: ActorType) -> None:
    """Let models have agents of a type, and compiled rules read its table."""
    types.append(actor_type)
    if actor_type.dtype is not None:
        t.extra_tables[actor_type.key] = lambda scenario, _: table_of(scenario, actor_type)


def remove(actor_type: ActorType) -> None:
    """Take a type back."""
    types.remove(actor_type)
    t.extra_tables.pop(actor_type.key, None)


def agents_of(key: str, table: np.dtype[Any] | None = None) -> Callable[[type[ExtraActor]], type[ExtraActor]]:
    """Make the decorated class the agents of a collection of `sim.scenario.actors`; ``table`` as in `ActorType`."""

    def put(cls: type[ExtraActor]) -> type[ExtraActor]:
        add(ActorType(key, cls, table))
        return cls

    return put


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
