"""The Markdown report of a calibration: the fit, what the figures determine, and what they do not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.fit_task import Posterior, Task
from sim.inference.observations import Row
from sim.inference.outcome_figures import Target, day_of_run
from sim.outputs.markdown import markdown

LEARNT, TOGETHER = 0.2, 0.4  # parameters below are hardly learnt; correlations from here are named


def page(
    task: Task, done: Posterior, command: str, parameters: pd.DataFrame, fit: pd.DataFrame, summary: str
) -> str:  # fmt: skip
    """Return the page in Markdown.

    Args:
        task: The task of the fit.
        done: The particles.
        command: The command that reproduces it.
        parameters: From `sim.inference.posterior.parameter_table`.
        fit: From `sim.inference.posterior.fit_table`.
        summary: Runs and particles in a sentence.
    """
    experiment = task.experiment
    parts = [
        f"# {experiment.title}\n\n    {command}\n\n{experiment.description}\n\n{summary}\n",
        *(
            ["![Published figures, and what the fitted model says would be published](fit.png)\n"]
            if experiment.series
            else []
        ),
        f"## Parameters, before and after\n\n{markdown(_parameters(parameters))}",
        _learnt(parameters, done),
        f"## Published, and what the fitted model says would be\n\n{markdown(_fit(fit, task))}",
        _missed(fit),
        f"## Observation models\n\n{_observed(task)}",
        f"## Waves and generations\n\n{markdown(_waves(done))}",
    ]
    return "\n".join(parts)


def _parameters(table: pd.DataFrame) -> pd.DataFrame:
    before = table.rename(columns={"prior_median": "m", "prior_low90": "a", "prior_high90": "b"})
    after = table.rename(columns={"median": "m", "low90": "a", "high90": "b"})
    columns = {"parameter": table["title"], "before": _intervals(before), "after": _intervals(after)}
    return pd.DataFrame({**columns, "learnt": table["learnt"]})


def _intervals(table: pd.DataFrame) -> list[str]:
    return [f"{m:.3g} ({a:.3g} to {b:.3g})" for m, a, b in zip(table["m"], table["a"], table["b"], strict=True)]


def _learnt(table: pd.DataFrame, done: Posterior) -> str:
    """Describe what the figures do not determine."""
    lines = ["Medians and 90 % intervals. `learnt` is the share of a parameter's variance that the figures took away."]
    little = [str(title) for title in table.loc[table["learnt"] < LEARNT, "title"]]
    if little:
        lines.append(f"They say next to nothing of: {'; '.join(little)}.")
    pairs = _together(table, done)
    if pairs:
        lines.append(f"Only together are known (correlation of the particles): {'; '.join(pairs)}.")
    return "\n".join(lines) + "\n"


def _together(table: pd.DataFrame, done: Posterior) -> list[str]:
    centred = done.points - np.average(done.points, axis=0, weights=done.weights)
    covariance = (done.weights[:, None] * centred).T @ centred
    sd = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    rho = covariance / np.outer(sd, sd)
    titles = table["title"].tolist()
    found = [(i, j) for i in range(len(rho)) for j in range(i) if abs(rho[i, j]) >= TOGETHER]
    found.sort(key=lambda pair: -abs(rho[pair]))
    return [f"{titles[j]} and {titles[i]} ({rho[i, j]:+.2f})".replace("-", "−") for i, j in found]


def _fit(fit: pd.DataFrame, task: Task) -> pd.DataFrame:
    shown = fit[["series", "period_start", "period_end"]].copy()
    written = [_writer(row, task.scenario.start) for row in task.rows]
    shown["published"] = [_published(*row) for row in zip(fit["value"], fit["low"], fit["high"], written, strict=True)]
    medians = [write(value) for value, write in zip(fit["median"], written, strict=True)]
    shown["median"] = medians if any(isinstance(row, Target) for row in task.rows) else fit["median"]
    for share, low, high in (("50 %", "low50", "high50"), ("90 %", "low90", "high90")):
        shown[share] = [f"{w(a)} to {w(b)}" for a, b, w in zip(fit[low], fit[high], written, strict=True)]
    shown["in 90 %"] = ["yes" if inside else "no" for inside in fit["in90"]]
    shown["fitted"] = ["yes" if fitted else "no" for fitted in fit["fitted"]]
    return shown


def _writer(row: Row | Target, start: date) -> Callable[[float], str]:
    """Return how numbers of a figure are written: counts whole, days of the run as dates, others to three digits."""
    if isinstance(row, Row):
        return lambda number: f"{number:,.0f}"
    if row.never is not None:
        return lambda number: f"{day_of_run(number, start)}"
    return lambda number: f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _published(value: float | None, low: float, high: float, write: Callable[[float], str]) -> str:
    if value is None or value != value:
        if np.isinf(low):
            return f"up to {write(high)}"
        return f"over {write(low)}" if np.isinf(high) else f"{write(low)} to {write(high)}"
    return write(value) if low == high else f"{write(value)} ({write(low)} to {write(high)})"


def _missed(fit: pd.DataFrame) -> str:
    own = fit[fit["fitted"]]
    inside = f"{int(own['in50'].sum())} of {len(own)} fitted figures lie in their 50 % interval, "
    missed = fit[~fit["in90"]]
    names = [f"{row.series} {row.period_start} to {row.period_end}" for row in missed.itertuples()]
    text = f"{inside}{int(own['in90'].sum())} in that of 90 %."
    return text + (f" Outside of it: {'; '.join(names)}.\n" if names else "\n")


def _model(experiment: CalibrationExperiment) -> str:
    values = ", ".join(f"{value:g}" for value in experiment.over_dispersion)
    return (
        f"A count is negative binomial around the model's, with variance m + (g·m)², g one of {values}, equally\n"
        "likely; its likelihood is the probability of the interval that rounding and sources leave.\n"
    )


def _observed(task: Task) -> str:
    experiment = task.experiment
    tables = [_model(experiment), markdown(_series(experiment))] if experiment.series else []
    targets = [row for row in task.fitted if isinstance(row, Target)]
    if targets:
        tables.append(
            "An outcome is normal around the model's, with this error in its own unit (of dates in days):\n\n"
            + markdown(pd.DataFrame([
                {"outcome": row.series, "error": f"{row.error:g}",
                 "source": task.experiment.outcomes[row.given].source}
                for row in targets
            ]))
        )  # fmt: skip
    return "\n".join(tables)


def _series(experiment: CalibrationExperiment) -> pd.DataFrame:
    rows = [
        {
            "series": name, "counted": entry.counted, "share": f"{entry.share:g}", "revisions": entry.revisions,
            "fitted": "no" if not entry.fit else "yes" if entry.since is None else f"from {entry.since}",
        }
        for name, entry in experiment.series.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _waves(done: Posterior) -> pd.DataFrame:
    return pd.DataFrame(done.waves).rename(columns={"left": "prior not ruled out", "within_2_sd": "emulators in 2 sd"})
