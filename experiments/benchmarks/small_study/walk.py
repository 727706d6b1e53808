"""The model of the small study in Mesa: people leave home, wait in a border zone, and try until they are in."""

from __future__ import annotations

import mesa

PEOPLE, DAYS = 1_000, 180
HOME, ZONE, IN = 0, 1, 2


class Person(mesa.Agent):
    place = HOME

    def step(self):
        draw = self.model.random.random()
        if self.place == HOME and draw < self.model.leaving:
            self.place = ZONE
        elif self.place == ZONE and draw < self.model.tries * (1 - self.model.detection):
            self.place = IN


class Walk(mesa.Model):
    def __init__(self, leaving=0.01, detection=0.6, tries=1 / 7, rng=None):
        super().__init__(rng=rng)
        self.leaving, self.detection, self.tries = leaving, detection, tries
        Person.create_agents(self, PEOPLE)
        self.datacollector = mesa.DataCollector({"entries": lambda m: sum(p.place == IN for p in m.agents)})

    def step(self):
        self.agents.shuffle_do("step")
        self.datacollector.collect(self)
