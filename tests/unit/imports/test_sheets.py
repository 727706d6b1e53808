"""Cells of workbooks: a formula is found wherever it stands in the file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from sim.imports import sheets
from sim.imports.sheets import Formula, Sheet, _has_formula, read_sheets
from tests.unit.imports.files import refusal, workbook

BLOCK = 1 << 20  # read at once


def parts_of(content: bytes) -> zipfile.ZipFile:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("sheet1.xml", content)
    return zipfile.ZipFile(file)


@pytest.mark.parametrize("formula", [b"<f>1</f>", b'<x:f t="shared">'])
@pytest.mark.parametrize("place", [0, BLOCK - 4, BLOCK - 2, BLOCK - 1, BLOCK, 2 * BLOCK - 3])
def test_a_formula_is_found_wherever_blocks_end(place: int, formula: bytes) -> None:
    content = b"<c>" * BLOCK
    with parts_of(content[:place] + formula + content[place:]) as parts:
        assert _has_formula(parts, "sheet1.xml")
    with parts_of(content) as parts:
        assert not _has_formula(parts, "sheet1.xml")


def score(cells: list[Any]) -> int:
    """How many cells of a line are names of columns, which are capital letters."""
    return sum(isinstance(cell, str) and cell in ("A", "B", "C") for cell in cells)


def text_file(folder: Path, text: str | bytes) -> Path:
    file = folder / "t.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_csv_file_is_one_sheet_with_lines_as_wide_as_its_header(tmp_path: Path) -> None:
    file = text_file(tmp_path, "about\n\nA;B;C\n1;2;3\n\n4;5;6;;\nnote\n7;;8\n")
    assert read_sheets(file, score) == [
        Sheet(str(file), "t.csv", 3, ["A", "B", "C"],
              [(4, ["1", "2", "3"]), (6, ["4", "5", "6"]), (7, ["note", None, None]), (8, ["7", "", "8"])])
    ]  # fmt: skip


@pytest.mark.parametrize(("line", "cells"), [("1,2", 2), ("1,2,3,4", 4), ("1,,,4", 4), (",2,3,,5", 5), ("1,2,,4", 4)])
def test_a_line_of_csv_with_other_cells_than_the_header_is_refused(tmp_path: Path, line: str, cells: int) -> None:
    file = text_file(tmp_path, f"A,B,C\n1,2,3\n{line}\n")
    assert refusal(lambda: read_sheets(file, score)) == (
        f"{file}:3: found {cells} cells; allowed: 3, as the header has (the delimiter is comma)"
    )


def test_a_file_without_a_header_has_its_first_line_alone(tmp_path: Path) -> None:
    file = text_file(tmp_path, "\nx,y\n1,2\n")
    assert read_sheets(file, score) == [Sheet(str(file), "t.csv", 2, [], [(2, ["x", "y"])])]


def test_an_old_encoding_is_noted_and_what_is_none_is_refused(tmp_path: Path) -> None:
    file = text_file(tmp_path, "A,B\né,1\n".encode("cp1252"))
    sheet = read_sheets(file, score)[0]
    assert sheet.rows == [(2, ["é", "1"])]
    assert sheet.notes == (
        "the file is not UTF-8 and was read as Windows-1252; letters with accents may be wrong in names",
    )
    assert read_sheets(text_file(tmp_path, "A,B\né,1\n"), score)[0].notes == ()
    text_file(tmp_path, b"A,B\n\x81,1\n")
    assert refusal(lambda: read_sheets(file, score)).startswith(f"{file}:2: found the byte 0x81, which is not UTF-8")
    text_file(tmp_path, b"A,B\n\xe9,\0\n")
    assert refusal(lambda: read_sheets(file, score)).startswith(f"{file}:2: found the byte 0xe9, which is not UTF-8")
    text_file(tmp_path, 'A,B\n"x,1\n')
    assert refusal(lambda: read_sheets(file, score)).startswith(f"{file}:2: not CSV: ")


def test_a_file_that_is_none_is_refused_with_the_reason(tmp_path: Path) -> None:
    there = text_file(tmp_path, " \n")
    assert refusal(lambda: read_sheets(there, score)) == f"{there}: the file is empty"
    assert refusal(lambda: read_sheets(tmp_path / "none.csv", score)) == (
        f"{tmp_path / 'none.csv'}: found no file; a workbook (XLSX) or CSV is needed"
    )
    text_file(tmp_path, b"\xd0\xcf\x11\xe0abc")
    assert refusal(lambda: read_sheets(there, score)) == (
        f"{there}: found an old workbook (XLS) or one with a password; save it as XLSX or CSV"
    )
    text_file(tmp_path, b"PK\x03\x04abc")
    assert refusal(lambda: read_sheets(there, score)) == (
        f"{there}: no workbook that can be read (BadZipFile); is the download whole? save it anew as XLSX"
    )


def test_files_are_read_up_to_their_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = text_file(tmp_path, "A,B\n1,2\n3,4\n")
    monkeypatch.setattr(sheets, "MOST_BYTES", 12)
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    assert len(read_sheets(file, score)[0].rows) == 2
    text_file(tmp_path, "A,B\n1,2\n3,45\n")
    assert refusal(lambda: read_sheets(file, score)) == f"{file}: too large; allowed: up to 12 bytes"
    text_file(tmp_path, "A,B\n1\n2\n3\n")
    assert refusal(lambda: read_sheets(file, score)) == f"{file}:3: too large; allowed: 3 rows"


def test_workbooks_are_read_up_to_their_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = workbook(tmp_path / "t.xlsx", [["A", "B"], [1, 2], [3, 4]])
    with zipfile.ZipFile(file) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    monkeypatch.setattr(sheets, "MOST_UNPACKED", unpacked)
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    monkeypatch.setattr(sheets, "MOST_COLUMNS", 2)
    expected = Sheet(str(file), "Sheet", 1, ["A", "B"], [(2, [1, 2]), (3, [3, 4])])
    assert read_sheets(file, score) == [expected]
    for name, limit, line, allowed in (
        ("MOST_ROWS", 2, 3, "2 rows of 2 cells"),
        ("MOST_COLUMNS", 1, 1, "3 rows of 1 cells"),
    ):
        with monkeypatch.context() as less:
            less.setattr(sheets, name, limit)
            assert refusal(lambda: read_sheets(file, score)) == f"{file}:{line}: too large; allowed: {allowed}"
    monkeypatch.setattr(sheets, "MOST_UNPACKED", unpacked - 1)
    assert refusal(lambda: read_sheets(file, score)) == (
        f"{file}: too large; allowed: up to {unpacked - 1:,} bytes unpacked"
    )


def test_the_header_is_the_first_of_the_lines_that_are_best_understood(tmp_path: Path) -> None:
    lines: list[list[Any]] = [["A"], [], ["x", "A", "B", None], [1, 2, 3], ["y", "A", "B"], [None, 5, None]]
    file = workbook(tmp_path / "t.xlsx", lines)
    assert read_sheets(file, score) == [
        Sheet(str(file), "Sheet", 3, ["x", "A", "B"], [(4, [1, 2, 3]), (5, ["y", "A", "B"]), (6, [None, 5, None])])
    ]
    lines[3] = [1, 2, 3, 4]
    workbook(file, lines)
    assert refusal(lambda: read_sheets(file, score)) == (
        f"{file}:4: sheet Sheet: found '4' right of the last column's name"
    )


@pytest.mark.parametrize(("line", "found"), [(40, True), (41, False)])
def test_a_header_is_searched_in_forty_lines(tmp_path: Path, line: int, found: bool) -> None:
    before: list[list[Any]] = [[0]] * (line - 1)
    file = workbook(tmp_path / "t.xlsx", [*before, ["A", "B"], [1, 2]])
    sheet = read_sheets(file, score)[0]
    assert sheet.header == (["A", "B"] if found else [])
    assert sheet.line == (40 if found else 0)
    assert len(sheet.rows) == (1 if found else 42)


def test_formulas_are_marked_where_no_value_is_stored(tmp_path: Path) -> None:
    book = Workbook()
    first, blank, other = book.active, book.create_sheet("Blank"), book.create_sheet("Other")
    assert first is not None
    for sheet, cell in ((first, "=1+1"), (other, 7)):
        sheet.append(["A", "B"])
        sheet.append([1, cell])
    assert blank.title == "Blank"
    book.save(tmp_path / "t.xlsx")
    found = read_sheets(tmp_path / "t.xlsx", score)
    assert [(sheet.name, sheet.rows) for sheet in found] == [
        ("Sheet", [(2, [1, Formula("=1+1")])]), ("Other", [(2, [1, 7])])
    ]  # fmt: skip
    book = Workbook()
    book.save(tmp_path / "t.xlsx")
    assert refusal(lambda: read_sheets(tmp_path / "t.xlsx", score)) == (
        f"{tmp_path / 't.xlsx'}: found no sheet with rows"
    )


def test_an_error_names_file_line_and_column() -> None:
    sheet = Sheet("t.csv", "t.csv", 1, ["A", None, "x\ny\x07"], [])
    assert str(sheet.error(3, 0, "odd")) == "t.csv:3: column 'A': odd"
    assert str(sheet.error(3, 1, "odd")) == "t.csv:3: column 2, without a name: odd"
    assert str(sheet.error(3, None, "odd")) == "t.csv:3: odd"
