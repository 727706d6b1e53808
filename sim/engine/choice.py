"""Choices: of a route in proportion to its share, or put off after a failed booking; and how sections are weighed."""

from __future__ import annotations

import math

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


@compiled
def attraction(reach, section, p):
    """Return the weight of a section in the choice among those within a zone's reach, apart from a rush; 0: none.

    e^(constant + b (S - 1/2)), with b `behaviour.section_success` and S the section's perceived success; 0 if it is out
    of reach, or a crossing point that is closed today.
    """
    if not reach.within or section.hours <= 0.0:
        return 0.0
    return math.exp(reach.constant + p.section_success * (section.success - 0.5))


@compiled
def rush_to(section, p):
    """Return the factor on a section's weight: e^`behaviour.section_rush` once its closure is announced, else 1."""
    return math.exp(p.section_rush) if section.rush > 0 else 1.0
