"""Exposure: deaths and injuries from days outdoors.

Over a wait a migrant dies with probability 1 - exp(-h x) and is injured likewise, with hazard h per mild day in the
open and exposure x = sum over the days waited of (1 + (winter - 1) cold) * factor, the factor being that of the zone
(aid) or, at hub and coast, the share `sheltered`; times the factor of the section that it tried last. In line for
transfer at the hub there is none.
"""

from __future__ import annotations

from sim.engine.compiled import compiled
from sim.engine.ledger import count, move, tell
from sim.engine.rows import DEAD, INJURED, NOWHERE
from sim.engine.streams import DEATH, INJURY, draw, happens
from sim.engine.tables import F_DEATHS, F_INJURIES, K_QUEUE, S_DEATHS, S_INJURIES


@compiled
def exposure_of_a_day(w, clock):
    """Return today's exposure (mild days in the open) of those who wait by a clock."""
    if clock.kind == K_QUEUE:
        return 0.0
    p = w.p[clock.cohort]
    factor = w.zones[clock.zone].hazard_factor if clock.zone >= 0 else p.hazard_sheltered
    return (1.0 + (p.hazard_winter - 1.0) * p.cold) * factor


@compiled
def survive(m, exposure, p):
    """Return whether the migrant survives an exposure (mild days in the open); it may be injured."""
    if happens(draw(m.key, DEATH, m.waits), p.hazard_death * exposure):
        return False
    if happens(draw(m.key, INJURY, m.waits), p.hazard_injury * exposure):
        m.flags |= INJURED
    return True


@compiled
def lives_on(w, day, i, g):
    """Expose row ``i`` for its wait by clock ``g``, which ends today; return whether it is alive."""
    m = w.rows[i]
    exposure = w.exposed[day + 1, g] - w.exposed[m.since + 1, g]
    if m.section != NOWHERE:
        exposure *= w.sections[m.section].hazard_factor
    if w.clocks[g].kind != K_QUEUE:
        m.outdoors = min(m.outdoors + day - m.since, 65_535)
    m.since = day
    was_injured = m.flags & INJURED
    alive = survive(m, exposure, w.p[m.cohort])
    if alive and m.flags & INJURED and not was_injured:
        count(w, day, m, F_INJURIES)
        if m.section != NOWHERE:
            w.section_flows[day, m.section, S_INJURIES] += 1
    if not alive:
        count(w, day, m, F_DEATHS)
        tell(w, day, m, 0.0)
        if m.section != NOWHERE:
            w.section_flows[day, m.section, S_DEATHS] += 1
        move(w, m, DEAD, m.place)
    return alive
