"""The toy work that all peers do, and how each reports what it cost.

12 places on a ring with 6 chords across it: 18 links, three out of each place. Each of N agents stays at a place for a
geometric number of days with mean 28, then takes one of the three links, each equally likely, and is there at once.
So an agent has about 13 events (a stay ends, a link is taken) in 365 days. Counted every day: arrivals by place.
Only the standard library here, as each peer runs in an environment of its own.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

PLACES, MEAN_STAY = 12, 28.0
NEIGHBOURS = [((p + 1) % PLACES, (p - 1) % PLACES, (p + PLACES // 2) % PLACES) for p in range(PLACES)]


def sizes() -> tuple[int, int]:
    """Agents and days from the command line."""
    return int(sys.argv[1]), int(sys.argv[2])


def report(build: Callable[[], Callable[[], int]]) -> None:
    """Build, run, measure; prints one line of JSON. Peers that compile have done so before.

    ``build`` returns the function that runs all days and returns the number of events. CPU seconds are those of the
    days alone, user and system, all threads; peak is the process's resident memory.
    """
    began = time.process_time()
    run = build()
    built = time.process_time()
    events = run()
    ended = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    agents, days = sizes()
    print(
        json.dumps(
            {
                "agents": agents, "days": days, "events": int(events), "build_s": built - began, "cpu_s": ended - built,
                "peak_bytes": peak,
            }
        )
    )  # fmt: skip
