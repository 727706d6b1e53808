"""Aftermath: shares of what follows an attempt, a procedure and a wait, for each person by one draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.engine import queues
from sim.engine import tables as t
from sim.engine.processes import aftermath
from sim.engine.rows import CROSSED, IN_PROCEDURE, ONWARD, RETURNED, STRANDED
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario
from tests.unit.engine.processes.hands import put
from tests.verification.analytic import check_share, simple

PEOPLE = 3000


@pytest.fixture
def model() -> CorridorModel:
    """Many people and one agency, on the first morning."""
    return CorridorModel(simple({"cohorts": {"people": {"size": PEOPLE}}}))


def those(model: CorridorModel, rule: Callable[[Any], Any]) -> set[int]:
    """Rows of whom a rule is true."""
    return {i for i in range(PEOPLE) if rule(model.world.rows[i])}


def test_the_agencys_share_is_turned_back(model: CorridorModel) -> None:
    agency = model.world.agencies[0]
    found = {}
    for share in (0.0, 0.3, 0.8, 1.0):
        agency["turn_back"] = share
        found[share] = those(model, lambda m: aftermath.turned_back(m, agency))
    check_share(len(found[0.3]), PEOPLE, 0.3)
    assert set() == found[0.0] < found[0.3] < found[0.8] < found[1.0] == set(range(PEOPLE))


def test_when_reception_is_full_all_are_turned_back_whom_the_agency_may(model: CorridorModel) -> None:
    agency = model.world.agencies[0]
    agency["full"] = 1
    for share, turned in ((0.0, 0), (1e-9, PEOPLE), (0.5, PEOPLE)):
        agency["turn_back"] = share
        assert len(those(model, lambda m: aftermath.turned_back(m, agency))) == turned


def test_hope_fades_exponentially_with_the_wait_and_an_offer_takes_its_share(model: CorridorModel) -> None:
    """P(goes on) = (1 - giving up)(1 - offer) exp(-days / patience)."""
    w = model.world
    p, state = w.p[0], w.states[0]
    p["giving_up"], p["patience"], p["attempt_cost"] = 0.1, 30.0, 0.0
    found = {}
    for days, offer in ((0, 0.0), (15, 0.0), (15, 0.4), (15, 1.0)):
        state["return_offer"] = offer
        found[days, offer] = those(model, lambda m, days=days: not aftermath.gives_up(m, days, state, p))
        if offer < 1:
            check_share(len(found[days, offer]), PEOPLE, 0.9 * (1 - offer) * np.exp(-days / 30))
    assert found[0, 0.0] > found[15, 0.0] > found[15, 0.4] > found[15, 1.0] == set()


def test_who_can_pay_for_just_this_attempt_may_go_on() -> None:
    """With nothing left but hope, some go on; with less than nothing, nobody."""
    model = finished(tiny_scenario(), days=1)
    w, cost = model.world, model.world.p[0]["attempt_cost"]
    state = w.states[model.names.states.index("belarus")]

    def gives_up(row: int, funds: float) -> bool:
        w.rows["funds"][row] = funds
        return bool(aftermath.gives_up(w.rows[row], 0, state, w.p[0]))

    assert not all(gives_up(row, cost) for row in range(50))
    assert all(gives_up(row, cost - 1.0) for row in range(50))


def test_the_wait_for_another_attempt_has_its_mean_and_grows_with_cold_and_without_help(model: CorridorModel) -> None:
    p, state = model.world.p[0], model.world.states[0]
    p["retry"], p["retry_idle"], p["retry_winter"] = 4.0, 3.0, 2.0

    def waits(facilitation: float, cold: float) -> np.ndarray:
        state["facilitation"], p["cold"] = facilitation, cold
        return np.array([aftermath.wait_to_retry(model.world.rows[i], state, p) for i in range(PEOPLE)])

    for facilitation, cold, mean in ((1.0, 0.0, 4.0), (0.0, 0.0, 12.0), (0.5, 1.0, 16.0)):
        found = waits(facilitation, cold)
        assert found.min() >= 1
        assert found.mean() == pytest.approx(mean, abs=4.5 * np.sqrt(mean * (mean - 1) / PEOPLE))
    assert (waits(0.5, 0.0) <= waits(0.5, 1.0)).all()
    assert (waits(1.0, 0.5) <= waits(0.2, 0.5)).all()


def test_a_procedure_ends_in_one_of_three_ways_by_their_shares(model: CorridorModel) -> None:
    procedure = model.world.procedures[0, 0]
    procedure["absconding"], procedure["returned"] = 0.2, 0.5
    ends = [aftermath.end_of_procedure(model.world.rows[i], procedure) for i in range(PEOPLE)]
    for end, share in ((aftermath.GOES_ON, 0.2), (aftermath.IS_RETURNED, 0.5), (aftermath.STAYS, 0.3)):
        check_share(ends.count(end), PEOPLE, share)


def test_home_go_those_who_are_let_and_can_pay(model: CorridorModel) -> None:
    state = model.world.states[0]
    state["may_return"], state["return_price"] = 0.4, 600.0
    model.world.rows["funds"][::2] = 600.0
    model.world.rows["funds"][1::2] = 599.0
    home = those(model, lambda m: aftermath.flies_home(m, state, 0)[0])
    let = those(model, lambda m: aftermath.flies_home(m, state, 0)[1])
    check_share(len(let), PEOPLE, 0.4)
    assert home == {i for i in let if i % 2 == 0}


def test_an_agency_that_may_turn_nobody_back_turns_nobody_back_however_full_it_is() -> None:
    agencies = {name: {"reception": 0, "turn_back": {START: 0.0}} for name in ("lithuania", "poland")}
    flows = finished(tiny_scenario({"agencies": agencies})).world.section_flows.sum(axis=(0, 1))
    assert flows[t.S_PROCEDURES] > 0
    assert flows[t.S_TURN_BACKS] == 0


def test_each_attempt_is_followed_by_one_thing_and_each_procedure_ends_once() -> None:
    w = finished(tiny_scenario()).world
    border, people = w.section_flows.sum(axis=(0, 1)), w.pair_flows.sum(axis=(0, 1))
    assert border[t.S_ATTEMPTS] == border[t.S_TURN_BACKS] + border[t.S_PROCEDURES] + border[t.S_CROSSINGS]
    assert people[t.F_ATTEMPTS] == border[t.S_ATTEMPTS] > 0
    assert people[t.F_CROSSED] == border[t.S_CROSSINGS] > 0
    assert 0 < people[t.F_LEFT_PROCEDURE] <= people[t.F_PROCEDURES] == border[t.S_PROCEDURES]


@pytest.mark.parametrize(("absconding", "returned", "stays"), [(1.0, 0.0, False), (0.0, 1.0, False), (0.0, 0.0, True)])
def test_where_a_procedure_leads(absconding: float, returned: float, stays: bool) -> None:
    """All who are detected are taken in, procedures take a day, and all of them end alike."""
    agencies = {
        name: {"turn_back": {START: 0.0}, "procedure": 1, "absconding": absconding, "returned": returned}
        for name in ("lithuania", "poland")
    }
    w = finished(tiny_scenario({"agencies": agencies, "behaviour": {"onward": 0.0}})).world
    people = w.pair_flows.sum(axis=(0, 1))
    assert people[t.F_LEFT_PROCEDURE] > 0
    assert (w.rows["status"] == ONWARD).sum() == people[t.F_ONWARD] == (people[t.F_LEFT_PROCEDURE] if absconding else 0)
    in_country = people[t.F_CROSSED] + (people[t.F_LEFT_PROCEDURE] if stays else 0)
    assert (w.rows["status"] == CROSSED).sum() == in_country
    if returned:
        assert (w.rows["status"] == RETURNED).sum() == people[t.F_RETURNED] >= people[t.F_LEFT_PROCEDURE]


def test_a_procedure_ends_as_the_agency_that_leads_it_ends_it() -> None:
    model = CorridorModel(tiny_scenario())
    w, rows = model.world, {0: [3, 1], 1: [4, 15]}
    w.procedures["absconding"][0], w.procedures["absconding"][1], w.procedures["returned"][1] = 1.0, 0.0, 1.0
    for agency, held in rows.items():
        put(model, held, IN_PROCEDURE, model.names.places[w.agencies["place"][agency]], "baghdad-minsk")
        for i in held:
            queues.schedule(model._tables, i, t.C_PROCEDURE, 0, 1)
    aftermath.end_procedures(model._tables, 1)
    assert (w.rows["status"][rows[0]] == ONWARD).all()
    assert (w.rows["status"][rows[1]] == RETURNED).all()


def test_the_stranded_go_home_when_let_and_able_and_stay_when_not() -> None:
    def stranded(**state: Any) -> tuple[int, int]:
        shares = {name: {START: value} for name, value in state.items() if name != "return_price"}
        price = {"return_price": state["return_price"]} if "return_price" in state else {}
        changes = {
            "transit_states": {name: {**shares, **price} for name in ("belarus", "libya")},
            "behaviour": {"stranded_retry": 0, "giving_up": 0.5},
            "agencies": {name: {"turn_back": {START: 1.0}} for name in ("lithuania", "poland")},
        }
        w = finished(tiny_scenario(changes)).world
        return int((w.rows["status"] == STRANDED).sum()), int((w.rows["status"] == RETURNED).sum())

    assert stranded(may_return=0.0)[1] == 0
    assert stranded(may_return=0.0)[0] > 0
    assert stranded(may_return=1.0, return_price=0)[0] < stranded(may_return=0.0)[0]
    assert stranded(may_return=1.0, return_price=0)[1] > 0
