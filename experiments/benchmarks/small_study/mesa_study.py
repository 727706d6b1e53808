"""The small study with Mesa's batch_run: a grid of two parameters, ten replicates at each point."""

from __future__ import annotations

import mesa
import pandas as pd
from walk import DAYS, Walk

GRID = {"leaving": [0.005, 0.01, 0.02], "detection": [0.3, 0.6, 0.9]}

if __name__ == "__main__":
    found = mesa.batch_run(Walk, GRID, rng=list(range(10)), max_steps=DAYS, display_progress=False)
    entries = pd.DataFrame(found).groupby(["leaving", "detection"])["entries"]
    print(entries.quantile([0.05, 0.5, 0.95]).unstack().to_string())
