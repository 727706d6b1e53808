"""The observation model: probabilities of intervals, and counts drawn from it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.likelihood import Likelihood, _interval, draw_counts
from sim.inference.observations import Row

DAY = date(2025, 10, 1)
EXPERIMENT = CalibrationExperiment.model_validate(
    {
        "kind": "calibration",
        "title": "t",
        "scenario": "minsk-2021",
        "parameters": {"a": {"title": "a", "paths": ["behaviour.retry"], "prior": {"uniform": [1.0, 9.0]}}},
        "series": {"s": {"observed": "s.csv", "counted": "events"}},
        "over_dispersion": [0.1, 0.3],
    }
)


def row(value: float | None, low: float | None = None, high: float | None = None) -> Row:
    return Row("s", DAY, DAY, value, low, high, DAY, {})


@given(
    mean=st.floats(0.6, 5000),
    g=st.floats(0.02, 1.5),
    ends=st.tuples(st.integers(0, 6000), st.integers(0, 6000)).map(sorted),
)
def test_the_probability_of_an_interval_is_the_negative_binomials(mean: float, g: float, ends: list[int]) -> None:
    low, high = ends
    size = 1 / g**2
    law = stats.nbinom(size, size / (size + mean))
    expected = law.cdf(high) - law.cdf(low - 1)
    found = _interval(np.array([[mean]]), g, np.array([float(low)]), np.array([float(high)]))
    assert found[0, 0] == pytest.approx(expected, abs=1e-9)


@given(mean=st.floats(1, 5000), g=st.floats(0.05, 1), low=st.integers(0, 4000), wider=st.integers(0, 500))
def test_a_wider_interval_is_never_less_likely(mean: float, g: float, low: int, wider: int) -> None:
    def chance(a: float, b: float) -> float:
        return float(_interval(np.array([[mean]]), g, np.array([a]), np.array([b]))[0, 0])

    assert chance(max(low - wider, 0), low + 10 + wider) >= chance(low, low + 10) - 1e-12


def test_a_count_certainly_lies_somewhere() -> None:
    everything = _interval(np.array([[3.0], [900.0]]), 0.4, np.array([0.0]), np.array([np.inf]))
    assert everything == pytest.approx(np.ones((2, 1)))


def test_counts_that_are_drawn_have_the_stated_mean_and_variance() -> None:
    rng = np.random.default_rng(1)
    counts = draw_counts(np.full(200_000, 400.0), np.full(200_000, 0.3), rng)
    assert counts.mean() == pytest.approx(400, rel=0.01)
    assert counts.var() == pytest.approx(400 + (0.3 * 400) ** 2, rel=0.03)


def test_the_best_mean_is_near_the_figure_and_the_rounded_figure_says_less() -> None:
    exact, rounded = Likelihood(EXPERIMENT, [row(1000)]), Likelihood(EXPERIMENT, [row(1000, 950, 1050)])
    means = np.linspace(500, 2000, 301)[:, None]
    best = [means[one.marginal(one.of_counts(means)).argmax(), 0] for one in (exact, rounded)]
    assert best == pytest.approx([1000, 1000], rel=0.06)
    assert (rounded.of_counts(means) > exact.of_counts(means)).all()


def test_a_lower_bound_rules_out_only_what_lies_below() -> None:
    bound = Likelihood(EXPERIMENT, [row(1000, 1000)])
    low, high, higher = bound.of_counts(np.array([[100.0], [3000.0], [30000.0]]))[:, 0]
    assert low < high - 5
    assert high == pytest.approx(higher, abs=1e-3)


def test_emulated_logs_agree_with_counts_where_the_emulator_is_sure() -> None:
    one = Likelihood(EXPERIMENT, [row(800, 700, 900)])
    means = np.array([[500.0], [800.0], [1200.0]])
    assert one.of_logs(np.log(means), np.zeros((3, 1))) == pytest.approx(one.of_counts(means), abs=1.2)


@given(st.floats(1, 1e5), st.floats(1, 1e5))
def test_nothing_is_implausible_within_the_interval(low: float, more: float) -> None:
    one = Likelihood(EXPERIMENT, [row(None, low, low + more)])
    inside = np.log(np.array([[low], [low + more / 2], [low + more]]))
    assert one.implausibility(inside, np.zeros((3, 1))) == pytest.approx(np.zeros((3, 1)), abs=1e-6)
