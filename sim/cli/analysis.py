"""Commands that analyse sweeps: sensitivity, discover and decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import Quiet, Wide, With
from sim.cli.streams import results_console, say
from sim.data.plain_text import visible

if TYPE_CHECKING:
    import pandas as pd

    from sim.sweeps.completed_sweep import CompletedSweep

FEWEST = 10  # least points of a sampled design per parameter
ANALYSIS = "analysis"  # subfolder of a study for what can be remade from its runs
Folder = Annotated[Path, typer.Argument(help="Folder of a sweep.", metavar="DIR")]
Outcomes = Annotated[
    list[str] | None,
    typer.Option("--outcome", metavar="MEASURE[@NAME]", help="Outcome [the experiment's]; may be repeated."),
]


def sensitivity(
    folder: Folder, outcome: Outcomes = None, extensions: With = None, wide: Wide = False, quiet: Quiet = False
) -> None:
    """What the outcomes of a sweep hang on: Sobol', Morris, partial rank correlations, tornado, interactions."""
    from sim.sweeps.completed_sweep import CompletedSweep
    from sim.sweeps.outcomes import OutcomeOf
    from sim.sweeps.sensitivity import tables_of

    sampled = CompletedSweep(folder)
    tables = tables_of(sampled, [OutcomeOf.parse(text) for text in outcome or []])
    written = write_tables(folder, {name: _with_earlier(folder, name, table) for name, table in tables.items()})
    written += _draw_sensitivity(folder, sampled, tables)
    if quiet:
        return
    from sim.report.console_sweeps import show_sensitivity

    show_sensitivity(tables, headed(sampled))
    _warn_of_few(sampled)
    say_written(folder, written)


def _warn_of_few(sampled: CompletedSweep) -> None:
    """Warn when a sampled design has fewer than ten points per parameter (Loeppky, Sacks and Welch 2009)."""
    from sim.sweeps.designs import SAMPLED

    points, factors = sampled.x.shape
    if sampled.experiment["design"] in SAMPLED and points < FEWEST * factors:
        few = f"Few points: {points} for {factors} parameters. With fewer than {FEWEST} for each, what one seems to do"
        say(f"{few} may be another's work; --samples of `corridor sweep` makes them more.")


def _draw_sensitivity(folder: Path, sampled: CompletedSweep, tables: dict[str, pd.DataFrame]) -> list[str]:
    from sim.report import sweep_figures as figures
    from sim.sweeps.designs import ONE, SAMPLED
    from sim.sweeps.outcomes import OutcomeOf
    from sim.sweeps.sensitivity import factor_named, grid_of, strongest

    note = "one at a time, the others at their centre; small: the parameter's value"
    if sampled.experiment["design"] != ONE:
        note = "means of the fifths of points with the parameter low, high; small: its mean there"
    written = []
    several = len(sampled.study.names) > 1
    for (scenario, outcome), part in tables["tornado"].groupby(["scenario", "outcome"], sort=False):
        stem = f"{outcome}-{scenario}" if several else str(outcome)
        stem, unit = stem.replace("@", "-at-").replace(":", "-"), str(part["unit"].iloc[0])
        drawn = {f"tornado-{stem}": figures.tornado(part, str(outcome), unit, note)} if len(part) > 1 else {}
        own = {name: t[(t["scenario"] == scenario) & (t["outcome"] == outcome)] for name, t in tables.items()}
        if "sobol" in own and own["sobol"]["total"].notna().any():
            drawn[f"sobol-{stem}"] = figures.shares(own["sobol"], str(outcome))
        if "morris" in own:
            drawn[f"morris-{stem}"] = figures.screening(own["morris"], str(outcome), unit)
        two = strongest(tables, str(outcome), str(scenario))
        if len(two) == 2 and sampled.experiment["design"] in (*SAMPLED, "grid"):
            columns = [factor_named(sampled, label)[0] for label in two]
            values = sampled.y(OutcomeOf.parse(str(outcome)), str(scenario))
            grid, *edges = grid_of(sampled.x[:, columns], values, 8 if len(values) > 500 else 5)
            if min(grid.shape) > 1:
                drawn[f"interactions-{stem}"] = figures.interaction(
                    grid, edges, two, str(outcome), unit, own.get("pairs")
                )
        written += [figures.save(figure, folder / ANALYSIS / f"{name}.png").name for name, figure in drawn.items()]
    return written + _draw_along(folder, sampled, tables)


def _draw_along(folder: Path, sampled: CompletedSweep, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Draw outcomes along the only parameter, a figure per output."""
    if "along" not in tables:
        return []
    from sim.report import sweep_figures as figures

    table, factor, written = tables["along"], sampled.factors[0], []
    measures = table["outcome"].str.partition("@")[0]
    several = len(sampled.study.names) > 1
    for measure, own in table.groupby(measures, sort=False):
        lines = {
            str(outcome if not several else f"{outcome}, {scenario}"): part
            for (outcome, scenario), part in own.groupby(["outcome", "scenario"], sort=False)
        }
        unit = str(own["unit"].iloc[0])
        figure = figures.curves(lines, sampled.label(factor), factor.unit, str(measure), unit)
        written.append(figures.save(figure, folder / ANALYSIS / f"along-{measure}.png").name)
    return written


def discover(
    folder: Folder,
    where: Annotated[
        str, typer.Option(metavar="CONDITION", help="Runs of interest, such as 'pressure_peak > 1.5 and deaths > 20'.")
    ],
    scenario: Annotated[str | None, typer.Option(help="One of the sweep's scenarios [the first].")] = None,
    density: Annotated[
        float, typer.Option(min=0.05, max=1.0, help="Share of runs of interest that a box should reach.")
    ] = 0.8,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Find the ranges of parameters with many runs of interest: boxes by PRIM and CART, in words."""
    from sim.sweeps.completed_sweep import CompletedSweep
    from sim.sweeps.discovery import discover as search
    from sim.sweeps.discovery import sentence
    from sim.sweeps.outcomes import conditions

    clauses = conditions(where)
    sampled = CompletedSweep(folder)
    found = search(sampled, clauses, scenario, density=density)
    written = write_tables(folder, {"boxes": found.table, "box-limits": found.limits})
    if quiet:
        return
    from sim.report.console_sweeps import show_discovery

    what = " and ".join(map(str, clauses))
    show_discovery(found.table, found.limits, what, found.share, found.runs, headed(sampled))
    dense = found.table[found.table["density"] >= density]
    for _, row in dense.iterrows():
        say(f"{row['method']}: {sentence(row, what)}")
    if dense.empty:
        say(
            f"No box was found in which {density:.0%} of the runs have {what}; a lower --density or more runs may help."
        )
    say_written(folder, written)


def decide(
    folder: Folder,
    without: Annotated[
        list[str] | None, typer.Option(metavar="SCENARIO", help="A response to leave out; may be given several times.")
    ] = None,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Compare responses under deep uncertainty: regret, satisficing, and the value of information."""
    from sim.report import sweep_figures as figures
    from sim.sweeps.completed_sweep import CompletedSweep
    from sim.sweeps.decision import decide as table_of

    sampled = CompletedSweep(folder)
    found = table_of(sampled, without or [])
    tables = {name: table for name, table in found._asdict().items() if len(table)}
    written = write_tables(folder, tables)
    written.append(figures.save(figures.regrets(found.regret), folder / ANALYSIS / "regret.png").name)
    if quiet:
        return
    from sim.report.console_sweeps import show_decision

    show_decision(tables, float(sampled.experiment["satisfied"]), headed(sampled))
    say_written(folder, written)


def headed(sampled: CompletedSweep) -> Any:
    """Return the console, after printing a heading about the sweep."""
    console = results_console()
    first = sampled.study.scenarios[sampled.study.base]
    text = f"{sampled.title}: {sampled.experiment.get('design', '')}, {len(sampled.x):,} points, "
    text += f"{len(sampled.study.runs):,} runs of {', '.join(sampled.study.names)}  {first.start} to {first.end}"
    console.print(visible(f"\n{text}"), style="bold", highlight=False, soft_wrap=True)
    return console


def write_tables(folder: Path, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Write tables as CSV to the folder of analyses; raises OutputError."""
    from sim.data.durable_files import write_text
    from sim.data.spreadsheet import csv_of
    from sim.outputs.folder import OutputError, refuse_links

    place = folder / ANALYSIS
    refuse_links(folder)
    try:
        for name, table in tables.items():
            write_text(place / f"{name}.csv", csv_of(table))
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror or error}") from None
    return [f"{name}.csv" for name in tables]


def _with_earlier(folder: Path, name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of outcomes, with rows of other outcomes from an earlier command."""
    import pandas as pd

    from sim.data.spreadsheet import plain

    try:
        earlier = plain(pd.read_csv(folder / ANALYSIS / f"{name}.csv"))
        others = earlier[~earlier["outcome"].isin(table["outcome"])]
    except (OSError, ValueError, KeyError):
        return table
    return table if others.empty or list(others) != list(table) else pd.concat([others, table], ignore_index=True)


def say_written(folder: Path, written: list[str]) -> None:
    """Say which files an analysis has written."""
    say(f"Written to {folder / ANALYSIS}: {', '.join(written)}")


COMMANDS = (sensitivity, discover, decide)
