"""Replay of stored results, day by day, with the live page's map, charts and figures."""

from __future__ import annotations

from copy import copy
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine.build import names_of
from sim.engine.rows import STATUSES
from sim.engine.tables import (
    F_DEATHS,
    F_LANDED,
    F_REACHED_BORDER,
    F_RETURNED,
    MODES,
    PAIR_FLOWS,
    R_BOARDED,
    R_DEPARTURES,
    ROUTE_FLOWS,
    S_ATTEMPTS,
    S_CROSSINGS,
    S_DEATHS,
    S_OVERLOAD,
    S_PATROL_CALLS,
    S_PROCEDURES,
    S_SELF_PRESENTATIONS,
    S_TURN_BACKS,
    SECTION_FLOWS,
)
from sim.outputs.results import Results
from sim.outputs.run_data import Array
from sim.scenario import resolve

_SECTION = {
    "attempts": S_ATTEMPTS, "turn_backs": S_TURN_BACKS, "procedures": S_PROCEDURES, "crossings": S_CROSSINGS,
    "deaths": S_DEATHS, "patrol_calls": S_PATROL_CALLS, "overload_crossings": S_OVERLOAD,
    "self_presentations": S_SELF_PRESENTATIONS,
}  # fmt: skip
_PAIR = {"reached_border": F_REACHED_BORDER, "landed": F_LANDED, "returned": F_RETURNED, "deaths": F_DEATHS}
_ROUTE = {"departures": R_DEPARTURES, "boarded": R_BOARDED}
_WEEK = 7


class Replay:
    """The data that map, charts and figures need from a model, taken from the tables of a run.

    Tables do not distinguish pairs of cohort and route, so each route stands for one pair. They do not record whether
    a route was open either: it counts as open in the week after a departure.

    Args:
        results: Results of a run; of several replicates the first is shown.

    Attributes:
        day: The day shown.
    """

    def __init__(self, results: Results) -> None:
        """Read the whole run, and show its last day."""
        self.settings = resolve(results.scenario)
        known = names_of(self.settings)
        self.names = known._replace(pairs=[("", route) for route in known.routes])
        self.measures = SimpleNamespace(failed=())
        self.day = self.settings.days
        self._results = results
        statuses, names = len(STATUSES), self.names
        self._whole = SimpleNamespace(
            section_flows=self._filled("section", names.sections, len(SECTION_FLOWS), _SECTION),
            pair_flows=self._filled("route", names.routes, len(PAIR_FLOWS), _PAIR),
            route_flows=self._filled("route", names.routes, len(ROUTE_FLOWS), _ROUTE),
            section_capacity=self._filled("section", names.sections, 1, {"capacity": 0}, np.float64)[:, :, 0],
            stocks_by_place=self._filled("place", names.places, statuses, _of_status()),
            stocks_by_cohort=self._filled("cohort", names.cohorts, statuses, _of_status()),
        )

    @property
    def world(self) -> Any:
        """Return the tables, with the routes as in the week that ends on the day."""
        departures = self._whole.route_flows[max(self.day - _WEEK, 0) : self.day, :, R_DEPARTURES].sum(axis=0)
        routes = [self.settings.routes[name] for name in self.names.routes]
        table = np.zeros(len(routes), [("mode", "i8"), ("open", "i8")])
        table["mode"] = [MODES.index(route.mode) for route in routes]
        table["open"] = departures > 0
        services = np.zeros(len(routes), [("route", "i8"), ("weekly", "f8"), ("open", "i8")])
        services["route"], services["weekly"], services["open"] = np.arange(len(routes)), departures, 1
        return SimpleNamespace(**vars(self._whole), routes=table, services=services)

    def at(self, day: int) -> Replay:
        """Return the same run on another day."""
        other = copy(self)
        other.day = min(max(int(day), 0), self.settings.days)
        return other

    def by_day(self, output: str) -> Array:
        """Return an output by day, over all routes; zeros if the tables lack it."""
        block = self._results.blocks.get(("route", output))
        values: Array = np.zeros(self.settings.days) if block is None else block.values[0].sum(axis=1)
        return values

    def _filled(self, level: str, names: list[str], width: int, columns: dict[str, int], kind: Any = np.int64) -> Array:
        """Return values of several outputs, shape (D, names, width)."""
        values: Array = np.zeros((self.settings.days, len(names), width), kind)
        for output, column in columns.items():
            block = self._results.blocks.get((level, output))
            if block is not None:
                values[:, [names.index(name) for name in block.names], column] = block.values[0]
        return values


def _of_status() -> dict[str, int]:
    return {f"persons_{status}": number for number, status in enumerate(STATUSES)}
