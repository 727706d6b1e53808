"""The measure `posture`: a change in a transit state's conduct."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import ASSUMED, Name
from sim.scenario.errors import choices, show
from sim.scenario.measures.base import Measure, Misfit
from sim.scenario.measures.registry import register
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario

LEVERS = ("visas", "facilitation", "coaching", "transfer", "may_return", "boats_tolerated", "interception")


@register
class Posture(Measure):
    """A transit state changes its conduct; fields that are absent stay unchanged."""

    kind: Literal["posture"]
    transit_state: Name = Field(description="State.")
    visas: Quantity | None = quantity(None, "persons per day", 0, 1e6, "Visas issued.")
    facilitation: Quantity | None = quantity(None, "share", 0, 1, "Facilitation.")
    coaching: Quantity | None = quantity(None, "share", 0, 1, "Coaching.")
    transfer: Quantity | None = quantity(None, "persons per day", 0, 1e6, "Seats for transfer to the border.")
    may_return: Quantity | None = quantity(None, "share", 0, 1, "Share of those who give up who may go back.")
    boats_tolerated: Quantity | None = quantity(None, "share", 0, 1, "Share of boats let go.")
    interception: Quantity | None = quantity(None, "share", 0, 1, "Share of boats turned back at sea.")
    steering: dict[Name, Quantity] = Field(
        default_factory=dict,
        description="Steering weights by zone.",
        json_schema_extra={"unit": "logit", "range": [-20, 20], "source": ASSUMED},
    )

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Override the levers of a transit state."""
        state = model.states[self.transit_state]
        for field in LEVERS:
            value = getattr(self, field)
            if value is not None:
                state.override(field, name, value if on else None)
        for zone, value in self.steering.items():
            state.override(f"steering.{zone}", name, value if on else None)

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that the zones to which it steers belong to the state."""
        own = [name for name, zone in scenario.zones.items() if zone.transit_state == self.transit_state]
        for zone in self.steering:
            if zone not in own:
                text = f"found {show(zone)}, no zone of {show(self.transit_state)}; {choices(own, zone)}"
                yield ("steering", zone), text
