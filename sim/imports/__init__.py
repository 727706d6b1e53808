"""Import of official files as observed series: read by their content, never by guessing."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from sim.imports.layouts import LAYOUTS, recognised, understood
from sim.imports.months import ORDERS, Month
from sim.imports.names import plain
from sim.imports.numerals import DECIMALS
from sim.imports.observed import Observed
from sim.imports.reader import read
from sim.imports.reconciliation import reconciliation
from sim.imports.selection import Wanted, by_month, chosen_rows, next_month
from sim.imports.sheets import Sheet, problem, read_sheets
from sim.imports.table import How
from sim.imports.totals import settle
from sim.scenario.errors import ScenarioError, choices, show

__all__ = ["Imported", "Wanted", "import_file"]


class Imported(NamedTuple):
    """The result of an import: a row of the observed format per reported month, and its reconciliation.

    Attributes:
        rows: Rows by month; months that the file does not report have none.
        reconciliation: Lines of text: what was read, dropped and why, and totals by route and year.
    """

    rows: list[Observed]
    reconciliation: list[str]


def import_file(path: Path, wanted: Wanted) -> Imported:
    """Return monthly figures of an official file.

    A month without a row is a count of 0 in a list of incidents, between its first month and its last. In a table of
    counts it is missing, as is one with empty cells.

    Raises:
        ScenarioError: If the file cannot be read, is damaged or of an unknown kind, lacks what is requested, or has a
            cell or a column that is not understood or may be understood in several ways.
    """
    for option, found, allowed in (("--decimal", wanted.decimal, DECIMALS), ("--dates", wanted.dates, ORDERS)):
        if found is not None and found not in allowed:
            raise ScenarioError(f"{option}: found {show(found)}; {choices(allowed, found)}")
    sheet = _known(path, read_sheets(path, understood), wanted.sheet)
    layout = recognised(sheet.header)
    assert layout is not None
    table = read(sheet, layout, How(wanted.decimal, wanted.dates))
    settle(table)
    chosen = chosen_rows(table, wanted)
    counts, missing = by_month(table, chosen, wanted)
    rows = [_row(month, value, layout.measure, path, wanted) for month, value in counts.items()]
    return Imported(rows, reconciliation(table, chosen, counts, missing))


def _known(path: Path, sheets: list[Sheet], name: str | None) -> Sheet:
    """Return the sheet with a table that is known; raises if there is none, or several."""
    if name is not None:
        sheets = [sheet for sheet in sheets if sheet.name == name] or sheets
        if sheets[0].name != name or len(sheets) > 1:
            raise ScenarioError(f"--sheet: found {show(name)}; {choices([sheet.name for sheet in sheets], name)}")
    known = [sheet for sheet in sheets if sheet.header]
    if len(known) > 1:
        names = choices([sheet.name for sheet in known])
        raise problem(path, 0, f"found {len(known)} sheets with tables; say which with --sheet; {names}")
    if known:
        return known[0]
    first = [(sheet.name, next((cells for _, cells in sheet.rows if sum(map(bool, map(plain, cells))) > 1), []))
             for sheet in sheets[:4]]  # fmt: skip
    found = "; ".join(f"{title}: {', '.join(plain(cell) for cell in cells[:8]) or 'nothing'}" for title, cells in first)
    allowed = ", ".join(layout.title for layout in LAYOUTS)
    raise problem(path, 1, f"no table that is known; found the columns {found}; allowed: {allowed}")


def _row(month: Month, value: int, measure: str, path: Path, wanted: Wanted) -> Observed:
    start = date(*month, 1)
    parts = [wanted.route, ", ".join(wanted.nationality), *(f"without {name}" for name in wanted.without), wanted.box]
    note = "; ".join(part for part in parts if part)
    series = re.sub(r"[^a-z0-9]+", "-", f"{measure} {wanted.route or ''}".lower()).strip("-")
    return Observed(series, start, date(*next_month(month), 1) - timedelta(days=1), value, measure, path.name, note)
