"""The toy work in plain Mesa, as its tutorials do: `shuffle_do` over all agents, every day."""

from __future__ import annotations

import mesa
from work import MEAN_STAY, NEIGHBOURS, PLACES, report, sizes


class Walker(mesa.Agent):
    def __init__(self, model, place):
        super().__init__(model)
        self.place = place

    def step(self):
        random = self.model.random
        if random.random() < 1.0 / MEAN_STAY:
            self.place = NEIGHBOURS[self.place][random.randrange(3)]
            self.model.arrivals[self.place] += 1


class Walk(mesa.Model):
    def __init__(self, agents):
        super().__init__(rng=1)
        self.arrivals = [0] * PLACES
        for k in range(agents):
            Walker(self, k % PLACES)

    def step(self):
        self.agents.shuffle_do("step")


def build():
    agents, days = sizes()
    model = Walk(agents)

    def run() -> int:
        for _ in range(days):
            model.step()
        return sum(model.arrivals)

    return run


report(build)
