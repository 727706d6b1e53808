"""Terminal tables of what limits the flow."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from sim.data.plain_text import visible
from sim.report.console import EMPTY
from sim.report.console_table import Cell, ConsoleTable
from sim.report.limits.rows import (
    CAPTION,
    CONTRIBUTION,
    EASIER,
    STEPS_COLUMNS,
    Gain,
    difference_rows,
    step_rows,
    title_of_differences,
    title_of_steps,
    told,
)
from sim.report.limits.sentences import sentences
from sim.studies.limits.limits import Limits


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
    table = ConsoleTable(
        title_of_steps(limits, scenario, route), "", STEPS_COLUMNS,
        ("persons", "aboard", "in", "a tenth easier", "lost here", "value is"),
    )  # fmt: skip
    for step in step_rows(limits, scenario, route):
        cells: list[Cell] = [EMPTY] * 4
        if step.easier is not None:
            cells = [step.easier.what, *map(_gain, step.easier.gains), step.easier.value_is]
        name = f"{step.title} (binds)" if step.binds else step.title
        table.add_row(name, step.persons, step.lost or EMPTY, *cells, style="bold" if step.binds else "")
    return table


def difference_table(limits: Limits, base: str, other: str, route: str) -> ConsoleTable:
    """Return what each step contributes to the difference of two scenarios, on a route or ("all") on all of them."""
    table = ConsoleTable(
        title_of_differences(limits, base, other, route), CONTRIBUTION,
        ("step", base, other, "difference", "contribution"), ("difference", "contribution", base, other),
    )  # fmt: skip
    rows, total = difference_rows(limits, base, other, route)
    for row in rows:
        table.add_row(*row)
    table.end_section()
    table.add_row("sum", EMPTY, EMPTY, EMPTY, total, style="bold")
    return table


def _gain(gain: Gain) -> Cell:
    middle, low, high = gain
    if low == high:
        return middle
    return f"{middle} ({low} … {high})", f"{middle}\n({low} … {high})", middle
