"""What limits the flow, in words."""

from __future__ import annotations

import pandas as pd

from sim.report.limits.rows import signed
from sim.report.words import listed
from sim.studies.limits.limits import LEAST, NOTHING, Limits, binding, spans, totals
from sim.studies.limits.observed import TITLES

_LIMITS = {
    "would_leave": "how many want to go that way (taste)",
    "can_pay": "the price",
    "has_visa": "visas",
    "has_seat": "seats",
    "transferred": "transfer to the border",
    "tried": "the wait before the first attempt",
    "entered": "detection at the border",
}
_SEVERAL = ("has_visa", "has_seat")
_AT_EACH_END = ("boarded", "entered")  # what the steps before boarding, and those beyond, are judged by
_MOST = 6  # spans that are listed; of more, only the last


def sentences(limits: Limits, scenario: str, route: str) -> list[str]:
    """Return what binds a route and what does not, and from when to when."""
    gains = limits.gains[(limits.gains["scenario"] == scenario) & (limits.gains["route"] == route)].set_index("step")
    lines = []
    for step, gain, what in zip(binding(limits, scenario, route), _AT_EACH_END, ("board", "get in"), strict=True):
        if step == NOTHING:
            continue
        row = gains.loc[step]
        cause = _LIMITS[step] + (", an assumption" if row["assumed"] else "")
        easier = f"A tenth easier ({row['easier']}): {row[gain]:+,.0f} persons."
        lines.append(f"What limits how many {what}: {cause}. {easier}")
    idle = _idle(gains)
    if idle:
        lines.append(f"What does not: {listed(idle)} (a tenth more changes nothing).")
    found = spans(limits, scenario, route)
    if len(found) > 1:
        told = found if len(found) <= _MOST else found[-_MOST:]
        words = [f"{TITLES.get(step, step)} from {first}" for step, first, _ in told]
        lines.append(f"By week{'' if told is found else ', at the end'}: {', '.join(words)}.")
    return lines


def in_short(limits: Limits, scenario: str, route: str, title: str) -> str:
    """Return which steps bind a route, and which do not; empty if nobody boards.

    Args:
        limits: What limits the flow.
        scenario: A scenario of it.
        route: A route of it.
        title: The route's name for readers, and in which scenario.
    """
    if float(totals(limits, scenario, route)["boarded"]) < LEAST:
        return ""
    gains = limits.gains[(limits.gains["scenario"] == scenario) & (limits.gains["route"] == route)].set_index("step")
    told = []
    for step, gain, what in zip(binding(limits, scenario, route), _AT_EACH_END, ("board", "get in"), strict=True):
        if step != NOTHING:
            about = "an assumption" if gains.loc[step]["assumed"] else "sourced"
            more = signed(float(gains.loc[step][gain]))
            limit = "limit" if step in _SEVERAL else "limits"
            told.append(f"{_LIMITS[step]} {limit} how many {what} ({about}; a tenth easier: {more} persons)")
    lead = f"{title}: {' and '.join(told) or 'no step limits the flow'}."
    idle = _idle(gains)
    return f"{lead} A tenth more of what follows changes nothing: {listed(idle)}." if idle else lead


def _idle(gains: pd.DataFrame) -> list[str]:
    """Return the steps that change nothing, in words; ``gains`` are those of a route, by step."""
    return [_LIMITS[str(step)] for step, row in gains.iterrows() if abs(row["boarded"]) < LEAST > abs(row["entered"])]
