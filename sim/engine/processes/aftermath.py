"""Aftermath: what follows an approach, a procedure, a crossing, or giving up.

Undetected or unstopped people have crossed, and go onward after a lag. Intercepted people are turned back or taken into
procedure, by the share that the agency turns back; those who gave themselves up, and those whose claim is admitted at a
crossing point, are taken into procedure. Those turned back or withdrawn lose hope with probability `giving_up`, or when
their funds are spent; else they wait to try again, as do those whose claim is refused, which costs nothing.
Of those in procedure a share absconds, none before `absconding_delay` days.
"""

from __future__ import annotations

from sim.engine.clocks import wait
from sim.engine.compiled import compiled
from sim.engine.exits import give_up, go_home
from sim.engine.ledger import count, move, tell
from sim.engine.queues import approach_in_turn, in_turn, schedule, take_due
from sim.engine.rows import CROSSED, IN_PROCEDURE, ONWARD
from sim.engine.streams import HOPE, ONWARD_LAG, PROCEDURE, PROCEDURE_END, TURN_BACK, draw, lag
from sim.engine.streams import ONWARD as ONWARD_STREAM
from sim.engine.tables import (
    ADMITTED,
    C_ONWARD,
    C_PROCEDURE,
    F_CLAIMS_ADMITTED,
    F_CROSSED,
    F_LEFT_PROCEDURE,
    F_ONWARD,
    F_PROCEDURES,
    F_TURN_BACKS,
    N_ATTEMPTS,
    PRESENTED,
    REFUSED,
    S_CLAIMS_ADMITTED,
    S_CLAIMS_REFUSED,
    S_CROSSINGS,
    S_PROCEDURES,
    S_TURN_BACKS,
    STOPPED,
    WITHDRAWN,
)  # fmt: skip

STAYS, GOES_ON, IS_RETURNED = range(3)


@compiled
def turned_back(m, turning_back):
    """Return whether an intercepted migrant is turned back, by the share whom the agency turns back today."""
    return draw(m.key, TURN_BACK, m.attempts) < turning_back


@compiled
def loses_hope(m, p):
    """Return whether a migrant gives up at once after being turned back or withdrawing, which has cost it money."""
    m.funds -= p.attempt_cost
    return m.funds < 0.0 or draw(m.key, HOPE, m.attempts) < p.giving_up


@compiled
def cross(w, day, i, place):
    """Move a migrant into the country; one who travels onward arrives there after a lag."""
    m = w.rows[i]
    p = w.p[m.cohort]
    move(w, m, CROSSED, place)
    count(w, day, m, F_CROSSED)
    tell(w, day, m, 1.0)
    if draw(m.key, ONWARD_STREAM, 0) < p.onward:
        schedule(w, i, C_ONWARD, day, lag(draw(m.key, ONWARD_LAG, 0), p.onward_lag))


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
def days_in_procedure(m, procedure):
    """Return the days from the beginning of a procedure to its end; nobody absconds before `absconding_delay`."""
    days = lag(draw(m.key, PROCEDURE, 0), procedure.procedure)
    if end_of_procedure(m, procedure) == GOES_ON:
        days += int(procedure.absconding_delay)
    return days


@compiled
def begin_procedure(w, day, attempt):
    """Take a migrant into procedure with the agency of the section to which it went."""
    i = attempt.row
    m = w.rows[i]
    a = w.sections[attempt.section].agency
    admitted = attempt.result == ADMITTED
    w.section_flows[day, attempt.section, S_CLAIMS_ADMITTED if admitted else S_PROCEDURES] += 1
    count(w, day, m, F_CLAIMS_ADMITTED if admitted else F_PROCEDURES)
    tell(w, day, m, w.p[m.cohort].news_procedure_value)
    move(w, m, IN_PROCEDURE, w.agencies[a].place)
    schedule(w, i, C_PROCEDURE, day, days_in_procedure(m, w.procedures[a, m.cohort]))


@compiled
def stay_or_give_up(w, day, attempt):
    """Let a migrant who did not get through wait for its next attempt, or give up."""
    i = attempt.row
    m = w.rows[i]
    if attempt.section >= 0 and loses_hope(m, w.p[m.cohort]):
        give_up(w, day, i, w.states[w.zones[attempt.zone].state])
    else:
        wait(w, i, day)


@compiled
def settle(w, day, attempt):
    """Decide what follows one approach."""
    if attempt.result == WITHDRAWN:
        stay_or_give_up(w, day, attempt)
        return
    m = w.rows[attempt.row]
    agency = w.agencies[w.sections[attempt.section].agency]
    if attempt.result == REFUSED:
        w.section_flows[day, attempt.section, S_CLAIMS_REFUSED] += 1
        wait(w, attempt.row, day)
    elif attempt.result == PRESENTED or attempt.result == ADMITTED:
        begin_procedure(w, day, attempt)
    elif attempt.result != STOPPED:
        w.section_flows[day, attempt.section, S_CROSSINGS] += 1
        cross(w, day, attempt.row, agency.place)
    elif turned_back(m, agency.turning_back):
        w.section_flows[day, attempt.section, S_TURN_BACKS] += 1
        count(w, day, m, F_TURN_BACKS)
        stay_or_give_up(w, day, attempt)
    else:
        begin_procedure(w, day, attempt)


@compiled
def end_procedures(w, day):
    """End the procedures that are due today."""
    n = take_due(w, C_PROCEDURE, day, IN_PROCEDURE)
    for j in range(n):
        m = w.rows[in_turn(w, j)]
        for a in range(w.agencies.shape[0]):
            if w.agencies[a].place == m.place:
                end = end_of_procedure(m, w.procedures[a, m.cohort])
                count(w, day, m, F_LEFT_PROCEDURE)
                if end == GOES_ON:
                    count(w, day, m, F_ONWARD)
                    move(w, m, ONWARD, w.stocks.shape[1] - 1)
                elif end == IS_RETURNED:
                    go_home(w, day, m)
                else:
                    move(w, m, CROSSED, m.place)
                break


@compiled
def go_onward(w, day):
    """Let those who crossed and are due today arrive further on."""
    n = take_due(w, C_ONWARD, day, CROSSED)
    for j in range(n):
        m = w.rows[in_turn(w, j)]
        count(w, day, m, F_ONWARD)
        move(w, m, ONWARD, w.stocks.shape[1] - 1)


@compiled
def run(w, day):
    """Settle today's approaches, then procedures and onward journeys."""
    for j in range(w.counters[N_ATTEMPTS]):
        settle(w, day, approach_in_turn(w, j))
    end_procedures(w, day)
    go_onward(w, day)
