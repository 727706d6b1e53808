"""Findings made by hand: rows of a study that was never run, so that what is said of them is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd

from sim.report.findings import Findings
from sim.scenario.schema import Scenario
from tests.strategies import START

ENDS = ("low90", "low50", "median", "high50", "high90")


def row(
    scenario: str, measure: str, ends: Sequence[float], level: str = "all", name: str = "all", unit: str = "attempts"
) -> dict[str, Any]:
    """A row of intervals or differences: five numbers from the lowest to the highest, or one that stands for all."""
    five = ends if len(ends) == 5 else [*ends] * 5
    known = {"scenario": scenario, "level": level, "name": name, "measure": measure, "unit": unit, "replicates": 4}
    return {**known, **dict(zip(ENDS, five, strict=True))}


def weeks(parts: Mapping[tuple[str, str], Sequence[Sequence[float]]]) -> pd.DataFrame:
    """A weekly table by scenario and name: a sequence of the five numbers, or of the median alone, for each week."""
    rows = [
        {"scenario": scenario, "name": name, "week": pd.Timestamp(START) + pd.Timedelta(days=7 * k)}
        | dict(zip(ENDS, ends if len(ends) == 5 else [*ends] * 5, strict=True))
        for (scenario, name), values in parts.items()
        for k, ends in enumerate(values)
    ]
    return pd.DataFrame(rows)


class Handmade(Findings):
    """Findings of scenarios with rows, weekly tables and windows of one's own.

    Args:
        scenarios: By name, the base first.
        values: Rows of `row`.
        differences: The same, for the other scenarios.
        fans: Weekly tables by level and output.
        overload: Weekly probabilities: scenario, name, week, probability.
        runs: Successful runs of each scenario.
        windows: First and last day in which a scenario can differ.
    """

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        values: Sequence[Mapping[str, Any]] = (),
        differences: Sequence[Mapping[str, Any]] = (),
        fans: Mapping[tuple[str, str], pd.DataFrame] | None = None,
        overload: pd.DataFrame | None = None,
        runs: int = 4,
        windows: Mapping[str, tuple[date, date]] | None = None,
    ) -> None:
        self.scenarios, self.asked, self.study, self.results, self.whole = dict(scenarios), runs, None, None, None
        self.about: Mapping[str, Any] = {}
        self.runs, self.fans, self.windows = runs, fans or {}, windows or {}
        self.__dict__["intervals"] = pd.DataFrame([dict(one) for one in values])
        self.__dict__["differences"] = pd.DataFrame([dict(one) for one in differences])
        self.__dict__["overload"] = pd.DataFrame() if overload is None else overload

    def done(self, name: str) -> int:
        return self.runs

    def fan(self, level: str, output: str) -> pd.DataFrame:
        empty = pd.DataFrame(columns=["scenario", "name", "week"])
        return self.fans.get((level, output), empty)

    def window(self, other: str) -> Any:
        """The days alone: values within a window are those of the whole run."""
        days = self.windows.get(other)
        return days and SimpleNamespace(first=days[0], last=days[1], asked=False)

    def window_value(self, scenario: str, other: str, output: str) -> dict[str, Any] | None:
        return None

    def window_difference(self, other: str, output: str) -> dict[str, Any] | None:
        return None

    def difference_at(self, other: str, output: str, level: str, name: str) -> dict[str, Any] | None:
        return self.difference(other, output, level, name)
