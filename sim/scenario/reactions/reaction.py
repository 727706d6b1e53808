"""The schema of a reaction: who answers what, how likely, how soon, how strongly, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from sim.scenario.entry import ASSUMED, NEUTRAL, Entry, Name, Title
from sim.scenario.errors import choices, show
from sim.scenario.kinds import OfItsKind
from sim.scenario.measures.base import Misfit
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.action import ACTORS, Action
from sim.scenario.reactions.action import REGISTRY as OF_ACTIONS
from sim.scenario.reactions.trigger import REGISTRY as OF_TRIGGERS
from sim.scenario.reactions.trigger import Trigger

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

AnyTrigger = Annotated[Trigger, OfItsKind(OF_TRIGGERS)]
AnyAction = Annotated[Action, OfItsKind(OF_ACTIONS)]


class Reaction(Entry):
    """How a transit state, sponsor, carrier or agency answers to what others do."""

    title: Title | None = Field(None, description="Title for reports; the reaction's name when absent.")
    actor: Name = Field(description="Who answers: a transit state, a sponsor, a carrier or a border agency.")
    when: AnyTrigger = Field(description="What it answers to.")
    after: Quantity = quantity(0, "days", 0, 365, "Days from the trigger until it acts; 0 is the same day.", NEUTRAL)
    probability: Quantity = quantity(
        1.0, "probability", 0, 1, "Probability of an answer, each time that the trigger begins.", NEUTRAL
    )
    do: AnyAction = Field(description="What it does.")
    until: Quantity | None = quantity(
        None, "days", 1, 3650, "Days in force; when absent, until the trigger no longer holds.", ASSUMED
    )
    rest: Quantity = quantity(7, "days", 1, 3650, "Days after its end before it may begin again.", ASSUMED)
    strength: Quantity = quantity(1.0, "share", 0, 1, "Share of the action that it takes; 0 is no answer.", NEUTRAL)

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Yield what is wrong with actor, trigger and action together: where in the reaction, and why."""
        fitting = sorted(name for key in self.do.by for name in getattr(scenario, key))
        known = sorted(name for key in ACTORS for name in getattr(scenario, key))
        if self.actor not in known:
            what = "which is no transit state, sponsor, carrier or agency"
            yield ("actor",), f"found {show(self.actor)}, {what}; {choices(known, self.actor)}"
        elif self.actor not in fitting:
            what = f"who cannot do {show(self.do.kind)}"
            yield ("actor",), f"found {show(self.actor)}, {what}; {choices(fitting, self.actor)}"
        else:
            yield from ((("do", *place), text) for place, text in self.do.check(scenario, self.actor))
        yield from ((("when", *place), text) for place, text in self.when.check(scenario))


def circles(reactions: dict[str, Reaction]) -> Iterator[tuple[str, list[str]]]:
    """Yield reactions that wait for themselves, each with the circle that leads back to it."""
    for name in reactions:
        way = [name]
        while (before := getattr(reactions[way[-1]].when, "reaction", None)) in reactions and before not in way:
            way.append(str(before))
        if before == name:
            yield name, [*way, name]
