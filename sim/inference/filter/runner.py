"""Where the filter's runs are done: children of one state together, so that it travels once."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inference.filter.engine_runs import Compact, Course, Setting, look_ahead, run_particles
from sim.studies.work.executors import Workplace

Floats = npt.NDArray[np.float64]
_TASKS = 8  # for each worker, so that none waits long for the last


class Runner:
    """Does runs at a workplace.

    Args:
        setting: What all runs share.
        place: Where they are done.
        progress: Called with the number of runs done and requested so far.
    """

    def __init__(self, setting: Setting, place: Workplace, progress: Callable[[int, int], None] | None = None) -> None:
        """Open an executor."""
        self.place, self.progress = place, progress
        self.setting = pickle.dumps(setting)
        self.executor = place.open()
        self.done = self.asked = 0

    def run(
        self, starts: Sequence[Compact | None], courses: Sequence[Course], origin: date | None, *, keep: bool
    ) -> tuple[list[Floats], list[Compact | None]]:
        """Run courses on from their states; return daily counts (channels, days) and states, in their order."""
        self.asked += len(courses)
        tasks: list[tuple[Future[Any], list[int]]] = []
        for start, numbers in self._together(starts):
            own = [courses[k] for k in numbers]
            tasks.append((self.executor.submit(run_particles, self.setting, start, own, origin, keep), numbers))
        counts: list[Any] = [None] * len(courses)
        states: list[Compact | None] = [None] * len(courses)
        for future, numbers in tasks:
            for k, (count, state) in zip(numbers, future.result(), strict=True):
                counts[k], states[k] = count, state
            self.done += len(numbers)
            if self.progress is not None:
                self.progress(self.done, self.asked)
        return counts, states

    def look_ahead(
        self, starts: Sequence[Compact | None], courses: Sequence[Course], scenario: Any
    ) -> list[tuple[Floats, Floats]]:
        """Run courses on from their states; return what comes by week (`engine_runs.look_ahead`), in their order."""
        self.asked += len(courses)
        found: list[Any] = [None] * len(courses)
        tasks = [
            (self.executor.submit(look_ahead, self.setting, start, [courses[k] for k in own], scenario), own)
            for start, own in self._together(starts)
        ]
        for future, numbers in tasks:
            for k, result in zip(numbers, future.result(), strict=True):
                found[k] = result
            self.done += len(numbers)
            if self.progress is not None:
                self.progress(self.done, self.asked)
        return found

    def _together(self, starts: Sequence[Compact | None]) -> list[tuple[Compact | None, list[int]]]:
        """Return groups of courses that go on from the same state, none larger than a fair part."""
        most = max(1, -(-len(starts) // (self.place.workers * _TASKS)))
        groups: dict[int, list[int]] = {}
        for number, start in enumerate(starts):
            groups.setdefault(id(start), []).append(number)
        return [
            (starts[numbers[0]], numbers[k : k + most])
            for numbers in groups.values()
            for k in range(0, len(numbers), most)
        ]
