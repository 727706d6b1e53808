"""The places and border sections of a scenario on the map: its own coordinates first, then those of `sim/data`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sim.data import geography
from sim.data.geography import Place, Point
from sim.scenario.actors import COLLECTIONS
from sim.scenario.places.position import Position
from sim.scenario.schema import Scenario, extra_collections

_UNPLACED = {"cohorts", "routes", "carriers", "transit_states", "sponsors"}  # they lie nowhere, or where others do
Box = tuple[float, float, float, float]


class ScenarioMap(NamedTuple):
    """What can be drawn of a scenario, and what cannot.

    Attributes:
        places: Ends of routes, hubs, zones and agencies, by name.
        lines: Border sections by name: a line, or a single point where only the middle is known.
        missing: Names that should be on the map and have no coordinates, in the order of the scenario.
    """

    places: Mapping[str, Place]
    lines: Mapping[str, tuple[Point, ...]]
    missing: tuple[str, ...]

    @property
    def border(self) -> Box | None:
        """West, south, east and north end of sections and border zones, in degrees; None if none is on the map."""
        points = [point for line in self.lines.values() for point in line]
        points += [(place.lon, place.lat) for place in self.places.values() if place.kind == "zone"]
        if not points:
            return None
        lons, lats = zip(*points, strict=True)
        return min(lons), min(lats), max(lons), max(lats)


def map_of(scenario: Scenario) -> ScenarioMap:
    """Return the places and sections of a scenario on the map."""
    given = scenario.places
    places, lines, missing = {}, {}, []
    for name, kind in kinds_of(scenario).items():
        found = _place(name, kind, given.get(name), scenario)
        if found is not None:
            places[name] = found
        elif kind != "agency":
            missing.append(name)
    for name in scenario.sections:
        line = _line(name, given.get(name))
        if line:
            lines[name] = line
        else:
            missing.append(name)
    return ScenarioMap(places, lines, tuple(missing))


def kinds_of(scenario: Scenario) -> dict[str, str]:
    """Return what each place of a scenario is: origin, landing, hub, zone or agency."""
    kinds: dict[str, str] = {}
    for route in scenario.routes.values():
        kinds.setdefault(route.origin, "origin")
        kinds.setdefault(route.destination, "landing" if route.over_sea else "hub")
    gathering = {zone.transit_state for zone in scenario.zones.values()}
    kinds |= {state.hub: "hub" for name, state in scenario.transit_states.items() if name in gathering}
    kinds |= dict.fromkeys(scenario.zones, "zone")
    for agency in scenario.agencies:
        kinds.setdefault(agency, "agency")
    return kinds


def may_be_placed(scenario: Scenario) -> list[str]:
    """Return the names to which a scenario may give coordinates, sorted."""
    names = set(kinds_of(scenario)) | {cohort.origin for cohort in scenario.cohorts.values()}
    names |= {state.hub for state in scenario.transit_states.values()}
    for collection in {**COLLECTIONS, **extra_collections}.keys() - _UNPLACED:
        names |= set(getattr(scenario, collection))
    return sorted(names)


def how_to_place(missing: tuple[str, ...]) -> str:
    """Return a sentence on what is not on the map, and how to put it there; empty if nothing is missing."""
    if not missing:
        return ""
    named = ", ".join(missing[:8]) + (f" and {len(missing) - 8} more" if len(missing) > 8 else "")
    example = f"places: {{{missing[0]}: {{latitude: ..., longitude: ...}}}}"
    return f"Not on the map for want of coordinates: {named}. The scenario can give them: {example}"


def misfits(scenario: Scenario) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield where a position is incomplete or contradicts itself, below ``places``, and what is wrong."""
    for name, entry in scenario.places.items():
        pair = [entry.latitude, entry.longitude]
        if None in pair and pair != [None, None]:
            lacking = "latitude" if entry.latitude is None else "longitude"
            yield (name,), f"found no {lacking}; needed: latitude and longitude, in degrees"
        elif entry.line is None and None in pair:
            yield (name,), "found no coordinates; needed: latitude and longitude, or of a section its line"
        if entry.line is not None and name not in scenario.sections:
            yield (name, "line"), f"found a line of {name!r}, which is no section; allowed: latitude and longitude"
        for k, point in enumerate(entry.line or []):
            if len(point) != 2 or not (-85 <= point[0] <= 85 and -180 <= point[1] <= 180):
                words = "a pair [latitude, longitude] in degrees, such as [69.05, 28.93], is allowed"
                yield (name, "line", k), f"found {point}; {words}"


def _place(name: str, kind: str, entry: Position | None, scenario: Scenario) -> Place | None:
    known = geography.places().get(name)
    if entry is not None and entry.latitude is not None and entry.longitude is not None:
        return Place(name, entry.title or _title(name, kind, scenario), kind, entry.longitude, entry.latitude)
    return known and Place(name, known.title, kind, known.lon, known.lat)


def _title(name: str, kind: str, scenario: Scenario) -> str:
    return scenario.agencies[name].country if kind == "agency" else words_of(name)


def words_of(name: str) -> str:
    """Return a name in words, capitalised."""
    return " ".join(word.capitalize() for word in name.split("-"))


def _line(name: str, entry: Position | None) -> tuple[Point, ...]:
    if entry is not None and entry.line is not None:
        return geography.along_border(tuple((lon, lat) for lat, lon in entry.line))
    if entry is not None and entry.latitude is not None and entry.longitude is not None:
        return ((entry.longitude, entry.latitude),)
    known = geography.sections().get(name)
    return known.line if known else ()
