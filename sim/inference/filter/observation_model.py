"""The probability of a published figure given a particle's count.

The logarithm of a figure lies around that of the model's count m with a t distribution (6 degrees of freedom) of scale
sqrt(g^2 + 1/n), n being the larger of m and the figure: counting noise, and what no model knows (weather, methods of
counting), which scales with the size. The tails are heavy so that one odd figure does not decide alone. g is unknown,
one for each series; each particle keeps the probability of every value of a grid given the figures so far, so that g
is summed out exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.special import logsumexp

from sim.inference.filter.record import Figure

Floats = npt.NDArray[np.float64]
GRID = np.array([0.1, 0.15, 0.2, 0.3, 0.45, 0.7])  # values of g
_FALL = 0.12  # the prior of g falls by 1/e over so much
_TAILS = 6.0
_LEAST = 0.5  # events: the count of a run that has none
_EXACT = 0.02  # a figure is known to so much of itself at best


def prior_of_dispersion(particles: int, series: int) -> Floats:
    """Return the logarithm of the prior of g by particle and series, up to a constant, shape (N, S, G)."""
    return np.tile(-GRID / _FALL, (particles, series, 1))


def counted(daily: Floats, figure: Figure, number: int, share: float) -> Floats:
    """Return each particle's expected figure, shape (N,), from daily counts of shape (N, S, days)."""
    counts: Floats = np.maximum(daily[:, number][:, figure.days].sum(axis=1) * share, _LEAST)
    return counts


def log_density(figure: Figure, count: Floats) -> Floats:
    """Return the logarithm of a figure's probability by particle and g, shape (N, G), from counts of shape (N,)."""
    scale = np.sqrt(GRID**2 + 1.0 / np.maximum(count[:, None], figure.value))
    low = max(min(figure.low, figure.value * (1 - _EXACT)), 0.25)
    below = (np.log(low) - np.log(count[:, None])) / scale
    if figure.at_least:
        tail: Floats = stats.t.logsf(below, _TAILS)
        return tail
    high = max(figure.high, figure.value * (1 + _EXACT), 0.25) + 0.25
    above = (np.log(high) - np.log(count[:, None])) / scale
    # The density in the middle times the width, never 0, so that a particle far off still knows which way to go.
    density: Floats = stats.t.logpdf((below + above) / 2, _TAILS) + np.log(above - below)
    return density


def evidence(
    figures: Sequence[Figure], daily: Floats, dispersion: Floats, numbers: dict[str, int], shares: dict[str, float]
) -> tuple[Floats, Floats]:
    """Return the log probability of figures, shape (N,), and the updated dispersion, shape (N, S, G)."""
    updated = dispersion.copy()
    for figure in figures:
        number = numbers[figure.series]
        updated[:, number] += log_density(figure, counted(daily, figure, number, shares[figure.series]))
    gained: Floats = (logsumexp(updated, axis=2) - logsumexp(dispersion, axis=2)).sum(axis=1)
    return gained, updated


def draw(count: Floats, dispersion: Floats, rng: np.random.Generator) -> Floats:
    """Draw a figure as it might be published, shape (N,), from counts (N,) and dispersion (N, G) of its series."""
    return draw_given(count, GRID[drawn_dispersion(dispersion, rng)], rng)


def drawn_dispersion(dispersion: Floats, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Draw the number of a value of `GRID` for each particle, shape (N,), from the dispersion (N, G) of a series."""
    weights = np.exp(dispersion - logsumexp(dispersion, axis=1, keepdims=True))
    chosen: npt.NDArray[np.intp] = (rng.random((len(dispersion), 1)) < weights.cumsum(axis=1)).argmax(axis=1)
    return chosen


def draw_given(count: Floats, g: Floats, rng: np.random.Generator) -> Floats:
    """Draw a figure as it might be published, shape (N,), from counts and over-dispersion, both (N,)."""
    noise = rng.standard_t(_TAILS, len(count)) * np.sqrt(g**2 + 1.0 / count)
    drawn: Floats = np.round(np.exp(np.log(count) + noise))
    return drawn


def mean_dispersion(dispersion: Floats) -> Floats:
    """Return the mean of g by series over all particles, shape (S,)."""
    weights = np.exp(dispersion - logsumexp(dispersion, axis=2, keepdims=True))
    mean: Floats = (weights * GRID).sum(axis=2).mean(axis=0)
    return mean
