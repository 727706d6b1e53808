"""Commands that compare the model with published figures: calibrate, backtest, and data import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    Arviz,
    DaskAddress,
    Jobs,
    Quiet,
    Wide,
    With,
    command_line,
    list_files,
    stages,
    start_server,
)
from sim.cli.filter import DataFolder, LeaveOut, Particles, assimilate, back_test_filter, forecast
from sim.cli.streams import notes_console, results_console, say
from sim.data.plain_text import visible

if TYPE_CHECKING:
    import pandas as pd

    from sim.inference.calibration_experiment import Loaded

Experiment = Annotated[str, typer.Argument(help="Name of a shipped experiment, or a YAML file.", metavar="EXPERIMENT")]
data = typer.Typer(
    name="data", help="Published figures in the observed format.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Add the commands to `corridor`."""
    app.command()(calibrate)
    app.command()(backtest)
    app.command()(assimilate)
    app.command()(forecast)
    app.add_typer(data)


def calibrate(
    experiment: Experiment,
    sbc: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Simulation-based calibration: check the fit by figures of N truths drawn from its prior.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder [results/EXPERIMENT-calibration, or EXPERIMENT-sbc].")
    ] = None,
    arviz: Arviz = False,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Fit a scenario to published figures; writes particles as Parquet, and a scenario with fitted distributions."""
    start_server(jobs, dask)
    from sim.api import fits
    from sim.inference.calibration_experiment import load_experiment

    loaded = load_experiment(experiment)
    if sbc is not None:
        _check_itself(loaded, sbc, out, {"arviz": arviz, "jobs": jobs, "dask": dask}, quiet)
        return
    folder = fits.folder_of(loaded.name, "calibration", out)
    with stages(folder, notes_console(quiet)) as report:
        done = fits.calibrate(
            loaded, arviz=arviz, folder=folder, jobs=jobs, dask=dask, command=command_line(), progress=report
        )
    if quiet:
        return
    tables = {
        "Parameters, before and after": done.parameters.drop(columns="parameter"),
        "Published, and what the fitted model says would be": done.fit,
        "Waves and generations": done.waves,
    }
    _show(loaded, folder, tables, done.summary)


def _check_itself(loaded: Loaded, truths: int, out: Path | None, options: Mapping[str, Any], quiet: bool) -> None:
    """`corridor calibrate --sbc`: whether truths from the prior are found again."""
    from sim.api import fits
    from sim.inference.sbc.study import check_number

    check_number(truths)
    folder = fits.folder_of(loaded.name, "sbc", out)
    with stages(folder, notes_console(quiet), counted=False) as report:
        done = fits.calibrate(loaded, sbc=truths, folder=folder, command=command_line(), progress=report, **options)
    if not quiet:
        titles = {"Truths from the prior, and whether the fit finds them again": done.coverage}
        _show(loaded, folder, titles, done.summary)


def backtest(
    experiment: Experiment,
    data: DataFolder = None,
    particles: Particles = None,
    leave_out: LeaveOut = None,
    out: Annotated[Path | None, typer.Option(help="Folder [results/EXPERIMENT-backtest].")] = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Forecast from each origin with what was known then, and score against later figures and simple forecasts."""
    from sim.inference.filter.experiment import is_filter

    if is_filter(experiment):
        back_test_filter(experiment, data, particles, leave_out or [], out, jobs, dask, quiet)
        return
    start_server(jobs, dask)
    from sim.api import fits
    from sim.inference.calibration_experiment import load_experiment

    loaded = load_experiment(experiment)
    folder = fits.folder_of(loaded.name, "backtest", out)
    with stages(folder, notes_console(quiet)) as report:
        done = fits.backtest(
            loaded, data=data, particles=particles, leave_out=leave_out or [], folder=folder, jobs=jobs, dask=dask,
            command=command_line(), progress=report,
        )  # fmt: skip
    if not quiet:
        _show(loaded, folder, done.tables)


@data.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(help="Frontex's monthly workbook (XLSX, CSV), or IOM Missing Migrants' CSV.", metavar="FILE"),
    ],
    out: Annotated[Path, typer.Option(help="CSV of the observed format.")] = Path("observed.csv"),
    route: Annotated[str | None, typer.Option(help="Route, as the file names it.")] = None,
    nationality: Annotated[
        list[str] | None,
        typer.Option(help="Nationality, as the file names it; several add up. All but --without if absent."),
    ] = None,
    without: Annotated[list[str] | None, typer.Option(help="Nationality to leave out, such as Ukraine.")] = None,
    box: Annotated[
        str | None,
        typer.Option(metavar="S,N,W,E", help="Of deaths: latitudes and longitudes, such as 51.2,56.9,22.6,29.2."),
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="First month.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Last month.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook, if several have tables.")] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar="point|comma", help="Mark of decimals, if the file's numbers do not show it.")
    ] = None,
    dates: Annotated[
        str | None,
        typer.Option(metavar="day-first|month-first", help="Order of days and months, if the file's do not show it."),
    ] = None,
    blank_is_zero: Annotated[
        bool, typer.Option("--blank-is-zero", help="Empty cells are counts of 0, in months that others report.")
    ] = False,
) -> None:
    """Convert an official file to the observed format for experiments; refuses what it does not understand."""
    from sim.imports import Wanted, import_file

    wanted = Wanted(route, nationality or [], without or [], box, since, until, sheet, decimal, dates, blank_is_zero)
    rows, reconciliation = import_file(file, wanted)
    from sim.imports.observed import write

    write(rows, out)
    total = sum(row.value for row in rows)
    say(f"{out}: {len(rows)} months, {rows[0].period_start} to {rows[-1].period_end}, {total:,} {rows[0].measure}")
    say("\n".join(reconciliation))


def _show(loaded: Loaded, folder: Path, tables: Mapping[str, pd.DataFrame], summary: str = "") -> None:
    """Print the tables of a fit by title, one sentence, and what was written."""
    from sim.report.console_sweeps import show_frame

    console = results_console()
    console.print(visible(f"\n{loaded.experiment.title}"), style="bold")
    for title, table in tables.items():
        show_frame(table, title, "", console)
        console.print()
    if summary:
        say(summary)
    say(f"Written to {folder}: {list_files(folder)}")
