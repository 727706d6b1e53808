"""The sea route: boats leave on calm days, as far as they are tolerated, and land, are turned back, or are wrecked.

Calm days come in spells. With the month's share pi of calm days and the persistence rho,
    P(calm | calm yesterday) = rho + (1 - rho) pi,   P(calm | rough yesterday) = (1 - rho) pi,
so that the share is pi in the long run, and a spell of calm lasts 1 / ((1 - rho)(1 - pi)) days on average.
A boat's fate is one draw for all aboard; in a wreck each person's survival is its own draw, and
survivors are brought back to the coast.
"""

from __future__ import annotations

from sim.engine.compiled import compiled
from sim.engine.exits import strand
from sim.engine.ledger import count, move, tell, whole
from sim.engine.queues import ANY, in_turn, line_up, pop, push, schedule, seat_queue, take_due
from sim.engine.rows import AT_COAST, DEAD, INTERCEPTED, LANDED
from sim.engine.streams import (
    BOAT_FATE,
    BOAT_INTERCEPTION,
    SEA_GIVING_UP,
    SEA_RETRY,
    WEATHER,
    WRECK,
    draw,
    lag,
)  # fmt: skip
from sim.engine.tables import (
    C_COAST,
    F_DEATHS,
    F_EMBARKED,
    F_INTERCEPTED,
    F_LANDED,
    N_EVENTS,
    R_BOARDED,
    R_DEPARTURES,
    R_SEATS,
)  # fmt: skip

LANDS, TURNED_ROUND, WRECKED = range(3)
_LEAST_LOAD = 0.5


@compiled
def is_calm(key, day, was_calm, share, persistence):
    """Return whether the sea of a route is calm on a day, given yesterday, which does not count on the first day."""
    kept = persistence if day > 0 else 0.0
    return draw(key, WEATHER, day) < (1.0 - kept) * share + kept * was_calm


@compiled
def boat_fate(key, serial, shipwreck, interception):
    """Return the fate of boat number ``serial`` of a route."""
    if draw(key, BOAT_FATE, serial) < shipwreck:
        return WRECKED
    if draw(key, BOAT_INTERCEPTION, serial) < interception:
        return TURNED_ROUND
    return LANDS


@compiled
def drowns(m, death_in_shipwreck):
    """Return whether the migrant dies in the wreck of its boat."""
    return draw(m.key, WRECK, m.voyages) < death_in_shipwreck


@compiled
def gives_up_the_sea(m, p):
    """Return whether a migrant brought back to the coast gives up."""
    m.funds -= p.sea_price
    return m.funds < 0.0 or draw(m.key, SEA_GIVING_UP, m.voyages) < p.sea_giving_up


@compiled
def bring_back(w, day, i, route):
    """Bring a migrant back to the coast, to try again after a while or be stranded there."""
    m = w.rows[i]
    p = w.p[m.cohort]
    count(w, day, m, F_INTERCEPTED)
    if gives_up_the_sea(m, p):
        strand(w, day, i, route.origin)
    else:
        move(w, m, INTERCEPTED, route.origin)
        schedule(w, i, C_COAST, day, lag(draw(m.key, SEA_RETRY, m.voyages), p.sea_retry))


@compiled
def sail(w, day, r, seats):
    """Send one boat on route ``r`` with up to ``seats`` from the queue; return how many embarked."""
    q = seat_queue(w, r)
    route = w.routes[r]
    fate = boat_fate(w.environment[r], route.boats, route.shipwreck, w.states[route.state].interception)
    route.boats += 1
    aboard = 0
    while aboard < seats:
        i = pop(w, q)
        if i < 0:
            break
        aboard += 1
        w.counters[N_EVENTS] += 1
        m = w.rows[i]
        m.voyages = min(m.voyages + 1, 255)
        count(w, day, m, F_EMBARKED)
        if fate == LANDS:
            count(w, day, m, F_LANDED)
            tell(w, day, m, 1.0)
            move(w, m, LANDED, route.destination)
        elif fate == WRECKED and drowns(m, route.death_in_shipwreck):
            count(w, day, m, F_DEATHS)
            tell(w, day, m, 0.0)
            move(w, m, DEAD, route.origin)
        else:
            bring_back(w, day, i, route)
    return aboard


@compiled
def join(w, day):
    """Let those who are ready join the queue for a boat, in the order of their keys."""
    n = take_due(w, C_COAST, day, ANY)
    line_up(w, n)
    for j in range(n):
        i = in_turn(w, j)
        m = w.rows[i]
        m.arrived = day
        move(w, m, AT_COAST, w.routes[m.route].origin)
        push(w, seat_queue(w, m.route), i)


@compiled
def weather(w, day):
    """Write whether the sea is calm today, for each route: also where no boat waits, as tomorrow depends on it."""
    p = w.p[0]
    for r in range(w.routes.shape[0]):
        route = w.routes[r]
        if route.over_sea:
            route.calm = is_calm(w.environment[r], day, route.calm, p.calm_sea, p.sea_persistence)


@compiled
def run(w, day):
    """Let people gather at the coast, and send boats where the sea is calm on the route today."""
    join(w, day)
    weather(w, day)
    for s in range(w.services.shape[0]):
        service = w.services[s]
        r = service.route
        if not w.routes[r].over_sea or not w.routes[r].calm or not service.open:
            continue
        tolerated = w.states[w.routes[r].state].boats_tolerated
        boats, service.carry = whole(service.weekly / 7.0 * tolerated, service.carry)
        for _ in range(boats):
            if w.queues[seat_queue(w, r)].length < _LEAST_LOAD * service.seats:
                break
            taken = sail(w, day, r, service.seats)
            service.week_seats += service.seats
            service.week_taken += taken
            w.route_flows[day, r, R_DEPARTURES] += 1
            w.route_flows[day, r, R_SEATS] += service.seats
            w.route_flows[day, r, R_BOARDED] += taken
