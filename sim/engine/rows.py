"""The table of migrants: one row of 32 bytes each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compiled import codes
from sim.engine.memory import aligned
from sim.engine.streams import fill_keys

STATUSES = (
    "prospect", "booked", "in_transit", "at_hub", "at_border", "in_procedure", "crossed", "onward",
    "returned", "stranded", "diverted", "at_coast", "landed", "intercepted", "dead", "moved_on",
)  # fmt: skip
(
    PROSPECT, BOOKED, IN_TRANSIT, AT_HUB, AT_BORDER, IN_PROCEDURE, CROSSED, ONWARD,
    RETURNED, STRANDED, DIVERTED, AT_COAST, LANDED, INTERCEPTED, DEAD, MOVED_ON,
) = codes(len(STATUSES))  # fmt: skip

NOWHERE = 255
# flags: hurt outdoors; what is known of the person at home; waits where a ban stopped it on the way
INJURED, TOLD_BAD, TOLD_GOOD, HELD_UP = 1, 2, 4, 8

# key: identity and resistance; funds in USD; outdoors: person-days at the border or stranded; waits: how often it has
# begun to wait there; since: day of the last event; due: day of the next, if it is in a calendar; arrived: day of
# arrival at hub or coast, and on a way on which people may be held up, before it, of the visa; waits, attempts,
# voyages, bookings: occasions of the keyed draws.
ROW = np.dtype(
    [
        ("key", "u8"), ("funds", "f4"), ("outdoors", "u2"), ("waits", "u2"),
        ("since", "u2"), ("due", "u2"), ("arrived", "u2"), ("attempts", "u2"),
        ("status", "u1"), ("place", "u1"), ("cohort", "u1"), ("route", "u1"),
        ("section", "u1"), ("voyages", "u1"), ("bookings", "u1"), ("flags", "u1"),
    ]
)  # fmt: skip


class CohortSpan(NamedTuple):
    """Rows of one cohort: first row, number of rows, place of origin."""

    first: int
    size: int
    origin: int


class Population(NamedTuple):
    """All cohorts: their rows, and the hashes from which their migrants' keys are made."""

    spans: tuple[CohortSpan, ...]
    bases: tuple[np.uint64, ...]


def new_rows(population: Population) -> npt.NDArray[np.void]:
    """Return the rows of all cohorts, shape (persons,), dtype `ROW`, within a cohort in the order of setting out.

    A migrant's key is a uniform 64-bit hash. Read as a number in [0, 1) it is also the
    migrant's resistance u = 1 - exp(-E) with E ~ Exp(1) of the Sellke construction
    (Sellke 1983, doi:10.2307/3213811), so that sorting the keys once sorts the departures.
    """
    rows = aligned((sum(span.size for span in population.spans),), ROW)
    rows[:] = 0
    for number, (span, base) in enumerate(zip(*population, strict=True)):
        keys = np.empty(span.size, np.uint64)
        fill_keys(keys, base)
        keys.sort()
        part = rows[span.first : span.first + span.size]
        part["key"] = keys
        part["cohort"] = number
        part["place"] = span.origin
        part["route"] = NOWHERE
        part["section"] = NOWHERE
    return rows
