"""Places and border sections, and distances between them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any

from sim import data
from sim.data.csv_reader import records

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth, R1 of GRS 80: Moritz (2000), Journal of Geodesy 74, 128-133."""

NEAR_BORDER_KM = 5.0
"""How near to a border a line is taken to run along it: outlines are simplified, and coordinates read off maps."""

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
    arcs = _arcs()
    found = {}
    for shape in _countries():
        rings = ((ring_of(ring, arcs) for ring in polygon) for polygon in shape["arcs"])
        found[shape["id"]] = tuple(tuple(polygon) for polygon in rings)
    return MappingProxyType(found)


def ring_of(ring: Iterable[int], arcs: Sequence[tuple[Point, ...]]) -> tuple[Point, ...]:
    """Return the points of a ring of TopoJSON, which is a list of arcs: ``~n`` is arc ``n`` from its end."""
    points: list[Point] = []
    for arc in ring:
        points += (arcs[~arc][::-1] if arc < 0 else arcs[arc])[bool(points) :]
    lons = [lon for lon, _ in points]
    if max(lons) - min(lons) > 180:  # it crosses the date line, and goes on to the east of 180 degrees
        points = [(lon + 360 if lon < 0 else lon, lat) for lon, lat in points]
    return tuple(points)


@cache
def borders() -> tuple[tuple[Point, ...], ...]:
    """Return the lines of the borders on land: the arcs that two countries share."""
    uses = Counter(
        ~arc if arc < 0 else arc
        for shape in _countries()
        for polygon in shape["arcs"]
        for ring in polygon
        for arc in ring
    )
    return tuple(line for number, line in enumerate(_arcs()) if uses[number] > 1)


@cache
def along_border(line: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return the stretch of a border between the ends of a line, or the line itself if it runs along no border.

    It runs along one if all its points lie within `NEAR_BORDER_KM` of the same border between two countries.
    """
    if len(line) < 2:
        return line
    best, least = line, NEAR_BORDER_KM
    for border in borders():
        if not _may_be_near(line, border):
            continue
        nearest = [min((great_circle_km(*point, *b), k) for k, b in enumerate(border)) for point in line]
        away = max(distance for distance, _ in nearest)
        first, last = nearest[0][1], nearest[-1][1]
        if away < least and first != last:
            way = border[min(first, last) : max(first, last) + 1]
            best, least = way if first < last else way[::-1], away
    return best


def _may_be_near(line: Iterable[Point], border: Sequence[Point]) -> bool:
    lons, lats = zip(*border, strict=True)
    return all(min(lons) - 1 < x < max(lons) + 1 and min(lats) - 0.5 < y < max(lats) + 0.5 for x, y in line)


@cache
def country_names() -> Mapping[str, str]:
    """Return names of countries by ISO 3166 code of three letters."""
    return MappingProxyType({shape["id"]: shape["properties"]["name"] for shape in _countries()})


@cache
def country_at(lon: float, lat: float) -> str:
    """Return the ISO 3166 code of the country in whose outline a point lies; empty if there is none.

    By the even-odd rule: a ray from the point crosses the outline an odd number of times.
    """
    for iso3, rings in _with_latitudes().items():
        crossings = sum(
            (a[1] > lat) != (b[1] > lat) and lon < a[0] + (lat - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
            for low, high, ring in rings
            if low <= lat <= high
            for a, b in pairwise(ring)
        )
        if crossings % 2:
            return iso3
    return ""


@cache
def _with_latitudes() -> Mapping[str, list[tuple[float, float, tuple[Point, ...]]]]:
    """Return the rings of each country, each with its least and highest latitude."""
    return {
        iso3: [(min(lats), max(lats), ring) for polygon in found for ring in polygon if (lats := [y for _, y in ring])]
        for iso3, found in outlines().items()
    }


def country_of(name: str) -> str:
    """Return the ISO 3166 code of the country in whose outline a place lies; empty if there is none.

    Raises:
        ValueError: There is no such place.
    """
    here = place(name)
    return country_at(here.lon, here.lat)


@cache
def eu_members() -> frozenset[str]:
    """Return the ISO 3166 codes of the current members of the European Union."""
    return frozenset(r["iso3"] for r in _rows("eu_members"))


@cache
def _topology() -> Mapping[str, Any]:
    found: dict[str, Any] = json.loads(data.text("countries.topojson"))
    return found


def _countries() -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = _topology()["objects"]["countries"]["geometries"]
    return found


@cache
def _arcs() -> tuple[tuple[Point, ...], ...]:
    """Return the arcs of the topology in degrees: the first point of each is given, the rest are differences."""
    per_unit = round(1 / _topology()["transform"]["scale"][0])
    return tuple(
        tuple(zip(*((n / per_unit for n in accumulate(axis)) for axis in zip(*arc, strict=True)), strict=True))
        for arc in _topology()["arcs"]
    )


def _named[T](known: Mapping[str, T], name: str, what: str) -> T:
    if name not in known:
        raise ValueError(f"found {name!r}, which is no {what}; {data.allowed(known, name)}")
    return known[name]


def _rows(table: str) -> list[dict[str, str]]:
    return records(data.text(f"{table}.csv"))
