"""Scores of forecasts."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sim.inference.backtest import scores

SIZE = 2000


@given(mean=st.floats(-50, 50), sd=st.floats(0.1, 20), observed=st.floats(-100, 100))
def test_crps_of_a_normal_forecast_is_the_closed_form(mean: float, sd: float, observed: float) -> None:
    sample = norm(mean, sd).ppf((np.arange(SIZE) + 0.5) / SIZE)
    z = (observed - mean) / sd
    exact = sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / sqrt(pi))
    assert scores.crps(sample, observed) == pytest.approx(exact, rel=0.01, abs=0.01 * sd)


@given(value=st.floats(0, 1e6), observed=st.floats(0, 1e6))
def test_crps_of_a_single_figure_is_its_error(value: float, observed: float) -> None:
    assert scores.crps(np.full(10, value), observed) == pytest.approx(abs(value - observed), abs=1e-6)


def test_an_interval_covers_a_figure_that_is_an_interval_if_they_meet() -> None:
    sample = np.arange(101.0)
    assert scores.row_of(sample, 98, 90, 106)["in90"] == 1.0
    assert scores.row_of(sample, 98, 98, 98)["in90"] == 0.0
    assert scores.row_of(sample, 50, 50, 50)["in50"] == 1.0


def test_all_methods_are_compared_on_the_same_figures() -> None:
    rows = [
        {"method": name, "origin": 1, "series": "s", "period_start": k, "period_end": k, "horizon": 1,
         **scores.row_of(np.array([value]), 10.0, 10.0, 10.0)}
        for k in range(2)
        for name, value in ((scores.MODEL, 11.0), ("last value", 14.0), ("seasonal naive", 30.0))
    ]  # fmt: skip
    table = scores.table(pd.DataFrame(rows)).set_index("method")
    assert table.loc[scores.MODEL, "mase_last"] == pytest.approx(1 / 4)
    assert table.loc[scores.MODEL, "mase_seasonal"] == pytest.approx(1 / 20)
    assert table.loc["last value", "wins"] == 1.0


def test_crps_of_few_draws_is_their_distance_less_half_of_that_between_them() -> None:
    # |1-2|, |2-2|, |6-2|: mean 5/3; pairs differ by 1, 5 and 4, each twice of nine: 20/9, of which half.
    assert scores.crps(np.array([6.0, 1.0, 2.0]), 2.0) == pytest.approx(5 / 3 - 10 / 9)
    assert scores.crps(np.array([3.0]), 5.0) == 2.0
    logs = scores.log_crps(np.array([np.e - 1, -7.0]), np.e**2 - 1)  # logs of 1 and of nothing, and of 2
    assert logs == pytest.approx((1 + 2) / 2 - 0.25)


def test_a_row_has_the_intervals_the_scores_and_the_rank() -> None:
    sample = np.arange(101.0)
    found = scores.row_of(sample, 30.0, 28.0, 33.0)
    assert found == pytest.approx(
        {
            "low90": 5, "low50": 25, "median": 50, "high50": 75, "high90": 95, "crps": scores.crps(sample, 30.0),
            "log_crps": scores.log_crps(sample, 30.0), "error": 20, "in50": 1, "in90": 1, "rank": 30 / 101,
        }
    )  # fmt: skip
    assert list(found) == [
        "low90", "low50", "median", "high50", "high90", "crps", "log_crps", "error", "in50", "in90", "rank"
    ]  # fmt: skip
    assert scores.row_of(sample, 70.0, 70.0, 70.0)["error"] == 20


@pytest.mark.parametrize(
    ("low", "high", "in50", "in90"),
    [(75, 80, 1, 1), (76, 80, 0, 1), (20, 25, 1, 1), (20, 24, 0, 1), (95, 99, 0, 1), (96, 99, 0, 0), (1, 5, 0, 1),
     (1, 4, 0, 0), (0, 100, 1, 1)],
)  # fmt: skip
def test_an_interval_that_only_touches_is_covered(low: float, high: float, in50: float, in90: float) -> None:
    found = scores.row_of(np.arange(101.0), (low + high) / 2, low, high)
    assert (found["in50"], found["in90"]) == (in50, in90)


def scored(method: str, period: int, crps: float, error: float, horizon: int = 1, inside: float = 1.0) -> dict:
    keys = {"origin": 1, "series": "s", "period_start": period, "period_end": period, "horizon": horizon}
    numbers = {"crps": crps, "log_crps": crps / 10, "in50": 0.0, "in90": inside, "error": error}
    return {"method": method, **keys, **numbers}


FORECASTS = pd.DataFrame(
    [
        scored(scores.MODEL, 1, 4, 6), scored("last value", 1, 4, 12), scored("walk", 1, 5, 3),
        scored(scores.MODEL, 2, 8, 2, 2, 0.0), scored("last value", 2, 6, 4, 2), scored("walk", 2, 20, 9, 2, 0.0),
        scored("seasonal naive", 2, 1, 0, 2), scored("walk", 3, 1, 1, 2),
    ]
)  # fmt: skip


def test_a_table_has_means_coverage_and_comparisons_of_the_same_figures() -> None:
    table = scores.table(FORECASTS)
    nan = np.nan
    expected = pd.DataFrame(
        {
            "method": [scores.MODEL, "last value", "walk", "seasonal naive"],
            "forecasts": [2, 2, 3, 1],
            "crps": [6, 5, 26 / 3, 1],
            "log_crps": [0.6, 0.5, 26 / 30, 0.1],
            "coverage50": [0.0] * 4,
            "coverage90": [0.5, 1, 2 / 3, 1],
            "mase_seasonal": [nan] * 4,  # its only error is none
            "mase_last": [0.5, 1, 13 / 3 / 8, 0],
            "wins": [0, 0, 2 / 3, 0],  # a draw is none, nor is a figure that Corridor did not forecast
        }
    )
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)


def test_a_table_by_horizon_has_a_row_for_each_and_method_and_without_corridor_nobody_wins() -> None:
    table = scores.table(FORECASTS, ["horizon"])
    assert list(table.columns[:3]) == ["horizon", "method", "forecasts"]
    assert table[["horizon", "method", "forecasts"]].to_numpy().tolist() == [
        [1, scores.MODEL, 1], [1, "last value", 1], [1, "walk", 1], [2, scores.MODEL, 1], [2, "last value", 1],
        [2, "walk", 2], [2, "seasonal naive", 1],
    ]  # fmt: skip
    assert table["mase_last"].tolist() == pytest.approx([0.5, 1, 0.25, 0.5, 1, 1.25, 0])
    alone = scores.table(FORECASTS[FORECASTS["method"] == "walk"])
    assert alone[["mase_seasonal", "mase_last", "wins"]].isna().all(axis=None)
    assert len(alone) == 1
