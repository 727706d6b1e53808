"""Gauges: the numbers that triggers of reactions watch, read each morning in one compiled call.

A gauge reads what was counted up to yesterday and compares it with a limit. It *holds* once its number has been beyond
``begins`` for ``needed`` days in a row, until it is no longer beyond ``ends``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.engine.compiled import codes, compiled
from sim.engine.tables import R_BOARDED, S_PATROL_CALLS

WEEK = 7  # days
LEAST_CAPACITY = 1.0 / WEEK  # as in `sim.outputs.run_data.border_pressure`

# What a gauge reads of its rows: the sum of a column over seven days, by section, by cohort and route, by route; border
# pressure of sections together, of the most loaded one; the relative rise of capacity in seven days; the share that an
# agency turns back; crossing points that are closed; days without anybody on routes that had been taken.
(SECTIONS, PAIRS, ROUTES, PRESSURE, WORST_PRESSURE, RISE, TURNED_BACK, CLOSED, EMPTY) = codes(9)

GAUGE = np.dtype(
    [
        ("what", "i8"), ("column", "i8"), ("first", "i8"), ("last", "i8"),  # its rows: from first to before last
        ("above", "i8"), ("begins", "f8"), ("ends", "f8"), ("needed", "i8"),
        ("held", "i8"), ("days", "i8"),  # whether it held yesterday; days in a row that count towards that
    ]
)  # fmt: skip


@compiled
def read(w: Any, gauges: Any, rows: Any, day: int) -> int:
    """Read all gauges on the morning of a day; return how many begin or cease to hold."""
    turned = 0
    for k in range(gauges.shape[0]):
        own = rows[gauges["first"][k] : gauges["last"][k]]
        held, days = gauges["held"][k], gauges["days"][k]
        if gauges["what"][k] == EMPTY:
            days = days_empty(w, own, day, days)
            holds = days >= gauges["needed"][k]
        elif gauges["what"][k] == RISE:
            holds = rises(w, own, day, gauges["begins"][k])
        elif gauges["what"][k] == TURNED_BACK:
            holds = day > 0 and w.agencies["turn_back"][own[0]] >= gauges["begins"][k]
        elif gauges["what"][k] == CLOSED:
            holds = day > 0 and closed(w, own) > 0
        elif day < WEEK:
            holds = False
        else:
            number = value(w, gauges["what"][k], gauges["column"][k], own, day)
            limit = gauges["ends"][k] if held else gauges["begins"][k]
            beyond = number > limit if gauges["above"][k] else number < limit
            if not held:
                days = days + 1 if beyond else 0
            holds = beyond and (held or days >= gauges["needed"][k])
        turned += 1 if holds != (held != 0) else 0
        gauges["held"][k] = 1 if holds else 0
        gauges["days"][k] = days
    return turned


@compiled
def value(w: Any, what: int, column: int, own: Any, day: int) -> float:
    """Return the number of the seven days before a day, from the eighth day on."""
    total = 0
    if what == PAIRS:
        for d in range(day - WEEK, day):
            for row in own:
                total += w.pair_flows[d, row, column]
        return float(total)
    if what == ROUTES:
        for d in range(day - WEEK, day):
            for row in own:
                total += w.route_flows[d, row, column]
        return float(total)
    if what == SECTIONS:
        return float(of_sections(w, own, column, day))
    if what == PRESSURE:
        capacity = 0.0
        for row in own:
            capacity += w.section_capacity[day - 1, row]
        return of_sections(w, own, S_PATROL_CALLS, day) / WEEK / max(capacity, LEAST_CAPACITY)
    worst = 0.0
    for k in range(own.shape[0]):
        calls = of_sections(w, own[k : k + 1], S_PATROL_CALLS, day)
        worst = max(worst, calls / WEEK / max(w.section_capacity[day - 1, own[k]], LEAST_CAPACITY))
    return float(worst)


@compiled
def of_sections(w: Any, own: Any, column: int, day: int) -> int:
    """Return the sum of a column of the flows by section over the seven days before a day."""
    total = 0
    for d in range(day - WEEK, day):
        for row in own:
            total += w.section_flows[d, row, column]
    return total


@compiled
def rises(w: Any, own: Any, day: int, rise: float) -> bool:
    """Return whether the capacity of sections yesterday is higher by a share than seven days before."""
    if day < 1 + WEEK:
        return False
    before, now = 0.0, 0.0
    for row in own:
        before += w.section_capacity[day - 1 - WEEK, row]
        now += w.section_capacity[day - 1, row]
    return before > 0.0 and now >= before * (1.0 + rise)


@compiled
def closed(w: Any, own: Any) -> int:
    """Return how many of these sections are crossing points that were closed yesterday."""
    total = 0
    for row in own:
        if w.sections["is_point"][row] != 0 and w.sections["hours"][row] <= 0.0:
            total += 1
    return total


@compiled
def days_empty(w: Any, own: Any, day: int, days: int) -> int:
    """Return the days in a row up to yesterday on which nobody boarded on routes; -1 before anybody has."""
    if day == 0:
        return -1
    boarded = 0
    for row in own:
        boarded += w.route_flows[day - 1, row, R_BOARDED]
    if boarded > 0:
        return 0
    return days if days < 0 else days + 1
