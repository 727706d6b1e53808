"""The back-test of the filter: forecasts of each origin, scored against the figures that came later.

One pass of the filter gives all origins: before a month's figures are taken in, its particles have run through the
months ahead with the inputs known on its first day. Each piece of the record that begins at an origin or later and ends
within so many months is a target, once per origin and horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.backtest.baselines import seats_of
from sim.inference.filter import library_methods, observation_model, simple_methods
from sim.inference.filter.assimilate import Ahead
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.past_errors import FACTOR, QUANTILES, STRETCHED, widened
from sim.inference.filter.record import Figure
from sim.inference.filter.scores import row_of
from sim.inference.frozen_inputs import freeze, month_after
from sim.inference.sampling import stream

Floats = npt.NDArray[np.float64]
MODEL, UNSTRETCHED = "corridor", "corridor, unstretched"
DRAWS = 2000  # of a figure, from as many particles
LEVELS = (np.arange(400) + 0.5) / 400  # of the quantiles that are kept of a forecast


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


def forecasts(loaded: LoadedFilter, figures: Sequence[Figure], ahead: Ahead) -> pd.DataFrame:
    """Return Corridor's forecasts of one origin, a row per figure, with their quantiles at `LEVELS`."""
    month, _, _ = ahead
    found = samples(loaded, [figure for _, figure in targets(loaded, figures, month.first)], ahead)
    rows = [
        {**_about(loaded, figure, month.first, horizon), "method": MODEL, QUANTILES: sample}
        for (horizon, figure), sample in zip(targets(loaded, figures, month.first), found, strict=True)
    ]
    return pd.DataFrame(rows)


def samples(loaded: LoadedFilter, wanted: Sequence[Figure], ahead: Ahead) -> list[Floats]:
    """Return the quantiles at `LEVELS` of figures as they might be published, by the forecast of one origin."""
    month, counts, before = ahead
    series = list(loaded.experiment.series)
    rng = stream(loaded.experiment.seed, "figures", month.first.toordinal())
    found = []
    for figure in wanted:
        number, share = series.index(figure.series), loaded.experiment.series[figure.series].share
        count = np.maximum(counts[:, number][:, figure.days - month.begun].sum(axis=1) * share, 0.5)
        count = np.repeat(count, -(-DRAWS // len(count)))
        dispersion = np.repeat(before.dispersion[:, number], len(count) // before.size, axis=0)
        found.append(np.quantile(observation_model.draw(count, dispersion, rng), LEVELS))
    return found


def compared(loaded: LoadedFilter, figures: Sequence[Figure], own: pd.DataFrame) -> pd.DataFrame:
    """Return the scored forecasts of Corridor, given with quantiles, and of the others: a row per figure and method."""
    known = {(f.series, loaded.scenario.start + timedelta(days=f.last), len(f.days)): f for f in figures}
    rows: list[dict[str, Any]] = []
    left_out = [name for name, series in loaded.experiment.series.items() if not series.fit]
    own = widened(own, left_out).drop(columns=FACTOR)
    for origin, part in own.groupby("origin", sort=False):
        seats = _seats(loaded, origin)
        for row in part.to_dict("records"):
            figure = known[row["series"], row["period_end"], row["days"]]
            begun = (origin - loaded.scenario.start).days
            others = _others(figures, figure, begun, seats)
            samples = {MODEL: np.asarray(row.pop(STRETCHED)), **others}
            middle = simple_methods.ensemble([sample for name, sample in samples.items() if name != "last value"])
            samples |= {simple_methods.ENSEMBLE: middle, UNSTRETCHED: np.asarray(row.pop(QUANTILES))}
            rows += [{**row, "method": name, **row_of(sample, figure.value)} for name, sample in samples.items()]
    return pd.DataFrame(rows)


def _others(
    figures: Sequence[Figure], figure: Figure, origin: int, seats: Callable[[Figure], float] | None
) -> dict[str, Floats]:
    """Return the forecasts of the other methods, of those that have one."""
    past = simple_methods.past_of(figures, figure, origin, seats)
    found = {name: simple_methods.forecast(name, past, figure, len(LEVELS)) for name in simple_methods.METHODS}
    plain = {name: sample for name, sample in found.items() if sample is not None}
    return plain | _library(figures, figure, origin)


def _seats(loaded: LoadedFilter, origin: date) -> Callable[[Figure], float] | None:
    """Return a function that gives the seats a day, as scheduled at an origin, on the days of a figure."""
    scenario, state = loaded.scenario, loaded.experiment.posture.transit_state
    if origin <= scenario.start:
        return None
    scheduled = seats_of(freeze(scenario, origin, scenario.end), state)

    @cache
    def daily(first: int, last: int) -> float:
        return scheduled(*(scenario.start + timedelta(days=day) for day in (first, last))) / (last - first + 1)

    return lambda figure: daily(figure.first, figure.last)


def _library(figures: Sequence[Figure], target: Figure, origin: int) -> dict[str, Floats]:
    """Return the forecasts of the methods of a library, if it is installed."""
    if not library_methods.available():
        return {}
    first, logs = library_methods.monthly(figures, target.series, origin)
    found = {name: library_methods.forecast(name, first, logs, target, len(LEVELS)) for name in library_methods.NAMES}
    return {name: sample for name, sample in found.items() if sample is not None}


def _about(loaded: LoadedFilter, figure: Figure, origin: date, horizon: int) -> dict[str, Any]:
    start = loaded.scenario.start
    return {
        "origin": origin,
        "series": figure.series,
        "period_start": start + timedelta(days=figure.first),
        "period_end": start + timedelta(days=figure.last),
        "days": len(figure.days),
        "horizon": horizon,
        "known": start + timedelta(days=figure.known),
        "observed": figure.value,
    }
