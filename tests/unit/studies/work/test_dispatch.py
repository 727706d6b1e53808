"""Studies that are interrupted, and workers that die: what was done is kept."""

from __future__ import annotations

import os
import signal
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.studies.carry_out import carry_out
from sim.studies.study import Study
from sim.studies.work.executors import Pool, Serial
from tests.unit.studies.small import PLAN, tables


class Deadly(Executor):
    """Works here, but breaks, as a pool does, at the run of one number."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.broken = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        numbers = {r.number for task in args[0] for r in task.runs} if isinstance(args[0], list) else {args[1].number}
        self.broken = self.broken or self.number in numbers
        if self.broken:
            future.set_exception(BrokenExecutor("a worker died"))
        else:
            future.set_result(fn(*args))
        return future


class DeadlyPlace(Serial):
    workers = 2

    def open(self) -> Executor:
        return Deadly(3)


def test_a_run_that_kills_its_worker_fails_and_no_other_does(study: Study) -> None:
    found = carry_out(PLAN, place=DeadlyPlace())
    assert found.complete
    assert list(found.failed["run"]) == [3]
    assert "worker process died" in found.failed.iloc[0]["error"]
    others = study.totals[study.totals["run"] != 3]
    assert found.totals["value"].to_list() == others["value"].to_list()


def test_workers_that_all_die_end_the_study(tmp_path: Path) -> None:
    class Hopeless(Serial):
        def open(self) -> Executor:
            executor = Deadly(0)
            executor.broken = True
            return executor

    with pytest.raises(OutputError, match="3 workers in a row have died"):
        carry_out(PLAN, tmp_path / "s", place=Hopeless())


class Killed(Pool):
    """A pool, one of whose processes is killed as soon as there is a result."""

    def kill_one(self) -> None:
        victim = next(iter(self._open[-1]._processes))
        os.kill(victim, signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_killed_process_of_the_pool_costs_nothing(study: Study, tmp_path: Path) -> None:
    place, killed = Killed(2), []

    def progress(done: int, total: int, failed: int) -> None:
        if done and not killed:
            killed.append(done)
            place.kill_one()

    found = carry_out(PLAN, tmp_path / "s", place=place, progress=progress)
    assert killed
    assert len(found.failed) == 0
    assert tables(tmp_path / "s") == tables(study.folder)


def test_an_interrupted_study_keeps_what_was_done(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim.studies.work import worker

    real, count = worker.carry_out_run, []

    def interrupted(*args: Any) -> Any:
        count.append(1)
        if len(count) == 70:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(worker, "carry_out_run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        carry_out(PLAN, tmp_path / "s")
    carry_out(PLAN, tmp_path / "s")
    assert len(count) == len(PLAN.runs) + 1  # the run in flight alone was done twice
    assert tables(tmp_path / "s") == tables(study.folder)
