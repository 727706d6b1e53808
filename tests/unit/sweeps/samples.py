"""Sweeps made of numbers, and corners to be found in them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from sim.scenario.quantity import Distribution
from sim.sweeps.outcomes import OutcomeOf

UNIFORM = Distribution("uniform", (0.0, 1.0))
seeds = st.integers(0, 10**6)


def corner(seed: int, noise: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A corner of two of four parameters in which all runs are of interest, and some elsewhere."""
    generator = np.random.default_rng(seed)
    x = generator.random((600, 4))
    wanted = (x[:, 0] > 0.6) & (x[:, 2] < 0.5)
    return x, wanted ^ (generator.random(600) < noise)


class Made:
    """As `CompletedSweep`, of numbers."""

    def __init__(self, x: np.ndarray, values: dict[str, np.ndarray], **experiment: Any) -> None:
        paths = experiment.pop("paths", {})
        self.x, self._values, self.experiment = x, values, experiment
        self.factors = [
            SimpleNamespace(
                name=f"x{k}", unit="days", weights={paths.get(k, f"x{k}"): 1.0}, is_nominal=False, spread=UNIFORM
            )
            for k in range(x.shape[1])
        ]
        self.study = SimpleNamespace(base=next(iter(values)), names=list(values), folder="made")
        self.units = {OutcomeOf("loss"): "persons"}

    def label(self, factor: Any) -> str:
        return str(factor.name)

    def read(self, _: object) -> None:
        pass

    def y(self, _: OutcomeOf, scenario: str) -> np.ndarray:
        return self._values[scenario]

    def each(self, _: OutcomeOf, scenario: str) -> pd.DataFrame:
        points = np.arange(len(self.x))
        return pd.DataFrame({"run": points, "point": points, "replicate": 0, "value": self._values[scenario]})
