"""Fits and filters with their files and figures: `sim.calibrate`, `backtest`, `assimilate` and `forecast`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, overload

from sim.data.days import day_of as read_day
from sim.inference.arviz_file import check_arviz, write_arviz
from sim.inference.backtest.study import BackTested, back_test
from sim.inference.calibration_experiment import Loaded, load_experiment
from sim.inference.calibration_study import Calibrated, calibration
from sim.inference.filter import study
from sim.inference.filter.experiment import LoadedFilter, is_filter, load_filter
from sim.inference.filter.forecast_study import Looked, WhatIf, look_ahead
from sim.inference.filter.study import Filtered, Job, Report
from sim.inference.fit_task import Progress, Workspace
from sim.inference.posture_scenario import months_through, write_inferred
from sim.inference.sbc.study import SelfChecked, self_check
from sim.outputs.trust import ASSUMED, BACK_TESTED, back_tested, forecast_sentence
from sim.report.outlook.page import write_outlook
from sim.report.outlook.stored import About
from sim.report.record.filter_figures import write_filter
from sim.report.record.forecast_figures import write_fan, write_fit
from sim.report.record.rank_figures import write_ranks
from sim.scenario.errors import ScenarioError, show
from sim.scenario.files import SUFFIXES

SHIPPED_FILTER = "eastern-border"


@overload
def calibrate(
    experiment: str | Path | Mapping[str, Any] | Loaded,
    *,
    sbc: None = None,
    arviz: bool = False,
    folder: str | Path | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Calibrated: ...


@overload
def calibrate(
    experiment: str | Path | Mapping[str, Any] | Loaded,
    *,
    sbc: int,
    folder: str | Path | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> SelfChecked: ...


def calibrate(
    experiment: str | Path | Mapping[str, Any] | Loaded,
    *,
    sbc: int | None = None,
    arviz: bool = False,
    folder: str | Path | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Calibrated | SelfChecked:
    """Fit a scenario to published figures, or do what is left of it; as ``corridor calibrate``.

    Args:
        experiment: A shipped experiment of kind calibration, a YAML file, or its content as a mapping.
        sbc: In place of the published figures, fit to those of so many truths drawn from the prior, and see whether
            they are found again (simulation-based calibration); more truths add to those that are done.
        arviz: Whether ``arviz.nc`` is written too: what ``to_arviz()`` returns, as netCDF; needs the extra ``arviz``.
        folder: Where the runs, particles, tables and figures are stored; ``results/EXPERIMENT-calibration`` if None,
            with ``sbc`` ``results/EXPERIMENT-sbc``.
        jobs: Number of processes; 1 for this process alone, None for all cores.
        dask: Address of a Dask scheduler.
        progress: Called with the stage, and the numbers of runs done, requested and failed.
        command: The command that reproduces it, for its record.

    Returns:
        Particles (`posterior`), and the tables ``parameters``, ``fit`` (a row per figure) and ``waves``; with ``sbc``
        the tables ``ranks`` (a row per truth and parameter), ``coverage`` and ``histogram``.

    Raises:
        ScenarioError: If the experiment, or the number of truths, is not allowed.
        OutputError: If the folder cannot be written, or holds something else, or the extra ``arviz`` is missing.
    """
    loaded = experiment if isinstance(experiment, Loaded) else load_experiment(experiment)
    if arviz:
        check_arviz()
    if sbc is not None and arviz:
        raise ScenarioError("calibrate: found sbc and arviz; allowed: one of the two")
    if sbc is not None:
        where = folder_of(loaded.name, "sbc", folder)
        checked = self_check(loaded, Workspace(where, jobs, dask, command, progress), sbc)
        write_ranks(checked.histogram, where)
        return checked
    where = folder_of(loaded.name, "calibration", folder)
    done = calibration(loaded, Workspace(where, jobs, dask, command, progress))
    write_fit(done.fit[done.fit["series"].isin(loaded.experiment.series)], where)
    if arviz:
        write_arviz(done.to_arviz(), where)
    return done


def backtest(
    experiment: str | Path | Mapping[str, Any] | Loaded | LoadedFilter,
    *,
    data: str | Path | None = None,
    particles: int | None = None,
    leave_out: Sequence[str] = (),
    folder: str | Path | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    progress: Progress | Report | None = None,
    command: str = "",
) -> BackTested | Filtered:
    """Forecast from each origin with what was known then, and score it; as ``corridor backtest``.

    Args:
        experiment: A shipped experiment of kind calibration or filter, a YAML file, or its content as a mapping.
        data: Of a filter: a folder, or file, with figures beside those that ship.
        particles: Of a filter: particles, in place of the experiment's.
        leave_out: Of a filter: series that are forecast without being taken in.
        folder: Where everything is stored; ``results/EXPERIMENT-backtest`` if None.
        jobs: Number of processes; 1 for this process alone, None for all cores.
        dask: Address of a Dask scheduler.
        progress: Called with the stage, and numbers of runs: done, requested and (not of a filter) failed.
        command: The command that reproduces it, for its record.

    Returns:
        Of a calibration ``table``, a row per forecast and method, and ``tables`` of scores by title; of a filter its
        ``tables`` by title.

    Raises:
        ScenarioError: If the experiment, a series or an option is not allowed.
        OutputError: If the folder cannot be written, or holds something else.
    """
    options: Any = {"jobs": jobs, "dask": dask, "command": command, "progress": progress}
    if isinstance(experiment, LoadedFilter) or (not isinstance(experiment, Loaded) and is_filter(experiment)):
        loaded, where = filter_to_test(experiment, particles, leave_out, folder)
        return filtered(loaded, Job(where, _path(data), scores=True, **options))
    if data is not None or particles is not None or leave_out:
        raise ScenarioError("backtest: found options of a filter (data, particles, leave_out); the experiment is none")
    fit = experiment if isinstance(experiment, Loaded) else load_experiment(experiment)
    where = folder_of(fit.name, "backtest", folder)
    done = back_test(fit, Workspace(where, **options))
    write_fan(done.table, where)
    return done


def assimilate(
    experiment: str | Path | Mapping[str, Any] | LoadedFilter = SHIPPED_FILTER,
    *,
    data: str | Path | None = None,
    until: date | str | None = None,
    particles: int | None = None,
    fresh: bool = False,
    arviz: bool = False,
    scenario: str | Path | None = None,
    through: date | str | None = None,
    folder: str | Path | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    progress: Report | None = None,
    command: str = "",
) -> Filtered:
    """Infer what a transit state did, month by month, from what was counted; as ``corridor assimilate``.

    Args:
        experiment: A shipped experiment of kind filter, a YAML file, or its content as a mapping.
        data: Folder, or file, with figures beside those that ship, such as later months.
        until: Last day of the record that is used; all of it if None.
        particles: Particles, in place of the experiment's.
        fresh: Whether the whole record is gone through, in place of going on from the state that ships.
        arviz: Whether ``arviz.nc`` is written too: what ``to_arviz()`` returns, as netCDF; needs the extra ``arviz``.
        scenario: File (YAML) for what ``as_scenario()`` returns: each replicate draws one particle's whole path.
        through: A day in that scenario's last month, before or after the end of the record; the record's last if None.
        folder: Where everything is stored, and gone on from; ``results/EXPERIMENT-filter`` if None.
        jobs: Number of processes; 1 for this process alone, None for all cores.
        dask: Address of a Dask scheduler.
        progress: Called with the month, and runs done and requested.
        command: The command that reproduces it, for its record.

    Returns:
        The ``tables`` by title: posture, parameters, months; ``to_arviz()`` and ``as_scenario()`` have the particles.

    Raises:
        ScenarioError: If the experiment or a day is not allowed, or no figure lies within the run.
        OutputError: If the folder cannot be written, or holds something else, or the extra ``arviz`` is missing.
    """
    loaded = loaded_filter(experiment, particles)
    last = _checked(loaded, arviz, scenario, through)
    where = folder_of(loaded.name, "filter", folder)
    job = Job(where, _path(data), day_of(until), jobs, dask, command, progress, fresh=fresh)
    done = filtered(loaded, job)
    if arviz:
        write_arviz(done.to_arviz(), where)
    if scenario is not None:
        done = done._replace(inferred=write_inferred(done.as_scenario(last, command), Path(scenario), where))
    return done


def _checked(loaded: LoadedFilter, arviz: bool, file: str | Path | None, through: date | str | None) -> date | None:
    """Check what is to be written before anything is run; return a day in a scenario's last month, if one is given."""
    if arviz:
        check_arviz()
    if file is None:
        if through is not None:
            raise ScenarioError("--through: found without --scenario; allowed: both, or neither")
        return None
    if not str(file).endswith(SUFFIXES):
        raise ScenarioError(f"--scenario: found {show(str(file))}; allowed: a file ending in {' or '.join(SUFFIXES)}")
    last = day_of(through, "--through")
    if last is not None:
        months_through(loaded, last)
    return last


def forecast(
    experiment: str | Path | Mapping[str, Any] | LoadedFilter = SHIPPED_FILTER,
    *,
    data: str | Path | None = None,
    weeks: int = 8,
    changes: Mapping[str, Any] | Sequence[str] = (),
    measures: Sequence[str] = (),
    flights: str | Path | None = None,
    until: date | str | None = None,
    particles: int | None = None,
    runs: int = 400,
    fresh: bool = False,
    folder: str | Path | None = None,
    jobs: int | None = 1,
    dask: str | None = None,
    progress: Report | None = None,
    command: str = "",
) -> Looked:
    """Take in the latest counts, and tell what comes in the next weeks at each section; as ``corridor forecast``.

    Args:
        experiment: A shipped experiment of kind filter, a YAML file, or its content as a mapping.
        data: Folder, or file, with figures beside those that ship, such as later months.
        weeks: Weeks ahead, 1 to 26.
        changes: A what-if from today's state: values by dotted path, or texts ``PATH=VALUE``.
        measures: Measures as texts such as ``officers:latvia=1000``; without a date, from the first day on.
        flights: A schedule (CSV, as a scenario's timetable) in place of weekly frequencies.
        until: Last day of the record that is used; all of it if None.
        particles: Particles, in place of the experiment's.
        runs: Particles that run on, 20 or more.
        fresh: Whether the whole record is gone through, in place of going on from the state that ships.
        folder: The filter's folder; ``results/EXPERIMENT-filter`` if None.
        jobs: Number of processes; 1 for this process alone, None for all cores.
        dask: Address of a Dask scheduler.
        progress: Called with the stage, and runs done and requested.
        command: The command that reproduces it, for its record.

    Returns:
        The ``folder`` of its files, one sentence (``summary``), and ``tables`` by title.

    Raises:
        ScenarioError: If a figure, number or change is not allowed.
        OutputError: If the folder cannot be written, or holds the filter of something else.
    """
    if not 1 <= weeks <= 26 or runs < 20:
        raise ScenarioError(f"forecast: found {weeks} weeks, {runs} runs; allowed: 1 to 26 weeks, 20 runs or more")
    loaded = loaded_filter(experiment, particles)
    place = folder_of(loaded.name, "filter", folder), _path(data), day_of(until)
    job = Job(*place, jobs, dask, command, progress, fresh=fresh)
    return _with_page(loaded, job, weeks, runs, WhatIf(_texts(changes), measures, _path(flights)))


def _with_page(loaded: LoadedFilter, job: Job, weeks: int, runs: int, what_if: WhatIf) -> Looked:
    done = look_ahead(loaded, job, weeks, runs, what_if)
    write_outlook(done, _about(loaded, done, job.command))
    return done


def _about(loaded: LoadedFilter, done: Looked, command: str) -> About:
    series = {name: entry.agency or name for name, entry in loaded.experiment.series.items()}
    tested = back_tested(loaded.name)
    return About(
        title=loaded.experiment.title,
        experiment=loaded.name,
        summary=done.summary,
        trust=forecast_sentence(loaded.name),
        command=command,
        titles=done.titles,
        series=series,
        marks={name: BACK_TESTED if agency in tested else ASSUMED for name, agency in series.items()},
    )


def _texts(changes: Mapping[str, Any] | Sequence[str]) -> list[str]:
    return [f"{path}={value}" for path, value in changes.items()] if isinstance(changes, Mapping) else list(changes)


def filtered(loaded: LoadedFilter, job: Job) -> Filtered:
    """Run a filter, and write its tables and figures."""
    done = study.assimilate(loaded, job)
    write_filter(done.tables, job.folder)
    return done


def filter_to_test(
    experiment: str | Path | Mapping[str, Any] | LoadedFilter,
    particles: int | None,
    leave_out: Collection[str],
    folder: str | Path | None,
) -> tuple[LoadedFilter, Path]:
    """Return a filter without the series that are left out, and the folder of its back-test."""
    loaded = loaded_filter(experiment, particles)
    for series in leave_out:
        loaded = loaded.without(series)
    return loaded, folder_of("-without-".join([f"{loaded.name}-backtest", *leave_out]), "", folder)


def loaded_filter(experiment: str | Path | Mapping[str, Any] | LoadedFilter, particles: int | None) -> LoadedFilter:
    """Load a filter, with another number of particles if one is given; raises ScenarioError."""
    loaded = experiment if isinstance(experiment, LoadedFilter) else load_filter(experiment)
    if particles is None:
        return loaded
    if particles < 20:
        raise ScenarioError(f"particles: found {particles}; allowed: 20 or more")
    return loaded._replace(experiment=loaded.experiment.model_copy(update={"particles": particles}))


def folder_of(name: str, suffix: str, given: str | Path | None) -> Path:
    """Return the given folder, or the one below ``results`` in which the command line stores an experiment."""
    return Path(given) if given is not None else Path("results") / (f"{name}-{suffix}" if suffix else name)


def day_of(given: date | str | None, option: str = "--until") -> date | None:
    """Return a day from its text; raises ScenarioError."""
    if given is None or isinstance(given, date):
        return given
    try:
        return read_day(given)
    except ValueError:
        raise ScenarioError(f"{option}: found {show(given)}; allowed: a date such as 2022-06-30") from None


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)
