"""Decisions: who of those waiting at the hub, at the border or stranded acts today, and how.

Competing hazards per day, by cohort, place and kind of wait; with h(n) = -log(1 - 1/n) the hazard under which days have
mean n, F the facilitation and r the readiness to try:
    trying      h(first attempt or retry) r / ((1 + (idle - 1)(1 - F)) (1 + (winter - 1) cold))
    giving up   h(patience) (2 - r) + return offer * h(review)
    evacuation  -log(1 - share evacuated today)
    stranded: trying again   share * F * r * h(review) / (1 + (winter - 1) cold), where people are taken to the border
    stranded: going home     let back * h(review), if the flight can be paid; from the border zone else to the hub
    stranded: assisted return (e.g. by the IOM) and moving on elsewhere, from hub or coast
    in line for transfer: going home h(patience), moving on elsewhere h(moving on)
Readiness is a choice between trying now and the outside option, 1 when success S is seen as the prior 1/2:
    r = 2 / (1 + exp(-deterrence (S - 1/2))),
S being the perceived success of the sections within reach, weighted by their attraction. An announced closure of a
crossing point draws a rush: trying is multiplied by the gain in attraction of all that is within reach,
    sum_s a_s e^(section_rush [closure of s announced]) / sum_s a_s,
so that as many as before go to each other section (odds against the outside option, McFadden 1974).
"""

from __future__ import annotations

import math

from sim.engine.choice import attraction, rush_to
from sim.engine.clocks import cause_of, mark_exact, strike, sweep, wait
from sim.engine.compiled import compiled
from sim.engine.exits import give_up, go_home, strand
from sim.engine.exposure import exposure_of_a_day, lives_on
from sim.engine.ledger import count, move
from sim.engine.queues import in_turn, schedule
from sim.engine.rows import AT_BORDER, AT_HUB, MOVED_ON, STRANDED
from sim.engine.streams import daily_hazard
from sim.engine.tables import (
    C_HUB,
    CAUSES,
    F_EVACUATED,
    F_MOVED_ON,
    GIVES_UP,
    GOES_HOME,
    IS_ASSISTED,
    IS_EVACUATED,
    K_FIRST,
    K_QUEUE,
    K_STRANDED,
    MOVES_ON,
    N_ATTEMPTS,
    N_EVENTS,
    TRIES,
    UNDETECTED,
)  # fmt: skip


@compiled
def readiness(success, p):
    """Return the readiness to try (0 to 2, 1 at a perceived success of 1/2 or without deterrence)."""
    return 2.0 / (1.0 + math.exp(-p.deterrence * (success - 0.5)))


@compiled
def hazard_of_trying(mean, facilitation, ready, p):
    """Return the hazard of trying to cross today (per day), for ``mean`` days in full facilitation and mildness."""
    idle = 1.0 + (p.retry_idle - 1.0) * (1.0 - facilitation)
    return daily_hazard(mean) * ready / (idle * (1.0 + (p.retry_winter - 1.0) * p.cold))


@compiled
def hazard_of_giving_up(return_offer, ready, p):
    """Return the hazard of giving up at the border (per day)."""
    return daily_hazard(p.patience) * (2.0 - ready) + return_offer * daily_hazard(p.stranded_review)


@compiled
def hazard_of_evacuation(share):
    """Return the hazard under which a share is evacuated in a day."""
    return -math.log1p(-min(share, 0.9999))


@compiled
def perceive(w):
    """Write each zone's perceived success, that of its sections weighted by their attraction, and its rush."""
    p = w.p[0]
    sections = w.sections.shape[0]
    for z in range(w.zones.shape[0]):
        total = 0.0
        weighted = 0.0
        rushed = 0.0
        for s in range(sections):
            section = w.sections[s]
            weight = attraction(w.reach[z * sections + s], section, p)
            total += weight
            weighted += weight * section.success
            rushed += weight * rush_to(section, p)
        w.zones[z].success = weighted / total if total > 0.0 else 0.0
        w.zones[z].rush = rushed / total if total > 0.0 else 1.0


@compiled
def stranded_hazards(w, g, ready, share_evacuated):
    """Write today's hazards of those stranded by clock ``g``."""
    clock = w.clocks[g]
    p = w.p[clock.cohort]
    state = w.states[clock.state]
    h = w.hazards[g]
    review = daily_hazard(p.stranded_review)
    h[GOES_HOME] = state.may_return * review
    if clock.zone >= 0:
        h[IS_EVACUATED] = hazard_of_evacuation(share_evacuated)
    else:
        h[IS_ASSISTED] = state.assisted_return
        h[MOVES_ON] = daily_hazard(p.moving_on)
    if clock.zone >= 0 or (clock.place == state.hub and state.transfer > 0.0):
        h[TRIES] = p.stranded_retry * state.facilitation * ready * review / (1.0 + (p.retry_winter - 1.0) * p.cold)


@compiled
def appraise(w, g):
    """Write today's hazards of clock ``g``; return their sum (per day)."""
    clock = w.clocks[g]
    p = w.p[clock.cohort]
    state = w.states[clock.state]
    h = w.hazards[g]
    h[:] = 0.0
    ready = 1.0
    share_evacuated = 0.0
    if clock.zone >= 0:
        ready = readiness(w.zones[clock.zone].success, p)
        share_evacuated = w.zones[clock.zone].evacuation
    if clock.kind == K_STRANDED:
        stranded_hazards(w, g, ready, share_evacuated)
    elif clock.kind == K_QUEUE:
        h[GOES_HOME] = daily_hazard(p.patience)
        h[MOVES_ON] = daily_hazard(p.moving_on)
    else:
        mean = p.first_attempt if clock.kind == K_FIRST else p.retry
        h[TRIES] = hazard_of_trying(mean, state.facilitation, ready, p) * w.zones[clock.zone].rush
        h[GIVES_UP] = hazard_of_giving_up(state.return_offer, ready, p)
        h[IS_EVACUATED] = hazard_of_evacuation(share_evacuated)
    total = 0.0
    for cause in range(CAUSES):
        total += h[cause]
    return total


@compiled
def advance(w, day):
    """Advance the clocks of all who wait by today's hazards, and their exposure by today's cold."""
    for g in range(w.clocks.shape[0]):
        clock = w.clocks[g]
        w.elapsed[day + 1, g] = w.elapsed[day, g]
        w.exposed[day + 1, g] = w.exposed[day, g]
        if w.stocks[clock.cohort, clock.place, clock.status] > 0:
            w.elapsed[day + 1, g] += appraise(w, g)
            w.exposed[day + 1, g] += exposure_of_a_day(w, clock)
        if clock.kind == K_QUEUE:
            sweep(w, g, day)


@compiled
def try_now(w, day, i, zone):
    """Let someone at the border try today, or go back to it: from the zone at once, from the hub by transfer."""
    m = w.rows[i]
    if m.status == AT_BORDER:
        approach = w.attempts[w.counters[N_ATTEMPTS]]
        approach.row = i
        approach.zone = zone
        approach.section = -1
        approach.result = UNDETECTED
        w.counters[N_ATTEMPTS] += 1
    elif zone >= 0:
        move(w, m, AT_BORDER, m.place)
        wait(w, i, day)
    else:
        move(w, m, AT_HUB, m.place)
        schedule(w, i, C_HUB, day, 0)  # joins the line today, in the order of keys


@compiled
def leave(w, day, i, clock):
    """Let someone who may leave fly home if it can pay; else it goes from the border zone to the hub, or waits on."""
    m = w.rows[i]
    state = w.states[clock.state]
    if m.funds >= state.return_price:
        m.funds -= state.return_price
        go_home(w, day, m)
    else:
        if clock.zone >= 0:
            move(w, m, STRANDED, state.hub)
        wait(w, i, day)


@compiled
def act(w, day, i, g, total):
    """Let someone whose clock has struck do what it was."""
    m = w.rows[i]
    clock = w.clocks[g]
    cause = cause_of(m, w.hazards[g], total)
    if cause == TRIES:
        try_now(w, day, i, clock.zone)
    elif cause == GIVES_UP:
        give_up(w, day, i, w.states[clock.state])
    elif cause == GOES_HOME:
        leave(w, day, i, clock)
    elif cause == IS_ASSISTED:
        go_home(w, day, m)
    elif cause == MOVES_ON:
        count(w, day, m, F_MOVED_ON)
        move(w, m, MOVED_ON, w.stocks.shape[1] - 1)
    elif cause == IS_EVACUATED:
        count(w, day, m, F_EVACUATED)
        strand(w, day, i, w.states[clock.state].hub)


@compiled
def run(w, day):
    """Advance all clocks; then let those whom they strike, and who live, act."""
    w.counters[N_ATTEMPTS] = 0
    perceive(w)
    mark_exact(w)
    advance(w, day)
    for g in range(w.clocks.shape[0]):
        total = w.elapsed[day + 1, g] - w.elapsed[day, g]
        if total <= 0.0:
            continue
        n = strike(w, g, day)
        w.counters[N_EVENTS] += n
        for j in range(n):
            i = in_turn(w, j)
            if lives_on(w, day, i, g):
                act(w, day, i, g, total)
