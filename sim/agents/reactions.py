"""Reactions: each morning, which triggers hold, and who begins or ends an answer.

A reaction looks each morning, after the measures of the day and before anybody acts. When its trigger begins to hold,
one keyed draw decides whether its actor answers; the answer begins some days later, and ends after its time or with the
trigger. It never begins while it is in force or has an order pending, nor in the days of rest after its end: a trigger
that begins then is let pass. The kinds of triggers and actions are defined in `sim.scenario.reactions`.

A morning on which nothing turns costs one compiled call, whatever the number of reactions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sim.agents.watch import Watch
from sim.engine import gauges
from sim.engine.streams import draw, name_key, stream

if TYPE_CHECKING:
    from sim.model import CorridorModel

NOT = -1  # a day that does not occur
ANSWER = stream("reaction")


class Answer:
    """One reaction in a run.

    Attributes:
        key: Its key among the factors and additions of levers, which no measure can have.
        gauge: Number of the gauge that its trigger reads; `NOT` if the trigger is asked.
        held: Whether its trigger held yesterday.
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
        self.gauge = NOT
        self.held, self.risen = False, 0
        self.due = self.begun = NOT
        self.rests = 0
        self.periods: list[list[int]] = []
        self.memory: dict[str, float] = {}

    def hear(self, holds: bool, day: int) -> None:
        """Hear whether the trigger holds; give the order if it begins to, and take it back if it does no longer."""
        begins, self.held = holds and not self.held, holds
        if begins:
            number, self.risen = self.risen, self.risen + 1
            free = self.due == NOT and self.begun == NOT and day >= self.rests
            if free and draw(self.key_of_draws, ANSWER, number) < self.entry.probability:
                self.due = day + int(self.entry.after)
        elif not holds and self.entry.until is None:
            self.due = NOT

    def is_over(self, day: int) -> bool:
        """Return whether it is in force and ends today."""
        if self.begun == NOT:
            return False
        return not self.held if self.entry.until is None else day >= self.begun + int(self.entry.until)

    def next_turn(self) -> int:
        """Return the day on which it begins or ends by itself, `NOT` if there is none."""
        if self.begun == NOT or self.entry.until is None:
            return self.due
        return self.begun + int(self.entry.until)

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
    """The reactions of a run, by name; those of strength 0 stand among them and never act.

    Attributes:
        gauges: State of the gauges, shape (gauges, 8), as in `sim.engine.gauges`.
        turns: Days on which a reaction begins or ends by itself.
        stirred: Whether one began or ended yesterday.
    """

    def __init__(self, model: CorridorModel) -> None:
        """Set up the reactions of a model's scenario: none if nobody answers in it."""
        scenario = model.settings
        self.model = model
        self.watch = Watch(model)
        self.answers = [Answer(scenario.seed, name, entry) for name, entry in sorted(scenario.acting().items())]
        self._acting = [answer for answer in self.answers if answer.strength > 0]
        self.gauges, self._limits, self._rows = self._make_gauges()
        w = model.world
        self._seen = (
            *(w.section_flows, w.pair_flows, w.route_flows, w.section_capacity),
            *(w.agencies["turn_back"], w.sections["is_point"], w.sections["hours"]),
            *(self.gauges, self._limits, self._rows, np.zeros(len(model.names.sections), np.int64)),
        )
        self._asks_daily = any(answer.gauge == NOT and answer.entry.when.every_day for answer in self._acting)
        self._dated = {max(day, 0) for name in scenario.measures for day in self.watch.days_of(name)} | {0}
        self.turns: list[int] = []
        self.stirred = False

    def _make_gauges(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """Return a gauge for each acting reaction whose trigger reads one, their limits, and the rows of all."""
        found: list[list[Any]] = []
        limits: list[list[float]] = []
        rows = [np.zeros(0, np.int64)]
        for answer in self._acting:
            reading = answer.entry.when.reading(self.watch)
            if reading is None:
                continue
            above, begins, ends, needed = answer.entry.when.limits()
            first, answer.gauge = sum(map(len, rows)), len(found)
            rows.append(reading.rows)
            found.append([reading.what, reading.column, first, first + len(reading.rows), above, needed, 0, 0])
            limits.append([begins, ends])
        shaped = np.array(found, np.int64).reshape(-1, 8), np.array(limits, np.float64).reshape(-1, 2)
        return *shaped, np.concatenate(rows)

    def turn(self, day: int) -> None:
        """Read all gauges in the morning; end and begin answers, and let those in force go on."""
        if not self._acting:
            return
        turned = gauges.read(*self._seen, day) if len(self.gauges) else 0
        asked = self.stirred or self._asks_daily or day in self._dated
        if turned or asked or day in self.turns:
            self._change(day, asked)
        for answer in self._acting:
            if answer.begun != NOT and answer.entry.do.steps:
                answer.entry.do.step(self.model, answer, day - answer.begun)

    def _change(self, day: int, asked: bool) -> None:
        """Let everybody hear of their triggers; those without a gauge look at theirs only if they are ``asked``."""
        self.watch.day = day
        self.watch.answering = {answer.name for answer in self._acting if answer.begun != NOT}
        self.stirred = False
        for answer in self._acting:
            if answer.gauge != NOT:
                answer.hear(bool(self.gauges[answer.gauge, gauges.HELD]), day)
            elif asked:
                answer.hear(answer.entry.when.look(self.watch), day)
            if answer.is_over(day):
                answer.end(self.model, day)
                self.stirred = True
            if answer.due == day:
                answer.begin(self.model, day)
                self.stirred = True
        self.turns = [answer.next_turn() for answer in self._acting]
