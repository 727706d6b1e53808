"""Widths of forecasts, adjusted to the errors of earlier forecasts.

A fitted model's forecasts reflect the uncertainty of its parameters and counts, but not that the model itself is wrong.
Its past forecasts show how wrong it is. So at each origin the forecasts of earlier origins are compared with figures
published since: z is the normal score of a figure's rank in its forecast, and the new forecasts are stretched around
their median, in the logarithm, by s = sqrt((1 + Σ w z²) / (1 + Σ w)), but never narrowed. The 1 acts as one forecast of
the right width, so that a short past has little effect; `log random walk` does the same. The weights w are 1, or let
old errors fade.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from sim.inference.observations import Row

Floats = npt.NDArray[np.float64]


def stretch(forecasts: Sequence[tuple[Row, Floats, float]]) -> float:
    """Return the factor by which forecasts should be widened.

    Args:
        forecasts: Published figures, draws of their forecasts, and half the units of rounding.
    """
    scores = [normal_score(sample, *row.bounds(rounding)) for row, sample, rounding in forecasts]
    return factor(scores, [1.0] * len(scores))


def factor(scores: Sequence[float], weights: Sequence[float]) -> float:
    """Return the factor from the normal scores of past figures in their forecasts, and their weights."""
    squares = sum(weight * score**2 for score, weight in zip(scores, weights, strict=True))
    return max(float(np.sqrt((1.0 + squares) / (1.0 + sum(weights)))), 1.0)


def stretched(sample: Floats, factor: float) -> Floats:
    """Stretch draws of a count around their median, in log(count + 1/2)."""
    logs = np.log(sample + 0.5)
    middle = np.median(logs)
    found: Floats = np.maximum(np.exp(middle + factor * (logs - middle)) - 0.5, 0.0)
    return found


def normal_score(sample: Floats, low: float, high: float) -> float:
    """Return the normal score of a figure's rank among the draws; of the middle rank of an interval."""
    rank = ((sample < low).mean() + (sample <= high).mean()) / 2
    edge = 0.5 / len(sample)
    return float(ndtri(min(max(rank, edge), 1.0 - edge)))
