"""Small files of official layouts, with invented figures."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from sim.imports import Imported

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
