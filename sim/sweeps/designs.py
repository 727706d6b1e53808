"""Designs of experiments: the points in factor space at which a study is run."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from sim.scenario.errors import ScenarioError
from sim.sweeps.factors import Factor, Floats

GRID, LATIN, SOBOL, MORRIS, ONE = "grid", "latin-hypercube", "sobol", "morris", "one-at-a-time"
DESIGNS = (GRID, LATIN, SOBOL, MORRIS, ONE)
SAMPLED = (LATIN, SOBOL)  # whose points follow the factors' distributions
MOST_POINTS = 2_000_000


def points_of(
    design: str, factors: Sequence[Factor], samples: int, levels: int, seed: int, *, second_order: bool = False
) -> Floats:
    """Return the points of a design, shape (N, factors).

    Args:
        design: ``grid``: all combinations of ``levels``. ``latin-hypercube``: ``samples`` points (`nested_latin`).
            ``sobol``: Saltelli's scheme, (factors + 2) points per sample, or (2 factors + 2) with ``second_order``.
            ``morris``: ``samples`` trajectories of factors + 1 points, on ``levels``. ``one-at-a-time``: the
            centre, and each factor at each of its levels with the others at their centre.
        factors: The factors.
        samples: Number of samples or trajectories.
        levels: Number of levels of a factor without given values.
        seed: Seed of the points.
        second_order: Whether to allow second-order indices of pairs of factors.

    Raises:
        ScenarioError: If the design has too many points, or the number of samples does not suit it.
    """
    count = number_of_points(design, factors, samples, levels, second_order=second_order)
    if count > MOST_POINTS:
        raise ScenarioError(f"design: found {count:,} points; allowed: up to {MOST_POINTS:,}")
    if design == GRID:
        return np.array(list(product(*(factor.levels(levels) for factor in factors))))
    if design == ONE:
        return _one_at_a_time(factors, levels)
    if design == MORRIS:
        for factor in factors:
            if factor.choices is not None:
                raise ScenarioError(
                    f"{factor.name}: found single values; morris needs ranges, or distributions of them"
                )
        return at_levels(factors, _morris(len(factors), samples, levels, seed), levels)
    if design == SOBOL:
        return at_quantiles(factors, _sobol(len(factors), samples, seed, second_order))
    return at_quantiles(factors, nested_latin(len(factors), samples, seed))


def growth_of(design: str) -> str:
    """Return how the number of points of a design can grow, so that those that are there remain its first."""
    if design == LATIN:
        return "a Latin hypercube grows by doubling its samples"
    if design == SOBOL:
        return "a Sobol' design grows by doubling its samples"
    if design == MORRIS:
        return "a Morris design grows to any larger number of samples (trajectories)"
    return f"a design {design} does not grow but by replicates"


def nested_latin(factors: int, samples: int, seed: int) -> Floats:
    """Return a Latin hypercube in the unit cube, shape (samples, factors), that begins with the one of half the size.

    Every part of each axis is halved, and new points take the halves that are free, in random order (Sallaberry, Helton
    and Hora 2008, Reliability Engineering and System Safety 93, 1047-1059). An odd number begins with a plain one.

    >>> bool((nested_latin(3, 24, 5)[:12] == nested_latin(3, 12, 5)).all())
    True
    """
    if samples % 2:
        from scipy.stats import qmc

        plain: Floats = qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(samples)
        return plain
    first = nested_latin(factors, samples // 2, seed)
    generator = np.random.default_rng([seed, samples])
    columns = []
    for column in first.T:
        free = np.setdiff1d(np.arange(samples), np.minimum((column * samples).astype(int), samples - 1))
        columns.append((generator.permutation(free) + generator.random(len(free))) / samples)
    return np.concatenate([first, np.column_stack(columns)])


def samples_of(design: str, factors: int, points: int, *, second_order: bool = False) -> int:
    """Return the number of samples of a design with this many points; 1 for designs that have none."""
    if design == MORRIS:
        return points // (factors + 1)
    if design == SOBOL:
        return points // ((2 * factors + 2) if second_order else (factors + 2))
    return points if design == LATIN else 1


def number_of_points(
    design: str, factors: Sequence[Factor], samples: int, levels: int, *, second_order: bool = False
) -> int:
    """Return how many points a design has."""
    d = len(factors)
    if design == GRID:
        return prod(len(factor.choices) if factor.choices is not None else levels for factor in factors)
    if design == ONE:
        return 1 + sum(len(factor.choices) if factor.choices is not None else levels for factor in factors)
    if design == MORRIS:
        return samples * (d + 1)
    return samples * ((2 * d + 2) if second_order else (d + 2)) if design == SOBOL else samples


def at_quantiles(factors: Sequence[Factor], unit: Floats) -> Floats:
    """Return the factors' quantiles at probabilities ``unit``, both of shape (N, factors)."""
    return np.array([[factor.quantile(float(u)) for factor, u in zip(factors, row, strict=True)] for row in unit])


def at_levels(factors: Sequence[Factor], unit: Floats, levels: int) -> Floats:
    """Return the factors' levels at positions from 0 (the first) to 1 (the last)."""
    columns = []
    for k, factor in enumerate(factors):
        values = np.array(factor.levels(levels))
        columns.append(values[np.rint(unit[:, k] * (len(values) - 1)).astype(int)])
    return np.column_stack(columns)


def places_of(factors: Sequence[Factor], points: Floats, levels: int) -> Floats:
    """Invert `at_levels`."""
    columns = []
    for k, factor in enumerate(factors):
        values = np.array(factor.levels(levels))
        columns.append(np.abs(points[:, k, None] - values).argmin(axis=1) / (len(values) - 1))
    return np.column_stack(columns)


def problem(factors: int) -> dict[str, Any]:
    """Return a problem definition for SALib: ``factors`` variables from 0 to 1."""
    return {"num_vars": factors, "names": [str(k) for k in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def _one_at_a_time(factors: Sequence[Factor], levels: int) -> Floats:
    centre = [factor.centre for factor in factors]
    rows = [centre]
    for k, factor in enumerate(factors):
        rows += [[*centre[:k], value, *centre[k + 1 :]] for value in factor.levels(levels)]
    return np.array(rows)


def _sobol(factors: int, samples: int, seed: int, second_order: bool) -> Floats:
    if samples & (samples - 1) or samples < 2:
        near = 2 ** max(round(np.log2(samples)), 1)
        raise ScenarioError(f"samples: found {samples}; allowed for sobol: a power of 2, such as {near}")
    from SALib.sample import sobol

    generator = np.random.default_rng(seed)
    points: Floats = sobol.sample(problem(factors), samples, calc_second_order=second_order, seed=generator)
    return points


def _morris(factors: int, samples: int, levels: int, seed: int) -> Floats:
    if levels % 2 or levels < 4:
        raise ScenarioError(f"levels: found {levels}; allowed for morris: an even number, 4 or more")
    from SALib.sample import morris

    points: Floats = morris.sample(problem(factors), samples, num_levels=levels, seed=seed % 2**32)
    return points
