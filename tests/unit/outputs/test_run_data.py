"""Outputs mean what their table says: identities between them, and border pressure at its edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.engine.rows import STATUSES
from sim.engine.tables import ROUTE_FLOWS
from sim.outputs import run_data as m
from sim.outputs.daily import blocks_of
from sim.outputs.definitions import OUTPUTS
from sim.outputs.run_data import RunData, run_data_of
from sim.runs import run_model
from tests.strategies import tiny_scenario

calls_by_day = arrays(np.int32, st.integers(0, 60), elements=st.integers(0, 10_000))


@pytest.fixture(scope="module")
def outcome() -> RunData:
    return run_data_of(run_model(tiny_scenario()))


def test_everything_that_is_computed_is_defined(outcome: RunData) -> None:
    computed = set(blocks_of([outcome]))
    assert {output for _, output in computed} <= set(OUTPUTS)
    assert computed <= {(level, output.name) for output in OUTPUTS.values() for level in output.levels}
    flows = {
        (level, output.name) for output in OUTPUTS.values() if output.over_time == "sum" for level in output.levels
    }
    assert flows <= computed


def test_each_attempt_ends_in_one_way(outcome: RunData) -> None:
    flow = {
        name: m.by_section(outcome, name) for name in (output.name for output in OUTPUTS.values() if output.section)
    }
    assert flow["attempts"].sum() > 100
    np.testing.assert_array_equal(flow["attempts"], flow["turn_backs"] + flow["procedures"] + flow["crossings"])
    detected = flow["turn_backs"] + flow["procedures"] - flow["self_presentations"] + flow["overload_crossings"]
    np.testing.assert_array_equal(flow["patrol_calls"], detected)
    np.testing.assert_array_equal(flow["entries"], flow["attempts"] - flow["turn_backs"])
    assert (flow["overload_crossings"] <= flow["crossings"]).all()


def test_guards_record_withdrawals_self_presentations_and_detected_attempts(outcome: RunData) -> None:
    flow = {name: m.by_section(outcome, name) for name in ("recorded_attempts", "withdrawals", "self_presentations")}
    assert all(values.sum() > 0 for values in flow.values())
    seen = flow["withdrawals"] + flow["self_presentations"] + m.by_section(outcome, "patrol_calls")
    np.testing.assert_array_equal(flow["recorded_attempts"], seen)
    approaches = m.by_section(outcome, "approaches")
    np.testing.assert_array_equal(approaches, flow["withdrawals"] + m.by_section(outcome, "attempts"))
    assert (flow["self_presentations"] <= m.by_section(outcome, "procedures")).all()


@pytest.mark.parametrize("measure", ["approaches", "attempts", "turn_backs", "procedures", "crossings", "entries"])
def test_sections_agencies_routes_and_cohorts_add_up_to_the_same(outcome: RunData, measure: str) -> None:
    by_section = m.by_section(outcome, measure)
    total = by_section.sum(axis=1)
    for table in (
        m.by_agency(outcome, by_section),
        m.by_pair(outcome, measure),
        m.by_route(outcome, measure),
        m.by_cohort(outcome, measure),
    ):
        np.testing.assert_array_equal(table.sum(axis=1), total)


def test_who_boarded_has_taken_a_seat_of_a_departure(outcome: RunData) -> None:
    seats, boarded = (outcome.route_flows[:, :, ROUTE_FLOWS.index(name)] for name in ("seats", "boarded"))
    np.testing.assert_array_equal(m.by_route(outcome, "boarded"), boarded)
    assert (boarded <= seats).all()


def test_contributions_are_the_attempts_of_the_run(outcome: RunData) -> None:
    attempts = m.by_section(outcome, "attempts").sum(axis=0)
    for counts in m.contributions(outcome).values():
        np.testing.assert_array_equal(counts.sum(axis=1), attempts)


def test_the_last_section_tried_counts_every_person_once(outcome: RunData) -> None:
    np.testing.assert_array_equal(outcome.last_section.sum(axis=0), outcome.by_cohort[-1].sum(axis=0))
    at_agencies = m.in_procedure(outcome)[-1].sum()
    assert at_agencies == outcome.last_section[:, STATUSES.index("in_procedure")].sum()


def test_an_outcome_is_a_copy_and_grows_with_the_days() -> None:
    from sim.model import CorridorModel

    model = CorridorModel(tiny_scenario(days=60))
    while model.day < 30:
        model.step()
    early = run_data_of(model)
    kept = early.section_flows.copy()
    while model.running:
        model.step()
    assert early.days == 30
    np.testing.assert_array_equal(early.section_flows, kept)
    np.testing.assert_array_equal(run_data_of(model).section_flows[:30], kept)


@given(calls_by_day, st.floats(0, 1e4))
def test_pressure_is_finite_and_never_negative(calls: np.ndarray, capacity: float) -> None:
    pressure = m.border_pressure(calls, np.full(calls.shape, capacity))
    assert pressure.shape == calls.shape
    assert np.isfinite(pressure).all()
    assert (pressure > -1e-9).all()


@given(calls_by_day, st.floats(0.5, 1e4))
def test_pressure_is_the_trailing_mean_over_capacity(calls: np.ndarray, capacity: float) -> None:
    pressure = m.border_pressure(calls, np.full(calls.shape, capacity))
    for day, value in enumerate(pressure):
        window = calls[max(day - 6, 0) : day + 1]
        assert value == pytest.approx(window.sum() / 7 / capacity)


def test_without_calls_or_personnel_pressure_is_zero_and_with_them_it_is_not() -> None:
    nobody = np.zeros((10, 1))
    assert not m.border_pressure(nobody, nobody).any()
    one = nobody.copy()
    one[3] = 1
    pressure = m.border_pressure(one, nobody)
    assert pressure[3, 0] == pytest.approx(1.0)  # one call is all that it could handle in a week
    assert pressure[2, 0] == 0.0
    assert np.isfinite(m.border_pressure(one * 10**6, nobody)).all()


def test_pressure_is_what_the_agencies_see() -> None:
    model = run_model(tiny_scenario())
    outcome = run_data_of(model)
    calls = m.by_agency(outcome, m.by_section(outcome, "patrol_calls"))
    capacity = m.by_agency(outcome, outcome.capacity)
    pressure = m.border_pressure(calls, capacity)
    today = {name: agency.pressure(model.day - 1) for name, agency in model.agencies.items()}
    assert [today[name] for name in model.names.agencies] == pytest.approx(list(pressure[-1]))


def test_load_of_a_known_pressure() -> None:
    load = m.load(np.array([0.0, 0.5, 1.0, 1.5, 3.0, 1.0]))
    assert load == m.Load(mean=pytest.approx(7 / 6), peak=3.0, peak_day=4, days_over=2, first_over=3)


def test_load_where_nobody_comes_or_no_day_was_run() -> None:
    assert m.load(np.zeros(5)) == m.Load(0.0, 0.0, None, 0, None)
    assert m.load(np.zeros(0)) == m.Load(0.0, 0.0, None, 0, None)


def test_probability_of_overload_by_week() -> None:
    pressure = np.zeros((4, 10, 1))
    pressure[0, 2] = pressure[1, 6] = 2.0  # two of four runs in the first week
    pressure[3, 9] = 1.001  # one in the week that the run cuts short
    pressure[2, 9] = 1.0  # full load is not over
    assert m.overload_by_week(pressure).tolist() == [[0.5], [0.25]]


def test_a_corridor_without_a_border_has_no_pressure_but_outcomes() -> None:
    # Only the sea is left.
    scenario = tiny_scenario({"zones": None, "sections": None, "agencies": None})
    outcome = run_data_of(run_model(scenario.model_copy(update={"zones": {}, "sections": {}, "agencies": {}})))
    assert m.by_section(outcome, "attempts").shape == (120, 0)
    assert m.by_route(outcome, "landed").sum() > 0
    assert ("section", "border_pressure") not in blocks_of([outcome])
