"""Attempts: detection by search theory, stops bounded by patrols, and the lot where there are too few."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.engine import queues
from sim.engine import tables as t
from sim.engine.processes import attempts
from sim.engine.rows import AT_BORDER
from sim.model import CorridorModel
from tests.strategies import finished, tiny_scenario
from tests.unit.engine.processes.hands import put

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
    w.reach["cumulative"] = 0.0  # shares that fall short of one by rounding leave nobody without a section
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
        stopped = flows[:, t.S_TURN_BACKS] + flows[:, t.S_PROCEDURES]
        assert np.array_equal(stopped, np.minimum(flows[:, t.S_RECORDED], patrols))
        assert np.array_equal(flows[:, t.S_OVERLOAD], flows[:, t.S_RECORDED] - stopped)
        overloaded += int(flows[:, t.S_OVERLOAD].sum())
    recorded = model.world.section_flows[:, :, t.S_RECORDED].sum()
    assert recorded > 0
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


def test_an_attempt_is_made_by_each_who_is_due_at_the_border_and_by_nobody_else() -> None:
    model = CorridorModel(tiny_scenario())
    model.step()
    tables, due, elsewhere = model._tables, [3, 1, 4, 15], [9, 2]
    put(model, due, AT_BORDER, "bruzgi", "baghdad-minsk")
    for i in due + elsewhere:
        queues.schedule(tables, i, t.C_BORDER, 0, 1)
    attempts.try_to_cross(tables, 1)
    made = model.world.attempts[: model.world.counters[t.N_ATTEMPTS]]
    assert sorted(made["row"].tolist()) == sorted(due)
    assert model.world.rows["attempts"][due].tolist() == [1] * len(due)
    assert not model.world.rows["attempts"][elsewhere].any()
    assert model.world.section_flows[1, :, t.S_ATTEMPTS].sum() == len(due)
