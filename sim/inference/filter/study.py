"""A filter with its files, as made by `corridor assimilate` and `corridor backtest`.

DIR/posture.csv, .parquet  what the state did, by month: intervals of inflow, facilitation and steering
DIR/parameters.csv         unknown parameters of behaviour, before and after
DIR/forecasts.csv          back-test: a row per origin, figure and method
DIR/scores.csv             back-test: scores by horizon and method
DIR/figures.csv            the pieces of the record, and where they were used
DIR/months.csv             effective share of the particles, evidence, seconds
DIR/arviz.nc               for ArviZ, with `assimilate --arviz`
DIR/scenario-figures.csv   with `assimilate --scenario`: each figure beside what its particles might publish
DIR/scenario-paths.csv     how much the figures told of each parameter of that scenario
DIR/scenario-ahead.csv     of months after the record, the share of the variance that came after it
DIR/filter.json            provenance
DIR/months/DAY.npz         particles at the end of the month that began on DAY
DIR/origins/DAY.parquet    forecasts of an origin, and the figures that came of them
DIR/start.csv              the posture by month before DIR began from the state that ships
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.data.durable_files import make_folder, write_whole
from sim.inference.arviz_filter import filter_to_arviz
from sim.inference.calibration_study import csv, put
from sim.inference.filter import checkpoint
from sim.inference.filter.assimilate import Filter, Month, Step, months_of, setting_of
from sim.inference.filter.back_test import compared, forecasts
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.figure_files import rows_of
from sim.inference.filter.record import Figure, pieces
from sim.inference.filter.resume import BEFORE, RECORD, about_of, check_same, resumed
from sim.inference.filter.runner import Runner
from sim.inference.filter.score_tables import scored
from sim.inference.posture_scenario import Inferred, as_scenario
from sim.outputs.folder import check_writable
from sim.outputs.identity import identity
from sim.outputs.provenance import machine, versions
from sim.scenario.errors import ScenarioError
from sim.studies.work.executors import workplace

Report = Callable[[str, int, int], None]  # stage, runs done and requested


class Job(NamedTuple):
    """What to filter, and where.

    Attributes:
        folder: Folder of the files.
        data: A folder with figures beside those that ship.
        until: Last day of the record that is used; all of it if None.
        jobs: Number of processes; None for all cores.
        dask: Address of a Dask scheduler.
        command: The command that reproduces it.
        progress: Called with the stage, and runs done and requested.
        scores: Whether forecasts of each origin are scored beside those of other methods: a back-test.
        fresh: Whether the whole record is gone through, in place of going on from the state that ships.
    """

    folder: Path
    data: Path | None = None
    until: date | None = None
    jobs: int | None = 1
    dask: str | None = None
    command: str = ""
    progress: Report | None = None
    scores: bool = False
    fresh: bool = False


class Filtered(NamedTuple):
    """A filter after its last month.

    Attributes:
        filter: The filter.
        months: The months that it has done.
        tables: Its tables by title.
        begun_from: A sentence on the state that ships; empty if it played no part.
        past: The forecasts of all origins with their quantiles, and the figures that came of them.
        folder: Folder of its files.
        inferred: The scenario that was written with it, if one was.
    """

    filter: Filter
    months: list[Month]
    tables: dict[str, pd.DataFrame]
    begun_from: str
    past: pd.DataFrame
    folder: Path
    inferred: Inferred | None = None

    def to_arviz(self) -> Any:
        """Return the particles by month for ArviZ (`sim.inference.arviz_filter`); needs the extra ``arviz``."""
        return filter_to_arviz(self.filter.loaded, self.filter.figures, self.folder, self.months)

    def as_scenario(self, through: date | None = None, command: str = "") -> Inferred:
        """Return the inferred posture as a scenario, to the month of a day (`sim.inference.posture_scenario`)."""
        return as_scenario(self.filter, self.folder, self.months, through, command)


def assimilate(loaded: LoadedFilter, job: Job) -> Filtered:
    """Run a filter over a record, and write its files; what was done before is kept.

    A first run goes on from the state that ships, if there is one, unless the whole record is to be gone through.

    Raises:
        ScenarioError: If the experiment is not allowed, or no figure lies within the run.
        OutputError: If the folder cannot be written, or holds the filter of something else.
    """
    check_writable(job.folder)
    figures = figures_of(loaded, job.data, job.until)
    about, may_start = about_of(loaded, figures), not (job.scores or job.fresh)
    check_same(job.folder, about(None), job.scores, may_start)
    months = months_of(loaded, _last_day(loaded, figures))
    for part in ("months", "origins"):
        make_folder(job.folder / part)
    place = workplace(job.jobs, job.dask)
    stage = [""]
    runner = Runner(setting_of(loaded), place, lambda done, asked: _tell(job, stage[0], done, asked))
    try:
        taken = [figure for figure in figures if loaded.experiment.series[figure.series].fit]
        filtered = Filter(loaded, taken, runner)
        stage[0] = "states of earlier months"
        done, begun_from = resumed(filtered, job.folder, months, about, may_start)
        put(job.folder / RECORD, _record(loaded, job, about(None)))
        for month in months[done:]:
            stage[0] = f"{month.first:%B %Y}"
            begun = monotonic()
            step = filtered.step(month)
            _write_month(loaded, figures, step, job.folder, {**about(month), "seconds": round(monotonic() - begun, 1)})
    finally:
        place.close()
    tables = _tables(loaded, filtered, figures, job, months)
    for name, table in tables.items():
        put(job.folder / f"{name}.csv", csv(table))
    put(job.folder / "posture.parquet", tables["posture"].to_parquet(index=False))
    put(job.folder / "figures.csv", csv(_figure_table(loaded, figures)))
    past = past_forecasts(job.folder, months)
    return Filtered(filtered, months, tables, begun_from, past, job.folder)


def figures_of(loaded: LoadedFilter, data: Path | None, until: date | None) -> list[Figure]:
    """Return the pieces of the record that lie within the run; raises ScenarioError if there is none."""
    scenario = loaded.scenario
    last = min(until or scenario.end, scenario.end)
    rounding = {name: entry.rounding for name, entry in loaded.experiment.series.items()}
    found = pieces(rows_of(loaded, data), scenario.start, last, rounding)
    if not found:
        raise ScenarioError(f"{loaded.name}: no published figure lies between {scenario.start} and {last}")
    return found


def origin_of(loaded: LoadedFilter, data: Path | None, until: date | None) -> date:
    """Return the day after the last month of a record: the first of what is forecast; raises ScenarioError."""
    last = months_of(loaded, _last_day(loaded, figures_of(loaded, data, until)))[-1]
    return last.first + timedelta(days=last.days)


def months_and_record(loaded: LoadedFilter) -> tuple[list[Month], Callable[[Month], str]]:
    """Return the months of the record that ships, and the digest of its figures to the end of a month."""
    figures = figures_of(loaded, None, None)
    about = about_of(loaded, figures)
    return months_of(loaded, _last_day(loaded, figures)), lambda month: str(about(month)["record"])


def _last_day(loaded: LoadedFilter, figures: Sequence[Figure]) -> date:
    return loaded.scenario.start + timedelta(days=max(figure.last for figure in figures))


def past_forecasts(folder: Path, months: Sequence[Month]) -> pd.DataFrame:
    """Return the forecasts of all origins with their quantiles, and the figures that came of them."""
    files = [folder / "origins" / f"{month.first}.parquet" for month in months]
    parts = [pd.read_parquet(file) for file in files if file.is_file()]
    found = [part for part in parts if len(part)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _write_month(
    loaded: LoadedFilter, figures: Sequence[Figure], step: Step, folder: Path, about: dict[str, Any]
) -> None:
    span, first = loaded.experiment.backtest, step.month.first
    is_origin = span.first <= first and (span.last is None or first <= span.last)
    table = forecasts(loaded, figures, step.ahead) if is_origin else pd.DataFrame()
    write_whole(folder / "origins" / f"{first}.parquet", table.to_parquet())
    checkpoint.write(checkpoint.file_of(folder, step.month), step, about)


def _tables(
    loaded: LoadedFilter, filtered: Filter, figures: Sequence[Figure], job: Job, months: Sequence[Month]
) -> dict[str, pd.DataFrame]:
    particles = filtered.particles
    tables = {
        "posture": posture_table(loaded, job.folder, months),
        "parameters": _parameters(loaded, particles),
        "months": _months(job, months),
    }
    if job.scores:
        table = compared(loaded, figures, past_forecasts(job.folder, months))
        tables["forecasts"] = table
        tables["scores"] = scored(table)
        tables["scores-by-series"] = scored(table, ("series", "horizon"))
    return tables


def posture_table(loaded: LoadedFilter, folder: Path, months: Sequence[Month]) -> pd.DataFrame:
    """Return the inferred posture by month: a row per month and coordinate, with 50 and 90 % intervals.

    Of the particles of `checkpoint.of_each_month`; of months before the folder began, as the state that ships has them.
    """
    told: dict[date, list[dict[str, Any]]] = {month.first: [] for month in months} | _before(folder)
    for number, month, particles in checkpoint.of_each_month(folder, months):
        told[month.first] = []
        for name, (unit, values) in loaded.postures(particles.paths[number], particles.off[number]).items():
            q = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])
            interval = dict(zip(("low90", "low50", "median", "high50", "high90"), q, strict=True))
            row = {"month": month.first, "posture": name, "unit": unit, "mean": values.mean(), **interval}
            told[month.first].append(row)
    return pd.DataFrame([row for month in months for row in told[month.first]])


def _before(folder: Path) -> dict[date, list[dict[str, Any]]]:
    """Return the rows of the posture, by month, of the time before a folder began from the state that ships."""
    if not (folder / BEFORE).is_file():
        return {}
    table = pd.read_csv(folder / BEFORE)
    table["month"] = [date.fromisoformat(day) for day in table["month"]]
    return {month: part.to_dict("records") for month, part in table.groupby("month")}


def _parameters(loaded: LoadedFilter, particles: Any) -> pd.DataFrame:
    after, before = loaded.values(particles.scores[-1]), loaded.values(particles.scores[0])
    rows = []
    for k, (path, unknown) in enumerate(loaded.unknowns.items()):
        row: dict[str, Any] = {"parameter": path, "title": unknown.title}
        for when, values in (("before", before[:, k]), ("after", after[:, k])):
            low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
            row |= {f"{when}_low": low, when: middle, f"{when}_high": high}
        rows.append(row)
    return pd.DataFrame(rows)


def _months(job: Job, months: Sequence[Month]) -> pd.DataFrame:
    rows = []
    files = [(month, checkpoint.file_of(job.folder, month)) for month in months]
    for month, file in files:
        if not file.is_file():
            continue
        about = checkpoint.about(file)
        shares = about["effective"]
        rows.append({
            "month": month.first, "effective_of_process": shares[0], "effective": checkpoint.effective_share(about),
            "rounds": len(shares) - 1, "evidence": about["evidence"], "seconds": about["seconds"],
        })  # fmt: skip
    return pd.DataFrame(rows)


def _figure_table(loaded: LoadedFilter, figures: Sequence[Figure]) -> pd.DataFrame:
    start = loaded.scenario.start
    return pd.DataFrame([
        {
            "series": f.series, "period_start": start + timedelta(days=f.first),
            "period_end": start + timedelta(days=f.last), "days": len(f.days), "value": f.value,
            "low": f.low, "high": f.high, "at_least": f.at_least, "known": start + timedelta(days=f.known),
        }
        for f in figures
    ])  # fmt: skip


def _record(loaded: LoadedFilter, job: Job, about: dict[str, Any]) -> bytes:
    content = {
        "experiment": loaded.experiment.model_dump(mode="json", by_alias=True, fallback=str),
        "command": job.command,
        "about": about,
        "identity": identity("inference"),
        "versions": versions(),
        "machine": machine(),
    }
    return (json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n").encode()


def _tell(job: Job, stage: str, done: int, asked: int) -> None:
    if job.progress is not None:
        job.progress(stage, done, asked)


def short(changes: Sequence[str]) -> str:
    """Return a short name of changes for a folder: a hash of eight digits."""
    return sha256("\n".join(changes).encode()).hexdigest()[:8]
