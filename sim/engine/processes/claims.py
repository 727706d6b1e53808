"""Claims: who is admitted at the crossing points today.

Someone who chose a crossing point claims protection there in place of trying to cross: nobody is detected, and no
patrol is called. On a day on which it is open for H hours the point admits whole(claims * H / 24) of them, drawn by
lot; they go into procedure with its agency. The rest are refused and wait on where they are.
"""

from __future__ import annotations

from sim.engine.compiled import compiled
from sim.engine.ledger import whole
from sim.engine.queues import draw_lots
from sim.engine.streams import CLAIM
from sim.engine.tables import ADMITTED, ALWAYS_OPEN, CLAIMED, REFUSED, S_CLAIMS


@compiled
def claims_admitted(claims, hours):
    """Return the claims that a crossing point admits a day, from those of a day of 24 hours and its opening hours."""
    return claims * min(max(hours, 0.0), ALWAYS_OPEN) / ALWAYS_OPEN


@compiled
def admit(w, s):
    """Admit those who claim at crossing point ``s`` by lot, as far as there are places, and refuse the rest."""
    n = draw_lots(w, s, CLAIMED, CLAIM)
    for k in range(n):
        w.attempts[w.who[k]].result = ADMITTED if k < w.sections[s].places else REFUSED


@compiled
def run(w, day):
    """Share out the day's places at each crossing point."""
    for s in range(w.sections.shape[0]):
        point = w.sections[s]
        if point.is_point:
            point.places, point.places_carry = whole(claims_admitted(point.claims, point.hours), point.places_carry)
            if w.section_flows[day, s, S_CLAIMS] > 0:
                admit(w, s)
