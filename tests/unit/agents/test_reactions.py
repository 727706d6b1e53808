"""What each action does to the tables while it is in force, by its strength, and that nothing of it remains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from sim.engine import tables as t
from sim.model import CorridorModel
from sim.outputs.results import Results
from sim.scenario.reactions import ACTIONS
from tests.reactions import ACTIONS as EXAMPLES
from tests.strategies import POINT, START, merge, tiny_scenario

BEGINS, ENDS = 10, 20
# An idle measure from day 8 to 17; agencies ask for nobody, so that forces change by reactions alone.
WORLD: dict[str, Any] = merge(POINT, {
    "measures": {"cue": {"kind": "posture", "transit_state": "belarus", "start": START + timedelta(days=8),
                         "end": START + timedelta(days=17)}},
    "agencies": {name: {"reinforcement_threshold": 100, "mobility": 0} for name in ("poland", "lithuania")},
    "sponsors": {"moscow": {"transit_states": ["belarus", "libya"], "start": START + timedelta(days=3000)}},
    "sections": {"terespol": {"crossing_point": {"hours": {START: 12}}}},
})  # fmt: skip
CUE = {"kind": "measure", "measure": "cue"}


def world_with(action: dict[str, Any], actor: str, **more: Any) -> CorridorModel:
    reaction = {"actor": actor, "when": CUE, "after": 2, "do": action, "until": ENDS - BEGINS, **more}
    return CorridorModel(tiny_scenario(WORLD, reactions={"it": reaction}))


def state(name: str, field: str) -> Callable[[CorridorModel], float]:
    return lambda model: float(model.world.states[field][model.names.states.index(name)])


def zone(name: str, field: str) -> Callable[[CorridorModel], float]:
    return lambda model: float(model.world.zones[field][model.names.zones.index(name)])


def section(name: str, field: str) -> Callable[[CorridorModel], float]:
    return lambda model: float(model.world.sections[field][model.names.sections.index(name)])


def weekly(route: str) -> Callable[[CorridorModel], float]:
    def of(model: CorridorModel) -> float:
        services = model.world.services
        return float(services["weekly"][services["route"] == model.names.routes.index(route)][0])

    return of


# By kind: what it changes, before, and in force at strength 1 and at 1/2, on the fifth day.
CHANGES: dict[str, list[tuple[Callable[[CorridorModel], float], float, float, float]]] = {
    "departures": [(weekly("baghdad-minsk"), 5, 10, 7.5)],
    "visas": [(state("belarus", "visas"), 7.5, 4.25, 5.875)],
    "posture": [(state("libya", "boats_tolerated"), 0.9, 0.1, 0.5), (state("libya", "interception"), 0.3, 0.9, 0.6)],
    "return-offer": [(state("belarus", "assisted_return"), 0.004, 0.104, 0.054),
                     (state("belarus", "may_return"), 0.5, 1, 0.75)],
    "evacuation": [(zone("lida", "evacuation"), 0, 0.5, 0.25)],
    "pulse": [(state("belarus", "transfer"), 5.5, 5.5, 5.5)],  # the pause of three days
    "stop": [(state("belarus", "facilitation"), 0.8, 0, 0.4), (weekly("benghazi-minsk"), 4, 0, 2),
             (zone("lida", "evacuation"), 0, 0.3, 0.15)],
    "turn-back": [(lambda m: float(m.agencies["lithuania"].record["turn_back"]), 0.5, 1, 0.75)],
    "crossing-closure": [(section("terespol", "hours"), 12, 0, 6)],
}  # fmt: skip


@pytest.mark.parametrize("strength", (1, 0.5))
@pytest.mark.parametrize("kind", sorted(CHANGES))
def test_an_action_moves_its_levers_by_its_strength_and_lets_them_go(kind: str, strength: float) -> None:
    actor, fields = EXAMPLES[kind]
    model = world_with({"kind": kind, **fields}, actor, strength=strength)
    for day in range(ENDS + 3):
        model.step()
        for read, before, full, half in CHANGES[kind]:
            if day < BEGINS or day >= ENDS:
                assert read(model) == pytest.approx(before), day
            elif day == BEGINS + 4:
                assert read(model) == pytest.approx(full if strength == 1 else half), day


def test_a_pulse_comes_and_goes() -> None:
    actor, fields = EXAMPLES["pulse"]
    model = world_with({"kind": "pulse", **fields}, actor)
    found = []
    for _ in range(ENDS + 1):
        model.step()
        found.append(state("belarus", "transfer")(model) / 5.5)
    assert found[BEGINS:] == pytest.approx([3, 3, 3, 3, 1, 1, 1, 3, 3, 3, 1])


def test_a_stop_takes_effect_in_equal_steps() -> None:
    model = world_with({"kind": "stop", "days": 4}, "belarus")
    found = []
    for _ in range(BEGINS + 6):
        model.step()
        found.append(state("belarus", "visas")(model) / 7.5)
    assert found[BEGINS - 1 :] == pytest.approx([1, 0.75, 0.5, 0.25, 0, 0, 0])


def test_people_are_steered_to_the_zone_with_the_least_spare_capacity() -> None:
    model = world_with({"kind": "steering", "weakest": 2, "zones": {"lida": 1}}, "belarus", strength=0.5)
    for _ in range(BEGINS + 1):
        model.step()
    model_before = world_with({"kind": "steering", "weakest": 2}, "belarus")
    for _ in range(BEGINS):
        model_before.step()
    weakest = min(("bruzgi", "lida"), key=lambda name: (model_before.spare_capacity(name), name))
    expected = {"bruzgi": 0.0, "lida": 0.5}
    expected[weakest] += 1.0
    assert {name: zone(name, "steering")(model) for name in expected} == pytest.approx(expected)


def officers(model: CorridorModel) -> dict[str, float]:
    return dict(zip(model.names.sections, model.world.sections["officers"].tolist(), strict=True))


def test_officers_are_moved_lent_and_asked_for_and_go_back() -> None:
    for kind in ("redeployment", "mutual-aid", "frontex-request"):
        actor, fields = EXAMPLES[kind]
        model = world_with({"kind": kind, **fields}, actor)
        before: dict[str, float] = {}
        for day in range(ENDS + 2):
            model.step()
            now = officers(model)
            before = before or now
            if day < BEGINS or day >= ENDS:
                assert now == pytest.approx(before), (kind, day)
                assert model.frontex.available == 12
            elif kind == "redeployment":  # 70 % of the force to one of two sections, and the rest as before
                assert now["kuznica"] == pytest.approx(0.3 * before["kuznica"] + 0.7 * 20 * 0.25)
                assert now["narewka"] == pytest.approx(0.3 * before["narewka"])
            elif kind == "mutual-aid":  # 15 of Poland's 20
                assert now["dieveniskes"] == pytest.approx((10 + 15) * 0.25)
                assert now["kuznica"] == pytest.approx(before["kuznica"] / 4)
            else:  # six days after it has asked for them
                assert now["dieveniskes"] == pytest.approx((10 + 8 * (day >= BEGINS + 6)) * 0.25)
                assert model.frontex.available == 4


def test_nobody_lends_more_than_he_has() -> None:
    model = world_with({"kind": "mutual-aid", "agency": "lithuania", "officers": 1000}, "poland")
    for _ in range(BEGINS + 1):
        model.step()
    assert officers(model) == pytest.approx({"dieveniskes": 30 * 0.25, "kuznica": 0, "narewka": 0, "terespol": 0})


def test_every_action_has_an_example() -> None:
    assert EXAMPLES.keys() == ACTIONS.keys()


def periods_of(**reactions: Any) -> dict[str, list[list[int]]]:
    model = CorridorModel(tiny_scenario(WORLD, days=60, reactions=reactions))
    model.run_model()
    return {answer.name: answer.periods for answer in model.reactions.answers}


IDLE = {"kind": "visas"}


def test_without_days_it_lasts_as_long_as_its_trigger() -> None:
    assert periods_of(it={"actor": "belarus", "when": CUE, "after": 2, "do": IDLE}) == {"it": [[10, 18]]}
    announced = {**CUE, "phase": "announced"}
    assert periods_of(it={"actor": "belarus", "when": announced, "do": IDLE}) == {"it": [[8, 18]]}


def test_an_order_whose_trigger_is_over_before_it_takes_effect_is_dropped() -> None:
    assert periods_of(it={"actor": "belarus", "when": CUE, "after": 12, "do": IDLE}) == {"it": []}


def test_one_reaction_sets_off_another_on_the_next_day() -> None:
    first = {"actor": "belarus", "when": CUE, "do": IDLE, "until": 4}
    second = {"actor": "moscow", "when": {"kind": "reaction", "reaction": "z"}, "do": IDLE, "after": 3, "until": 30}
    assert periods_of(a=second, z=first) == {"a": [[12, 42]], "z": [[8, 12]]}


def test_a_trigger_that_begins_in_force_or_at_rest_is_let_pass() -> None:
    measures = {
        f"m{number}": {**WORLD["measures"]["cue"], "start": START + timedelta(days=start),
                       "end": START + timedelta(days=start + 1)}
        for number, start in enumerate((5, 12, 25))
    }  # fmt: skip
    ban = {"kind": "carrier-ban", "carriers": ["buses"], "transit_state": None}
    changes = merge(WORLD, {"measures": {name: merge(entry, ban) for name, entry in measures.items()}})
    when = {"kind": "route", "routes": ["damascus-minsk"]}
    for rest, found in ((1, [[5, 11], [12, 18], [25, 31]]), (7, [[5, 11], [25, 31]])):
        reaction = {"actor": "belarus", "when": when, "do": IDLE, "until": 6, "rest": rest}
        model = CorridorModel(tiny_scenario(changes, days=60, reactions={"it": reaction}))
        model.run_model()
        assert model.reactions.answers[0].periods == found


def test_an_agency_learns_of_a_route_once_people_come_by_it_and_forgets_it_as_they_stop() -> None:
    """An alarm over a route that was empty: it rises above one number a week and falls below a lower one."""
    weekly = {START: 0, START + timedelta(days=15): 7, START + timedelta(days=40): 0}
    opened = {"carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": weekly}}}}}
    when = {"kind": "flow", "of": "boarded", "routes": ["baghdad-minsk"], "above": 12, "release": 3, "days": 2}
    do = {"kind": "redeployment", "sections": ["kuznica"], "share": 0.8}
    reactions = {"alarm": {"actor": "poland", "when": when, "do": do}}
    model = CorridorModel(tiny_scenario(merge(WORLD, opened), days=70, reactions=reactions))
    officers = []
    while model.running:
        model.step()
        officers.append(section("kuznica", "officers")(model))
    boarded = model.world.route_flows[:, model.names.routes.index("baghdad-minsk"), t.R_BOARDED]
    week = [int(boarded[day - 7 : day].sum()) for day in range(7, 70)]  # that of the seven days before the day
    begins = 8 + next(k for k in range(len(week)) if min(week[k : k + 2]) > 12)
    ends = next(day for day in range(begins, 70) if week[day - 7] <= 3)
    assert model.reactions.answers[0].periods == [[begins, ends]]
    assert 15 < begins < 40 < ends
    assert set(officers[:begins]) == set(officers[ends:]) == {officers[0]}
    assert min(officers[begins:ends]) > officers[0]


def test_it_answers_as_often_as_it_is_likely() -> None:
    begun = [
        bool(periods_of(**{f"r{k}": {"actor": "belarus", "when": CUE, "do": IDLE, "probability": 0.3}})[f"r{k}"])
        for k in range(100)
    ]
    assert 15 <= sum(begun) <= 45


def test_a_run_tells_how_often_and_when_each_began() -> None:
    reaction = {"actor": "belarus", "when": CUE, "after": 2, "do": IDLE}
    changes = {"it": reaction, "never": {**reaction, "probability": 0}}
    model = CorridorModel(tiny_scenario(WORLD, days=60, reactions=changes))
    model.run_model()
    totals = Results.from_model(model).totals
    own = totals[totals["level"] == "reaction"].set_index(["name", "measure"])["value"].to_dict()
    assert own == {
        ("it", "reactions_fired"): 1, ("it", "reaction_first_day"): 11, ("it", "reaction_days"): 8,
        ("never", "reactions_fired"): 0, ("never", "reaction_days"): 0,
    }  # fmt: skip
    whole = totals[(totals["level"] == "all") & (totals["measure"] == "reactions_fired")]
    assert np.array_equal(whole["value"], [1])


def test_runs_without_reactions_tell_of_none() -> None:
    model = CorridorModel(tiny_scenario(days=20))
    model.run_model()
    assert "reactions_fired" not in set(Results.from_model(model).totals["measure"])
