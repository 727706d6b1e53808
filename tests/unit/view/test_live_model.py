"""The pace of a page, and a model that keeps to it; its own days of a longer run."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from sim.view import live_model
from sim.view.live_model import Pace, WatchedModel
from tests.strategies import START, tiny_scenario


class Changed:
    """A condition that notes what is waited for and when others are told."""

    def __init__(self) -> None:
        self.waits: list[tuple[bool, float]] = []
        self.told = 0

    def __enter__(self) -> Changed:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def notify_all(self) -> None:
        self.told += 1

    def wait_for(self, condition: Any, longest: float) -> bool:
        self.waits.append((condition(), longest))
        return bool(condition())


@pytest.fixture
def pace() -> Any:
    made: Any = Pace()
    made._changed = Changed()
    return made


def test_frames_are_numbered_and_painting_one_paints_those_before(pace: Any) -> None:
    assert (pace.sent, pace.painted, pace.closed) == (0, 0, False)
    assert [pace.next_frame() for _ in range(3)] == [1, 2, 3]
    pace.paint(2)
    assert (pace.painted, pace._changed.told) == (2, 1)
    pace.paint(1)
    assert (pace.painted, pace._changed.told) == (2, 2), "an earlier frame takes nothing back"


def test_it_waits_until_the_last_frame_is_painted_or_the_page_is_closed(pace: Any) -> None:
    assert pace.wait()
    pace.next_frame()
    assert not pace.wait(0.25)
    pace.paint(1)
    assert pace.wait(0)
    pace.next_frame()
    pace.close()
    assert not pace.wait()
    assert (pace.closed, pace._changed.told) == (True, 2)
    assert pace._changed.waits == [(True, 1.0), (False, 0.25), (True, 0), (True, 1.0)]


class Noted:
    """A pace that notes on which day of a model it is waited for."""

    def __init__(self) -> None:
        self.closed = False
        self.model: Any = None
        self.days: list[int] = []

    def wait(self) -> bool:
        self.days.append(self.model.day)
        return True


def watched(**fields: Any) -> tuple[WatchedModel, Any]:
    pace: Any = Noted()
    pace.model = WatchedModel(tiny_scenario(**fields), pace)
    return pace.model, pace


def test_it_waits_before_each_step_but_not_on_the_way_to_a_day() -> None:
    model, pace = watched(days=20)
    assert model.run_to(5) is model
    assert (model.day, pace.days, model.pace) == (5, [], pace)
    model.step()
    model.step()
    assert (model.day, pace.days) == (7, [5, 6])
    assert model.run_to(7).day == model.run_to(3).day == 7
    assert model.run_to(99).day == 20
    assert (pace.days, model.running) == ([5, 6], False)


def test_when_the_page_is_closed_it_stops_on_the_way_too() -> None:
    model, pace = watched(days=20)
    pace.closed = True
    assert model.run_to(5).day == 0
    assert model.running
    model.step()
    assert (model.running, model.day) == (False, 0)
    without = WatchedModel(tiny_scenario(days=20))
    assert (without.pace, without.run_to(3).day) == (None, 3)
    without.step()
    assert without.day == 4


def test_its_pace_comes_back_when_a_step_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    model, pace = watched(days=20)
    monkeypatch.setattr(live_model.CorridorModel, "step", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        model.run_to(5)
    assert model.pace is pace


def test_two_threads_do_not_step_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model, _ = watched(days=20)
    inside, most, may = [0], [0], threading.Event()

    def step(self: Any) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        may.wait(0.05)
        inside[0] -= 1

    monkeypatch.setattr(live_model.CorridorModel, "step", step)
    threads = [threading.Thread(target=model.step) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == [1]


def test_the_days_of_its_own_and_the_last_date() -> None:
    model, _ = watched(days=20)
    assert (model.before, model.own_day, model.last_date) == (0, 0, START)
    model.run_to(1)
    assert (model.own_day, model.last_date) == (1, START)
    assert model.run_to(4).last_date == START + timedelta(days=3)
    assert "_rows" not in vars(model), "they are the run's by now"


def test_a_window_has_its_own_days_and_waits_as_well() -> None:
    window = tiny_scenario(start=START + timedelta(days=10), days=8, begins=tiny_scenario())
    pace: Any = Noted()
    pace.model = model = WatchedModel(window, pace)
    assert (model.before, model.day, model.own_day, model.source) == (10, 10, 0, window)
    assert model.last_date == window.start
    assert model.run_to(3) is model
    assert (model.day, model.own_day, model.last_date) == (13, 3, window.start + timedelta(days=2))
    model.step()
    assert pace.days == [13]
    assert model.run_to(99).own_day == 8


def test_models_of_the_same_people_do_not_share_their_rows() -> None:
    first, second = WatchedModel(tiny_scenario(days=20)), WatchedModel(tiny_scenario(days=20))
    first.run_to(20)
    assert second.run_to(20).world.section_flows.tolist() == first.world.section_flows.tolist()
    other = WatchedModel(tiny_scenario(days=20, seed=2)).run_to(20)
    assert other.world.pair_flows.tolist() != first.world.pair_flows.tolist()
