"""Forecasts rest on what was known at their origin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim.inference.backtest.forecasts import backtest, forecast_from
from sim.inference.backtest.scores import MODEL
from sim.inference.fit_task import Workspace
from tests.unit.inference.tiny import ORIGIN, ROWS, loaded, row


def test_no_figure_after_the_origin_leaks_into_a_forecast(tmp_path: Path) -> None:
    def forecasts(name: str, later: float) -> pd.DataFrame:
        rows = [*ROWS[:2], row(60, later), row(90, 2 * later)]
        return backtest(loaded(), rows, Workspace(tmp_path / name)).table

    few, many = forecasts("few", 10.0), forecasts("many", 5000.0)
    columns = ["origin", "method", "period_start", "low90", "low50", "median", "high50", "high90"]
    pd.testing.assert_frame_equal(few[columns], many[columns])
    assert few["crps"].tolist() != many["crps"].tolist()
    assert set(few["method"]) >= {MODEL, "last value", "exposure scaling"}


def test_without_any_figure_the_forecast_is_the_priors(tmp_path: Path) -> None:
    made = forecast_from(loaded(), [], [ROWS[2]], ORIGIN, Workspace(tmp_path))
    assert np.allclose(made.posterior.weights, 1 / 16)
    assert made.samples["last value"] == [None]
