"""Departures by air and land: seats are filled in the order of the queue.

Whoever would arrive on a day on which a leg of its route other than the first is banned is sent back from the hub
before it: its booking has failed, as for one who gets no seat, but the fare is spent.
"""

from __future__ import annotations

from sim.engine.choice import put_off
from sim.engine.compiled import compiled
from sim.engine.ledger import count, move, whole
from sim.engine.queues import in_turn, pop, schedule, seat_queue, take_due
from sim.engine.rows import AT_HUB, BOOKED, IN_TRANSIT
from sim.engine.streams import STAY, TRAVEL, draw, lag
from sim.engine.tables import (
    C_ARRIVAL,
    C_HUB,
    F_ARRIVED,
    F_BOARDED,
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
def depart(w, day, r, seats):
    """Fill ``seats`` on route ``r`` from its queue; return how many boarded."""
    q = seat_queue(w, r)
    route = w.routes[r]
    taken = 0
    while taken < seats:
        i = pop(w, q)
        if i < 0:
            break
        w.counters[N_EVENTS] += 1
        m = w.rows[i]
        if m.status == BOOKED and board(m, route.price, w.pairs[w.pair_of[m.cohort, r]].barred):
            taken += 1
            move(w, m, IN_TRANSIT, route.destination)
            count(w, day, m, F_BOARDED)
            schedule(w, i, C_ARRIVAL, day, lag(draw(m.key, TRAVEL, m.bookings), route.travel_days))
        else:
            put_off(w, day, i)
    return taken


@compiled
def is_sent_back(route, pair):
    """Return whether a ban sends back those of a pair who are on their way, for all or for their cohort."""
    return route.sent_back > 0 or pair.sent_back > 0


@compiled
def arrive(w, day):
    """Move those who arrive today to the hub, or home where a ban sends them back on their way."""
    n = take_due(w, C_ARRIVAL, day, IN_TRANSIT)
    for j in range(n):
        i = in_turn(w, j)
        m = w.rows[i]
        if is_sent_back(w.routes[m.route], w.pairs[w.pair_of[m.cohort, m.route]]):
            put_off(w, day, i)
            continue
        state = w.states[w.routes[m.route].state]
        m.arrived = day
        move(w, m, AT_HUB, state.hub)
        count(w, day, m, F_ARRIVED)
        schedule(w, i, C_HUB, day, lag(draw(m.key, STAY, m.bookings), state.stay_at_hub))


@compiled
def run(w, day):
    """Fill today's departures of every service, then those of the timetable, then process arrivals."""
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
    arrive(w, day)
