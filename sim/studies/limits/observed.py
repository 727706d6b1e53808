"""A run that is watched step by step: the same run, with counts that no ordinary run keeps.

Persons by pair of cohort and route, and by day. Those who do not set out are expected numbers (`sim.engine.steps`);
from there on everybody is counted, once at each step but for bookings, which some make again after a failed one:
    would_leave  would set out if the route cost nothing and nobody had to wait
    can_pay      ... at its price
    set_out      decided to go and booked: the rest is kept by the wait for visas and seats, or by a closed route
    has_visa     stands in line for a seat, with a visa where one is needed
    has_seat     is called up for a departure
    boarded      pays and boards (over the sea: was on a boat)
    transferred  was taken to the border zone for the first time
    tried        approached a section for the first time
    entered      crossed, was taken into procedure, or had its claim admitted (over the sea: landed)
"""

from __future__ import annotations

from collections import deque
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from sim.engine import steps
from sim.engine.build import Names
from sim.engine.identity import identity
from sim.engine.kernel import kernel
from sim.engine.tables import (
    F_BOARDED,
    F_CLAIMS_ADMITTED,
    F_CROSSED,
    F_LANDED,
    F_PROCEDURES,
    F_SET_OUT,
    R_BOARDED,
    R_SEATS,
)
from sim.model import CorridorModel, after_departures, departing, until_departures
from sim.outputs.run_data import Array, RunData, opening_of, run_data_of
from sim.runs import begun
from sim.scenario.schema import Scenario
from sim.states.window import days_before, earlier_of

STEPS = ("would_leave", "can_pay", "set_out", "has_visa", "has_seat", "boarded", "transferred", "tried", "entered")
WOULD_LEAVE, CAN_PAY, SET_OUT, HAS_VISA, HAS_SEAT, BOARDED, TRANSFERRED, TRIED, ENTERED = range(len(STEPS))
TITLES = dict(
    zip(
        STEPS,
        ("would leave", "can pay", "set out", "has a visa", "has a seat", "boarded", "transferred", "tried", "in"),
        strict=True,
    )
)
ON_LAND = ("has_visa", "transferred", "tried")  # steps that a route over the sea does not have
Timetable = list[tuple[int, str, int]]


class Observed(NamedTuple):
    """The steps of a run. D days, P pairs of cohort and route (by cohort, then route, as in ``names``), R routes."""

    names: Names
    start: date
    pair_route: Array  # (P,)
    pair_cohort: Array  # (P,)
    over_sea: Array  # (R,) bool
    needs_visa: Array  # (R,) bool
    counts: Array  # (D, P, STEPS) persons
    lines: Array  # (D, P, steps.LINES) persons who wait for a seat, and for a visa, at the end of the day
    seats: Array  # (D, R)
    taken: Array  # (D, R) seats taken
    run: RunData


class _Watch:
    """Watches a model from its day on: its days are taken apart, so that one can count between the processes.

    Args:
        model: A model that has not been run since it was made or restored.
        seen: By migrant, where it has been met before (`steps.count_firsts`).
    """

    def __init__(self, model: CorridorModel, seen: Array) -> None:
        w = model.world
        days, pairs = model.settings.days, len(w.pairs)
        self._model, self._first = model, model.day
        self._parts = kernel((until_departures, departing, after_departures, steps.keep_away))
        model._migrants_day = self._watched_day
        self._kept = np.zeros((days, pairs, len(steps.KEPT)))
        self._passed = np.zeros((days, pairs, 2), np.int64)  # joined the line for a seat; were called up
        self._lines = np.zeros((days, pairs, len(steps.LINES)), np.int64)
        self._firsts = np.zeros((days, pairs, len(steps.FIRSTS)), np.int64)
        self._seen = seen

    def _watched_day(self, tables: Any, day: int) -> None:
        until, depart, after, keep_away = self._parts
        w = self._model.world
        keep_away(tables, day, self._kept[day])
        line = np.zeros_like(self._lines[day])
        steps.count_lines(tables, day, line)
        before = line[:, steps.FOR_A_SEAT].copy()
        until(tables, day)
        steps.count_lines(tables, day, line)
        waiting = line[:, steps.FOR_A_SEAT].copy()
        closed = w.routes["open"][w.pairs["route"]] == 0  # whose line has dissolved
        self._passed[day, :, 0] = waiting - np.where(closed, 0, before)
        booked = w.pair_flows[day, :, F_SET_OUT].copy()
        depart(tables, day)
        going_on = w.pair_flows[day, :, F_SET_OUT] - booked  # from where they were held up, with their visas
        steps.count_lines(tables, day, self._lines[day])
        self._passed[day, :, 0] += going_on
        self._passed[day, :, 1] = waiting - self._lines[day, :, steps.FOR_A_SEAT] + going_on
        after(tables, day)
        steps.count_firsts(tables, self._seen, self._firsts[day])

    def observed(self, run: RunData) -> Observed:
        """Return what was seen, beside the data of the same days."""
        routes, flows, days = self._model.world.routes, run.pair_flows, slice(self._first, self._model.day)
        kept, passed, firsts = self._kept[days], self._passed[days], self._firsts[days]
        land = routes["over_sea"][run.pair_route] == 0
        counts = np.zeros((run.days, len(land), len(STEPS)))
        counts[:, :, SET_OUT] = flows[:, :, F_SET_OUT]
        counts[:, :, CAN_PAY] = counts[:, :, SET_OUT] + kept[:, :, steps.BY_WAIT]
        counts[:, :, WOULD_LEAVE] = counts[:, :, CAN_PAY] + kept[:, :, steps.BY_PRICE]
        boats, entered = firsts[:, :, steps.ON_A_BOAT], (F_CROSSED, F_PROCEDURES, F_CLAIMS_ADMITTED)
        counts[:, :, HAS_VISA] = np.where(land, passed[:, :, 0], flows[:, :, F_SET_OUT])
        counts[:, :, HAS_SEAT] = np.where(land, passed[:, :, 1], boats)
        counts[:, :, BOARDED] = np.where(land, flows[:, :, F_BOARDED], boats)
        counts[:, :, TRANSFERRED] = np.where(land, firsts[:, :, steps.AT_THE_BORDER], boats)
        counts[:, :, TRIED] = np.where(land, firsts[:, :, steps.AT_A_SECTION], boats)
        counts[:, :, ENTERED] = np.where(land, flows[:, :, entered].sum(axis=2), flows[:, :, F_LANDED])
        return Observed(
            self._model.names, run.start, run.pair_route, run.pair_cohort, np.array(routes["over_sea"] != 0),
            np.array((routes["visa_lead"] > 0) & (routes["over_sea"] == 0)), counts, self._lines[days],
            run.route_flows[:, :, R_SEATS], run.route_flows[:, :, R_BOARDED], run,
        )  # fmt: skip


class _Earlier(NamedTuple):
    scenario: Scenario
    day: int
    identity: dict[str, Any]
    seen: Array


# That of the run from which the last one began: a run, and those with a step made easier, share the earlier run.
_EARLIER: deque[_Earlier] = deque(maxlen=1)


def _seen_before(scenario: Scenario) -> Array:
    """Return where each migrant has been met before the first day of a scenario that begins from another run."""
    earlier, day = earlier_of(scenario), days_before(scenario)
    for kept in _EARLIER:
        if kept.day == day and kept.scenario == earlier and kept.identity == identity():
            return kept.seen
    model = CorridorModel(earlier)
    seen = np.zeros(len(model.world.rows), np.uint8)
    firsts = np.zeros((len(model.world.pairs), len(steps.FIRSTS)), np.int64)
    unwatched = model._migrants_day

    def watched(tables: Any, today: int) -> None:
        unwatched(tables, today)
        steps.count_firsts(tables, seen, firsts)

    model._migrants_day = watched
    model.run_for(day)
    model.__dict__.clear()
    _EARLIER.append(_Earlier(earlier, day, identity(), seen))
    return seen


def observe(scenario: Scenario, timetable: Timetable | None = None) -> Observed:
    """Run a scenario in plain numbers to its last day, watched step by step.

    If it begins from another run, the days from its own first one on are told, and a step that somebody has taken for
    the first time before is not counted again.

    Args:
        scenario: The scenario.
        timetable: As in `CorridorModel`.

    Raises:
        StateError: If the scenario cannot begin from the run that it names.
    """
    model = begun(scenario, timetable)
    opening = None if scenario.begins is None else opening_of(model)
    seen = np.zeros(len(model.world.rows), np.uint8) if opening is None else _seen_before(scenario).copy()
    watch = _Watch(model, seen)
    model.run_model()
    found = watch.observed(run_data_of(model, opening))
    model.__dict__.clear()  # as in `sim.runs.run_to_data`
    return found
