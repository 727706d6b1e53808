"""The reader of official tables: identifies counts, their months and groups, by the table of layouts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sim.imports import numerals
from sim.imports.dating import check_gaps, months_across, months_by_row
from sim.imports.layouts import Layout, columns_of
from sim.imports.names import plain, total_of
from sim.imports.numerals import Cell, Empty, Number, NumeralError
from sim.imports.places import place_of
from sim.imports.sheets import Formula, Sheet
from sim.imports.table import How, Row, Table
from sim.scenario.errors import show


def read(sheet: Sheet, layout: Layout, how: How) -> Table:
    """Return the counts of a sheet with a layout, totals among them.

    Raises:
        ScenarioError: If a cell or a column is not understood, or may be understood in several ways; names file,
            line and column.
    """
    table = _table(sheet, layout)
    across = months_across(table, how) if layout.months_across else {}
    lines = _lines(table)
    counted = [*across] or [
        table.columns[role] for role in ("total", "dead", "missing", "count") if role in table.columns
    ]
    table.names += _other_names(table, lines, {*across, *counted})
    numbers = _numbers(table, lines, counted, how)
    by_row = [] if layout.months_across else months_by_row(table, lines, how)
    for k, (line, cells) in enumerate(lines):
        names = tuple("" if cells[c] is None else str(cells[c]) for c in table.names)
        if layout.months_across:
            counts = dict(zip(across.values(), numbers[k], strict=True))
        elif by_row[k] is None:
            what = f"; {numbers[k][0]:,} in it" if isinstance(numbers[k][0], int) else ""
            table.dropped.append((line, f"no date{what}"))
            continue
        else:
            counts = {by_row[k]: numbers[k][0]}  # type: ignore[dict-item]
        table.rows.append(Row(line, names, counts, place_of(table, line, cells)))
    check_gaps(table)
    if not table.rows:
        raise sheet.error(sheet.line, None, f"found no {layout.measure} below the header; is the download whole?")
    return table


def _table(sheet: Sheet, layout: Layout) -> Table:
    """Return the roles of the columns; raises if one stands twice, or half of what is counted is missing."""
    found = columns_of(layout, sheet.header)
    months_of_header = found.pop("months", [])
    for role, positions in found.items():
        if len(positions) > 1:
            raise sheet.error(sheet.line, positions[1], f"found two columns of this name; allowed: one {role}")
    columns = {role: positions[0] for role, positions in found.items() if positions[0] not in months_of_header}
    if "total" not in columns and ("dead" in columns) != ("missing" in columns):
        lacking = "missing" if "dead" in columns else "dead"
        needed = "'Total Number of Dead and Missing', or one of the dead and one of the missing"
        raise sheet.error(sheet.line, None, f"found no column of the {lacking}; needed: {needed}")
    if "month" in columns and "year" in columns and columns.get("date") == columns["month"]:
        del columns["date"]
    names = [columns[role] for role in ("route", "border", "nationality", "identity") if role in columns]
    table = Table(sheet, layout, columns, names, notes=[*sheet.notes])
    for position, cell in enumerate(sheet.header):
        if isinstance(cell, Formula):
            raise sheet.error(sheet.line, position, "found a formula without a stored value; save the file anew")
    return table


def _lines(table: Table) -> list[tuple[int, list[Any]]]:
    """Return rows without prose; raises for formulas without a stored value, and for figures without a route."""
    sheet, lines = table.sheet, []
    for line, cells in sheet.rows:
        for position, cell in enumerate(cells):
            if isinstance(cell, Formula):
                what = f"found the formula {show(cell.text)} without a stored value"
                raise sheet.error(line, position, f"{what}; open the file in a spreadsheet and save it")
        filled = [cell for cell in cells if plain(cell)]
        if len(filled) == 1 and not numerals.is_like_number(filled[0]):
            table.dropped.append((line, f"a note, not a row: {show(plain(filled[0])[:40])}"))
        elif not table.layout.incidents and not plain(cells[table.columns["route"]]):
            raise sheet.error(line, table.columns["route"], "found no route beside figures; fill it in, row by row")
        else:
            lines.append((line, cells))
    return lines


def _other_names(table: Table, lines: Sequence[tuple[int, list[Any]]], used: set[int]) -> list[int]:
    """Return columns of text that no role has: they may tell rows apart, or hold a total."""
    if table.layout.incidents:
        return []
    others = []
    for position, name in enumerate(table.sheet.header):
        if position in used or position in table.columns.values() or total_of(plain(name)) is not None:
            continue
        number = next((line for line, cells in lines if numerals.is_like_number(cells[position])), None)
        if number is None:
            others.append(position)
        elif table.layout.months_across:
            text = "found figures in a column that is no month; allowed: months in English, such as JAN2021 or 2021-01"
            raise table.sheet.error(number, position, text)
    return others


def _numbers(
    table: Table, lines: Sequence[tuple[int, list[Any]]], counted: Sequence[int], how: How
) -> list[list[Number]]:
    """Return the counts of each line: one of an incident or of a row of a long table, else one a month."""
    sheet = table.sheet
    totals = [k for k, name in enumerate(sheet.header) if table.layout.months_across and _is_sum(name, k, counted)]
    wanted = [*counted, *totals]
    cells = [Cell(line, plain(sheet.header[k]), row[k]) for line, row in lines for k in wanted]
    try:
        flat = numerals.read(cells, how.decimal)
    except NumeralError as error:
        position = next(k for k in wanted if plain(sheet.header[k]) == error.cell.column)
        raise sheet.error(error.cell.line, position, error.text) from None
    rows = [flat[at : at + len(wanted)] for at in range(0, len(flat), len(wanted))]
    if table.layout.months_across:
        for k, position in enumerate(totals, len(counted)):
            _check_sum(table, lines, rows, k, position, counted)
        return [row[: len(counted)] for row in rows]
    if not table.layout.incidents:
        return rows
    _check_parts(table, lines, rows)
    return [[_dead_and_missing(table, row)] for row in rows]


def _is_sum(name: Any, position: int, counted: Sequence[int]) -> bool:
    return position not in counted and total_of(plain(name)) is not None


def _check_sum(
    table: Table,
    lines: Sequence[tuple[int, list[Any]]],
    rows: Sequence[list[Number]],
    k: int,
    position: int,
    counted: Sequence[int],
) -> None:
    """Leave out a column of totals if it is the sum of its months; raises if it is not."""
    sheet = table.sheet
    year = re.search(r"\b(?:19|20)\d\d\b", plain(sheet.header[position]))
    parts = [j for j, c in enumerate(counted) if not year or year[0] in plain(sheet.header[c])]
    for (line, _), row in zip(lines, rows, strict=True):
        total, given = row[k], [row[j] for j in parts if isinstance(row[j], int)]
        summed = sum(given)  # type: ignore[arg-type]
        if isinstance(total, int) and total != summed and (len(given) == len(parts) or total < summed):
            raise sheet.error(line, position, f"found {total:,}, but its months are {summed:,} in all")
    table.notes.append(f"column {plain(sheet.header[position])!r} left out: it is the sum of its months")


def _dead_and_missing(table: Table, row: list[Number]) -> Number:
    """Return a stated total, else the dead and the missing together; of those, one that is empty is none."""
    if "total" in table.columns and isinstance(row[0], int):
        return row[0]
    given = [number for number in row if isinstance(number, int)]
    return sum(given) if given else Empty.BLANK


def _check_parts(table: Table, lines: Sequence[tuple[int, list[Any]]], rows: Sequence[list[Number]]) -> None:
    """Compare totals with the dead and the missing beside them; raises if they often disagree."""
    if not {"total", "dead", "missing"} <= set(table.columns):
        return
    whole = [k for k, row in enumerate(rows) if all(isinstance(number, int) for number in row)]
    astray = [k for k in whole if rows[k][0] != rows[k][1] + rows[k][2]]  # type: ignore[operator]
    if not astray:
        return
    total, dead, missing = rows[astray[0]]
    what = f"the total is {total}, but {dead} dead and {missing} missing are beside it"
    table.refuse_many(lines[astray[0]][0], table.columns["total"], what, len(astray), len(whole))
    table.notes.append(f"line {lines[astray[0]][0]}: {what}; so in {len(astray)} rows, whose totals were taken")
