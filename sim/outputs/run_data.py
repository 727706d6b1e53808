"""Data of a run: the recorded flows and stocks, the outputs computed from them, and border pressure.

Border pressure of a section or agency on a day (the load of queueing theory):

    beta(t) = (A_d(t-6) + ... + A_d(t)) / 7 / max(K(t), 1/7)

with A_d the patrol calls of a day (detected attempts, stopped or not) and K those that the deployed personnel can
handle; before the run there are none, unless it goes on from another. A border with (almost) no personnel counts as
one that could handle one call in the seven days of the window: pressure is always finite, and 0 without calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.rows import STATUSES
from sim.engine.tables import ROUTE_FLOWS, SECTION_FLOWS
from sim.outputs.definitions import OUTPUTS, pair_column, registered_levels

if TYPE_CHECKING:
    from sim.engine.build import Names
    from sim.model import CorridorModel

Array = npt.NDArray[Any]
WINDOW = 7
NO_DATE = date(1, 1, 1)  # start of arrays that stand in for a run
LEAST_CAPACITY = 1 / WINDOW


class Opening(NamedTuple):
    """What had been counted when a run began that went on from another: its opening balance.

    Stocks need none: who is somewhere is counted there from the first day on.
    """

    day: int  # days that were done
    attempts_by_pair: Array  # (S, P)
    events: int


def opening_of(model: CorridorModel) -> Opening:
    """Return what a model has counted so far, as the opening balance of a run that begins now."""
    return Opening(model.day, model.world.attempts_by_pair.copy(), model.events)


class RunData(NamedTuple):
    """The data of a run; its size does not depend on the number of migrants.

    Shapes: D days that were run, S sections, A agencies, P pairs of cohort and route, R routes.
    """

    names: Names
    start: date
    seed: int
    agency_of: Array  # (S,) number of the section's agency
    agency_place: Array  # (A,)
    pair_cohort: Array  # (P,)
    pair_route: Array  # (P,)
    section_flows: Array  # (D, S, SECTION_FLOWS)
    capacity: Array  # (D, S) attempts per day
    detection: Array  # (D, S) probability
    pair_flows: Array  # (D, P, PAIR_FLOWS)
    route_flows: Array  # (D, R, ROUTE_FLOWS)
    by_cohort: Array  # (D, cohorts, statuses)
    by_place: Array  # (D, places, statuses)
    attempts_by_pair: Array  # (S, P)
    last_section: Array  # (S + 1, statuses) persons at the end by the last section tried; last row: none tried
    events: int  # migrant-events
    reactions: Array = np.zeros((0, 3))  # (reactions, REACTIONS) of the scenario's acting ones, by name
    # By level that an extension has added (`register_level`), with N names:
    strata: Mapping[str, Array] = {}  # (D, N, PAIR_FLOWS and registered ones)
    strata_stocks: Mapping[str, Array] = {}  # (D, N, statuses) persons at the end of the day
    calls_before: Array | None = (
        None  # (days, S) patrol calls of up to six days before the first; None if there were none
    )

    @property
    def days(self) -> int:
        """Return the number of days that were run."""
        return len(self.section_flows)


def run_data_of(model: CorridorModel, opening: Opening | None = None) -> RunData:
    """Return the data of a model up to its current day, copied: the model may run on or be deleted.

    With ``opening``, those of the days since then: flows less what had been counted, stocks as they are.
    """
    w, first = model.world, 0 if opening is None else opening.day
    days = slice(first, model.day)
    before = w.section_flows[max(first - WINDOW + 1, 0) : first, :, SECTION_FLOWS.index("patrol_calls")]
    of_extensions: Any = w
    sections = len(model.names.sections)
    shape = (sections + 1, len(STATUSES))
    last = np.minimum(w.rows["section"], sections).astype(np.int64)
    ends = np.bincount(last * shape[1] + w.rows["status"], minlength=shape[0] * shape[1])
    return RunData(
        names=model.names,
        start=model.settings.start + timedelta(days=first),
        seed=model.settings.seed,
        agency_of=np.array(w.sections["agency"]),
        agency_place=np.array(w.agencies["place"]),
        pair_cohort=np.array(w.pairs["cohort"]),
        pair_route=np.array(w.pairs["route"]),
        section_flows=w.section_flows[days].copy(),
        capacity=w.section_capacity[days].copy(),
        detection=w.section_detection[days].copy(),
        pair_flows=w.pair_flows[days].copy(),
        route_flows=w.route_flows[days].copy(),
        by_cohort=w.stocks_by_cohort[days].copy(),
        by_place=w.stocks_by_place[days].copy(),
        attempts_by_pair=w.attempts_by_pair - (0 if opening is None else opening.attempts_by_pair),
        last_section=ends.reshape(shape),
        events=model.events - (0 if opening is None else opening.events),
        reactions=reactions_of(model, first),
        strata={a.name: of_extensions.strata_flows[days, a.own].copy() for a in model.attributes},
        strata_stocks={a.name: of_extensions.strata_stocks_by_day[days, a.own].copy() for a in model.attributes},
        calls_before=before.copy() if first else None,
    )


def reactions_of(model: CorridorModel, since: int = 0) -> Array:
    """Return how often each reaction was begun, its first day (from 1; NaN if none) and its days in force, by name.

    Counted are the days from ``since`` on, and a reaction that is in force then as if it began on that day.
    """
    found = np.full((len(model.reactions.answers), 3), np.nan)
    for row, answer in zip(found, model.reactions.answers, strict=True):
        periods = [(max(begin, since), end if end >= 0 else model.day) for begin, end in answer.periods]
        if since:
            periods = [(begin, end) for begin, end in periods if end > begin or begin > since]
        days = sum(end - begin for begin, end in periods)
        row[:] = len(periods), periods[0][0] - since + 1 if periods else np.nan, days
    return found


def by_section(run: RunData, output: str) -> Array:
    """Return a flow that is counted by section, shape (D, S)."""
    return _sum_of(run.section_flows, [SECTION_FLOWS.index(column) for column in OUTPUTS[output].section])


def by_agency(run: RunData, values: Array) -> Array:
    """Sum values by day and section, shape (D, S), to values by day and agency, shape (D, A)."""
    return _sum_columns(values, run.agency_of, len(run.names.agencies))


def by_pair(run: RunData, output: str) -> Array:
    """Return a flow that is counted by cohort and route, by day and pair, shape (D, P).

    Raises:
        ValueError: If it was registered after the run's model was made, which did not count it.
    """
    return _sum_of(run.pair_flows, _pair_columns(run.pair_flows, output))


def by_route(run: RunData, output: str) -> Array:
    """Return a flow that is counted by cohort and route, or by route alone, by day and route, shape (D, R)."""
    if OUTPUTS[output].route:
        return _sum_of(run.route_flows, [ROUTE_FLOWS.index(column) for column in OUTPUTS[output].route])
    return _sum_columns(by_pair(run, output), run.pair_route, len(run.names.routes))


def by_cohort(run: RunData, output: str) -> Array:
    """Return a flow that is counted by cohort and route, by day and cohort, shape (D, cohorts)."""
    return _sum_columns(by_pair(run, output), run.pair_cohort, len(run.names.cohorts))


def by_level(flows: Array, output: str) -> Array:
    """As `by_cohort`, from flows at a level that an extension has added (`RunData.strata`), shape (D, names)."""
    return _sum_of(flows, _pair_columns(flows, output))


def added_levels(run: RunData) -> dict[str, tuple[tuple[str, ...], Array, Array]]:
    """Return the levels that extensions have added: names, flows (D, N, pair flows) and stocks (D, N, statuses).

    Raises:
        ValueError: If one was registered after the run's model was made, which did not count by it.
    """
    missing = [level for level in registered_levels() if level not in run.strata or level not in run.strata_stocks]
    if missing:
        raise ValueError(
            f"level {missing[0]}: found no counts of it in the run; needed: a model made after `register_level`"
        )
    return {level: (names, run.strata[level], run.strata_stocks[level]) for level, names in registered_levels().items()}


def _pair_columns(flows: Array, output: str) -> list[int]:
    columns = [pair_column(column) for column in OUTPUTS[output].pair]
    if max(columns) >= flows.shape[-1]:
        found = f"found {flows.shape[-1]} columns of flows by cohort and route; needed: {max(columns) + 1}"
        raise ValueError(f"output {output}: {found}, as in a model made after `register`")
    return columns


def _sum_of(flows: Array, columns: Sequence[int]) -> Array:
    """Return the sum of some columns of the last axis."""
    total: Array = flows[..., columns[0]]
    for column in columns[1:]:
        total = total + flows[..., column]
    return total


def in_procedure(run: RunData) -> Array:
    """Return persons in procedure by day and agency, shape (D, A)."""
    return run.by_place[:, run.agency_place, STATUSES.index("in_procedure")]


def pressures(run: RunData) -> Array:
    """Return border pressure by day, of sections and then of agencies, shape (D, S + A)."""
    calls, capacity = by_section(run, "patrol_calls"), run.capacity
    days = len(calls)
    if run.calls_before is not None:
        calls = np.concatenate([run.calls_before, calls])
        capacity = np.concatenate([np.ones_like(capacity, shape=run.calls_before.shape), capacity])
    both = (np.hstack([values, by_agency(run, values)]) for values in (calls, capacity))
    return border_pressure(*both)[-days:] if days else np.zeros((0, calls.shape[1] + len(run.names.agencies)))


def seven_day_mean(values: Array) -> Array:
    """Return means by day (first axis) over the seven days up to each; before the first there was nothing."""
    total = np.cumsum(values, axis=0, dtype=np.float64)
    total[WINDOW:] -= total[:-WINDOW].copy()
    mean: Array = total / WINDOW
    return mean


def border_pressure(calls: Array, capacity: Array) -> Array:
    """Return border pressure by day (first axis), from patrol calls and capacity per day; always finite."""
    pressure: Array = seven_day_mean(calls) / np.maximum(capacity, LEAST_CAPACITY)
    return pressure


class Load(NamedTuple):
    """Border pressure of one section or agency over a run; days count from 0 and are None if there is no such day."""

    mean: float
    peak: float
    peak_day: int | None
    days_over: int
    first_over: int | None


def load(pressure: Array) -> Load:
    """Summarise daily pressure, shape (D,): mean, peak and its day, days over 1 and the first of them."""
    mean, peak, peak_day, days_over, first_over = loads(pressure[:, None])[0]
    whole = [None if np.isnan(day) else int(day) - 1 for day in (peak_day, first_over)]
    return Load(float(mean), float(peak), whole[0], int(days_over), whole[1])


def loads(pressure: Array) -> Array:
    """Summarise several daily pressures, shape (D, N), as (N, 5): as `Load`, but days from 1, and NaN for None."""
    if not len(pressure):
        return np.tile([0.0, 0.0, np.nan, 0.0, np.nan], (pressure.shape[1], 1))
    over, peak = pressure > 1.0, pressure.max(axis=0)
    ever = over.any(axis=0)
    peak_day = np.where(peak > 0, pressure.argmax(axis=0) + 1.0, np.nan)
    first_over = np.where(ever, over.argmax(axis=0) + 1.0, np.nan)
    return np.column_stack([pressure.mean(axis=0), peak, peak_day, over.sum(axis=0), first_over])


def overload_by_week(pressure: Array) -> Array:
    """Return the share of replicates over 1 on any day of each week, shape (weeks, N), from shape (R, D, N)."""
    replicates, days, width = pressure.shape
    weeks = -(-days // WINDOW)
    over = np.zeros((replicates, weeks * WINDOW, width), bool)
    over[:, :days] = pressure > 1.0
    share: Array = over.reshape(replicates, weeks, WINDOW, width).any(axis=2).mean(axis=0)
    return share


def contributions(run: RunData) -> dict[str, Array]:
    """Return attempts in each section of the run by ``route``, shape (S, R), and ``cohort``, shape (S, cohorts)."""
    counts = run.attempts_by_pair
    return {
        "route": _sum_columns(counts, run.pair_route, len(run.names.routes)),
        "cohort": _sum_columns(counts, run.pair_cohort, len(run.names.cohorts)),
    }


def _sum_columns(values: Array, group: Array, groups: int) -> Array:
    total = np.zeros((len(values), groups), values.dtype)
    for column, number in enumerate(group):
        total[:, number] += values[:, column]
    return total
