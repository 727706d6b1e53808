"""A model for the browser: it waits until its last day is painted, and stops when the page is closed."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from threading import Condition, RLock
from typing import Any, Self

from sim.engine.build import names_of, population
from sim.engine.memory import aligned
from sim.engine.rows import ROW, Population, new_rows
from sim.model import CorridorModel
from sim.scenario import Scenario, resolve
from sim.scenario.timetable import timetabled
from sim.states.state import put_state
from sim.states.window import days_before
from sim.view.state.window import begun

LONGEST_WAIT = 1.0  # seconds; a tab in the background paints about once a second


class Pace:
    """Backpressure from the browser's painting to the model's steps, which Mesa's `ModelController` lacks.

    Frames are numbered. `wait` returns as soon as the last frame sent has been painted.
    """

    def __init__(self) -> None:
        """Start with no frame sent."""
        self.sent = self.painted = 0
        self.closed = False
        self._changed = Condition()

    def next_frame(self) -> int:
        """Return the number of the next frame to send."""
        with self._changed:
            self.sent += 1
            return self.sent

    def paint(self, frame: int) -> None:
        """Record that the browser has painted a frame (and with it all earlier ones)."""
        with self._changed:
            self.painted = max(self.painted, frame)
            self._changed.notify_all()

    def close(self) -> None:
        """End the session: no more frames will be painted."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def wait(self, longest: float | None = None) -> bool:
        """Wait for the browser, at most ``longest`` seconds (1); return whether it has caught up."""
        most = LONGEST_WAIT if longest is None else longest
        with self._changed:
            self._changed.wait_for(lambda: self.closed or self.painted >= self.sent, most)
            return self.painted >= self.sent


@lru_cache(maxsize=2)  # 32 bytes a migrant each
def _first_rows(people: Population) -> Any:
    return new_rows(people)


class WatchedModel(CorridorModel):
    """A `CorridorModel` for Mesa's `ModelController` and `SolaraViz`.

    It differs in two ways. Its parameter is called ``settings``: Mesa's reset would fill a parameter called
    ``scenario`` with Mesa's own scenario and lose every value of the YAML. And it waits for ``pace`` before
    a step, so that a fast run does not freeze the page.

    If the scenario begins from another run, that is run first, and the model has its days, too (`settings`, `day`).

    Args:
        settings: A scenario; distributions take their central values, as in a single run on the command line.
        pace: Waited for before each step; no waiting if None.

    Attributes:
        source: ``settings`` as given, including distributions.
        before: Days of the run before the scenario's own first day, 0 unless it begins from another run.
    """

    def __init__(self, settings: Scenario, pace: Pace | None = None) -> None:
        """Build the world of a scenario at its first day; raises ScenarioError if it cannot begin from another run."""
        self.source = settings
        self.before = days_before(settings)
        self._step_lock = RLock()
        self.pace = pace
        if settings.begins is not None:
            put_state(self, begun(settings))
            self._with_kernel(self)
            return
        scenario = resolve(settings)
        first = _first_rows(population(scenario, names_of(scenario)))  # no lever changes them, and sorting takes long
        self._rows = aligned(first.shape, ROW)
        self._rows[:] = first
        super().__init__(scenario, timetable=timetabled(settings))
        del self._rows

    def step(self) -> None:
        """Simulate one day, once the browser has painted the last one."""
        if self.pace is not None:
            self.pace.wait()
            if self.pace.closed:
                self.running = False
        with self._step_lock:
            super().step()

    def run_to(self, day: int) -> Self:
        """Step without waiting until ``day`` days of the scenario's own have been run, or the run ends."""
        pace, self.pace = self.pace, None
        try:
            while self.running and self.own_day < day and not (pace is not None and pace.closed):
                self.step()
        finally:
            self.pace = pace
        return self

    @property
    def own_day(self) -> int:
        """Return how many of the scenario's own days have been run."""
        return self.day - self.before

    @property
    def last_date(self) -> date:
        """Return the date of the last of its own days that was run, or of the first day before that."""
        return date.fromordinal(self.source.start.toordinal() + max(self.own_day - 1, 0))
