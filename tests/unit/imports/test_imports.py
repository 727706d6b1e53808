"""Official files that users bring: read as they are, and refused with a clear word where they are damaged."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from sim.imports import Wanted, import_file
from sim.imports.frontex import month_of
from sim.imports.table import write
from sim.inference.calibration_experiment import Series
from sim.inference.observations import parse
from sim.scenario.errors import ScenarioError

EASTERN = "Eastern Land Border"
ROWS: list[list[Any]] = [
    [EASTERN, "Land", "Iraq", 5, None, 700],
    [EASTERN, "Land", "Ukraine", 10, 20, 30],
    ["Western Balkans", "Land", "Syria", 1, 1, 1],
]
MONTHS = ["JUN2021", "JUL2021", "AUG2021"]


def workbook(file: Path, months: list[Any] = MONTHS, rows: list[list[Any]] = ROWS) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Monthly detections of illegal border-crossing"])
    sheet.append([])
    sheet.append(["Route", "Border Type", "Nationality", *months])
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file


@pytest.mark.parametrize(
    "months",
    [
        MONTHS,
        ["2021-06", "2021-07", "2021-08"],
        ["Jun-21", "Jul-21", "Aug-21"],
        [datetime(2021, m, 1) for m in (6, 7, 8)],
    ],
)
def test_a_workbook_is_read_by_route_and_nationality(tmp_path: Path, months: list[Any]) -> None:
    file = workbook(tmp_path / "frontex.xlsx", months)
    rows = import_file(file, Wanted(route=EASTERN, without=["Ukraine"]))
    assert [(row.period_start, row.period_end, row.value) for row in rows] == [
        (date(2021, 6, 1), date(2021, 6, 30), 5),
        (date(2021, 7, 1), date(2021, 7, 31), 0),
        (date(2021, 8, 1), date(2021, 8, 31), 700),
    ]
    assert [row.value for row in import_file(file, Wanted(route=EASTERN, since="2021-07"))] == [20, 730]
    assert {row.measure for row in rows} == {"detections"}


def test_what_is_imported_is_an_observed_series(tmp_path: Path) -> None:
    rows = import_file(workbook(tmp_path / "frontex.xlsx"), Wanted(route=EASTERN))
    write(rows, tmp_path / "observed.csv")
    series = Series.model_validate({"observed": "observed.csv", "counted": "detections"})
    found = parse((tmp_path / "observed.csv").read_text(encoding="utf-8"), "observed.csv", "frontex", series)
    assert [row.value for row in found] == [row.value for row in rows]


def test_deaths_are_read_within_a_box(tmp_path: Path) -> None:
    file = tmp_path / "mm.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Incident Date", "Total Number of Dead and Missing", "Migration Route", "Coordinates"])
        writer.writerow(["2021-09-19", "2", "Belarus-EU border", "53.1, 23.8"])
        writer.writerow(["11/18/2021", "1", "Belarus-EU border", "52.9, 23.9"])
        writer.writerow(["2021-10-01", "90", "Central Mediterranean", "34.0, 13.0"])
    rows = import_file(file, Wanted(route="Belarus-EU border", box="51.2,56.9,22.6,29.2"))
    assert [row.value for row in rows] == [2, 0, 1]
    assert rows[0].measure == "deaths"


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(), "--route: missing"),
        (Wanted(route="Eastern Land Borders"), f"did you mean '{EASTERN}'"),
        (Wanted(route=EASTERN, nationality=["Irak"]), "did you mean 'Iraq'"),
        (Wanted(route=EASTERN, since="2021"), "a month such as 2021-08"),
        (Wanted(route=EASTERN, since="2022-01"), "no month is left"),
        (Wanted(route=EASTERN, box="1,2,3,4"), "no coordinates"),
    ],
)
def test_what_the_file_lacks_is_told(tmp_path: Path, wanted: Wanted, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        import_file(workbook(tmp_path / "frontex.xlsx"), wanted)


def test_a_cell_that_is_no_count_is_told_with_its_line(tmp_path: Path) -> None:
    file = workbook(tmp_path / "frontex.xlsx", rows=[[EASTERN, "Land", "Iraq", "many", 1, 2]])
    with pytest.raises(ScenarioError, match=r"frontex.xlsx:4: .*'many'; allowed: a count"):
        import_file(file, Wanted(route=EASTERN))


@settings(deadline=None, max_examples=40)
@given(cut=st.integers(0, 5000))
def test_a_workbook_that_is_cut_off_is_refused(cut: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = workbook(tmp_path_factory.getbasetemp() / "whole.xlsx")
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


@given(st.dates(date(2000, 1, 1), date(2030, 12, 31)))
def test_a_month_is_read_in_every_form(day: date) -> None:
    for form in ("%b%Y", "%b-%y", "%B %Y", "%Y-%m", "%Y%m", "%Y-%m-%d", "%YM%m"):
        assert month_of(day.strftime(form)) == (day.year, day.month), form


@pytest.mark.parametrize("text", ["Route", "2021", "Nationality", "13-2021", "", "Total 2021"])
def test_other_headers_are_no_months(text: str) -> None:
    assert month_of(text) is None
