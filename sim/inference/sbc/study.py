"""The simulation-based calibration of an experiment with its files, as made by `corridor calibrate --sbc`.

DIR/ranks.csv, .parquet  a row per truth and parameter: the truth, its rank, whether intervals cover it
DIR/coverage.csv         by parameter: coverage with its error, tests of uniform ranks
DIR/histogram.csv        by parameter and bin: ranks counted, and the band of uniform ones
DIR/sbc.json             provenance
DIR/truths/N.json        the rows of a truth that is done; its runs are gone
DIR/runs/                the design, which all truths share, and the runs of the truth in work
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sim.data.durable_files import make_folder
from sim.inference.calibrate import Learnt, learn
from sim.inference.calibration_experiment import Loaded
from sim.inference.calibration_study import csv, put, record, task_of
from sim.inference.fit_task import Task, Workspace
from sim.inference.sbc.ranks import coverage, histogram, sentence
from sim.inference.sbc.truths import forget, rows_of_truth
from sim.outputs.folder import OutputError, check_writable
from sim.outputs.identity import check_identity
from sim.scenario.errors import ScenarioError

RECORD = "sbc.json"
MOST = 10_000
_OTHER = "choose another folder"


class SelfChecked(NamedTuple):
    """A calibration checked against truths of its own.

    Attributes:
        ranks: A row per truth and parameter (`sim.inference.sbc.truths.rows_of_truth`).
        coverage: A row per parameter (`sim.inference.sbc.ranks.coverage`).
        histogram: A row per parameter and bin (`sim.inference.sbc.ranks.histogram`).
        summary: What was found, in words.
    """

    ranks: pd.DataFrame
    coverage: pd.DataFrame
    histogram: pd.DataFrame
    summary: str


def self_check(loaded: Loaded, workspace: Workspace, truths: int) -> SelfChecked:
    """Fit an experiment to figures of truths drawn from its prior, or do what is left of it, and write the results.

    Each fit is done as the calibration itself; the design alone, which no figure moves, is shared.

    Args:
        loaded: The experiment.
        workspace: Where runs are done and results stored. Truths that are done there are kept, and more are added.
        truths: Number of truths, 1 to 10,000.

    Raises:
        ScenarioError: If the number or the experiment is not allowed.
        OutputError: If the folder cannot be written, or holds something else, or the runs of all truths failed.
    """
    check_number(truths)
    task = task_of(loaded)
    check_writable(workspace.folder)
    about = _about(loaded, task)
    _check_same(workspace.folder, about)
    make_folder(workspace.folder / "truths")
    put(workspace.folder / RECORD, record(loaded, workspace, {"about": about, "truths": truths}))
    rows, failed = _all_rows(task, workspace, truths)
    if not rows:
        raise OutputError(f"{workspace.folder}: the runs of all {truths} truths failed")
    ranks = pd.DataFrame(rows)
    table = coverage(ranks)
    words = f" ({failed} could not be run)" if failed else ""
    done = SelfChecked(ranks, table, histogram(ranks), f"{truths} truths{words}. {sentence(table)}")
    put(workspace.folder / "ranks.parquet", ranks.to_parquet(index=False))
    for name in ("ranks", "coverage", "histogram"):
        put(workspace.folder / f"{name}.csv", csv(getattr(done, name)))
    return done


def check_number(truths: int) -> None:
    """Refuse a number of truths that is none, or more than anybody waits for; raises ScenarioError."""
    if not 1 <= truths <= MOST:
        raise ScenarioError(f"--sbc: found {truths} truths; allowed: 1 to {MOST:,}")


def _all_rows(task: Task, workspace: Workspace, truths: int) -> tuple[list[dict[str, Any]], int]:
    """Return the rows of all truths, of which those that are missing are made; and how many truths failed."""
    from threadpoolctl import threadpool_limits

    runs = replace(workspace, folder=workspace.folder / "runs")
    learnt: Learnt | None = None
    rows, failed = [], 0
    for number in range(truths):
        file = workspace.folder / "truths" / f"{number}.json"
        if not file.is_file():
            with threadpool_limits(limits=1):  # as `calibrate`
                learnt = learn(task, runs) if learnt is None else learnt
            here = replace(runs, progress=partial(_tell, workspace, f"truth {number + 1} of {truths}"))
            put(file, json.dumps(rows_of_truth(task, here, number, learnt)).encode())
            forget(runs, number)
        own = _read(file)
        failed += not own
        rows += own
    return rows, failed


def _tell(workspace: Workspace, stage: str, _: str, done: int, total: int, failed: int) -> None:
    if workspace.progress:
        workspace.progress(stage, done, total, failed)


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError) as error:
        raise OutputError(f"{file}: damaged: {error}; remove it to do the truth again") from None


def _about(loaded: Loaded, task: Task) -> str:
    """Return the digest of what must be the same to go on: experiment, scenario, and what is counted when."""
    periods = [(row.series, row.start, row.end) for row in task.fitted]
    content = loaded.experiment.model_dump_json(by_alias=True, fallback=str) + loaded.scenario.model_dump_json()
    return sha256((content + repr(periods)).encode()).hexdigest()


def _check_same(folder: Path, about: str) -> None:
    """Refuse to go on with truths of something else; raises OutputError."""
    file = folder / RECORD
    if not file.is_file():
        return
    try:
        there = json.loads(file.read_text(encoding="utf-8"))
        identity, same = there.get("identity"), there.get("about") == about
    except (OSError, ValueError, AttributeError) as error:
        raise OutputError(f"{file}: damaged: {error}") from None
    check_identity(folder, identity, _OTHER, "inference")
    if not same:
        raise OutputError(f"{folder}: holds truths of another experiment; {_OTHER}")
