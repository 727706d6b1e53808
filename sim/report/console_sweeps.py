"""Terminal tables of sweeps and their analyses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console

from sim.outputs.rounding import shown
from sim.report.console import EMPTY
from sim.report.console_table import ConsoleTable

INDICES = {
    "sobol": (
        "Sobol' indices",
        "first: share of the variance that goes if the parameter is known; total: that stays if all others are known; "
        "90 % intervals by bootstrap",
    ),
    "pairs": ("Pairs: second-order indices", "share of the variance of two together, beyond each alone"),
    "morris": (
        "Morris screening",
        "effect: mean size of the change over the parameter's whole range, with its 90 % interval; a spread beside it "
        "tells of a bent response, or of others that matter with it",
    ),
    "prcc": (
        "Partial rank correlation",
        "-1 to 1, the other parameters held; 90 % intervals; · where the others say all that there is to say",
    ),
    "tornado": (
        "Tornado",
        "the outcome where the parameter is low and where it is high: one at a time, or the means of the fifths of the "
        "points where it is lowest and highest; centre: all at their centre, or the mean of all points",
    ),
    "along": ("Along the parameter", "x: its value; over the runs of each level"),
}
_ORDER = {"sobol": "total", "pairs": "second", "morris": "effect", "prcc": "prcc", "tornado": "swing"}
MOST_ROWS = 20


def show_sensitivity(tables: Mapping[str, pd.DataFrame], console: Console) -> None:
    """Print the tables of a sensitivity analysis, the strongest parameters first."""
    for name, table in tables.items():
        title, caption = INDICES[name]
        for (scenario, outcome), part in table.groupby(["scenario", "outcome"], sort=False):
            order = part.index
            if name in _ORDER:
                order = part[_ORDER[name]].abs().sort_values(ascending=False, kind="stable").index
            rows = part.loc[order].drop(columns=["scenario", "outcome", "unit"])[:MOST_ROWS]
            unit = str(part["unit"].iloc[0])
            show_frame(rows, f"{title}: {outcome} ({unit}), {scenario}", caption, console)


def show_frame(frame: pd.DataFrame, title: str, caption: str, console: Console) -> None:
    """Print a table, with numbers to three significant digits, or whole if large."""
    console.print(_table(frame, title, caption))


def show_outcomes(frame: pd.DataFrame, outcomes: Sequence[str], units: Mapping[str, str], console: Console) -> None:
    """Print the distribution of a sweep's outcomes over its runs."""
    rows = []
    for scenario, part in frame.groupby("scenario", sort=False):
        for outcome in outcomes:
            values = part[outcome].to_numpy(dtype=float)
            known = values[~np.isnan(values)]
            cells = np.quantile(known, [0, 0.05, 0.5, 0.95, 1]) if len(known) else np.full(5, np.nan)
            rows.append((scenario, outcome, *cells, units.get(outcome, ""), len(known)))
    columns = ["scenario", "outcome", "lowest", "5 %", "median", "95 %", "highest", "unit", "runs"]
    table = pd.DataFrame(rows, columns=columns)
    if table["scenario"].nunique() == 1:
        table = table.drop(columns="scenario")
    show_frame(
        table, "Over all runs", "the design's points, not probabilities, unless it samples distributions", console
    )


def show_discovery(
    boxes: pd.DataFrame, limits: pd.DataFrame, what: str, share: float, runs: int, console: Console
) -> None:
    """Print boxes and their limits."""
    title = f"Where {what}: {share:.0%} of {runs:,} runs"
    caption = (
        "density: share of the runs in the box that are such; coverage: share of all such runs that lie in it; "
        "mass: share of all runs"
    )
    show_frame(boxes.drop(columns="where"), title, caption, console)
    if limits.empty:
        return
    ends = {side: limits[side].astype(float) for side in ("low", "high")}
    shown = limits.assign(**{side: values.where(np.isfinite(values)) for side, values in ends.items()})
    show_frame(shown, "Limits", "p: probability of so dense a box by chance, had the limit done nothing", console)


def show_decision(tables: Mapping[str, pd.DataFrame], wanted: float, console: Console) -> None:
    """Print a decision table."""
    for objective, part in tables["regret"].groupby("objective", sort=False):
        unit = str(part["unit"].iloc[0])
        caption = "regret: how much worse than the best response at the same point: mean, exceeded in a tenth, highest"
        rows = part.drop(columns=["objective", "unit"]).rename(columns={"regret_high": "regret 90 %"})
        show_frame(rows, f"{objective} ({unit})", caption, console)
    robust = tables["robust"].sort_values(["regret", "satisfied"], ascending=[True, False], kind="stable")
    caption = (
        f"satisfied: share of the points in which all objectives are; enough: in {wanted:.0%} or more; regret: "
        "exceeded in a tenth of the points, as a share of its objective's highest; the highest of all objectives"
    )
    show_frame(robust, "Robust responses", caption, console)
    if "whichever" in tables:
        whichever = tables["whichever"].sort_values("satisfied", ascending=False, kind="stable")
        caption = (
            "a way: a value, or half of the range, of a parameter that says how they answer; satisfied: of all "
            f"objectives, in the way that is worst for the response; holds: {wanted:.0%} or more; worst: mean in the "
            "worst way; best in: the share of the ways in which its mean is the best of all responses"
        )
        show_frame(whichever, "Whichever way they answer", caption, console)
    order = tables["knowledge"].sort_values(["objective", "evppi"], ascending=[True, False], kind="stable")
    caption = (
        "evppi: how much better the choice would be if the parameter were known beforehand, in the objective's unit; "
        "by chance: what a shuffled parameter seems worth in a twentieth of cases; share: of knowing all (evpi)"
    )
    show_frame(order, "Value of information", caption, console)


def threshold_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return a row per place: the level at which each probability is exceeded, with its interval, as text."""
    rows = []
    for name, part in table.groupby("name", sort=False):
        cells = {f"{row.probability:.0%}": _level(row) for row in part.itertuples()}
        rows.append({"name": name, **cells, "tip back": f"{part['reversals'].iloc[0]:.0%}"})
    return pd.DataFrame(rows)


def show_threshold(table: pd.DataFrame, console: Console, title: str, label: str, unit: str, replicates: int) -> None:
    """Print the tipping points of each place."""
    caption = (
        f"{label} ({unit}) at which the probability of overload passes so much, with its 90 % interval; {replicates} "
        "replicates, the same at all levels; tip back: share of them that are overloaded at a level and not at a higher"
    )
    show_frame(threshold_rows(table), title, caption, console)


def _level(row: Any) -> str:
    low, high = ("…" if not np.isfinite(end) else f"{end:.3g}" for end in (row.low, row.high))
    if np.isnan(row.level):
        return str(row.state)
    return f"{row.level:.3g} ({low} to {high})"


def text_of(value: Any) -> str:
    """Return a value as a table shows it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, date) and not pd.isna(value):
        return f"{value:%Y-%m-%d}"
    try:
        number = float(value)
    except (TypeError, ValueError):
        return EMPTY if pd.isna(value) is True else str(value)
    if np.isnan(number):
        return EMPTY
    if isinstance(value, (int, np.integer)) or abs(number) >= 100:
        return shown(number, exact=True)
    return f"{number:.3g}".replace("-", "−")


def _table(frame: pd.DataFrame, title: str, caption: str) -> ConsoleTable:
    table = ConsoleTable(title, caption, [str(column).replace("_", " ") for column in frame.columns])
    for row in frame.itertuples(index=False):
        table.add_row(*(text_of(value) for value in row))
    return table
