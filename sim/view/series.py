"""Series of the charts: a model up to its last day, and the baseline as a ghost.

Persons and attempts are never added together: one chart stacks attempts by result, another persons by location
and status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.data.geography import by_sections
from sim.engine import rows as p
from sim.engine.build import ONWARD_PLACE
from sim.engine.tables import (
    F_DEATHS,
    F_LANDED,
    F_RETURNED,
    S_OVERLOAD,
    S_PATROL_CALLS,
    S_PROCEDURES,
    S_SELF_PRESENTATIONS,
    S_TURN_BACKS,
)
from sim.outputs.definitions import OUTPUTS
from sim.outputs.rounding import points
from sim.outputs.run_data import WINDOW, border_pressure
from sim.view.state.window import before_of, shown_of

if TYPE_CHECKING:
    from sim.model import CorridorModel

OVER = (p.ONWARD, p.MOVED_ON)  # statuses that are never left
# Persons whose journey goes on, by the names of lines: a code, the statuses, and whether it is by sea alone.
UNDER_WAY: dict[str, tuple[str, tuple[int, ...], bool]] = {
    "in procedure": ("in_procedure", (p.IN_PROCEDURE,), False),
    "at the border": ("at_border", (p.AT_BORDER,), False),
    "at the hub": ("at_hub", (p.AT_HUB,), False),
    "at the coast": ("at_coast", (p.AT_COAST, p.INTERCEPTED), True),
    "stranded": ("stranded", (p.STRANDED,), False),
}
MOST_POINTS = 366  # per line: longer runs show every k-th day
Chart = dict[str, Any]
Line = dict[str, Any]


def pressure_series(model: CorridorModel) -> Chart:
    """Return border pressure by section, a view per agency."""
    world, day = model.world, model.day
    pressure = border_pressure(world.section_flows[:day, :, S_PATROL_CALLS], world.section_capacity[:day])
    sections, first = model.settings.sections, before_of(model)
    views = [
        {
            "name": model.settings.agencies[agency].country,
            "lines": [
                _line(sections[code].title, pressure[first:, model.names.sections.index(code)], model, code=code)
                for code in _of_agency(model, agency)
            ],
            "bands": "pressure",
        }
        for agency in _agencies(model)
    ]
    return _chart(model, "Border pressure", OUTPUTS["border_pressure"].unit, views, mark=[1, "full load"])


def load_series(model: CorridorModel) -> Chart:
    """Return detected attempts a day by result, each of which calls for a patrol, against the border's capacity."""
    world, day = model.world, model.day
    flows, capacity = world.section_flows[:day], world.section_capacity[:day]
    first = before_of(model)
    views = []
    for name, numbers in _borders(model):
        daily = flows[:, numbers].sum(axis=1)
        parts = (
            ("turned back", daily[:, S_TURN_BACKS]),
            ("into procedure", daily[:, S_PROCEDURES] - daily[:, S_SELF_PRESENTATIONS]),
            ("no patrol free", daily[:, S_OVERLOAD]),
        )
        stack = [_line(title, _mean_of_week(values)[first:], model) for title, values in parts]
        lines = [_line("capacity", capacity[first:, numbers].sum(axis=1), model)]
        views.append({"name": name, "stack": stack, "lines": lines, "bands": "totals"})
    return _chart(model, "Load against capacity", "detected attempts a day, mean of 7 days", views)


def outcome_series(model: CorridorModel) -> Chart:
    """Return persons by location and status, by land and by sea; of those whose journey has ended, since day 1.

    A further view has those who are under way, by land and by sea together, as lines: of each, replicates have a band.
    """
    views: list[Chart] = [{"name": "By land", "stack": _by_land(model)}]
    sea = any(model.settings.routes[route].over_sea for _, route in model.names.pairs)
    if sea:
        views.append({"name": "By sea", "stack": _by_sea(model)})
    places = model.names.places
    lines = [
        _line(title, _stocks(model, places, *statuses), model, code=code)
        for title, (code, statuses, by_sea) in UNDER_WAY.items()
        if sea or not by_sea
    ]
    views.append({"name": "Under way", "lines": lines, "bands": "persons"})
    return _chart(model, "Where people are", "persons", views)


def events_of(model: CorridorModel) -> list[Chart]:
    """Return the scenario's measures within the run: first day, last day or None, title, whether they fail."""
    scenario, found = model.settings, []
    start, days, *_ = shown_of(model)
    for name, measure in scenario.measures.items():
        entry: Any = measure
        first = (entry.start - start).days + int(entry.lag)
        last = None if entry.end is None else (entry.end - start).days
        announced = None if entry.announced is None else (entry.announced - start).days
        if first < days and (last is None or last >= 0):
            title, fails = entry.title or name, name in model.measures.failed
            found.append({"day": first, "last": last, "announced": announced, "title": title, "fails": fails})
    return sorted(found, key=lambda event: (event["day"], event["title"]))


def _chart(model: CorridorModel, title: str, unit: str, views: list[Chart], mark: Any = None) -> Chart:
    start, days, day, _ = shown_of(model)
    return {
        "title": title,
        "unit": unit,
        "start": start.isoformat(),
        "days": days,
        "day": day,
        "every": _every(model),
        "views": views,
        "mark": mark,
        "events": events_of(model),
    }


def _every(model: CorridorModel) -> int:
    return -(-shown_of(model).days // MOST_POINTS)


def _line(title: str, values: Any, model: CorridorModel, **more: Any) -> Line:
    """Return a line with one value every ``every`` days."""
    return {"name": title, "values": points(values[:: _every(model)]), **more}


def _mean_of_week(values: Any) -> Any:
    """Return the mean over the last 7 days, with zeros before the run."""
    total = np.cumsum(values, dtype=np.float64)
    total[WINDOW:] -= total[:-WINDOW].copy()
    return total / WINDOW


def _agencies(model: CorridorModel) -> list[str]:
    """Return agencies with sections, in the map's order."""
    return [name for name in by_sections(model.names.agencies) if _of_agency(model, name)]


def _of_agency(model: CorridorModel, agency: str) -> list[str]:
    return [code for code in model.names.sections if model.settings.sections[code].agency == agency]


def _borders(model: CorridorModel) -> list[tuple[str, list[int]]]:
    """Return all sections together, then those of each agency."""
    whole = [("All", list(range(len(model.names.sections))))]
    index = model.names.sections.index
    parts = [
        (model.settings.agencies[a].country, [index(code) for code in _of_agency(model, a)]) for a in _agencies(model)
    ]
    return whole + parts


def _stocks(model: CorridorModel, places: list[str], *statuses: int) -> Any:
    """Return persons at places in any of the statuses, by day, shape (D,).

    Of a status that is never left, those who were in it before the first day that is shown are not counted.
    """
    numbers = [model.names.places.index(place) for place in places]
    stocks, first = model.world.stocks_by_place, before_of(model)
    found = stocks[first : model.day, numbers][:, :, list(statuses)].sum(axis=(1, 2))
    over = [status for status in statuses if status in OVER]
    return found - stocks[first - 1, numbers][:, over].sum() if first and over else found


def _so_far(model: CorridorModel, flow: int, sea: bool) -> Any:
    """Return a flow cumulated from the first day, over the routes by sea or the others, shape (D,)."""
    routes = model.settings.routes
    own = [k for k, (_, route) in enumerate(model.names.pairs) if routes[route].over_sea == sea]
    return model.world.pair_flows[before_of(model) : model.day, own, flow].sum(axis=1).cumsum()


def _by_land(model: CorridorModel) -> list[Line]:
    zones = model.names.zones
    hubs = sorted({model.settings.transit_states[z.transit_state].hub for z in model.settings.zones.values()})
    agencies = model.names.agencies
    inside = _stocks(model, agencies, p.CROSSED) + _stocks(model, [ONWARD_PLACE], p.ONWARD)
    parts = (
        ("crossed, gone on", inside),
        ("in procedure", _stocks(model, agencies, p.IN_PROCEDURE)),
        ("at the border", _stocks(model, zones, p.AT_BORDER)),
        ("at the hub", _stocks(model, hubs, p.AT_HUB)),
        ("stranded", _stocks(model, [*zones, *hubs], p.STRANDED)),
        ("returned", _so_far(model, F_RETURNED, sea=False)),
        ("moved on elsewhere", _stocks(model, [ONWARD_PLACE], p.MOVED_ON)),
        ("dead", _so_far(model, F_DEATHS, sea=False)),
    )
    return [_line(title, values, model) for title, values in parts]


def _by_sea(model: CorridorModel) -> list[Line]:
    sea = [route for route in model.settings.routes.values() if route.over_sea]
    coasts = sorted({route.origin for route in sea})
    hubs = {model.settings.transit_states[z.transit_state].hub for z in model.settings.zones.values()}
    coasts = [place for place in coasts if place not in hubs]
    parts = (
        ("landed", _so_far(model, F_LANDED, sea=True)),
        ("at the coast", _stocks(model, coasts, p.AT_COAST, p.INTERCEPTED)),
        ("stranded", _stocks(model, coasts, p.STRANDED)),
        ("returned", _so_far(model, F_RETURNED, sea=True)),
        ("dead", _so_far(model, F_DEATHS, sea=True)),
    )
    return [_line(title, values, model) for title, values in parts]
