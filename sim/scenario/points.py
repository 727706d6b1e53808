"""Evaluation of a scenario at many points: the same parameters, set to different numbers each time.

`apply_overrides` reads, merges and checks a whole scenario in some four milliseconds; a sweep sets the same few
parameters thousands of times. So a scenario is set and checked once, and then only filled in, as `sim.scenario.draw`
does with draws of distributions. The result is that of `apply_overrides`, which is called for a value outside its
field's range to raise its error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sim.data.days import day_of
from sim.scenario.draw import copied, drawn_values, resolve, with_numbers, with_postures
from sim.scenario.entry import Entry
from sim.scenario.errors import ScenarioError, choices, show
from sim.scenario.fields import FieldNote, bare, find, is_quantity, note
from sim.scenario.paths import apply_overrides, get_path, parameter_paths
from sim.scenario.schema import Scenario

FIXED = ("seed", "days")  # whole numbers that are not parameters of the model
_MOST_KNOWN = 64
_KNOWN: dict[tuple[int, tuple[str, ...]], Filling] = {}


class Coordinate(NamedTuple):
    """A coordinate of a point: the path of a parameter, its field, and whether it is a whole number."""

    path: str
    field: FieldNote
    whole: bool

    def typed(self, value: float) -> float:
        """Return the value in the field's type: rounded if it is a whole number."""
        return round(value) if self.whole else value


class Filling:
    """A scenario whose parameters at some paths are set again and again.

    Args:
        scenario: The scenario.
        paths: Paths of quantities, or of whole numbers such as ``frontex.officers``; dates of schedules may be new.
        first: Allowed values, one per path.

    Raises:
        ScenarioError: If a path is not a parameter, or is part of another one, or a value is not allowed.
    """

    def __init__(self, scenario: Scenario, paths: Sequence[str], first: Sequence[float]) -> None:
        """Set and check the scenario once."""
        self.scenario = scenario
        self.coordinates = [coordinate_of(scenario, path) for path in paths]
        self.base = apply_overrides(scenario, self._typed(first))
        self._tree: dict[str, Any] = {}
        for number, path in enumerate(paths):
            *way, last = path.split(".")
            level = self._tree
            for part in way:
                level = level.setdefault(part, {})
                if not isinstance(level, dict):
                    raise _overlap(path, paths[level])
            if last in level:
                raise _overlap(path, next(other for other in paths if other.startswith(f"{path}.") or other == path))
            level[last] = number

    def at(self, values: Sequence[float], seed: int | None = None) -> tuple[Scenario, dict[str, float]]:
        """Return the scenario at a point, with the rest drawn (or central), and the values of its parameters.

        Equal to `apply_overrides` followed by `resolve` and `drawn_values`.
        """
        typed = self._typed(values)
        if all(_allowed(one.field, value) for one, value in zip(self.coordinates, typed.values(), strict=True)):
            filled = _filled(with_numbers(self.base, seed), self._tree, list(typed.values()))
            return with_postures(filled, seed), {**drawn_values(self.base, seed), **_floats(typed)}
        scenario = apply_overrides(self.scenario, typed)
        return resolve(scenario, seed), {**drawn_values(scenario, seed), **_floats(typed)}

    def _typed(self, values: Sequence[float]) -> dict[str, float]:
        return {one.path: one.typed(float(v)) for one, v in zip(self.coordinates, values, strict=True)}


def filling(scenario: Scenario, paths: tuple[str, ...], first: Sequence[float]) -> Filling:
    """Return a `Filling`, made once for a scenario, which is immutable; the latest few are kept."""
    key = (id(scenario), paths)
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            del _KNOWN[next(iter(_KNOWN))]
        _KNOWN[key] = Filling(scenario, paths, first)  # keeps the scenario, and so its id
    return _KNOWN[key]


def coordinate_of(scenario: Scenario, path: str) -> Coordinate:
    """Return the parameter at a path.

    Raises:
        ScenarioError: If there is none, with suggestions.
    """
    parts: list[Any] = path.split(".")
    data = scenario.model_dump()
    spot = find([_key(part) for part in parts], data)
    kind = bare(spot.type) if spot else None
    is_number = spot is not None and (is_quantity(spot.type) or kind is int)
    if not is_number or path in FIXED:
        raise _no_parameter(scenario, path)
    try:
        get_path(scenario, path)
    except ScenarioError:
        if not isinstance(_key(parts[-1]), date):
            raise _no_parameter(scenario, path) from None
        try:
            get_path(scenario, ".".join(parts[:-1]))
        except ScenarioError:
            raise _no_parameter(scenario, path) from None
    return Coordinate(path, note(spot.field if spot else None), kind is int)


def _overlap(path: str, other: str) -> ScenarioError:
    return ScenarioError(f"found {show(path)} and {show(other)}, which set the same; allowed: one of them")


def _no_parameter(scenario: Scenario, path: str) -> ScenarioError:
    known = [parameter.path for parameter in parameter_paths(scenario)]
    close = [name for name in known if path.split(".")[0] == name.split(".")[0]] or known
    return ScenarioError(f"found {show(path)}, which is no parameter of {scenario.title!r}; {choices(close, path)}")


def _key(part: str) -> Any:
    try:
        return day_of(part)
    except ValueError:
        return part


def _allowed(field: FieldNote, value: float) -> bool:
    return (field.low is None or value >= field.low) and (field.high is None or value <= field.high)


def _floats(values: Mapping[str, float]) -> dict[str, float]:
    return {path: float(value) for path, value in values.items()}


def _filled(value: Any, tree: dict[str, Any], values: Sequence[float]) -> Any:
    def item(old: Any, branch: Any) -> Any:
        return values[branch] if isinstance(branch, int) else _filled(old, branch, values)

    if isinstance(value, Entry):
        fields = value.__dict__
        return copied(value, {name: item(fields[name], branch) for name, branch in tree.items()})
    return {key: item(old, tree[str(key)]) if str(key) in tree else old for key, old in value.items()}
