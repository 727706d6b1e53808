"""Reactions: each morning, which triggers hold, and who begins or ends an answer.

A reaction looks each morning, after the measures of the day and before anybody acts. When its trigger begins to hold,
one keyed draw decides whether its actor answers; the answer begins some days later, and ends after its time or with the
trigger. It never begins while it is in force or has an order pending, nor in the days of rest after its end: a trigger
that begins then is let pass. The kinds of triggers and actions are defined in `sim.scenario.reactions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.engine import tables as t
from sim.engine.streams import draw, name_key, stream

if TYPE_CHECKING:
    from sim.model import CorridorModel

WEEK = 7
NOT = -1  # a day that does not occur
ANSWER = stream("reaction")
LEAST_CAPACITY = 1 / WEEK  # as in `sim.outputs.run_data.border_pressure`
# Flows that a trigger may watch: table, column.
FLOWS = {
    "departures": ("route_flows", t.R_DEPARTURES),
    "boarded": ("route_flows", t.R_BOARDED),
    "arrivals": ("pair_flows", int(t.F_ARRIVED)),
    "landed": ("pair_flows", int(t.F_LANDED)),
    "attempts": ("section_flows", t.S_ATTEMPTS),
    "claims": ("section_flows", t.S_CLAIMS),
}


class Watch:
    """What can be seen in the morning: measures in force today, and what was counted up to yesterday.

    Attributes:
        day: The day of the run that begins.
        answering: Names of the reactions that were in force yesterday.
    """

    def __init__(self, model: CorridorModel) -> None:
        """Watch a model."""
        self.model = model
        self.day = 0
        self.answering: set[str] = set()
        self._sums: dict[str, npt.NDArray[Any]] = {}  # of the last seven days, by table
        self._numbers: dict[tuple[str, tuple[str, ...]], npt.NDArray[Any]] = {}

    def turn(self, day: int, answering: set[str]) -> None:
        """Begin a day."""
        self.day, self.answering = day, answering
        self._sums.clear()

    def in_force(self, measure: str) -> bool:
        """Return whether a measure is in force today."""
        return measure in self.model.measures.in_force

    def expected(self, measure: str) -> bool:
        """Return whether a measure is known, and its day is still to come."""
        entry: Any = self.model.settings.measures[measure]
        start = (entry.start - self.model.settings.start).days
        known = start if entry.announced is None else (entry.announced - self.model.settings.start).days
        return bool(known <= self.day < start + int(entry.lag))

    def is_banned(self, route: str) -> bool:
        """Return whether a ban grounds a carrier of a route, or bars a cohort from it."""
        grounded = any(carrier.bans.get(route) for carrier in self.model.carriers.values())
        return grounded or bool(self.model.world.pairs["barred"][self._rows("pair_flows", (route,))].any())

    def boarded_yesterday(self, routes: Sequence[str]) -> int:
        """Return the persons who boarded on routes yesterday."""
        return int(self.model.world.route_flows[self.day - 1, self._rows("route_flows", routes), t.R_BOARDED].sum())

    def capacity(self, agency: str, days: int) -> float:
        """Return the patrol calls a day that an agency could handle so many days ago; 0 before the run."""
        if self.day < days:
            return 0.0
        return float(self.model.world.section_capacity[self.day - days, self._rows("agency", (agency,))].sum())

    def share_turned_back(self, agency: str) -> float:
        """Return the share of the intercepted that an agency's orders of yesterday turn back."""
        return float(self.model.agencies[agency].record["turn_back"])

    def has_closed(self, agency: str) -> bool:
        """Return whether a crossing point of an agency was closed yesterday."""
        own = self.model.world.sections[self._rows("agency", (agency,))]
        return self.day > 0 and bool(((own["is_point"] != 0) & (own["hours"] <= 0)).any())

    def pressure(self, sections: Sequence[str], agency: str | None) -> float:
        """Return border pressure of sections together, of an agency, or of the most loaded section."""
        if not self.day:
            return 0.0
        calls = self._week("section_flows")[:, t.S_PATROL_CALLS] / WEEK
        capacity = self.model.world.section_capacity[self.day - 1]
        if not sections and agency is None:
            return float((calls / np.maximum(capacity, LEAST_CAPACITY)).max(initial=0.0))
        own = self._rows("agency", (agency,)) if agency is not None else self._rows("section_flows", sections)
        return float(calls[own].sum() / max(capacity[own].sum(), LEAST_CAPACITY))

    def flow(self, name: str, of: Sequence[str]) -> float:
        """Return what was counted in the last seven days of a flow in `FLOWS`, of routes or sections, all if none."""
        table, column = FLOWS[name]
        week = self._week(table)[:, column]
        return float((week[self._rows(table, of)] if of else week).sum())

    def _week(self, table: str) -> npt.NDArray[Any]:
        if table not in self._sums:
            days = getattr(self.model.world, table)[max(self.day - WEEK, 0) : self.day]
            self._sums[table] = days.sum(axis=0)
        return self._sums[table]

    def _rows(self, table: str, names: Sequence[str]) -> npt.NDArray[Any]:
        """Return the numbers of routes, of pairs by route, of sections, or of sections by agency, in a table."""
        key = (table, tuple(names))
        if key not in self._numbers:
            known = self.model.names
            of: Sequence[str] = {
                "route_flows": known.routes,
                "pair_flows": [route for _, route in known.pairs],
                "section_flows": known.sections,
                "agency": [self.model.settings.sections[name].agency for name in known.sections],
            }[table]
            self._numbers[key] = np.flatnonzero(np.isin(of, list(names)))
        return self._numbers[key]


class Answer:
    """One reaction in a run.

    Attributes:
        key: Its key among the factors and additions of levers, which no measure can have.
        held, days: Whether its trigger held yesterday, and the days in a row that count towards that.
        risen: How often the trigger has begun to hold; numbers the draws.
        due: Day on which it is to begin, `NOT` if no order is pending.
        begun: Day on which it began, `NOT` if it is not in force.
        rests: First day on which it may be ordered again.
        periods: First day, and first day after it, of each time in force; `NOT` for an end that is still to come.
        memory: What its action remembers.
    """

    def __init__(self, seed: int, name: str, entry: Any) -> None:
        """Set up a reaction of the scenario of a run."""
        self.name, self.entry, self.actor = name, entry, entry.actor
        self.key = f"reaction {name}"
        self.strength = float(entry.strength)
        self.key_of_draws = name_key(seed, "reaction", name)
        self.held, self.days, self.risen = False, 0, 0
        self.due = self.begun = NOT
        self.rests = 0
        self.periods: list[list[int]] = []
        self.memory: dict[str, float] = {}

    def look(self, watch: Watch) -> None:
        """Look at the trigger; give the order if it begins to hold, and take it back if it holds no longer."""
        entry, day = self.entry, watch.day
        held = self.held
        self.held, self.days = entry.when.look(watch, held, self.days)
        if self.held and not held:
            number, self.risen = self.risen, self.risen + 1
            free = self.due == NOT and self.begun == NOT and day >= self.rests
            if free and draw(self.key_of_draws, ANSWER, number) < entry.probability:
                self.due = day + int(entry.after)
        elif self.due != NOT and entry.until is None and not self.held:
            self.due = NOT

    def is_over(self, day: int) -> bool:
        """Return whether it is in force and ends today."""
        if self.begun == NOT:
            return False
        return not self.held if self.entry.until is None else day >= self.begun + int(self.entry.until)

    def begin(self, model: CorridorModel, day: int) -> None:
        """Take effect."""
        self.due, self.begun = NOT, day
        self.periods.append([day, NOT])
        self.entry.do.apply(model, self, True)

    def end(self, model: CorridorModel, day: int) -> None:
        """Take back what it does."""
        self.begun, self.rests = NOT, day + int(self.entry.rest)
        self.periods[-1][1] = day
        self.entry.do.apply(model, self, False)


class Reactions:
    """The reactions of a run, by name; those of strength 0 stand among them and never act."""

    def __init__(self, model: CorridorModel) -> None:
        """Set up the reactions of a model's scenario: none if nobody answers in it."""
        scenario = model.settings
        self.model = model
        self.watch = Watch(model)
        self.answers = [Answer(scenario.seed, name, entry) for name, entry in sorted(scenario.acting().items())]
        self._acting = [answer for answer in self.answers if answer.strength > 0]

    def turn(self, day: int) -> None:
        """Look at all triggers in the morning; end and begin answers, and let those in force go on."""
        if not self._acting:
            return
        self.watch.turn(day, {answer.name for answer in self._acting if answer.begun != NOT})
        for answer in self._acting:
            answer.look(self.watch)
            if answer.is_over(day):
                answer.end(self.model, day)
        for answer in self._acting:
            if answer.due == day:
                answer.begin(self.model, day)
            if answer.begun != NOT and answer.entry.do.steps:
                answer.entry.do.step(self.model, answer, day - answer.begun)
