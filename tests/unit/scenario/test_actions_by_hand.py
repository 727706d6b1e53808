"""What each kind of action of a reaction does to levers and officers, by hand on a model before its first day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sim.model import CorridorModel
from tests.strategies import START, tiny_scenario
from tests.unit.scenario.test_kinds_by_hand import WORLD, do, factor, levers


def test_the_actions_of_states_move_their_levers() -> None:
    class Answer:
        key, actor, strength = "m", "moscow", 0.5

    for action, expected in (
        (do("visas", factor=3.0, more=4.0), {"belarus visas": ({}, {"m": (0, 2, 0)}, {"m": 2})}),
        (do("posture", coaching=0.75), {"belarus coaching": ({}, {"m": (0, 0.5, 0)}, {"m": 0.375})}),
        (do("return-offer", assisted_return=0.5), {"belarus assisted_return": ({}, {}, {"m": 0.25})}),
        (do("evacuation", zones=["lida"], share=0.5),
         {"belarus evacuation.lida": ({}, {"m": (0, 0.5, 0)}, {"m": 0.25})}),
    ):  # fmt: skip
        model: Any = CorridorModel(WORLD)
        action.apply(model, Answer, True)
        assert levers(model) == expected
        action.apply(model, Answer, False)
        assert levers(model) == {}


def test_a_pulse_and_a_stop_go_by_their_days() -> None:
    class Answer:
        key, actor, strength = "m", "belarus", 0.5

    def visas(model: CorridorModel) -> float | None:
        found = model.states["belarus"].levers["visas"][0].factors.get("m")
        return None if found is None else found[1]

    model = CorridorModel(WORLD)
    pulse, told = do("pulse", intensity=3.0, pulse_days=2, pause_days=1), []
    for day in range(5):
        pulse.step(model, Answer, day)
        told.append(visas(model))
    assert told == [2, 2, None, 2, 2]
    pulse.apply(model, Answer, False)
    assert visas(model) is None
    stop, told = do("stop", days=4.0, evacuation=0.5), []
    for day in range(6):
        stop.step(model, Answer, day)
        told.append(visas(model))
    assert told == [0.875, 0.75, 0.625, 0.5, 0.5, 0.5]
    evacuation = model.states["belarus"].levers["evacuation.lida"][0]
    assert (evacuation.factors["m"][1], evacuation.additions["m"]) == (0.5, 0.25)
    stop.apply(model, Answer, False)
    assert levers(model) == {}
    assert WORLD.end == START + timedelta(days=119)


def test_departures_are_added_and_cut_on_routes_by_whoever_serves_them() -> None:
    class Answer:
        key, actor, strength = "m", "belarus", 0.5

    model: Any = CorridorModel(tiny_scenario({"carriers": {"more": {"services": {"baghdad-minsk": {"seats": 1}}}}}))
    action = do("departures", routes=["baghdad-minsk"], weekly=8.0, factor=3.0)
    action.apply(model, Answer, True)
    own = ({}, {"m": (0, 2, 0)}, {"m": 2})
    assert levers(model) == {"airline-iq baghdad-minsk": own, "more baghdad-minsk": own}
    action.apply(model, Answer, False)
    assert levers(model) == {}
    Answer.actor = "more"
    action.apply(model, Answer, True)
    assert levers(model) == {"more baghdad-minsk": ({}, {"m": (0, 2, 0)}, {"m": 4})}
    assert list(action.check(WORLD, "belarus")) == []
    assert list(do("departures", routes=["baghdad-minsk"]).check(WORLD, "buses")) == [
        (("routes", 0), "found 'baghdad-minsk', which 'buses' does not serve; allowed: damascus-minsk (did you mean "
                        "'damascus-minsk'?)")
    ]  # fmt: skip
    cohorts = {name: one.model_copy(update={"routes": {}}) for name, one in WORLD.cohorts.items()}
    closed = WORLD.model_copy(update={"cohorts": cohorts})
    (found,) = action.check(closed, "belarus")
    assert found[1] == "found 'baghdad-minsk', which is open to no cohort; allowed: none, as none is defined"


def test_people_are_steered_to_named_zones_and_once_a_week_to_the_weakest() -> None:
    class Answer:
        key, actor, strength = "m", "moscow", 0.5

    model: Any = CorridorModel(WORLD)
    model.world.sections["capacity"] = 10
    model.world.sections["capacity"][model.names.sections.index("dieveniskes")] = 1
    action = do("steering", zones={"bruzgi": 3.0}, weakest=2.0)

    def steered() -> dict[str, float | None]:
        state = model.states["belarus"]
        return {zone: state.levers[f"steering.{zone}"][0].additions.get("m") for zone in state.zones}

    action.apply(model, Answer, True)
    assert steered() == {"bruzgi": 1.5, "lida": None}
    action.step(model, Answer, 1)
    assert steered() == {"bruzgi": 1.5, "lida": None}
    action.step(model, Answer, 7)
    assert steered() == {"bruzgi": 1.5, "lida": 1}
    model.world.sections["capacity"][model.names.sections.index("dieveniskes")] = 99
    action.step(model, Answer, 14)
    assert steered() == {"bruzgi": 2.5, "lida": 0}
    action.apply(model, Answer, False)
    assert steered() == {"bruzgi": None, "lida": None}
    assert list(action.check(WORLD, "moscow")) == []
    nowhere = do("steering", zones={"linda": 1.0})
    assert list(nowhere.check(WORLD, "moscow")) == [
        (("zones", "linda"), "found 'linda', no zone of 'moscow'; allowed: bruzgi, lida (did you mean 'lida'?)")
    ]
    text = "found steering to nowhere; needed: `zones` or `weakest`"
    assert list(do("steering").check(WORLD, "moscow")) == [((), text)]


def test_agencies_answer_with_their_own_levers_and_officers() -> None:
    class Answer:
        key, actor, strength = "m", "poland", 0.5
        memory: dict[str, float] = {}  # noqa: RUF012

    model: Any = CorridorModel(WORLD)
    for action, expected in (
        (do("turn-back", share=0.5), {"poland turn_back": ({}, {"m": (0, 0.5, 0)}, {"m": 0.25})}),
        (do("crossing-closure", points=["terespol"]), {"poland hours.terespol": factor(0.5)}),
    ):
        action.apply(model, Answer, True)
        assert levers(model) == expected
        action.apply(model, Answer, False)
        assert levers(model) == {}
    aid = do("mutual-aid", agency="lithuania", officers=16.0)
    aid.apply(model, Answer, True)
    assert (model.agencies["poland"].sent, model.agencies["lithuania"].sent) == ({"m": -8}, {"m": 8})
    aid.apply(model, Answer, False)
    assert (model.agencies["poland"].sent, model.agencies["lithuania"].sent) == ({"m": 0}, {"m": 0})
    request = do("frontex-request", officers=10.0)
    request.apply(model, Answer, True)
    assert (Answer.memory, model.frontex.available) == ({"granted": 5}, 7)
    for day, sent in ((5, 0), (6, 5), (7, 5)):
        request.step(model, Answer, day)
        assert model.agencies["poland"].sent["m"] == sent
    request.apply(model, Answer, False)
    assert (Answer.memory, model.frontex.available, model.agencies["poland"].sent["m"]) == ({}, 12, 0)
    move = do("redeployment", sections=["kuznica"], share=0.5)
    move.step(model, Answer, 1)
    assert model.agencies["poland"].concentrations == {}
    move.step(model, Answer, 7)
    assert model.agencies["poland"].concentrations["m"][0] == 0.25
    move.apply(model, Answer, False)
    assert model.agencies["poland"].concentrations == {}
