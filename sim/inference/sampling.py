"""Sampling of points for runs: space-filling, not ruled out, or from the emulators' estimate of the posterior."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from sim.inference.emulator import Emulator
from sim.inference.likelihood import Likelihood
from sim.runs import replicate_seed

Floats = npt.NDArray[np.float64]
STEPS, CHAINS = 250, 96
_POOL, _POOLS = 4096, 4


class Wave(NamedTuple):
    """A wave of history matching: points to run, and the share of the prior that is left."""

    points: Floats
    left: float
    worst: Floats  # median over the prior of each output's implausibility


def stream(seed: int, *occasion: int | str) -> np.random.Generator:
    """Return the random generator of an occasion, the same wherever it is used."""
    number = seed
    for part in occasion:
        number = replicate_seed(number, int.from_bytes(str(part).encode()[:7], "little"))
    return np.random.Generator(np.random.Philox(number))


def design(size: int, dimensions: int, seed: int) -> Floats:
    """Return a Latin hypercube in the prior's probabilities, as normal scores, shape (size, D)."""
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(dimensions, rng=stream(seed, "design"))
    scores: Floats = ndtri(np.clip(sampler.random(size), 1e-6, 1 - 1e-6))
    return scores


def not_ruled_out(emulator: Emulator, likelihood: Likelihood, size: int, cutoff: float, seed: int) -> Wave:
    """Return points of the prior that no figure makes implausible.

    If too few of 16,384 points are left, the least implausible ones are added.
    """
    pool = stream(seed, "pool").standard_normal((_POOL * _POOLS, emulator.points.shape[1]))
    blocks = [likelihood.implausibility(*emulator.predict(block)) for block in np.split(pool, _POOLS)]
    distances = np.concatenate(blocks)
    worst = distances.max(axis=1)
    left = np.flatnonzero(worst <= cutoff)
    chosen = left[:size] if len(left) >= size else np.sort(np.argsort(worst, kind="stable")[:size])
    return Wave(pool[chosen], len(left) / len(pool), np.median(distances, axis=0))


def chains(
    density: Callable[[Floats], Floats], starts: Floats, size: int, rng: np.random.Generator, steps: int = STEPS
) -> Floats:
    """Draw points from a density, shape (size, D), by chains that move along each other's differences.

    Differential evolution (ter Braak 2006), moving half of the chains at a time in one vectorised step.

    Args:
        density: Logarithm of the density, of shape (N,) at points (N, D).
        starts: Possible starting points of chains, shape (N, D).
        size: Number of points: the chains' last states, thinned.
        rng: Random numbers.
        steps: Steps of each chain, of which the last half is kept.
    """
    count = CHAINS
    width = starts.shape[1]
    state = starts[rng.choice(len(starts), count, replace=len(starts) < count)]
    state = state + 0.01 * rng.standard_normal(state.shape)
    now = density(state)
    kept: list[Floats] = []
    halves = np.array_split(np.arange(count), 2)
    for step in range(steps):
        for own, other in (halves, halves[::-1]):
            pair = np.array([rng.choice(other, 2, replace=False) for _ in own])
            scale = 1.0 if step % 10 == 9 else 2.38 / np.sqrt(2 * width)
            move = scale * (state[pair[:, 0]] - state[pair[:, 1]]) + 0.05 * rng.standard_normal((len(own), width))
            proposed = state[own] + move
            there = density(proposed)
            better = np.log(rng.random(len(own))) < there - now[own]
            state[own[better]], now[own[better]] = proposed[better], there[better]
        if step >= steps // 2:
            kept.append(state.copy())
    everything = np.concatenate(kept)
    return everything[rng.choice(len(everything), size, replace=len(everything) < size)]


def posterior_density(emulator: Emulator, likelihood: Likelihood, temper: float) -> Callable[[Floats], Floats]:
    """Return a function for the logarithm of prior times tempered likelihood, as emulated."""

    def density(points: Floats) -> Floats:
        emulated = likelihood.marginal(likelihood.of_logs(*emulator.predict(points)))
        value: Floats = -0.5 * (points**2).sum(axis=1) + temper * emulated
        return value

    return density


def effective(weights: Floats) -> float:
    """Return the effective number of weighted particles."""
    return float(weights.sum() ** 2 / np.maximum((weights**2).sum(), 1e-300))


def normalised(logs: Floats) -> Floats:
    """Return weights that add up to 1; failed runs (NaN) get 0."""
    usable = np.where(np.isfinite(logs), logs, -np.inf)
    if not np.isfinite(usable).any():
        return np.full(len(logs), 1 / max(len(logs), 1))
    weights: Floats = np.exp(usable - usable.max())
    return weights / weights.sum()
