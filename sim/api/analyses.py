"""Analyses of a sweep: `sim.sensitivity`, `sim.discover` and `sim.decide`, and the files that the command line writes.

DIR/analysis/*.csv, *.png  can be remade from the runs
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

from sim.data.durable_files import write_text
from sim.data.spreadsheet import csv_of, plain
from sim.outputs.folder import ANALYSIS, OutputError, refuse_links
from sim.studies.study import Study
from sim.sweeps import decision, discovery
from sim.sweeps.caveats import caveats_of, missing_of
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.decision import Decided
from sim.sweeps.discovery import Found
from sim.sweeps.outcomes import OutcomeOf, conditions
from sim.sweeps.over_time import kept_by_week
from sim.sweeps.over_time import over_time as indices_over_time
from sim.sweeps.sensitivity import tables_of

Swept = CompletedSweep | Study | str | Path


class Sensitivity(NamedTuple):
    """What the outcomes of a sweep hang on.

    Attributes:
        tables: By name, a row per scenario, outcome and parameter: sobol, pairs, morris, prcc, tornado, along, as the
            design of the sweep allows (`sim.sweeps.sensitivity`); outcomes in their ``unit``, indices without one.
        missing: Runs that failed or lack an outcome, and how many groups of points are complete; empty if none do.
        caveats: Sentences: what is missing, moves nothing, or never moves.
        over_time: Main index of the design by week or month (`sim.sweeps.over_time`); empty if not asked for.

    >>> import sim
    >>> sweep = sim.sweep({
    ...     "kind": "sweep", "title": "Attempts", "scenario": "minsk-2021", "set": {"days": 40}, "design": "morris",
    ...     "parameters": {"behaviour.retry": {"range": [4, 14]}, "detection.coverage": {"range": [0.2, 0.8]}},
    ...     "outcomes": ["attempts"], "samples": 4,
    ... })
    >>> isinstance(sim.sensitivity(sweep), sim.Sensitivity)
    True
    """

    tables: dict[str, pd.DataFrame]
    missing: pd.DataFrame
    caveats: list[str]
    over_time: pd.DataFrame


def sensitivity(
    sweep: Swept, outcomes: Sequence[str] = (), *, over_time: Literal["week", "month"] | None = None
) -> Sensitivity:  # fmt: skip
    """Compute what the outcomes of a sweep hang on; as ``corridor sensitivity``.

    Points of which a run failed or lacks an outcome are left out of its indices, with the whole sample or trajectory.

    Args:
        sweep: A sweep, or its folder.
        outcomes: Outcomes such as ``attempts@poland``; those of the experiment if empty.
        over_time: Whether to compute the design's main index also for each week, or month; of the experiment's
            outcomes, for those that studies keep by week.

    Raises:
        ScenarioError: If there is no such outcome, or it is not kept by week.
        OutputError: If the folder holds no complete sweep, or too many runs lack an outcome.

    >>> import sim
    >>> sweep = sim.sweep({
    ...     "kind": "sweep", "title": "Attempts", "scenario": "minsk-2021", "set": {"days": 40}, "design": "morris",
    ...     "parameters": {"behaviour.retry": {"range": [4, 14]}, "detection.coverage": {"range": [0.2, 0.8]}},
    ...     "outcomes": ["attempts"], "samples": 4,
    ... })
    >>> sim.sensitivity(sweep).tables["morris"]["parameter"].to_list()
    ['behaviour.retry', 'detection.coverage']
    """
    sampled = completed(sweep)
    wanted = [OutcomeOf.parse(text) for text in outcomes] or sampled.outcomes
    tables = tables_of(sampled, wanted)
    by_period = pd.DataFrame()
    if over_time is not None:
        by_week = wanted if outcomes else kept_by_week(sampled, wanted) or wanted
        by_period = indices_over_time(sampled, by_week, over_time)
    return Sensitivity(tables, missing_of(sampled, wanted), caveats_of(sampled, wanted), by_period)


def discover(sweep: Swept, where: str, *, scenario: str | None = None, density: float = 0.8) -> Found:
    """Find ranges of parameters with many runs of interest, by PRIM and CART; as ``corridor discover``.

    Args:
        sweep: A sweep, or its folder.
        where: Runs of interest, such as ``pressure_peak > 1.5 and deaths > 20``.
        scenario: One of the sweep's scenarios; the first if None.
        density: Share of runs of interest that a box should reach, 0 to 1.

    Raises:
        ScenarioError: If the condition or an outcome is not allowed.
        OutputError: If the folder holds no complete sweep, there are too few runs, or all or none are of interest.

    >>> import sim
    >>> sweep = sim.sweep({
    ...     "kind": "sweep", "title": "Entries", "scenario": "minsk-2021", "set": {"days": 40}, "samples": 24,
    ...     "parameters": {"behaviour.retry": {"range": [4, 14]}, "detection.coverage": {"range": [0.2, 0.8]}},
    ...     "outcomes": ["entries"],
    ... })
    >>> sim.discover(sweep, "entries > 169").limits["parameter"].to_list()
    ['detection.coverage', 'detection.coverage']
    """
    return discovery.discover(completed(sweep), conditions(where), scenario, density=density)


def decide(sweep: Swept, *, without: Collection[str] = ()) -> Decided:
    """Compare responses under deep uncertainty: regret, satisficing, value of information; as ``corridor decide``.

    Args:
        sweep: A study of kind decision, or its folder.
        without: Responses to leave out.

    Raises:
        OutputError: If the folder holds no complete decision table, or too few points have all outcomes.

    >>> import sim
    >>> sweep = sim.sweep({
    ...     "kind": "decision", "title": "Answers", "scenarios": ["minsk-2021", "minsk-2021-answers"],
    ...     "set": {"days": 60},
    ...     "parameters": {"behaviour.retry": {"range": [4, 14]}}, "samples": 10,
    ...     "objectives": {"stranded": {"goal": "lower", "enough": 3000}}, "satisfied": 0.75,
    ... })
    >>> sim.decide(sweep).robust["satisfied"].to_list()
    [1.0, 1.0]
    """
    return decision.decide(completed(sweep), without)


def completed(sweep: Swept) -> CompletedSweep:
    """Return a sweep, from its study or folder; raises OutputError if it is not complete."""
    return sweep if isinstance(sweep, CompletedSweep) else CompletedSweep(sweep)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Write tables as CSV to the folder of analyses; return the files' names; raises OutputError."""
    place = folder / ANALYSIS
    refuse_links(folder)
    try:
        for name, table in tables.items():
            write_text(place / f"{name}.csv", csv_of(table))
    except OSError as error:
        raise OutputError(f"{place}: cannot be written: {error.strerror or error}") from None
    return [f"{name}.csv" for name in tables]


def write_sensitivity(folder: Path, found: Sensitivity) -> list[str]:
    """Write the tables of a sensitivity analysis, with rows of other outcomes that are there from an earlier one."""
    tables = {name: _with_earlier(folder, name, table) for name, table in found.tables.items()}
    if len(found.missing):
        tables["missing"] = found.missing.assign(points=[" ".join(map(str, row)) for row in found.missing["points"]])
    if len(found.over_time):
        tables["over-time"] = _with_earlier(folder, "over-time", found.over_time)
    return write_tables(folder, tables)


def _with_earlier(folder: Path, name: str, table: pd.DataFrame) -> pd.DataFrame:
    try:
        earlier = plain(pd.read_csv(folder / ANALYSIS / f"{name}.csv"))
        others = earlier[~earlier["outcome"].isin(table["outcome"])]
    except (OSError, ValueError, KeyError):
        return table
    return table if others.empty or list(others) != list(table) else pd.concat([others, table], ignore_index=True)
