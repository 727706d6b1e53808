"""Counts of the steps from home to beyond the border, taken by an instrument that watches a run (`sim.studies.limits`).

A run itself keeps what tables show; who had a visa, to whom a seat was offered, and who was kept at home by what, is
counted only here, and nothing of it feeds back. Expected numbers of those who do not set out, with n prospects left, r
the hazard of looking for a way, a(x) a pair's share among today's routes in circumstances x, and d people who decide
again after a failed booking:
    e(x) = n (1 - exp(-r a(x))) + d a(x),
    kept by the price  = e(free, no wait) - e(its price, no wait),
    kept by the wait   = e(its price, no wait) - e(as it is),    also where the route is closed or barred.
Each pair is relaxed alone: the other routes stay as they are.
"""

from __future__ import annotations

import math

from sim.engine.compiled import compiled
from sim.engine.processes.booking import has_run_out
from sim.engine.processes.demand import affordable, appraise, goodwill, share_out, utility
from sim.engine.queues import COUNT, FIRST, LINK, peek_due, seat_queue, visa_queue
from sim.engine.rows import AT_BORDER, PROSPECT
from sim.engine.tables import C_RECONSIDER, N_ATTEMPTS

KEPT = BY_PRICE, BY_WAIT = (0, 1)
LINES = FOR_A_SEAT, FOR_A_VISA = (0, 1)
FIRSTS = AT_THE_BORDER, ON_A_BOAT, AT_A_SECTION = (0, 1, 2)


@compiled
def expected(prospects, rate, deciding, share):
    """Return how many are expected to set out today, of prospects and of those who decide again."""
    return prospects * -math.expm1(-rate * share) + deciding * share


@compiled
def share_if(w, k, first, last, free):
    """Return the share of pair ``k`` without any wait, closure or bar, at its price or for nothing; others as today."""
    pair = w.pairs[k]
    cohort = w.cohorts[pair.cohort]
    route = w.routes[pair.route]
    pair.affordable = 1.0 if free else affordable(route.price, cohort.funds_median, cohort.funds_shape)
    u = utility(pair, route, goodwill(w, route), 0.0, w.p[pair.cohort])
    pair.appeal = math.exp(min(u, 50.0))
    share_out(w, first, last)
    return pair.share


@compiled
def keep_away(w, day, kept):
    """Add those whom the price and the wait keep from setting out today to ``kept``, shape (P, KEPT).

    To be called on the morning of a day, before its demand, which appraises the routes again.
    """
    appraise(w, day)
    due = peek_due(w, C_RECONSIDER, day, PROSPECT)
    for c in range(w.cohorts.shape[0]):
        cohort = w.cohorts[c]
        first, last = cohort.first_pair, cohort.first_pair + cohort.pairs
        prospects = cohort.size - cohort.left
        rate = cohort.push * cohort.leaving_rate
        deciding = 0
        for j in range(due):
            if w.rows[w.who[j]].cohort == c:
                deciding += 1
        for k in range(first, last):
            pair = w.pairs[k]
            share_out(w, first, last)
            now, as_it_is, can_pay = expected(prospects, rate, deciding, pair.share), pair.appeal, pair.affordable
            at_its_price = expected(prospects, rate, deciding, share_if(w, k, first, last, False))
            for_nothing = expected(prospects, rate, deciding, share_if(w, k, first, last, True))
            kept[k, BY_PRICE] += max(for_nothing - at_its_price, 0.0)
            kept[k, BY_WAIT] += max(at_its_price - now, 0.0)
            pair.appeal, pair.affordable = as_it_is, can_pay


@compiled
def count_line(w, q, day, lines, line):
    """Count those in queue ``q`` by pair; of those in line for a seat, whose visa is good today."""
    queue = w.queues[q]
    b, first = queue.head, queue.first
    while b >= 0 and queue.length > 0:
        for n in range(first, w.blocks[b, COUNT]):
            i = w.blocks[b, FIRST + n]
            m = w.rows[i]
            if line == FOR_A_SEAT and has_run_out(w, m.route, i, day):
                continue
            lines[w.pair_of[m.cohort, m.route], line] += 1
        b, first = w.blocks[b, LINK], 0


@compiled
def count_lines(w, day, lines):
    """Write how many wait for a seat by land or air, and for a visa, to ``lines``, shape (P, LINES).

    In line for a seat only those count whose visa is good on ``day``.
    """
    lines[:] = 0
    for r in range(w.routes.shape[0]):
        if not w.routes[r].over_sea:
            count_line(w, seat_queue(w, r), day, lines, FOR_A_SEAT)
    for s in range(w.states.shape[0]):
        count_line(w, visa_queue(w, s), day, lines, FOR_A_VISA)


@compiled
def count_firsts(w, seen, firsts):
    """Count who is at the border, was on a boat and tried for the first time, by pair, shape (P, FIRSTS).

    To be called in the evening; ``seen``, shape (n,), remembers whom it has met where.
    """
    firsts[:] = 0
    for c in range(w.cohorts.shape[0]):
        cohort = w.cohorts[c]
        for i in range(cohort.first, cohort.first + cohort.left):
            m = w.rows[i]
            if m.status == AT_BORDER and seen[i] & 1 == 0:
                seen[i] |= 1
                firsts[w.pair_of[m.cohort, m.route], AT_THE_BORDER] += 1
            if m.voyages > 0 and seen[i] & 2 == 0:
                seen[i] |= 2
                firsts[w.pair_of[m.cohort, m.route], ON_A_BOAT] += 1
    for j in range(w.counters[N_ATTEMPTS]):
        approach = w.attempts[j]
        m = w.rows[approach.row]
        if approach.section >= 0 and m.attempts == 1:
            firsts[w.pair_of[m.cohort, m.route], AT_A_SECTION] += 1
