"""Speed of sweeps of a scenario of 10,000 migrants and 365 days: a Latin hypercube, and Sobol' indices.

Run with ``uv run python experiments/benchmarks/sweep.py``: the time to set a point's parameters, by checking the whole
scenario again and by filling it in; 1,000 runs of a Latin hypercube; Saltelli's 5,120 runs for eight parameters
(N = 512) with their indices. From the experiment's file to the tables on the disk, start of the workers included.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from engine import busy_corridor

from sim.scenario import to_yaml
from sim.scenario.draw import resolve
from sim.scenario.paths import apply_overrides
from sim.studies.carry_out import carry_out
from sim.studies.plan import opened
from sim.studies.study import Study
from sim.studies.work.executors import workplace
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sensitivity import tables_of
from sim.sweeps.sweep_plan import plan_of

FILE = """
kind: sweep
title: benchmark
scenario: busy.yaml
design: {design}
samples: {samples}
outcomes: [pressure_peak, deaths, entries]
parameters:
  behaviour.retry: {{range: [3, 15]}}
  behaviour.giving_up: {{range: [0.01, 0.1]}}
  behaviour.patience: {{range: [30, 150]}}
  detection.coverage: {{range: [0.6, 2]}}
  hazards.death: {{range: [0.00001, 0.0001]}}
  agencies.poland.handling_rate: {{range: [0.2, 0.6]}}
  agencies.lithuania.turn_back.2025-01-01: {{range: [0.2, 0.9]}}
  carriers.belavia.services.benghazi-minsk.weekly.2025-01-01: {{range: [1, 10]}}
"""


def timed[T](work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of some work, and what comes of it."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def setting(folder: Path, points: int) -> None:
    """Milliseconds to set a point's parameters."""
    plan = plan_of(read_experiment(folder / "latin-hypercube.yaml", {"samples": points}))
    parcel = opened(plan.parcel)
    assert plan.points is not None
    scenario = parcel.cases[0].scenario
    overrides = [dict(zip(plan.paths, row, strict=True)) for row in plan.points.tolist()]
    checked = [timed(lambda own=own: resolve(apply_overrides(scenario, own)))[0] for own in overrides]
    parcel.draw(plan.runs[0])
    filled = [timed(lambda run=run: parcel.draw(run))[0] for run in plan.runs]
    print(f"set a point: checked anew   {statistics.median(checked) * 1e3:8.2f} ms")
    print(f"set a point: filled in      {statistics.median(filled) * 1e3:8.2f} ms")


def sweep(folder: Path, design: str, jobs: int) -> Study:
    """Seconds of a sweep, from its file to its tables."""

    def work() -> Study:
        plan = plan_of(read_experiment(folder / f"{design}.yaml"))
        return carry_out(plan, folder / design, place=workplace(jobs))

    seconds, study = timed(work)
    runs, failed, load = len(study.runs), len(study.failed), os.getloadavg()[0]
    print(f"{design}: {runs:,} runs on {jobs} processes: {seconds:.1f} s, {runs / seconds:.1f} runs/s", flush=True)
    print(f"    {failed} failed; load of the machine {load:.1f}", flush=True)
    return study


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--sobol", type=int, default=512)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "busy.yaml").write_text(to_yaml(busy_corridor(10_000)), encoding="utf-8")
        for design, samples in (("latin-hypercube", asked.samples), ("sobol", asked.sobol)):
            text = FILE.format(design=design, samples=samples)
            (folder / f"{design}.yaml").write_text(text, encoding="utf-8")
        setting(folder, 50)
        sweep(folder, "latin-hypercube", asked.jobs)
        study = sweep(folder, "sobol", asked.jobs)
        seconds, _ = timed(lambda: tables_of(CompletedSweep(study)))
        print(f"indices of three outcomes: {seconds:.1f} s")


if __name__ == "__main__":
    main()
