"""Scores of forecasts, each given as a sample or as evenly spaced quantiles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
MODEL = "corridor"
OWN = "corridor, own spread"  # not widened by earlier errors
KEYS = ["origin", "series", "period_start", "period_end"]


def crps(sample: Floats, observed: float) -> float:
    """Return the continuous ranked probability score, in the unit of the series: 0 is best.

    E|X - y| - E|X - X'|/2 over the sample (Gneiting and Raftery 2007); for a single figure, its absolute error.
    """
    ordered = np.sort(sample)
    size = len(ordered)
    spread = 2.0 * np.dot(2.0 * np.arange(1, size + 1) - size - 1, ordered) / size**2
    return float(np.abs(ordered - observed).mean() - spread / 2.0)


def log_crps(sample: Floats, observed: float) -> float:
    """Return the CRPS of log(1 + x), in which a relative error counts the same in a small month as in a large one."""
    return crps(np.log1p(np.maximum(sample, 0.0)), float(np.log1p(observed)))


def row_of(sample: Floats, observed: float, low: float, high: float) -> dict[str, float]:
    """Return the scores of one forecast. An interval covers a figure that is itself an interval if the two overlap."""
    q05, q25, q50, q75, q95 = np.quantile(sample, [0.05, 0.25, 0.5, 0.75, 0.95])
    return {
        "low90": q05, "low50": q25, "median": q50, "high50": q75, "high90": q95,
        "crps": crps(sample, observed), "log_crps": log_crps(sample, observed),
        "error": float(abs(q50 - observed)),
        "in50": float(q25 <= high and low <= q75), "in90": float(q05 <= high and low <= q95),
        "rank": float((sample < observed).mean()),
    }  # fmt: skip


def table(forecasts: pd.DataFrame, by: list[str] | None = None) -> pd.DataFrame:
    """Tabulate scores by method, and by further columns such as ``horizon`` or ``series``.

    Columns: forecasts (number); crps and log_crps (means); coverage50 and coverage90; mase_seasonal and mase_last,
    the mean absolute error of the median over that of the seasonal-naive and the last-value forecasts of the same
    figures; wins, the share of figures for which CORRIDOR's CRPS is lower.
    """
    keys = [*(by or []), "method"]
    rows = []
    errors = {name: forecasts[forecasts["method"] == name].set_index(KEYS) for name in forecasts["method"].unique()}
    for key, group in forecasts.groupby(keys, sort=False):
        own = group.set_index(KEYS)
        row = dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True)) | {"forecasts": len(group)}
        row |= {"crps": own["crps"].mean(), "log_crps": own["log_crps"].mean()}
        row |= {"coverage50": own["in50"].mean(), "coverage90": own["in90"].mean()}
        for short, name in (("mase_seasonal", "seasonal naive"), ("mase_last", "last value")):
            row[short] = _ratio(own["error"], errors.get(name))
        model = errors.get(MODEL)
        same = None if model is None else model["crps"].reindex(own.index)
        row["wins"] = np.nan if same is None else float((same < own["crps"]).mean())
        rows.append(row)
    return pd.DataFrame(rows)


def _ratio(own: pd.Series, naive: pd.DataFrame | None) -> float:
    """Return the mean error divided by that of another method on the same figures."""
    if naive is None:
        return float("nan")
    other = naive["error"].reindex(own.index)
    return float(own.mean() / other.mean()) if other.mean() > 0 else float("nan")
