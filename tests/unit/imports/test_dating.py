"""Months of a table: one order of days and months in all of it, and a question where it is open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sim.imports.table import How, Row, Table
from tests.unit.imports.files import refusal, table_of

LISTED = ["Incident Date", "No. dead/missing", "Route"]
APART = ["Year", "Month", "No. dead/missing", "Route"]
BOTH = ["Incident Date", "Incident Year", "Month", "No. dead/missing"]
ONE_ORDER = "whose days and months are in no one order; one is allowed, and no text beside dates"


def months_of(table: Table) -> list[tuple[int, int]]:
    return [month for row in table.rows for month in row.counts]


def test_a_row_has_its_month_names_and_count() -> None:
    table = table_of(LISTED, ["2021-08-03", 4, "A"], ["3 August 2021", "NA", None])
    assert table.rows[0] == Row(2, ("A",), {(2021, 8): 4})
    assert table.rows[1].names == ("",)
    assert months_of(table) == [(2021, 8), (2021, 8)]
    assert table.dropped == []
    assert table.notes == []


def test_columns_of_months_are_in_the_order_under_which_they_differ() -> None:
    header = ["Route", "01/06/2021", "01/07/2021"]
    assert list(table_of(header, ["A", 1, 2]).rows[0].counts) == [(2021, 6), (2021, 7)]
    open_header = ["Route", "01/02/2021", "Comment"]
    question = (
        "t.csv:1: column '01/02/2021': found '01/02/2021': which is the day? say --dates day-first or --dates "
        "month-first"
    )
    assert refusal(lambda: table_of(open_header, ["A", 1, "x"])) == question
    for order, month in (("day-first", (2021, 2)), ("month-first", (2021, 1))):
        assert table_of(open_header, ["A", 1, "x"], how=How(dates=order)).rows[0].counts == {month: 1}


def test_a_column_of_a_month_in_another_language_is_refused_with_its_name() -> None:
    assert refusal(lambda: table_of(["Route", "JAN2021", "FEV2021"], ["A", 1, 2])) == (
        "t.csv:1: column 'FEV2021': not understood as a month; allowed: English names or numbers, such as JAN2021 or "
        "2021-01"
    )


def test_dates_under_no_one_order_are_shown_with_their_lines() -> None:
    rows: list[list[Any]] = [["25/02/2021", 1, "A"], [datetime(2021, 2, 1), 2, "A"]]
    assert refusal(lambda: table_of(LISTED, *rows)) == (
        f"t.csv:3: column 'Incident Date': found '2021-02-01' (line 3) and '25/02/2021' (line 2), {ONE_ORDER}"
    )
    rows = [["2021-02-01", 1, "A"], ["25/02/2021", 2, "A"], ["02/26/2021", 3, "A"], ["02/27/2021", 3, "A"]]
    assert refusal(lambda: table_of(LISTED, *rows)) == (
        f"t.csv:4: column 'Incident Date': found '02/26/2021' (line 4) and '25/02/2021' (line 3), {ONE_ORDER}"
    )
    assert refusal(lambda: table_of(LISTED, ["25/02/2021", 1, "A"], how=How(dates="month-first"))) == (
        f"t.csv:2: column 'Incident Date': found '25/02/2021' (line 2), {ONE_ORDER}"
    )


def test_a_date_that_is_none_is_named_with_what_is_allowed() -> None:
    assert refusal(lambda: table_of(LISTED, ["2021-08-03", 1, "A"], ["Augst 2021", 2, "A"])) == (
        "t.csv:3: column 'Incident Date': found the date 'Augst 2021'; allowed: a date such as 2021-08-03 or "
        "3 August 2021"
    )
    assert refusal(lambda: table_of(["Route", "Month", "Detections"], ["A", "Augst 2021", 2])) == (
        "t.csv:2: column 'Month': found the date 'Augst 2021'; allowed: a month such as 2021-08"
    )
    assert refusal(lambda: table_of(["Route", "Month", "Detections"], ["A", None, 2])) == (
        "t.csv:2: column 'Month': found no month beside figures; allowed: a month such as 2021-08"
    )


def test_a_short_year_is_of_a_month_in_a_table_and_of_no_day_in_a_list() -> None:
    assert months_of(table_of(["Route", "Month", "Detections"], ["A", "Aug-21", 2])) == [(2021, 8)]
    assert "found the date 'Aug-21'" in refusal(lambda: table_of(LISTED, ["Aug-21", 2, "A"]))


@pytest.mark.parametrize("nothing", ["", "-", "NA", "n/a", "Unknown", "Total", None])
def test_an_incident_without_a_date_or_month_is_dropped_with_its_count(nothing: Any) -> None:
    table = table_of(LISTED, ["2021-08-03", 4, "A"], [nothing, 1234, "A"], [nothing, "NA", "A"])
    assert months_of(table) == [(2021, 8)]
    assert table.dropped == [(3, "no date; 1,234 in it"), (4, "no date")]
    table = table_of(APART, [2021, 8, 4, "A"], [nothing, 8, 5, "A"], [2021, nothing, 6, "A"])
    assert months_of(table) == [(2021, 8)]
    assert table.dropped == [(3, "no date; 5 in it"), (4, "no date; 6 in it")]


def test_a_year_or_month_apart_that_is_none_is_refused() -> None:
    assert refusal(lambda: table_of(APART, [2021, 8, 4, "A"], ["21", 8, 5, "A"])) == (
        "t.csv:3: column 'Year': found the year '21'; allowed: a year such as 2021"
    )
    assert refusal(lambda: table_of(APART, [2021, "Aout", 4, "A"])) == (
        "t.csv:2: column 'Month': found the month 'Aout'; allowed: 1 to 12, or its English name"
    )
    months = ["Route", "Year", "Month", "Detections"]
    assert refusal(lambda: table_of(months, ["A", "", 8, 4])) == (
        "t.csv:2: column 'Month': found no month beside figures; allowed: a month such as 2021-08"
    )
    assert months_of(table_of(months, ["A", 2021, "Aug", 4])) == [(2021, 8)]


def test_months_beside_dates_decide_the_order_only_where_it_is_open() -> None:
    assert months_of(table_of(BOTH, ["02/03/2021", 2021, "March", 5])) == [(2021, 3)]
    assert months_of(table_of(BOTH, ["02/03/2021", 2021, "Feb", 5])) == [(2021, 2)]
    assert months_of(table_of(BOTH, ["02/03/2021", 2021, "Feb", 5], ["03/04/2021", "", "", 5])) == [
        (2021, 2),
        (2021, 3),
    ]
    assert "which is the day?" in refusal(lambda: table_of(BOTH, ["02/03/2021", "", "", 5]))
    assert "which is the day?" in refusal(lambda: table_of(BOTH, ["02/03/2021", 2021, "May", 5]))
    unread = table_of(BOTH, ["2021-03-02", "21", "Mars", 5], ["", 2021, "May", 6])
    assert months_of(unread) == [(2021, 3), (2021, 5)]


@pytest.mark.parametrize(("rows", "kept"), [(49, False), (50, True)])
def test_dates_that_disagree_are_taken_if_they_are_two_of_a_hundred(rows: int, kept: bool) -> None:
    lines = [
        ["2021-03-02", 2021, "April", 1],
        *([["2021-03-02", 2021, "March", 1]] * (rows - 1)),
        ["2021-03-02", "", "", 1],
    ]
    what = "the date '2021-03-02' is not in the month that its row names beside it"
    if kept:
        table = table_of(BOTH, *lines)
        assert set(months_of(table)) == {(2021, 3)}
        assert table.notes == [f"line 2: {what}; so in 1 rows, whose dates were taken"]
    else:
        message = refusal(lambda: table_of(BOTH, *lines))
        assert message == f"t.csv:2: column 'Incident Date': {what}; so in 1 of 49 rows"


def test_five_years_between_incidents_are_allowed_and_six_a_misprint() -> None:
    assert months_of(table_of(LISTED, ["2014-01-05", 3, "A"], ["2019-12-05", 3, "A"])) == [(2014, 1), (2019, 12)]
    assert refusal(lambda: table_of(LISTED, ["2020-01-05", 3, "A"], ["2014-12-05", 3, "A"])) == (
        "t.csv:2: found the year 2020, but no other after 2014; mend or delete what is misdated"
    )
    table = table_of(["Route", "JAN2014", "JAN2030"], ["A", 1, 2])
    assert months_of(table) == [(2014, 1), (2030, 1)]
