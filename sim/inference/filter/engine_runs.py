"""Runs of the engine for particles: from a state, under a posture by month, to counts and a state.

Each process has one model, and puts a particle's state into its tables. Prospects who have not left are the same for
all particles and stay where they are; a state has the rows of those who left, which are a small part of all.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine.rows import AT_BORDER, AT_HUB, STRANDED
from sim.engine.tables import (
    F_DEATHS,
    F_INJURIES,
    F_ONWARD,
    F_RETURNED,
    S_ATTEMPTS,
    S_OVERLOAD,
    S_PATROL_CALLS,
    S_RECORDED,
)  # fmt: skip
from sim.inference.filter.experiment import Posture
from sim.inference.filter.withheld import withhold
from sim.model import CorridorModel
from sim.scenario.schema import Scenario
from sim.states.packed_tables import COUNTED, SCRATCH, Packed
from sim.states.state import State, restored, state_of

Floats = npt.NDArray[np.float64]
OVERRIDE = "filter"  # the name under which the posture is set
WEEKLY = ("attempts", "recorded", "pressure", "peak pressure", "capacity", "overload days")  # by section and week
_LEAST = 0.5  # attempts a day: the capacity of a section that has none
_OVER = 1.0 + 1e-9  # the least load of a day on which a patrol was missing
PEOPLE = ("stranded", "injured", "dead")  # at the end of a week, and in it


class Channel(NamedTuple):
    """What is counted day by day for a series: an output of an agency, or of a transit state."""

    measure: str
    agency: str
    transit_state: str


@dataclass(frozen=True)
class Setting:
    """What all runs of a filter share."""

    scenario: Scenario
    posture: Posture
    channels: tuple[Channel, ...]
    parameters: tuple[str, ...]  # names of parameters of behaviour


class Stretch(NamedTuple):
    """A month, or another stretch of days, under one posture and with the same behaviour."""

    days: int
    posture: tuple[float, ...]
    off: bool
    parameters: tuple[float, ...]  # of behaviour


class Compact(NamedTuple):
    """A state without the rows of prospects who have not left."""

    state: State
    rows: list[npt.NDArray[Any]]  # of those who left, by cohort


Course = tuple[Stretch, ...]  # a run to be done


def run_particles(
    setting: bytes, start: Compact | None, courses: list[Course], origin: date | None, keep: bool
) -> list[tuple[Floats, Compact | None]]:
    """Run courses on from one state; return of each the daily counts by channel, and its state if ``keep``.

    Args:
        setting: What all share, pickled once for all tasks.
        start: The state that they go on from; None for the beginning of the run.
        courses: What to run.
        origin: Day from which on inputs are withheld that were not known before it; None for none.
        keep: Whether states are returned.

    Returns:
        Of each course, counts of shape (channels, days).
    """
    engine = _engine(setting)
    found = []
    for course in courses:
        counts = engine.run(start, course, origin)
        found.append((counts, engine.compact() if keep else None))
    return found


def look_ahead(
    setting: bytes, start: Compact | None, courses: list[Course], scenario: Scenario | None
) -> list[tuple[Floats, Floats]]:
    """Run courses on from one state; return of each what comes by week.

    Args:
        setting: What all share, pickled once for all tasks.
        start: The state that they go on from.
        courses: What to run; of whole weeks.
        scenario: What comes follows this one instead of the setting's.

    Returns:
        Of each course, shapes (weeks, sections, `WEEKLY`) and (weeks, `PEOPLE`).
    """
    return [_engine(setting).look_ahead(start, course, scenario) for course in courses]


@lru_cache(maxsize=1)
def _engine(setting: bytes) -> _Engine:
    """Return this process's engine for a setting, as bytes."""
    return _Engine(pickle.loads(setting))


class _Engine:
    """One model, whose tables are used for one particle after another."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.model = CorridorModel(setting.scenario)
        self.world = self.model.world
        self.prospects = self.world.rows.copy()
        self.cohorts = [(int(c["first"]), int(c["first"] + c["size"])) for c in self.world.cohorts]
        self.reached = 0
        self.first = self.compact()
        names = self.model.names
        self.places = [names.places.index(name) for name in self._places()]
        self.sections = {
            agency: [k for k, s in enumerate(names.sections) if setting.scenario.sections[s].agency == agency]
            for agency in names.agencies
        }

    def _places(self) -> list[str]:
        state = self.setting.posture.transit_state
        scenario = self.setting.scenario
        return [scenario.transit_states[state].hub, *(z for z, e in scenario.zones.items() if e.transit_state == state)]

    def compact(self) -> Compact:
        """Return the state of the model."""
        rows, self.model.world = self.world.rows, self.world._replace(rows=self.world.rows[:0])
        try:
            state = state_of(self.model)
        finally:
            self.model.world = self.world
        left = self.world.cohorts["left"]
        return Compact(state, [rows[a : a + n].copy() for (a, _), n in zip(self.cohorts, left, strict=True)])

    def put(self, compact: Compact) -> None:
        """Make the model one in this state."""
        for (first, _), used in zip(self.cohorts, self.world.cohorts["left"].copy(), strict=True):
            self.world.rows[first : first + used] = self.prospects[first : first + used]
        for name, packed in compact.state.tables.items():
            if name != "rows":
                self._fill(name, packed)
        for (first, _), own in zip(self.cohorts, compact.rows, strict=True):
            self.world.rows[first : first + len(own)] = own
        kernel = self.model._migrants_day, self.model._evening
        self.model = restored(CorridorModel, compact.state, self.world)
        self.model._migrants_day, self.model._evening = kernel

    def _fill(self, name: str, packed: Packed) -> None:
        """Copy a table; of those by day, what lies beyond the days that any run has reached is still zero."""
        if name in SCRATCH:
            return
        table, kept = getattr(self.world, name), len(packed.kept)
        table[:kept] = packed.kept
        if kept < len(table) and name not in COUNTED:
            by_day = len(table) - self.setting.scenario.days in (0, 1)
            table[kept : self.reached if by_day else None] = 0

    def run(self, start: Compact | None, course: Course, origin: date | None) -> Floats:
        """Run a course; return its daily counts by channel, shape (channels, days)."""
        self.put(start or self.first)
        if origin is not None:
            withhold(self.model, origin)
        begun = self.model.day
        self._take(course)
        return np.array([self._daily(channel, begun) for channel in self.setting.channels])

    def look_ahead(self, start: Compact | None, course: Course, scenario: Scenario | None) -> tuple[Floats, Floats]:
        """Run a course; return what comes by week and section, and of the people."""
        self.put(start or self.first)
        here = self.model, self.world
        if scenario is not None:
            self.model = CorridorModel.restore(self.model.state(), scenario)
            self.world = self.model.world
        begun = self.model.day
        self._take(course)
        found = self._by_week(begun), self._people(begun)
        self.model, self.world = here
        return found

    def _take(self, course: Course) -> None:
        """Run the model through a course; of Mesa's clock only the end is set, as its event list costs a third."""
        for stretch in course:
            self._set(stretch)
            for _ in range(stretch.days):
                CorridorModel.step(self.model)
        self.model.steps, self.model.time = self.model.day, float(self.model.day)
        self.reached = max(self.reached, self.model.day + 2)  # clocks are a day ahead

    def _by_week(self, begun: int) -> Floats:
        days = slice(begun, self.model.day)
        flows, capacity = self.world.section_flows[days], self.world.section_capacity[days]
        calls = flows[:, :, S_PATROL_CALLS]
        over = flows[:, :, S_OVERLOAD] > 0
        # Patrols of a day are a whole number around the capacity; above 1 is where one was missing.
        load = calls / np.maximum(capacity, _LEAST)
        peaks = np.where(over, np.maximum(load, _OVER), np.minimum(load, 1.0))
        daily = flows[:, :, S_ATTEMPTS], flows[:, :, S_RECORDED], calls, capacity, over
        attempts, recorded, called, held, days_over = (
            column.reshape(-1, 7, column.shape[1]).sum(axis=1) for column in daily
        )
        pressure = np.where(held > 0, called / np.maximum(held, 1e-9), 0.0)
        peak = peaks.reshape(-1, 7, peaks.shape[1]).max(axis=1)
        return np.stack([attempts, recorded, pressure, peak, held, days_over], axis=2).astype(float)

    def _people(self, begun: int) -> Floats:
        days = slice(begun, self.model.day)
        stranded = self.world.stocks_by_place[days][:, self.places][:, :, STRANDED].sum(axis=1)[6::7]
        flows = self.world.pair_flows[days].sum(axis=1)
        weekly = [flows[:, flow].reshape(-1, 7).sum(axis=1) for flow in (F_INJURIES, F_DEATHS)]
        return np.stack([stranded, *weekly], axis=1).astype(float)

    def _set(self, stretch: Stretch) -> None:
        """Set the posture of the transit state, and behaviour."""
        for name, value in zip(self.setting.parameters, stretch.parameters, strict=True):
            self.world.p[name] = value
        posture, state = self.setting.posture, self.model.states[self.setting.posture.transit_state]
        inflow, facilitation, *steering = stretch.posture
        allowed = 0.0 if stretch.off else posture.visas * float(np.exp(np.clip(inflow, -8, 5)))
        state.override("visas", OVERRIDE, allowed)
        state.override("facilitation", OVERRIDE, 0.0 if stretch.off else float(1 / (1 + np.exp(-facilitation))))
        for zone in state.zones:
            own = [entry.zones.get(zone, 0.0) for entry in posture.steering.values()]
            state.override(f"steering.{zone}", OVERRIDE, float(np.dot(own, steering)))

    def _daily(self, channel: Channel, begun: int) -> Floats:
        world, days = self.world, slice(begun, self.model.day)
        if channel.measure == "recorded_attempts":
            return world.section_flows[days, :, S_RECORDED][:, self.sections[channel.agency]].sum(axis=1)
        if channel.measure == "stock_in_transit_state":
            stocks = world.stocks_by_place[days][:, self.places]
            return stocks[:, :, [AT_HUB, AT_BORDER, STRANDED]].sum(axis=(1, 2))
        flow = {"onward": F_ONWARD, "returned": F_RETURNED}[channel.measure]
        return world.pair_flows[days, :, flow].sum(axis=1)
