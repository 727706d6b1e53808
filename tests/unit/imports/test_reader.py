"""Reading of a table: what is counted, what is left out, and what is refused with its line and column."""

from __future__ import annotations

from typing import Any

import pytest

from sim.imports.layouts import recognised
from sim.imports.numerals import Empty
from sim.imports.places import place_of
from sim.imports.reader import read
from sim.imports.sheets import Formula
from sim.imports.table import How, Table
from tests.unit.imports.files import refusal, sheet_of, table_of

WIDE = ["Route", "JAN2021", "FEB2021"]
JAN, FEB = (2021, 1), (2021, 2)


def test_columns_of_text_name_rows_and_unused_figures_of_a_row_a_month_do_not() -> None:
    table = table_of(["Sex", *WIDE, "Nationality"], ["f", "A", 1, None, "Iraq"], ["m", "A", "2", "NA", None])
    assert table.columns == {"route": 1, "nationality": 4}
    assert table.names == [1, 4, 0]
    assert [row.names for row in table.rows] == [("A", "Iraq", "f"), ("A", "", "m")]
    assert [row.counts for row in table.rows] == [{JAN: 1, FEB: Empty.BLANK}, {JAN: 2, FEB: Empty.UNKNOWN}]
    assert [row.line for row in table.rows] == [2, 3]
    long = table_of(["Route", "Month", "Detections", "Sex", "Age", "Share"], ["A", "2021-01", 3, "f", 30, "x"])
    assert long.names == [0, 3, 5]
    assert long.rows[0].counts == {JAN: 3}


def test_a_column_with_figures_that_is_no_month_is_refused() -> None:
    assert refusal(lambda: table_of([*WIDE, "Age"], ["A", 1, 2, ""], ["B", 1, 2, 30])) == (
        "t.csv:3: column 'Age': found figures in a column that is no month; allowed: months in English, such as "
        "JAN2021 or 2021-01"
    )


def test_a_role_has_one_column() -> None:
    assert refusal(lambda: table_of(["Route", "JAN2021", "route"], ["A", 1, "A"])) == (
        "t.csv:1: column 'route': found two columns of this name; allowed: one route"
    )


@pytest.mark.parametrize(("has", "lacks"), [("Dead", "missing"), ("Missing", "dead")])
def test_the_dead_alone_and_the_missing_alone_are_half(has: str, lacks: str) -> None:
    assert refusal(lambda: table_of(["Date", has], ["2021-01-02", 1])) == (
        f"t.csv:1: found no column of the {lacks}; needed: 'Total Number of Dead and Missing', or one of the dead and "
        "one of the missing"
    )
    assert table_of(["Date", has, "Dead and missing"], ["2021-01-02", 1, 5]).rows[0].counts == {JAN: 5}


def test_a_formula_without_a_value_is_refused_where_it_stands() -> None:
    layout = recognised(WIDE)
    assert layout is not None
    message = refusal(lambda: read(sheet_of([*WIDE, Formula("=A1")], ["A", 1, 2, "x"]), layout, How()))
    assert message.endswith(": found a formula without a stored value; save the file anew")
    assert refusal(lambda: read(sheet_of(WIDE, ["A", 1, 2], ["A", 1, Formula("=B2")]), layout, How())) == (
        "t.csv:3: column 'FEB2021': found the formula '=B2' without a stored value; open the file in a spreadsheet and "
        "save it"
    )


def test_a_line_with_one_text_is_a_note_and_cut_at_forty_letters() -> None:
    table = table_of(WIDE, ["A", 1, 2], ["x" * 41, None, ""], [None, "y" * 40, None])
    assert table.dropped == [(3, f"a note, not a row: '{'x' * 40}'"), (4, f"a note, not a row: '{'y' * 40}'")]
    assert refusal(lambda: table_of(WIDE, ["A", 1, 2], [None, "7", None])) == (
        "t.csv:3: column 'Route': found no route beside figures; fill it in, row by row"
    )


def test_a_table_without_rows_is_refused_with_what_it_should_count() -> None:
    assert refusal(lambda: table_of(WIDE)) == "t.csv:1: found no detections below the header; is the download whole?"
    assert refusal(lambda: table_of(["Date", "Dead and missing"], ["", 5])) == (
        "t.csv:1: found no deaths below the header; is the download whole?"
    )


def test_a_figure_that_is_none_is_named_with_line_and_column() -> None:
    assert refusal(lambda: table_of(WIDE, ["A", 1, 2], ["B", 3, "x4"])) == (
        "t.csv:3: column 'FEB2021': found 'x4'; allowed: persons, a whole number from 0 to 999,999,999"
    )
    assert table_of(WIDE, ["A", "1.000", 2], how=How(decimal="comma")).rows[0].counts == {JAN: 1000, FEB: 2}


@pytest.mark.parametrize(
    ("name", "cells", "refused"),
    [
        ("Total", [1, 2, 3], None),
        ("Total", [1, 2, 4], "found 4, but its months are 3 in all"),
        ("Total", [1, 2, 2], "found 2, but its months are 3 in all"),
        ("Total", [1, 2, ""], None),
        ("Total", [1, "", 1], None),
        ("Total", [1, "", 4], None),
        ("Total", [1500, "", 1400], "found 1,400, but its months are 1,500 in all"),
        ("Total 2021", [1, 2, 3], None),
        ("Total 2020", [1, 2, 0], None),
        ("Total 2020", [1, 2, 3], "found 3, but its months are 0 in all"),
    ],
)
def test_a_column_of_totals_is_the_sum_of_its_months(name: str, cells: list[Any], refused: str | None) -> None:
    if refused is None:
        table = table_of([*WIDE, name], ["A", *cells])
        assert list(table.rows[0].counts) == [JAN, FEB]
        assert table.rows[0].counts[JAN] == cells[0]
        assert table.notes == [f"column {name!r} left out: it is the sum of its months"]
    else:
        assert refusal(lambda: table_of([*WIDE, name], ["A", *cells])) == f"t.csv:2: column {name!r}: {refused}"


def test_each_of_two_totals_is_the_sum_of_its_own_year() -> None:
    header = ["Route", "DEC2020", "Total 2020", "JAN2021", "FEB2021", "Total 2021", "Grand total"]
    table = table_of(header, ["A", 1, 1, 2, 4, 6, 7], ["B", 8, 8, 0, 1, 1, 9])
    assert [list(row.counts.values()) for row in table.rows] == [[1, 2, 4], [8, 0, 1]]
    assert len(table.notes) == 3
    assert refusal(lambda: table_of(header, ["A", 1, 1, 2, 4, 6, 7], ["B", 8, 8, 0, 1, 2, 9])) == (
        "t.csv:3: column 'Total 2021': found 2, but its months are 1 in all"
    )


DEATHS = ["Date", "Dead and missing", "Dead", "Missing", "Route"]


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        ([3, 1, 2], 3), (["", 1, 2], 3), (["NA", 1, ""], 1), (["", "", 2], 2), ([5, "", ""], 5),
        (["", "", ""], Empty.BLANK), (["NA", "", "-"], Empty.BLANK), ([0, "", 2], 0),
    ],
)  # fmt: skip
def test_the_dead_and_missing_are_the_stated_total_or_what_is_known_of_them(cells: list[Any], count: Any) -> None:
    assert table_of(DEATHS, ["2021-01-02", *cells, "A"]).rows[0].counts == {JAN: count}


def test_dead_and_missing_are_added_where_no_total_is_a_column() -> None:
    header = ["Date", "Dead", "Missing"]
    table = table_of(header, ["2021-01-02", 3, 4], ["2021-01-02", "", 4], ["2021-01-02", 3, "NA"])
    assert [row.counts[JAN] for row in table.rows] == [7, 4, 3]


@pytest.mark.parametrize(("rows", "kept"), [(49, False), (50, True)])
def test_totals_that_are_not_their_parts_are_taken_if_they_are_two_of_a_hundred(rows: int, kept: bool) -> None:
    lines = [["2021-01-02", 4, 1, 2, "A"], *([["2021-01-02", 3, 1, 2, "A"]] * (rows - 1))]
    lines.append(["2021-01-02", 9, "", 2, "A"])
    what = "the total is 4, but 1 dead and 2 missing are beside it"
    if kept:
        table = table_of(DEATHS, *lines)
        assert table.rows[0].counts == {JAN: 4}
        assert table.notes == [f"line 2: {what}; so in 1 rows, whose totals were taken"]
    else:
        assert refusal(lambda: table_of(DEATHS, *lines)) == (
            f"t.csv:2: column 'Dead and missing': {what}; so in 1 of 49 rows"
        )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("35.1, 14.0", (35.1, 14.0)), ("(35.1; -14)", (35.1, -14.0)), ("35.1 14.0", (35.1, 14.0)),
        ("POINT (14.0 35.1)", (35.1, 14.0)), ("point(14 -35.1)", (-35.1, 14.0)), ("+35.1,+14", (35.1, 14.0)),
        ("90, 180", (90.0, 180.0)), ("-90, -180", (-90.0, -180.0)), ("90.1, 10", None), ("10, 180.1", None),
        ("-90.1, 10", None), ("10, -180.1", None), ("35.1", None), ("1234, 10", None),
    ],
)  # fmt: skip
def test_a_place_is_latitude_and_longitude_in_degrees(text: str, place: tuple[float, float] | None) -> None:
    table = table_of(["Date", "Dead and missing", "Coordinates"], ["2021-01-02", 1, text])
    assert table.rows[0].place == place
    note = f"line 2: found the place {text!r}, which is no latitude and longitude in degrees"
    assert table.notes == ([] if place else [note])


@pytest.mark.parametrize("text", ["", "-", "NA", "unknown", None])
def test_no_place_is_no_note(text: Any) -> None:
    table = table_of(["Date", "Dead and missing", "Coordinates"], ["2021-01-02", 1, text])
    assert table.rows[0].place is None
    assert table.notes == []


@pytest.mark.parametrize(
    ("latitude", "longitude", "place", "noted"),
    [
        (35.1, "14", (35.1, 14.0), None), ("35,1", "-14,5", (35.1, -14.5), None), ("", None, None, None),
        (35.1, "", None, "35.1, "), (91, 14, None, "91, 14"), ("35.1 N", 14, None, "35.1 N, 14"),
    ],
)  # fmt: skip
def test_a_place_in_two_columns_has_both(latitude: Any, longitude: Any, place: Any, noted: str | None) -> None:
    table = table_of(["Date", "Dead and missing", "Lat", "Lon"], ["2021-01-02", 1, latitude, longitude])
    assert table.rows[0].place == place
    note = f"line 2: found the place {noted!r}, which is no latitude and longitude in degrees"
    assert table.notes == ([note] if noted else [])


def test_a_table_with_half_a_place_has_none() -> None:
    table: Table = table_of(["Date", "Dead and missing", "Lat"], ["2021-01-02", 1, 35.1])
    assert place_of(table, 2, ["2021-01-02", 1, 35.1]) is None
    assert table.notes == []
