"""Parameter recovery: calibrations to synthetic figures that the model itself generated.

True parameters are drawn from the prior, run, and turned into figures by the observation model. In a correct
calibration the 90 % intervals contain the truth in 90 % of cases, and the ranks of the truths among the particles are
uniform (simulation-based calibration, Talts et al. 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.special import gammaincc

from sim.inference.calibrate import calibrate, learn
from sim.inference.fit_task import Floats, Task, Workspace, simulate
from sim.inference.likelihood import Likelihood
from sim.inference.posterior import quantiles
from sim.inference.sampling import stream
from sim.runs import replicate_seed

BINS = 10


def _recovered(scores: Floats, weights: Floats, truth: float) -> dict[str, float | bool]:
    """Return the truth's rank in one parameter's posterior, and its width relative to the prior's 90 % interval."""
    low90, low50, high50, high90 = quantiles(scores, weights, [0.05, 0.25, 0.75, 0.95])
    return {
        "score": truth,
        "rank": float(weights[scores < truth].sum()),
        "in50": bool(low50 <= truth <= high50),
        "in90": bool(low90 <= truth <= high90),
        "width90": (high90 - low90) / 3.2897,
    }


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
        One row per truth and parameter: truth, rank (share of the posterior below it), in50, in90, width90 (over the
        prior's) and effective particles.
    """
    rng = stream(task.seed, "truths")
    points = rng.standard_normal((truths, len(task.space)))
    counts = simulate(task, replace(workspace, progress=None), "truths", points, replicate_seed(task.seed, 7))
    grid = Likelihood(task.experiment, task.fitted)
    g = rng.choice(grid.grid, truths)
    mean = grid.means(counts)
    figures = grid.drawn(mean, g, rng)
    learnt = learn(task, replace(workspace, progress=None))
    rows = []
    for done, number in enumerate(range(truths) if only is None else only, start=1):
        fitted = [
            row._replace(value=float(value), low=None, high=None)
            for row, value in zip(task.fitted, figures[number], strict=True)
        ]
        own = replace(task, fitted=fitted, others=[], seed=replicate_seed(task.seed, 100 + number))
        found = calibrate(own, replace(workspace, folder=workspace.folder / f"truth-{number}", progress=None), learnt)
        for k, name in enumerate(task.space.names):
            own_row = _recovered(found.points[:, k], found.weights, points[number, k])
            rows.append({"truth": number, "parameter": name, **own_row, "effective": found.effective})
        if progress:
            progress(done)
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Summarise by parameter and overall: coverage, width of the 90 % interval over the prior's, uniformity of ranks.

    ``uniform_p`` is the p-value of a chi-squared test over ten bins; it is omitted for all parameters together, as
    ranks of one truth are dependent.
    """
    rows = []
    for name, group in [*table.groupby("parameter", sort=False), ("all", table)]:
        counted = np.histogram(group["rank"], bins=BINS, range=(0.0, 1.0))[0]
        expected = len(group) / BINS
        chi = float(((counted - expected) ** 2 / expected).sum())
        rows.append(
            {
                "parameter": name, "truths": group["truth"].nunique(), "coverage50": group["in50"].mean(),
                "coverage90": group["in90"].mean(), "width90": group["width90"].mean(),
                "uniform_p": float(gammaincc((BINS - 1) / 2, chi / 2)) if name != "all" else np.nan,
                "effective": group["effective"].mean(),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
