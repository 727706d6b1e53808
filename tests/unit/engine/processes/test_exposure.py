"""Exposure: survival is exponential in days outdoors, and what multiplies the hazard multiplies the exponent."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.engine import tables as t
from sim.engine.processes import exposure
from sim.engine.rows import DEAD, INJURED
from sim.model import CorridorModel
from tests.strategies import finished, tiny_scenario
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
    rows = model.world.rows
    alive = np.array([bool(exposure.survive(rows[i], days, factor, p)) for i in range(PEOPLE)])
    assert (rows["outdoors"] == days).all()
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
