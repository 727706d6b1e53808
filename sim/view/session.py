"""One browser's session: a scenario, what was changed of it, the model on screen, and the baseline's ghost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any

from sim.scenario import Scenario, diff_yaml, load_scenario, scenario_names, to_yaml
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
PARTS = ("-prior", "-posterior")  # the steps of a fitted scenario


@dataclass(frozen=True)
class Baseline:
    """What the unchanged scenario leads to, as the charts' JSON by chart, and the figures by day."""

    charts: dict[str, str]
    numbers: dict[str, list[float]]


@lru_cache(maxsize=32)
def baseline_of(name: str) -> Baseline:
    """The whole run of a scenario with its own seed; kept, as it is the same for everybody."""
    return run_of(load_scenario(name))


def run_of(scenario: Scenario) -> Baseline:
    """The whole run of a scenario."""
    model = WatchedModel(scenario).run_to(scenario.days)
    charts = {chart: json.dumps(make(model), separators=(",", ":")) for chart, make in SERIES.items()}
    return Baseline(charts, numbers_by_day(model))


def offered(start: str) -> list[str]:
    """What may be picked: what ships, but the scenarios that others are made of, and the file that it began with."""
    names = [name for name in scenario_names() if name != "base" and not name.endswith(PARTS)]
    return names if start in names else [start, *names]


class Session:
    """All that one browser tab sees; nothing of it is shared with another.

    A change runs the scenario anew from its first day to the day on screen, so that the what-if is the same
    as if it had been in the file: the same people, the same draws.

    Attributes:
        name: Shipped name or file of the scenario.
        base: The scenario as its file says.
        choices: What was changed of it.
        scenario: With the changes.
    """

    def __init__(self, start: str = DEFAULT) -> None:
        """Open a scenario; no model is made yet."""
        self.pace = Pace()
        self.lock = RLock()
        self.start = start
        self.open(start)

    def open(self, name: str) -> None:
        """Take up a scenario that is offered; raises ScenarioError and changes nothing if it cannot be loaded."""
        if name not in offered(self.start):
            raise ValueError(f"found {name!r}, which is not offered")
        base = load_scenario(name)
        self.take(name, base)

    def take(self, name: str, base: Scenario, ghost: Baseline | None = None) -> None:
        """Take up a scenario that is no file; ``ghost`` is its whole run."""
        self.name, self.base, self.scenario = name, base, base
        self.choices, self._ghost = Choices(base.start), ghost

    @property
    def title(self) -> str:
        """Title of the scenario, as its file says."""
        return self.base.title

    @property
    def baseline(self) -> Baseline:
        """What the unchanged scenario leads to."""
        return self._ghost or baseline_of(self.name)

    def model(self, day: int = 0) -> WatchedModel:
        """A new model of the scenario with its changes, run to a day."""
        return WatchedModel(self.scenario, self.pace).run_to(day)

    def choose(self, choices: Choices) -> None:
        """Put choices in place; raises ScenarioError and changes nothing if they are not allowed."""
        self.scenario, self.choices = changed(self.base, choices), choices

    def set_lever(self, name: str, value: float | None) -> None:
        """Set one lever, or let it go with None."""
        self.choose(with_value(self.choices, name, value))

    def set_since(self, day: int) -> None:
        """Changes hold from this day of the run on."""
        self.choose(replace(self.choices, since=self._date(day)))

    def set_ban(self, routes: list[str], day: int) -> None:
        """Carriers may not fly on routes (none: no ban) from this day of the run on."""
        ban = Ban(tuple(sorted(routes)), self._date(day)) if routes else None
        self.choose(replace(self.choices, ban=ban))

    def set_measure(self, name: str, on: bool) -> None:
        """Switch a measure of the scenario off or on again."""
        off = self.choices.off - {name} if on else self.choices.off | ({name} & set(self.base.measures))
        self.choose(replace(self.choices, off=off))

    def clear(self) -> None:
        """Back to the scenario as its file says."""
        self.choose(Choices(self.base.start))

    def named(self) -> Scenario:
        """What is on screen, under a title and description of its own where it was changed."""
        return named(self.scenario, self.base, self.choices)

    def saved(self) -> tuple[str, str]:
        """Name and text of a scenario file that reproduces what is on screen."""
        scenario = self.named()
        shipped = self.name in scenario_names()
        stem = Path(self.name).stem
        text = diff_yaml(scenario, self.name) if shipped else to_yaml(scenario)
        return f"{stem}-what-if.yaml", text

    def close(self) -> None:
        """Nobody looks any more: a model that still plays stops."""
        self.pace.close()

    def _date(self, day: int) -> date:
        first = self.base.start.toordinal()
        return date.fromordinal(first + min(max(int(day), 0), self.base.days - 1))
