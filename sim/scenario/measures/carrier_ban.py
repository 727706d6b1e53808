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
    from sim.scenario.actors import Route
    from sim.scenario.schema import Scenario


@register
class CarrierBan(Measure):
    """Carriers may not fly, or may not take the cohorts named."""

    kind: Literal["carrier-ban"]
    carriers: list[Name] = Field(default_factory=list, description="Carriers; all when empty.")
    routes: list[Name] = Field(default_factory=list, description="Routes; all of the carriers' when empty.")
    legs: list[Name] = Field(default_factory=list, description="Legs, each of which closes every route that uses it.")
    cohorts: list[Name] = Field(default_factory=list, description="Cohorts barred from boarding; everybody when empty.")

    def apply(self, model: CorridorModel, name: str, on: bool) -> None:
        """Ground carriers, or bar cohorts from their routes."""
        if self.cohorts:
            model.bar(self.closes(model.settings), self.cohorts, "barred", 1 if on else -1)
            model.bar(self.sends_back(model.settings), self.cohorts, "sent_back", 1 if on else -1)
            return
        for carrier in self.carriers or model.carriers:
            if on:
                model.carriers[carrier].ban(name, self._named(model.settings))
            else:
                model.carriers[carrier].lift(name)

    def closes(self, scenario: Scenario) -> list[str]:
        """Return the routes, named or over a named leg, that its carriers serve; all that they serve if none is."""
        served = self._served(scenario)
        named = self._named(scenario)
        return sorted(served & set(named) if named else served)

    def sends_back(self, scenario: Scenario) -> list[str]:
        """Return the routes that it closes beyond the leg on which people board, where that is known."""
        return [name for name in self.closes(scenario) if self._bars_the_way(name, scenario.routes[name])]

    def check(self, scenario: Scenario) -> Iterator[Misfit]:
        """Check that routes use the named legs, and that the named carriers serve routes and legs."""
        served = sorted(self._served(scenario))
        used = sorted({leg for route in scenario.routes.values() for leg in route.legs})
        flown = {leg for route in served for leg in scenario.routes[route].legs}
        for i, leg in enumerate(self.legs):
            if leg not in used:
                yield ("legs", i), f"found {show(leg)}, which is no leg of a route; {choices(used, leg)}"
            elif leg not in flown:
                text = f"found {show(leg)}, which is on no route that a carrier banned here serves"
                yield ("legs", i), f"{text}; {choices(sorted(flown), leg)}"
        for i, route in enumerate(self.routes if self.carriers else []):
            if route not in served:
                text = f"found {show(route)}, which no carrier named here serves; {choices(served, route)}"
                yield ("routes", i), text

    def _named(self, scenario: Scenario) -> list[str]:
        """Return the routes that are named, and those that use a leg that is."""
        banned = set(self.legs)
        return [*self.routes, *(name for name, route in scenario.routes.items() if banned & route.legs.keys())]

    def _bars_the_way(self, name: str, route: Route) -> bool:
        """Return whether a route has further legs than that on which people board, and one of these is banned."""
        further = route.legs.keys() - {route.first_leg}
        if route.first_leg is None or not further:
            return False
        return not self.legs or name in self.routes or bool(further & set(self.legs))

    def _served(self, scenario: Scenario) -> set[str]:
        return {
            route for carrier in self.carriers or scenario.carriers for route in scenario.carriers[carrier].services
        }
