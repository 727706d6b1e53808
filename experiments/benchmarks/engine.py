"""Speed of the engine: seconds, nanoseconds per migrant-event and bytes per migrant, by size of the population.

Run with ``uv run python experiments/benchmarks/engine.py``. The scenario is a corridor in which nearly everybody
sets out within a year: two cohorts, two air routes and a sea route, limited visas and seats, two border zones,
retries, procedures, wrecks. A migrant-event is a rule applied to a migrant who is due (setting out, visa,
boarding, arrival, transfer, attempt with its exposure and outcome, boat, procedure, onward journey, review).
Reported per size: the median and the range of the runs of one warm process, building the population included.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from datetime import date
from typing import Any

from sim.model import CorridorModel
from sim.population import ROW
from sim.scenario.schema import Scenario

START = date(2025, 1, 1)


def busy_corridor(persons: int, days: int = 365) -> Scenario:
    """A scenario whose rates scale with the population, so that events per person stay the same."""
    rate = persons / 20_000
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
            "iraqi-airways": {"services": {"baghdad-minsk": {"seats": 180, "weekly": {START: 20 * rate}}}},
            "belavia": {"services": {"benghazi-minsk": {"seats": 180, "weekly": {START: 10 * rate}}}},
            "boats": {"services": {"libya-italy": {"seats": 60, "weekly": {START: 10 * rate}}}},
        },
        "transit_states": {
            "belarus": {
                "hub": "minsk",
                "visas": {START: 1000 * rate},
                "facilitation": {START: 0.8},
                "transfer": {START: 1000 * rate},
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
            "poland": {"country": "Poland", "personnel": 1000 * rate, "turn_back": {START: 0.9}},
            "lithuania": {"country": "Lithuania", "personnel": 1000 * rate, "turn_back": {START: 0.5}},
        },
    }
    return Scenario.model_validate(entry)


def timed_run(scenario: Scenario) -> tuple[float, int]:
    """Seconds of one whole run, and its migrant-events."""
    started = time.perf_counter()
    model = CorridorModel(scenario)
    while model.running:
        model.step()
    return time.perf_counter() - started, model.events


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    timed_run(busy_corridor(1_000, 30))
    print(f"row: {ROW.itemsize} bytes a migrant")
    widths = {"migrants": 10, "events": 11, "median s": 9, "range s": 17, "ns/event": 9, "us/migrant": 10, "peak MB": 8}
    print(" ".join(f"{title:>{width}}" for title, width in widths.items()))
    for size in arguments.sizes:
        scenario = busy_corridor(size)
        runs = [timed_run(scenario) for _ in range(arguments.runs)]
        seconds = [run[0] for run in runs]
        median, events = statistics.median(seconds), runs[0][1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spread = f"{min(seconds):.4f}-{max(seconds):.4f}"
        print(
            f"{size:>10} {events:>11} {median:>9.4f} {spread:>17} {median / events * 1e9:>9.1f}"
            f" {median / size * 1e6:>10.2f} {peak:>8.0f}"
        )


if __name__ == "__main__":
    main()
