"""A worker: does the runs of a chunk in turn and returns small tables, never rows of migrants."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from sim.load_extensions import blamed
from sim.outputs.beside_record import observed_rows, observed_values
from sim.outputs.daily import blocks_of
from sim.outputs.weekly import WeeklyData, weekly_data_of
from sim.runs import run_to_data
from sim.scenario.schema import Scenario
from sim.studies.plan import Case, Parcel, Run, opened
from sim.studies.store import spool
from sim.studies.store.tables import Ended, files_of

_stop: Any = None  # in the processes of a pool, an event that asks to stop after the current run


class Task(NamedTuple):
    """A chunk of runs to do; ``spool`` is the file of those already done."""

    chunk: int
    runs: Sequence[Run]
    parcel: bytes
    spool: str = ""


class Done(NamedTuple):
    """A finished chunk: its Parquet files by table."""

    chunk: int
    runs: Sequence[Run]
    files: dict[str, bytes]
    failed: int
    seconds: float  # spent on the runs


def carry_out(task: Task) -> Done | None:
    """Do all runs of a chunk that are not in the spool; return None if asked to stop before the end."""
    began = perf_counter()
    parcel = opened(task.parcel)
    file = Path(task.spool) if task.spool else None
    kept = spool.read(file, repair=True) if file else {}
    ended: list[Ended] = []
    for run in task.runs:
        if run.number in kept and kept[run.number].run == run:
            ended.append(kept[run.number])
            continue
        if _stop is not None and _stop.is_set():
            return None
        ended.append(carry_out_run(parcel, run))
        if file and len(task.runs) > 1:
            spool.append(file, ended[-1])
    return put_together(task, ended, perf_counter() - began)


def put_together(task: Task, ended: Sequence[Ended], seconds: float = 0.0) -> Done:
    """Assemble a chunk from all its ended runs."""
    failed = sum(entry.weekly is None for entry in ended)
    return Done(task.chunk, task.runs, files_of(opened(task.parcel).cases, ended), failed, seconds)


def carry_out_many(tasks: Sequence[Task]) -> list[Done | None]:
    """Do several chunks in one task, for executors with a high cost per task."""
    return [carry_out(task) for task in tasks]


def carry_out_run(parcel: Parcel, run: Run) -> Ended:
    """Do one run; a failure is returned as data: its error, seed and parameters."""
    parameters: dict[str, float] = {}
    try:
        scenario, parameters = parcel.draw(run)
        found: WeeklyData | None = _weekly_data(scenario, parcel.cases[run.scenario])
        error = ""
    except Exception as problem:
        found, error = None, blamed(problem) or f"{type(problem).__name__}: {problem}"
    return Ended(run, parcel.people_seed(run), parameters, found, error)


def _weekly_data(scenario: Scenario, case: Case) -> WeeklyData:
    run = run_to_data(scenario, case.timetable)
    observed = observed_values(blocks_of([run]), scenario) if observed_rows(scenario) else None
    return weekly_data_of(run, observed, case.declared)


def carry_out_one(parcel: bytes, run: Run) -> Ended:
    """Do one run alone, after a worker has died during its chunk."""
    return carry_out_run(opened(parcel), run)


def blame(parcel: bytes, run: Run) -> Ended:
    """Return the record of a run during which the worker died."""
    study = opened(parcel)
    text = "the worker process died during this run (out of memory, or ended from outside)"
    return Ended(run, study.people_seed(run), study.draw(run)[1], None, text)


def start_worker(stop: Any) -> None:
    """Prepare a process of a pool: it leaves Ctrl-C to its parent, and ends when the parent does."""
    global _stop
    _stop = stop
    gc.freeze()  # imported modules stay in memory anyway
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.join,), daemon=True).start()


def _end_with(wait: Callable[[], None]) -> None:
    wait()
    os._exit(1)
