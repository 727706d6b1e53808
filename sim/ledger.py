"""Stocks and flows: every move of a migrant goes through here, exact to the person."""

from __future__ import annotations

import numpy as np

from sim.compiled import compiled
from sim.population import AT_BORDER, IN_PROCEDURE, STRANDED
from sim.world import N_LOST_COHORT, N_LOST_COUNT


class ConservationError(RuntimeError):
    """Persons were created or lost: names the day, the cohort or place, and the numbers."""


@compiled
def pair(w, m):
    """Number of the migrant's pair of cohort and route."""
    return w.pair_of[m.cohort, m.route]


@compiled
def count(w, day, m, flow):
    """Add one person or event to a flow of the migrant's pair, today."""
    w.pair_flows[day, w.pair_of[m.cohort, m.route], flow] += 1


@compiled
def move(w, m, status, place):
    """Move one migrant to a status and place, and its person with it in all stocks."""
    w.stocks[m.cohort, m.place, m.status] -= 1
    w.stocks[m.cohort, place, status] += 1
    m.status = status
    m.place = place


@compiled
def occupants(w, z):
    """Persons in border zone ``z`` now, at the border or stranded."""
    place = w.zones[z].place
    persons = 0
    for c in range(w.stocks.shape[0]):
        persons += w.stocks[c, place, AT_BORDER] + w.stocks[c, place, STRANDED]
    return persons


@compiled
def in_procedure(w, a):
    """Persons in procedure with agency ``a`` now."""
    persons = 0
    for c in range(w.stocks.shape[0]):
        persons += w.stocks[c, w.agencies[a].place, IN_PROCEDURE]
    return persons


@compiled
def whole(rate, carry):
    """Whole units that a daily rate yields today, and the fraction carried to tomorrow."""
    total = rate + carry
    units = int(np.floor(total + 1e-9))
    return units, max(total - units, 0.0)


@compiled
def run(w, day):
    """Close the day: write stocks, check that every person of every cohort is somewhere, once."""
    cohorts, places, statuses = w.stocks.shape
    for c in range(cohorts):
        persons = 0
        for place in range(places):
            for status in range(statuses):
                n = w.stocks[c, place, status]
                if n != 0:
                    if n < 0:
                        w.counters[N_LOST_COHORT] = 1 + c
                        w.counters[N_LOST_COUNT] = n
                        return
                    persons += n
                    w.stocks_by_cohort[day, c, status] += n
                    w.stocks_by_place[day, place, status] += n
        if persons != w.cohorts[c].size:
            w.counters[N_LOST_COHORT] = 1 + c
            w.counters[N_LOST_COUNT] = persons
            return


def recount(rows: np.ndarray, cohorts: int, places: int) -> np.ndarray:
    """Stocks counted anew from the rows, shape (cohorts, places, statuses); the ledger must equal them."""
    from sim.population import STATUSES

    shape = (cohorts, places, len(STATUSES))
    flat = np.ravel_multi_index((rows["cohort"], rows["place"], rows["status"]), shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)
