"""PRIM, the patient rule induction method: boxes in which runs of interest are dense.

Friedman and Fisher (1999), "Bump hunting in high-dimensional data", Statistics and Computing 9, 123-143, as used in
scenario discovery by Bryant and Lempert (2010), Technological Forecasting and Social Change 77, 34-49. A box is peeled,
a few runs at a time, on the side that leaves it densest; then limits that chance could explain are removed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import binom

from sim.sweeps.boxes import Bools, Box, Quality, quality
from sim.sweeps.factors import Floats

PEEL = 0.06  # of the runs in the box, at each step
LEAST = 0.05  # of all runs, in a box
SIGNIFICANT = 0.05
MOST_BOXES = 3


class Step(NamedTuple):
    """A box on the trajectory from everything to the densest."""

    box: Box
    quality: Quality


def boxes(x: Floats, wanted: Bools, *, density: float = 0.8, most: int = MOST_BOXES) -> list[Box]:
    """Find boxes in turn, each among the runs outside the earlier ones.

    Args:
        x: Points of the runs, shape (n, parameters).
        wanted: Which runs are of interest, shape (n,).
        density: Share of runs of interest that a box should have. Of the boxes that do, the one with the highest
            coverage is taken; if none does, the one that balances density and coverage best.
        most: Maximum number of boxes.
    """
    found: list[Box] = []
    left = np.ones(len(x), bool)
    base = wanted.mean()
    while len(found) < most and (wanted & left).sum() >= max(LEAST * len(x), 2):
        box = _choose(peel(x[left], wanted[left]), density, x[left], wanted[left])
        if not box.limited or quality(box, x[left], wanted[left]).density <= base:
            break
        found.append(box)
        left &= ~box.holds(x)
    return found


def peel(x: Floats, wanted: Bools) -> list[Step]:
    """Return the boxes of a peeling trajectory, from everything to the densest."""
    box = Box.whole(x.shape[1])
    steps = [Step(box, quality(box, x, wanted))]
    least = max(LEAST * len(x), 2)
    while True:
        inside = box.holds(x)
        candidates = [
            (wanted[rest].mean(), int(rest.sum()), other)
            for other in _peeled(box, x[inside])
            if least <= (rest := other.holds(x)).sum() < inside.sum()
        ]
        if not candidates or wanted[inside].all():
            return steps
        # The densest; among equals, the one that keeps most runs.
        box = max(candidates, key=lambda candidate: candidate[:2])[2]
        steps.append(Step(box, quality(box, x, wanted)))


def _peeled(box: Box, x: Floats) -> list[Box]:
    """Return boxes with a slice removed at either end of each parameter."""
    slices = []
    for k in range(x.shape[1]):
        values = np.unique(x[:, k])
        if len(values) < 2:
            continue
        middles = (values[1:] + values[:-1]) / 2
        for side, share in (("low", PEEL), ("high", 1 - PEEL)):
            cut = np.quantile(x[:, k], share)
            # Midway between two runs: at least one is removed.
            after = int(np.searchsorted(values, cut, side="left" if side == "low" else "right"))
            place = min(max(after - 1, 0), len(middles) - 1)
            low, high = box.low.copy(), box.high.copy()
            (low if side == "low" else high)[k] = middles[place]
            slices.append(Box(low, high))
    return slices


def _choose(steps: list[Step], density: float, x: Floats, wanted: Bools) -> Box:
    """Return the best box of a trajectory, without the limits that chance could explain."""
    pruned = [_significant(step.box, x, wanted) for step in steps]
    of = [quality(box, x, wanted) for box in pruned]
    enough = [k for k, found in enumerate(of) if found.density >= density]
    if enough:
        return pruned[max(enough, key=lambda k: (of[k].coverage, -len(pruned[k].limited)))]
    return pruned[max(range(len(of)), key=lambda k: _balance(of[k]))]


def _balance(of: Quality) -> float:
    """Return the harmonic mean of density and coverage."""
    return 2 * of.density * of.coverage / max(of.density + of.coverage, 1e-12)


def significances(box: Box, x: Floats, wanted: Bools) -> dict[int, float]:
    """Return, by limited parameter, the probability that a box is as dense by chance without this limit's help."""
    found = {}
    inside = quality(box, x, wanted)
    hits = round(inside.density * inside.runs)
    for k in box.limited:
        share = quality(box.without(k), x, wanted).density
        found[k] = float(binom.sf(hits - 1, inside.runs, share))
    return found


def _significant(box: Box, x: Floats, wanted: Bools) -> Box:
    """Remove the limits that chance could explain, the least significant first."""
    while box.limited:
        parameter, p = max(significances(box, x, wanted).items(), key=lambda item: item[1])
        if p <= SIGNIFICANT:
            return box
        box = box.without(parameter)
    return box
