"""What limits the flow: persons at each step, the step that binds, and what a tenth more at each step brings.

Every number comes from runs: those of a result are repeated and watched, and repeated again with one step at a time
made a tenth easier, on the same people, draws and parameters.

The step that binds a week is told by what was seen: all seats taken and people still in line, or no departures though
people would go (``has_seat``); people still in line for a visa (``has_visa``); else whichever of taste
(``would_leave``) and price (``can_pay``) brings more aboard when made a tenth easier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.engine import steps
from sim.outputs.folder import OutputError
from sim.outputs.run_data import WINDOW, Array
from sim.scenario.schema import Scenario
from sim.studies.limits.observed import (
    BOARDED,
    CAN_PAY,
    ENTERED,
    HAS_SEAT,
    HAS_VISA,
    ON_LAND,
    STEPS,
    WOULD_LEAVE,
    Observed,
    Timetable,
    observe,
)
from sim.studies.limits.relaxations import Relaxation, relaxations

LEAST = 0.5  # persons, below which a change of a mean is none
DEPARTING, BEYOND = STEPS[: BOARDED + 1], STEPS[BOARDED + 1 :]
NOTHING = "nothing"
STORED_STEPS, STORED_GAINS, STORED_DIFFERENCES = "limits-steps", "limits-gains", "limits-differences"
GAINS = ("boarded", "tried", "entered")  # of what a relaxation brings
Progress = Callable[[int, int], None]  # runs done, runs to do


class Case(NamedTuple):
    """One run to be watched: a scenario in plain numbers, its timetable, and which replicate it is."""

    name: str
    replicate: int
    scenario: Scenario
    timetable: Timetable


class Limits(NamedTuple):
    """What limits the flow in each scenario. Persons, means over ``replicates`` runs.

    Attributes:
        steps: By scenario, route, cohort and week (its first day): persons at each of `STEPS`; in line for seats and
            visas at its end; seats and those taken of the route; the step that binds.
        gains: By scenario, route and step: what is made a tenth easier, whether that rests on assumptions, and how many
            more (or fewer) board, try and enter by the route: mean, lowest and highest of the replicates.
        replicates: Number of runs of each scenario.
        first, last: Days that are covered, in whole weeks of the run.
        over_sea: Routes without the steps `ON_LAND`.
    """

    steps: pd.DataFrame
    gains: pd.DataFrame
    replicates: int
    first: date
    last: date
    over_sea: frozenset[str]


def limits_of(
    cases: Sequence[Case],
    *,
    routes: Iterable[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    check: Callable[[Case, Observed], None] | None = None,
    progress: Progress | None = None,
) -> Limits:
    """Watch the runs of these cases, and repeat each with one step a tenth easier at a time.

    Args:
        cases: Runs; each scenario has the same replicates.
        routes: Routes whose steps are made easier and shown; all if None.
        since: First day that counts, with the rest of its week of the run; the first day if None.
        until: Last day that counts, with the rest of its week; the last day if None.
        check: Called with each case and what was seen, before anything is made easier.
        progress: Told how many runs are done, of how many.

    Raises:
        OutputError: If no route is open to anybody; and what ``check`` raises.
    """
    if not all(any(cohort.routes for cohort in case.scenario.cohorts.values()) for case in cases):
        raise OutputError("found a scenario in which nobody can set out; needed: cohorts with routes")
    wanted = sorted({route for case in cases for route in case.scenario.routes} if routes is None else set(routes))
    plans = [relaxations(case.scenario, wanted) for case in cases]
    total, done = sum(1 + len(plan) for plan in plans), 0
    seen, gains = [], []
    for case, plan in zip(cases, plans, strict=True):
        weeks = _weeks(case.scenario, since, until)
        found = observe(case.scenario, case.timetable)
        if check is not None:
            check(case, found)
        seen.append(_steps(case, found, weeks))
        done += 1
        for one in plan:
            if progress is not None:
                progress(done, total)
            eased = observe(*one.of(case.scenario, case.timetable, wanted))
            gains += list(_gains(case, one, found, eased, weeks))
            done += 1
    if progress is not None:
        progress(done, total)
    return _put_together(cases, wanted, pd.concat(seen, ignore_index=True), pd.DataFrame(gains), weeks)


def _put_together(
    cases: Sequence[Case], wanted: list[str], seen: pd.DataFrame, by_pair: pd.DataFrame, weeks: _Weeks
) -> Limits:
    table = _over_replicates(seen[seen["route"].isin(wanted)])
    mean = by_pair.groupby(["scenario", "route", "cohort", "step"], sort=False)["boarded"].mean()
    table["binding"] = _binding(table, mean)
    count = len({case.replicate for case in cases})
    sea = frozenset(name for case in cases for name, route in case.scenario.routes.items() if route.over_sea)
    return Limits(table, _of_routes(by_pair[by_pair["route"].isin(wanted)]), count, weeks.first, weeks.last, sea)


class _Weeks(NamedTuple):
    starts: Array  # days of the run on which the weeks in the window begin
    end: int  # day after the last
    first: date
    last: date

    def sums(self, values: Array) -> Array:
        """Sum values by day (first axis) to weeks."""
        total: Array = np.add.reduceat(values[: self.end], self.starts, axis=0)
        return total


def _weeks(scenario: Scenario, since: date | None, until: date | None) -> _Weeks:
    first = 0 if since is None else max((since - scenario.start).days, 0) // WINDOW * WINDOW
    after = scenario.days if until is None else ((until - scenario.start).days // WINDOW + 1) * WINDOW
    after = min(max(after, first + 1), scenario.days)
    starts = np.arange(first, after, WINDOW)
    day = scenario.start
    return _Weeks(starts, after, day + timedelta(days=first), day + timedelta(days=after - 1))


def _steps(case: Case, seen: Observed, weeks: _Weeks) -> pd.DataFrame:
    """Return a row per pair and week."""
    counts = weeks.sums(seen.counts)
    ends = np.minimum(weeks.starts + WINDOW, weeks.end) - 1
    lines = seen.lines[ends]
    seats, taken = (weeks.sums(values)[:, seen.pair_route] for values in (seen.seats, seen.taken))
    days = [case.scenario.start + timedelta(days=int(day)) for day in weeks.starts]
    parts = []
    for pair, (cohort, route) in enumerate(seen.names.pairs):
        columns: dict[str, Any] = {"scenario": case.name, "replicate": case.replicate, "route": route, "cohort": cohort}
        columns |= {"week": days} | {step: counts[:, pair, k] for k, step in enumerate(STEPS)}
        columns |= {"line_seat": lines[:, pair, steps.FOR_A_SEAT], "line_visa": lines[:, pair, steps.FOR_A_VISA]}
        columns |= {"seats": seats[:, pair], "seats_taken": taken[:, pair]}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _gains(case: Case, one: Relaxation, seen: Observed, eased: Observed, weeks: _Weeks) -> Iterator[dict[str, Any]]:
    more = weeks.sums(eased.counts - seen.counts).sum(axis=0)
    for pair, (cohort, route) in enumerate(seen.names.pairs):
        if case.scenario.routes[route].over_sea and one.step in (*ON_LAND, STEPS[ENTERED]):
            continue
        yield {
            "scenario": case.name, "replicate": case.replicate, "route": route, "cohort": cohort, "step": one.step,
            "easier": one.what, "assumed": one.assumed, **{name: more[pair, STEPS.index(name)] for name in GAINS},
        }  # fmt: skip


def _over_replicates(table: pd.DataFrame) -> pd.DataFrame:
    keys = ["scenario", "route", "cohort", "week"]
    numbers = table.drop(columns=["replicate"])
    return numbers.groupby(keys, sort=False, as_index=False).mean()


def _of_routes(by_pair: pd.DataFrame) -> pd.DataFrame:
    keys = ["scenario", "route", "step", "easier", "assumed"]
    routes = by_pair.groupby([*keys, "replicate"], sort=False, as_index=False)[list(GAINS)].sum()
    groups = routes.groupby(keys, sort=False)[list(GAINS)]
    parts = [groups.mean()] + [
        found.rename(columns={name: f"{name}_{which}" for name in GAINS})
        for which, found in (("low", groups.min()), ("high", groups.max()))
    ]
    return pd.concat(parts, axis=1).reset_index()


def _binding(table: pd.DataFrame, gains: pd.Series) -> list[str]:
    """Return the step that binds, for each row of weekly steps; ``gains`` are persons aboard by pair and step."""
    found = []
    for row in table.itertuples():
        pair = (row.scenario, row.route, row.cohort)
        taste, price = (gains.get((*pair, STEPS[step]), 0.0) for step in (WOULD_LEAVE, CAN_PAY))
        if row.seats == 0 and row.can_pay < LEAST:
            found.append(NOTHING)
        elif row.seats == 0 or (row.line_seat >= 1 and row.seats_taken >= row.seats):
            found.append(STEPS[HAS_SEAT])
        elif row.line_visa >= 1:
            found.append(STEPS[HAS_VISA])
        else:
            found.append(STEPS[CAN_PAY] if price >= taste else STEPS[WOULD_LEAVE])
    return found


def binding(limits: Limits, scenario: str, route: str) -> tuple[str, str]:
    """Return the step that limits how many board, and the one beyond that limits how many get in; `NOTHING` if none.

    That is the one which brings most when made a tenth easier.
    """
    own = limits.gains[(limits.gains["scenario"] == scenario) & (limits.gains["route"] == route)]
    found = []
    for among, gain in ((DEPARTING, "boarded"), (BEYOND, "entered")):
        part = own[own["step"].isin(among)]
        best = part.loc[part[gain].idxmax()] if len(part) else None
        found.append(str(best["step"]) if best is not None and best[gain] >= LEAST else NOTHING)
    return found[0], found[1]


def totals(limits: Limits, scenario: str, route: str | None = None) -> pd.Series:
    """Return persons at each step over all weeks, of a route or of all."""
    own = limits.steps[limits.steps["scenario"] == scenario]
    own = own if route is None else own[own["route"] == route]
    found: pd.Series = own[list(STEPS)].sum()
    return found


def spans(limits: Limits, scenario: str, route: str) -> list[tuple[str, date, date]]:
    """Return which step binds a route from when to when (first days of weeks), by the cohort that sends most."""
    own = limits.steps[(limits.steps["scenario"] == scenario) & (limits.steps["route"] == route)]
    if own.empty:
        return []
    largest = own.groupby("cohort")["can_pay"].sum().idxmax()
    found: list[tuple[str, date, date]] = []
    for row in own[own["cohort"] == largest].itertuples():
        if found and found[-1][0] == row.binding:
            found[-1] = (row.binding, found[-1][1], row.week)
        else:
            found.append((row.binding, row.week, row.week))
    return found


def differences(limits: Limits, base: str, other: str) -> pd.DataFrame:
    """Return what each step contributes to the difference of two scenarios, by route; ``all`` sums the routes.

    Columns: route, step, the persons of both, their difference, and ``contribution`` to the difference in those who
    enter: that of the first step, then for each step the difference in those who were lost at it, with a minus.
    Contributions of a route add up to the difference in those who enter.
    """
    names = list(dict.fromkeys(limits.steps["route"]))
    parts = []
    for route in ["all", *names]:
        own = None if route == "all" else route
        one, two = (totals(limits, name, own) for name in (base, other))
        change = two - one
        contribution = change.diff()
        contribution.iloc[WOULD_LEAVE] = change.iloc[WOULD_LEAVE]
        columns = {"route": route, "step": STEPS, "base": one, "other": two}
        parts.append(pd.DataFrame({**columns, "difference": change, "contribution": contribution}))
    table = pd.concat(parts, ignore_index=True)
    assert np.isclose(table.groupby("route")["contribution"].sum(), _entered(table)).all()
    return table


def tables_of(limits: Limits, pairs: Iterable[tuple[str, str]] = ()) -> dict[str, pd.DataFrame]:
    """Return the tables to write beside a result, by the name of their file: with differences of ``pairs``."""
    about = {"replicates": limits.replicates, "first": limits.first, "last": limits.last}
    gains = limits.gains.assign(**about, over_sea=limits.gains["route"].isin(limits.over_sea))
    found = {STORED_STEPS: limits.steps, STORED_GAINS: gains}
    parts = [differences(limits, base, other).assign(of=base, scenario=other) for base, other in pairs]
    return found | ({STORED_DIFFERENCES: pd.concat(parts, ignore_index=True)} if parts else {})


def _entered(table: pd.DataFrame) -> Array:
    rows = table[table["step"] == STEPS[ENTERED]].sort_values("route")
    values: Array = rows["difference"].to_numpy()
    return values
