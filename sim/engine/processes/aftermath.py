"""Aftermath: what follows an attempt, a procedure, a crossing, or being stranded.

Undetected or unstopped people have crossed, and go onward after a lag. Intercepted people are turned
back or taken into procedure, by the agency's share and reception. Those turned back try again after a
wait with mean retry * (1 + (idle - 1)(1 - facilitation)) * (1 + (winter - 1) cold) days, or give up with
probability 1 - (1 - giving_up)(1 - return offer) exp(-days / patience), or when their funds are spent.
"""

from __future__ import annotations

import math

from sim.engine.compiled import compiled
from sim.engine.ledger import count, in_procedure, move
from sim.engine.queues import schedule, take_due
from sim.engine.rows import AT_BORDER, CROSSED, IN_PROCEDURE, ONWARD, RETURNED, STRANDED
from sim.engine.streams import (
    GOING_BACK,
    HOPE,
    ONWARD_LAG,
    PROCEDURE,
    PROCEDURE_END,
    RETRY,
    REVIEW,
    REVIEW_LAG,
    TURN_BACK,
    draw,
    lag,
    occasion_of_review,
)  # fmt: skip
from sim.engine.streams import ONWARD as ONWARD_STREAM
from sim.engine.tables import (
    C_BORDER,
    C_ONWARD,
    C_PROCEDURE,
    C_STRANDED,
    F_CROSSED,
    F_LEFT_PROCEDURE,
    F_ONWARD,
    F_PROCEDURES,
    F_RETURNED,
    F_STRANDED,
    F_TURN_BACKS,
    N_ATTEMPTS,
    S_CROSSINGS,
    S_PROCEDURES,
    S_TURN_BACKS,
    STOPPED,
)  # fmt: skip

STAYS, GOES_ON, IS_RETURNED = range(3)


@compiled
def turned_back(m, agency):
    """Return whether the agency turns an intercepted migrant back; with reception full, always if it may."""
    if agency.full and agency.turn_back > 0.0:
        return True
    return draw(m.key, TURN_BACK, m.attempts) < agency.turn_back


@compiled
def gives_up(m, days, state, p):
    """Return whether a migrant gives up after being turned back, ``days`` after its last event."""
    m.funds -= p.attempt_cost
    if m.funds < 0.0:
        return True
    goes_on = (1.0 - p.giving_up) * (1.0 - state.return_offer) * math.exp(-days / p.patience)
    return draw(m.key, HOPE, m.attempts) >= goes_on


@compiled
def wait_to_retry(m, state, p):
    """Return the days until the next attempt."""
    mean = p.retry * (1.0 + (p.retry_idle - 1.0) * (1.0 - state.facilitation)) * (1.0 + (p.retry_winter - 1.0) * p.cold)
    return lag(draw(m.key, RETRY, m.attempts), mean)


@compiled
def flies_home(m, state, occasion):
    """Return whether someone who gave up may return and can pay the flight, and whether they may return at all."""
    let_back = draw(m.key, GOING_BACK, occasion) < state.may_return
    return let_back and m.funds >= state.return_price, let_back


@compiled
def give_up(w, day, i, state, occasion):
    """Send a migrant home if that is allowed and affordable; otherwise strand it at the hub, or where it is."""
    m = w.rows[i]
    home, let_back = flies_home(m, state, occasion)
    if home:
        m.funds -= state.return_price
        count(w, day, m, F_RETURNED)
        move(w, m, RETURNED, w.cohorts[m.cohort].origin)
        return
    count(w, day, m, F_STRANDED)
    move(w, m, STRANDED, state.hub if let_back else m.place)
    schedule(w, i, C_STRANDED, day, lag(draw(m.key, REVIEW_LAG, m.attempts), w.p[m.cohort].stranded_review))


@compiled
def cross(w, day, i, place):
    """Move a migrant into the country; one who travels onward arrives there after a lag."""
    m = w.rows[i]
    p = w.p[m.cohort]
    move(w, m, CROSSED, place)
    count(w, day, m, F_CROSSED)
    if draw(m.key, ONWARD_STREAM, 0) < p.onward:
        schedule(w, i, C_ONWARD, day, lag(draw(m.key, ONWARD_LAG, 0), p.onward_lag))


@compiled
def settle(w, day, attempt):
    """Decide what follows one attempt."""
    i = attempt.row
    m = w.rows[i]
    p = w.p[m.cohort]
    section = w.sections[attempt.section]
    agency = w.agencies[section.agency]
    state = w.states[w.zones[attempt.zone].state]
    if attempt.result != STOPPED:
        w.section_flows[day, attempt.section, S_CROSSINGS] += 1
        cross(w, day, i, agency.place)
    elif turned_back(m, agency):
        w.section_flows[day, attempt.section, S_TURN_BACKS] += 1
        count(w, day, m, F_TURN_BACKS)
        if gives_up(m, day - m.since, state, p):
            give_up(w, day, i, state, m.attempts)
        else:
            schedule(w, i, C_BORDER, day, wait_to_retry(m, state, p))
    else:
        w.section_flows[day, attempt.section, S_PROCEDURES] += 1
        count(w, day, m, F_PROCEDURES)
        move(w, m, IN_PROCEDURE, agency.place)
        mean = w.procedures[section.agency, m.cohort].procedure
        schedule(w, i, C_PROCEDURE, day, lag(draw(m.key, PROCEDURE, 0), mean))


@compiled
def end_of_procedure(m, procedure):
    """Return how a procedure ends: the migrant absconds onward, is returned, or stays."""
    u = draw(m.key, PROCEDURE_END, 0)
    if u < procedure.absconding:
        return GOES_ON
    if u < procedure.absconding + procedure.returned:
        return IS_RETURNED
    return STAYS


@compiled
def end_procedures(w, day):
    """End the procedures that are due today."""
    n = take_due(w, C_PROCEDURE, day, IN_PROCEDURE)
    for j in range(n):
        m = w.rows[w.who[j]]
        for a in range(w.agencies.shape[0]):
            if w.agencies[a].place == m.place:
                end = end_of_procedure(m, w.procedures[a, m.cohort])
                count(w, day, m, F_LEFT_PROCEDURE)
                if end == GOES_ON:
                    count(w, day, m, F_ONWARD)
                    move(w, m, ONWARD, w.stocks.shape[1] - 1)
                elif end == IS_RETURNED:
                    count(w, day, m, F_RETURNED)
                    move(w, m, RETURNED, w.cohorts[m.cohort].origin)
                else:
                    move(w, m, CROSSED, m.place)
                break


@compiled
def go_onward(w, day):
    """Let those who crossed and are due today arrive further on."""
    n = take_due(w, C_ONWARD, day, CROSSED)
    for j in range(n):
        m = w.rows[w.who[j]]
        count(w, day, m, F_ONWARD)
        move(w, m, ONWARD, w.stocks.shape[1] - 1)


@compiled
def tries_again(m, occasion, state, p):
    """Return whether a stranded migrant goes to the border again."""
    return draw(m.key, REVIEW, occasion) < p.stranded_retry * state.facilitation


@compiled
def review_stranded(w, day):
    """Let stranded people decide: go home, try the border again, or keep waiting."""
    n = take_due(w, C_STRANDED, day, STRANDED)
    for j in range(n):
        i = w.who[j]
        m = w.rows[i]
        p = w.p[m.cohort]
        state = w.states[w.routes[m.route].state]
        occasion = occasion_of_review(m)
        z = w.zone_at[m.place]
        home, _ = flies_home(m, state, occasion)
        if home:
            m.funds -= state.return_price
            count(w, day, m, F_RETURNED)
            move(w, m, RETURNED, w.cohorts[m.cohort].origin)
        elif z >= 0 and tries_again(m, occasion, state, p):
            move(w, m, AT_BORDER, m.place)
            schedule(w, i, C_BORDER, day, wait_to_retry(m, state, p))
        else:
            schedule(w, i, C_STRANDED, day, lag(draw(m.key, REVIEW_LAG, occasion), p.stranded_review))


@compiled
def run(w, day):
    """Settle today's attempts, then procedures, onward journeys and the stranded."""
    for a in range(w.agencies.shape[0]):
        w.agencies[a].full = in_procedure(w, a) >= w.agencies[a].reception
    for j in range(w.counters[N_ATTEMPTS]):
        settle(w, day, w.attempts[j])
    end_procedures(w, day)
    go_onward(w, day)
    review_stranded(w, day)
