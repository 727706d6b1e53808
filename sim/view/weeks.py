"""The map of a study: medians over its replicates, week by week."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sim.outputs.rounding import point, whole
from sim.outputs.run_data import WINDOW
from sim.scenario.places.scenario_map import map_of
from sim.studies.study import Study
from sim.view.map_state import marks

_SECTION = ("border_pressure", "attempts", "capacity", "turn_backs", "entries", "deaths")
_ROUTE = ("departures", "boarded", "landed")
Row = dict[str, Any]


class Weeks:
    """Medians of a scenario's replicates by week, for the map; camps have no weekly data.

    Args:
        study: The study.
        scenario: Name of the scenario.
    """

    def __init__(self, study: Study, scenario: str) -> None:
        """Read the weekly data of sections and routes."""
        self.settings = study.scenarios[scenario]
        self._section = {output: _medians(study, "section", output, scenario) for output in _SECTION}
        self._route = {output: _medians(study, "route", output, scenario) for output in _ROUTE}

    def frame(self, day: int) -> Row:
        """Return the map's numbers in the week of a day (from 1), as `sim.view.map_state.map_frame`."""
        week = min(max(day - 1, 0) // WINDOW, len(self._section["attempts"]) - 1)
        return {
            "day": day,
            "days": self.settings.days,
            "start": self.settings.start.isoformat(),
            "sections": [self._of_section(code, week) for code in self.settings.sections],
            "camps": [],
            "hubs": [],
            "coasts": [],
            "agencies": [],
            "landings": self._landings(week),
            "routes": [row for name in self.settings.routes if (row := self._of_route(name, week))],
            "number": day,
        }

    def _of_section(self, code: str, week: int) -> Row:
        entry = self.settings.sections[code]
        found = {output: _at(table, week, code) for output, table in self._section.items()}
        deaths = self._section["deaths"]
        return {
            "code": code,
            "title": entry.title,
            "agency": self.settings.agencies[entry.agency].country,
            "pressure": point(found["border_pressure"]),
            "attempts": point(found["attempts"] / WINDOW),
            "capacity": point(found["capacity"]),
            "turned_back": point(found["turn_backs"] / WINDOW),
            "entries": point(found["entries"] / WINDOW),
            "dead": whole(float(deaths[code].iloc[: week + 1].sum()), exact=True) if code in deaths else 0,
        }

    def _of_route(self, name: str, week: int) -> Row | None:
        route, known = self.settings.routes[name], map_of(self.settings).places
        departures, boarded, _ = (_at(self._route[output], week, name) for output in _ROUTE)
        used = name in self._route["departures"] and self._route["departures"][name].any()
        if not used or route.origin not in known or route.destination not in known:
            return None
        daily = np.zeros((WINDOW, 3))
        np.add.at(daily[:, 0], np.arange(whole(departures, exact=True)) % WINDOW, 1)
        daily[:, 2] = boarded * daily[:, 0] / max(daily[:, 0].sum(), 1)
        return {
            "name": name, "mode": route.mode, "from": route.origin, "to": route.destination, "open": departures > 0,
            "scheduled": whole(departures, exact=True), "departures": whole(departures, exact=True),
            "persons": whole(boarded, exact=True),
            "marks": list(marks(daily)),
        }  # fmt: skip

    def _landings(self, week: int) -> list[Row]:
        landed = self._route["landed"]
        found: dict[str, tuple[float, float]] = {}
        for name, route in self.settings.routes.items():
            if route.over_sea and name in landed:
                week_, so_far = found.get(route.destination, (0.0, 0.0))
                values = landed[name]
                found[route.destination] = (week_ + values.iloc[week], so_far + values.iloc[: week + 1].sum())
        return [
            {"place": place, "week": whole(w, exact=True), "so_far": whole(s, exact=True)}
            for place, (w, s) in sorted(found.items())
        ]


@lru_cache(maxsize=16)
def weeks_of(study: Study, scenario: str) -> Weeks:
    """Return `Weeks`, cached."""
    return Weeks(study, scenario)


def _medians(study: Study, level: str, output: str, scenario: str) -> pd.DataFrame:
    table = study.fan(level, output)
    own = table[table["scenario"] == scenario]
    return own.pivot(index="week", columns="name", values="median").sort_index().fillna(0.0)


def _at(table: pd.DataFrame, week: int, name: str) -> float:
    return float(table[name].iloc[week]) if name in table.columns and week < len(table) else 0.0
