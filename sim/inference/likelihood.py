"""Likelihood of published figures given the model's counts: over-dispersed counts, known to an interval.

A count Y with the model's mean m is negative binomial: mean m, variance m + (g·m)². The first term is counting
noise; the second is what the model cannot know (weather, politics, methods of counting), which scales with the
size. A figure that was rounded, or on which sources disagree, means that Y lies in an interval [low, high];
"more than" means that it lies above. The likelihood is the probability of that interval, so 7,700 "rounded"
has less weight than 17,447 "exact". g is also unknown: each of a few values is equally likely a priori and shared
by all series, and the posterior includes g.

A distance such as the sum of squares would need weights between an October of 17,447 and a July of 200, and would
treat rounded figures as exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, logsumexp, ndtr

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.observations import Row

Floats = npt.NDArray[np.float64]
SMALLEST = 0.5  # mean of a count if a run has none: half an event
_FLOOR = 1e-12


class Likelihood:
    """The observation model of an experiment over some rows.

    Args:
        experiment: Source of reporting shares, rounding and the values of the over-dispersion g.
        rows: The figures.

    Attributes:
        low: Lower ends of the intervals, shape (M,).
        high: Upper ends, shape (M,); infinite if there is none.
        grid: Values of g, shape (G,).
    """

    def __init__(self, experiment: CalibrationExperiment, rows: Sequence[Row]) -> None:
        self.rows = list(rows)
        series = [experiment.series[row.series] for row in rows]
        self.share = np.array([entry.share for entry in series])
        bounds = [row.bounds(entry.rounding) for row, entry in zip(rows, series, strict=True)]
        self.low = np.array([low for low, _ in bounds])
        self.high = np.array([high for _, high in bounds])
        self.grid = np.array(experiment.over_dispersion)

    def means(self, counts: Floats) -> Floats:
        """Return expected figures, shape (N, M), from the model's counts."""
        means: Floats = np.maximum(counts * self.share, SMALLEST)
        return means

    def of_counts(self, counts: Floats) -> Floats:
        """Return the log likelihood of all rows by run and g, shape (N, G), from counts of shape (N, M)."""
        mean = self.means(counts)
        each = [np.log(np.maximum(_interval(mean, g, self.low, self.high), _FLOOR)).sum(axis=1) for g in self.grid]
        return np.array(each).T

    def of_each(self, mean: Floats, g: Floats) -> Floats:
        """Return the log likelihood of each row, shape (N, M), from expected figures (N, M) and a g for each of N."""
        logs = np.zeros(mean.shape)
        for value in self.grid:
            own = g == value
            logs[own] = np.log(np.maximum(_interval(mean[own], value, self.low, self.high), _FLOOR))
        return logs

    def of_logs(self, mean: Floats, sd: Floats) -> Floats:
        """Return `of_counts` for logarithms of expected figures known only to a standard deviation.

        The count is approximated as log-normal: this serves proposals, which need not be exact.
        """
        low = np.log(np.maximum(self.low - 0.5, 0.25))
        high = np.log(np.maximum(self.high + 0.5, 0.5))
        chance = np.exp(-np.maximum(mean, np.log(SMALLEST)))
        each = []
        for g in self.grid:
            spread = np.sqrt(np.log1p(g * g) + chance + sd**2)
            below = np.where(self.low <= 0, 0.0, ndtr((low - mean) / spread))
            inside = ndtr((high - mean) / spread) - below
            tail = ndtr((mean - low) / spread) - ndtr((mean - high) / spread)  # without loss far above
            each.append(np.log(np.maximum(np.where(low > mean, inside, np.maximum(inside, tail)), _FLOOR)).sum(axis=1))
        return np.array(each).T

    def marginal(self, by_dispersion: Floats) -> Floats:
        """Return the log likelihood with g summed out, shape (N,)."""
        total: Floats = logsumexp(by_dispersion, axis=1) - np.log(len(self.grid))
        return total

    def implausibility(self, mean: Floats, sd: Floats) -> Floats:
        """Return the distance of each figure from the emulated logarithm, in standard deviations, shape (N, M).

        0 within the figure's interval; the deviation is that of emulator, counting and the largest g together.
        """
        low, high = np.log(np.maximum(self.low, SMALLEST)), np.log(np.maximum(self.high, SMALLEST))
        low = np.where(self.low <= SMALLEST, -np.inf, low)
        off = np.maximum(np.maximum(low - mean, mean - high), 0.0)
        chance = np.exp(-np.maximum(mean, np.log(SMALLEST)))
        distance: Floats = off / np.sqrt(sd**2 + chance + np.log1p(self.grid.max() ** 2))
        return distance


def draw_counts(mean: Floats, g: Floats, rng: np.random.Generator) -> Floats:
    """Draw counts as they might be published, one for each mean and g: a gamma mixture of Poisson counts."""
    shape = 1.0 / np.maximum(g, 1e-6) ** 2
    return rng.poisson(rng.gamma(shape, mean / shape)).astype(float)


def _interval(mean: Floats, g: float, low: Floats, high: Floats) -> Floats:
    """Return the probability that the count lies in [low, high]."""
    above = np.ceil(low - 1e-9) - 1
    upper = np.where(np.isinf(high), 0.0, np.floor(np.where(np.isinf(high), 0.0, high) + 1e-9))
    inside = np.where(np.isinf(high), 1.0, _cdf(upper, mean, g)) - _cdf(above, mean, g)
    return np.maximum(inside, 0.0)


def _cdf(count: Floats, mean: Floats, g: float) -> Floats:
    """Return the distribution function of the negative binomial, or of the Poisson if g is almost 0."""
    whole = np.broadcast_to(np.maximum(count, 0.0), mean.shape)
    if g < 1e-4:
        value = 1.0 - gammainc(whole + 1.0, mean)
    else:
        size = 1.0 / g**2
        value = betainc(size, whole + 1.0, size / (size + mean))
    return np.where(np.broadcast_to(count, mean.shape) < 0, 0.0, value)
