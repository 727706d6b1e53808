"""Simple forecasts of a record, with the same information as the filter: the pieces published before the origin.

All work on logarithms of rates a day, so that pieces of any length may be mixed, and give evenly spaced quantiles of a
log-normal whose spread is learnt from the record's own changes, with one change of 0.5 a month added so that a short
past does not suggest certainty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from sim.inference.filter.record import Figure

Floats = npt.NDArray[np.float64]
MONTH = 30.4
YEAR = 365.25
ENSEMBLE = "median of all"
_SEATS = 1.0  # a day, added to those scheduled, so that none is not nothing
_CHANGE = 0.5  # of a logarithm in a month, before any figure
_ALPHAS = np.linspace(0.1, 1.0, 19)
_MEMORY, _WEIGHT = 0.8, 4.0  # prior of an AR(1)'s coefficient from month to month, and the months that it is worth


class Past(NamedTuple):
    """Pieces known at an origin, by their last day; shapes (n,).

    Attributes:
        middle: Middle day.
        rate: Logarithm of the rate a day.
        seats: Logarithm of the scheduled seats a day, and that of the figure to forecast; None where it is not known.
    """

    middle: Floats
    rate: Floats
    seats: tuple[Floats, float] | None = None

    @property
    def apart(self) -> Floats:
        """Return the months from each piece to the next, half a month at least, shape (n - 1,)."""
        months: Floats = np.maximum(np.diff(self.middle) / MONTH, 0.5)
        return months

    def spread(self, errors: Floats, months: Floats) -> float:
        """Return the standard deviation of a month's change, from errors over so many months."""
        return float(np.sqrt((_CHANGE**2 + (errors**2 / months).sum()) / (1 + len(errors))))


def past_of(
    figures: Sequence[Figure], target: Figure, origin: int, seats: Callable[[Figure], float] | None = None
) -> Past:
    """Return what was known of a figure's series on a day, counted from the start of the run.

    ``seats`` gives the seats a day of a figure's days, as scheduled by what was known on that day.
    """
    own = [f for f in figures if f.series == target.series and f.last < origin and f.known <= origin and not f.at_least]
    own.sort(key=lambda figure: figure.last)
    return Past(
        np.array([figure.days.mean() for figure in own]),
        np.log(np.array([max(figure.value, 0.5) / len(figure.days) for figure in own])),
        None if seats is None else (np.log([seats(f) + _SEATS for f in own]), float(np.log(seats(target) + _SEATS))),
    )


def forecast(name: str, past: Past, target: Figure, size: int) -> Floats | None:
    """Return evenly spaced quantiles of a method's forecast of a figure, shape (size,); None without a past."""
    if not len(past.rate):
        return None
    middle = float(target.days.mean())
    found = METHODS[name](past, middle)
    if found is None:
        return None
    centre, sd = found
    u = (np.arange(size) + 0.5) / size
    values: Floats = np.exp(centre + sd * ndtri(u)) * len(target.days)
    return values


def ensemble(members: Sequence[Floats]) -> Floats:
    """Return the median of the members' quantiles, each of shape (size,)."""
    middle: Floats = np.median(np.array(members), axis=0)
    return middle


def _ahead(past: Past, middle: float) -> float:
    return max((middle - float(past.middle[-1])) / MONTH, 0.5)


def _last(past: Past, middle: float) -> tuple[float, float]:
    return float(past.rate[-1]), 0.0


def _walk(past: Past, middle: float) -> tuple[float, float]:
    sd = past.spread(np.diff(past.rate), past.apart)
    return float(past.rate[-1]), sd * float(np.sqrt(_ahead(past, middle)))


def _scaled(past: Past, middle: float) -> tuple[float, float] | None:
    """Return the events a seat of the last piece, with the seats that were scheduled for the figure's days."""
    if past.seats is None:
        return None
    before, then = past.seats
    sd = past.spread(np.diff(past.rate - before), past.apart)
    return float(past.rate[-1] - before[-1]) + then, sd * float(np.sqrt(_ahead(past, middle)))


def _seasonal(past: Past, middle: float) -> tuple[float, float] | None:
    """Return the rate of a year before, and the spread of such forecasts so far."""
    near = np.abs(past.middle - (middle - YEAR))
    if near.min() > MONTH / 2:
        return None
    pairs = [(k, int(np.argmin(np.abs(past.middle - (m - YEAR))))) for k, m in enumerate(past.middle)]
    errors = np.array(
        [past.rate[k] - past.rate[j] for k, j in pairs if abs(past.middle[j] - past.middle[k] + YEAR) < MONTH / 2]
    )
    return float(past.rate[int(np.argmin(near))]), past.spread(errors, np.ones(len(errors)))


def _autoregressive(past: Past, middle: float) -> tuple[float, float]:
    """Return the forecast of an AR(1) of logarithms around their mean, its coefficient by least squares and a prior."""
    mean = float(past.rate.mean())
    off = past.rate - mean
    months = past.apart
    near = months < 2.5
    up, down = off[1:][near], off[:-1][near]
    rho = float(np.clip((up @ down + _WEIGHT * _MEMORY * 0.5) / (down @ down + _WEIGHT * 0.5), 0.2, 0.97))
    errors = off[1:] - rho**months * off[:-1]
    sd = past.spread(errors, (1 - rho ** (2 * months)) / (1 - rho**2))
    ahead = _ahead(past, middle)
    return mean + rho**ahead * float(off[-1]), sd * float(np.sqrt((1 - rho ** (2 * ahead)) / (1 - rho**2)))


def _smoothed(past: Past, middle: float) -> tuple[float, float]:
    """Return simple exponential smoothing of logarithms, its constant fitted to one-step errors."""
    found = [_smooth(past.rate, float(alpha)) for alpha in _ALPHAS]
    alpha = int(np.argmin([float((errors**2).sum()) for _, errors in found]))
    level, errors = found[alpha]
    sd = past.spread(errors, past.apart)
    growth = 1 + (_ahead(past, middle) - 1) * float(_ALPHAS[alpha]) ** 2
    return level, sd * float(np.sqrt(max(growth, 0.5)))


def _smooth(rate: Floats, alpha: float) -> tuple[float, Floats]:
    level, errors = float(rate[0]), []
    for value in rate[1:]:
        errors.append(value - level)
        level += alpha * (value - level)
    return level, np.array(errors)


METHODS: dict[str, Callable[[Past, float], tuple[float, float] | None]] = {
    "last value": _last,
    "seasonal naive": _seasonal,
    "log random walk": _walk,
    "AR(1) of logs": _autoregressive,
    "exponential smoothing": _smoothed,
    "exposure scaling": _scaled,
}
