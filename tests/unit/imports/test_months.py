"""Months and days in every form that a file may have; which number is the day is never guessed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.imports.months import looks_like_month, month_number, orders_of, read, year_number

DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))
CLEAR = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%d-%b-%Y", "%A, %d %B %Y",
         "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d %b. %Y", "%Y-%b-%d")  # fmt: skip
WHOLE = ("%b%Y", "%b-%y", "%b%y", "%B %Y", "%Y-%m", "%Y%m", "%YM%m", "%m/%Y", "%m.%Y", "%Y %b", "%b. %Y")


@given(day=DAYS, form=st.sampled_from(CLEAR))
def test_a_day_is_read_in_every_form_whose_order_is_clear(day: date, form: str) -> None:
    month = (day.year, day.month)
    assert read(day.strftime(form)) == {"day-first": month, "month-first": month}


@given(day=DAYS, form=st.sampled_from(WHOLE))
def test_a_month_is_read_in_every_form(day: date, form: str) -> None:
    month = (day.year, day.month)
    assert read(day.strftime(form), whole=True) == {"day-first": month, "month-first": month}


@given(day=DAYS, form=st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y - 12:00"]))
def test_numbers_are_read_in_each_order_that_makes_a_date(day: date, form: str) -> None:
    found = read(day.strftime(form))
    assert found["day-first"] == (day.year, day.month)
    assert found.get("month-first") == ((day.year, day.day) if day.day <= 12 else None)


@given(day=DAYS)
def test_a_weekday_never_leaves_a_wrong_order_alone(day: date) -> None:
    found = read(day.strftime("%a, %d/%m/%Y - 12:00"))
    assert found["day-first"] == (day.year, day.month)
    if day.day <= 12 and date(day.year, day.day, day.month).weekday() != day.weekday():
        assert "month-first" not in found


@pytest.mark.parametrize(
    "cell",
    ["Route", "2021", "Nationality", "13-2021", "", "Total 2021", "AOU2021", "Januar 2021", "13-Janv-20", "6. Mai 2021",
     "Febuary 3, 2021", "30 February 2021", "2021-13-01", "2021-02-29", "Jan 6", "1/13/20", "20/01/13", "01/13",
     "January 2021 - March 2021", "2021-1¹", 44197, 2021.5, True, None, "Mon, 02/01/2026", "1821-01-01"],
)  # fmt: skip
def test_what_is_no_date_is_none(cell: Any) -> None:
    assert read(cell) == {}


def test_the_month_of_a_year_without_a_day_is_told_from_a_day_without_a_year() -> None:
    assert read("Jan-21") == {}
    assert set(read("Jan-21", whole=True).values()) == {(2021, 1)}
    assert read("Jan 21", whole=True) == {}


def test_one_clear_date_decides_for_the_column() -> None:
    cells = ["01/02/2021", "25/02/2021"]
    assert orders_of(cells, [read(cell) for cell in cells], None) == ["day-first"]
    assert orders_of(cells, [read(cell) for cell in cells], "month-first") == []
    assert len(orders_of(cells[:1], [read(cells[0])], None)) == 2


def test_dates_that_a_spreadsheet_swapped_are_under_no_order() -> None:
    cells = [datetime(2021, 2, 1), "25/02/2021"]
    assert orders_of(cells, [read(cell) for cell in cells], None) == []


@pytest.mark.parametrize(("cell", "month"), [("Jan", 1), ("sept.", 9), (12, 12), ("9.0", 9), ("Mai", None), (13, None)])
def test_months_that_stand_alone(cell: Any, month: int | None) -> None:
    assert month_number(cell) == month


@pytest.mark.parametrize("header", ["AOU2021", "Januar 2021", "févr.-21", "JAN2021", "2021 Mai"])
def test_a_month_of_another_language_looks_like_one(header: str) -> None:
    assert looks_like_month(header)


@pytest.mark.parametrize("header", ["Route", "Nationality", "Border type", "2021", "Q1"])
def test_other_names_do_not(header: str) -> None:
    assert not looks_like_month(header)


@pytest.mark.parametrize(
    ("year", "read_as"), [(1989, None), (1990, 1990), (2049, 2049), (2050, None), ("2021.0", 2021), (2021.0, 2021),
                          ("21", None), ("02021", None), (None, None)],
)  # fmt: skip
def test_years_from_1990_to_2049_are_years(year: Any, read_as: int | None) -> None:
    assert year_number(year) == read_as
    if isinstance(year, int):
        month = {"day-first": (year, 6), "month-first": (year, 6)}
        assert read(f"{year}-06-30") == (month if read_as else {})


@pytest.mark.parametrize(
    ("cell", "month"),
    [(0, None), (1, 1), ("01", 1), ("1.0", 1), (12.0, 12), ("13", None), ("December", 12), ("dec", 12), ("MAY", 5),
     ("1.5", None), ("123", None), ("", None), (None, None)],
)  # fmt: skip
def test_a_month_alone_is_a_name_or_1_to_12(cell: Any, month: int | None) -> None:
    assert month_number(cell) == month


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("3rd of August 2021", (2021, 8)), ("August 3rd, 2021", (2021, 8)), ("3-Aug-21", (2021, 8)),
        ("3 Aug '21", (2021, 8)), ("2021/Aug/3", (2021, 8)), ("20210803", (2021, 8)), ("2021.8.3", (2021, 8)),
        ("2021M8", (2021, 8)), ("2021-8", (2021, 8)), ("8/2021", (2021, 8)), ("AUG2021", (2021, 8)),
        ("2021Aug", (2021, 8)), ("Tuesday, 3 August 2021", (2021, 8)), ("Tue 3 August 2021", (2021, 8)),
        ("3 August 2021, 14:05", (2021, 8)), ("2021-08-03 02:05:07.25 pm", (2021, 8)), (202108, (2021, 8)),
        (202108.0, (2021, 8)), (datetime(2021, 8, 3, 14, 5), (2021, 8)), (date(2021, 8, 3), (2021, 8)),
    ],
)  # fmt: skip
def test_a_clear_date_is_in_one_month_under_both_orders(text: Any, month: tuple[int, int]) -> None:
    assert read(text) == {"day-first": month, "month-first": month}


@pytest.mark.parametrize(
    "text", ["Monday, 3 August 2021", "Wed, 2021-08-03", "Tue, Aug-21", "32 August 2021", "Aug 21"]
)
def test_a_wrong_weekday_or_day_is_no_date(text: str) -> None:
    assert read(text, whole=True) == {}


def test_numbers_are_under_both_orders_up_to_the_twelfth() -> None:
    assert read("12/11/2021") == {"day-first": (2021, 11), "month-first": (2021, 12)}
    assert read("13/11/2021") == {"day-first": (2021, 11)}
    assert read("11/13/2021") == {"month-first": (2021, 11)}
    assert read("Fri, 12/11/2021") == {"day-first": (2021, 11)}, "12 November 2021 was a Friday, 11 December a Saturday"
    assert read("12/11-2021") == {}


@pytest.mark.parametrize(("text", "year"), [("Jan-00", 2000), ("Jan'21", 2021), ("Jan49", 2049), ("Jan/50", None)])
def test_two_digits_of_a_year_are_of_this_century_and_read_where_a_month_is_known(text: str, year: int | None) -> None:
    assert read(text) == {}
    assert read(text, whole=True) == ({"day-first": (year, 1), "month-first": (year, 1)} if year else {})
