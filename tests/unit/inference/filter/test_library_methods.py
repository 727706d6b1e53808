"""Methods of a library, given months that a record does not have."""

from __future__ import annotations

import numpy as np
import pytest

from sim.inference.filter import library_methods
from sim.inference.filter.record import Figure


def piece(first: int, days: int, rate: float) -> Figure:
    return Figure("poland", np.arange(first, first + days), rate * days, rate * days, rate * days, False, first + days)


def test_a_steady_rate_is_one_whatever_the_periods_are() -> None:
    first, logs = library_methods.monthly([piece(0, 20, 5.0), piece(20, 90, 5.0), piece(170, 31, 5.0)], "poland", 400)
    assert first == 0
    assert np.exp(logs) == pytest.approx(np.full(7, 5.0))


def test_what_is_not_known_yet_is_not_used() -> None:
    _, logs = library_methods.monthly([piece(0, 30, 5.0), piece(30, 30, 9.0)], "poland", 40)
    assert np.exp(logs) == pytest.approx([5.0])


@pytest.mark.parametrize("name", library_methods.NAMES)
def test_a_steady_record_is_expected_to_go_on(name: str) -> None:
    pytest.importorskip("statsforecast")
    logs = np.log(20.0) + 0.1 * np.random.default_rng(1).standard_normal(24)
    sample = library_methods.forecast(name, 0, logs, piece(24 * 30 + 8, 31, 1.0), 200)
    assert sample is not None
    assert np.median(sample) == pytest.approx(20 * 31, rel=0.15)
    assert 0.05 < np.log(sample).std() < 0.3


def test_a_short_record_has_no_forecast() -> None:
    assert library_methods.forecast("ETS", 0, np.zeros(5), piece(200, 30, 1.0), 10) is None
