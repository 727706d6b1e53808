"""The measure `carrier-ban`: carriers may not fly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.scenario.entry import Name
from sim.scenario.errors import choices, show
from sim.scenario.measures.base import Measure, Misfit
from sim.scenario.measures.registry import register

if TYPE_CHECKING:
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class CarrierBan(Measure):
    """Carriers may not fly, or may not take the cohorts named."""

    kind: Literal["carrier-ban"]
    carriers: list[Name] = Field(default_factory=list, description="Carriers; all when empty.")
    routes: list[Name] = Field(default_factory=list, description="Routes; all of the carriers' when empty.")
    cohorts: list[Name] = Field(default_factory=list, description="Cohorts barred from boarding; everybody when empty.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Ground carriers, or bar cohorts from their routes."""
        if self.cohorts:
            model.bar(self.closes(model.settings), self.cohorts, "barred", 1 if on else -1)
            return
        for carrier in self.carriers or model.carriers:
            if on:
                model.carriers[carrier].ban(name, self.routes)
            else:
                model.carriers[carrier].lift(name)

    def closes(self, scenario: Scenario) -> list[str]:
        """Return the named routes that its carriers serve, or all that they serve if none is named."""
        served = self._served(scenario)
        return sorted(served & set(self.routes) if self.routes else served)

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that the named carriers serve the named routes."""
        served = sorted(self._served(scenario))
        for i, route in enumerate(self.routes if self.carriers else []):
            if route not in served:
                text = f"found {show(route)}, which no carrier named here serves; {choices(served, route)}"
                yield ("routes", i), text

    def _served(self, scenario: Scenario) -> set[str]:
        return {
            route for carrier in self.carriers or scenario.carriers for route in scenario.carriers[carrier].services
        }
