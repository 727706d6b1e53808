"""Official files that users bring: read as they are, and refused with a clear word where they are damaged."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.imports import Wanted, import_file
from sim.imports.observed import write
from sim.inference.calibration_experiment import Series
from sim.inference.observations import parse
from sim.scenario.errors import ScenarioError
from tests.unit.imports.files import EASTERN, MONTHS, counts, csv_file, workbook

ROWS: list[list[Any]] = [
    [EASTERN, "Land", "Iraq", 5, 0, 700],
    [EASTERN, "Land", "Ukraine", 10, 20, 30],
    ["Western Balkans", "Land", "Syria", 1, 1, 1],
]
HEADER = ["Route", "Border Type", "Nationality"]


def frontex(file: Path, months: list[Any] = MONTHS, rows: list[list[Any]] = ROWS) -> Path:
    return workbook(file, [["Monthly detections of illegal border-crossing"], [], [*HEADER, *months], *rows])


@pytest.mark.parametrize(
    "months",
    [
        MONTHS,
        ["2021-06", "2021-07", "2021-08"],
        ["Jun-21", "Jul-21", "Aug-21"],
        ["6/2021", "7/2021", "8/2021"],
        ["06.2021", "07.2021", "08.2021"],
        ["01/06/2021", "01/07/2021", "01/08/2021"],
        ["06/01/2021", "07/01/2021", "08/01/2021"],
        ["June 2021", "July 2021", "August 2021"],
        [202106, 202107, 202108],
        [datetime(2021, m, 1) for m in (6, 7, 8)],
    ],
)
def test_a_workbook_is_read_by_route_and_nationality(tmp_path: Path, months: list[Any]) -> None:
    file = frontex(tmp_path / "frontex.xlsx", months)
    rows = import_file(file, Wanted(route=EASTERN, without=["Ukraine"])).rows
    assert [(row.period_start, row.period_end, row.value) for row in rows] == [
        (date(2021, 6, 1), date(2021, 6, 30), 5),
        (date(2021, 7, 1), date(2021, 7, 31), 0),
        (date(2021, 8, 1), date(2021, 8, 31), 700),
    ]
    since = import_file(file, Wanted(route=EASTERN, since="2021-07")).rows
    assert [row.value for row in since] == [20, 730]
    assert {row.measure for row in rows} == {"detections"}


def test_what_is_imported_is_an_observed_series(tmp_path: Path) -> None:
    rows = import_file(frontex(tmp_path / "frontex.xlsx"), Wanted(route=EASTERN)).rows
    write(rows, tmp_path / "observed.csv")
    series = Series.model_validate({"observed": "observed.csv", "counted": "detections"})
    found = parse((tmp_path / "observed.csv").read_text(encoding="utf-8"), "observed.csv", "frontex", series)
    assert [row.value for row in found] == [row.value for row in rows]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(), "--route: missing"),
        (Wanted(route="Eastern Land Borders"), f"did you mean '{EASTERN}'"),
        (Wanted(route=EASTERN, nationality=["Irak"]), "did you mean 'Iraq'"),
        (Wanted(route=EASTERN, since="2021"), "a month such as 2021-08"),
        (Wanted(route=EASTERN, since="2022-01"), "no month is left"),
        (Wanted(route=EASTERN, box="1,2,3,4"), "no coordinates"),
        (Wanted(route=EASTERN, decimal="dot"), "--decimal: found 'dot'; allowed: point, comma"),
        (Wanted(route=EASTERN, dates="iso"), "--dates: found 'iso'; allowed: day-first, month-first"),
        (Wanted(route=EASTERN, sheet="Data"), "--sheet: found 'Data'; allowed: Sheet"),
    ],
)
def test_what_the_file_lacks_is_told(tmp_path: Path, wanted: Wanted, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        import_file(frontex(tmp_path / "frontex.xlsx"), wanted)


@pytest.mark.parametrize(
    "cell", ["many", "<5", "12*", "1e3", "-3", 1.5, "1.5", True, datetime(2021, 1, 1), "#REF!", "1²"]
)
def test_a_cell_that_is_no_count_is_told_with_line_and_column(tmp_path: Path, cell: Any) -> None:
    file = frontex(tmp_path / "frontex.xlsx", rows=[[EASTERN, "Land", "Iraq", 0, cell, 2]])
    with pytest.raises(ScenarioError, match=r"frontex.xlsx:4: column 'JUL2021': found .*; allowed: persons, a whole"):
        import_file(file, Wanted(route=EASTERN))


@settings(deadline=None, max_examples=40)
@given(cut=st.integers(0, 5000))
def test_a_workbook_that_is_cut_off_is_refused(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = frontex(tmp_path_factory.getbasetemp() / "whole.xlsx")
    content = file.read_bytes()
    part = file.with_name("part.xlsx")
    part.write_bytes(content[: cut % (len(content) - 30)])
    with pytest.raises(ScenarioError, match=r"part\.xlsx"):
        import_file(part, Wanted(route=EASTERN))


@settings(deadline=None)
@given(content=st.binary(max_size=400))
def test_no_bytes_give_a_traceback(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(content)
    with pytest.raises(ScenarioError):
        import_file(file, Wanted())


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    rows = [*ROWS, [EASTERN, "Land", "Total", 15, 20, 730], ["Source: the agency's network"]]
    found = import_file(frontex(tmp_path / "frontex.xlsx", rows=rows), Wanted(route=EASTERN, since="2021-07"))
    text = "\n".join(found.reconciliation)
    assert "Read: 5 rows below line 3" in text
    assert "Kept: 3 rows; dropped: 2" in text
    assert "line 7: a total of other rows" in text
    assert "line 8: a note, not a row" in text
    assert f"{EASTERN}: 2021 765" in text
    assert (
        "Of 768: 750 imported, 3 on other routes, of other nationalities or places, 15 in months not imported" in text
    )


def test_an_old_encoding_is_read_for_its_figures_and_said(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_bytes("Route,Nationality,JUL2021\nEast,Côte d'Ivoire,3\n".encode("cp1252"))
    found = import_file(file, Wanted())
    assert counts(found) == {(2021, 7): 3}
    assert any("Windows-1252" in line for line in found.reconciliation)


def test_of_several_tables_one_is_asked_for(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    file = frontex(tmp_path / "frontex.xlsx")
    book = load_workbook(file)
    book.copy_worksheet(book.worksheets[0]).title = "Revised"
    book.save(file)
    with pytest.raises(ScenarioError, match="2 sheets with tables; say which with --sheet; allowed: Sheet, Revised"):
        import_file(file, Wanted(route=EASTERN))
    assert import_file(file, Wanted(route=EASTERN, sheet="Revised")).rows[0].value == 15


def test_control_codes_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "f.csv", [["Route", "Nationality", "JUL2021"], ["East\x1b[31m", "Iraq", "3"]])
    assert all(line.isprintable() for line in import_file(file, Wanted()).reconciliation)
