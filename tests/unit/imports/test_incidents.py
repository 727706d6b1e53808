"""Lists of incidents, IOM's: every set of names that its columns have had, and what a row must say to be counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.imports import Imported, Wanted, import_file
from sim.scenario.errors import ScenarioError
from tests.unit.imports.files import counts, csv_file, workbook

MED = "Central Mediterranean"
LAYOUTS: dict[str, list[list[Any]]] = {
    "2014": [
        ["Reported Date", "Total Number of Dead and Missing", "Coordinates"],
        ["January 6, 2014", 4, "35.1, 14.0"],
        ["March 19, 2014", 7, "36.2, 13.5"],
        ["March 2, 2014", 2, "35.0, 14.5"],
    ],
    "2020": [
        ["Web ID", "Region of Incident", "Reported Date", "Reported Year", "Reported Month", "Number Dead",
         "Minimum Estimated Number of Missing", "Total Dead and Missing", "Location Coordinates", "Migration Route"],
        [1, "Mediterranean", "06-Jan-14", 2014, "Jan", 1, 3, 4, "35.1, 14.0", MED],
        [2, "Mediterranean", "19-Mar-14", 2014, "Mar", 7, "", 7, "36.2, 13.5", MED],
        [3, "Mediterranean", "02-Mar-14", 2014, "Mar", "", 2, 2, "35.0, 14.5", MED],
    ],
    "2021": [
        ["Main ID", "Incident ID", "Incident Date", "Incident year", "Reported Month", "Number of Dead",
         "Minimum Estimated Number of Missing", "Total Number of Dead and Missing", "Migration Route", "Coordinates"],
        ["2014.1", "2014.1", "2014-01-06", 2014, "January", 1, 3, 4, MED, "POINT (14.0 35.1)"],
        ["2014.2", "2014.2", "2014-03-19", 2014, "March", 7, 0, 7, MED, "(36.2, 13.5)"],
        ["2014.2", "2014.3", "2014-03-02", 2014, "March", 0, 2, 2, MED, "35.0; 14.5"],
    ],
    "no dots": [
        ["Incident date", "Incident year", "Incident month", "No dead", "No missing", "No dead/missing", "Route",
         "Latitude", "Longitude"],
        ["2014-01-06", 2014, 1, 1, 3, 4, MED, 35.1, 14.0],
        ["2014-03-19", 2014, 3, 7, 0, 7, MED, 36.2, 13.5],
        ["2014-03-02", 2014, 3, 0, 2, 2, MED, "35,0", "14,5"],
    ],
    "no total": [
        ["Incident Date", "No. dead", "No. missing", "Route", "Latitude", "Longitude"],
        ["Mon, 06/01/2014 - 12:00", 1, 3, MED, 35.1, 14.0],
        ["Wed, 19/03/2014 - 00:00", 7, "", MED, 36.2, 13.5],
        ["Sun, 02/03/2014 - 12:00", "NA", 2, MED, 35.0, 14.5],
    ],
    "months alone": [
        ["Reported Year", "Reported Month", "dead_and_missing", "Route", "Latitude", "Longitude"],
        [2014, "Jan", 4, MED, 35.1, 14.0],
        [2014, "March", 7, MED, 36.2, 13.5],
        [2014, 3, 2, MED, 35.0, 14.5],
    ],
    "American": [
        ["Date", "No. dead/missing", "Coordinates"],
        ["01/06/2014", "4", "35.1, 14.0"],
        ["03/19/2014", "7", "36.2, 13.5"],
        ["03/02/2014", "2", "35.0, 14.5"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_months(tmp_path: Path, layout: str) -> None:
    lines = LAYOUTS[layout]
    for file in (csv_file(tmp_path / "t.csv", lines, ";", "utf-8-sig"), workbook(tmp_path / "t.xlsx", lines)):
        found = import_file(file, Wanted())
        assert counts(found) == {(2014, 1): 4, (2014, 2): 0, (2014, 3): 9}
        assert {row.measure for row in found.rows} == {"deaths"}
        boxed = import_file(file, Wanted(box="34,35.5,13.9,14.6"))
        assert counts(boxed) == {(2014, 1): 4, (2014, 2): 0, (2014, 3): 2}


HEADER = ["Incident Date", "Total Number of Dead and Missing", "Migration Route"]


def imported(folder: Path, *rows: list[Any], wanted: Wanted | None = None, header: list[str] = HEADER) -> Imported:
    return import_file(csv_file(folder / "t.csv", [header, *rows]), wanted or Wanted())


def refused(folder: Path, *rows: list[Any], header: list[str] = HEADER) -> str:
    with pytest.raises(ScenarioError) as caught:
        imported(folder, *rows, header=header)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_incidents_without_a_date_are_dropped_and_said(tmp_path: Path) -> None:
    found = imported(tmp_path, ["2021-09-19", 2, MED], ["", 5, MED], ["2021-11-02", 1, MED])
    assert counts(found) == {(2021, 9): 2, (2021, 10): 0, (2021, 11): 1}
    assert any("line 3: no date; 5 in it" in line for line in found.reconciliation)


def test_a_month_whose_only_incident_has_no_count_is_missing(tmp_path: Path) -> None:
    found = imported(tmp_path, ["2021-09-19", 2, MED], ["2021-10-01", "", MED], ["2021-11-02", "NA", MED],
                     ["2021-11-03", 4, MED])  # fmt: skip
    assert counts(found) == {(2021, 9): 2, (2021, 11): 4}
    assert any("Missing: 2021-10: no incident with a count" in line for line in found.reconciliation)


@pytest.mark.parametrize("day", ["13-Janv-20", "6 Febuary 2020", "13.1.20", "2020-02-30", "43831", "Fri, 02/01/2020"])
def test_a_date_that_is_not_understood_is_refused_with_column_and_line(tmp_path: Path, day: str) -> None:
    message = refused(tmp_path, ["2020-01-13", 2, MED], [day, 1, MED])
    assert f"t.csv:3: column 'Incident Date': found the date {day!r}" in message or "in no one order" in message


def test_the_order_of_days_is_asked_where_no_date_decides(tmp_path: Path) -> None:
    rows = [["02/01/2021", 2, MED], ["05/01/2021", 1, MED]]
    assert "found '02/01/2021': which is the day? say --dates day-first or --dates month-first" in refused(
        tmp_path, *rows
    )
    assert counts(imported(tmp_path, *rows, wanted=Wanted(dates="day-first"))) == {(2021, 1): 3}
    assert counts(imported(tmp_path, *rows, wanted=Wanted(dates="month-first")))[2021, 5] == 1


def test_dates_in_two_orders_are_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, ["13/02/2021", 2, MED], ["02/14/2021", 1, MED])
    assert "'13/02/2021' (line 2)" in message
    assert "'02/14/2021' (line 3)" in message


def test_the_columns_of_month_and_year_decide_the_order(tmp_path: Path) -> None:
    header = ["Incident Date", "Incident Year", "Month", "No. dead/missing"]
    found = imported(tmp_path, ["02/03/2021", 2021, "March", 5], header=header)
    assert counts(found) == {(2021, 3): 5}


def test_dates_that_disagree_with_the_columns_beside_them_are_refused(tmp_path: Path) -> None:
    header = ["Incident Date", "Incident Year", "Month", "No. dead/missing"]
    rows = [["20-Jan-13", 2020, "Jan", 5], ["19-Jan-13", 2019, "Jan", 5]]
    assert "t.csv:2: column 'Incident Date': the date '20-Jan-13' is not in the month" in refused(
        tmp_path, *rows, header=header
    )


@pytest.mark.parametrize("column", ["No. dead", "No. missing"])
def test_half_of_what_is_counted_is_refused(tmp_path: Path, column: str) -> None:
    assert "needed: 'Total Number of Dead and Missing', or" in refused(
        tmp_path, ["2021-09-19", 2, MED], header=["Incident Date", column, "Route"]
    )


def test_a_total_among_incidents_is_refused_or_told(tmp_path: Path) -> None:
    assert "'All routes' among incidents" in refused(tmp_path, ["2021-09-19", 2, MED], ["2021-09-30", 2, "All routes"])
    country = [*HEADER, "Country of Incident"]
    rows = [["2021-09-19", 2, MED, "Libya"], ["2021-09-30", 2, MED, "TOTAL"]]
    assert "t.csv:3: found 'TOTAL' among incidents" in refused(tmp_path, *rows, header=country)
    found = imported(tmp_path, ["2021-09-19", 2, MED], ["Total", 2, ""])
    assert counts(found) == {(2021, 9): 2}
    assert any("line 3: no date; 2 in it" in line for line in found.reconciliation)


def test_two_incidents_alike_are_two_and_one_number_twice_is_refused(tmp_path: Path) -> None:
    twice = [["2021-09-19", 2, MED], ["2021-09-19", 2, MED]]
    assert counts(imported(tmp_path, *twice)) == {(2021, 9): 4}
    message = refused(tmp_path, *([*row, "2021.7"] for row in twice), header=[*HEADER, "Incident ID"])
    assert "a second time for 2021-09, first in line 2" in message


def test_incidents_without_a_place_are_told_where_a_box_is_wanted(tmp_path: Path) -> None:
    rows = [["2021-09-19", 2, "53.1, 23.8"], ["2021-09-20", 4, ""], ["2021-09-21", 8, "north of the river"]]
    found = imported(tmp_path, *rows, wanted=Wanted(box="51,57,22,29"), header=[*HEADER[:2], "Coordinates"])
    assert counts(found) == {(2021, 9): 2}
    assert any("2 rows without coordinates are not in the box" in line for line in found.reconciliation)
    assert any("line 4: found the place 'north of the river'" in line for line in found.reconciliation)


@pytest.mark.parametrize(
    "place",
    ["35.9, -5.3", "+35.9, -5.3", "35.9, - 5.3", "35.9,\N{MINUS SIGN}5.3", "(35.9; \N{EN DASH} 5.3)",
     "35.9 \N{MINUS SIGN}5.3", "POINT (\N{MINUS SIGN} 5.3 35.9)"],
)  # fmt: skip
def test_degrees_keep_their_sign_however_it_is_written(tmp_path: Path, place: str) -> None:
    rows = [["2021-09-19", 2, place], ["2021-09-20", 4, "35.9, 5.3"]]
    header = [*HEADER[:2], "Coordinates"]
    assert counts(imported(tmp_path, *rows, wanted=Wanted(box="35,37,-6,-5"), header=header)) == {(2021, 9): 2}


@pytest.mark.parametrize("place", ["35.9 - 5.3", "35.9 \N{EN DASH}5.3", "- - 5.3, 35.9", "35.9 N, 5.3 W"])
def test_a_dash_that_may_be_something_else_is_no_sign(tmp_path: Path, place: str) -> None:
    rows = [["2021-09-19", 2, place], ["2021-09-20", 4, "35.9, 5.3"]]
    found = imported(tmp_path, *rows, wanted=Wanted(box="35,37,-6,6"), header=[*HEADER[:2], "Coordinates"])
    assert any(f"line 2: found the place {place!r}, which is no latitude" in line for line in found.reconciliation)


def test_totals_that_are_not_their_parts_are_refused_and_a_few_of_many_told(tmp_path: Path) -> None:
    header = ["Incident Date", "No. dead", "No. missing", "No. dead/missing"]
    assert "t.csv:2: column 'No. dead/missing': the total is 5, but 1 dead and 2 missing are beside it" in refused(
        tmp_path, ["2021-09-19", 1, 2, 5], header=header
    )
    found = imported(tmp_path, ["2021-09-19", 1, 2, 5], *(["2021-09-20", 1, 0, 1] for _ in range(99)), header=header)
    assert counts(found) == {(2021, 9): 104}
    assert any("so in 1 rows, whose totals were taken" in line for line in found.reconciliation)


def test_a_misprinted_year_makes_no_years_of_zeros(tmp_path: Path) -> None:
    assert "t.csv:3: found the year 2041, but no other after 2014" in refused(
        tmp_path, ["2014-01-05", 3, MED], ["2041-02-05", 3, MED]
    )
