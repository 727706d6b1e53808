"""Totals beside their parts: left out where they are the sum, refused where they are not."""

from __future__ import annotations

from typing import Any

import pytest

from sim.imports.table import Table
from sim.imports.totals import settle
from tests.unit.imports.files import refusal, table_of

HEADER = ["Route", "Nationality", "JAN2021", "FEB2021", "MAR2021"]
IRAQ, SYRIA = ["East", "Iraq", 11, 20, 8], ["East", "Syria", 3, 4, 9]
WEST = ["West", "Iraq", 100, 0, 1]
LEFT_OUT = "a total of other rows, equal to their sum"


def settled(*rows: list[Any], header: list[str] = HEADER) -> Table:
    table = table_of(header, *rows)
    settle(table)
    return table


def refused(*rows: list[Any], header: list[str] = HEADER) -> str:
    return refusal(lambda: settled(*rows, header=header))


def test_totals_of_a_route_a_nationality_and_all_are_dropped_with_their_lines() -> None:
    table = settled(
        IRAQ, SYRIA, ["East", "Total", 14, 24, 17], WEST, ["Total", "Iraq", 111, 20, 9],
        ["Grand total", "", 114, 24, ""], ["Total", "Syria total", 3, 4, 9],
        ["West total", "All nationalities", 100, "", 1],
    )  # fmt: skip
    assert [row.line for row in table.rows] == [2, 3, 5]
    assert table.dropped == [(line, LEFT_OUT) for line in (4, 6, 7, 8, 9)]
    assert table.notes == []


@pytest.mark.parametrize(
    ("total", "message"),
    [
        (["East", "Total", 14, 25, 17], "the total 'East, Total' is 25 for 2021-02, but its parts are 24 in all; "
                                        "mend or delete it"),
        (["East", "Total", 14, 23, 17], "the total 'East, Total' is 23 for 2021-02, but its parts are 24 in all; "
                                        "mend or delete it"),
        (["South", "Total", 1400, "", ""], "the total 'South, Total' is 1,400 for 2021-01, but has no parts; "
                                           "allowed: rows, and totals of them"),
        (["Total", "Syria", 14, 24, 17], "the total 'Total, Syria' is 14 for 2021-01, but its parts are 3 in all; mend "
                                         "or delete it"),
    ],
)  # fmt: skip
def test_a_total_that_is_not_the_sum_is_refused_with_both(total: list[Any], message: str) -> None:
    assert refused(IRAQ, SYRIA, total) == f"t.csv:4: {message}"


@pytest.mark.parametrize(("value", "fits"), [(11, True), (12, True), (10, False)])
def test_a_total_of_parts_with_an_empty_cell_is_at_least_their_sum(value: int, fits: bool) -> None:
    rows = [["East", "Iraq", 11, 1, 1], ["East", "Syria", "", 4, 9], ["East", "Total", value, 5, 10]]
    if fits:
        assert settled(*rows).dropped == [(4, LEFT_OUT)]
    else:
        assert refused(*rows).startswith("t.csv:4: the total 'East, Total' is 10 for 2021-01, but its parts are 11 in")


def test_a_row_or_a_route_that_is_the_sum_of_two_others_in_three_months_is_an_unnamed_total() -> None:
    text = "is the sum of all other rows in each month; delete it if it is their total"
    assert refused(IRAQ, SYRIA, ["East", "them", 14, 24, 17]) == f"t.csv:4: 'East, them' {text}"
    routes = [
        ["East", "Iraq", 11, 20, 8],
        ["West", "Iraq", 3, 4, 9],
        ["Both", "Iraq", 13, 23, 17],
        ["Both", "Syria", 1, 1, 0],
    ]
    assert refused(*routes) == f"t.csv:4: 'Both, Iraq' {text}"


def test_what_equals_the_sum_by_chance_is_kept() -> None:
    assert len(settled(IRAQ, ["East", "Syria", 11, 20, 8]).rows) == 2, "of two, each is the sum of all others"
    small = [["East", "Iraq", 5, 20, 8], ["East", "Syria", 4, 4, 9], ["East", "Iran", 9, 24, 17]]
    assert len(settled(*small).rows) == 3, "two months of ten or more"
    large = [["East", "Iraq", 6, 20, 8], ["East", "Syria", 4, 4, 9]]
    assert refused(*large, ["East", "Iran", 10, 24, 17]).startswith("t.csv:4: 'East, Iran' is the sum")
    assert len(settled(*large, ["East", "Iran", 10, 24, 16]).rows) == 3
    nothing = [["East", "Iraq", 0, 0, 0], ["East", "Syria", 0, 0, 0], ["East", "", 0, 0, 0]]
    assert len(settled(*nothing).rows) == 3


def test_a_row_of_no_nationality_that_is_the_sum_is_a_total_however_small() -> None:
    assert refused(["East", "Iraq", 1, 2, 3], ["East", "", 1, 2, 3]).startswith(
        "t.csv:3: 'East' is the sum of all other"
    )
    assert len(settled(["East", "", 1, 2, 3]).rows) == 1
    header = ["Route", "Border", "JAN2021"]
    assert len(settled(["East", "Land", 1], ["East", "", 1], header=header).rows) == 2, "no column of nationalities"


def test_one_month_of_a_name_stands_once() -> None:
    long = ["Route", "Month", "Detections"]
    assert refused(["East", "2021-01", 1], ["East", "2021-02", 1], ["East", "2021-01", 2], header=long) == (
        "t.csv:4: found East a second time for 2021-01, first in line 2; allowed: once"
    )
    assert len(settled(["East", "2021-01", 1], ["East", "2021-02", 1], header=long).rows) == 2


def test_an_incident_with_a_number_stands_once_unless_a_cell_differs() -> None:
    header = ["Date", "Dead and missing", "Route", "Incident ID"]
    first, other, nameless = ["2021-01-05", 2, "Sea", "7"], ["2021-01-05", 3, "Sea", "7"], ["2021-01-05", 2, "Sea", ""]
    assert len(settled(first, other, nameless, nameless, header=header).rows) == 4
    assert refused(first, other, first, header=header) == (
        "t.csv:4: found Sea, 7 a second time for 2021-01, first in line 2; allowed: once"
    )
    assert len(settled(first[:3], first[:3], header=header[:3]).rows) == 2


def test_shares_and_totals_among_incidents_are_refused() -> None:
    assert refused(IRAQ, ["East", "of which minors", 1, 1, 1]) == (
        "t.csv:3: 'of which minors' is counted in another row too; delete rows that are shares"
    )
    header = ["Date", "Dead and missing", "Route", "Country"]
    assert refused(["2021-01-05", 2, "All routes", "x"], header=header) == (
        "t.csv:2: found 'All routes' among incidents; delete totals"
    )
    assert refused(["2021-01-05", 2, "Sea", " Total"], header=header) == (
        "t.csv:2: found 'Total' among incidents; delete totals"
    )
    assert len(settled(["2021-01-05", 2, "Sea", "Total of Libya"], header=header).rows) == 1


def test_spellings_of_routes_and_nationalities_are_told() -> None:
    table = settled(
        ["East", "Iraq", 1, 2, 3], ["EAST", "Syria", 5, 2, 3], ["east ", "syria", 5, 9, 3], ["West", "Iran", 1, 1, 1]
    )
    assert table.notes == [
        "3 spellings of the route 'EAST' were read as one", "2 spellings of the nationality 'Syria' were read as one",
    ]  # fmt: skip
