"""Calibrations from end to end, on the tiny scenario."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.inference.calibration_experiment import load_experiment
from sim.inference.calibration_study import task_of
from sim.inference.fit_task import Posterior, Workspace
from sim.inference.observations import known
from tests.unit.inference.tiny import fit, same


@pytest.mark.long
def test_the_posterior_is_the_same_in_a_pool(serial: tuple[Posterior, Path], tmp_path: Path) -> None:
    assert same(serial[0], fit(Workspace(tmp_path, jobs=2)))


def test_figures_narrow_what_is_thought_of_the_parameters(serial: tuple[Posterior, Path]) -> None:
    posterior = serial[0]
    assert posterior.weights.sum() == pytest.approx(1)
    assert 1 <= posterior.effective <= len(posterior.weights)
    spread = [np.sqrt(np.average((z - np.average(z, weights=posterior.weights)) ** 2, weights=posterior.weights))
              for z in posterior.points.T]  # fmt: skip
    assert min(spread) < 0.9


def test_rows_outside_the_run_are_not_fitted() -> None:
    experiment = load_experiment("minsk-2021")
    task = task_of(experiment)
    assert {row.start.year for row in task.fitted} == {2021}
    assert min(row.start for row in task.fitted) >= experiment.scenario.start
    assert replace(task, fitted=[]).rows == task.others
    assert not set(known(task.fitted, experiment.scenario.start))
