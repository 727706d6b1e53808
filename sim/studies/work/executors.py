"""Executors of runs: this process, a pool of processes, or a Dask cluster, each as a `concurrent.futures.Executor`."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Any, Protocol

from sim.outputs.folder import OutputError
from sim.studies.work.fork_server import method, safe_path, start_server
from sim.studies.work.main_guard import check_main
from sim.studies.work.worker import start_worker

SECONDS_TO_END = 5


class ClusterError(OutputError):
    """A cluster is missing or cannot be reached."""


class Workplace(Protocol):
    """A source of executors, with their properties.

    Attributes:
        workers: Number of tasks that it works on at once.
        task_seconds: Least work (seconds) that a task should contain, as each task has a cost.
        local: Whether its workers can write to this machine's folders.
    """

    workers: int
    task_seconds: float
    local: bool

    def open(self) -> Executor:
        """Return a new executor; also after one has broken."""

    def lost(self, error: Exception) -> str:
        """What was lost if an error means that no work can be done here any more; empty if it means something else."""

    def stop(self) -> None:
        """Ask all workers to end after their current run."""

    def close(self) -> None:
        """Shut down all executors that were opened."""


class _Serial(Executor):
    """An executor that does each task when it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the task and return its result as a future; Ctrl-C is raised at once."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Serial:
    """This process, one run after another."""

    workers = 1
    task_seconds = 0.0
    local = True

    def open(self) -> Executor:
        """See `Workplace`."""
        return _Serial()

    def lost(self, error: Exception) -> str:
        """See `Workplace`. The work is done on this machine."""
        return ""

    def stop(self) -> None:
        """See `Workplace`."""

    def close(self) -> None:
        """See `Workplace`."""


class _Processes(ProcessPoolExecutor):
    """Processes that find no modules in the working folder."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have it done; the first task starts the processes."""
        with safe_path():
            return super().submit(fn, *args, **kwargs)


class Pool:
    """A pool of processes on this machine, by default one for each core.

    Where the system can, workers are forked from a server that has imported the model once.
    """

    task_seconds = 0.0
    local = True

    def __init__(self, workers: int | None = None) -> None:
        """Nothing is started yet but the server; raises MainGuardError where workers would begin the study again."""
        self.workers = workers or available_cores()
        check_main()
        start_server()
        self._context: Any = multiprocessing.get_context(method())
        self._stop = self._context.Event()
        self._open: list[ProcessPoolExecutor] = []

    def open(self) -> Executor:
        """See `Workplace`."""
        pool = _Processes(self.workers, self._context, start_worker, (self._stop,))
        self._open.append(pool)
        return pool

    def lost(self, error: Exception) -> str:
        """See `Workplace`. The work is done on this machine."""
        return ""

    def stop(self) -> None:
        """See `Workplace`."""
        self._stop.set()

    def close(self) -> None:
        """See `Workplace`."""
        for pool in self._open:
            workers = list((pool._processes or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            _wait_for_the_end(pool, workers)
        self._open.clear()


def _wait_for_the_end(pool: ProcessPoolExecutor, workers: Sequence[Any]) -> None:
    """Wait until a pool's workers have ended; kill those that would never end.

    A worker that is killed while it waits for work never releases a lock of the queue, and the others then wait for
    ever. Workers that still exist some seconds after the last work was done are therefore killed.
    """
    idle = 0
    while running := [worker.sentinel for worker in workers if not wait([worker.sentinel], timeout=0)]:
        wait(running, timeout=1)
        idle = 0 if pool._pending_work_items else idle + 1
        if idle > SECONDS_TO_END:
            for worker in workers:
                worker.kill()


class Dask:
    """The workers of a Dask cluster, which must have the same version of Corridor installed.

    Args:
        address: Address of the scheduler, such as ``tcp://scheduler:8786``.

    Raises:
        ClusterError: If Dask is not installed, nobody answers at the address, or versions differ.
    """

    task_seconds = 1.0
    local = False

    def __init__(self, address: str, timeout: float = 20.0) -> None:
        """Connect."""
        self._address = address
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError("--dask: needs the extra `cluster`: pip install 'corridor-sim[cluster]'") from None
        try:
            self._client: Any = Client(address, timeout=timeout, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise ClusterError(f"--dask: found {address!r}: no scheduler answers there: {error}") from None
        try:
            self._check_workers(address)
        except BaseException:
            self.close()
            raise

    def _check_workers(self, address: str) -> None:
        from sim.outputs.identity import differences, identity

        try:
            found = self._client.run(identity)
        except Exception as error:
            raise ClusterError(f"--dask: a worker of {address} lacks Corridor: {error}") from None
        if not found:
            raise ClusterError(f"--dask: the scheduler at {address} has no workers")
        here = identity()
        for worker, there in sorted(found.items()):
            if (there["version"], there["sources"]) != (here["version"], here["sources"]):  # extensions travel
                differing = ", ".join(differences(there, here))
                raise ClusterError(f"--dask: another model is installed at {worker}, which differs in {differing}")
        self.workers = sum(self._client.nthreads().values())

    def open(self) -> Executor:
        """See `Workplace`. Tasks of a worker that dies are repeated by another, at most three times."""
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def lost(self, error: Exception) -> str:
        """See `Workplace`. A scheduler that has gone takes all tasks with it: they show as cancelled."""
        gone = isinstance(error, CancelledError) or self._client.status != "running"
        return f"the Dask scheduler at {self._address} is lost" if gone else ""

    def stop(self) -> None:
        """See `Workplace`. Tasks that have begun run to their end; their results are discarded."""

    def close(self) -> None:
        """See `Workplace`."""
        self._client.close()


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workplace(jobs: int | None = None, dask: str | None = None) -> Workplace:
    """Return a workplace: a cluster, a pool of ``jobs`` processes (None: all cores), or this process (1)."""
    if dask is not None:
        return Dask(dask)
    return Serial() if (jobs or available_cores()) == 1 else Pool(jobs)
