"""How uncertain the run on screen is: bands of replicates for its charts and figures, on demand, in the background."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from sim.engine.rows import STATUSES
from sim.outputs.definitions import ALL, OUTPUTS
from sim.outputs.rounding import points, shown
from sim.outputs.run_data import WINDOW
from sim.scenario import Scenario
from sim.studies.plan import Plan
from sim.studies.study import Study
from sim.studies.work.executors import Workplace
from sim.view.background import Background, spare_pool
from sim.view.series import UNDER_WAY
from sim.view.session import Session

REPLICATES = 20
ENDS = (0.05, 0.95)
# By figure of the view: level, output and status of the weekly table, whether it is summed from the first week on, and
# by what it is divided.
SOURCES: dict[str, tuple[str, str, str, bool, float]] = {
    "attempts": ("section", "attempts", "", False, WINDOW),
    "turned_back": ("section", "turn_backs", "", True, 1),
    "inside": ("section", "entries", "", True, 1),
    "waiting": ("status", "persons", "at_border", False, 1),
    "stranded": ("status", "persons", "stranded", False, 1),
    "landed": ("route", "landed", "", True, 1),
    "dead": (ALL, "deaths", "", True, 1),
}


def bands_of(study: Study) -> dict[str, Any]:
    """Return the 90 % interval of the replicates by week: of border pressure by section, figures, totals, persons.

    Totals are those of the chart of load, by its views: detected attempts a day, mean of the week. Persons are those
    under way at the end of the week, by the codes of lines in the chart of where people are.
    """
    table = study.weekly("section", "border_pressure")
    pressure = {str(name): _ends(part) for name, part in table.groupby("name", observed=True, sort=False)}
    figures = {}
    for name, (level, output, status, summed, by) in SOURCES.items():
        table = study.weekly(level, output)
        table = table[table["name"] == status] if status else table
        if len(table):
            figures[name] = _ends(table, summed, by)
    found = {"pressure": pressure, "figures": figures, "totals": _totals(study), "persons": _persons(study)}
    return {"every": WINDOW, "replicates": study.replicates, **found}


def _totals(study: Study) -> dict[str, dict[str, list[float]]]:
    scenario, calls = study.scenarios[study.base], study.weekly("section", "patrol_calls")
    country = {code: scenario.agencies[one.agency].country for code, one in scenario.sections.items()}
    of = calls["name"].astype(str).map(country)
    parts = {"All": calls, **{str(name): calls[of == name] for name in of.unique()}}
    return {name: _ends(part, by=WINDOW) for name, part in parts.items() if len(part)}


def _persons(study: Study) -> dict[str, dict[str, list[float]]]:
    table, found = study.weekly("status", "persons"), {}
    for code, statuses, _ in UNDER_WAY.values():
        part = table[table["name"].isin([STATUSES[status] for status in statuses])]
        if len(part):
            found[code] = _ends(part)
    return found


def _ends(table: pd.DataFrame, summed: bool = False, by: float = 1) -> dict[str, list[float]]:
    wide = table.pivot_table(index="run", columns="week", values="value", aggfunc="sum", observed=True).sort_index(
        axis=1
    )
    values = wide.to_numpy() / by
    low, high = np.quantile(values.cumsum(axis=1) if summed else values, ENDS, axis=0)
    return {"low": points(low), "high": points(high)}


class Bands:
    """The bands of a session's run; they are those of one scenario, and no longer shown once it is changed."""

    def __init__(self, session: Session, place: Callable[[], Workplace] = spare_pool) -> None:
        """Set up without bands."""
        self.session = session
        self.work = Background(bands_of, place=place)
        self.of: Scenario | None = None

    @property
    def found(self) -> dict[str, Any] | None:
        """Return the bands of the run on screen; None if there are none."""
        result: dict[str, Any] | None = self.work.progress.result
        return result if self.of is self.session.scenario else None

    def start(self) -> None:
        """Run the replicates of what is on screen; raises ValueError if some are under way."""
        scenario = self.session.scenario
        if not self.work.start(Plan("replicates", {"screen": scenario}, REPLICATES)):
            raise ValueError("replicates are under way: cancel them first")
        self.of = scenario


def spans(bands: dict[str, Any] | None, day: int, names: dict[str, str]) -> dict[str, str]:
    """Return the interval of each figure in the last whole week up to a day, as text; ``names`` are their outputs."""
    if bands is None or day < bands["every"]:
        return {}
    found = {}
    for name, ends in bands["figures"].items():
        week = min(day // bands["every"], len(ends["low"])) - 1
        low, high = (shown(ends[end][week], OUTPUTS[names[name]].digits, exact=True) for end in ("low", "high"))
        found[name] = f"{low} to {high}"
    return found
