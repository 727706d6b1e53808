"""Lives of writers, for tests that end them: processes forked from the server that has imported the model already."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sim.studies.plan import Plan
from sim.studies.store.lock import PREFIX
from sim.studies.work.fork_server import start_server

PATIENCE = 120.0  # seconds, after which a test gives up


def start(plan: Plan, folder: Path, log: Path, jobs: int = 1, gate: int = 10**9) -> BaseProcess:
    """A process that does a study, with a line in ``log`` for each run; after ``gate`` runs it waits to be ended."""
    start_server()
    process: Any = multiprocessing.get_context("forkserver").Process(
        target=_live, args=(plan, folder, log, jobs, gate), daemon=False
    )
    process.start()
    return process


def _live(plan: Plan, folder: Path, log: Path, jobs: int, gate: int) -> None:
    from sim.studies.carry_out import carry_out
    from sim.studies.work import executors, worker

    os.setpgid(0, 0)  # so that its workers can be ended with it
    executors.method = lambda: "fork"  # type: ignore[attr-defined]
    executors.start_server = lambda: None  # type: ignore[attr-defined]
    do = worker.carry_out_run
    done = 0

    def logged(parcel: Any, run: Any) -> Any:
        nonlocal done
        if done >= gate:
            time.sleep(PATIENCE)
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, f"{run.number}\n".encode())
        os.close(handle)
        done += 1
        return do(parcel, run)

    worker.carry_out_run = logged
    carry_out(plan, folder, place=executors.workplace(jobs))


def runs_begun(log: Path) -> list[int]:
    """Numbers of the runs that were begun so far, in order."""
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def wait_for(log: Path, runs: int, process: BaseProcess) -> None:
    """Until so many runs were begun in all."""
    until = time.monotonic() + PATIENCE
    while len(runs_begun(log)) < runs:
        assert process.is_alive(), process.exitcode
        assert time.monotonic() < until
        time.sleep(0.002)


def end(process: BaseProcess, folder: Path) -> None:
    """Kill a life with all its workers; they were forked with its lock, so it is free when the last of them is gone."""
    import fcntl

    os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    until = time.monotonic() + PATIENCE
    with (folder / PREFIX).open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                assert time.monotonic() < until, "a worker outlives its group"
                time.sleep(0.002)


def tables(folder: Path) -> dict[str, bytes]:
    """All tables of a study."""
    files = (file for file in sorted(folder.rglob("*")) if file.suffix in (".parquet", ".csv"))
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
