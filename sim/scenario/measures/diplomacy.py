"""The measure `diplomacy`: origin states stop departures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import Name
from sim.scenario.measures.base import Measure
from sim.scenario.measures.registry import register
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class Diplomacy(Measure):
    """An origin state is persuaded to stop departures on routes."""

    kind: Literal["diplomacy"]
    routes: list[Name] = Field(min_length=1, description="Routes that it is asked to stop.")
    frequency_factor: Quantity = quantity(
        0.0, "factor", 0, 10, "Factor on departures when it succeeds.", "sim/data/events.csv"
    )

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Stop or cut departures on routes."""
        for carrier in model.carriers.values():
            for route in carrier.services:
                if route in self.routes:
                    carrier.factor(route, name, self.frequency_factor if on else None)

    def closes(self, scenario: Scenario) -> list[str]:
        """Return the named routes."""
        return sorted(self.routes)
