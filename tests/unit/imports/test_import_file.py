"""What an import gives: rows of the observed format with their notes, and the choice of a sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from sim.imports import Wanted, import_file
from sim.imports.observed import Observed, write
from sim.outputs.folder import OutputError
from tests.unit.imports.files import csv_file, refusal, workbook


def test_a_row_says_what_was_selected_and_from_where(tmp_path: Path) -> None:
    lines = [
        ["Route", "Nationality", "DEC2020", "FEB2021"],
        ["East & Co.", "Iraq", 1, 2],
        ["East & Co.", "Syria", 4, 8],
    ]
    lines += [["East & Co.", "Iran", 16, 32], ["West", "Iran", 1, 1]]
    file = csv_file(tmp_path / "f.csv", lines)
    found = import_file(file, Wanted(route="East & Co.", nationality=["Iraq", "Syria"], without=["Iran"]))
    note = "East & Co.; Iraq, Syria; without Iran"
    assert found.rows == [
        Observed("detections-east-co", date(2020, 12, 1), date(2020, 12, 31), 5, "detections", "f.csv", note),
        Observed("detections-east-co", date(2021, 2, 1), date(2021, 2, 28), 10, "detections", "f.csv", note),
    ]
    file = csv_file(tmp_path / "d.csv", [["Date", "Dead and missing", "Coordinates"], ["2021-12-05", 3, "51, 22"]])
    assert import_file(file, Wanted(box="50,52,21,23")).rows == [
        Observed("deaths", date(2021, 12, 1), date(2021, 12, 31), 3, "deaths", "d.csv", "50,52,21,23")
    ]


def test_the_observed_format_is_written_whole_and_guarded(tmp_path: Path) -> None:
    row = Observed("=a", date(2020, 12, 1), date(2020, 12, 31), 5, "@m", "+s", "n, o")
    write([row], tmp_path / "o.csv")
    assert (tmp_path / "o.csv").read_text(encoding="utf-8") == (
        "series,period_start,period_end,value,low,high,measure,source,note\n"
        "'=a,2020-12-01,2020-12-31,5,,,'@m,'+s,\"n, o\"\n"
    )
    with pytest.raises(OutputError, match=r"o\.csv: cannot be written: "):
        write([row], tmp_path / "o.csv" / "o.csv")


def test_a_sheet_is_named_where_several_have_tables(tmp_path: Path) -> None:
    book = Workbook()
    about = book.active
    assert about is not None
    about.append(["About", "nothing"])
    for name, value in (("Old", 1), ("New", 2)):
        sheet = book.create_sheet(name)
        sheet.append(["Route", "JAN2021"])
        sheet.append(["East", value])
    file = tmp_path / "b.xlsx"
    book.save(file)
    assert refusal(lambda: import_file(file, Wanted())) == (
        f"{file}: found 2 sheets with tables; say which with --sheet; allowed: Old, New"
    )
    assert [row.value for row in import_file(file, Wanted(sheet="New")).rows] == [2]
    assert refusal(lambda: import_file(file, Wanted(sheet="new"))) == (
        "--sheet: found 'new'; allowed: Sheet, Old, New (did you mean 'New'?)"
    )
    assert "no table that is known; found the columns Sheet: About, nothing; allowed: IOM's Missing Migrants" in (
        refusal(lambda: import_file(file, Wanted(sheet="Sheet")))
    )
    workbook(file, [["Route", "JAN2021"], ["East", 5]])
    assert [row.value for row in import_file(file, Wanted()).rows] == [5]
    assert refusal(lambda: import_file(file, Wanted(sheet="Shed"))) == (
        "--sheet: found 'Shed'; allowed: Sheet (did you mean 'Sheet'?)"
    )


def test_a_file_of_no_known_table_shows_the_first_line_with_two_cells(tmp_path: Path) -> None:
    file = workbook(tmp_path / "b.xlsx", [["About"], ["a", "b", 3, 4, 5, 6, 7, 8, 9]])
    assert refusal(lambda: import_file(file, Wanted())) == (
        f"{file}:1: no table that is known; found the columns Sheet: a, b, 3, 4, 5, 6, 7, 8; allowed: IOM's Missing "
        "Migrants, Frontex's monthly detections, a column a month, Frontex's monthly detections, a row a month"
    )
    workbook(file, [["About"]])
    assert "found the columns Sheet: nothing; allowed" in refusal(lambda: import_file(file, Wanted()))


@pytest.mark.parametrize(
    ("wanted", "message"),
    [(Wanted(decimal="dot"), "--decimal: found 'dot'; allowed: point, comma (did you mean 'point'?)"),
     (Wanted(dates="iso"), "--dates: found 'iso'; allowed: day-first, month-first")],
)  # fmt: skip
def test_an_unknown_choice_is_refused_before_the_file_is_read(tmp_path: Path, wanted: Wanted, message: str) -> None:
    assert refusal(lambda: import_file(tmp_path / "none.csv", wanted)) == message
