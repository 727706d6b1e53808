"""Corridor's engine beside its peers, on the same toy work (`toy/work.py`), in one go.

Run with ``uv run python experiments/benchmarks/peers.py``. Each peer is installed into a throw-away environment of its
own, its latest release of the line named below, and runs the toy in a process of its own. Slow peers get fewer agents,
and Corridor is run with as many beside each. Reported: CPU seconds of the days (built and compiled before), nanoseconds
per event, peak resident memory, and the ratio of CPU time per event to Corridor's with the same number of agents,
medians of several rounds in which all take turns.

Besides, the machine's own floor in the same go: copying memory, and a bare loop of numba that makes the same draws
for the same number of events without any agent's row to look up.

Events are not the same draws everywhere: each takes its own generator, so their number agrees in law only (28 days'
mean stay). Flee lets an agent that has not used up its day's distance move again.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
TOY, ROOT = HERE / "toy", HERE.parents[1]
# name, script, what to install (None: this environment), agents as a share of the number asked for
PEERS = [
    ("Corridor's engine", "corridor.py", None, 1.0),
    ("NumPy, all agents every day", "numpy_scan.py", None, 1.0),
    ("Mesa 3.5, shuffle_do", "mesa_shuffle.py", None, 0.01),
    ("Mesa 3.5, event list", "mesa_events.py", None, 0.01),
    ("Flee 3.1", "flee_walk.py", "flee>=3.1,<3.2", 0.005),
    ("Starsim 3.7", "starsim_module.py", "starsim>=3.7,<3.8", 0.1),
    ("laser-core 1.0", "laser_frame.py", "laser-core>=1.0,<1.1", 1.0),
]


def main() -> None:
    """Install, take turns, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--without", nargs="*", default=[], help="words of peers to leave out, such as Flee")
    asked = parser.parse_args()
    peers = [peer for peer in PEERS if not any(word.lower() in peer[0].lower() for word in asked.without)]
    with tempfile.TemporaryDirectory() as folder:
        pythons = {name: _environment(Path(folder), name, wanted) for name, _, wanted, _ in peers}
        found: dict[str, list[dict[str, float]]] = {name: [] for name, *_ in peers}
        ours: dict[str, list[dict[str, float]]] = {name: [] for name, *_ in peers}
        for _ in range(asked.rounds):
            sizes: dict[int, dict[str, float]] = {}
            for name, script, _, share in peers:
                agents = max(round(asked.agents * share), 1000)
                if agents not in sizes:
                    sizes[agents] = _run(sys.executable, PEERS[0][1], agents, asked.days)
                ours[name].append(sizes[agents])
                same = script == PEERS[0][1]
                found[name].append(sizes[agents] if same else _run(pythons[name], script, agents, asked.days))
    _print(found, ours)
    _floor(ours[peers[0][0]])


def _environment(folder: Path, name: str, wanted: str | None) -> str:
    if wanted is None:
        return sys.executable
    home = folder / name.split()[0].lower()
    print(f"installing {wanted}", file=sys.stderr, flush=True)
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
    subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(home), wanted], check=True)
    return str(home / "bin" / "python")


def _run(python: str, script: str, agents: int, days: int) -> dict[str, float]:
    print(f"{script}: {agents:,} agents", file=sys.stderr, flush=True)
    own = [str(TOY), str(ROOT)] if python == sys.executable else [str(TOY)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(own), "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    command = [python, "-W", "ignore", str(TOY / script), str(agents), str(days)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr[-2000:]}")
    row: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return row


def _print(found: dict[str, list[dict[str, float]]], ours: dict[str, list[dict[str, float]]]) -> None:
    print("| what | agents | CPU s | ns per event | Corridor's, as many agents | times | peak MB | Corridor's |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, rows in found.items():
        own = ours[name]
        ratio = statistics.median(_per_event(a) / _per_event(b) for a, b in zip(rows, own, strict=True))
        print(
            f"| {name} | {rows[0]['agents']:,} | {statistics.median(row['cpu_s'] for row in rows):.3g} "
            f"| {statistics.median(map(_per_event, rows)):,.0f} | {statistics.median(map(_per_event, own)):,.0f} "
            f"| {ratio:,.3g} | {rows[0]['peak_bytes'] / 1e6:,.0f} | {own[0]['peak_bytes'] / 1e6:,.0f} |"
        )


def _per_event(row: dict[str, float]) -> float:
    """Nanoseconds of CPU time per event."""
    return row["cpu_s"] / row["events"] * 1e9


def _floor(rows: list[dict[str, float]]) -> None:
    """Copy bandwidth, and the draws and counters of the toy without rows or calendars."""
    import numba

    events = round(statistics.median(row["events"] for row in rows))

    @numba.njit
    def bare(events, arrivals):
        place = 0
        for k in range(events):
            key = numba.uint64(k) * numba.uint64(0x9E3779B97F4A7C15)
            place = (place + 1 + int(3.0 * draw(key, 0, k))) % 12
            arrivals[lag(draw(key, 3, k), 28.0) % 365, place] += 1

    sys.path.insert(0, str(ROOT))
    from sim.engine.streams import draw, lag

    arrivals = np.zeros((365, 12), np.int64)
    bare(10, arrivals)
    times = []
    for _ in range(5):
        began = time.process_time()
        bare(events, arrivals)
        times.append(time.process_time() - began)
    source = np.ones(64_000_000 // 8)
    target = np.empty_like(source)
    copies = []
    for _ in range(9):
        began = time.perf_counter()
        target[:] = source
        copies.append(2 * source.nbytes / (time.perf_counter() - began) / 1e9)
    floor = statistics.median(times) / events * 1e9
    own = statistics.median(map(_per_event, rows))
    print(f"\nCopying memory: {statistics.median(copies):.1f} GB/s read and written.")
    print(f"Bare draws and counters: {floor:.1f} ns per event; Corridor's engine takes {own / floor:.1f} times that.")


if __name__ == "__main__":
    main()
