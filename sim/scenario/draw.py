"""Draws of a scenario's distributions, which give a scenario of plain numbers."""

from __future__ import annotations

import weakref
from hashlib import blake2b
from typing import Any, NamedTuple

from sim.scenario.by_cohort import OTHERS
from sim.scenario.entry import Entry
from sim.scenario.fields import find, is_by_cohort
from sim.scenario.paths import parameter_paths
from sim.scenario.quantity import JOINT, Distribution
from sim.scenario.schema import Scenario


class _Leaf(NamedTuple):
    """A distribution: its path, the path that keys its draw, and its field's range."""

    path: str
    key: str
    value: Distribution
    low: float
    high: float


_Plan = dict[str, Any]  # by part of the path: a further plan, or a leaf
_PLANS: dict[int, tuple[weakref.ref[Scenario], _Plan]] = {}


def resolve(scenario: Scenario, seed: int | None = None) -> Scenario:
    """Return the scenario with a number in place of each distribution.

    Central values (mode, median) when ``seed`` is None. Otherwise each is drawn
    at a probability that is a hash of seed and dotted path, and truncated to its
    field's range: adding a parameter never changes the draw of another, nor does a value
    for one cohort the draws of the others. The values of
    ``joint`` distributions are drawn together, at a hash of the seed alone.

    >>> from sim import load_scenario, resolve
    >>> scenario = load_scenario("carrier-ban", overrides={"behaviour.retry": {"triangular": [6, 10, 14]}})
    >>> resolve(scenario).behaviour.retry
    10.0
    >>> round(resolve(scenario, seed=1).behaviour.retry, 3)
    13.585
    """
    return _filled(scenario, _plan(scenario), seed)  # type: ignore[no-any-return]


def drawn_values(scenario: Scenario, seed: int | None = None) -> dict[str, float]:
    """Return the numbers that `resolve` substitutes for distributions, by dotted path."""
    values: dict[str, float] = {}
    _collect(_plan(scenario), seed, values)
    return values


def _collect(plan: _Plan, seed: int | None, values: dict[str, float]) -> None:
    for part in plan.values():
        if isinstance(part, _Leaf):
            values[part.path] = _item(None, part, seed)
        else:
            _collect(part, seed, values)


def uniform(seed: int, path: str) -> float:
    """Return a number in (0, 1), uniform over seeds and paths."""
    digest = blake2b(f"{seed}:{path}".encode(), digest_size=8).digest()
    return ((int.from_bytes(digest, "little") >> 11) + 0.5) / 2**53


def _plan(scenario: Scenario) -> _Plan:
    """Find the distributions, once for a scenario, which is immutable."""
    known = _PLANS.get(id(scenario))
    if known is not None and known[0]() is scenario:
        return known[1]
    plan: _Plan = {}
    for path, value, field in parameter_paths(scenario):
        if isinstance(value, Distribution):
            *way, last = path.split(".")
            level = plan
            for part in way:
                level = level.setdefault(part, {})
            low = -float("inf") if field.low is None else field.low
            level[last] = _Leaf(path, _drawn_by(path), value, low, float("inf") if field.high is None else field.high)
    number = id(scenario)
    _PLANS[number] = (weakref.ref(scenario, lambda _: _PLANS.pop(number, None)), plan)
    return plan


def _drawn_by(path: str) -> str:
    """Return the path that keys a draw; for cohorts not named, that of the quantity itself, which keeps their draw."""
    whole, _, last = path.rpartition(".")
    spot = find(whole.split("."), None) if last == OTHERS else None
    return whole if spot is not None and is_by_cohort(spot.type) else path


def _filled(value: Any, plan: _Plan, seed: int | None) -> Any:
    if isinstance(value, Entry):
        fields = value.__dict__
        return copied(value, {name: _item(fields[name], part, seed) for name, part in plan.items()})
    return {key: _item(item, plan[str(key)], seed) if str(key) in plan else item for key, item in value.items()}


def copied(entry: Entry, update: dict[str, Any]) -> Entry:
    """Return ``entry.model_copy(update=update)``, made by the pickle protocol in a fifth of the time."""
    new = entry.__class__.__new__(entry.__class__)
    state = entry.__getstate__()
    state["__dict__"] = {**entry.__dict__, **update}
    new.__setstate__(state)
    return new


def _item(value: Any, plan: _Plan | _Leaf, seed: int | None) -> Any:
    if isinstance(plan, _Leaf):
        if seed is None:
            return plan.value.centre
        if plan.value.kind == JOINT:
            values = plan.value.arguments
            return min(max(values[int(uniform(seed, JOINT) * len(values))], plan.low), plan.high)
        return plan.value.quantile(uniform(seed, plan.key), plan.low, plan.high)
    return _filled(value, plan, seed)
