"""Repatriation: flights take home stranded people who want to return, up to the number of seats.

Those who arrived first go first; ties are broken by lot.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import compiled
from sim.engine.exits import go_home
from sim.engine.ledger import whole
from sim.engine.queues import sort_by_key
from sim.engine.rows import STRANDED
from sim.engine.streams import RETURN_ORDER, bits
from sim.engine.tables import N_EVENTS

_S16 = np.uint64(16)


@compiled
def place_in_line(m):
    """Return the sorting key: day of arrival, then a lot."""
    return (np.uint64(m.arrived) << np.uint64(48)) | (bits(m.key, RETURN_ORDER, 0) >> _S16)


@compiled
def volunteers(w, flight):
    """Write the stranded people whom a flight would take to ``w.who`` and ``w.keys``; return their number."""
    n = 0
    for c in range(w.cohorts.shape[0]):
        if w.return_barred[flight, c]:
            continue
        cohort = w.cohorts[c]
        for i in range(cohort.first, cohort.first + cohort.left):
            m = w.rows[i]
            if m.status == STRANDED and w.routes[m.route].state == w.return_flights[flight].state:
                w.who[n] = i
                w.keys[n] = place_in_line(m)
                n += 1
    return n


@compiled
def run(w, day):
    """Fly home as many volunteers as there are seats today."""
    for f in range(w.return_flights.shape[0]):
        flight = w.return_flights[f]
        flights, flight.carry = whole(flight.weekly / 7.0, flight.carry)
        seats = flights * flight.seats
        flight.offered += seats
        if seats == 0:
            continue
        n = volunteers(w, f)
        sort_by_key(w, n)
        for k in range(min(seats, n)):
            go_home(w, day, w.rows[w.who[k]])
            w.counters[N_EVENTS] += 1
