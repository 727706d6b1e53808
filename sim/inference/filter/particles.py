"""Particles: each a path of postures, parameters, and what the engine made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inference.filter.observation_model import prior_of_dispersion
from sim.inference.filter.posture_process import first_postures

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
_KEPT = 0.98  # of a parameter's distance from the mean, when it is moved (Liu and West 2001)
_TO_PRIOR = 0.2  # of the mean, towards the prior's
_LEAST = 0.1  # of the prior's variance, which is 1


@dataclass(frozen=True)
class Particles:
    """Equally likely particles: N of them, after T months, with S series over D days.

    Attributes:
        paths: Postures from the month before the first on, shape (T + 1, N, D).
        off: Whether the state is off, shape (T + 1, N).
        scores: Normal scores of the unknown parameters by month, shape (T + 1, N, P).
        daily: Counts by series and day, shape (N, S, days).
        dispersion: Logarithm of the probability of each over-dispersion, shape (N, S, G).
        states: Number of each particle's state in the list of different states, shape (N,).
    """

    paths: Floats
    off: npt.NDArray[np.bool_]
    scores: Floats
    daily: Floats
    dispersion: Floats
    states: Numbers

    @property
    def size(self) -> int:
        """Return the number of particles."""
        return len(self.states)

    def taken(self, numbers: Numbers) -> Particles:
        """Return some particles, each as often as its number occurs."""
        return Particles(
            self.paths[:, numbers],
            self.off[:, numbers],
            self.scores[:, numbers],
            self.daily[numbers],
            self.dispersion[numbers],
            self.states[numbers],
        )

    def changed(self, **changes: Any) -> Particles:
        """Return the particles with other attributes."""
        return replace(self, **changes)


def first_particles(loaded: Any, series: int, rng: np.random.Generator) -> Particles:
    """Draw particles from the prior."""
    size, days = loaded.experiment.particles, loaded.scenario.days
    return Particles(
        first_postures(loaded.prior, size, rng)[None],
        np.zeros((1, size), bool),
        rng.standard_normal((1, size, len(loaded.unknowns))),
        np.zeros((size, series, days), np.float32),
        prior_of_dispersion(size, series),
        np.full(size, -1, np.intp),
    )


def moved(scores: Floats, rng: np.random.Generator) -> Floats:
    """Move the parameters of equally likely particles, so that copies of one differ: shape (N, P).

    A kernel that shrinks to the mean keeps their first two moments (Liu and West 2001,
    doi:10.1007/978-1-4757-3437-9_10); the mean leans to the prior's and the variance never falls below a tenth of the
    prior's, as figures are few.
    """
    mean = scores.mean(axis=0)
    variance = np.maximum(scores.var(axis=0), _LEAST)
    noise = rng.standard_normal(scores.shape) * np.sqrt((1 - _KEPT**2) * variance)
    there: Floats = _KEPT * scores + (1 - _KEPT) * (1 - _TO_PRIOR) * mean + noise
    return there
