"""Commands that carry out experiments: sweep, threshold and mend."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.analysis import ANALYSIS, headed, say_written, write_tables
from sim.cli.common import (
    NOTHING_WRITTEN,
    DaskAddress,
    Jobs,
    Quiet,
    Shard,
    Wide,
    With,
    announce_compilation,
    command_line,
    interruptible,
    list_files,
    part_done,
    runs_bar,
    say_redone,
    shard_of,
    start_server,
)
from sim.cli.streams import notes_console, results_console, say

if TYPE_CHECKING:
    from sim.studies.plan import Plan
    from sim.studies.study import Study
    from sim.studies.work.executors import Workplace

ExperimentName = Annotated[
    str, typer.Argument(help="Name of a shipped experiment, or a YAML file.", metavar="EXPERIMENT")
]
Samples = Annotated[int | None, typer.Option(min=1, help="Samples, instead of the experiment's.")]
Replicates = Annotated[int | None, typer.Option(min=1, help="Runs of each point, instead of the experiment's.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the results [results/EXPERIMENT-SEED].")]


def sweep(
    experiment: ExperimentName,
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
    """Run an experiment: a scenario (or several) over a design of its parameters."""
    with interruptible(NOTHING_WRITTEN):
        start_server(jobs, dask)
        from sim.sweeps.experiment_files import read_experiment
        from sim.sweeps.sweep_plan import plan_of

        ready = read_experiment(experiment, {"samples": samples, "replicates": replicates})
        plan = plan_of(ready)
    folder = out if out is not None else Path("results") / f"{ready.name}-{ready.experiment.seed}"
    with interruptible(f"what was done is kept in {folder}; the same command resumes"):
        from sim.studies.work.executors import workplace

        study = _carry_out(plan, folder, workplace(jobs, dask), shard_of(shard), quiet)
        say_redone(study)
        if quiet:
            return
        if not study.complete:
            say(part_done(shard, study))
            return
        show_sweep(study)


def _carry_out(plan: Plan, folder: Path, place: Workplace, shard: tuple[int, int] | None, quiet: bool) -> Study:
    from sim.studies.carry_out import carry_out
    from sim.sweeps.completed_sweep import wide_tables

    notes = notes_console(quiet)
    announce_compilation(notes)
    with runs_bar(notes) as advance:
        return carry_out(
            plan, folder, place=place, shard=shard, command=command_line(), progress=advance, tables=wide_tables
        )


def mend(folder: Path, jobs: int | None, quiet: bool) -> None:
    """`corridor mend`."""
    with interruptible(f"what was done is kept in {folder}; the same command resumes"):
        start_server(jobs, None)
        from sim.studies.work.executors import workplace
        from sim.sweeps.mend import mend as do_again

        notes = notes_console(quiet)
        announce_compilation(notes)
        with runs_bar(notes) as advance:
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
    experiment: ExperimentName,
    replicates: Replicates = None,
    out: Out = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    extensions: With = None,
    wide: Wide = False,
    quiet: Quiet = False,
) -> None:
    """Find the level of a factor at which overload becomes likely in each section, by halving, with intervals."""
    with interruptible(NOTHING_WRITTEN):
        start_server(jobs, dask)
        from sim.studies.work.executors import workplace
        from sim.sweeps.experiment_files import read_experiment
        from sim.sweeps.threshold import tipping_points

        ready = read_experiment(experiment, {"replicates": replicates})
        workplace(jobs, dask)
    folder = out if out is not None else Path("results") / f"{ready.name}-{ready.experiment.seed}"
    with interruptible(f"what was done is kept in {folder}; the same command resumes"):
        notes = notes_console(quiet)
        announce_compilation(notes)
        with runs_bar(notes) as advance:
            found = tipping_points(
                ready, folder, place=lambda: workplace(jobs, dask), command=command_line(), progress=advance
            )
    from sim.report import sweep_figures as figures

    factor = ready.factors[0]
    title = ready.experiment.parameters[factor.name].title or factor.name
    table, curves = found.table(), found.curves()
    written = write_tables(folder, {"threshold": table, "probabilities": curves})
    figure = figures.tipping(table, curves, title, factor.unit)
    written.append(figures.save(figure, folder / ANALYSIS / "threshold.png").name)
    if quiet:
        return
    from sim.report.console_sweeps import show_threshold

    show_threshold(table, results_console(), ready.experiment.title, title, factor.unit, found.replicates)
    say_written(folder, written)
