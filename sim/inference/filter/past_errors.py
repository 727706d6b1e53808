"""Forecasts as published: stretched by the errors of earlier forecasts. The back-test scores them so.

At an origin, the forecasts of earlier origins are compared with the figures known by then. Each figure counts once, as
its latest forecast had it, and half as much for every year since it was known (`sim.inference.backtest.
error_widths` has the factor). One factor holds for all series, as a section of a border that errs tells of the others.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.backtest.error_widths import factor, normal_score, stretched
from sim.inference.filter.scores import row_of

Floats = npt.NDArray[np.float64]
QUANTILES, STRETCHED, FACTOR = "quantiles", "stretched", "stretch"
_FIGURE = ["series", "period_start", "period_end"]
_HALF = 365.0  # days after which a forecast's error counts half


def widened(own: pd.DataFrame, without: Collection[str] = ()) -> pd.DataFrame:
    """Add the quantiles of forecasts as they are published, and the factor that they are stretched by.

    Args:
        own: A row per origin and figure, with `QUANTILES`, ``observed`` and ``known``, the day it was published.
        without: Series whose errors are not used, as they are forecast without being taken in.
    """
    past = _scored(own)
    past = past[~past["series"].isin(without)]
    factors = [_factor(past, origin) for origin in own["origin"]]
    wide = [stretched(np.asarray(q), by) for q, by in zip(own[QUANTILES], factors, strict=True)]
    return own.assign(**{STRETCHED: wide, FACTOR: factors})


def stretch_at(own: pd.DataFrame, origin: date) -> float:
    """Return the factor by which forecasts of an origin are stretched; ``own`` as `widened` takes it, or empty."""
    return _factor(_scored(own), origin) if len(own) else 1.0


def latest(own: pd.DataFrame, origin: date) -> pd.DataFrame:
    """Return how the last forecasts turned out that an origin knows of: a row per figure, latest first, with scores."""
    if not len(own):
        return pd.DataFrame()
    wide = _once(widened(own), origin).sort_values(["period_end", "series"], ascending=[False, True])
    rows = [
        {
            **{key: row[key] for key in ("origin", *_FIGURE, "horizon")}, "published": row["observed"],
            FACTOR: row[FACTOR], **row_of(np.asarray(row[STRETCHED]), row["observed"]),
        }
        for row in wide.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _scored(own: pd.DataFrame) -> pd.DataFrame:
    scores = [normal_score(np.asarray(q), v, v) for q, v in zip(own[QUANTILES], own["observed"], strict=True)]
    return own.assign(score=scores)


def _once(own: pd.DataFrame, origin: date) -> pd.DataFrame:
    """Return the latest forecast of each figure that was known by an origin, of those made before it."""
    before = own[(own["origin"] < origin) & (own["known"] <= origin)].sort_values("origin", kind="stable")
    return before.drop_duplicates(_FIGURE, keep="last")


def _factor(past: pd.DataFrame, origin: date) -> float:
    before = _once(past, origin)
    ages = np.array([(origin - known).days for known in before["known"]])
    return factor(list(before["score"]), list(0.5 ** (ages / _HALF)))
