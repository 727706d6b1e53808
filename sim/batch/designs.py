"""Designs: at which points of the knobs' values a study runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from sim.batch.knobs import Floats, Knob
from sim.scenario.errors import ScenarioError

GRID, LATIN, SOBOL, MORRIS, ONE = "grid", "latin-hypercube", "sobol", "morris", "one-at-a-time"
DESIGNS = (GRID, LATIN, SOBOL, MORRIS, ONE)
SAMPLED = (LATIN, SOBOL)  # whose points follow the knobs' distributions
MOST_POINTS = 2_000_000


def points_of(
    design: str, knobs: Sequence[Knob], samples: int, levels: int, seed: int, *, second_order: bool = False
) -> Floats:
    """The points of a design, shape (N, knobs).

    Args:
        design: ``grid``: all combinations of so many levels. ``latin-hypercube``: so many samples. ``sobol``:
            Saltelli's scheme on so many samples, (knobs + 2) times as many points, or (2 knobs + 2) with
            ``second_order``. ``morris``: so many trajectories of knobs + 1 points, on so many levels.
            ``one-at-a-time``: the centre, and each knob at each of so many levels, the others at their centre.
        knobs: What is varied.
        samples: Samples or trajectories.
        levels: Levels of a knob without values of its own.
        seed: Of the points.
        second_order: Whether pairs of knobs are asked for too.

    Raises:
        ScenarioError: If the design has too many points, or the number of samples does not suit it.
    """
    count = number_of_points(design, knobs, samples, levels, second_order=second_order)
    if count > MOST_POINTS:
        raise ScenarioError(f"design: found {count:,} points; allowed: up to {MOST_POINTS:,}")
    if design == GRID:
        return np.array(list(product(*(knob.levels(levels) for knob in knobs))))
    if design == ONE:
        return _one_at_a_time(knobs, levels)
    if design == MORRIS:
        return at_levels(knobs, _morris(len(knobs), samples, levels, seed), levels)
    if design == SOBOL:
        return at_quantiles(knobs, _sobol(len(knobs), samples, seed, second_order))
    from scipy.stats import qmc

    return at_quantiles(knobs, qmc.LatinHypercube(len(knobs), rng=np.random.default_rng(seed)).random(samples))


def number_of_points(
    design: str, knobs: Sequence[Knob], samples: int, levels: int, *, second_order: bool = False
) -> int:
    """How many points a design has."""
    d = len(knobs)
    if design == GRID:
        return prod(len(knob.values) if knob.values is not None else levels for knob in knobs)
    if design == ONE:
        return 1 + sum(len(knob.values) if knob.values is not None else levels for knob in knobs)
    if design == MORRIS:
        return samples * (d + 1)
    return samples * ((2 * d + 2) if second_order else (d + 2)) if design == SOBOL else samples


def at_quantiles(knobs: Sequence[Knob], unit: Floats) -> Floats:
    """Values at probabilities, shape (N, knobs)."""
    return np.array([[knob.quantile(float(u)) for knob, u in zip(knobs, row, strict=True)] for row in unit])


def at_levels(knobs: Sequence[Knob], unit: Floats, levels: int) -> Floats:
    """Values at places between the knobs' ends, which are levels: 0 the first, 1 the last."""
    columns = []
    for k, knob in enumerate(knobs):
        values = np.array(knob.levels(levels))
        columns.append(values[np.rint(unit[:, k] * (len(values) - 1)).astype(int)])
    return np.column_stack(columns)


def places_of(knobs: Sequence[Knob], points: Floats, levels: int) -> Floats:
    """The inverse of `at_levels`."""
    columns = []
    for k, knob in enumerate(knobs):
        values = np.array(knob.levels(levels))
        columns.append(np.abs(points[:, k, None] - values).argmin(axis=1) / (len(values) - 1))
    return np.column_stack(columns)


def problem(knobs: int) -> dict[str, Any]:
    """As SALib wants it: so many variables from 0 to 1."""
    return {"num_vars": knobs, "names": [str(k) for k in range(knobs)], "bounds": [[0.0, 1.0]] * knobs}


def _one_at_a_time(knobs: Sequence[Knob], levels: int) -> Floats:
    centre = [knob.centre for knob in knobs]
    rows = [centre]
    for k, knob in enumerate(knobs):
        rows += [[*centre[:k], value, *centre[k + 1 :]] for value in knob.levels(levels)]
    return np.array(rows)


def _sobol(knobs: int, samples: int, seed: int, second_order: bool) -> Floats:
    if samples & (samples - 1) or samples < 2:
        near = 2 ** max(round(np.log2(samples)), 1)
        raise ScenarioError(f"samples: found {samples}; allowed for sobol: a power of 2, such as {near}")
    from SALib.sample import sobol

    generator = np.random.default_rng(seed)
    points: Floats = sobol.sample(problem(knobs), samples, calc_second_order=second_order, seed=generator)
    return points


def _morris(knobs: int, samples: int, levels: int, seed: int) -> Floats:
    if levels % 2 or levels < 4:
        raise ScenarioError(f"levels: found {levels}; allowed for morris: an even number, 4 or more")
    from SALib.sample import morris

    points: Floats = morris.sample(problem(knobs), samples, num_levels=levels, seed=seed % 2**32)
    return points
