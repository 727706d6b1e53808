"""Draws of a scenario's distributions and processes, which give a scenario of plain numbers."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Mapping
from datetime import date
from hashlib import blake2b
from statistics import NormalDist
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


_LONGEST_LOOK_BACK = 120  # months before the first from which a process comes
_LATEST_DAY = 28  # of a month on which an off regime may begin
_NORMAL = NormalDist()
_Plan = dict[str, Any]  # by part of the path: a further plan, or a leaf
_PLANS: dict[int, tuple[weakref.ref[Scenario], _Plan]] = {}


def resolve(scenario: Scenario, seed: int | None = None) -> Scenario:
    """Return the scenario with a number in place of each distribution, and schedules in place of each process.

    Central values (mode, median) when ``seed`` is None. Otherwise each is drawn
    at a probability that is a hash of seed and dotted path, and truncated to its
    field's range; so are the paths of processes, month by month: adding a parameter
    never changes the draw of another, nor does a value for one cohort the draws of the others. The values of
    ``joint`` distributions are drawn together, at a hash of the seed alone.

    >>> from sim import load_scenario, resolve
    >>> scenario = load_scenario("carrier-ban", overrides={"behaviour.retry": {"triangular": [6, 10, 14]}})
    >>> resolve(scenario).behaviour.retry
    10.0
    >>> round(resolve(scenario, seed=1).behaviour.retry, 3)
    13.585
    """
    if scenario.reactions and not scenario.answers:
        scenario = copied(scenario, {"reactions": {}})  # type: ignore[assignment]
    return with_postures(with_numbers(scenario, seed), seed)


def with_numbers(scenario: Scenario, seed: int | None = None) -> Scenario:
    """Return the scenario with a number in place of each distribution; processes stay as they are.

    The run from which it begins is resolved by the same seed: a quantity that both give alike is drawn alike.
    """
    filled: Scenario = _filled(scenario, _plan(scenario), seed)
    if filled.begins is None:
        return filled
    return copied(filled, {"begins": resolve(filled.begins, seed)})  # type: ignore[return-value]


def with_postures(scenario: Scenario, seed: int | None = None) -> Scenario:
    """Return a scenario of plain numbers with schedules in place of each transit state's posture process.

    Paths are keyed by seed, state and calendar month: they depend neither on the rest of the scenario nor on its first
    day. See `sim.scenario.actors.PostureProcess`.
    """
    states = {name: state for name, state in scenario.transit_states.items() if state.posture is not None}
    if not states:
        return scenario
    changed: dict[str, Any] = dict(scenario.transit_states)
    zones: dict[str, Any] = dict(scenario.zones)
    for name, state in states.items():
        path = PosturePath(f"transit_states.{name}.posture", state.posture, seed, scenario.first, scenario.end)
        visas: Any = state.visas
        schedules = {"facilitation": path.facilitation(), "visas": path.visas(visas), "posture": None}
        changed[name] = copied(state, schedules)
        for zone, entry in scenario.zones.items():
            if entry.transit_state == name:
                zones[zone] = copied(entry, {"steering": path.steering(zone)})
    return copied(scenario, {"transit_states": changed, "zones": zones})  # type: ignore[return-value]


def drawn_values(scenario: Scenario, seed: int | None = None) -> dict[str, float]:
    """Return the numbers that `resolve` substitutes for distributions, by dotted path."""
    values: dict[str, float] = {}
    _collect(_plan(scenario), seed, values)
    return values


def uniform(seed: int, path: str) -> float:
    """Return a number in (0, 1), uniform over seeds and paths."""
    digest = blake2b(f"{seed}:{path}".encode(), digest_size=8).digest()
    return ((int.from_bytes(digest, "little") >> 11) + 0.5) / 2**53


def _collect(plan: _Plan, seed: int | None, values: dict[str, float]) -> None:
    for part in plan.values():
        if isinstance(part, _Leaf):
            values[part.path] = _item(None, part, seed)
        else:
            _collect(part, seed, values)


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


class PosturePath:
    """One path of a posture process over a run, as schedules by date; at its mean when ``seed`` is None.

    Args:
        key: Key of its draws, the process's dotted path.
        process: A `sim.scenario.actors.PostureProcess` of plain numbers.
        seed: The replicate's seed, or None.
        start: First day of the run.
        end: Last day of the run.
    """

    def __init__(self, key: str, process: Any, seed: int | None, start: date, end: date) -> None:
        """Draw the off regimes."""
        self.key, self.process, self.seed, self.start, self.end = key, process, seed, start, end
        self.first, self.last = _month(start), _month(end)
        self.regimes = [] if seed is None else self._regimes(seed)

    def facilitation(self) -> dict[date, float]:
        """Return facilitation (share, 0 to 1) from each day on which it changes."""
        centre, deviations = self.process.facilitation, self._deviations("facilitation", self.process.facilitation_sd)
        logit = math.log(centre / (1.0 - centre))
        if not any(deviations):
            return self._by_day(lambda day: centre * self._on(day))
        return self._by_day(lambda day: self._on(day) / (1.0 + math.exp(-logit - deviations[self._row(day)])))

    def visas(self, schedule: Mapping[date, float]) -> dict[date, float]:
        """Return visas (persons per day) from each day on which they change; ``schedule`` is at factor 1."""
        deviations = self._deviations("inflow", self.process.inflow_sd)

        def visas(day: date) -> float:
            allowed = schedule[max(known for known in schedule if known <= day)] if min(schedule) <= day else 0.0
            return min(allowed * math.exp(deviations[self._row(day)]) * self._on(day), 1e6)

        return self._by_day(visas, schedule) if schedule else {}

    def steering(self, zone: str) -> dict[date, float]:
        """Return the steering (logit) of a zone from each day on which it changes."""
        deviations = self._deviations(f"steering.{zone}", self.process.steering_sd)
        mean = self.process.steering.get(zone, 0.0)
        return self._by_day(lambda day: min(max(mean + deviations[self._row(day)], -20.0), 20.0))

    def _row(self, day: date) -> int:
        return _month(day) - self.first

    def _by_day(self, value: Callable[[date], float], more: Mapping[date, Any] | None = None) -> dict[date, float]:
        """Return a schedule without entries that repeat the value before."""
        days = {_first_day(month) for month in range(self.first + 1, self.last + 1)}
        days |= {day for day in more or () if self.start <= day <= self.end}
        length = math.ceil(self.process.off_days)
        turns = [day + k for regime in self.regimes for day in regime for k in range(length)]
        days |= {date.fromordinal(day) for day in turns if self.start.toordinal() < day <= self.end.toordinal()}
        schedule = {self.start: value(self.start)}
        last = schedule[self.start]
        for day in sorted(days):
            if (new := value(day)) != last:
                schedule[day] = last = new
        return schedule

    def _deviations(self, name: str, sd: float) -> list[float]:
        """Return the deviations of a stationary process, by month of the run.

        x(t) = phi x(t - 1) + sd sqrt(1 - phi^2) e(t), phi = exp(-1 / memory), as the sum of its latest shocks, so that
        a month has one value whatever the first month of the run; the sum has the variance of the process.
        """
        months = range(self.first, self.last + 1)
        if self.seed is None or sd <= 0:
            return [0.0 for _ in months]
        back = min(_LONGEST_LOOK_BACK, math.ceil(7 * self.process.memory) + 1)
        weights = [math.exp(-k / self.process.memory) for k in range(back)]
        scale = sd / math.sqrt(sum(weight * weight for weight in weights))
        shocks = [_shock(self.seed, f"{self.key}.{name}:{m}") for m in range(self.first - back + 1, self.last + 1)]
        return [
            scale * sum(weight * shocks[number + back - 1 - k] for k, weight in enumerate(weights))
            for number in range(len(months))
        ]

    def _regimes(self, seed: int) -> list[tuple[int, int]]:
        """Return the off regimes: ordinals of the first day, and of the first day after."""
        begins, ends = self.process.off_begins, 1.0 / self.process.off_months
        if begins <= 0:
            return []
        earliest = self.first - _LONGEST_LOOK_BACK
        off = uniform(seed, f"{self.key}.off:{earliest}") < begins / (begins + ends)
        since = earliest if off else None
        regimes = []
        for month in range(earliest + 1, self.last + 1):
            u = uniform(seed, f"{self.key}.off:{month}")
            if since is None and u < begins:
                since = month
            elif since is not None and u > 1.0 - ends:
                regimes.append((since, month))
                since = None
        if since is not None:
            regimes.append((since, self.last + 2))
        return [self._dated(seed, *regime) for regime in regimes if regime[1] >= self.first]

    def _dated(self, seed: int, since: int, until: int) -> tuple[int, int]:
        later = int(uniform(seed, f"{self.key}.day:{since}") * _LATEST_DAY)
        return _first_day(since).toordinal() + later, _first_day(until).toordinal() + later

    def _on(self, day: date) -> float:
        """Return 1 on a day on which the state is on, 0 when it is off, and what lies between while it turns."""
        now, days = day.toordinal(), self.process.off_days
        return 1.0 - sum(_done(now - since, days) - _done(now - until, days) for since, until in self.regimes)


def _done(days: int, needed: float) -> float:
    """Return the share of a change that is done on a day, counted from the order's (0)."""
    return min(max((days + 1) / needed, 0.0), 1.0)


def _shock(seed: int, key: str) -> float:
    return _NORMAL.inv_cdf(uniform(seed, key))


def _month(day: date) -> int:
    """Return the number of a day's calendar month, from the year 0."""
    return day.year * 12 + day.month - 1


def _first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
