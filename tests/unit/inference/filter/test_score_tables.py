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
