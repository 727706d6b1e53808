"""Work in the background: what is told of it and when, by a clock of the test; what is kept, and what is deleted."""

from __future__ import annotations

import gc
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError
from sim.view import background
from sim.view.background import Background, Job, Progress, spare_pool
from tests.unit.view.parts import done


class Clock:
    """Time as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(background, "time", made)
    return made


def test_rate_and_time_left_follow_from_what_is_done() -> None:
    assert (Progress().rate, Progress().left) == (0.0, None)
    now = Progress("running", done=4, total=10, seconds=2.0)
    assert (now.rate, now.left) == (2.0, 3.0)
    assert (replace(now, seconds=0.5).rate, replace(now, seconds=0.5).left) == (8.0, 0.75)
    assert (replace(now, done=0).rate, replace(now, done=0).left) == (0.0, None)
    assert Progress("running", done=1, total=5, seconds=4).left == 16
    assert Progress() == Progress("idle", 0, 0, 0, 0.0, "", None)


def test_one_core_is_left_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, workers in ((4, 3), (2, 1), (1, 1)):
        monkeypatch.setattr(background, "available_cores", lambda cores=cores: cores)
        assert spare_pool().workers == workers


def test_progress_is_told_at_the_end_and_no_more_often_than_the_pause(clock: Clock) -> None:
    told: list[tuple[Any, ...]] = []
    job = Job(lambda now: told.append((now.state, now.done, now.total, now.failed, now.seconds, now.result)))

    def work(report: Callable[[int, int, int], None]) -> str:
        # The pause counts from the last report that was told.
        for moment, count, failed in (
            (100.1, 1, 0),
            (100.15625, 2, 1),
            (100.25, 3, 1),
            (100.3125, 4, 1),
            (100.3125, 9, 2),
        ):
            clock.now = moment
            report(count, 9, failed)
        return "found"

    assert job.begin(work, 9)
    assert done(job) == Progress("done", 9, 9, 2, 0.3125, "", "found")
    assert told == [
        ("running", 0, 9, 0, 0.0, None), ("running", 2, 9, 1, 0.15625, None), ("running", 4, 9, 1, 0.3125, None),
        ("running", 9, 9, 2, 0.3125, None), ("done", 9, 9, 2, 0.3125, "found"),
    ]  # fmt: skip


def test_a_report_is_told_once_the_pause_is_just_over(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "LEAST_PAUSE", 0.5)
    told: list[int] = []
    job = Job(lambda now: told.append(now.done))

    def work(report: Callable[[int, int, int], None]) -> None:
        for moment, count in ((100.25, 1), (100.5, 2), (100.75, 3), (101.0, 4)):
            clock.now = moment
            report(count, 9, 0)

    job.begin(work)
    done(job)
    assert told == [0, 2, 4, 4]


def test_what_goes_wrong_is_told_and_the_last_result_stays() -> None:
    job, told = Job(), list[Progress]()
    job.tell = told.append
    assert not job.busy
    assert job.wait()
    job.begin(lambda report: "first", 3)
    assert done(job).result == "first"
    for error, words in (
        (OutputError("no room"), "no room"), (ScenarioError("found x"), "found x"), (KeyError("y"), "KeyError: 'y'"),
        (ValueError("z"), "ValueError: z"),
    ):  # fmt: skip

        def work(report: Any, error: Exception = error) -> None:
            raise error

        assert job.begin(work, 7)
        assert done(job) == Progress("failed", error=words, result="first")
    assert told[-2:] == [Progress("running", total=7, result="first"), job.progress]
    assert job.begin(lambda report: "second")
    assert done(job) == Progress("done", result="second")
    job.forget()
    assert job.progress == Progress() == told[-1]


class Held:
    """Work that goes on when it may, and tells that it has begun."""

    def __init__(self) -> None:
        self.begun, self.may = threading.Event(), threading.Event()

    def __call__(self, report: Callable[[int, int, int], None]) -> str:
        report(1, 1, 0)
        self.begun.set()
        assert self.may.wait(30)
        return "found"


def test_while_one_is_under_way_no_other_begins_and_nothing_is_forgotten() -> None:
    job, work = Job(), Held()
    assert job.begin(work, 1)
    assert work.begun.wait(30)
    assert job.busy
    assert not job.begin(lambda report: "other")
    assert not job.wait(0)
    job.forget()
    assert (job.progress.state, job.progress.done) == ("running", 1)
    work.may.set()
    assert done(job).result == "found"
    assert not job.busy


def test_what_is_cancelled_leaves_the_last_result_and_ends_without_its_own() -> None:
    job, stopped, work = Job(), list[bool](), Held()
    job._stop = lambda: stopped.append(True)  # type: ignore[method-assign]
    job.cancel()
    assert (job.progress, stopped) == (Progress(), [])
    job.begin(lambda report: "kept")
    done(job)
    job.begin(work, 1)
    assert work.begun.wait(30)
    job.cancel()
    assert (job.progress.state, job.progress.done, job.progress.result, stopped) == ("cancelling", 1, "kept", [True])
    work.may.set()
    assert done(job) == Progress("cancelled", result="kept")
    assert job.begin(lambda report: report(1, 2, 0) or "again")  # an earlier end does not touch the next
    assert done(job).result == "again"


class Slow(Job):
    """Takes its time to tell of the end."""

    def _say(self, progress: Progress) -> None:
        threading.Event().wait(0.2 if progress.state == "done" else 0)
        super()._say(progress)


def test_whoever_waits_for_the_end_meets_what_it_came_to() -> None:
    job = Slow()
    assert job.begin(lambda report: "found")
    while job.busy:
        pass
    assert job.wait(30)
    assert job.progress == Progress("done", result="found")


def test_a_report_of_what_was_cancelled_ends_it() -> None:
    job, work, after = Job(), Held(), list[bool]()

    def two(report: Callable[[int, int, int], None]) -> None:
        work(report)
        report(1, 1, 0)
        after.append(True)

    job.begin(two)
    assert work.begun.wait(30)
    job.cancel()
    work.may.set()
    assert (done(job), after) == (Progress("cancelled"), [])


def test_what_is_closed_tells_nothing_and_begins_nothing_more() -> None:
    job, work, told = Job(), Held(), list[Progress]()
    job.tell = told.append
    job.begin(work)
    assert work.begun.wait(30)
    job.close()
    count = len(told)
    work.may.set()
    assert done(job) == Progress()
    assert len(told) == count
    assert not job.begin(lambda report: None)
    assert not job.busy
    job.forget()
    assert len(told) == count


class Place:
    """A place of work that is only told to stop."""

    stopped = 0

    def stop(self) -> None:
        self.stopped += 1


PLAN: Any = SimpleNamespace(runs=[1, 2, 3])


@pytest.fixture
def studies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Studies that are a file in a folder; ``act`` is what happens meanwhile."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = SimpleNamespace(act=lambda folder: None, folders=lambda: sorted(tmp_path.iterdir()), places=[])

    def carried_out(plan: Any, folder: Path, *, place: Any, progress: Any) -> Any:
        made.places.append(place)
        progress(1, 3, 0)
        (folder / "study").write_text("study")
        made.act(folder)
        return SimpleNamespace(failed=[2], folder=folder)

    monkeypatch.setattr(background, "carry_out", carried_out)
    return made


def test_the_folder_of_the_last_study_is_kept_until_it_is_closed(studies: Any) -> None:
    place = Place()
    work = Background(lambda study: study.folder, place=lambda: place)
    told: list[Progress] = []
    work.tell = told.append
    assert work.folder is None
    assert work.start(PLAN)
    now = done(work)
    assert (now.state, now.done, now.total, now.failed, now.result) == ("done", 3, 3, 1, work.folder)
    assert (told[0].state, told[0].total) == ("running", 3)
    assert studies.folders() == [work.folder]
    assert work.folder is not None and work.folder.name.startswith("corridor-view-")
    assert (work._place, place.stopped) == (None, 0)
    before = work.folder
    work.start(PLAN)
    assert done(work).state == "done"
    assert studies.folders() == [work.folder] != [before]
    work.close()
    assert (studies.folders(), work.folder) == ([], None)


def test_a_study_that_fails_leaves_no_folder_and_its_error_does_not_name_it(studies: Any) -> None:
    def broken(folder: Path) -> None:
        raise OutputError(f"{folder}: no room")

    work = Background(lambda study: "first", place=Place)
    work.start(PLAN)
    done(work)
    kept, studies.act = work.folder, broken
    work.start(PLAN)
    assert done(work) == Progress("failed", error="no room", result="first")
    assert (studies.folders(), work.folder, work._place) == ([kept], kept, None)
    studies.act = lambda folder: 1 / 0
    work.start(PLAN)
    assert done(work).error == "ZeroDivisionError: division by zero"
    assert studies.folders() == [kept]


def test_where_it_is_done_is_told_to_stop_when_it_is_cancelled(studies: Any) -> None:
    place, begun, may = Place(), threading.Event(), threading.Event()

    def held(folder: Path) -> None:
        begun.set()
        assert may.wait(30)

    studies.act = held
    work = Background(lambda study: "found", place=lambda: place)
    work.start(PLAN)
    assert begun.wait(30)
    work.cancel()
    assert place.stopped == 1
    may.set()
    assert done(work) == Progress("cancelled")
    assert (studies.folders(), studies.places) == ([], [place])


def test_what_ends_after_the_tab_was_closed_leaves_no_folder(studies: Any) -> None:
    work = Background(lambda study: "found", place=Place)
    folder = Path(tempfile.mkdtemp())
    work._closed = True
    work._keep(folder)
    assert (studies.folders(), work.folder) == ([], None)


def test_what_is_dropped_takes_its_folder_with_it(studies: Any) -> None:
    work = Background(lambda study: "found", place=Place)
    work.start(PLAN)
    done(work)
    assert len(studies.folders()) == 1
    del work
    gc.collect()
    assert studies.folders() == []
