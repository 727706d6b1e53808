"""The state of the map on a model's last day: about 200 marks, none of which is a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine import rows as p
from sim.engine.tables import (
    F_LANDED,
    F_REACHED_BORDER,
    MODES,
    R_BOARDED,
    R_DEPARTURES,
    S_ATTEMPTS,
    S_CROSSINGS,
    S_DEATHS,
    S_PATROL_CALLS,
    S_PROCEDURES,
    S_TURN_BACKS,
)
from sim.outputs.rounding import point
from sim.outputs.run_data import WINDOW, border_pressure
from sim.scenario.places.scenario_map import map_of
from sim.view.state.window import before_of, shown_of

if TYPE_CHECKING:
    from sim.model import CorridorModel

MOST_MARKS = 24  # per route; busier ones combine several departures in a mark
Row = dict[str, Any]


def map_frame(model: CorridorModel) -> Row:
    """Return the map's numbers at the end of the last day that was run; "so far" is since the first that is shown.

    ``sections``: border pressure, and attempts, turn-backs, procedures and crossings a day (means of 7 days),
    capacity (attempts a day), deaths so far. ``camps``, ``hubs``, ``coasts``: persons there now. ``agencies``: persons
    in procedure, of those on the map. ``landings``: persons landed, in 7 days and so far. ``routes``: departures of the
    last 7 days as marks.
    """
    day, shown = model.day, shown_of(model)
    return {
        "day": shown.day,
        "days": shown.days,
        "start": shown.start.isoformat(),
        "sections": list(_sections(model, day)),
        "camps": list(_camps(model, day)),
        "hubs": list(_hubs(model, day)),
        "coasts": list(_coasts(model, day)),
        "agencies": list(_agencies(model, day)),
        "landings": list(_landings(model, day)),
        "routes": list(_routes(model, day)),
    }


def _recent(flows: Any, day: int) -> Any:
    """Return sums over the last 7 days."""
    return flows[max(day - WINDOW, 0) : day].sum(axis=0)


def _sections(model: CorridorModel, day: int) -> Iterator[Row]:
    world, known = model.world, model.settings.sections
    recent = _recent(world.section_flows, day) / WINDOW
    deaths = world.section_flows[before_of(model) : day, :, S_DEATHS].sum(axis=0)
    first = max(day - WINDOW, 0)
    capacity = world.section_capacity[day - 1] if day else np.zeros(len(model.names.sections))
    window = world.section_flows[first:day, :, S_PATROL_CALLS]
    pressure = border_pressure(window, world.section_capacity[first:day])[-1] if day else capacity
    for number, code in enumerate(model.names.sections):
        flows = recent[number]
        yield {
            "code": code,
            "title": known[code].title,
            "agency": model.settings.agencies[known[code].agency].country,
            "pressure": point(float(pressure[number])),
            "attempts": point(float(flows[S_ATTEMPTS])),
            "capacity": point(float(capacity[number])),
            "turned_back": point(float(flows[S_TURN_BACKS])),
            "procedures": point(float(flows[S_PROCEDURES])),
            "crossings": point(float(flows[S_CROSSINGS])),
            "dead": int(deaths[number]),
        }


def _stock(model: CorridorModel, day: int, place: str) -> Any:
    """Return persons at a place by status at the end of the last day, the dead so far; zeros before the first."""
    number, first = model.names.places.index(place), before_of(model)
    stocks = model.world.stocks_by_place
    found = stocks[day - 1, number] if day else np.zeros(stocks.shape[2], np.int32)
    if first:
        found = found.copy()
        found[p.DEAD] -= stocks[first - 1, number, p.DEAD]
    return found


def _camps(model: CorridorModel, day: int) -> Iterator[Row]:
    for zone in model.names.zones:
        stock = _stock(model, day, zone)
        yield {
            "place": zone,
            "waiting": int(stock[p.AT_BORDER]),
            "stranded": int(stock[p.STRANDED]),
            "dead": int(stock[p.DEAD]),
        }


def _hubs(model: CorridorModel, day: int) -> Iterator[Row]:
    flows = _recent(model.world.pair_flows, day)
    routes = model.settings.routes
    for state in model.names.states:
        hub = model.settings.transit_states[state].hub
        if not any(zone.transit_state == state for zone in model.settings.zones.values()):
            continue
        own = [k for k, (_, route) in enumerate(model.names.pairs) if routes[route].transit_state == state]
        stock = _stock(model, day, hub)
        yield {
            "place": hub,
            "people": int(stock[p.AT_HUB] + stock[p.IN_TRANSIT]),
            "stranded": int(stock[p.STRANDED]),
            "to_border": point(float(flows[own, F_REACHED_BORDER].sum()) / WINDOW),
            "zones": [zone for zone, entry in model.settings.zones.items() if entry.transit_state == state],
        }


def _agencies(model: CorridorModel, day: int) -> Iterator[Row]:
    known = map_of(model.settings).places
    for agency in model.names.agencies:
        if agency in known:
            yield {"place": agency, "in_procedure": int(_stock(model, day, agency)[p.IN_PROCEDURE])}


def _sea_routes(model: CorridorModel) -> list[int]:
    return [k for k, name in enumerate(model.names.routes) if model.settings.routes[name].over_sea]


def _coasts(model: CorridorModel, day: int) -> Iterator[Row]:
    origins = {model.settings.routes[model.names.routes[k]].origin for k in _sea_routes(model)}
    for place in sorted(origins):
        stock = _stock(model, day, place)
        yield {
            "place": place,
            "people": int(stock[p.AT_COAST] + stock[p.INTERCEPTED]),
            "stranded": int(stock[p.STRANDED]),
            "dead": int(stock[p.DEAD]),
        }


def _landings(model: CorridorModel, day: int) -> Iterator[Row]:
    flows, routes = model.world.pair_flows[:day, :, F_LANDED], model.settings.routes
    first = before_of(model)
    targets = sorted({routes[model.names.routes[k]].destination for k in _sea_routes(model)})
    for place in targets:
        own = [k for k, (_, r) in enumerate(model.names.pairs) if routes[r].destination == place]
        yield {"place": place, "week": int(flows[-WINDOW:, own].sum()), "so_far": int(flows[first:, own].sum())}


def _routes(model: CorridorModel, day: int) -> Iterator[Row]:
    world, known = model.world, map_of(model.settings).places
    ran = model.settings.cohorts
    used = {route for cohort in ran.values() if cohort.size for route in cohort.routes}
    first = max(day - WINDOW, 0)
    for number, name in enumerate(model.names.routes):
        route = model.settings.routes[name]
        flows = world.route_flows[first:day, number]
        if route.origin not in known or route.destination not in known:
            continue
        if name not in used and not flows.any():
            continue
        services = world.services[world.services["route"] == number]
        yield {
            "name": name,
            "mode": MODES[world.routes["mode"][number]],
            "from": route.origin,
            "to": route.destination,
            "open": bool(world.routes["open"][number]),
            "scheduled": round(float(services["weekly"][services["open"] != 0].sum()), 2),
            "departures": int(flows[:, R_DEPARTURES].sum()),
            "persons": int(flows[:, R_BOARDED].sum()),
            "marks": list(marks(flows)),
        }


def marks(flows: Any) -> Iterator[list[float]]:
    """Yield marks on a route as (age in days, persons aboard, departures): each moves along for 7 days."""
    bundle = -(-int(flows[:, R_DEPARTURES].sum()) // MOST_MARKS)
    days = len(flows)
    for row in range(days):
        departures, persons = int(flows[row, R_DEPARTURES]), int(flows[row, R_BOARDED])
        marks = -(-departures // bundle) if bundle else 0
        for k in range(marks):
            size = min(bundle, departures - k * bundle)
            aboard = persons * size / departures
            yield [round(days - 1 - row + (k + 0.5) / marks, 2), round(aboard, 1), size]
