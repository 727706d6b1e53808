"""Commands that show, check and begin scenarios: scenarios, measures, show, new and validate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import BAD_INPUT, AllowOutside, Changes, ScenarioName, Wide, With, WithMeasures, warn_of_late
from sim.cli.streams import results_console, say
from sim.data.plain_text import visible

if TYPE_CHECKING:
    from sim.scenario import Scenario


def scenarios() -> None:
    """List the shipped scenarios."""
    from sim.scenario import load_scenario, scenario_names, scenarios_folder

    for name in scenario_names():
        say(f"{name:30} {load_scenario(name).title}")
    say(f"\nin {scenarios_folder()}")


def measures(
    scenario: Annotated[
        str | None, typer.Argument(help="A scenario, to list what each measure can apply to.", metavar="[SCENARIO]")
    ] = None,
    extensions: With = None,
    wide: Wide = False,
) -> None:
    """List the measures that --with of run and compare knows: NAME[:TARGET][=VALUE][@DATE[..DATE]]."""
    from sim.report.console_table import ConsoleTable
    from sim.scenario import load_scenario
    from sim.scenario.parts import library
    from sim.scenario.parts.targets import TARGETS

    loaded = None if scenario is None else load_scenario(scenario)
    last = "what is named here" if loaded else "what it is"
    table = ConsoleTable(
        "Measures", "Without a target: all that it can apply to; without a date: from the run's first day.",
        ("measure", "target", last), (last, "target"),
    )  # fmt: skip
    for part in library().values():
        target = TARGETS[part.target]
        names = f"{part.name} ({', '.join(part.also)})" if part.also else part.name
        value = part.value or part.schedule.get("field", "")
        words = (
            part.about if loaded is None else ", ".join(sorted(target.named(loaded))) or "nothing: it cannot be used"
        )
        table.add_row(f"{names}{f' ={value}' if value else ''}", target.words, words)
    results_console().print(table)


def show(
    scenario: ScenarioName,
    grep: Annotated[
        str | None, typer.Option("--grep", metavar="WORDS", help="Only parameters with all of these words.")
    ] = None,
    changes: Changes = None,
    measures: WithMeasures = None,
    allow_outside: AllowOutside = False,
    wide: Wide = False,
) -> None:
    """Show a scenario's parameters as they are resolved: the path for --set, value, unit and source."""
    from sim.cli.common import load
    from sim.report.console_table import ConsoleTable
    from sim.scenario.guide.describe import described, matches
    from sim.scenario.guide.legs import in_words

    loaded, _ = load(scenario, changes or [], {"days": None}, allow_outside, measures)
    rows = [row for row in described(loaded) if matches(row, grep or "")]
    if not rows:
        say(f"{scenario}: no parameter with {grep!r}; `corridor show {scenario}` lists all", error=True)
        raise typer.Exit(BAD_INPUT)
    console = results_console()
    console.print(visible(f"\n{loaded.title}  {loaded.start} to {loaded.end}"), style="bold", soft_wrap=True)
    if words := in_words(loaded):
        console.print(visible(words), soft_wrap=True)
    table = ConsoleTable(
        "", f"{len(rows):,} parameters; change one by --set PATH=VALUE", ("path", "value", "unit", "meaning", "source"),
        ("value", "unit", "source"),
    )  # fmt: skip
    for row in rows:
        table.add_row(row.path, row.value, row.unit, row.meaning, row.source)
    console.print(table)


def new(
    file: Annotated[Path, typer.Argument(help="The file to write, ending in .yaml.", metavar="FILE")],
    extends: Annotated[str | None, typer.Option(help="The scenario to begin with [asked for].")] = None,
    title: Annotated[str | None, typer.Option(help="Title for reports [asked for].")] = None,
    changes: Changes = None,
    measures: WithMeasures = None,
) -> None:
    """Write a commented scenario of your own on top of another; asks for what is not given."""
    from sim.data.durable_files import write_text
    from sim.scenario import ScenarioError, load_scenario, scenario_names
    from sim.scenario.guide.describe import commented

    if file.suffix not in (".yaml", ".yml"):
        raise ScenarioError(f"{file}: found no ending .yaml; needed: a file such as mine.yaml")
    if file.exists():
        raise ScenarioError(f"{file}: there is a file already; needed: a new name")
    asks = sys.stdin.isatty()
    if extends is None:
        if not asks:
            raise ScenarioError(
                f"--extends: needed: a scenario to begin with, such as {', '.join(scenario_names()[:3])}"
            )
        extends = _asked("Scenario to begin with (`corridor scenarios` lists them)", "benghazi-minsk-2025")
    base = load_scenario(extends)
    title = title or (_asked("Title", f"{base.title}, changed") if asks else f"{base.title}, changed")
    if asks and not (changes or measures):
        given = _asked("A measure, such as ban@2025-10-15 (`corridor measures` lists them; empty for none)", "")
        measures = [given] if given else []
    changed = _changed(base, changes or [], measures or [])
    write_text(file, commented(changed, extends, title))
    say(f"Written: {file}. Next: corridor validate {file}; corridor compare {extends} {file}")


def _asked(question: str, default: str) -> str:
    answer: str = typer.prompt(question, default=default, show_default=bool(default))
    return answer.strip()


def _changed(base: Scenario, changes: list[str], measures: list[str]) -> Scenario:
    from sim.scenario import apply_overrides, parse_override
    from sim.scenario.parts import with_parts

    changed = apply_overrides(base, dict(parse_override(text) for text in changes)) if changes else base
    for text in measures:
        changed = with_parts(changed, text)
    return changed


def validate(
    files: Annotated[list[str], typer.Argument(help="Scenario files or names.", metavar="FILE...")],
    allow_outside: Annotated[bool, typer.Option("--allow-outside", help="As for run.")] = False,
    extensions: With = None,
) -> None:
    """Check scenario files: every mistake with its file, line and field; and warn of what can have no effect."""
    from sim.scenario import ScenarioError, load_scenario
    from sim.scenario.guide.idle import without_effect
    from sim.scenario.guide.legs import in_words, unlike_prices
    from sim.scenario.load import nodes_of
    from sim.scenario.places.scenario_map import how_to_place, map_of

    failed = False
    for file in files:
        try:
            loaded = load_scenario(file, allow_outside=allow_outside)
            say(f"{file}: valid: {loaded.title}")
            if words := in_words(loaded):
                say(f"{file}: {words}")
                for problem in unlike_prices(loaded, nodes_of(file, allow_outside=allow_outside)):
                    say(f"corridor: warning: {problem}", error=True)
            if missing := how_to_place(map_of(loaded).missing):
                say(f"{file}: {missing}", error=True)
            warn_of_late(file, loaded)
            for line in without_effect(loaded):
                say(f"corridor: warning: {file}: {line}", error=True)
        except ScenarioError as error:
            failed = True
            say(str(error), error=True)
    if failed:
        raise typer.Exit(BAD_INPUT)


def register(app: typer.Typer) -> None:
    """Add the commands to `corridor`."""
    commands: tuple[Any, ...] = (scenarios, measures, show, new, validate)
    for command in commands:
        app.command()(command)
