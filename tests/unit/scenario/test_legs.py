"""Routes of several legs: their prices add up; a ban of one closes every route over it, and sends back who is on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from sim.engine import ledger
from sim.engine import tables as t
from sim.engine.rows import IN_TRANSIT, PROSPECT
from sim.model import CorridorModel
from sim.scenario.draw import resolve
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario
from sim.studies.limits.relaxations import relaxations
from tests.strategies import START, finished, tiny_scenario

BY_ISTANBUL, BY_DUBAI, DIRECT = "baghdad-istanbul-minsk", "baghdad-dubai-minsk", "baghdad-minsk"
PRICES = {"baghdad-istanbul": 700, "istanbul-minsk": 1300, "baghdad-dubai": 900, "dubai-minsk": 1100}


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
