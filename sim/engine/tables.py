"""The tables of the world: what the actors write and the processes read.

Each table is a NumPy structured array with a record per carrier's service, route,
section and so on. `World` bundles them so that a day needs one call into compiled code.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.compiled import codes
from sim.scenario import modes
from sim.scenario.actors import BorderAgency
from sim.scenario.entry import Entry
from sim.scenario.fields import is_by_cohort
from sim.scenario.rules import Behaviour, Detection, Hazards, Information

MODES = tuple(modes.MODES)  # names; a route's `mode` is the place of its own
SECTION_PRIOR = 0.5  # success that people expect of a section before news
ALWAYS_OPEN = 24.0  # hours a day
NEVER = 1e9  # days, longer than any run

SERVICE = np.dtype(
    [
        ("route", "i8"), ("carrier", "i8"), ("seats", "i8"), ("weekly", "f8"), ("carry", "f8"),
        ("open", "i8"), ("price_factor", "f8"), ("week_seats", "i8"), ("week_taken", "i8"),
    ]
)  # fmt: skip
ROUTE = np.dtype(
    [
        ("mode", "i8"), ("over_sea", "i8"), ("state", "i8"), ("origin", "i8"), ("destination", "i8"),
        ("base_price", "f8"), ("price", "f8"), ("travel_days", "f8"), ("visa_lead", "f8"), ("risk", "f8"),
        ("shipwreck", "f8"), ("death_in_shipwreck", "f8"), ("open", "i8"), ("sent_back", "i8"), ("rush", "i8"),
        ("boats", "i8"), ("calm", "i8"), ("layover", "f8"), ("further", "f8"), ("line", "i8"),
    ]
)  # fmt: skip
# One record per cohort and route open to it: what the cohort thinks of the route.
PAIR = np.dtype(
    [
        ("cohort", "i8"), ("route", "i8"), ("taste", "f8"), ("barred", "i8"), ("visa_barred", "i8"),
        ("sent_back", "i8"), ("prior", "f8"), ("good", "f8"), ("bad", "f8"), ("success", "f8"), ("affordable", "f8"),
        ("appeal", "f8"), ("share", "f8"),
    ]
)  # fmt: skip
COHORT = np.dtype(
    [
        ("first", "i8"), ("size", "i8"), ("left", "i8"), ("origin", "i8"), ("leaving_rate", "f8"),
        ("push", "f8"), ("funds_median", "f8"), ("funds_shape", "f8"), ("hazard", "f8"),
        ("cumulative_hazard", "f8"), ("first_pair", "i8"), ("pairs", "i8"),
    ]
)  # fmt: skip
STATE = np.dtype(
    [
        ("hub", "i8"), ("visas", "f8"), ("visa_carry", "f8"), ("visa_validity", "f8"), ("facilitation", "f8"),
        ("coaching", "f8"),
        ("transfer", "f8"), ("transfer_carry", "f8"), ("may_return", "f8"), ("boats_tolerated", "f8"),
        ("interception", "f8"), ("stay_at_hub", "f8"), ("return_price", "f8"), ("return_offer", "f8"),
        ("assisted_return", "f8"),
    ]
)  # fmt: skip
ZONE = np.dtype(
    [
        ("place", "i8"), ("state", "i8"), ("capacity", "i8"), ("room", "i8"), ("steering", "f8"),
        ("hazard_factor", "f8"), ("evacuation", "f8"), ("success", "f8"), ("cumulative", "f8"),
        ("rush", "f8"),
    ]
)  # fmt: skip
SECTION = np.dtype(
    [
        ("agency", "i8"), ("length", "f8"), ("terrain", "f8"), ("barrier", "f8"), ("surveillance", "f8"),
        ("officers", "f8"), ("capacity", "f8"), ("carry", "f8"), ("patrols", "i8"), ("detection_factor", "f8"),
        ("hazard_factor", "f8"), ("good", "f8"), ("bad", "f8"), ("success", "f8"),
        ("is_point", "i8"), ("hours", "f8"), ("claims", "f8"), ("places", "i8"), ("places_carry", "f8"), ("rush", "i8"),
    ]
)  # fmt: skip
# One record per border zone and section, row-major: whether and how the section is within reach.
REACH = np.dtype([("within", "i8"), ("constant", "f8"), ("cumulative", "f8"), ("detection", "f8")])
# One record per clock: people of one cohort who wait at one place in one way, and the hazards that they share.
CLOCK = np.dtype(
    [
        ("kind", "i8"), ("status", "i8"), ("cohort", "i8"), ("place", "i8"), ("state", "i8"), ("zone", "i8"),
        ("entries", "i8"), ("is_exact", "i8"),
    ]
)  # fmt: skip
AGENCY = np.dtype(
    [
        ("place", "i8"), ("turn_back", "f8"), ("reception", "f8"), ("procedure_factor", "f8"), ("turning_back", "f8"),
    ]
)  # fmt: skip
# One record per agency and cohort: the parts of an agency's procedure that may differ by cohort.
PROCEDURE = np.dtype(
    [(name, "f8") for name, field in BorderAgency.model_fields.items() if is_by_cohort(field.annotation)]
)
RETURN_FLIGHT = np.dtype([("state", "i8"), ("seats", "i8"), ("weekly", "f8"), ("carry", "f8"), ("offered", "i8")])
# A queue's first and last block (-1 for none), where in the first block it begins, and how many wait.
QUEUE = np.dtype([("head", "i8"), ("tail", "i8"), ("first", "i8"), ("length", "i8")])
BLOCK_ROOM = 14
BUCKETS = 4096
# Attempts of one day, passed from the process that makes them to the one that decides what follows.
ATTEMPT = np.dtype([("row", "i4"), ("zone", "i4"), ("section", "i4"), ("result", "i4")])
# Results of an approach: turned round at the sight of guards; gave itself up; crossed unseen; was seen, but no patrol
# was free; was intercepted. At a crossing point: claims protection; is admitted; is not, for want of places.
WITHDRAWN, PRESENTED, UNDETECTED, OVERLOADED, STOPPED, CLAIMED, ADMITTED, REFUSED = range(8)

# What is counted per day and section, and per day and pair of cohort and route.
SECTION_FLOWS = (
    "approaches", "withdrawals", "attempts", "recorded", "patrol_calls", "self_presentations", "turn_backs",
    "procedures", "crossings", "overload_crossings", "deaths", "injuries", "claims", "claims_admitted",
    "claims_refused",
)  # fmt: skip
(
    S_APPROACHES, S_WITHDRAWALS, S_ATTEMPTS, S_RECORDED, S_PATROL_CALLS, S_SELF_PRESENTATIONS, S_TURN_BACKS,
    S_PROCEDURES, S_CROSSINGS, S_OVERLOAD, S_DEATHS, S_INJURIES, S_CLAIMS, S_CLAIMS_ADMITTED, S_CLAIMS_REFUSED,
) = range(len(SECTION_FLOWS))  # fmt: skip
PAIR_FLOWS = (
    "set_out", "boarded", "arrived_at_hub", "reached_border", "attempts", "turn_backs", "crossed", "procedures",
    "onward", "stranded", "returned", "deaths", "injuries", "embarked", "landed", "intercepted", "diverted",
    "gave_up_booking", "left_procedure", "moved_on", "evacuated", "approaches", "claims",
    "claims_admitted",
)  # fmt: skip
(
    F_SET_OUT, F_BOARDED, F_ARRIVED, F_REACHED_BORDER, F_ATTEMPTS, F_TURN_BACKS, F_CROSSED, F_PROCEDURES,
    F_ONWARD, F_STRANDED, F_RETURNED, F_DEATHS, F_INJURIES, F_EMBARKED, F_LANDED, F_INTERCEPTED, F_DIVERTED,
    F_GAVE_UP_BOOKING, F_LEFT_PROCEDURE, F_MOVED_ON, F_EVACUATED, F_APPROACHES, F_CLAIMS,
    F_CLAIMS_ADMITTED,
) = codes(len(PAIR_FLOWS))  # fmt: skip
ROUTE_FLOWS = ("departures", "seats", "boarded")
R_DEPARTURES, R_SEATS, R_BOARDED = range(len(ROUTE_FLOWS))

# Counters: today's attempts, migrant-events so far, the pool of blocks, and where the ledger does not balance: which
# law, for which cohort, route or section, the count, and the right number.
COUNTERS = 8
(N_ATTEMPTS, N_EVENTS, N_FREE_BLOCK, N_USED_BLOCKS, N_BROKEN, N_BROKEN_AT, N_COUNTED, N_RIGHT) = range(COUNTERS)

# The calendar in which a waiting migrant is entered.
CALENDARS = 8
(C_VISA, C_ARRIVAL, C_HUB, C_PROCEDURE, C_ONWARD, C_COAST, C_RECONSIDER, C_HELD_UP) = codes(CALENDARS)

# The clock on which a waiting person's hazards run: in line for transfer, before the first attempt, between attempts,
# or stranded; and what may happen first.
KINDS = 4
(K_QUEUE, K_FIRST, K_AGAIN, K_STRANDED) = codes(KINDS)
CAUSES = 6
(TRIES, GIVES_UP, GOES_HOME, IS_ASSISTED, MOVES_ON, IS_EVACUATED) = codes(CAUSES)
RING = 512  # buckets of a clock's waiting list

# Parameters of the rules, as in the schema: part of the scenario, its entry, and the prefix of its fields here.
PARAMETER_ENTRIES: tuple[tuple[str, type[Entry], str], ...] = (
    ("behaviour", Behaviour, ""),
    ("detection", Detection, "detection_"),
    ("hazards", Hazards, "hazard_"),
    ("information", Information, "news_"),
)
PARAMETERS = np.dtype(
    [(prefix + name, "f8") for _, entry, prefix in PARAMETER_ENTRIES for name in entry.model_fields]
    + [(name, "f8") for name in ("cold", "visibility", "calm_sea", "sea_persistence")]
)

Table = npt.NDArray[Any]


class World(NamedTuple):
    """All tables of one run. Shapes: n migrants, D days, S sections, P pairs, R routes, Z zones."""

    rows: Table  # (n,) rows.ROW
    calendar: Table  # (CALENDARS, D + 1) int32: first block of those due on the day, -1 for nobody
    blocks: Table  # (pool, 2 + BLOCK_ROOM) int32: next block, count, row numbers
    queues: Table  # numbered by `sim.engine.queues`: visas and transfer by state, seats and the held up by route
    services: Table
    routes: Table
    pairs: Table  # sorted by cohort, then route
    pair_of: Table  # (cohorts, R) int32, -1 where the route is not open to the cohort
    cohorts: Table
    states: Table
    zones: Table
    sections: Table
    reach: Table  # (Z * S,)
    zone_at: Table  # (places,) int64: zone at a place, -1 where there is none
    clocks: Table  # (G,) CLOCK: kind and place in rows, cohorts in sequence
    clock_at: Table  # (KINDS, places) int64: the clock of the first cohort, -1 where nobody waits in that way
    hazards: Table  # (G, CAUSES) float64 per day, today
    elapsed: Table  # (D + 1, G) float64: cumulative hazard at the start of the day
    exposed: Table  # (D + 1, G) float64: cumulative exposure (mild days outdoors in the open) at the start of the day
    waiting: Table  # (G, RING) int32: first block of those whose resistance lies in a bucket of the clock
    agencies: Table
    procedures: Table  # (agencies, cohorts) PROCEDURE
    return_flights: Table
    return_barred: Table  # (return flights, cohorts) int8
    p: Table  # (cohorts,) PARAMETERS; those that belong to no cohort are the same in all
    timetable: Table  # (D, R) int32 extra departures
    timetable_seats: Table  # (D, R) int32 seats of the extra departures
    stocks: Table  # (cohorts, places, statuses) int64, now
    stocks_by_cohort: Table  # (D, cohorts, statuses) int32, end of day
    stocks_by_place: Table  # (D, places, statuses) int32, end of day
    section_flows: Table  # (D, S, SECTION_FLOWS) int32
    section_capacity: Table  # (D, S) float64 attempts per day
    section_detection: Table  # (D, S) float64 probability
    pair_flows: Table  # (D, P, PAIR_FLOWS) int32
    route_flows: Table  # (D, R, ROUTE_FLOWS) int32
    told: Table  # (D, P, 2) float64: what there is to tell at home of those who came by a pair, good and bad
    attempts_by_pair: Table  # (S, P) int64, whole run
    attempts: Table  # (n or fewer,) ATTEMPT, of today
    keys: Table  # scratch, (as attempts) uint64
    who: Table  # scratch, (as attempts) int32
    buckets: Table  # scratch, (BUCKETS,) int32
    counters: Table  # (COUNTERS,) int64
    environment: Table  # (R,) uint64 keys of weather and boats by route


# What extensions add: flows, counted in further columns of `pair_flows`; and tables, built from a resolved scenario and
# the tables that ship.
extra_flows: list[str] = []
extra_tables: dict[str, Callable[[Any, World], Table]] = {}


@lru_cache(maxsize=8)
def world_class(extra: tuple[str, ...]) -> type[World]:
    """Return `World`, or a class with further tables after those of `World`."""
    if not extra:
        return World
    fields = [(name, Table) for name in (*World._fields, *extra)]
    return NamedTuple("World", fields)  # type: ignore[return-value]
