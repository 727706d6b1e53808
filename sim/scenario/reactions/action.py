"""The base of actions: what an actor does while its reaction is in force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from sim.scenario.entry import Entry
from sim.scenario.kinds import Registry
from sim.scenario.measures.base import Misfit

if TYPE_CHECKING:
    from sim.agents.actor import Actor
    from sim.agents.reactions import Answer
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario

STATES, SPONSORS, CARRIERS, AGENCIES = "transit_states", "sponsors", "carriers", "agencies"
ACTORS = (STATES, SPONSORS, CARRIERS, AGENCIES)


class Action(Entry):
    """What an actor does; each kind is a subclass with its own fields and effect.

    The first line of a kind's docstring defines it in one sentence, which documentation and reports show.
    """

    if TYPE_CHECKING:
        kind: Any  # of each kind a field: Literal["its-name"]
    by: ClassVar[tuple[str, ...]] = (STATES, SPONSORS)  # collections of those who may act so
    steps: ClassVar[bool] = False  # whether `step` is to be called each morning

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Change the model's actors on the morning on which the reaction takes effect (``on``) or ends."""
        raise NotImplementedError(f"{type(self).__name__} says not what it does: it needs a method `apply`")

    def step(self, model: CorridorModel, answer: Answer, days: int) -> None:
        """Go on, each morning while it is in force; ``days`` counts from 0, the day on which it took effect."""

    def check(self, scenario: Scenario, actor: str) -> Iterator[Misfit]:
        """Yield errors that involve several fields or the actor: where in the action, and why. Nothing by default."""
        return iter(())


REGISTRY = Registry(Action, ("apply",), "apply(self, model, answer, on)")
ACTIONS = REGISTRY.known
register, unregister = REGISTRY.register, REGISTRY.unregister


def towards(actor: Actor, lever: str, key: str, value: Any, strength: float | None) -> None:
    """Move a lever from what it is towards a value by a share, the strength; with None, let it go."""
    actor.factor(lever, key, None if strength is None else 1.0 - strength)
    actor.addition(lever, key, None if strength is None else strength * value)


def by_strength(factor: Any, strength: float) -> float:
    """Return a factor scaled by a strength: 1 at strength 0."""
    return float(1.0 + (factor - 1.0) * strength)


def states_of(scenario: Scenario, actor: str) -> list[str]:
    """Return the transit states that an actor steers: itself, or those of a sponsor; none of a carrier or agency."""
    if actor in scenario.transit_states:
        return [actor]
    return scenario.sponsors[actor].transit_states if actor in scenario.sponsors else []


def zones_of(scenario: Scenario, actor: str) -> list[str]:
    """Return the border zones of the states that an actor steers."""
    states = states_of(scenario, actor)
    return [name for name, zone in sorted(scenario.zones.items()) if zone.transit_state in states]


def sections_of(scenario: Scenario, agency: str) -> list[str]:
    """Return the sections that an agency guards."""
    return [name for name, section in sorted(scenario.sections.items()) if section.agency == agency]
