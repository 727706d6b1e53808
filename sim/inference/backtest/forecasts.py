"""Forecasts from each origin, made only with what was known then.

For each origin date the scenario is frozen (`sim.inference.frozen_inputs`), the parameters are fitted to the figures
published by then (`sim.inference.observations.known`), and the runs of the fitted particles, which continue to the end
of the horizon, are the forecast, widened by the errors of earlier forecasts (`sim.inference.backtest.error_widths`).
Figures published later are used only after all forecasts of the origin are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.backtest import baselines, error_widths, scores
from sim.inference.calibrate import calibrate
from sim.inference.calibration_experiment import BackTest, Loaded, is_fitted
from sim.inference.fit_task import Posterior, Task, Workspace
from sim.inference.free_parameters import Space
from sim.inference.frozen_inputs import freeze, month_after
from sim.inference.observations import Row, known
from sim.inference.posterior import predictive
from sim.inference.sampling import stream
from sim.runs import replicate_seed
from sim.scenario.errors import ScenarioError

Floats = npt.NDArray[np.float64]


class Forecast(NamedTuple):
    """Forecasts from one origin.

    Attributes:
        origin: First day of the forecasts.
        targets: Periods that are forecast.
        samples: Draws of each method by target, shape (draws,) each; None if a method lacks a past.
        posterior: The fitted particles.
        task: The task of the fit.
    """

    origin: date
    targets: list[Row]
    samples: dict[str, list[Floats | None]]
    posterior: Posterior
    task: Task


class BackTestResult(NamedTuple):
    """A back-test: one row per forecast and method, and the forecasts themselves."""

    table: pd.DataFrame
    forecasts: list[Forecast]


def backtest(loaded: Loaded, rows: Sequence[Row], workspace: Workspace) -> BackTestResult:
    """Forecast and score from all origins.

    Raises:
        ScenarioError: If the experiment names no origins, or one lies outside the run.
        OutputError: As in `calibrate`.
    """
    plan = plan_of(loaded)
    made: list[Forecast] = []
    for origin in sorted(plan.origins):
        end = last_day(loaded, origin)
        targets = [row for row in rows if loaded.experiment.series[row.series].score and _ahead(row, origin, end)]
        here = replace(workspace, folder=workspace.folder / f"origin-{origin}", progress=_named(workspace, origin))
        past = known(rows, origin)
        forecast = forecast_from(loaded, past, [_blank(row) for row in targets], origin, here)
        made.append(_widened(forecast, _past_forecasts(made, past, loaded)))
    return BackTestResult(score(made, rows, loaded), made)


def _past_forecasts(made: Sequence[Forecast], past: Sequence[Row], loaded: Loaded) -> list[tuple[Row, Floats, float]]:
    """Return figures of fitted series known by now, with the model's forecasts of them."""
    series = loaded.experiment.series
    figures = {(row.series, row.start, row.end): row for row in past if series[row.series].fit}
    found = []
    for forecast in made:
        for target, sample in zip(forecast.targets, forecast.samples[scores.OWN], strict=True):
            row = figures.get((target.series, target.start, target.end))
            if row is not None and sample is not None:
                found.append((row, sample, series[row.series].rounding))
    return found


def _widened(forecast: Forecast, before: list[tuple[Row, Floats, float]]) -> Forecast:
    """Return the forecast with the model's draws widened by the errors of earlier ones; the originals are kept too."""
    factor = error_widths.stretch(before)
    own = forecast.samples[scores.MODEL]
    wide = [None if sample is None else error_widths.stretched(sample, factor) for sample in own]
    samples = {scores.MODEL: wide, scores.OWN: own}
    return forecast._replace(samples={**samples, **{k: v for k, v in forecast.samples.items() if k not in samples}})


def plan_of(loaded: Loaded) -> BackTest:
    """Return the experiment's back-test; raises ScenarioError if there is none."""
    if loaded.experiment.backtest is None:
        raise ScenarioError(f"{loaded.name}: backtest: missing; needed: origins, the first days of the forecasts")
    return loaded.experiment.backtest


def last_day(loaded: Loaded, origin: date) -> date:
    """Return the last day of the horizon, or of the run."""
    return min(month_after(origin, plan_of(loaded).months) - timedelta(days=1), loaded.scenario.end)


def forecast_from(
    loaded: Loaded, past: Sequence[Row], targets: Sequence[Row], origin: date, workspace: Workspace
) -> Forecast:
    """Forecast periods from an origin, with what was known by then.

    Args:
        loaded: The experiment.
        past: Figures published by the origin; the fit uses those within the run, baselines all.
        targets: Periods to forecast; their figures are not used.
        origin: First day of the forecast.
        workspace: Where runs are done and stored.
    """
    experiment, plan = loaded.experiment, plan_of(loaded)
    scenario = freeze(loaded.scenario, origin, last_day(loaded, origin))
    space = Space(experiment.parameters, scenario, origin, loaded.scenario)
    fitted = [
        row for row in past if is_fitted(experiment.series[row.series], row.start) and row.start >= scenario.start
    ]
    seed = replicate_seed(experiment.seed, origin.toordinal())
    if plan.particles is not None:
        smc = experiment.smc.model_copy(update={"particles": plan.particles})
        experiment = experiment.model_copy(update={"smc": smc})
    task = Task(experiment, scenario, space, fitted, list(targets), seed)
    posterior = calibrate(task, workspace)
    draws = predictive(posterior, task, plan.draws, stream(seed, "forecast"))[:, len(fitted) :]
    samples: dict[str, list[Floats | None]] = {scores.MODEL: list(draws.T)}
    seats = None if plan.seats_to is None else baselines.seats_of(scenario, plan.seats_to)
    for name in baselines.NAMES:
        samples[name] = []
        for target in targets:
            own = [row for row in past if row.series == target.series]
            samples[name].append(baselines.forecast(name, baselines.past_of(own, origin, seats), target, plan.draws))
    return Forecast(origin, list(targets), samples, posterior, task)


def score(made: Sequence[Forecast], rows: Sequence[Row], loaded: Loaded) -> pd.DataFrame:
    """Score forecasts against later figures, one row per forecast and method.

    A figure with only one bound has no CRPS and is left out. ``pooled`` marks the figures that all methods forecast, so
    that all are scored on the same ones; methods that never forecast, for lack of a past, are disregarded.
    """
    used = {name for forecast in made for name, each in forecast.samples.items() if any(s is not None for s in each)}
    published = {(row.series, row.start, row.end): row for row in rows}
    found = []
    for forecast in made:
        for number, target in enumerate(forecast.targets):
            row = published[target.series, target.start, target.end]
            if row.middle is None:
                continue
            samples = {name: each[number] for name, each in forecast.samples.items()}
            low, high = row.bounds(loaded.experiment.series[row.series].rounding)
            about: dict[str, Any] = {
                "origin": forecast.origin, "series": row.series, "period_start": row.start, "period_end": row.end,
                "horizon": horizon(forecast.origin, row.end), "observed": row.middle,
                "fitted_series": loaded.experiment.series[row.series].fit,
                "pooled": all(samples[name] is not None for name in used),
            }  # fmt: skip
            for name, sample in samples.items():
                if sample is not None:
                    found.append({**about, "method": name, **scores.row_of(sample, row.middle, low, high)})
    return pd.DataFrame(found)


def horizon(origin: date, end: date) -> int:
    """Return the months ahead, rounded up: 1 for a period that ends within the first month."""
    months = 1
    while month_after(origin, months) <= end:
        months += 1
    return months


def _ahead(row: Row, origin: date, end: date) -> bool:
    return origin <= row.start and row.end <= end


def _blank(row: Row) -> Row:
    """Return a period without its figure, as a forecast may see it."""
    return row._replace(value=None, low=0.0, high=None)


def _named(workspace: Workspace, origin: date) -> Any:
    report = workspace.progress
    return None if report is None else lambda stage, *numbers: report(f"{origin} {stage}", *numbers)
