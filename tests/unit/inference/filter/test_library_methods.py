"""Methods of a library, given months that a record does not have."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import lognorm

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


def test_a_months_rate_is_the_mean_over_its_days_that_are_covered() -> None:
    figures = [
        piece(25, 10, 4.0), piece(35, 5, 1.0), piece(95, 10, 8.0),  # months of 30.4 days: 0, 1 and 3
        piece(61, 20, 99.0)._replace(at_least=True), piece(61, 20, 99.0)._replace(series="latvia"),
        piece(61, 20, 99.0)._replace(known=201), piece(190, 11, 99.0), piece(62, 20, 0.0)._replace(series="estonia"),
    ]  # fmt: skip
    first, logs = library_methods.monthly(figures, "poland", 200)
    assert first == 0
    second = (4 * 4.0 + 5 * 1.0) / 9  # days 31 to 34 and 35 to 39
    assert np.exp(logs) == pytest.approx([4.0, second, np.sqrt(second * 8.0), 8.0])
    assert library_methods.monthly(figures, "estonia", 200)[0] == 2
    assert np.exp(library_methods.monthly(figures, "estonia", 200)[1]) == pytest.approx([0.5 / 20])
    first, logs = library_methods.monthly(figures, "finland", 200)
    assert (first, len(logs)) == (0, 0)


def test_a_figure_is_used_from_the_day_it_is_known_and_once_it_has_ended() -> None:
    def months(origin: int, known: int) -> int:
        return len(library_methods.monthly([piece(0, 30, 5.0)._replace(known=known)], "poland", origin)[1])

    assert (months(30, 30), months(30, 31), months(29, 20), months(30, 20)) == (1, 0, 0, 1)


@pytest.mark.parametrize(("first", "months_ahead"), [(9 * 30.4, 1), (10 * 30.4, 2), (12.4 * 30.4, 4), (5 * 30.4, 1)])
def test_a_forecast_is_the_log_normal_of_its_interval_for_the_months_ahead(
    monkeypatch: pytest.MonkeyPatch, first: float, months_ahead: int
) -> None:
    asked: list[tuple[str, int]] = []

    def model(name: str) -> SimpleNamespace:
        def forecast(y: np.ndarray, h: int, level: list[int]) -> dict[str, list[float]]:
            asked.append((name, h))
            assert (len(y), level) == (8, [90])
            ends = {"mean": 2.0, "hi-90": 2.0 + 1.6448536, "lo-90": 2.0 - 1.6448536}
            return {key: [9.0, 9.0, last] for key, last in ends.items()}

        return SimpleNamespace(forecast=forecast)

    monkeypatch.setattr(library_methods, "_model", model)
    target = piece(round(first), 30, 1.0)
    sample = library_methods.forecast("Theta", 1, np.zeros(8), target, 4)  # the last of eight months is month 8
    assert asked == [("Theta", months_ahead)]
    assert sample == pytest.approx(30 * lognorm(1.0, scale=np.exp(2.0)).ppf([0.125, 0.375, 0.625, 0.875]))


def test_each_method_is_the_librarys_own_without_a_season() -> None:
    pytest.importorskip("statsforecast")
    models = [library_methods._model(name) for name in library_methods.NAMES]
    assert [type(model).__name__ for model in models] == ["AutoARIMA", "AutoETS", "AutoTheta"]
    assert [model.season_length for model in models] == [1, 1, 1]
    assert models[1].model == "ZZN"
    assert library_methods.available()
