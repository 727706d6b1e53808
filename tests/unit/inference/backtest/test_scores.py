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
