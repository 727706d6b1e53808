"""Terminal tables of what limits the flow."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from rich.console import Console

from sim.data.plain_text import visible
from sim.report.console import EMPTY
from sim.report.console_table import Cell, ConsoleTable
from sim.report.limits.rows import (
    CAPTION,
    CONTRIBUTION,
    EASIER,
    STEPS_COLUMNS,
    difference_rows,
    signed,
    step_rows,
    title_of_differences,
    title_of_steps,
    told,
    value_is,
)
from sim.report.limits.sentences import sentences
from sim.studies.limits.limits import Limits, binding
from sim.studies.limits.observed import TITLES


def show_limits(limits: Limits, console: Console, pairs: Sequence[tuple[str, str]] = ()) -> None:
    """Print the steps by route, and what each contributes to differences of ``pairs``: those that `told` names."""
    shown, differing = told(limits, pairs)
    for scenario, route in shown:
        console.print(steps_table(limits, scenario, route))
        for line in sentences(limits, scenario, route):
            console.print(visible(line), highlight=False, markup=False, soft_wrap=True)
        console.print()
    for base, other, route in differing:
        console.print(difference_table(limits, base, other, route))
    for note in (CAPTION, EASIER):
        console.print(visible(note), highlight=False, markup=False, style="dim")


def steps_table(limits: Limits, scenario: str, route: str) -> ConsoleTable:
    """Return a route's steps, with what a tenth more at each brings."""
    binds = binding(limits, scenario, route)
    table = ConsoleTable(
        title_of_steps(limits, scenario, route), "", STEPS_COLUMNS,
        ("persons", "aboard", "in", "a tenth easier", "lost here", "value is"),
    )  # fmt: skip
    for step, persons, lost, easier in step_rows(limits, scenario, route):
        cells: list[Cell] = [EMPTY] * 4
        if easier is not None:
            gains: list[Cell] = [_gain(easier, name, limits) for name in ("boarded", "entered")]
            cells = [str(easier["easier"]), *gains, value_is(easier)]
        name = f"{TITLES[step]} (binds)" if step in binds else TITLES[step]
        change = EMPTY if lost is None else signed(lost)
        table.add_row(name, f"{persons:,.0f}", change, *cells, style="bold" if step in binds else "")
    return table


def difference_table(limits: Limits, base: str, other: str, route: str) -> ConsoleTable:
    """Return what each step contributes to the difference of two scenarios, on a route or ("all") on all of them."""
    table = ConsoleTable(
        title_of_differences(limits, base, other, route), CONTRIBUTION,
        ("step", base, other, "difference", "contribution"), ("difference", "contribution", base, other),
    )  # fmt: skip
    rows = difference_rows(limits, base, other, route)
    for row in rows.itertuples():
        numbers = f"{row.base:,.0f}", f"{row.other:,.0f}", signed(row.difference), signed(row.contribution)
        table.add_row(TITLES[str(row.step)], *numbers)
    table.end_section()
    table.add_row("sum", EMPTY, EMPTY, EMPTY, signed(float(rows["contribution"].sum())), style="bold")
    return table


def _gain(row: pd.Series, name: str, limits: Limits) -> Cell:
    low, middle, high = (signed(float(row[key])) for key in (f"{name}_low", name, f"{name}_high"))
    if limits.replicates == 1 or low == high:
        return middle
    return f"{middle} ({low} … {high})", f"{middle}\n({low} … {high})", middle
