"""Attempts: migrants who are due choose a section and try to cross; detection, and the limits of patrols.

Detection probability of section s on a day (coverage, as in search theory, Koopman 1956):
    d = 1 - exp(-kappa),  kappa = coverage * (density / reference)^power * (1 + b_barrier * barrier share)
        * (1 + b_surveillance * surveillance) * terrain * visibility * buffer zone * (1 - c * coaching)
with density in officers on duty per km. A detected attempt is stopped if a patrol is free: a section's
patrols handle a whole number of attempts a day (`section.capacity`), drawn by lot among the detected. The
rest get through although seen, so overload emerges from the number of attempts.
"""

from __future__ import annotations

import math

from sim.engine.compiled import compiled
from sim.engine.ledger import count, whole
from sim.engine.queues import sort_by_key, take_due
from sim.engine.rows import AT_BORDER
from sim.engine.streams import DETECTION, PATROL, SECTION, bits, draw
from sim.engine.tables import (
    C_BORDER,
    F_ATTEMPTS,
    N_ATTEMPTS,
    OVERLOADED,
    S_ATTEMPTS,
    S_OVERLOAD,
    S_RECORDED,
    STOPPED,
    UNDETECTED,
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
def choose_section(m, reach, first, sections):
    """Return the section that the migrant tries, by the cumulative shares of its zone; -1 if none is within reach."""
    u = draw(m.key, SECTION, m.attempts)
    last = -1
    for s in range(sections):
        if reach[first + s].within:
            last = s
            if u < reach[first + s].cumulative:
                return s
    return last


@compiled
def detected(m, probability):
    """Return whether this attempt of the migrant is detected."""
    return draw(m.key, DETECTION, m.attempts) < probability


@compiled
def prepare(w, day):
    """Write today's detection probabilities, patrol capacity and the cumulative shares of sections by zone."""
    p = w.p[0]
    sections = w.sections.shape[0]
    for s in range(sections):
        section = w.sections[s]
        section.patrols, section.carry = whole(section.capacity, section.carry)
        section.recorded = 0
        w.section_capacity[day, s] = section.capacity
    for z in range(w.zones.shape[0]):
        coaching = w.states[w.zones[z].state].coaching
        total = 0.0
        for s in range(sections):
            reach = w.reach[z * sections + s]
            if reach.within:
                reach.detection = detection_probability(w.sections[s], coaching, p)
                w.section_detection[day, s] = max(w.section_detection[day, s], reach.detection)
                total += math.exp(reach.constant + p.section_success * (w.sections[s].success - 0.5))
                reach.cumulative = total
        for s in range(sections):
            w.reach[z * sections + s].cumulative /= max(total, 1e-300)


@compiled
def try_to_cross(w, day):
    """Let all who are due try; fill today's list of attempts, with detected ones marked as stopped for now."""
    sections = w.sections.shape[0]
    n = take_due(w, C_BORDER, day, AT_BORDER)
    tries = 0
    for j in range(n):
        i = w.who[j]
        m = w.rows[i]
        z = w.zone_at[m.place]
        s = choose_section(m, w.reach, z * sections, sections)
        if s < 0:
            continue
        section = w.sections[s]
        result = UNDETECTED
        if detected(m, w.reach[z * sections + s].detection):
            result = STOPPED
            section.recorded += 1
            w.section_flows[day, s, S_RECORDED] += 1
        m.section = s
        m.attempts = min(m.attempts + 1, 65_535)
        k = w.pair_of[m.cohort, m.route]
        w.section_flows[day, s, S_ATTEMPTS] += 1
        count(w, day, m, F_ATTEMPTS)
        w.attempts_by_pair[s, k] += 1
        attempt = w.attempts[tries]
        attempt.row = i
        attempt.zone = z
        attempt.section = s
        attempt.result = result
        tries += 1
    w.counters[N_ATTEMPTS] = tries


@compiled
def overload(w, day, s):
    """Draw by lot who gets through section ``s``, where more were detected than its patrols can stop."""
    n = 0
    for j in range(w.counters[N_ATTEMPTS]):
        if w.attempts[j].section == s and w.attempts[j].result == STOPPED:
            m = w.rows[w.attempts[j].row]
            w.keys[n] = bits(m.key, PATROL, m.attempts)
            w.who[n] = j
            n += 1
    if n <= w.sections[s].patrols:
        return
    sort_by_key(w, n)
    for k in range(w.sections[s].patrols, n):
        w.attempts[w.who[k]].result = OVERLOADED
        w.section_flows[day, s, S_OVERLOAD] += 1


@compiled
def run(w, day):
    """Prepare the border, let people try, and share out the patrols where there are too few."""
    prepare(w, day)
    try_to_cross(w, day)
    for s in range(w.sections.shape[0]):
        if w.sections[s].recorded > w.sections[s].patrols:
            overload(w, day, s)
