"""The back-test of the filter: forecasts of each origin, scored against the figures that came later.

One pass of the filter gives all origins: before a month's figures are taken in, its particles have run through the
months ahead with the inputs known on its first day. Each piece of the record that begins at an origin or later and ends
within so many months is a target, once per origin and horizon.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.filter import library_methods, observation_model, simple_methods
from sim.inference.filter.assimilate import Step
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.record import Figure
from sim.inference.filter.scores import row_of
from sim.inference.frozen_inputs import month_after
from sim.inference.sampling import stream

Floats = npt.NDArray[np.float64]
MODEL = "corridor"
DRAWS = 2000  # quantiles of each method's forecast


def targets(loaded: LoadedFilter, figures: Iterable[Figure], origin: date) -> list[tuple[int, Figure]]:
    """Return the figures to forecast from an origin, with their horizon in months."""
    start, span = loaded.scenario.start, loaded.experiment.backtest
    begun = (origin - start).days
    ends = [(month_after(origin, k) - start).days for k in range(1, span.months + 1)]
    found = []
    for figure in figures:
        scored = loaded.experiment.series[figure.series].score and not figure.at_least
        if scored and len(figure.days) >= span.shortest and figure.first >= begun and figure.last < ends[-1]:
            found.append((next(k + 1 for k, end in enumerate(ends) if figure.last < end), figure))
    return found


def forecasts(loaded: LoadedFilter, figures: Sequence[Figure], step: Step) -> pd.DataFrame:
    """Return the scored forecasts of one origin, a row per figure and method."""
    origin = step.month.first
    series = list(loaded.experiment.series)
    rng = stream(loaded.experiment.seed, "figures", origin.toordinal())
    rows: list[dict[str, Any]] = []
    for horizon, figure in targets(loaded, figures, origin):
        number, share = series.index(figure.series), loaded.experiment.series[figure.series].share
        ahead = figure.days - step.month.begun
        count = np.maximum(step.forecast[:, number][:, ahead].sum(axis=1) * share, 0.5)
        count = np.repeat(count, -(-DRAWS // len(count)))
        dispersion = np.repeat(step.before.dispersion[:, number], len(count) // step.before.size, axis=0)
        samples = {MODEL: np.quantile(observation_model.draw(count, dispersion, rng), _levels(DRAWS))}
        past = simple_methods.past_of(figures, figure.series, step.month.begun)
        for name in simple_methods.METHODS:
            sample = simple_methods.forecast(name, past, figure, DRAWS)
            if sample is not None:
                samples[name] = sample
        samples |= _library(figures, figure, step.month.begun)
        members = [sample for name, sample in samples.items() if name != "last value"]
        samples[simple_methods.ENSEMBLE] = simple_methods.ensemble(members)
        about = _about(loaded, figure, origin, horizon)
        rows += [{**about, "method": name, **row_of(sample, figure.value)} for name, sample in samples.items()]
    return pd.DataFrame(rows)


def _library(figures: Sequence[Figure], target: Figure, origin: int) -> dict[str, Floats]:
    """Return the forecasts of the methods of a library, if it is installed."""
    if not library_methods.available():
        return {}
    first, logs = library_methods.monthly(figures, target.series, origin)
    found = {name: library_methods.forecast(name, first, logs, target, DRAWS) for name in library_methods.NAMES}
    return {name: sample for name, sample in found.items() if sample is not None}


def _levels(size: int) -> Floats:
    return (np.arange(size) + 0.5) / size


def _about(loaded: LoadedFilter, figure: Figure, origin: date, horizon: int) -> dict[str, Any]:
    start = loaded.scenario.start
    return {
        "origin": origin,
        "series": figure.series,
        "period_start": start + timedelta(days=figure.first),
        "period_end": start + timedelta(days=figure.last),
        "days": len(figure.days),
        "horizon": horizon,
        "observed": figure.value,
    }


_KEYS = ["origin", "series", "period_start", "period_end"]
_MEANS = ["crps", "log_wis", "log_score", "in50", "in90"]


def scored(table: pd.DataFrame, by: Sequence[str] = ("horizon",)) -> pd.DataFrame:
    """Tabulate scores by method and further columns.

    Columns: figures that the method forecasts; means of CRPS (events), WIS of logarithms, log score; coverage of the 50
    and 90 % intervals; and Corridor's CRPS and WIS of logarithms over the method's on the same figures.
    """
    own = table[table["method"] == MODEL].set_index(_KEYS)
    rows = []
    for key, part in table.groupby([*by, "method"], sort=False):
        same = own.loc[pd.MultiIndex.from_frame(part[_KEYS])]
        rows.append({
            **dict(zip([*by, "method"], key, strict=True)), "figures": len(part), **part[_MEANS].mean(),
            "crps_ratio": same["crps"].mean() / part["crps"].mean(),
            "log_wis_ratio": same["log_wis"].mean() / part["log_wis"].mean(),
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values(list(by), kind="stable")
