"""Sensitivity over time: the main index of a sweep's design for each week or month of an outcome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.outputs.definitions import ALL, LEVELS, definition
from sim.scenario.errors import ScenarioError, choices, show
from sim.sweeps import designs
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.factors import Floats
from sim.sweeps.outcomes import OutcomeOf
from sim.sweeps.sensitivity import morris, prcc, sobol

PERIODS = ("week", "month")
MAIN = {"sobol": "total", "morris": "effect", "prcc": "prcc"}  # columns of an index, by its table
LEAST_KNOWN = 8  # points or samples


def over_time(sampled: CompletedSweep, outcomes: Sequence[OutcomeOf], by: str = "week") -> pd.DataFrame:
    """Return Sobol' (or Morris', or partial rank) indices of outcomes by week or month.

    A month's value is that of the weeks that begin in it: flows are summed, means averaged, and of stocks the last
    counts. A period in which the outcome is the same at all points has no indices.

    Args:
        sampled: The sweep, of a design that has indices: sobol, morris or latin-hypercube.
        outcomes: Outputs that studies keep by week, for the whole or a section, agency, route or cohort.
        by: "week" or "month".

    Returns:
        A row per scenario, outcome, period (its first day) and parameter: the columns of the index as in
        `sim.sweeps.sensitivity`, and ``mean``, the outcome's mean over the points, in ``unit``.

    Raises:
        ScenarioError: If the period or an outcome is not allowed, or the design has no indices.
    """
    if by not in PERIODS:
        raise ScenarioError(f"--over-time: found {show(by)}; allowed: {', '.join(PERIODS)}")
    makers = {designs.SOBOL: sobol, designs.MORRIS: morris, designs.LATIN: prcc}
    design = sampled.experiment["design"]
    if design not in makers:
        raise ScenarioError(f"--over-time: found a sweep of design {design}; allowed: {', '.join(makers)}")
    parts = []
    for scenario in sampled.study.names:
        for outcome in outcomes:
            values, periods, unit = _by_period(sampled, outcome, scenario, by)
            for number, period in enumerate(periods):
                own = values[:, number]
                known = own[~np.isnan(own)]
                if len(known) < LEAST_KNOWN or known.min() == known.max():
                    continue
                table = makers[design](sampled, own).assign(mean=float(known.mean()))
                for column, text in (("period", period), ("unit", unit), ("outcome", str(outcome))):
                    table.insert(0, column, text)
                table.insert(0, "scenario", scenario)
                parts.append(table)
    if not parts:
        raise ScenarioError("--over-time: found no period in which an outcome moves; a longer run or others may help")
    return pd.concat(parts, ignore_index=True)


def _by_period(
    sampled: CompletedSweep, outcome: OutcomeOf, scenario: str, by: str
) -> tuple[Floats, list[pd.Timestamp], str]:  # fmt: skip
    """Return an outcome by point and period, shape (points, periods), the periods' first days, and the unit."""
    weekly = _weekly(sampled, outcome)
    own = weekly[weekly["scenario"] == scenario]
    wide = own.pivot(index="run", columns="week", values="value")
    wide.columns = pd.to_datetime(wide.columns)
    unit = str(own["unit"].iloc[0])
    if by == "month":
        month = wide.columns.to_period("M").to_timestamp()
        how = {"sum": "sum", "mean": "mean", "end": "last"}.get(definition(outcome.measure).over_time, "mean")
        wide = getattr(wide.T.groupby(month), how)().T
        unit = unit.replace(" per week", " per month")
    runs = sampled.study.runs.set_index("run").loc[:, ["point", "scenario", "twin"]]
    asked = runs[(runs["scenario"] == scenario) & ~runs["twin"]]
    whole = wide.reindex(asked.index).groupby(asked["point"])
    values = whole.mean().where(whole.count().eq(whole.size(), axis=0)).reindex(range(len(sampled.x)))
    return values.to_numpy(dtype=np.float64), list(values.columns), unit


def kept_by_week(sampled: CompletedSweep, outcomes: Sequence[OutcomeOf]) -> list[OutcomeOf]:
    """Return those of the outcomes that studies keep by week."""
    first = next(sampled.study.parts("weekly", point=[0])).to_pandas()
    kept = set(zip(first["measure"].astype(str), first["name"].astype(str), strict=True))
    return [outcome for outcome in outcomes if outcome.key in kept]


def _weekly(sampled: CompletedSweep, outcome: OutcomeOf) -> pd.DataFrame:
    for level in (ALL,) if outcome.name == ALL else LEVELS:
        weekly = sampled.study.weekly(level, outcome.measure)
        own = weekly[weekly["name"] == outcome.name]
        if len(own):
            return own
    first = next(sampled.study.parts("weekly", point=[0])).to_pandas()
    kept = first["measure"].astype(str) + ("@" + first["name"].astype(str)).where(first["level"] != ALL, "")
    named = kept[first["name"] == outcome.name] if (first["name"] == outcome.name).any() else kept
    raise ScenarioError(f"--over-time: found {show(str(outcome))}; {choices(sorted(set(named)), str(outcome))}")
