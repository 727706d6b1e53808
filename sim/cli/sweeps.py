"""Commands that carry out experiments: sweep, threshold and mend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.analysis import headed, say_written
from sim.cli.common import (
    NOTHING_WRITTEN,
    DaskAddress,
    Jobs,
    Quiet,
    Shard,
    Wide,
    With,
    carried_out,
    command_line,
    interruptible,
    list_files,
    part_done,
    say_redone,
    shard_of,
    start_server,
)
from sim.cli.streams import notes_console, results_console, say

if TYPE_CHECKING:
    from sim.studies.study import Study
    from sim.sweeps.experiment_files import Ready
    from sim.sweeps.threshold import Tipping

ExperimentOrSearch = Annotated[
    str,
    typer.Argument(
        help="Name of a shipped experiment, a YAML file, or the folder of a search to go on with.",
        metavar="EXPERIMENT|DIR",
    ),
]
ExperimentOrFolder = Annotated[
    str,
    typer.Argument(
        help="Name of a shipped experiment, a YAML file, or the folder of a sweep to go on with.",
        metavar="EXPERIMENT|DIR",
    ),
]
Samples = Annotated[
    int | None, typer.Option(min=1, help="Samples, instead of the experiment's; more than there are append.")
]
Replicates = Annotated[
    int | None, typer.Option(min=1, help="Runs of each point, instead of the experiment's; more than there are append.")
]
Out = Annotated[Path | None, typer.Option(help="Folder of the results [results/EXPERIMENT-SEED].")]


def sweep(
    experiment: ExperimentOrFolder,
    samples: Samples = None,
    replicates: Replicates = None,
    out: Out = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    shard: Shard = None,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Run an experiment: a scenario (or several) over a design of its parameters; or go on with a sweep's folder."""
    with interruptible(NOTHING_WRITTEN):
        start_server(jobs, dask)
        from sim.sweeps.prepare import prepare

        prepared = prepare(experiment, samples, replicates)
    folder = out if out is not None else prepared.folder
    with carried_out(folder, notes_console(quiet)) as advance:
        from sim.studies.carry_out import carry_out
        from sim.studies.work.executors import workplace
        from sim.sweeps.completed_sweep import wide_tables

        for line in prepared.caveats():
            say(f"corridor: warning: {line}", error=True)
        study = carry_out(
            prepared.plan, folder, place=workplace(jobs, dask), shard=shard_of(shard), command=command_line(),
            progress=advance, tables=wide_tables,
        )  # fmt: skip
    say_redone(study)
    if quiet:
        return
    if not study.complete:
        say(part_done(shard, study))
        return
    show_sweep(study)


def mend(folder: Path, jobs: int | None, quiet: bool) -> None:
    """`corridor mend`."""
    start_server(jobs, None)
    with carried_out(folder, notes_console(quiet)) as advance:
        from sim.studies.work.executors import workplace
        from sim.sweeps.mend import mend as do_again

        found = do_again(folder, place=workplace(jobs, None), command=command_line(), progress=advance)
    for line in found.damage:
        say(f"was damaged: {line}")
    if found.lacked:
        say(f"{found.lacked:,} of {found.study.asked:,} runs were missing")
    done = "done again, and whole now" if found.damage or found.lacked else "whole, nothing was done"
    say(f"{folder}: {done}: {found.study.there:,} runs")


def show_sweep(study: Study) -> None:
    """Print the distribution of a sweep's outcomes."""
    from sim.report.console_sweeps import show_outcomes
    from sim.sweeps.completed_sweep import CompletedSweep

    sampled = CompletedSweep(study)
    units = {str(outcome): unit for outcome, unit in sampled.units.items()}
    console = headed(sampled)
    show_outcomes(sampled.frame(), list(units), units, console)
    if len(study.failed):
        first = study.failed.iloc[0]
        say(f"{len(study.failed):,} of {len(study.runs):,} runs failed; run {first['run']}: {first['error']}")
    say(f"Written to {study.folder}: {list_files(study.folder)}")
    say(f"Go on with: corridor {'decide' if study.kind == 'decision' else 'sensitivity'} {study.folder}")


def threshold(
    experiment: ExperimentOrSearch,
    replicates: Replicates = None,
    out: Out = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    shard: Shard = None,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Find the level of a factor at which overload becomes likely in each section, by halving, with intervals."""
    with interruptible(NOTHING_WRITTEN):
        start_server(jobs, dask)
        from sim.outputs.folder import UnfinishedError
        from sim.studies.work.executors import workplace
        from sim.sweeps.prepare import prepare_search
        from sim.sweeps.threshold import caveats, tipping_points

        search = prepare_search(experiment, replicates)
        ready = search.ready
        workplace(jobs, dask)
    folder = out if out is not None else search.folder
    try:
        with carried_out(folder, notes_console(quiet)) as advance:
            found = tipping_points(
                ready, folder, place=lambda: workplace(jobs, dask), shard=shard_of(shard), command=command_line(),
                progress=advance,
            )  # fmt: skip
    except UnfinishedError as error:
        if shard is None:
            raise
        say(f"Part {shard} of this round is done; {error}. The same command goes on when the other parts are done.")
        return
    table = found.table()
    written = _write_threshold(folder, ready, found)
    if quiet:
        return
    from sim.report.console_sweeps import show_threshold

    factor = ready.factors[0]
    show_threshold(table, results_console(), ready.experiment.title, ready.title, factor.unit, found.replicates)
    for line in caveats(found):
        say(line)
    say_written(folder, written)


def _write_threshold(folder: Path, ready: Ready, found: Tipping) -> list[str]:
    from sim.api.analyses import write_tables
    from sim.outputs.folder import ANALYSIS
    from sim.report import sweep_figures as figures

    table, curves = found.table(), found.curves()
    written = write_tables(folder, {"threshold": table, "probabilities": curves})
    figure = figures.tipping(table, curves, ready.title, ready.factors[0].unit)
    return [*written, figures.save(figure, folder / ANALYSIS / "threshold.png").name]
