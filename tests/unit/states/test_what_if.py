"""From a stored state on, another scenario: what has happened stays, what comes is as if it had always been so."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from sim import CorridorModel
from sim.agents.border_agency import BorderAgency
from sim.scenario.schema import Scenario
from sim.states.errors import StateError
from sim.states.state import State
from sim.states.what_if import continued
from tests.properties.differing import BY_MEASURE, LAYOUT, differing
from tests.rich_scenario import rich_scenario
from tests.strategies import MEASURES, POINT, START, finished, merge, tiny_scenario
from tests.unit.states.test_state import SCRATCH

DAY = 45
TODAY = START + timedelta(days=DAY)
BAN = {"kind": "carrier-ban", "carriers": ["airline-iq"], "start": START + timedelta(days=30)}


def on(day: int) -> date:
    return START + timedelta(days=day)


def state_of(scenario: Scenario, day: int = DAY) -> State:
    return finished(scenario, day).state()


@pytest.fixture(scope="module")
def tiny() -> State:
    return state_of(tiny_scenario(POINT))


def changed(changes: dict[str, Any], **fields: Any) -> Scenario:
    return tiny_scenario(merge(POINT, changes), **fields)


def gone_on(state: State, scenario: Scenario) -> CorridorModel:
    model = CorridorModel.restore(state, scenario)
    assert model.settings == scenario
    model.run_model()
    return model


@pytest.mark.parametrize("day", [0, 1, 33, 61, 119])
def test_the_same_scenario_changes_nothing(day: int) -> None:
    scenario = rich_scenario(5)
    model = continued(CorridorModel, state_of(scenario, day), scenario)
    model.run_model()
    assert differing(model, finished(scenario), SCRATCH) == []


@pytest.mark.parametrize("days", [50, 90, 260])
def test_a_shorter_or_longer_run_is_that_from_the_first_day(tiny: State, days: int) -> None:
    other = changed({}, days=days)
    assert differing(gone_on(tiny, other), finished(other)) == []


@pytest.mark.parametrize("kind", sorted(MEASURES))
def test_a_measure_from_today_on_is_as_if_it_had_always_been_planned(tiny: State, kind: str) -> None:
    measure = {"kind": kind, "start": TODAY, "end": TODAY + timedelta(days=40), **MEASURES[kind]}
    other = changed({"measures": {"new": measure}})
    model = gone_on(tiny, other)
    assert differing(model, finished(other)) == []
    assert differing(model, finished(tiny_scenario(POINT)), LAYOUT | BY_MEASURE) or kind == "frontex-deployment"


SCHEDULES: dict[str, dict[str, Any]] = {
    "visas": {"transit_states": {"belarus": {"visas": {TODAY: 1}}}},
    "facilitation": {"transit_states": {"belarus": {"facilitation": {TODAY: 0.1}}}},
    "steering": {"zones": {"lida": {"steering": {TODAY: 3}}}},
    "push": {"cohorts": {"iraqis": {"push": {TODAY: 5}}}},
    "flights": {"carriers": {"airline-ly": {"services": {"benghazi-minsk": {"weekly": {TODAY: 9}}}}}},
    "hours": {"sections": {"terespol": {"crossing_point": {"hours": {TODAY: 2}}}}},
    "orders": {"agencies": {"poland": {"turn_back": {TODAY: 0}}}},
    "a sponsor": {"sponsors": {"moscow": {"transit_states": ["belarus"], "start": TODAY}}},
    "a fence by date": {"sections": {"kuznica": {"barrier": {START: 0, TODAY: 30}}}},
}


@pytest.mark.parametrize("what", SCHEDULES)
def test_a_schedule_from_today_on_is_as_if_it_had_always_been_so(tiny: State, what: str) -> None:
    other = changed(SCHEDULES[what])
    model = gone_on(tiny, other)
    assert differing(model, finished(other)) == []
    assert differing(model, finished(tiny_scenario(POINT))), "nothing has changed"


def test_parameters_hold_from_today_on_and_no_day_before_is_touched(tiny: State) -> None:
    plain = finished(tiny_scenario(POINT))
    other = changed({"behaviour": {"retry": 1, "patience": 4}, "hazards": {"death": 0.05}})
    model = gone_on(tiny, other)
    for name in ("pair_flows", "section_flows", "stocks_by_place"):
        there, here = getattr(plain.world, name), getattr(model.world, name)
        np.testing.assert_array_equal(there[:DAY], here[:DAY])
        assert (there[DAY:] != here[DAY:]).any()
    assert (model.world.p["retry"] == 1).all()


def test_who_waits_keeps_what_is_left_of_its_resistance() -> None:
    """Nobody gives up before today; from then on patience is the other scenario's, for those who waited too."""
    patient = {"behaviour": {"patience": 3650, "giving_up": 0}, "transit_states": {"belarus": {"transfer": {START: 0}}}}
    hasty = merge(patient, {"behaviour": {"patience": 2}})
    state = state_of(tiny_scenario(patient))
    waiting = finished(tiny_scenario(patient), DAY).world.stocks[:, :, 3].sum()  # at the hub
    model = CorridorModel.restore(state, tiny_scenario(hasty))
    model.run_for(20)
    left = finished(tiny_scenario(patient), DAY + 20).world.stocks[:, :, 3].sum()
    assert waiting > 20
    assert model.world.stocks[:, :, 3].sum() < 0.5 * left


def test_forces_and_bans_stay_and_a_ban_may_be_lifted_from_today_on() -> None:
    scenario = tiny_scenario({"measures": {"ban": BAN}})
    lifted = tiny_scenario({"measures": {"ban": BAN | {"end": TODAY}}})
    state = state_of(scenario)
    model = CorridorModel.restore(state, lifted)
    assert model.carriers["airline-iq"].bans == {"baghdad-minsk": {"ban"}}
    model.run_model()
    assert differing(model, finished(lifted)) == []
    there, here = finished(scenario, DAY).agencies["poland"], CorridorModel.restore(state, lifted).agencies["poland"]
    assert isinstance(here, BorderAgency)
    assert (here.force, here.reserve, here.arrivals) == (there.force, there.reserve, there.arrivals)


def test_a_carrier_may_be_added(tiny: State) -> None:
    other = changed({"carriers": {"airline-ab": {"services": {"baghdad-minsk": {"seats": 9, "weekly": {TODAY: 7}}}}}})
    model = gone_on(tiny, other)
    assert differing(model, finished(other)) == []


def test_officers_reserved_for_a_deployment_that_does_not_come_are_free_again() -> None:
    deployment = {"kind": "frontex-deployment", "agency": "lithuania", "officers": 8, "start": on(100)}
    scenario = tiny_scenario({"measures": {"d": deployment}})
    state = state_of(scenario, 5)
    assert finished(scenario, 5).frontex.available == 4
    without = CorridorModel.restore(state, tiny_scenario())
    assert (without.frontex.available, without.frontex.reserved) == (12, {})
    more = tiny_scenario({"measures": {"d": deployment | {"officers": 10}, "e": deployment | {"officers": 6}}})
    with_more = CorridorModel.restore(state, more)
    assert (with_more.frontex.available, with_more.frontex.reserved) == (0, {"d": 10, "e": 2})


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a cohort less": ({"cohorts": {"syrians": None}}, r"cohorts: found 'syrians', which is in the state, and not in"),
    "a section less": (
        {"sections": {"dieveniskes": None}, "zones": {"lida": {"sections": {"dieveniskes": None}}}},
        r"sections: found 'dieveniskes'",
    ),
    "a cohort more": (
        {"cohorts": {"more": {"origin": "aden", "nationality": "Yemen", "size": 5, "routes": {"damascus-minsk": 0}}}},
        r"cohorts: found 'more', which is not in the state",
    ),
    "a carrier less": ({"carriers": {"buses": None}}, r"carriers: found 'buses'"),
    "a route for a cohort": (
        {"cohorts": {"iraqis": {"routes": {"damascus-minsk": 0}}}}, r"pairs: found 'iraqis-damascus-minsk'",
    ),
    "more people": ({"cohorts": {"iraqis": {"size": 161}}}, r"cohorts.iraqis.size: found 161; needed: 160"),
    "another hub": ({"transit_states": {"libya": {"hub": "lampedusa"}}}, r"transit_states.libya.hub"),
    "another force": ({"agencies": {"poland": {"personnel": 21}}}, r"personnel: found 21.*reinforcement changes it"),
    "another pool": ({"frontex": {"officers": 13}}, r"frontex.officers"),
    "another seed": ({"seed": 2}, r"seed: found 2; needed: 1"),
    "too short": ({"days": 44}, r"days: found 44; needed: 45 or more"),
    "another beginning": ({"start": on(-1)}, r"start: found 2025-09-30"),
    "a ban of the past": ({"measures": {"ban": BAN}}, r"measures.ban: found that it took effect on 2025-10-31 before"),
    "a point less": ({"sections": {"terespol": {"crossing_point": None}}}, r"terespol.crossing_point"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_rewrite_the_past_is_refused_by_name(tiny: State, what: str) -> None:
    changes, words = REFUSED[what]
    with pytest.raises(StateError, match=words):
        CorridorModel.restore(tiny, Scenario(**merge(merge(tiny_scenario().model_dump(), POINT), changes)))


def test_a_measure_in_force_may_end_but_not_vanish_or_differ() -> None:
    state = state_of(tiny_scenario({"measures": {"ban": BAN}}))
    with pytest.raises(StateError, match=r"measures.ban: missing; it took effect on 2025-10-31: its `end` may be"):
        CorridorModel.restore(state, tiny_scenario())
    wider = tiny_scenario({"measures": {"ban": BAN | {"carriers": []}}})
    with pytest.raises(StateError, match=r"measures.ban.carriers: found \[\]; needed: \['airline-iq'\]"):
        CorridorModel.restore(state, wider)
    over = tiny_scenario({"measures": {"ban": BAN | {"end": on(35)}}})
    with pytest.raises(StateError, match=r"ended on 2025-11-06 before"):
        CorridorModel.restore(state, over)


def test_what_both_have_changed_is_refused() -> None:
    state = state_of(tiny_scenario())
    assert not np.allclose(*(finished(tiny_scenario(), day).agencies["poland"].distribution for day in (0, DAY)))
    with pytest.raises(StateError, match=r"poland: distribution: the run began with"):
        CorridorModel.restore(state, tiny_scenario({"sections": {"kuznica": {"length": 70}}}))
