"""The commands that carry out experiments: sweeps, and the search for tipping points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli_analysis import ANALYSIS, headed, say_written, write_tables
from sim.cli_tools import (
    DaskAddress,
    Jobs,
    Quiet,
    Shard,
    announce_compilation,
    command_line,
    interruptible,
    list_files,
    notes_console,
    results_console,
    runs_bar,
    start_server,
)

if TYPE_CHECKING:
    from sim.batch.executors import Workplace
    from sim.batch.plan import Plan
    from sim.batch.study import Study

ExperimentName = Annotated[
    str, typer.Argument(help="Name of a shipped experiment, or a YAML file.", metavar="EXPERIMENT")
]
Samples = Annotated[int | None, typer.Option(min=1, help="Samples, in place of the experiment's.")]
Replicates = Annotated[int | None, typer.Option(min=1, help="Runs of each point, in place of the experiment's.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the results [results/EXPERIMENT-SEED].")]


def sweep(
    experiment: ExperimentName,
    samples: Samples = None,
    replicates: Replicates = None,
    out: Out = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    shard: Shard = None,
    quiet: Quiet = False,
) -> None:
    """Run an experiment: a scenario (or several) over a design of its parameters."""
    with interruptible("nothing was written; the same command begins anew"):
        start_server(jobs, dask)
        from sim.batch.experiment_files import read_experiment
        from sim.batch.sweeps import plan_of

        ready = read_experiment(experiment, {"samples": samples, "replicates": replicates})
        plan = plan_of(ready)
    folder = out if out is not None else Path("results") / f"{ready.name}-{ready.experiment.seed}"
    with interruptible(f"what was done is kept in {folder}; the same command goes on"):
        from sim.batch.executors import workplace
        from sim.cli_studies import shard_of

        study = _carry_out(plan, folder, workplace(jobs, dask), shard_of(shard), quiet)
        if quiet:
            return
        if not study.complete:
            print(f"Part {shard} is done, in {folder}; {len(study.runs):,} of {study.asked:,} runs are there.")
            return
        show_sweep(study)


def _carry_out(plan: Plan, folder: Path, place: Workplace, shard: tuple[int, int] | None, quiet: bool) -> Study:
    from sim.batch.studies import carry_out

    notes = notes_console(quiet)
    announce_compilation(notes)
    with runs_bar(notes) as advance:
        return carry_out(plan, folder, place=place, shard=shard, command=command_line(), progress=advance)


def show_sweep(study: Study) -> None:
    """Print how the outcomes of a sweep spread."""
    from sim.batch.sampled import Sampled
    from sim.report.console_sweeps import show_outcomes

    sampled = Sampled(study)
    units = {str(outcome): unit for outcome, unit in sampled.units.items()}
    console = headed(sampled)
    show_outcomes(sampled.frame(), list(units), units, console)
    if len(study.failed):
        first = study.failed.iloc[0]
        print(f"{len(study.failed):,} of {len(study.runs):,} runs failed; run {first['run']}: {first['error']}")
    print(f"Written to {study.folder}: {list_files(study.folder)}")
    print(f"Go on with: corridor {'decide' if study.kind == 'decision' else 'sensitivity'} {study.folder}")


def threshold(
    experiment: ExperimentName,
    replicates: Replicates = None,
    out: Out = None,
    jobs: Jobs = None,
    dask: DaskAddress = None,
    quiet: Quiet = False,
) -> None:
    """At which level of a knob overload becomes likely, of each section: by halving, with intervals."""
    with interruptible("nothing was written; the same command begins anew"):
        start_server(jobs, dask)
        from sim.batch.executors import workplace
        from sim.batch.experiment_files import read_experiment
        from sim.batch.threshold import tipping_points

        ready = read_experiment(experiment, {"replicates": replicates})
        workplace(jobs, dask)
    folder = out if out is not None else Path("results") / f"{ready.name}-{ready.experiment.seed}"
    with interruptible(f"what was done is kept in {folder}; the same command goes on"):
        notes = notes_console(quiet)
        announce_compilation(notes)
        with runs_bar(notes) as advance:
            found = tipping_points(
                ready, folder, place=lambda: workplace(jobs, dask), command=command_line(), progress=advance
            )
    from sim.report import sweep_figures as figures

    knob = ready.knobs[0]
    title = ready.experiment.parameters[knob.name].title or knob.name
    table, curves = found.table(), found.curves()
    written = write_tables(folder, {"threshold": table, "probabilities": curves})
    figure = figures.tipping(table, curves, title, knob.unit)
    written.append(figures.save(figure, folder / ANALYSIS / "threshold.png").name)
    if quiet:
        return
    from sim.report.console_sweeps import show_threshold

    show_threshold(table, results_console(), ready.experiment.title, title, knob.unit, found.replicates)
    say_written(folder, written)
