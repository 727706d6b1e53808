"""Known counts, written in random layouts and by the rules of random countries: read back exactly, or refused."""

from __future__ import annotations

import csv
import io
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from sim.imports import Wanted, import_file
from sim.scenario.errors import ScenarioError
from tests.unit.imports.files import counts

LAYOUTS = int(os.environ.get("CORRIDOR_LAYOUTS", "100"))  # of each kind; the nightly command asks for more
Month = tuple[int, int]
ROUTES = ["Eastern Borders Route", "Western Balkans", "Black Sea Route"]
WHO = ["Iraq", "Syria", "Unknown"]
HEADERS = ["%b%Y", "%b-%y", "%m/%Y", "%Y-%m", "%B %Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m", "%YM%m"]
DAYS = ["%Y-%m-%d", "%d-%b-%y", "%B %d, %Y", "%d/%m/%Y", "%m/%d/%Y", "%a, %m/%d/%Y - 12:00", "%a, %d/%m/%Y", "%d.%m.%Y",
        "%d %b %Y", "%Y%m%d", "%d.%m.%y", "%x"]  # fmt: skip
FOREIGN = ["janv", "févr", "mars", "avr", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"]
MARKS = ["", ",", ".", " ", "\N{NO-BREAK SPACE}", "\N{THIN SPACE}", "'"]
SPACES = [" ", "  ", "\N{NO-BREAK SPACE}", "\N{THIN SPACE}"]
COUNT = st.integers(0, 40) | st.integers(0, 60_000) | st.integers(0, 60).map(lambda k: 1000 * k)


class Locale:
    """How a country writes counts and blanks."""

    def __init__(self, draw: Any) -> None:
        self.mark = draw(st.sampled_from(MARKS))
        zeros = [f"{point}{end}" for point in ",." if point != self.mark for end in ("0", "00")]
        self.decimals = draw(st.sampled_from(["", "", *zeros]))
        self.delimiter = draw(st.sampled_from(",;\t"))
        self.encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
        self.native = draw(st.booleans())
        self.clear = False  # whether its dates can be understood in one way alone

    def cell(self, count: int) -> int | str:
        return count if self.native else f"{count:,}".replace(",", self.mark) + self.decimals


@st.composite
def months(draw: Any) -> list[Month]:
    year, first = draw(st.integers(2009, 2026)), draw(st.integers(1, 12))
    span = [(year + (first + k - 1) // 12, (first + k - 1) % 12 + 1) for k in range(draw(st.integers(1, 15)))]
    return [month for month in span if draw(st.integers(0, 9))] or span[:1]


def file_of(lines: list[list[Any]], locale: Locale, as_workbook: bool, folder: Path) -> Path:
    if as_workbook:
        book = Workbook()
        assert book.active is not None
        for line in lines:
            book.active.append(line)
        book.save(folder / "t.xlsx")
        return folder / "t.xlsx"
    sink = io.StringIO()
    csv.writer(sink, delimiter=locale.delimiter).writerows(lines)
    (folder / "t.csv").write_bytes(sink.getvalue().encode(locale.encoding))
    return folder / "t.csv"


def exact_or_refused(file: Path, case: tuple[Any, ...]) -> None:
    """A month without a known count may only be missing; every other has its own count. What is
    clear is not refused.
    """
    _, locale, route, truth = case
    try:
        found = counts(import_file(file, Wanted(route=route)))
    except ScenarioError as error:
        assert len(str(error).splitlines()) == 1
        plain = locale.native and locale.clear and any(count is not None for count in truth.values())
        assert not plain or "is the sum of all other rows" in str(error), error
        return
    assert found == {month: count for month, count in truth.items() if count is not None}


@st.composite
def wide(draw: Any) -> tuple[list[list[Any]], Locale, str, dict[Month, int | None]]:
    """A table with a column a month, perhaps with totals, notes, holes and odd blanks."""
    locale, span, form = Locale(draw), draw(months()), draw(st.sampled_from(HEADERS))
    locale.clear = "%d" not in form
    header = [date(*month, 1).strftime(form) for month in span]
    if not draw(st.integers(0, 7)):
        header[-1] = f"{FOREIGN[span[-1][1] - 1]}-{span[-1][0]}"
        locale.clear = False
    lines: list[list[Any]] = [["Route", "Border type", "Nationality", *header]]
    if draw(st.booleans()):
        lines.insert(0, ["Detections of illegal border-crossing"])
    sums: dict[str, dict[Month, int | None]] = {}
    for route in draw(st.lists(st.sampled_from(ROUTES), min_size=1, unique=True)):
        totals: dict[Month, int | None] = dict.fromkeys(span, 0)
        for who in draw(st.lists(st.sampled_from(WHO), min_size=1, unique=True)):
            row: list[Any] = [route.replace(" ", draw(st.sampled_from(SPACES))), "Land", who]
            for month in span:
                count = draw(COUNT) if draw(st.integers(0, 30)) else None
                before = totals[month]
                totals[month] = None if count is None or before is None else before + count
                row.append("" if count is None else locale.cell(count))
            lines.append(row)
        if draw(st.booleans()):
            name = draw(st.sampled_from(["Total", "Subtotal", "All", "Gesamt", "TOTAL (all nationalities)"]))
            lines.append([route, "Land", name, *("" if c is None else locale.cell(c) for c in totals.values())])
        sums[route] = totals
    if draw(st.booleans()):
        lines.append(["Source: figures of the network"])
    route = draw(st.sampled_from(sorted(sums)))
    return lines, locale, route, sums[route]


@settings(deadline=None, max_examples=LAYOUTS)
@given(case=wide(), as_workbook=st.booleans())
def test_a_table_of_months_is_read_exactly_or_refused(
    case: tuple[Any, ...], as_workbook: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exact_or_refused(file_of(case[0], case[1], as_workbook, tmp_path_factory.getbasetemp()), case)


@st.composite
def incidents(draw: Any) -> tuple[list[list[Any]], Locale, str, dict[Month, int | None]]:
    """A list of incidents, with or without a total, with dates in one form."""
    locale, form = Locale(draw), draw(st.sampled_from(DAYS))
    has_total, route = draw(st.booleans()), ROUTES[0]
    locale.clear = form in ("%Y-%m-%d", "%d-%b-%y", "%B %d, %Y", "%d %b %Y", "%Y%m%d")
    dot = draw(st.sampled_from(["No. ", "No ", "Number of ", "Number "]))
    counted = [f"{dot}dead", f"{dot}missing", *([f"{dot}dead/missing"] if has_total else [])]
    lines: list[list[Any]] = [["Incident Date", *counted, "Migration Route", "Country of Incident"]]
    truth: dict[Month, int | None] = {}
    covered: list[Month] = []
    for _ in range(draw(st.integers(1, 8))):
        day = draw(st.dates(date(2014, 1, 1), date(2016, 12, 31)))
        dead, missing = draw(COUNT), draw(COUNT | st.none())
        here = draw(st.sampled_from([route, ROUTES[1]]))
        cells = [dead, missing, *([dead + (missing or 0)] if has_total else [])]
        shown = ["" if c is None else locale.cell(c) for c in cells]
        lines.append([day.strftime(form), *shown, here, "Poland"])
        covered.append((day.year, day.month))
        if here == route:
            truth[covered[-1]] = (truth.get(covered[-1]) or 0) + dead + (missing or 0)
    locale.clear = locale.clear and bool(truth)
    first, last = min(covered), max(covered)
    every = [(year, month) for year in range(2014, 2017) for month in range(1, 13)]
    return lines, locale, route, {month: truth.get(month, 0) for month in every if first <= month <= last}


@settings(deadline=None, max_examples=LAYOUTS)
@given(case=incidents(), as_workbook=st.booleans())
def test_a_list_of_incidents_is_read_exactly_or_refused(
    case: tuple[Any, ...], as_workbook: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exact_or_refused(file_of(case[0], case[1], as_workbook, tmp_path_factory.getbasetemp()), case)


@st.composite
def long(draw: Any) -> tuple[list[list[Any]], Locale, str, dict[Month, int | None]]:
    """A table with a row a month, in random order, of which rows may be left out."""
    locale, span, form = Locale(draw), draw(months()), draw(st.sampled_from(HEADERS))
    apart = draw(st.booleans())
    locale.clear = apart or "%d" not in form
    header = ["Route", "Nationality", *(["Year", "Month"] if apart else ["Month"]), "Detections"]
    people = draw(st.lists(st.sampled_from(WHO), min_size=1, unique=True))
    truth: dict[Month, int | None] = dict.fromkeys(span, 0)
    rows: list[list[Any]] = []
    for month in span:
        for who in people:  # one that has no row at all is not known to be missing
            count = draw(COUNT) if month == span[0] or draw(st.integers(0, 20)) else None
            before = truth[month]
            truth[month] = None if count is None or before is None else before + count
            when = [month[0], date(*month, 1).strftime("%b")] if apart else [date(*month, 1).strftime(form)]
            if count is not None:
                rows.append([ROUTES[0], who, *when, locale.cell(count)])
    return [header, *draw(st.permutations(rows))], locale, ROUTES[0], truth


@settings(deadline=None, max_examples=LAYOUTS)
@given(case=long(), as_workbook=st.booleans())
def test_a_row_a_month_is_read_exactly_or_refused(
    case: tuple[Any, ...], as_workbook: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exact_or_refused(file_of(case[0], case[1], as_workbook, tmp_path_factory.getbasetemp()), case)
