"""Common parts of commands: options, loading of scenarios, progress, and endings."""

from __future__ import annotations

import gc
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from sim.cli import interrupts
from sim.cli.interrupts import check
from sim.cli.streams import say, set_wide
from sim.data.days import day_of as read_day

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from sim.outputs.provenance import RunInfo
    from sim.scenario import Scenario
    from sim.studies.study import Study

BAD_INPUT, UNFINISHED, INTERRUPTED = 2, 3, 130
MOST_OF_TAG = 80
NOTHING_WRITTEN = "nothing was written; the same command begins anew"

# Options that several commands have.
ScenarioName = Annotated[str, typer.Argument(help="Name of a shipped scenario, or a YAML file.", metavar="SCENARIO")]
Seed = Annotated[int | None, typer.Option(help="Seed of all random numbers, 0 or more.")]
Days = Annotated[int | None, typer.Option(help="Length of the run in days.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a parameter by its dotted path; may be given several times."),
]
AllowOutside = Annotated[
    bool, typer.Option("--allow-outside", help="Allow extends and timetables outside the scenario's folder.")
]


def load_extensions(given: list[str] | None) -> list[str] | None:
    """Load the extensions of ``--with`` before the command begins; raises ScenarioError."""
    if given:
        import sim.extend  # noqa: F401  # what extensions use, before any of them is run
        from sim.load_extensions import load

        load(*given)
    return given


With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="FILE",
        callback=load_extensions,
        help="An extension of the model: a Python file, or the name of an installed one; may be given several times.",
    ),
]


def load_or_keep(given: list[str] | None) -> list[str]:
    """Load the extensions of ``--with``, and return the measures; raises ScenarioError.

    What ends in .py or is a file is an extension, what the library of measures names is a measure, and anything else is
    an installed extension.
    """
    if not given:
        return []
    from sim.scenario import ScenarioError
    from sim.scenario.parts import is_part, near_part

    measures = [text for text in given if not text.endswith(".py") and not Path(text).exists() and is_part(text)]
    extensions = [text for text in given if text not in measures]
    try:
        load_extensions(extensions)
    except ScenarioError as error:
        near = [name for name in map(near_part, extensions) if name]
        raise ScenarioError(f"{error} (did you mean the measure {near[0]!r}?)") if len(near) == 1 else error from None
    return measures


WithMeasures = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="MEASURE|FILE",
        callback=load_or_keep,
        help="A measure, NAME[:TARGET][=VALUE][@DATE[..DATE]], several joined by + (`corridor measures` lists them); "
        "or an extension of the model: a Python file, or the name of an installed one. May be given several times.",
    ),
]
Wide = Annotated[
    bool, typer.Option("--wide", callback=set_wide, help="Tables with all columns, wider than the terminal if need be.")
]
Answers = Annotated[
    str | None,
    typer.Option(
        metavar="both|with|without",
        help="Arms of scenarios that have reactions: if they answer and if nobody does, or one of them "
        "[both, where reactions are on].",
    ),
]
Full = Annotated[bool, typer.Option("--full", help="All tables, also of several scenarios.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress, no tables.")]
TablesOnly = Annotated[bool, typer.Option("--quiet", help="No progress: only the tables.")]
Report = Annotated[bool, typer.Option("--report", help="Also write report.html, one file to read offline or print.")]
Until = Annotated[
    str | None,
    typer.Option(metavar="5%", help="Continue until the output's mean is this precise (90 % confidence)."),
]
UntilDay = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="5%|DATE",
        help="Continue until the output's mean is this precise (90 % confidence); or stop on the morning of a date, to "
        "save the state.",
    ),
]
Save = Annotated[Path | None, typer.Option(metavar="FILE", help="Write the state at the end, or at --until DATE.")]
FromState = Annotated[Path | None, typer.Option("--from", metavar="FILE", help="Go on from a stored state.")]
AcceptOlder = Annotated[
    bool, typer.Option("--accept-older", help="Go on from --from even though another model made the state.")
]
UntilMeasure = Annotated[
    str, typer.Option("--measure", metavar="MEASURE[@NAME]", help="For --until; @ a section, agency, route or cohort.")
]
AtMost = Annotated[int, typer.Option("--at-most", metavar="N", help="Most replicates for --until.")]


def day_of(text: str) -> date:
    """Return the day of an option; raises BadParameter if there is no such day."""
    try:
        return read_day(text)
    except ValueError:
        raise typer.BadParameter(f"found {text!r}; allowed: a day of the calendar, such as 2025-08-31") from None


From = Annotated[
    date | None,
    typer.Option(
        "--from", metavar="DATE", parser=day_of, help="Report from this day on [the first on which scenarios differ]."
    ),
]
To = Annotated[
    date | None, typer.Option("--to", metavar="DATE", parser=day_of, help="Report up to this day [the last].")
]
Arviz = Annotated[bool, typer.Option("--arviz", help="Also write arviz.nc, for ArviZ (extra `arviz`).")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Processes [all cores].")]
DaskAddress = Annotated[
    str | None, typer.Option("--dask", metavar="tcp://HOST:PORT", help="Run on the Dask cluster of this scheduler.")
]
Shard = Annotated[
    str | None, typer.Option(metavar="I/N", help="Do only part I of N, for job arrays; all write to one folder.")
]


def load(
    name: str, changes: list[str], asked: dict[str, int | None], allow_outside: bool, measures: list[str] | None = None
) -> tuple[Scenario, RunInfo]:
    """Load the scenario with the changes and measures of the command line, and record how it was requested."""
    from sim.outputs.provenance import RunInfo
    from sim.scenario import ScenarioError, apply_overrides, load_scenario, parse_override
    from sim.scenario.errors import Problem

    overrides = dict(parse_override(text) for text in changes)
    for option in asked:
        if asked[option] is not None and option in overrides:
            raise ScenarioError(f"--{option} and --set {option}=...: found both; one is needed")
    plain = {path.strip(): value for path, _, value in (text.partition("=") for text in changes)}
    scenario = load_scenario(name, allow_outside=allow_outside, overrides=overrides)
    for option, value in asked.items():
        try:
            scenario = apply_overrides(scenario, {option: value}) if value is not None else scenario
        except ScenarioError as error:
            raise ScenarioError([Problem(f"--{option}", 0, "", problem.text) for problem in error.problems]) from None
    if measures:
        from sim.scenario.parts import with_parts

        for text in measures:
            scenario = with_parts(scenario, text)
    warn_of_late(name, scenario)
    info = RunInfo(
        origin=name, days=asked["days"], overrides=plain, measures=measures or [], allow_outside=allow_outside
    )
    return scenario, info


def warn_of_late(name: str, scenario: Scenario) -> None:
    """Say which measures never take effect, as they start after the last day."""
    late = [f"{key} ({one.start})" for key, one in scenario.measures.items() if one.start > scenario.end]
    if late:
        words = f"the run ends on {scenario.end}, before these measures start: {', '.join(late)}"
        say(f"corridor: warning: {name}: {words}", error=True)


def tag_of(info: RunInfo) -> str:
    """Return the suffix of a what-if's folder, which keeps it apart from the plain run."""
    words = [] if info.days is None else [f"{info.days}-days"]
    words += [f"{'.'.join(path.split('.')[-2:])}={value}" for path, value in info.overrides.items()]
    words += info.measures
    plain = re.sub(r"[^\w.=+-]+", "_", "-".join(words))
    return f"-{plain[:MOST_OF_TAG]}" if plain else ""


def announce_compilation(notes: Console) -> None:
    """Announce that the first run takes longer, and compile what it needs, on all cores."""
    from sim.engine.compiled import is_cached, is_kept

    check()
    if is_cached():
        return
    often = "once for this version on this machine"
    if not is_kept():
        often = "anew each time, as the cache folder can't be written (CORRIDOR_CACHE may name another)"
    notes.print(f"Compiling the model, {often}: half a minute to a minute.")
    from sim.compile_ahead import compile_ahead

    with _bar(notes, "processes of the day", thread=False) as progress:  # a fork must have no threads
        task = progress.add_task("compiling", total=None, rate="")

        def report(done: int, total: int) -> None:
            check()
            progress.update(task, completed=done, total=total)
            progress.refresh()

        compile_ahead(report)


@contextmanager
def days_bar(notes: Console) -> Iterator[Callable[[int, int], None]]:
    """Show a bar of days with their rate and the time left; yields the function to which a run reports."""
    with _bar(notes, "days") as progress:
        task = progress.add_task("running", total=None, rate="")

        def report(done: int, total: int) -> None:
            check()
            speed = progress.tasks[0].speed
            rate = f"{speed:,.0f} days/s" if speed else ""
            progress.update(task, completed=done, total=total, rate=rate)

        yield report


@contextmanager
def runs_bar(notes: Console) -> Iterator[Callable[[int, int, int], None]]:
    """Show a bar of runs with their rate and the time left; yields the function to which a study reports."""
    with _bar(notes, "runs") as progress:
        task = progress.add_task("running", total=None, rate="")

        def report(done: int, total: int, failed: int) -> None:
            check()
            speed = progress.tasks[0].speed
            rate = f"{speed:,.1f} runs/s" if speed else ""
            name = f"running, {failed} failed" if failed else "running"
            progress.update(task, completed=done, total=total, description=name, rate=rate)

        yield report


@contextmanager
def carried_out(folder: Path, notes: Console) -> Iterator[Callable[[int, int, int], None]]:
    """Show the progress of runs that a folder keeps; yields the function to which they report."""
    with interruptible(f"what was done is kept in {folder}; the same command resumes"):
        announce_compilation(notes)
        with runs_bar(notes) as advance:
            yield advance


@contextmanager
def stages(folder: Path, notes: Console, *, counted: bool = True) -> Iterator[Callable[..., None]]:
    """Show a line for each stage, with its runs if they are counted, and a bar; yields the function to report to.

    It takes the stage, and its runs: done, requested and (if known) failed.
    """
    seen: list[str] = []
    with carried_out(folder, notes) as advance:

        def report(stage: str, done: int, total: int, failed: int = 0) -> None:
            if stage and stage not in seen:
                seen.append(stage)
                notes.print(f"{stage}: {total:,} runs" if counted else stage)
            advance(done, total, failed)

        yield report


def _bar(notes: Console, unit: str, *, thread: bool = True) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("left"),
    ]  # fmt: skip
    return Progress(*columns, console=notes, transient=True, auto_refresh=thread)


def command_line() -> str:
    """Return this command line, for reproduction."""
    return shlex.join(["corridor", *sys.argv[1:]])


def hurry() -> None:
    """Skip the final garbage collection of all modules, which takes half a second, unless DuckDB needs it."""
    if "duckdb" not in sys.modules:
        gc.freeze()


def start_server(jobs: int | None, dask: str | None) -> None:
    """Start the workers' imports in parallel with this process's own."""
    if jobs != 1 and dask is None:
        from sim.studies.work.fork_server import start_server as start

        start()


@contextmanager
def interruptible(state: str) -> Iterator[None]:
    """End at Ctrl-C, or SIGTERM, with a message about what was saved."""
    try:
        check()
        yield
        check()
    except KeyboardInterrupt:
        fail(f"interrupted: {state}", INTERRUPTED)


def shard_of(text: str | None) -> tuple[int, int] | None:
    """Parse shard and number of shards; raises ScenarioError."""
    if text is None:
        return None
    from sim.scenario.errors import ScenarioError

    part, _, whole = text.partition("/")
    if not (part.isdecimal() and whole.isdecimal() and 1 <= int(part) <= int(whole)):
        raise ScenarioError(f"--shard: found {text!r}; allowed: I/N with whole numbers, I from 1 to N, such as 3/10")
    return int(part), int(whole)


def part_done(shard: str | None, study: Study) -> str:
    """Return a message for a shard that has ended before others."""
    if shard is None:
        return f"{study.folder}: {study.unfinished}"
    done = study.there + study.waiting
    return f"Part {shard} is done, in {study.folder}; {done:,} of {study.asked:,} runs are there."


def say_redone(study: Study) -> None:
    """Say what was found damaged or missing, and was therefore done again."""
    for line in study.redone:
        say(f"was damaged, and is done again: {line}")


def list_files(folder: Path) -> str:
    """Return the files and folders of a result, in one line."""
    return ", ".join(
        sorted(file.name + ("/" if file.is_dir() else "") for file in folder.iterdir() if file.name[0] != ".")
    )


def say_unfinished(folder: Path, source: Any) -> None:
    """End the command with a message if a study lacks runs, after it was shown; return if it is complete, or none."""
    if unfinished := getattr(source, "unfinished", ""):
        fail(f"{folder}: {unfinished}", UNFINISHED)


def fail(message: str, status: int) -> NoReturn:
    """End the command with one clear message."""
    say(f"corridor: {message}", error=True)
    if status == INTERRUPTED:
        interrupts.tell()
    raise SystemExit(interrupts.status() if status == INTERRUPTED else status)
