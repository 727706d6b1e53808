"""IOM's Missing Migrants: incidents, as months of dead and missing. They are minimum counts."""

from __future__ import annotations

import re
from typing import Any

from sim.imports.frontex import month_of, number_of
from sim.imports.sheets import Sheet, problem
from sim.imports.table import Count, Month
from sim.scenario.errors import show

MEASURE = "deaths"
_TOTAL = ("Total Number of Dead and Missing", "Total Dead and Missing", "dead_and_missing")
_ROUTE = ("Migration Route", "Route", "Region of Incident", "Region", "Area")
_PLACE = ("Coordinates", "Location Coordinates")
_DATE = ("Incident Date", "Date", "Reported Date", "Website Date", "Month")
_YEAR, _MONTH = ("Incident Year", "Incident year", "Reported Year"), ("Month", "Reported Month")
_NAMES = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
_SLASHED = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})", re.ASCII)


def is_ours(sheet: Sheet) -> bool:
    """Whether a table has dead and missing, and dates."""
    dated = sheet.column(*_DATE) is not None or None not in (sheet.column(*_YEAR), sheet.column(*_MONTH))
    return sheet.column(*_TOTAL) is not None and dated


def read(sheet: Sheet) -> list[Count]:
    """A count an incident; raises ScenarioError that names the line."""
    total, route, place = sheet.column(*_TOTAL), sheet.column(*_ROUTE), sheet.column(*_PLACE)
    counts = []
    for line, cells in sheet.rows:
        value = number_of(_cell(cells, total), sheet, line)
        name = _cell(cells, route)
        where = _coordinates(_cell(cells, place))
        counts.append(Count(_month(sheet, line, cells), value, MEASURE, str(name or "").strip(), "", where))
    if not counts:
        raise problem(sheet.file, 0, f"sheet {sheet.name}: found no incidents below the header")
    return counts


def _month(sheet: Sheet, line: int, cells: list[Any]) -> Month:
    year, name = _cell(cells, sheet.column(*_YEAR)), str(_cell(cells, sheet.column(*_MONTH)) or "").strip().casefold()
    if str(year or "").strip().isdigit() and name in _NAMES:
        return int(str(year)), _NAMES.index(name) + 1
    cell = _cell(cells, sheet.column(*_DATE))
    text = str(cell or "").strip()
    slashed = _SLASHED.match(text)  # IOM writes MM/DD/YYYY
    month = (int(slashed[3]), int(slashed[1])) if slashed and 1 <= int(slashed[1]) <= 12 else month_of(cell)
    if month is None:
        shown = show(cell if cell is not None else f"{year} {name}")
        raise problem(sheet.file, line, f"sheet {sheet.name}: found the date {shown}; allowed: such as 2021-08-03")
    return month


def _coordinates(cell: Any) -> tuple[float, float] | None:
    found = re.findall(r"-?\d+(?:\.\d+)?", str(cell or ""))
    return (float(found[0]), float(found[1])) if len(found) == 2 else None


def _cell(cells: list[Any], column: int | None) -> Any:
    return cells[column] if column is not None and column < len(cells) else None
