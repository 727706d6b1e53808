"""Calibration of a scenario to published figures by history matching and sequential Monte Carlo.

1. A space-filling design over the prior is run, and emulators of each figure are trained on it. In further waves
   only points that no figure makes implausible are run, which sharpens the emulators where it matters.
2. Approximate Bayesian computation with the observation model as its kernel (Wilkinson 2013), which needs no
   tolerance: a generation of particles is drawn from a mixture around the emulators' estimate of the posterior,
   tempered at first (`sim.inference.proposal`). Each particle is run, and weighted by prior times likelihood of
   its own counts, divided by the density from which it was drawn. The emulators only propose; the weights correct
   their errors. Generations follow until the effective number of all particles together is large enough; each
   also trains the emulators.

Every stage is a study (`sim.studies.store.store`) whose points depend only on earlier stages and the seed. So an
interrupted calibration resumes where it stopped, and its posterior is the same on any executor.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import softmax

from sim.inference.emulator import Emulator
from sim.inference.fit_task import Floats, Posterior, Task, Workspace, simulate
from sim.inference.likelihood import Likelihood
from sim.inference.proposal import CENTRES, Proposal, log_mixture, log_prior
from sim.inference.sampling import (
    chains,
    design,
    effective,
    normalised,
    not_ruled_out,
    posterior_density,
    stream,
)
from sim.outputs.folder import OutputError
from sim.runs import replicate_seed

_FIRST_TEMPER = 0.5


class Learnt(NamedTuple):
    """Runs over the prior and the emulators' kernels, which depend on the outputs counted, not on published figures."""

    points: Floats
    counts: Floats
    kernels: list[Any]


def learn(task: Task, workspace: Workspace) -> Learnt:
    """Run the space-filling design of a task, as a start for several calibrations."""
    first = _Calibration(task, workspace)
    first.design()
    return Learnt(first.points, first.counts, first.emulator().kernels)


def calibrate(task: Task, workspace: Workspace, learnt: Learnt | None = None) -> Posterior:
    """Compute the posterior of a task, resuming from what is in the folder.

    Args:
        task: The task of the fit.
        workspace: Where runs are done and stored.
        learnt: From a task with the same scenario, parameters and periods; replaces the design. What follows is done
            as without it.

    Raises:
        OutputError: If the folder cannot be written or holds something else, or nearly all runs fail.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):  # for many small products, threads cost more than they save
        return _Calibration(task, workspace, learnt).posterior()


class _Generation(NamedTuple):
    """Particles: normal scores of informed and of all parameters, counts, log likelihood by over-dispersion."""

    informed: Floats
    points: Floats
    counts: Floats
    by_g: Floats
    proposal: Proposal


class _Calibration:
    def __init__(self, task: Task, workspace: Workspace, learnt: Learnt | None = None) -> None:
        self.task, self.workspace, self.learnt = task, workspace, learnt
        self.sizes, self.smc = task.experiment.history_matching, task.experiment.smc
        self.likelihood = Likelihood(task.experiment, task.fitted)
        self.informed = np.flatnonzero(task.space.informed)
        self.points: Floats = np.empty((0, len(self.informed))) if learnt is None else learnt.points
        self.counts: Floats = np.empty((0, len(task.fitted))) if learnt is None else learnt.counts
        self.kernels: list[Any] | None = None
        self.waves: list[dict[str, Any]] = []
        self.runs = self.failed = self.stage = 0

    def posterior(self) -> Posterior:
        if not self.task.fitted or not len(self.informed):
            return self._prior()
        if self.learnt is None:
            self.design()
        for wave in range(1, self.sizes.waves + 1):
            emulator = self.emulator()
            seed = replicate_seed(self.task.seed, wave)
            found = not_ruled_out(emulator, self.likelihood, self.sizes.wave_runs, self.sizes.cutoff, seed)
            counts = self._simulate(f"wave-{wave}", found.points)
            self._learn(f"wave {wave}", found.points, counts, emulator, left=found.left)
        return self._generations()

    def design(self) -> None:
        """Run a space-filling design."""
        points = design(self.sizes.runs, len(self.informed), self.task.seed)
        self._learn("design", points, self._simulate("design", points), None)

    def _generations(self) -> Posterior:
        made: list[_Generation] = []
        weights: Floats = np.empty(0)
        for number in range(1, self.smc.generations + 1):
            made.append(self._generation(number, made, weights))
            weights = self._weights(made)
            self.waves[-1]["effective"] = effective(weights)
            if effective(weights) >= self.smc.enough * self.smc.particles:
                break
        points, counts, by_g = (np.concatenate(parts) for parts in list(zip(*made, strict=True))[1:4])
        values = self.task.space.values(points)
        chance: Floats = softmax(by_g, axis=1)
        return Posterior(points, values, weights, chance, counts, self.waves, self.runs, self.failed)

    def _generation(self, number: int, before: list[_Generation], weights: Floats) -> _Generation:
        """Draw and run particles around the emulators' estimate of the posterior, tempered at first."""
        size, emulator = self.smc.particles, self.emulator()
        rng = stream(self.task.seed, "generation", number)
        density = posterior_density(emulator, self.likelihood, _FIRST_TEMPER if number == 1 else 1.0)
        starts = not_ruled_out(emulator, self.likelihood, size, self.sizes.cutoff, self.task.seed).points
        if before:
            known = np.concatenate([entry.informed for entry in before])
            starts = np.vstack([starts[: size // 2], known[rng.choice(len(known), size, p=weights)]])
        proposal = Proposal(chains(density, starts, CENTRES, rng, self.smc.steps))
        points = proposal.draw(size, rng)
        counts = self._simulate(f"generation-{number}", points, rng)
        by_g = self.likelihood.of_counts(counts[:, : len(self.task.fitted)])
        self._learn(f"generation {number}", points, counts, emulator)
        return _Generation(points, self.full, counts, by_g, proposal)

    def _weights(self, made: list[_Generation]) -> Floats:
        """Return the weights of all generations' particles together."""
        points = np.concatenate([entry.informed for entry in made])
        likelihood = self.likelihood.marginal(np.concatenate([entry.by_g for entry in made]))
        drawn = log_mixture([entry.proposal for entry in made], [len(entry.points) for entry in made], points)
        return normalised(log_prior(points) + likelihood - drawn)

    def _prior(self) -> Posterior:
        """Return the prior, for when nothing has been published yet."""
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

    def emulator(self) -> Emulator:
        """Train emulators on all runs so far, or on the least implausible if there are many."""
        usable = np.isfinite(self.counts).all(axis=1)
        points, logs = self.points[usable], self.likelihood.emulated(self.counts[usable])
        if len(points) > self.sizes.training:
            off = self.likelihood.implausibility(logs, np.zeros_like(logs)).max(axis=1)
            recent = np.sort(np.argsort(off, kind="stable")[: self.sizes.training])
            points, logs = points[recent], logs[recent]
        is_design = len(self.points) == self.sizes.runs
        kernels = self.learnt.kernels if self.learnt is not None and is_design else self.kernels
        emulator = Emulator(points, logs, kernels)
        if not is_design:  # refitted once after the first wave, then kept
            self.kernels = emulator.kernels
        return emulator

    def _learn(self, stage: str, points: Floats, counts: Floats, emulator: Emulator | None, **more: float) -> None:
        """Add runs to the training set, and record how well the last emulators predicted them."""
        counts = counts[:, : len(self.task.fitted)]
        row: dict[str, Any] = {"stage": stage, "runs": len(points), "failed": int(np.isnan(counts).any(axis=1).sum())}
        row |= more
        if emulator is not None:
            mean, sd = emulator.predict(points)
            off = np.abs(self.likelihood.emulated(counts) - mean) / sd
            row["within_2_sd"] = float(np.nanmean(off <= 2.0))
        self.waves.append(row)
        self.points, self.counts = np.vstack([self.points, points]), np.vstack([self.counts, counts])

    def _simulate(self, stage: str, points: Floats, rng: np.random.Generator | None = None) -> Floats:
        """Run the model at points of the informed parameters, with the others drawn from their prior."""
        task, workspace = self.task, self.workspace
        self.full = np.zeros((len(points), len(task.space)))
        self.full[:, self.informed] = points
        rest = np.setdiff1d(np.arange(len(task.space)), self.informed)
        if len(rest):
            self.full[:, rest] = (rng or stream(task.seed, stage)).standard_normal((len(points), len(rest)))
        self.stage += 1
        counts = simulate(task, workspace, stage, self.full, replicate_seed(task.seed, 1000 + self.stage))
        failed = int(np.isnan(counts).any(axis=1).sum())
        self.runs, self.failed = self.runs + len(points), self.failed + failed
        if failed > 0.9 * len(points):
            raise OutputError(
                f"{workspace.folder / stage}: {failed} of {len(points)} runs failed (its table `runs` says why) "
                "or lack an outcome"
            )
        return counts
