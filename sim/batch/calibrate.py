"""Fitting a scenario to published figures: history matching, then sequential Monte Carlo.

1. A space-filling design over the prior is run, and emulators learn each figure from it. In further waves only
   points that no figure makes implausible are run, so that the emulators become sharp where it matters.
2. Approximate Bayesian computation with the observation model as its kernel (Wilkinson 2013), so that no
   tolerance is left to be chosen: a generation of particles is drawn from what the emulators make of the
   posterior (tempered at first), each is run, and weighted by the likelihood of its own counts over the
   emulators'. The emulators only propose: what they get wrong, the weights set right. Generations follow until
   the effective number of particles is large enough; each teaches the emulators.

Every stage is a study of its own (`sim.batch.store`), its points a function of the stages before and the seed.
So a calibration that was ended goes on where it was, and its posterior is the same on any executor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from sim.batch.calibration_experiment import CalibrationExperiment
from sim.batch.conduct import conduct
from sim.batch.emulator import Emulator
from sim.batch.executors import workplace
from sim.batch.free import Space
from sim.batch.likelihood import Likelihood
from sim.batch.observations import Row
from sim.batch.plan import Plan
from sim.batch.sampling import (
    chains,
    design,
    effective,
    normalised,
    not_ruled_out,
    posterior_density,
    stream,
)
from sim.batch.store import Store
from sim.batch.study import Study
from sim.runs import replicate_seed
from sim.save import OutputError
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
Progress = Callable[[str, int, int, int], None]  # stage, runs done, runs asked for, runs that failed
_FIRST_TEMPER = 0.5


@dataclass(frozen=True)
class Place:
    """Where runs are done and kept.

    Attributes:
        folder: Of the stages.
        jobs: Processes; 1 for this one alone, None for all cores.
        dask: Address of a Dask scheduler.
        command: The command that does it again.
        progress: Called with the stage, and the numbers of runs done, asked for and failed.
    """

    folder: Path
    jobs: int | None = 1
    dask: str | None = None
    command: str = ""
    progress: Progress | None = None


@dataclass
class Task:
    """What is fitted to what.

    Attributes:
        experiment: Sizes and observation model.
        scenario: With the inputs that may be used.
        space: The free parameters.
        fitted: Rows that the likelihood is of.
        others: Rows that are only to be counted, such as those to be forecast.
        seed: Of all draws.
    """

    experiment: CalibrationExperiment
    scenario: Scenario
    space: Space
    fitted: Sequence[Row]
    others: Sequence[Row]
    seed: int

    @property
    def rows(self) -> list[Row]:
        """All rows that a run is to count."""
        return [*self.fitted, *self.others]


@dataclass
class Posterior:
    """Weighted particles.

    Attributes:
        points: Normal scores of the parameters, shape (N, D).
        values: The parameters, shape (N, D).
        weights: They add up to 1, shape (N,).
        dispersion: Chance of each over-dispersion given the particle, shape (N, G).
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
        """Effective number of particles."""
        return effective(self.weights)

    def resample(self, size: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        """Numbers of particles, drawn by weight with little chance (systematic resampling)."""
        places = (rng.random() + np.arange(size)) / size
        found: npt.NDArray[np.intp] = np.searchsorted(np.cumsum(self.weights), places * self.weights.sum())
        return np.minimum(found, len(self.weights) - 1)


def calibrate(task: Task, place: Place) -> Posterior:
    """The posterior of a task; goes on with what is in the folder.

    Raises:
        OutputError: If the folder cannot be written or holds something else, or nearly all runs fail.
    """
    return _Calibration(task, place).posterior()


class _Calibration:
    def __init__(self, task: Task, place: Place) -> None:
        self.task, self.place = task, place
        self.sizes, self.smc = task.experiment.history_matching, task.experiment.smc
        self.likelihood = Likelihood(task.experiment, task.fitted)
        self.informed = np.flatnonzero(task.space.informed)
        self.points: Floats = np.empty((0, len(self.informed)))
        self.counts: Floats = np.empty((0, len(task.fitted)))
        self.kernels: list[Any] | None = None
        self.waves: list[dict[str, Any]] = []
        self.runs = self.failed = self.stage = 0

    def posterior(self) -> Posterior:
        width = len(self.informed)
        if not self.task.fitted or not width:
            return self._prior()
        points = design(self.sizes.runs, width, self.task.seed)
        self._learn("design", points, self._simulate("design", points), None)
        for wave in range(1, self.sizes.waves + 1):
            emulator = self._emulator()
            seed = replicate_seed(self.task.seed, wave)
            found = not_ruled_out(emulator, self.likelihood, self.sizes.wave_runs, self.sizes.cutoff, seed)
            counts = self._simulate(f"wave-{wave}", found.points)
            self._learn(f"wave {wave}", found.points, counts, emulator, left=found.left)
        return self._generations()

    def _generations(self) -> Posterior:
        smc, temper = self.smc, _FIRST_TEMPER
        for generation in range(1, smc.generations + 1):
            last = generation == smc.generations
            temper = 1.0 if last or generation > 1 else temper
            emulator = self._emulator()
            rng = stream(self.task.seed, "generation", generation)
            density = posterior_density(emulator, self.likelihood, temper)
            starts = not_ruled_out(emulator, self.likelihood, smc.particles, self.sizes.cutoff, self.task.seed).points
            points = chains(density, starts, smc.particles, rng)
            counts = self._simulate(f"generation-{generation}", points, rng)
            by_g = self.likelihood.of_counts(counts[:, : len(self.task.fitted)])
            emulated = self.likelihood.marginal(self.likelihood.of_logs(*emulator.predict(points)))
            weights = normalised(self.likelihood.marginal(by_g) - temper * emulated)
            self._learn(f"generation {generation}", points, counts, emulator, effective=effective(weights))
            enough = effective(weights) >= smc.enough * smc.particles
            if last or (enough and temper == 1.0):
                break
        chance: Floats = softmax(by_g, axis=1)
        return Posterior(
            self.full, self.task.space.values(self.full), weights, chance, counts, self.waves, self.runs, self.failed
        )

    def _prior(self) -> Posterior:
        """Where nothing was published yet: the prior."""
        rng = stream(self.task.seed, "prior")
        points = rng.standard_normal((self.smc.particles, len(self.informed)))
        counts = self._simulate("prior", points, rng)
        size, grid = len(points), len(self.likelihood.grid)
        weights = normalised(np.where(np.isfinite(counts).all(axis=1), 0.0, np.nan))
        self.waves.append({"stage": "prior", "runs": size, "failed": self.failed})
        chance = np.full((size, grid), 1 / grid)
        return Posterior(
            self.full, self.task.space.values(self.full), weights, chance, counts, self.waves, self.runs, self.failed
        )

    def _emulator(self) -> Emulator:
        usable = np.isfinite(self.counts).all(axis=1)
        points, logs = self.points[usable], np.log(self.likelihood.means(self.counts[usable]))
        if len(points) > self.sizes.training:
            off = self.likelihood.implausibility(logs, np.zeros_like(logs)).max(axis=1)
            recent = np.sort(np.argsort(off, kind="stable")[: self.sizes.training])
            points, logs = points[recent], logs[recent]
        emulator = Emulator(points, logs, self.kernels)
        if len(self.points) > self.sizes.runs:  # fitted anew once the first wave is in, then kept
            self.kernels = emulator.kernels
        return emulator

    def _learn(self, stage: str, points: Floats, counts: Floats, emulator: Emulator | None, **more: float) -> None:
        """Add runs to what emulators learn from, and note how well the last ones foretold them."""
        counts = counts[:, : len(self.task.fitted)]
        row: dict[str, Any] = {"stage": stage, "runs": len(points), "failed": int(np.isnan(counts).any(axis=1).sum())}
        row |= more
        if emulator is not None:
            mean, sd = emulator.predict(points)
            off = np.abs(np.log(self.likelihood.means(counts)) - mean) / sd
            row["within_2_sd"] = float(np.nanmean(off <= 2.0))
        self.waves.append(row)
        self.points, self.counts = np.vstack([self.points, points]), np.vstack([self.counts, counts])

    def _simulate(self, stage: str, points: Floats, rng: np.random.Generator | None = None) -> Floats:
        """Run the model at points of the informed parameters; the others are drawn from their prior."""
        task, place = self.task, self.place
        self.full = np.zeros((len(points), len(task.space)))
        self.full[:, self.informed] = points
        rest = np.setdiff1d(np.arange(len(task.space)), self.informed)
        if len(rest):
            self.full[:, rest] = (rng or stream(task.seed, stage)).standard_normal((len(points), len(rest)))
        self.stage += 1
        counts = simulate(task, place, stage, self.full, replicate_seed(task.seed, 1000 + self.stage))
        failed = int(np.isnan(counts).any(axis=1).sum())
        self.runs, self.failed = self.runs + len(points), self.failed + failed
        if failed > 0.9 * len(points):
            raise OutputError(
                f"{place.folder / stage}: {failed} of {len(points)} runs failed; its table `runs` says why"
            )
        return counts


def simulate(task: Task, place: Place, stage: str, points: Floats, seed: int) -> Floats:
    """The model's counts of the task's rows at points, shape (N, M); NaN where a run failed."""
    scenario = task.scenario.model_copy(update={"seed": seed, "observed": []})
    scenario._rows = [row.record() for row in task.rows]
    key = sha256(repr([(row.series, row.start, row.end, row.about) for row in task.rows]).encode()).hexdigest()
    settings = task.space.settings(points)
    plan = Plan(
        "calibration",
        {"scenario": scenario},
        paths=task.space.paths,
        points=settings,
        paired=False,
        drawn=False,
        extra={"rows_sha256": key, "stage": stage},
    )
    folder = place.folder / stage

    def report(done: int, total: int, failed: int) -> None:
        if place.progress:
            place.progress(stage, done, total, failed)

    with Store(folder, plan, place.command) as store:
        conduct(plan, store, workplace(place.jobs, place.dask), progress=report)
        store.finish()
    return _counts(Study(folder), task.rows, len(points))


def _counts(study: Study, rows: Sequence[Row], size: int) -> Floats:
    counts = np.full((size, len(rows)), np.nan)
    table = study.simulated
    number: dict[tuple[str, date, date], int] = {(row.series, row.start, row.end): k for k, row in enumerate(rows)}
    for found in table.itertuples():
        counts[found.point, number[str(found.series), found.period_start, found.period_end]] = found.value
    return counts
