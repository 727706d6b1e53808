"""Route choice: choosing a route in proportion to its share, or postponing the choice after a failed booking."""

from __future__ import annotations

from sim.engine.compiled import compiled
from sim.engine.ledger import count, move
from sim.engine.queues import schedule
from sim.engine.rows import PROSPECT
from sim.engine.streams import RECONSIDER_LAG, ROUTE, draw, lag
from sim.engine.tables import C_RECONSIDER, F_GAVE_UP_BOOKING


@compiled
def choose_route(m, pairs, first, n):
    """Return the pair that the migrant chooses among ``n`` pairs from ``first``, in proportion to their shares."""
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
    """Return the days until someone whose booking failed decides again."""
    return lag(draw(m.key, RECONSIDER_LAG, m.bookings), p.reconsider)


@compiled
def put_off(w, day, i):
    """Return migrant ``i`` to the prospects after a failed booking, to reconsider later."""
    m = w.rows[i]
    count(w, day, m, F_GAVE_UP_BOOKING)
    move(w, m, PROSPECT, w.cohorts[m.cohort].origin)
    schedule(w, i, C_RECONSIDER, day, wait_to_reconsider(m, w.p[m.cohort]))
