"""The one reader of official tables: which cells are counts, of which month, and of whom, by the table of layouts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sim.imports import months, numerals
from sim.imports.layouts import Layout, columns_of
from sim.imports.names import plain, total_of
from sim.imports.numerals import Cell, Empty, Number, NumeralError
from sim.imports.sheets import Formula, Sheet
from sim.imports.table import Month
from sim.scenario.errors import show

_NO_DATE = frozenset(("", "-", "na", "n/a", "nan", "unknown"))
_MOST_ASTRAY = 0.02  # rows whose date is in another month than their own columns say: more is a misreading


class How(NamedTuple):
    """What a user says where a file does not: the mark of decimals, and the order of day and month."""

    decimal: str | None = None
    dates: str | None = None


class Row(NamedTuple):
    """A row of counts.

    Attributes:
        line: Of the file.
        names: Cells that say of whom the counts are, as they are written, by the columns of `Table.names`.
        counts: By month; of an incident, of its month alone.
        place: Latitude and longitude, degrees; None if the table has none, or not here.
    """

    line: int
    names: tuple[str, ...]
    counts: dict[Month, Number]
    place: tuple[float, float] | None = None


@dataclass
class Table:
    """What was read of a sheet, and what was not.

    Attributes:
        sheet: Where it is from.
        layout: Which it has.
        columns: Position of the column of each role.
        names: Positions of the columns that say of whom counts are; the route's first, if there is one.
        rows: All that is counted.
        dropped: Line and reason of each row that is not.
        notes: What else is to be known.
    """

    sheet: Sheet
    layout: Layout
    columns: dict[str, int]
    names: list[int]
    rows: list[Row] = field(default_factory=list)
    dropped: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def name(self, row: Row, role: str) -> str:
        """The cell of a row in a role's column, with plain blanks; empty if there is no such column."""
        position = self.columns.get(role)
        return plain(row.names[self.names.index(position)]) if position in self.names else ""


def read(sheet: Sheet, layout: Layout, how: How) -> Table:
    """The counts of a sheet with a layout, totals among them.

    Raises:
        ScenarioError: If a cell or a column is not understood, or may be understood in several ways; names file,
            line and column.
    """
    table = _table(sheet, layout)
    across = _months_across(table, how) if layout.months_across else {}
    lines = _lines(table)
    counted = [*across] or [
        table.columns[role] for role in ("total", "dead", "missing", "count") if role in table.columns
    ]
    table.names += _other_names(table, lines, {*across, *counted})
    numbers = _numbers(table, lines, counted, how)
    by_row = [] if layout.months_across else _months_by_row(table, lines, how)
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
        table.rows.append(Row(line, names, counts, _place(table, line, cells)))
    if not table.rows:
        raise sheet.error(sheet.line, None, f"found no {layout.measure} below the header; is the download whole?")
    return table


def _table(sheet: Sheet, layout: Layout) -> Table:
    """The roles of the columns; raises if one stands twice, or half of what is counted is missing."""
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
    """The rows without those that are prose; raises for formulas that store no value, and figures of no route."""
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
    """Columns of text that no role has: they may tell rows apart, or hold a total."""
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
    """The counts of each line: one of an incident or of a row of a long table, else one a month."""
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
    return [[_dead_and_missing(table, line, row)] for (line, _), row in zip(lines, rows, strict=True)]


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
    """A column of totals is left out if it is the sum of its months; raises if it is not."""
    sheet = table.sheet
    year = re.search(r"\b(?:19|20)\d\d\b", plain(sheet.header[position]))
    parts = [j for j, c in enumerate(counted) if not year or year[0] in plain(sheet.header[c])]
    for (line, _), row in zip(lines, rows, strict=True):
        total, given = row[k], [row[j] for j in parts if isinstance(row[j], int)]
        summed = sum(given)  # type: ignore[arg-type]
        if isinstance(total, int) and total != summed and (len(given) == len(parts) or total < summed):
            raise sheet.error(line, position, f"found {total:,}, but its months are {summed:,} in all")
    table.notes.append(f"column {plain(sheet.header[position])!r} left out: it is the sum of its months")


def _dead_and_missing(table: Table, line: int, row: list[Number]) -> Number:
    """A stated total, else the dead and the missing together; of those, one that is empty is none."""
    given = [number for number in row if isinstance(number, int)]
    has_total = "total" in table.columns
    parts = [number for number in row[has_total:] if isinstance(number, int)]
    if has_total and isinstance(row[0], int):
        if parts and len(parts) == len(row) - 1 == 2 and sum(parts) != row[0]:
            table.notes.append(f"line {line}: the total, {row[0]:,}, was taken; dead and missing are {sum(parts):,}")
        return row[0]
    return sum(parts) if given else Empty.BLANK


def _months_across(table: Table, how: How) -> dict[int, Month]:
    """The month of each column that has one."""
    sheet = table.sheet
    at = [k for k, name in enumerate(sheet.header) if months.looks_like_month(name) and total_of(plain(name)) is None]
    cells = [sheet.header[k] for k in at]
    readings = [months.read(cell, whole=True) for cell in cells]
    for position, reading in zip(at, readings, strict=True):
        if not reading:
            text = "not understood as a month; allowed: English names or numbers, such as JAN2021 or 2021-01"
            raise sheet.error(sheet.line, position, text)
    orders = months.orders_of(cells, readings, how.dates)
    distinct = [order for order in orders if len({reading[order] for reading in readings}) == len(at)]
    order = _one_order(table, at[0] if at else None, cells, readings, distinct or orders)
    found: dict[int, Month] = {}
    for position, reading in zip(at, readings, strict=True):
        month = reading[order]
        if month in found.values():
            year, number = month
            raise sheet.error(sheet.line, position, f"found {year}-{number:02} a second time; allowed: once a month")
        found[position] = month
    return found


def _one_order(
    table: Table,
    position: int | None,
    cells: Sequence[Any],
    readings: Sequence[months.Reading],
    orders: Sequence[str],
    lines: Sequence[int] = (),
) -> str:
    """The order of day and month, where it makes a difference; raises with the question where it is open."""
    where = [*lines] or [table.sheet.line] * len(cells)
    if not orders:
        odd = [
            next((k for k, reading in enumerate(readings) if order not in reading), len(cells) - 1)
            for order in months.ORDERS
        ]
        shown = " and ".join(f"{show(plain(cells[k]))} (line {where[k]})" for k in dict.fromkeys(odd))
        text = f"found {shown}, whose days and months are in no one order; allowed: one order, as --dates says"
        raise table.sheet.error(where[max(odd)], position, text)
    differing = next((k for k, r in enumerate(readings) if len({r[order] for order in orders}) > 1), None)
    if differing is not None:
        text = f"found {show(plain(cells[differing]))}: which is the day? say --dates day-first or --dates month-first"
        raise table.sheet.error(where[differing], position, text)
    return orders[0]


def _months_by_row(table: Table, lines: Sequence[tuple[int, list[Any]]], how: How) -> list[Month | None]:
    """The month of each line, None where an incident has none."""
    sheet, columns = table.sheet, table.columns
    date, apart = columns.get("date"), "year" in columns and "month" in columns
    beside = [_year_and_month(table, line, cells, date is None) if apart else None for line, cells in lines]
    if date is None:
        return [_needed(table, line, columns["month"], month) for (line, _), month in zip(lines, beside, strict=True)]
    dated = [k for k, (_, cells) in enumerate(lines) if plain(cells[date]).casefold() not in _NO_DATE]
    dated = [k for k in dated if total_of(plain(lines[k][1][date])) is None]
    cells = [lines[k][1][date] for k in dated]
    readings = [months.read(cell, whole=not table.layout.incidents) for cell in cells]
    for k, cell, reading in zip(dated, cells, readings, strict=True):
        if not reading:
            what = (
                "a month such as 2021-08"
                if not table.layout.incidents
                else "a date such as 2021-08-03 or 3 August 2021"
            )
            raise sheet.error(lines[k][0], date, f"found the date {show(plain(cell))}; allowed: {what}")
    orders = months.orders_of(cells, readings, how.dates)
    if len(orders) > 1:
        agreeing = [o for o in orders if all(beside[k] in (None, r[o]) for k, r in zip(dated, readings, strict=True))]
        orders = agreeing if any(beside[k] for k in dated) and agreeing else orders
    order = _one_order(table, date, cells, readings, orders, [lines[k][0] for k in dated])
    found = dict(zip(dated, (reading[order] for reading in readings), strict=True))
    _check_beside(table, lines, found, beside)
    return [_needed(table, line, date, found.get(k, beside[k])) for k, (line, _) in enumerate(lines)]


def _needed(table: Table, line: int, position: int, month: Month | None) -> Month | None:
    if month is None and not table.layout.incidents:
        raise table.sheet.error(line, position, "found no month beside figures; allowed: a month such as 2021-08")
    return month


def _year_and_month(table: Table, line: int, cells: list[Any], strict: bool) -> Month | None:
    """The month that two columns give; None where one is empty. Raises where one must be understood and is not."""
    found = []
    for role, read_cell in (("year", months.year_number), ("month", months.month_number)):
        position = table.columns[role]
        text = plain(cells[position])
        if text.casefold() in _NO_DATE or total_of(text) is not None:
            return None
        number = read_cell(cells[position])
        if number is None and strict:
            what = "a year such as 2021" if role == "year" else "1 to 12, or its English name"
            raise table.sheet.error(line, position, f"found the {role} {show(text)}; allowed: {what}")
        found.append(number)
    return (found[0], found[1]) if None not in found else None  # type: ignore[return-value]


def _check_beside(
    table: Table, lines: Sequence[tuple[int, list[Any]]], found: dict[int, Month], beside: Sequence[Month | None]
) -> None:
    """Dates are held against the columns of year and month beside them; raises if they often disagree."""
    both = [k for k in found if beside[k] is not None]
    astray = [k for k in both if found[k] != beside[k]]
    if not astray:
        return
    first = lines[astray[0]]
    what = f"the date {show(plain(first[1][table.columns['date']]))} is not in the month that its row names beside it"
    if len(astray) > _MOST_ASTRAY * len(both):
        raise table.sheet.error(first[0], table.columns["date"], f"{what}; so in {len(astray)} of {len(both)} rows")
    table.notes.append(f"line {first[0]}: {what}; so in {len(astray)} rows, whose dates were taken")


_DEGREES = r"([-+]?\d{1,3}(?:\.\d+)?)"
_POINT = re.compile(rf"\(?{_DEGREES}(?: ?[,;] ?| ){_DEGREES}\)?", re.ASCII)
_WKT = re.compile(rf"point ?\({_DEGREES} {_DEGREES}\)", re.ASCII | re.IGNORECASE)  # longitude first


def _place(table: Table, line: int, cells: list[Any]) -> tuple[float, float] | None:
    """Latitude and longitude; raises for what is neither empty nor understood."""
    columns = table.columns
    if "coordinates" in columns:
        position = columns["coordinates"]
        text = plain(cells[position])
        point, wkt = _POINT.fullmatch(text), _WKT.fullmatch(text)
        found = (point[1], point[2]) if point else (wkt[2], wkt[1]) if wkt else None
    elif "latitude" in columns and "longitude" in columns:
        position = columns["latitude"]
        apart = [plain(cells[columns[role]]).replace(",", ".") for role in ("latitude", "longitude")]
        text = ", ".join(apart) if any(apart) else ""
        found = (apart[0], apart[1]) if all(re.fullmatch(_DEGREES, part, re.ASCII) for part in apart) else None
    else:
        return None
    place = (float(found[0]), float(found[1])) if found else None
    if place and abs(place[0]) <= 90 and abs(place[1]) <= 180:
        return place
    if text.casefold() not in _NO_DATE:
        table.notes.append(f"line {line}: found the place {show(text)}, which is no latitude and longitude in degrees")
    return None
