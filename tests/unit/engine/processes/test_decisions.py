"""Decisions: hazards that answer to the day, the choice whether to try now, and who leaves how."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import queues
from sim.engine import tables as t
from sim.engine.processes import decisions
from sim.engine.rows import AT_BORDER, AT_HUB, MOVED_ON, NOWHERE, RETURNED, STRANDED
from sim.engine.streams import daily_hazard
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario
from tests.unit.engine.processes.hands import clock_at, flows_of, put_to_wait
from tests.verification.analytic import check_share, check_shares, simple

PEOPLE = 3000
CALM = {"cold": 0.0, "retry_winter": 1.0, "retry_idle": 1.0, "deterrence": 0.0}
shares = st.floats(0, 1)


def world(status: int, place: str, state: dict[str, float] | None = None, **parameters: float) -> CorridorModel:
    """All in a status at a place, where they begin to wait on day 0; with some fields changed."""
    model = CorridorModel(simple({"cohorts": {"people": {"size": PEOPLE}}}))
    for name, value in (CALM | parameters).items():
        model.world.p[name] = value
    for name, value in (state or {}).items():
        model.world.states[name] = value
    put_to_wait(model, range(PEOPLE), status, place)
    return model


def appraised(model: CorridorModel, kind: int, place: str) -> dict[str, float]:
    """Today's hazards of a clock by name, and their sum."""
    g = clock_at(model, kind, place)
    decisions.perceive(model._tables)
    total = decisions.appraise(model._tables, g)
    names = ("tries", "gives_up", "goes_home", "assisted", "moves_on", "evacuated")
    found = dict(zip(names, model.world.hazards[g].tolist(), strict=True))
    assert total == pytest.approx(sum(found.values()))
    return found


@pytest.fixture
def p() -> Any:
    """Parameters of the one cohort."""
    p = CorridorModel(simple({"cohorts": {"people": {"size": 1}}})).world.p[0]
    for name, value in CALM.items():
        p[name] = value
    return p


# Readiness.


def test_deterrence_0_changes_nothing(p: Any) -> None:
    assert {decisions.readiness(success, p) for success in np.linspace(0, 1, 101)} == {1.0}


@pytest.mark.parametrize("deterrence", [0.0, 0.5, 3.0, 20.0])
def test_at_even_chances_people_are_as_ready_as_without_deterrence(p: Any, deterrence: float) -> None:
    p["deterrence"] = deterrence
    assert decisions.readiness(0.5, p) == 1.0


@pytest.mark.parametrize("deterrence", [0.5, 3.0, 20.0])
def test_readiness_rises_with_success_within_0_and_2_and_is_symmetric(p: Any, deterrence: float) -> None:
    p["deterrence"] = deterrence
    found = [decisions.readiness(success, p) for success in np.linspace(0, 1, 21)]
    assert found == sorted(set(found))
    assert 0.0 < found[0] < found[-1] < 2.0
    assert np.add(found, found[::-1]) == pytest.approx(2.0)


@pytest.mark.parametrize("low", [0.1, 0.4])
def test_more_deterrence_makes_people_less_ready_where_success_is_low_and_more_where_it_is_high(
    p: Any, low: float
) -> None:
    found = []
    for p["deterrence"] in (0.0, 1.0, 5.0):
        found.append((decisions.readiness(low, p), decisions.readiness(1 - low, p)))
    assert found[0][0] > found[1][0] > found[2][0]
    assert found[0][1] < found[1][1] < found[2][1]


def test_perceived_success_of_a_zone_is_that_of_its_sections_weighed_by_their_attraction() -> None:
    model = CorridorModel(tiny_scenario())
    w, p = model.world, model.world.p[0]
    w.sections["success"] = [0.2, 0.5, 0.9]
    decisions.perceive(model._tables)
    reach = w.reach.reshape(len(w.zones), len(w.sections))
    for z, zone in enumerate(reach):
        weights = np.where(
            zone["within"], np.exp(zone["constant"] + p["section_success"] * (w.sections["success"] - 0.5)), 0.0
        )
        assert w.zones["success"][z] == pytest.approx(np.average(w.sections["success"], weights=weights))
        assert w.sections["success"][zone["within"] == 1].min() <= w.zones["success"][z]
    w.reach["within"] = 0
    decisions.perceive(model._tables)
    assert not w.zones["success"].any()


# Hazards.


@pytest.mark.parametrize("mean", [2.0, 7.0, 45.0])
def test_in_full_facilitation_and_mildness_days_to_an_attempt_have_their_mean(p: Any, mean: float) -> None:
    """1 - exp(-h) = 1 / mean."""
    p["retry_idle"], p["retry_winter"] = 4.0, 3.0
    hazard = decisions.hazard_of_trying(mean, 1.0, 1.0, p)
    assert -math.expm1(-hazard) == pytest.approx(1 / mean)


@pytest.mark.parametrize(
    ("facilitation", "cold", "ready", "factor"),
    [(0.0, 0.0, 1.0, 1 / 4), (0.5, 0.0, 1.0, 1 / 2.5), (1.0, 1.0, 1.0, 1 / 3), (1.0, 0.5, 1.0, 1 / 2),
     (1.0, 0.0, 0.3, 0.3), (0.0, 1.0, 1.4, 1.4 / 12)],
)  # fmt: skip
def test_idleness_cold_and_readiness_multiply_the_hazard_of_trying(
    p: Any, facilitation: float, cold: float, ready: float, factor: float
) -> None:
    p["retry_idle"], p["retry_winter"], p["cold"] = 4.0, 3.0, cold
    found = decisions.hazard_of_trying(7.0, facilitation, ready, p)
    assert found == pytest.approx(factor * daily_hazard(7.0))


def test_giving_up_takes_the_mean_patience_sooner_with_an_offer_and_where_there_is_no_hope(p: Any) -> None:
    p["patience"], p["stranded_review"] = 60.0, 30.0
    assert -math.expm1(-decisions.hazard_of_giving_up(0.0, 1.0, p)) == pytest.approx(1 / 60)
    assert -math.expm1(-decisions.hazard_of_giving_up(0.0, 0.0, p)) == pytest.approx(1 - (1 - 1 / 60) ** 2)
    assert decisions.hazard_of_giving_up(0.0, 2.0, p) == 0.0
    offered = [decisions.hazard_of_giving_up(offer, 1.0, p) for offer in (0.0, 0.5, 1.0)]
    assert np.diff(offered) == pytest.approx(0.5 * daily_hazard(30.0))


@given(shares)
def test_in_a_day_the_share_is_evacuated_that_is_asked_for(share: float) -> None:
    hazard = decisions.hazard_of_evacuation(share)
    assert math.isfinite(hazard)
    assert -math.expm1(-hazard) == pytest.approx(share, abs=1e-4)


def test_at_the_border_people_try_give_up_or_are_evacuated() -> None:
    """The first attempt has its own mean; nobody moves on or goes home from there."""
    model = world(AT_BORDER, "camp", {"facilitation": 1.0}, first_attempt=2.0, retry=9.0, patience=50.0)
    model.world.zones["evacuation"] = 0.25
    first, again = appraised(model, t.K_FIRST, "camp"), appraised(model, t.K_AGAIN, "camp")
    assert first["tries"] == pytest.approx(daily_hazard(2.0))
    assert again["tries"] == pytest.approx(daily_hazard(9.0))
    for found in (first, again):
        assert found["gives_up"] == pytest.approx(daily_hazard(50.0))
        assert found["evacuated"] == pytest.approx(-math.log(0.75))
        assert found["goes_home"] == found["assisted"] == found["moves_on"] == 0.0


def test_in_line_people_lose_patience_or_move_on() -> None:
    model = world(AT_HUB, "hub", {"facilitation": 1.0}, patience=50.0, moving_on=80.0)
    found = appraised(model, t.K_QUEUE, "hub")
    assert (found["goes_home"], found["moves_on"]) == pytest.approx((daily_hazard(50.0), daily_hazard(80.0)))
    assert found["tries"] == found["gives_up"] == found["assisted"] == found["evacuated"] == 0.0


@pytest.mark.parametrize("place", ["camp", "hub"])
def test_the_stranded_leave_from_the_hub_and_are_evacuated_from_the_border(place: str) -> None:
    state = {"facilitation": 0.5, "may_return": 0.4, "assisted_return": 0.02, "transfer": 9.0}
    model = world(STRANDED, place, state, stranded_review=20.0, stranded_retry=0.3, moving_on=80.0)
    model.world.zones["evacuation"] = 0.25
    found, review = appraised(model, t.K_STRANDED, place), daily_hazard(20.0)
    assert found["tries"] == pytest.approx(0.3 * 0.5 * review)
    assert found["goes_home"] == pytest.approx(0.4 * review)
    assert found["gives_up"] == 0.0
    if place == "camp":
        assert found["evacuated"] == pytest.approx(-math.log(0.75))
        assert found["assisted"] == found["moves_on"] == 0.0
    else:
        assert found["evacuated"] == 0.0
        assert (found["assisted"], found["moves_on"]) == pytest.approx((0.02, daily_hazard(80.0)))


def test_the_stranded_try_again_where_they_are_taken_to_the_border() -> None:
    model = world(STRANDED, "hub", {"facilitation": 1.0, "transfer": 0.0}, stranded_retry=1.0)
    assert appraised(model, t.K_STRANDED, "hub")["tries"] == 0.0
    model.world.states["transfer"] = 1.0
    assert appraised(model, t.K_STRANDED, "hub")["tries"] > 0.0
    model.world.states["facilitation"] = 0.0
    assert appraised(model, t.K_STRANDED, "hub")["tries"] == 0.0


# Who acts.


def test_those_who_act_do_what_their_hazards_say() -> None:
    """P(acts by day n) = 1 - exp(-n H); of those the shares of the hazards."""
    state = {"facilitation": 1.0, "may_return": 1.0, "return_price": 1e9}  # who gives up is stranded at the hub
    behaviour = {"first_attempt": 12.0, "patience": 25.0, "stranded_review": 1e9, "moving_on": 1e9}
    model = world(AT_BORDER, "camp", state, **behaviour)
    model.world.zones["evacuation"] = 0.04
    hazards = np.array([daily_hazard(12.0), daily_hazard(25.0), -math.log1p(-0.04)])
    found = np.zeros(3, int)
    for day in range(1, 11):
        decisions.run(model._tables, day)
        flows = flows_of(model, day)
        tries = int(model.world.counters[t.N_ATTEMPTS])
        found += [tries, flows["stranded"] - flows["evacuated"], flows["evacuated"]]
    check_share(found.sum(), PEOPLE, -math.expm1(-10 * hazards.sum()))
    check_shares(found, hazards / hazards.sum())
    assert model.events == found.sum()


@pytest.mark.parametrize("share", [0.2, 0.7])
@pytest.mark.parametrize("status", [AT_BORDER, STRANDED])
def test_of_those_in_the_zone_a_share_is_evacuated_to_the_hub(status: int, share: float) -> None:
    """Alone of all that may happen, so that the share of a day is exact; there they wait as the stranded do."""
    model = world(status, "camp", first_attempt=1e9, patience=1e9, stranded_review=1e9)
    model.world.zones["evacuation"] = share
    decisions.run(model._tables, 1)
    moved = model.world.rows["place"] == model.names.places.index("hub")
    check_share(moved.sum(), PEOPLE, share)
    assert flows_of(model, 1)["evacuated"] == moved.sum()
    assert (model.world.rows["status"][moved] == STRANDED).all()
    assert (model.world.rows["status"][~moved] == status).all()
    assert flows_of(model, 1)["stranded"] == (moved.sum() if status == AT_BORDER else 0)
    assert model.world.clocks["entries"][clock_at(model, t.K_STRANDED, "hub")] == moved.sum()


def test_the_stranded_of_the_zone_fly_home_if_they_can_pay_and_else_go_to_the_hub() -> None:
    model = world(STRANDED, "camp", {"may_return": 1.0, "return_price": 500.0}, stranded_review=2.0, stranded_retry=0.0)
    funds = model.world.rows["funds"]
    funds[::2], funds[1::2] = 500.0, 499.0
    decisions.run(model._tables, 1)
    home = model.world.rows["status"] == RETURNED
    at_hub = model.world.rows["place"] == model.names.places.index("hub")
    check_share(home.sum() + at_hub.sum(), PEOPLE, 0.5)
    assert home.sum() == flows_of(model, 1)["returned"] > 0
    assert not home[1::2].any()
    assert not at_hub[::2].any()
    assert (funds[home] == 0.0).all()
    assert (funds[at_hub] == 499.0).all()
    assert (model.world.rows["status"][at_hub] == STRANDED).all()


def test_assisted_return_costs_nothing() -> None:
    model = world(STRANDED, "hub", {"may_return": 0.0, "assisted_return": 0.3, "transfer": 0.0}, moving_on=1e9)
    decisions.run(model._tables, 1)
    home = model.world.rows["status"] == RETURNED
    check_share(home.sum(), PEOPLE, -math.expm1(-0.3))
    assert (model.world.rows["funds"] == 0.0).all()


@pytest.mark.parametrize("status", [AT_HUB, STRANDED])
def test_those_who_move_on_are_counted_once_and_do_not_come_back(status: int) -> None:
    model = world(status, "hub", {"may_return": 0.0, "transfer": 0.0}, moving_on=2.0, patience=1e9)
    gone = 0
    for day in range(1, 30):
        decisions.run(model._tables, day)
        gone += flows_of(model, day)["moved_on"]
        assert (model.world.rows["status"] == MOVED_ON).sum() == gone
    assert gone == PEOPLE


def test_the_stranded_go_back_to_the_border_at_once_and_from_the_hub_to_the_line() -> None:
    state = {"facilitation": 1.0, "may_return": 0.0, "transfer": 9.0}
    for place, kind, status in (("camp", t.K_FIRST, AT_BORDER), ("hub", t.K_QUEUE, AT_HUB)):
        model = world(STRANDED, place, state, stranded_review=2.0, stranded_retry=1.0, moving_on=1e9)
        decisions.run(model._tables, 1)
        back = np.flatnonzero(model.world.rows["status"] == status)
        check_share(len(back), PEOPLE, 0.5)
        assert (model.world.rows["place"][back] == model.names.places.index(place)).all()
        assert model.world.counters[t.N_ATTEMPTS] == 0
        if place == "hub":  # they line up by their keys with all who do so today
            assert queues.peek_due(model._tables, t.C_HUB, 1, AT_HUB) == len(back)
        else:
            assert model.world.clocks["entries"][clock_at(model, kind, place)] == len(back)


def test_nobody_tries_where_nobody_waits_and_each_tries_once() -> None:
    model = world(AT_BORDER, "camp", {"facilitation": 1.0}, first_attempt=1.0, patience=1e9)
    decisions.run(model._tables, 1)
    approaches = model.world.attempts[: model.world.counters[t.N_ATTEMPTS]]
    made = approaches["row"]
    assert {tuple(record) for record in approaches[["zone", "section", "result"]].tolist()} == {(0, -1, t.UNDETECTED)}
    check_share(len(made), PEOPLE, 1 / 1.02)
    assert len(set(made.tolist())) == len(made)
    assert (model.world.rows["section"][made] == NOWHERE).all()
    nobody = CorridorModel(simple({"cohorts": {"people": {"size": 10}}}))
    decisions.run(nobody._tables, 1)
    assert nobody.world.counters[t.N_ATTEMPTS] == 0


def test_deterrence_lowers_attempts_where_few_get_through_and_raises_them_where_many_do() -> None:
    """News and all; without deterrence, whatever happened at the border is nothing to who tries."""

    def attempts(deterrence: float, personnel: int) -> int:
        agencies = {name: {"personnel": personnel, "turn_back": {START: 1.0}} for name in ("lithuania", "poland")}
        changes = {"agencies": agencies, "behaviour": {"deterrence": deterrence, "giving_up": 0, "attempt_cost": 0}}
        return int(finished(tiny_scenario(changes)).world.pair_flows[:, :, t.F_APPROACHES].sum())

    assert attempts(8.0, 400) < 0.8 * attempts(0.0, 400)
