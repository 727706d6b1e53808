"""A scenario with a flight schedule in place of its weekly frequencies, for the days ahead that the schedule covers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sim.scenario.errors import ScenarioError
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario
from sim.scenario.timetable import Departure, read_timetable


def with_flights(scenario: Scenario, file: str | Path, since: date) -> Scenario:
    """Return a scenario that departs by a schedule.

    A carrier that the schedule names flies its routes as scheduled, from the first to the last day of the schedule;
    before and after, and on other routes, it keeps its weekly frequency.

    Args:
        scenario: In plain numbers, without a timetable of its own.
        file: CSV with the columns ``date,origin,destination,carrier,seats``, a row a departure.
        since: First day that the schedule may have.

    Raises:
        ScenarioError: With file, line and column of what is wrong, if the file has no departure, or one before
            ``since``, or if the scenario has a timetable.
    """
    if scenario.timetable is not None:
        raise ScenarioError(f"--flights: the scenario has a timetable ({scenario.timetable}); one of them is needed")
    rows = read_timetable(file, scenario)
    if not rows:
        raise ScenarioError(f"--flights: {file} has no departure; one at least is needed")
    first, last = (scenario.start + timedelta(days=day) for day in (rows[0].day, rows[-1].day))
    if first < since:
        raise ScenarioError(
            f"--flights: {file} begins on {first}; needed: {since} or later, as counts reach until then"
        )
    silent = apply_overrides(scenario, _silenced(scenario, rows, first, last))
    changed = silent.model_copy(update={"timetable": str(file)})
    changed._rows = silent._rows
    changed._timetable = (str(file), scenario.end)
    return changed


def _silenced(scenario: Scenario, rows: list[Departure], first: date, last: date) -> dict[str, Any]:
    """Return changes by which the weekly frequencies of the schedule's carriers and routes rest while it lasts."""
    changes: dict[str, Any] = {}
    for carrier, route in sorted({(row.carrier, row.route) for row in rows}):
        weekly = scenario.carriers[carrier].services[route].weekly
        path = f"carriers.{carrier}.services.{route}.weekly"
        within = [day for day in weekly if first < day <= last]
        changes |= {f"{path}.{day}": 0.0 for day in (first, *within)}
        after = last + timedelta(days=1)
        before = [day for day in weekly if day <= after]
        if after <= scenario.end and after not in weekly:
            changes[f"{path}.{after}"] = weekly[max(before)] if before else 0.0
    return changes
