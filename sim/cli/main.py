"""The command `corridor` and its subcommands. Heavy imports are deferred until a command needs them."""

from __future__ import annotations

import atexit
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import analysis, calibrate, discover_scenario, interrupts, states, studies, sweeps, why
from sim.cli.common import (
    INTERRUPTED,
    NOTHING_WRITTEN,
    AcceptOlder,
    AllowOutside,
    Answers,
    AtMost,
    Changes,
    DaskAddress,
    Days,
    From,
    FromState,
    Full,
    Jobs,
    Quiet,
    Report,
    Save,
    ScenarioName,
    Seed,
    Shard,
    TablesOnly,
    To,
    Until,
    UntilDay,
    UntilMeasure,
    Wide,
    With,
    WithMeasures,
    announce_compilation,
    days_bar,
    fail,
    hurry,
    list_files,
    load,
    tag_of,
)
from sim.cli.end import explained
from sim.cli.figure_process import FigureProcess
from sim.cli.help import ByTask
from sim.cli.interrupts import check
from sim.cli.streams import flush, notes_console, open_streams, results_console, say
from sim.data.plain_text import label_of, visible

if TYPE_CHECKING:
    from sim.outputs.provenance import RunInfo
    from sim.outputs.results import Results
    from sim.scenario import Scenario

app = typer.Typer(
    name="corridor",
    cls=ByTask,
    help="Agent-based simulation of state-steered migration towards the EU's external border.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich takes longer than everything else that --help needs
)


def _version(asked: bool) -> None:
    if asked:
        from sim.outputs.identity import version_of

        say(f"corridor {version_of('corridor-sim')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Agent-based simulation of state-steered migration towards the EU's external border."""


@app.command()
def run(
    scenario: ScenarioName,
    seed: Seed = None,
    replicates: Annotated[int, typer.Option(help="Replicates, each with its own draw of the parameters.")] = 1,
    until: UntilDay = None,
    measure: UntilMeasure = "attempts",
    at_most: AtMost = 2000,
    days: Days = None,
    save: Save = None,
    begin: FromState = None,
    accept_older: AcceptOlder = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the results; a run there is replaced [results/SCENARIO-SEED and changes]."),
    ] = None,
    changes: Changes = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    shard: Shard = None,
    report: Report = False,
    allow_outside: AllowOutside = False,
    measures: WithMeasures = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Run a scenario: prints tables, and writes Parquet, CSV and figures to a folder."""
    stored = states.asked(until, save, begin, accept_older)
    if replicates != 1 or (until is not None and stored.until is None):
        stored.refuse("several replicates")
        work = studies.Work(replicates, until, measure, at_most, jobs, dask, shard, report, quiet)
        studies.replicates(scenario, {"seed": seed, "days": days}, changes or [], allow_outside, out, work, measures)
        return
    written: Path | None = None
    try:
        loaded, info = load(scenario, changes or [], {"seed": seed, "days": days}, allow_outside, measures)
        if stored.until is not None:
            states.run_until(loaded, stored, quiet)
            return
        folder = out if out is not None else Path("results") / f"{label_of(scenario)}-{loaded.seed}{tag_of(info)}"
        figures = _checked(folder, stored)
        results = _simulate(loaded, info, quiet, stored)
        written = _write(results, folder, quiet, report, figures)
        if not quiet:
            _show(results, written)
    except KeyboardInterrupt:
        done = f"the results are in {written}" if written else NOTHING_WRITTEN
        fail(f"interrupted: {done}", INTERRUPTED)


def _checked(folder: Path, stored: states.Stored) -> FigureProcess:
    """Check all that can be checked before a run; then start what will draw it."""
    from sim.outputs.folder import check_folder

    check_folder(folder)
    stored.check()
    return FigureProcess()


def _simulate(scenario: Scenario, info: RunInfo, quiet: bool, stored: states.Stored) -> Results:
    """Run a scenario with a progress bar."""
    from sim.runs import run as run_scenario

    state = stored.state()
    notes = notes_console(quiet)
    announce_compilation(notes)
    with days_bar(notes) as advance:
        results = run_scenario(
            scenario, progress=advance, state=state, save=stored.save, accept_older=stored.accept_older
        )
    done = results.info
    info.seed, info.seeds, info.started, info.ended = done.seed, done.seeds, done.started, done.ended
    info.begun_from = done.begun_from
    results.info = info
    return results


def _write(results: Results, folder: Path, quiet: bool, report: bool, figures: FigureProcess) -> Path:
    figures.begin(results)

    def draw(found: Results, place: Path) -> None:
        figures.write(found, place)
        if report:
            from sim.outputs.provenance import machine, versions
            from sim.report.html import write_report

            write_report(found, place / studies.REPORT, {"versions": versions(), "machine": machine()})

    with notes_console(quiet).status("writing tables and figures"):
        return results.write(folder, figures=draw)


def _show(results: Results, written: Path) -> None:
    from sim.report.console import show

    console = results_console()
    run = results.scenario
    changes = "".join(f", {path}={value}" for path, value in results.info.overrides.items())
    console.print(visible(f"\n{run.title}  {run.start} to {run.end}, seed {run.seed}{changes}"), style="bold")
    show(results, console)
    say(f"Written to {written}: {list_files(written)}")


@app.command()
def compare(
    base: Annotated[
        str, typer.Argument(help="The scenario that the others are compared with: a name or YAML file.", metavar="BASE")
    ],
    others: Annotated[
        list[str] | None, typer.Argument(help="Scenarios by name or YAML file.", metavar="OTHER...")
    ] = None,
    seed: Seed = None,
    replicates: Annotated[int, typer.Option(help="Pairs of runs, each with its own draw of the parameters.")] = 20,
    until: Until = None,
    measure: UntilMeasure = "attempts",
    at_most: AtMost = 2000,
    days: Days = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results [results/BASE-vs-OTHER-SEED].")] = None,
    since: From = None,
    to: To = None,
    changes: Changes = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    shard: Shard = None,
    report: Report = False,
    allow_outside: AllowOutside = False,
    measures: WithMeasures = None,
    answers: Answers = None,
    explain: Annotated[
        bool, typer.Option("--why", help="Also tell what limits the flow, and differences by step.")
    ] = False,
    full: Full = False,
    wide: Wide = False,
    quiet: TablesOnly = False,
) -> None:
    """Compare scenarios on the same people, draws and parameters: what changes, and what moves elsewhere?

    Each --with is one more scenario: the base with a measure, or with several that are joined by +. Scenarios with
    reactions are run in two arms: if they answer, and if nobody does.
    """
    work = studies.Work(
        replicates, until, measure, at_most, jobs, dask, shard, report, quiet, (since, to), full, explain
    )
    asked = {"seed": seed, "days": days}
    studies.compare([base, *(others or [])], asked, changes or [], allow_outside, out, work, measures, answers)


@app.command()
def results(
    folder: Annotated[Path, typer.Argument(help="A folder of results.", metavar="DIR")],
    sql: Annotated[str | None, typer.Option(help="A query over the study's tables, in DuckDB SQL.")] = None,
    form: Annotated[
        str | None, typer.Option("--format", help="table, csv or json, for the query's answer or all intervals.")
    ] = None,
    since: From = None,
    to: To = None,
    full: Full = False,
    extensions: With = None,
    wide: Wide = False,
) -> None:
    """Show the tables of a run or study again, or query a study with SQL."""
    studies.results(folder, sql, form, (since, to), full)


@app.command()
def verify(folder: Annotated[Path, typer.Argument(help="A folder of results.", metavar="DIR")]) -> None:
    """Check every byte of a run's or study's files against the record of what was written."""
    studies.verify(folder)


@app.command()
def mend(
    folder: Annotated[Path, typer.Argument(help="A study's folder.", metavar="DIR")],
    jobs: Jobs = None,
    extensions: With = None,
    quiet: Quiet = False,
) -> None:
    """Repair a study: repeat what is missing or damaged, and report what that was."""
    sweeps.mend(folder, jobs, quiet)


@app.command()
def replay(
    record: Annotated[Path, typer.Argument(help="A run's run.json, or its folder.", metavar="run.json|DIR")],
    accept_older: Annotated[
        bool, typer.Option("--accept-older", help="Run it even though another model made the record.")
    ] = False,
    extensions: With = None,
    quiet: Quiet = False,
) -> None:
    """Repeat a recorded run, and compare every table with the record by SHA-256."""
    studies.replay(record, accept_older, quiet)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A folder of results.", metavar="DIR")],
    out: Annotated[Path | None, typer.Option(help="The HTML file [DIR/report.html].")] = None,
    since: From = None,
    to: To = None,
    extensions: With = None,
) -> None:
    """Write the report of a run or study: one HTML file that opens offline and prints well."""
    studies.report(folder, out, (since, to))


@app.command()
def brief(
    folder: Annotated[Path, typer.Argument(help="A folder of a run, of replicates or of a comparison.", metavar="DIR")],
    out: Annotated[
        Path | None, typer.Option(help="The HTML file; the PDF has the same name [DIR/brief.html and brief.pdf].")
    ] = None,
    since: From = None,
    to: To = None,
    extensions: With = None,
) -> None:
    """Write the brief of a run or study: two A4 pages, as HTML, and as PDF if this machine has Chromium or Chrome."""
    studies.brief(folder, out, (since, to))


@app.command()
def view(
    scenario: Annotated[
        str,
        typer.Argument(
            help="Scenario to begin with (a name or YAML file), or a folder of results to show.",
            metavar="[SCENARIO|DIR]",
        ),
    ] = "benghazi-minsk-2025",
    host: Annotated[str, typer.Option(help="Address to listen on; pages are served under it alone.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port to listen on [8765, or a free one].")] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Open no browser.")] = False,
    extensions: With = None,
) -> None:
    """Open the browser view: map, charts and what-ifs, without internet access.

    The printed address has a token, without which nobody, on this machine or beyond, gets anything.
    """
    from sim.view.server import serve

    serve(scenario, host=host, port=port, open_browser=not no_open)


@app.command()
def schema(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print tables of all parameters instead.")] = False,
    extensions: With = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    if markdown:
        from sim.report.odd_tables import parameters

        say(parameters())
        return
    from sim.scenario.json_schema import scenario_json_schema

    say(json.dumps(scenario_json_schema(), indent=1, sort_keys=True))


discover_scenario.register(app)
calibrate.register(app)
for command in (why.why, sweeps.sweep, *analysis.COMMANDS, sweeps.threshold):
    app.command()(command)


def main() -> None:
    """Entry point: bad input ends in one clear message and status 2, never in a traceback."""
    open_streams()
    atexit.register(hurry)
    try:
        try:
            check()
            app(standalone_mode=True)
        finally:
            flush()
    except KeyboardInterrupt:
        fail("interrupted", INTERRUPTED)
    except SystemExit as end:
        if end.code == INTERRUPTED and not interrupts.is_told():  # Typer's own, without a word
            fail("interrupted", INTERRUPTED)
        raise
    except Exception as error:
        if os.environ.get("CORRIDOR_DEBUG"):
            raise
        fail(*explained(error))


if __name__ == "__main__":
    main()
