"""How long a user waits before anything is computed: starts of the command, in a warm install.

Run with ``uv run python experiments/benchmarks/start.py``. The run is of 1,500 people and 20 days. Each command is a
new process; medians of several rounds in which all take turns. `import mesa` and matplotlib's part, which no laziness
of ours can avoid, stand beside it. Last, the first run ever: an empty cache.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENARIO = """\
extends: benghazi-minsk-2025
days: 20
cohorts: {via-moscow: {size: 500}, libya-east: {size: 500}, libya-west: {size: 500}}
"""
CORRIDOR = [sys.executable, "-W", "ignore", "-m", "sim.cli.main"]
WAITS = {
    "`corridor --help`": [*CORRIDOR, "--help"],
    "`corridor run`, tables and three figures": [*CORRIDOR, "run", "tiny.yaml", "--quiet"],
    "of it, `import mesa`": [sys.executable, "-c", "import mesa"],
    "of it, matplotlib's import and an empty figure": [
        sys.executable, "-c", "from matplotlib.figure import Figure; f = Figure(); f.subplots(); f.savefig('x.png')",
    ],
}  # fmt: skip


def wall(command: list[str], folder: Path, cache: Path | None = None) -> float:
    """Seconds of a command, run in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's second start finds what the first one compiled
    if cache is not None:
        environment["CORRIDOR_CACHE"] = str(cache)
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    """Take turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        found: dict[str, list[float]] = {name: [] for name in WAITS}
        (folder / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
        for command in WAITS.values():
            wall(command, folder)
        for _ in range(rounds):
            for name, command in WAITS.items():
                found[name].append(wall(command, folder))
        print("| what | s, median | least to most |\n|---|---:|---:|")
        for name, seconds in found.items():
            print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} to {max(seconds):.2f} |")
        first = wall(WAITS["`corridor run`, tables and three figures"], folder, folder / "cache")
        print(f"| the first `corridor run` ever, compilation included | {first:.0f} | |")


if __name__ == "__main__":
    main()
