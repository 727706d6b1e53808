"""Forecasts as wide as the errors of earlier ones: what a forecaster learns from having been wrong.

A fitted model's forecasts carry what its parameters and counts leave open, not that the model itself is wrong. How
wrong it is, its own past forecasts say. So at each origin those of earlier origins are held against what has been
published by then: z is the normal score of the figure's rank in its forecast, and the new forecasts are stretched
around their median, in the logarithm, by s = sqrt((1 + Σ z²) / (1 + n)), but never narrowed. The 1 stands for one
forecast that was as wide as it should be, so that a short past says little; it is what `log random walk` does too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from sim.inference.observations import Row

Floats = npt.NDArray[np.float64]


def stretch(forecasts: Sequence[tuple[Row, Floats, float]]) -> float:
    """How many times wider forecasts should be.

    Args:
        forecasts: The published figure, the draws of its forecast, and half the unit of rounding.
    """
    squares = [_score(sample, *row.bounds(rounding)) ** 2 for row, sample, rounding in forecasts]
    return max(float(np.sqrt((1.0 + sum(squares)) / (1.0 + len(squares)))), 1.0)


def stretched(sample: Floats, factor: float) -> Floats:
    """Draws of a count, stretched around their median in the logarithm of one half more."""
    logs = np.log(sample + 0.5)
    middle = np.median(logs)
    found: Floats = np.maximum(np.exp(middle + factor * (logs - middle)) - 0.5, 0.0)
    return found


def _score(sample: Floats, low: float, high: float) -> float:
    """Normal score of a figure's rank among the draws; of an interval's middle rank."""
    rank = ((sample < low).mean() + (sample <= high).mean()) / 2
    edge = 0.5 / len(sample)
    return float(ndtri(min(max(rank, edge), 1.0 - edge)))
