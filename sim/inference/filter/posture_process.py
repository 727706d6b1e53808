"""The process of a transit state's posture from month to month, learnt from the months so far.

Each coordinate x (log of the inflow allowed, logit of facilitation, steering by country) is autoregressive,
    x' = a + rho x + b cos(w) + c sin(w) + s e,     e ~ t with 4 degrees of freedom (heavy tails: orders change
                                                    within days), w the time of the year of x' as an angle,
beside an *off* regime in which nobody is let in and nobody is sent on. Given the path of a particle, a, rho, b, c and
s^2 have the conjugate normal-inverse-gamma posterior of a linear regression (taking e as normal, a little wider than it
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
_PRECISION = (4.0, 8.0)  # of a and rho a priori, over s^2
_NONE = 1e-4  # standard deviation of the season, over s, of a coordinate that has none
_RHO = (0.3, 0.98)  # bounds: no coordinate is free of memory, and none drifts without end


@dataclass(frozen=True)
class Motion:
    """How the posture of each particle moves in a month.

    Attributes:
        constant, rho, scale: a, rho and s, shapes (N, D).
        season: b and c, shape (N, D, 2).
        first: Month of the year, 1 to 12, of the first month of the run.
    """

    constant: Floats
    rho: Floats
    scale: Floats
    season: Floats
    first: int

    def taken(self, numbers: npt.NDArray[np.intp]) -> Motion:
        """Return the motion of some particles."""
        return Motion(self.constant[numbers], self.rho[numbers], self.scale[numbers], self.season[numbers], self.first)

    def mean(self, posture: Floats, number: int) -> Floats:
        """Return the posture of the month of a number, counted from 1, without a shock, shape (N, D)."""
        moved: Floats = self.constant + self.rho * posture + self.season @ time_of_year(self.first, number)
        return moved

    def log_density(self, shock: Floats) -> Floats:
        """Return the logarithm of the density of shocks of shape (N, D), shape (N,)."""
        each: Floats = (stats.t.logpdf(shock / self.scale, TAILS) - np.log(self.scale)).sum(axis=1)
        return each


def time_of_year(first: int, number: int | npt.NDArray[np.intp]) -> Floats:
    """Return cosine and sine of the middle of a month as an angle, shape (..., 2).

    Args:
        first: Month of the year, 1 to 12, of the first month of the run.
        number: The month's number, counted from 1; an array gives as many rows.
    """
    angle = 2 * np.pi * (first + np.asarray(number) - 1.5) / 12
    found: Floats = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return found


def first_postures(prior: PosturePrior, size: int, rng: np.random.Generator) -> Floats:
    """Draw the posture of the month before the first, shape (N, D)."""
    drawn: Floats = np.array(prior.mean) + rng.standard_normal((size, prior.width)) * np.array(prior.first_sd)
    return drawn


def motion_given(paths: Floats, prior: PosturePrior, rng: np.random.Generator) -> Motion:
    """Draw how each particle's posture moves, given its path of shape (months, N, D)."""
    months, size, width = paths[1:].shape
    centre = np.zeros((width, 4))
    centre[:, 0], centre[:, 1] = np.array(prior.mean) * (1 - prior.rho), prior.rho
    precision = np.tile([*_PRECISION, 0.0, 0.0], (width, 1))
    precision[:, 2:] = np.maximum(prior.season, _NONE)[:, None] ** -2.0
    known = np.empty((months, size, width, 4))
    known[..., 0], known[..., 1] = 1.0, paths[:-1]
    known[..., 2:] = time_of_year(prior.first_month, np.arange(1, months + 1))[:, None, None]
    after = paths[1:, :, :, None]
    root = np.linalg.cholesky(np.einsum("tndi,tndj->ndij", known, known) + precision[:, :, None] * np.eye(4))
    shift = (known * after).sum(axis=0) + precision * centre
    found = _solve(root, shift)
    least = _DATA_OF_PRIOR * np.array(prior.shock_sd) ** 2
    squares = least + (after**2).sum(axis=(0, 3)) + (precision * centre**2).sum(axis=1) - (shift * found).sum(axis=2)
    variance = np.maximum(squares, 0.3 * least) / rng.chisquare(_DATA_OF_PRIOR + months, size=(size, width))
    spread = np.linalg.solve(root.transpose(0, 1, 3, 2), rng.standard_normal((size, width, 4, 1)))[..., 0]
    drawn = found + np.sqrt(variance)[:, :, None] * spread
    rho = np.clip(drawn[:, :, 1], *_RHO)
    return Motion(drawn[:, :, 0], rho, np.sqrt(variance) / _SPREAD, drawn[:, :, 2:], prior.first_month)


def _solve(root: Floats, right: Floats) -> Floats:
    """Solve A x = right for A with Cholesky factor ``root``: shapes (N, D, K, K) and (N, D, K)."""
    half = np.linalg.solve(root, right[..., None])
    solved: Floats = np.linalg.solve(root.transpose(0, 1, 3, 2), half)[..., 0]
    return solved


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
        further[month] = posture = motion.mean(posture, len(paths) + month) + shocks(motion, rng)
        regimes[month] = regime = next_regime(regime, prior, rng)
    return further, regimes


def log_regime(off: Bools, then: Bools, prior: PosturePrior) -> Floats:
    """Return the logarithm of the probability of a change of regime, shape (N,)."""
    to_off = np.where(off, 1.0 - prior.on_again, prior.off)
    logs: Floats = np.log(np.where(then, to_off, 1.0 - to_off))
    return logs
