"""The map's outlines: which rings and points are kept, and what part of the world is shown."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from sim.data import geography
from sim.data.geography import Place, Point
from sim.scenario.places.scenario_map import ScenarioMap
from sim.view import geometry
from sim.view.geometry import (
    _bounds,
    _country,
    _deltas,
    _extent,
    _grown,
    _labels,
    _overlap,
    _thinned,
    _with_room,
    _within,
    _world,
    geometry_json,
)
from tests.strategies import tiny_scenario

UNIT = (0.0, 2.0, 1.0, 5.0)


def ordinate(lat: float) -> float:
    """The Mercator ordinate in another form of its formula."""
    return math.degrees(math.asinh(math.tan(math.radians(lat))))


def parallel(ordinate: float) -> float:
    return math.degrees(math.atan(math.sinh(math.radians(ordinate))))


def box(west: float, south: float, width: float, height: float) -> tuple[Point, ...]:
    """A closed ring around a rectangle."""
    east, north = west + width, south + height
    return (west, south), (east, south), (east, north), (west, north), (west, south)


def place(name: str, kind: str, lon: float, lat: float) -> Place:
    return Place(name, name.capitalize(), kind, lon, lat)


def mapped(*places: Place, lines: Any = ()) -> ScenarioMap:
    return ScenarioMap({one.name: one for one in places}, dict(lines), ())


def test_lines_are_differences_in_thousandths_that_add_up() -> None:
    line = [(1.0004, 2.0), (1.0008, 2.0006), (0.5, -1.25)]
    assert _deltas(line) == [1000, 2000, 1, 1, -501, -3251]
    assert _deltas([]) == []


def test_bounds_and_extent_are_those_of_all_points() -> None:
    ring = [(1.0, 7.0), (3.0, 2.0), (2.0, 4.0)]
    assert _bounds(ring) == (1.0, 2.0, 3.0, 7.0)
    assert _extent(ring) == 5.0
    assert _extent([(y, x) for x, y in ring]) == 5.0
    assert _grown((1.0, 2.0, 3.0, 7.0), 0.5) == (0.5, 1.5, 3.5, 7.5)


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        ((1.0, 2.0, 2.0, 5.0), True), ((-1.0, 2.0, 0.0, 5.0), True), ((0.0, 5.0, 1.0, 6.0), True),
        ((0.0, 1.0, 1.0, 2.0), True), ((1.1, 2.0, 2.0, 5.0), False), ((-1.0, 2.0, -0.1, 5.0), False),
        ((0.0, 5.1, 1.0, 6.0), False), ((0.0, 1.0, 1.0, 1.9), False), ((0.4, 2.4, 0.6, 2.6), True),
    ],
)  # fmt: skip
def test_boxes_meet_where_they_touch(other: tuple[float, float, float, float], meets: bool) -> None:
    assert _overlap(UNIT, other) is meets
    assert _overlap(other, UNIT) is meets


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        ((0.0, 3.0), True), ((1.0, 3.0), True), ((0.5, 2.0), True), ((0.5, 5.0), True), ((0.5, 3.0), True),
        ((-0.1, 3.0), False), ((1.1, 3.0), False), ((0.5, 1.9), False), ((0.5, 5.1), False),
    ],
)  # fmt: skip
def test_a_point_on_the_edge_is_within_a_box(point: Point, inside: bool) -> None:
    assert _within(point, UNIT) is inside


FAR = (12.0, 12.0)


def kept_of(points: list[Point], close: Any, world: Any, end: Point = FAR) -> list[Point]:
    """What is kept of points after the first one at (0, 0) on the way to a far end, a sixth of which is no limit."""
    ring = [(0.0, 0.0), *points, end]
    found = _thinned(ring, close, world)
    assert (found[0], found[-1]) == (ring[0], ring[-1])
    return found[1:-1]


def test_near_the_border_all_points_are_kept() -> None:
    points = [(0.001, 0.0), (0.001, 0.001), (0.002, 0.001)]
    assert kept_of(points, (0, 0, 1, 1), (0, 0, 5, 5)) == points


def test_elsewhere_on_the_map_points_are_seven_hundredths_of_a_degree_apart() -> None:
    close, world = (3, 3, 4, 4), (-1, -1, 5, 5)
    assert kept_of([(0.069, 0.0), (0.07, 0.0), (0.08, 0.05)], close, world) == [(0.07, 0.0)]
    assert kept_of([(0.0, -0.07), (-0.02, -0.04), (-0.08, -0.07)], close, world) == [(0.0, -0.07), (-0.08, -0.07)]
    # Along both axes together.
    assert kept_of([(0.03, 0.039), (0.03, 0.04)], close, world) == [(0.03, 0.04)]


def test_beyond_the_map_points_are_four_tenths_of_a_degree_apart() -> None:
    close, world = (3, 3, 4, 4), (2, 2, 5, 5)
    assert kept_of([(0.39, 0.0), (0.4, 0.0), (0.41, 0.3), (0.5, 0.4)], close, world) == [(0.4, 0.0), (0.5, 0.4)]


def test_a_small_ring_keeps_its_shape() -> None:
    """Of a ring of 0.6 degrees points are left out that are nearer than a twelfth of that."""
    close, beyond, within = (30, 30, 40, 40), (20, 20, 50, 50), (-1, -1, 5, 5)
    points = [(0.049, 0.0), (0.051, 0.0), (0.051, 0.049), (0.051, 0.051)]
    for world in (beyond, within):
        assert kept_of(points, close, world, (0.6, 0.6)) == [(0.051, 0.0), (0.051, 0.051)]


WORLD, BORDER = (0.0, 0.0, 10.0, 4.0), (4.0, 1.0, 6.0, 2.0)  # shown as far as -5 and 15; the border's to 3.4 and 6.6


def country(
    monkeypatch: pytest.MonkeyPatch, *polygons: Any, world: Any = WORLD, iso: str = "XXX"
) -> list[tuple[float, float]]:
    """The first points of the rings that are kept of a country."""
    monkeypatch.setattr(geography, "outlines", lambda: {iso: polygons})
    found = _country(iso, world, BORDER)
    assert list(found) == ["iso", "eu", "rings"]
    assert (found["iso"], found["eu"]) == (iso, iso == "POL")
    return [(ring[0] / 1000, ring[1] / 1000) for ring in found["rings"]]


MAIN = (*box(0, 0, 3, 3)[:4], (0.0, 1.5), (0.0, 0.0))


def test_islands_of_some_extent_or_near_the_border_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    large, just, tiny = box(8, 1, 1, 1), box(0, 3.5, 0.12, 0.01), box(0, 3.6, 0.11, 0.01)
    near = box(6.55, 1, 0.02, 0.02)
    away = box(6.65, 1, 0.02, 0.02)
    found = country(monkeypatch, (MAIN, large), (just,), (tiny,), (near,), (away,))
    assert found == [(0, 0), (8, 1), (0, 3.5), (6.55, 1)]
    assert country(monkeypatch, (MAIN,), iso="POL") == [(0, 0)]


def test_a_small_country_keeps_its_islands(monkeypatch: pytest.MonkeyPatch) -> None:
    island = box(0.5, 3, 0.05, 0.05)
    small, just = (*box(0, 0, 0.24, 0.1), (0.0, 0.0)), (*box(0, 0, 0.25, 0.1), (0.0, 0.0))
    assert country(monkeypatch, (small,), (island,)) == [(0, 0), (0.5, 3)]
    assert country(monkeypatch, (just,), (island,)) == [(0, 0)]


def test_what_lies_half_a_map_beyond_the_map_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    rings = [box(14.5, 1, 5, 1), box(15.5, 1, 5, 1), box(-6, 1, 1.5, 1), box(-7, 1, 1.5, 1), box(1, 8.5, 1, 1),
             box(1, 9.5, 1, 1)]  # fmt: skip
    found = country(monkeypatch, *[(ring,) for ring in rings])
    assert found == [(14.5, 1), (-6, 1), (1, 8.5)]
    high = [box(8.5, 1, 5, 1), box(9.5, 1, 5, 1), box(1, 14.5, 1, 1), box(1, 15.5, 1, 1)]
    assert country(monkeypatch, *[(ring,) for ring in high], world=(0, 0, 4, 10)) == [(8.5, 1), (1, 14.5)]
    # The largest ring of a country, too.
    assert country(monkeypatch, (MAIN,), world=(20, 20, 21, 21)) == []


def test_what_is_no_more_than_a_line_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    triangle = ((8.0, 1.0), (9.0, 1.0), (9.0, 2.0), (8.0, 1.0))
    assert country(monkeypatch, (MAIN,), (triangle,), (triangle[1:],)) == [(0, 0), (8, 1)]


def test_the_map_of_the_corridor_has_room_around_all_places_but_agencies() -> None:
    """A quarter of the widest room, as three degrees are a tenth of thirty."""
    found = mapped(
        place("a", "hub", 20, 50), place("b", "zone", 23, 51), place("c", "agency", 0, 0),
        lines=[("s", ((21.0, 50.5), (22.0, 50.5)))],
    )  # fmt: skip
    assert _world(found) == pytest.approx((20 - 1, 50 - 0.8, 23 + 1.25, 51 + 0.55))


def test_the_room_around_a_high_map_follows_its_height_on_the_page() -> None:
    found = mapped(lines=[("s", ((20.0, 60.0), (20.5, 61.0)))])
    near = 0.15 + (ordinate(61) - ordinate(60)) / 30
    expected = (20 - 4 * near, 60 - 3.2 * near, 20.5 + 5 * near, 61 + 2.2 * near)
    assert _world(found) == pytest.approx(expected, abs=1e-6)


def test_the_room_around_a_wide_map_is_limited_and_nothing_shows_europe() -> None:
    found = mapped(place("a", "hub", 0, 10), place("b", "zone", 60, 50))
    assert _world(found) == (-4, 6.8, 65, 52.2)
    assert _world(mapped(place("c", "agency", 1, 1))) == (-12, 30, 42, 66)


def test_the_map_of_the_border_has_room_for_names_at_its_sides() -> None:
    wide = _with_room((20.0, 0.0, 24.0, 1.0))
    expected = (20 - 0.3, parallel(-0.18), 24 + 0.536, parallel(ordinate(1) + 0.32))
    assert wide == pytest.approx(expected, abs=1e-6)
    high = _with_room((20.0, 60.0, 20.5, 61.0))
    side = ordinate(61) - ordinate(60)
    expected = (
        20 - 0.075 * side, parallel(ordinate(60) - 0.045 * side), 20.5 + 0.134 * side,
        parallel(ordinate(61) + 0.08 * side),
    )  # fmt: skip
    assert high == pytest.approx(expected, abs=1e-6)


def test_the_map_of_a_border_of_one_point_shows_three_tenths_of_a_degree_and_the_room() -> None:
    found = _with_room((10.0, 0.0, 10.1, 0.0))
    expected = (10 - 0.1 - 0.0225, parallel(-0.1 - 0.0135), 10.1 + 0.1 + 0.0402, parallel(0.1 + 0.024))
    assert found == pytest.approx(expected, abs=1e-9)


def test_names_of_countries_stand_where_they_find_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geometry, "country_labels", lambda box: {"POL": (20.0, box[0]), "LTU": (24.0, 55.0)})
    assert _labels((52.0, 0.0, 1.0, 1.0)) == [["Poland", 20.0, 52.0], ["Lithuania", 24.0, 55.0]]


@pytest.fixture
def flat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world of two countries, one of which is nowhere near."""
    outlines = {"POL": ((box(19, 50, 3, 3),),), "USA": ((box(-100, 40, 3, 3),),)}
    monkeypatch.setattr(geography, "outlines", lambda: outlines)
    monkeypatch.setattr(geography, "country_at", lambda lon, lat: f"{lon:g}:{lat:g}")
    monkeypatch.setattr(geometry, "country_labels", lambda box: {"POL": (box[0], box[1])})


AIR = {
    "departure": "flight", "departures": "flights", "over_sea": False, "step": 0.5, "may_be_banned": True,
    "colour": "air", "glyph": "plane", "dash": [],
}  # fmt: skip


@pytest.mark.usefixtures("flat")
def test_the_whole_map_of_a_hub_and_a_section() -> None:
    places = (place("hub", "hub", 20, 50), Place("camp", "Łagów", "zone", 23, 51))
    text = geometry._json.__wrapped__(places, (("s", ((23.0, 51.0), (23.001, 51.5))),), ("mars",))
    content = json.loads(text)
    assert "Łagów" in text
    assert ", " not in text.replace("Scenario", "").split('"missing"')[0]
    assert list(content) == ["scale", "frame", "world", "border", "countries", "sections", "places", "labels", "modes",
                             "missing"]  # fmt: skip
    assert (content["scale"], content["frame"]) == (1000, [-180, -56, 180, 83.6])
    near = 0.15 + max(3.001, ordinate(51.5) - ordinate(50)) / 30
    world = [20 - 4 * near, 50 - 3.2 * near, 23.001 + 5 * near, 51.5 + 2.2 * near]
    assert content["world"] == pytest.approx(world)
    side = ordinate(51.5) - ordinate(51)
    border = [
        23 - 0.075 * side, parallel(ordinate(51) - 0.045 * side), 23.001 + 0.134 * side,
        parallel(ordinate(51.5) + 0.08 * side),
    ]  # fmt: skip
    assert content["border"] == pytest.approx(border)
    ring = [19000, 50000, 3000, 0, 0, 3000, -3000, 0, 0, -3000]
    assert content["countries"] == [{"iso": "POL", "eu": True, "rings": [ring]}]
    assert content["sections"] == {"s": [23000, 51000, 1, 500]}
    assert content["places"] == {
        "hub": {"title": "Hub", "kind": "hub", "at": [20, 50], "country": "20:50"},
        "camp": {"title": "Łagów", "kind": "zone", "at": [23, 51], "country": "23:51"},
    }
    assert content["labels"] == {
        "world": [["Poland", *content["world"][:2]]], "border": [["Poland", *content["border"][:2]]]
    }  # fmt: skip
    assert (list(content["modes"]), content["modes"]["air"]) == (["air", "land", "sea"], AIR)
    assert content["missing"] == (
        "Not on the map for want of coordinates: mars. The scenario can give them: "
        "places: {mars: {latitude: ..., longitude: ...}}"
    )


@pytest.mark.usefixtures("flat")
def test_without_a_border_its_map_is_that_of_the_corridor() -> None:
    content = json.loads(geometry._json.__wrapped__((place("hub", "hub", 20, 50),), (), ()))
    assert content["border"] == content["world"] == pytest.approx([20 - 0.6, 50 - 0.48, 20.75, 50.33])
    assert (content["sections"], content["missing"]) == ({}, "")
    empty = json.loads(geometry._json.__wrapped__((), (), ()))
    assert empty["border"] == empty["world"] == [-12, 30, 42, 66]


def test_a_scenario_has_its_places_on_the_map_and_tells_what_lacks() -> None:
    content = json.loads(geometry_json(tiny_scenario()))
    assert content["sections"] == {}
    assert content["missing"].startswith(
        "Not on the map for want of coordinates: dieveniskes, kuznica, narewka. The scenario can give them: "
    )
    assert {name: (one["kind"], one["country"]) for name, one in content["places"].items()} == {
        "baghdad": ("origin", "IRQ"), "minsk": ("hub", "BLR"), "benghazi": ("origin", "LBY"),
        "damascus": ("origin", "SYR"), "lampedusa": ("landing", "ITA"), "bruzgi": ("zone", "BLR"),
        "lida": ("zone", "BLR"),
    }  # fmt: skip
