"""What has no effect, parts, parameters in words and the map, each with its whole text."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sim.data.geography import place
from sim.scenario.guide.describe import Described, described, figure, matches
from sim.scenario.guide.idle import masked, without_effect
from sim.scenario.guide.legs import in_words, routes_by_leg, unlike_prices
from sim.scenario.nodes import from_plain
from sim.scenario.parts.apply import _free, slug, with_parts
from sim.scenario.parts.library import asked
from sim.scenario.parts.targets import TARGETS
from sim.scenario.places import scenario_map
from sim.scenario.places.scenario_map import how_to_place, kinds_of, map_of, may_be_placed, misfits, words_of
from sim.scenario.quantity import Distribution
from tests.strategies import POINT, START, merge, tiny_scenario

END = date(2026, 1, 28)
TINY = tiny_scenario()


def on(day: int) -> date:
    return START + timedelta(days=day)


def order(**fields: Any) -> dict[str, Any]:
    return {"measures": {"order": {"kind": "turn-back", "agency": "poland", "start": on(10), **fields}}}


TURNED = {"agencies": {"poland": {"turn_back": {on(5): 0.2, on(20): 0.3, on(30): 0.4}}}}
IDLE: list[tuple[dict[str, Any], list[str]]] = [
    ({"carriers": {"buses": {"services": {"damascus-minsk": {"weekly": {START: 0, END: 1}}}}}}, []),
    ({"carriers": {"buses": {"services": {"damascus-minsk": {"weekly": {START: 0, END + timedelta(days=1): 1}}}}}},
     ["carriers.buses.services.damascus-minsk: nothing ever departs, by `weekly` or by a timetable"]),
    ({"carriers": {"buses": None}},
     ["routes.damascus-minsk: cohorts may choose it, but no carrier serves it, so nobody can take it",
      "cohorts.syrians: no carrier serves any of its routes, so nobody leaves"]),
    ({"transit_states": {"turkey": {"hub": "istanbul"}}}, ["transit_states.turkey: no route leads to it"]),
    ({"agencies": {"latvia": {"country": "Latvia", "personnel": 1}}}, ["agencies.latvia: it guards no section"]),
    ({"sections": {"far": {"agency": "poland", "title": "Far", "length": 1}}},
     ["sections.far: no border zone has it within reach (zones.NAME.sections), so nobody tries there"]),
    (order(lag=3, end=on(13)), []),
    (order(lag=3, end=on(12)), ["measures.order: it ends on 2025-10-13, before its lag of 3 days is over"]),
    (order(success_probability=0), ["measures.order: its success_probability is 0, so it never takes effect"]),
    ({"measures": {"d": {"kind": "frontex-deployment", "agency": "poland", "start": START}},
      "frontex": {"officers": 0}},
     ["measures.d: Frontex's pool is empty (frontex.officers: 0), so nobody can be sent"]),
    (merge(TURNED, order(end=on(29))),
     ["agencies.poland.turn_back.2025-10-21: the measure order overrides it for as long as it holds"]),
    (merge(TURNED, order(end=on(28))), []),
    (merge(TURNED, order()),
     ["agencies.poland.turn_back.2025-10-21: the measure order overrides it for as long as it holds",
      "agencies.poland.turn_back.2025-10-31: the measure order overrides it for as long as it holds"]),
    (merge(TURNED, order(start=on(20), end=on(29))),
     ["agencies.poland.turn_back.2025-10-21: the measure order overrides it for as long as it holds"]),
    (merge(TURNED, order(start=on(21), end=on(29))), []),
    (merge(TURNED, order(success_probability=0.5)), []),
    ({"sponsors": {"m": {"transit_states": ["belarus"], "start": END}}}, []),
    ({"sponsors": {"m": {"transit_states": ["belarus"], "start": END + timedelta(days=1)}}},
     ["sponsors.m: it starts on 2026-01-29, after the last day, 2026-01-28"]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "lines"), IDLE)
def test_what_can_have_no_effect_is_said_in_whole_lines(changes: dict[str, Any], lines: list[str]) -> None:
    assert without_effect(tiny_scenario(changes)) == lines


@pytest.mark.parametrize(
    ("changes", "path", "why"),
    [
        ({}, "behaviour.retry", ""),
        ({"transit_states": {"libya": {"visas": {on(-9): 1, START: 2}}}}, "transit_states.libya.visas.2025-09-22",
         "the value from 2025-10-01 holds on the first day, 2025-10-01, already"),
        ({"transit_states": {"libya": {"visas": {on(-9): 1, on(1): 2}}}}, "transit_states.libya.visas.2025-09-22", ""),
        ({"transit_states": {"libya": {"visas": {END: 1}}}}, "transit_states.libya.visas.2026-01-28", ""),
        ({"transit_states": {"libya": {"visas": {END + timedelta(days=1): 1}}}},
         "transit_states.libya.visas.2026-01-29", "it holds from 2026-01-29, after the last day, 2026-01-28"),
        (order(start=END + timedelta(days=1)), "measures.order.share",
         "measures.order starts on 2026-01-29, after the last day, 2026-01-28"),
        (order(start=END), "measures.order.share", ""),
        (merge(TURNED, order()), "agencies.poland.turn_back.2025-10-21",
         "the measure order overrides it for as long as it holds"),
        (merge(TURNED, order()), "agencies.poland.turn_back.2025-10-06", ""),
        (merge(TURNED, order(end=on(28))), "agencies.poland.turn_back.2025-10-21", ""),
        (merge(TURNED, order(end=on(29))), "agencies.poland.turn_back.2025-10-21",
         "the measure order overrides it for as long as it holds"),
        ({"measures": {"ban": {"kind": "carrier-ban", "carriers": ["buses"], "start": START}}},
         "carriers.buses.services.damascus-minsk.weekly.2025-10-01", "the measure ban overrides it for as long as it "
                                                                     "holds"),
        ({"measures": {"ban": {"kind": "carrier-ban", "carriers": ["buses"], "start": START, "cohorts": ["iraqis"]}}},
         "carriers.buses.services.damascus-minsk.weekly.2025-10-01", ""),
        ({"answers": False}, "reactions.x.strength", "nobody answers (answers: false)"),
        ({}, "reactions.x.strength", ""),
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_matter_is_told_why(changes: dict[str, Any], path: str, why: str) -> None:
    assert masked(tiny_scenario(changes), path) == why


WORLD = tiny_scenario(merge(POINT, {"routes": {"baghdad-minsk": {"legs": {"baghdad-istanbul": 1, "istanbul-minsk": 2}},
                                               "benghazi-minsk": {"legs": {"istanbul-minsk": 3}}}}))  # fmt: skip


def test_words_stand_for_what_they_name() -> None:
    named = {key: target.named(WORLD) for key, target in TARGETS.items()}
    assert named["flights"]["minsk"] == named["flights"]["belarus"] == ["baghdad-minsk", "benghazi-minsk"]
    assert named["flights"]["istanbul-minsk"] == ["baghdad-minsk", "benghazi-minsk"]
    assert named["flights"]["baghdad-istanbul"] == named["flights"]["airline-iq"] == ["baghdad-minsk"]
    assert "damascus-minsk" not in named["flights"]
    assert named["sections"]["poland"] == ["kuznica", "narewka"]
    assert named["sections"]["bruzgi"] == ["kuznica", "narewka"]
    assert named["points"] == {"terespol": ["terespol"], "poland": ["terespol"]}
    assert named["zones"] == {"bruzgi": ["bruzgi"], "lida": ["lida"], "belarus": ["bruzgi", "lida"]}
    assert named["states"] == {"belarus": ["belarus"], "libya": ["libya"], "minsk": ["belarus"], "benghazi": ["libya"]}
    assert named["agencies"] == {"lithuania": ["lithuania"], "poland": ["poland"]}
    every = {key: target.all(WORLD) for key, target in TARGETS.items()}
    assert every == {
        "flights": ["baghdad-minsk", "benghazi-minsk"], "sections": ["dieveniskes", "kuznica", "narewka"],
        "points": ["terespol"], "agencies": ["lithuania", "poland"], "zones": ["bruzgi", "lida"], "states": ["belarus"],
    }  # fmt: skip


def test_parts_are_read_and_named() -> None:
    one, two = asked("ban:x, y@2025-10-15..2025-11-01 + officers=5")
    assert (one.part.name, one.targets, one.value, one.start, one.end) == (
        "carrier-ban", ("x", "y"), None, date(2025, 10, 15), date(2025, 11, 1),
    )  # fmt: skip
    assert (two.part.name, two.targets, two.value, two.start, two.end) == ("officers", (), 5, None, None)
    assert slug(" ban:x , y@2025-10-15..2025-11-01 + aid ") == "ban-x-y-2025-10-15-to-2025-11-01+aid"
    assert [_free("a", taken) for taken in ([], ["a"], ["a", "a-2"])] == ["a", "a-2", "a-3"]
    found = with_parts(WORLD, "ban:benghazi-minsk+ban")
    assert found.title == "tiny + ban:benghazi-minsk + ban"
    assert found.measures["carrier-ban"].routes == ["benghazi-minsk"]
    assert found.measures["carrier-ban-2"].routes == ["baghdad-minsk", "benghazi-minsk"]
    assert found.measures["carrier-ban"].start == START
    long = WORLD.model_copy(update={"title": "x" * 199})
    assert with_parts(long, "ban").title == "x" * 199 + " "


def test_legs_in_words_and_where_their_prices_differ() -> None:
    assert routes_by_leg(WORLD) == {
        "baghdad-istanbul": ["baghdad-minsk"], "istanbul-minsk": ["baghdad-minsk", "benghazi-minsk"],
    }  # fmt: skip
    assert in_words(WORLD) == "legs: 2 of 2 routes; istanbul-minsk is on baghdad-minsk and benghazi-minsk"
    one = tiny_scenario({"routes": {"baghdad-minsk": {"legs": {"a-b": 1}}}})
    assert (in_words(one), in_words(TINY)) == ("legs: 1 of 1 route", "")
    (found,) = unlike_prices(WORLD, from_plain(WORLD.model_dump(), "f", 7))
    assert str(found) == (
        "f:7: routes.benghazi-minsk.legs.istanbul-minsk: found 3 USD; the route 'baghdad-minsk' has 2 for the same leg"
    )
    assert list(unlike_prices(one, from_plain(one.model_dump()))) == []


def test_parameters_are_told_with_unit_and_value() -> None:
    rows = {row.path: row for row in described(WORLD)}
    assert rows["start"] == Described("start", "2025-10-01", "date", "First day.", "")
    assert rows["days"] == Described("days", "120", "days", "Length of the run.", "")
    retry = rows["behaviour.retry"]
    assert (retry.value, retry.unit, retry.words) == ("3", "days", "")
    flights = rows["carriers.airline-iq.services.baghdad-minsk.weekly.2025-10-01"]
    assert (flights.value, flights.unit, flights.words) == ("5", "flights per week", "flights")
    assert rows["carriers.buses.services.damascus-minsk.weekly.2025-10-01"].words == "buses"
    assert rows["carriers.boats.services.benghazi-italy.seats"].words == "boats"
    assert rows["carriers.boats.services.benghazi-italy.seats"].value == "6"
    assert matches(flights, "IRAQ") == matches(flights, "boats") == False  # noqa: E712
    assert matches(flights, "airline-IQ FLIGHTS")
    values = (1 / 3, 1e6, Distribution("uniform", (1.0, 2.5)), Distribution("joint", (1 / 3, 2.0)))
    assert [figure(value) for value in values] == [
        "0.333333333333", "1000000", "uniform [1, 2.5]", "joint, centre 0.3333",
    ]  # fmt: skip


def test_the_map_has_what_the_scenario_or_the_data_place() -> None:
    kinds = kinds_of(TINY)
    assert kinds == {
        "baghdad": "origin", "minsk": "hub", "benghazi": "origin", "damascus": "origin", "lampedusa": "landing",
        "bruzgi": "zone", "lida": "zone", "lithuania": "agency", "poland": "agency",
    }  # fmt: skip
    assert may_be_placed(TINY) == sorted([*kinds, "dieveniskes", "kuznica", "narewka"])
    own = {"places": {"kuznica": {"latitude": 53.5, "longitude": 23.6}, "poland": {"latitude": 52, "longitude": 21},
                      "narewka": {"line": [[53.0, 23.8], [52.8, 23.9]]},
                      "lida": {"latitude": 54, "longitude": 25, "title": "Here"}}}  # fmt: skip
    found = map_of(tiny_scenario(own))
    assert found.lines["kuznica"] == ((23.6, 53.5),)
    assert len(found.lines["narewka"]) >= 2
    assert "dieveniskes" in found.missing
    assert (found.places["lida"].title, found.places["lida"].lon, found.places["lida"].lat) == ("Here", 25, 54)
    assert (found.places["poland"].title, found.places["poland"].kind) == ("Poland", "agency")
    assert found.places["minsk"].lon == place("minsk").lon
    assert "lithuania" not in found.missing
    border = scenario_map.ScenarioMap({"z": found.places["lida"], "p": found.places["poland"]},
                                      {"a": ((1.0, 2.0), (3.0, 60.0))}, ()).border  # fmt: skip
    assert border == (1, 2, 25, 60)
    assert scenario_map.ScenarioMap({}, {}, ()).border is None
    assert words_of("bruzgi-new") == "Bruzgi New"
    assert how_to_place(()) == ""
    nine = tuple(f"n{k}" for k in range(9))
    assert how_to_place(nine) == (
        "Not on the map for want of coordinates: n0, n1, n2, n3, n4, n5, n6, n7 and 1 more. The scenario can give "
        "them: places: {n0: {latitude: ..., longitude: ...}}"
    )
    assert "n7. The scenario" in how_to_place(nine[:8])


def test_a_position_is_whole_and_in_degrees() -> None:
    def told(**entry: Any) -> list[Any]:
        return list(misfits(tiny_scenario().model_copy(update={"places": {"kuznica": scenario_map.Position(**entry)}})))

    assert told(latitude=53.0, longitude=23.0) == told(line=[[85, 180], [-85, -180]]) == []
    assert told(latitude=53.0) == [(("kuznica",), "found no longitude; needed: latitude and longitude, in degrees")]
    assert told(longitude=53.0) == [(("kuznica",), "found no latitude; needed: latitude and longitude, in degrees")]
    assert told() == [(("kuznica",), "found no coordinates; needed: latitude and longitude, or of a section its line")]
    words = "a pair [latitude, longitude] in degrees, such as [69.05, 28.93], is allowed"
    wrong = [[85.1, 0.0], [0.0, 180.1], [-85.1, 0.0], [0.0, -180.1], [1.0]]
    assert told(line=wrong) == [(("kuznica", "line", k), f"found {point}; {words}") for k, point in enumerate(wrong)]
