"""Where runs are done: here, in a pool of processes, or on a Dask cluster; each a `concurrent.futures.Executor`."""

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
    """A cluster that cannot be reached, or is not there."""


class Workplace(Protocol):
    """An executor and what must be known of it.

    Attributes:
        workers: How many tasks it works on at once.
        task_seconds: Work that a task should have at least, as each of them costs.
        local: Whether its workers write into this machine's folders.
    """

    workers: int
    task_seconds: float
    local: bool

    def open(self) -> Executor:
        """A new executor; also after one has broken."""

    def lost(self, error: Exception) -> str:
        """What was lost if an error means that no work can be done here any more; empty if it means something else."""

    def stop(self) -> None:
        """Ask all workers to end after the run that they are at."""

    def close(self) -> None:
        """End all that was opened."""


class _Serial(Executor):
    """Does each task when it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it, and hand out the result; Ctrl-C is not a result."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Serial:
    """This process, one run after the other."""

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
    """A pool of processes of this machine; of all its cores if nothing else is asked.

    Workers are forked from a server that has imported the model once, where the system can.
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
    """Wait until a pool's workers have ended; end those that never would.

    A worker that is killed while it waits for work takes a lock of the queue with it, and the others then wait for
    ever. So who is still there some seconds after the last work was done is ended.
    """
    idle = 0
    while running := [worker.sentinel for worker in workers if not wait([worker.sentinel], timeout=0)]:
        wait(running, timeout=1)
        idle = 0 if pool._pending_work_items else idle + 1
        if idle > SECONDS_TO_END:
            for worker in workers:
                worker.kill()


class Dask:
    """The workers of a Dask cluster, which have Corridor installed in the same version.

    Args:
        address: Of the scheduler, such as ``tcp://scheduler:8786``.

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
        """See `Workplace`. A worker that dies has its tasks done by another, three times at most."""
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def lost(self, error: Exception) -> str:
        """See `Workplace`. A scheduler that has gone takes all tasks with it: they show as cancelled."""
        gone = isinstance(error, CancelledError) or self._client.status != "running"
        return f"the Dask scheduler at {self._address} is lost" if gone else ""

    def stop(self) -> None:
        """See `Workplace`. Tasks that have begun end by themselves; their results are dropped."""

    def close(self) -> None:
        """See `Workplace`."""
        self._client.close()


def available_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workplace(jobs: int | None = None, dask: str | None = None) -> Workplace:
    """Where to work: on a cluster, in a pool of ``jobs`` processes (None: all cores), or here (1)."""
    if dask is not None:
        return Dask(dask)
    return Serial() if (jobs or available_cores()) == 1 else Pool(jobs)
