"""Numbers as they are printed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.words import clipped, days, interval, number, share


@given(st.floats(-1e9, 1e9), st.sampled_from(["attempts", "pressure_peak"]))
def test_signs_are_shown_but_for_nought(value: float, measure: str) -> None:
    text = number(value, measure, sign=True)
    assert (text[0] == "+") == (value > 0 and text.strip("0.") != "")
    assert "-" not in text


@given(st.floats(0, 1))
def test_a_share_is_certain_only_if_it_is(value: float) -> None:
    text = share(value)
    assert (text == "0\u202f%") == (value == 0)
    assert (text == "100\u202f%") == (value == 1)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (date(2025, 11, 3), "3 Nov 2025"),
        (date(2025, 11, 9), "3 to 9 Nov 2025"),
        (date(2025, 12, 9), "3 Nov to 9 Dec 2025"),
        (date(2026, 1, 9), "3 Nov 2025 to 9 Jan 2026"),
    ],
)
def test_a_period_has_no_more_words_than_it_needs(last: date, words: str) -> None:
    assert days(date(2025, 11, 3), last) == words


def test_an_interval_of_days_is_one_of_dates() -> None:
    row = {"low90": 3.0, "high90": 33.0, "low50": 4.0, "high50": 4.0}
    assert interval(row, "peak_day", start=date(2025, 10, 1)) == "3 Oct to 2 Nov 2025"
    assert interval(row, "days_over") == "3 to 33"
    assert interval(row, "days_over", share=50) == "4"
    assert number(float("nan"), "peak_day") == "–"


@given(st.text(max_size=80), st.integers(2, 60))
def test_what_is_clipped_fits(text: str, length: int) -> None:
    found = clipped(text, length)
    assert len(found) <= length
    assert found == text or found.endswith("…")
