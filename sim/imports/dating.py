"""Dating of an official table: the month of each column or row; all dates have one order of day and month."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from sim.imports import months
from sim.imports.months import Month
from sim.imports.names import plain, total_of
from sim.imports.table import How, Table
from sim.scenario.errors import show

NO_DATE = frozenset(("", "-", "na", "n/a", "nan", "unknown"))
_MOST_YEARS = 5  # between two incidents that follow each other: more is a misprint


def months_across(table: Table, how: How) -> dict[int, Month]:
    """Return the month of each column that has one."""
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
    """Return the order of day and month, where it makes a difference; raises with the question where it is open."""
    where = [*lines] or [table.sheet.line] * len(cells)
    if not orders:
        odd = [
            next((k for k, reading in enumerate(readings) if order not in reading), len(cells) - 1)
            for order in months.ORDERS
        ]
        shown = " and ".join(f"{show(plain(cells[k]))} (line {where[k]})" for k in dict.fromkeys(odd))
        text = f"found {shown}, whose days and months are in no one order; one is allowed, and no text beside dates"
        raise table.sheet.error(where[max(odd)], position, text)
    differing = next((k for k, r in enumerate(readings) if len({r[order] for order in orders}) > 1), None)
    if differing is not None:
        text = f"found {show(plain(cells[differing]))}: which is the day? say --dates day-first or --dates month-first"
        raise table.sheet.error(where[differing], position, text)
    return orders[0]


def months_by_row(table: Table, lines: Sequence[tuple[int, list[Any]]], how: How) -> list[Month | None]:
    """Return the month of each line, None where an incident has none."""
    sheet, columns = table.sheet, table.columns
    date, apart = columns.get("date"), "year" in columns and "month" in columns
    beside = [_year_and_month(table, line, cells, date is None) if apart else None for line, cells in lines]
    if date is None:
        return [_needed(table, line, columns["month"], month) for (line, _), month in zip(lines, beside, strict=True)]
    dated = [k for k, (_, cells) in enumerate(lines) if plain(cells[date]).casefold() not in NO_DATE]
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
    """Return the month in two columns, None if one is empty; raises if one is required but not understood."""
    found = []
    for role, read_cell in (("year", months.year_number), ("month", months.month_number)):
        position = table.columns[role]
        text = plain(cells[position])
        if text.casefold() in NO_DATE or total_of(text) is not None:
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
    """Compare dates with the columns of year and month beside them; raises if they often disagree."""
    both = [k for k in found if beside[k] is not None]
    astray = [k for k in both if found[k] != beside[k]]
    if not astray:
        return
    first = lines[astray[0]]
    what = f"the date {show(plain(first[1][table.columns['date']]))} is not in the month that its row names beside it"
    table.refuse_many(first[0], table.columns["date"], what, len(astray), len(both))
    table.notes.append(f"line {first[0]}: {what}; so in {len(astray)} rows, whose dates were taken")


def check_gaps(table: Table) -> None:
    """Raise if a misprinted year in a list of incidents would create years without any."""
    if table.layout.incidents:
        ordered = sorted((month, row.line) for row in table.rows for month in row.counts)
        for (before, _), (after, line) in pairwise(ordered):
            if after[0] - before[0] > _MOST_YEARS:
                text = f"found the year {after[0]}, but no other after {before[0]}; mend or delete what is misdated"
                raise table.sheet.error(line, None, text)
