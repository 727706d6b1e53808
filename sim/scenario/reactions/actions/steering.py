"""The action `steering`: people are steered to other border zones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sim.scenario.entry import ASSUMED, NEUTRAL, Name
from sim.scenario.errors import choices, show
from sim.scenario.measures.base import Misfit
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.action import Action, register, states_of, zones_of
from sim.scenario.reactions.trigger import WEEK

if TYPE_CHECKING:
    from sim.agents.reactions import Answer
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class SteeringAction(Action):
    """A transit state steers people to some zones and away from others, or to the one where capacity is lowest."""

    kind: Literal["steering"]
    steps: ClassVar[bool] = True
    zones: dict[Name, Quantity] = Field(
        default_factory=dict,
        description="Steering by zone beside what is; negative is away from it.",
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": ASSUMED},
    )
    weakest: Quantity = quantity(
        0.0, "logit", 0, 20, "Steering to the zone with the least spare capacity, chosen anew once a week.", NEUTRAL
    )

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Add to the steering of the zones named; at the end take everything back."""
        for zone in zones_of(model.settings, answer.actor):
            more: Any = self.zones.get(zone)
            if more is not None or not on:
                _state(model, zone).addition(f"steering.{zone}", answer.key, answer.strength * more if on else None)

    def step(self, model: CorridorModel, answer: Answer, days: int) -> None:
        """Once a week, look for the weakest zone of each state."""
        if not self.weakest or days % WEEK:
            return
        weakest: Any = self.weakest
        for state in states_of(model.settings, answer.actor):
            zones = model.states[state].zones
            target = min(zones, key=lambda zone: (model.spare_capacity(zone), zone), default="")
            for zone in zones:
                more: Any = self.zones.get(zone, 0.0)
                more = answer.strength * (more + (weakest if zone == target else 0.0))
                _state(model, zone).addition(f"steering.{zone}", answer.key, more)

    def check(self, scenario: Scenario, actor: str) -> Iterator[Misfit]:
        """Check that the zones are the actor's, and that it steers at all."""
        own = zones_of(scenario, actor)
        for zone in self.zones:
            if zone not in own:
                yield ("zones", zone), f"found {show(zone)}, no zone of {show(actor)}; {choices(own, zone)}"
        if not self.zones and self.weakest == 0:
            yield (), "found steering to nowhere; needed: `zones` or `weakest`"


def _state(model: CorridorModel, zone: str) -> Any:
    return model.states[model.settings.zones[zone].transit_state]
