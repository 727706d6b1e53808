"""Frontex's monthly detections of illegal border-crossing, by route and nationality.

The workbook has a row a route, type of border and nationality, and a column a month, headed by a date or by text
such as `JAN2009`. Exports to CSV may be long instead: a row a month, with a column for the count. Detections are
not persons, and hold few of those who were turned back at the border.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from typing import Any

from sim.imports.sheets import Sheet, problem
from sim.imports.table import Count, Month
from sim.scenario.errors import show

MEASURE = "detections"
_ROUTE, _NATIONALITY = ("Route", "Routes"), ("Nationality", "Nationality of detected", "Citizenship", "NationalityLong")
_MONTH, _COUNT = ("Month", "Date", "Reporting month"), ("Detections", "Count", "Value", "Number", "detections_total")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(r"([a-z]{3})[a-z]*[ \-_./']*((?:19|20)?\d\d)", re.ASCII)
_NUMBERED = re.compile(r"((?:19|20)\d\d)[ \-_./]?m?(\d\d?)(?:[-./]\d\d?)?(?:[ t].*)?", re.ASCII)


def is_ours(sheet: Sheet) -> bool:
    """Whether a table has routes and months."""
    if sheet.column(*_ROUTE) is None:
        return False
    long = sheet.column(*_MONTH) is not None and sheet.column(*_COUNT) is not None
    return long or sum(month_of(name) is not None for name in sheet.header) >= 1


def read(sheet: Sheet) -> list[Count]:
    """The counts of a table; raises ScenarioError that names the line."""
    route, nationality = sheet.column(*_ROUTE), sheet.column(*_NATIONALITY)
    months = {k: month for k, name in enumerate(sheet.header) if (month := month_of(name)) is not None}
    counts = []
    for line, cells in sheet.rows:
        name = _text(cells, route)
        if not name or name.casefold() in ("total", "grand total"):
            continue
        who = _text(cells, nationality)
        pairs = [(month, cells[k] if k < len(cells) else None) for k, month in months.items()]
        pairs = pairs or [_long(sheet, line, cells)]
        for month, cell in pairs:
            value = number_of(cell, sheet, line)
            counts.append(Count(month, value, MEASURE, name, who))
    if not counts:
        raise problem(sheet.file, 0, f"sheet {sheet.name}: found no counts below the header")
    return counts


def month_of(name: Any) -> Month | None:
    """The month that a header or cell stands for; None for anything else."""
    if isinstance(name, (date, datetime)):
        return name.year, name.month
    text = str(name).strip().casefold()
    found = _NAMED.fullmatch(text)
    if found and found[1] in _MONTHS:
        year = int(found[2])
        return (year if year > 99 else 2000 + year), _MONTHS.index(found[1]) + 1
    found = _NUMBERED.fullmatch(text)
    if found and 1 <= int(found[2]) <= 12:
        return int(found[1]), int(found[2])
    return None


def number_of(cell: Any, sheet: Sheet, line: int) -> float:
    """A count of 0 or more; nothing counts as 0. Raises ScenarioError for anything else."""
    text = "" if cell is None else str(cell).strip().replace(",", "").replace("\u00a0", "").replace(" ", "")
    if text in ("", "-", "–"):
        return 0.0
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (math.isfinite(value) and value >= 0):
        raise problem(sheet.file, line, f"sheet {sheet.name}: found {show(cell)}; allowed: a count, 0 or more")
    return value


def _long(sheet: Sheet, line: int, cells: list[Any]) -> tuple[Month, Any]:
    at, count = sheet.column(*_MONTH), sheet.column(*_COUNT)
    cell = cells[at] if at is not None and at < len(cells) else None
    month = month_of(cell)
    if month is None:
        raise problem(sheet.file, line, f"sheet {sheet.name}: found the month {show(cell)}; allowed: such as 2021-08")
    return month, cells[count] if count is not None and count < len(cells) else None


def _text(cells: list[Any], column: int | None) -> str:
    cell = cells[column] if column is not None and column < len(cells) else None
    return "" if cell is None else str(cell).strip()
