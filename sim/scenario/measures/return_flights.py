"""The measure `return-flights`: repatriation flights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sim.scenario.entry import Name, fitted, rows
from sim.scenario.measures.base import Measure
from sim.scenario.measures.registry import register
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel


@register
class ReturnFlights(Measure):
    """Repatriation flights from a hub take those who want to go home."""

    kind: Literal["return-flights"]
    transit_state: Name = Field(description="State whose hub they leave from.")
    seats: int = Field(
        180,
        ge=1,
        le=2000,
        description="Seats of a flight.",
        json_schema_extra={"unit": "seats", "source": rows("seats_a320_iraqi_airways", "seats_b747_400_iraqi_airways")},
    )
    weekly: Quantity = quantity(1.0, "flights per week", 0, 200, "Frequency.", "sim/data/flights.csv")
    cohorts: list[Name] = Field(default_factory=list, description="Cohorts taken; everybody when empty.")
    willing: Quantity = quantity(
        0.02,
        "share",
        0,
        1,
        "Share of those at the border who give up at each decision, as often as stranded people, while it is in force.",
        fitted("minsk-2021"),
    )

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Offer flights home."""
        weekly: Any = self.weekly
        model.offer_return_flights(name, weekly if on else 0.0)
        model.states[self.transit_state].addition("return_offer", name, self.willing if on else None)
