"""Exposure: survival is exponential in days outdoors, and what multiplies the hazard multiplies the exponent."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.engine import exposure
from sim.engine import tables as t
from sim.engine.rows import AT_BORDER, AT_HUB, DEAD, INJURED, NOWHERE
from sim.model import CorridorModel
from tests.strategies import finished, tiny_scenario
from tests.unit.engine.processes.hands import clock_at, put_to_wait
from tests.verification.analytic import check_share, simple

PEOPLE = 3000
PLAIN = {"hazard_death": 0.0, "hazard_injury": 0.0, "hazard_winter": 1.0, "cold": 0.0}
NO_WRECKS = {"benghazi-italy": {"shipwreck": 0}}


def fates(days: int, factor: float = 1.0, **hazards: float) -> tuple[np.ndarray, np.ndarray]:
    """Who of all survives so many days, and who is injured."""
    model = CorridorModel(simple({"cohorts": {"people": {"size": PEOPLE}}}))
    p = model.world.p[0]
    for name, value in (PLAIN | hazards).items():
        p[name] = value
    rows, w = model.world.rows, model.world
    clock = w.clocks[w.clock_at[t.K_STRANDED, model.names.places.index("camp")]]
    w.zones["hazard_factor"] = factor
    exposed = days * exposure.exposure_of_a_day(model._tables, clock)
    alive = np.array([bool(exposure.survive(rows[i], exposed, p)) for i in range(PEOPLE)])
    return alive, (rows["flags"] & INJURED) > 0


@pytest.mark.parametrize("days", [1, 10, 60])
def test_survival_is_exponential_in_the_days_of_a_wait(days: int) -> None:
    alive, injured = fates(days, hazard_death=0.02)
    check_share(int(alive.sum()), PEOPLE, math.exp(-0.02 * days))
    assert not injured.any()


def test_so_is_injury_among_those_who_live() -> None:
    alive, injured = fates(20, hazard_injury=0.03, hazard_death=0.01)
    check_share(int(injured.sum()), int(alive.sum()), -math.expm1(-0.03 * 20))
    assert not (injured & ~alive).any()


def test_those_who_survive_a_longer_wait_survive_a_shorter_one() -> None:
    short, long = fates(5, hazard_death=0.02)[0], fates(50, hazard_death=0.02)[0]
    assert (short | ~long).all()
    assert short.sum() > long.sum()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"days": 10, "hazard_death": 0.06}, {"days": 30, "hazard_death": 0.02}),
        ({"days": 10, "hazard_death": 0.06}, {"days": 10, "hazard_death": 0.02, "factor": 3.0}),
        ({"days": 10, "hazard_death": 0.06}, {"days": 10, "hazard_death": 0.02, "hazard_winter": 3.0, "cold": 1.0}),
        ({"days": 10, "hazard_death": 0.04}, {"days": 10, "hazard_death": 0.02, "hazard_winter": 3.0, "cold": 0.5}),
    ],
)
def test_days_aid_and_cold_multiply_the_hazard(one: dict[str, Any], other: dict[str, Any]) -> None:
    """The same persons die: only the product counts."""
    assert fates(**one)[0].tolist() == fates(**other)[0].tolist()


@pytest.mark.parametrize(
    ("kind", "place", "exposed"),
    [(t.K_FIRST, "camp", 0.5), (t.K_AGAIN, "camp", 0.5), (t.K_STRANDED, "camp", 0.5), (t.K_STRANDED, "hub", 0.2),
     (t.K_QUEUE, "hub", 0.0)],
)  # fmt: skip
def test_aid_counts_in_the_zone_shelter_at_the_hub_and_in_line_nothing_happens(
    kind: int, place: str, exposed: float
) -> None:
    model = CorridorModel(simple({"cohorts": {"people": {"size": 10}}}))
    w = model.world
    w.p["hazard_winter"], w.p["cold"], w.p["hazard_sheltered"] = 3.0, 0.5, 0.2
    w.zones["hazard_factor"] = 0.5
    clock = w.clocks[clock_at(model, kind, place)]
    assert exposure.exposure_of_a_day(model._tables, clock) == pytest.approx(2.0 * exposed)


@pytest.mark.parametrize("section", [NOWHERE, 0])
@pytest.mark.parametrize("began", [0, 3])
def test_a_wait_is_over_with_the_exposure_since_it_began(began: int, section: int) -> None:
    """P(dead) = 1 - exp(-h x), x the exposure of the days after it began times the factor of the section tried last."""
    model = CorridorModel(simple({"cohorts": {"people": {"size": PEOPLE}}}))
    w = model.world
    w.p["hazard_death"], w.p["hazard_injury"] = 0.03, 0.0
    w.sections["hazard_factor"] = 2.0
    w.rows["section"] = section
    put_to_wait(model, range(PEOPLE), AT_BORDER, "camp", day=began)
    g = clock_at(model, t.K_FIRST if section == NOWHERE else t.K_AGAIN, "camp")
    w.exposed[1:, g] = np.cumsum(np.arange(len(w.exposed) - 1))  # on day d it is d
    days = np.arange(began + 1, 9)
    alive = [bool(exposure.lives_on(model._tables, 8, i, g)) for i in range(PEOPLE)]
    check_share(sum(alive), PEOPLE, math.exp(-0.03 * days.sum() * (1.0 if section == NOWHERE else 2.0)))
    assert ((w.rows["status"] == DEAD) == ~np.array(alive)).all()
    assert (w.rows["outdoors"] == len(days)).all()
    deaths = w.section_flows[8, :, t.S_DEATHS].sum()
    assert deaths == (0 if section == NOWHERE else PEOPLE - sum(alive))
    assert w.told[8, 0].tolist() == [0.0, PEOPLE - sum(alive)]


def test_nobody_is_harmed_in_line_nor_are_its_days_counted_as_outdoors() -> None:
    model = CorridorModel(simple({"cohorts": {"people": {"size": 50}}}))
    w = model.world
    w.p["hazard_death"] = 1.0
    put_to_wait(model, range(50), AT_HUB, "hub")
    g = clock_at(model, t.K_QUEUE, "hub")
    assert all(exposure.lives_on(model._tables, 30, i, g) for i in range(50))
    assert not w.rows["outdoors"].any()


def test_without_a_hazard_nobody_is_harmed() -> None:
    alive, injured = fates(3000)
    assert alive.all()
    assert not injured.any()


def test_the_dead_stay_where_they_died_and_are_counted_once() -> None:
    model = finished(tiny_scenario({"hazards": {"death": 0.02, "injury": 0.05}, "routes": NO_WRECKS}))
    w = model.world
    dead = w.rows["status"] == DEAD
    assert dead.sum() == w.pair_flows[:, :, t.F_DEATHS].sum() > 0
    assert (w.stocks_by_cohort[1:, :, DEAD] >= w.stocks_by_cohort[:-1, :, DEAD]).all()
    assert (w.rows["flags"] & INJURED > 0).sum() == w.pair_flows[:, :, t.F_INJURIES].sum() > 0
    assert w.section_flows[:, :, t.S_DEATHS].sum() <= dead.sum()


def test_nobody_dies_where_there_is_shelter_and_aid_without_end() -> None:
    model = CorridorModel(tiny_scenario({"hazards": {"death": 0.05, "sheltered": 0}, "routes": NO_WRECKS}))
    for state in model.states.values():
        for zone in state.zones:
            state.lever(f"hazard_factor.{zone}").overrides["aid"] = 0.0
    model.run_model()
    assert model.world.pair_flows[:, :, t.F_REACHED_BORDER].sum() > 0
    assert model.world.pair_flows[:, :, t.F_DEATHS].sum() == 0
