"""A ledger with arbitrary counts, in place of a run: what charts and figures make of it can be worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.engine.build import names_of
from sim.engine.rows import STATUSES
from sim.engine.tables import PAIR_FLOWS, ROUTE_FLOWS, SECTION_FLOWS
from sim.scenario import Scenario, resolve

WEEK = 7


def ledger(scenario: Scenario, day: int, before: int = 0, failed: tuple[str, ...] = ()) -> Any:
    """Counts of all days of a scenario, of which so many are over; the later ones are not to be shown."""
    settings = resolve(scenario)
    names, draw = names_of(settings), np.random.default_rng(3)
    days, sections, pairs, routes = settings.days, len(names.sections), len(names.pairs), len(names.routes)

    def counts(*shape: int) -> Any:
        return draw.integers(0, 40, (days, *shape)).astype(np.int32)

    services = np.zeros(routes, [("route", "i8"), ("weekly", "f8"), ("open", "i8")])
    services["route"], services["weekly"], services["open"] = range(routes), 2.126 + np.arange(routes), 1
    table = np.zeros(routes, [("mode", "i8"), ("open", "i8")])
    table["mode"] = [("air", "land", "sea").index(settings.routes[name].mode) for name in names.routes]
    table["open"] = np.arange(routes) % 2
    world = SimpleNamespace(
        section_flows=counts(sections, len(SECTION_FLOWS)),
        section_capacity=draw.integers(1, 30, (days, sections)).astype(np.float64),
        pair_flows=counts(pairs, len(PAIR_FLOWS)),
        route_flows=counts(routes, len(ROUTE_FLOWS)),
        stocks_by_place=counts(len(names.places), len(STATUSES)).cumsum(axis=0, dtype=np.int32),
        stocks_by_cohort=counts(len(names.cohorts), len(STATUSES)).cumsum(axis=0, dtype=np.int32),
        routes=table,
        services=services,
    )
    measures = SimpleNamespace(failed=failed)
    return SimpleNamespace(settings=settings, names=names, world=world, day=day, before=before, measures=measures)


def by_section(model: Any, flow: str, day: int, code: str) -> int:
    """The count of a flow on a day, from 1."""
    return int(model.world.section_flows[day - 1, model.names.sections.index(code), SECTION_FLOWS.index(flow)])


def by_pair(model: Any, flow: str, day: int, pair: tuple[str, str]) -> int:
    return int(model.world.pair_flows[day - 1, model.names.pairs.index(pair), PAIR_FLOWS.index(flow)])


def at_place(model: Any, status: str, day: int, place: str) -> int:
    """Persons at a place at the end of a day; none before the first."""
    known = model.names.places.index(place), STATUSES.index(status)
    return int(model.world.stocks_by_place[(day - 1, *known)]) if day else 0


def capacity(model: Any, day: int, code: str) -> float:
    return float(model.world.section_capacity[day - 1, model.names.sections.index(code)])


def last_week(day: int) -> range:
    """The days of the week that ends on a day, as far as they lie in the run."""
    return range(max(day - WEEK, 0) + 1, day + 1)


def pressure(model: Any, day: int, code: str) -> float:
    calls = sum(by_section(model, "patrol_calls", one, code) for one in last_week(day)) / WEEK
    return calls / max(capacity(model, day, code), 1 / WEEK)
