"""Truths drawn from a calibration's prior, and fits to the figures that the model itself makes of them.

A truth is a point of the prior. One run of it, seen through the observation model, gives figures as they might be
published, and the calibration is done anew to them. In a correct one 90 % intervals contain the truth in 90 % of cases,
and the ranks of the truths among the particles are uniform (Talts et al. 2018, arXiv:1804.06788).

All random numbers of a truth hang on its number alone, so that more truths add to those that are done.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.inference.calibrate import Learnt, calibrate, learn
from sim.inference.fit_task import Floats, Posterior, Task, Workspace, simulate
from sim.inference.likelihood import Likelihood
from sim.inference.observations import Row
from sim.inference.outcome_figures import Target
from sim.inference.posterior import quantiles
from sim.inference.sampling import stream
from sim.runs import replicate_seed

NORMAL90 = 3.2897  # width of a standard normal's 90 % interval: that of any prior, in normal scores
_RUN_SEED, _FIT_SEED = 7, 100


class Truth(NamedTuple):
    """A truth: its normal scores, shape (D,), and the figures that would be published if it held."""

    point: Floats
    figures: list[Row | Target]


def recover(
    task: Task,
    workspace: Workspace,
    truths: int,
    progress: Callable[[int], None] | None = None,
    only: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Calibrate to the figures of several truths.

    Args:
        task: Scenario, parameters, and rows whose periods are used; their figures are not.
        workspace: Where runs are done and stored; one folder per truth.
        truths: Number of truths.
        progress: Called with the number of truths done.
        only: Numbers of the truths to calibrate to; all if None.

    Returns:
        `rows_of_truth` of each truth; of one whose run failed there is none.
    """
    learnt = learn(task, replace(workspace, progress=None))
    rows = []
    for done, number in enumerate(range(truths) if only is None else only, start=1):
        rows += rows_of_truth(task, workspace, number, learnt)
        if progress:
            progress(done)
    return pd.DataFrame(rows)


def rows_of_truth(task: Task, workspace: Workspace, number: int, learnt: Learnt) -> list[dict[str, Any]]:
    """Calibrate to the figures of one truth, in a folder of its own.

    Returns:
        A row per parameter: ``truth``, its number; ``parameter``; ``value``, the truth in the parameter's unit;
        ``score``, as a normal score; ``rank``, the share of the posterior below it; ``in50`` and ``in90``; ``width90``,
        the width of the 90 % interval over the prior's; ``effective`` particles. None if the truth's run failed.
    """
    here = replace(workspace, folder=folder_of(workspace, number))
    truth = drawn(task, here, number)
    if truth is None:
        return []
    own = replace(task, fitted=truth.figures, others=[], seed=replicate_seed(task.seed, _FIT_SEED + number))
    found = calibrate(own, here, learnt)
    values = task.space.values(truth.point[None])[0]
    return [
        {"truth": number, "parameter": name, "value": float(values[k]), **_recovered(found, k, float(truth.point[k]))}
        for k, name in enumerate(task.space.names)
    ]


def drawn(task: Task, workspace: Workspace, number: int) -> Truth | None:
    """Draw a truth from the prior, run it, and draw the figures of its counts; None if the run failed."""
    rng = stream(task.seed, "truth", number)
    point = rng.standard_normal(len(task.space))
    alone = replace(workspace, jobs=1, dask=None, progress=None)  # one run is no work for a pool
    seed = replicate_seed(replicate_seed(task.seed, _RUN_SEED), number)
    counts = simulate(replace(task, others=[]), alone, "truth", point[None], seed)
    if np.isnan(counts).any():
        return None
    observed = Likelihood(task.experiment, task.fitted)
    figures = observed.drawn(observed.means(counts), rng.choice(observed.grid, 1), rng)[0]
    return Truth(
        point, [_published(task, row, float(figure)) for row, figure in zip(task.fitted, figures, strict=True)]
    )


def folder_of(workspace: Workspace, number: int) -> Path:
    """Return the folder of a truth's runs."""
    return workspace.folder / f"truth-{number}"


def forget(workspace: Workspace, number: int) -> None:
    """Remove the runs of a truth, of which a fit leaves thousands."""
    shutil.rmtree(folder_of(workspace, number), ignore_errors=True)


def _published(task: Task, row: Row | Target, figure: float) -> Row | Target:
    """Return a row with another figure, rounded as its series is."""
    if isinstance(row, Target):
        return row._replace(value=figure, low=None, high=None)
    step = 2 * task.experiment.series[row.series].rounding
    return row._replace(value=round(figure / step) * step if step else figure, low=None, high=None)


def _recovered(found: Posterior, k: int, truth: float) -> dict[str, float | bool]:
    """Return the truth's rank in one parameter's posterior, and its width relative to the prior's 90 % interval."""
    scores, weights = found.points[:, k], found.weights
    low90, low50, high50, high90 = quantiles(scores, weights, [0.05, 0.25, 0.75, 0.95])
    return {
        "score": truth,
        "rank": min(float(weights[scores < truth].sum()), 1.0),
        "in50": bool(low50 <= truth <= high50),
        "in90": bool(low90 <= truth <= high90),
        "width90": float(high90 - low90) / NORMAL90,
        "effective": found.effective,
    }
