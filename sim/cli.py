"""The command `corridor`. Heavy imports wait until a command needs them."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from sim.provenance import RunInfo
    from sim.results import Results
    from sim.scenario import Scenario

app = typer.Typer(
    name="corridor",
    help="Agent-based simulation of state-steered migration towards the EU's external border.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # importing rich takes longer than everything else that --help needs
)

ScenarioName = Annotated[str, typer.Argument(help="Name of a shipped scenario, or a YAML file.", metavar="SCENARIO")]
BAD_INPUT, INTERRUPTED = 2, 130
WIDTH = 190  # of tables that go to a file or pipe


@app.command()
def run(
    scenario: ScenarioName,
    seed: Annotated[int | None, typer.Option(help="Seed of all random numbers, 0 or more.")] = None,
    replicates: Annotated[int, typer.Option(help="Replicates that draw the parameters' distributions.")] = 1,
    days: Annotated[int | None, typer.Option(help="Length of the run in days.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results [results/SCENARIO-SEED].")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="A parameter by its dotted path; may be given several times."),
    ] = None,
    allow_outside: Annotated[
        bool, typer.Option("--allow-outside", help="Let extends and timetables leave the scenario's folder.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no tables.")] = False,
) -> None:
    """Run a scenario: tables here, Parquet, CSV and figures in a folder."""
    written: Path | None = None
    try:
        loaded, info = _load(scenario, changes or [], {"seed": seed, "days": days}, allow_outside)
        info.replicates = replicates
        folder = out if out is not None else Path("results") / f"{Path(scenario).stem}-{loaded.seed}"
        results = _simulate(loaded, info, folder, quiet)
        written = _write(results, folder, quiet)
        if not quiet:
            _show(results, written)
    except KeyboardInterrupt:
        done = f"the results are in {written}" if written else "nothing was written; the same command begins anew"
        _fail(f"interrupted: {done}", INTERRUPTED)


def _load(name: str, changes: list[str], asked: dict[str, int | None], allow_outside: bool) -> tuple[Scenario, RunInfo]:
    """The scenario with all that the command line changes, and how it was asked for."""
    from sim.provenance import RunInfo
    from sim.scenario import ScenarioError, apply_overrides, load_scenario, parse_override
    from sim.scenario.errors import Problem

    overrides = dict(parse_override(text) for text in changes)
    plain = {path.strip(): value for path, _, value in (text.partition("=") for text in changes)}
    scenario = load_scenario(name, allow_outside=allow_outside, overrides=overrides)
    for option, value in asked.items():
        try:
            scenario = apply_overrides(scenario, {option: value}) if value is not None else scenario
        except ScenarioError as error:
            raise ScenarioError([Problem(f"--{option}", 0, "", problem.text) for problem in error.problems]) from None
    info = RunInfo(origin=name, days=asked["days"], overrides=plain, allow_outside=allow_outside)
    return scenario, info


def _simulate(scenario: Scenario, info: RunInfo, folder: Path, quiet: bool) -> Results:
    """Check what can be checked before the run; then run, with a bar."""
    from sim.save import check_folder

    check_folder(folder)
    from sim.runs import check_replicates
    from sim.runs import run as run_scenario

    check_replicates(info.replicates)
    notes = _notes(quiet)
    _announce_compilation(notes)
    with _progress(notes, info.replicates, scenario.days) as advance:
        results = run_scenario(scenario, replicates=info.replicates, progress=advance)
    done = results.info
    info.seed, info.seeds, info.started, info.ended = done.seed, done.seeds, done.started, done.ended
    results.info = info
    return results


def _write(results: Results, folder: Path, quiet: bool) -> Path:
    from sim.report.figures import write_figures

    with _notes(quiet).status("writing tables and figures"):
        return results.write(folder, figures=write_figures)


def _show(results: Results, written: Path) -> None:
    from rich.console import Console

    from sim.report.console import show

    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    run = results.scenario
    console.print(f"\n{run.title}  {run.start} to {run.end}, seed {run.seed}", style="bold", markup=False)
    show(results, console)
    files = ", ".join(sorted(file.name for file in written.iterdir()))
    console.print(f"Written to {written}: {files}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def scenarios() -> None:
    """List the shipped scenarios."""
    from sim.scenario import load_scenario, scenario_names, scenarios_folder

    for name in scenario_names():
        typer.echo(f"{name:24} {load_scenario(name).title}")
    typer.echo(f"\nin {scenarios_folder()}")


@app.command()
def validate(
    files: Annotated[list[str], typer.Argument(help="Scenario files or names.", metavar="FILE...")],
    allow_outside: Annotated[bool, typer.Option("--allow-outside", help="As for run.")] = False,
) -> None:
    """Check scenario files; every mistake with its file, line and field."""
    from sim.scenario import ScenarioError, load_scenario

    failed = False
    for file in files:
        try:
            loaded = load_scenario(file, allow_outside=allow_outside)
            typer.echo(f"{file}: valid: {loaded.title}")
        except ScenarioError as error:
            failed = True
            typer.echo(str(error), err=True)
    if failed:
        raise typer.Exit(BAD_INPUT)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from sim.scenario.json_schema import scenario_json_schema

    typer.echo(json.dumps(scenario_json_schema(), indent=1, sort_keys=True))


def _notes(quiet: bool) -> Console:
    """Where progress goes: standard error, so that standard output holds results alone."""
    from rich.console import Console

    return Console(stderr=True, quiet=quiet)


def _announce_compilation(notes: Console) -> None:
    from sim.compiled import is_cached

    if not is_cached():
        notes.print("Compiling the model, once for this version on this machine: about a minute.")


@contextmanager
def _progress(notes: Console, replicates: int, days: int) -> Iterator[Callable[[int, int], None]]:
    """A bar of days with their rate and the time left; gives the function that a run reports to."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days"),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("left"),
    )  # fmt: skip
    with Progress(*columns, console=notes, transient=True) as progress:
        task = progress.add_task("running", total=replicates * days, rate="")

        def report(replicate: int, day: int) -> None:
            name = f"replicate {replicate + 1} of {replicates}" if replicates > 1 else "running"
            speed = progress.tasks[0].speed
            rate = f"{speed:,.0f} days/s" if speed else ""
            progress.update(task, completed=replicate * days + day, description=name, rate=rate)

        yield report


def main() -> None:
    """Entry point: bad input ends in one clear message and status 2, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a sign that the terminal lacks must not end a run
            stream.reconfigure(errors="replace")
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _fail("interrupted", INTERRUPTED)
    except Exception as error:
        from sim.save import OutputError
        from sim.scenario.errors import ScenarioError

        if isinstance(error, ScenarioError | OutputError):
            _fail(str(error), BAD_INPUT)
        if os.environ.get("CORRIDOR_DEBUG"):
            raise
        _fail(f"internal error: {type(error).__name__}: {error}\nset CORRIDOR_DEBUG=1 for the traceback", 1)


def _fail(message: str, status: int) -> NoReturn:
    print(f"corridor: {message}", file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
