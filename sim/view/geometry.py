"""The map's outlines, border sections and places, small enough to send to a browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sim.data import geography
from sim.data.country_labels import country_labels, latitude, mercator
from sim.data.geography import Point
from sim.scenario import Scenario
from sim.scenario.modes import MODES
from sim.scenario.places.scenario_map import Box, ScenarioMap, how_to_place, map_of

SCALE = 1000  # from degrees to whole numbers
MARGIN = 0.6  # degrees around the border: outlines within keep all their points
COARSE = 0.07  # degrees: points nearer than this to the last one are left out elsewhere on the map of the corridor
COARSEST = 0.4  # degrees: the same beyond that map, which only a wide page shows
SMALLEST = 0.12  # degrees: islands of less extent are left out
SMALL_COUNTRY = 0.25  # degrees: a country of less extent keeps its islands, on which boats may land
# Around the border, as a share of its larger side: room for names in the map of the border alone.
WEST, EAST, SOUTH, NORTH = 0.075, 0.134, 0.045, 0.08
LEAST = 0.3  # degrees of longitude that the map of a border shows at least
AROUND = (4.0, 3.2, 5.0, 2.2)  # degrees around all places on the map of the corridor: west, south, east, north
EVERYWHERE = (-180.0, -56.0, 180.0, 83.6)
NOWHERE = (-12.0, 30.0, 42.0, 66.0)  # what is shown if nothing has coordinates


def geometry_json(scenario: Scenario) -> str:
    """Return the map of a scenario as JSON, always the same text.

    ``frame``: west, south, east and north end of the outlines, in degrees; ``world`` and ``border``: those of the two
    maps; ``countries``: iso3, whether it is of the European Union, and rings as differences of (longitude, latitude) in
    thousandths of a degree; ``sections``: by code, the line in the same form, of a single point where only the middle
    is known; ``places``: by name, title, kind, degrees and iso3 of the country; ``labels``: names of countries and
    where they stand on both maps; ``modes``: of travel, by name, what their departures are called and how they are
    drawn; ``missing``: what is not on the map, and how to put it there.
    """
    found = map_of(scenario)
    return _json(tuple(found.places.values()), tuple(found.lines.items()), found.missing)


@lru_cache(maxsize=16)
def _json(
    places: tuple[geography.Place, ...], lines: tuple[tuple[str, tuple[Point, ...]], ...], missing: tuple[str, ...]
) -> str:
    found = ScenarioMap({place.name: place for place in places}, dict(lines), missing)
    world = _world(found)
    border = _with_room(found.border) if found.border else world
    content = {
        "scale": SCALE,
        "frame": EVERYWHERE,
        "world": world,
        "border": border,
        "countries": [country for iso in geography.outlines() if (country := _country(iso, world, border))["rings"]],
        "sections": {code: _deltas(line) for code, line in lines},
        "places": {
            p.name: {
                "title": p.title,
                "kind": p.kind,
                "at": [p.lon, p.lat],
                "country": geography.country_at(p.lon, p.lat),
            }
            for p in places
        },
        "labels": {"world": _labels(world), "border": _labels(border)},
        "modes": {name: mode._asdict() for name, mode in MODES.items()},
        "missing": how_to_place(missing),
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _world(found: ScenarioMap) -> Box:
    """Return the part of the world that the map of the corridor shows."""
    points = [(place.lon, place.lat) for place in found.places.values() if place.kind != "agency"]
    points += [point for line in found.lines.values() for point in line]
    if not points:
        return NOWHERE
    west, south, east, north = _bounds(points)
    near = min(1.0, 0.15 + max(east - west, mercator(north) - mercator(south)) / 30)
    return west - near * AROUND[0], south - near * AROUND[1], east + near * AROUND[2], north + near * AROUND[3]


def _with_room(box: Box) -> Box:
    """Return the part of the world that the map of the border shows: with room for names, at any latitude."""
    west, low, east, high = box[0], mercator(box[1]), box[2], mercator(box[3])
    side = max(east - west, high - low)
    spare = max(0.0, LEAST - side) / 2
    side = max(side, LEAST)
    return (
        west - spare - WEST * side,
        latitude(low - spare - SOUTH * side),
        east + spare + EAST * side,
        latitude(high + spare + NORTH * side),
    )


def _labels(box: Box) -> list[list[Any]]:
    names = geography.country_names()
    return [[names[iso], lon, lat] for iso, (lon, lat) in country_labels(box).items()]


def _country(iso: str, world: Box, border: Box) -> dict[str, Any]:
    rings = [ring for polygon in geography.outlines()[iso] for ring in polygon]
    largest = max(rings, key=len)
    small = _extent(largest) < SMALL_COUNTRY
    wide = max(world[2] - world[0], world[3] - world[1])
    seen = _grown(world, wide / 2)  # a page that is wider or higher than the map shows more of the world
    close = _grown(border, MARGIN)
    thinned = [
        _thinned(ring, close, world)
        for ring in rings
        if _overlap(_bounds(ring), seen)
        and (ring is largest or small or _extent(ring) >= SMALLEST or _overlap(_bounds(ring), close))
    ]
    return {
        "iso": iso,
        "eu": iso in geography.eu_members(),
        "rings": [_deltas(ring) for ring in thinned if len(ring) > 3],
    }


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _overlap(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1]


def _bounds(points: Iterable[Point]) -> Box:
    lons, lats = zip(*points, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def _extent(ring: Sequence[Point]) -> float:
    west, south, east, north = _bounds(ring)
    return max(east - west, north - south)


def _thinned(ring: Sequence[Point], close: Box, world: Box) -> list[Point]:
    """All points within the closer box, fewer in the wider one and beyond; a small ring keeps its shape."""
    least = _extent(ring) / 12
    fine, coarse = min(COARSE, least), min(COARSEST, least)
    kept = [ring[0]]
    for point in ring[1:-1]:
        step = 0.0 if _within(point, close) else fine if _within(point, world) else coarse
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= step:
            kept.append(point)
    return [*kept, ring[-1]]


def _within(point: Point, box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _deltas(line: Iterable[Point]) -> list[int]:
    flat: list[int] = []
    x = y = 0
    for lon, lat in line:
        column, row = round(lon * SCALE), round(lat * SCALE)
        flat += [column - x, row - y]
        x, y = column, row
    return flat
