"""The map's outlines, border sections and places, small enough to send to a browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sim.data import geography
from sim.data.geography import Point
from sim.scenario.modes import MODES

SCALE = 1000  # from degrees to whole numbers
MARGIN = 1.0  # degrees around all sections: countries that reach into this box keep all their points
COARSE = 0.045  # degrees: points nearer than this to the last one are left out elsewhere
SMALLEST = 0.12  # degrees: islands of less extent are left out
SMALL_COUNTRY = 0.25  # degrees: a country of less extent keeps its islands, on which boats may land


@cache
def geometry_json() -> str:
    """Return the map as JSON, always the same text.

    ``frame``: west, south, east and north end of the outlines, in degrees; ``countries``: iso3, whether it is of the
    European Union, and rings as differences of (longitude, latitude) in thousandths of a degree; ``sections``: by code,
    the line in the same form; ``places``: by name, title, kind, degrees and iso3 of the country; ``labels``: names of
    countries and where they stand, on the map of the world and on that of the border; ``modes``: of travel, by name,
    what their departures are called and how they are drawn.
    """
    names = geography.country_names()
    countries = {iso: [ring for polygon in found for ring in polygon] for iso, found in geography.outlines().items()}
    content = {
        "scale": SCALE,
        "frame": _bounds(point for rings in countries.values() for ring in rings for point in ring),
        "countries": [_country(iso, rings) for iso, rings in countries.items()],
        "sections": {code: _deltas(section.line) for code, section in geography.sections().items()},
        "places": {
            p.name: {"title": p.title, "kind": p.kind, "at": [p.lon, p.lat], "country": geography.country_of(p.name)}
            for p in geography.places().values()
        },
        "labels": {
            of: [[names[iso], lon, lat] for iso, (lon, lat) in geography.map_labels(of).items() if iso in names]
            for of in ("world", "border")
        },
        "modes": {name: mode._asdict() for name, mode in MODES.items()},
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _country(iso: str, rings: Sequence[Sequence[Point]]) -> dict[str, Any]:
    if not _near_sections(rings):
        largest = max(rings, key=len)
        small = _extent(largest) < SMALL_COUNTRY
        rings = [_thinned(ring) for ring in rings if ring is largest or small or _extent(ring) >= SMALLEST]
    return {
        "iso": iso,
        "eu": iso in geography.eu_members(),
        "rings": [_deltas(ring) for ring in rings if len(ring) > 3],
    }


def _near_sections(rings: Sequence[Sequence[Point]]) -> bool:
    west, south, east, north = _bounds(point for section in geography.sections().values() for point in section.line)
    return any(
        west - MARGIN <= lon <= east + MARGIN and south - MARGIN <= lat <= north + MARGIN
        for ring in rings
        for lon, lat in ring
    )


def _bounds(points: Iterable[Point]) -> tuple[float, float, float, float]:
    lons, lats = zip(*points, strict=True)
    return min(lons), min(lats), max(lons), max(lats)


def _extent(ring: Sequence[Point]) -> float:
    return max(max(p[axis] for p in ring) - min(p[axis] for p in ring) for axis in (0, 1))


def _thinned(ring: Sequence[Point]) -> list[Point]:
    """Fewer points; a small ring keeps its shape."""
    step = min(COARSE, _extent(ring) / 12)
    kept = [ring[0]]
    for point in ring[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= step:
            kept.append(point)
    return [*kept, ring[-1]]


def _deltas(line: Iterable[Point]) -> list[int]:
    flat: list[int] = []
    x = y = 0
    for lon, lat in line:
        column, row = round(lon * SCALE), round(lat * SCALE)
        flat += [column - x, row - y]
        x, y = column, row
    return flat
