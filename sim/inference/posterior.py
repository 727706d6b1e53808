"""Files of a posterior: particles as Parquet, tables as CSV, and a scenario with its distributions."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.fit_task import Posterior, Task
from sim.inference.free_parameters import Space
from sim.inference.likelihood import Likelihood
from sim.inference.sampling import stream
from sim.outputs.identity import identity
from sim.scenario.files import scenario_names
from sim.scenario.load import load_scenario
from sim.scenario.paths import apply_overrides
from sim.scenario.quantity import JOINT
from sim.scenario.write import diff_yaml, to_yaml

Floats = npt.NDArray[np.float64]
LEVELS = {"low90": 0.05, "low50": 0.25, "median": 0.5, "high50": 0.75, "high90": 0.95}
_PRIOR_DRAWS, _PREDICTIVE = 4000, 4000
JOINT_VALUES = 100  # particles of a posterior in a scenario


def quantiles(values: Floats, weights: Floats, levels: Any) -> Floats:
    """Return weighted quantiles of a sample, shape (levels,)."""
    order = np.argsort(values, kind="stable")
    steps = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    found: Floats = np.interp(np.asarray(levels), steps, values[order])
    return found


def particles(posterior: Posterior, space: Space) -> bytes:
    """Return the particles as Parquet, one row each: weight, then the parameters in their own units."""
    table = pd.DataFrame({"particle": np.arange(len(posterior.weights)), "weight": posterior.weights})
    for number, name in enumerate(space.names):
        table[name] = posterior.values[:, number]
    table.attrs["corridor_identity"] = identity("inference")["sha256"]  # kept in the file's metadata
    sink = io.BytesIO()
    table.to_parquet(sink, index=False)
    return sink.getvalue()


def parameter_table(posterior: Posterior, space: Space, seed: int) -> pd.DataFrame:
    """Tabulate each parameter before and after: medians, 50 and 90 % intervals, and how much was learnt.

    ``learnt`` is 1 minus the ratio of the posterior's variance to the prior's, in the prior's normal scores: 0 if the
    data gave no information.
    """
    before = space.values(stream(seed, "table").standard_normal((_PRIOR_DRAWS, len(space))))
    even = np.ones(len(before))
    rows = []
    for number, name in enumerate(space.names):
        prior = quantiles(before[:, number], even, [0.05, 0.5, 0.95])
        after = quantiles(posterior.values[:, number], posterior.weights, list(LEVELS.values()))
        scores = posterior.points[:, number]
        mean = float(np.average(scores, weights=posterior.weights))
        variance = float(np.average((scores - mean) ** 2, weights=posterior.weights))
        rows.append(
            {
                "parameter": name, "title": space.parameters[name].title,
                "prior_low90": prior[0], "prior_median": prior[1], "prior_high90": prior[2],
                **dict(zip(LEVELS, after, strict=True)), "learnt": max(1.0 - variance, 0.0),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def fit_table(posterior: Posterior, task: Task) -> pd.DataFrame:
    """Tabulate each figure beside the fitted model's prediction: median, 50 and 90 % intervals."""
    draws = predictive(posterior, task, _PREDICTIVE, stream(task.seed, "fit"))
    likelihood = Likelihood(task.experiment, task.rows)
    rows = []
    for number, row in enumerate(task.rows):
        low, high = likelihood.low[number], likelihood.high[number]
        found = np.quantile(draws[:, number], list(LEVELS.values()))
        rows.append(
            {
                "series": row.series, "period_start": row.start, "period_end": row.end, "value": row.middle,
                "low": low, "high": high, **dict(zip(LEVELS, found, strict=True)),
                "fitted": number < len(task.fitted),
                "in50": bool(found[1] <= high and low <= found[3]), "in90": bool(found[0] <= high and low <= found[4]),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def predictive(posterior: Posterior, task: Task, size: int, rng: np.random.Generator) -> Floats:
    """Draw figures as they might be published, shape (size, M): particles by weight, each with its over-dispersion."""
    chosen = posterior.resample(size, rng)
    likelihood = Likelihood(task.experiment, task.rows)
    mean = likelihood.means(np.nan_to_num(posterior.counts[chosen]))
    chance = np.cumsum(posterior.dispersion[chosen], axis=1)
    g = likelihood.grid[np.minimum((rng.random((size, 1)) > chance).sum(axis=1), len(likelihood.grid) - 1)]
    return likelihood.drawn(mean, g, rng)


def as_scenario(posterior: Posterior, task: Task, parent: str, title: str) -> str:
    """Return the YAML of a scenario that draws its parameters from the posterior, for others to extend.

    Particles are drawn by weight and written as `joint` values: each replicate draws one whole particle. Marginal
    distributions would lose the correlations between parameters that compensate each other, which the figures
    determine best, and replicates would vary far more than the figures allow. The first particle is used by a run
    without uncertainty: the one nearest to the middle of all, in figures and parameters alike.

    Args:
        posterior: The particles.
        task: The task of the fit.
        parent: Name of the scenario that the text extends; if it does not ship, the whole scenario is written.
        title: Title of the new scenario, which is as long as its parent even if the calibration ran fewer days.
    """
    chosen = posterior.resample(JOINT_VALUES, stream(task.seed, "joint"))
    chosen = stream(task.seed, "order").permutation(chosen)
    nearest = int(np.argmin(_distances(posterior, task)[chosen]))
    chosen[[0, nearest]] = chosen[[nearest, 0]]
    settings = task.space.settings(posterior.points[chosen])
    found = {path: joint_values(settings[:, k]) for k, path in enumerate(task.space.paths)}
    changes: dict[str, Any] = {"title": title[:200], **found}
    if parent not in scenario_names():
        return to_yaml(apply_overrides(task.scenario, changes))
    whole = load_scenario(parent).days
    return diff_yaml(apply_overrides(task.scenario, {**changes, "days": whole}), parent)


def _distances(posterior: Posterior, task: Task) -> Floats:
    """Return the distance of each particle from the posterior's middle, in figures and parameters alike."""
    counts = np.nan_to_num(posterior.counts[:, : len(task.fitted)])
    emulated = Likelihood(task.experiment, task.fitted).emulated(counts)
    figures, parameters = (deviations(values, posterior.weights) for values in (emulated, posterior.points))
    found: Floats = (figures**2).mean(axis=1) + (parameters**2).mean(axis=1)
    return found


def deviations(values: Floats, weights: Floats) -> Floats:
    """Return how far values, shape (N, K), are from their weighted means, in weighted standard deviations."""
    middle = np.average(values, axis=0, weights=weights)
    spread = np.sqrt(np.average((values - middle) ** 2, axis=0, weights=weights))
    found: Floats = (values - middle) / np.maximum(spread, 1e-9)
    return found


def joint_values(values: Floats) -> Any:
    """Return values, one a particle, as a scenario has them: `joint`, or one number if they are all the same."""
    rounded = [_figure(value) for value in values]
    return rounded[0] if len(set(rounded)) == 1 else {JOINT: rounded}


def _figure(value: float) -> float:
    return float(f"{value:.4g}")
