"""Places lie where the scenario says, else where the data say, else nowhere; and no result depends on it."""

from __future__ import annotations

import json

import pytest

from sim.data import geography
from sim.scenario import Scenario, ScenarioError, load_scenario, scenario_hash, scenario_names, to_yaml
from sim.scenario.places.scenario_map import how_to_place, map_of
from tests.strategies import finished, tiny_scenario

ELSEWHERE = {"minsk": {"latitude": 69.0, "longitude": 33.0, "title": "Murmansk"}}


def placed(tmp_path, places: str, **more: str) -> Scenario:
    """A shipped scenario with places of its own, from a file."""
    file = tmp_path / "own.yaml"
    file.write_text(f"extends: base\nplaces: {places}\n" + "".join(f"{k}: {v}\n" for k, v in more.items()))
    return load_scenario(file)


@pytest.mark.parametrize("name", scenario_names())
def test_shipped_scenarios_are_wholly_on_the_map(name: str) -> None:
    found = map_of(load_scenario(name))
    assert found.missing == ()
    assert how_to_place(found.missing) == ""


def test_the_scenarios_own_coordinates_come_first_and_move_no_result() -> None:
    plain, moved = tiny_scenario(days=40), tiny_scenario({"places": ELSEWHERE}, days=40)
    here = map_of(moved).places["minsk"]
    assert (here.lon, here.lat, here.title) == (33.0, 69.0, "Murmansk")
    assert map_of(plain).places["minsk"] == geography.place("minsk").__class__(
        "minsk", "Minsk", "hub", geography.place("minsk").lon, geography.place("minsk").lat
    )
    assert scenario_hash(plain) == scenario_hash(moved)
    assert (finished(plain).world.rows == finished(moved).world.rows).all()


def test_what_has_no_coordinates_is_named_with_the_way_to_give_them(tmp_path) -> None:
    scenario = placed(
        tmp_path,
        "{}",
        zones="{nowhere: {transit_state: belarus, sections: {no-line: 0}}}",
        sections="{no-line: {agency: poland, title: Somewhere}}",
    )
    found = map_of(scenario)
    assert found.missing == ("nowhere", "no-line")
    assert not set(found.missing) & (set(found.places) | set(found.lines))
    words = how_to_place(found.missing)
    assert "nowhere, no-line" in words
    assert "places: {nowhere: {latitude: ..., longitude: ...}}" in words


def test_a_section_is_a_line_or_its_middle(tmp_path) -> None:
    found = map_of(
        placed(tmp_path, "{pl-by-1: {latitude: 53.5, longitude: 23.5}, pl-by-2: {line: [[60.0, 20.0], [60.1, 20.2]]}}")
    )
    assert found.lines["pl-by-1"] == ((23.5, 53.5),)
    assert found.lines["pl-by-2"] == ((20.0, 60.0), (20.2, 60.1))
    assert found.lines["pl-by-3"] == geography.section("pl-by-3").line


def test_an_agency_is_on_the_map_only_where_it_has_coordinates(tmp_path) -> None:
    assert "poland" not in map_of(load_scenario("base")).places
    agency = map_of(placed(tmp_path, "{poland: {latitude: 53.13, longitude: 23.16}}")).places["poland"]
    assert (agency.title, agency.kind) == ("Poland", "agency")


def test_coordinates_survive_writing(tmp_path) -> None:
    scenario = placed(tmp_path, json.dumps({"minsk": {"latitude": 69.0, "longitude": 33.0}}))
    (tmp_path / "again.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    assert load_scenario(tmp_path / "again.yaml") == scenario


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ("{mnisk: {latitude: 1, longitude: 2}}", ["'mnisk'", "no origin, hub", "did you mean 'minsk'", "places.mnisk"]),
        ("{minsk: {latitude: 54}}", ["no longitude", "in degrees"]),
        ("{minsk: {title: Minsk}}", ["no coordinates", "latitude and longitude"]),
        ("{minsk: {latitude: 95, longitude: 2}}", ["95", "from -85 to 85 (degrees north)"]),
        ("{minsk: {line: [[54, 27], [54, 28]]}}", ["no section", "places.minsk.line"]),
        ("{pl-by-1: {line: [[54, 27], [240, 28]]}}", ["[240.0, 28.0]", "[latitude, longitude]"]),
        ("{pl-by-1: {line: [[54, 27]]}}", ["1 entries", "at least 2"]),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(tmp_path, places: str, words: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        placed(tmp_path, places)
    assert [word for word in words if word not in str(error.value)] == []
