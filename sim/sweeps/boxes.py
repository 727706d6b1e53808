"""Boxes in parameter space that contain runs of interest, in numbers and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.sweeps.factors import Floats

Bools = npt.NDArray[np.bool_]


class Box(NamedTuple):
    """Limits on some of the parameters; infinite for the others.

    Attributes:
        low: Least value inside, shape (parameters,).
        high: Greatest value inside, shape (parameters,).
    """

    low: Floats
    high: Floats

    @classmethod
    def whole(cls, parameters: int) -> Box:
        """Return the box that contains everything."""
        return cls(np.full(parameters, -np.inf), np.full(parameters, np.inf))

    def holds(self, x: Floats) -> Bools:
        """Return whether each point lies inside, shape (n,), from points of shape (n, parameters)."""
        inside: Bools = ((x >= self.low) & (x <= self.high)).all(axis=1)
        return inside

    @property
    def limited(self) -> list[int]:
        """Return the parameters that it limits."""
        return [int(k) for k in np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))]

    def without(self, parameter: int) -> Box:
        """Return the box with no limit on a parameter."""
        low, high = self.low.copy(), self.high.copy()
        low[parameter], high[parameter] = -np.inf, np.inf
        return Box(low, high)


class Quality(NamedTuple):
    """How well a box separates the runs of interest from the others."""

    density: float  # share of the runs in the box that are of interest
    coverage: float  # share of the runs of interest that lie in the box
    mass: float  # share of all runs that lie in the box
    runs: int


def quality(box: Box, x: Floats, wanted: Bools) -> Quality:
    """Return the quality of a box, over all runs."""
    inside = box.holds(x)
    hits, runs = int((inside & wanted).sum()), int(inside.sum())
    all_hits = max(int(wanted.sum()), 1)
    return Quality(hits / max(runs, 1), hits / all_hits, runs / max(len(x), 1), runs)


def words(box: Box, labels: Sequence[str], units: Sequence[str]) -> str:
    """Return the limits of a box in words: ``flights > 9 (per week) and lag > 18 (days)``."""
    parts = []
    for k in box.limited:
        low, high = box.low[k], box.high[k]
        unit = f" {units[k]}" if units[k] not in ("", "1") else ""
        if np.isfinite(low) and np.isfinite(high):
            parts.append(f"{labels[k]} from {low:.3g} to {high:.3g}{unit}")
        else:
            parts.append(
                f"{labels[k]} {'>' if np.isfinite(low) else '<'} {low if np.isfinite(low) else high:.3g}{unit}"
            )
    return " and ".join(parts) or "anywhere"
