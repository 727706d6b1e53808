"""Exits: going home, being stranded, giving up.

Whoever gives up flies home if that is allowed and affordable, and is else stranded: at the hub if it is let back there,
or where it is.
"""

from __future__ import annotations

from sim.engine.clocks import wait
from sim.engine.compiled import compiled
from sim.engine.ledger import count, move, tell
from sim.engine.rows import RETURNED, STRANDED
from sim.engine.streams import GOING_BACK, draw
from sim.engine.tables import F_RETURNED, F_STRANDED


@compiled
def go_home(w, day, m):
    """Move a migrant home."""
    count(w, day, m, F_RETURNED)
    tell(w, day, m, 0.0)
    move(w, m, RETURNED, w.cohorts[m.cohort].origin)


@compiled
def strand(w, day, i, place):
    """Strand a migrant at a place, where it begins to wait."""
    m = w.rows[i]
    if m.status != STRANDED:
        count(w, day, m, F_STRANDED)
        tell(w, day, m, 0.0)
    move(w, m, STRANDED, place)
    wait(w, i, day)


@compiled
def give_up(w, day, i, state):
    """Send a migrant home if that is allowed and affordable; otherwise strand it at the hub, or where it is."""
    m = w.rows[i]
    let_back = draw(m.key, GOING_BACK, m.waits) < state.may_return
    if let_back and m.funds >= state.return_price:
        m.funds -= state.return_price
        go_home(w, day, m)
    else:
        strand(w, day, i, state.hub if let_back else m.place)
