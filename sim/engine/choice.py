"""Choosing a route by its share, and putting the choice off: shared by those who book and rebook."""

from __future__ import annotations

from sim.engine.compiled import compiled
from sim.engine.ledger import count, move
from sim.engine.queues import schedule
from sim.engine.rows import PROSPECT
from sim.engine.streams import RECONSIDER_LAG, ROUTE, draw, lag
from sim.engine.tables import C_RECONSIDER, F_GAVE_UP_BOOKING


@compiled
def choose_route(m, pairs, first, n):
    """Number of the pair that the migrant chooses among ``n`` pairs from ``first``, in proportion to their shares."""
    total = 0.0
    for k in range(first, first + n):
        total += pairs[k].share
    u = draw(m.key, ROUTE, m.bookings) * total
    chosen = -1
    for k in range(first, first + n):
        if pairs[k].share > 0.0:
            chosen = k
            if u < pairs[k].share:
                return k
            u -= pairs[k].share
    return chosen


@compiled
def wait_to_reconsider(m, p):
    """Days until someone whose booking failed decides anew."""
    return lag(draw(m.key, RECONSIDER_LAG, m.bookings), p.reconsider)


@compiled
def put_off(w, day, i):
    """A booking has failed: back to the prospects, to reconsider later."""
    m = w.rows[i]
    count(w, day, m, F_GAVE_UP_BOOKING)
    move(w, m, PROSPECT, w.cohorts[m.cohort].origin)
    schedule(w, i, C_RECONSIDER, day, wait_to_reconsider(m, w.p[m.cohort]))
