"""Free parameters: map points in the space of normal scores to values, and to settings of a scenario's paths.

A point z has one coordinate per parameter, standard normal under the prior: value = quantile(prior, Φ(z)).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from sim.inference.calibration_experiment import FreeParameter, day_of, is_ahead
from sim.scenario.errors import ScenarioError, choices
from sim.scenario.paths import Parameter, parameter_paths
from sim.scenario.quantity import centre
from sim.scenario.schema import Scenario

Points = npt.NDArray[np.float64]
_NEAR = 8  # most paths named in an error


class _Target(NamedTuple):
    """A quantity, or all dates of a schedule, on which parameters act."""

    path: str
    values: dict[date | None, float]  # by date; None if it is not a schedule
    low: float
    high: float


class Space:
    """The free parameters of a scenario.

    Args:
        parameters: By name.
        scenario: The scenario before they are set.
        origin: Date that stands for ``origin``. Parameters that begin there are left out if it is None; those
            that begin on a later date are left out otherwise, as that date was not known.
        whole: The scenario before it was frozen; parameters may also name its later parts, such as measures.

    Raises:
        ScenarioError: If a path does not exist, or a prior lies outside its field's range.
    """

    def __init__(
        self,
        parameters: Mapping[str, FreeParameter],
        scenario: Scenario,
        origin: date | None = None,
        whole: Scenario | None = None,
    ) -> None:
        self.parameters = {name: entry for name, entry in parameters.items() if _there(entry, origin)}
        self.scenario, self.origin = scenario, origin
        self.names = list(self.parameters)
        self._here = _by_path(scenario)
        self._all = self._here if whole is None else {**_by_path(whole), **self._here}
        self._ranges: dict[str, tuple[float, float]] = {}
        self._acts: dict[str, list[tuple[int, FreeParameter, date | None]]] = {}
        self._targets: dict[str, _Target] = {}
        for number, (name, entry) in enumerate(self.parameters.items()):
            found = self._found(name, entry)
            self._ranges[name] = self._range(entry, found)
            for target in found:
                if target.path in self._here:
                    self._targets[target.path] = target
                    self._acts.setdefault(target.path, []).append((number, entry, day_of(entry.start, origin)))

    def __len__(self) -> int:
        return len(self.names)

    @property
    def informed(self) -> npt.NDArray[np.bool_]:
        """Return which parameters affect the time before the origin, shape (D,)."""
        acting = {number for acts in self._acts.values() for number, _, _ in acts}
        days = [day_of(entry.start, self.origin) for entry in self.parameters.values()]
        past = [self.origin is None or day is None or day < self.origin for day in days]
        return np.array([number in acting and before for number, before in enumerate(past)])

    def values(self, points: Points) -> Points:
        """Return values of the parameters, shape (N, D), from points z."""
        u = np.clip(ndtr(points), 1e-9, 1 - 1e-9)
        columns = [
            [entry.prior.quantile(float(p), *self._ranges[name]) for p in u[:, k]]
            for k, (name, entry) in enumerate(self.parameters.items())
        ]
        return np.array(columns).T.reshape(len(points), len(self))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Return the dotted paths that a point sets, one per number."""
        return tuple(path if day is None else f"{path}.{day}" for path in self._acts for day in self._days(path))

    def settings(self, points: Points) -> Points:
        """Return the values that points set at `paths`, shape (N, paths), within the fields' ranges."""
        values = self.values(points)
        columns = []
        for path in self._acts:
            target = self._targets[path]
            for day in self._days(path):
                column = np.full(len(points), self._base(target, day))
                for number, entry, start in self._acts[path]:
                    if day is None or start is None or start <= day:
                        column = _acted(column, entry.form, values[:, number])
                columns.append(np.clip(column, target.low, target.high))
        return np.array(columns).T.reshape(len(points), len(self.paths))

    def _days(self, path: str) -> list[date | None]:
        known = self._targets[path].values
        if None in known:
            return [None]
        last = self.scenario.end
        starts = {start for _, _, start in self._acts[path] if start is not None and start <= last}
        first = min(day for day in known if day is not None)
        days: list[date | None] = []
        days += sorted({day for day in known if day is not None} | {max(day, first) for day in starts})
        return days

    def _base(self, target: _Target, day: date | None) -> float:
        if day is None:
            return target.values[None]
        return target.values[max(known for known in target.values if known is not None and known <= day)]

    def _range(self, entry: FreeParameter, found: list[_Target]) -> tuple[float, float]:
        if entry.form == "value":
            return found[0].low, found[0].high
        return (0.0, np.inf) if entry.form == "factor" else (-np.inf, np.inf)

    def _found(self, name: str, entry: FreeParameter) -> list[_Target]:
        targets: dict[str, _Target] = {}
        for pattern in entry.paths:
            depth = pattern.count(".")
            found = {p: t for p, t in self._all.items() if p.count(".") == depth and fnmatchcase(p, pattern)}
            if not found:
                near = get_close_matches(pattern, list(self._all), n=_NEAR, cutoff=0.0)
                what = f"found {pattern!r}, no quantity of the scenario; {choices(near, pattern)}"
                raise ScenarioError(f"parameters.{name}.paths: {what}")
            targets |= found
        if entry.start is not None and any(None in target.values for target in targets.values()):
            raise ScenarioError(f"parameters.{name}.from: found a date; allowed: for schedules only")
        return list(targets.values())


def _there(entry: FreeParameter, origin: date | None) -> bool:
    if origin is None:
        return not is_ahead(entry.start)
    return not isinstance(entry.start, date) or entry.start < origin


def _by_path(scenario: Scenario) -> dict[str, _Target]:
    """Return all quantities and schedules of a scenario."""
    targets: dict[str, _Target] = {}
    for parameter in parameter_paths(scenario):
        path, day = _dated(parameter)
        low = -np.inf if parameter.field.low is None else parameter.field.low
        high = np.inf if parameter.field.high is None else parameter.field.high
        targets.setdefault(path, _Target(path, {}, low, high)).values[day] = centre(parameter.value)
    return targets


def _acted(column: Points, form: str, values: Points) -> Points:
    if form == "value":
        return values.copy()
    return column * values if form == "factor" else column + values


def _dated(parameter: Parameter) -> tuple[str, date | None]:
    """Return a path without the date of its schedule, and the date."""
    path, _, last = parameter.path.rpartition(".")
    try:
        return path, date.fromisoformat(last)
    except ValueError:
        return parameter.path, None


def plain(settings: Points, paths: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return settings as overrides, one mapping per point."""
    return [dict(zip(paths, (float(v) for v in row), strict=True)) for row in settings]
