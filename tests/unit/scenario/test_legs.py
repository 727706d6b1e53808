"""Routes of several legs: their prices add up; a ban of one closes every route over it, and sends back who is on it.

Or lets it wait where the first leg ends, and go on from there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine import ledger
from sim.engine import tables as t
from sim.engine.rows import HELD_UP, IN_TRANSIT, PROSPECT
from sim.model import CorridorModel
from sim.scenario.draw import resolve
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario
from sim.studies.limits.relaxations import relaxations
from tests.strategies import START, finished, tiny_scenario

BY_ISTANBUL, BY_DUBAI, DIRECT = "baghdad-istanbul-minsk", "baghdad-dubai-minsk", "baghdad-minsk"
PRICES = {
    "baghdad-istanbul": 700, "istanbul-minsk": 1300, "baghdad-dubai": 900, "dubai-minsk": 1100, "istanbul-moscow": 300,
    "moscow-minsk": 900,
}  # fmt: skip


def _route(*legs: str) -> dict[str, Any]:
    ends = {"mode": "air", "origin": "baghdad", "destination": "minsk", "transit_state": "belarus", "visa_lead": 5}
    return {**ends, "legs": {leg: PRICES[leg] for leg in legs}}


def _over_hubs(**measure: Any) -> Scenario:
    """Iraqis who may fly over Istanbul or Dubai, or straight on, and a ban."""
    routes = {
        BY_ISTANBUL: _route("baghdad-istanbul", "istanbul-minsk"),
        BY_DUBAI: _route("baghdad-dubai", "dubai-minsk"),
    }
    ban = {"kind": "carrier-ban", "start": START, **measure}
    services = {route: {"seats": 8, "weekly": {START: 3}} for route in routes}
    return tiny_scenario(
        {
            "routes": routes,
            "cohorts": {"iraqis": {"routes": dict.fromkeys(routes, 0)}},
            "carriers": {"hub-airline": {"services": services}},
            "measures": {"ban": ban} if measure else {},
        }
    )


def boarded(model: CorridorModel) -> dict[str, int]:
    """Persons boarded, by route."""
    flows = model.world.route_flows[:, :, 2].sum(axis=0)
    return {route: int(n) for route, n in zip(model.names.routes, flows, strict=True)}


def test_the_price_of_a_route_is_the_sum_of_its_legs_in_whatever_order() -> None:
    model = CorridorModel(_over_hubs())
    prices = dict(zip(model.names.routes, model.world.routes["price"].tolist(), strict=True))
    assert prices[BY_ISTANBUL] == prices[BY_DUBAI] == 2000
    assert prices[DIRECT] == 2500
    legs = [f"leg-{n}" for n in range(7)]
    found = {
        tiny_scenario({"routes": {DIRECT: {"legs": {leg: 0.1 * (7 - int(leg[4:])) for leg in order}}}})
        .routes[DIRECT]
        .fare
        for order in (legs, legs[::-1])
    }
    assert len(found) == 1


def test_a_route_of_one_leg_at_its_own_price_is_as_one_without() -> None:
    plain, legged = finished(tiny_scenario()), finished(tiny_scenario({"routes": {DIRECT: {"legs": {"flight": 2500}}}}))
    assert (plain.world.rows == legged.world.rows).all()
    assert (plain.world.pair_flows == legged.world.pair_flows).all()


def test_a_ban_of_a_leg_sends_people_over_another_hub_and_lets_nobody_over_it() -> None:
    free, banned = boarded(finished(_over_hubs())), boarded(finished(_over_hubs(legs=["istanbul-minsk"])))
    assert banned[BY_ISTANBUL] == 0 < free[BY_ISTANBUL]
    assert banned[BY_DUBAI] > free[BY_DUBAI] > 0
    assert sum(banned.values()) < sum(free.values())


def test_a_ban_of_a_leg_is_a_ban_of_the_routes_that_use_it() -> None:
    by_leg, by_route = finished(_over_hubs(legs=["istanbul-minsk"])), finished(_over_hubs(routes=[BY_ISTANBUL]))
    assert (by_leg.world.rows == by_route.world.rows).all()
    cohorts = {"cohorts": ["iraqis"]}
    by_leg = finished(_over_hubs(legs=["istanbul-minsk"], **cohorts))
    by_route = finished(_over_hubs(routes=[BY_ISTANBUL], **cohorts))
    assert (by_leg.world.rows == by_route.world.rows).all()


@pytest.mark.parametrize(
    ("measure", "closed"),
    [
        ({"legs": ["istanbul-minsk"]}, [BY_ISTANBUL]),
        ({"legs": ["istanbul-minsk", "dubai-minsk"]}, [BY_DUBAI, BY_ISTANBUL]),
        ({"legs": ["istanbul-minsk"], "routes": [DIRECT]}, [BY_ISTANBUL, DIRECT]),
        ({"carriers": ["hub-airline"], "legs": ["dubai-minsk"]}, [BY_DUBAI]),
        ({"carriers": ["airline-iq"]}, [DIRECT]),
    ],
)
def test_which_routes_a_ban_closes(measure: dict[str, Any], closed: list[str]) -> None:
    scenario = _over_hubs(**measure)
    assert scenario.measures["ban"].closes(scenario) == closed


def test_a_legs_price_may_be_uncertain_and_is_eased_in_place_of_the_routes() -> None:
    path = f"routes.{BY_DUBAI}.legs.dubai-minsk"
    scenario = apply_overrides(_over_hubs(), {path: {"uniform": [1000, 1400]}})
    assert resolve(scenario).routes[BY_DUBAI].fare == 2100
    eased = next(one for one in relaxations(resolve(scenario), [BY_DUBAI]) if one.step == "can_pay")
    assert sorted(eased.changes) == [f"routes.{BY_DUBAI}.legs.baghdad-dubai", path]


BANNED_ON = 40  # day of the run
FIRST = {BY_ISTANBUL: "baghdad-istanbul", BY_DUBAI: "baghdad-dubai"}


def _on_a_long_way(**ban: Any) -> Scenario:
    """As `_over_hubs`, with ten days on the way and a ban of the 40th day."""
    scenario = _over_hubs(legs=["istanbul-minsk"])
    measure = scenario.measures["ban"].model_copy(update={"start": START + timedelta(days=BANNED_ON), **ban})
    routes = {
        name: route.model_copy(update={"travel_days": 10.0, "first_leg": FIRST[name]}) if route.legs else route
        for name, route in scenario.routes.items()
    }
    return scenario.model_copy(update={"routes": routes, "measures": {"ban": measure}})


def by_istanbul(model: CorridorModel, flow: int) -> np.ndarray:
    """A flow of those on the way over Istanbul, by day."""
    own = [k for k, (_, route) in enumerate(model.names.pairs) if route == BY_ISTANBUL]
    return model.world.pair_flows[:, own, flow].sum(axis=1)


def test_whoever_is_on_the_way_to_a_banned_leg_is_sent_home_without_the_fare_and_may_go_over_another_hub() -> None:
    model = CorridorModel(_on_a_long_way())
    model.run_for(BANNED_ON)
    rows = model.world.rows
    way = (rows["status"] == IN_TRANSIT) & (rows["route"] == model.names.routes.index(BY_ISTANBUL))
    funds = rows["funds"][way].copy()
    assert way.sum() > 5
    while model.running:
        model.step()
        counted = ledger.recount(rows, len(model.names.cohorts), len(model.names.places))
        assert (counted == model.world.stocks).all()
        if (rows["status"][way] == PROSPECT).all():
            assert (rows["funds"][way] == funds).all()  # the fare of what failed is not paid back
            assert (rows["place"][way] == model.names.places.index("baghdad")).all()
    boarded, arrived = by_istanbul(model, t.F_BOARDED), by_istanbul(model, t.F_ARRIVED)
    assert not arrived[BANNED_ON:].any()
    assert boarded.sum() - arrived.sum() == way.sum()
    assert (rows["bookings"][way] > 1).any()
    assert {model.names.routes[r] for r in rows["route"][way & (rows["bookings"] > 1)]} & {BY_DUBAI, DIRECT}


def test_a_ban_of_the_first_leg_leaves_those_on_their_way_alone() -> None:
    model = finished(_on_a_long_way(legs=["baghdad-istanbul"]))
    boarded, arrived = by_istanbul(model, t.F_BOARDED), by_istanbul(model, t.F_ARRIVED)
    assert not boarded[BANNED_ON:].any()
    assert arrived[BANNED_ON:].sum() > 5
    assert boarded.sum() == arrived.sum()


@pytest.mark.parametrize("cohorts", [[], ["iraqis"]])
def test_a_ban_of_the_whole_route_sends_back_as_that_of_its_second_leg_does(cohorts: list[str]) -> None:
    by_leg = finished(_on_a_long_way(cohorts=cohorts))
    by_route = finished(_on_a_long_way(legs=[], routes=[BY_ISTANBUL], cohorts=cohorts))
    assert (by_leg.world.rows == by_route.world.rows).all()
    assert by_istanbul(by_leg, t.F_BOARDED).sum() > by_istanbul(by_leg, t.F_ARRIVED).sum()


def test_who_comes_after_the_ban_has_ended_arrives() -> None:
    """Only those who would arrive while it lasts are sent back."""
    brief = finished(_on_a_long_way(end=START + timedelta(days=BANNED_ON)))
    lasting = finished(_on_a_long_way())
    missing = [by_istanbul(m, t.F_BOARDED).sum() - by_istanbul(m, t.F_ARRIVED).sum() for m in (brief, lasting)]
    assert by_istanbul(brief, t.F_ARRIVED)[BANNED_ON] == 0
    assert by_istanbul(brief, t.F_ARRIVED)[BANNED_ON + 1 :].any()
    assert missing[0] < missing[1]


def test_where_nobody_says_on_which_leg_people_board_whoever_has_boarded_arrives() -> None:
    scenario = _on_a_long_way()
    routes = {name: route.model_copy(update={"first_leg": None}) for name, route in scenario.routes.items()}
    model = finished(scenario.model_copy(update={"routes": routes}))
    assert by_istanbul(model, t.F_BOARDED).sum() == by_istanbul(model, t.F_ARRIVED).sum() > 0


BY_MOSCOW = "baghdad-istanbul-moscow-minsk"


def waiting_in_istanbul(
    layover: float | None, weekly: float = 7, validity: float | None = None, days: int = 120, **ban: Any
) -> Scenario:
    """Iraqis over Istanbul, ten days on the way; from there some seats by Moscow, which nobody books at home."""
    routes = {
        BY_ISTANBUL: {**_route("baghdad-istanbul", "istanbul-minsk"), "travel_days": 10},
        BY_MOSCOW: {**_route("baghdad-istanbul", "istanbul-moscow", "moscow-minsk"), "travel_days": 3},
    }
    for route in routes.values():
        route["first_leg"] = "baghdad-istanbul"
    routes[BY_ISTANBUL]["layover"] = layover
    services = {BY_ISTANBUL: {"seats": 8, "weekly": {START: 3}}, BY_MOSCOW: {"seats": 1, "weekly": {START: weekly}}}
    banned_on = START + timedelta(days=BANNED_ON)
    changes = {
        "routes": routes,
        "cohorts": {"iraqis": {"routes": {BY_ISTANBUL: 1, BY_MOSCOW: -20}}},
        "carriers": {"hub-airline": {"services": services}},
        "transit_states": {"belarus": {"visa_validity": validity} if validity else {}},
        "measures": {"ban": {"kind": "carrier-ban", "legs": ["istanbul-minsk"], "start": banned_on, **ban}},
    }
    return tiny_scenario(changes, days=days)


def total(model: CorridorModel, route: str, flow: int) -> int:
    """A flow of a route in the whole run."""
    own = [k for k, pair in enumerate(model.names.pairs) if pair[1] == route]
    return int(model.world.pair_flows[:, own, flow].sum())


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    layover=st.one_of(st.none(), st.floats(1, 60)),
    weekly=st.floats(0, 14),
    validity=st.one_of(st.none(), st.floats(1, 60)),
    lasts=st.one_of(st.none(), st.integers(0, 40)),
    cohorts=st.sampled_from([[], ["iraqis"]]),
)
def test_who_is_held_up_is_nowhere_else_waits_on_a_good_visa_and_is_on_one_route_at_a_time(
    layover: float | None, weekly: float, validity: float | None, lasts: int | None, cohorts: list[str]
) -> None:
    ends = {} if lasts is None else {"end": START + timedelta(days=BANNED_ON + lasts)}
    model = CorridorModel(waiting_in_istanbul(layover, weekly, validity, cohorts=cohorts, **ends))
    w, rows = model.world, model.world.rows
    pairs = w.pair_of[rows["cohort"]]
    while model.running:
        model.step()
        assert (ledger.recount(rows, len(model.names.cohorts), len(model.names.places)) == w.stocks).all()
        held_up = (rows["flags"] & HELD_UP) > 0
        assert layover is not None or not held_up.any()
        assert (rows["status"][held_up] == IN_TRANSIT).all()
        assert (rows["due"][held_up] >= model.day).all()
        assert (model.day - rows["arrived"][held_up].astype(int) < (validity or np.inf)).all()
        booked = rows["status"] != PROSPECT
        on_it = np.bincount(pairs[booked, rows["route"][booked]], minlength=len(model.names.pairs))
        assert (on_it == (w.pair_flows[:, :, t.F_SET_OUT] - w.pair_flows[:, :, t.F_GAVE_UP_BOOKING]).sum(axis=0)).all()
    assert (w.route_flows[:, :, t.R_BOARDED] <= w.route_flows[:, :, t.R_SEATS]).all()


def test_who_is_held_up_takes_the_seats_that_go_on_in_the_order_of_coming_and_pays_for_the_legs_that_follow() -> None:
    model = CorridorModel(waiting_in_istanbul(60))
    rows, moscow = model.world.rows, model.names.routes.index(BY_MOSCOW)
    came, gone = {}, []
    while model.running:
        held_up, funds = np.flatnonzero(rows["flags"] & HELD_UP), rows["funds"].copy()
        for i in held_up:
            came.setdefault(int(i), (model.day, int(rows["key"][i])))
        model.step()
        going = [i for i in held_up if rows["route"][i] == moscow and rows["status"][i] == IN_TRANSIT]
        assert len(going) <= 1  # a seat a day
        for i in going:
            assert funds[i] - rows["funds"][i] == pytest.approx(1200)  # from Istanbul by Moscow
            gone.append(int(i))
        left = [i for i in held_up if rows["flags"][i] & HELD_UP]
        assert all(came[int(i)] > came[going[0]] or funds[i] < 1200 for i in left if going)
        assert going or (funds[left] < 1200).all()
    assert len(gone) > 5
    assert total(model, BY_MOSCOW, t.F_DIVERTED) == total(model, BY_MOSCOW, t.F_BOARDED) == len(gone)
    assert total(model, BY_MOSCOW, t.F_ARRIVED) == len(gone)


def test_the_longer_people_may_wait_the_more_go_on_and_without_a_way_on_all_are_sent_home() -> None:
    went = []
    for layover in (None, 1, 3, 9, 60):
        scenario = waiting_in_istanbul(layover, weekly=2)
        went.append(total(finished(scenario), BY_MOSCOW, t.F_DIVERTED))
    assert went[0] == 0
    assert went == sorted(went)
    assert went[1] < went[-1]
    shut = finished(waiting_in_istanbul(9, weekly=0))
    assert not by_istanbul(shut, t.F_ARRIVED)[BANNED_ON:].any()
    assert total(shut, BY_MOSCOW, t.F_SET_OUT) == 0
    assert not (shut.world.rows["flags"] & HELD_UP).any()


def test_the_shorter_a_visa_is_good_the_fewer_go_on() -> None:
    went = [
        total(finished(waiting_in_istanbul(60, weekly=2, validity=validity)), BY_MOSCOW, t.F_DIVERTED)
        for validity in (1, 12, 20, 40, None)
    ]
    assert went == sorted(went)
    assert went[0] == 0 < went[-1]


def test_who_waits_and_can_pay_goes_on_as_booked_once_the_ban_is_over() -> None:
    model = CorridorModel(waiting_in_istanbul(365, weekly=0, end=START + timedelta(days=BANNED_ON + 9)))
    model.run_for(BANNED_ON + 10)
    before = model.world.rows[((model.world.rows["flags"] & HELD_UP) > 0) & (model.world.rows["due"] > BANNED_ON + 17)]
    model.run_for(7)
    after = model.world.rows[np.isin(model.world.rows["key"], before["key"])]
    can_pay = before["funds"] >= 1300  # from Istanbul to Minsk
    assert can_pay.sum() > 1
    assert (after["bookings"] - before["bookings"] == can_pay).all()
    assert (after["route"] == model.names.routes.index(BY_ISTANBUL)).all()
    assert (((after["flags"] & HELD_UP) > 0) == ~can_pay).all()


def test_whose_wait_reaches_beyond_the_run_goes_on_waiting_in_a_longer_one() -> None:
    short, whole = waiting_in_istanbul(30, weekly=2, days=BANNED_ON + 8), waiting_in_istanbul(30, weekly=2)
    state = finished(short).state()
    model = CorridorModel.restore(state, whole)
    waiting = (model.world.rows["flags"] & HELD_UP) > 0
    assert (model.world.rows["due"][waiting] > short.days).any()
    model.run_model()
    assert (model.world.rows == finished(whole).world.rows).all()
