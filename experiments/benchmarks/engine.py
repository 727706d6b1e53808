"""Speed of the engine: seconds, nanoseconds per migrant-event and bytes per migrant, by size of the population.

Run with ``uv run python experiments/benchmarks/engine.py``. Two scenarios over 365 days: `benghazi-minsk-2025` with its
cohorts made larger or smaller, and a busy corridor in which nearly everybody sets out within a year, so that each
migrant has 7 to 10 events: two cohorts, two air routes and a sea route, limited visas and seats, two border zones,
retries, procedures, wrecks. A migrant-event is a rule applied to a migrant who is due (setting out, visa,
boarding, arrival, transfer, attempt with its exposure and outcome, boat, procedure, onward journey, review).

Every size has a warm process of its own. Reported: medians of its runs, the population's building included; beside them
the days alone, in CPU time; seconds of the first run, which asks the system for its memory page by page where later
ones find it at hand; resident memory at its peak above that of a run of 1,000 migrants; the slope of log seconds over
log migrants between the two largest sizes. Beside them the floor, measured in the same process on as many rows: one
draw, one comparison, one write and one count for each of the rows, visited in random order as calendars do, and the
machine's speed of copying.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import date
from typing import Any

import numpy as np

from sim.engine.compiled import compiled
from sim.engine.rows import ROW
from sim.engine.streams import ROUTE, draw
from sim.model import CorridorModel
from sim.scenario.draw import resolve
from sim.scenario.load import load_scenario
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario

START = date(2025, 1, 1)


def _states_and_border(flow: float) -> dict[str, Any]:
    """Who steers and who guards the busy corridor: visas and seats a day, and personnel, in step with its people."""
    return {
        "transit_states": {
            "belarus": {
                "hub": "minsk",
                "visas": {START: flow},
                "facilitation": {START: 0.8},
                "transfer": {START: flow},
            },
            "libya": {"hub": "benghazi", "boats_tolerated": {START: 1}, "interception": {START: 0.3}},
        },
        "zones": {
            "bruzgi": {"transit_state": "belarus", "sections": {"pl-north": 0, "pl-south": 0}},
            "lida": {"transit_state": "belarus", "sections": {"lt": 0}},
        },
        "sections": {
            "pl-north": {"agency": "poland", "title": "Poland north"},
            "pl-south": {"agency": "poland", "title": "Poland south"},
            "lt": {"agency": "lithuania", "title": "Lithuania"},
        },
        "agencies": {
            "poland": {"country": "Poland", "personnel": flow, "turn_back": {START: 0.9}},
            "lithuania": {"country": "Lithuania", "personnel": flow, "turn_back": {START: 0.5}},
        },
    }


def busy_corridor(persons: int, days: int = 365) -> Scenario:
    """A scenario whose rates scale with the population, so that events per person stay the same."""
    rate = persons / 20_000
    larger = max(1, min(persons // 1_000_000, 10))  # a route has at most 2,000 departures a week, of 2,000 seats
    entry: dict[str, Any] = {
        "title": "busy corridor",
        "start": START,
        "days": days,
        "cohorts": {
            "iraq": {
                "origin": "baghdad",
                "nationality": "Iraq",
                "size": persons // 2,
                "leaving_rate": 0.01,
                "routes": {"baghdad-minsk": 0.0},
            },
            "libya": {
                "origin": "benghazi",
                "nationality": "Sudan",
                "size": persons - persons // 2,
                "leaving_rate": 0.01,
                "routes": {"benghazi-minsk": 0.0, "libya-italy": 0.0},
            },
        },
        "routes": {
            "baghdad-minsk": {"mode": "air", "origin": "baghdad", "destination": "minsk", "transit_state": "belarus"},
            "benghazi-minsk": {"mode": "air", "origin": "benghazi", "destination": "minsk", "transit_state": "belarus"},
            "libya-italy": {
                "mode": "sea",
                "origin": "benghazi",
                "destination": "lampedusa",
                "transit_state": "libya",
                "shipwreck": 0.02,
            },
        },
        "carriers": {
            "iraqi-airways": {
                "services": {"baghdad-minsk": {"seats": 180 * larger, "weekly": {START: 20 * rate / larger}}}
            },
            "belavia": {"services": {"benghazi-minsk": {"seats": 180 * larger, "weekly": {START: 10 * rate / larger}}}},
            "boats": {"services": {"libya-italy": {"seats": 60 * larger, "weekly": {START: 10 * rate / larger}}}},
        },
        **_states_and_border(1000 * rate),
    }
    return Scenario.model_validate(entry)


def shipped(persons: int, days: int = 365) -> Scenario:
    """`benghazi-minsk-2025` with its cohorts in proportion: so many prospects; flights and forces as they are."""
    scenario = load_scenario("benghazi-minsk-2025")
    whole = sum(int(cohort.size) for cohort in scenario.cohorts.values())  # type: ignore[arg-type]
    changes: dict[str, Any] = {
        f"cohorts.{name}.size": max(1, round(int(cohort.size) * persons / whole))  # type: ignore[arg-type]
        for name, cohort in scenario.cohorts.items()
    }
    return resolve(apply_overrides(scenario, changes | {"days": days}))


SCENARIOS = {"benghazi-minsk-2025": shipped, "busy corridor": busy_corridor}


def timed_run(scenario: Scenario) -> tuple[float, float, int]:
    """Seconds of one whole run, CPU seconds of its days alone, and its migrant-events.

    The world of the run before is given back first.
    """
    gc.collect()
    started = time.perf_counter()
    model = CorridorModel(scenario)
    first_day = time.process_time()
    model.run_model()
    return time.perf_counter() - started, time.process_time() - first_day, model.events


@compiled
def visit(rows, order, keys, counts):
    """The least that an event can be: one draw, one comparison, one write, one count, at rows in the order given."""
    for j in range(order.shape[0]):
        m = rows[order[j]]
        m.status = 1 if draw(keys[order[j]], ROUTE, j) < 0.3 else 2
        counts[m.status] += 1


def floor(size: int) -> float:
    """Nanoseconds of `visit` per row, the least of five rounds."""
    rows, keys = np.zeros(size, ROW), np.arange(size, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    order, counts = np.random.default_rng(1).permutation(size), np.zeros(4, np.int64)
    visit(rows, order[:10], keys, counts)
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        visit(rows, order, keys, counts)
        seconds.append(time.perf_counter() - began)
    return min(seconds) / size * 1e9


def copying() -> float:
    """GB/s read and written by copying 256 MB, the best of five rounds."""
    source = np.ones(1 << 25)
    target = np.empty_like(source)
    seconds = []
    for _ in range(6):
        began = time.perf_counter()
        np.copyto(target, source)
        seconds.append(time.perf_counter() - began)
    return 2 * source.nbytes / min(seconds) / 1e9


def peak() -> int:
    """Most bytes that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(name: str, size: int, runs: int) -> dict[str, float]:
    """One size of one scenario, in this process."""
    timed_run(SCENARIOS[name](1_000))
    before, scenario = peak(), SCENARIOS[name](size)
    found = [timed_run(scenario) for _ in range(runs)]
    seconds, days = (statistics.median(column) for column in list(zip(*found, strict=True))[:2])
    resident = (peak() - before) / size
    return {
        "migrants": size,
        "events": found[0][2],
        "first": found[0][0],
        "s": seconds,
        "days": days,
        "resident": resident,
        "floor": floor(size),
    }


def report(name: str, found: list[dict[str, float]]) -> None:
    """The table of a scenario, in Markdown."""
    print(f"{name}, 365 days, one core:\n")
    print(
        "| migrants | events | first run, s | s | ns per event | of the days alone | floor, ns | times the floor"
        " | peak bytes a migrant |"
    )
    print("|---:" * 9 + "|")
    for row in found:
        event, day = (row[part] / max(row["events"], 1) * 1e9 for part in ("s", "days"))
        print(
            f"| {row['migrants']:,} | {row['events']:,} | {row['first']:.3f} | {row['s']:.3f} | {event:,.0f}"
            f" | {day:,.0f} | {row['floor']:.0f} | {event / row['floor']:.1f} | {row['resident']:,.0f} |"
        )
    if len(found) > 1:
        last, largest = found[-2], found[-1]
        slope = math.log(largest["s"] / last["s"]) / math.log(largest["migrants"] / last["migrants"])
        print(f"\nExponent between the two largest: {slope:.2f}.")
    print()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=7, help="of each size; of the largest at most 3")
    parser.add_argument("--one", choices=SCENARIOS, help="measure one size in this process, and print it as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.one, options.sizes[0], options.runs)))
        return
    for name in SCENARIOS:
        found = []
        for size in options.sizes:
            runs = min(options.runs, 3) if size > 1_000_000 else options.runs
            words = [sys.executable, "-W", "ignore", __file__, "--one", name, "--sizes", str(size), "--runs", str(runs)]
            found.append(json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout))
        report(name, found)
    # Last, as the processes above would count its arrays as their own peak.
    print(f"Rows: {ROW.itemsize} bytes a migrant. Copying: {copying():.1f} GB/s. Load: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
