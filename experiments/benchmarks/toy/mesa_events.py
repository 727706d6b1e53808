"""The toy work on Mesa's event list: each agent schedules the end of its own stay."""

from __future__ import annotations

import math

import mesa
from work import MEAN_STAY, NEIGHBOURS, PLACES, report, sizes


class Walker(mesa.Agent):
    def __init__(self, model, place):
        super().__init__(model)
        self.place = place
        self.stay()

    def stay(self):
        days = 1 + int(math.log(1.0 - self.random.random()) / math.log1p(-1.0 / MEAN_STAY))
        self.model.schedule_event(self.move, after=days)

    def move(self):
        self.place = NEIGHBOURS[self.place][self.random.randrange(3)]
        self.model.arrivals[self.place] += 1
        self.stay()


class Walk(mesa.Model):
    def __init__(self, agents):
        super().__init__(rng=1)
        self.arrivals = [0] * PLACES
        for k in range(agents):
            Walker(self, k % PLACES)


def build():
    agents, days = sizes()
    model = Walk(agents)

    def run() -> int:
        model.run_for(days)
        return sum(model.arrivals)

    return run


report(build)
