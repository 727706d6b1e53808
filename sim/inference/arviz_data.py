"""A calibration's posterior for ArviZ, whose plots and diagnostics then need nothing of Corridor.

ArviZ knows chains of equally likely draws, so weighted particles are drawn by weight; a particle of much weight occurs
several times, and the effective number of particles, not that of draws, says how much there is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.inference.fit_task import Posterior, Task
from sim.inference.likelihood import Likelihood
from sim.inference.sampling import stream

Floats = npt.NDArray[np.float64]
DRAWS = 2000


def to_arviz(posterior: Posterior, task: Task, draws: int = DRAWS) -> Any:
    """Return a posterior as an `xarray.DataTree` of ArviZ, formerly ``InferenceData``.

    Groups: ``posterior`` and ``prior``, the parameters in their own units, and over-dispersion;
    ``posterior_predictive``; ``observed_data``, the middle of each figure, with its bounds in ``constant_data``;
    ``log_likelihood`` of each fitted figure; ``sample_stats`` with the weight of the
    particle that a draw is of. Figures have the coordinate ``figure``, such as ``poland 2021-08-01 to 2021-08-31``.

    Args:
        posterior: Weighted particles.
        task: The task that they solve.
        draws: Draws by weight.

    Raises:
        ModuleNotFoundError: If arviz-base, of the extra ``arviz``, is not installed.
    """
    from arviz_base import from_dict

    rng = stream(task.seed, "arviz")
    chosen = posterior.resample(draws, rng)
    likelihood = Likelihood(task.experiment, task.fitted)
    mean = likelihood.means(np.nan_to_num(posterior.counts[chosen][:, : len(task.fitted)]))
    chance = np.cumsum(posterior.dispersion[chosen], axis=1)
    g = likelihood.grid[np.minimum((rng.random((draws, 1)) > chance).sum(axis=1), len(likelihood.grid) - 1)]
    before = task.space.values(rng.standard_normal((draws, len(task.space))))
    names = task.space.names
    figures = [f"{row.series} {row.start} to {row.end}" for row in task.fitted]
    return from_dict(
        {
            "posterior": {
                **{name: posterior.values[None, chosen, k] for k, name in enumerate(names)},
                "over_dispersion": g[None],
            },
            "prior": {name: before[None, :, k] for k, name in enumerate(names)},
            "posterior_predictive": {"count": likelihood.drawn(mean, g, rng)[None]},
            "log_likelihood": {"count": likelihood.of_each(mean, g)[None]},
            "observed_data": {"count": _middle(likelihood)},
            "constant_data": {"low": likelihood.low, "high": likelihood.high},
            "sample_stats": {"weight": posterior.weights[None, chosen]},
        },
        coords={"figure": figures},
        dims={"count": ["figure"], "low": ["figure"], "high": ["figure"]},
        attrs={"/": {"effective_particles": posterior.effective, "particles": len(posterior.weights)}},
    )


def _middle(likelihood: Likelihood) -> Floats:
    """Return the middle of each figure; of a lower bound the bound, shape (M,)."""
    found = [
        row.middle if row.middle is not None else low for row, low in zip(likelihood.rows, likelihood.low, strict=True)
    ]
    return np.array(found, float)
