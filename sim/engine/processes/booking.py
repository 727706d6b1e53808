"""Booking: the queues for visas and seats, and decisions after a failed booking.

Both queues are served in the order of joining. A queue whose service is stopped dissolves:
its people reconsider after a while, and may take another route ("diverted"). So does a holder
whose visa has run out before it got a seat: a visa is good for boarding on the day of its issue
and up to `visa_validity` days in all.
"""

from __future__ import annotations

from sim.engine.choice import choose_route, put_off, wait_to_reconsider
from sim.engine.compiled import compiled
from sim.engine.ledger import count, move, whole
from sim.engine.queues import front, in_turn, line_up, pop, push, schedule, seat_queue, take_due, visa_queue
from sim.engine.rows import BOOKED, DIVERTED, PROSPECT
from sim.engine.streams import RECONSIDER, SEA_WAIT, VISA_LEAD, draw, lag
from sim.engine.tables import C_COAST, C_RECONSIDER, C_VISA, F_DIVERTED, F_SET_OUT, N_EVENTS


@compiled
def decides_to_go(m, share_of_going):
    """Return whether someone who reconsiders takes any route at all."""
    goes = draw(m.key, RECONSIDER, m.bookings) < share_of_going
    m.bookings = min(m.bookings + 1, 255)
    return goes


@compiled
def reconsider(w, day):
    """Let those who are due decide again: stay, book again, or divert to the sea."""
    n = take_due(w, C_RECONSIDER, day, PROSPECT)
    for j in range(n):
        i = in_turn(w, j)
        m = w.rows[i]
        p = w.p[m.cohort]
        cohort = w.cohorts[m.cohort]
        total = 0.0
        for k in range(cohort.first_pair, cohort.first_pair + cohort.pairs):
            total += w.pairs[k].share
        if not decides_to_go(m, total):
            schedule(w, i, C_RECONSIDER, day, wait_to_reconsider(m, p))
            continue
        k = choose_route(m, w.pairs, cohort.first_pair, cohort.pairs)
        r = w.pairs[k].route
        diverted = r != m.route
        m.route = r
        route = w.routes[r]
        count(w, day, m, F_SET_OUT)
        if diverted:
            count(w, day, m, F_DIVERTED)
        move(w, m, DIVERTED if diverted and route.over_sea else BOOKED, route.origin)
        if route.over_sea:
            schedule(w, i, C_COAST, day, lag(draw(m.key, SEA_WAIT, m.bookings), p.sea_wait))
        else:
            schedule(w, i, C_VISA, day, lag(draw(m.key, VISA_LEAD, m.bookings), route.visa_lead))


@compiled
def issue_visas(w, day):
    """Let applicants join their state's queue, issue visas in its order, and let holders queue for a seat."""
    n = take_due(w, C_VISA, day, BOOKED)
    line_up(w, n)
    for j in range(n):
        i = in_turn(w, j)
        r = w.rows[i].route
        if w.routes[r].visa_lead <= 0.0:
            push(w, seat_queue(w, r), i)
        else:
            push(w, visa_queue(w, w.routes[r].state), i)
    for s in range(w.states.shape[0]):
        state = w.states[s]
        q = visa_queue(w, s)
        visas, state.visa_carry = whole(state.visas, state.visa_carry)
        stopped = state.visas <= 0.0
        while w.queues[q].length > 0 and (stopped or visas > 0):
            i = pop(w, q)
            w.counters[N_EVENTS] += 1
            m = w.rows[i]
            if stopped or w.pairs[w.pair_of[m.cohort, m.route]].visa_barred:
                put_off(w, day, i)
            else:
                visas -= 1
                m.since = day
                push(w, seat_queue(w, m.route), i)
        if w.queues[q].length == 0:
            state.visa_carry = 0.0


@compiled
def has_run_out(w, r, i, day):
    """Return whether the visa of migrant ``i``, in line for a seat on route ``r``, is no longer good today."""
    route = w.routes[r]
    if route.over_sea or route.visa_lead <= 0.0:
        return False
    return day - w.rows[i].since >= w.states[route.state].visa_validity


@compiled
def expire_visas(w, day):
    """Let the booking of those fail whose visa has run out; in a line for seats, the oldest visas stand first."""
    for r in range(w.routes.shape[0]):
        q = seat_queue(w, r)
        while w.queues[q].length > 0 and has_run_out(w, r, front(w, q), day):
            w.counters[N_EVENTS] += 1
            put_off(w, day, pop(w, q))


@compiled
def dissolve_closed(w, day):
    """Dissolve the queues for seats on closed routes."""
    for r in range(w.routes.shape[0]):
        if not w.routes[r].over_sea and not w.routes[r].open:
            q = seat_queue(w, r)
            while w.queues[q].length > 0:
                w.counters[N_EVENTS] += 1
                put_off(w, day, pop(w, q))


@compiled
def run(w, day):
    """Reconsider, let visas expire, issue others, dissolve the queues of closed routes."""
    reconsider(w, day)
    expire_visas(w, day)
    issue_visas(w, day)
    dissolve_closed(w, day)
