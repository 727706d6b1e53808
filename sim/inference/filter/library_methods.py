"""ARIMA, ETS and Theta of the library `statsforecast`, beside the filter, if it is installed (extra ``forecast``).

They need a value a month, which a record of months, counts to date and bounds has not: a month's is the mean rate of
the days of it that pieces cover, and months between are interpolated, on the logarithmic scale. Their orders are chosen
by the library, anew at each origin.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from sim.inference.filter.record import Figure
from sim.inference.filter.simple_methods import MONTH

Floats = npt.NDArray[np.float64]
NAMES = ("ARIMA", "ETS", "Theta")
_FEWEST = 8  # months
_LEVEL = 90  # per cent, of the interval from which the spread is taken


def available() -> bool:
    """Return whether the library is installed."""
    return importlib.util.find_spec("statsforecast") is not None


def monthly(figures: Sequence[Figure], series: str, origin: int) -> tuple[int, Floats]:
    """Return the first month of a series (counted in months of 30.4 days) and its log rates a day by month."""
    own = [f for f in figures if f.series == series and f.last < origin and f.known <= origin and not f.at_least]
    sums: dict[int, list[float]] = {}
    for figure in own:
        rate = max(figure.value, 0.5) / len(figure.days)
        for month, days in zip(*np.unique((figure.days / MONTH).astype(int), return_counts=True), strict=True):
            total = sums.setdefault(int(month), [0.0, 0.0])
            total[0] += rate * days
            total[1] += days
    if not sums:
        return 0, np.zeros(0)
    known = sorted(sums)
    rates = np.log([sums[month][0] / sums[month][1] for month in known])
    return known[0], np.interp(np.arange(known[0], known[-1] + 1), known, rates)


def forecast(name: str, first: int, logs: Floats, target: Figure, size: int) -> Floats | None:
    """Return evenly spaced quantiles of a method's forecast of a figure, shape (size,); None for too short a past."""
    if len(logs) < _FEWEST:
        return None
    ahead = max(round(float(target.days.mean()) / MONTH - 0.5) - (first + len(logs) - 1), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = _model(name).forecast(y=logs, h=ahead, level=[_LEVEL])
    mean, high, low = (float(np.asarray(found[key])[-1]) for key in ("mean", f"hi-{_LEVEL}", f"lo-{_LEVEL}"))
    sd = (high - low) / (2 * float(ndtri(0.95)))
    u = (np.arange(size) + 0.5) / size
    values: Floats = np.exp(mean + sd * ndtri(u)) * len(target.days)
    return values


def _model(name: str) -> Any:
    from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

    if name == "ARIMA":
        return AutoARIMA(season_length=1)
    return AutoETS(season_length=1, model="ZZN") if name == "ETS" else AutoTheta(season_length=1)
