"""The toy work in plain NumPy: who moves is drawn for everybody, every day. The reference of the regression check."""

from __future__ import annotations

import numpy as np
from work import MEAN_STAY, NEIGHBOURS, PLACES, report, sizes


def build():
    agents, days = sizes()
    rng, links = np.random.default_rng(1), np.array(NEIGHBOURS)
    place = np.arange(agents) % PLACES
    arrivals = np.zeros((days, PLACES), np.int64)

    def run() -> int:
        for day in range(days):
            who = np.flatnonzero(rng.random(agents) < 1.0 / MEAN_STAY)
            place[who] = links[place[who], rng.integers(0, 3, len(who))]
            arrivals[day] = np.bincount(place[who], minlength=PLACES)
        return int(arrivals.sum())

    return run


report(build)
