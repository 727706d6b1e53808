"""The toy work on Corridor's engine: rows of 32 bytes, calendars in blocks, keyed draws."""

from __future__ import annotations

import numpy as np
from work import MEAN_STAY, NEIGHBOURS, PLACES, report, sizes

from experiments.benchmarks.engine import busy_corridor
from sim.engine.build import build_world, names_of
from sim.engine.compiled import compiled
from sim.engine.queues import ANY, in_turn, schedule, take_due
from sim.engine.reference import reference
from sim.engine.streams import ROUTE, TRAVEL, draw, lag


@compiled
def settle(w, mean):
    """Everybody's first stay."""
    for i in range(w.rows.shape[0]):
        m = w.rows[i]
        m.place = i % PLACES
        schedule(w, i, 0, 0, lag(draw(m.key, TRAVEL, 0), mean))


@compiled
def day_of(w, day, mean, links, arrivals):
    """All whose stay ends today take a link."""
    n = take_due(w, 0, day, ANY)
    for j in range(n):
        i = in_turn(w, j)
        m = w.rows[i]
        m.attempts += 1
        m.place = links[m.place, int(3.0 * draw(m.key, ROUTE, m.attempts))]
        arrivals[day, m.place] += 1
        schedule(w, i, 0, day, lag(draw(m.key, TRAVEL, m.attempts), mean))
    return n


def build(agents: int, days: int):
    """A world whose migrants all stand in the first calendar."""
    scenario = busy_corridor(agents, days)
    world = build_world(scenario, names_of(scenario), [])
    tables, links = reference(world), np.array(NEIGHBOURS, np.uint8)
    arrivals = np.zeros((days, PLACES), np.int64)
    settle(tables, MEAN_STAY)

    def run() -> int:
        events = sum(day_of(tables, day, MEAN_STAY, links, arrivals) for day in range(days))
        assert events == arrivals.sum()
        return events

    return run


build(100, 30)()  # compiles
report(lambda: build(*sizes()))
