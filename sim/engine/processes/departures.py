"""Departures by air and land: seats are filled in the order of the queue.

Whoever would arrive on a day on which a leg of its route other than the first is banned is stopped where the first leg
ends. It is sent back from there: its booking has failed, as for one who gets no seat, but the fare is spent. Or, where
the route has a `layover`, it waits there in line, first come, first served, for a seat on any open route with the same
first leg and transit state: before those who still are at home, at the price of what follows the first leg. It is sent
back at the end of

    min( lag of mean `layover`, days that are left of its visa )

with the visa's last day as in `booking`.
"""

from __future__ import annotations

import math

from sim.engine.choice import put_off
from sim.engine.compiled import compiled
from sim.engine.ledger import count, move, whole
from sim.engine.queues import in_turn, layover_queue, line_up, pop, push, schedule, seat_queue, take_due
from sim.engine.rows import AT_HUB, BOOKED, HELD_UP, IN_TRANSIT
from sim.engine.streams import LAYOVER, STAY, TRAVEL, draw, lag
from sim.engine.tables import (
    C_ARRIVAL,
    C_HELD_UP,
    C_HUB,
    F_ARRIVED,
    F_BOARDED,
    F_DIVERTED,
    F_GAVE_UP_BOOKING,
    F_SET_OUT,
    N_EVENTS,
    R_BOARDED,
    R_DEPARTURES,
    R_SEATS,
)  # fmt: skip


@compiled
def board(m, price, barred):
    """Let a migrant pay and board; return False for one who is barred or cannot pay."""
    if barred or m.funds < price:
        return False
    m.funds -= price
    return True


@compiled
def set_off(w, day, i):
    """Move a migrant who has boarded onto its way."""
    m = w.rows[i]
    route = w.routes[m.route]
    move(w, m, IN_TRANSIT, route.destination)
    count(w, day, m, F_BOARDED)
    schedule(w, i, C_ARRIVAL, day, lag(draw(m.key, TRAVEL, m.bookings), route.travel_days))


@compiled
def book_on(w, day, m, r):
    """Let someone who is held up book route ``r`` from there: its booking has failed, and it sets out anew."""
    count(w, day, m, F_GAVE_UP_BOOKING)
    diverted = r != m.route
    m.route = r
    m.bookings = min(m.bookings + 1, 255)
    m.flags &= ~HELD_UP
    count(w, day, m, F_SET_OUT)
    if diverted:
        count(w, day, m, F_DIVERTED)


@compiled
def go_on(w, day, r, seats):
    """Give up to ``seats`` on route ``r`` to those held up where its first leg ends; return how many boarded.

    Who is barred or cannot pay for the further legs keeps its place in line; who has been sent back is dropped from it.
    """
    route = w.routes[r]
    q = layover_queue(w, r)
    taken = 0
    for _ in range(w.queues[q].length):
        i = pop(w, q)
        w.counters[N_EVENTS] += 1
        m = w.rows[i]
        if not m.flags & HELD_UP or w.routes[m.route].line != route.line:
            continue
        k = w.pair_of[m.cohort, r]
        if taken < seats and k >= 0 and board(m, route.price * route.further, w.pairs[k].barred):
            taken += 1
            book_on(w, day, m, r)
            set_off(w, day, i)
        else:
            push(w, q, i)
    return taken


@compiled
def depart(w, day, r, seats):
    """Fill ``seats`` on route ``r`` with those held up on the way, then from its queue; return how many boarded."""
    q = seat_queue(w, r)
    route = w.routes[r]
    taken = go_on(w, day, r, seats) if route.line >= 0 else 0
    while taken < seats:
        i = pop(w, q)
        if i < 0:
            break
        w.counters[N_EVENTS] += 1
        m = w.rows[i]
        if m.status == BOOKED and board(m, route.price, w.pairs[w.pair_of[m.cohort, r]].barred):
            taken += 1
            if route.line >= 0:
                m.arrived = m.since  # the day of its visa
            set_off(w, day, i)
        else:
            put_off(w, day, i)
    return taken


@compiled
def is_sent_back(route, pair):
    """Return whether a ban sends back those of a pair who are on their way, for all or for their cohort."""
    return route.sent_back > 0 or pair.sent_back > 0


@compiled
def days_of_layover(m, day, route, state):
    """Return the days that someone who is stopped today may wait on the way; 0 where it is sent back at once."""
    if route.layover <= 0.0:
        return 0
    days = lag(draw(m.key, LAYOVER, m.bookings), route.layover)
    if route.visa_lead > 0.0:
        days = min(days, m.arrived + math.ceil(state.visa_validity) - 1 - day)
    return max(days, 0)


@compiled
def hold_up(w, day, i, days):
    """Let row ``i`` wait for so many days where a ban has stopped it on its way."""
    m = w.rows[i]
    m.flags |= HELD_UP
    schedule(w, i, C_HELD_UP, day, days)
    push(w, layover_queue(w, m.route), i)


@compiled
def send_back(w, day):
    """Send home those whose layover ends today."""
    n = take_due(w, C_HELD_UP, day, IN_TRANSIT)
    for j in range(n):
        i = in_turn(w, j)
        m = w.rows[i]
        if m.flags & HELD_UP and m.due == day:
            m.flags &= ~HELD_UP
            put_off(w, day, i)


@compiled
def arrive(w, day):
    """Move those who arrive today to the hub, or home where a ban sends them back, unless they may wait on the way."""
    n = take_due(w, C_ARRIVAL, day, IN_TRANSIT)
    waiting = 0
    for j in range(n):
        i = in_turn(w, j)
        m = w.rows[i]
        route = w.routes[m.route]
        if is_sent_back(route, w.pairs[w.pair_of[m.cohort, m.route]]):
            if days_of_layover(m, day, route, w.states[route.state]) > 0:
                w.who[waiting] = i
                waiting += 1
            else:
                put_off(w, day, i)
            continue
        state = w.states[w.routes[m.route].state]
        m.arrived = day
        move(w, m, AT_HUB, state.hub)
        count(w, day, m, F_ARRIVED)
        schedule(w, i, C_HUB, day, lag(draw(m.key, STAY, m.bookings), state.stay_at_hub))
    line_up(w, waiting)
    for j in range(waiting):
        i = in_turn(w, j)
        m = w.rows[i]
        route = w.routes[m.route]
        hold_up(w, day, i, days_of_layover(m, day, route, w.states[route.state]))


@compiled
def run(w, day):
    """Fill today's departures of every service and of the timetable, send back who has waited, process arrivals."""
    for s in range(w.services.shape[0]):
        service = w.services[s]
        r = service.route
        if w.routes[r].over_sea or not service.open:
            continue
        departures, service.carry = whole(service.weekly / 7.0, service.carry)
        seats = departures * service.seats
        if departures > 0:
            taken = depart(w, day, r, seats)
            service.week_seats += seats
            service.week_taken += taken
            w.route_flows[day, r, R_DEPARTURES] += departures
            w.route_flows[day, r, R_SEATS] += seats
            w.route_flows[day, r, R_BOARDED] += taken
    for r in range(w.routes.shape[0]):
        if w.timetable[day, r] > 0 and w.routes[r].open:
            taken = depart(w, day, r, w.timetable_seats[day, r])
            w.route_flows[day, r, R_DEPARTURES] += w.timetable[day, r]
            w.route_flows[day, r, R_SEATS] += w.timetable_seats[day, r]
            w.route_flows[day, r, R_BOARDED] += taken
    send_back(w, day)
    arrive(w, day)
