"""A browser session: a scenario, the changes to it, the model on screen, and the baseline as a ghost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

from sim.scenario import (
    Scenario,
    ScenarioError,
    apply_overrides,
    diff_yaml,
    load_scenario,
    load_shipped,
    scenario_names,
    to_yaml,
)
from sim.view import series
from sim.view.levers import Ban, Choices, Setting, changed, difference, levers_of, named, with_setting
from sim.view.live_model import Pace, WatchedModel
from sim.view.numbers import numbers_by_day
from sim.view.state.history import History
from sim.view.state.window import begun

SERIES: dict[str, Callable[[Any], series.Chart]] = {
    "pressure": series.pressure_series,
    "load": series.load_series,
    "outcome": series.outcome_series,
}
DEFAULT = "benghazi-minsk-2025"
MOST_FILES = 100  # of the working folder
PARTS = ("-prior", "-posterior")  # endings of the parents of a fitted scenario


@dataclass(frozen=True)
class Baseline:
    """The run of the unchanged scenario: JSON by chart, and figures by day."""

    charts: dict[str, str]
    numbers: dict[str, list[float]]


@lru_cache(maxsize=32)
def baseline_of(name: str, seed: int | None = None) -> Baseline:
    """Return the whole run of a scenario with a seed, its own if None, cached for all sessions."""
    return run_of(loaded(name, seed))


def loaded(name: str, seed: int | None = None) -> Scenario:
    """Return a scenario on offer, with a seed in place of its own unless that is None; raises ScenarioError."""
    scenario = on_offer(name)
    return scenario if seed is None else apply_overrides(scenario, {"seed": seed})


def run_of(scenario: Scenario) -> Baseline:
    """Return the whole run of a scenario."""
    model = WatchedModel(scenario).run_to(scenario.days)
    charts = {chart: json.dumps(make(model), separators=(",", ":")) for chart, make in SERIES.items()}
    return Baseline(charts, numbers_by_day(model))


def offered(start: str) -> list[str]:
    """Return the scenarios on offer: the starting file, those in the working folder, and those that ship.

    Mere parents of others are left out.
    """
    names = [name for name in scenario_names() if name != "base" and not name.endswith(PARTS)]
    return list(dict.fromkeys([start, *own_files(), *names] if start not in names else [*own_files(), *names]))


def own_files() -> list[str]:
    """Return the files of the working folder that are scenarios, by name; of many the first."""
    files = sorted(file for ending in ("*.yaml", "*.yml") for file in Path.cwd().glob(ending) if file.is_file())
    return [file.name for file in files[:MOST_FILES] if _is_scenario(file, file.stat().st_mtime_ns)]


@lru_cache(maxsize=4 * MOST_FILES)
def _is_scenario(file: Path, _changed: int) -> bool:
    try:
        load_scenario(file)
    except (ScenarioError, OSError, ValueError):
        return False
    return True


def on_offer(name: str) -> Scenario:
    """Return a scenario that is on offer: those that ship are read once for all sessions.

    A file is read anew each time, as what it extends may have changed though it has not. Raises ScenarioError.
    """
    return load_shipped(name) if name in _shipped() else load_scenario(name)


@cache
def _shipped() -> frozenset[str]:
    """Names of the scenarios that ship, looked up once: they are many files."""
    return frozenset(scenario_names())


def titles(start: str) -> dict[str, str]:
    """Return the titles of the scenarios on offer, by name."""
    return {name: on_offer(name).title for name in offered(start)}


class Session:
    """The state of one browser tab, not shared with any other.

    A change reruns the scenario from its first day to the day on screen, so the what-if is the same as if it had
    been in the file: the same people, the same draws.

    Attributes:
        name: Shipped name or file of the scenario.
        known: Whether the scenario is on offer, so that others can open it.
        seed: In place of the seed of a scenario on offer; None if that is used.
        base: The scenario as in its file, but for the seed.
        history: The changes to it, step by step.
        scenario: The scenario with the changes.
        since: Day from which the next change applies.
    """

    def __init__(self, start: str = DEFAULT) -> None:
        """Open a scenario; no model is made yet."""
        self.pace = Pace()
        self.lock = RLock()
        self.start = start
        self.open(start)

    def open(self, name: str, seed: int | None = None) -> None:
        """Open a scenario on offer; raises ScenarioError or ValueError, without any change, if it cannot be run."""
        self.offer(name)
        self.take(name, _ready(loaded(name, seed)))
        self.seed, self.known = seed, True

    def offer(self, name: str) -> Scenario:
        """Return a scenario on offer; raises ValueError if it is not, ScenarioError if it cannot be loaded."""
        if name not in offered(self.start):
            raise ValueError(f"found {name!r}, which is not offered")
        return on_offer(name)

    def take(self, name: str, base: Scenario, ghost: Baseline | None = None) -> None:
        """Open a scenario that is not on offer; ``ghost`` is its whole run."""
        self.known, self.seed = False, None
        self.name, self.base, self.scenario = name, base, base
        self.history, self._ghost, self.since = History(), ghost, base.start

    def set_seed(self, seed: int) -> None:
        """Run with another seed, the same changes applied; raises ScenarioError if it is not allowed."""
        base = apply_overrides(self.base, {"seed": seed})
        self.scenario, self.base = _ready(changed(base, self.choices)), base
        if self.known:
            self.seed = seed if seed != on_offer(self.name).seed else None
        else:
            self._ghost = run_of(base)

    @property
    def title(self) -> str:
        """Return the title of the scenario in its file."""
        return self.base.title

    @property
    def choices(self) -> Choices:
        """Return the changes to the scenario."""
        return self.history.now

    @property
    def baseline(self) -> Baseline:
        """Return the run of the unchanged scenario."""
        return self._ghost or baseline_of(self.name, self.seed)

    @property
    def worst_day(self) -> int:
        """Return the day of the unchanged run with the highest border pressure: one worth seeing; else the last."""
        peaks = self.baseline.numbers["peak"]
        highest = max(peaks, default=0.0)
        return peaks.index(highest) + 1 if highest > 0 else self.base.days

    def model(self, day: int = 0) -> WatchedModel:
        """Return a new model of the scenario with its changes, run to a day."""
        return WatchedModel(self.scenario, self.pace).run_to(day)

    def choose(self, choices: Choices, about: str = "", more: bool = False) -> None:
        """Apply choices; raises ScenarioError, without any change, if they are not allowed.

        ``about`` and ``more`` tell which steps are one (`sim.view.state.history.History.put`).
        """
        self.scenario = _ready(changed(self.base, choices))
        self.history.put(choices, lambda before: difference(self.base, before, choices), about, more)

    def go(self, step: int) -> None:
        """Undo or redo: go to a step of the history; raises ValueError if there is none."""
        self.scenario = _ready(changed(self.base, self.history.go(step)))

    def set_lever(self, name: str, value: float | None, day: int | None = None, more: bool = False) -> None:
        """Set one lever from a day of the run on, or release it with None.

        Without a day it keeps its own, if it was set before, else that of the next change applies.

        Raises:
            ScenarioError: If the value is not allowed, in the words of the page; nothing is changed.
        """
        old = self.choices.values.get(name)
        since = self._date(day) if day is not None else old.since if old else self.since
        to = None if value is None else Setting(float(value), since)
        try:
            self.choose(with_setting(self.choices, name, to), f"lever {name}", more)
        except ScenarioError as error:
            lever = next((one for one in levers_of(self.base) if one.name == name), None)
            if lever is None or to is None or not error.problems[0].path:
                raise
            problems = "; ".join(problem.text for problem in error.problems)
            raise ScenarioError(f"{lever.words(to.value)}: {problems}") from None

    def set_since(self, day: int) -> None:
        """Let the next changes apply from this day of the run on; those made keep theirs."""
        self.since = self._date(day)

    def set_ban(self, routes: list[str], day: int, more: bool = False) -> None:
        """Ban carriers on routes (none: no ban) from this day of the run on."""
        ban = Ban(tuple(sorted(routes)), self._date(day)) if routes else None
        self.choose(replace(self.choices, ban=ban), "ban", more)

    def set_measure(self, name: str, on: bool) -> None:
        """Switch a measure of the scenario off or on again."""
        off = _switched(self.choices.off, {name} & set(self.base.measures), on)
        self.choose(replace(self.choices, off=off))

    def set_reaction(self, name: str, on: bool) -> None:
        """Let a reaction of the scenario not take place, or take place again."""
        unanswered = _switched(self.choices.unanswered, {name} & set(self.base.reactions), on)
        self.choose(replace(self.choices, unanswered=unanswered))

    def clear(self) -> None:
        """Return to the scenario as in its file."""
        self.choose(Choices())

    def named(self) -> Scenario:
        """Return the scenario on screen, with a new title and description if it was changed."""
        return named(self.scenario, self.base, self.choices)

    def saved(self) -> tuple[str, str]:
        """Return name and text of a scenario file that reproduces what is on screen."""
        scenario = self.named()
        shipped = self.name in scenario_names()
        stem = Path(self.name).stem
        text = diff_yaml(scenario, self.name) if shipped else to_yaml(scenario)
        return f"{stem}-what-if.yaml", text

    def close(self) -> None:
        """Close the session: a model that is still playing stops."""
        self.pace.close()

    def _date(self, day: int) -> date:
        first = self.base.start.toordinal()
        return date.fromordinal(first + min(max(int(day), 0), self.base.days - 1))


def _ready(scenario: Scenario) -> Scenario:
    """Return a scenario that can be run; raises ScenarioError if it begins from another run and cannot."""
    if scenario.begins is not None:
        begun(scenario)
    return scenario


def _switched(off: frozenset[str], names: set[str], on: bool) -> frozenset[str]:
    return off - names if on else off | names
