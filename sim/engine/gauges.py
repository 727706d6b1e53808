"""Gauges: the numbers that triggers of reactions watch, read each morning in one compiled call.

A gauge reads what was counted up to yesterday and compares it with a limit. It *holds* once its number has been beyond
the limit for some days in a row, until it is no longer beyond a second one. Only plain arrays are passed: numba takes
longer to see the type of a structured one, or of the whole world, than to read all gauges.
"""

from __future__ import annotations

from typing import Any

from sim.engine.compiled import codes, compiled
from sim.engine.tables import R_BOARDED, S_PATROL_CALLS

WEEK = 7  # days
LEAST_CAPACITY = 1.0 / WEEK  # as in `sim.outputs.run_data.border_pressure`

# What a gauge reads of its rows: the sum of a column over seven days, by section, by cohort and route, by route; border
# pressure of sections together, of the most loaded one; the relative rise of capacity in seven days; the share that an
# agency turns back; crossing points that are closed; days without anybody on routes that had been taken.
(SECTIONS, PAIRS, ROUTES, PRESSURE, WORST_PRESSURE, RISE, TURNED_BACK, CLOSED, EMPTY) = codes(9)

# Columns of a gauge: what it reads, a column of flows, its rows (from first to before last), whether its limits are to
# be exceeded, the days in a row until it holds; whether it held yesterday, and the days in a row so far.
(WHAT, COLUMN, FIRST, LAST, ABOVE, NEEDED, HELD, DAYS) = range(8)
BEGINS, ENDS = range(2)  # columns of the limits


@compiled
def read(
    section_flows: Any, pair_flows: Any, route_flows: Any, capacity: Any, turn_back: Any, is_point: Any, hours: Any,
    gauges: Any, limits: Any, rows: Any, calls: Any, day: int,
) -> int:  # fmt: skip
    """Read all gauges on the morning of a day; return how many begin or cease to hold.

    Flows and capacity are tables of `sim.engine.tables.World`, and the next three columns of them. Gauges have shape
    (n, 8), limits (n, 2), rows those of all gauges; calls is scratch, shape (sections,).
    """
    if day >= WEEK:
        count_calls(section_flows, calls, day)
    turned = 0
    for k in range(gauges.shape[0]):
        gauge = gauges[k]
        own, what = rows[gauge[FIRST] : gauge[LAST]], gauge[WHAT]
        if what == EMPTY:
            gauge[DAYS] = days_empty(route_flows, own, day, gauge[DAYS])
            holds = gauge[DAYS] >= gauge[NEEDED]
        elif what == RISE:
            holds = rises(capacity, own, day, limits[k, BEGINS])
        elif what == TURNED_BACK:
            holds = day > 0 and turn_back[own[0]] >= limits[k, BEGINS]
        elif what == CLOSED:
            holds = day > 0 and any_closed(is_point, hours, own)
        elif day < WEEK:
            holds = False
        elif what in (PRESSURE, WORST_PRESSURE):
            holds = passes(gauge, limits[k], pressure(calls, capacity[day - 1], own, what == WORST_PRESSURE))
        else:
            flows = section_flows if what == SECTIONS else pair_flows if what == PAIRS else route_flows
            holds = passes(gauge, limits[k], week(flows, own, gauge[COLUMN], day))
        turned += 1 if holds != (gauge[HELD] != 0) else 0
        gauge[HELD] = 1 if holds else 0
    return turned


@compiled
def passes(gauge: Any, limits: Any, number: float) -> bool:
    """Return whether a number is beyond its limit, and has been for long enough; counts the days."""
    held = gauge[HELD] != 0
    limit = limits[ENDS] if held else limits[BEGINS]
    beyond = number > limit if gauge[ABOVE] else number < limit
    if not held:
        gauge[DAYS] = gauge[DAYS] + 1 if beyond else 0
    return bool(beyond and (held or gauge[DAYS] >= gauge[NEEDED]))


@compiled
def count_calls(section_flows: Any, calls: Any, day: int) -> None:
    """Write the patrol calls of the seven days before a day, by section."""
    for s in range(calls.shape[0]):
        calls[s] = 0
        for d in range(day - WEEK, day):
            calls[s] += section_flows[d, s, S_PATROL_CALLS]


@compiled
def week(flows: Any, own: Any, column: int, day: int) -> float:
    """Return the sum of a column of flows over the seven days before a day."""
    total = 0.0
    for d in range(day - WEEK, day):
        for row in own:
            total += flows[d, row, column]
    return float(total)


@compiled
def pressure(calls: Any, capacity: Any, own: Any, worst: bool) -> float:
    """Return border pressure of sections together, or of the most loaded, from calls of seven days and capacity."""
    both, room, most = 0.0, 0.0, 0.0
    for row in own:
        both += calls[row]
        room += capacity[row]
        most = max(most, calls[row] / WEEK / max(capacity[row], LEAST_CAPACITY))
    return float(most if worst else both / WEEK / max(room, LEAST_CAPACITY))


@compiled
def rises(capacity: Any, own: Any, day: int, rise: float) -> bool:
    """Return whether the capacity of sections yesterday is higher by a share than seven days before."""
    if day < 1 + WEEK:
        return False
    before, now = 0.0, 0.0
    for row in own:
        before += capacity[day - 1 - WEEK, row]
        now += capacity[day - 1, row]
    return bool(before > 0.0 and now >= before * (1.0 + rise))


@compiled
def any_closed(is_point: Any, hours: Any, own: Any) -> bool:
    """Return whether one of these sections is a crossing point that was closed yesterday."""
    closed = 0
    for row in own:
        if is_point[row] != 0 and hours[row] <= 0.0:
            closed += 1
    return closed > 0


@compiled
def days_empty(route_flows: Any, own: Any, day: int, days: int) -> int:
    """Return the days in a row up to yesterday on which nobody boarded on routes; -1 before anybody has."""
    if day == 0:
        return -1
    boarded = 0
    for row in own:
        boarded += route_flows[day - 1, row, R_BOARDED]
    if boarded > 0:
        return 0
    return days if days < 0 else days + 1
