"""Months and days in every form that a file may have; which number is the day is never guessed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.imports.months import looks_like_month, month_number, orders_of, read

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
