"""Stored states: seconds to save, restore and branch a model, and bytes a migrant of the file.

Run with ``uv run python experiments/benchmarks/states.py``. Each scenario is run for two thirds of its days, then
stored and restored several times; medians, with the fastest beside them, as the machine is shared. The file is written
to the disk, into the folder given by ``--folder``.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.model import CorridorModel
from sim.scenario.draw import resolve
from sim.scenario.load import load_scenario

SCENARIOS = ("benghazi-minsk-2025", "eastern-border")


def seconds(function: Callable[[], Any], runs: int) -> str:
    """Median and fastest of several runs."""
    found = []
    for _ in range(runs):
        begun = time.perf_counter()
        function()
        found.append(time.perf_counter() - begun)
    return f"{statistics.median(found):.2f} ({min(found):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--folder", type=Path, default=Path.home())
    asked = parser.parse_args()
    print("| scenario | migrants | days done | save (s) | restore (s) | branch (s) | what-if (s) | bytes a migrant |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        file = Path(folder) / "state"
        for name in SCENARIOS:
            scenario = resolve(load_scenario(name))
            other = resolve(load_scenario(name, overrides={"behaviour.patience": 61}))
            model = CorridorModel(scenario)
            model.run_for(scenario.days * 2 // 3)
            cells = [
                seconds(lambda model=model: model.save(file), asked.runs),
                seconds(lambda: CorridorModel.restore(file), asked.runs),
                seconds(model.branch, asked.runs),
                seconds(lambda other=other: CorridorModel.restore(file, other), max(asked.runs // 3, 3)),
            ]
            people = len(model.world.rows)
            size = file.stat().st_size / people
            print(f"| `{name}` | {people:,} | {model.day} | {' | '.join(cells)} | {size:.1f} |", flush=True)


if __name__ == "__main__":
    main()
