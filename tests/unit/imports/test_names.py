"""Names as spreadsheets write them: what is the same name, what a total, and what a share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from sim.imports.layouts import LAYOUTS, columns_of, recognised, understood
from sim.imports.names import column_key, is_share, plain, same, total_of, with_hyphens

INCIDENTS, ACROSS, LONG = LAYOUTS


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), ("", ""), (" a \t b\n", "a b"), ("a\N{NO-BREAK SPACE}\N{THIN SPACE}b", "a b"),
        ("\N{ZERO WIDTH SPACE}é", "é"), ("e\N{COMBINING ACUTE ACCENT}", "é"), (3, "3"), (3.0, "3"), (3.5, "3.5"),
        (True, "True"), (datetime(2021, 8, 3), "2021-08-03"), (datetime(2021, 8, 3, 5), "2021-08-03T05:00:00"),
        (date(2021, 8, 3), "2021-08-03"),
    ],
)  # fmt: skip
def test_a_cell_as_text_has_plain_blanks_and_no_decimals_that_are_zeros(cell: Any, text: str) -> None:
    assert plain(cell) == text


def test_every_dash_is_a_hyphen_where_names_are_compared() -> None:
    assert with_hyphens("a-b") == "a-b"
    assert with_hyphens("a\N{EN DASH}b\N{MINUS SIGN}c\N{EM DASH}é+") == "a-b-c-é+"
    assert same(" Cote \N{EN DASH} D'Ivoire / X ") == "cote-d'ivoire/x"
    assert same("ÉTÉ") == same("été")
    assert same("East West") != same("EastWest")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("No. dead/missing", "deadmissing"), ("Total Number of Dead and Missing", "deadmissing"),
        ("dead_and_missing", "deadmissing"), ("IncidentDate", "incidentdate"), ("Minimum Estimated Number of Missing",
        "missing"), ("Total number", "totalnumber"), ("", ""), (None, ""), (2021.0, "2021"),
    ],
)  # fmt: skip
def test_columns_are_compared_by_the_words_that_say_something(name: Any, key: str) -> None:
    assert column_key(name) == key


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("Total", ""), ("Iraq Total", "iraq"), ("Total of Iraq", "iraq"), ("Grand total", ""), ("Sub-total", ""),
        ("Sub total for Syria", "syria"), ("All nationalities", "nationalities"), ("Suma", ""), ("Всего", ""),
        ("Iraq", None), ("Not all", None), ("", None), ("Totality", None), ("Overall Western Balkans",
        "western balkans"),
    ],
)  # fmt: skip
def test_a_total_says_of_what_it_is(name: str, of: str | None) -> None:
    assert total_of(name) == of


@pytest.mark.parametrize(
    ("name", "share"), [("of which minors", True), (" Davon Frauen", True), ("dont 3", True), ("dontist", False),
                        ("minors, of which 3", False), ("", False)],
)  # fmt: skip
def test_a_share_says_so_at_its_beginning(name: str, share: bool) -> None:
    assert is_share(name) is share


def test_a_role_has_the_column_with_the_best_of_its_names() -> None:
    header = ["Region", "Migration Route", "Date", "Incident Date", "Dead", "No. missing", "Incident Date"]
    assert columns_of(INCIDENTS, header) == {"dead": [4], "missing": [5], "route": [1], "date": [3, 6]}
    months = ["Route", "JAN2021", "Citizenship", "2021-02", ""]
    assert columns_of(ACROSS, months) == {"route": [0], "nationality": [2], "months": [1, 3]}
    assert columns_of(LONG, months) == {"route": [0], "nationality": [2]}
    assert columns_of(ACROSS, ["Route", "Nationality"]) == {"route": [0], "nationality": [1]}


@pytest.mark.parametrize(
    ("header", "layout", "columns"),
    [
        (["Date", "Dead"], INCIDENTS, 2),
        (["Year", "Month", "Missing", "Comment"], INCIDENTS, 3),
        (["Year", "Missing", "Comment"], None, 0),
        (["Route", "JAN2021", "FEB2021", "Border"], ACROSS, 4),
        (["JAN2021", "FEB2021"], None, 0),
        (["Route", "Month", "Detections"], LONG, 3),
        (["Route", "Year", "Month", "Detections"], LONG, 4),
        (["Route", "Detections"], None, 0),
        (["Route", "Month"], None, 0),
        ([], None, 0),
    ],
)
def test_a_header_is_of_the_first_layout_that_has_all_it_needs(header: list[str], layout: Any, columns: int) -> None:
    assert recognised(header) is layout
    assert understood(header) == columns
