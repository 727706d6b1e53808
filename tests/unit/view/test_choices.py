"""Levers of a small scenario, written out; and what each choice makes of the scenario and of the words on the page."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import pytest

from sim.scenario import Scenario, ScenarioError
from sim.scenario.quantity import Distribution
from sim.view.levers import (
    Ban,
    Choices,
    Setting,
    _high,
    changed,
    difference,
    levers_of,
    named,
    open_routes,
    start_of,
    title,
    told,
    with_setting,
)
from tests.strategies import POSTURE, START, merge, tiny_scenario

LATER = START + timedelta(days=9)
SHARE = {"unit": "share", "high": 1.0, "step": 0.01, "percent": True}
DAILY = {"unit": "persons a day", "high": 200, "step": 10.0}
STEER = {"unit": "weight, logit", "high": 5.0, "low": -5.0, "step": 0.1}
SENT = {"group": "Officers sent", "unit": "officers", "high": 10_000, "step": 100, "paths": (), "shares": ()}
REST = {"shares": (1.0,), "percent": False, "low": 0.0, "sends": "", "conduct": ()}


def flights(route: str, origin: str, carrier: str, unit: str = "flights a week", step: float = 0.5) -> dict[str, Any]:
    paths = (f"carriers.{carrier}.services.{route}.weekly",)
    seats = {"group": "To Minsk", "unit": unit, "high": 40, "step": step, "paths": paths}
    return {"name": f"weekly.{route}", "label": f"From {origin}", **seats}


def of(name: str, group: str, label: str, path: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "group": group, "label": label, "paths": (f"{path}.{name.partition('.')[0]}",), **more}


BELARUS, LIBYA = "transit_states.belarus", "transit_states.libya"
EXPECTED: list[dict[str, Any]] = [
    flights("baghdad-minsk", "Baghdad", "airline-iq"),
    flights("benghazi-minsk", "Benghazi", "airline-ly"),
    flights("damascus-minsk", "Damascus", "buses", "buses a week", 1),
    of("facilitation.belarus", "Belarus", "Facilitation", BELARUS, **SHARE),
    of("coaching.belarus", "Belarus", "Coaching", BELARUS, **SHARE),
    of("visas.belarus", "Belarus", "Visas", BELARUS, **DAILY),
    of("transfer.belarus", "Belarus", "Taken to the border", BELARUS, **DAILY),
    of("steering.bruzgi", "Belarus steers to", "Bruzgi", "zones.bruzgi", **STEER),
    of("steering.lida", "Belarus steers to", "Lida", "zones.lida", **STEER),
    of("turn_back.poland", "Turned back", "Poland", "agencies.poland", **SHARE),
    of("turn_back.lithuania", "Turned back", "Lithuania", "agencies.lithuania", **SHARE),
    {"name": "sent.poland", "label": "Poland", "sends": "poland", **SENT},
    {"name": "sent.lithuania", "label": "Lithuania", "sends": "lithuania", **SENT},
    {
        "name": "weekly.benghazi-italy", "group": "Boats", "label": "Benghazi to Lampedusa", "unit": "boats a week",
        "high": 40, "step": 1, "paths": ("carriers.boats.services.benghazi-italy.weekly",),
    },
    of("boats_tolerated.libya", "Boats", "Libya: let go", LIBYA, **SHARE),
    of("interception.libya", "Boats", "Libya: intercepted", LIBYA, **SHARE),
]  # fmt: skip


def found(scenario: Scenario) -> list[dict[str, Any]]:
    return [{key: value for key, value in asdict(one).items() if key != "about"} for one in levers_of(scenario)]


def value(scenario: Scenario, name: str, day: date = START) -> float:
    return next(one.value(scenario, day) for one in levers_of(scenario) if one.name == name)


def test_the_levers_of_a_scenario_are_these() -> None:
    scenario = tiny_scenario()
    assert found(scenario) == [{**REST, **one} for one in EXPECTED]
    assert levers_of(scenario) is levers_of(scenario), "kept, as they are asked for at every step"
    assert levers_of(tiny_scenario()) is not levers_of(scenario)


def test_where_the_conduct_is_drawn_levers_have_the_centre_of_the_draw_and_no_schedule() -> None:
    scenario = tiny_scenario(POSTURE)
    expected = [{**REST, **one} for one in EXPECTED]
    for row in expected:
        kind, _, name = row["name"].partition(".")
        if row["name"] == "facilitation.belarus":
            row |= {"paths": (), "shares": (), "conduct": ("belarus", "facilitation")}
        if kind == "steering":
            row |= {"paths": (), "shares": (), "conduct": ("belarus", "steering", name)}
    assert found(scenario) == expected
    assert value(scenario, "steering.lida") == 0.5
    assert value(scenario, "steering.bruzgi") == 0.0
    assert value(scenario, "facilitation.belarus") == scenario.transit_states["belarus"].posture.facilitation  # type: ignore[union-attr]


def test_a_steering_beyond_five_widens_its_slider_and_one_zone_has_none() -> None:
    steep = {START: -6.5, LATER: 3.0}
    scenario = tiny_scenario({"zones": {"lida": {"steering": steep}, "bruzgi": {"steering": {START: 0.5, LATER: 7}}}})
    ranges = {one.name: (one.low, one.high) for one in levers_of(scenario) if one.name.startswith("steering.")}
    assert ranges == {"steering.bruzgi": (-7, 7), "steering.lida": (-6.5, 6.5)}
    alone = tiny_scenario({"zones": {"lida": None}, "sections": {"dieveniskes": None}, "agencies": {"lithuania": None}})
    assert not [one.name for one in levers_of(alone) if one.name.startswith("steering.")]


@pytest.mark.parametrize(
    ("peak", "least", "high"),
    [
        (0, 0, 14), (9, 0, 14), (10, 0, 20), (20, 0, 40), (0, 40, 40), (27, 40, 60), (26, 40, 40), (400, 0, 1000),
        (1333, 0, 2000), (1400, 0, 2100), (40, 40, 60),
    ],
)  # fmt: skip
def test_a_slider_reaches_half_as_far_again_as_the_highest_value(peak: float, least: float, high: float) -> None:
    assert _high(peak, least) == high


def test_ranges_follow_the_highest_value_of_the_schedules() -> None:
    changes = {"transit_states": {"belarus": {"visas": {START: 90, LATER: 160}, "transfer": {START: 66}}}}
    highs = {one.name: one.high for one in levers_of(tiny_scenario(changes))}
    assert (highs["visas.belarus"], highs["transfer.belarus"]) == (400, 200)


TWO = {
    "carriers": {
        "airline-ly": {"services": {"baghdad-minsk": {"seats": 8, "weekly": {START: 10, LATER: 15}}}},
        "buses": {"services": {"damascus-minsk": {"weekly": None}}},
    }
}


def test_several_carriers_share_a_route_by_their_highest_frequencies() -> None:
    scenario = tiny_scenario(TWO)
    shared = next(one for one in levers_of(scenario) if one.name == "weekly.baghdad-minsk")
    assert dict(zip(shared.paths, shared.shares, strict=True)) == {
        "carriers.airline-iq.services.baghdad-minsk.weekly": 0.25,
        "carriers.airline-ly.services.baghdad-minsk.weekly": 0.75,
    }
    assert (shared.high, value(scenario, shared.name), value(scenario, shared.name, LATER)) == (40, 15, 20)
    new = changed(scenario, Choices({shared.name: Setting(8, START + timedelta(days=4))}))
    weekly = {name: one.services["baghdad-minsk"].weekly for name, one in new.carriers.items() if len(one.services) > 1}
    assert weekly == {"airline-ly": {START: 10, START + timedelta(days=4): 6}}, "later entries are gone"
    assert value(scenario, "weekly.damascus-minsk") == 0, "it has no schedule"


def test_carriers_that_never_depart_share_a_route_alike() -> None:
    changes = merge(
        TWO, {"carriers": {"airline-ly": {"services": {"baghdad-minsk": {"weekly": {START: 0, LATER: 0}}}}}}
    )
    changes = merge(changes, {"carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": {START: 0}}}}}})
    shared = next(one for one in levers_of(tiny_scenario(changes)) if one.name == "weekly.baghdad-minsk")
    assert (shared.shares, shared.high) == ((0.5, 0.5), 40)


def test_a_value_on_a_day_is_that_of_the_last_entry_up_to_it() -> None:
    scenario = tiny_scenario({"transit_states": {"belarus": {"visas": {START: None, LATER: 9}}}})
    days = (LATER - timedelta(days=1), LATER, LATER + timedelta(days=1))
    assert [value(scenario, "visas.belarus", day) for day in days] == [0, 9, 9]


def test_levers_in_words_have_percent_or_units() -> None:
    words = {one.name: one.words(0.125) for one in levers_of(tiny_scenario())}
    assert words["facilitation.belarus"] == "Belarus, Facilitation: 12.5 %"
    assert words["visas.belarus"] == "Belarus, Visas: 0.125 persons a day"


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_share_may_be_nothing_or_all(value: float) -> None:
    new = changed(tiny_scenario(), Choices({"facilitation.belarus": Setting(value, START)}))
    assert new.transit_states["belarus"].facilitation == {START: value}
    for wrong in (-0.01, 1.01):
        with pytest.raises(ScenarioError, match=f"Facilitation: {wrong * 100:g} %; allowed: 0 to 100 %"):
            changed(tiny_scenario(), Choices({"facilitation.belarus": Setting(wrong, START)}))


def test_what_is_no_share_may_be_more_than_one() -> None:
    assert changed(tiny_scenario(), Choices({"visas.belarus": Setting(50, START)})).transit_states["belarus"].visas == {
        START: 50
    }


MEASURES = {"old": {"kind": "visa-stop", "transit_state": "belarus", "start": LATER, "title": "Old"},
            "kept": {"kind": "visa-stop", "transit_state": "belarus", "start": LATER}}  # fmt: skip


def measures(scenario: Scenario, *known: str) -> dict[str, dict[str, Any]]:
    """The measures that were added, without what they are by default."""
    return {
        name: {key: value for key, value in one.model_dump(exclude_unset=True).items() if value is not None}
        for name, one in scenario.measures.items()
        if name not in known
    }


def test_bans_and_officers_are_added_as_measures_and_those_switched_off_are_left_out() -> None:
    scenario = tiny_scenario(measures=MEASURES)
    values = {"sent.poland": Setting(1500, LATER), "sent.lithuania": Setting(0, START)}
    choices = Choices(values, Ban(("baghdad-minsk", "benghazi-minsk"), LATER), frozenset({"old"}))
    new = changed(scenario, choices)
    assert list(new.measures) == ["kept", "what-if-carrier-ban", "what-if-officers-poland"]
    assert measures(new, "kept") == {
        "what-if-officers-poland": {
            "kind": "reinforcement", "title": "1,500 officers sent to Poland", "agency": "poland", "officers": 1500,
            "start": LATER,
        },
        "what-if-carrier-ban": {
            "kind": "carrier-ban", "title": "Carriers banned", "routes": ["baghdad-minsk", "benghazi-minsk"],
            "start": LATER,
        },
    }  # fmt: skip
    assert told(scenario, choices) == [
        "Officers sent, Lithuania: 0 officers from 1 Oct 2025", "Officers sent, Poland: 1500 officers from 10 Oct 2025",
        "Carriers banned from Baghdad, Benghazi, from 10 Oct 2025", "without Old",
    ]  # fmt: skip
    nobody = changed(scenario, Choices({"sent.poland": Setting(0, LATER)}, Ban((), LATER)))
    assert nobody.measures == scenario.measures
    assert changed(scenario, Choices(off=frozenset({"old"}))).measures.keys() == {"kept"}


def test_what_a_process_draws_is_set_by_a_measure() -> None:
    scenario = tiny_scenario(POSTURE)
    values = {"facilitation.belarus": Setting(0.125, LATER), "steering.lida": Setting(-2.5, START)}
    new = changed(scenario, Choices(values))
    assert measures(new) == {
        "what-if-posture-belarus-facilitation": {
            "kind": "posture", "transit_state": "belarus", "facilitation": 0.125,
            "title": "Belarus, Facilitation: 12.5 %", "start": LATER,
        },
        "what-if-posture-belarus-steering-lida": {
            "kind": "posture", "transit_state": "belarus", "steering": {"lida": -2.5},
            "title": "Belarus steers to, Lida: -2.5", "start": START,
        },
    }  # fmt: skip
    none = changed(scenario, Choices({"facilitation.belarus": Setting(0, LATER)}))
    assert list(none.measures) == ["what-if-posture-belarus-facilitation"], "nothing is a value, too"


def test_choices_are_empty_until_something_is_chosen() -> None:
    assert Choices().empty
    some = [
        Choices({"a": Setting(1, START)}), Choices(ban=Ban(("a",), START)), Choices(off=frozenset("a")),
        Choices(unanswered=frozenset("a")),
    ]  # fmt: skip
    assert not any(one.empty for one in some)


def test_a_lever_is_set_released_or_set_anew() -> None:
    first = with_setting(Choices(off=frozenset("x")), "a", Setting(1, START))
    both = with_setting(first, "b", Setting(2, START))
    assert dict(both.values) == {"a": (1, START), "b": (2, START)}
    assert dict(with_setting(both, "a", Setting(3, LATER)).values) == {"a": (3, LATER), "b": (2, START)}
    assert dict(with_setting(both, "a", None).values) == {"b": (2, START)}
    assert with_setting(both, "a", None).off == frozenset("x")


def test_a_step_is_told_by_what_it_added_or_took_back() -> None:
    scenario = tiny_scenario()
    one = Choices({"visas.belarus": Setting(20, START)})
    two = replace(one, ban=Ban(("benghazi-minsk",), LATER))
    visas = "Belarus, Visas: 20 persons a day from 1 Oct 2025"
    ban = "Carriers banned from Benghazi, from 10 Oct 2025"
    assert difference(scenario, Choices(), two) == f"{visas}; {ban}"
    assert difference(scenario, one, two) == ban
    assert difference(scenario, two, one) == f"taken back: {ban}"
    assert difference(scenario, two, Choices()) == f"taken back: {visas}; taken back: {ban}"
    assert difference(scenario, one, Choices(ban=two.ban)) == ban


def test_what_is_saved_has_a_title_and_tells_the_changes() -> None:
    scenario = tiny_scenario(description="  About.  ", title="t" * 200)
    choices = Choices({"visas.belarus": Setting(20, START)})
    new = named(changed(scenario, choices), scenario, choices)
    assert new.title == "t" * 180 + ", what-if"
    assert new.description == "About. What-if: Belarus, Visas: 20 persons a day from 1 Oct 2025."
    assert named(scenario, scenario, Choices()) is scenario
    bare = tiny_scenario()
    assert named(bare, bare, choices).description == "What-if: Belarus, Visas: 20 persons a day from 1 Oct 2025."
    long = tiny_scenario(description="d" * 4990)
    assert named(long, long, choices).description == "d" * 4990 + " What-if: "[:10]


def test_routes_are_open_that_somebody_may_take_and_some_carrier_serves() -> None:
    every = ["baghdad-minsk", "benghazi-italy", "benghazi-minsk", "damascus-minsk"]
    assert open_routes(tiny_scenario()) == every
    assert open_routes(tiny_scenario({"cohorts": {"syrians": {"size": 0}}})) == [
        name for name in every if name != "damascus-minsk"
    ]
    assert open_routes(tiny_scenario({"cohorts": {"syrians": {"size": 1}}})) == every
    assert open_routes(tiny_scenario({"carriers": {"buses": None}})) == [
        name for name in every if name != "damascus-minsk"
    ]


def test_places_have_titles_and_ways_between_the_same_places_are_told_apart() -> None:
    scenario = tiny_scenario()
    assert (title(scenario, "minsk"), title(scenario, "nowhere-else")) == ("Minsk", "Nowhere Else")
    assert start_of(scenario, "benghazi-minsk") == "Benghazi"
    routes = scenario.model_dump()["routes"]
    twice = tiny_scenario({"routes": {"by-night": routes["benghazi-minsk"]}})
    assert start_of(twice, "benghazi-minsk") == "Benghazi (benghazi-minsk)"
    assert start_of(twice, "baghdad-minsk") == "Baghdad"


def test_a_draw_has_its_centre_as_value() -> None:
    spread = Distribution("triangular", (0.1, 0.2, 0.6))
    scenario = tiny_scenario({"agencies": {"poland": {"turn_back": {START: spread}}}})
    assert value(scenario, "turn_back.poland") == spread.centre
