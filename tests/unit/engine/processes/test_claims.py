"""Crossing points: claims in place of attempts, places by the opening hours, closures, and the rush before them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.engine import clocks
from sim.engine import tables as t
from sim.engine.processes import claims
from sim.engine.rows import AT_BORDER, IN_PROCEDURE
from sim.engine.streams import daily_hazard
from sim.model import CorridorModel
from tests.strategies import START, merge, tiny_scenario
from tests.unit.engine.processes.hands import put
from tests.verification.analytic import ALPHA, at_border, flow, simple

FENCE, GATE = 0, 1  # sections of the simple scenario with a point, by name
SHARE = np.exp(0.5) / (1 + np.exp(0.5))  # of the gate, in the choice between the two
PEOPLE, DAYS, MEAN = 400, 30, 15


def day(number: int) -> Any:
    return START + timedelta(days=number)


def with_gate(point: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A crossing point beside the green border, where all are seen, stopped and turned back, and never lose hope."""
    beside = {
        "days": DAYS,
        "cohorts": {"people": {"size": PEOPLE, "leaving_rate": 0}},
        "zones": {"camp": {"sections": {"fence": 0, "gate": 0.5}}},
        "sections": {"gate": {"agency": "guard", "title": "Gate", "crossing_point": point or {}}},
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "detection": {"coverage": 50},
        "behaviour": {"first_attempt": MEAN, "retry": MEAN, "patience": 3650, "giving_up": 0},
    }
    return merge(beside, changes)


def crowd(changes: dict[str, Any], days: int = DAYS) -> CorridorModel:
    """A run in which everybody waits in the camp from the evening of the first day on."""
    model = CorridorModel(simple(changes))
    model.step()
    for i in put(model, range(PEOPLE), AT_BORDER, "camp", "flight"):
        clocks.wait(model._tables, i, 0)
    while model.day < days:
        model.step()
    return model


def closure(start: int, **fields: Any) -> dict[str, Any]:
    """A measure that closes the gate."""
    return {"measures": {"shut": {"kind": "crossing-closure", "points": ["gate"], "start": day(start), **fields}}}


def gate(model: CorridorModel, name: str) -> np.ndarray:
    """A flow at the gate by day."""
    return at_border(model, name)[:, GATE]


def test_places_are_those_of_a_whole_day_times_the_share_of_it_that_a_point_is_open() -> None:
    assert [claims.claims_admitted(10.0, hours) for hours in (0.0, 6.0, 12.0, 24.0)] == [0.0, 2.5, 5.0, 10.0]
    assert claims.claims_admitted(10.0, -3.0) == 0.0
    assert claims.claims_admitted(10.0, 48.0) == 10.0


def test_those_admitted_are_all_who_claim_or_as_many_as_there_are_places() -> None:
    """Every day; over all days places are those of the hours, exact to a fraction of one."""
    hours = {START: 24, day(10): 7, day(20): 0}
    model = crowd(with_gate({"claims": {START: 3.5, day(15): 40}, "hours": hours}), days=1)
    places = []
    while model.running:
        model.step()
        places.append(int(model.world.sections["places"][GATE]))
        made, admitted = gate(model, "claims")[model.day - 1], gate(model, "claims_admitted")[model.day - 1]
        assert admitted == min(made, places[-1])
        assert gate(model, "claims_refused")[model.day - 1] == made - admitted
    rates = [(3.5 if d < 15 else 40) * (24 if d < 10 else 7 if d < 20 else 0) / 24 for d in range(1, DAYS)]
    assert np.abs(np.cumsum(rates) + 3.5 - 3 - np.cumsum(places)).max() < 1
    assert (gate(model, "claims_refused") > 0).any()
    assert (gate(model, "claims") > gate(model, "claims_refused")).any()
    assert gate(model, "claims")[20:].sum() == 0


def test_a_claim_is_no_attempt_and_calls_nobody() -> None:
    model = crowd(with_gate({"claims": {START: 2}}))
    flows = dict(zip(t.SECTION_FLOWS, model.world.section_flows[:, GATE].sum(axis=0).tolist(), strict=True))
    assert {name for name, n in flows.items() if n} == {"approaches", "claims", "claims_admitted", "claims_refused"}
    assert flows["approaches"] == flows["claims"] == flow(model, "claims").sum()
    assert not model.world.section_detection[:, GATE].any()
    assert not model.world.section_capacity[:, GATE].any()
    alone = CorridorModel(simple({"sections": {"fence": {"length": 100}}}))
    alone.step()
    assert (model.world.section_capacity[:, FENCE] == alone.world.section_capacity[0, 0]).all()


def test_the_admitted_go_into_procedure_and_the_refused_wait_on() -> None:
    model = crowd(with_gate({"claims": {START: 2}}, agencies={"guard": {"procedure": 3650}}))
    admitted, left = flow(model, "claims_admitted").sum(), flow(model, "left_procedure").sum()
    assert admitted == gate(model, "claims_admitted").sum() > 0
    stocks = model.world.stocks.sum(axis=(0, 1))
    assert stocks[IN_PROCEDURE] == admitted - left
    assert flow(model, "procedures").sum() == 0
    gone = PEOPLE - stocks[AT_BORDER] - admitted
    assert gone == flow(model, "stranded").sum() + flow(model, "returned").sum()


@pytest.mark.parametrize("places", [0, 1, 4, 9])
def test_the_lot_decides_who_is_admitted_and_not_the_order_of_the_list(places: int) -> None:
    model = CorridorModel(simple(with_gate()))
    w, people = model.world, [3, 1, 4, 15, 9, 2, 6, 5, 35]
    admitted = []
    for order in (people, people[::-1]):
        w.attempts[: len(order)] = [(row, 0, GATE, t.CLAIMED) for row in order]
        w.counters[t.N_ATTEMPTS] = len(order)
        w.sections["places"] = places
        claims.admit(model._tables, GATE)
        results = w.attempts[: len(order)]
        assert set(results["result"].tolist()) <= {t.ADMITTED, t.REFUSED}
        admitted.append({int(a["row"]) for a in results if a["result"] == t.ADMITTED})
    assert admitted[0] == admitted[1]
    assert len(admitted[0]) == places
    assert set(sorted(people)[:places]) != admitted[0] or places in (0, 9)


def test_a_closure_diverts_and_nobody_vanishes() -> None:
    """Where claims are never admitted, those who would have claimed try to cross, each on the same day."""
    held, shut = crowd(with_gate()), crowd(with_gate(**closure(8, end=day(19))))
    assert (flow(held, "approaches") == flow(shut, "approaches")).all()
    closed = slice(8, 20)
    claimed = gate(held, "claims")[closed]
    assert claimed.sum() > 50
    assert gate(shut, "claims")[closed].sum() == 0
    there = [at_border(model, "approaches")[closed, FENCE] for model in (held, shut)]
    assert (there[1] == there[0] + claimed).all()
    for open_again in (slice(0, 8), slice(20, DAYS)):
        assert (gate(shut, "claims")[open_again] == gate(held, "claims")[open_again]).all()


def test_a_closure_diverts_to_another_point_too() -> None:
    other = {
        "zones": {"camp": {"sections": {"road": 0.2}}},
        "sections": {"road": {"agency": "guard", "title": "Road", "crossing_point": {"claims": {START: 1}}}},
    }
    held, shut = (crowd(merge(with_gate(), merge(other, measures))) for measures in ({}, closure(5)))
    claims_made = [at_border(model, "claims")[5:, 2].sum() for model in (held, shut)]
    assert claims_made[1] > claims_made[0] > 0


@pytest.mark.parametrize("places", [0, 3, 1000])
def test_closing_a_point_never_raises_its_own_claims(places: int) -> None:
    """Up to no day are there more than without it, if nobody knew of it before; and none from its start on."""
    point = {"claims": {START: places}}
    held, shut = crowd(with_gate(point)), crowd(with_gate(point, **closure(8)))
    for name in ("claims", "claims_admitted"):
        ours, theirs = gate(shut, name), gate(held, name)
        assert (ours.cumsum() <= theirs.cumsum()).all()
        assert (ours[:8] == theirs[:8]).all()
        assert ours[8:].sum() == 0


def test_where_all_is_closed_everybody_waits_on() -> None:
    changes = with_gate(**closure(4))
    changes["zones"]["camp"]["sections"]["fence"] = None
    model = crowd(changes)
    assert gate(model, "claims")[:4].sum() > 0
    assert flow(model, "approaches")[4:].sum() == 0
    assert model.world.stocks[:, :, AT_BORDER].sum() > 0.9 * PEOPLE


@pytest.mark.parametrize("rush", [0.0, 1.0, 3.0])
def test_an_announcement_draws_a_rush_before_the_closure(rush: float) -> None:
    """Claims are binomial with the hazard of trying times its gain; the others try at the green border as before."""
    behaviour = {"section_rush": rush, "first_attempt": 60, "retry": 60}
    model = crowd(with_gate(behaviour=behaviour, **closure(29, announced=day(0))))
    gain = 1 - SHARE + SHARE * np.exp(rush)
    trying = daily_hazard(60.0) * gain
    others = daily_hazard(3650.0)  # of giving up
    acts = -np.expm1(-trying - others) * trying / (trying + others)
    waiting = model.world.stocks_by_place[:28, model.names.places.index("camp"), AT_BORDER].sum()
    for name, section, share in (
        ("claims", GATE, SHARE * np.exp(rush) / gain), ("approaches", FENCE, (1 - SHARE) / gain),
    ):  # fmt: skip
        made = int(at_border(model, name)[1:29, section].sum())
        assert stats.binomtest(made, int(waiting), acts * share).pvalue > ALPHA, name
    assert gate(model, "claims")[29:].sum() == 0


def test_a_rush_of_no_strength_changes_nothing_and_one_of_some_strength_does() -> None:
    made = [
        gate(crowd(with_gate(behaviour={"section_rush": rush}, **measures)), "claims")[:29].sum()
        for rush, measures in ((0.0, closure(29)), (0.0, closure(29, announced=day(5))), (2.0, closure(29)))
    ]
    assert made[0] == made[1] == made[2]
    rushed = crowd(with_gate(behaviour={"section_rush": 2.0}, **closure(29, announced=day(5))))
    assert gate(rushed, "claims")[:5].sum() + 2 * gate(rushed, "claims")[5:29].sum() > 3 * made[0]


def test_refused_claims_are_bad_news_of_the_point_and_admitted_ones_what_a_procedure_is_worth() -> None:
    success = []
    for places in (0, 1000):
        model = crowd(with_gate({"claims": {START: places}}, information={"memory": 1000, "procedure_value": 0.9}))
        success.append(float(model.world.sections["success"][GATE]))
    assert success[0] < 0.3
    assert 0.6 < success[1] < 0.9


def test_a_point_that_nobody_reaches_changes_nothing_else() -> None:
    point = {"sections": {"terespol": {"agency": "poland", "title": "Terespol", "crossing_point": {}}}}
    measures = {"shut": {"kind": "crossing-closure", "points": ["terespol"], "start": day(9), "announced": day(5)}}
    without, beside = (CorridorModel(tiny_scenario(c, days=40)) for c in ({}, merge(point, {"measures": measures})))
    for model in (without, beside):
        model.run_for(40)
    for name in ("rows", "pair_flows", "route_flows", "stocks_by_place", "told", "elapsed"):
        assert getattr(without.world, name).tobytes() == getattr(beside.world, name).tobytes(), name
    assert (without.world.section_flows == beside.world.section_flows[:, :3]).all()
    assert (without.world.section_capacity == beside.world.section_capacity[:, :3]).all()
