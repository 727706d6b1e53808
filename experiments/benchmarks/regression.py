"""Has the engine become slower? Its speed over that of a plain NumPy loop run beside it, against the committed ratio.

Run with ``uv run python experiments/benchmarks/regression.py``; CI does. The engine runs the busy corridor of
`engine.py`, NumPy the same number of agents and days of a scan in which everybody's luck is drawn (`reference`). They
take turns; the ratio is that of their best rounds, so that what else the machine does weighs little. Exits with 1 when
two measurements in a row are more than 25 % above the ratio in `regression.json`; ``--renew`` writes the ratio anew.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from engine import busy_corridor

from sim.model import CorridorModel

FILE = Path(__file__).with_suffix(".json")
PERSONS, DAYS, ROUNDS, ALLOWED = 50_000, 365, 7, 1.25


def engine() -> float:
    """CPU seconds of a run, the population included."""
    scenario = busy_corridor(PERSONS, DAYS)
    began = time.process_time()
    CorridorModel(scenario).run_for(DAYS)
    return time.process_time() - began


def reference() -> float:
    """CPU seconds of a plain NumPy loop: everybody's luck every day, and counts by place of those who move."""
    rng = np.random.default_rng(1)
    place = rng.integers(0, 12, PERSONS)
    began = time.process_time()
    for _ in range(DAYS):
        who = np.flatnonzero(rng.random(PERSONS) < 1 / 28)
        place[who] = (place[who] + 1) % 12
        np.bincount(place[who], minlength=12)
    return time.process_time() - began


def ratio(first: Callable[[], float], second: Callable[[], float]) -> float:
    """Best of the first over best of the second, in turns."""
    pairs = [(first(), second()) for _ in range(ROUNDS)]
    return min(a for a, _ in pairs) / min(b for _, b in pairs)


def main() -> int:
    """Measure and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--renew", action="store_true", help="write the ratio that is measured")
    renew = parser.parse_args().renew
    engine()  # compiles
    found = ratio(engine, reference)
    if renew:
        FILE.write_text(json.dumps({"engine over NumPy": round(found, 3)}) + "\n", encoding="utf-8")
        print(f"{FILE.name}: {found:.3f}")
        return 0
    committed = json.loads(FILE.read_text(encoding="utf-8"))["engine over NumPy"]
    if found > ALLOWED * committed:
        found = min(found, ratio(engine, reference))
    slower = found > ALLOWED * committed
    word = "too slow" if slower else "fine"
    print(f"engine over NumPy: {found:.3f}; committed {committed:.3f}, allowed {ALLOWED * committed:.3f}: {word}")
    return int(slower)


if __name__ == "__main__":
    sys.exit(main())
