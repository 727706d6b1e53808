"""Forecasts as published, and the seats that exposure scaling rests on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import lognorm

from sim.inference.filter import back_test, simple_methods
from sim.inference.filter.assimilate import Ahead, Month
from sim.inference.filter.back_test import LEVELS
from sim.inference.filter.particles import Particles
from sim.inference.filter.past_errors import latest, stretch_at, widened
from sim.inference.filter.record import Figure
from sim.inference.filter.scores import row_of
from sim.inference.sampling import stream
from tests.strategies import START
from tests.unit.inference.filter.tiny_filter import CONTENT, tiny_filter

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


def figure(first: int, days: int, value: float = 100.0, **changes: object) -> Figure:
    return piece(first, value)._replace(days=np.arange(first, first + days), **changes)


def test_figures_to_forecast_begin_at_the_origin_and_end_within_the_months_ahead() -> None:
    loaded = tiny_filter(series={**CONTENT["series"], "latvia": {**CONTENT["series"]["poland"], "score": False}})
    november = date(2025, 11, 1)  # the months ahead are days 31 to 60 and 61 to 91
    fit = [figure(31, 30), figure(31, 31), figure(62, 30), figure(40, 14)]
    others = [
        figure(30, 30), figure(62, 31), figure(40, 13), figure(40, 20, at_least=True), figure(40, 20, series="latvia"),
    ]  # fmt: skip
    found = back_test.targets(loaded, [*others, *fit], november)
    assert [(k, one.first, one.last) for k, one in found] == [(1, 31, 60), (2, 31, 61), (2, 62, 91), (1, 40, 53)]
    assert back_test.targets(loaded, fit, date(2025, 12, 1)) == [(1, fit[2])]


def ahead(size: int) -> Ahead:
    """The months ahead of November: the particle's number in a hundred events a day in Poland, none in Lithuania."""
    counts = np.zeros((size, 2, 61))
    counts[:, 1] = np.arange(1.0, size + 1)[:, None] / 100 + np.arange(61)
    dispersion = np.arange(size)[:, None, None] + np.array([[0.25], [0.5]]) + np.zeros(6)
    empty = np.zeros((1, size))
    before = Particles(empty[:, :, None], empty > 0, empty[:, :, None], counts, dispersion, np.arange(size))
    return Ahead(Month(date(2025, 11, 1), 31, 30), counts, before)


@pytest.mark.parametrize(("size", "copies"), [(20, 100), (300, 7), (2000, 1), (2001, 1)])
def test_each_particle_gives_as_many_draws_of_a_figure_with_its_own_dispersion(
    monkeypatch: pytest.MonkeyPatch, size: int, copies: int
) -> None:
    drawn: list[tuple[np.ndarray, np.ndarray, np.random.Generator]] = []

    def draw(count: np.ndarray, dispersion: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        drawn.append((count, dispersion, rng))
        return count

    monkeypatch.setattr(back_test.observation_model, "draw", draw)
    loaded = tiny_filter(series={**CONTENT["series"], "poland": {**CONTENT["series"]["poland"], "share": 0.5}})
    wanted = [figure(40, 14), figure(31, 30, series="lithuania")]
    poland, lithuania = back_test.samples(loaded, wanted, ahead(size))
    exact = (14 * np.arange(1, size + 1) / 100 + sum(range(9, 23))) / 2
    (first, of_first, rng), (second, of_second, same) = drawn
    assert first == pytest.approx(np.repeat(exact, copies))
    assert of_first[:, 0] == pytest.approx(np.repeat(np.arange(size) + 0.5, copies))
    assert second.tolist() == [0.5] * size * copies
    assert of_second[:, 0] == pytest.approx(np.repeat(np.arange(size) + 0.25, copies))
    assert poland == pytest.approx(np.quantile(first, (np.arange(400) + 0.5) / 400))
    assert lithuania.tolist() == [0.5] * 400
    assert rng is same
    assert rng.random() == stream(1, "figures", date(2025, 11, 1).toordinal()).random()


def test_a_forecast_tells_figure_horizon_and_quantiles() -> None:
    loaded, seen = tiny_filter(), ahead(50)
    figures = [figure(62, 30, known=140), figure(0, 31), figure(31, 30, 77.0)]
    found = back_test.forecasts(loaded, figures, seen)
    samples = back_test.samples(loaded, [figures[0], figures[2]], seen)
    row = {"origin": date(2025, 11, 1), "series": "poland", "method": "corridor"}
    assert found.drop(columns="quantiles").to_dict("records") == [
        {**row, "period_start": date(2025, 12, 2), "period_end": date(2025, 12, 31), "days": 30, "horizon": 2,
         "known": date(2026, 2, 18), "observed": 100.0},
        {**row, "period_start": date(2025, 11, 1), "period_end": date(2025, 11, 30), "days": 30, "horizon": 1,
         "known": date(2025, 12, 1), "observed": 77.0},
    ]  # fmt: skip
    assert all(np.array_equal(ours, exact) for ours, exact in zip(found["quantiles"], samples, strict=True))


def compared(monkeypatch: pytest.MonkeyPatch, **library: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame, list[Figure]]:
    """Forecasts of November's figure from the first day on and from November on, beside those of other methods."""
    monkeypatch.setattr(back_test, "_library", lambda figures, target, origin: dict(library))
    loaded = tiny_filter()
    figures = [figure(0, 31, 310.0), figure(31, 30, 600.0), figure(31, 30, 5.0, series="lithuania")]
    rows = [
        {"origin": origin, "series": "poland", "period_start": date(2025, 11, 1), "period_end": date(2025, 11, 30),
         "days": 30, "horizon": horizon, "known": date(2025, 12, 1), "observed": 600.0, "quantiles": sample}
        for origin, horizon, sample in ((date(2025, 11, 1), 1, SAMPLE / 2), (START, 2, SAMPLE))
    ]  # fmt: skip
    own = pd.DataFrame(rows)
    return back_test.compared(loaded, figures, own), own, figures


def test_forecasts_are_scored_beside_those_of_the_methods_that_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    given = np.full(400, 590.0)
    found, own, figures = compared(monkeypatch, ARIMA=given)
    first, later = (found[found["origin"] == origin] for origin in (START, date(2025, 11, 1)))
    assert list(first["method"]) == ["corridor", "ARIMA", "median of all", "corridor, unstretched"]
    plain = ["last value", "log random walk", "AR(1) of logs", "exponential smoothing", "exposure scaling"]
    assert list(later["method"]) == ["corridor", *plain, "ARIMA", "median of all", "corridor, unstretched"]
    assert list(found["origin"].unique()) == [date(2025, 11, 1), START]  # as they were given
    assert set(found["observed"]) == {600.0}
    assert {"quantiles", "stretched", "stretch"}.isdisjoint(found.columns)
    past = simple_methods.past_of(figures, figures[1], 31, back_test._seats(tiny_filter(), date(2025, 11, 1)))
    samples = {name: simple_methods.forecast(name, past, figures[1], 400) for name in plain}
    wide = widened(own)["stretched"].iloc[0]
    samples |= {"corridor": wide, "ARIMA": given, "corridor, unstretched": SAMPLE / 2}
    members = [samples[name] for name in (*plain[1:], "corridor", "ARIMA")]
    samples["median of all"] = np.median(members, axis=0)
    for row in later.to_dict("records"):
        scores = row_of(samples[row["method"]], 600.0)  # type: ignore[arg-type]
        assert {key: row[key] for key in scores} == pytest.approx(scores), row["method"]
    kept = {"series": "poland", "period_end": date(2025, 11, 30), "days": 30, "known": date(2025, 12, 1)}
    for key, value in kept.items():
        assert set(found[key]) == {value}
    assert list(first["horizon"]) == [2] * 4


def test_forecasts_of_a_series_that_is_left_out_are_stretched_by_the_others_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[list[str]] = []
    monkeypatch.setattr(back_test, "widened", lambda own, without: given.append(without) or widened(own, without))
    monkeypatch.setattr(back_test, "_library", lambda *_: {})
    own = compared(monkeypatch)[1]
    figures = [figure(31, 30, 600.0)]
    back_test.compared(tiny_filter().without("poland"), figures, own)
    assert given == [[], ["poland"]]


def test_seats_are_those_scheduled_at_the_origin_over_the_days_of_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[date, date]] = []

    def seats_of(scenario: object, state: str) -> object:
        assert (scenario, state) == (("frozen", date(2025, 10, 2)), "belarus")
        return lambda first, last: asked.append((first, last)) or 90.0

    monkeypatch.setattr(back_test, "seats_of", seats_of)
    monkeypatch.setattr(back_test, "freeze", lambda scenario, origin, end: ("frozen", origin))
    loaded = tiny_filter()
    assert back_test._seats(loaded, START) is None
    seats = back_test._seats(loaded, date(2025, 10, 2))
    assert seats is not None
    assert [seats(figure(31, 30)), seats(figure(31, 30)), seats(figure(0, 18))] == [3.0, 3.0, 5.0]
    assert asked == [(date(2025, 11, 1), date(2025, 11, 30)), (START, date(2025, 10, 18))]  # each once


def test_methods_of_the_library_are_there_if_it_is_and_if_they_have_a_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    library = back_test.library_methods
    given: list[tuple[object, ...]] = []

    def forecast(name: str, *more: object) -> np.ndarray | None:
        given.append((name, *more))
        return None if name == "ETS" else SAMPLE

    monkeypatch.setattr(library, "monthly", lambda figures, series, origin: (series, origin))
    monkeypatch.setattr(library, "forecast", forecast)
    monkeypatch.setattr(library, "available", lambda: True)
    target = figure(31, 30)
    assert list(back_test._library([], target, 40)) == ["ARIMA", "Theta"]
    assert given[0] == ("ARIMA", "poland", 40, target, 400)
    monkeypatch.setattr(library, "available", lambda: False)
    assert back_test._library([], target, 40) == {}
