"""Queues and stocks that settle, chains that end: more cases with an answer in closed form, as in `test_analytic_*`."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.engine import tables as t
from sim.engine.rows import AT_BORDER, BOOKED, LANDED, MOVED_ON, STRANDED
from sim.engine.streams import daily_hazard
from tests.strategies import START, finished, merge
from tests.verification.analytic import (
    ALPHA,
    BOATS,
    N,
    check_share,
    check_shares,
    flow,
    going,
    simple,
)


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_the_queue_for_a_daily_seat_is_that_of_pollaczek_and_khinchine(load: float) -> None:
    """One seat a day, Poisson arrivals at a rate of rho a day: M/D/1 in whole days, Q' = max(Q - 1, 0) + A.

    The stationary mean is rho + rho^2 / (2 (1 - rho)) (Pollaczek-Khinchine; Kleinrock 1975, section 5.6).
    """
    size, days = 400_000, 3650
    people = {"leaving_rate": load / size / going(days=0), "size": size}
    carriers = {"airline": {"services": {"flight": {"seats": 1, "weekly": {START: 7}}}}}
    changes = {"cohorts": {"people": people}, "carriers": carriers, "days": days, "behaviour": {"time": 0}}
    model = finished(simple(changes))
    came, left = flow(model, "set_out")[:, 0], flow(model, "boarded")[:, 0]
    assert stats.poisson(load * days).cdf(came.sum()) == pytest.approx(0.5, abs=0.5 - ALPHA)
    queue, waiting = 0, []
    for day in range(days):
        served = min(queue, 1)
        assert left[day] == served, day
        queue += int(came[day]) - served  # who sets out is ready the day after
        waiting.append(queue)
        assert model.world.stocks_by_cohort[day, 0, BOOKED] == queue
    blocks = np.array(waiting[200:]).reshape(30, -1).mean(axis=1)
    mean, error = blocks.mean(), blocks.std(ddof=1) / math.sqrt(len(blocks))
    assert abs(mean - (load + load**2 / (2 * (1 - load)))) < stats.t(29).isf(ALPHA / 2) * error
    assert error < 0.15 * mean


@pytest.mark.parametrize(("giving_up", "retry", "review"), [(0.1, 0.5, 10), (0.03, 0.2, 5), (0.5, 1.0, 3)])
def test_stocks_settle_at_the_equilibrium_of_their_markov_chain(giving_up: float, retry: float, review: float) -> None:
    """Nobody gets through: at the border -> stranded with s a day, back with b; at the border b / (b + s).

    s = (1 - e^-(h_try + h_give_up)) (h_give_up + g h_try) / (h_try + h_give_up), b = 1 - e^-(q h_review).
    """
    changes = {
        "days": 300,
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "detection": {"coverage": 50},
        "behaviour": {
            "giving_up": giving_up, "first_attempt": 2, "retry": 2, "patience": 200, "stranded_retry": retry,
            "stranded_review": review,
        },
        "transit_states": {"state": {"facilitation": {START: 1.0}}},
        "cohorts": {"people": {"leaving_rate": 1.0}},
    }  # fmt: skip
    model = finished(simple(changes))
    h, h_patience = daily_hazard(2), daily_hazard(200)
    share = (h_patience + giving_up * h) / (h + h_patience)  # who is stranded, of those who act
    stranding = -math.expm1(-(h + h_patience)) * share
    back = -math.expm1(-retry * daily_hazard(review))
    now = model.world.rows["status"]
    assert np.isin(now, (AT_BORDER, STRANDED)).sum() > 0.99 * N
    check_share((now == AT_BORDER).sum(), np.isin(now, (AT_BORDER, STRANDED)).sum(), back / (back + stranding))
    # The same equilibrium in the flows: as many are stranded a day as go back.
    days = model.world.stocks_by_cohort[-51:-1, :, AT_BORDER].sum()
    check_share(flow(model, "stranded")[-50:].sum(), days, stranding)


def test_voyages_until_landing_are_geometric() -> None:
    """Turned round with i, giving up with g: landed in the end (1 - i) / (1 - i (1 - g)); voyages geometric."""
    changes: dict[str, Any] = merge(
        BOATS, {"routes": {"crossing": {"shipwreck": 0}}, "behaviour": {"sea_retry": 1, "sea_wait": 1}}
    )
    changes = merge(changes, {"carriers": {"boats": {"services": {"crossing": {"seats": 1, "weekly": {START: 2000}}}}}})
    changes = merge(changes, {"cohorts": {"people": {"size": 3000, "leaving_rate": 1.0}}})
    model = finished(simple(changes))
    rows = model.world.rows
    landed = rows["status"] == LANDED
    ended = landed | np.isin(rows["status"], (STRANDED, MOVED_ON))
    assert ended.mean() > 0.99
    again = 0.3 * 0.6
    check_share(landed.sum(), ended.sum(), 0.7 / (1 - again))
    voyages = np.minimum(rows["voyages"][landed], 4)
    check_shares(
        np.bincount(voyages, minlength=5)[1:], [1 - again, again * (1 - again), again**2 * (1 - again), again**3]
    )


def test_an_announced_closure_multiplies_the_appeal_of_a_route() -> None:
    """From the announcement to the ban e^U is e^b times as large; afterwards nobody leaves."""
    ban = {
        "kind": "carrier-ban", "carriers": ["airline"], "announced": START + timedelta(days=10),
        "start": START + timedelta(days=25),
    }  # fmt: skip
    model = finished(simple({"measures": {"ban": ban}, "behaviour": {"rush": 1.5}}))
    usual, rush = (0.03 * going(taste=taste) for taste in (0.0, 1.5))
    left = flow(model, "set_out").sum(axis=1).cumsum()
    check_share(left[9], N, -math.expm1(-usual * 10))
    check_share(left[24], N, -math.expm1(-usual * 10 - rush * 15))
    assert left[24] == left[-1]


def test_attempts_until_patience_ends_are_geometric() -> None:
    """With hope and funds without end: P(k attempts) = q^k (1 - q), q = h_try / (h_try + h_give_up)."""
    changes = {
        "days": 250,
        "agencies": {"guard": {"turn_back": {START: 1}}},
        "detection": {"coverage": 50},
        "behaviour": {"giving_up": 0, "first_attempt": 2, "retry": 2, "patience": 8, "stranded_retry": 0},
        "cohorts": {"people": {"leaving_rate": 1.0}},
    }
    model = finished(simple(changes))
    rows = model.world.rows
    assert not (rows["status"] == AT_BORDER).any()
    gone = np.minimum(rows["attempts"][rows["status"] == STRANDED], 25)
    q = daily_hazard(2) / (daily_hazard(2) + daily_hazard(8))
    chances = [q**k * (1 - q) for k in range(25)]
    check_shares(np.bincount(gone, minlength=26), [*chances, 1 - sum(chances)])


# What must not change, or may change in one direction only.


@pytest.mark.parametrize("name", ["set_out", "boarded", "attempts", "turn_backs", "crossed", "onward"])
def test_a_cohort_in_two_halves_is_the_same_in_law(name: str) -> None:
    """Other people, the same law, day by day. Each cohort hears its own news, so that news has no weight here."""
    half = {"people": {"size": N // 2}, "others": {**PEOPLE, "size": N - N // 2}}
    changes = {"agencies": {"guard": {"turn_back": {START: 0.5}}}}
    whole, halves = finished(simple(changes)), finished(simple({**changes, "cohorts": half}))
    one, two = (flow(model, name).sum(axis=1).reshape(10, -1).sum(axis=1) for model in (whole, halves))
    assert one.sum() > 1000
    assert (one != two).any()
    assert stats.chi2_contingency(np.array([one, two])[:, one + two > 10]).pvalue > ALPHA


PEOPLE = {"origin": "home", "nationality": "All", "leaving_rate": 0.03, "routes": {"flight": 0}, "funds_median": 4000}


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seats=st.integers(1, 60), more=st.integers(1, 60), seed=st.integers(0, 2**60))
def test_more_seats_never_mean_fewer_arrivals_on_a_free_route(seats: int, more: int, seed: int) -> None:
    """Up to any day, with the same people and draws, where nobody minds the wait."""

    def arrivals(number: int) -> np.ndarray:
        carriers = {"airline": {"services": {"flight": {"seats": number, "weekly": {START: 5}}}}}
        changes = {"carriers": carriers, "cohorts": {"people": {"size": 2000}}, "behaviour": {"time": 0}, "seed": seed}
        model = finished(simple(changes))
        assert (model.world.route_flows[:, 0, t.R_SEATS].sum()) == 42 * number
        return np.asarray(flow(model, "arrived_at_hub").sum(axis=1).cumsum())

    fewer, larger = arrivals(seats), arrivals(seats + more)
    assert (larger >= fewer).all()
    assert fewer[-1] > 0
