"""One study in one process, a pool of two, and a Dask cluster of three processes: the same bytes; what each task costs.

Run with ``uv run python experiments/benchmarks/cluster.py``. The study: 1,000 runs of the busy corridor with 10,000
migrants and 365 days. Every file of its tables must have the same SHA-256 in all three places, or this exits with 1.
Then tasks that do nothing, which tell what a task costs by itself, and the sizes that travel. `cluster.md` derives from
these figures what a million runs cost on 64 nodes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from engine import busy_corridor

from sim.studies.carry_out import tables_of
from sim.studies.plan import Plan
from sim.studies.store.store import Store
from sim.studies.study import Study
from sim.studies.work.dispatch import dispatch
from sim.studies.work.executors import Dask, Pool, Serial, Workplace

TABLES = ("runs", "parameters", "totals", "weekly", "observed")
PARTS = 5  # rounds of tasks that do nothing


def nothing(number: int) -> int:
    """A task that does nothing."""
    return number


def study(plan: Plan, place: Workplace, folder: Path) -> tuple[float, float, str, int]:
    """Wall seconds from the first chunk on, scaled to all; the store's seconds; SHA-256 and bytes of all tables."""
    marks: list[tuple[int, float]] = []
    with Store(folder, plan) as store:
        dispatch(plan, store, place, progress=lambda done, *_: marks.append((done, time.perf_counter())))
        stored = store.seconds
    first, last = next(mark for mark in marks if mark[0]), marks[-1]
    wall = (last[1] - first[1]) / (last[0] - first[0]) * last[0]
    digest, size = hashlib.sha256(), 0
    for file in sorted(file for table in TABLES for file in (folder / table).glob("*")):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder)}\0".encode() + content)
        size += len(content)
    return wall, stored, digest.hexdigest(), size


def per_task(place: Workplace, tasks: int) -> float:
    """Milliseconds of a task that does nothing, all of them handed in at once."""
    executor = place.open()
    seconds = []
    for _ in range(PARTS + 1):
        began = time.perf_counter()
        for future in [executor.submit(nothing, number) for number in range(tasks)]:
            future.result()
        seconds.append((time.perf_counter() - began) / tasks)
    place.close()
    return statistics.median(seconds[1:]) * 1e3


def main() -> int:
    """Measure, compare, print."""
    from distributed import LocalCluster

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=3, help="processes of the Dask cluster")
    options = parser.parse_args()
    plan = Plan("replicates", {"busy": busy_corridor(10_000)}, options.runs)
    many = LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=options.workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    )
    places: dict[str, Callable[[], Workplace]] = {
        "one process": Serial,
        "pool of 2": lambda: Pool(2),
        f"Dask, {options.workers} processes": lambda: Dask(many.scheduler_address),
    }
    rows, digests = [], set()
    with many, tempfile.TemporaryDirectory() as folder:
        for number, (name, opened) in enumerate(places.items()):
            wall, stored, digest, size = study(plan, opened(), Path(folder, str(number)))
            rows.append((name, wall, stored, digest[:12], per_task(opened(), 400), size))
            digests.add(digest)
        began = time.perf_counter()
        tables_of(Study(Path(folder, "0")))
        closing = time.perf_counter() - began
    print(f"{options.runs:,} runs in {len(plan.chunks()):,} chunks; load {os.getloadavg()[0]:.1f}.\n")
    print("| where | s | runs/s | writer, ms a run | an empty task, ms | SHA-256 of all tables |")
    print("|---|---:|---:|---:|---:|---|")
    for name, wall, stored, digest, task, _ in rows:
        speed, writer = options.runs / wall, stored / options.runs * 1e3
        print(f"| {name} | {wall:.1f} | {speed:.1f} | {writer:.2f} | {task:.2f} | {digest} |")
    print(f"\nTables: {rows[0][-1] / options.runs / 1e3:.1f} kB a run.")
    print(f"A study as workers get it: {len(plan.parcel) / 1e3:.1f} kB, once a task.")
    print(
        f"Intervals and spread over all runs, at the end: {closing:.2f} s, {closing / options.runs * 1e3:.2f} ms a run."
    )
    if len(digests) > 1:
        print("The bytes differ.", file=sys.stderr)
    return int(len(digests) > 1)


if __name__ == "__main__":
    sys.exit(main())
