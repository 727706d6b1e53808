"""Commands that analyse sweeps: sensitivity, discover and decide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import Quiet, Wide, With
from sim.cli.streams import results_console, say
from sim.data.plain_text import visible

if TYPE_CHECKING:
    from sim.sweeps.completed_sweep import CompletedSweep

Folder = Annotated[Path, typer.Argument(help="Folder of a sweep.", metavar="DIR")]
Outcomes = Annotated[
    list[str] | None,
    typer.Option("--outcome", metavar="MEASURE[@NAME]", help="Outcome [the experiment's]; may be repeated."),
]
OverTime = Annotated[
    str | None, typer.Option(metavar="week|month", help="Also the index of the design for each week or month.")
]


def sensitivity(
    folder: Folder,
    outcome: Outcomes = None,
    over_time: OverTime = None,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """What the outcomes of a sweep hang on: Sobol', Morris, partial rank correlations, tornado, interactions."""
    from sim.api import analyses
    from sim.report.sensitivity_figures import draw_over_time, draw_sensitivity

    sampled = analyses.completed(folder)
    found = analyses.sensitivity(sampled, outcome or [], over_time=over_time)  # type: ignore[arg-type]
    written = analyses.write_sensitivity(folder, found)
    written += draw_sensitivity(folder, sampled, found.tables) + draw_over_time(folder, found.over_time)
    if quiet:
        return
    from sim.report.console_sweeps import show_sensitivity

    show_sensitivity(found.tables, headed(sampled))
    for line in found.caveats:
        say(line)
    say_written(folder, written)


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
    from sim.api import analyses
    from sim.sweeps.caveats import missing_of, missing_sentences
    from sim.sweeps.discovery import sentence
    from sim.sweeps.outcomes import conditions

    clauses = conditions(where)
    sampled = analyses.completed(folder)
    found = analyses.discover(sampled, where, scenario=scenario, density=density)
    written = analyses.write_tables(folder, {"boxes": found.table, "box-limits": found.limits})
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
    missing = missing_of(sampled, [clause.outcome for clause in clauses])
    for line in missing_sentences(missing[missing["scenario"] == (scenario or sampled.study.base)]):
        say(line)
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
    from sim.api import analyses
    from sim.outputs.folder import ANALYSIS
    from sim.report import sweep_figures as figures
    from sim.sweeps.caveats import missing_of, missing_sentences

    sampled = analyses.completed(folder)
    found = analyses.decide(sampled, without=without or [])
    tables = {name: table for name, table in found._asdict().items() if len(table)}
    written = analyses.write_tables(folder, tables)
    written.append(figures.save(figures.regrets(found.regret), folder / ANALYSIS / "regret.png").name)
    if quiet:
        return
    from sim.report.console_sweeps import show_decision

    show_decision(tables, float(sampled.experiment["satisfied"]), headed(sampled))
    for line in missing_sentences(missing_of(sampled, sampled.outcomes)):
        say(line)
    say_written(folder, written)


def headed(sampled: CompletedSweep) -> Any:
    """Return the console, after printing a heading about the sweep."""
    console = results_console()
    first = sampled.study.scenarios[sampled.study.base]
    text = f"{sampled.title}: {sampled.experiment.get('design', '')}, {len(sampled.x):,} points, "
    text += f"{len(sampled.study.runs):,} runs of {', '.join(sampled.study.names)}  {first.start} to {first.end}"
    console.print(visible(f"\n{text}"), style="bold", highlight=False, soft_wrap=True)
    return console


def say_written(folder: Path, written: list[str]) -> None:
    """Say which files an analysis has written."""
    from sim.outputs.folder import ANALYSIS

    say(f"Written to {folder / ANALYSIS}: {', '.join(written)}")


COMMANDS = (sensitivity, discover, decide)
