"""A watched run is the run itself, and its steps lead from one to the next."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from sim.engine import steps
from sim.engine.tables import F_GAVE_UP_BOOKING
from sim.outputs.run_data import RunData
from sim.runs import run_to_data
from sim.scenario.schema import Scenario
from sim.studies.limits.observed import (
    CAN_PAY,
    HAS_SEAT,
    HAS_VISA,
    SET_OUT,
    STEPS,
    TITLES,
    TRANSFERRED,
    WOULD_LEAVE,
    observe,
)
from tests.rich_scenario import rich_scenario, timetable
from tests.strategies import POINT, START, tiny_scenario
from tests.unit.scenario.test_legs import waiting_in_istanbul


def test_every_step_has_a_title() -> None:
    assert list(TITLES) == list(STEPS)


def same(one: RunData, other: RunData) -> None:
    for name in RunData._fields:
        ours, theirs = getattr(one, name), getattr(other, name)
        if isinstance(ours, np.ndarray):
            np.testing.assert_array_equal(ours, theirs, name)
    assert one.events == other.events


@pytest.mark.parametrize("seed", [1, 2])
def test_to_be_watched_changes_nothing(seed: int) -> None:
    """Bans, stops, closures, timetables and boats included: every count of the run is that of an ordinary one."""
    scenario = rich_scenario(seed)
    same(run_to_data(scenario, timetable(scenario)), observe(scenario, timetable(scenario)).run)


DAY = 50


@pytest.mark.parametrize("scenario", [tiny_scenario(POINT), rich_scenario(5)], ids=["tiny", "rich"])
def test_of_a_window_the_steps_of_its_own_days_are_told_as_in_the_unbroken_run(scenario: Scenario) -> None:
    """Whoever has taken a step before is not counted again: not even who has been at the border, and never tried."""
    own = {"title": "window", "start": START + timedelta(days=DAY), "days": scenario.days - DAY, "begins": scenario}
    window = scenario.model_copy(update=own)
    whole, seen = observe(scenario), observe(window)
    same(run_to_data(window), seen.run)
    assert seen.start == window.start
    assert whole.counts[:DAY, :, TRANSFERRED].any() and seen.counts[:, :, TRANSFERRED].any()
    for name in ("counts", "lines", "seats", "taken"):
        np.testing.assert_array_equal(getattr(whole, name)[DAY:], getattr(seen, name), name)


SHORT_VISAS = tiny_scenario({"transit_states": {"belarus": {"visa_validity": 1}}})


@pytest.mark.parametrize(
    "scenario",
    [rich_scenario(1), tiny_scenario(), SHORT_VISAS, waiting_in_istanbul(30)],
    ids=["rich", "tiny", "short visas", "held up"],
)
def test_nobody_takes_a_step_before_the_one_before_it(scenario: Scenario) -> None:
    """By pair and up to any day, no more people have taken a step than the one before."""
    counts = observe(scenario, timetable(scenario)).counts
    assert (counts[:, :, WOULD_LEAVE] >= counts[:, :, CAN_PAY]).all()
    assert (counts[:, :, CAN_PAY] >= counts[:, :, SET_OUT]).all()
    so_far = counts[:, :, SET_OUT:].cumsum(axis=0)
    assert (np.diff(so_far, axis=2) <= 0).all()
    assert (so_far[-1].sum(axis=0) > 0).all()


def test_bookings_add_up() -> None:
    """Where no line dissolves, whoever has a visa was called up or is in line; the rest waits for one or gave up."""
    scenario = tiny_scenario({"transit_states": {"belarus": {"visas": {START: 0.5}}}}, days=40)
    seen = observe(scenario)
    land = ~seen.over_sea[seen.pair_route]
    totals = seen.counts[:, land].sum(axis=0)
    lines = seen.lines[-1, land]
    np.testing.assert_array_equal(totals[:, HAS_VISA] - totals[:, HAS_SEAT], lines[:, steps.FOR_A_SEAT])
    gone = seen.run.pair_flows[:, land, F_GAVE_UP_BOOKING].sum(axis=0)
    waiting = totals[:, SET_OUT] - totals[:, HAS_VISA] - gone
    assert (waiting >= lines[:, steps.FOR_A_VISA]).all() and lines[:, steps.FOR_A_VISA].any()


def test_the_price_keeps_nobody_where_it_is_nothing() -> None:
    free = observe(tiny_scenario({"routes": {"baghdad-minsk": {"price": 0}}}, days=40))
    pair = free.names.pairs.index(("iraqis", "baghdad-minsk"))
    np.testing.assert_allclose(free.counts[:, pair, WOULD_LEAVE], free.counts[:, pair, CAN_PAY])
    dear = observe(tiny_scenario(days=40))
    assert dear.counts[:, pair, WOULD_LEAVE].sum() > dear.counts[:, pair, CAN_PAY].sum()


def test_a_closed_route_has_people_who_would_go_and_none_who_do() -> None:
    scenario = tiny_scenario(
        {"carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": {START: 0}}}}}}, days=40
    )
    seen = observe(scenario)
    own = seen.counts[:, seen.names.pairs.index(("iraqis", "baghdad-minsk"))].sum(axis=0)
    assert own[CAN_PAY] > 1 and not own[SET_OUT:].any()
