"""The parts of a fit: its task, where its runs are done and stored, and the resulting particles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.free_parameters import Space
from sim.inference.observations import Row
from sim.inference.outcome_figures import Target
from sim.inference.sampling import effective
from sim.scenario.schema import Scenario
from sim.studies.plan import Plan
from sim.studies.store.store import Store
from sim.studies.store.tables import DONE
from sim.studies.study import Study
from sim.studies.work.dispatch import dispatch
from sim.studies.work.executors import workplace
from sim.sweeps.outcomes import declared

Floats = npt.NDArray[np.float64]
Progress = Callable[[str, int, int, int], None]  # stage, runs done, requested and failed


@dataclass(frozen=True)
class Workspace:
    """Where runs are done and stored.

    Attributes:
        folder: Folder of the stages.
        jobs: Number of processes; 1 for this process alone, None for all cores.
        dask: Address of a Dask scheduler.
        command: The command that reproduces the fit.
        progress: Called with the stage, and the numbers of runs done, requested and failed.
    """

    folder: Path
    jobs: int | None = 1
    dask: str | None = None
    command: str = ""
    progress: Progress | None = None


@dataclass
class Task:
    """The task of a fit.

    Attributes:
        experiment: Sizes and observation model.
        scenario: The scenario, with the inputs that may be used.
        space: The free parameters.
        fitted: Rows in the likelihood: published counts, then figures of outcomes.
        others: Rows that are only counted, such as those to forecast.
        seed: Seed of all draws.
    """

    experiment: CalibrationExperiment
    scenario: Scenario
    space: Space
    fitted: Sequence[Row | Target]
    others: Sequence[Row]
    seed: int

    @property
    def rows(self) -> list[Row | Target]:
        """Return all rows that a run must count."""
        return [*self.fitted, *self.others]


@dataclass
class Posterior:
    """Weighted particles.

    Attributes:
        points: Normal scores of the parameters, shape (N, D).
        values: The parameters, shape (N, D).
        weights: Weights, which add up to 1, shape (N,).
        dispersion: Probability of each over-dispersion given the particle, shape (N, G).
        counts: The model's counts of the task's rows, shape (N, M).
        waves: Rows of the table of waves and generations.
        runs: Runs done in all.
        failed: Runs that failed.
    """

    points: Floats
    values: Floats
    weights: Floats
    dispersion: Floats
    counts: Floats
    waves: list[dict[str, Any]] = field(default_factory=list)
    runs: int = 0
    failed: int = 0

    @property
    def effective(self) -> float:
        """Return the effective number of particles."""
        return effective(self.weights)

    def resample(self, size: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        """Return numbers of particles, drawn by weight (systematic resampling)."""
        places = (rng.random() + np.arange(size)) / size
        found: npt.NDArray[np.intp] = np.searchsorted(np.cumsum(self.weights), places * self.weights.sum())
        return np.minimum(found, len(self.weights) - 1)


def simulate(task: Task, workspace: Workspace, stage: str, points: Floats, seed: int) -> Floats:
    """Return the model's counts of the task's rows at points, shape (N, M); NaN if a run failed."""
    scenario = task.scenario.model_copy(update={"seed": seed, "observed": []})
    counted = [row for row in task.rows if isinstance(row, Row)]
    scenario._rows = [row.record() for row in counted]
    key = sha256(repr([(row.series, row.start, row.end, row.about) for row in counted]).encode()).hexdigest()
    outcomes = [row.series for row in task.rows if isinstance(row, Target)]
    settings = task.space.settings(points)
    plan = Plan(
        "calibration",
        {"scenario": scenario},
        paths=task.space.paths,
        points=settings,
        paired=False,
        drawn=False,
        extra={"rows_sha256": key, "stage": stage, **({"outcomes": outcomes} if outcomes else {})},
        outcomes=declared(row.outcome for row in task.rows if isinstance(row, Target)),
    )
    folder = workspace.folder / stage

    def report(done: int, total: int, failed: int) -> None:
        if workspace.progress:
            workspace.progress(stage, done, total, failed)

    with Store(folder, plan, workspace.command) as store:
        dispatch(plan, store, workplace(workspace.jobs, workspace.dask), progress=report)
        store.finish()
    return _counts(Study(folder), task.rows, len(points))


def _counts(study: Study, rows: Sequence[Row | Target], size: int) -> Floats:
    counts = np.full((size, len(rows)), np.nan)
    number: dict[tuple[str, date, date], int] = {
        (row.series, row.start, row.end): k for k, row in enumerate(rows) if isinstance(row, Row)
    }
    if number:
        for found in study.simulated.itertuples():
            counts[found.point, number[str(found.series), found.period_start, found.period_end]] = found.value
    targets = [(k, row) for k, row in enumerate(rows) if isinstance(row, Target)]
    if targets:
        _count_outcomes(study, targets, counts)
    return counts


def _count_outcomes(study: Study, targets: Sequence[tuple[int, Target]], counts: Floats) -> None:
    """Fill in the columns of outcomes."""
    asked = [target.outcome for _, target in targets]
    matrix = study.matrix(study.base, measures={one.measure for one in asked}, names={one.name for one in asked})
    keys = list(zip(matrix.keys["measure"], matrix.keys["name"], strict=True))
    runs = study.runs.set_index("run")
    points = runs.loc[matrix.replicates, "point"].to_numpy()
    done = runs.loc[runs["status"] == DONE, "point"].to_numpy()
    for (column, target), outcome in zip(targets, asked, strict=True):
        counts[done, column] = np.nan if target.never is None else target.never
        if outcome.key in keys:  # else it has a value in none of the runs
            values = matrix.values[:, keys.index(outcome.key)]
            counts[points, column] = np.where(np.isnan(values), counts[points, column], values)
