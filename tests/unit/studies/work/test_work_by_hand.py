"""Dispatch of chunks, groups and single runs to executors made by hand, and what workers are started with."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import pairwise
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.studies.plan import Plan
from sim.studies.store import spool
from sim.studies.store.store import Store
from sim.studies.work import dispatch as d
from sim.studies.work import executors, fork_server, main_guard
from sim.studies.work.executors import ClusterError, Serial, _wait_for_the_end
from sim.studies.work.fork_server import method, safe_path
from sim.studies.work.main_guard import MainGuardError, _is_guarded, check_main
from sim.studies.work.worker import Task
from tests.unit.studies.store.three import PLAN

RUNS = list(PLAN.runs)


class Place(Serial):
    """Where chunks are done here; of tasks that are named the worker dies, and what is asked for is kept."""

    def __init__(self, deaths: set[Any] | None = None, seconds: float = 0.0, workers: int = 1) -> None:
        self.deaths, self.task_seconds, self.workers = deaths or set(), seconds, workers
        self.opened, self.stopped, self.closed, self.asked = 0, 0, 0, list[Any]()

    def open(self) -> Executor:
        self.opened += 1
        place = self

        class Own(Executor):
            def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
                what = [task.chunk for task in args[0]] if isinstance(args[0], list) else args[1].number
                place.asked.append(what)
                future: Future[Any] = Future()
                if (tuple(what) if isinstance(what, list) else what) in place.deaths:
                    future.set_exception(BrokenExecutor("dead"))
                else:
                    future.set_result(fn(*args))
                return future

        return Own()

    def stop(self) -> None:
        self.stopped += 1

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr("sim.studies.plan.MOST_IN_CHUNK", 2)
    return Plan("replicates", PLAN.scenarios, 5)


def test_chunks_are_done_in_groups_and_progress_is_told(tmp_path: Path, plan: Plan) -> None:
    told: list[tuple[int, int, int]] = []
    place = Place(seconds=1.0)
    with Store(tmp_path / "s", plan) as store:
        d.dispatch(plan, store, place, progress=lambda *numbers: told.append(numbers))
        assert place.asked == [[0, 1], [2]]
        assert (told[0], told[-1], len(told)) == ((0, 5, 0), (5, 5, 0), 4)
        assert sorted(after[0] - before[0] for before, after in pairwise(told)) == [1, 2, 2]
        assert (place.opened, place.stopped, place.closed) == (1, 0, 1)
        again = Place()
        told.clear()
        d.dispatch(plan, store, again, progress=lambda *numbers: told.append(numbers))
        assert (again.asked, again.opened, told) == ([], 0, [(5, 5, 0)])


def test_a_chunk_whose_worker_died_is_done_run_by_run(tmp_path: Path, plan: Plan) -> None:
    place = Place({(1,), 3})
    with Store(tmp_path / "s", plan) as store:
        d.dispatch(plan, store, place)
        assert place.asked == [[0], [1], 2, 3, [2]]
        assert store.done([0, 1, 2]) == {0: 2, 1: 2, 2: 1}
        failed = {entry["chunk"]: entry["failed"] for entry in store.manifest.entries if "chunk" in entry}
        assert failed == {0: 0, 1: 1, 2: 0}


def test_three_workers_in_a_row_that_die_are_too_many(tmp_path: Path) -> None:
    task = Task(0, RUNS, PLAN.parcel)
    file = tmp_path / "s.bin"
    place = Place({0, 1})
    found = d._each(task, RUNS, file, place)
    assert [one.weekly is None for one in found] == [True, True, False, False]
    assert place.opened == 3, "a new one after each death"
    assert list(spool.read(file)) == [0, 1, 2, 3]
    place.asked.clear()
    assert [one.run for one in d._each(task, RUNS, file, place)] == RUNS
    assert place.asked == [], "those in the spool are not repeated"
    with pytest.raises(OutputError) as caught:
        d._each(task, RUNS, tmp_path / "t.bin", Place({1, 2, 3}))
    assert str(caught.value) == ("3 workers in a row have died; is there enough memory? --jobs 1 works without workers")
    assert d._is_death(BrokenExecutor())
    assert not d._is_death(ValueError())


def test_a_lost_cluster_and_an_error_stop_the_workers(
    tmp_path: Path, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("no")

    place = Place()
    with Store(tmp_path / "s", plan) as store:
        monkeypatch.setattr(store, "put", fail)
        with pytest.raises(ValueError, match="no"):
            d.dispatch(plan, store, place)
        assert (place.stopped, place.closed) == (1, 1)
        monkeypatch.setattr(place, "lost", lambda error: f"the cluster is lost ({error})")
        with pytest.raises(ClusterError) as caught:
            d.dispatch(plan, store, place)
        assert str(caught.value) == (
            f"{tmp_path / 's'}: the cluster is lost (no); what was done is kept, the same command resumes"
        )
        monkeypatch.setattr(store, "put", lambda done: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            d.dispatch(plan, store, place)
        assert (place.stopped, place.closed) == (3, 3)


def test_no_more_tasks_wait_than_two_for_each_worker(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most: list[int] = []
    wait = d.wait
    monkeypatch.setattr(d, "wait", lambda pending, **how: most.append(len(pending)) or wait(pending, **how))
    tasks = [Task(k, RUNS[:1], PLAN.parcel) for k in range(5)]
    with Store(tmp_path / "s", plan) as store:
        assert len(list(d._results(tasks, Place(workers=2), store))) == 5
    assert most[0] == 4
    assert max(most) == 4


def test_a_signal_that_comes_while_a_task_is_sent_is_heard_afterwards() -> None:
    heard: list[str] = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("outer"))
    try:
        with d._uninterrupted():
            os.kill(os.getpid(), signal.SIGTERM)
            assert heard == []
        assert heard == ["outer"]
        os.kill(os.getpid(), signal.SIGTERM)
        assert heard == ["outer"] * 2
    finally:
        signal.signal(signal.SIGTERM, before)
    thread = threading.Thread(target=lambda: heard.append("done") if d._uninterrupted().__enter__() is None else None)
    thread.start()
    thread.join()
    assert heard[-1] == "done"


def test_processes_look_for_no_modules_in_the_working_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    with safe_path():
        assert os.environ["PYTHONSAFEPATH"] == "1"
    assert "PYTHONSAFEPATH" not in os.environ
    monkeypatch.setenv("PYTHONSAFEPATH", "own")
    with pytest.raises(ValueError, match="x"), safe_path():
        raise ValueError("x")
    assert os.environ["PYTHONSAFEPATH"] == "own"
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn", "forkserver"])
    assert method() == "forkserver"
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert method() == "spawn"
    monkeypatch.setattr(multiprocessing, "forkserver", None, raising=False)
    fork_server.start_server()


GUARDED = (
    b'import sim\nif __name__ == "__main__":\n    sim.run()\n    x = 1\nelse:\n    y = 2\nz = 3\nif sim:\n    w = 4\n'
)


@pytest.mark.parametrize(
    ("line", "guarded"),
    [(1, False), (2, True), (3, True), (4, True), (6, True), (7, False), (8, False), (9, False)],
)
def test_a_line_below_the_guard_is_guarded(line: int, guarded: bool) -> None:
    assert _is_guarded(GUARDED, line) is guarded


def test_a_program_that_workers_would_begin_again_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _is_guarded(b"no python (", 1)
    main: Any = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    check_main()
    main.__file__ = str(tmp_path / "script.py")
    with pytest.raises(MainGuardError) as caught:
        check_main()
    assert str(caught.value) == (
        f"worker processes cannot import the program, which came from {main.__file__}: save it as a file, with its "
        'work below `if __name__ == "__main__":`, or work in one process (jobs=1)'
    )
    Path(main.__file__).write_bytes(GUARDED)
    check_main()
    for line, refused in ((0, False), (3, False), (7, True)):
        monkeypatch.setattr(main_guard, "_line_of", lambda module, line=line: line)
        if refused:
            with pytest.raises(
                MainGuardError, match=r"script\.py, line 7: worker processes import this file and would"
            ):
                check_main()
        else:
            check_main()
    main.__spec__ = SimpleNamespace(name="package.__main__")
    check_main()


def test_workers_that_never_end_are_killed_some_seconds_after_the_last_work(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    worker = SimpleNamespace(sentinel=1, killed=0)
    pool: Any = SimpleNamespace(_pending_work_items={1: None})

    def wait(sentinels: list[int], timeout: float) -> list[int]:
        if timeout:
            looks.append(len(looks))
            if len(looks) == 3:
                pool._pending_work_items = {}
        return sentinels if worker.killed else []

    def kill() -> None:
        worker.killed += 1

    worker.kill = kill
    monkeypatch.setattr(executors, "wait", wait)
    _wait_for_the_end(pool, [worker])
    assert (worker.killed, len(looks)) == (1, 3 + executors.SECONDS_TO_END)
