"""Places and border sections, and distances between them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from sim import data
from sim.data.csv_reader import records

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth, R1 of GRS 80: Moritz (2000), Journal of Geodesy 74, 128-133."""

Point = tuple[float, float]
"""Longitude and latitude, in degrees."""

Polygon = tuple[tuple[Point, ...], ...]
"""Closed rings: the outline first, then those of holes."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that scenarios name; ``lon`` and ``lat`` in degrees."""

    name: str
    title: str
    kind: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class BorderSection:
    """A section of a border: its official length, and its line on the map, which is shorter."""

    code: str
    agency: str
    title: str
    length_km: float
    line: tuple[Point, ...]

    @property
    def drawn_km(self) -> float:
        """Return the length of the line on the map."""
        return math.fsum(great_circle_km(*a, *b) for a, b in pairwise(self.line))


def great_circle_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Return the shortest distance on a sphere, in km, between two points in degrees.

    The haversine formula: Sinnott, R. W. (1984), "Virtues of the Haversine", Sky and Telescope 68(2), 159. As the Earth
    is not a sphere, the error is up to about 0.5 %.
    """
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    h = math.sin((phi2 - phi1) / 2) ** 2
    h += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))  # rounding can take h past 1 at antipodes


def distance_km(start: Place, end: Place) -> float:
    """Return the great-circle distance between two places."""
    return great_circle_km(start.lon, start.lat, end.lon, end.lat)


@cache
def places() -> Mapping[str, Place]:
    """Return all places by name, in the order of ``sim/data/places.csv``."""
    return MappingProxyType(
        {r["name"]: Place(r["name"], r["title"], r["kind"], float(r["lon"]), float(r["lat"])) for r in _rows("places")}
    )


@cache
def sections() -> Mapping[str, BorderSection]:
    """Return all border sections by code, in the order of ``sim/data/sections.csv``."""
    features = json.loads(data.text("borders.geojson"))["features"]
    lines = {
        f["properties"]["code"]: tuple((lon, lat) for lon, lat in f["geometry"]["coordinates"])
        for f in features
        if f["properties"]["kind"] == "section"
    }
    return MappingProxyType(
        {
            r["code"]: BorderSection(r["code"], r["agency"], r["title"], float(r["length_km"]), lines[r["code"]])
            for r in _rows("sections")
        }
    )


def place(name: str) -> Place:
    """Return the place of this name.

    Raises:
        ValueError: There is none.
    """
    return _named(places(), name, "place")


def section(code: str) -> BorderSection:
    """Return the border section of this code.

    Raises:
        ValueError: There is none.
    """
    return _named(sections(), code, "border section")


def by_sections(agencies: Iterable[str]) -> list[str]:
    """Return border agencies in the order of their sections in ``sim/data/sections.csv``; then all others by name."""
    known = list(dict.fromkeys(section.agency for section in sections().values()))
    found = set(agencies)
    return [name for name in known if name in found] + sorted(found.difference(known))


@cache
def outlines() -> Mapping[str, tuple[Polygon, ...]]:
    """Return the polygons of each country by ISO 3166 code of three letters."""
    features = json.loads(data.text("countries.geojson"))["features"]
    return MappingProxyType({f["properties"]["iso3"]: _polygons(f["geometry"]) for f in features})


@cache
def country_names() -> Mapping[str, str]:
    """Return names of countries by ISO 3166 code of three letters."""
    features = json.loads(data.text("countries.geojson"))["features"]
    return MappingProxyType({f["properties"]["iso3"]: f["properties"]["name"] for f in features})


@cache
def country_of(name: str) -> str:
    """Return the ISO 3166 code of the country in whose outline a place lies; empty if there is none.

    By the even-odd rule: a ray from the place crosses the outline an odd number of times.

    Raises:
        ValueError: There is no such place.
    """
    here = place(name)
    for iso3, polygons in outlines().items():
        crossings = sum(
            (a[1] > here.lat) != (b[1] > here.lat)
            and here.lon < a[0] + (here.lat - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            for polygon in polygons
            for ring in polygon
            for a, b in pairwise(ring)
        )
        if crossings % 2:
            return iso3
    return ""


@cache
def map_labels(of: str) -> Mapping[str, Point]:
    """Return the positions of countries' names on a map, by ISO 3166 code.

    Args:
        of: ``world`` or ``border`` (the panes of the view's map), or ``report``.
    """
    found = {r["iso3"]: (float(r["lon"]), float(r["lat"])) for r in _rows("map_labels") if r["map"] == of}
    return MappingProxyType(found)


@cache
def eu_members() -> frozenset[str]:
    """Return the ISO 3166 codes of the current members of the European Union."""
    return frozenset(r["iso3"] for r in _rows("eu_members"))


def _polygons(shape: Mapping[str, Any]) -> tuple[Polygon, ...]:
    found = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return tuple(tuple(tuple((lon, lat) for lon, lat in ring) for ring in polygon) for polygon in found)


def _named[T](known: Mapping[str, T], name: str, what: str) -> T:
    if name not in known:
        raise ValueError(f"found {name!r}, which is no {what}; {data.allowed(known, name)}")
    return known[name]


def _rows(table: str) -> list[dict[str, str]]:
    return records(data.text(f"{table}.csv"))
