"""Exposure: deaths and injuries from days outdoors.

Over a wait of n days at the border a migrant dies with probability 1 - exp(-h n) and is injured
likewise, with hazard h = base * (1 + (winter - 1) * cold) * factors of aid and of the last section.
At the hub the hazards are multiplied by the share `sheltered`.
"""

from __future__ import annotations

from sim.engine.compiled import compiled
from sim.engine.ledger import count, move
from sim.engine.queues import peek_due
from sim.engine.rows import AT_BORDER, DEAD, INJURED, NOWHERE, STRANDED
from sim.engine.streams import DEATH, INJURY, draw, happens
from sim.engine.tables import C_BORDER, C_STRANDED, F_DEATHS, F_INJURIES, S_DEATHS, S_INJURIES


@compiled
def survive(m, days, factor, p):
    """Return whether the migrant survives ``days`` outdoors; it may be injured. ``factor`` scales both hazards."""
    season = 1.0 + (p.hazard_winter - 1.0) * p.cold
    occasion = m.outdoors
    m.outdoors += days
    if happens(draw(m.key, DEATH, occasion), p.hazard_death * season * factor * days):
        return False
    if happens(draw(m.key, INJURY, occasion), p.hazard_injury * season * factor * days):
        m.flags |= INJURED
    return True


@compiled
def expose(w, day, calendar, status):
    """Expose all who are due today in a calendar; the dead have no further events."""
    n = peek_due(w, calendar, day, status)
    for j in range(n):
        m = w.rows[w.who[j]]
        p = w.p[m.cohort]
        z = w.zone_at[m.place]
        factor = w.zones[z].hazard_factor if z >= 0 else p.hazard_sheltered
        if m.section != NOWHERE:
            factor *= w.sections[m.section].hazard_factor
        was_injured = m.flags & INJURED
        alive = survive(m, day - m.since, factor, p)
        if alive and m.flags & INJURED and not was_injured:
            count(w, day, m, F_INJURIES)
            if m.section != NOWHERE:
                w.section_flows[day, m.section, S_INJURIES] += 1
        if not alive:
            count(w, day, m, F_DEATHS)
            if m.section != NOWHERE:
                w.section_flows[day, m.section, S_DEATHS] += 1
            move(w, m, DEAD, m.place)


@compiled
def run(w, day):
    """Expose those who waited at the border and those who are stranded, when their wait ends."""
    expose(w, day, C_BORDER, AT_BORDER)
    expose(w, day, C_STRANDED, STRANDED)
