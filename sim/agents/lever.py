"""Levers: scheduled quantities that an actor sets and measures override, multiply or add to."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

NEVER = 1 << 30


@dataclass
class Lever:
    """Today's value of a scheduled quantity: (override or schedule) times the factors of measures, and additions.

    ``days`` and ``values`` are the schedule: ``values[k]`` (in the quantity's unit) holds from ``days[k]`` (day of the
    run, may be negative) on; before the first it is ``default``. The result is never below ``least``.
    A factor may be phased in: of a factor f with half-life T (days), 1 + (f - 1)(1 - 2^(-t/T)) holds after t days.
    """

    default: float
    days: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    overrides: dict[str, float] = field(default_factory=dict)
    factors: dict[str, tuple[int, float, float]] = field(default_factory=dict)
    additions: dict[str, float] = field(default_factory=dict)
    least: float = -math.inf

    @classmethod
    def of(cls, schedule: Mapping[int, float], default: float) -> Lever:
        """Create a lever from a mapping of days of the run to values."""
        days = sorted(schedule)
        return cls(default, days, [schedule[day] for day in days])

    def at(self, day: int) -> float:
        """Return the value on a day of the run."""
        if self.overrides:
            value = next(reversed(self.overrides.values()))
        else:
            k = bisect_right(self.days, day)
            value = self.values[k - 1] if k else self.default
        for start, factor, half_life in self.factors.values():
            worn_in = 1.0 if half_life <= 0 else 1.0 - 2.0 ** (-(day - start + 1) / half_life)
            value *= 1.0 + (factor - 1.0) * worn_in
        return max(value + sum(self.additions.values()), self.least)

    def next_change(self, day: int) -> int:
        """Return the first day after ``day`` on which the value may differ, apart from measures; `NEVER` if none."""
        if any(half_life > 0 for _, _, half_life in self.factors.values()):
            return day + 1
        k = bisect_right(self.days, day)
        return self.days[k] if k < len(self.days) else NEVER
