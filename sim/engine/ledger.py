"""The ledger of stocks and flows: every move of a migrant is booked here, exact to the person."""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import codes, compiled
from sim.engine.rows import AT_BORDER, IN_PROCEDURE, STRANDED, TOLD_BAD, TOLD_GOOD
from sim.engine.tables import (
    F_BOARDED,
    F_DEATHS,
    F_EMBARKED,
    F_INTERCEPTED,
    F_LANDED,
    N_BROKEN,
    N_BROKEN_AT,
    N_COUNTED,
    N_RIGHT,
    R_BOARDED,
    R_DEPARTURES,
    R_SEATS,
    S_APPROACHES,
    S_ATTEMPTS,
    S_CLAIMS,
    S_CLAIMS_ADMITTED,
    S_CLAIMS_REFUSED,
    S_CROSSINGS,
    S_OVERLOAD,
    S_PATROL_CALLS,
    S_PROCEDURES,
    S_RECORDED,
    S_SELF_PRESENTATIONS,
    S_TURN_BACKS,
    S_WITHDRAWALS,
)  # fmt: skip

_AT_ONCE = 1 << 18  # rows recounted at a time, to limit memory

# What must hold on every day of every run; 0 is no law.
(
    PERSONS, NEGATIVE, SEATS, BOARDED, ABOARD, BOATS, PATROLS, CALLS, RECORDED, ATTEMPTS, APPROACHES, CLAIMS, PLACES,
) = codes(13, first=1)  # fmt: skip


class ConservationError(RuntimeError):
    """Persons, seats, boats or patrols were created or lost; the message names the day, the place and the numbers."""


@compiled
def pair(w, m):
    """Return the number of the migrant's pair of cohort and route."""
    return w.pair_of[m.cohort, m.route]


@compiled
def count(w, day, m, flow):
    """Add one person or event to today's flow of the migrant's pair."""
    w.pair_flows[day, w.pair_of[m.cohort, m.route], flow] += 1


@compiled
def tell(w, day, m, worth):
    """Tell at home how a person's journey ends, 0 (bad) to 1 (good); each person counts once, as what is known last."""
    if m.flags & TOLD_GOOD:
        return
    told = w.told[day, w.pair_of[m.cohort, m.route]]
    if not m.flags & TOLD_BAD:
        told[0] += worth
        told[1] += 1.0 - worth
    elif worth > 0.0:  # bad news turns out to have been too early
        told[0] += worth
        told[1] -= worth
    m.flags |= TOLD_GOOD if worth > 0.0 else TOLD_BAD


@compiled
def move(w, m, status, place):
    """Move a migrant to a status and place, and update all stocks."""
    w.stocks[m.cohort, m.place, m.status] -= 1
    w.stocks[m.cohort, place, status] += 1
    m.status = status
    m.place = place


@compiled
def occupants(w, z):
    """Return the persons now in border zone ``z``, at the border or stranded."""
    place = w.zones[z].place
    persons = 0
    for c in range(w.stocks.shape[0]):
        persons += w.stocks[c, place, AT_BORDER] + w.stocks[c, place, STRANDED]
    return persons


@compiled
def in_procedure(w, a):
    """Return the persons now in procedure with agency ``a``."""
    persons = 0
    for c in range(w.stocks.shape[0]):
        persons += w.stocks[c, w.agencies[a].place, IN_PROCEDURE]
    return persons


@compiled
def whole(rate, carry):
    """Return the whole units that a daily rate yields today, and the fraction carried over to tomorrow."""
    total = rate + carry
    units = int(np.floor(total + 1e-9))
    return units, max(total - units, 0.0)


@compiled
def broken(w, law, place, counted, right):
    """Record the first broken law; `sim.engine.conservation` then stops the run and reports it."""
    if w.counters[N_BROKEN] == 0:
        w.counters[N_BROKEN] = law
        w.counters[N_BROKEN_AT] = place
        w.counters[N_COUNTED] = counted
        w.counters[N_RIGHT] = right


@compiled
def close_persons(w, day):
    """Write stocks, and check that every person of every cohort is counted exactly once."""
    cohorts, places, statuses = w.stocks.shape
    for c in range(cohorts):
        persons = 0
        for place in range(places):
            for status in range(statuses):
                n = w.stocks[c, place, status]
                if n != 0:
                    if n < 0:
                        broken(w, NEGATIVE, c, n, 0)
                        return
                    persons += n
                    w.stocks_by_cohort[day, c, status] += n
                    w.stocks_by_place[day, place, status] += n
        if persons != w.cohorts[c].size:
            broken(w, PERSONS, c, persons, w.cohorts[c].size)
            return


@compiled
def close_seats(w, day):
    """Check that nobody travels without a seat, a carrier sent every boat, and all aboard are accounted for."""
    for r in range(w.routes.shape[0]):
        today = w.route_flows[day, r]
        aboard = 0
        missing = 0
        deaths = 0
        for k in range(w.pairs.shape[0]):
            if w.pairs[k].route == r:
                flows = w.pair_flows[day, k]
                aboard += flows[F_BOARDED] + flows[F_EMBARKED]
                missing += flows[F_EMBARKED] - flows[F_LANDED] - flows[F_INTERCEPTED]
                deaths += flows[F_DEATHS]
        if aboard > today[R_SEATS]:
            broken(w, SEATS, r, aboard, today[R_SEATS])
        if aboard != today[R_BOARDED]:
            broken(w, BOARDED, r, aboard, today[R_BOARDED])
        if missing < 0 or missing > deaths:
            broken(w, ABOARD, r, missing, deaths)
        if w.routes[r].over_sea:
            boats = 0
            for d in range(day + 1):
                boats += w.route_flows[d, r, R_DEPARTURES]
            if boats != w.routes[r].boats:
                broken(w, BOATS, r, boats, w.routes[r].boats)


@compiled
def close_border(w, day):
    """Check that each approach has exactly one result, no patrol stops more than it can, and no point admits more."""
    for s in range(w.sections.shape[0]):
        flows = w.section_flows[day, s]
        presented = flows[S_SELF_PRESENTATIONS]
        stopped = flows[S_TURN_BACKS] + flows[S_PROCEDURES] - presented
        if stopped > w.sections[s].patrols:
            broken(w, PATROLS, s, stopped, w.sections[s].patrols)
        if stopped + flows[S_OVERLOAD] != flows[S_PATROL_CALLS]:
            broken(w, CALLS, s, stopped + flows[S_OVERLOAD], flows[S_PATROL_CALLS])
        if flows[S_WITHDRAWALS] + presented + flows[S_PATROL_CALLS] != flows[S_RECORDED]:
            broken(w, RECORDED, s, flows[S_WITHDRAWALS] + presented + flows[S_PATROL_CALLS], flows[S_RECORDED])
        if stopped + presented + flows[S_CROSSINGS] != flows[S_ATTEMPTS]:
            broken(w, ATTEMPTS, s, stopped + presented + flows[S_CROSSINGS], flows[S_ATTEMPTS])
        made = flows[S_WITHDRAWALS] + flows[S_ATTEMPTS] + flows[S_CLAIMS]
        if made != flows[S_APPROACHES]:
            broken(w, APPROACHES, s, made, flows[S_APPROACHES])
        if flows[S_CLAIMS_ADMITTED] + flows[S_CLAIMS_REFUSED] != flows[S_CLAIMS]:
            broken(w, CLAIMS, s, flows[S_CLAIMS_ADMITTED] + flows[S_CLAIMS_REFUSED], flows[S_CLAIMS])
        if flows[S_CLAIMS_ADMITTED] > w.sections[s].places:
            broken(w, PLACES, s, flows[S_CLAIMS_ADMITTED], w.sections[s].places)


@compiled
def run(w, day):
    """Balance the day's ledger: persons, seats, boats and patrols, exact to one."""
    close_persons(w, day)
    close_seats(w, day)
    close_border(w, day)


def recount(rows: np.ndarray, cohorts: int, places: int) -> np.ndarray:
    """Recount stocks from the rows, shape (cohorts, places, statuses); the ledger must equal them."""
    from sim.engine.rows import STATUSES

    shape = (cohorts, places, len(STATUSES))
    stocks = np.zeros(shape, np.int64)
    for first in range(0, len(rows), _AT_ONCE):
        part = rows[first : first + _AT_ONCE]
        flat = np.ravel_multi_index((part["cohort"], part["place"], part["status"]), shape)
        stocks += np.bincount(flat, minlength=stocks.size).reshape(shape)
    return stocks
