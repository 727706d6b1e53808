"""The first day on which two scenarios differ, found from the scenarios alone.

Until that day runs of both on the same people and the same draws are the same run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sim.scenario.schema import Scenario
from sim.scenario.timetable import departures

_SHOWN = {"title", "description", "seed", "places", "observed", "days", "timetable"}  # no effect, or handled apart
_TITLES = {"title"}
_DATED = ("measures", "sponsors")  # without effect before their announcement or start
_POOLED = "frontex-deployment"  # reserves officers of the shared pool before the first day


def first_difference(one: Scenario, other: Scenario) -> date | None:
    """Return the first day of the run on which two scenarios may act differently; None if they never do.

    A schedule differs from its first differing date on, a measure from its announcement (or start, or the day after the
    earlier end, if they differ in the end alone), timetables from the first departure that only one has. Any other
    parameter that differs does so from the first day. Deployments from Frontex's pool share it, so that one more may
    leave less for another: they differ from the first deployment of either scenario on. A run's last day counts, too.

    >>> from sim import load_scenario
    >>> first_difference(load_scenario("benghazi-surge"), load_scenario("carrier-ban")).isoformat()
    '2025-09-01'
    """
    start = max(one.start, other.start)
    if one.start != other.start:
        return start
    ours, theirs = one.model_dump(), other.model_dump()
    days = [*_of_measures(ours, theirs), *_of_timetables(one, other)]
    for key in {*ours, *theirs} - _SHOWN - {"measures"}:
        if key == "frontex" and _without(ours[key], {"officers"}) == _without(theirs[key], {"officers"}):
            days += _pool(ours, theirs) if ours[key] != theirs[key] else []
        else:
            days += _of_entries(ours.get(key), theirs.get(key), key in _DATED)
    if one.days != other.days:
        days.append(min(one.end, other.end) + timedelta(days=1))
    first = min((start if day is None else max(day, start) for day in days), default=None)
    return None if first is None or first > max(one.end, other.end) else first


def _of_entries(ours: Any, theirs: Any, dated: bool = False) -> Iterator[date | None]:
    """Yield the days from which two values differ; None stands for the first day."""
    if ours == theirs:
        return
    if not (isinstance(ours, dict) and isinstance(theirs, dict)):
        yield None
        return
    for key in {*ours, *theirs} - _TITLES:
        left, right = ours.get(key), theirs.get(key)
        if left == right and (key in ours) == (key in theirs):
            continue
        if isinstance(key, date):
            yield key
        elif dated and (key not in ours or key not in theirs):
            yield _known((ours if key in ours else theirs)[key])
        else:
            yield from _of_entries(left, right)


def _of_measures(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[date | None]:
    for name in {*ours["measures"], *theirs["measures"]}:
        found = [one["measures"].get(name) for one in (ours, theirs)]
        given = [_without(one, _TITLES) for one in found if one is not None]
        if len(given) == 2 and given[0] == given[1]:
            continue
        if any(one["kind"] == _POOLED for one in given):
            yield from _pool(ours, theirs)
        ends = [one["end"] for one in given if one["end"] is not None]
        if len(given) == 2 and _without(given[0], {"end"}) == _without(given[1], {"end"}):
            yield min(ends) + timedelta(days=1)
        else:
            yield min(_known(one) for one in given)


def _pool(*scenarios: Mapping[str, Any]) -> Iterator[date]:
    """Yield the days from which deployments from the shared pool are known."""
    for scenario in scenarios:
        yield from (_known(one) for one in scenario["measures"].values() if one["kind"] == _POOLED)


def _known(entry: Mapping[str, Any]) -> date:
    found: date = entry.get("announced") or entry["start"]
    return found


def _of_timetables(one: Scenario, other: Scenario) -> Iterator[date]:
    changed = set(departures(one)) ^ set(departures(other))
    yield from (one.start + timedelta(days=row.day) for row in changed)


def _without(entry: Mapping[str, Any], keys: set[str]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in keys}
