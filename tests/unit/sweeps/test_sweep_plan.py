"""An experiment's plan: its points are scenarios with overrides; those that ship can be run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.draw import drawn_values, resolve
from sim.scenario.paths import apply_overrides
from sim.studies.plan import Plan, opened
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import plan_of
from sim.sweeps.threshold import plan_of_levels
from tests.unit.sweeps.small import TINY


@given(seed=st.integers(0, 2**40), replicate=st.integers(0, 3), drawn=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_point_is_the_scenario_with_overrides(seed: int, replicate: int, drawn: bool) -> None:
    points = np.array([[2.0, 0.2], [3.0, 0.1]])
    paths = ("behaviour.patience", "behaviour.giving_up")
    plan = Plan("sweep", {"a": apply_overrides(TINY, {"seed": seed})}, 4, paths=paths, points=points, drawn=drawn)
    parcel = opened(plan.parcel)
    for run in plan.runs:
        if run.replicate != replicate:
            continue
        found, values = parcel.draw(run)
        own = dict(zip(paths, points[run.point], strict=True))
        changed = apply_overrides(parcel.cases[0].scenario, own)
        people = parcel.people_seed(run)
        draws = people if drawn else None
        assert found == resolve(changed, draws).model_copy(update={"seed": people})
        assert values == {**drawn_values(changed, draws), **own}


@pytest.mark.parametrize("name", ["flights-sweep", "flights-threshold", "global-sensitivity", "robust-response"])
def test_the_experiments_that_ship_can_be_run(name: str) -> None:
    ready = read_experiment(name)
    if ready.experiment.kind == "threshold":
        assert len(plan_of_levels(ready, [0.0, 24.0]).runs) == 2 * ready.experiment.replicates
    else:
        plan = plan_of(ready)
        assert plan.points is not None
        assert len(plan.runs) == len(plan.points) * len(ready.scenarios) * plan.replicates
