"""Simple forecasts, worked out by hand or by another formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.inference.filter.record import Figure
from sim.inference.filter.simple_methods import ENSEMBLE, METHODS, MONTH, YEAR, Past, ensemble, forecast, past_of


def piece(first: int, days: int, value: float, **changes: object) -> Figure:
    plain = Figure("poland", np.arange(first, first + days), value, value, value, False, first + days)
    return plain._replace(**changes)  # type: ignore[arg-type]


def past(*months_and_rates: tuple[float, float]) -> Past:
    months, rates = zip(*months_and_rates, strict=True)
    return Past(np.array(months) * MONTH, np.array(rates))


def law(name: str, of: Past, months: float) -> tuple[float, float] | None:
    return METHODS[name](of, months * MONTH)


def test_the_methods_are_known_by_these_names() -> None:
    assert list(METHODS) == [
        "last value", "seasonal naive", "log random walk", "AR(1) of logs", "exponential smoothing", "exposure scaling",
    ]  # fmt: skip
    assert ENSEMBLE == "median of all"


def test_months_from_piece_to_piece_are_half_a_one_at_least() -> None:
    assert past((0, 0), (1, 0), (1.25, 0), (4.25, 0)).apart == pytest.approx([1.0, 0.5, 3.0])


def test_a_spread_has_one_change_of_a_half_added() -> None:
    of = past((0, 0))
    assert of.spread(np.array([]), np.array([])) == 0.5
    assert of.spread(np.array([1.0, 2.0]), np.array([1.0, 0.5])) == pytest.approx(np.sqrt((0.25 + 1 + 8) / 3))


def test_the_past_of_a_figure_is_what_was_published_of_its_series_by_then() -> None:
    figures = [
        piece(31, 28, 56.0), piece(0, 31, 310.0, known=60), piece(0, 31, 1.0, series="latvia"),
        piece(0, 31, 2.0, known=61), piece(50, 11, 3.0, known=60), piece(0, 20, 4.0, at_least=True),
        piece(50, 10, 0.2),
    ]  # fmt: skip
    found = past_of(figures, piece(60, 30, 0.0), 60)
    assert found.middle == pytest.approx([15.0, 44.5, 54.5])
    assert found.rate == pytest.approx(np.log([10.0, 2.0, 0.05]))
    assert found.seats is None


def test_seats_of_a_past_are_one_more_than_scheduled() -> None:
    seats = {0: 9.0, 31: 19.0, 60: 0.0}
    found = past_of([piece(31, 28, 56.0), piece(0, 31, 310.0)], piece(60, 30, 0.0), 60, lambda f: seats[f.first])
    assert found.seats is not None
    assert found.seats[0] == pytest.approx(np.log([10.0, 20.0]))
    assert found.seats[1] == 0.0


def test_quantiles_are_those_of_a_log_normal_over_the_days_of_the_figure() -> None:
    of, target = past((0, np.log(3.0)), (1, np.log(5.0))), piece(31, 20, 0.0)
    centre, sd = METHODS["log random walk"](of, 40.5) or (0, 0)
    found = forecast("log random walk", of, target, 4)
    assert found == pytest.approx(20 * stats.lognorm(sd, scale=np.exp(centre)).ppf([0.125, 0.375, 0.625, 0.875]))
    assert forecast("last value", of, target, 3) == pytest.approx([100.0, 100.0, 100.0])


def test_there_is_no_forecast_without_a_past_or_without_what_a_method_rests_on() -> None:
    empty, target = Past(np.array([]), np.array([])), piece(31, 20, 0.0)
    assert forecast("last value", empty, target, 3) is None
    assert forecast("exposure scaling", past((0, 1.0)), target, 3) is None
    assert forecast("seasonal naive", past((0, 1.0)), target, 3) is None


def test_a_walk_begins_at_the_last_piece_and_spreads_with_the_root_of_the_months() -> None:
    of = past((0, 1.0), (1, 1.6), (3, 1.0))
    sd = np.sqrt((0.25 + 0.36 + 0.36 / 2) / 3)
    assert law("log random walk", of, 7.0) == pytest.approx((1.0, 2 * sd))
    assert law("log random walk", of, 3.1) == pytest.approx((1.0, np.sqrt(0.5) * sd))
    assert law("last value", of, 7.0) == (1.0, 0.0)


def test_exposure_scaling_has_the_events_a_seat_of_the_last_piece() -> None:
    of = past((0, 1.0), (1, 1.6), (3, 1.0))._replace(seats=(np.array([0.5, 0.6, 0.9]), 1.4))
    sd = np.sqrt((0.25 + 0.5**2 + 0.9**2 / 2) / 3)  # events a seat: 0.5, 1.0, 0.1
    assert law("exposure scaling", of, 7.0) == pytest.approx((0.1 + 1.4, 2 * sd))


def test_a_season_is_the_rate_of_a_year_before_with_the_spread_of_such_forecasts() -> None:
    year = YEAR / MONTH
    of = past((0, 1.0), (1, 2.0), (6, 9.0), (year, 1.5), (year + 1.2, 2.8))
    assert law("seasonal naive", of, year + 0.2) == pytest.approx((1.0, np.sqrt((0.25 + 0.25 + 0.64) / 3)))
    assert law("seasonal naive", of, year + 6.3) == pytest.approx((9.0, np.sqrt((0.25 + 0.25 + 0.64) / 3)))
    assert law("seasonal naive", of, year + 5.3) is None


def test_a_piece_is_of_the_year_before_up_to_half_a_month() -> None:
    of = Past(np.array([MONTH / 2]), np.array([1.0]))
    assert METHODS["seasonal naive"](of, YEAR) == (1.0, 0.5)
    assert METHODS["seasonal naive"](of, YEAR - 0.1) is None


def test_an_autoregression_returns_to_the_mean_as_fast_as_neighbours_tell() -> None:
    of = past((0, 2.0), (1, 1.0), (2, 0.0), (5, 1.0))
    off = np.array([1.0, 0.0, -1.0, 0.0])  # around the mean of 1; the last two lie too far apart to tell of the memory
    rho = (1 * 0 + 0 * -1 + 4 * 0.8 * 0.5) / (1 + 0 + 4 * 0.5)
    errors = [0 - rho, -1 - 0, 0 + rho**3]
    months = [1.0, 1.0, 1 + rho**2 + rho**4]
    sd = np.sqrt((0.25 + sum(e**2 / m for e, m in zip(errors, months, strict=True))) / 4)
    assert rho == pytest.approx(1.6 / 3)
    assert law("AR(1) of logs", of, 8.0) == pytest.approx((1 + rho**3 * off[-1], sd * np.sqrt(months[2])))
    later = past((0, 2.0), (1, 1.0), (2, 0.0))
    sd = np.sqrt((0.25 + rho**2 + 1) / 3)
    assert law("AR(1) of logs", later, 4.0) == pytest.approx((1 - rho**2, sd * np.sqrt(1 + rho**2)))


def test_pieces_two_and_a_half_months_apart_do_not_tell_of_the_memory() -> None:
    apart = Past(np.array([0.0, 76.0]), np.array([2.0, 0.0]))  # 2.5 months of 30.4 days
    nearer = Past(np.array([0.0, 75.0]), np.array([2.0, 0.0]))
    far, near = METHODS["AR(1) of logs"](apart, 76.0 + MONTH), METHODS["AR(1) of logs"](nearer, 75.0 + MONTH)
    assert far is not None
    assert far[0] == pytest.approx(1 - 0.8)  # the prior's memory
    assert near is not None
    assert near[0] == pytest.approx(1 - 0.2)  # opposite signs: as little memory as is allowed


def test_the_memory_has_a_highest_value() -> None:
    drift = past(*((k, rate) for k, rate in enumerate([5.0] * 40 + [-5.0] * 40)))
    found = law("AR(1) of logs", drift, 80.0)
    assert found is not None
    assert found[0] == pytest.approx(0.97 * -5.0)


def test_smoothing_has_the_constant_with_the_least_errors() -> None:
    rates = np.array([0.0, 1.0, 0.2, 0.9, 0.1, 1.0])
    of = past(*enumerate(rates))

    def errors(alpha: float) -> tuple[float, np.ndarray]:
        levels = [rates[0]]
        for value in rates[1:]:
            levels.append((1 - alpha) * levels[-1] + alpha * value)
        return levels[-1], rates[1:] - np.array(levels[:-1])

    constants = 0.05 * np.arange(2, 21)
    best = min(constants, key=lambda alpha: (errors(alpha)[1] ** 2).sum())
    level, off = errors(best)
    assert 0.1 < best < 1.0
    sd = np.sqrt((0.25 + (off**2).sum()) / 6)
    assert law("exponential smoothing", of, 9.0) == pytest.approx((level, sd * np.sqrt(1 + 3 * best**2)))
    assert law("exponential smoothing", of, 5.0) == pytest.approx((level, sd * np.sqrt(1 - 0.5 * best**2)))


def test_a_steady_climb_is_followed_at_once() -> None:
    of = past(*enumerate([0.0, 1.0, 2.0, 3.0]))
    assert law("exponential smoothing", of, 5.0) == pytest.approx((3.0, np.sqrt(3.25 / 4) * np.sqrt(2)))


def test_an_ensemble_is_the_median_quantile_by_quantile() -> None:
    members = [np.array([1.0, 5.0]), np.array([3.0, 4.0]), np.array([2.0, 9.0])]
    assert ensemble(members).tolist() == [2.0, 5.0]
