"""A browser session: a scenario, the changes to it, the model on screen, and the baseline as a ghost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

from sim.scenario import Scenario, diff_yaml, load_scenario, load_shipped, scenario_names, to_yaml
from sim.view import series
from sim.view.levers import Ban, Choices, changed, named, with_value
from sim.view.live_model import Pace, WatchedModel
from sim.view.numbers import numbers_by_day

SERIES: dict[str, Callable[[Any], series.Chart]] = {
    "pressure": series.pressure_series,
    "load": series.load_series,
    "outcome": series.outcome_series,
}
DEFAULT = "benghazi-minsk-2025"
PARTS = ("-prior", "-posterior")  # endings of the parents of a fitted scenario


@dataclass(frozen=True)
class Baseline:
    """The run of the unchanged scenario: JSON by chart, and figures by day."""

    charts: dict[str, str]
    numbers: dict[str, list[float]]


@lru_cache(maxsize=32)
def baseline_of(name: str) -> Baseline:
    """Return the whole run of a scenario with its own seed, cached for all sessions."""
    return run_of(load_scenario(name))


def run_of(scenario: Scenario) -> Baseline:
    """Return the whole run of a scenario."""
    model = WatchedModel(scenario).run_to(scenario.days)
    charts = {chart: json.dumps(make(model), separators=(",", ":")) for chart, make in SERIES.items()}
    return Baseline(charts, numbers_by_day(model))


def offered(start: str) -> list[str]:
    """Return the scenarios on offer: those that ship, without mere parents of others, and the starting file."""
    names = [name for name in scenario_names() if name != "base" and not name.endswith(PARTS)]
    return names if start in names else [start, *names]


def on_offer(name: str) -> Scenario:
    """Return a scenario that is on offer; those that ship are read once for all sessions."""
    return load_shipped(name) if name in scenario_names() else load_scenario(name)


class Session:
    """The state of one browser tab, not shared with any other.

    A change reruns the scenario from its first day to the day on screen, so the what-if is the same as if it had
    been in the file: the same people, the same draws.

    Attributes:
        name: Shipped name or file of the scenario.
        base: The scenario as in its file.
        choices: The changes to it.
        scenario: The scenario with the changes.
    """

    def __init__(self, start: str = DEFAULT) -> None:
        """Open a scenario; no model is made yet."""
        self.pace = Pace()
        self.lock = RLock()
        self.start = start
        self.open(start)

    def open(self, name: str) -> None:
        """Open a scenario on offer; raises ScenarioError, without any change, if it cannot be loaded."""
        if name not in offered(self.start):
            raise ValueError(f"found {name!r}, which is not offered")
        base = load_scenario(name)
        self.take(name, base)

    def take(self, name: str, base: Scenario, ghost: Baseline | None = None) -> None:
        """Open a scenario that is not a file; ``ghost`` is its whole run."""
        self.name, self.base, self.scenario = name, base, base
        self.choices, self._ghost = Choices(base.start), ghost

    @property
    def title(self) -> str:
        """Return the title of the scenario in its file."""
        return self.base.title

    @property
    def baseline(self) -> Baseline:
        """Return the run of the unchanged scenario."""
        return self._ghost or baseline_of(self.name)

    def model(self, day: int = 0) -> WatchedModel:
        """Return a new model of the scenario with its changes, run to a day."""
        return WatchedModel(self.scenario, self.pace).run_to(day)

    def choose(self, choices: Choices) -> None:
        """Apply choices; raises ScenarioError, without any change, if they are not allowed."""
        self.scenario, self.choices = changed(self.base, choices), choices

    def set_lever(self, name: str, value: float | None) -> None:
        """Set one lever, or release it with None."""
        self.choose(with_value(self.choices, name, value))

    def set_since(self, day: int) -> None:
        """Let changes apply from this day of the run on."""
        self.choose(replace(self.choices, since=self._date(day)))

    def set_ban(self, routes: list[str], day: int) -> None:
        """Ban carriers on routes (none: no ban) from this day of the run on."""
        ban = Ban(tuple(sorted(routes)), self._date(day)) if routes else None
        self.choose(replace(self.choices, ban=ban))

    def set_measure(self, name: str, on: bool) -> None:
        """Switch a measure of the scenario off or on again."""
        off = self.choices.off - {name} if on else self.choices.off | ({name} & set(self.base.measures))
        self.choose(replace(self.choices, off=off))

    def clear(self) -> None:
        """Return to the scenario as in its file."""
        self.choose(Choices(self.base.start))

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
