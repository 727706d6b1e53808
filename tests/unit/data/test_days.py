"""Days as text: one form, and days of the calendar alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.data.days import day_of, is_day


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_a_day_written_is_the_day_read(day: date) -> None:
    assert day_of(str(day)) == day
    assert day_of(str(day)) + timedelta(days=1) > day


@pytest.mark.parametrize(
    "text",
    ["", "2025", "2025-05", "20250501", "2025-W01-1", "2025050111", "20250501xx", "2025-05-01T00", "2025-5-1",
     "2025-05-1 ", " 2025-05-01", "2025/05/01", "01-05-2025", "\uff12\uff10\uff12\uff15-05-01", "2025-05-01\n"],
)  # fmt: skip
def test_other_forms_are_no_days(text: str) -> None:
    assert not is_day(text)
    with pytest.raises(ValueError, match="allowed: a day such as 2021-08-03"):
        day_of(text)


@pytest.mark.parametrize("text", ["2025-02-29", "2025-13-01", "2025-00-10", "2025-04-31", "0000-01-01"])
def test_a_day_that_the_calendar_does_not_have_is_refused(text: str) -> None:
    assert is_day(text)
    with pytest.raises(ValueError, match=r"."):
        day_of(text)
