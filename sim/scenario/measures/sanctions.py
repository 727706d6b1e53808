"""The measures `sanctions` and `litigation`: pressure that takes effect gradually."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from sim.scenario.entry import Name
from sim.scenario.measures.base import Measure, Misfit
from sim.scenario.measures.registry import register
from sim.scenario.quantity import Quantity, quantity

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class Sanctions(Measure):
    """Sanctions gradually reduce carriers' departures and a transit state's facilitation."""

    kind: Literal["sanctions"]
    carriers: list[Name] = Field(default_factory=list, description="Carriers.")
    transit_states: list[Name] = Field(default_factory=list, description="Transit states.")
    frequency_factor: Quantity = quantity(0.5, "factor", 0, 10, "Factor on departures in the end.")
    facilitation_factor: Quantity = quantity(0.7, "factor", 0, 10, "Factor on facilitation in the end.")
    half_life: Quantity = quantity(30, "days", 0.1, 1000, "Days in which half of the effect comes about.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Reduce departures and facilitation gradually."""
        half_life: Any = self.half_life
        for carrier in self.carriers:
            for route in model.carriers[carrier].services:
                model.carriers[carrier].factor(route, name, self.frequency_factor if on else None, half_life)
        for state in self.transit_states:
            model.states[state].factor("facilitation", name, self.facilitation_factor if on else None, half_life)

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that somebody is sanctioned."""
        if not (self.carriers or self.transit_states):
            yield (), "found sanctions on nobody; needed: `carriers` or `transit_states`"


@register
class Litigation(Measure):
    """A court case gradually reduces a transit state's facilitation."""

    kind: Literal["litigation"]
    transit_states: list[Name] = Field(min_length=1, description="Transit states sued.")
    facilitation_factor: Quantity = quantity(0.9, "factor", 0, 10, "Factor on facilitation in the end.")
    half_life: Quantity = quantity(120, "days", 0.1, 1000, "Days in which half of the effect comes about.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Reduce facilitation gradually."""
        half_life: Any = self.half_life
        for state in self.transit_states:
            model.states[state].factor("facilitation", name, self.facilitation_factor if on else None, half_life)
