"""Proposals of postures that lead to what was counted, so that a jump in the record leaves more than a few particles.

From runs done so far for the month, the logarithm of each figure's count is regressed on the shocks, closer to the
record with more weight. For each particle this gives a linear model of its own count, with the level that its own runs
had; under it, the shock given the figures is normal (as in a Kalman filter), and so is the probability of the figures.
Particles are chosen by that probability (an auxiliary particle filter, Pitt and Shephard 1999,
doi:10.1080/01621459.1999.10474153), their shocks drawn from the former with heavy tails, a tenth from the process
itself, and some with the state switched off. None of this need be exact: weights are the density of process times
record over that of the proposal, each taken at what was run. Runs of all rounds count, each over the mean of the
densities of all rounds' proposals (a deterministic mixture, Owen and Zhou 2000, doi:10.1080/01621459.2000.10473909;
adaptive as in Cornuet et al. 2012, doi:10.1111/j.1467-9469.2011.00756.x).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.special import logsumexp

from sim.inference.filter.experiment import PosturePrior
from sim.inference.filter.posture_process import Motion, log_regime, shocks

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]
_TAILS = 5.0
_WIDER = 1.1  # the proposal's scale over that of the linear model
_SPREAD = 1.5  # the process's standard deviation over the scale of its t distribution, about
_FROM_PROCESS = 0.1  # share drawn from the process
_OFF = 0.08  # share proposed with the state switched off
_FLATTER = 0.8  # power of the probability by which particles are chosen
_ALL = 0.1  # share of the choice in which all particles are equal


class Tried(NamedTuple):
    """Runs of a month.

    Attributes:
        parents: Numbers of the particles that they go on from, shape (M,).
        shock: Shocks of the posture, shape (M, D).
        off: Whether the state was off, shape (M,).
        log_counts: Logarithm of each figure's count, shape (M, F).
    """

    parents: Numbers
    shock: Floats
    off: Bools
    log_counts: Floats


def together(tried: Sequence[Tried]) -> Tried:
    """Return runs of several rounds as one."""
    return Tried(*(np.concatenate(part) for part in zip(*tried, strict=True)))


class Children(NamedTuple):
    """What to run: numbers of the particles to go on from, shape (M,), shocks (M, D), whether the state is off (M,)."""

    parents: Numbers
    shock: Floats
    off: Bools


@dataclass(frozen=True)
class Now:
    """What is known of N particles before a month: how each moves, and whether it was off in the month before.

    Attributes:
        motion: How each particle's posture moves.
        off: Whether each was off, shape (N,).
        prior: The posture's prior.
    """

    motion: Motion
    off: Bools
    prior: PosturePrior

    def log_process(self, made: Children) -> Floats:
        """Return the logarithm of the density of children under the process, shape (M,)."""
        density = self.motion.taken(made.parents).log_density(made.shock)
        logs: Floats = density + log_regime(self.off[made.parents], made.off, self.prior) - np.log(len(self.off))
        return logs


class Linear(NamedTuple):
    """The linear model of log counts: slopes (F, D), each particle's level (N, F), and variance left (F,)."""

    slopes: Floats
    level: Floats
    variance: Floats


def linear_model(tried: Tried, features: Floats, target: Floats) -> Linear:
    """Fit the linear model.

    Args:
        tried: Runs of the month.
        features: What is known of each particle, shape (N, K).
        target: Logarithm of the published figures, shape (F,).
    """
    on = ~tried.off
    if on.sum() < 2:
        on[:] = True
    shock, counts, parents = tried.shock[on], tried.log_counts[on], tried.parents[on]
    near = ((counts - target) / np.maximum(2 * counts.std(axis=0), 0.3)) ** 2
    weight = np.exp(-0.5 * np.minimum(near.sum(axis=1), 12.0)) + 1e-3
    columns = np.hstack([shock, features[parents]])
    centre = np.average(columns, axis=0, weights=weight)
    x = np.hstack([np.ones((len(columns), 1)), columns - centre])
    ridge = 0.5 * weight.mean() * np.eye(x.shape[1])
    ridge[0, 0] = 1e-9
    fitted = np.linalg.solve(x.T @ (x * weight[:, None]) + ridge, x.T @ (counts * weight[:, None]))
    slopes = fitted[1 : 1 + shock.shape[1]].T
    variance = np.average((counts - x @ fitted) ** 2, axis=0, weights=weight)
    still = np.hstack([np.zeros((len(features), shock.shape[1])), features]) - centre
    level = np.hstack([np.ones((len(features), 1)), still]) @ fitted
    own, runs = np.zeros_like(level), np.zeros(len(features))
    np.add.at(own, parents, counts - shock @ slopes.T)
    np.add.at(runs, parents, 1.0)
    seen = runs > 0
    level[seen] = own[seen] / runs[seen, None]
    return Linear(slopes, level, variance)


@dataclass(frozen=True)
class Proposal:
    """A law of children.

    Attributes:
        now: The particles.
        chance: Probability by which each particle is chosen, shape (N,).
        mean: Mean of each particle's shock, shape (N, D).
        root: Cholesky factor of its scale, shape (N, D, D).
    """

    now: Now
    chance: Floats
    mean: Floats
    root: Floats

    def draw(self, rng: np.random.Generator) -> Children:
        """Draw as many children as there are particles."""
        size, width = self.mean.shape
        parents = systematic(self.chance, size, rng)
        rng.shuffle(parents)
        tails = rng.standard_t(_TAILS, (size, width))
        shock = self.mean[parents] + _WIDER * np.einsum("nde,ne->nd", self.root[parents], tails)
        off = np.asarray(rng.random(size) < _OFF)
        from_process = (rng.random(size) < _FROM_PROCESS) | off
        shock[from_process] = shocks(self.now.motion.taken(parents), rng)[from_process]
        return Children(parents, shock, off)

    def log_density(self, made: Children) -> Floats:
        """Return the logarithm of the density of children, shape (M,)."""
        of_process = self.now.motion.taken(made.parents).log_density(made.shock)
        guided = _log_guided(made.shock, self.mean[made.parents], self.root[made.parents])
        on = np.logaddexp(np.log(1 - _FROM_PROCESS) + guided, np.log(_FROM_PROCESS) + of_process)
        density: Floats = np.where(made.off, np.log(_OFF) + of_process, np.log(1 - _OFF) + on)
        return density + np.log(self.chance[made.parents])


def proposal(linear: Linear, target: Floats, dispersion: Floats, now: Now) -> Proposal:
    """Return the proposal that a linear model suggests.

    Args:
        linear: The linear model.
        target: Logarithm of the published figures, shape (F,).
        dispersion: Mean over-dispersion of each figure's series, shape (F,).
        now: The particles.
    """
    width = now.motion.scale.shape[1]
    noise = dispersion**2 + 1.0 / np.maximum(np.exp(target), 1.0) + 0.2 * np.minimum(linear.variance, 1.0)
    variance = (now.motion.scale * _SPREAD) ** 2
    slopes = linear.slopes
    total = np.einsum("fd,nd,gd->nfg", slopes, variance, slopes) + np.diag(noise)
    inverse = np.linalg.inv(total)
    gain = variance[:, :, None] * np.einsum("fd,nfg->ndg", slopes, inverse)
    off_by = target - linear.level
    mean = np.einsum("ndg,ng->nd", gain, off_by)
    left = variance[:, :, None] * np.eye(width) - np.einsum("ndg,ge,ne->nde", gain, slopes, variance)
    root = np.linalg.cholesky((left + left.transpose(0, 2, 1)) / 2 + 1e-5 * np.eye(width))
    return Proposal(now, _chance(total, inverse, off_by), mean, root)


def log_weights(proposals: Sequence[Proposal], made: Children) -> Floats:
    """Return the logarithm of the process's density over that of the mixture of proposals, shape (M,).

    Args:
        proposals: The proposals, from each of which equally many children were drawn.
        made: All their children.
    """
    each = np.array([one.log_density(made) for one in proposals])
    weights: Floats = proposals[0].now.log_process(made) - (logsumexp(each, axis=0) - np.log(len(proposals)))
    return weights


def _chance(total: Floats, inverse: Floats, off_by: Floats) -> Floats:
    """Return the probability by which each particle is chosen, shape (N,): a multivariate t of the figures."""
    distance = np.einsum("nf,nfg,ng->n", off_by, inverse, off_by)
    logs = -0.5 * np.linalg.slogdet(total)[1] - (_TAILS + off_by.shape[1]) / 2 * np.log1p(distance / _TAILS)
    share = np.exp(_FLATTER * (logs - logsumexp(logs)))
    chance: Floats = (1 - _ALL) * share / share.sum() + _ALL / len(share)
    return chance


def _log_guided(shock: Floats, mean: Floats, root: Floats) -> Floats:
    scaled = np.linalg.solve(root, ((shock - mean) / _WIDER)[:, :, None])[:, :, 0]
    size = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1) + shock.shape[1] * np.log(_WIDER)
    logs: Floats = stats.t.logpdf(scaled, _TAILS).sum(axis=1) - size
    return logs


def systematic(weights: Floats, size: int, rng: np.random.Generator) -> Numbers:
    """Return numbers drawn by weights that add up to 1 (systematic resampling), ascending, shape (size,)."""
    places = (np.arange(size) + rng.random()) / size
    return np.minimum(np.searchsorted(np.cumsum(weights), places), len(weights) - 1)
