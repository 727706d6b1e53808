"""Attempts: stages of an approach, detection by search theory, stops bounded by patrols, the lot if these are few."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import tables as t
from sim.engine.processes import attempts
from sim.engine.rows import AT_BORDER
from sim.model import CorridorModel
from tests.strategies import finished, tiny_scenario
from tests.unit.engine.processes.hands import flows_of, put
from tests.verification.analytic import check_share, check_shares, simple

PLAIN = {"officers": 3.0, "length": 60.0, "barrier": 0.0, "surveillance": 0.0, "terrain": 1.0, "detection_factor": 1.0}


def detection(
    coaching: float = 0.0, visibility: float = 1.0, parameters: dict[str, float] | None = None, **section: float
) -> float:
    """In a plain section with some fields changed."""
    w = CorridorModel(tiny_scenario()).world
    record, p = w.sections[0], w.p[0]
    for name, value in (PLAIN | section).items():
        record[name] = value
    for name, value in ({"visibility": visibility} | (parameters or {})).items():
        p[name] = value
    return float(attempts.detection_probability(record, coaching, p))


def kappa(probability: float) -> float:
    """The coverage that a detection probability comes of."""
    return -math.log1p(-probability)


def test_detection_at_the_reference_density_is_that_of_the_coverage() -> None:
    """d = 1 - exp(-coverage) with nothing else in the section (Koopman 1956)."""
    given = {"detection_coverage": 0.7, "detection_reference_density": 0.05}
    assert detection(parameters=given) == pytest.approx(-math.expm1(-0.7))


def test_coverage_is_a_power_of_officers_per_kilometre() -> None:
    given = {"detection_density_power": 0.5, "detection_coverage": 0.2}
    one = kappa(detection(officers=2.0, parameters=given))
    assert kappa(detection(officers=8.0, parameters=given)) == pytest.approx(2 * one)
    assert kappa(detection(officers=8.0, length=240.0, parameters=given)) == pytest.approx(one)
    assert detection(officers=0.0) == 0.0


def test_what_multiplies_coverage_does_so_once() -> None:
    small = {
        "detection_coverage": 0.1,
        "detection_barrier": 0.5,
        "detection_surveillance": 0.8,
        "detection_coaching": 0.4,
    }
    plain = kappa(detection(parameters=small))
    for change, factor in (
        ({"terrain": 0.7}, 0.7), ({"detection_factor": 1.5}, 1.5), ({"visibility": 0.8}, 0.8),
        ({"barrier": 30.0}, 1.25), ({"surveillance": 0.5}, 1.4), ({"coaching": 0.5}, 0.8),
    ):  # fmt: skip
        assert kappa(detection(parameters=small, **change)) == pytest.approx(factor * plain), change


def test_detection_rises_with_officers_and_falls_with_coaching() -> None:
    rising = [detection(officers=n) for n in (0, 1, 2, 5, 20, 100)]
    falling = [detection(coaching=c) for c in (0, 0.3, 0.6, 1)]
    assert rising == sorted(set(rising))
    assert falling == sorted(set(falling), reverse=True)
    assert all(0 <= d <= 1 for d in rising + falling)


def test_a_barrier_covers_a_section_once_at_most() -> None:
    model = finished(tiny_scenario(), days=1)
    section, p = model.world.sections[0], model.world.p[0]
    found = []
    for share in (0.0, 1.0, 3.0):
        section["barrier"] = share * section["length"]
        found.append(attempts.detection_probability(section, 0.5, p))
    assert found[0] < found[1] == found[2]


def test_those_who_are_detected_at_a_low_probability_are_at_a_higher_one() -> None:
    rows = CorridorModel(tiny_scenario()).world.rows
    seen = [{i for i in range(len(rows)) if attempts.detected(rows[i], d)} for d in (0.0, 0.2, 0.7, 1.0)]
    assert set() == seen[0] < seen[1] < seen[2] < seen[3] == set(range(len(rows)))


def test_everybody_tries_a_section_in_reach_and_none_where_there_is_none() -> None:
    model = CorridorModel(tiny_scenario())
    model.step()
    w, sections = model.world, len(model.names.sections)
    for z in range(len(model.names.zones)):
        reach = w.reach[z * sections : (z + 1) * sections]
        chosen = {int(attempts.choose_section(w.rows[i], w.reach, z * sections, sections)) for i in range(400)}
        assert chosen == set(np.flatnonzero(reach["within"]).tolist())
    w.reach["cumulative"] = 1e-300  # shares that fall short of one by rounding leave nobody without a section
    assert attempts.choose_section(w.rows[0], reach, 0, sections) == np.flatnonzero(reach["within"])[-1]
    w.reach["within"] = 0
    assert attempts.choose_section(w.rows[0], w.reach, 0, sections) == -1


def test_what_is_told_of_detection_is_the_highest_of_the_zones_that_reach_a_section() -> None:
    """With however many cohorts: the border is the same for all."""
    for others in ({}, {"iraqis": None, "syrians": None}):
        model = finished(tiny_scenario({"cohorts": others}), days=1)
        w = model.world
        reach = w.reach.reshape(len(model.names.zones), -1)
        w.section_detection[1] = 0.0
        attempts.prepare(model._tables, 1)
        highest = np.where(reach["within"] == 1, reach["detection"], 0.0).max(axis=0)
        assert highest.min() > 0.0
        assert w.section_detection[1] == pytest.approx(highest)


@pytest.mark.parametrize("rate", [0.02, 0.3, 50.0])
def test_patrols_stop_no_more_than_they_can_and_all_that_they_can(rate: float) -> None:
    """By day and section: the detected who are not stopped are those beyond the day's whole patrols."""
    agencies = {name: {"handling_rate": rate} for name in ("poland", "lithuania")}
    model = CorridorModel(tiny_scenario({"agencies": agencies}))
    overloaded = 0
    while model.running:
        model.step()
        flows, patrols = model.world.section_flows[model.day - 1], model.world.sections["patrols"]
        calls = flows[:, t.S_PATROL_CALLS]
        stopped = flows[:, t.S_TURN_BACKS] + flows[:, t.S_PROCEDURES] - flows[:, t.S_SELF_PRESENTATIONS]
        assert np.array_equal(stopped, np.minimum(calls, patrols))
        assert np.array_equal(flows[:, t.S_OVERLOAD], calls - stopped)
        overloaded += int(flows[:, t.S_OVERLOAD].sum())
    assert model.world.section_flows[:, :, t.S_PATROL_CALLS].any()
    assert (overloaded > 0) == (rate < 50)


@pytest.mark.parametrize("patrols", [0, 1, 4, 9])
def test_the_lot_decides_who_gets_through_and_not_the_order_of_the_list(patrols: int) -> None:
    model = CorridorModel(tiny_scenario())
    w, people = model.world, [3, 1, 4, 15, 9, 2, 6, 5, 35]
    stopped = []
    for order in (people, people[::-1]):
        w.attempts[: len(order)] = [(row, 0, 1, attempts.STOPPED) for row in order]
        w.counters[t.N_ATTEMPTS] = len(order)
        w.sections["patrols"] = patrols
        attempts.overload(model._tables, 0, 1)
        stopped.append({int(a["row"]) for a in w.attempts[: len(order)] if a["result"] == attempts.STOPPED})
    assert stopped[0] == stopped[1]
    assert len(stopped[0]) == patrols
    assert w.section_flows[0, 1, t.S_OVERLOAD] == 2 * (len(people) - patrols)
    assert set(sorted(people)[:patrols]) != stopped[0] or patrols in (0, 9)


def test_a_section_is_approached_by_each_who_tries_and_by_nobody_else() -> None:
    model = CorridorModel(tiny_scenario())
    model.step()
    w, trying = model.world, [3, 1, 4, 15]
    put(model, [*trying, 9, 2], AT_BORDER, "bruzgi", "baghdad-minsk")
    w.attempts[: len(trying)] = [(row, 0, -1, attempts.UNDETECTED) for row in trying]
    w.counters[t.N_ATTEMPTS] = len(trying)
    attempts.try_to_cross(model._tables, 1)
    assert w.rows["attempts"][trying].tolist() == [1] * len(trying)
    assert not w.rows["attempts"][[9, 2]].any()
    assert w.section_flows[1, :, t.S_APPROACHES].sum() == flows_of(model, 1)["approaches"] == len(trying)


# Stages of an approach.


@given(st.floats(0, 1), st.floats(0, 5))
def test_no_order_turns_back_nobody_and_an_order_at_least_its_share(ordered: float, occupancy: float) -> None:
    assert attempts.share_turned_back(0.0, occupancy) == 0.0
    assert attempts.share_turned_back(1.0, occupancy) == 1.0
    share = attempts.share_turned_back(ordered, occupancy)
    assert ordered - 1e-12 <= share <= 1.0
    if occupancy <= 1.0:
        assert share == pytest.approx(ordered)


@given(st.floats(0, 1), st.floats(0, 5), st.floats(0, 1), st.floats(0, 5))
def test_a_stricter_order_and_a_fuller_reception_turn_back_no_fewer(a: float, x: float, b: float, y: float) -> None:
    low = attempts.share_turned_back(min(a, b), min(x, y))
    assert low <= attempts.share_turned_back(max(a, b), max(x, y)) + 1e-12


@given(st.floats(0, 0.999), st.floats(0, 5))
def test_the_share_turned_back_does_not_jump_at_0_nor_where_reception_is_full(ordered: float, occupancy: float) -> None:
    """A small change of the order or of the occupancy is a small change of the share, also near 0 and 1."""
    step = 1e-7
    here = attempts.share_turned_back(ordered, occupancy)
    assert attempts.share_turned_back(step, occupancy) <= 6 * step
    assert attempts.share_turned_back(ordered, occupancy + step) - here <= 10 * step
    full = attempts.share_turned_back(ordered, 1.0)
    assert attempts.share_turned_back(ordered, 1.0 + step) - full <= 10 * step


def those(model: CorridorModel, rule: Callable[[Any], Any]) -> set[int]:
    """Rows of whom a rule is true."""
    return {i for i in range(len(model.world.rows)) if rule(model.world.rows[i])}


@pytest.fixture
def many() -> CorridorModel:
    return CorridorModel(simple({"cohorts": {"people": {"size": 3000}}}))


def test_people_withdraw_where_guards_see_them(many: CorridorModel) -> None:
    """With probability `withdrawal` * d: nobody where nothing is detected, the whole share where all is."""
    p = many.world.p[0]
    p["withdrawal"] = 0.6
    found = [those(many, lambda m, d=d: attempts.withdraws(m, d, p)) for d in (0.0, 0.3, 1.0)]
    assert set() == found[0] < found[1] < found[2]
    check_share(len(found[1]), 3000, 0.18)
    check_share(len(found[2]), 3000, 0.6)
    p["withdrawal"] = 0.0
    assert those(many, lambda m: attempts.withdraws(m, 1.0, p)) == set()


def test_nobody_gives_itself_up_where_all_are_turned_back(many: CorridorModel) -> None:
    """The share falls in a line from `self_presentation`, where nobody is turned back, to 0."""
    p = many.world.p[0]
    p["self_presentation"] = 0.8
    found = [those(many, lambda m, b=b: attempts.presents_itself(m, b, p)) for b in (1.0, 0.5, 0.0)]
    assert set() == found[0] < found[1] < found[2]
    check_share(len(found[1]), 3000, 0.4)
    check_share(len(found[2]), 3000, 0.8)


def test_an_approach_has_one_result_by_the_stages_in_turn(many: CorridorModel) -> None:
    """Presented s (1 - b); of the rest withdrawn w d; of the rest detected d."""
    p = many.world.p[0]
    p["withdrawal"], p["self_presentation"] = 0.5, 0.4
    d, b = 0.6, 0.25
    results = [attempts.result_of(many.world.rows[i], d, b, p) for i in range(3000)]
    stays, goes_on = 1 - 0.5 * d, 1 - 0.4 * (1 - b)
    chances = {
        t.PRESENTED: 0.4 * (1 - b), t.WITHDRAWN: goes_on * 0.5 * d, t.STOPPED: stays * goes_on * d,
        t.UNDETECTED: stays * goes_on * (1 - d),
    }  # fmt: skip
    check_shares([results.count(result) for result in chances], list(chances.values()))
    assert set(results) == set(chances)


def test_where_nothing_is_seen_and_nobody_gives_itself_up_all_cross(many: CorridorModel) -> None:
    p = many.world.p[0]
    p["withdrawal"], p["self_presentation"] = 1.0, 1.0
    assert {attempts.result_of(many.world.rows[i], 0.0, 1.0, p) for i in range(300)} == {t.UNDETECTED}


def test_every_approach_is_counted_once_by_its_result() -> None:
    flows = dict(zip(t.SECTION_FLOWS, finished(tiny_scenario()).world.section_flows.sum(axis=(0, 1)), strict=True))
    assert flows["approaches"] == flows["withdrawals"] + flows["attempts"]
    assert flows["recorded"] == flows["withdrawals"] + flows["self_presentations"] + flows["patrol_calls"]
    stopped = flows["turn_backs"] + flows["procedures"] - flows["self_presentations"]
    assert flows["patrol_calls"] == stopped + flows["overload_crossings"]
    assert flows["attempts"] == flows["turn_backs"] + flows["procedures"] + flows["crossings"]
    assert min(flows[name] for name in ("withdrawals", "self_presentations", "turn_backs", "crossings")) > 0


def test_who_has_no_section_within_reach_stays_where_it_is() -> None:
    """Neither an approach nor a cost; it waits on."""
    model = CorridorModel(tiny_scenario())
    while not (model.world.rows["status"] == AT_BORDER).any():
        model.step()
    model.world.reach["within"] = 0
    before = model.world.section_flows.sum()
    funds = model.world.rows["funds"][model.world.rows["status"] == AT_BORDER].copy()
    there = np.flatnonzero(model.world.rows["status"] == AT_BORDER)
    model.run_for(10)
    still = model.world.rows["status"][there] == AT_BORDER
    assert model.world.section_flows.sum() == before
    assert still.any()
    assert (model.world.rows["funds"][there[still]] == funds[still]).all()
