"""Outputs mean what their table says: identities between them, and border pressure at its edges."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.engine.rows import STATUSES
from sim.engine.tables import ROUTE_FLOWS
from sim.outputs import definitions
from sim.outputs import run_data as m
from sim.outputs.daily import blocks_of
from sim.outputs.definitions import OUTPUTS, Output
from sim.outputs.run_data import RunData, run_data_of
from sim.runs import run_model
from tests.strategies import finished, tiny_scenario
from tests.unit.outputs import made

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


def test_a_flow_by_agency_pair_route_and_cohort_is_the_sum_of_its_columns() -> None:
    run = made.made_run()
    day = np.arange(1, 10)[:, None]
    entries = made.at_border("crossings", "procedures")
    np.testing.assert_array_equal(m.by_section(run, "entries"), entries * day * made.OF_SECTION)
    np.testing.assert_array_equal(m.by_agency(run, m.by_section(run, "entries")), entries * day * made.OF_AGENCY)
    boarded = made.on_way("boarded", "embarked")
    np.testing.assert_array_equal(m.by_pair(run, "boarded"), boarded * day * made.OF_PAIR)
    np.testing.assert_array_equal(m.by_route(run, "boarded"), boarded * day * made.OF_ROUTE)
    np.testing.assert_array_equal(m.by_cohort(run, "boarded"), boarded * day * made.OF_COHORT)
    np.testing.assert_array_equal(m.by_route(run, "seats"), 2 * day * made.OF_ROUTE_ALONE)
    np.testing.assert_array_equal(m.by_level(run.pair_flows[:, 1:], "boarded"), boarded * day * made.OF_PAIR[1:])
    np.testing.assert_array_equal(m.in_procedure(run), day + np.array([5200, 5400]))
    assert run.days == 9
    found = m.contributions(run)
    assert found["route"].tolist() == [[4, 2], [1, 11], [0, 8], [0, 0]]
    assert found["cohort"].tolist() == [[6, 0], [6, 6], [0, 8], [0, 0]]


def test_pressure_by_section_and_then_by_agency_is_what_its_definition_says() -> None:
    wanted = made.pressures()
    columns = [wanted[name] for name in (*made.SECTIONS, *made.AGENCIES)]
    np.testing.assert_allclose(m.pressures(made.made_run()), np.column_stack(columns))
    assert m.pressures(made.made_run(days=0)).shape == (0, 6)


def test_calls_of_the_days_before_count_in_the_first_week() -> None:
    whole = made.made_run()
    calls = m.by_section(whole, "patrol_calls")
    later = whole._replace(
        section_flows=whole.section_flows[3:], capacity=whole.capacity[3:], calls_before=calls[:3]
    )  # fmt: skip
    np.testing.assert_allclose(m.pressures(later), m.pressures(whole)[3:])


def test_means_over_seven_days_begin_with_nothing() -> None:
    values = np.array([7, 14, 0, 0, 0, 0, 7, 0, 70, 0, 0, 0, 0, 0, 0, 0])
    assert m.seven_day_mean(values).tolist() == pytest.approx([1, 3, 3, 3, 3, 3, 4, 3, 11, 11, 11, 11, 11, 10, 10, 0])


def test_loads_of_several_at_once() -> None:
    found = m.loads(np.array([[0.5, 0.0, 2.0], [1.0, 0.0, 2.0], [1.25, 0.0, 0.0], [0.25, 0.0, 0.0]]))
    np.testing.assert_array_equal(
        found, [[0.75, 1.25, 3, 1, 3], [0, 0, np.nan, 0, np.nan], [1, 2, 1, 2, 1]],
    )  # fmt: skip
    none = m.loads(np.zeros((0, 2)))
    np.testing.assert_array_equal(none, [[0, 0, np.nan, 0, np.nan]] * 2)


def test_what_was_registered_after_the_run_is_not_in_it() -> None:
    run = made.made_run()
    definitions.register(Output("own_flow", "", "persons", "sum", "Own", "own", "count", "Own."))
    definitions.register_level("age", ["minor"])
    try:
        with pytest.raises(ValueError) as error:
            m.by_pair(run, "own_flow")
        text = "found 24 columns of flows by cohort and route; needed: 25, as in a model made after `register`"
        assert str(error.value) == f"output own_flow: {text}"
        wider = run._replace(pair_flows=np.concatenate([run.pair_flows, run.pair_flows[:, :, :1] + 5], axis=2))
        np.testing.assert_array_equal(m.by_pair(wider, "own_flow"), run.pair_flows[:, :, 0] + 5)
        flows, stocks = np.ones((9, 1, 25)), np.zeros((9, 1, 16))
        for strata, strata_stocks in (({}, {}), ({"age": flows}, {}), ({}, {"age": stocks})):
            with pytest.raises(ValueError) as error:
                m.added_levels(run._replace(strata=strata, strata_stocks=strata_stocks))
            text = "found no counts of it in the run; needed: a model made after `register_level`"
            assert str(error.value) == f"level age: {text}"
        found = m.added_levels(run._replace(strata={"age": flows}, strata_stocks={"age": stocks}))
        assert list(found) == ["age"] and found["age"][0] == ("minor",)
        assert found["age"][1] is flows and found["age"][2] is stocks
    finally:
        definitions.unregister_level("age")
        definitions.unregister("own_flow")


def _reacting(day: int, *periods: list[tuple[int, int]]) -> Any:
    return SimpleNamespace(day=day, reactions=SimpleNamespace(answers=[SimpleNamespace(periods=p) for p in periods]))


def test_reactions_are_counted_from_the_day_on_which_a_run_began() -> None:
    model = _reacting(20, [(2, 6), (10, -1)], [], [(0, 4)], [(8, 8), (12, 12)], [(5, 8)])
    nan = np.nan
    np.testing.assert_array_equal(
        m.reactions_of(model), [[2, 3, 14], [0, nan, 0], [1, 1, 4], [2, 9, 0], [1, 6, 3]]
    )  # fmt: skip
    # From day 8 (the ninth) on: the second period alone; nothing; nothing; the one that began later; nothing.
    np.testing.assert_array_equal(
        m.reactions_of(model, 8), [[1, 3, 10], [0, nan, 0], [0, nan, 0], [1, 5, 0], [0, nan, 0]]
    )  # fmt: skip
    np.testing.assert_array_equal(m.reactions_of(_reacting(9, [(2, -1)]), 4), [[1, 1, 5]])


def test_a_run_that_goes_on_has_what_was_counted_since() -> None:
    model = finished(tiny_scenario(days=40), days=20)
    before = run_data_of(model)
    opening = m.opening_of(model)
    while model.day < 30:
        model.step()
    whole, later = run_data_of(model), run_data_of(model, opening)
    assert (opening.day, opening.events) == (20, before.events)
    assert (whole.start, later.start) == (date(2025, 10, 1), date(2025, 10, 21))
    assert (whole.days, later.days) == (30, 10)
    assert later.events == whole.events - before.events > 0
    np.testing.assert_array_equal(later.attempts_by_pair, whole.attempts_by_pair - before.attempts_by_pair)
    assert later.attempts_by_pair.sum() == m.by_section(later, "attempts").sum() > 0
    for field in ("section_flows", "capacity", "detection", "pair_flows", "route_flows", "by_cohort", "by_place"):
        np.testing.assert_array_equal(getattr(later, field), getattr(whole, field)[20:], err_msg=field)
    assert whole.calls_before is None and later.calls_before is not None
    np.testing.assert_array_equal(later.calls_before, m.by_section(whole, "patrol_calls")[14:20])
    np.testing.assert_allclose(m.pressures(later), m.pressures(whole)[20:])
    early = run_data_of(model, opening._replace(day=3))
    assert early.calls_before is not None
    np.testing.assert_array_equal(early.calls_before, m.by_section(whole, "patrol_calls")[:3])
    rows = model.world.rows
    tried = rows["section"] < 3
    for status in range(len(STATUSES)):
        own = rows["status"] == status
        counts = [int((own & (rows["section"] == section)).sum()) for section in range(3)]
        assert whole.last_section[:, status].tolist() == [*counts, int((own & ~tried).sum())]
    assert (whole.seed, whole.names) == (1, model.names)
    np.testing.assert_array_equal(whole.agency_of, [0, 1, 1])
    np.testing.assert_array_equal(whole.agency_place, [6, 8])
    np.testing.assert_array_equal(whole.pair_cohort, [0, 1, 1, 2])
    np.testing.assert_array_equal(whole.pair_route, [0, 1, 2, 3])


def test_weeks_of_overload_end_on_their_seventh_day() -> None:
    pressure = np.zeros((2, 15, 2))
    pressure[0, 6, 0] = pressure[1, 7, 0] = pressure[0, 14, 1] = pressure[1, 14, 1] = 1.5
    assert m.overload_by_week(pressure).tolist() == [[0.5, 0], [0.5, 0], [0, 1]]
    assert m.overload_by_week(pressure[:, :14]).tolist() == [[0.5, 0], [0.5, 0]]
