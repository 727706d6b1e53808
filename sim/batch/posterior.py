"""A posterior as files: particles as Parquet, tables as CSV, and distributions that a scenario can extend."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.batch.fit import Posterior, Task
from sim.batch.free import Space
from sim.batch.likelihood import Likelihood, draw_counts
from sim.batch.sampling import stream
from sim.scenario.files import scenario_names
from sim.scenario.paths import apply_overrides
from sim.scenario.write import diff_yaml, to_yaml

Floats = npt.NDArray[np.float64]
LEVELS = {"low90": 0.05, "low50": 0.25, "median": 0.5, "high50": 0.75, "high90": 0.95}
_PRIOR_DRAWS, _PREDICTIVE = 4000, 4000
_NARROWEST = 1e-3


def quantiles(values: Floats, weights: Floats, levels: Any) -> Floats:
    """Weighted quantiles of a sample, shape (levels,)."""
    order = np.argsort(values, kind="stable")
    steps = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    found: Floats = np.interp(np.asarray(levels), steps, values[order])
    return found


def particles(posterior: Posterior, space: Space) -> bytes:
    """One row a particle: weight, then the parameters in their own units; Parquet."""
    table = pd.DataFrame({"particle": np.arange(len(posterior.weights)), "weight": posterior.weights})
    for number, name in enumerate(space.names):
        table[name] = posterior.values[:, number]
    sink = io.BytesIO()
    table.to_parquet(sink, index=False)
    return sink.getvalue()


def parameter_table(posterior: Posterior, space: Space, seed: int) -> pd.DataFrame:
    """Each parameter before and after: medians, 50 and 90 % intervals, and how much narrower it became.

    ``learnt`` is 1 less the ratio of the posterior's variance to the prior's, in the prior's normal scores: 0
    where the data said nothing.
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
    """Each figure beside what the fitted model says that would have been published: median, 50 and 90 %."""
    draws = predictive(posterior, task, _PREDICTIVE, stream(task.seed, "fit"))
    rows = []
    for number, row in enumerate(task.rows):
        entry = task.experiment.series[row.series]
        low, high = row.bounds(entry.rounding)
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
    """Figures as they might be published, shape (size, M): particles by weight, each with its own over-dispersion."""
    chosen = posterior.resample(size, rng)
    likelihood = Likelihood(task.experiment, task.rows)
    mean = likelihood.means(np.nan_to_num(posterior.counts[chosen]))
    chance = np.cumsum(posterior.dispersion[chosen], axis=1)
    g = likelihood.grid[np.minimum((rng.random((size, 1)) > chance).sum(axis=1), len(likelihood.grid) - 1)]
    return draw_counts(mean, np.broadcast_to(g[:, None], mean.shape), rng)


def as_scenario(posterior: Posterior, task: Task, parent: str, title: str) -> str:
    """YAML of a scenario with the posterior's distributions, each parameter by itself, which others may extend.

    Positive quantities are log-normal through the posterior's median and 90 % interval, others normal. Which
    values go together is in the particles alone.

    Args:
        posterior: The particles.
        task: What was fitted.
        parent: Name of the scenario that the text extends; the whole scenario is written if it is none that ships.
        title: Of the new scenario.
    """
    settings = task.space.settings(posterior.points)
    found = {path: _distribution(settings[:, k], posterior.weights) for k, path in enumerate(task.space.paths)}
    scenario = apply_overrides(task.scenario, {"title": title[:200], **found})
    return diff_yaml(scenario, parent) if parent in scenario_names() else to_yaml(scenario)


def _distribution(values: Floats, weights: Floats) -> Any:
    low, middle, high = quantiles(values, weights, [0.05, 0.5, 0.95])
    if high - low <= _NARROWEST * max(abs(middle), 1e-9):
        return _figure(middle)
    if low > 0:
        return {"lognormal": [_figure(middle), _figure(np.log(high / low) / 3.2897)]}
    return {"normal": [_figure(middle), _figure((high - low) / 3.2897)]}


def _figure(value: float) -> float:
    return float(f"{value:.4g}")
