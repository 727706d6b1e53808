"""The small study with Flee: home, zone, camp; detection is in the chance to move on from the zone. Loops by hand."""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
from pathlib import Path

import numpy as np
from flee import flee

PEOPLE, DAYS, TRIES = 1_000, 180, 1 / 7
SETTINGS = """
log_levels: {agent: 0, link: 0, camp: 0, conflict: 0, init: 0}
spawn_rules: {take_from_population: false, insert_day0: false}
move_rules: {max_move_speed: 1000.0, max_walk_speed: 1000.0, awareness_level: 1, avoid_short_stints: false,
  start_on_foot: false, conflict_movechance: 1.0, camp_movechance: 0.0, default_movechance: 1.0}
"""


def entries(leaving, detection, seed):
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 (what Flee draws from)
    world = flee.Ecosystem()
    home = world.addLocation(name="home", x=0.0, y=0.0, movechance=leaving, capacity=-1, pop=1)
    zone = world.addLocation(name="zone", x=1.0, y=0.0, movechance=TRIES * (1 - detection), capacity=-1, pop=1)
    camp = world.addLocation(name="in", x=2.0, y=0.0, movechance=0.0, location_type="camp", capacity=-1, pop=1)
    world.linkUp("home", "zone", 90.0, forced_redirection=True)
    world.linkUp("zone", "in", 90.0, forced_redirection=True)
    zone.links = [link for link in zone.links if link.endpoint is camp]
    for _ in range(PEOPLE):
        world.addAgent(home, {})
    for _ in range(DAYS):
        world.evolve()
    return camp.numAgents


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
        file = Path(folder) / "settings.yml"
        file.write_text(SETTINGS, encoding="utf-8")
        flee.SimulationSettings.ReadFromYML(str(file))
    for leaving in (0.005, 0.01, 0.02):
        for detection in (0.3, 0.6, 0.9):
            with contextlib.redirect_stderr(io.StringIO()):  # Flee tells of each place
                found = [entries(leaving, detection, seed) for seed in range(10)]
            print(leaving, detection, np.quantile(found, [0.05, 0.5, 0.95]))


if __name__ == "__main__":
    main()
