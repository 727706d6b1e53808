"""Scenario discovery: regions of parameter space with many runs of interest, by PRIM and a tree (CART).

PRIM is implemented here, in a page of code: the EMA Workbench's version would bring its own framework for experiments
and eight packages, among them an optimiser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.outputs.folder import OutputError
from sim.sweeps import prim
from sim.sweeps.boxes import Bools, Box, quality, words
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.factors import Floats
from sim.sweeps.outcomes import Clause

LEAST_RUNS = 20
LEAVES = 8


class Found(NamedTuple):
    """The result of a search for boxes.

    Attributes:
        table: A row per box: method, box, words, density, coverage, mass, runs.
        limits: A row per limit: method, box, parameter, low, high, unit, p.
        share: Share of runs that are of interest.
        runs: Number of runs.
    """

    table: pd.DataFrame
    limits: pd.DataFrame
    share: float
    runs: int


def discover(
    sampled: CompletedSweep, clauses: Sequence[Clause], scenario: str | None = None, *, density: float = 0.8
) -> Found:
    """Find boxes in which runs fulfil all clauses; joint parameters, whose rows have no order, limit none.

    Args:
        sampled: The sweep.
        clauses: Conditions that define a run of interest.
        scenario: Name of a scenario of the sweep; the first if None.
        density: Share of the runs in a box that should be of interest.

    Raises:
        ScenarioError: If there is no such outcome.
        OutputError: If there are too few runs, or all or none are of interest.
    """
    name = scenario or sampled.study.base
    if name not in sampled.study.names:
        raise OutputError(f"--scenario: found {name!r}; allowed: {', '.join(sampled.study.names)}")
    runs = sampled.each(clauses[0].outcome, name)
    values = [sampled.each(clause.outcome, name)["value"].to_numpy(dtype=float) for clause in clauses]
    known = ~np.isnan(np.array(values)).any(axis=0)
    wanted = np.all([clause.holds(column) for clause, column in zip(clauses, values, strict=True)], axis=0)[known]
    ordered = [k for k, factor in enumerate(sampled.factors) if not factor.is_nominal]
    x = sampled.x[runs["point"].to_numpy()[known]][:, ordered]
    _check(sampled, wanted, " and ".join(map(str, clauses)))
    labels = [sampled.label(sampled.factors[k]) for k in ordered]
    units = [sampled.factors[k].unit for k in ordered]
    rows, limits = [], []
    for method, boxes in (("PRIM", prim.boxes(x, wanted, density=density)), ("CART", tree_boxes(x, wanted))):
        for number, box in enumerate(boxes, 1):
            of = quality(box, x, wanted)
            rows.append((method, number, words(box, labels, units), of.density, of.coverage, of.mass, of.runs))
            chance = prim.significances(box, x, wanted)
            limits += [(method, number, labels[k], box.low[k], box.high[k], units[k], chance[k]) for k in box.limited]
    return Found(
        pd.DataFrame(rows, columns=["method", "box", "where", "density", "coverage", "mass", "runs"]),
        pd.DataFrame(limits, columns=["method", "box", "parameter", "low", "high", "unit", "p"]),
        float(wanted.mean()),
        len(wanted),
    )


def tree_boxes(x: Floats, wanted: Bools) -> list[Box]:
    """Return the leaves of a classification tree in which most runs are of interest, the fullest first."""
    from sklearn.tree import DecisionTreeClassifier

    least = max(int(prim.LEAST * len(x)), 2)
    tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=least, random_state=0)
    tree.fit(x, wanted)
    nodes = tree.tree_
    leaves: list[Box] = []
    open_ = [(0, Box.whole(x.shape[1]))]
    while open_:
        node, box = open_.pop()
        if nodes.children_left[node] < 0:
            leaves.append(box)
            continue
        k, cut = nodes.feature[node], nodes.threshold[node]
        low, high = box.low.copy(), box.high.copy()
        high[k] = min(high[k], cut)
        low[k] = max(low[k], np.nextafter(cut, np.inf))
        open_ += [(nodes.children_left[node], Box(box.low, high)), (nodes.children_right[node], Box(low, box.high))]
    chosen = [box for box in leaves if box.limited and quality(box, x, wanted).density > 0.5]
    return sorted(chosen, key=lambda box: -quality(box, x, wanted).coverage)


def sentence(row: pd.Series, what: str) -> str:
    """Return a row of the table as a sentence for a planner."""
    return (
        f"{what} when {row['where']}: {row['density']:.0%} of the runs there, "
        f"and {row['coverage']:.0%} of all such runs"
    )


def _check(sampled: CompletedSweep, wanted: Bools, text: str) -> None:
    hits = int(wanted.sum())
    if all(factor.is_nominal for factor in sampled.factors):
        raise OutputError(
            f"{sampled.study.folder}: all parameters are joint, whose rows have no order; boxes need others"
        )
    if len(wanted) < LEAST_RUNS:
        raise OutputError(f"{sampled.study.folder}: {len(wanted)} runs have these outcomes; {LEAST_RUNS} are needed")
    if hits in (0, len(wanted)):
        found = "none" if hits == 0 else "all"
        raise OutputError(
            f"--where: {found} of the {len(wanted):,} runs have {text}; a condition that some have is needed"
        )
