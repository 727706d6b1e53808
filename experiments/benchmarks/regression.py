"""Has the engine become slower? Its speed over that of a plain NumPy loop run beside it, against the committed ratio.

Run with ``uv run python experiments/benchmarks/regression.py``; CI does. The engine runs the busy corridor of
`engine.py`, NumPy the same number of agents and days of a scan in which everybody's luck is drawn (`reference`). They
take turns; the ratio is that of their best rounds, so that what else the machine does weighs little. Both with 50,000
persons, whom caches hold, and with a million, where memory decides. Exits with 1 when two measurements in a row of
either are more than 25 % above the ratio in `regression.json`; ``--renew`` writes the ratios anew.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from engine import busy_corridor

from sim.compile_ahead import compile_ahead
from sim.model import CorridorModel

FILE = Path(__file__).with_suffix(".json")
ALLOWED = 1.25


class Load(NamedTuple):
    """What both do: how many persons, for how many days, in how many rounds."""

    persons: int
    days: int
    rounds: int


LOADS = (Load(50_000, 365, 7), Load(1_000_000, 120, 5))


def engine(load: Load) -> float:
    """CPU seconds of a run, the population included."""
    scenario = busy_corridor(load.persons, load.days)
    began = time.process_time()
    CorridorModel(scenario).run_for(load.days)
    return time.process_time() - began


def reference(load: Load) -> float:
    """CPU seconds of a plain NumPy loop: everybody's luck every day, and counts by place of those who move."""
    rng = np.random.default_rng(1)
    place = rng.integers(0, 12, load.persons)
    began = time.process_time()
    for _ in range(load.days):
        who = np.flatnonzero(rng.random(load.persons) < 1 / 28)
        place[who] = (place[who] + 1) % 12
        np.bincount(place[who], minlength=12)
    return time.process_time() - began


def ratio(load: Load) -> float:
    """Best of the engine over best of NumPy, in turns."""
    pairs = [(engine(load), reference(load)) for _ in range(load.rounds)]
    return min(a for a, _ in pairs) / min(b for _, b in pairs)


def is_slower(load: Load, committed: float) -> bool:
    """Measure, print and judge one load."""
    found = ratio(load)
    if found > ALLOWED * committed:
        found = min(found, ratio(load))
    slower = found > ALLOWED * committed
    word = "too slow" if slower else "fine"
    print(
        f"engine over NumPy, {load.persons:,} persons: {found:.3f}; committed {committed:.3f}, "
        f"allowed {ALLOWED * committed:.3f}: {word}"
    )
    return slower


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--renew", action="store_true", help="write the ratios that are measured")
    renew = parser.parse_args().renew
    compile_ahead()
    engine(Load(1_000, 30, 1))  # compiles what is left
    if renew:
        found = {str(load.persons): round(ratio(load), 3) for load in LOADS}
        FILE.write_text(json.dumps({"engine over NumPy, by persons": found}) + "\n", encoding="utf-8")
        print(f"{FILE.name}: {found}")
        return 0
    committed = json.loads(FILE.read_text(encoding="utf-8"))["engine over NumPy, by persons"]
    return int(sum(is_slower(load, committed[str(load.persons)]) for load in LOADS) > 0)


if __name__ == "__main__":
    sys.exit(main())
