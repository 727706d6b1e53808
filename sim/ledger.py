"""Stocks, flows and waiting: every move of a migrant goes through here, exact to the person."""

from __future__ import annotations

import numpy as np

from sim.compiled import compiled
from sim.population import AT_BORDER, IN_PROCEDURE, STRANDED

ANY = -1


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
def schedule(w, i, calendar, today, days):
    """Let row ``i`` be due in ``days`` days in a calendar; beyond the run's end nobody is ever due."""
    m = w.rows[i]
    m.since = today
    due = today + days
    if due < w.calendar.shape[1]:
        m.next = w.calendar[calendar, due]
        w.calendar[calendar, due] = i


@compiled
def push(w, q, i):
    """Put row ``i`` at the end of queue ``q``."""
    queue = w.queues[q]
    w.rows[i].next = -1
    if queue.tail < 0:
        queue.head = i
    else:
        w.rows[queue.tail].next = i
    queue.tail = i
    queue.length += 1


@compiled
def pop(w, q):
    """Take the first row out of queue ``q``; -1 when it is empty."""
    queue = w.queues[q]
    i = queue.head
    if i >= 0:
        queue.head = w.rows[i].next
        if queue.head < 0:
            queue.tail = -1
        queue.length -= 1
    return i


@compiled
def take_due(w, calendar, day, status):
    """Rows due today with the given status (or `ANY`), in no order that may matter; in ``w.who``; returns how many."""
    rows, who = w.rows, w.who
    n = 0
    i = w.calendar[calendar, day]
    while i >= 0:
        m = rows[i]
        if status == ANY or m.status == status:
            who[n] = i
            n += 1
        i = m.next
    w.counters[1] += n
    return n


@compiled
def line_up(w, n):
    """Bring the first ``n`` of ``w.who`` into the order of their keys, a hash: no tie is broken by position."""
    rows, who, keys = w.rows, w.who, w.keys
    for j in range(n):
        keys[j] = rows[who[j]].key
    sort_by_key(keys, who, n)


@compiled
def sort_by_key(keys, who, n):
    """Sort the first ``n`` of ``keys`` in place, ``who`` along with them (heapsort, Williams 1964).

    numpy's argsort would do, but takes numba five seconds to compile.
    """
    for phase in range(2):
        for step in range(n // 2 if phase == 0 else n - 1):
            if phase == 0:
                root, size = n // 2 - 1 - step, n
            else:
                size = n - 1 - step
                keys[0], keys[size] = keys[size], keys[0]
                who[0], who[size] = who[size], who[0]
                root = 0
            key, holder = keys[root], who[root]
            while 2 * root + 1 < size:
                child = 2 * root + 1
                if child + 1 < size and keys[child + 1] > keys[child]:
                    child += 1
                if keys[child] <= key:
                    break
                keys[root], who[root] = keys[child], who[child]
                root = child
            keys[root], who[root] = key, holder


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
                        w.counters[2] = 1 + c
                        w.counters[3] = n
                        return
                    persons += n
                    w.stocks_by_cohort[day, c, status] += n
                    w.stocks_by_place[day, place, status] += n
        if persons != w.cohorts[c].size:
            w.counters[2] = 1 + c
            w.counters[3] = persons
            return


def recount(rows: np.ndarray, cohorts: int, places: int) -> np.ndarray:
    """Stocks counted anew from the rows, shape (cohorts, places, statuses); the ledger must equal them."""
    from sim.population import STATUSES

    shape = (cohorts, places, len(STATUSES))
    flat = np.ravel_multi_index((rows["cohort"], rows["place"], rows["status"]), shape)
    return np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


__all__ = ["ConservationError", "count", "move", "pair", "pop", "push", "recount", "run", "schedule", "take_due", "whole"]
