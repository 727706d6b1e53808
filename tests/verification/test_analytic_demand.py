"""Demand in closed form: departures, routes, funds."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest
from scipy import stats

from tests.strategies import START, finished
from tests.verification.analytic import (
    ALPHA,
    SIMPLE,
    N,
    affordable,
    appeal,
    check_share,
    check_shares,
    flow,
    going,
    simple,
)


def test_departures_follow_the_exponential_law() -> None:
    """P(left by the evening of day d) = 1 - exp(-h (d + 1)), h = leaving rate * share of the flight."""
    model = finished(simple())
    hazard = 0.03 * going()
    left = flow(model, "set_out").sum(axis=1).cumsum()
    for day in (0, 1, 5, 20, 59):
        check_share(left[day], N, -math.expm1(-hazard * (day + 1)))
    daily = np.diff(left, prepend=0)
    chances = np.exp(-hazard * np.arange(60)) * -math.expm1(-hazard)
    check_shares([*daily, N - left[-1]], [*chances, math.exp(-hazard * 60)])


def test_push_adds_up_in_the_exponent() -> None:
    """P(left) = 1 - exp(-h * sum of push over the days)."""
    push = {START - timedelta(days=9): 0.5, START + timedelta(days=10): 4.0, START + timedelta(days=20): 0.0}
    model = finished(simple({"cohorts": {"people": {"push": push}}}))
    hazard = 0.03 * going()
    left = flow(model, "set_out").sum(axis=1).cumsum()
    for day, exposure in ((9, 5.0), (14, 25.0), (19, 45.0), (59, 45.0)):
        check_share(left[day], N, -math.expm1(-hazard * exposure))
    assert left[19] == left[59]


def test_two_cohorts_have_clocks_of_their_own() -> None:
    other = {**SIMPLE["cohorts"]["people"], "leaving_rate": 0.003, "size": 7000}
    model = finished(simple({"cohorts": {"others": other}}))
    hazard = going()
    left = flow(model, "set_out").sum(axis=0)
    assert model.names.pairs == [("others", "flight"), ("people", "flight")]
    check_share(left[0], 7000, -math.expm1(-0.003 * hazard * 60))
    check_share(left[1], N, -math.expm1(-0.03 * hazard * 60))


def test_routes_are_chosen_by_logit_shares() -> None:
    """Those who can pay for the dear route choose among all, the others among the rest: e^U(r) / (1 + sum e^U) each."""
    routes = {
        "dear": {**SIMPLE["routes"]["flight"], "price": 6000},
        "far": {**SIMPLE["routes"]["flight"], "travel_days": 20},
        "liked": SIMPLE["routes"]["flight"],
        "closed": SIMPLE["routes"]["flight"],
    }
    changes = {
        "routes": routes,
        "carriers": {
            "other": {"services": {r: {"seats": 2000, "weekly": {START: 70}} for r in ("dear", "far", "liked")}}
        },
        "cohorts": {"people": {"routes": {"dear": 0.5, "far": 0, "liked": 0.7, "closed": 3}}},
    }
    model = finished(simple(changes))
    value = {
        "closed": 0.0,
        "dear": appeal(6000, taste=0.5),
        "far": appeal(days=20),
        "flight": appeal(),
        "liked": appeal(taste=0.7),
    }
    able = {route: affordable(6000 if route == "dear" else 1500) for route in value}
    cheap = {route: number for route, number in value.items() if route != "dear"}
    rest = able["liked"] - able["dear"]
    going = {
        route: number
        * (able["dear"] / (1 + sum(value.values())) + (rest / (1 + sum(cheap.values())) if route in cheap else 0))
        for route, number in value.items()
    }
    total = sum(going.values())
    chosen = flow(model, "set_out").sum(axis=0)
    assert [route for _, route in model.names.pairs] == sorted(value)
    assert chosen[0] == 0
    check_shares(chosen[1:], [going[route] / total for route in sorted(value)[1:]])
    check_share(chosen.sum(), N, -math.expm1(-0.03 * total * 60))


@pytest.mark.parametrize("price", [0, 1500, 9000])
def test_funds_of_those_who_leave_follow_the_truncated_fisk_law(price: float) -> None:
    """P(funds > x | funds >= price) = (1 + (price/m)^s) / (1 + (x/m)^s); m is the median of all."""
    changes = {
        "routes": {"flight": {"price": price, "visa_lead": 5}},
        "transit_states": {"state": {"visas": {START: 1e-9}}},  # nobody pays: all wait for a visa
    }
    model = finished(simple(changes))
    left = model.world.rows[: model.world.cohorts["left"][0]]
    funds = left["funds"].astype(float)
    assert funds.min() >= price * (1 - 1e-6)
    law = stats.fisk(2.5, scale=4000)
    assert stats.kstest(funds, lambda x: (law.cdf(x) - law.cdf(price)) / law.sf(price)).pvalue > ALPHA
