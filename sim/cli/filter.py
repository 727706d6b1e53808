"""Commands on the hidden posture of a transit state: assimilate, forecast, and the back-test of a filter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    Arviz,
    Changes,
    DaskAddress,
    Jobs,
    Quiet,
    Wide,
    With,
    WithMeasures,
    command_line,
    list_files,
    stages,
    start_server,
)
from sim.cli.streams import notes_console, results_console, say
from sim.data.plain_text import visible

if TYPE_CHECKING:
    from sim.inference.backtest.study import BackTested
    from sim.inference.filter.experiment import LoadedFilter
    from sim.inference.filter.forecast_study import Looked
    from sim.inference.filter.study import Filtered

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data", "--counts", help="Folder, or file, with figures beside those that ship, such as later months."
    ),
]
LeaveOut = Annotated[
    list[str] | None,
    typer.Option(metavar="SERIES", help="Series that is forecast without being taken in; may be given several times."),
]
Particles = Annotated[int | None, typer.Option(help="Particles, in place of the experiment's.", min=20)]
Flights = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="A schedule in place of weekly frequencies: CSV date,origin,destination,carrier,seats."
    ),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Go through the whole record, in place of starting from the state that ships.")
]
ScenarioFile = Annotated[
    Path | None,
    typer.Option(
        "--scenario",
        metavar="FILE",
        help="Write what was inferred as a scenario: a replicate draws one particle's path.",
    ),
]
Through = Annotated[
    str | None, typer.Option(metavar="DATE", help="A day in that scenario's last month [the record's last month].")
]


def assimilate(
    experiment: Annotated[
        str, typer.Argument(help="Name of a shipped experiment of kind filter, or a YAML file.", metavar="EXPERIMENT")
    ] = "eastern-border",
    data: DataFolder = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day of the record that is used [all of it].")
    ] = None,
    particles: Particles = None,
    fresh: Fresh = False,
    arviz: Arviz = False,
    scenario: ScenarioFile = None,
    through: Through = None,
    out: Annotated[Path | None, typer.Option(help="Folder [results/EXPERIMENT-filter].")] = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Infer what a transit state did, month by month, from what was counted; another month goes on from there."""
    start_server(jobs, dask)
    from sim.api import fits

    loaded = fits.loaded_filter(experiment, particles)
    folder = fits.folder_of(loaded.name, "filter", out)
    with stages(folder, notes_console(quiet), counted=False) as report:
        done = fits.assimilate(
            loaded, data=data, until=until, fresh=fresh, arviz=arviz, scenario=scenario, through=through,
            folder=folder, jobs=jobs, dask=dask, progress=report, command=command_line(),
        )  # fmt: skip
    if not quiet:
        if done.begun_from:
            say(done.begun_from)
        _show(loaded, folder, done, ("posture", "parameters", "months"))
        if done.inferred is not None:
            say("\n".join([f"Scenario {scenario}:", *done.inferred.notes]))


def forecast(
    experiment: Annotated[
        str, typer.Argument(help="Name of a shipped experiment of kind filter, or a YAML file.", metavar="EXPERIMENT")
    ] = "eastern-border",
    data: DataFolder = None,
    weeks: Annotated[int, typer.Option(help="Weeks ahead.", min=1, max=26)] = 8,
    changes: Changes = None,
    flights: Flights = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Last day of the record that is used [all of it].")
    ] = None,
    particles: Particles = None,
    runs: Annotated[int, typer.Option(help="Particles that run on.", min=20)] = 400,
    fresh: Fresh = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the filter [results/EXPERIMENT-filter].")] = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    measures: WithMeasures = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Take in the latest counts, and tell what comes in the next weeks at each section, with an early warning.

    With --set, --flights or a measure (--with) it is a what-if from today's state: what has happened stays, what comes
    follows the change.
    """
    start_server(jobs, dask)
    from sim.api import fits

    loaded = fits.loaded_filter(experiment, particles)
    folder = fits.folder_of(loaded.name, "filter", out)
    with stages(folder, notes_console(quiet), counted=False) as report:
        done = fits.forecast(
            loaded, data=data, weeks=weeks, changes=changes or [], measures=measures or [],
            flights=flights, until=until, runs=runs, fresh=fresh,
            folder=folder, jobs=jobs, dask=dask, progress=report, command=command_line(),
        )  # fmt: skip
    if not quiet:
        _show_forecast(loaded, done)


def _show_forecast(loaded: LoadedFilter, done: Looked) -> None:
    from sim.outputs.trust import forecast_sentence
    from sim.report.console_sweeps import show_frame

    console = results_console()
    console.print(visible(f"\n{loaded.experiment.title}"), style="bold")
    say(done.summary)
    say(f"Trust: {forecast_sentence(loaded.name)}.")
    for title, table in done.tables.items():
        show_frame(table, title, "", console)
        console.print()
    say(f"Written to {done.folder}: {list_files(done.folder)}")


def back_test_filter(
    experiment: str,
    data: Path | None,
    particles: int | None,
    leave_out: list[str],
    out: Path | None,
    jobs: int | None,
    dask: str | None,
    quiet: bool,
) -> None:
    """`corridor backtest` of a filter: all origins in one pass."""
    start_server(jobs, dask)
    from sim.api import fits

    loaded, folder = fits.filter_to_test(experiment, particles, leave_out, out)
    with stages(folder, notes_console(quiet), counted=False) as report:
        done = fits.backtest(
            loaded, data=data, folder=folder, jobs=jobs, dask=dask, progress=report, command=command_line()
        )
    if not quiet:
        _show(loaded, folder, done, ("scores", "scores-by-series", "months"))


_TITLES = {
    "posture": "What the state did, by month",
    "parameters": "Parameters of behaviour, before and after",
    "months": "Months of the filter",
    "scores": "Scores by months ahead; ratios are Corridor's over the method's, on the same figures",
    "scores-by-series": "Scores by series",
}


def _show(loaded: LoadedFilter, folder: Path, done: Filtered | BackTested, names: tuple[str, ...]) -> None:
    from sim.report.console_sweeps import show_frame

    console = results_console()
    console.print(visible(f"\n{loaded.experiment.title}"), style="bold")
    for name in names:
        table = done.tables[name]
        if "month" in table:
            table = table.assign(month=[f"{month:%Y-%m}" for month in table["month"]])
        show_frame(table, _TITLES[name], "", console)
        console.print()
    say(f"Written to {folder}: {list_files(folder)}")
