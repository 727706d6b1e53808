"""Distances are distances, and what scenarios name lies where it should."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.data import geography
from sim.data.country_labels import country_labels, latitude, mercator
from sim.data.geography import EARTH_RADIUS_KM, distance_km, great_circle_km, place, places, section, sections
from sim.scenario import load_scenario, scenario_names
from sim.scenario.places.scenario_map import map_of

POINTS = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
HALF_ROUND = math.pi * EARTH_RADIUS_KM
METRE = 1e-3


@given(POINTS, POINTS)
def test_distance_is_the_same_both_ways_and_at_most_half_round_the_earth(a, b):
    assert great_circle_km(*a, *b) == great_circle_km(*b, *a)
    assert 0 <= great_circle_km(*a, *b) <= HALF_ROUND


@given(POINTS)
def test_a_point_is_at_no_distance_from_itself_however_its_longitude_is_written(a):
    assert great_circle_km(*a, *a) == 0
    assert great_circle_km(*a, a[0] + 360, a[1]) < METRE


@given(POINTS, POINTS, POINTS)
def test_no_detour_is_shorter(a, b, c):
    assert great_circle_km(*a, *c) <= great_circle_km(*a, *b) + great_circle_km(*b, *c) + METRE


@given(POINTS, POINTS)
def test_haversine_agrees_with_the_angle_between_vectors(a, b):
    def vector(lon, lat):
        lon, lat = math.radians(lon), math.radians(lat)
        return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)

    p, q = vector(*a), vector(*b)
    chord = math.dist(p, q)
    other = math.dist(p, tuple(-x for x in q))
    angle = 2 * math.atan2(chord, other)
    assert great_circle_km(*a, *b) == pytest.approx(EARTH_RADIUS_KM * angle, abs=METRE)


def test_a_degree_of_a_meridian():
    assert great_circle_km(0, 0, 0, 1) == pytest.approx(2 * HALF_ROUND / 360)
    assert great_circle_km(0, 90, 123, -90) == pytest.approx(HALF_ROUND)


def test_distances_that_anyone_can_look_up():
    assert distance_km(place("minsk"), place("istanbul")) == pytest.approx(1440, rel=0.02)
    assert distance_km(place("tripoli"), place("lampedusa")) == pytest.approx(300, rel=0.05)


def test_border_zones_lie_within_reach_of_a_section():
    points = [point for s in sections().values() for point in s.line]
    for zone in (p for p in places().values() if p.kind == "zone"):
        assert min(great_circle_km(zone.lon, zone.lat, *point) for point in points) < 100, zone


def test_sections_run_on_from_one_to_the_next():
    for name in ("pl-by", "lt-by", "lv-by"):
        lines = [s.line for s in sections().values() if s.code.startswith(name)]
        assert [line[-1] for line in lines[:-1]] == [line[0] for line in lines[1:]]


def test_the_map_draws_a_section_shorter_than_it_is():
    for s in sections().values():
        assert 0.65 * s.length_km < s.drawn_km < s.length_km, s.code


@pytest.mark.parametrize("name", scenario_names())
def test_shipped_scenarios_name_places_and_sections_that_are_on_the_map(name):
    scenario = load_scenario(name)
    named = {c.origin for c in scenario.cohorts.values()} | {t.hub for t in scenario.transit_states.values()}
    named |= {end for route in scenario.routes.values() for end in (route.origin, route.destination)}
    assert named | set(scenario.zones) <= set(places()) | set(scenario.places)
    assert not map_of(scenario).missing
    for code in set(scenario.sections) & set(sections()):
        used = scenario.sections[code]
        assert (used.agency, used.length) == (section(code).agency, section(code).length_km)


@pytest.mark.parametrize("name", scenario_names())
def test_the_season_of_a_shipped_scenario_is_that_of_its_border(name):
    scenario = load_scenario(name)
    _, south, _, north = map_of(scenario).border
    assert south - 1 < scenario.seasons.latitude < north + 1


def test_places_and_sections_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        place("minsk").lon = 0
    with pytest.raises(TypeError):
        places()["minsk"] = place("moscow")


@pytest.mark.parametrize(
    ("lookup", "name", "words"),
    [
        (place, "mnisk", ["'mnisk'", "no place", "baghdad", "did you mean 'minsk'"]),
        (section, "PL-BY-1", ["'PL-BY-1'", "no border section", "lv-by-3"]),
        (section, "pl-by1", ["did you mean 'pl-by-1'"]),
    ],
)
def test_an_unknown_name_says_what_is_allowed(lookup, name, words):
    with pytest.raises(ValueError) as error:
        lookup(name)
    assert all(word in str(error.value) for word in words), error.value


def test_needs_neither_mesa_nor_yaml_nor_pandas():
    code = (
        "import sys, sim.data.geography as g; g.places(), g.sections();"
        "print(*{'mesa', 'yaml', 'pandas'} & {*sys.modules})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


@pytest.mark.parametrize(
    ("name", "iso3"),
    [("minsk", "BLR"), ("bruzgi", "BLR"), ("germany", "DEU"), ("benghazi", "LBY"), ("istanbul", "TUR")],
)
def test_a_place_lies_in_its_country(name, iso3):
    assert geography.country_of(name) == iso3


def test_border_zones_lie_in_the_country_of_their_hub():
    zones = [p.name for p in places().values() if p.kind == "zone"]
    assert {geography.country_of(name) for name in zones} == {geography.country_of("minsk")}


def test_agencies_come_in_the_order_of_their_sections():
    first = list(dict.fromkeys(s.agency for s in sections().values()))
    assert geography.by_sections(sorted(first)) == first
    assert geography.by_sections(["zz", first[1], "aa"]) == [first[1], "aa", "zz"]


BOXES = st.tuples(st.floats(-20, 50), st.floats(12, 70), st.floats(0.5, 25), st.floats(0.5, 12)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@settings(max_examples=25, deadline=None)
@given(BOXES)
def test_a_countrys_name_stands_within_it_and_within_the_box_wherever_that_lies(box):
    for iso3, (lon, lat) in country_labels(box).items():
        assert box[0] < lon < box[2]
        assert box[1] < lat < box[3]
        assert geography.country_at(lon, lat) == iso3


def test_names_of_countries_keep_away_from_what_is_taken():
    box = (22.0, 51.0, 30.0, 57.0)
    lon, lat = country_labels(box)["BLR"]
    taken = (lon - 0.5, lat - 0.5, lon + 0.5, lat + 0.5)
    other = country_labels(box, (taken,))["BLR"]
    assert not (taken[0] <= other[0] <= taken[2] and taken[1] <= other[1] <= taken[3])


@given(st.floats(-85, 85))
def test_the_projection_has_an_inverse_and_keeps_shapes(lat):
    assert latitude(mercator(lat)) == pytest.approx(lat, abs=1e-9)
    step = 1e-4
    stretched = (mercator(lat + step) - mercator(lat - step)) / (2 * step)
    assert stretched == pytest.approx(1 / math.cos(math.radians(lat)), rel=1e-4)  # as a degree of longitude is shorter


@pytest.mark.parametrize(
    ("lon", "lat", "iso3"),
    [(30.20, 69.65, "NOR"), (27.0, 68.9, "FIN"), (33.1, 68.9, "RUS"), (-5.32, 35.889, "ESP"), (-5.42, 35.83, "MAR"),
     (26.3, 41.3, "GRC"), (26.9, 41.3, "TUR"), (33.6, 44.7, "UKR"), (-15.5, 28.0, "ESP"), (-99.1, 19.4, "MEX")],
)  # fmt: skip
def test_the_map_knows_borders_far_from_the_corridor(lon, lat, iso3):
    assert geography.country_at(lon, lat) == iso3


@pytest.mark.parametrize(
    "ends",
    [((30.82, 69.79), (28.93, 69.05)), ((26.36, 41.71), (26.04, 40.73)), ((-5.38, 35.905), (-5.345, 35.87))],
    ids=["arctic", "evros", "ceuta"],
)
def test_a_line_given_by_its_ends_follows_the_border_between_them(ends):
    way = geography.along_border(ends)
    assert len(way) >= 3
    for end, given_ in zip((way[0], way[-1]), ends, strict=True):
        assert great_circle_km(*end, *given_) < geography.NEAR_BORDER_KM
    assert geography.along_border(ends[::-1]) == way[::-1]


def test_a_line_along_no_border_stays_as_it_is():
    for line in (((20.0, 60.0), (20.5, 60.2)), ((27.5, 53.0), (28.0, 53.5)), ((24.0, 54.0),)):
        assert geography.along_border(line) == line


def test_the_european_union_has_27_members_all_on_the_map():
    assert len(geography.eu_members()) == 27
    assert geography.eu_members() <= set(geography.country_names())
