"""The map's outlines, border sections and places, small enough to send to a browser."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sim import data
from sim.data.geography import places, sections

SCALE = 1000  # of degrees to whole numbers
DETAILED = ("BLR", "POL", "LTU", "LVA", "RUS", "UKR")  # drawn large in the inset
COARSE = 0.045  # degrees: points nearer than this to the last one are left out elsewhere
SMALLEST = 0.12  # degrees: islands of less extent are left out, but for those where boats land
ISLANDS = ("MLT",)

# Where names of countries stand: iso3, longitude, latitude, in degrees.
LABELS = (
    ("DZA", 4.5, 31.0), ("TUN", 9.3, 34.2), ("LBY", 17.8, 28.2), ("EGY", 29.3, 27.6), ("SAU", 43.5, 26.0),
    ("IRQ", 42.7, 32.2), ("SYR", 38.4, 35.2), ("TUR", 34.2, 39.0), ("IRN", 52.8, 33.0), ("GRC", 21.7, 39.5),
    ("ITA", 12.6, 43.0), ("ESP", -3.5, 40.0), ("FRA", 2.6, 46.8), ("DEU", 10.2, 51.0), ("POL", 19.0, 51.8),
    ("BLR", 28.4, 53.1), ("UKR", 31.4, 49.0), ("ROU", 24.8, 45.7), ("RUS", 42.5, 53.2), ("SWE", 15.2, 59.2),
    ("KAZ", 54.5, 48.5), ("LTU", 23.8, 55.4), ("LVA", 25.4, 56.8),
)  # fmt: skip


@cache
def geometry_json() -> str:
    """The map as JSON, always the same text.

    ``countries``: iso3, name, and rings as differences of (longitude, latitude) in thousandths of a degree;
    ``sections``: by code, the line in the same form; ``places``: by name, title, kind and degrees; ``labels``.
    """
    countries = json.loads(data.text("countries.geojson"))["features"]
    names = {feature["properties"]["iso3"]: feature["properties"]["name"] for feature in countries}
    content = {
        "scale": SCALE,
        "countries": [_country(feature) for feature in countries],
        "sections": {code: _deltas(section.line) for code, section in sections().items()},
        "places": {p.name: {"title": p.title, "kind": p.kind, "at": [p.lon, p.lat]} for p in places().values()},
        "labels": [[names[iso], lon, lat] for iso, lon, lat in LABELS if iso in names],
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def _country(feature: dict[str, Any]) -> dict[str, Any]:
    iso, shape = feature["properties"]["iso3"], feature["geometry"]
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    rings = [ring for polygon in polygons for ring in polygon]
    if iso not in DETAILED:
        largest = max(rings, key=len)
        rings = [_thinned(ring) for ring in rings if ring is largest or iso in ISLANDS or _extent(ring) >= SMALLEST]
    return {"iso": iso, "rings": [_deltas(ring) for ring in rings if len(ring) > 3]}


def _extent(ring: Sequence[Sequence[float]]) -> float:
    return max(max(p[axis] for p in ring) - min(p[axis] for p in ring) for axis in (0, 1))


def _thinned(ring: Sequence[Sequence[float]]) -> list[Sequence[float]]:
    """Fewer points; a small ring keeps its shape."""
    step = min(COARSE, _extent(ring) / 12)
    kept = [ring[0]]
    for point in ring[1:-1]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= step:
            kept.append(point)
    return [*kept, ring[-1]]


def _deltas(line: Iterable[Sequence[float]]) -> list[int]:
    flat: list[int] = []
    x = y = 0
    for lon, lat in line:
        column, row = round(lon * SCALE), round(lat * SCALE)
        flat += [column - x, row - y]
        x, y = column, row
    return flat
