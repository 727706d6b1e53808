"""Forecasts as wide as earlier ones should have been."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import lognorm, norm

from sim.inference.backtest.error_widths import factor, normal_score, stretch, stretched
from sim.inference.observations import Row

SAMPLE = lognorm(0.5, scale=1000.0).ppf((np.arange(4000) + 0.5) / 4000)


def figure(value: float, low: float | None = None, high: float | None = None) -> Row:
    return Row("s", date(2021, 6, 1), date(2021, 6, 30), value, low, high, date(2021, 7, 1), {})


def test_without_a_past_forecasts_stay_as_they_are() -> None:
    assert stretch([]) == 1.0
    assert np.allclose(stretched(SAMPLE, 1.0), SAMPLE)


def test_errors_of_three_deviations_make_forecasts_wider() -> None:
    wrong = 1000 * np.exp(3 * 0.5)
    assert stretch([(figure(wrong), SAMPLE, 0.0)] * 3) == pytest.approx(np.sqrt((1 + 27) / 4), rel=0.02)


def test_forecasts_that_were_wide_enough_are_never_narrowed() -> None:
    assert stretch([(figure(1000.0), SAMPLE, 0.0)] * 20) == 1.0


def test_a_figure_that_no_draw_reached_counts_as_the_outermost_one() -> None:
    assert 3 < stretch([(figure(1e9), SAMPLE, 0.0)] * 50) < 4
    assert 3 < stretch([(figure(0.0), SAMPLE, 0.0)] * 50) < 4


def test_an_interval_counts_by_its_middle_rank() -> None:
    wide = figure(1000.0, 300.0, 3300.0)
    assert stretch([(wide, SAMPLE, 0.0)] * 5) == 1.0


@given(factor=st.floats(1, 5))
def test_stretching_keeps_the_median_and_widens_the_rest(factor: float) -> None:
    wide = stretched(SAMPLE, factor)
    assert np.median(wide) == pytest.approx(np.median(SAMPLE))
    assert (np.diff(wide) >= 0).all()
    assert wide[-1] >= SAMPLE[-1] * 0.999
    assert 0 <= wide[0] <= SAMPLE[0] * 1.001


def test_a_score_is_that_of_the_middle_rank_of_draws_below_and_up_to_the_figure() -> None:
    draws = np.array([1.0, 2.0, 2.0, 5.0])
    assert normal_score(draws, 2.0, 2.0) == pytest.approx(norm.ppf((1 / 4 + 3 / 4) / 2))
    assert normal_score(draws, 3.0, 3.0) == pytest.approx(norm.ppf(3 / 4))
    assert normal_score(draws, 1.5, 5.0) == pytest.approx(norm.ppf((1 / 4 + 1) / 2))
    assert normal_score(draws, 9.0, 9.0) == pytest.approx(norm.ppf(7 / 8)) == -normal_score(draws, 0.0, 0.0)


def test_the_factor_is_the_root_of_the_mean_square_with_one_of_one_beside_and_one_at_least() -> None:
    assert factor([3.0, -1.0], [1.0, 0.5]) == pytest.approx(np.sqrt((1 + 9 + 0.5) / 2.5))
    assert factor([0.5], [1.0]) == 1.0
    assert factor([], []) == 1.0


def test_rounding_widens_the_interval_of_a_figure() -> None:
    draws = np.arange(1000.0)
    plain, rounded = (stretch([(figure(980.0), draws, half)]) for half in (0.0, 500.0))
    assert plain == pytest.approx(np.sqrt((1 + norm.ppf(0.9805) ** 2) / 2))
    assert rounded == 1.0


def test_stretching_is_of_the_logarithm_of_a_half_more_than_the_count_and_stops_at_none() -> None:
    found = stretched(np.array([0.5, 3.5, 15.5]), 2.0)  # of 1, 4 and 16
    assert found == pytest.approx([0.0, 3.5, 63.5])
    assert stretched(np.array([1.5, 3.5, 15.5]), 2.0)[0] == pytest.approx(0.5)
