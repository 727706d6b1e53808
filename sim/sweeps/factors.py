"""Factors of an experiment: a scenario's parameter, or several that move together, varied over a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.scenario.errors import ScenarioError
from sim.scenario.paths import get_path, parameter_paths
from sim.scenario.points import Coordinate, coordinate_of
from sim.scenario.quantity import JOINT, Distribution, centre, parse_quantity
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
AROUND = 0.2  # relative range, to either side, of a plain number without a given range
TAIL = 0.05  # quantiles between which levels of an unbounded distribution lie


class Factor(NamedTuple):
    """A quantity that is varied.

    Attributes:
        name: Dotted path, or a new name if it moves several.
        unit: Unit of the parameter.
        weights: Multiplier of the factor's value for each path; 1 for a single path.
        low: Lowest value that the fields allow.
        high: Highest value that the fields allow.
        spread: Its distribution; `uniform` if only a range is known.
        values: The only values that it takes, if given.
        centre: Its value when it is not varied.
        rows: Of joint parameters, the values of each path by row; the factor's value is the number of a row, from 0.
    """

    name: str
    unit: str
    weights: Mapping[str, float]
    low: float
    high: float
    spread: Distribution
    values: tuple[float, ...] | None
    centre: float
    rows: Mapping[str, Sequence[float]] | None = None

    @property
    def is_nominal(self) -> bool:
        """Return whether its values are mere numbers of rows, of which none is higher than another."""
        return self.rows is not None

    @property
    def choices(self) -> tuple[float, ...] | None:
        """Return the only values that it takes, each once; None if it takes all between its ends."""
        if self.values is None and self.spread.kind == "choice":
            return tuple(dict.fromkeys(self.spread.arguments))
        return self.values

    def quantile(self, u: float) -> float:
        """Return its value at a probability."""
        if self.values is not None:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        return self.spread.quantile(min(max(u, 1e-12), 1 - 1e-12), self.low, self.high)

    @property
    def ends(self) -> tuple[float, float]:
        """Return its lowest and highest level: its bounds, or quantiles if it is unbounded."""
        if self.values is not None:
            return min(self.values), max(self.values)
        low, high = self.spread.support
        if np.isfinite(low) and np.isfinite(high):
            return max(low, self.low), min(high, self.high)
        return self.quantile(TAIL), self.quantile(1 - TAIL)

    def levels(self, number: int) -> list[float]:
        """Return ``number`` evenly spaced values, or the only ones."""
        if self.choices is not None:
            return list(self.choices)
        return [float(value) for value in np.linspace(*self.ends, number)]

    def describe(self) -> dict[str, Any]:
        """Return its description for JSON."""
        values = None if self.values is None else list(self.values)
        spread = self.spread.to_yaml()
        found = {**self._asdict(), "weights": dict(self.weights), "spread": spread, "values": values}
        rows = None if self.rows is None else {path: list(column) for path, column in self.rows.items()}
        return {
            **{key: value for key, value in found.items() if key != "rows"},
            **({} if rows is None else {"rows": rows}),
        }

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Factor:
        """Return the factor of a description."""
        spread = parse_quantity(described["spread"])
        assert isinstance(spread, Distribution)
        values = None if described["values"] is None else tuple(described["values"])
        return cls(**{**described, "spread": spread, "values": values})

    def settings(self, values: Floats) -> list[Floats]:
        """Return the values of each of its paths, each shape (N,), at values of the factor, shape (N,)."""
        if self.rows is None:
            return [values * weight for weight in self.weights.values()]
        return [np.array(self.rows[path], np.float64)[values.astype(np.int64)] for path in self.weights]

    def of_settings(self, values: Floats) -> Floats:
        """Invert `settings`, from shape (N, paths) to shape (N,): of joint parameters the first row that is like it."""
        if self.rows is None:
            found: Floats = values[:, 0] / next(iter(self.weights.values()))
            return found
        rows = np.column_stack([self.rows[path] for path in self.weights])
        scale = np.maximum(np.ptp(rows, axis=0), 1e-300)
        return np.array([float((np.abs(rows - value) / scale).sum(axis=1).argmin()) for value in values])


def joint_factor(scenario: Scenario, name: str) -> Factor:
    """Make a factor that takes a row of a scenario's joint distributions, such as a particle of a posterior.

    Raises:
        ScenarioError: If the scenario has no joint distributions.
    """
    rows = {}
    for parameter in parameter_paths(scenario):
        value = get_path(scenario, parameter.path)
        if isinstance(value, Distribution) and value.kind == JOINT:
            rows[parameter.path] = value.arguments
    if not rows:
        raise ScenarioError(f"{name}: found no joint distributions in {scenario.title!r}; joint needs some")
    count = len(next(iter(rows.values())))
    values = tuple(float(k) for k in range(count))
    return Factor(
        name, "", dict.fromkeys(rows, 1.0), 0.0, count - 1.0, Distribution("choice", values), values, 0.0, rows
    )


def factor_of(
    scenario: Scenario,
    name: str,
    weights: Mapping[str, float] | None = None,
    spread: Distribution | tuple[float, float] | None = None,
    values: Sequence[float] | None = None,
) -> Factor:
    """Make a factor of a scenario.

    Without ``spread`` or ``values`` it takes the parameter's own distribution; for a plain number, a range of 20 % to
    either side, or the field's whole range if the number is 0.

    Raises:
        ScenarioError: If a path is not a parameter, or values are outside the range of its field.
    """
    weights = {name: 1.0} if weights is None else dict(weights)
    coordinates = [coordinate_of(scenario, path) for path in weights]
    low, high = _bounds(coordinates, list(weights.values()))
    if len(weights) > 1 and spread is None and values is None:
        raise ScenarioError(f"{name}: found several paths and no range; needed: range, values or a distribution")
    base = _central(scenario, next(iter(weights)))
    if isinstance(spread, tuple):
        spread = Distribution("uniform", spread)
    if values is not None:
        spread = Distribution("choice", tuple(values))
    elif spread is None:
        spread = _own(scenario, name, base, low, high)
    centre_ = spread.centre if base is None else base / next(iter(weights.values()))
    factor = Factor(
        name, coordinates[0].field.unit, weights, low, high, spread, None if values is None else tuple(values), 0.0
    )
    _check(factor)
    bottom, top = factor.ends
    return factor._replace(centre=min(max(centre_, bottom), top))


def settings(factors: Sequence[Factor], points: Floats) -> tuple[tuple[str, ...], Floats]:
    """Return paths, and their values, shape (N, paths), at points of the factors, shape (N, factors)."""
    paths = tuple(path for factor in factors for path in factor.weights)
    columns = [column for k, factor in enumerate(factors) for column in factor.settings(points[:, k])]
    return paths, np.column_stack(columns) if columns else np.empty((len(points), 0))


def _bounds(coordinates: Sequence[Coordinate], weights: Sequence[float]) -> tuple[float, float]:
    lows = [-np.inf if one.field.low is None else one.field.low / w for one, w in zip(coordinates, weights)]  # noqa: B905
    highs = [np.inf if one.field.high is None else one.field.high / w for one, w in zip(coordinates, weights)]  # noqa: B905
    return float(max(lows)), float(min(highs))


def _central(scenario: Scenario, path: str) -> float | None:
    """Return the parameter's central value; None for a date that its schedule lacks, or if given by cohort."""
    try:
        value = get_path(scenario, path)
    except ScenarioError:
        return None
    return None if isinstance(value, dict) else float(centre(value))


def _own(scenario: Scenario, name: str, base: float | None, low: float, high: float) -> Distribution:
    if base is None:
        raise ScenarioError(f"{name}: no single value there; needed: range, values or a distribution")
    value = get_path(scenario, name)
    if isinstance(value, Distribution):
        return value
    if base:
        ends = sorted((base * (1 - AROUND), base * (1 + AROUND)))
        return Distribution("uniform", (max(ends[0], low), min(ends[1], high)))
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ScenarioError(f"{name}: found 0 and a field without bounds; needed: range, values or a distribution")
    return Distribution("uniform", (low, high))


def _check(factor: Factor) -> None:
    bottom, top = factor.spread.support
    if factor.spread.kind in ("normal", "lognormal"):
        bottom = top = factor.spread.centre
    if bottom < factor.low or top > factor.high:
        found = f"found {bottom:g} to {top:g}" if bottom != top else f"found {bottom:g}"
        raise ScenarioError(f"{factor.name}: {found}; allowed: {factor.low:g} to {factor.high:g} ({factor.unit})")
    if factor.values is None and bottom == top and factor.spread.kind not in ("normal", "lognormal"):
        raise ScenarioError(f"{factor.name}: found a range of one value, {bottom:g}; allowed: low below high")
