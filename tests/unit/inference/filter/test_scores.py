"""Scores of one forecast against their definitions, on forecasts whose quantiles can be counted off."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.inference.filter.scores import row_of

EVEN = np.arange(21.0)  # the 5, 25, 50, 75 and 95 % quantiles are 1, 5, 10, 15 and 19
ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def weighted_interval(sample: np.ndarray, seen: float) -> float:
    """The weighted interval score by its definition (Bracher et al. 2021)."""
    total = 0.5 * abs(seen - np.median(sample))
    for alpha in ALPHAS:
        low, high = np.quantile(sample, alpha / 2), np.quantile(sample, 1 - alpha / 2)
        outside = max(low - seen, 0.0) + max(seen - high, 0.0)
        total += alpha / 2 * (high - low + 2 / alpha * outside)
    return float(total / (len(ALPHAS) + 0.5))


@pytest.mark.parametrize("seen", [0.0, 3.0, 10.0, 40.0])
def test_scores_are_those_of_their_definitions(seen: float) -> None:
    shuffled = np.random.default_rng(1).permutation(EVEN)
    row = row_of(shuffled, seen)
    logs = np.log1p(EVEN)
    width = logs.std() * 1.06 * 21**-0.2
    density = stats.norm.pdf(np.log1p(seen), logs, width).mean()
    apart = np.abs(EVEN[:, None] - EVEN).mean()
    expected = {
        "low90": 1.0, "low50": 5.0, "median": 10.0, "high50": 15.0, "high90": 19.0,
        "crps": np.abs(EVEN - seen).mean() - apart / 2,
        "wis": weighted_interval(EVEN, seen),
        "log_wis": weighted_interval(logs, np.log1p(seen)),
        "log_score": -np.log(density),
        "in50": float(seen == 10.0), "in90": float(seen in (3.0, 10.0)),
        "rank": min(seen, 21.0) / 21,
    }  # fmt: skip
    assert list(row) == list(expected)
    assert row == pytest.approx(expected)


@pytest.mark.parametrize(("seen", "half", "most"), [
    (0.9, 0, 0), (1.0, 0, 1), (4.9, 0, 1), (5.0, 1, 1), (15.0, 1, 1), (15.1, 0, 1), (19.0, 0, 1), (19.1, 0, 0),
])  # fmt: skip
def test_an_interval_holds_its_own_ends(seen: float, half: int, most: int) -> None:
    row = row_of(EVEN, seen)
    assert (row["in50"], row["in90"]) == (half, most)


def test_a_figure_that_the_forecast_hits_ranks_below_its_equals() -> None:
    assert row_of(np.array([1.0, 2.0, 2.0, 3.0]), 2.0)["rank"] == 0.25


def test_a_forecast_without_width_has_a_kernel_of_two_hundredths() -> None:
    certain = np.full(30, 99.0)
    assert row_of(certain, 99.0)["log_score"] == pytest.approx(-stats.norm.logpdf(0, scale=0.02))
    assert row_of(certain, 101.0)["log_score"] == pytest.approx(-stats.norm.logpdf(np.log(1.02), scale=0.02))


def test_a_figure_far_off_costs_no_more_than_the_least_density() -> None:
    assert row_of(EVEN, 1e9)["log_score"] == pytest.approx(10 * np.log(10))


def test_what_a_forecast_has_below_nothing_counts_as_nothing_in_logarithms() -> None:
    below, none = np.where(EVEN < 4, -5.0, EVEN), np.where(EVEN < 4, 0.0, EVEN)
    for key in ("log_wis", "log_score"):
        assert row_of(below, 6.0)[key] == row_of(none, 6.0)[key]
