"""Scores of a back-test by method, and how sure it is that one method is better than another.

Forecasts from one origin share its surprises, so they are not independent. The intervals of the ratios come from a
bootstrap over origins: as many origins are drawn with replacement, each with all of its forecasts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.filter.back_test import MODEL

Floats = npt.NDArray[np.float64]
_KEYS = ["origin", "series", "period_start", "period_end"]
_MEANS = ["crps", "log_wis", "log_score", "in50", "in90"]
_RATIOS = ("crps", "log_wis")
_RESAMPLES = 2000


def scored(table: pd.DataFrame, by: Sequence[str] = ("horizon",)) -> pd.DataFrame:
    """Tabulate scores by method and further columns.

    Columns: figures that the method forecasts; means of CRPS (events), WIS of logarithms, log score; coverage of the 50
    and 90 % intervals; and Corridor's CRPS and WIS of logarithms over the method's on the same figures, each with its
    90 % interval by a bootstrap over origins.
    """
    own = table[table["method"] == MODEL].set_index(_KEYS)
    rows = []
    for key, part in table.groupby([*by, "method"], sort=False):
        same = own.loc[pd.MultiIndex.from_frame(part[_KEYS])]
        row = {**dict(zip([*by, "method"], key, strict=True)), "figures": len(part), **part[_MEANS].mean()}
        for score in _RATIOS:
            mine, others = same[score].to_numpy(), part[score].to_numpy()
            row[f"{score}_ratio"] = mine.mean() / others.mean()
            row[f"{score}_low"], row[f"{score}_high"] = ratio_interval(mine, others, part["origin"].to_numpy())
        rows.append(row)
    return pd.DataFrame(rows).sort_values(list(by), kind="stable")


def ratio_interval(mine: Floats, others: Floats, origins: npt.NDArray[np.object_]) -> tuple[float, float]:
    """Return the 90 % interval of a ratio of mean scores, from scores and origins of shape (n,)."""
    _, numbers = np.unique(origins, return_inverse=True)
    sums = np.stack([np.bincount(numbers, scores) for scores in (mine, others)])
    drawn = np.random.default_rng(1).integers(0, sums.shape[1], (_RESAMPLES, sums.shape[1]))
    over = sums[:, drawn].sum(axis=2)
    low, high = np.quantile(over[0] / np.maximum(over[1], 1e-12), [0.05, 0.95])
    return float(low), float(high)
