"""Each step made a tenth easier, as changes of a scenario: the unit by which steps are compared.

The changes are those of ``--set``, so that anybody can repeat them, and a run with them has the same people and draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sim.scenario.fields import find, note
from sim.scenario.paths import apply_overrides, get_path
from sim.scenario.quantity import centre
from sim.scenario.schema import Scenario
from sim.studies.limits.observed import STEPS, Timetable

TENTH = 0.1
ASSUMED = "assumption"


class Relaxation(NamedTuple):
    """One step made easier.

    Attributes:
        step: The step of `STEPS` that it concerns.
        what: What is changed, in words.
        changes: Values by dotted path, as for ``--set``.
        seats: Factor on the seats of timetabled departures of the routes.
        assumed: Whether a value that it changes is an assumption: by the schema, or as the scenario's own, of which the
            schema's source says nothing.
    """

    step: str
    what: str
    changes: dict[str, Any]
    seats: float = 1.0
    assumed: bool = False

    def of(self, scenario: Scenario, timetable: Timetable, routes: Iterable[str]) -> tuple[Scenario, Timetable]:
        """Return a scenario, and its timetable, with the step made easier."""
        own = set(routes)
        # rounded, as 50 seats and a tenth are 55.00000000000001
        rows = [(day, route, math.ceil(round(n * self.seats, 9)) if route in own else n) for day, route, n in timetable]
        return apply_overrides(scenario, self.changes), rows


def relaxations(scenario: Scenario, routes: Iterable[str]) -> list[Relaxation]:
    """Return what makes each step of these routes a tenth easier, in the order of the steps; none that is idle.

    Args:
        scenario: A scenario in plain numbers.
        routes: Names of routes; what several routes share, such as visas, is changed for all.
    """
    own = [route for route in routes if route in scenario.routes]
    land = [route for route in own if not scenario.routes[route].over_sea]
    states = sorted({scenario.routes[route].transit_state for route in land})
    needing = sorted({scenario.routes[r].transit_state for r in land if centre(scenario.routes[r].visa_lead) > 0})
    tastes = [f"cohorts.{c}.routes.{r}" for c, one in scenario.cohorts.items() for r in own if r in one.routes]
    services = [
        f"carriers.{c}.services.{r}.weekly" for c, one in scenario.carriers.items() for r in one.services if r in own
    ]
    more, less = 1 + TENTH, 1 - TENTH
    prices = [path for route in own for path in _prices(scenario, route)]
    found = [
        ("would_leave", "taste: odds +10 %", tastes, lambda taste: taste + math.log(more)),
        ("can_pay", "price −10 %", prices, lambda price: price * less),
        ("has_visa", "visas +10 %", [f"transit_states.{s}.visas" for s in needing], lambda n: n * more),
        ("has_seat", "departures +10 %", services, lambda n: n * more),
        ("transferred", "transfer +10 %", [f"transit_states.{s}.transfer" for s in states], lambda n: n * more),
        ("tried", "first attempt 10 % sooner", ["behaviour.first_attempt"] if land else [], lambda n: n * less),
        ("entered", "detection −10 %", ["detection.coverage"] if land else [], lambda n: n * less),
    ]  # fmt: skip
    assert [step for step, *_ in found] == [step for step in STEPS if step not in ("set_out", "boarded")]
    made = [_relaxation(scenario, *one) for one in found]
    return [one for one in made if one.changes]


def _prices(scenario: Scenario, route: str) -> list[str]:
    """Return the paths of what a journey costs: of its legs, if the route names any."""
    legs = [f"routes.{route}.legs.{leg}" for leg in scenario.routes[route].legs]
    return legs or [f"routes.{route}.price"]


def _relaxation(
    scenario: Scenario, step: str, what: str, paths: list[str], change: Callable[[float], float]
) -> Relaxation:
    data = scenario.model_dump()
    changes: dict[str, Any] = {}
    assumed = False
    for path in paths:
        value = get_path(scenario, path)
        spot = find(path.split("."), data)
        about = note(spot.field if spot else None)
        changed = _scaled(value, lambda n, about=about: min(max(change(n), about.low), about.high))  # type: ignore[misc]
        if changed != value:
            changes[path] = changed
            assumed |= about.source.startswith(ASSUMED) or value != about.default
    seats = 1 + TENTH if step == "has_seat" else 1.0
    return Relaxation(step, what, changes, seats, assumed)


def _scaled(value: Any, change: Callable[[float], float]) -> Any:
    """Return a number, or each of a mapping's, changed."""
    if isinstance(value, Mapping):
        return {key: _scaled(one, change) for key, one in value.items()}
    return change(float(value))
