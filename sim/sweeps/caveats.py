"""What a reader of a sweep must know: runs without a value, inputs that move nothing, outcomes that never move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from sim.scenario.guide.idle import masked
from sim.scenario.quantity import JOINT
from sim.scenario.schema import Scenario
from sim.studies.store.tables import FAILED
from sim.sweeps import designs
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.factors import Factor, Floats
from sim.sweeps.outcomes import OutcomeOf

FEWEST = 10  # least points of a sampled design per parameter (Loeppky, Sacks and Welch 2009)
MOST_NAMED = 12  # points that a sentence names


def caveats_of(sampled: CompletedSweep, outcomes: Sequence[OutcomeOf]) -> list[str]:
    """Return all caveats about an analysis of some outcomes, a sentence each."""
    return [
        *missing_sentences(missing_of(sampled, outcomes)),
        *_few(sampled),
        *(line for name in sampled.study.names for line in _still(sampled, outcomes, name)),
        *dead_inputs(sampled, outcomes),
        *input_caveats(sampled.factors, sampled.study.scenarios),
    ]


def missing_of(sampled: CompletedSweep, outcomes: Sequence[OutcomeOf]) -> pd.DataFrame:
    """Return how many runs lack an outcome, a row per scenario and outcome that some lack.

    Columns: scenario, outcome; runs; failed; absent (runs that ended without a value, as of a day that did not occur);
    points (numbers of those of which a run lacks it, which are left out); group (what an index of the design needs
    whole); groups and complete, their numbers.
    """
    status = sampled.study.runs.set_index("run")["status"]
    group, size = group_of(sampled)
    rows = []
    for scenario in sampled.study.names:
        for outcome in outcomes:
            runs = sampled.each(outcome, scenario)
            lacking = runs[runs["value"].isna()]
            if lacking.empty:
                continue
            failed = int((status.loc[lacking["run"]] == FAILED).sum())
            points = sorted({int(point) for point in lacking["point"]})
            groups = len(sampled.x) // size
            whole = groups - len({point // size for point in points})
            rows.append(
                (scenario, str(outcome), len(runs), failed, len(lacking) - failed, points, group, groups, whole)
            )
    columns = ["scenario", "outcome", "runs", "failed", "absent", "points", "group", "groups", "complete"]
    return pd.DataFrame(rows, columns=columns)


def missing_sentences(missing: pd.DataFrame) -> list[str]:
    """Return the rows of `missing_of` as sentences."""
    found = []
    for row in missing.itertuples():
        points = [str(point) for point in row.points[:MOST_NAMED]]
        named = ", ".join(points) + (
            f" and {len(row.points) - MOST_NAMED} more" if len(row.points) > MOST_NAMED else ""
        )
        lack = f"{row.failed:,} of {row.runs:,} runs failed and {row.absent:,} have no value, at the points {named}"
        found.append(
            f"{row.outcome}, {row.scenario}: {lack}. These points are left out; indices are of the {row.complete:,} "
            f"complete {row.group} of {row.groups:,}."
        )
    return found


def group_of(sampled: CompletedSweep) -> tuple[str, int]:
    """Return what an index of a sweep's design needs whole, and how many points that is."""
    factors = len(sampled.factors)
    if sampled.experiment["design"] == designs.SOBOL:
        return "samples", (2 * factors + 2) if sampled.experiment["second_order"] else (factors + 2)
    if sampled.experiment["design"] == designs.MORRIS:
        return "trajectories", factors + 1
    return "points", 1


def _few(sampled: CompletedSweep) -> Iterator[str]:
    points, factors = sampled.x.shape
    if sampled.experiment["design"] in designs.SAMPLED and points < FEWEST * factors:
        few = f"Few points: {points} for {factors} parameters. With fewer than {FEWEST} for each, what one seems to do"
        yield f"{few} may be another's work; --samples of `corridor sweep` makes them more."


def _still(sampled: CompletedSweep, outcomes: Sequence[OutcomeOf], scenario: str) -> Iterator[str]:
    for outcome in outcomes:
        values = sampled.each(outcome, scenario)["value"].dropna()
        if len(values) and values.min() == values.max():
            same = f"it is {values.iloc[0]:g} in every run"
            yield f"{outcome}, {scenario}: never moved; {same}, so no index says anything."


def dead_inputs(sampled: CompletedSweep, outcomes: Sequence[OutcomeOf]) -> list[str]:
    """Return a sentence for each parameter that moves none of the outcomes where it alone moves.

    Only designs with points that differ in a single parameter can tell (all but Latin hypercubes), and only if all
    points share the same people and draws.
    """
    if not sampled.experiment["paired"] or sampled.experiment["design"] == designs.LATIN:
        return []
    columns = [sampled.y(outcome, scenario) for outcome in outcomes for scenario in sampled.study.names]
    moving = [column for column in columns if len(np.unique(column[~np.isnan(column)])) > 1]
    if not moving:
        return []
    return [
        f"{sampled.label(factor)}: moves none of these outcomes, in any run in which it alone differs; "
        "is it masked by a measure, a later date or another value?"
        for k, factor in enumerate(sampled.factors) if _is_dead(sampled.x, k, moving)
    ]  # fmt: skip


def _is_dead(x: Floats, k: int, columns: Sequence[Floats]) -> bool:
    """Return whether no column differs within any group of points that differ in factor k alone, of which there are."""
    _, group = np.unique(np.delete(x, k, axis=1), axis=0, return_inverse=True)
    order = np.lexsort((x[:, k], group.ravel()))
    together = (np.diff(group.ravel()[order]) == 0) & (np.diff(x[order, k]) != 0)
    if not together.any():
        return False
    with np.errstate(invalid="ignore"):
        return not any((np.abs(np.diff(column[order]))[together] > 0).any() for column in columns)


def input_caveats(factors: Sequence[Factor], scenarios: Mapping[str, Scenario]) -> list[str]:
    """Return a sentence for each path of a factor that cannot have an effect in a scenario, and for torn joint ones."""
    found: dict[str, list[str]] = {}
    for name, scenario in scenarios.items():
        for factor in factors:
            for path in factor.weights:
                if why := masked(scenario, path):
                    found.setdefault(f"{path}: no value of it can have an effect: {why}", []).append(name)
    lines = [f"{', '.join(names)}: {line}." for line, names in found.items()]
    torn = [factor.name for factor in factors if factor.spread.kind == JOINT]
    if torn:
        what = "belong together (joint), and here vary apart, also in combinations that their fit rules out"
        lines.append(f"The values of {', '.join(torn)} {what}; `joint: true` keeps them together.")
    return lines
