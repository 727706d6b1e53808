"""Demand: who sets out today, and by which route.

Utility of route r for cohort c, with the stay at home at 0 (multinomial logit, McFadden 1974):
    U = taste + b_success (S - 1/2) + b_price ln A - b_time (travel + wait) - b_risk risk
        + b_facilitation (F - 1/2) + b_rush [closure announced]
with A = 1 / (1 + (price / median)^shape) the share of the cohort who can pay (survival function
of the Fisk distribution of funds), F the transit state's facilitation, and the wait in days the
queue for seats over the seats of a day plus the queue for visas over the visas of a day. Everybody chooses
among the routes that it can pay for: with routes in the order of falling A, those who can pay for the first j and no
more are the share A_j - A_j+1, so that the share of a route and the hazard of setting out per day are
    P_r = sum_(j >= r) (A_j - A_j+1) e^U_r / (1 + sum_(k <= j) e^U_k),    h = push * leaving_rate * sum_r P_r.
A prospect leaves when the cumulative hazard H passes its own Exp(1) resistance
(Sellke 1983, doi:10.2307/3213811): keys are sorted, so today's leavers are the next rows.
"""

from __future__ import annotations

import math

import numpy as np

from sim.engine.choice import choose_route
from sim.engine.compiled import compiled
from sim.engine.ledger import count, move
from sim.engine.queues import schedule, seat_queue, visa_queue
from sim.engine.rows import BOOKED
from sim.engine.streams import FUNDS, SEA_WAIT, VISA_LEAD, draw, lag
from sim.engine.tables import C_COAST, C_VISA, F_SET_OUT, N_EVENTS

_LONGEST_WAIT = 365.0
_TIMETABLE_DAYS = 28


@compiled
def affordable(price, median, shape):
    """Return the share of a cohort whose funds reach ``price`` (USD): survival function of the Fisk distribution."""
    return 1.0 / (1.0 + (max(price, 1e-9) / median) ** shape)


@compiled
def utility(pair, route, facilitation, wait, p):
    """Return the utility (logit) of a route to a cohort today; ``wait`` in days."""
    return (
        pair.taste
        + p.success * (pair.success - 0.5)
        + p.price * math.log(pair.affordable)
        - p.time * (route.travel_days + wait)
        - p.risk * route.risk
        + p.facilitation * (facilitation - 0.5)
        + p.rush * route.rush
    )


@compiled
def goodwill(w, route):
    """Return how far the transit state helps people on a route today, 0 to 1: facilitation, or boats tolerated."""
    state = w.states[route.state]
    return state.boats_tolerated if route.over_sea else state.facilitation


@compiled
def set_out(m, pair, route, cohort, p):
    """Draw a leaving prospect's funds (USD), given that they reach the price, and the days until it is ready."""
    v = pair.affordable * (1.0 - draw(m.key, FUNDS, 0))
    m.funds = np.float32(cohort.funds_median * ((1.0 - v) / v) ** (1.0 / cohort.funds_shape))
    m.bookings = min(m.bookings + 1, 255)
    if route.over_sea:
        return lag(draw(m.key, SEA_WAIT, 0), p.sea_wait)
    return lag(draw(m.key, VISA_LEAD, 0), route.visa_lead)


@compiled
def seats_per_day(w, r, day):
    """Return the daily seats for migrants on route ``r``: at today's frequencies, and in the coming timetable."""
    last = min(day + _TIMETABLE_DAYS, w.timetable_seats.shape[0])
    seats = 0.0
    for d in range(day, last):
        seats += w.timetable_seats[d, r] / float(last - day)
    for s in range(w.services.shape[0]):
        if w.services[s].route == r and w.services[s].open:
            seats += w.services[s].weekly * w.services[s].seats / 7.0
    return seats


@compiled
def appeal(w, day, pair, cohort, p):
    """Return e^U of a pair today, 0 for a closed route, and write the share of the cohort that can pay for it."""
    route = w.routes[pair.route]
    pair.affordable = 0.0
    if not route.open or pair.barred or pair.visa_barred:
        return 0.0
    wait = w.queues[seat_queue(w, pair.route)].length / max(seats_per_day(w, pair.route, day), 1e-9)
    if route.visa_lead > 0.0:
        wait += w.queues[visa_queue(w, route.state)].length / max(w.states[route.state].visas, 1e-9)
    pair.affordable = affordable(route.price, cohort.funds_median, cohort.funds_shape)
    return math.exp(min(utility(pair, route, goodwill(w, route), min(wait, _LONGEST_WAIT), p), 50.0))


@compiled
def next_dearer(w, first, last, share):
    """Return the highest share that can pay for a route among those below ``share``; 0 if there is none."""
    found = 0.0
    for k in range(first, last):
        if found < w.pairs[k].affordable < share:
            found = w.pairs[k].affordable
    return found


@compiled
def share_out(w, first, last):
    """Turn the appeal of a cohort's pairs into shares: everybody chooses among the routes that it can pay for."""
    for k in range(first, last):
        w.pairs[k].share = 0.0
    share = next_dearer(w, first, last, 2.0)
    while share > 0.0:
        rest = next_dearer(w, first, last, share)
        total = 1.0
        for k in range(first, last):
            if w.pairs[k].affordable >= share:
                total += w.pairs[k].appeal
        for k in range(first, last):
            if w.pairs[k].affordable >= share:
                w.pairs[k].share += (share - rest) * w.pairs[k].appeal / total
        share = rest


@compiled
def appraise(w, day):
    """Write today's share of every pair and today's hazard of every cohort."""
    for c in range(w.cohorts.shape[0]):
        cohort = w.cohorts[c]
        first, last = cohort.first_pair, cohort.first_pair + cohort.pairs
        for k in range(first, last):
            w.pairs[k].appeal = appeal(w, day, w.pairs[k], cohort, w.p[c])
        share_out(w, first, last)
        going = 0.0
        for k in range(first, last):
            going += w.pairs[k].share
        cohort.hazard = cohort.push * cohort.leaving_rate * going


@compiled
def run(w, day):
    """Appraise the routes, advance the Sellke clocks, and let today's leavers book."""
    appraise(w, day)
    for c in range(w.cohorts.shape[0]):
        cohort = w.cohorts[c]
        if cohort.hazard <= 0.0:
            continue
        cohort.cumulative_hazard += cohort.hazard
        passed = -math.expm1(-cohort.cumulative_hazard)
        threshold = np.uint64(0xFFFFFFFFFFFFFFFF)
        if passed < 1.0 - 1e-15:
            threshold = np.uint64(passed * 18446744073709551616.0)
        while cohort.left < cohort.size:
            i = cohort.first + cohort.left
            m = w.rows[i]
            if m.key >= threshold:
                break
            cohort.left += 1
            k = choose_route(m, w.pairs, cohort.first_pair, cohort.pairs)
            r = w.pairs[k].route
            days = set_out(m, w.pairs[k], w.routes[r], cohort, w.p[c])
            m.route = r
            move(w, m, BOOKED, w.routes[r].origin)
            count(w, day, m, F_SET_OUT)
            w.counters[N_EVENTS] += 1
            schedule(w, i, C_COAST if w.routes[r].over_sea else C_VISA, day, days)
