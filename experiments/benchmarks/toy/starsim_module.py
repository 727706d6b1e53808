"""The toy work as a Starsim module: Bernoulli draws for all agents, every day."""

from __future__ import annotations

import numpy as np
import starsim as ss
from work import MEAN_STAY, NEIGHBOURS, PLACES, report, sizes


class Walk(ss.Module):
    def __init__(self):
        super().__init__()
        self.define_states(ss.IntArr("place", default=0))
        self.leaves = ss.bernoulli(p=1.0 / MEAN_STAY)
        self.link = ss.randint(low=0, high=3)
        self.links = np.array(NEIGHBOURS)
        self.arrivals = []

    def step(self):
        who = self.leaves.filter()
        new = self.links[self.place[who], self.link.rvs(who)]
        self.place[who] = new
        self.arrivals.append(np.bincount(new, minlength=PLACES))


def build():
    agents, days = sizes()
    ss.options(verbose=0)
    walk = Walk()
    sim = ss.Sim(n_agents=agents, modules=[walk], start=0, dur=days, dt=1, verbose=0, copy_inputs=False)
    sim.init()
    walk.place[:] = np.arange(agents) % PLACES

    def run() -> int:
        sim.run()
        return int(np.sum(walk.arrivals))

    return run


report(build)
