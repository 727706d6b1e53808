"""The process of a posture: what it learns from a path, and that its densities are those of what it draws."""

from __future__ import annotations

import numpy as np
import pytest

from sim.inference.filter.experiment import PosturePrior
from sim.inference.filter.posture_process import (
    Motion,
    first_postures,
    log_regime,
    motion_given,
    next_regime,
    shocks,
    time_of_year,
)

PRIOR = PosturePrior((0.3, -0.5), (0.7, 1.0), (0.5, 0.6), 0.85, 0.03, 0.33, (0.5, 0.0), 5)


def test_a_long_path_teaches_how_it_moves() -> None:
    rng = np.random.default_rng(1)
    rho, scale = np.array([0.6, 0.9]), np.array([0.2, 0.8])
    path = [np.zeros((10, 2))]
    for _ in range(3000):
        path.append(0.5 * (1 - rho) + rho * path[-1] + scale * rng.standard_normal((10, 2)))
    motion = motion_given(np.array(path), PRIOR, rng)
    assert motion.rho.mean(axis=0) == pytest.approx(rho, abs=0.03)
    assert motion.scale.mean(axis=0) * np.sqrt(2) == pytest.approx(scale, rel=0.05)
    assert (motion.constant / (1 - motion.rho)).mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.15)


def test_what_comes_back_every_year_is_learnt_by_the_coordinate_that_may_have_a_season() -> None:
    rng = np.random.default_rng(5)
    path = [np.zeros((20, 2))]
    for number in range(1, 1201):
        season = 0.6 * time_of_year(5, number)[0]  # highest in winter
        path.append(0.5 * path[-1] + season + 0.2 * rng.standard_normal((20, 2)))
    motion = motion_given(np.array(path), PRIOR, rng)
    assert motion.season[:, 0].mean(axis=0) == pytest.approx([0.6, 0.0], abs=0.08)
    assert motion.season[:, 1] == pytest.approx(np.zeros((20, 2)), abs=1e-3)
    still = np.zeros((20, 2))
    of_year = [motion.mean(still, 1200 + k)[:, 0].mean() for k in range(1, 13)]
    assert (np.argmax(of_year) + 4) % 12 + 1 in (12, 1, 2)  # month 1201 is May
    assert motion.mean(still, 1) == pytest.approx(motion.mean(still, 13))


def test_without_a_path_the_prior_is_all_there_is() -> None:
    rng = np.random.default_rng(2)
    motion = motion_given(first_postures(PRIOR, 4000, rng)[None], PRIOR, rng)
    assert np.median(motion.rho, axis=0) == pytest.approx([0.85, 0.85], abs=0.05)
    assert (np.sort(motion.scale, axis=0)[400] < np.sort(motion.scale, axis=0)[3600]).all()


def test_a_density_is_that_of_the_shocks_drawn() -> None:
    rng = np.random.default_rng(3)
    motion = Motion(
        np.zeros((100_000, 1)), np.full((100_000, 1), 0.9), np.full((100_000, 1), 0.4), np.zeros((100_000, 1, 2)), 5
    )
    drawn = shocks(motion, rng)
    wide = rng.standard_t(2, (100_000, 1))  # the mean of p / q over q is 1
    from scipy import stats

    weights = np.exp(motion.log_density(wide) - stats.t.logpdf(wide[:, 0], 2))
    assert weights.mean() == pytest.approx(1, abs=0.02)
    assert np.average(np.abs(wide[:, 0]), weights=weights) == pytest.approx(np.abs(drawn).mean(), rel=0.03)


def test_regimes_change_as_often_as_their_probabilities_say() -> None:
    rng = np.random.default_rng(4)
    off = np.repeat([False, True], 50_000)
    then = next_regime(off, PRIOR, rng)
    assert then[:50_000].mean() == pytest.approx(0.03, abs=0.004)
    assert then[50_000:].mean() == pytest.approx(0.67, abs=0.01)
    total = np.exp(log_regime(off, np.full(len(off), True), PRIOR)) + np.exp(
        log_regime(off, ~np.full(len(off), True), PRIOR)
    )
    assert total == pytest.approx(np.ones(len(off)))
