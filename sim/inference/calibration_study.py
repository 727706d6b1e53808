"""A calibration with its files, as made by `corridor calibrate`.

DIR/posterior.parquet    the particles: weight and parameters
DIR/posterior.yaml       a scenario with the posterior's distributions, for others to extend
DIR/parameters.csv       parameters before and after
DIR/fit.csv              each figure beside the fitted model's prediction of it
DIR/waves.csv            findings of each stage
DIR/README.md            all of this as text, with fit.png
DIR/calibration.json     provenance: experiment, seed, versions, machine, command
DIR/arviz.nc             for ArviZ, with `--arviz`
DIR/STAGE/               the runs of each stage, as a study
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sim.data.durable_files import write_whole
from sim.data.spreadsheet import csv_of
from sim.inference import posterior as files
from sim.inference.arviz_data import DRAWS, to_arviz
from sim.inference.calibrate import calibrate
from sim.inference.calibration_experiment import Loaded, is_fitted
from sim.inference.calibration_page import page
from sim.inference.fit_task import Posterior, Task, Workspace
from sim.inference.free_parameters import Space
from sim.inference.observations import Row, rows_of
from sim.inference.outcome_figures import Target
from sim.outputs.folder import OutputError, check_writable
from sim.outputs.identity import check_identity, identity, version_of
from sim.outputs.provenance import machine, versions
from sim.scenario.errors import ScenarioError

RECORD = "calibration.json"


class Calibrated(NamedTuple):
    """A calibration: its particles and tables."""

    posterior: Posterior
    task: Task
    parameters: pd.DataFrame
    fit: pd.DataFrame
    waves: pd.DataFrame
    summary: str

    def to_arviz(self, draws: int = DRAWS) -> Any:
        """Return the posterior for ArviZ (`sim.inference.arviz_data.to_arviz`); needs the extra ``arviz``."""
        return to_arviz(self.posterior, self.task, draws)


def calibration(loaded: Loaded, workspace: Workspace) -> Calibrated:
    """Fit an experiment's scenario to all rows of its series within the run, and write the results.

    Raises:
        ScenarioError: If the experiment is not allowed, or no row lies within the run.
        OutputError: If the folder cannot be written, or holds something else.
    """
    task = task_of(loaded)
    check_writable(workspace.folder)
    check_same_model(workspace.folder)
    done = calibrate(task, workspace)
    tables = Calibrated(
        done,
        task,
        files.parameter_table(done, task.space, task.seed),
        files.fit_table(done, task),
        pd.DataFrame(done.waves),
        _summary(done, task),
    )
    note = f"# Written by `{workspace.command or 'corridor calibrate'}`: a replicate draws one particle whole.\n"
    note += f"# Model {identity('inference')['sha256'][:16]}, corridor {version_of('corridor-sim')}.\n"
    written = {
        "posterior.parquet": files.particles(done, task.space),
        "posterior.yaml": (
            note + files.as_scenario(done, task, loaded.experiment.scenario, loaded.experiment.title)
        ).encode(),
        "parameters.csv": csv(tables.parameters),
        "fit.csv": csv(tables.fit),
        "waves.csv": csv(tables.waves),
        "README.md": page(task, done, workspace.command, tables.parameters, tables.fit, tables.summary).encode(),
        RECORD: record(loaded, workspace, {"runs": done.runs, "failed": done.failed, "effective": done.effective}),
    }
    for name, content in written.items():
        put(workspace.folder / name, content)
    return tables


def check_same_model(folder: Path) -> None:
    """Refuse to resume a fit by another model; raises OutputError."""
    if (folder / RECORD).is_file():
        try:
            there = json.loads((folder / RECORD).read_text(encoding="utf-8")).get("identity")
        except (OSError, ValueError, AttributeError) as error:
            raise OutputError(f"{folder / RECORD}: damaged: {error}") from None
        check_identity(folder, there, "choose another folder, or continue with the model that made it", "inference")


def task_of(loaded: Loaded) -> Task:
    """Return the task of an experiment.

    Rows within the run of series with ``fit``, and figures of outcomes, are fitted; other rows are only counted.
    """
    scenario, series = loaded.scenario, loaded.experiment.series
    inside = [row for row in rows_of(loaded) if scenario.start <= row.start and row.end <= scenario.end]
    fitted: list[Row | Target] = [row for row in inside if is_fitted(series[row.series], row.start)]
    fitted += loaded.targets
    if not fitted:
        raise ScenarioError(f"{loaded.name}: no published figure lies between {scenario.start} and {scenario.end}")
    others = [row for row in inside if not is_fitted(series[row.series], row.start)]
    space = Space(loaded.experiment.parameters, scenario)
    return Task(loaded.experiment, scenario, space, fitted, others, loaded.experiment.seed)


def _summary(done: Posterior, task: Task) -> str:
    fitted = files.fit_table(done, task).query("fitted")
    inside = (
        f"{fitted['in50'].sum()} of {len(fitted)} figures lie in their 50 % interval, {fitted['in90'].sum()} in 90 %"
    )
    failed = f", {done.failed} of them failed" if done.failed else ""
    size = f"{done.effective:.0f} effective particles of {len(done.weights)}"
    return f"{done.runs:,} runs{failed}; {size}; {inside}."


def record(loaded: Loaded, workspace: Workspace, more: dict[str, Any]) -> bytes:
    """Return the provenance of a calibration, including the command that reproduces it."""
    content = {
        "experiment": loaded.experiment.model_dump(mode="json", by_alias=True, fallback=str),
        "command": workspace.command,
        "identity": identity("inference"),
        "versions": versions(),
        "machine": machine(),
        **more,
    }
    return (json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n").encode()


def csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV, numbers to ten digits, as the last digits differ between machines."""
    return csv_of(table, float_format="%.10g").encode()


def put(file: Path, content: bytes) -> None:
    """Write a file atomically; raises OutputError."""
    try:
        write_whole(file, content)
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror or error}") from error
