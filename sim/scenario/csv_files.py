"""CSV files beside scenarios and experiments: tables with known columns, read within the limits for all files."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sim.data.csv_reader import Csv, CsvError, decode, read_known
from sim.scenario.errors import Problem, ScenarioError, choices, show
from sim.scenario.files import display, read_bytes


def csv_text(path: Path) -> str:
    """Return the text of a CSV file of at most 5 MB, in UTF-8, or in UTF-16 with its mark; raises ScenarioError."""
    content = read_bytes(path)
    try:
        return decode(content)
    except CsvError as error:
        raise ScenarioError(Problem(display(path), error.line, "", error.text)) from None


def parse_table(text: str, file: str, needed: Collection[str], also: Collection[str] = ()) -> Csv:
    """Parse a table with the columns ``needed``, each once in any order, and optionally some of ``also``.

    Args:
        text: The whole file.
        file: Name of the file in messages.
        needed: Columns without which the table is refused.
        also: Columns that it may have.

    Raises:
        ScenarioError: If it is not CSV or has other columns; the message names the delimiter with which it was read.
    """
    known = (*needed, *also)
    try:
        table = read_known(text, known)
    except CsvError as error:
        raise ScenarioError(Problem(file, error.line, "", error.text)) from None
    names, how = table.header, f"(read with the delimiter {table.delimiter})"
    unknown = [name for name in names if name not in known]
    if unknown:
        what = f"unknown column {show(unknown[0])} {how}; {choices(known, unknown[0])}"
        raise ScenarioError(Problem(file, table.line, "", what))
    if not set(needed) <= set(names) or len(set(names)) < len(names):
        what = f"found the columns {', '.join(names) or 'none'} {how}; needed: {','.join(needed)}, each once"
        more = f"; allowed too: {','.join(also)}" if also else ""
        raise ScenarioError(Problem(file, table.line, "", what + more))
    return table


def wrong_cells(table: Csv, cells: list[str]) -> str:
    """Return a message for a row that has more or fewer cells than the header; empty if it has as many."""
    if len(cells) == len(table.header):
        return ""
    names = ",".join(table.header)
    return f"found {len(cells)} cells; allowed: {len(table.header)} ({names}; the delimiter is {table.delimiter})"
