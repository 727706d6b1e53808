"""Dates beyond the end of a run, on which nobody was due: they count again when the run goes on for longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine import rows as r
from sim.engine.compiled import compiled
from sim.engine.queues import schedule
from sim.engine.tables import C_ARRIVAL, C_COAST, C_HELD_UP, C_HUB, C_ONWARD, C_PROCEDURE, C_RECONSIDER, C_VISA

if TYPE_CHECKING:
    from sim.model import CorridorModel

# The calendar in which someone of a status is entered; of the booked, those on a route over the sea go to the coast,
# and those held up on the way have a calendar of their own.
_CALENDARS = {
    r.PROSPECT: C_RECONSIDER, r.BOOKED: C_VISA, r.DIVERTED: C_COAST, r.INTERCEPTED: C_COAST, r.IN_TRANSIT: C_ARRIVAL,
    r.AT_HUB: C_HUB, r.IN_PROCEDURE: C_PROCEDURE, r.CROSSED: C_ONWARD,
}  # fmt: skip


@compiled
def enter(w: Any, people: Any, calendars: Any) -> None:
    """Enter people, given by row numbers, in the calendar of each, on the dates that they have."""
    for k in range(people.shape[0]):
        m = w.rows[people[k]]
        schedule(w, people[k], calendars[k], np.int64(m.since), np.int64(m.due) - np.int64(m.since))


def enter_late_dates(model: CorridorModel, days: int) -> None:
    """Enter whom the calendar of a run of ``days`` had no room for, in that of a longer run."""
    rows = model.world.rows
    people = np.flatnonzero((rows["due"] > days) & np.isin(rows["status"], list(_CALENDARS)))
    if model.settings.days <= days or not len(people):
        return
    found = rows[people]
    calendars = np.full(len(r.STATUSES), -1, np.int64)
    calendars[list(_CALENDARS)] = list(_CALENDARS.values())
    own = calendars[found["status"]]
    at_sea = (found["status"] == r.BOOKED) & (model.world.routes["over_sea"][found["route"]] != 0)
    own[at_sea] = C_COAST
    own[(found["flags"] & r.HELD_UP) != 0] = C_HELD_UP
    enter(model._tables, people, own)
