"""Are the posteriors right? Calibrations to 200 truths drawn from the prior (simulation-based calibration).

Run with ``uv run python experiments/benchmarks/recovery.py``: 2,000 migrants, 60 days, three free parameters, four
figures. Of each truth one run is made, turned into figures by the observation model, and calibrated to. The 90 %
intervals must cover the truths in 86 to 94 % of the cases, and the ranks of the truths must be uniform. Writes
``recovery.csv`` to the folder given with ``--out``, one row a truth and parameter; the one beside this file holds three
such sets, by seed and particles.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.fit_task import Task, Workspace
from sim.inference.free_parameters import Space
from sim.inference.observations import Row
from sim.inference.sbc.ranks import coverage
from sim.inference.sbc.truths import recover
from tests.strategies import START, TINY, tiny_scenario

SCALE = 5  # times the tests' tiny scenario, so that the chance of a single run is small beside the rest


def task(particles: int, generations: int, enough: float, seed: int) -> Task:
    """Three parameters of a scenario of 2,000 migrants, and four figures of 60 days."""
    experiment = CalibrationExperiment.model_validate(
        {
            "kind": "calibration",
            "title": "recovery",
            "scenario": "tiny",
            "parameters": {
                "retry": {"title": "Retry, days", "paths": ["behaviour.retry"], "prior": {"lognormal": [4, 0.5]}},
                "visas": {
                    "title": "Visas", "paths": ["transit_states.belarus.visas"], "form": "factor",
                    "prior": {"lognormal": [0.7, 0.5]},
                },
                "steering": {"title": "Steering", "paths": ["zones.lida.steering"], "form": "shift",
                             "prior": {"normal": [0, 1]}},
            },
            "series": {name: {"observed": "x.csv", "counted": name} for name in ("poland", "lithuania")},
            "over_dispersion": [0.15, 0.3, 0.6],
            "history_matching": {"runs": 120, "waves": 0, "training": 140},
            "smc": {"particles": particles, "generations": generations, "enough": enough, "steps": 60},
        }
    )  # fmt: skip
    scenario = tiny_scenario(_scaled(), days=60)
    return Task(experiment, scenario, Space(experiment.parameters, scenario), _rows(), [], seed)


def _scaled() -> dict[str, object]:
    cohorts = {name: {"size": SCALE * entry["size"]} for name, entry in TINY["cohorts"].items()}
    carriers = {
        name: {"services": {way: {"seats": SCALE * s["seats"]} for way, s in entry["services"].items()}}
        for name, entry in TINY["carriers"].items()
    }
    state = {"visas": {START: SCALE * 7.5}, "transfer": {START: SCALE * 5.5}}
    zones = {name: {"capacity": SCALE * z["capacity"], "steering": {START: 0}} for name, z in TINY["zones"].items()}
    forces = ("personnel", "reception", "reserve", "army")
    agencies = {n: {f: SCALE * a[f] for f in forces if f in a} for n, a in TINY["agencies"].items()}
    frontex = {"officers": SCALE * TINY["frontex"]["officers"]}
    return {
        "cohorts": cohorts, "carriers": carriers, "transit_states": {"belarus": state}, "zones": zones,
        "agencies": agencies, "frontex": frontex,
    }  # fmt: skip


def _rows() -> list[Row]:
    rows = []
    for series in ("poland", "lithuania"):
        about = {"measure": "recorded_attempts", "agency": series, "transit_state": "", "route": ""}
        for first in (0, 30):
            start, end = START + timedelta(days=first), START + timedelta(days=29 + first)
            rows.append(Row(series, start, end, 1.0, None, None, end, about))
    return rows


def share(numbers: Sequence[int], truths: int, folder: Path, sizes: tuple[int, int, float, int]) -> pd.DataFrame:
    """Calibrations to some of the truths; the runs that all share are made by the first."""
    return recover(task(*sizes), Workspace(folder), truths, only=numbers)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truths", type=int, default=200)
    parser.add_argument("--particles", type=int, default=120, help="runs of a generation")
    parser.add_argument("--generations", type=int, default=2, help="most generations")
    parser.add_argument("--enough", type=float, default=0.8, help="effective particles at which it ends, over those")
    parser.add_argument("--seed", type=int, default=11, help="of the truths and all runs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument(
        "--out", type=Path, default=Path(tempfile.gettempdir()) / "recovery", help="goes on if it is there"
    )
    options = parser.parse_args()
    sizes = (options.particles, options.generations, options.enough, options.seed)
    began = time.perf_counter()
    folder = options.out / "runs"
    tables = [share([0], options.truths, folder, sizes)]
    blocks = [list(range(k, min(k + 10, options.truths))) for k in range(1, options.truths, 10)]
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        for future in as_completed([pool.submit(share, block, options.truths, folder, sizes) for block in blocks]):
            tables.append(future.result())
            table = pd.concat(tables).sort_values("truth", kind="stable")
            table = table.assign(seed=options.seed, particles=options.particles)
            table.to_csv(options.out / "recovery.csv", index=False)
            done, inside = table["truth"].nunique(), table["in90"].mean()
            print(f"{done} truths, {time.perf_counter() - began:,.0f} s: {inside:.3f}", flush=True)
    pd.set_option("display.width", 200)
    print(coverage(table).round(3).to_string(index=False))
    print(f"{options.truths} truths, {time.perf_counter() - began:,.0f} s, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
