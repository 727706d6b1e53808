"""A forecast with its files, as made by `corridor forecast`, in a folder beside the filter's months.

DIR/forecast-DAY/forecast.csv     a row per section, week and outcome: mean, 50 and 90 % intervals, units
DIR/forecast-DAY/countries.csv    a row per country and week: recorded attempts as they might be published
DIR/forecast-DAY/months.csv       recorded attempts of the months ahead by series: the forecast that is back-tested
DIR/forecast-DAY/warnings.csv     probability that a section is overloaded in a week, with its Monte Carlo error
DIR/forecast-DAY/hub.csv          quantiles of recorded attempts by country, week and month, in the format of hubs
DIR/forecast-DAY/past.csv         how earlier forecasts turned out, as they were published: latest first, with scores
DIR/forecast-DAY/surprises.csv    figures of the last months beside what had been expected of them
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.inference.backtest.error_widths import stretched
from sim.inference.calibration_study import csv, put
from sim.inference.filter import outlook as weeks_ahead
from sim.inference.filter import study
from sim.inference.filter.assimilate import Ahead, months_of, setting_of
from sim.inference.filter.back_test import samples
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.observation_model import counted
from sim.inference.filter.outlook import LEVELS, Outlook
from sim.inference.filter.past_errors import latest, stretch_at
from sim.inference.filter.record import Figure
from sim.inference.filter.runner import Runner
from sim.inference.frozen_inputs import month_after
from sim.inference.planned_flights import with_flights
from sim.scenario.draw import resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.parts import with_parts
from sim.scenario.paths import apply_overrides, parse_override
from sim.scenario.schema import Scenario
from sim.studies.work.executors import workplace

WARN = 0.1  # probability of overload from which a section is named
_RECENT = 92  # days of figures that are shown beside what the filter says
_FAR = 0.02  # a figure that so few particles reach is called beyond what the model produces
_YEAR = 365  # days of past forecasts that a sentence counts
_SHOWN = 9  # past forecasts on the terminal
_MONTHS = "Recorded attempts by month, the forecast that is back-tested: median (90 %)"


class Looked(NamedTuple):
    """A forecast.

    Attributes:
        folder: Its folder.
        summary: What it says, in sentences.
        tables: Those for the terminal, by title.
        files: Those of its files, by name.
        titles: Titles of sections and agencies, by the names that the files have of them.
    """

    folder: Path
    summary: str
    tables: dict[str, pd.DataFrame]
    files: dict[str, pd.DataFrame]
    titles: dict[str, str]


class WhatIf(NamedTuple):
    """What comes otherwise than the scenario says, from the first day that is forecast on.

    Attributes:
        changes: Values by dotted path, as texts ``PATH=VALUE``.
        measures: Measures of the library, as texts ``NAME[:TARGET][=VALUE][@DATE[..DATE]]``.
        flights: A schedule of flights (`sim.inference.planned_flights`).
    """

    changes: Sequence[str] = ()
    measures: Sequence[str] = ()
    flights: Path | None = None

    def scenario(self, loaded: LoadedFilter, origin: date) -> Scenario | None:
        """Return the scenario of what comes; None if nothing is changed. Raises ScenarioError."""
        found = loaded.scenario
        if self.changes:
            found = apply_overrides(found, dict(map(parse_override, self.changes)))
        for text in self.measures:
            dated = text if "@" in text else f"{text}@{origin}"
            found = resolve(with_parts(found, dated))
        if self.flights is not None:
            found = with_flights(found, self.flights, origin)
        return None if found is loaded.scenario else found

    def tag(self) -> str:
        """Return what distinguishes the folder of its forecast; empty for no change."""
        texts = [*self.changes, *(f"with {text}" for text in self.measures)]
        if self.flights is not None:
            texts.append(sha256(self.flights.read_bytes()).hexdigest())
        return f"-{study.short(texts)}" if texts else ""


def look_ahead(loaded: LoadedFilter, job: study.Job, weeks: int, runs: int, what_if: WhatIf | None = None) -> Looked:
    """Take in the record, run on for some weeks, and write the tables.

    Raises:
        ScenarioError: If a figure or a change is not allowed.
        OutputError: If the folder cannot be written, or holds the filter of something else.
    """
    what_if = what_if or WhatIf()
    origin = study.origin_of(loaded, job.data, job.until)
    if origin + timedelta(days=7 * weeks - 1) > loaded.scenario.end:
        last = loaded.scenario.end
        raise ScenarioError(f"forecast: found {weeks} weeks from {origin}; allowed: to the scenario's end, {last}")
    scenario = what_if.scenario(loaded, origin)
    done = study.assimilate(loaded, job)
    factor = stretch_at(done.past, origin)
    place = workplace(job.jobs, job.dask)
    try:
        done.filter.runner = Runner(
            setting_of(loaded), place, lambda n, of: job.progress("weeks ahead", n, of) if job.progress else None
        )
        ahead = weeks_ahead.outlook(done.filter, done.months, weeks, runs, factor, scenario)
        seen = None if scenario else done.filter.look_ahead(months_of(loaded, origin)[-1])
    finally:
        place.close()
    months, by_level = _months(loaded, seen, factor) if seen else (pd.DataFrame(), pd.DataFrame())
    past, warnings = latest(done.past, origin), weeks_ahead.warnings(ahead)
    files = {
        "forecast": weeks_ahead.table(ahead), "months": months, "warnings": warnings, "past": past,
        "surprises": _surprises(loaded, done),
        "hub": pd.concat([weeks_ahead.hub_table(ahead), by_level], ignore_index=True),
        "countries": weeks_ahead.country_table(ahead),
    }  # fmt: skip
    folder = job.folder / f"forecast-{origin}{what_if.tag()}"
    for name, table in files.items():
        if not len(table):  # months of a what-if; what had come of forecasts before the first
            continue
        put(folder / f"{name}.csv", csv(table))
    titles = titles_of(loaded.scenario)
    named = warnings.assign(section=warnings["section"].map(titles), agency=warnings["agency"].map(titles))
    words = [done.begun_from, _sentence(ahead, named), _past_sentence(past, origin, factor)]
    return Looked(folder, " ".join(word for word in words if word), _told(ahead, files, named), files, titles)


def titles_of(scenario: Scenario) -> dict[str, str]:
    """Return titles of sections, without the places in brackets after them, and the countries of agencies."""
    agencies = {name: agency.country for name, agency in scenario.agencies.items()}
    return agencies | {name: section.title.partition(" (")[0] for name, section in scenario.sections.items()}


def _told(ahead: Outlook, files: dict[str, pd.DataFrame], warnings: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables for the terminal, by title."""
    tables = {"Recorded attempts a week, by country: median (90 %)": _by_country(ahead)}
    if len(files["months"]):
        tables[_MONTHS] = _by_month(files["months"])
    if len(worst := _worst(warnings)):
        tables["Overload, by section"] = worst
    if len(files["past"]):
        tables["How the last forecasts turned out"] = turned_out(files["past"])
    if len(far := beyond(files["surprises"])):
        tables["Figures beyond what the model produces"] = far
    return tables


def _months(loaded: LoadedFilter, ahead: Ahead, factor: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the forecast of months ahead by series, as the back-test makes and scores it; and for hubs."""
    origin, start = ahead.month.first, loaded.scenario.start
    wanted = [
        (k, last, Figure(name, np.arange(*days, dtype=np.intp), np.nan, np.nan, np.nan, False, days[1]))
        for k in range(1, loaded.experiment.backtest.months + 1)
        for name, entry in sorted(loaded.experiment.series.items())
        if entry.score and (last := month_after(origin, k) - timedelta(days=1)) <= loaded.scenario.end
        for days in [((month_after(origin, k - 1) - start).days, (last - start).days + 1)]
    ]
    rows, hub = [], []
    for (k, last, figure), sample in zip(wanted, samples(loaded, [f for *_, f in wanted], ahead), strict=True):
        wide = stretched(sample, factor)
        place = loaded.experiment.series[figure.series].agency or figure.series
        quantiles = {name: float(np.quantile(wide, level)) for name, level in LEVELS.items()}
        rows.append({
            "series": figure.series, "horizon": k, "period_start": month_after(origin, k - 1), "period_end": last,
            "mean": float(wide.mean()), **quantiles,
        })  # fmt: skip
        hub += [
            weeks_ahead.hub_row(origin, k, "month", last, place, level, float(np.quantile(wide, level)))
            for level in weeks_ahead.HUB_LEVELS
        ]
    return pd.DataFrame(rows), pd.DataFrame(hub)


def _by_month(months: pd.DataFrame) -> pd.DataFrame:
    words = [f"{row.median:,.0f} ({row.low90:,.0f} to {row.high90:,.0f})" for row in months.itertuples()]
    shown = months.assign(words=words, month=[f"{day:%Y-%m}" for day in months["period_start"]])
    return shown.pivot(index="month", columns="series", values="words").rename_axis(columns=None).reset_index()


def _by_country(ahead: Outlook) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for week in range(ahead.weeks):
        row: dict[str, Any] = {"week of": f"{ahead.begin(week)}"}
        for agency, counts in ahead.by_agency.items():
            low, middle, high = np.quantile(counts[:, week], [0.05, 0.5, 0.95])
            row[agency] = f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"
        rows.append(row)
    return pd.DataFrame(rows)


def _worst(warnings: pd.DataFrame) -> pd.DataFrame:
    """Return of each section the week with the highest probability of overload; those below `WARN` are left out."""
    highest = warnings.loc[warnings.groupby("section")["p_overload"].idxmax()]
    shown = highest[highest["p_overload"] >= WARN].sort_values("p_overload", ascending=False)
    return shown.assign(
        week_start=[f"{day}" for day in shown["week_start"]],
        p_overload=[f"{p:.0%} +/- {e:.0%}" for p, e in zip(shown["p_overload"], shown["error"], strict=True)],
    ).drop(columns=["error", "week"])


def _sentence(ahead: Outlook, warnings: pd.DataFrame) -> str:
    worst = warnings.loc[warnings["p_overload"].idxmax()]
    low, middle, high = np.quantile(ahead.total, [0.05, 0.5, 0.95])
    words = f"From {ahead.origin}, {ahead.weeks} weeks: {middle:,.0f} recorded attempts (90 %: "
    words += f"{low:,.0f} to {high:,.0f}). "
    if worst["p_overload"] < WARN:
        return words + f"No section is overloaded with a probability of {WARN:.0%} or more."
    overload = f"{worst['p_overload']:.0%} in the week of {worst['week_start']}"
    return words + f"Most likely to be overloaded: {worst['section']}, with {overload}."


def _past_sentence(past: pd.DataFrame, origin: date, factor: float) -> str:
    """Return how many of the last year's forecasts held, and how the intervals follow from it."""
    if not len(past):
        return "No earlier forecast has a figure yet, so the intervals are the filter's own."
    return f"{held(past, origin)} By all past errors the intervals are {factor:.2f} times the filter's."


def held(past: pd.DataFrame, origin: date) -> str:
    """Return in a sentence how many forecasts of the last year held."""
    year = past[[(origin - last).days <= _YEAR for last in past["period_end"]]]
    words = f"{int(year['in90'].sum())} of {len(year)} in the 90 % interval, {int(year['in50'].sum())} in the 50 %"
    return f"Forecasts of the last year: {words}."


def turned_out(past: pd.DataFrame) -> pd.DataFrame:
    """Return in words how the last forecasts turned out, the latest first."""
    return pd.DataFrame([
        {
            "period": f"{row.period_start} to {row.period_end}", "series": row.series, "forecast of": f"{row.origin}",
            "published": f"{row.published:,.0f}",
            "forecast": f"{row.median:,.0f} ({row.low90:,.0f} to {row.high90:,.0f})",
            "held": "50 %" if row.in50 else "90 %" if row.in90 else "no",
        }
        for row in past.head(_SHOWN).itertuples()
    ])  # fmt: skip


def beyond(surprises: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that lie beyond what the model produces, with their days as text."""
    far = surprises[surprises["beyond"]].drop(columns="beyond")
    return far.assign(**{key: far[key].astype(str) for key in ("period_start", "period_end")})


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
