"""What limits the flow by air and by sea, in two scenarios, made by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

from sim.studies.limits.limits import Limits
from sim.studies.limits.observed import STEPS

FIRST, LAST = date(2025, 10, 1), date(2025, 10, 14)


def week(scenario: str, route: str, number: int, persons: list[float], binding: str = "has_seat") -> dict[str, Any]:
    """Persons at each step in a week, from 0, of the only cohort."""
    about = {"scenario": scenario, "route": route, "cohort": "all", "week": FIRST + timedelta(days=7 * number)}
    return {**about, **dict(zip(STEPS, persons, strict=True)), "binding": binding}


def gain(
    scenario: str, route: str, step: str, easier: str, boarded: float, entered: float, assumed: bool, spread: float = 0
) -> dict[str, Any]:
    """How many more board and get in: the mean, and as much less and more as the replicates differ by."""
    means = {"boarded": boarded, "tried": 0.0, "entered": entered}
    ends = {
        f"{key}_{end}": value + sign * spread
        for key, value in means.items()
        for end, sign in (("low", -1), ("high", 1))
    }
    return {"scenario": scenario, "route": route, "step": step, "easier": easier, "assumed": assumed, **means, **ends}


WEEKS = [
    week("base", "air", 0, [1000, 600, 500, 400, 300, 200, 150, 140, 100], "has_visa"),
    week("base", "air", 1, [500, 300, 250, 200, 150, 100, 75, 70, 50], "has_seat"),
    week("base", "sea", 0, [80, 70, 60, 0, 50, 40, 0, 0, 30], "can_pay"),
    week("ban", "air", 0, [1000, 600, 400, 300, 200, 100, 75, 70, 40], "has_visa"),
    week("ban", "air", 1, [500, 300, 250, 200, 150, 100, 75, 70, 50], "has_visa"),
    week("ban", "sea", 0, [80, 70, 60, 0, 50, 40.3, 0, 0, 30], "can_pay"),
]
GAINS = [
    gain("base", "air", "would_leave", "taste", 0.2, 0.1, True),
    gain("base", "air", "can_pay", "price", 3, 1, False),
    gain("base", "air", "has_visa", "places", 20.4, 7, False, 2),
    gain("base", "air", "has_seat", "flights", 0, 0, True),
    gain("base", "air", "transferred", "buses", 0, 9, True, 1),
    gain("base", "air", "tried", "wait", 0, 0.49, True),
    gain("base", "air", "entered", "patrols", 0, -30, False),
    gain("base", "sea", "can_pay", "price", 0.2, 0.1, True),
    gain("ban", "air", "has_seat", "flights", 1234, 0.5, True),
    gain("ban", "air", "entered", "patrols", 0, 3, True, 3),
]


def limits(weeks: list[dict[str, Any]] | None = None, replicates: int = 2) -> Limits:
    return Limits(pd.DataFrame(weeks or WEEKS), pd.DataFrame(GAINS), replicates, FIRST, LAST, frozenset({"sea"}))
