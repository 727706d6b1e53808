"""Weekly data: what studies keep of a run, its weeks and loads, a few thousand numbers.

A `WeeklyData` consists of plain arrays and takes a fraction of a millisecond to make. Names and units are added for
many runs at once (`totals_of`, `weekly_of`), from the same definitions as for a single run (`sim.outputs.definitions`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sim.engine.build import Names, names_of
from sim.engine.rows import STATUSES
from sim.outputs import outcomes
from sim.outputs import run_data as m
from sim.outputs.definitions import (
    ALL,
    BORDER,
    EVERYWHERE,
    LOADS,
    NOWHERE,
    OUTPUTS,
    REACTION,
    SHARES,
    along_the_way,
    outputs,
    registered_levels,
)
from sim.outputs.expressions import Expression
from sim.outputs.run_data import WINDOW, Array, RunData
from sim.scenario.schema import Scenario

REACTIONS = ("reactions_fired", "reaction_first_day", "reaction_days")


class Layout(NamedTuple):
    """Names and indices of a scenario's runs, the same in each of them."""

    names: Names
    agency_of: Array  # (S,) number of the section's agency
    agency_place: Array  # (A,)
    pair_cohort: Array  # (P,)
    pair_route: Array  # (P,)
    reactions: list[str]  # names of the acting reactions
    declared: tuple[Expression, ...] = ()  # outcomes that a study declares


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
    pressure_peak: Array  # (W, S + A + 1) highest of the week; last, of the most loaded section of each day
    pressure_mean: Array  # (W, S + A + 1) mean of the week's days
    days_over: Array  # (W, S + A + 1) days of the week over full load
    loads: Array  # (S + A + 1, LOADS): sections, agencies, and the most loaded section of each day
    attempts_by_pair: Array  # (S, P)
    last_section: Array  # (S + 1, statuses) persons at the end by the last section tried
    stranded_at: Array  # (places,) persons stranded at the end
    added_flows: Array  # (W, names of all levels that extensions have added, pair flows)
    added_stocks: Array  # (W, the same names, statuses) persons at the end of the week
    outcomes: Array  # (outcomes that extensions have added, and that the study declares,)
    reactions: Array  # (reactions, REACTIONS): times begun, first day (NaN if none), days in force
    observed: Array  # simulated values of the scenario's observed intervals; NaN where there is none

    @property
    def weeks(self) -> int:
        """Return the number of weeks, including a short last one."""
        return len(self.section_flows)


class Numbers(NamedTuple):
    """One output at one level for several runs; NaN for a day that did not occur (never over 1)."""

    level: str
    output: str
    unit: str
    names: Sequence[str]
    values: Array  # totals: (runs, names); weeks: (runs, W, names)


def layout_of(scenario: Scenario, declared: Sequence[Expression] = ()) -> Layout:
    """Return the layout of a scenario's runs, with the outcomes that their study declares."""
    names = names_of(scenario)
    agencies = [names.agencies.index(scenario.sections[section].agency) for section in names.sections]
    return Layout(
        names,
        np.array(agencies, np.int64),
        np.array([names.places.index(agency) for agency in names.agencies], np.int64),
        np.array([names.cohorts.index(cohort) for cohort, _ in names.pairs], np.int64),
        np.array([names.routes.index(route) for _, route in names.pairs], np.int64),
        sorted(scenario.acting()),
        tuple(declared),
    )


def weekly_data_of(
    run: RunData, observed: Array | None = None, declared: Sequence[Expression] = ()
) -> WeeklyData:  # fmt: skip
    """Return the weekly data of a run, with the outcomes that its study declares."""
    days = run.days
    firsts = np.arange(0, days, WINDOW)
    lasts = np.minimum(firsts + WINDOW, days) - 1
    pressure = m.pressures(run)
    worst = pressure[:, : run.capacity.shape[1]].max(axis=1, initial=0.0)
    loads = np.column_stack([pressure, worst])
    in_procedure = m.in_procedure(run)
    weekly = np.add.reduceat(run.capacity, firsts, axis=0) / (lasts - firsts + 1)[:, None]
    added_flows, added_stocks = _added(run, firsts, lasts)
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
        pressure_peak=np.maximum.reduceat(loads, firsts, axis=0),
        pressure_mean=np.add.reduceat(loads, firsts, axis=0) / (lasts - firsts + 1)[:, None],
        days_over=np.add.reduceat(loads > 1.0, firsts, axis=0, dtype=np.int32),
        loads=m.loads(loads),
        attempts_by_pair=run.attempts_by_pair,
        last_section=run.last_section,
        stranded_at=run.by_place[-1, :, STATUSES.index("stranded")],
        added_flows=added_flows,
        added_stocks=added_stocks,
        outcomes=outcomes.values_of(run, declared),
        reactions=run.reactions,
        observed=np.empty(0) if observed is None else observed,
    )


def _added(run: RunData, firsts: Array, lasts: Array) -> tuple[Array, Array]:
    """Return weekly flows and stocks at the levels that extensions have added, concatenated."""
    levels = list(m.added_levels(run).values())
    if not levels:
        return np.zeros((len(firsts), 0, 0)), np.zeros((len(firsts), 0, 0))
    flows = np.concatenate([np.add.reduceat(flows, firsts, axis=0) for _, flows, _ in levels], axis=1)
    return flows, np.concatenate([stocks[lasts] for _, _, stocks in levels], axis=1)


def totals_of(layout: Layout, runs: Sequence[WeeklyData]) -> Iterator[Numbers]:
    """Yield totals of several runs of one scenario, each (runs, names), in a fixed order.

    By section, ``in_procedure``, ``persons_stranded`` and ``returned`` are persons at the end, by the last section
    that they tried; ``before-any-section`` counts those who tried none. By place, ``persons_stranded`` is the number
    stranded there at the end. ``everywhere`` counts the final statuses of all persons; level
    ``all`` is the whole border and the whole way, with the pressure of the most loaded section of each day.
    """
    count, names = len(runs), layout.names
    stacked = _stacked(layout, runs)

    def summed(values: Array) -> Array:
        total: Array = values.reshape(count, len(values) // count, values.shape[-1]).sum(axis=1, dtype=np.float64)
        return total

    def whole(values: Array) -> Array:
        return summed(values.sum(axis=1, keepdims=True))

    for output in (output.name for output in outputs() if output.section):
        values = m.by_section(stacked, output)
        yield _numbers("section", output, names.sections, summed(values))
        yield _numbers("agency", output, names.agencies, summed(m.by_agency(stacked, values)))
    yield from _of_capacity(layout, runs)
    yield from _of_loads(layout, runs)
    for output in (output.name for output in outputs() if output.route):
        yield _numbers("route", output, names.routes, summed(m.by_route(stacked, output)))
    on_way = along_the_way(output for output in outputs() if output.pair)
    for output in (output.name for output in on_way):
        yield _numbers("route", output, names.routes, summed(m.by_route(stacked, output)))
        yield _numbers("cohort", output, names.cohorts, summed(m.by_cohort(stacked, output)))
    for output, values in _of_all(stacked):
        yield _numbers(ALL, output, [ALL], summed(values))
    for number, outcome in enumerate(outcomes.added):
        values = np.array([[run.outcomes[number]] for run in runs])
        yield Numbers(outcome.level, outcome.output, outcome.unit, [outcome.name], values)
    for number, one in enumerate(layout.declared, len(outcomes.added)):
        values = np.array([[run.outcomes[number]] for run in runs])
        yield Numbers(outcomes.level_of(one), one.measure, one.unit, [one.name], values)
    yield from _of_reactions(layout, runs)
    nowhere = whole(m.by_pair(stacked, "deaths")) - whole(m.by_section(stacked, "deaths"))
    yield from _of_ends(layout, runs, nowhere)
    yield from _of_shares(layout, runs)
    for level, own, flows, stocks in _added_levels(runs):
        for output in (output.name for output in on_way):
            yield _numbers(level, output, own, m.by_level(flows, output).sum(axis=1, dtype=np.float64))
        for number, status in enumerate(STATUSES):
            yield _numbers(level, f"persons_{status}", own, stocks[:, -1, :, number].astype(np.float64))


def weekly_of(layout: Layout, runs: Sequence[WeeklyData]) -> Iterator[Numbers]:
    """Yield weekly values of several runs of a scenario, each (runs, W, names): flows summed, stocks at the end."""
    count, names = len(runs), layout.names
    sections = len(names.sections)
    stacked = _stacked(layout, runs)

    def weeks(values: Array) -> Array:
        return values.reshape(count, len(values) // count, values.shape[-1])

    def stock(field: str) -> Array:
        return np.stack([getattr(run, field) for run in runs])

    for output in (output.name for output in outputs(weekly="section") if output.section):
        yield _numbers("section", output, names.sections, weeks(m.by_section(stacked, output)), " per week")
    yield _numbers("section", "capacity", names.sections, weeks(stacked.capacity))
    agencies = sections + len(names.agencies)
    for output in ("border_pressure", "pressure_peak", "pressure_mean", "days_over"):
        values = stock("pressure" if output == "border_pressure" else output)
        yield _numbers("section", output, names.sections, values[:, :, :sections])
        yield _numbers("agency", output, names.agencies, values[:, :, sections:agencies])
        if values.shape[2] > agencies:
            yield _numbers(ALL, output, [ALL], values[:, :, agencies:])
    for output, values in _of_all(stacked):
        yield _numbers(ALL, output, [ALL], weeks(values), " per week")
    yield _numbers("agency", "in_procedure", names.agencies, stock("in_procedure"))
    by_route = along_the_way(outputs(weekly="route"))
    for output in (output.name for output in by_route):
        yield _numbers("route", output, names.routes, weeks(m.by_route(stacked, output)), " per week")
    yield _numbers("status", "persons", STATUSES, stock("by_status"))
    for output in (output.name for output in along_the_way(outputs(weekly="cohort"))):
        yield _numbers("cohort", output, names.cohorts, weeks(m.by_cohort(stacked, output)), " per week")
    for level, own, flows, stocks in _added_levels(runs):
        for output in (output.name for output in by_route if output.pair):
            yield _numbers(level, output, own, m.by_level(flows, output), " per week")
        for number, status in enumerate(STATUSES):
            yield _numbers(level, f"persons_{status}", own, stocks[:, :, :, number])


def _of_all(stacked: RunData) -> Iterator[tuple[str, Array]]:
    """Yield each output of the whole border, then of the whole way, by day: (days, 1)."""
    for output in (output.name for output in outputs(BORDER, totals=ALL) if output.section):
        yield output, m.by_section(stacked, output).sum(axis=1, keepdims=True)
    beyond = (output for output in outputs() if output.pair and not (output.section and output.group == BORDER))
    for output in (output.name for output in along_the_way(beyond) if output.is_whole):
        yield output, m.by_pair(stacked, output).sum(axis=1, keepdims=True)


def _numbers(level: str, output: str, names: Sequence[str], values: Array, per: str = "") -> Numbers:
    return Numbers(level, output, OUTPUTS[output].unit + per, names, values)


def _added_levels(runs: Sequence[WeeklyData]) -> Iterator[tuple[str, Sequence[str], Array, Array]]:
    """Yield each level that extensions have added: its names, flows and stocks, both (runs, W, names, ...)."""
    flows, stocks = (np.stack([getattr(run, field) for run in runs]) for field in ("added_flows", "added_stocks"))
    first = 0
    for level, names in registered_levels().items():
        own = slice(first, first + len(names))
        yield level, names, flows[:, :, own], stocks[:, :, own]
        first += len(names)


def _stacked(layout: Layout, runs: Sequence[WeeklyData]) -> RunData:
    """Concatenate the weeks of all runs as if they were the days of a single run."""
    first = runs[0]
    nothing = np.empty(0)

    def joined(field: str) -> Array:
        return np.concatenate([getattr(run, field) for run in runs])

    return RunData(
        **{field: value for field, value in layout._asdict().items() if field not in ("reactions", "declared")},
        section_flows=joined("section_flows"),
        pair_flows=joined("pair_flows"),
        route_flows=joined("route_flows"),
        capacity=joined("capacity"),
        attempts_by_pair=first.attempts_by_pair,
        last_section=first.last_section,
        detection=nothing, by_cohort=nothing, by_place=nothing, start=m.NO_DATE, seed=0, events=0,
    )  # fmt: skip


def _of_capacity(layout: Layout, runs: Sequence[WeeklyData]) -> Iterator[Numbers]:
    names = layout.names
    capacity = np.stack([run.capacity_mean for run in runs])
    agencies = np.zeros((len(runs), len(names.agencies)))
    np.add.at(agencies.T, layout.agency_of, capacity.T)
    yield _numbers("section", "detection", names.sections, np.stack([run.detection_mean for run in runs]))
    yield _numbers("section", "capacity", names.sections, capacity)
    yield _numbers("agency", "capacity", names.agencies, agencies)
    at_end = np.stack([run.in_procedure[-1] for run in runs]).astype(np.float64)
    peak = np.stack([run.in_procedure_peak for run in runs]).astype(np.float64)
    yield _numbers("agency", "in_procedure", names.agencies, at_end)
    yield _numbers("agency", "in_procedure_peak", names.agencies, peak)


def _of_loads(layout: Layout, runs: Sequence[WeeklyData]) -> Iterator[Numbers]:
    loads = np.stack([run.loads for run in runs])
    sections = len(layout.names.sections)
    for number, output in enumerate(LOADS):
        values = loads[:, :, number]
        yield _numbers("section", output, layout.names.sections, values[:, :sections])
        yield _numbers("agency", output, layout.names.agencies, values[:, sections:-1])
        yield _numbers(ALL, output, [ALL], values[:, -1:])


def _of_reactions(layout: Layout, runs: Sequence[WeeklyData]) -> Iterator[Numbers]:
    """Yield what became of each reaction, and how often any began; nothing where nobody may answer."""
    if not layout.reactions:
        return
    found = np.stack([run.reactions for run in runs])
    for number, output in enumerate(REACTIONS):
        yield _numbers(REACTION, output, layout.reactions, found[:, :, number])
    yield _numbers(ALL, REACTIONS[0], [ALL], found[:, :, 0].sum(axis=1, keepdims=True))


def _of_ends(layout: Layout, runs: Sequence[WeeklyData], nowhere: Array) -> Iterator[Numbers]:
    """Yield persons at the end by the last section tried; ``nowhere`` are deaths before any section, (runs, 1)."""
    last = np.stack([run.last_section for run in runs]).astype(np.float64)
    names = layout.names
    for output in along_the_way(output for output in outputs() if output.status):
        counts = last[:, :, STATUSES.index(output.status)]
        yield _numbers("section", output.name, [*names.sections, NOWHERE], counts)
        if "agency" in output.totals and "agency" not in output.others:
            own = np.zeros((len(runs), len(names.agencies)))
            np.add.at(own.T, layout.agency_of, counts[:, :-1].T)
            yield _numbers("agency", output.name, names.agencies, own)
    stranded = np.stack([run.stranded_at for run in runs]).astype(np.float64)
    yield _numbers("place", "persons_stranded", names.places, stranded)
    yield _numbers(EVERYWHERE, "persons", STATUSES, last.sum(axis=1))
    yield _numbers("section", "deaths", [NOWHERE], nowhere)


def _of_shares(layout: Layout, runs: Sequence[WeeklyData]) -> Iterator[Numbers]:
    """Yield attempts of each section by route and cohort, named ``section:route``; none without attempts."""
    counts = np.stack([run.attempts_by_pair for run in runs]).astype(np.float64)
    groups = (("route", layout.pair_route, layout.names.routes), ("cohort", layout.pair_cohort, layout.names.cohorts))
    for key, group, own in groups:
        sums = np.zeros((len(runs), len(layout.names.sections), len(own)))
        np.add.at(sums.transpose(2, 0, 1), group, counts.transpose(2, 0, 1))
        names = [f"{section}:{name}" for section in layout.names.sections for name in own]
        values = sums.reshape(len(runs), len(names))
        yield _numbers("section", SHARES[key], names, np.where(values == 0, np.nan, values))
