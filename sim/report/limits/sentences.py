"""What limits the flow, in words."""

from __future__ import annotations

from sim.report.words import listed
from sim.studies.limits.limits import LEAST, NOTHING, Limits, binding, spans
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
_MOST = 6  # spans that are listed; of more, only the last


def sentences(limits: Limits, scenario: str, route: str) -> list[str]:
    """Return what binds a route and what does not, and from when to when."""
    gains = limits.gains[(limits.gains["scenario"] == scenario) & (limits.gains["route"] == route)].set_index("step")
    departing, beyond = binding(limits, scenario, route)
    lines = []
    for step, gain, what in ((departing, "boarded", "how many board"), (beyond, "entered", "how many get in")):
        if step == NOTHING:
            continue
        row = gains.loc[step]
        about = ", an assumption" if row["assumed"] else ""
        lines.append(
            f"What limits {what}: {_LIMITS[step]}{about}. A tenth easier ({row['easier']}): {row[gain]:+,.0f} persons."
        )
    idle = [_LIMITS[str(step)] for step, row in gains.iterrows() if abs(row["boarded"]) < LEAST > abs(row["entered"])]
    if idle:
        lines.append(f"What does not: {listed(idle)} (a tenth more changes nothing).")
    found = spans(limits, scenario, route)
    if len(found) > 1:
        told = found if len(found) <= _MOST else found[-_MOST:]
        words = [f"{TITLES.get(step, step)} from {first}" for step, first, _ in told]
        lines.append(f"By week{'' if told is found else ', at the end'}: {', '.join(words)}.")
    return lines
