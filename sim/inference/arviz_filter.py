"""A filter's particles for ArviZ, month by month; of a calibration it is `sim.inference.arviz_data`.

Particles are equally likely, as they are resampled each month; each is a draw as it is. The posterior of a month is of
the particles two months later (`sim.inference.filter.checkpoint.of_each_month`), so that a draw is one particle within
a month, but no path over them. Predictive draws and log likelihood of a figure are of the particles at the end of the
month in which it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from sim.inference.filter import checkpoint, observation_model
from sim.inference.filter.assimilate import Month
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.particles import Floats, Particles
from sim.inference.filter.record import Figure
from sim.inference.sampling import stream


def filter_to_arviz(loaded: LoadedFilter, figures: Sequence[Figure], folder: Path, months: Sequence[Month]) -> Any:
    """Return a filter as an `xarray.DataTree` of ArviZ, formerly ``InferenceData``.

    Groups: ``posterior``, by month, with the posture in its units, the unknown parameters in theirs, and the
    over-dispersion of each series; ``posterior_predictive``, each figure as it might be published; ``log_likelihood``,
    the logarithm of the probability of each figure's interval; ``observed_data``, with bounds in ``constant_data``
    (``high`` of a lower bound is infinite); ``sample_stats`` with each particle's ``weight`` by month, and
    ``constant_data.effective_share``, what was effective before they were resampled to equal weights. Coordinates:
    ``month``, its first day; ``series``; ``figure``, such as ``poland 2021-08-01 to 2021-08-31``.

    Args:
        loaded: The filter.
        figures: The pieces of the record that were taken in.
        folder: Where the months are stored.
        months: The months of the record; those that the folder lacks, as it began from a stored state, are left out.

    Raises:
        OutputError: If a stored month is damaged.
        ModuleNotFoundError: If arviz-base, of the extra ``arviz``, is not installed.
    """
    from arviz_base import from_dict

    there, posterior = _posterior(loaded, folder, months)
    used, predictive, logs = _of_figures(loaded, figures, folder, months)
    size, by_figure, by_month = len(predictive), ["figure"], ["month"]
    return from_dict(
        {
            "posterior": {name: values[None] for name, values in posterior.items()},
            "posterior_predictive": {"count": predictive[None]},
            "log_likelihood": {"count": logs[None]},
            "observed_data": {"count": np.array([figure.value for figure in used])},
            "constant_data": {
                "low": np.array([figure.low for figure in used]),
                "high": np.array([figure.high for figure in used]),
                "effective_share": np.array([_effective_share(folder, month) for month in there]),
            },
            "sample_stats": {"weight": np.full((1, size, len(there)), 1 / size)},
        },
        coords={
            "month": np.array([month.first for month in there], "datetime64[ns]"),
            "series": list(loaded.experiment.series),
            "figure": [_label(loaded, figure) for figure in used],
        },
        dims={
            **dict.fromkeys(posterior, by_month), "over_dispersion": ["month", "series"], "count": by_figure,
            "low": by_figure, "high": by_figure, "effective_share": by_month, "weight": by_month,
        },
        attrs={"/": {"particles": size}},
    )  # fmt: skip


def _posterior(loaded: LoadedFilter, folder: Path, months: Sequence[Month]) -> tuple[list[Month], dict[str, Floats]]:
    """Return the stored months, and each quantity, (N, T), over-dispersion by series too, (N, T, S)."""
    there: list[Month] = []
    columns: dict[str, list[Floats]] = {}
    for number, month, particles in checkpoint.of_each_month(folder, months):
        there.append(month)
        postures = loaded.postures(particles.paths[number], particles.off[number])
        own = {name: values for name, (_, values) in postures.items()}
        own |= dict(zip(loaded.unknowns, loaded.values(particles.scores[number]).T, strict=True))
        own["over_dispersion"] = _dispersion(loaded, particles, month)
        for name, values in own.items():
            columns.setdefault(name.replace(" ", "_"), []).append(values)
    return there, {name: np.stack(values, axis=1) for name, values in columns.items()}


def _dispersion(loaded: LoadedFilter, particles: Particles, month: Month) -> Floats:
    """Draw an over-dispersion of each particle and series, shape (N, S)."""
    rng = stream(loaded.experiment.seed, "arviz", month.first.toordinal())
    drawn = [observation_model.drawn_dispersion(own, rng) for own in np.moveaxis(particles.dispersion, 1, 0)]
    return observation_model.GRID[np.array(drawn).T]


def _of_figures(
    loaded: LoadedFilter, figures: Sequence[Figure], folder: Path, months: Sequence[Month]
) -> tuple[list[Figure], Floats, Floats]:
    """Return the figures that end in stored months, M of them, predictive draws and log likelihood, both (N, M)."""
    series = list(loaded.experiment.series)
    used: list[Figure] = []
    drawn: list[Floats] = []
    logs: list[Floats] = []
    for month, particles in checkpoint.ends_of_months(folder, months):
        rng = stream(loaded.experiment.seed, "arviz-2", month.first.toordinal())
        for figure in (figure for figure in figures if month.begun <= figure.last < month.ended):
            number = series.index(figure.series)
            share = loaded.experiment.series[figure.series].share
            count = observation_model.counted(particles.daily, figure, number, share)
            chosen = observation_model.drawn_dispersion(particles.dispersion[:, number], rng)
            used.append(figure)
            drawn.append(observation_model.draw_given(count, observation_model.GRID[chosen], rng))
            logs.append(observation_model.log_density(figure, count)[np.arange(particles.size), chosen])
    return used, np.array(drawn).T, np.array(logs).T


def _effective_share(folder: Path, month: Month) -> float:
    """Return the effective share of the particles before a month's end; NaN if the month itself is not stored."""
    file = checkpoint.file_of(folder, month)
    return checkpoint.effective_share(checkpoint.about(file)) if file.is_file() else float("nan")


def _label(loaded: LoadedFilter, figure: Figure) -> str:
    first, last = (loaded.scenario.start + timedelta(days=int(day)) for day in (figure.first, figure.last))
    return f"{figure.series} {first} to {last}"
