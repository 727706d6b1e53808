"""Forecasts as published, and the seats that exposure scaling rests on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import lognorm

from sim.inference.filter import simple_methods
from sim.inference.filter.back_test import LEVELS
from sim.inference.filter.past_errors import latest, stretch_at, widened
from sim.inference.filter.record import Figure

SAMPLE = lognorm(0.5, scale=1000.0).ppf(LEVELS)


def forecast(origin: date, of: int, value: float, known: date) -> dict[str, object]:
    period = {"period_start": date(2021, of, 1), "period_end": date(2021, of, 28)}
    return {"origin": origin, "series": "poland", **period, "observed": value, "known": known, "quantiles": SAMPLE}


def width(quantiles: np.ndarray) -> float:
    return float(np.log(quantiles).std() / np.log(SAMPLE).std())


def widths(*rows: dict[str, object]) -> list[float]:
    return [width(wide) for wide in widened(pd.DataFrame(rows))["stretched"]]


def test_forecasts_widen_after_a_miss_that_was_known_and_not_before() -> None:
    miss, later = date(2021, 3, 1), date(2021, 3, 31)
    first = forecast(date(2021, 2, 1), 2, 9000.0, miss)
    early, late = forecast(miss, 3, 1000.0, later), forecast(date(2021, 2, 15), 3, 1000.0, later)
    assert widths(first, late) == pytest.approx([1.0, 1.0])
    assert widths(first, early)[1] > 1.3


def test_a_miss_is_forgotten_and_counts_once() -> None:
    first = forecast(date(2021, 2, 1), 2, 9000.0, date(2021, 3, 1))
    soon, long_after = date(2021, 3, 1), date(2025, 3, 1)
    assert widths(first, forecast(long_after, 4, 1000.0, long_after))[1] < 1.3
    twice = [forecast(date(2021, 1, 1), 2, 9000.0, date(2021, 3, 1)), first]
    assert widths(*twice, forecast(soon, 4, 1000.0, soon))[2] == widths(first, forecast(soon, 4, 1000.0, soon))[1]


def test_a_forecast_of_an_origin_is_stretched_as_the_back_test_stretches_it() -> None:
    past = [
        forecast(date(2021, 1, 1), 2, 9000.0, date(2021, 3, 1)),
        forecast(date(2021, 2, 1), 2, 9000.0, date(2021, 3, 1)),
    ]
    now = forecast(date(2021, 3, 1), 4, 1000.0, date(2021, 5, 1))
    assert stretch_at(pd.DataFrame(past), date(2021, 3, 1)) == widened(pd.DataFrame([*past, now]))["stretch"].iloc[-1]
    assert stretch_at(pd.DataFrame(past), date(2021, 2, 28)) == stretch_at(pd.DataFrame(), date(2021, 3, 1)) == 1.0


def test_a_series_that_is_left_out_does_not_tell_through_its_errors_either() -> None:
    miss = date(2021, 3, 1)
    rows = pd.DataFrame([forecast(date(2021, 2, 1), 2, 9000.0, miss), forecast(miss, 3, 1000.0, date(2021, 3, 31))])
    assert list(widened(rows, ["poland"])["stretch"]) == [1.0, 1.0] != list(widened(rows)["stretch"])


def test_how_forecasts_turned_out_is_told_once_a_figure_and_of_what_is_known() -> None:
    figures = [
        forecast(date(2021, 1, 1), 2, 9000.0, date(2021, 3, 1)),
        forecast(date(2021, 2, 1), 2, 9000.0, date(2021, 3, 1)),
    ]
    later = forecast(date(2021, 2, 1), 3, 1000.0, date(2021, 4, 1))
    told = latest(pd.DataFrame([{**row, "horizon": 1} for row in (*figures, later)]), date(2021, 3, 1))
    assert list(told["published"]) == [9000.0]
    assert told["origin"].iloc[0] == date(2021, 2, 1)
    assert not told["in90"].iloc[0]


def piece(first: int, value: float) -> Figure:
    return Figure("poland", np.arange(first, first + 30), value, value, value, False, first + 30)


def test_exposure_scaling_doubles_with_the_seats() -> None:
    figures, target = [piece(0, 300.0), piece(30, 300.0)], piece(60, 0.0)
    past = simple_methods.past_of(figures, target, 60, lambda figure: 999.0 if figure.first < 60 else 1999.0)
    sample = simple_methods.forecast("exposure scaling", past, target, 400)
    assert sample is not None
    assert np.median(sample) == pytest.approx(600.0, rel=1e-3)
