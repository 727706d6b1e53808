"""Maps: classes of pressure, the ends of the map, sections, labels that keep clear of each other, countries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.data.geography import Place
from sim.report import map as border_map
from sim.report.map import brief_title, grade, legend, map_of_base, maps
from sim.scenario.places.scenario_map import ScenarioMap
from tests.handmade import Handmade, row
from tests.strategies import tiny_scenario
from tests.unit.report.drawn import artists_of, drawn, keep, listed

TINY = tiny_scenario()
LINES = {"dieveniskes": ((0.0, 0.0), (0.0, 1.0)), "kuznica": ((1.0, 0.5),)}
PLACES = {
    "bruzgi": Place("bruzgi", "Bruzgi", "zone", 0.5, 1.0),
    "minsk": Place("minsk", "Minsk", "hub", 2.0, 0.5),
    "benghazi": Place("benghazi", "Benghazi", "hub", 20.0, 32.0),
}
SHOWN = ScenarioMap(PLACES, LINES, ("narewka", "lida"))
SQUARE = np.array([(0.5, -9.0), (9.0, -9.0), (9.0, 9.0), (0.5, 9.0), (0.5, -9.0)])
OUTLINES = {"POL": [SQUARE - [9.0, 0]], "BLR": [SQUARE], "FRA": [SQUARE - [99, 0]]}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Two sections near the equator in a world of squares; what names of countries are asked for is kept."""
    asked: list[Any] = []

    def labels(*boxes: Any) -> dict[str, tuple[float, float]]:
        asked.append(boxes)
        return {"BLR": (0.75, 0.25)}

    monkeypatch.setattr(border_map, "drawing_of", keep)
    monkeypatch.setattr(border_map, "map_of", lambda scenario: SHOWN)
    monkeypatch.setattr(border_map, "_countries", lambda: OUTLINES)
    monkeypatch.setattr(border_map, "country_labels", labels)
    monkeypatch.setattr(border_map.geography, "country_at", lambda lon, lat: "BLR" if (lon, lat) == (2.0, 0.5) else "")
    return asked


def peak(scenario: str, section: str, median: float) -> dict[str, Any]:
    return row(scenario, "pressure_peak", (0, 0, median, 9, 9), "section", section)


PEAKS = [peak("base", "dieveniskes", 1.004), peak("base", "kuznica", 0.25), peak("open", "kuznica", 2.5)]


def test_pressure_has_five_classes_each_with_its_upper_bound() -> None:
    values = (0.0, 0.25, 0.26, 0.5, 0.51, 1.0, 1.01, 2.0, 2.01, 99.0)
    assert [grade(value) for value in values] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    keys = legend()
    assert [key.text for key in keys] == ["up to 0.25", "0.25 to 0.5", "0.5 to 1", "1 to 2", "over 2"]
    assert {key.kind for key in keys} == {"area"}
    assert [key.colour for key in keys] == list(border_map.COLOURS)
    light = [sum(int(key.colour[k : k + 2], 16) for k in (1, 3, 5)) for key in keys]
    assert light == sorted(light, reverse=True)  # the higher the darker


def test_a_map_per_scenario_has_sections_labels_and_countries(asked: list[Any]) -> None:
    found = Handmade(dict.fromkeys(("base", "open"), TINY), PEAKS)
    group = maps(found)
    assert group is not None
    assert (group.title, group.keys, group.wide) == ("", legend(), False)
    assert group.note == (
        "At each section: its highest pressure, the median over replicates. Full load is 1; numbers over it are bold. "
        "Not on the map for want of coordinates: narewka. The scenario can give them: "
        "places: {narewka: {latitude: ..., longitude: ...}}"
    )
    assert [(one.key, one.caption) for one in group.drawings] == [
        ("map0", "Map of the border sections, base; highest pressure: dieveniskes 1.00, kuznica 0.25"),
        ("map1", "Map of the border sections, open; highest pressure: kuznica 2.50"),
    ]
    base, other = (one.figure for one in group.drawings)
    assert drawn(base) == listed("""
        figure 4.2 x 4.5; within 0.125,0.11,0.9,0.88
        text 'base' at 0.01,0.9911 left top 9.5 bold #222222
        axes bare, margins 0.05,0.05
        area -0.3475,-0.3475 0,-0.3475 0,1.348 -0.3475,1.348 #f1f0ea edge #b5b3a8 0.6
        area 0.5,-0.3475 1.348,-0.3475 1.348,1.348 0.5,1.348 #e3e1d6 edge #b5b3a8 0.6
        line 1,0.5 #222222 1.3 solid mark o 6.3 edge #222222 0
        line 1,0.5 #fce236 1.3 solid mark o 4.32 edge #fce236 0
        line 0,0 0,1 #222222 6.5 solid butt
        line 0,0 0,1 #3d4a6c 5.4 solid butt
        line 0,0.5 0,0.5 #767676 0.5 solid z3
        text '1.00' at 0.002259,0.5148 center center 9 bold #222222
        text 'dieveniskes' at 0.002259,0.4798 center center 6.8 #222222
        line 1,0.5 0.9543,0.5 #767676 0.5 solid z3
        text '0.25' at 0.887,0.5148 center center 9 #222222
        text 'kuznica' at 0.887,0.4798 center center 6.8 #222222
        text 'Belarus' at 0.75,0.25 center center 9 #767676
        x limits -0.065 to 1.065
        x ticks none []
        y limits -0.065 to 1.065
        y ticks none []
    """)
    assert artists_of(other.axes[0]) == listed("""
        area -0.3475,-0.3475 0,-0.3475 0,1.348 -0.3475,1.348 #f1f0ea edge #b5b3a8 0.6
        area 0.5,-0.3475 1.348,-0.3475 1.348,1.348 0.5,1.348 #e3e1d6 edge #b5b3a8 0.6
        line 1,0.5 #222222 1.3 solid mark o 13.86 edge #222222 0
        line 1,0.5 #00224e 1.3 solid mark o 11.88 edge #00224e 0
        line 1,0.5 0.9543,0.5 #767676 0.5 solid z3
        text '2.50' at 0.887,0.5148 center center 9 bold #222222
        text 'kuznica' at 0.887,0.4798 center center 6.8 #222222
        text 'Belarus' at 0.75,0.25 center center 9 #767676
    """)
    assert base.axes[0].get_position().bounds == pytest.approx((0, 0, 1, 4.2 / 4.5), rel=1e-4)
    assert to_hex(base.axes[0].get_facecolor()).upper() == border_map.WATER
    assert base.axes[0].get_aspect() == "auto"


def test_names_of_countries_are_asked_for_around_the_labels(asked: list[Any]) -> None:
    """In degrees: what a label takes, and half of a country's name besides."""
    found = Handmade({"base": TINY}, [peak("base", "kuznica", 0.5)])
    assert maps(found) is not None
    box, taken = asked[0]
    assert box == pytest.approx((-0.065, -0.065, 1.065, 1.065), abs=1e-3)
    inch = 1.13 / 4.2
    x, width, height = 1 - 0.42 * inch, (0.25 + 0.28) * inch, (0.16 + 0.07) * inch
    assert taken == (pytest.approx((x - width, 0.5 - height, x + width, 0.5 + height), abs=1e-3),)


def test_one_scenario_has_no_name_above_its_map_and_one_run_no_median(asked: list[Any]) -> None:
    group = maps(Handmade({"base": TINY}, PEAKS, runs=1))
    assert group is not None
    assert group.note.startswith("At each section: its highest pressure. Full load is 1;")
    figure = group.drawings[0].figure
    assert len(figure.texts) == 0
    assert figure.get_size_inches() == pytest.approx((4.2, 4.2), rel=1e-3)
    assert figure.axes[0].get_position().bounds == pytest.approx((0, 0, 1, 1))


def test_the_map_of_the_base_has_titles_in_larger_letters(asked: list[Any]) -> None:
    group = map_of_base(Handmade(dict.fromkeys(("base", "open"), TINY), PEAKS))
    assert group is not None
    assert (group.title, group.note, group.keys) == ("", "", legend())
    (drawing,) = group.drawings
    assert (drawing.key, drawing.caption) == (
        "map", "Map of the border sections, base; highest pressure: dieveniskes 1.00, kuznica 0.25",
    )  # fmt: skip
    assert drawn(drawing.figure) == listed("""
        figure 4.2 x 4.2; within 0.125,0.11,0.9,0.88
        axes bare, margins 0.05,0.05
        area -0.475,-0.475 0,-0.475 0,1.475 -0.475,1.475 #f1f0ea edge #b5b3a8 0.6
        area 0.5,-0.475 1.475,-0.475 1.475,1.475 0.5,1.475 #e3e1d6 edge #b5b3a8 0.6
        line 1,0.5 #222222 1.3 solid mark o 6.3 edge #222222 0
        line 1,0.5 #fce236 1.3 solid mark o 4.32 edge #fce236 0
        line 0,0 0,1 #222222 6.5 solid butt
        line 0,0 0,1 #3d4a6c 5.4 solid butt
        line 0,0.5 0,0.5 #767676 0.5 solid z3
        text '1.00' at -0.007625,0.5171 center center 10.2 bold #222222
        text 'Dieveniškės' at -0.007625,0.4768 center center 8 #222222
        line 1,0.5 0.9474,0.5 #767676 0.5 solid z3
        text '0.25' at 0.805,0.517 center center 10.2 #222222
        text 'Kuźnica' at 0.805,0.4768 center center 8 #222222
        text 'Belarus' at 0.75,0.25 center center 9 #767676
        x limits -0.15 to 1.15
        x ticks none []
        y limits -0.15 to 1.15
        y ticks none []
    """)


def test_a_map_of_another_shape_without_hubs(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Labels are away from the middle of all sections; the map is as high as its land is."""
    lines = {"kuznica": ((3.0, 0.0), (5.0, 0.0)), "dieveniskes": ((5.0, 0.8), (5.0, 1.0), (5.0, 1.2))}
    monkeypatch.setattr(border_map, "map_of", lambda scenario: ScenarioMap({}, lines, ()))
    group = maps(Handmade({"base": TINY}, PEAKS))
    assert group is not None
    figure = group.drawings[0].figure
    assert drawn(figure) == listed("""
        figure 4.2 x 2.713; within 0.125,0.11,0.9,0.88
        axes bare, margins 0.05,0.05
        area 2.305,-0.695 5.695,-0.695 5.695,1.895 2.305,1.895 #f1f0ea edge #b5b3a8 0.6
        line 3,0 5,0 #222222 3.5 solid butt
        line 3,0 5,0 #fce236 2.4 solid butt
        line 5,0.8 5,1 5,1.2 #222222 6.5 solid butt
        line 5,0.8 5,1 5,1.2 #3d4a6c 5.4 solid butt
        line 5,1 5,1 #767676 0.5 solid z3
        text '1.00' at 4.995,1.116 center center 9 bold #222222
        text 'dieveniskes' at 4.995,1.046 center center 6.8 #222222
        line 4,0 4,0 #767676 0.5 solid z3
        text '0.25' at 3.914,-0.01431 center center 9 #222222
        text 'kuznica' at 3.914,-0.08426 center center 6.8 #222222
        text 'Belarus' at 0.75,0.25 center center 9 #767676
        x limits 2.87 to 5.13
        x ticks none []
        y limits -0.13 to 1.33
        y ticks none []
    """)
    ((west, south, east, north), taken) = asked[0]
    assert (west, south, east, north) == pytest.approx((2.87, -0.13, 5.13, 1.33), abs=1e-3)
    assert [round(float(end), 2) for end in taken[0]] == [4.71, 0.96, 5.28, 1.21]


def test_without_a_section_on_the_map_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(border_map, "map_of", lambda scenario: ScenarioMap(PLACES, {"other": LINES["kuznica"]}, ()))
    assert maps(Handmade({"base": TINY}, PEAKS)) is None
    assert map_of_base(Handmade({"base": TINY}, PEAKS)) is None


def test_a_map_without_numbers_has_no_labels(asked: list[Any]) -> None:
    group = maps(Handmade({"base": TINY}))
    assert group is not None
    assert artists_of(group.drawings[0].figure.axes[0])[2:] == listed("""
        text 'Belarus' at 0.75,0.25 center center 9 #767676
    """)
    assert asked[0][1] == ()


def test_a_section_s_title_is_its_first_place() -> None:
    assert brief_title("Lapland, north (from a to b) and more") == "Lapland"
    assert brief_title("A section with a long title") == "A section with…"


@pytest.mark.parametrize(
    ("border", "share", "box"),
    [
        ((0, 0, 1, 0.8), 0.1, (-0.1, -0.1, 1.1, 0.9)),
        ((0, 0, 0.02, 0.01), 0.1, (-0.065, -0.065, 0.085, 0.075)),  # at least 0.15 degrees, on both sides alike
        ((0, 0, 0.2, 1), 0.1, (-0.44, -0.1, 0.64, 1.1)),  # as wide as nine tenths of its height, 1.2
        ((0, 0, 2, 0.1), 0.1, (-0.2, -0.49, 2.2, 0.59)),  # as high as nine twentieths of its width, 2.4
    ],
)
def test_the_ends_of_a_map_leave_a_margin_and_a_shape_that_can_be_read(
    border: Sequence[float], share: float, box: Sequence[float]
) -> None:
    west, south, east, north = border
    shown = ScenarioMap({}, {"a": ((west, south), (east, north))}, ())
    assert border_map._box(shown, share) == pytest.approx(box, abs=1e-3)


def test_points_are_projected_so_that_shapes_are_kept() -> None:
    """Mercator's ordinate of 60 degrees is asinh(tan 60°), in degrees."""
    found = border_map._projected([(3.0, 0.0), (4.0, 60.0)])
    assert found == pytest.approx(np.array([(3.0, 0.0), (4.0, math.degrees(math.asinh(math.tan(math.pi / 3))))]))


def test_hubs_are_those_of_states_with_a_zone_each_once() -> None:
    found = Handmade({"base": TINY})
    assert border_map._hubs(found, SHOWN) == [(2.0, 0.5)]
    assert border_map._hubs(found, SHOWN._replace(places={})) == []


def test_a_section_is_a_line_with_an_edge_and_one_point_a_dot() -> None:
    axes = Figure().subplots()
    border_map._section(axes, np.array([(0.0, 0.0), (1.0, 2.0)]), 4)
    border_map._section(axes, np.array([(3.0, 4.0)]), 0)
    assert artists_of(axes) == listed("""
        line 0,0 1,2 #222222 7.7 solid butt
        line 0,0 1,2 #00224e 6.6 solid butt
        line 3,4 #222222 1.5 solid mark o 6.3 edge #222222 0
        line 3,4 #fce236 1.5 solid mark o 4.32 edge #fce236 0
    """)


def test_the_middle_of_a_section_is_half_way_along_it() -> None:
    corner = np.array([(0.0, 0.0), (3.0, 0.0), (3.0, 1.0)])
    assert border_map._middle(corner) == pytest.approx((2, 0))
    assert border_map._middle(np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 4.0)])) == pytest.approx((1, 1.5))
    assert border_map._middle(np.array([(7.0, 8.0)])) == pytest.approx((7, 8))


@pytest.mark.parametrize(
    ("line", "centre", "way"),
    [
        ([(0, 0), (0, 2)], (5, 1), (-1, 0)),
        ([(0, 2), (0, 0)], (-5, 1), (1, 0)),
        ([(0, 0), (2, 0)], (1, 3), (0, -1)),
        ([(0, 0), (2, 0)], (0, -1), (math.sin(math.pi / 8), math.cos(math.pi / 8))),  # between upwards and diagonal
        ([(0, 0), (2, 0)], (-3, 0), (math.sqrt(0.5), -math.sqrt(0.5))),  # in line with the section: to its right
        ([(1, 1)], (4, 5), (-0.6, -0.8)),  # a point has no perpendicular
        ([(0, 0), (2, 0)], (1, 0), (0, -1)),  # nor has the middle a direction away from itself
        ([(1, 1)], (1, 1), (0, 0)),
    ],
)
def test_labels_are_away_from_the_hubs_and_across_the_section(line: Any, centre: Any, way: Any) -> None:
    found = border_map._outwards(np.array(line, float), np.array(centre, float))
    assert found == pytest.approx(way, abs=1e-12)


ROOM = np.array([(0.0, 0.0), (10.0, 10.0)])


@pytest.mark.parametrize(
    ("places", "spread"),
    [
        ([(5, 5), (7, 5)], [(5, 5), (7, 5)]),  # side by side, just not overlapping
        ([(5, 5), (6.5, 5.2)], [(4.75, 5), (6.75, 5.2)]),  # apart along the way that is shorter
        ([(6.5, 5.2), (5, 5)], [(6.75, 5.2), (4.75, 5)]),
        ([(5, 5), (5.5, 5.6)], [(5, 4.8), (5.5, 5.8)]),
        ([(5, 5), (5, 5)], [(5, 4.5), (5, 5.5)]),
        ([(0.2, 9.9), (5, -3)], [(1, 9.5), (5, 0.5)]),  # within the room, by half of their size
    ],
)
def test_labels_are_pushed_apart_within_the_map(places: Any, spread: Any) -> None:
    before = np.array(places, float)
    found = border_map._spread(before, ROOM, (2.0, 1.0))
    assert found == pytest.approx(np.array(spread, float))
    assert before == pytest.approx(np.array(places, float))


def test_many_labels_end_up_apart() -> None:
    found = border_map._spread(np.full((6, 2), 5.0) + np.arange(6)[:, None] * 0.01, ROOM, (2.0, 1.0))
    for i in range(6):
        for j in range(i):
            gap = np.abs(found[i] - found[j])
            assert gap[0] >= 2 - 1e-5 or gap[1] >= 1 - 1e-5


def test_labels_for_which_there_is_no_room_stay_within_the_map() -> None:
    found = border_map._spread(np.full((9, 2), 1.0), np.array([(0.0, 0.0), (2.0, 2.0)]), (2.0, 1.0))
    assert (found >= [1, 0.5]).all() and (found <= [1, 1.5]).all()


def test_a_country_is_clamped_to_the_map_and_thinned_but_keeps_its_ends() -> None:
    ring = np.array([(0, 0), (0.3, 0.3), (0.6, 0.4), (0.6, 0.5), (20, 5), (3, -9), (0.1, 0.1), (0, 0)], float)
    found = border_map._clip(ring, (-1, -2, 10, 10), 1.0)
    assert found == pytest.approx(np.array([(0, 0), (0.6, 0.4), (10, 5), (3, -2), (0.1, 0.1), (0, 0)]))


def test_outlines_of_countries_are_projected_without_holes() -> None:
    from sim.data import geography

    found = border_map._countries()
    assert list(found) == list(geography.outlines())
    assert [len(rings) for rings in found.values()] == [len(polygons) for polygons in geography.outlines().values()]
    assert found["POL"][0] == pytest.approx(border_map._projected(geography.outlines()["POL"][0][0]))


@pytest.mark.parametrize(
    ("ring", "there"),
    [((2, 0, 3, 1), False), ((-2, 0, -1, 1), False), ((0, 2, 1, 3), False), ((0, -2, 1, -1), False),
     ((0.9, 0.9, 3, 3), True), ((-3, -3, 0.1, 0.1), True), ((1, 0, 2, 1), False), ((-1, 0, 0, 1), False),
     ((0, 1, 1, 2), False), ((0, -1, 1, 0), False), ((-9, -9, 9, 9), True)],
)  # fmt: skip
def test_land_is_drawn_if_it_comes_into_the_map(
    ring: Sequence[float], there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    west, low, east, high = ring
    outline = np.array([(west, low), (east, low), (east, high), (west, high), (west, low)], float)
    monkeypatch.setattr(border_map, "_countries", lambda: {"POL": [outline]})
    axes = Figure().subplots()
    border_map._land(axes, (0.0, 0.0, 1.0, 1.0), set())
    assert len(axes.collections) == there
