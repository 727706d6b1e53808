"""Dispatch of a study: sends its chunks to workers and stores their results."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager, suppress
from math import ceil
from pathlib import Path
from types import FrameType

from sim.outputs.folder import OutputError
from sim.studies.plan import CHUNK_SECONDS, Plan, Run
from sim.studies.store import spool
from sim.studies.store.store import Store
from sim.studies.store.tables import Ended
from sim.studies.work.executors import ClusterError, Workplace
from sim.studies.work.worker import Done, Task, blame, carry_out, carry_out_many, carry_out_one, put_together

Progress = Callable[[int, int, int], None]  # runs done, requested and failed
_WAITING = 2  # tasks in flight per worker: no worker is idle, and the parent holds few
_DEATHS_IN_A_ROW = 3


def dispatch(
    plan: Plan,
    store: Store,
    place: Workplace,
    *,
    shard: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> None:
    """Do all chunks of a study (or of one shard of it) that are not yet in the store.

    Raises:
        OutputError: If the store cannot be written, or workers die as soon as they start.
        ClusterError: If the cluster is lost.
        KeyboardInterrupt: After the runs in flight have been kept.
    """
    first, last = span_of(len(plan.runs), shard)
    whole, shared = _tasks(plan, store, place, first, last)
    total = last - first
    done, failed = total - sum(len(_within(task.runs, first, last)) for task in (*whole, *shared)), 0
    if progress:
        progress(done, total, failed)
    try:
        for result in _results(whole, place, store):
            store.put(result)
            done, failed = done + len(result.runs), failed + result.failed
            if progress:
                progress(done, total, failed)
        for task in shared:
            piece = _within(task.runs, first, last)
            done, failed = done + len(piece), failed + _do_piece(task, piece, place, store)
            if progress:
                progress(done, total, failed)
    except Exception as error:
        place.stop()
        lost = place.lost(error)
        if lost:
            raise ClusterError(f"{store.folder}: {lost}; what was done is kept, the same command resumes") from error
        raise
    except BaseException:
        place.stop()
        raise
    finally:
        place.close()


def span_of(runs: int, shard: tuple[int, int] | None) -> tuple[int, int]:
    """Return the first run of a shard and the one after its last; shards differ in size by at most one."""
    part, parts = shard or (1, 1)
    return runs * (part - 1) // parts, runs * part // parts


def _within(runs: Sequence[Run], first: int, last: int) -> Sequence[Run]:
    return [run for run in runs if first <= run.number < last]


def _tasks(plan: Plan, store: Store, place: Workplace, first: int, last: int) -> tuple[list[Task], list[Task]]:
    """Return the missing chunks: those within this shard, and those that it shares with other shards."""
    chunks = [(number, runs) for number, runs in enumerate(plan.chunks()) if _within(runs, first, last)]
    there = store.done(number for number, _ in chunks)
    whole: list[Task] = []
    shared: list[Task] = []
    for number, runs in chunks:
        if there.get(number, 0) >= len(runs):
            continue
        is_whole = len(_within(runs, first, last)) == len(runs)
        spooled = str(store.spool(number)) if is_whole and place.local else ""
        (whole if is_whole else shared).append(Task(number, runs, plan.parcel, spooled))
    return whole, shared


def _do_piece(task: Task, piece: Sequence[Run], place: Workplace, store: Store) -> int:
    """Do this shard's runs of a chunk, one at a time, into a spool; return how many failed.

    Other shards do the other runs of the chunk. The shard that finds all runs in the spools writes the chunk; two that
    end at the same time both write it, with the same bytes.
    """
    ended = _each(task, piece, store.spool(task.chunk, piece[0].number), place)
    store.sync_spool(task.chunk, piece)
    spooled = store.spooled(task.chunk)
    if all(run.number in spooled and spooled[run.number].run == run for run in task.runs):
        store.put(put_together(task, [spooled[run.number] for run in task.runs]))
    return sum(entry.weekly is None for entry in ended)


def _results(tasks: Sequence[Task], place: Workplace, store: Store) -> Iterator[Done]:
    """Yield finished chunks; those during which a worker died are repeated run by run."""
    groups = deque(_grouped(tasks, place.task_seconds))
    pending: dict[Future[list[Done | None]], list[Task]] = {}
    suspects: list[Task] = []
    executor = place.open() if groups else None
    while executor is not None and (groups or pending):
        while groups and len(pending) < _WAITING * place.workers:
            group = groups.popleft()
            try:
                with _uninterrupted():
                    pending[executor.submit(carry_out_many, group)] = group
            except BrokenExecutor:
                groups.appendleft(group)
                break
        ended, _ = wait(pending, return_when=FIRST_COMPLETED)
        for future in ended:
            group = pending.pop(future)
            try:
                yield from (result for result in future.result() if result is not None)
            except Exception as error:
                if not _is_death(error):
                    raise
                suspects += group
        if suspects and not pending:
            executor = place.open()
            yield from _one_by_one(suspects, place, store)
            suspects = []


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Defer Ctrl-C and SIGTERM: a process being started at that moment would be orphaned and fail with a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[tuple[int, FrameType | None]] = []
    ours = [number for number in (signal.SIGINT, signal.SIGTERM) if callable(signal.getsignal(number))]
    before = {number: signal.signal(number, lambda *what: asked.append(what)) for number in ours}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for which, frame in asked:
        handler = before[signal.Signals(which)]
        if callable(handler):
            handler(which, frame)


def _grouped(tasks: Sequence[Task], seconds: float) -> list[list[Task]]:
    """Group chunks until a group is worth sending."""
    each = max(ceil(seconds / CHUNK_SECONDS), 1)
    return [list(tasks[first : first + each]) for first in range(0, len(tasks), each)]


def _one_by_one(tasks: Sequence[Task], place: Workplace, store: Store) -> Iterator[Done]:
    """Repeat chunks during which a worker died, one run at a time: only the run that kills its worker fails."""
    for task in tasks:
        file = store.spool(task.chunk)
        _each(task, task.runs, file, place)
        whole = carry_out(task._replace(spool=str(file)))
        if whole is not None:
            yield whole


def _each(task: Task, runs: Sequence[Run], file: Path, place: Workplace) -> list[Ended]:
    """Do runs one at a time, into a spool; those already in it are not repeated.

    Raises:
        OutputError: If several workers in a row die.
    """
    executor: Executor = place.open()
    deaths, found = 0, []
    kept = spool.read(file, repair=True)
    for run in runs:
        if run.number in kept and kept[run.number].run == run:
            found.append(kept[run.number])
            continue
        try:
            ended = executor.submit(carry_out_one, task.parcel, run).result()
            deaths = 0
        except Exception as error:
            if not _is_death(error):
                raise
            ended = blame(task.parcel, run)
            deaths += 1
            if deaths == _DEATHS_IN_A_ROW:
                text = f"{deaths} workers in a row have died; is there enough memory? --jobs 1 works without workers"
                raise OutputError(text) from error
            executor = place.open()
        spool.append(file, ended)
        found.append(ended)
    return found


def _is_death(error: Exception) -> bool:
    """Return whether an error means that a worker process died."""
    if isinstance(error, BrokenExecutor):
        return True
    with suppress(ImportError):
        from distributed.scheduler import KilledWorker

        return isinstance(error, KilledWorker)
    return False
