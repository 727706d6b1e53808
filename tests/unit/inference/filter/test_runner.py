"""Where runs are done: children of a state together, in parts, and each result in the place of its course."""

from __future__ import annotations

import pickle
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from sim.inference.filter import runner as runner_module
from sim.inference.filter.runner import Runner

DAY = date(2025, 10, 1)


class Executor:
    """Does at once what is submitted, and keeps it."""

    def __init__(self) -> None:
        self.tasks: list[tuple[Any, ...]] = []

    def submit(self, function: Any, *given: Any) -> Any:
        self.tasks.append(given)
        return SimpleNamespace(result=lambda: function(*given))


def made(monkeypatch: pytest.MonkeyPatch, workers: int, told: list[tuple[int, int]] | None = None) -> Any:
    def run(setting: bytes, start: Any, courses: list[Any], origin: Any, keep: bool) -> list[tuple[Any, Any]]:
        return [((start, course), ("after", course) if keep else None) for course in courses]

    def look(setting: bytes, start: Any, courses: list[Any], scenario: Any) -> list[Any]:
        return [(start, course, scenario) for course in courses]

    monkeypatch.setattr(runner_module, "run_particles", run)
    monkeypatch.setattr(runner_module, "look_ahead", look)
    executor = Executor()
    place: Any = SimpleNamespace(workers=workers, open=lambda: executor)
    progress = None if told is None else lambda done, asked: told.append((done, asked))
    setting: Any = {"what": "all share"}
    return Runner(setting, place, progress), executor


def test_results_come_in_the_order_of_their_courses(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    runner, executor = made(monkeypatch, 1, told)
    a, b = "state a", "state b"
    counts, states = runner.run([a, b, a, None, a], [1, 2, 3, 4, 5], DAY, keep=True)
    assert counts == [(a, 1), (b, 2), (a, 3), (None, 4), (a, 5)]
    assert states == [("after", k) for k in range(1, 6)]
    setting = pickle.dumps({"what": "all share"})
    assert executor.tasks == [  # five courses for eight tasks: one in each
        (setting, a, [1], DAY, True), (setting, a, [3], DAY, True), (setting, a, [5], DAY, True),
        (setting, b, [2], DAY, True), (setting, None, [4], DAY, True),
    ]  # fmt: skip
    assert told == [(k, 5) for k in range(1, 6)]
    assert runner.run([a], [9], None, keep=False) == ([(a, 9)], [None])
    assert told[-1] == (6, 6)
    assert runner.look_ahead([b, a], [7, 8], "other") == [(b, 7, "other"), (a, 8, "other")]
    assert executor.tasks[-2:] == [(setting, b, [7], "other"), (setting, a, [8], "other")]
    assert told[-2:] == [(7, 8), (8, 8)]


def test_no_task_is_larger_than_a_fair_part(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    runner, executor = made(monkeypatch, 2, told)
    counts, _ = runner.run([None] * 33, list(range(33)), None, keep=False)  # 33 courses for 16 tasks: 3 at most
    assert [task[2] for task in executor.tasks] == [list(range(k, k + 3)) for k in range(0, 33, 3)]
    assert counts == [(None, k) for k in range(33)]
    assert told == [(k, 33) for k in range(3, 34, 3)]
    executor.tasks.clear()
    runner.look_ahead([None] * 32, list(range(32)), None)
    assert [len(task[2]) for task in executor.tasks] == [2] * 16
    assert told[-1] == (65, 65)


def test_equal_states_that_are_not_the_same_travel_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    runner, executor = made(monkeypatch, 1)
    one, other = ["state"], ["state"]
    runner.run([one, other, one] + [None] * 30, list(range(33)), None, keep=False)
    assert [task[2] for task in executor.tasks[:2]] == [[0, 2], [1]]
    assert runner.look_ahead([], [], None) == []


def test_a_task_that_gives_fewer_results_than_courses_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    runner, _ = made(monkeypatch, 1)
    monkeypatch.setattr(runner_module, "run_particles", lambda *given: [])
    monkeypatch.setattr(runner_module, "look_ahead", lambda *given: [])
    with pytest.raises(ValueError, match="zip"):
        runner.run([None], [1], None, keep=False)
    with pytest.raises(ValueError, match="zip"):
        runner.look_ahead([None], [1], None)
