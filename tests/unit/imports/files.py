"""Small files of official layouts, with invented figures."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from sim.imports import Imported
from sim.imports.layouts import recognised
from sim.imports.reader import read
from sim.imports.sheets import Sheet
from sim.imports.table import How, Table
from sim.scenario.errors import ScenarioError

EASTERN = "Eastern Land Border"
MONTHS = ["JUN2021", "JUL2021", "AUG2021"]


def workbook(file: Path, lines: Sequence[Sequence[Any]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(list(line))
    book.save(file)
    return file


def csv_file(file: Path, lines: Sequence[Sequence[Any]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    with file.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter).writerows(lines)
    return file


def counts(imported: Imported) -> dict[tuple[int, int], int]:
    """What was imported, by year and month."""
    return {(row.period_start.year, row.period_start.month): row.value for row in imported.rows}


def sheet_of(header: Sequence[Any], *rows: Sequence[Any], notes: tuple[str, ...] = ()) -> Sheet:
    """A sheet of a file t.csv, whose header is its first line."""
    lines = [(line, list(cells)) for line, cells in enumerate(rows, 2)]
    return Sheet("t.csv", "t.csv", 1, list(header), lines, notes)


def table_of(header: Sequence[Any], *rows: Sequence[Any], how: How = How()) -> Table:  # noqa: B008
    """What is read of such a sheet."""
    layout = recognised(header)
    assert layout is not None
    return read(sheet_of(header, *rows), layout, how)


def refusal(function: Callable[[], object]) -> str:
    """The text with which a file is refused."""
    with pytest.raises(ScenarioError) as caught:
        function()
    return str(caught.value)
