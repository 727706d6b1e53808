"""The toy work on laser-core's `LaserFrame`: columns, a timer counted down for every agent, every day, by numba."""

from __future__ import annotations

import numba as nb
import numpy as np
from laser.core import LaserFrame
from work import MEAN_STAY, NEIGHBOURS, PLACES, report, sizes


@nb.njit(cache=False)
def day_of(place, timer, links, arrivals, mean):
    events = 0
    for i in range(place.shape[0]):
        timer[i] -= 1
        if timer[i] == 0:
            place[i] = links[place[i], np.random.randint(0, 3)]  # noqa: NPY002  as numba has it
            arrivals[place[i]] += 1
            timer[i] = 1 + int(np.log(1.0 - np.random.random()) / np.log1p(-1.0 / mean))  # noqa: NPY002
            events += 1
    return events


def build_of(agents, days):
    frame = LaserFrame(agents)
    frame.add_scalar_property("place", np.uint8)
    frame.add_scalar_property("timer", np.uint16)
    rng, links = np.random.default_rng(1), np.array(NEIGHBOURS, np.uint8)
    frame.place[:] = np.arange(agents) % PLACES
    frame.timer[:] = rng.geometric(1.0 / MEAN_STAY, agents)
    arrivals = np.zeros((days, PLACES), np.int64)

    def run() -> int:
        return sum(day_of(frame.place, frame.timer, links, arrivals[day], MEAN_STAY) for day in range(days))

    return run


build_of(100, 30)()  # compiles
report(lambda: build_of(*sizes()))
