"""The toy work in Flee: towns with a chance to move of 1/28 a day, links of no length that matter."""

from __future__ import annotations

import contextlib
import io
import tempfile
from pathlib import Path

from flee import flee
from work import MEAN_STAY, NEIGHBOURS, PLACES, report, sizes

SETTINGS = """
log_levels: {agent: 0, link: 0, camp: 0, conflict: 0, init: 0}
spawn_rules: {take_from_population: false, insert_day0: false}
move_rules:
  max_move_speed: 100.0
  max_walk_speed: 100.0
  foreign_weight: 1.0
  camp_weight: 1.0
  conflict_weight: 1.0
  conflict_movechance: 1.0
  camp_movechance: 1.0
  default_movechance: 1.0
  awareness_level: 1
  capacity_scaling: 1.0
  avoid_short_stints: false
  start_on_foot: false
  weight_power: 0.0
"""


def build():
    agents, days = sizes()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        file = Path(folder) / "settings.yml"
        file.write_text(SETTINGS, encoding="utf-8")
        flee.SimulationSettings.ReadFromYML(str(file))
        world = flee.Ecosystem()
    towns = [
        world.addLocation(name=f"place-{p}", x=float(p), y=0.0, movechance=1.0 / MEAN_STAY, capacity=-1, pop=1)
        for p in range(PLACES)
    ]
    for p, ends in enumerate(NEIGHBOURS):
        for end in ends:
            if end > p:
                world.linkUp(f"place-{p}", f"place-{end}", 90.0)
    towns = world.locations
    for k in range(agents):
        world.addAgent(towns[k % PLACES], {})

    def run() -> int:
        for _ in range(days):
            world.evolve()
        return sum(agent.places_travelled - 1 for agent in world.agents)

    return run


report(build)
