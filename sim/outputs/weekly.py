"""What of a run is kept when there are many: its weeks and its loads, a few thousand numbers.

A `WeeklyData` is plain arrays and costs a fraction of a millisecond; names and units are put to the numbers of
many digests at once (`totals_of`, `weekly_of`), by the same definitions as a single run's (`sim.outputs.run_data`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.engine.build import Names, names_of
from sim.engine.rows import STATUSES
from sim.engine.tables import ROUTE_FLOWS
from sim.outputs import run_data as m
from sim.outputs.run_data import MEASURES, WINDOW, Array, RunData
from sim.scenario.schema import Scenario

NOWHERE, EVERYWHERE, ALL = "before-any-section", "everywhere", "all"
LOADS = ("pressure_mean", "pressure_peak", "peak_day", "days_over", "first_over_day")
# What the measures of totals alone are counted in.
LOAD_UNITS = {
    "pressure_mean": "attempts / capacity",
    "pressure_peak": "attempts / capacity",
    "peak_day": "day of the run, from 1",
    "days_over": "days",
    "first_over_day": "day of the run, from 1",
}
SHARES = {"route": "attempts_by_route", "cohort": "attempts_by_cohort"}
# In the end, by the last section tried.
_ENDS = ("in_procedure", "stranded", "returned", "crossed", "onward", "dead")
_TOLD = ("in_procedure", "returned")  # that need no other name, as they end only with the run, or never
_ALL_BORDER = (
    "attempts",
    "recorded_attempts",
    "turn_backs",
    "procedures",
    "crossings",
    "overload_crossings",
    "entries",
)
_ALL_WAY = ("set_out", "boarded", "arrived_at_hub", "reached_border", "onward", "stranded", "returned", "landed",
            "intercepted", "injuries", "deaths")  # fmt: skip
_WEEK_SECTION = ("attempts", "turn_backs", "entries", "deaths")
_WEEK_ROUTE = ("departures", "boarded", "attempts", "entries", "landed", "deaths")


class Layout(NamedTuple):
    """What the numbers of a scenario's runs are about: who is whose, the same in each of them."""

    names: Names
    agency_of: Array  # (S,) number of the section's agency
    agency_place: Array  # (A,)
    pair_cohort: Array  # (P,)
    pair_route: Array  # (P,)


class WeeklyData(NamedTuple):
    """One run, by weeks from its first day (the last may be short).

    Shapes: W weeks, S sections, A agencies, P pairs of cohort and route, R routes.
    """

    section_flows: Array  # (W, S, SECTION_FLOWS) events or persons a week
    pair_flows: Array  # (W, P, PAIR_FLOWS) events or persons a week
    route_flows: Array  # (W, R, ROUTE_FLOWS)
    by_status: Array  # (W, statuses) persons at the end of the week
    capacity: Array  # (W, S) attempts per day, mean of the week
    capacity_mean: Array  # (S,) attempts per day, mean of the run
    detection_mean: Array  # (S,) probability, mean of the run
    in_procedure: Array  # (W, A) persons at the end of the week
    in_procedure_peak: Array  # (A,) persons
    pressure: Array  # (W, S + A) at the end of the week
    pressure_peak: Array  # (W, S + A) highest of the week
    loads: Array  # (S + A + 1, LOADS): sections, agencies, and the most loaded section of each day
    attempts_by_pair: Array  # (S, P)
    last_section: Array  # (S + 1, statuses) persons in the end by the last section tried
    stranded_at: Array  # (places,) persons stranded in the end
    observed: Array  # simulated values of the scenario's observed intervals; NaN where there is none

    @property
    def weeks(self) -> int:
        """Number of weeks, the last perhaps short."""
        return len(self.section_flows)


class Numbers(NamedTuple):
    """One measure at one level for several runs; NaN where a day never came (never over 1)."""

    level: str
    measure: str
    unit: str
    names: Sequence[str]
    values: Array  # totals: (runs, names); weeks: (runs, W, names)


def layout_of(scenario: Scenario) -> Layout:
    """The frame of a scenario's runs."""
    names = names_of(scenario)
    agencies = [names.agencies.index(scenario.sections[section].agency) for section in names.sections]
    return Layout(
        names,
        np.array(agencies, np.int64),
        np.array([names.places.index(agency) for agency in names.agencies], np.int64),
        np.array([names.cohorts.index(cohort) for cohort, _ in names.pairs], np.int64),
        np.array([names.routes.index(route) for _, route in names.pairs], np.int64),
    )


def weekly_data_of(run: RunData, observed: Array | None = None) -> WeeklyData:
    """The digest of a run."""
    days = run.days
    firsts = np.arange(0, days, WINDOW)
    lasts = np.minimum(firsts + WINDOW, days) - 1
    attempts = m.by_section(run, "attempts")
    both = np.hstack([attempts, m.by_agency(run, attempts)])
    capacity = np.hstack([run.capacity, m.by_agency(run, run.capacity)])
    pressure = m.border_pressure(both, capacity)
    worst = pressure[:, : attempts.shape[1]].max(axis=1, initial=0.0)
    in_procedure = m.in_procedure(run)
    weekly = np.add.reduceat(run.capacity, firsts, axis=0) / (lasts - firsts + 1)[:, None]
    return WeeklyData(
        section_flows=np.add.reduceat(run.section_flows, firsts, axis=0),
        pair_flows=np.add.reduceat(run.pair_flows, firsts, axis=0),
        route_flows=np.add.reduceat(run.route_flows, firsts, axis=0),
        by_status=run.by_cohort[lasts].sum(axis=1, dtype=np.int32),
        capacity=weekly,
        capacity_mean=run.capacity.mean(axis=0),
        detection_mean=run.detection.mean(axis=0),
        in_procedure=in_procedure[lasts],
        in_procedure_peak=in_procedure.max(axis=0),
        pressure=pressure[lasts],
        pressure_peak=np.maximum.reduceat(pressure, firsts, axis=0),
        loads=m.loads(np.column_stack([pressure, worst])),
        attempts_by_pair=run.attempts_by_pair,
        last_section=run.last_section,
        stranded_at=run.by_place[-1, :, STATUSES.index("stranded")],
        observed=np.empty(0) if observed is None else observed,
    )


def totals_of(frame: Layout, digests: Sequence[WeeklyData]) -> Iterator[Numbers]:
    """Totals of several runs of one scenario, each (runs, names), in a fixed order.

    By section, ``in_procedure``, ``persons_stranded`` and ``returned`` are persons in the end, by the last section
    that they tried; ``before-any-section`` holds those who tried none. By place, ``persons_stranded`` tells where the
    stranded are in the end. ``everywhere`` holds the ends of all; level
    ``all`` the whole border and the whole way, with the pressure of the most loaded section of each day.
    """
    runs = len(digests)
    stacked = _stacked(frame, digests)

    def summed(values: Array) -> Array:
        total: Array = values.reshape(runs, len(values) // runs, values.shape[-1]).sum(axis=1, dtype=np.float64)
        return total

    for measure in m.SECTION_MEASURES:
        values = m.by_section(stacked, measure)
        yield _numbers("section", measure, frame.names.sections, summed(values))
        yield _numbers("agency", measure, frame.names.agencies, summed(m.by_agency(stacked, values)))
    yield from _of_capacity(frame, digests)
    yield from _of_loads(frame, digests)
    for number, measure in enumerate(ROUTE_FLOWS[:2]):
        yield _numbers("route", measure, frame.names.routes, summed(stacked.route_flows[:, :, number]))
    for measure in m.PAIR_MEASURES:
        yield _numbers("route", measure, frame.names.routes, summed(m.by_route(stacked, measure)))
        yield _numbers("cohort", measure, frame.names.cohorts, summed(m.by_cohort(stacked, measure)))
    for measure in _ALL_BORDER:
        yield _numbers(ALL, measure, [ALL], summed(m.by_section(stacked, measure).sum(axis=1, keepdims=True)))
    for measure in _ALL_WAY:
        yield _numbers(ALL, measure, [ALL], summed(m.by_pair(stacked, measure).sum(axis=1, keepdims=True)))
    yield from _of_ends(frame, digests, summed(stacked.pair_flows[:, :, m.PAIR_DEATHS]).sum(axis=1))
    yield from _of_shares(frame, digests)


def weekly_of(frame: Layout, digests: Sequence[WeeklyData]) -> Iterator[Numbers]:
    """Weeks of several runs of one scenario, each (runs, W, names): flows summed, stocks and pressure at the end."""
    runs, names = len(digests), frame.names
    sections = len(names.sections)
    stacked = _stacked(frame, digests)

    def weeks(values: Array) -> Array:
        return values.reshape(runs, len(values) // runs, values.shape[-1])

    for measure in _WEEK_SECTION:
        yield _numbers("section", measure, names.sections, weeks(m.by_section(stacked, measure)), " per week")
    yield _numbers("section", "capacity", names.sections, weeks(stacked.capacity))
    for measure, field in (("border_pressure", "pressure"), ("pressure_peak", "pressure_peak")):
        values = np.stack([getattr(digest, field) for digest in digests])
        yield Numbers("section", measure, "attempts / capacity", names.sections, values[:, :, :sections])
        yield Numbers("agency", measure, "attempts / capacity", names.agencies, values[:, :, sections:])
    yield _numbers("agency", "in_procedure", names.agencies, np.stack([digest.in_procedure for digest in digests]))
    for measure in _WEEK_ROUTE:
        if measure == "departures":
            values = stacked.route_flows[:, :, ROUTE_FLOWS.index(measure)]
        else:
            values = m.by_route(stacked, measure)
        yield _numbers("route", measure, names.routes, weeks(values), " per week")
    yield _numbers("status", "persons", STATUSES, np.stack([digest.by_status for digest in digests]))


def _numbers(level: str, measure: str, names: Sequence[str], values: Array, per: str = "") -> Numbers:
    return Numbers(level, measure, MEASURES[measure].unit + per, names, values)


def _stacked(frame: Layout, digests: Sequence[WeeklyData]) -> RunData:
    """The weeks of all digests, one after the other, as if they were the days of a single run."""
    first = digests[0]
    nothing = np.empty(0)

    def joined(field: str) -> Array:
        return np.concatenate([getattr(digest, field) for digest in digests])

    return RunData(
        **frame._asdict(),
        section_flows=joined("section_flows"),
        pair_flows=joined("pair_flows"),
        route_flows=joined("route_flows"),
        capacity=joined("capacity"),
        attempts_by_pair=first.attempts_by_pair,
        last_section=first.last_section,
        detection=nothing, by_cohort=nothing, by_place=nothing, start=m.NO_DATE, seed=0, events=0,
    )  # fmt: skip


def _of_capacity(frame: Layout, digests: Sequence[WeeklyData]) -> Iterator[Numbers]:
    names = frame.names
    capacity = np.stack([digest.capacity_mean for digest in digests])
    agencies = np.zeros((len(digests), len(names.agencies)))
    np.add.at(agencies.T, frame.agency_of, capacity.T)
    yield _numbers("section", "detection", names.sections, np.stack([digest.detection_mean for digest in digests]))
    yield _numbers("section", "capacity", names.sections, capacity)
    yield _numbers("agency", "capacity", names.agencies, agencies)
    at_end = np.stack([digest.in_procedure[-1] for digest in digests]).astype(np.float64)
    peak = np.stack([digest.in_procedure_peak for digest in digests]).astype(np.float64)
    yield _numbers("agency", "in_procedure", names.agencies, at_end)
    yield Numbers("agency", "in_procedure_peak", "persons", names.agencies, peak)


def _of_loads(frame: Layout, digests: Sequence[WeeklyData]) -> Iterator[Numbers]:
    loads = np.stack([digest.loads for digest in digests])
    sections = len(frame.names.sections)
    for number, measure in enumerate(LOADS):
        values, unit = loads[:, :, number], LOAD_UNITS[measure]
        yield Numbers("section", measure, unit, frame.names.sections, values[:, :sections])
        yield Numbers("agency", measure, unit, frame.names.agencies, values[:, sections:-1])
        yield Numbers(ALL, measure, unit, [ALL], values[:, -1:])


def _of_ends(frame: Layout, digests: Sequence[WeeklyData], deaths: Array) -> Iterator[Numbers]:
    last = np.stack([digest.last_section for digest in digests]).astype(np.float64)
    names = frame.names
    for status in _ENDS:
        counts = last[:, :, STATUSES.index(status)]
        key = status if status in _TOLD else f"persons_{status}"
        yield Numbers("section", key, "persons", [*names.sections, NOWHERE], counts)
        if status in ("stranded", "returned"):
            own = np.zeros((len(digests), len(names.agencies)))
            np.add.at(own.T, frame.agency_of, counts[:, :-1].T)
            yield Numbers("agency", key, "persons", names.agencies, own)
    stranded = np.stack([digest.stranded_at for digest in digests]).astype(np.float64)
    yield Numbers("place", "persons_stranded", "persons", names.places, stranded)
    yield Numbers(EVERYWHERE, "persons", "persons", STATUSES, last.sum(axis=1))
    at_sections = np.array([digest.section_flows[:, :, m.SECTION_DEATHS].sum() for digest in digests], np.float64)
    yield Numbers("section", "deaths", "persons", [NOWHERE], (deaths - at_sections)[:, None])


def _of_shares(frame: Layout, digests: Sequence[WeeklyData]) -> Iterator[Numbers]:
    """Attempts of each section by route and cohort, named ``section:route``; none where nobody tried."""
    counts = np.stack([digest.attempts_by_pair for digest in digests]).astype(np.float64)
    groups = (("route", frame.pair_route, frame.names.routes), ("cohort", frame.pair_cohort, frame.names.cohorts))
    for key, group, own in groups:
        sums = np.zeros((len(digests), len(frame.names.sections), len(own)))
        np.add.at(sums.transpose(2, 0, 1), group, counts.transpose(2, 0, 1))
        names = [f"{section}:{name}" for section in frame.names.sections for name in own]
        values = sums.reshape(len(digests), len(names))
        yield Numbers("section", SHARES[key], "attempts", names, np.where(values == 0, np.nan, values))
