"""Likelihood of published figures given the model's counts: over-dispersed counts, known to an interval.

A count Y with the model's mean m is negative binomial: mean m, variance m + (g·m)². The first term is counting
noise; the second is what the model cannot know (weather, politics, methods of counting), which scales with the
size. A figure that was rounded, or on which sources disagree, means that Y lies in an interval [low, high];
"more than" means that it lies above. The likelihood is the probability of that interval, so 7,700 "rounded"
has less weight than 17,447 "exact". g is also unknown: each of a few values is equally likely a priori and shared
by all series, and the posterior includes g.

A figure of an outcome (`sim.inference.outcome_figures`) is no count: it is normal around the model's value, with its
own error. Of an interval the likelihood is the probability; of a value the density, without factors that are the same
in all runs.

A distance such as the sum of squares would need weights between an October of 17,447 and a July of 200, and would
treat rounded figures as exact.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, log_ndtr, logsumexp, ndtr

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.observations import Row
from sim.inference.outcome_figures import Target

Floats = npt.NDArray[np.float64]
SMALLEST = 0.5  # mean of a count if a run has none: half an event
_FLOOR = 1e-12
_POINT = 1e-6  # an interval narrower than this, in errors, is a value


class Likelihood:
    """The observation model of an experiment over some rows.

    Args:
        experiment: Source of reporting shares, rounding and the values of the over-dispersion g.
        rows: The figures: published counts, and those of outcomes.

    Attributes:
        low: Lower ends of the intervals, shape (M,).
        high: Upper ends, shape (M,); infinite if there is none.
        grid: Values of g, shape (G,).
        is_count: Which figures are counts, shape (M,); the others are of outcomes.
        error: Error of figures of outcomes, shape (M,); 1 of counts.
    """

    def __init__(self, experiment: CalibrationExperiment, rows: Sequence[Row | Target]) -> None:
        self.rows = list(rows)
        self.is_count = np.array([isinstance(row, Row) for row in rows], bool)
        self.error = np.array([row.error if isinstance(row, Target) else 1.0 for row in rows])
        self.share = np.array([experiment.series[row.series].share if isinstance(row, Row) else 1.0 for row in rows])
        bounds = [
            row.bounds(experiment.series[row.series].rounding) if isinstance(row, Row) else row.bounds() for row in rows
        ]
        self.low = np.array([low for low, _ in bounds])
        self.high = np.array([high for _, high in bounds])
        self.grid = np.array(experiment.over_dispersion)

    def means(self, counts: Floats) -> Floats:
        """Return expected figures, shape (N, M), from the model's counts and outcomes."""
        means: Floats = np.where(self.is_count, np.maximum(counts * self.share, SMALLEST), counts)
        return means

    def emulated(self, counts: Floats) -> Floats:
        """Return expected figures as emulators predict them, (N, M): logarithms of counts, outcomes in errors."""
        means = self.means(counts)
        return np.where(self.is_count, np.log(np.where(self.is_count, means, 1.0)), means / self.error)

    def of_counts(self, counts: Floats) -> Floats:
        """Return the log likelihood of all rows by run and g, shape (N, G), from counts of shape (N, M)."""
        mean = self.means(counts)
        return np.array([self._logs(mean, g).sum(axis=1) for g in self.grid]).T

    def of_each(self, mean: Floats, g: Floats) -> Floats:
        """Return the log likelihood of each row, shape (N, M), from expected figures (N, M) and a g for each of N."""
        logs = np.zeros(mean.shape)
        for value in self.grid:
            own = g == value
            logs[own] = self._logs(mean[own], value)
        return logs

    def _logs(self, mean: Floats, g: float) -> Floats:
        """Return the log likelihood of each row, shape (N, M), for one g."""
        logs, count = np.empty(mean.shape), self.is_count
        logs[:, count] = np.log(np.maximum(_interval(mean[:, count], g, self.low[count], self.high[count]), _FLOOR))
        logs[:, ~count] = self._of_outcomes(mean[:, ~count] / self.error[~count], 1.0)
        return logs

    def _of_outcomes(self, values: Floats, spread: Floats | float) -> Floats:
        """Return the log likelihood of each outcome, from values in errors, normal with standard deviations."""
        error = self.error[~self.is_count]
        return _log_normal(values, spread, self.low[~self.is_count] / error, self.high[~self.is_count] / error)

    def of_logs(self, mean: Floats, sd: Floats) -> Floats:
        """Return `of_counts` for expected figures as emulated, known only to a standard deviation.

        The count is approximated as log-normal: this serves proposals, which need not be exact.
        """
        count = self.is_count
        outcomes = self._of_outcomes(mean[:, ~count], np.sqrt(1.0 + sd[:, ~count] ** 2)).sum(axis=1)
        mean, sd, lowest = mean[:, count], sd[:, count], self.low[count]
        low = np.log(np.maximum(lowest - 0.5, 0.25))
        high = np.log(np.maximum(self.high[count] + 0.5, 0.5))
        chance = np.exp(-np.maximum(mean, np.log(SMALLEST)))
        each = []
        for g in self.grid:
            spread = np.sqrt(np.log1p(g * g) + chance + sd**2)
            below = np.where(lowest <= 0, 0.0, ndtr((low - mean) / spread))
            inside = ndtr((high - mean) / spread) - below
            tail = ndtr((mean - low) / spread) - ndtr((mean - high) / spread)  # without loss far above
            chances = np.maximum(np.where(low > mean, inside, np.maximum(inside, tail)), _FLOOR)
            each.append(np.log(chances).sum(axis=1) + outcomes)
        return np.array(each).T

    def marginal(self, by_dispersion: Floats) -> Floats:
        """Return the log likelihood with g summed out, shape (N,)."""
        total: Floats = logsumexp(by_dispersion, axis=1) - np.log(len(self.grid))
        return total

    def implausibility(self, mean: Floats, sd: Floats) -> Floats:
        """Return the distance of each figure from what is emulated, in standard deviations, shape (N, M).

        0 within the figure's interval; the deviation is that of emulator, counting and the largest g together, of an
        outcome that of the emulator and its error.
        """
        low, high = np.log(np.maximum(self.low, SMALLEST)), np.log(np.maximum(self.high, SMALLEST))
        low = np.where(self.low <= SMALLEST, -np.inf, low)
        low = np.where(self.is_count, low, self.low / self.error)
        high = np.where(self.is_count, high, self.high / self.error)
        off = np.maximum(np.maximum(low - mean, mean - high), 0.0)
        chance = np.exp(-np.maximum(mean, np.log(SMALLEST)))
        own = np.where(self.is_count, chance + np.log1p(self.grid.max() ** 2), 1.0)
        distance: Floats = off / np.sqrt(sd**2 + own)
        return distance

    def drawn(self, mean: Floats, g: Floats, rng: np.random.Generator) -> Floats:
        """Draw figures as they might be published, shape (N, M), from expected ones (N, M) and a g for each of N."""
        figures, count = mean.copy(), self.is_count
        counted = mean[:, count]
        figures[:, count] = draw_counts(counted, np.broadcast_to(g[:, None], counted.shape), rng)
        if not count.all():
            figures[:, ~count] = rng.normal(mean[:, ~count], self.error[~count])
        return figures


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


def _log_normal(values: Floats, spread: Floats | float, low: Floats, high: Floats) -> Floats:
    """Return the log probability that a normal variate lies in [low, high], or, of a value, its log density."""
    is_point = high - low < _POINT
    top, bottom = np.where(is_point, np.inf, high), np.where(is_point, -np.inf, low)
    above, below = (top - values) / spread, (bottom - values) / spread
    flipped = below > 0  # in the tail that keeps its digits
    above, below = np.where(flipped, -below, above), np.where(flipped, -above, below)
    upper = log_ndtr(above)
    inside = upper + np.log1p(-np.exp(log_ndtr(below) - upper))
    point = -0.5 * ((values - np.where(is_point, low, 0.0)) / spread) ** 2 - np.log(spread)
    return np.where(is_point, point, inside)


def _cdf(count: Floats, mean: Floats, g: float) -> Floats:
    """Return the distribution function of the negative binomial, or of the Poisson if g is almost 0."""
    whole = np.broadcast_to(np.maximum(count, 0.0), mean.shape)
    if g < 1e-4:
        value = 1.0 - gammainc(whole + 1.0, mean)
    else:
        size = 1.0 / g**2
        value = betainc(size, whole + 1.0, size / (size + mean))
    return np.where(np.broadcast_to(count, mean.shape) < 0, 0.0, value)
