"""Scores of forecasts given as evenly spaced quantiles, by the library `scoringrules`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scoringrules

Floats = npt.NDArray[np.float64]
_ALPHAS = np.array([0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])  # of the intervals of the WIS


def row_of(sample: Floats, observed: float) -> dict[str, float]:
    """Return the scores of one forecast, a sample of shape (n,): lower is better, but for coverage.

    ``crps`` in events; ``wis`` and ``log_wis``, the weighted interval score (Bracher et al. 2021,
    doi:10.1371/journal.pcbi.1008618) on the natural scale and on that of log(1 + x); ``log_score``, the negative log
    density of log(1 + x) by a kernel; ``rank`` of the figure in the forecast (the PIT).
    """
    q05, q25, q50, q75, q95 = np.quantile(sample, [0.05, 0.25, 0.5, 0.75, 0.95])
    logs, seen = np.log1p(np.maximum(sample, 0.0)), float(np.log1p(observed))
    width = max(float(logs.std()) * 1.06 * len(logs) ** -0.2, 0.02)
    density = np.exp(-0.5 * ((seen - logs) / width) ** 2).mean() / (width * np.sqrt(2 * np.pi))
    return {
        "low90": q05, "low50": q25, "median": q50, "high50": q75, "high90": q95,
        "crps": float(scoringrules.crps_ensemble(observed, np.sort(sample), sorted_ensemble=True)),
        "wis": _wis(sample, observed), "log_wis": _wis(logs, seen),
        "log_score": float(-np.log(max(density, 1e-10))),
        "in50": float(q25 <= observed <= q75), "in90": float(q05 <= observed <= q95),
        "rank": float((sample < observed).mean()),
    }  # fmt: skip


def _wis(sample: Floats, observed: float) -> float:
    low, high = np.quantile(sample, [_ALPHAS / 2, 1 - _ALPHAS / 2])
    return float(scoringrules.weighted_interval_score(observed, np.median(sample), low, high, _ALPHAS))
