"""Particles: what the first ones are, what is taken of them, and how their parameters move."""

from __future__ import annotations

import numpy as np
import pytest

from sim.inference.filter.observation_model import GRID
from sim.inference.filter.particles import Particles, first_particles, moved
from sim.inference.filter.posture_process import first_postures
from tests.unit.inference.filter.tiny_filter import tiny_filter


def test_the_first_particles_are_of_the_prior_and_have_counted_nothing() -> None:
    loaded = tiny_filter(particles=30)
    found = first_particles(loaded, 2, np.random.default_rng(4))
    rng = np.random.default_rng(4)
    assert np.array_equal(found.paths, first_postures(loaded.prior, 30, rng)[None])
    assert np.array_equal(found.scores, rng.standard_normal((1, 30, 1)))
    assert found.off.shape == (1, 30)
    assert found.off.dtype == bool
    assert not found.off.any()
    assert found.daily.shape == (30, 2, 120)
    assert not found.daily.any()
    assert found.dispersion.shape == (30, 2, len(GRID))
    assert found.states.tolist() == [-1] * 30
    assert found.size == 30


def test_a_particle_is_taken_as_often_as_its_number_occurs_with_all_that_is_its_own() -> None:
    three = np.arange(3)
    of = Particles(
        (three + np.array([[10], [20]]))[:, :, None] + np.zeros(2), three[None] == 1, (three + 0.5)[None, :, None],
        three[:, None, None] + np.zeros((1, 4)), three[:, None, None] * 1.0, three + 7,
    )  # fmt: skip
    found = of.taken(np.array([2, 2, 0, 1]))
    assert found.size == 4
    assert found.paths[:, :, 1].tolist() == [[12, 12, 10, 11], [22, 22, 20, 21]]
    assert found.off.tolist() == [[False, False, False, True]]
    assert found.scores[0, :, 0].tolist() == [2.5, 2.5, 0.5, 1.5]
    assert found.daily[:, 0, 3].tolist() == found.dispersion[:, 0, 0].tolist() == [2, 2, 0, 1]
    assert found.states.tolist() == [9, 9, 7, 8]
    assert found.changed(states=three).states is three


def test_moved_parameters_keep_their_spread_and_lean_to_the_prior() -> None:
    before = np.random.default_rng(1).normal([3.0, -2.0], [2.0, 0.5], (200_000, 2))
    after = moved(before, np.random.default_rng(2))
    assert after.mean(axis=0) == pytest.approx(np.array([3.0, -2.0]) * (0.98 + 0.02 * 0.8), rel=2e-3)
    assert after.std(axis=0) == pytest.approx([2.0, 0.5], rel=5e-3)
    noise = after - 0.98 * before
    assert noise.std(axis=0) == pytest.approx(np.sqrt(1 - 0.98**2) * np.array([2.0, 0.5]), rel=1e-2)


def test_parameters_that_are_all_alike_move_by_a_tenth_of_the_priors_variance() -> None:
    after = moved(np.ones((100_000, 1)), np.random.default_rng(3))
    assert after.mean() == pytest.approx(0.98 + 0.016, abs=2e-3)
    assert after.var() == pytest.approx((1 - 0.98**2) * 0.1, rel=0.02)
