"""Tasks of a fit: what a run counts of each row, particles by weight, and progress stage by stage."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inference import fit_task
from sim.inference.fit_task import Posterior, Task, Workspace, simulate
from sim.inference.free_parameters import Space
from sim.inference.outcome_figures import Target
from sim.outputs.folder import OutputError
from sim.studies.study import Study
from tests.strategies import START, tiny_scenario
from tests.unit.inference.tiny import loaded, row

SHORT = tiny_scenario(days=60)
DAY = Target("peak_date(attempts)@poland", START, SHORT.end, 20.0, None, None, 5.0, never=61.0)
TOTAL = Target("attempts@poland", START, SHORT.end, 100.0, None, None, 9.0)


def task_for(fitted: list[Any], others: list[Any] | None = None) -> Task:
    experiment = loaded().experiment
    return Task(experiment, SHORT, Space(experiment.parameters, SHORT), fitted, others or [], 3)


def weighted(*weights: float) -> Posterior:
    ones = np.ones((len(weights), 1))
    return Posterior(ones, ones, np.array(weights), ones, ones)


def test_rows_are_those_fitted_and_then_the_others() -> None:
    assert task_for([row(0, 1), DAY], [row(30, 2)]).rows == [row(0, 1), DAY, row(30, 2)]


def test_particles_are_drawn_as_often_as_their_weight_says() -> None:
    posterior = weighted(0.5, 0.0, 0.125, 0.375)
    assert posterior.effective == pytest.approx(1 / (0.25 + 0.125**2 + 0.375**2))
    for seed in range(5):
        found = posterior.resample(16, np.random.default_rng(seed))
        assert found.tolist() == [0] * 8 + [2] * 2 + [3] * 6
    assert weighted(2.0, 6.0).resample(8, np.random.default_rng(1)).tolist() == [0] * 2 + [1] * 6
    three = [weighted(0.5, 0.5).resample(3, np.random.default_rng(seed)).sum() for seed in range(200)]
    assert set(three) == {1, 2}, "the odd one is either's"
    assert np.mean(three) == pytest.approx(1.5, abs=0.1)


def test_rounding_draws_no_particle_after_the_last() -> None:
    last = SimpleNamespace(random=lambda: 1.001)
    assert weighted(0.5, 0.5).resample(2, last).tolist() == [1, 1]  # type: ignore[arg-type]


def test_each_row_has_its_own_column_and_a_run_that_failed_has_none() -> None:
    rows: list[Any] = [row(0, 1), TOTAL, row(30, 2)]
    simulated = pd.DataFrame(
        [
            {"point": point, "series": "poland", "period_start": rows[k].start, "period_end": rows[k].end, "value": v}
            for point, k, v in ((0, 0, 5.0), (0, 2, 6.0), (2, 2, 8.0), (2, 0, 7.0))
        ]
    )
    runs = pd.DataFrame({"run": [0, 1, 2], "point": [0, 1, 2], "status": ["done", "failed", "done"]})
    asked: list[Any] = []

    def matrix(base: str, measures: set[str], names: set[str]) -> Any:
        asked.append((base, measures, names))
        keys = pd.DataFrame({"measure": ["attempts", "attempts"], "name": ["lithuania", "poland"]})
        return SimpleNamespace(keys=keys, replicates=[2, 0], values=np.array([[1.0, 30.0], [2.0, 40.0]]))

    study: Any = SimpleNamespace(simulated=simulated, runs=runs, base="scenario", matrix=matrix)
    found = fit_task._counts(study, rows, 3)
    expected = [[5, 40, 6], [np.nan] * 3, [7, 30, 8]]
    assert np.array_equal(found, expected, equal_nan=True)
    assert asked == [("scenario", {"attempts"}, {"poland"})]
    alone = SimpleNamespace(simulated=simulated)
    found = fit_task._counts(alone, [rows[2], rows[0]], 3)  # type: ignore[arg-type]
    assert np.array_equal(found, [[6, 5], [np.nan] * 2, [8, 7]], equal_nan=True)


def test_a_day_that_never_came_is_the_day_after_the_last_and_another_outcome_without_value_is_none() -> None:
    runs = pd.DataFrame({"run": [4, 5, 6], "point": [0, 1, 2], "status": ["done", "done", "failed"]})
    keys = pd.DataFrame({"measure": ["peak_date(attempts)", "attempts"], "name": ["poland", "poland"]})
    values = np.array([[33.0, np.nan], [np.nan, 9.0]])
    found = {}
    for name, there in (("both", [0, 1]), ("neither", [])):
        matrix = SimpleNamespace(keys=keys.iloc[there], replicates=[4, 5], values=values[:, there])
        study: Any = SimpleNamespace(runs=runs, base="scenario", matrix=lambda *_, matrix=matrix, **__: matrix)
        found[name] = fit_task._counts(study, [DAY, TOTAL], 3)
    assert np.array_equal(found["both"], [[33, np.nan], [61, 9], [np.nan, np.nan]], equal_nan=True)
    assert np.array_equal(found["neither"], [[61, np.nan], [61, np.nan], [np.nan, np.nan]], equal_nan=True)


def test_runs_count_their_rows_and_tell_how_far_they_are(tmp_path: Path) -> None:
    whole = row(0, 1)._replace(end=START + timedelta(days=59))
    task = task_for([row(0, 1), TOTAL, row(30, 2)], [whole])
    told: list[Any] = []
    here = Workspace(tmp_path, command="corridor calibrate tiny", progress=lambda *numbers: told.append(numbers))
    points = np.array([[0.0, 0.0], [0.0, -3.0], [0.0, 0.0]])
    found = simulate(task, here, "stage", points, 11)
    assert found.shape == (3, 4)
    assert found[:, 0] + found[:, 2] == pytest.approx(found[:, 3])
    assert found[:, 1] == pytest.approx(found[:, 3], rel=0.25), "what is recorded is not far from what is done"
    assert found[0, 1] > 1.5 * found[1, 1], "a sixth of the visas"
    assert not np.array_equal(found[0], found[2]), "each run has chance of its own"
    assert told[-1] == ("stage", 3, 3, 0)
    study = Study(tmp_path / "stage")
    assert not (tmp_path / "stage" / "spool").exists(), "nothing is left over"
    assert study.runs["status"].tolist() == ["done"] * 3
    told.clear()
    assert np.array_equal(simulate(task, here, "stage", points, 11), found)
    assert np.array_equal(simulate(task, replace(here, progress=None), "stage", points, 11), found)
    assert not np.array_equal(simulate(task, here, "other", points, 12), found)


@pytest.mark.parametrize("other", ["row", "outcome", "seed", "points"])
def test_a_stage_of_other_rows_outcomes_seed_or_points_is_another_study(tmp_path: Path, other: str) -> None:
    points = np.zeros((1, 2))
    simulate(task_for([row(0, 1)]), Workspace(tmp_path), "stage", points, 1)
    fitted = {"row": [row(30, 1)], "outcome": [row(0, 1), TOTAL]}.get(other, [row(0, 1)])
    with pytest.raises(OutputError, match="holds another study"):
        simulate(
            task_for(fitted), Workspace(tmp_path), "stage", points + (other == "points"), 2 if other == "seed" else 1
        )
