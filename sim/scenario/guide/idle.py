"""What in a scenario can have no effect: valid, but hardly meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sim.data.days import day_of
from sim.scenario.errors import ScenarioError
from sim.scenario.paths import get_path
from sim.scenario.schema import Scenario
from sim.scenario.timetable import departures


def without_effect(scenario: Scenario) -> list[str]:
    """Return a line for each part of a scenario that can have no effect: its path, and why.

    Measures that begin after the last day are not among them: the command line warns of those on every run.
    """
    return [
        *_of_routes(scenario),
        *_of_border(scenario),
        *_of_measures(scenario),
        *_masked(scenario),
        *_after_the_end(scenario),
    ]


def _of_routes(scenario: Scenario) -> Iterator[str]:
    served = {route for carrier in scenario.carriers.values() for route in carrier.services}
    taken = {route for cohort in scenario.cohorts.values() for route in cohort.routes}
    timetabled = {(row.carrier, row.route) for row in departures(scenario)}
    woken = {route for one in scenario.acting().values() for route in _opened(one.do)}
    for name in scenario.routes:  # one that has neither is just not used, as many that are inherited
        if name in taken - served:
            yield f"routes.{name}: cohorts may choose it, but no carrier serves it, so nobody can take it"
        if name in served - taken:
            yield f"routes.{name}: a carrier serves it, but no cohort may choose it (cohorts.NAME.routes)"
    for name, carrier in scenario.carriers.items():
        for route, service in carrier.services.items():
            due = [value for day, value in service.weekly.items() if day <= scenario.end and value != 0]
            if not due and (name, route) not in timetabled and route not in woken:
                yield f"carriers.{name}.services.{route}: nothing ever departs, by `weekly` or by a timetable"
    for name, cohort in scenario.cohorts.items():
        if not set(cohort.routes) & served:
            yield f"cohorts.{name}: no carrier serves any of its routes, so nobody leaves"


def _opened(action: Any) -> list[str]:
    """Return the routes on which an action of a reaction may add departures where there are none."""
    adds = action.kind == "departures" and action.weekly != 0
    return action.routes if adds else []


def _of_border(scenario: Scenario) -> Iterator[str]:
    reached = {route.transit_state for route in scenario.routes.values()}
    for name in scenario.transit_states:
        if name not in reached:
            yield f"transit_states.{name}: no route leads to it"
    within = {section for zone in scenario.zones.values() for section in zone.sections}
    for name in scenario.sections:
        if name not in within:
            yield f"sections.{name}: no border zone has it within reach (zones.NAME.sections), so nobody tries there"
    guarded = {section.agency for section in scenario.sections.values()}
    for name in scenario.agencies:
        if name not in guarded:
            yield f"agencies.{name}: it guards no section"


def _of_measures(scenario: Scenario) -> Iterator[str]:
    served = {route for carrier in scenario.carriers.values() for route in carrier.services}
    for name, measure in scenario.measures.items():
        lag, probability = measure.lag, measure.success_probability
        if probability == 0:
            yield f"measures.{name}: its success_probability is 0, so it never takes effect"
        ends = measure.end
        if isinstance(lag, float) and ends is not None and measure.start + timedelta(days=int(lag)) > ends:
            yield f"measures.{name}: it ends on {measure.end}, before its lag of {lag:g} days is over"
        routes = getattr(measure, "routes", None)
        if routes and not set(routes) & served:
            yield f"measures.{name}: no carrier serves any of its routes"
        if measure.kind == "frontex-deployment" and scenario.frontex.officers == 0:
            yield f"measures.{name}: Frontex's pool is empty (frontex.officers: 0), so nobody can be sent"


def _masked(scenario: Scenario) -> Iterator[str]:
    """Yield dates of schedules that a measure overrides for as long as they hold."""
    for name, measure in scenario.measures.items():
        for path, known in _overridden(scenario, measure):
            days = sorted(known)
            for day, following in pairwise([*days, scenario.end + timedelta(days=1)]):
                last = following - timedelta(days=1)
                if _always(measure) and measure.start <= day and (measure.end is None or last <= measure.end):
                    yield f"{path}.{day}: the measure {name} overrides it for as long as it holds"


def _overridden(scenario: Scenario, measure: Any) -> Iterator[tuple[str, dict[date, Any]]]:
    """Yield path and values of the schedules that a measure overrides while it is in force."""
    if measure.kind == "turn-back":
        yield f"agencies.{measure.agency}.turn_back", scenario.agencies[measure.agency].turn_back
    if measure.kind == "visa-stop" and not measure.cohorts:
        yield f"transit_states.{measure.transit_state}.visas", scenario.transit_states[measure.transit_state].visas
    if measure.kind == "posture":
        state = scenario.transit_states[measure.transit_state]
        for field in ("visas", "facilitation", "coaching", "transfer", "may_return", "boats_tolerated", "interception"):
            if getattr(measure, field) is not None:
                yield f"transit_states.{measure.transit_state}.{field}", getattr(state, field)
        for zone in measure.steering:
            yield f"zones.{zone}.steering", scenario.zones[zone].steering


def _always(measure: Any) -> bool:
    """Return whether a measure takes effect on its first day in every run."""
    return bool(measure.lag == 0 and measure.success_probability == 1)


def _after_the_end(scenario: Scenario) -> Iterator[str]:
    for name, sponsor in scenario.sponsors.items():
        start = getattr(sponsor, "start", None)
        if start is not None and start > scenario.end:
            yield f"sponsors.{name}: it starts on {start}, after the last day, {scenario.end}"


def masked(scenario: Scenario, path: str) -> str:
    """Return why no value of a parameter can have an effect in a scenario; empty if none of these reasons is known.

    Known are a later date of the same schedule that holds from the first day on, a date after the last day, a measure
    that overrides the date for as long as it holds, a measure or sponsor that begins after the last day, and reactions
    where nobody answers.
    """
    head, _, last = path.rpartition(".")
    collection, _, rest = path.partition(".")
    entry = rest.partition(".")[0]
    if collection == "reactions" and not scenario.answers:
        return "nobody answers (answers: false)"
    start = getattr(getattr(scenario, collection, {}).get(entry), "start", None) if collection in _STARTING else None
    if start is not None and start > scenario.end:
        return f"{collection}.{entry} starts on {start}, after the last day, {scenario.end}"
    try:
        day = day_of(last)
        schedule = get_path(scenario, head)
    except (ValueError, ScenarioError):
        return ""
    if day > scenario.end:
        return f"it holds from {day}, after the last day, {scenario.end}"
    later = min((other for other in schedule if other > day), default=scenario.end + timedelta(days=1))
    if later <= scenario.start:
        return f"the value from {later} holds on the first day, {scenario.start}, already"
    last_day = later - timedelta(days=1)
    for name, measure in scenario.measures.items():
        ends = measure.end is None or last_day <= measure.end
        if (
            _always(measure)
            and measure.start <= max(day, scenario.start)
            and ends
            and _overrides(scenario, measure, head)
        ):
            return f"the measure {name} overrides it for as long as it holds"
    return ""


_STARTING = ("measures", "sponsors")


def _overrides(scenario: Scenario, measure: Any, schedule: str) -> bool:
    if any(schedule == path for path, _ in _overridden(scenario, measure)):
        return True
    if measure.kind != "carrier-ban" or measure.cohorts:
        return False
    return any(
        schedule == f"carriers.{carrier}.services.{route}.weekly"
        for carrier in measure.carriers or scenario.carriers for route in measure.closes(scenario)
    )  # fmt: skip
