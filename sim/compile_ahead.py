"""The first compilation on all cores: each process of the day is compiled by whoever is free.

numba compiles on one core. But what it compiles is kept in files, found by whoever needs it, so forks of this process
can compile the processes of a day side by side. What is left for this process is to put them together.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from datetime import date
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from sim.engine import rules
from sim.engine.compiled import is_cached, is_kept, plain
from sim.engine.reference import day_types
from sim.model import CorridorModel
from sim.scenario.schema import Scenario

_MOST = 4  # forks: the longest process of the day takes a quarter of the time of all
_TICK = 0.3  # seconds between two looks at how far they are
_NEXT_TO_NOTHING: dict[str, Any] = {
    "title": "next to nothing",
    "start": date(2025, 1, 1),
    "days": 1,
    "cohorts": {"nobody": {"origin": "minsk", "nationality": "none", "size": 1, "routes": {"none": 0}}},
    "routes": {"none": {"mode": "land", "origin": "minsk", "destination": "minsk", "transit_state": "belarus"}},
    "transit_states": {"belarus": {"hub": "minsk"}},
}


def load_compiled() -> None:
    """Run a day of next to nothing, which loads all compiled code; what is not kept yet is compiled."""
    CorridorModel(Scenario(**_NEXT_TO_NOTHING)).step()


def compile_ahead(progress: Callable[[int, int], None] | None = None) -> None:
    """Compile a day of the model on all cores, if nothing is kept of it yet and the system can.

    Where it can't, or a fork fails, nothing is lost: what is missing is compiled when it is first called.

    Args:
        progress: Called every third of a second with the number of processes of the day that are done, and of all.
    """
    forks = min(_cores(), _MOST)
    changed = rules.replaced or rules.steps or rules.changed_by_hand()
    if forks < 2 or changed or is_cached() or not is_kept() or threading.active_count() > 1:
        return
    types = day_types(CorridorModel(Scenario(**_NEXT_TO_NOTHING))._tables)
    runs = [module.run for module in rules.PROCESSES if hasattr(module, "run")]
    runs.sort(key=lambda run: -Path(plain(run).__code__.co_filename).stat().st_size)  # long ones first
    context = multiprocessing.get_context("fork")
    begun, done = context.Value("i", 0), context.Value("i", 0)
    workers = [context.Process(target=_compile, args=(runs, types, begun, done), daemon=True) for _ in range(forks)]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of threads: those of BLAS are not in use
            for worker in workers:
                worker.start()
        while left := [worker.sentinel for worker in workers if worker.is_alive()]:
            wait(left, _TICK)
            if progress is not None:
                progress(done.value, len(runs))
    except OSError:  # no further process is allowed
        pass
    finally:
        for worker in workers:
            if worker.pid is not None:
                worker.terminate()
                worker.join()


def _cores() -> int:
    """Return the number of cores that forks may use; 1 where a fork is not safe."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _compile(runs: Sequence[Any], types: tuple[Any, Any], begun: Any, done: Any) -> None:
    """Compile processes of the day, each of which no other fork has begun."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, which ends its forks
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while True:
        with begun.get_lock():
            number = begun.value
            begun.value += 1
        if number >= len(runs):
            return
        runs[number].compile(types)
        with done.get_lock():
            done.value += 1
