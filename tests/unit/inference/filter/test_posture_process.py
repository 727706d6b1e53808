"""The process of a posture: what it learns from a path, and that its densities are those of what it draws."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from sim.inference.filter.experiment import PosturePrior
from sim.inference.filter.posture_process import (
    Motion,
    continued,
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


def test_a_motion_moves_to_its_constant_its_memory_and_its_season() -> None:
    of = np.array([[1.0, 2.0], [3.0, 4.0]])
    motion = Motion(of, of / 10, of * 2, np.stack([of, of * 5], axis=2), 5)
    root = np.sqrt(0.5)
    moved = motion.mean(np.array([[10.0, 20.0], [0.0, -1.0]]), 1)  # the middle of May: 135 degrees
    assert moved == pytest.approx(of + [[1.0, 4.0], [0.0, -0.4]] + root * (5 * of - of))
    taken = motion.taken(np.array([1, 1, 0]))
    for found, given in (
        (taken.constant, of), (taken.rho, of / 10), (taken.scale, of * 2), (taken.season[:, :, 1], of * 5),
    ):  # fmt: skip
        assert np.array_equal(found, given[[1, 1, 0]])
    assert taken.first == 5
    assert motion.log_density(np.array([[1.0, -2.0], [0.5, 0.0]])) == pytest.approx(
        [stats.t.logpdf(s, 4, scale=w).sum() for s, w in (([1.0, -2.0], [2, 4]), ([0.5, 0.0], [6, 8]))]
    )


def test_the_time_of_the_year_is_that_of_the_middle_of_the_month() -> None:
    found = time_of_year(1, np.array([1, 2, 4, 13]))
    degrees = np.deg2rad([15.0, 45.0, 105.0, 15.0])
    assert found == pytest.approx(np.stack([np.cos(degrees), np.sin(degrees)], axis=1))
    assert time_of_year(12, 1) == pytest.approx([np.cos(np.deg2rad(345)), np.sin(np.deg2rad(345))])


def test_the_first_postures_are_drawn_around_the_long_run_mean() -> None:
    drawn = first_postures(PRIOR, 100_000, np.random.default_rng(6))
    assert drawn.mean(axis=0) == pytest.approx([0.3, -0.5], abs=0.01)
    assert drawn.std(axis=0) == pytest.approx([0.7, 1.0], rel=0.01)


def regression(path: np.ndarray, coordinate: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The posterior of a path's regression by its textbook formulas: mean, precision, sum of squares."""
    after, before = path[1:], path[:-1]
    angle = 2 * np.pi * (PRIOR.first_month - 0.5 + np.arange(len(after))) / 12
    known = np.column_stack([np.ones(len(after)), before, np.cos(angle), np.sin(angle)])
    season = 1 / max(PRIOR.season[coordinate], 1e-4) ** 2
    prior = np.diag([4.0, 8.0, season, season])
    centre = np.array([PRIOR.mean[coordinate] * 0.15, 0.85, 0.0, 0.0])
    precision = known.T @ known + prior
    mean = np.linalg.inv(precision) @ (known.T @ after + prior @ centre)
    left = after - known @ mean
    squares = 6 * PRIOR.shock_sd[coordinate] ** 2 + left @ left + (mean - centre) @ prior @ (mean - centre)
    return mean, precision, float(squares)


def test_what_is_drawn_of_a_path_is_the_posterior_of_its_regression() -> None:
    size = 40_000
    path = np.random.default_rng(7).normal(0.4, 0.8, (8, 2)).cumsum(axis=0) / 2
    motion = motion_given(np.repeat(path[:, None], size, axis=1), PRIOR, np.random.default_rng(8))
    assert motion.first == 5
    for k in range(2):
        mean, precision, squares = regression(path[:, k], k)
        variance = (motion.scale[:, k] * np.sqrt(2)) ** 2  # a t variable of 4 degrees of freedom is as wide
        assert np.quantile(squares / variance, [0.1, 0.5, 0.9]) == pytest.approx(
            stats.chi2.ppf([0.1, 0.5, 0.9], 6 + 7), rel=0.02
        )
        drawn = np.column_stack([motion.constant[:, k], motion.rho[:, k], *motion.season[:, k].T])
        scaled = (drawn - mean) / np.sqrt(variance)[:, None]
        own = [0, 2, 3]  # memory is cut off at its bounds
        exact = np.linalg.inv(precision)[np.ix_(own, own)]
        widths = np.sqrt(np.diag(exact))
        assert scaled[:, own].mean(axis=0) / widths == pytest.approx(np.zeros(3), abs=0.02)
        assert np.cov(scaled[:, own].T) / np.outer(widths, widths) == pytest.approx(
            exact / np.outer(widths, widths), abs=0.03
        )
        memory = drawn[:, 1]
        inside = (memory > 0.3) & (memory < 0.98)
        assert 0.5 < inside.mean() < 1.0
        assert np.unique(memory[~inside]).tolist() == [0.3, 0.98]
        assert np.median(memory) == pytest.approx(mean[1], abs=0.01)
        free = np.sqrt(np.linalg.inv(precision)[1, 1])
        wide = stats.t.ppf([0.4, 0.6], 13) * np.sqrt(squares / 13) * free  # with the variance unknown too
        assert np.quantile(memory, [0.4, 0.6]) - mean[1] == pytest.approx(wide, abs=0.01)


@pytest.mark.parametrize(("off", "drawn", "then"), [
    (False, 0.02, True), (False, 0.03, False), (False, 0.5, False), (True, 0.32, False), (True, 0.33, True),
])  # fmt: skip
def test_a_regime_changes_below_its_probability(off: bool, drawn: float, then: bool) -> None:
    rng = SimpleNamespace(random=lambda size: np.full(size, drawn))
    assert next_regime(np.array([off, off]), PRIOR, rng).tolist() == [then, then]  # type: ignore[arg-type]


def test_the_probability_of_a_change_of_regime_is_that_of_the_prior() -> None:
    off, then = np.array([False, False, True, True]), np.array([False, True, False, True])
    assert np.exp(log_regime(off, then, PRIOR)) == pytest.approx([0.97, 0.03, 0.33, 0.67])


def test_paths_go_on_by_what_their_own_months_tell() -> None:
    paths = np.random.default_rng(9).normal(size=(4, 3, 2))
    off = np.array([[False] * 3, [True] * 3, [False] * 3, [False, True, False]])
    further, regimes = continued(paths, off, PRIOR, 3, np.random.default_rng(10))
    rng = np.random.default_rng(10)
    motion = motion_given(paths, PRIOR, rng)
    posture, regime = paths[3], off[3]
    for k, number in enumerate((4, 5, 6)):  # the paths have the month before the first, and three months
        posture = motion.mean(posture, number) + shocks(motion, rng)
        regime = next_regime(regime, PRIOR, rng)
        assert further[k] == pytest.approx(posture)
        assert np.array_equal(regimes[k], regime)
    assert further.shape == (3, 3, 2)
    assert regimes.dtype == bool
