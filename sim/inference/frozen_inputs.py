"""A scenario as it could be written on a day: what was neither known nor announced by then is taken out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sim.scenario.errors import ScenarioError
from sim.scenario.paths import apply_overrides, parameter_paths
from sim.scenario.schema import Scenario


def freeze(scenario: Scenario, origin: date, end: date) -> Scenario:
    """The scenario with the inputs that were known before the day ``origin``, run to ``end``.

    - Schedules keep what was dated before the origin; the last value holds from there on, or nothing
      where there was none yet.
    - Measures that had not begun and were not announced are taken out. Announced ones stay, with their end.
      The end of any other measure that lies ahead was not known: it goes on.
    - Published figures are no inputs, and are taken out.

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
    """The same day of a later month; the last day of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    following = date((number + 1) // 12, (number + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
