"""Reading of tables in XLSX and CSV files as plain cells below their header, within limits."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sim.data import csv_reader
from sim.imports.names import plain
from sim.scenario.errors import Problem, ScenarioError, show, word
from sim.scenario.files import display

MOST_BYTES, MOST_UNPACKED = 100_000_000, 500_000_000
MOST_ROWS, MOST_COLUMNS = 1_000_000, 2_000
_SEARCHED = 40  # lines searched for a header
_ZIP = b"PK\x03\x04"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")

Score = Callable[[list[Any]], int]
"""How many cells of a line are understood as names of columns; 0 for a line that is not a header."""


class Formula(NamedTuple):
    """A formula whose value the file does not store."""

    text: str


class Sheet(NamedTuple):
    """A table of a file.

    Attributes:
        file: Name in messages.
        name: Name of the sheet, or of the file for CSV.
        line: Line of the header.
        header: Cells of the header; empty if none of the first lines is one.
        rows: Line number and cells of each row below the header that is not blank, as many as the header has.
        notes: Notes on how the numbers were read.
    """

    file: str
    name: str
    line: int
    header: list[Any]
    rows: list[tuple[int, list[Any]]]
    notes: tuple[str, ...] = ()

    def error(self, line: int, column: int | None, text: str) -> ScenarioError:
        """Return an error that names file, line and column."""
        named = "" if column is None else plain(self.header[column])
        place = "" if column is None else f"column {word(named)!r}" if named else f"column {column + 1}, without a name"
        return ScenarioError(Problem(self.file, line, place, text))


def problem(path: Path | str, line: int, text: str) -> ScenarioError:
    """Return an error that names file and line."""
    return ScenarioError(Problem(display(Path(path)), line, "", text))


def read_sheets(path: Path, score: Score) -> list[Sheet]:
    """Return the tables of a file.

    Args:
        path: XLSX or CSV.
        score: Scores how well a line is understood as a header.

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
        return _workbook(path, content, score)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise problem(path, 0, "found an old workbook (XLS) or one with a password; save it as XLSX or CSV")
    return [_csv(path, content, score)]


def _workbook(path: Path, content: bytes, score: Score) -> list[Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise problem(path, 0, f"too large; allowed: up to {MOST_UNPACKED:,} bytes unpacked")
            names = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
            formulas = any(_has_formula(parts, name) for name in names)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and the like
            tables = dict(_tables(content, stored=True))
            written = dict(_tables(content, stored=False)) if formulas else {}
            found = [
                _sheet(path, title, _unstored(lines, written[title]) if formulas else lines, score)
                for title, lines in tables.items()
            ]
    except ScenarioError:
        raise
    except Exception as error:  # openpyxl and zipfile raise all kinds of errors
        text = f"no workbook that can be read ({type(error).__name__}); is the download whole? save it anew as XLSX"
        raise problem(path, 0, text) from None
    sheets = [sheet for sheet in found if sheet.rows or sheet.header]
    if not sheets:
        raise problem(path, 0, "found no sheet with rows")
    return sheets


def _tables(content: bytes, *, stored: bool) -> Iterator[tuple[str, Iterable[tuple[Any, ...]]]]:
    """Yield the sheets' lines: the values that the file stores, or formulas as they are written."""
    from openpyxl import load_workbook

    for sheet in load_workbook(io.BytesIO(content), read_only=True, data_only=stored).worksheets:
        sheet.reset_dimensions()  # the stated size of a sheet is often wrong
        yield sheet.title, sheet.iter_rows(values_only=True)


def _has_formula(parts: zipfile.ZipFile, name: str) -> bool:
    with parts.open(name) as stream:
        end = b""
        while block := stream.read(1 << 20):
            if _FORMULA.search(end + block):
                return True
            end = block[-20:]
    return False


def _unstored(lines: Iterable[tuple[Any, ...]], written: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """Yield the lines, with a `Formula` where a cell has one but no value."""
    for cells, formulas in zip(lines, written, strict=True):
        yield [
            Formula(str(text)) if cell in (None, "") and text not in (None, "") else cell
            for cell, text in zip(cells, formulas, strict=True)
        ]


def _csv(path: Path, content: bytes, score: Score) -> Sheet:
    notes: tuple[str, ...] = ()
    try:
        text = csv_reader.decode(content)
    except csv_reader.CsvError as error:
        # Digits and English months are the same in all older encodings of one byte a letter; names may not be.
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            raise problem(path, error.line, error.text) from None
        if "\0" in text:
            raise problem(path, error.line, error.text) from None
        notes = ("the file is not UTF-8 and was read as Windows-1252; letters with accents may be wrong in names",)
    if text.count("\n") > MOST_ROWS:
        raise problem(path, MOST_ROWS, f"too large; allowed: {MOST_ROWS:,} rows")
    try:
        table = csv_reader.read(text, score, _SEARCHED)
    except csv_reader.CsvError as error:
        raise problem(path, error.line, error.text) from None
    if not score(table.header):
        return Sheet(display(path), path.name, table.line, [], [(table.line, [*table.header])], notes)
    sheet = Sheet(display(path), path.name, table.line, [*table.header], [], notes)
    width = len(table.header)
    for line, cells in table.rows:
        filled = sum(bool(plain(cell)) for cell in cells)
        # A line of prose below a table has one cell; any other line has as many as the header, or blank ones more.
        if len(cells) != width and filled > 1 and (len(cells) < width or any(map(plain, cells[width:]))):
            text = f"found {len(cells)} cells; allowed: {width}, as the header has (the delimiter is {table.delimiter})"
            raise problem(path, line, text)
        sheet.rows.append((line, _of_width(cells, width)))
    return sheet


def _sheet(path: Path, name: str, lines: Iterable[Iterable[Any]], score: Score) -> Sheet:
    """Return a table: its header is the line of the first ones that is best understood."""
    kept: list[tuple[int, list[Any]]] = []
    for number, cells in enumerate(lines, 1):
        row = list(cells)
        if number > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise problem(path, number, f"too large; allowed: {MOST_ROWS:,} rows of {MOST_COLUMNS:,} cells")
        if any(plain(cell) for cell in row):
            kept.append((number, row))
    searched = [score(row) for number, row in kept if number <= _SEARCHED]
    if not any(searched):
        return Sheet(display(path), name, 0, [], kept)
    at = searched.index(max(searched))
    line, header = kept[at]
    width = max(k for k, cell in enumerate(header, 1) if plain(cell))
    sheet = Sheet(display(path), name, line, header[:width], [])
    for number, row in kept[at + 1 :]:
        if beyond := next((cell for cell in row[width:] if plain(cell)), None):
            raise problem(path, number, f"sheet {name}: found {show(plain(beyond))} right of the last column's name")
        sheet.rows.append((number, _of_width(row, width)))
    return sheet


def _of_width(cells: list[Any], width: int) -> list[Any]:
    return [*cells, *[None] * (width - len(cells))][:width]
