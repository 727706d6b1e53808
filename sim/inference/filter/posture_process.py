"""The process of a transit state's posture from month to month, learnt from the months so far.

Each coordinate x (log of the inflow allowed, logit of facilitation, steering by country) is autoregressive,
    x' = a + rho x + s e,     e ~ t with 4 degrees of freedom (heavy tails: orders change within days),
beside an *off* regime in which nobody is let in and nobody is sent on. Given the path of a particle, a, rho and s^2
have the conjugate normal-inverse-gamma posterior of a linear regression (taking e as normal, a little wider than it
is), from which each particle draws them anew every month: they are learnt and never collapse (Carvalho et al. 2010,
doi:10.1214/10-STS325).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from sim.inference.filter.experiment import PosturePrior

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
TAILS = 4.0  # degrees of freedom
_SPREAD = float(np.sqrt(TAILS / (TAILS - 2.0)))  # standard deviation of a t variable
_DATA_OF_PRIOR = 6.0  # months that the prior of s^2 is worth
_PRECISION = np.array([[4.0, 0.0], [0.0, 8.0]])  # of (a, rho) a priori, over s^2
_RHO = (0.3, 0.98)  # bounds: no coordinate is free of memory, and none drifts without end


@dataclass(frozen=True)
class Motion:
    """How the posture of each particle moves in a month: shapes (N, D)."""

    constant: Floats
    rho: Floats
    scale: Floats

    def taken(self, numbers: npt.NDArray[np.intp]) -> Motion:
        """Return the motion of some particles."""
        return Motion(self.constant[numbers], self.rho[numbers], self.scale[numbers])

    def mean(self, posture: Floats) -> Floats:
        """Return next month's posture without a shock, shape (N, D)."""
        moved: Floats = self.constant + self.rho * posture
        return moved

    def log_density(self, shock: Floats) -> Floats:
        """Return the logarithm of the density of shocks of shape (N, D), shape (N,)."""
        each: Floats = (stats.t.logpdf(shock / self.scale, TAILS) - np.log(self.scale)).sum(axis=1)
        return each


def first_postures(prior: PosturePrior, size: int, rng: np.random.Generator) -> Floats:
    """Draw the posture of the month before the first, shape (N, D)."""
    drawn: Floats = np.array(prior.mean) + rng.standard_normal((size, prior.width)) * np.array(prior.first_sd)
    return drawn


def motion_given(paths: Floats, prior: PosturePrior, rng: np.random.Generator) -> Motion:
    """Draw how each particle's posture moves, given its path of shape (months, N, D)."""
    mean, sd = np.array(prior.mean), np.array(prior.shock_sd)
    before, after = paths[:-1], paths[1:]
    months = len(before)
    centre = np.array([mean * (1 - prior.rho), np.full(prior.width, prior.rho)])
    shift = _PRECISION @ centre
    p00, p11 = _PRECISION[0, 0] + months, _PRECISION[1, 1] + (before**2).sum(axis=0)
    p01 = before.sum(axis=0)
    b0, b1 = shift[0] + after.sum(axis=0), shift[1] + (before * after).sum(axis=0)
    determinant = p00 * p11 - p01**2
    a, rho = (p11 * b0 - p01 * b1) / determinant, (p00 * b1 - p01 * b0) / determinant
    squares = _DATA_OF_PRIOR * sd**2 + (after**2).sum(axis=0) + (centre * shift).sum(axis=0) - (b0 * a + b1 * rho)
    squares = np.maximum(squares, 0.3 * _DATA_OF_PRIOR * sd**2)
    variance = squares / rng.chisquare(_DATA_OF_PRIOR + months, size=a.shape)
    s0, s1 = np.sqrt(p11 / determinant), np.sqrt(p00 / determinant)
    tie = -p01 / determinant / (s0 * s1)
    z0, z1 = rng.standard_normal((2, *a.shape))
    drawn = np.clip(rho + np.sqrt(variance) * s1 * z1, *_RHO)
    constant = a + np.sqrt(variance) * s0 * (tie * z1 + np.sqrt(np.maximum(1 - tie**2, 0.0)) * z0)
    return Motion(constant, drawn, np.sqrt(variance) / _SPREAD)


def shocks(motion: Motion, rng: np.random.Generator) -> Floats:
    """Draw a month's shocks from the process, shape (N, D)."""
    drawn: Floats = rng.standard_t(TAILS, motion.scale.shape) * motion.scale
    return drawn


def next_regime(off: Bools, prior: PosturePrior, rng: np.random.Generator) -> Bools:
    """Draw whether each particle is off next month, shape (N,)."""
    drawn = rng.random(len(off))
    return np.where(off, drawn >= prior.on_again, drawn < prior.off)


def continued(
    paths: Floats, off: Bools, prior: PosturePrior, months: int, rng: np.random.Generator
) -> tuple[Floats, Bools]:
    """Draw how paths go on by themselves, each by what its own months tell of its process.

    Args:
        paths: Postures from the month before the first on, shape (T + 1, N, D).
        off: Whether the state is off, shape (T + 1, N).
        prior: The prior of the process.
        months: How many months more, M.
        rng: Random numbers.

    Returns:
        Postures, shape (M, N, D), and whether the state is off, shape (M, N).
    """
    motion = motion_given(paths, prior, rng)
    posture, regime = paths[-1], off[-1]
    further, regimes = np.empty((months, *posture.shape)), np.empty((months, len(regime)), bool)
    for month in range(months):
        further[month] = posture = motion.mean(posture) + shocks(motion, rng)
        regimes[month] = regime = next_regime(regime, prior, rng)
    return further, regimes


def log_regime(off: Bools, then: Bools, prior: PosturePrior) -> Floats:
    """Return the logarithm of the probability of a change of regime, shape (N,)."""
    to_off = np.where(off, 1.0 - prior.on_again, prior.off)
    logs: Floats = np.log(np.where(then, to_off, 1.0 - to_off))
    return logs
