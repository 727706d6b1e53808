"""Weekly tables of a study, in place of one that was run: three replicates, with values as the test says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd

from sim.scenario import Scenario
from sim.studies import statistics

RUNS = (0, 1, 5)  # what replicates have on top of the value that is given
# Quantiles of these, by linear interpolation.
ENDS = {"low90": 0.1, "low50": 0.5, "median": 1.0, "high50": 3.0, "high90": 4.6}


class Tables:
    """A study whose tables are given: by level and output, the weekly values of a scenario's names."""

    def __init__(
        self, scenarios: dict[str, Scenario], values: dict[tuple[str, str], dict[tuple[str, str], Any]]
    ) -> None:
        self.scenarios, self.values = scenarios, values
        self.names = list(scenarios)
        self.base, self.others = self.names[0], self.names[1:]

    def weekly(self, level: str, output: str) -> pd.DataFrame:
        rows = [
            (scenario, run, self.scenarios[scenario].start + timedelta(days=7 * week), name, value + more)
            for (scenario, name), values in self.values.get((level, output), {}).items()
            for run, more in enumerate(RUNS)
            for week, value in enumerate(values)
        ]
        table = pd.DataFrame(rows, columns=["scenario", "run", "week", "name", "value"])
        return table.assign(week=pd.to_datetime(table["week"]))

    def fan(self, level: str, output: str) -> pd.DataFrame:
        return statistics.fan(self.weekly(level, output).sample(frac=1, random_state=1))


def banded(name: str, values: list[float], of: int = 1) -> dict[str, Any]:
    """A fan of values, each the sum of so many."""
    return {"name": name, **{end: [value + of * more for value in values] for end, more in ENDS.items()}}
