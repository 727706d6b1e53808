"""Cost of the batch layer over the bare model, on a scenario of 10,000 migrants and 365 days.

Run with ``uv run python experiments/benchmarks/batch.py``. In one process, chunk by chunk in turn, so that a noisy
machine disturbs both alike: the bare loop (draw the parameters, run the model, take its outcome) and the batch layer
(the same runs, digested, put into tables, written to the store and synced). Then the same study in a pool of two
processes against one process, and the parent's memory by the number of runs.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from engine import busy_corridor

from sim.outputs.run_data import run_data_of
from sim.runs import run_model
from sim.studies.plan import Plan, opened
from sim.studies.store.store import Store
from sim.studies.work.dispatch import dispatch
from sim.studies.work.executors import Pool, Serial
from sim.studies.work.worker import Task, carry_out

SCENARIO = busy_corridor(10_000)


def overhead(replicates: int) -> None:
    """The batch layer against the bare loop, in CPU and wall time."""
    plan = Plan("replicates", {"busy": SCENARIO}, replicates)
    parcel = opened(plan.parcel)
    bare, batch, store_wall = [], [], []
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s", plan) as store:
        for number, runs in enumerate(plan.chunks()):
            began = time.process_time()
            for run in runs:
                run_data_of(run_model(parcel.draw(run)[0], []))
            middle = time.process_time()
            done = carry_out(Task(number, runs, plan.parcel, str(store.spool(number))))
            assert done is not None
            store.put(done)
            bare.append((middle - began) / len(runs))
            batch.append((time.process_time() - middle) / len(runs))
        store_wall.append(store.seconds / replicates)
    ratio = statistics.median(b / a for a, b in zip(bare, batch, strict=True))
    print("| what | measured |\n|---|---:|")
    print(f"| bare loop, CPU a run (median of {len(bare)} chunks) | {statistics.median(bare) * 1e3:.1f} ms |")
    print(f"| with the batch layer | {statistics.median(batch) * 1e3:.1f} ms |")
    print(f"| its overhead (median of the chunks' ratios) | {(ratio - 1) * 100:.1f} % |")
    print(f"| store, wall a run, files synced | {store_wall[0] * 1e3:.2f} ms |")


def parallel(replicates: int) -> None:
    """Two processes against one, start of the pool left out and counted."""
    plan = Plan("replicates", {"busy": SCENARIO}, replicates)
    one = _wall(plan, Serial())
    began = time.perf_counter()
    two = _wall(plan, Pool(2))
    total = time.perf_counter() - began
    print(f"| one process | {replicates / one:.1f} runs/s |")
    print(f"| two processes; with the pool's start | {replicates / two:.1f} runs/s; {replicates / total:.1f} |")
    print(f"| efficiency on 2 cores; with the pool's start | {one / two / 2:.2f}; {one / total / 2:.2f} |")


def _wall(plan: Plan, place: Serial | Pool) -> float:
    """Seconds for a study from its first chunk on, scaled to all of its runs."""
    marks: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s", plan) as store:
        dispatch(plan, store, place, progress=lambda done, *_: marks.append((done, time.perf_counter())))
    first = next(mark for mark in marks if mark[0])
    last = marks[-1]
    return (last[1] - first[1]) / (last[0] - first[0]) * last[0]


def memory() -> None:
    """Peak memory of the parent of a pool by the number of runs, each in a fresh process."""
    for replicates in (100, 400, 1600):
        code = f"import batch; batch.memory_of({replicates})"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
        print(f"| peak memory of a pool's parent, {replicates:,} runs | {int(done.stdout) / 1024:.0f} MB |")


def memory_of(replicates: int) -> None:
    """Print the peak resident kilobytes of this process after a study in a pool."""
    plan = Plan("replicates", {"busy": busy_corridor(1_000, days=60)}, replicates)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "s", plan) as store:
        dispatch(plan, store, Pool(2))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--replicates", type=int, default=1000)
    asked = parser.parse_args()
    carry_out(Task(0, Plan("replicates", {"busy": SCENARIO}, 2).runs, Plan("replicates", {"busy": SCENARIO}, 2).parcel))
    overhead(asked.replicates)
    parallel(asked.replicates)
    memory()
