"""What the oracle knows of a person, a pair of cohort and route, a section or a zone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import mesa
import numpy as np

from sim.engine import rows as pop
from sim.engine import streams as st
from sim.model import CorridorModel

MASK = (1 << 64) - 1


class Table(list[Any]):
    """A list that knows its shape, as rules expect of a table."""

    @property
    def shape(self) -> tuple[int]:
        return (len(self),)


def hashed(number: int) -> int:
    """The finaliser of splitmix64, in whole numbers."""
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def keys_of(seed: int, cohort: str, size: int) -> list[int]:
    """The keys of a cohort's people, as `sim.engine.streams` defines them, in whole numbers of any size."""
    base = int(st.name_key(seed, "cohort", cohort))
    return sorted(
        hashed((hashed((base + i * 0x9E3779B97F4A7C15) & MASK) + 0xD6E8FEB86659FD93) & MASK) for i in range(size)
    )


class OracleMigrant(mesa.Agent):
    """One migrant with its own attributes; no rows, no views."""

    def __init__(self, model: CorridorModel, key: int, cohort: int, place: int) -> None:
        super().__init__(model)
        self.key = np.uint64(key)
        self.resistance = -math.log1p(-key / 2.0**64) if key / 2.0**64 < 1.0 else math.inf
        self.cohort, self.place = cohort, place
        self.status = pop.PROSPECT
        self.route = self.section = pop.NOWHERE
        self.since = self.due = self.arrived = self.outdoors = self.waits = self.flags = 0
        self.attempts = self.voyages = self.bookings = 0
        self.begun = self.begun_exposure = 0.0  # of its clock, when the present wait began
        self.funds = 0.0
        self.has_left = False

    @property
    def funds(self) -> np.float32:
        """USD, in single precision as in the rows."""
        return self._funds

    @funds.setter
    def funds(self, value: float) -> None:
        self._funds = np.float32(value)


@dataclass
class Pair:
    """What a cohort thinks of a route."""

    cohort: int
    route: int
    taste: float
    prior: float
    success: float
    share: float = 0.0
    good: float = 0.0
    bad: float = 0.0


@dataclass
class Part:
    """What the oracle keeps of a section or a zone: news, shares, patrols."""

    number: int
    state: int = 0
    good: float = 0.0
    bad: float = 0.0
    success: float = 0.5
    carry: float = 0.0
    cumulative: float = 0.0
    within: bool = False
    detection: float = 0.0
    numbers: list[int] = field(default_factory=list)
