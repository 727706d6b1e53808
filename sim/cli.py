"""The command `corridor`. Heavy imports wait until a command needs them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    name="corridor",
    help="Agent-based simulation of state-steered migration towards the EU's external border.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ScenarioName = Annotated[str, typer.Argument(help="Name of a shipped scenario, or a YAML file.", metavar="SCENARIO")]
BAD_INPUT, INTERRUPTED = 2, 130


@app.command()
def run(
    scenario: ScenarioName,
    seed: Annotated[int | None, typer.Option(help="Seed of all random numbers, 0 or more.")] = None,
    replicates: Annotated[int, typer.Option(help="Replicates that draw the parameters' distributions.")] = 1,
    days: Annotated[int | None, typer.Option(help="Length of the run in days.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the results [results/SCENARIO-SEED].")] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="path.to.parameter=value; may be given several times.")
    ] = None,
    allow_outside: Annotated[
        bool, typer.Option("--allow-outside", help="Let extends and timetables leave the scenario's folder.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no tables.")] = False,
) -> None:
    """Run a scenario: tables here, Parquet, CSV and figures in a folder."""
    from sim.save import check_folder
    from sim.scenario import apply_overrides, load_scenario, parse_override

    overrides = dict(parse_override(text) for text in changes or [])
    plain = {path: text.partition("=")[2] for path, text in zip(overrides, changes or [], strict=False)}
    loaded = load_scenario(scenario, allow_outside=allow_outside, overrides=overrides)
    asked: dict[str, Any] = {key: value for key, value in (("seed", seed), ("days", days)) if value is not None}
    if asked:
        loaded = apply_overrides(loaded, asked)
    folder = out or Path("results") / f"{Path(scenario).stem}-{loaded.seed}"
    check_folder(folder)

    from rich.console import Console

    notes = Console(stderr=True, quiet=quiet)
    _announce_compilation(notes)
    from sim.report.figures import write_figures
    from sim.runs import check_replicates
    from sim.runs import run as run_scenario

    check_replicates(replicates)
    with _progress(notes, replicates * loaded.days) as advance:
        results = run_scenario(loaded, replicates=replicates, progress=lambda *_: advance())
    results.info.origin, results.info.days = scenario, days
    results.info.overrides, results.info.allow_outside = plain, allow_outside
    with notes.status("writing tables and figures"):
        written = results.write(folder, figures=write_figures)
    if not quiet:
        from sim.report.console import show

        width = None if sys.stdout.isatty() else 190
        console = Console(width=width)
        console.print(f"\n[bold]{loaded.title}[/bold]  {loaded.start} to {loaded.end}, seed {loaded.seed}", markup=True)
        show(results, console)
        files = ", ".join(sorted(file.name for file in written.iterdir()))
        console.print(f"Written to {written}: {files}", markup=False, soft_wrap=True)


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
    """Print the JSON Schema of scenario files, for completion in an editor."""
    from sim.scenario.json_schema import scenario_json_schema

    typer.echo(json.dumps(scenario_json_schema(), indent=1, sort_keys=True))


def _announce_compilation(notes: Any) -> None:
    from sim.compiled import is_cached

    if not is_cached():
        notes.print("Compiling the model, once for this version on this machine: about a minute.")


def _progress(notes: Any, total: int) -> Any:
    """A context that shows a bar of days and gives a function that advances it by one."""
    from contextlib import contextmanager

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    @contextmanager
    def bar() -> Any:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("days"))
        with Progress(*columns, TimeRemainingColumn(), console=notes, transient=True) as progress:
            task = progress.add_task("running", total=total)
            yield lambda: progress.advance(task)

    return bar()


def main() -> None:
    """Entry point: bad input ends in one clear message and status 2, never in a traceback."""
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        _fail("interrupted: nothing was written; the same command begins anew", INTERRUPTED)
    except Exception as error:
        from sim.save import OutputError
        from sim.scenario.errors import ScenarioError

        if isinstance(error, ScenarioError | OutputError):
            _fail(str(error), BAD_INPUT)
        if os.environ.get("CORRIDOR_DEBUG"):
            raise
        _fail(f"internal error: {type(error).__name__}: {error}\nset CORRIDOR_DEBUG=1 for the traceback", 1)


def _fail(message: str, status: int) -> None:
    print(f"corridor: {message}", file=sys.stderr)
    raise SystemExit(status)


if __name__ == "__main__":
    main()
