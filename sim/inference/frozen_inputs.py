"""Frozen scenarios: as they could have been written on a day, without what was neither known nor announced."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sim.data.days import day_of
from sim.scenario.errors import ScenarioError
from sim.scenario.paths import apply_overrides, parameter_paths
from sim.scenario.schema import Scenario


def freeze(scenario: Scenario, origin: date, end: date) -> Scenario:
    """Return the scenario with the inputs known before the day ``origin``, run to ``end``.

    - Schedules keep entries dated before the origin; the last value continues to apply, or none if there was
      none yet.
    - Measures that had neither begun nor been announced are removed. Announced ones stay, with their end.
      The later end of any other measure was not known: it continues.
    - Published figures are not inputs, and are removed.

    Raises:
        ScenarioError: If the origin lies outside the run, or the scenario has a timetable.
    """
    if not scenario.start < origin <= scenario.end or end > scenario.end:
        last = scenario.end
        raise ScenarioError(f"origin: found {origin} to {end}; allowed: from {scenario.start} on, to {last} at most")
    if scenario.timetable is not None:
        raise ScenarioError("timetable: a back-test cannot tell which departures were known; allowed: weekly schedules")
    changes: dict[str, Any] = {"observed": [], "days": (end - scenario.start).days + 1}
    for parameter in parameter_paths(scenario):
        day = _day(parameter.path.rpartition(".")[2])
        if day is not None and day >= origin:
            changes[parameter.path] = None
    for name, measure in scenario.measures.items():
        announced = measure.announced is not None and measure.announced < origin
        if measure.start >= origin and not announced:
            changes[f"measures.{name}"] = None
            changes = {path: v for path, v in changes.items() if not path.startswith(f"measures.{name}.")}
        elif measure.end is not None and measure.end >= origin and not announced:
            changes[f"measures.{name}.end"] = None
    return apply_overrides(scenario, changes)


def month_after(day: date, months: int) -> date:
    """Return the same day of a later month, or the last day of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _day(text: str) -> date | None:
    try:
        return day_of(text)
    except ValueError:
        return None
