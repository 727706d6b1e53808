"""The measure `visa-stop`: a transit state stops issuing visas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import Name
from sim.scenario.measures.base import Measure
from sim.scenario.measures.registry import register

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class VisaStop(Measure):
    """A transit state stops visas, for all or for the cohorts named."""

    kind: Literal["visa-stop"]
    transit_state: Name = Field(description="State.")
    cohorts: list[Name] = Field(default_factory=list, description="Cohorts concerned; everybody when empty.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Stop visas, for all or for the named cohorts."""
        if self.cohorts:
            model.bar(self.closes(model.settings), self.cohorts, "visa_barred", 1 if on else -1)
        else:
            model.states[self.transit_state].override("visas", name, 0.0 if on else None)

    def closes(self, scenario: Scenario) -> list[str]:
        """Return all routes to the state that require its visa."""
        routes = scenario.routes.items()
        return sorted(name for name, r in routes if r.transit_state == self.transit_state and not r.over_sea)
