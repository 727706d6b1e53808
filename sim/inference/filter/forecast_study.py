"""A forecast with its files, as made by `corridor forecast`, in a folder beside the filter's months.

DIR/forecast-DAY/forecast.csv     a row per section, week and outcome: mean, 50 and 90 % intervals, units
DIR/forecast-DAY/warnings.csv     probability that a section is overloaded in a week, with its Monte Carlo error
DIR/forecast-DAY/hub.csv          quantiles of each country's recorded attempts, in the format of forecast hubs
DIR/forecast-DAY/surprises.csv    figures of the last months beside what had been expected of them
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.inference.calibration_study import csv, put
from sim.inference.filter import outlook as weeks_ahead
from sim.inference.filter import study
from sim.inference.filter.assimilate import setting_of
from sim.inference.filter.engine_runs import WEEKLY
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.observation_model import counted
from sim.inference.filter.outlook import Outlook
from sim.inference.filter.runner import Runner
from sim.scenario.paths import apply_overrides, parse_override
from sim.studies.work.executors import workplace

WARN = 0.1  # probability of overload from which a section is named
_RECENT = 92  # days of figures that are shown beside what the filter says
_FAR = 0.02  # a figure that so few particles reach is called beyond what the model produces


class Looked(NamedTuple):
    """A forecast: its folder, one sentence, and tables for the terminal by title."""

    folder: Path
    summary: str
    tables: dict[str, pd.DataFrame]


def look_ahead(loaded: LoadedFilter, job: study.Job, weeks: int, runs: int, changes: list[str]) -> Looked:
    """Take in the record, run on for some weeks, and write the tables.

    Raises:
        ScenarioError: If a figure or a change is not allowed.
        OutputError: If the folder cannot be written, or holds the filter of something else.
    """
    scenario = apply_overrides(loaded.scenario, dict(map(parse_override, changes))) if changes else None
    done = study.assimilate(loaded, job)
    place = workplace(job.jobs, job.dask)
    try:
        done.filter.runner = Runner(
            setting_of(loaded), place, lambda n, of: job.progress("weeks ahead", n, of) if job.progress else None
        )
        ahead = weeks_ahead.outlook(done.filter, done.months, weeks, runs, scenario)
    finally:
        place.close()
    name = f"forecast-{ahead.origin}" + (f"-{study.short(changes)}" if changes else "")
    folder = job.folder / name
    surprises = _surprises(loaded, done)
    warnings = weeks_ahead.warnings(ahead)
    for file, table in (
        ("forecast.csv", weeks_ahead.table(ahead)),
        ("warnings.csv", warnings),
        ("hub.csv", weeks_ahead.hub_table(ahead)),
        ("surprises.csv", surprises),
    ):
        put(folder / file, csv(table))
    tables = {"Recorded attempts a week, by country": _by_country(ahead), "Overload, by section": _worst(warnings)}
    if len(far := surprises[surprises["beyond"]]):
        tables["Figures beyond what the model produces"] = far.drop(columns="beyond")
    return Looked(folder, _sentence(ahead, warnings), tables)


def _by_country(ahead: Outlook) -> pd.DataFrame:
    number = WEEKLY.index("recorded")
    rows: list[dict[str, Any]] = []
    for week in range(ahead.by_section.shape[1]):
        row: dict[str, Any] = {"week of": ahead.origin + timedelta(days=7 * week)}
        for agency in sorted(set(ahead.agencies)):
            own = [k for k, name in enumerate(ahead.agencies) if name == agency]
            low, middle, high = np.quantile(ahead.by_section[:, week, own, number].sum(axis=1), [0.05, 0.5, 0.95])
            row[agency] = f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"
        rows.append(row)
    return pd.DataFrame(rows)


def _worst(warnings: pd.DataFrame) -> pd.DataFrame:
    """Return of each section the week with the highest probability of overload; those below `WARN` are left out."""
    highest = warnings.loc[warnings.groupby("section")["p_overload"].idxmax()]
    shown = highest[highest["p_overload"] >= WARN].sort_values("p_overload", ascending=False)
    return shown.assign(
        p_overload=[f"{p:.0%} +/- {e:.0%}" for p, e in zip(shown["p_overload"], shown["error"], strict=True)]
    ).drop(columns=["error", "week"])


def _sentence(ahead: Outlook, warnings: pd.DataFrame) -> str:
    worst = warnings.loc[warnings["p_overload"].idxmax()]
    number = WEEKLY.index("recorded")
    total = ahead.by_section[:, :, :, number].sum(axis=(1, 2))
    low, middle, high = np.quantile(total, [0.05, 0.5, 0.95])
    words = f"From {ahead.origin}, {ahead.by_section.shape[1]} weeks: {middle:,.0f} recorded attempts (90 %: "
    words += f"{low:,.0f} to {high:,.0f}). "
    if worst["p_overload"] < WARN:
        return words + f"No section is overloaded with a probability of {WARN:.0%} or more."
    overload = f"{worst['p_overload']:.0%} in the week of {worst['week_start']}"
    return words + f"Most likely to be overloaded: {worst['section']}, with {overload}."


def _surprises(loaded: LoadedFilter, done: study.Filtered) -> pd.DataFrame:
    """Return the latest figures beside the filter's counts, and whether they lie beyond what it produces."""
    particles, start = done.filter.particles, loaded.scenario.start
    last = max(figure.last for figure in done.filter.figures)
    rows = []
    for figure in done.filter.figures:
        if figure.last > last - _RECENT:
            number, share = done.filter.numbers[figure.series], done.filter.shares[figure.series]
            count = counted(particles.daily, figure, number, share)
            low, middle, high = np.quantile(count, [_FAR, 0.5, 1 - _FAR])
            rows.append({
                "series": figure.series, "period_start": start + timedelta(days=figure.first),
                "period_end": start + timedelta(days=figure.last), "published": figure.value,
                "model_low": low, "model": middle, "model_high": high,
                "beyond": bool(figure.high < low * 0.8 or figure.low > high * 1.25),
            })  # fmt: skip
    return pd.DataFrame(rows)
