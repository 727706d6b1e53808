"""The forecasts that a model must beat."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inference.backtest import baselines
from sim.inference.observations import Row
from tests.strategies import START, tiny_scenario


def month(number: int, value: float | None, series: str = "s") -> Row:
    start = date(2025, number, 1)
    end = date(2025, number + 1, 1) - timedelta(days=1)
    return Row(series, start, end, value, None, None, end + timedelta(days=1), {})


@given(st.floats(1, 1e5))
def test_a_series_that_never_changes_is_foretold_by_its_past(rate: float) -> None:
    rows = [month(k, rate * (date(2025, k + 1, 1) - date(2025, k, 1)).days) for k in range(1, 6)]
    past, target = baselines.past_of(rows, date(2025, 6, 1), lambda a, b: float((b - a).days + 1)), month(6, None)
    for name in baselines.NAMES:
        found = baselines.forecast(name, past, target, 99)
        if name == "seasonal naive":
            assert found is None
        else:
            assert found is not None
            assert np.median(found) == pytest.approx(30 * rate, rel=1e-6)


def test_exposure_scaling_follows_the_seats() -> None:
    def seats(first: date, last: date) -> float:
        return ((last - first).days + 1) * (2.0 if first.month < 6 else 1.0)

    past = baselines.past_of([month(5, 3100)], date(2025, 6, 1), seats)
    found = baselines.forecast("exposure scaling", past, month(6, None), 99)
    assert found is not None
    assert np.median(found) == pytest.approx(1500, rel=1e-6)


def test_seats_are_those_of_the_schedules() -> None:
    seats = baselines.seats_of(tiny_scenario(), "belarus")
    assert seats(START, START + timedelta(days=6)) == pytest.approx(5 * 8 + 4 * 6 + 4 * 5)
