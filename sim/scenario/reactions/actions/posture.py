"""The actions `posture`, `visas`, `return-offer` and `evacuation`: a transit state changes its conduct."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sim.scenario.entry import ASSUMED, NEUTRAL, Name, rows
from sim.scenario.errors import choices, show
from sim.scenario.measures.base import Misfit
from sim.scenario.measures.posture import LEVERS
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.action import Action, by_strength, register, states_of, towards, zones_of

if TYPE_CHECKING:
    from sim.agents.reactions import Answer
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class PostureAction(Action):
    """A transit state moves its conduct towards the values named, by the strength."""

    kind: Literal["posture"]
    visas: Quantity | None = quantity(None, "persons per day", 0, 1e6, "Visas issued.")
    facilitation: Quantity | None = quantity(None, "share", 0, 1, "Facilitation.")
    coaching: Quantity | None = quantity(None, "share", 0, 1, "Coaching.")
    transfer: Quantity | None = quantity(None, "persons per day", 0, 1e6, "Seats for transfer to the border.")
    may_return: Quantity | None = quantity(None, "share", 0, 1, "Share of those who give up who may go back.")
    boats_tolerated: Quantity | None = quantity(None, "share", 0, 1, "Share of boats let go.")
    interception: Quantity | None = quantity(None, "share", 0, 1, "Share of boats turned back at sea.")

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Move the levers of its states."""
        for state in states_of(model.settings, answer.actor):
            for lever in LEVERS:
                value = getattr(self, lever)
                if value is not None:
                    towards(model.states[state], lever, answer.key, value, answer.strength if on else None)


@register
class VisasAction(Action):
    """A transit state issues more visas, or fewer."""

    kind: Literal["visas"]
    factor: Quantity = quantity(1.0, "factor", 0, 100, "Factor on visas.", NEUTRAL)
    more: Quantity = quantity(0.0, "persons per day", 0, 1e6, "Visas beside those.", NEUTRAL)

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Multiply visas, and add to them."""
        more: Any = self.more
        for name in states_of(model.settings, answer.actor):
            state = model.states[name]
            state.factor("visas", answer.key, by_strength(self.factor, answer.strength) if on else None)
            state.addition("visas", answer.key, answer.strength * more if on else None)


@register
class ReturnOffer(Action):
    """A transit state offers people the way home."""

    kind: Literal["return-offer"]
    assisted_return: Quantity = quantity(
        0.005, "per day", 0, 1, "Hazard of being taken home from hub or coast, beside what is.", ASSUMED
    )
    may_return: Quantity | None = quantity(None, "share", 0, 1, "Share of those who give up who may go back.")

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Add to assisted return, and let more go back."""
        assisted: Any = self.assisted_return
        for name in states_of(model.settings, answer.actor):
            state = model.states[name]
            state.addition("assisted_return", answer.key, answer.strength * assisted if on else None)
            if self.may_return is not None:
                towards(state, "may_return", answer.key, self.may_return, answer.strength if on else None)


@register
class EvacuationAction(Action):
    """A transit state moves people from border zones back to the hub."""

    kind: Literal["evacuation"]
    zones: list[Name] = Field(default_factory=list, description="Border zones; all of its own when empty.")
    share: Quantity = quantity(
        1.0, "share per day", 0, 1, "Share of those there who are moved.", rows("camp_cleared_share")
    )

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Move people from the zones."""
        for zone in self.zones or zones_of(model.settings, answer.actor):
            state = model.states[model.settings.zones[zone].transit_state]
            towards(state, f"evacuation.{zone}", answer.key, self.share, answer.strength if on else None)

    def check(self, scenario: Scenario, actor: str) -> Iterator[Misfit]:
        """Check that the zones are the actor's."""
        own = zones_of(scenario, actor)
        for i, zone in enumerate(self.zones):
            if zone not in own:
                yield ("zones", i), f"found {show(zone)}, no zone of {show(actor)}; {choices(own, zone)}"
