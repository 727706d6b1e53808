"""The report's section on what limits the flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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
from sim.report.tables import Cell, Line, Table
from sim.studies.limits.limits import Limits

_NONE = "·"


class Section(NamedTuple):
    """What the section has: sentences and a table for each scenario and route, tables of differences, and notes."""

    steps: list[tuple[list[str], Table]]
    differences: list[Table]
    notes: list[str]


def section(limits: Limits, pairs: Sequence[tuple[str, str]]) -> Section:
    """Return the section, for the routes that `told` names."""
    shown, differing = told(limits, pairs)
    steps = [(sentences(limits, *one), _steps(limits, *one)) for one in shown]
    return Section(steps, [_differences(limits, *one) for one in differing], [CAPTION, EASIER])


def _steps(limits: Limits, scenario: str, route: str) -> Table:
    lines = []
    for step in step_rows(limits, scenario, route):
        cells = [Cell(_NONE)] * 4
        if step.easier is not None:
            cells = [Cell(step.easier.what), *map(_gain, step.easier.gains), Cell(step.easier.value_is)]
        numbers = [Cell(step.persons), Cell(step.lost or _NONE)]
        lines.append(Line(step.title, "binds" if step.binds else "", [*numbers, *cells], step.binds))
    return Table(title_of_steps(limits, scenario, route), "", list(STEPS_COLUMNS), lines, "differences")


def _gain(gain: Gain) -> Cell:
    return Cell(gain.middle, "" if gain.low == gain.high else f"{gain.low} to {gain.high}")


def _differences(limits: Limits, base: str, other: str, route: str) -> Table:
    rows, total = difference_rows(limits, base, other, route)
    lines = [Line(title, "", [Cell(number) for number in numbers]) for title, *numbers in rows]
    lines.append(Line("sum", "", [Cell(_NONE), Cell(_NONE), Cell(_NONE), Cell(total)], True))
    columns = ["step", base, other, "difference", "contribution"]
    return Table(title_of_differences(limits, base, other, route), CONTRIBUTION, columns, lines, "differences")
