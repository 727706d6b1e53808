"""Tables of XLSX and CSV files as plain cells, whatever is above their header; with limits."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from sim.scenario.errors import Problem, ScenarioError
from sim.scenario.files import display

MOST_BYTES, MOST_UNPACKED = 100_000_000, 1_000_000_000
MOST_ROWS, MOST_COLUMNS = 1_000_000, 2_000
_SEARCHED = 40  # lines in which a header is looked for
_ZIP = b"PK\x03\x04"
_LEAST_NAMES = 3


class Sheet(NamedTuple):
    """A table of a file.

    Attributes:
        file: As messages show it.
        name: Of the sheet; the file's where it is CSV.
        header: Names of the columns.
        rows: Line number and cells of each row below the header.
    """

    file: str
    name: str
    header: list[str]
    rows: list[tuple[int, list[Any]]]

    def column(self, *names: str) -> int | None:
        """Number of the first column with one of the names, whatever their case, spaces and line breaks."""
        known = [_key(name) for name in self.header]
        return next((known.index(_key(name)) for name in names if _key(name) in known), None)


def problem(path: Path | str, line: int, text: str) -> ScenarioError:
    """An error that names file and line."""
    return ScenarioError(Problem(display(Path(path)), line, "", text))


def read_sheets(path: Path) -> list[Sheet]:
    """The tables of a file.

    Raises:
        ScenarioError: If it cannot be read, is damaged, or too large.
    """
    try:
        if not path.is_file():
            raise problem(path, 0, "found no file; a workbook (XLSX) or CSV is needed")
        if path.stat().st_size > MOST_BYTES:
            raise problem(path, 0, f"too large; allowed: up to {MOST_BYTES:,} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise problem(path, 0, f"cannot be read: {error.strerror or error}") from None
    if not content.strip():
        raise problem(path, 0, "the file is empty")
    if content.startswith(_ZIP):
        return _workbook(path, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise problem(path, 0, "found an old workbook (XLS) or one with a password; save it as XLSX or CSV")
    return [_csv(path, content)]


def _workbook(path: Path, content: bytes) -> list[Sheet]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise problem(path, 0, f"too large; allowed: up to {MOST_UNPACKED:,} bytes unpacked")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and the like
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            found = [_sheet(path, sheet.title, sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    except ScenarioError:
        raise
    except Exception as error:  # openpyxl and zipfile raise whatever they stumble over
        text = f"no workbook that can be read ({type(error).__name__}); is the download whole? save it anew as XLSX"
        raise problem(path, 0, text) from None
    sheets = [sheet for sheet in found if sheet.rows]
    if not sheets:
        raise problem(path, 0, "found no sheet with rows")
    return sheets


def _csv(path: Path, content: bytes) -> Sheet:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # as spreadsheets save it
    if "\0" in text:
        raise problem(path, 0, "found bytes that are no text; a workbook (XLSX) or CSV is needed")
    lines = text.splitlines()[:_SEARCHED]
    delimiter = max(",;\t", key=lambda sign: max(line.count(sign) for line in lines))
    try:
        sheet = _sheet(path, path.name, csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise problem(path, 0, f"not CSV: {error}") from None
    if not sheet.rows:
        raise problem(path, 1, "found no rows below a header; is the download whole?")
    return sheet


def _sheet(path: Path, name: str, lines: Any) -> Sheet:
    """A table: its header is the first of the lines with at least three names, no number among them."""
    header: list[str] = []
    rows: list[tuple[int, list[Any]]] = []
    for number, cells in enumerate(lines, 1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise problem(path, number, f"too large; allowed: {MOST_ROWS:,} rows of {MOST_COLUMNS:,} cells")
        if header:
            if any(cell not in (None, "") for cell in cells):
                rows.append((number, list(cells)))
        elif number <= _SEARCHED and _is_header(cells):
            header = ["" if cell is None else str(cell).strip() for cell in cells]
    return Sheet(display(path), name, header, rows)


def _is_header(cells: Any) -> bool:
    names = [cell for cell in cells if cell not in (None, "")]
    return len(names) >= _LEAST_NAMES and isinstance(names[0], str) and not names[0].strip()[:1].isdigit()


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
