"""The figures of a sensitivity analysis: tornado, indices, interactions, and curves along a single parameter."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from sim.outputs.folder import ANALYSIS
from sim.report import sweep_figures as figures
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.designs import ONE, SAMPLED
from sim.sweeps.outcomes import OutcomeOf
from sim.sweeps.sensitivity import factor_named, grid_of, strongest


def draw_sensitivity(folder: Path, sampled: CompletedSweep, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Draw what a sensitivity analysis found, into the folder of analyses; return the figures' names."""
    note = "one at a time, the others at their centre; small: the parameter's value"
    if sampled.experiment["design"] != ONE:
        note = "means of the fifths of points with the parameter low, high; small: its mean there"
    written = []
    several = len(sampled.study.names) > 1
    for (scenario, outcome), part in tables["tornado"].groupby(["scenario", "outcome"], sort=False):
        stem = f"{outcome}-{scenario}" if several else str(outcome)
        stem, unit = stem_of(stem), str(part["unit"].iloc[0])
        drawn = {f"tornado-{stem}": figures.tornado(part, str(outcome), unit, note)} if len(part) > 1 else {}
        own = {name: t[(t["scenario"] == scenario) & (t["outcome"] == outcome)] for name, t in tables.items()}
        if "sobol" in own and own["sobol"]["total"].notna().any():
            drawn[f"sobol-{stem}"] = figures.shares(own["sobol"], str(outcome))
        if "morris" in own:
            drawn[f"morris-{stem}"] = figures.screening(own["morris"], str(outcome), unit)
        two = strongest(tables, str(outcome), str(scenario))
        if len(two) == 2 and sampled.experiment["design"] in (*SAMPLED, "grid"):
            columns = [factor_named(sampled, label)[0] for label in two]
            values = sampled.y(OutcomeOf.parse(str(outcome)), str(scenario))
            grid, *edges = grid_of(sampled.x[:, columns], values, 8 if len(values) > 500 else 5)
            if min(grid.shape) > 1:
                drawn[f"interactions-{stem}"] = figures.interaction(
                    grid, edges, two, str(outcome), unit, own.get("pairs")
                )
        written += [figures.save(figure, folder / ANALYSIS / f"{name}.png").name for name, figure in drawn.items()]
    return written + _draw_along(folder, sampled, tables)


def _draw_along(folder: Path, sampled: CompletedSweep, tables: dict[str, pd.DataFrame]) -> list[str]:
    """Draw outcomes along the only parameter, a figure per output."""
    if "along" not in tables:
        return []
    table, factor, written = tables["along"], sampled.factors[0], []
    measures = table["outcome"].str.partition("@")[0]
    several = len(sampled.study.names) > 1
    for measure, own in table.groupby(measures, sort=False):
        lines = {
            str(outcome if not several else f"{outcome}, {scenario}"): part
            for (outcome, scenario), part in own.groupby(["outcome", "scenario"], sort=False)
        }
        unit = str(own["unit"].iloc[0])
        figure = figures.curves(lines, sampled.label(factor), factor.unit, str(measure), unit)
        written.append(figures.save(figure, folder / ANALYSIS / f"along-{stem_of(str(measure))}.png").name)
    return written


def draw_over_time(folder: Path, table: pd.DataFrame) -> list[str]:
    """Draw indices by week or month, a figure per scenario and outcome; return the figures' names."""
    if table.empty:
        return []
    written = []
    for (scenario, outcome), part in table.groupby(["scenario", "outcome"], sort=False):
        stem = stem_of(f"over-time-{outcome}" + (f"-{scenario}" if table["scenario"].nunique() > 1 else ""))
        figure = figures.over_time(part, str(outcome), str(part["unit"].iloc[0]))
        written.append(figures.save(figure, folder / ANALYSIS / f"{stem}.png").name)
    return written


def stem_of(outcome: str) -> str:
    """Return the name of a file for an outcome's figures."""
    return re.sub(r"[^\w.]+", "-", outcome.replace("@", "-at-")).strip("-")
