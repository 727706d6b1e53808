"""The report's section on what limits the flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

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
from sim.report.tables import Cell, Line, Table
from sim.studies.limits.limits import Limits, binding
from sim.studies.limits.observed import TITLES

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
    binds, lines = binding(limits, scenario, route), []
    for step, persons, lost, easier in step_rows(limits, scenario, route):
        cells = [Cell(_NONE)] * 4
        if easier is not None:
            gains = [_gain(easier, name) for name in ("boarded", "entered")]
            cells = [Cell(str(easier["easier"])), *gains, Cell(value_is(easier))]
        change = Cell(_NONE if lost is None else signed(lost))
        note = "binds" if step in binds else ""
        lines.append(Line(TITLES[step], note, [Cell(f"{persons:,.0f}"), change, *cells], step in binds))
    return Table(title_of_steps(limits, scenario, route), "", list(STEPS_COLUMNS), lines, "differences")


def _gain(row: pd.Series, name: str) -> Cell:
    low, middle, high = (signed(float(row[key])) for key in (f"{name}_low", name, f"{name}_high"))
    return Cell(middle, "" if low == high else f"{low} to {high}")


def _differences(limits: Limits, base: str, other: str, route: str) -> Table:
    rows = difference_rows(limits, base, other, route)
    lines = []
    for row in rows.itertuples():
        numbers = f"{row.base:,.0f}", f"{row.other:,.0f}", signed(row.difference), signed(row.contribution)
        lines.append(Line(TITLES[str(row.step)], "", [Cell(number) for number in numbers]))
    total = Cell(signed(float(rows["contribution"].sum())))
    lines.append(Line("sum", "", [Cell(_NONE), Cell(_NONE), Cell(_NONE), total], True))
    columns = ["step", base, other, "difference", "contribution"]
    return Table(title_of_differences(limits, base, other, route), CONTRIBUTION, columns, lines, "differences")
