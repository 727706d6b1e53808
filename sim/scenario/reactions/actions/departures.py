"""The action `departures`: flights, buses or boats are added or cut, and dormant routes opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from sim.scenario.entry import NEUTRAL, Name
from sim.scenario.errors import choices, show
from sim.scenario.measures.base import Misfit
from sim.scenario.quantity import Quantity, quantity
from sim.scenario.reactions.action import CARRIERS, SPONSORS, STATES, Action, by_strength, register

if TYPE_CHECKING:
    from sim.agents.reactions import Answer
    from sim.model import CorridorModel
    from sim.scenario.schema import Scenario


@register
class DeparturesAction(Action):
    """Departures are added on routes or cut; a route without any before, such as by a third place, is opened so."""

    kind: Literal["departures"]
    by: ClassVar[tuple[str, ...]] = (STATES, SPONSORS, CARRIERS)
    routes: list[Name] = Field(min_length=1, description="Routes.")
    weekly: Quantity = quantity(
        0.0, "departures per week", 0, 2000, "Departures on each route beside what is, shared by its carriers.", NEUTRAL
    )
    factor: Quantity = quantity(1.0, "factor", 0, 100, "Factor on the departures that are.", NEUTRAL)

    def apply(self, model: CorridorModel, answer: Answer, on: bool) -> None:
        """Change the frequency of the carriers that serve the routes, a carrier's own or all."""
        weekly: Any = self.weekly
        for route in self.routes:
            serving = _serving(model.settings, route, answer.actor)
            for name in serving:
                carrier = model.carriers[name]
                carrier.factor(route, answer.key, by_strength(self.factor, answer.strength) if on else None)
                carrier.addition(route, answer.key, answer.strength * weekly / len(serving) if on else None)

    def check(self, scenario: Scenario, actor: str) -> Iterator[Misfit]:
        """Check that somebody serves the routes and might take them."""
        served = [route for route in sorted(scenario.routes) if _serving(scenario, route, actor)]
        taken = {route for cohort in scenario.cohorts.values() for route in cohort.routes}
        whose = f"{show(actor)} does not serve" if actor in scenario.carriers else "no carrier serves"
        for i, route in enumerate(self.routes):
            if route not in served:
                yield ("routes", i), f"found {show(route)}, which {whose}; {choices(served, route)}"
            elif route not in taken:
                yield ("routes", i), f"found {show(route)}, which is open to no cohort; {choices(sorted(taken), route)}"


def _serving(scenario: Scenario, route: str, actor: str) -> list[str]:
    serving = sorted(name for name, carrier in scenario.carriers.items() if route in carrier.services)
    return [name for name in serving if name == actor] if actor in scenario.carriers else serving
