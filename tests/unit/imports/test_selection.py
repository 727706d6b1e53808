"""Selection by route, nationality, box and month, and the reconciliation of what was selected."""

from __future__ import annotations

from typing import Any

import pytest

from sim.imports.reconciliation import reconciliation
from sim.imports.selection import Wanted, by_month, chosen_rows, months_in_words, next_month
from sim.imports.table import Table
from sim.imports.totals import settle
from tests.unit.imports.files import refusal, table_of

WIDE = ["Route", "Nationality", "NOV2020", "DEC2020", "FEB2021"]
NOV, DEC, JAN, FEB = (2020, 11), (2020, 12), (2021, 1), (2021, 2)
LISTED = ["Date", "Dead and missing", "Coordinates", "Route"]


@pytest.fixture
def wide() -> Table:
    rows: list[list[Any]] = [["East", "Iraq", 1, 20, 300], ["East", "Syria", 4, "", 600], ["West", "Iraq", 7, 80, "NA"]]
    return table_of(WIDE, *rows)


def incidents(*rows: list[Any]) -> Table:
    return table_of(LISTED, *[[*row, "Sea"] for row in rows])


@pytest.mark.parametrize(("month", "after"), [(NOV, DEC), (DEC, JAN), (JAN, FEB), ((2021, 11), (2021, 12))])
def test_the_month_after_december_is_january_of_the_next_year(month: tuple[int, int], after: tuple[int, int]) -> None:
    assert next_month(month) == after


def test_months_in_a_row_are_one_span_in_words() -> None:
    assert months_in_words([NOV, DEC, JAN, (2021, 3), (2021, 5), (2021, 6)]) == (
        "2020-11 to 2021-01, 2021-03, 2021-05 to 2021-06"
    )
    assert months_in_words([]) == ""


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        (Wanted(route="east"), [2, 3]),
        (Wanted(route=" WEST"), [4]),
        (Wanted(route="East", nationality=["iraq"]), [2]),
        (Wanted(route="East", nationality=["Iraq", "Syria"]), [2, 3]),
        (Wanted(route="East", without=["IRAQ"]), [3]),
        (Wanted(route="East", nationality=["Iraq"], without=["Iraq"]), []),
    ],
)
def test_rows_are_of_the_route_and_the_nationalities(wide: Table, wanted: Wanted, lines: list[int]) -> None:
    assert [row.line for row in chosen_rows(wide, wanted)] == lines


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (Wanted(), "--route: missing; t.csv has several; allowed: East, West"),
        (Wanted(route="Weste"), "--route: found 'Weste', not in t.csv; allowed: East, West (did you mean 'West'?)"),
        (Wanted(route=" "), "--route: found ' ', not in t.csv; allowed: East, West"),
        (Wanted(route="West", nationality=["Syria"]), "--nationality: found 'Syria', not in t.csv; allowed: Iraq"),
        (Wanted(route="East", without=["Q"]), "--without: found 'Q', not in t.csv; allowed: Iraq, Syria"),
        (
            Wanted(route="East", box="1,2,3,4"),
            "--box: the file has no coordinates; allowed: for Missing Migrants alone",
        ),
    ],
)
def test_what_is_not_in_the_file_is_named_with_what_is(wide: Table, wanted: Wanted, message: str) -> None:
    assert refusal(lambda: chosen_rows(wide, wanted)) == message


def test_a_file_of_one_route_needs_no_name_of_it() -> None:
    table = table_of(WIDE, ["East", "Iraq", 1, 2, 3], ["east", "Syria", 4, 5, 6])
    assert len(chosen_rows(table, Wanted())) == 2
    assert refusal(lambda: chosen_rows(incidents(["2021-01-01", 1, ""]), Wanted(route=""))) == (
        "--route: found '', not in t.csv; allowed: Sea"
    )


@pytest.mark.parametrize(
    ("box", "lines"),
    [
        ("51,57,22,29", [2, 3]), ("51.1,57,22,29", [3]), ("51,56.9,22,29", [2]), ("51,57,22.1,29", [3]),
        ("51,57,22,28.9", [2]), ("-90,90,-180,180", [2, 3, 4]),
    ],
)  # fmt: skip
def test_a_box_holds_its_edges(box: str, lines: list[int]) -> None:
    table = incidents(
        ["2021-01-01", 1, "51, 22"], ["2021-01-02", 2, "57, 29"], ["2021-01-02", 2, "-10, 20"], ["2021-01-03", 4, ""],
        ["2021-01-04", 8, "NA"],
    )  # fmt: skip
    assert [row.line for row in chosen_rows(table, Wanted(box=box))] == lines
    assert table.notes == ["2 rows without coordinates are not in the box (first: line 5)"]


def test_a_box_that_every_row_may_be_in_has_no_note() -> None:
    table = incidents(["2021-01-01", 1, "51, 22"])
    assert chosen_rows(table, Wanted(box="1,2,3,4")) == []
    assert table.notes == []


@pytest.mark.parametrize(
    "box", ["", "1,2,3", "1,2,3,4,5", "a,2,3,4", "2,2,3,4", "1,2,4,4", "2,1,3,4", "1,2,4,3", "-90.1,0,0,1",
            "0,90.1,0,1", "0,1,-180.1,0", "0,1,0,180.1"],
)  # fmt: skip
def test_a_box_is_south_north_west_and_east_in_degrees(box: str) -> None:
    assert refusal(lambda: chosen_rows(incidents(["2021-01-01", 1, "51, 22"]), Wanted(box=box))) == (
        f"--box: found {box!r}; allowed: south,north,west,east in degrees, such as 51,57,22.6,29.2"
    )


@pytest.mark.parametrize(
    ("wanted", "counts", "missing"),
    [
        (Wanted(route="East"), {NOV: 5, FEB: 900},
         {DEC: "1 of 2 cells are empty; --blank-is-zero if that means none", JAN: "not reported"}),
        (Wanted(route="East", blank_is_zero=True), {NOV: 5, DEC: 20, FEB: 900}, {JAN: "not reported"}),
        (Wanted(route="East", since="2020-12", until="2021-02", blank_is_zero=True), {DEC: 20, FEB: 900},
         {JAN: "not reported"}),
        (Wanted(route="East", until="2020-11"), {NOV: 5}, {}),
        (Wanted(route="East", since="2021-02"), {FEB: 900}, {}),
        (Wanted(route="East", since="2019-01", until="2030-12", nationality=["Iraq"]), {NOV: 1, DEC: 20, FEB: 300},
         {JAN: "not reported"}),
        (Wanted(route="West", blank_is_zero=True), {NOV: 7, DEC: 80}, {JAN: "not reported",
                                                                      FEB: "1 of 1 cells are empty"}),
    ],
)  # fmt: skip
def test_months_have_counts_or_a_reason(
    wide: Table, wanted: Wanted, counts: dict[Any, int], missing: dict[Any, str]
) -> None:
    assert by_month(wide, chosen_rows(wide, wanted), wanted) == (counts, missing)


def test_a_row_that_a_month_lacks_is_an_empty_cell_of_it() -> None:
    rows = [["East", "Iraq", "2021-01", 3], ["East", "Syria", "2021-01", 4], ["East", "Iraq", "2021-02", 5]]
    table = table_of(["Route", "Nationality", "Month", "Detections"], *rows)
    found = by_month(table, table.rows, Wanted())
    assert found == ({JAN: 7}, {FEB: "1 of 2 cells are empty; --blank-is-zero if that means none"})
    assert by_month(table, table.rows, Wanted(blank_is_zero=True)) == ({JAN: 7, FEB: 5}, {})
    assert refusal(lambda: by_month(table, [], Wanted())) == (
        "--since, --until: no month is left; the file covers 2021-01 to 2021-02; not reported"
    )


def test_a_month_without_incidents_is_0_and_one_whose_counts_are_unknown_is_missing() -> None:
    table = incidents(
        ["2020-11-05", 3, ""], ["2020-11-06", "NA", ""], ["2021-01-05", "", ""], ["2021-02-05", 0, ""],
        ["2021-02-06", 4, ""],
    )  # fmt: skip
    assert by_month(table, table.rows, Wanted()) == (
        {NOV: 3, DEC: 0, FEB: 4}, {JAN: "no incident with a count"}
    )  # fmt: skip


@pytest.mark.parametrize("option", ["since", "until"])
@pytest.mark.parametrize("text", ["2021", "2021-13", "2021-00", "2021-1", "21-01", "2021-01-01", ""])
def test_a_month_that_is_asked_for_is_a_year_and_1_to_12(wide: Table, option: str, text: str) -> None:
    wanted = Wanted(**{option: text})  # type: ignore[arg-type]
    assert refusal(lambda: by_month(wide, wide.rows, wanted)) == (
        f"--{option}: found {text!r}; allowed: a month such as 2021-08"
    )


@pytest.mark.parametrize(
    "wanted", [Wanted(since="2021-03"), Wanted(until="2020-10"), Wanted("x", since="2021-02", until="2020-12")]
)
def test_months_outside_of_the_file_are_none(wide: Table, wanted: Wanted) -> None:
    assert refusal(lambda: by_month(wide, wide.rows, wanted)) == (
        "--since, --until: no month is left; the file covers 2020-11 to 2021-02"
    )


def test_the_reconciliation_accounts_for_every_row_and_count(wide: Table) -> None:
    wide.dropped += [(9, "a note"), (5, "a total")]
    wide.notes += ["twice", "once", "twice"]
    wanted = Wanted(route="East", until="2020-12", blank_is_zero=True)
    chosen = chosen_rows(wide, wanted)
    assert reconciliation(wide, chosen, *by_month(wide, chosen, wanted)) == [
        "Read: 3 rows below line 1 of t.csv, as Frontex's monthly detections, a column a month",
        "Kept: 3 rows; dropped: 2",
        "  line 5: a total",
        "  line 9: a note",
        "Empty: 2 cells have no count, which is not 0",
        "Note: twice",
        "Note: once",
        "Totals of the file by route and year (detections):",
        "  East: 2020 25; 2021 900",
        "  West: 2020 87; 2021 not reported",
        "Of 1,012: 25 imported, 87 on other routes, of other nationalities or places, 900 in months not imported",
    ]


@pytest.mark.parametrize(("notes", "more"), [(10, []), (11, ["  and 1 more"]), (13, ["  and 3 more"])])
def test_ten_lines_of_a_kind_are_listed_and_the_rest_counted(notes: int, more: list[str]) -> None:
    table = incidents(["2020-11-05", 1500, ""], ["2020-12-05", 0, ""])
    table.notes += [f"n{k}" for k in range(notes)]
    table.sheet = table.sheet._replace(name="Data\N{ZERO WIDTH SPACE}")
    counts, missing = by_month(table, table.rows, Wanted())
    assert reconciliation(table, table.rows, counts, missing | {JAN: "gone", FEB: "gone", NOV: "lost"}) == [
        "Read: 2 rows below line 1 of t.csv, sheet Data\N{REPLACEMENT CHARACTER}, as IOM's Missing Migrants",
        "Kept: 2 rows; dropped: 0",
        "Missing: 2021-01 to 2021-02: gone",
        "Missing: 2020-11: lost",
        *[f"Note: n{k}" for k in range(10)],
        *more,
        "Totals of the file by route and year (deaths):",
        "  Sea: 2020 1,500",
        "Of 1,500: 1,500 imported, 0 on other routes, of other nationalities or places, 0 in months not imported",
    ]


def test_routes_without_a_name_and_spelt_twice_are_one_line_each() -> None:
    table = table_of(["Date", "Dead and missing", "Route"], ["2021-01-01", 1, ""], ["2021-01-01", 2, "Sea"],
                     ["2020-01-01", 4, "SEA"], ["2021-02-01", 8, "Air"])  # fmt: skip
    settle(table)
    assert table.notes == ["2 spellings of the route 'SEA' were read as one"]
    lines = reconciliation(table, [], {}, {})
    assert lines[-5:] == [
        "Totals of the file by route and year (deaths):",
        "  (no route): 2021 1",
        "  Air: 2021 8",
        "  Sea: 2020 4; 2021 2",
        "Of 15: 0 imported, 15 on other routes, of other nationalities or places, 0 in months not imported",
    ]
