"""Aftermath: shares of what follows an attempt, a procedure and a wait, for each person by one draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.engine import exits, queues
from sim.engine import tables as t
from sim.engine.processes import aftermath
from sim.engine.rows import AT_BORDER, CROSSED, IN_PROCEDURE, ONWARD, RETURNED, STRANDED
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario
from tests.unit.engine.processes.hands import clock_at, flows_of, put
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
    found = {share: those(model, lambda m, s=share: aftermath.turned_back(m, s)) for share in (0.0, 0.3, 0.8, 1.0)}
    check_share(len(found[0.3]), PEOPLE, 0.3)
    assert set() == found[0.0] < found[0.3] < found[0.8] < found[1.0] == set(range(PEOPLE))


def test_hope_is_lost_with_its_probability_at_each_attempt(model: CorridorModel) -> None:
    p = model.world.p[0]
    p["attempt_cost"] = 0.0
    found = []
    for attempts in (1, 2):
        model.world.rows["attempts"] = attempts
        for p["giving_up"] in (0.0, 0.1, 0.4):
            found.append(those(model, lambda m: aftermath.loses_hope(m, p)))
            check_share(len(found[-1]), PEOPLE, p["giving_up"]) if found[-1] else None
    assert set() == found[0] < found[1] < found[2]
    check_share(len(found[2] & found[5]), PEOPLE, 0.4**2)


def test_who_can_pay_for_just_this_attempt_may_go_on(model: CorridorModel) -> None:
    """With nothing left but hope, some go on; with less than nothing, nobody."""
    p, funds = model.world.p[0], model.world.rows["funds"]
    p["attempt_cost"], p["giving_up"] = 150.0, 0.1
    funds[:] = 150.0
    check_share(len(those(model, lambda m: aftermath.loses_hope(m, p))), PEOPLE, 0.1)
    assert not funds.any()
    funds[:] = 149.0
    assert len(those(model, lambda m: aftermath.loses_hope(m, p))) == PEOPLE


def test_nobody_absconds_before_the_delay_and_others_stay_as_long_as_a_procedure(model: CorridorModel) -> None:
    """Absconding comes `absconding_delay` days later than a procedure would have ended."""
    procedure = model.world.procedures[0, 0]
    procedure["absconding"], procedure["returned"], procedure["procedure"] = 0.5, 0.3, 6.0
    absconds = those(model, lambda m: aftermath.end_of_procedure(m, procedure) == aftermath.GOES_ON)
    found = {}
    for procedure["absconding_delay"] in (0.0, 30.0):
        days = np.array([aftermath.days_in_procedure(m, procedure) for m in model.world.rows])
        found[float(procedure["absconding_delay"])] = days
        assert days.min() == 1
        assert days[sorted(absconds)].min() == procedure["absconding_delay"] + 1
    assert found[0.0].mean() == pytest.approx(6.0, abs=4.5 * np.sqrt(30 / PEOPLE))
    later = np.isin(np.arange(PEOPLE), sorted(absconds))
    assert np.array_equal(found[30.0] - found[0.0], 30 * later)


def test_in_a_whole_run_nobody_absconds_before_the_delay() -> None:
    agencies = {
        name: {"turn_back": {START: 0.0}, "procedure": 5, "absconding": 1.0, "returned": 0.0, "absconding_delay": 25}
        for name in ("lithuania", "poland")
    }
    people = finished(tiny_scenario({"agencies": agencies})).world.pair_flows.sum(axis=1)
    began, left = people[:, t.F_PROCEDURES].cumsum(), people[:, t.F_LEFT_PROCEDURE].cumsum()
    assert left[-1] > 0
    assert (left[26:] <= began[:-26]).all()
    assert not left[: int(began.argmax() > 0) + 26].any()


def test_a_procedure_ends_in_one_of_three_ways_by_their_shares(model: CorridorModel) -> None:
    procedure = model.world.procedures[0, 0]
    procedure["absconding"], procedure["returned"] = 0.2, 0.5
    ends = [aftermath.end_of_procedure(model.world.rows[i], procedure) for i in range(PEOPLE)]
    for end, share in ((aftermath.GOES_ON, 0.2), (aftermath.IS_RETURNED, 0.5), (aftermath.STAYS, 0.3)):
        check_share(ends.count(end), PEOPLE, share)


def test_home_go_those_who_are_let_and_can_pay_and_to_the_hub_those_who_are_let_and_cannot(
    model: CorridorModel,
) -> None:
    w = model.world
    w.states["may_return"], w.states["return_price"] = 0.4, 600.0
    put(model, range(PEOPLE), AT_BORDER, "camp", "flight")
    w.rows["funds"][::2], w.rows["funds"][1::2] = 600.0, 599.0
    for i in range(PEOPLE):
        exits.give_up(model._tables, 3, i, w.states[0])
    home, stranded = w.rows["status"] == RETURNED, w.rows["status"] == STRANDED
    at_hub = w.rows["place"] == model.names.places.index("hub")
    check_share(home[::2].sum(), PEOPLE // 2, 0.4)
    check_share(at_hub[1::2].sum(), PEOPLE // 2, 0.4)
    assert not home[1::2].any()
    assert not at_hub[::2].any()
    assert (home | stranded).all()
    assert not w.rows["funds"][home].any()
    flows = flows_of(model, 3)
    assert (flows["returned"], flows["stranded"]) == (home.sum(), stranded.sum())
    assert w.told[3, 0].tolist() == [0.0, PEOPLE]


def test_who_is_stranded_already_is_not_stranded_once_more(model: CorridorModel) -> None:
    put(model, [5], AT_BORDER, "camp", "flight")
    for day, place in ((1, "camp"), (2, "hub")):
        exits.strand(model._tables, day, 5, model.names.places.index(place))
    assert [flows_of(model, day)["stranded"] for day in (1, 2)] == [1, 0]
    assert model.world.rows["waits"][5] == 2


def test_withdrawn_and_turned_back_people_alike_wait_on_or_give_up(model: CorridorModel) -> None:
    """Whoever did not get through and keeps hope waits from that day on, between attempts."""
    w = model.world
    w.p["giving_up"], w.p["attempt_cost"], w.agencies["turning_back"] = 0.2, 0.0, 1.0
    w.states["may_return"] = 0.0
    people = put(model, range(2000), AT_BORDER, "camp", "flight")
    w.rows["section"][people] = 0
    for result in (t.WITHDRAWN, t.STOPPED):
        who = people[::2] if result == t.WITHDRAWN else people[1::2]
        w.attempts[: len(who)] = [(row, 0, 0, result) for row in who]
        w.counters[t.N_ATTEMPTS] = len(who)
        aftermath.run(model._tables, 4)
        waits = w.rows["status"][who] == AT_BORDER
        check_share(waits.sum(), len(who), 0.8)
        assert (w.rows["since"][who] == 4).all()
    assert w.section_flows[4, 0, t.S_TURN_BACKS] == flows_of(model, 4)["turn_backs"] == 1000
    assert w.clocks["entries"][clock_at(model, t.K_AGAIN, "camp")] == (w.rows["status"] == AT_BORDER).sum()


def test_those_who_gave_themselves_up_are_taken_in_even_where_all_who_are_caught_are_turned_back(
    model: CorridorModel,
) -> None:
    w = model.world
    w.agencies["turning_back"] = 1.0
    people = put(model, range(500), AT_BORDER, "camp", "flight")
    w.attempts[:500] = [(row, 0, 0, t.PRESENTED) for row in people]
    w.counters[t.N_ATTEMPTS] = 500
    aftermath.run(model._tables, 4)
    assert (w.rows["status"][people] == IN_PROCEDURE).all()
    assert w.section_flows[4, 0, t.S_PROCEDURES] == flows_of(model, 4)["procedures"] == 500


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
        name: {
            "turn_back": {START: 0.0}, "procedure": 1, "absconding": absconding, "absconding_delay": 0,
            "returned": returned,
        }
        for name in ("lithuania", "poland")
    }  # fmt: skip
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
        shares["assisted_return"] = {START: 0}
        shares["transfer"] = {START: 1000}  # nobody is in line, from where all may go home
        changes = {
            "transit_states": {name: {**shares, **price} for name in ("belarus", "libya")},
            "behaviour": {"stranded_retry": 0, "giving_up": 0.5},
            "zones": {name: {"capacity": 1000} for name in ("bruzgi", "lida")},
            "agencies": {name: {"turn_back": {START: 1.0}} for name in ("lithuania", "poland")},
        }
        w = finished(tiny_scenario(changes)).world
        return int((w.rows["status"] == STRANDED).sum()), int((w.rows["status"] == RETURNED).sum())

    assert stranded(may_return=0.0)[1] == 0
    assert stranded(may_return=0.0)[0] > 0
    assert stranded(may_return=1.0, return_price=0)[0] < stranded(may_return=0.0)[0]
    assert stranded(may_return=1.0, return_price=0)[1] > 0
