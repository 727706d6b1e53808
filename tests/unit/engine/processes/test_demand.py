"""Demand: the share that can pay, who sets out and when, and what holds people back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.engine import tables as t
from sim.engine.processes import demand
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario

RATE: dict[str, Any] = {"cohorts": {name: {"leaving_rate": 0.0} for name in ("iraqis", "sudanese", "syrians")}}
NO_NEWS = {"information": {"lag": 100}, "behaviour": {"success": 0}}


def set_out(model: CorridorModel, route: str) -> int:
    pairs = [number for number, (_, name) in enumerate(model.names.pairs) if name == route]
    return int(model.world.pair_flows[:, pairs, t.F_SET_OUT].sum())


@pytest.mark.parametrize("price", [0.0, 1e-6, 0.5, 1.0, 1500.0, 1e6])
def test_the_share_that_can_pay_is_fisks(price: float) -> None:
    assert demand.affordable(price, 4000.0, 2.5) == pytest.approx(stats.fisk.sf(price, 2.5, scale=4000.0), rel=1e-12)


def test_nobody_leaves_without_a_hazard() -> None:
    model = finished(tiny_scenario(RATE))
    assert not model.world.pair_flows.any()
    assert not model.world.cohorts["left"].any()


def test_nobody_sets_out_by_a_closed_route() -> None:
    grounded = {"carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": {START: 0}}}}}}
    assert set_out(finished(tiny_scenario(grounded)), "baghdad-minsk") == 0
    assert set_out(finished(tiny_scenario()), "baghdad-minsk") > 0


def test_a_dearer_route_lowers_departures_on_it_and_in_all() -> None:
    found = []
    for price in (500, 2000, 8000):
        model = finished(tiny_scenario({"routes": {"benghazi-minsk": {"price": price}}}, days=60))
        sudanese = [number for number, (cohort, _) in enumerate(model.names.pairs) if cohort == "sudanese"]
        all_routes = int(model.world.pair_flows[:, sudanese, t.F_SET_OUT].sum())
        found.append((set_out(model, "benghazi-minsk"), all_routes))
    assert found[0] > found[1] > found[2]


def test_at_a_higher_rate_everybody_leaves_no_later() -> None:
    """Each person has one resistance: on no day have fewer left."""
    left = []
    for rate in (0.005, 0.02, 0.08):
        cohorts = {name: {"leaving_rate": rate} for name in ("iraqis", "sudanese", "syrians")}
        model = CorridorModel(tiny_scenario({"cohorts": cohorts, **NO_NEWS}, days=20))
        days = []
        while model.running:
            model.step()
            days.append(model.world.cohorts["left"].tolist())
        left.append(np.array(days))
    assert (left[0] <= left[1]).all()
    assert (left[1] <= left[2]).all()
    assert left[0][-1].sum() < left[2][-1].sum()


def test_at_an_endless_hazard_nobody_is_left() -> None:
    model = finished(tiny_scenario(), days=1)
    model.world.cohorts["cumulative_hazard"] = 1e3
    demand.run(model._tables, 1)
    assert model.world.cohorts["left"].tolist() == model.world.cohorts["size"].tolist()


def test_utility_is_linear_in_what_it_weighs() -> None:
    """Each term has its weight and no other: differences are the weights times the differences."""
    w = finished(tiny_scenario(), days=1).world
    pair, route, p = w.pairs[0].copy(), w.routes[0].copy(), w.p[0]
    pair["affordable"], pair["success"] = 0.5, 0.4

    def change(**fields: float) -> float:
        """Of utility, from the first day's."""
        other, way = pair.copy(), route.copy()
        wait, facilitation = fields.pop("wait", 3.0), fields.pop("facilitation", 0.5)
        for name, value in fields.items():
            (other if name in ("taste", "success", "affordable") else way)[name] = value
        return float(demand.utility(other, way, facilitation, wait, p) - demand.utility(pair, route, 0.5, 3.0, p))

    assert change(taste=pair["taste"] + 1.5) == pytest.approx(1.5)
    assert change(success=0.9) == pytest.approx(0.5 * p["success"])
    assert change(affordable=0.25) == pytest.approx(-math.log(2) * p["price"])
    assert change(wait=13.0) == pytest.approx(-10 * p["time"])
    assert change(travel_days=route["travel_days"] + 10) == pytest.approx(-10 * p["time"])
    assert change(risk=route["risk"] + 0.2) == pytest.approx(-0.2 * p["risk"])
    assert change(facilitation=0.9) == pytest.approx(0.4 * p["facilitation"])
    assert change(rush=1) == pytest.approx(p["rush"])


def test_those_who_set_out_can_pay_and_are_ready_after_a_day_at_least() -> None:
    w = finished(tiny_scenario(), days=1).world
    pair, cohort, route = w.pairs[0].copy(), w.cohorts[0], w.routes[0].copy()
    for price in (100.0, 5000.0):
        route["price"] = price
        pair["affordable"] = demand.affordable(price, cohort["funds_median"], cohort["funds_shape"])
        for i in range(50):
            m = w.rows[i]
            before = int(m["bookings"])
            assert demand.set_out(m, pair, route, cohort, w.p[0]) >= 1
            assert m["funds"] >= price * (1 - 1e-6)
            assert m["bookings"] == before + 1


def test_seats_of_a_day_are_those_of_open_services_and_of_the_timetable_ahead() -> None:
    model = CorridorModel(tiny_scenario(), [(10, "baghdad-minsk", 56), (100, "baghdad-minsk", 999)])
    model.step()
    number = model.names.routes.index("baghdad-minsk")
    assert demand.seats_per_day(model._tables, number, 0) == pytest.approx(8 * 5 / 7 + 56 / 28)
    assert demand.seats_per_day(model._tables, number, 11) == pytest.approx(8 * 5 / 7)
    model.world.services["open"] = 0
    assert demand.seats_per_day(model._tables, number, 0) == pytest.approx(56 / 28)
