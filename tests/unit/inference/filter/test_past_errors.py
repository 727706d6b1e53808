"""How past errors stretch forecasts: the factor by hand, which errors it knows, and what is told of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from sim.inference.filter.past_errors import latest, stretch_at, widened
from sim.inference.filter.scores import row_of

SAMPLE = np.arange(0.5, 100.0)  # a figure of v ranks v in a hundred
NOW = date(2024, 3, 1)


def row(series: str, origin: date, observed: float, known: date, **more: object) -> dict[str, object]:
    period = {"period_start": date(2023, 1, 1), "period_end": date(2023, 1, 31)}
    return {
        "origin": origin, "series": series, **period, "horizon": 1, "observed": observed, "known": known,
        "quantiles": SAMPLE, **more,
    }  # fmt: skip


def factor(*scores_and_weights: tuple[float, float]) -> float:
    squares = sum(weight * score**2 for score, weight in scores_and_weights)
    return float(np.sqrt((1 + squares) / (1 + sum(weight for _, weight in scores_and_weights))))


def test_an_error_counts_half_as_much_for_every_year_since_it_was_known() -> None:
    own = pd.DataFrame([
        row("poland", date(2023, 1, 1), 99.0, NOW), row("latvia", date(2023, 1, 1), 2.0, NOW - timedelta(days=730)),
    ])  # fmt: skip
    high, low = norm.ppf(0.99), norm.ppf(0.02)
    assert stretch_at(own, NOW) == pytest.approx(factor((high, 1.0), (low, 0.25)))
    assert stretch_at(own[:1], NOW) == pytest.approx(factor((high, 1.0)))
    assert stretch_at(own, NOW - timedelta(days=1)) == pytest.approx(factor((low, 0.5 ** (729 / 365))))
    assert stretch_at(own[:0], NOW) == 1.0


def test_a_forecast_does_not_know_its_own_origin() -> None:
    own = pd.DataFrame([row("poland", NOW, 99.0, NOW)])
    assert stretch_at(own, NOW) == 1.0
    assert stretch_at(own.assign(origin=NOW - timedelta(days=1)), NOW) > 1.5


def test_each_forecast_is_stretched_by_what_its_origin_knew() -> None:
    soon = NOW + timedelta(days=31)
    own = pd.DataFrame([
        row("poland", date(2023, 1, 1), 99.0, NOW), row("latvia", NOW, 50.0, soon),
        row("estonia", soon, 50.0, soon),
    ])  # fmt: skip
    found = widened(own)
    known = [1.0, factor((norm.ppf(0.99), 1.0)), factor((norm.ppf(0.99), 0.5 ** (31 / 365)), (0.0, 1.0))]
    assert list(found["stretch"]) == pytest.approx(known)
    for wide, by in zip(found["stretched"], known, strict=True):
        logs = np.log(SAMPLE + 0.5)
        assert wide == pytest.approx(np.maximum(np.exp(np.median(logs) + by * (logs - np.median(logs))) - 0.5, 0.0))
    assert list(found.columns) == [*own.columns, "stretched", "stretch"]
    assert list(widened(own, ["poland"])["stretch"]) == [1.0] * 3  # never narrowed


def test_the_latest_forecast_of_each_figure_is_told_with_its_scores_and_the_latest_figure_first() -> None:
    later = {"period_start": date(2023, 2, 1), "period_end": date(2023, 2, 28)}
    second = date(2023, 2, 1)
    own = pd.DataFrame([
        row("poland", second, 30.0, date(2023, 3, 1), **later),
        row("poland", date(2022, 12, 1), 70.0, second, horizon=2),
        row("poland", date(2023, 1, 1), 70.0, second),
        row("latvia", second, 40.0, date(2023, 3, 1), **later),
        row("latvia", date(2023, 1, 1), 20.0, date(2024, 3, 2)),
    ])  # fmt: skip
    found = latest(own.sample(frac=1.0, random_state=3), NOW)
    assert list(found.columns[:7]) == [
        "origin", "series", "period_start", "period_end", "horizon", "published", "stretch",
    ]  # fmt: skip
    told = found[["series", "origin", "period_end", "horizon", "published"]]
    assert told.to_numpy().tolist() == [
        ["latvia", second, date(2023, 2, 28), 1, 40.0],
        ["poland", second, date(2023, 2, 28), 1, 30.0],
        ["poland", date(2023, 1, 1), date(2023, 1, 31), 1, 70.0],
    ]
    wide = widened(own)
    stretched = wide[wide["origin"] == second]["stretched"].iloc[0]
    scores = row_of(stretched, 30.0)
    assert {key: found.iloc[1][key] for key in scores} == scores
    assert list(found["stretch"])[:2] == [wide["stretch"].iloc[0]] * 2
    assert latest(own[:0], NOW).empty
