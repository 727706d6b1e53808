"""Widths of forecasts, adjusted to the errors of earlier forecasts.

A fitted model's forecasts reflect the uncertainty of its parameters and counts, but not that the model itself is wrong.
Its past forecasts show how wrong it is. So at each origin the forecasts of earlier origins are compared with figures
published since: z is the normal score of a figure's rank in its forecast, and the new forecasts are stretched around
their median, in the logarithm, by s = sqrt((1 + Σ z²) / (1 + n)), but never narrowed. The 1 acts as one forecast of the
right width, so that a short past has little effect; `log random walk` does the same.
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
    squares = [_score(sample, *row.bounds(rounding)) ** 2 for row, sample, rounding in forecasts]
    return max(float(np.sqrt((1.0 + sum(squares)) / (1.0 + len(squares)))), 1.0)


def stretched(sample: Floats, factor: float) -> Floats:
    """Stretch draws of a count around their median, in log(count + 1/2)."""
    logs = np.log(sample + 0.5)
    middle = np.median(logs)
    found: Floats = np.maximum(np.exp(middle + factor * (logs - middle)) - 0.5, 0.0)
    return found


def _score(sample: Floats, low: float, high: float) -> float:
    """Return the normal score of a figure's rank among the draws; of the middle rank of an interval."""
    rank = ((sample < low).mean() + (sample <= high).mean()) / 2
    edge = 0.5 / len(sample)
    return float(ndtri(min(max(rank, edge), 1.0 - edge)))
