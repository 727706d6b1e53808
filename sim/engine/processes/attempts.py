"""Attempts: the stages of an approach to the border, and the limits of patrols.

Detection probability of section s on a day (coverage, as in search theory, Koopman 1956):
    d = 1 - exp(-kappa),  kappa = coverage * (density / reference)^power * (1 + b_barrier * barrier share)
        * (1 + b_surveillance * surveillance) * terrain * visibility * buffer zone * (1 - c * coaching)
with density in officers on duty per km.

1. Approach: one of those who try today chooses a section and goes to it; a crossing point that is closed today is none.
   At one that is open it claims protection (`sim.engine.processes.claims`), and what follows here does not concern it.
2. Self-presentation: where claims are admitted it gives itself up with probability `self_presentation` * (1 - b), b
   being the share whom the agency turns back; it is taken into procedure.
3. Withdrawal: at the sight of guards or a barrier it turns round with probability `withdrawal` * d.
4. Attempt, detection: of the rest each is detected with probability d. Those undetected have crossed.
5. Interception: a detected attempt calls for a patrol, and is stopped if one is free: a section's patrols handle a
   whole number of calls a day (`section.capacity`), drawn by lot. The rest get through although seen.

Recorded are withdrawals, self-presentations and detected attempts: what a border guard that counts attempts can see.
Border pressure is patrol calls over capacity, so that overload begins at 1.
"""

from __future__ import annotations

import math

from sim.engine.choice import attraction, rush_to
from sim.engine.compiled import compiled
from sim.engine.ledger import count, in_procedure, whole
from sim.engine.queues import approach_in_turn, draw_lots
from sim.engine.streams import DETECTION, PATROL, SECTION, SELF_PRESENTATION, WITHDRAWAL, draw
from sim.engine.tables import (
    CLAIMED,
    F_APPROACHES,
    F_ATTEMPTS,
    F_CLAIMS,
    N_ATTEMPTS,
    OVERLOADED,
    PRESENTED,
    S_APPROACHES,
    S_ATTEMPTS,
    S_CLAIMS,
    S_OVERLOAD,
    S_PATROL_CALLS,
    S_RECORDED,
    S_SELF_PRESENTATIONS,
    S_WITHDRAWALS,
    STOPPED,
    UNDETECTED,
    WITHDRAWN,
)  # fmt: skip


@compiled
def detection_probability(section, coaching, p):
    """Return the probability that an attempt in this section is detected today."""
    barrier = min(section.barrier / section.length, 1.0)
    kappa = (
        p.detection_coverage
        * (section.officers / section.length / p.detection_reference_density) ** p.detection_density_power
        * (1.0 + p.detection_barrier * barrier)
        * (1.0 + p.detection_surveillance * section.surveillance)
        * section.terrain
        * p.visibility
        * section.detection_factor
        * (1.0 - p.detection_coaching * coaching)
    )
    return -math.expm1(-kappa)


@compiled
def share_turned_back(ordered, occupancy):
    """Return the share whom an agency turns back today: what is ordered, and more when reception is overfull.

    1 - (1 - ordered)^max(occupancy, 1), with occupancy in persons per place: no order, nobody, however full.
    """
    return 1.0 - (1.0 - ordered) ** max(occupancy, 1.0)


@compiled
def choose_section(m, reach, first, sections):
    """Return the section that the migrant tries, by the cumulative shares of its zone; -1 if it can reach none.

    A crossing point that is closed has none.
    """
    u = draw(m.key, SECTION, m.attempts)
    last = -1
    for s in range(sections):
        if reach[first + s].within and reach[first + s].cumulative > 0.0:
            last = s
            if u < reach[first + s].cumulative:
                return s
    return last


@compiled
def withdraws(m, detection, p):
    """Return whether the migrant turns round at the sight of guards or a barrier."""
    return draw(m.key, WITHDRAWAL, m.attempts) < p.withdrawal * detection


@compiled
def presents_itself(m, turning_back, p):
    """Return whether the migrant gives itself up, where the agency turns back only a share."""
    return draw(m.key, SELF_PRESENTATION, m.attempts) < p.self_presentation * (1.0 - turning_back)


@compiled
def detected(m, probability):
    """Return whether this attempt of the migrant is detected."""
    return draw(m.key, DETECTION, m.attempts) < probability


@compiled
def prepare(w, day):
    """Write today's detection probabilities, patrols, shares turned back, and cumulative shares of sections by zone."""
    p = w.p[0]
    sections = w.sections.shape[0]
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        agency.turning_back = share_turned_back(agency.turn_back, in_procedure(w, a) / max(agency.reception, 1.0))
    for s in range(sections):
        section = w.sections[s]
        section.patrols, section.carry = whole(section.capacity, section.carry)
        w.section_capacity[day, s] = section.capacity
    for z in range(w.zones.shape[0]):
        coaching = w.states[w.zones[z].state].coaching
        total = 0.0
        for s in range(sections):
            reach = w.reach[z * sections + s]
            section = w.sections[s]
            weight = attraction(reach, section, p)
            reach.cumulative = 0.0
            if weight > 0.0:
                total += weight * rush_to(section, p)
                reach.cumulative = total
                if not section.is_point:
                    reach.detection = detection_probability(section, coaching, p)
                    w.section_detection[day, s] = max(w.section_detection[day, s], reach.detection)
        for s in range(sections):
            w.reach[z * sections + s].cumulative /= max(total, 1e-300)


@compiled
def result_of(m, detection, turning_back, p):
    """Return how an approach ends, as far as that does not depend on patrols."""
    if presents_itself(m, turning_back, p):
        return PRESENTED
    if withdraws(m, detection, p):
        return WITHDRAWN
    return STOPPED if detected(m, detection) else UNDETECTED


@compiled
def record(w, day, m, s, result):
    """Count an approach to section ``s`` by its result."""
    flows = w.section_flows[day, s]
    flows[S_APPROACHES] += 1
    count(w, day, m, F_APPROACHES)
    if result == CLAIMED:
        flows[S_CLAIMS] += 1
        count(w, day, m, F_CLAIMS)
        return
    if result != UNDETECTED:
        flows[S_RECORDED] += 1
    if result == WITHDRAWN:
        flows[S_WITHDRAWALS] += 1
        return
    flows[S_ATTEMPTS] += 1
    count(w, day, m, F_ATTEMPTS)
    w.attempts_by_pair[s, w.pair_of[m.cohort, m.route]] += 1
    if result == PRESENTED:
        flows[S_SELF_PRESENTATIONS] += 1
    elif result == STOPPED:
        flows[S_PATROL_CALLS] += 1


@compiled
def try_to_cross(w, day):
    """Let all who decided to try approach a section; detected attempts are stopped for now."""
    sections = w.sections.shape[0]
    for j in range(w.counters[N_ATTEMPTS]):
        approach = approach_in_turn(w, j)
        m = w.rows[approach.row]
        p = w.p[m.cohort]
        s = choose_section(m, w.reach, approach.zone * sections, sections)
        approach.section = s
        if s < 0:  # no section is within reach of this zone
            approach.result = WITHDRAWN
            continue
        if w.sections[s].is_point:
            approach.result = CLAIMED
        else:
            turning_back = w.agencies[w.sections[s].agency].turning_back
            approach.result = result_of(m, w.reach[approach.zone * sections + s].detection, turning_back, p)
        m.section = s
        m.attempts = min(m.attempts + 1, 65_535)
        record(w, day, m, s, approach.result)


@compiled
def overload(w, day, s):
    """Draw by lot who gets through section ``s``, where more were detected than its patrols can stop."""
    n = draw_lots(w, s, STOPPED, PATROL)
    for k in range(w.sections[s].patrols, n):
        w.attempts[w.who[k]].result = OVERLOADED
        w.section_flows[day, s, S_OVERLOAD] += 1


@compiled
def run(w, day):
    """Prepare the border, let people try, and share out the patrols where there are too few."""
    prepare(w, day)
    try_to_cross(w, day)
    for s in range(w.sections.shape[0]):
        if w.section_flows[day, s, S_PATROL_CALLS] > w.sections[s].patrols:
            overload(w, day, s)
