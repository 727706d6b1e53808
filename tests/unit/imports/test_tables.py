"""Tables of counts, Frontex's: what is not reported is missing, what repeats others is not counted twice."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from sim.imports import Imported, Wanted, import_file
from sim.scenario.errors import ScenarioError
from tests.unit.imports.files import EASTERN, counts, csv_file, workbook

HEADER = ["Route", "Border Type", "Nationality"]
IRAQ, SYRIA = [EASTERN, "Land", "Iraq"], [EASTERN, "Land", "Syria"]
JUL, AUG, SEP = (2021, 7), (2021, 8), (2021, 9)


def imported(folder: Path, lines: list[list[Any]], wanted: Wanted | None = None, delimiter: str = ",") -> Imported:
    """The import of lines, which is the same of a workbook and of a CSV file."""
    wanted = wanted or Wanted()
    texts = [["" if cell is None else cell for cell in line] for line in lines]
    found = import_file(csv_file(folder / "t.csv", texts, delimiter), wanted)
    assert counts(import_file(workbook(folder / "t.xlsx", lines), wanted)) == counts(found)
    return found


def refused(folder: Path, lines: list[list[Any]], wanted: Wanted | None = None) -> str:
    """The one line with which a workbook and a CSV file are both refused."""
    messages = []
    for file in (csv_file(folder / "t.csv", lines), workbook(folder / "t.xlsx", lines)):
        with pytest.raises(ScenarioError) as caught:
            import_file(file, wanted or Wanted())
        messages.append(str(caught.value).replace(str(file), "FILE"))
    assert "\n" not in messages[0]
    assert messages[0] == messages[1]
    return messages[0]


def test_a_month_that_no_row_reports_is_missing(tmp_path: Path) -> None:
    found = imported(tmp_path, [[*HEADER, "JUL2021", "AUG2021", "SEP2021"], [*IRAQ, 100, None, 5], [*SYRIA, 10, "", 0]])
    assert counts(found) == {JUL: 110, SEP: 5}
    assert any("Missing: 2021-08: not reported" in line for line in found.reconciliation)


def test_a_month_without_a_column_is_missing(tmp_path: Path) -> None:
    assert counts(imported(tmp_path, [[*HEADER, "JUL2021", "SEP2021"], [*IRAQ, 100, 300]])) == {JUL: 100, SEP: 300}


def test_months_missing_in_a_row_are_told_as_one_span(tmp_path: Path) -> None:
    found = imported(tmp_path, [[*HEADER, "JAN2020", "MAR2020", "JAN2021"], [*IRAQ, 1, 2, 3]])
    assert any(line == "Missing: 2020-02, 2020-04 to 2020-12: not reported" for line in found.reconciliation)


@pytest.mark.parametrize("empty", [None, "-", "NA"])
def test_a_month_that_some_rows_report_is_missing_unless_empty_means_none(tmp_path: Path, empty: Any) -> None:
    lines = [[*HEADER, "JUL2021", "AUG2021"], [*IRAQ, 100, 300], [*SYRIA, 10, empty]]
    assert counts(imported(tmp_path, lines)) == {JUL: 110}
    with_zeros = counts(imported(tmp_path, lines, Wanted(blank_is_zero=True)))
    assert with_zeros == ({JUL: 110} if empty == "NA" else {JUL: 110, AUG: 300})


def test_a_file_of_empty_cells_alone_has_no_months(tmp_path: Path) -> None:
    assert "no month is left" in refused(tmp_path, [[*HEADER, "JUL2021"], [*IRAQ, ""], [*SYRIA, ""]])


SIGNED = ["(1,250)", "- 1 250", "\N{MINUS SIGN}1.250", "1\N{RIGHT SINGLE QUOTATION MARK}250"]


@pytest.mark.parametrize("figure", SIGNED)
def test_a_figure_with_a_sign_is_neither_a_note_nor_a_name(tmp_path: Path, figure: str) -> None:
    """Alone in its row, or in a column that is named otherwise: it is not left out."""
    alone = refused(tmp_path, [[*HEADER, "JUL2021"], [*IRAQ, 1], ["", "", "", figure]])
    assert "FILE:3: column 'Route': found no route beside figures" in alone
    elsewhere = refused(tmp_path, [[*HEADER, "JUL2021", "Col 5"], [*IRAQ, 1, figure]])
    assert "FILE:2: column 'Col 5': found figures in a column that is no month" in elsewhere


def test_a_month_twice_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, [[*HEADER, "JUL2021", "AUG2021", "2021-08"], [*IRAQ, 1, 2, 3]])
    assert message == "FILE:1: column '2021-08': found 2021-08 a second time; allowed: once a month"


@pytest.mark.parametrize("name", ["AOU2021", "Augst 2021", "août-21", "13/2021", "Q3", "2021", "", "Detections"])
def test_a_column_of_figures_that_is_no_month_is_refused_by_name(tmp_path: Path, name: str) -> None:
    message = refused(tmp_path, [[*HEADER, "JUL2021", name, "SEP2021"], [*IRAQ, 1, 2, 3]])
    assert f"column {name!r}: " in message if name else "column 5, without a name: " in message


@pytest.mark.parametrize(
    "total",
    [
        [EASTERN, "Land", "Total", 4, 6],
        [EASTERN, "", "Sub-total", 4, 6],
        [EASTERN, "Land", "All nationalities", 4, 6],
        [EASTERN, "", "Insgesamt", 4, 6],
        [f"{EASTERN} Total", "", "", 4, 6],
        ["Grand total", "", "", 4, 6],
        ["Razem", "", "", 4, ""],
    ],
)
def test_totals_that_are_the_sums_of_their_parts_are_left_out(tmp_path: Path, total: list[Any]) -> None:
    lines = [[*HEADER, "JAN2021", "FEB2021"], [*IRAQ, 1, 2], [*SYRIA, 3, 4], total]
    found = imported(tmp_path, lines)
    assert counts(found) == {(2021, 1): 4, (2021, 2): 6}
    assert any("line 4: a total" in line for line in found.reconciliation)


def test_totals_of_totals_are_left_out(tmp_path: Path) -> None:
    balkans = ["Western Balkans", "Land", "Syria"]
    total = [[EASTERN, "Land", "Total", 4], ["Western Balkans", "Land", "Total", 7], ["Total", "", "", 11]]
    lines = [[*HEADER, "JAN2021"], [*IRAQ, 1], [*SYRIA, 3], [*balkans, 7], *total]
    assert counts(imported(tmp_path, lines, Wanted(route=EASTERN))) == {(2021, 1): 4}


def test_a_total_that_is_not_the_sum_of_its_parts_is_refused(tmp_path: Path) -> None:
    lines = [[*HEADER, "JAN2021"], [*IRAQ, 1], [*SYRIA, 3], [EASTERN, "Land", "Total", 5]]
    assert "FILE:4: the total 'Eastern Land Border, Land, Total' is 5 for 2021-01, but its parts are 4" in refused(
        tmp_path, lines
    )


def test_a_total_without_parts_is_refused(tmp_path: Path) -> None:
    assert "has no parts" in refused(tmp_path, [[*HEADER, "JAN2021"], [*IRAQ, 1], ["Other", "Land", "Total", 5]])


@pytest.mark.parametrize("name", ["", "Everybody"])
def test_a_total_by_another_name_is_refused(tmp_path: Path, name: str) -> None:
    lines = [[*HEADER, "JAN2021", "FEB2021", "MAR2021"], [*IRAQ, 11, 20, 8], [*SYRIA, 3, 4, 9],
             [EASTERN, "Land", name, 14, 24, 17]]  # fmt: skip
    assert "FILE:4: " in refused(tmp_path, lines)
    assert "is the sum of all other rows in each month" in refused(tmp_path, lines)


@pytest.mark.parametrize("name", ["Total", "Total 2021", "Grand total"])
def test_a_column_of_totals_is_left_out_if_it_is_the_sum(tmp_path: Path, name: str) -> None:
    lines = [[*HEADER, "JAN2021", "FEB2021", name], [*IRAQ, 1, 2, 3]]
    assert counts(imported(tmp_path, lines)) == {(2021, 1): 1, (2021, 2): 2}
    assert "found 4, but its months are 3 in all" in refused(tmp_path, [lines[0], [*IRAQ, 1, 2, 4]])


def test_a_day_of_extraction_beside_months_is_not_their_month(tmp_path: Path) -> None:
    lines = [["Date", "Route", "Nationality", "JAN2021", "FEB2021", "Total"], ["2021-03-05", EASTERN, "Iraq", 1, 2, 3]]
    assert counts(imported(tmp_path, lines)) == {(2021, 1): 1, (2021, 2): 2}


@pytest.mark.parametrize(
    "blank", ["\N{NO-BREAK SPACE}", "  ", "\N{THIN SPACE}", "\N{ZERO WIDTH SPACE} ", "\N{IDEOGRAPHIC SPACE}"]
)
def test_a_name_with_odd_blanks_is_the_same_name(tmp_path: Path, blank: str) -> None:
    odd = f" {EASTERN.replace(' ', blank)} "
    lines = [[*HEADER, "JUL2021"], [*IRAQ, 700], [odd, "Land", "Syria", 70], [odd.upper(), "Land", "Iraq", 7]]
    assert counts(imported(tmp_path, lines, Wanted(route=EASTERN))) == {JUL: 777}
    assert counts(imported(tmp_path, lines, Wanted(route=odd, nationality=[" iraq"]))) == {JUL: 707}


def test_a_row_twice_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, [[*HEADER, "JUL2021"], [*IRAQ, 700], [*IRAQ, 701]])
    assert message == "FILE:3: found Eastern Land Border, Land, Iraq a second time for 2021-07, first in line 2; " \
                      "allowed: once"  # fmt: skip


def test_figures_of_no_route_are_refused(tmp_path: Path) -> None:
    assert "FILE:3: column 'Route': found no route" in refused(
        tmp_path, [[*HEADER, "JUL2021"], [*IRAQ, 700], ["", "", "Syria", 70]]
    )


LONG = [["Eastern", "Iraq", "Jul-21", 5], ["Eastern", "Syria", "Jul-21", 1], ["Eastern", "Iraq", "Aug-21", 6],
        ["Eastern", "Syria", "Aug-21", 2], ["Balkans", "Iraq", "Sep-21", 9]]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "months"),
    [
        (["Route", "Nationality", "Month", "Detections"], None),
        (["Route", "Nationality", "Reporting month", "Number of detections"], ["7/2021", "8/2021", "9/2021"]),
        (["Route", "Nationality", "Year", "Month", "Count"], [("2021", "7"), ("2021", "8"), ("2021", "9")]),
        (["Route", "Nationality", "Month", "Year", "Count"], [("Jul", "2021"), ("August", "2021"), ("Sept", "2021")]),
    ],
)
def test_a_row_a_month_is_read_too(tmp_path: Path, header: list[str], months: list[Any] | None) -> None:
    names = dict(zip(("Jul-21", "Aug-21", "Sep-21"), months or ["Jul-21", "Aug-21", "Sep-21"], strict=True))
    rows = [[row[0], row[1], *([name] if isinstance(name := names[row[2]], str) else name), row[3]] for row in LONG]
    found = imported(tmp_path, [header, *rows], Wanted(route="eastern"), ";")
    assert counts(found) == {JUL: 6, AUG: 8}
    assert any("Missing: 2021-09" in line for line in found.reconciliation)


def test_a_row_a_month_given_twice_is_refused(tmp_path: Path) -> None:
    lines = [["Route", "Nationality", "Month", "Detections"], *LONG, ["Eastern", "Iraq", "Jul-21", 7]]
    assert "FILE:7: found Eastern, Iraq a second time for 2021-07, first in line 2" in refused(tmp_path, lines)


@pytest.mark.parametrize("month", ["", "Juillet 2021", "2021", "Total"])
def test_a_row_of_no_month_is_refused(tmp_path: Path, month: str) -> None:
    lines = [["Route", "Nationality", "Month", "Detections"], *LONG, ["Eastern", "Iraq", month, 7]]
    assert "FILE:7: column 'Month': " in refused(tmp_path, lines)


def test_figures_with_thousands_marks_that_split_cells_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("Route,Nationality,JUL2021,AUG2021\nEast,Iraq,1,250,3\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"t\.csv:2: found 5 cells; allowed: 4"):
        import_file(file, Wanted())
    file.write_text("Route,Nationality,JUL2021,AUG2021\nEast,Iraq,1\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"t\.csv:2: found 3 cells; allowed: 4"):
        import_file(file, Wanted())


@pytest.mark.parametrize("formula", ["=SUM(D2:D3)", "=D2"])
def test_a_formula_without_a_stored_value_is_refused(tmp_path: Path, formula: str) -> None:
    file = workbook(tmp_path / "t.xlsx", [[*HEADER, "JUL2021", "AUG2021"], [*IRAQ, 1, 2], [*SYRIA, formula, 4]])
    with pytest.raises(ScenarioError, match=r"t\.xlsx:3: column 'JUL2021': found the formula '=.*' without a stored"):
        import_file(file, Wanted())


@pytest.mark.parametrize("stated", ["A1", "A1:D2", "A1:XFD1048576", "C3:D4"])
def test_cells_are_read_whatever_size_a_sheet_states(tmp_path: Path, stated: str) -> None:
    whole = workbook(tmp_path / "whole.xlsx", [[*HEADER, "JUL2021", "AUG2021"], [*IRAQ, 700, 800], [*SYRIA, 70, 80]])
    file = tmp_path / "stated.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:E3"' in content
                content = content.replace(b'ref="A1:E3"', f'ref="{stated}"'.encode(), 1)
            new.writestr(name, content)
    assert counts(import_file(file, Wanted())) == {JUL: 770, AUG: 880}


def test_figures_right_of_the_header_are_refused(tmp_path: Path) -> None:
    assert "t.xlsx:2: " in _refused(workbook(tmp_path / "t.xlsx", [[*HEADER, "JUL2021"], [*IRAQ, 700, 800]]))


def _refused(file: Path) -> str:
    with pytest.raises(ScenarioError) as caught:
        import_file(file, Wanted())
    return str(caught.value)


@pytest.mark.parametrize("name", ["of which minors", "Of whom: women", "davon Frauen"])
def test_a_row_that_is_a_share_of_another_is_refused(tmp_path: Path, name: str) -> None:
    lines = [[*HEADER, "JUL2021"], [*IRAQ, 700], [EASTERN, "Land", name, 70]]
    assert "is counted in another row too" in refused(tmp_path, lines)
