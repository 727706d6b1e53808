"""How sure it is that one method is better than another."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.inference.filter.back_test import MODEL
from sim.inference.filter.score_tables import ratio_interval, scored

ORIGINS = np.repeat([date(2021, month, 1) for month in range(1, 13)], 3)


def test_a_method_that_is_always_half_as_good_is_surely_so() -> None:
    scores = np.random.default_rng(2).uniform(1, 100, len(ORIGINS))
    assert ratio_interval(scores, 2 * scores, ORIGINS) == pytest.approx((0.5, 0.5))


def test_one_lucky_origin_makes_nothing_sure() -> None:
    others = np.ones(len(ORIGINS))
    mine = np.where(ORIGINS[0] == ORIGINS, 0.0, 1.01)
    low, high = ratio_interval(mine, others, ORIGINS)
    assert low < 0.9
    assert high > 1.0


def test_forecasts_of_one_origin_count_as_one_piece_of_evidence() -> None:
    rng = np.random.default_rng(3)
    by_origin = rng.lognormal(0, 1, 12)
    shared, apart = np.repeat(by_origin, 3), rng.lognormal(0, 1, 36)
    others = np.ones(36)

    def width(scores: np.ndarray) -> float:
        low, high = ratio_interval(scores, others, ORIGINS)
        return (high - low) / scores.mean()

    assert width(shared) > width(apart)


def test_ratios_are_of_the_same_figures() -> None:
    keys = {
        "series": "poland",
        "period_start": 1,
        "period_end": 2,
        "log_wis": 1.0,
        "log_score": 1.0,
        "in50": 1,
        "in90": 1,
    }
    rows = [{**keys, "origin": 1, "horizon": 1, "method": MODEL, "crps": 10.0}]
    rows += [{**keys, "origin": 2, "horizon": 1, "method": MODEL, "crps": 1000.0}]
    rows += [{**keys, "origin": 1, "horizon": 1, "method": "seasonal", "crps": 20.0}]
    table = scored(pd.DataFrame(rows)).set_index("method")
    assert table.loc["seasonal", "crps_ratio"] == 0.5
    assert table.loc[MODEL, "figures"] == 2


def test_an_interval_of_a_ratio_is_that_of_origins_drawn_with_replacement() -> None:
    origins = np.array([3, 1, 1, 2, 3, 2])
    mine, others = np.array([2.0, 1.0, 3.0, 9.0, 4.0, 1.0]), np.array([1.0, 2.0, 2.0, 5.0, 3.0, 5.0])
    drawn = np.random.default_rng(1).integers(0, 3, (2000, 3))
    ours, theirs = np.array([4.0, 10.0, 6.0]), np.array([4.0, 10.0, 4.0])  # by origin
    ratios = [ours[row].sum() / theirs[row].sum() for row in drawn]
    assert ratio_interval(mine, others, origins) == pytest.approx(tuple(np.quantile(ratios, [0.05, 0.95])))


def test_a_perfect_other_makes_the_ratio_huge_and_no_error() -> None:
    assert ratio_interval(np.array([1.0, 2.0]), np.zeros(2), np.array([1, 2]))[0] == pytest.approx(2e12)


def test_scores_are_tabulated_by_horizon_and_method_with_their_ratios() -> None:
    def row(origin: int, horizon: int, method: str, crps: float, inside: int) -> dict[str, object]:
        return {
            "origin": origin, "series": "poland", "period_start": horizon, "period_end": horizon, "horizon": horizon,
            "method": method, "crps": crps, "log_wis": crps / 10, "log_score": -crps, "in50": 0, "in90": inside,
        }  # fmt: skip

    rows = [
        row(1, 2, MODEL, 8.0, 1), row(1, 2, "a walk", 16.0, 0), row(1, 1, MODEL, 2.0, 1), row(1, 1, "a walk", 4.0, 1),
        row(2, 1, MODEL, 6.0, 1), row(2, 1, "a walk", 4.0, 0), row(3, 1, MODEL, 1.0, 0),
    ]  # fmt: skip
    found = scored(pd.DataFrame(rows))
    means = {"log_score": "crps", "in50": "in50", "in90": "in90"}
    assert list(found.columns) == [
        "horizon", "method", "figures", "crps", "log_wis", *means, "crps_ratio", "crps_low", "crps_high",
        "log_wis_ratio", "log_wis_low", "log_wis_high",
    ]  # fmt: skip
    told = found[["horizon", "method", "figures", "crps", "log_wis", "log_score", "in90", "crps_ratio"]]
    assert told.to_numpy().tolist() == [
        [1, MODEL, 3, 3.0, pytest.approx(0.3), -3.0, pytest.approx(2 / 3), 1.0],
        [1, "a walk", 2, 4.0, pytest.approx(0.4), -4.0, 0.5, 1.0],  # of the same two figures
        [2, MODEL, 1, 8.0, 0.8, -8.0, 1.0, 1.0],
        [2, "a walk", 1, 16.0, 1.6, -16.0, 0.0, 0.5],
    ]
    low, high = ratio_interval(np.array([2.0, 6.0]), np.array([4.0, 4.0]), np.array([1, 2]))
    assert found.iloc[1][["crps_low", "crps_high"]].tolist() == [low, high] == pytest.approx([0.5, 1.5])
    assert found["log_wis_ratio"].tolist() == pytest.approx(found["crps_ratio"].tolist())
    by = scored(pd.DataFrame(rows), ("series", "horizon"))
    assert list(by.columns[:3]) == ["series", "horizon", "method"]
    assert by["horizon"].tolist() == [1, 1, 2, 2]
