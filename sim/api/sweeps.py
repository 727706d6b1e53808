"""Sweeps and searches for tipping points, carried out: `sim.sweep` and `sim.threshold`."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.outputs.folder import UnfinishedError
from sim.studies.carry_out import carry_out
from sim.studies.work.dispatch import Progress
from sim.studies.work.executors import Serial, Workplace, workplace
from sim.sweeps.completed_sweep import CompletedSweep, wide_tables
from sim.sweeps.prepare import prepare, prepare_search
from sim.sweeps.threshold import Tipping, tipping_points


def sweep(
    experiment: str | Path | Mapping[str, Any],
    *,
    samples: int | None = None,
    replicates: int | None = None,
    folder: str | Path | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    shard: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> CompletedSweep:
    """Run an experiment of kind sweep or decision, or what is left of it; as ``corridor sweep``.

    More samples or replicates than a folder holds are added to it; the runs that are there are used as they are. Latin
    hypercubes and Sobol' designs grow by doubling, Morris designs to any number of trajectories, all by replicates.

    Args:
        experiment: A shipped experiment's name, a YAML file, its content as a mapping, or the folder of a sweep.
        samples: Samples (trajectories of a Morris design), in place of the experiment's.
        replicates: Runs of each point and scenario, in place of the experiment's.
        folder: Where the study is stored; a temporary folder if None, or the sweep's own if ``experiment`` is one.
        jobs: Number of processes; 1 for this process alone, None for all cores.
        dask: Address of a Dask scheduler.
        shard: (i, n): only the i-th of n parts of the runs.
        progress: Called with the numbers of runs done, requested and failed.

    Returns:
        The sweep: ``x`` has shape (points, parameters), in each parameter's unit; ``frame()`` a row per run.

    Raises:
        ScenarioError: If the experiment is not allowed, with file, line, what was found and what is allowed.
        OutputError: If the folder cannot be written, holds something else, or all runs failed.
        UnfinishedError: If a shard is done and others are missing; its runs are kept.

    >>> import sim
    >>> found = sim.sweep({
    ...     "kind": "sweep", "title": "Patience", "scenario": "minsk-2021", "set": {"days": 20}, "samples": 4,
    ...     "parameters": {"behaviour.retry": {"range": [4, 14]}}, "outcomes": ["attempts"],
    ... })
    >>> found.x.shape, found.frame().shape
    ((4, 1), (4, 6))
    """
    prepared = prepare(experiment, samples, replicates)
    where = folder if folder is not None else prepared.folder if prepared.is_there else None
    study = carry_out(
        prepared.plan, where, jobs=jobs, dask=dask, shard=shard, progress=progress, tables=wide_tables
    )  # fmt: skip
    return CompletedSweep(study)


def threshold(
    experiment: str | Path | Mapping[str, Any],
    *,
    replicates: int | None = None,
    folder: str | Path | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    shard: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> Tipping:
    """Find the level of a parameter at which overload becomes likely, by halving; as ``corridor threshold``.

    Args:
        experiment: A shipped experiment of kind threshold, a YAML file, its content as a mapping, or a search's folder.
        replicates: Replicates, in place of the experiment's: the same people and draws at all levels.
        folder: Where the rounds are stored; a temporary folder if None, or the search's own if ``experiment`` is one.
        jobs: Number of processes; 1 for this process alone, None for all cores.
        dask: Address of a Dask scheduler.
        shard: (i, n): only the i-th of n parts of each round.
        progress: Called with the numbers of runs done, requested and failed, of each round.

    Returns:
        The search: ``table()`` has the level by place and probability with its 90 % interval, in the parameter's unit,
        ``curves()`` the probability of overload at each level.

    Raises:
        ScenarioError: If the experiment is not allowed.
        OutputError: If the folder cannot be written, or holds something else.
        UnfinishedError: If a shard has done its part of a round and others are missing; the same call goes on later.

    >>> import sim
    >>> sim.threshold({
    ...     "kind": "threshold", "title": "Detection", "scenario": "minsk-2021", "set": {"days": 60}, "level": "agency",
    ...     "parameters": {"detection.coverage": {"range": [0.05, 0.9]}}, "where": "days_over > 0",
    ...     "probabilities": [0.5], "halvings": 1, "replicates": 2,
    ... }).table()["state"].unique().tolist()
    ['not passed up to the highest level']
    """
    ready, own, is_there = prepare_search(experiment, replicates)
    folder = own if folder is None and is_there else folder

    def place() -> Workplace:
        return Serial() if jobs == 1 and dask is None else workplace(jobs, dask)

    if folder is not None:
        return tipping_points(ready, Path(folder), place=place, shard=shard, progress=progress)
    if shard is not None:
        raise UnfinishedError("threshold: found a shard and no folder; parts need one that they share")
    with tempfile.TemporaryDirectory(prefix="corridor-threshold-") as temporary:
        return tipping_points(ready, Path(temporary), place=place, progress=progress)
