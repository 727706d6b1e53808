"""What each kind of measure, trigger and action does and refuses, by hand on a model before its first day."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model import CorridorModel
from sim.scenario.measures import KINDS
from sim.scenario.reactions.action import ACTIONS, by_strength, sections_of, states_of, towards, zones_of
from sim.scenario.reactions.reaction import circles
from sim.scenario.reactions.trigger import TRIGGERS, Limits
from sim.scenario.schema import Scenario
from tests.strategies import POINT, START, merge, tiny_scenario

LEGS = {"baghdad-istanbul": 400, "istanbul-minsk": 600}
WORLD = tiny_scenario(merge(POINT, {
    "routes": {"baghdad-minsk": {"legs": LEGS, "first_leg": "baghdad-istanbul"}},
    "sponsors": {"moscow": {"transit_states": ["belarus"]}},
    "measures": {"flights": {"kind": "return-flights", "transit_state": "belarus", "start": START, "weekly": 3}},
}))  # fmt: skip


def measure(kind: str, **fields: Any) -> Any:
    return KINDS[kind](kind=kind, start=START, **fields)


def levers(model: CorridorModel) -> dict[str, Any]:
    """What measures have done to levers, by actor and lever."""
    actors = [*model.states.values(), *model.carriers.values(), *model.agencies.values()]
    return {
        f"{actor.name} {name}": (lever.overrides, lever.factors, lever.additions)
        for actor in actors for name, (lever, _, _) in actor.levers.items()
        if lever.overrides or lever.factors or lever.additions
    }  # fmt: skip


def factor(value: float, half_life: float = 0.0) -> Any:
    return {}, {"m": (0, value, half_life)}, {}


def override(value: float) -> Any:
    return {"m": value}, {}, {}


EFFECTS: list[tuple[Any, dict[str, Any]]] = [
    (measure("buffer-zone", sections=["kuznica", "dieveniskes"], detection_factor=2.0, hazard_factor=3.0),
     {"poland detection_factor.kuznica": factor(2), "poland hazard_factor.kuznica": factor(3),
      "lithuania detection_factor.dieveniskes": factor(2), "lithuania hazard_factor.dieveniskes": factor(3)}),
    (measure("crossing-closure", points=["terespol"]), {"poland hours.terespol": override(0)}),
    (measure("diplomacy", routes=["benghazi-minsk"], frequency_factor=0.25),
     {"airline-ly benghazi-minsk": factor(0.25)}),
    (measure("humanitarian-access", zones=["lida"], hazard_factor=0.5), {"belarus hazard_factor.lida": factor(0.5)}),
    (measure("humanitarian-access", hazard_factor=0.5),
     {"belarus hazard_factor.lida": factor(0.5), "belarus hazard_factor.bruzgi": factor(0.5)}),
    (measure("posture", transit_state="belarus", visas=3.0, coaching=0.0, steering={"lida": -2.0}),
     {"belarus visas": override(3), "belarus coaching": override(0), "belarus steering.lida": override(-2)}),
    (measure("sanctions", carriers=["airline-iq"], transit_states=["libya"], frequency_factor=0.5, half_life=9.0,
             facilitation_factor=0.75),
     {"airline-iq baghdad-minsk": factor(0.5, 9), "libya facilitation": factor(0.75, 9)}),
    (measure("litigation", transit_states=["belarus"], facilitation_factor=0.75, half_life=9.0),
     {"belarus facilitation": factor(0.75, 9)}),
    (measure("turn-back", agency="poland", share=0.9), {"poland turn_back": override(0.9)}),
    (measure("visa-stop", transit_state="belarus"), {"belarus visas": override(0)}),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "expected"), EFFECTS, ids=[entry.kind for entry, _ in EFFECTS])
def test_a_measure_moves_its_levers_and_lets_them_go(entry: Any, expected: dict[str, Any]) -> None:
    model = CorridorModel(WORLD)
    entry.apply(model, "m", True)
    assert levers(model) == expected
    entry.apply(model, "m", False)
    assert levers(model) == {}


def test_officers_are_sent_and_come_back() -> None:
    model = CorridorModel(WORLD)
    poland = model.agencies["poland"]
    poland.entry = poland.entry.model_copy(update={"army_handling": 0.5})
    more = measure("reinforcement", agency="poland", officers=10.0, soldiers=8.0)
    more.apply(model, "m", True)
    assert poland.sent == {"m": 14}
    more.apply(model, "m", False)
    assert poland.sent == {"m": 0}
    frontex = measure("frontex-deployment", agency="poland", officers=9.0)
    frontex.prepare(model, "f")
    assert (model.frontex.available, model.frontex.reserved) == (3, {"f": 9})
    frontex.release(model, "f")
    assert (model.frontex.available, model.frontex.reserved) == (12, {})
    frontex.prepare(model, "f")
    frontex.apply(model, "f", True)
    assert (poland.sent["f"], model.frontex.reserved) == (9, {})
    frontex.apply(model, "f", False)
    assert (poland.sent["f"], model.frontex.available) == (0, 12)


def test_a_fence_is_parted_by_length_among_sections_and_their_agencies() -> None:
    model = CorridorModel(WORLD)
    fence = measure("fence", sections=["kuznica", "dieveniskes"], length=50.0, pace=5.0, surveillance=0.5)
    fence.apply(model, "m", True)  # of 40 and 60 km
    found = [(one.section, one.remaining, one.pace, one.surveillance)
             for name in ("poland", "lithuania") for one in model.agencies[name].sites["m"]]  # fmt: skip
    assert found == [("kuznica", 20, 2, 0.5), ("dieveniskes", 30, 3, 0.5)]
    fence.apply(model, "m", False)
    assert model.agencies["poland"].sites == {"m": []}
    nothing = measure("fence", sections=["kuznica"], length=0.0)
    nothing.apply(model, "n", True)
    assert model.agencies["poland"].sites["n"] == []


def test_flights_home_are_offered_while_they_last() -> None:
    model = CorridorModel(WORLD)
    flights = WORLD.measures["flights"].model_copy(update={"willing": 0.25})
    for on, weekly, offer in ((True, 3, {"flights": 0.25}), (False, 0, {})):
        flights.apply(model, "flights", on)
        assert model.world.return_flights["weekly"].tolist() == [weekly]
        assert model.states["belarus"].levers["return_offer"][0].additions == offer


def barred(model: CorridorModel, field: str) -> dict[tuple[str, str], int]:
    return {
        pair: count for pair, count in zip(model.names.pairs, model.world.pairs[field].tolist(), strict=True) if count
    }


def test_a_ban_grounds_carriers_or_bars_cohorts() -> None:
    model = CorridorModel(WORLD)
    ban = measure("carrier-ban", legs=["istanbul-minsk"])
    ban.apply(model, "m", True)
    assert {name: carrier.bans for name, carrier in model.carriers.items() if any(carrier.bans.values())} == {
        "airline-iq": {"baghdad-minsk": {"m"}}
    }  # fmt: skip
    ban.apply(model, "m", False)
    assert not any(any(carrier.bans.values()) for carrier in model.carriers.values())
    own = measure("carrier-ban", carriers=["airline-ly"])
    own.apply(model, "m", True)
    assert model.carriers["airline-ly"].bans == {"benghazi-minsk": {"m"}}
    assert model.carriers["airline-iq"].bans == {"baghdad-minsk": set()}
    some = measure("carrier-ban", cohorts=["iraqis"], legs=["istanbul-minsk"])
    some.apply(model, "m", True)
    assert barred(model, "barred") == barred(model, "sent_back") == {("iraqis", "baghdad-minsk"): 1}
    some.apply(model, "m", False)
    assert barred(model, "barred") == barred(model, "sent_back") == {}
    visas = measure("visa-stop", transit_state="belarus", cohorts=["sudanese"])
    visas.apply(model, "m", True)
    assert barred(model, "visa_barred") == {("sudanese", "benghazi-minsk"): 1}
    visas.apply(model, "m", False)
    assert barred(model, "visa_barred") == {}
    assert visas.closes(WORLD) == ["baghdad-minsk", "benghazi-minsk", "damascus-minsk"]


@pytest.mark.parametrize(
    ("fields", "closes", "sends_back"),
    [
        ({}, ["baghdad-minsk", "benghazi-italy", "benghazi-minsk", "damascus-minsk"], ["baghdad-minsk"]),
        ({"carriers": ["airline-iq", "buses"]}, ["baghdad-minsk", "damascus-minsk"], ["baghdad-minsk"]),
        ({"routes": ["benghazi-minsk", "baghdad-minsk"]}, ["baghdad-minsk", "benghazi-minsk"], ["baghdad-minsk"]),
        ({"legs": ["baghdad-istanbul"]}, ["baghdad-minsk"], []),
        ({"legs": ["istanbul-minsk"]}, ["baghdad-minsk"], ["baghdad-minsk"]),
        ({"legs": ["baghdad-istanbul"], "routes": ["baghdad-minsk"]}, ["baghdad-minsk"], ["baghdad-minsk"]),
        ({"carriers": ["buses"], "legs": ["istanbul-minsk"]}, [], []),
    ],
)
def test_a_ban_closes_what_is_named_and_sends_back_who_has_boarded(
    fields: dict[str, Any], closes: list[str], sends_back: list[str]
) -> None:
    ban = measure("carrier-ban", **fields)
    assert ban.closes(WORLD) == closes
    assert ban.sends_back(WORLD) == sends_back


def of(kind: str, **fields: Any) -> Any:
    return TRIGGERS[kind](kind=kind, **fields)


def do(kind: str, **fields: Any) -> Any:
    return ACTIONS[kind](kind=kind, **fields)


MISFITS: list[tuple[Any, list[tuple[tuple[Any, ...], str]]]] = [
    (measure("carrier-ban", legs=["x-y"]), [(("legs", 0), "found 'x-y', which is no leg of a route; allowed: "
                                                          "baghdad-istanbul, istanbul-minsk")]),
    (measure("carrier-ban", carriers=["buses"], legs=["istanbul-minsk"]),
     [(("legs", 0), "found 'istanbul-minsk', which is on no route that a carrier banned here serves; allowed: none, as "
                    "none is defined")]),
    (measure("carrier-ban", carriers=["buses"], routes=["damascus-minsk", "baghdad-minsk"]),
     [(("routes", 1), "found 'baghdad-minsk', which no carrier named here serves; allowed: damascus-minsk (did you "
                      "mean 'damascus-minsk'?)")]),
    (measure("carrier-ban", routes=["baghdad-minsk"]), []),
    (measure("crossing-closure", points=["terespol", "kuznica"]),
     [(("points", 1), "found 'kuznica', which is no crossing point; allowed: terespol")]),
    (measure("posture", transit_state="libya", steering={"lida": 1.0}),
     [(("steering", "lida"), "found 'lida', no zone of 'libya'; allowed: none, as none is defined")]),
    (measure("sanctions"), [((), "found sanctions on nobody; needed: `carriers` or `transit_states`")]),
    (measure("sanctions", carriers=["buses"]), []),
    (of("flow", of="boarded"), [((), "found neither `above` nor `below`; needed: one of them")]),
    (of("flow", of="boarded", above=1, below=2), [((), "found `above` beside `below`; needed: one of them")]),
    (of("flow", of="boarded", above=3, release=4),
     [(("release",), "found 4.0; allowed: at most 3, where it begins")]),
    (of("flow", of="boarded", above=3, release=3), []),
    (of("flow", of="boarded", below=3, release=2),
     [(("release",), "found 2.0; allowed: at least 3, where it begins")]),
    (of("flow", of="boarded", below=3, release=3), []),
    (of("flow", of="boarded", above=3, sections=["kuznica"]),
     [(("sections",), "found sections, by which boarded are not told apart; allowed: none")]),
    (of("flow", of="attempts", above=3, routes=["baghdad-minsk"]),
     [(("routes",), "found routes, by which attempts are not told apart; allowed: none")]),
    (of("pressure", above=1, sections=["kuznica"], agency="poland"),
     [(("agency",), "found an agency beside `sections`; allowed: one of them, or neither")]),
    (of("pressure", above=1, agency="poland"), []),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "found"), MISFITS)
def test_what_contradicts_itself_is_refused(entry: Any, found: list[Any]) -> None:
    assert list(entry.check(WORLD)) == found


@pytest.mark.parametrize(
    ("action", "actor", "found"),
    [
        (do("evacuation", zones=["lida"]), "belarus", []),
        (do("evacuation", zones=["lida"]), "libya", [(("zones", 0), "found 'lida', no zone of 'libya'; allowed: none, "
                                                                    "as none is defined")]),
        (do("crossing-closure", points=["kuznica"]), "poland",
         [(("points", 0), "found 'kuznica', no crossing point of 'poland'; allowed: terespol")]),
        (do("mutual-aid", agency="poland"), "poland",
         [(("agency",), "found 'poland', who lends to itself; allowed: lithuania")]),
        (do("mutual-aid", agency="poland"), "lithuania", []),
        (do("redeployment", sections=["terespol", "kuznica"]), "poland",
         [(("sections", 0), "found 'terespol', no green border that 'poland' guards; allowed: kuznica, narewka")]),
    ],
)  # fmt: skip
def test_an_actor_acts_on_what_is_its_own(action: Any, actor: str, found: list[Any]) -> None:
    assert list(action.check(WORLD, actor)) == found


@pytest.mark.parametrize(
    ("trigger", "limits"),
    [
        (of("flow", of="boarded", above=3), Limits(True, 3, 3, 7)),
        (of("flow", of="boarded", below=3, release=5, days=2), Limits(False, 3, 5, 2)),
        (of("agency", agency="poland", does="reinforces", rise=0.25), Limits(True, 0.25, 0, 1)),
        (of("agency", agency="poland", does="turns-back", share=0.75), Limits(True, 0.75, 0, 1)),
        (of("route", routes=["x"], state="emptied", days=9), Limits(True, 0, 0, 9)),
        (of("measure", measure="x"), Limits()),
    ],
)
def test_a_trigger_has_its_limits(trigger: Any, limits: Limits) -> None:
    assert trigger.limits() == limits


def test_who_acts_where() -> None:
    assert states_of(WORLD, "libya") == ["libya"]
    assert states_of(WORLD, "moscow") == ["belarus"]
    assert states_of(WORLD, "poland") == []
    assert zones_of(WORLD, "moscow") == ["bruzgi", "lida"]
    assert zones_of(WORLD, "libya") == []
    assert sections_of(WORLD, "poland") == ["kuznica", "narewka", "terespol"]
    assert [by_strength(3.0, strength) for strength in (0, 0.5, 1)] == [1, 2, 3]
    model = CorridorModel(WORLD)
    state = model.states["belarus"]
    lever = state.levers["visas"][0]
    towards(state, "visas", "m", 3.5, 0.25)
    assert lever.at(0) == 0.75 * 7.5 + 0.25 * 3.5
    towards(state, "visas", "m", 3.5, None)
    assert lever.at(0) == 7.5


def answering(waits: dict[str, str]) -> Scenario:
    def when(name: str) -> dict[str, Any]:
        return {"kind": "reaction", "reaction": name} if name else {"kind": "measure", "measure": "flights"}

    world = WORLD.model_dump(exclude_none=True)
    one = {"actor": "belarus", "do": {"kind": "visas", "factor": 2.0}}
    return type(WORLD)(**world | {"reactions": {name: {**one, "when": when(of_)} for name, of_ in waits.items()}})


def test_reactions_that_wait_for_themselves_are_found() -> None:
    assert list(circles(answering({"a": "", "b": "a", "c": "b"}).reactions)) == []
    assert list(circles(answering({"a": "a"}).reactions)) == [("a", ["a", "a"])]
    found = list(circles(answering({"a": "b", "b": "c", "c": "a", "d": "a"}).reactions))
    assert found == [("a", ["a", "b", "c", "a"]), ("b", ["b", "c", "a", "b"]), ("c", ["c", "a", "b", "c"])]
    one = answering({"a": ""}).reactions["a"]
    assert list(one.check(WORLD)) == []
    (wrong,) = one.model_copy(update={"actor": "nobody"}).check(WORLD)
    assert wrong[1].startswith(
        "found 'nobody', which is no transit state, sponsor, carrier or agency; allowed: airline-iq"
    )
    (wrong,) = one.model_copy(update={"actor": "poland"}).check(WORLD)
    assert wrong == (("actor",), "found 'poland', who cannot do 'visas'; allowed: belarus, libya, moscow")
