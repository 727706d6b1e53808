"""Numbers as they are printed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.report.words import brief, clipped, day, days, interval, listed, number, part, share


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


START = date(2025, 10, 1)


@pytest.mark.parametrize(
    ("value", "output", "given", "text"),
    [
        (None, "attempts", {}, "–"),
        (float("nan"), "attempts", {"nothing": "·"}, "·"),
        (12345.0, "attempts", {}, "12,300"),
        (12345.0, "attempts", {"exact": True}, "12,345"),
        (12345.0, "", {"sign": True}, "+12,300"),
        (1.005, "pressure_peak", {}, "1.01"),
        (1.0, "peak_day", {"start": START}, "1 Oct 2025"),
        (31.5, "peak_day", {"start": START}, "1 Nov 2025"),
        (3.0, "peak_day", {}, "3"),
        (3.0, "peak_day", {"start": START, "sign": True}, "+3"),
        (3.0, "attempts", {"start": START}, "3"),
    ],
)
def test_a_number_is_written_as_its_output_asks(value: float | None, output: str, given: Any, text: str) -> None:
    assert number(value, output, **given) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (float("nan"), "–"), (9999.0, "10.0k"), (9994.0, "9,990"), (10000.0, "10.0k"), (-9990.0, "−9,990"),
        (-12345.0, "−12.3k"), (99949.0, "99.9k"), (99950.0, "100k"), (100000.0, "100k"), (182500.0, "183k"),
    ],
)  # fmt: skip
def test_large_numbers_are_abbreviated_from_ten_thousand_on(value: float | None, text: str) -> None:
    assert brief(value, "attempts") == text


def test_an_abbreviated_difference_has_its_sign_and_decimals_stay() -> None:
    assert brief(12345.0, "attempts", sign=True) == "+12.3k"
    assert brief(5.0, "attempts", sign=True) == "+5"
    assert brief(12345.0, "pressure_peak") == "12,345.00"


def test_the_month_is_written_whole_if_that_is_asked_for() -> None:
    assert [day(date(2025, month, 9), short=False) for month in (1, 12)] == ["9 January 2025", "9 December 2025"]
    assert day(date(2025, 9, 30)) == "30 Sep 2025"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2024, 11, 3), date(2025, 11, 3), "3 Nov 2024 to 3 Nov 2025"),
        (date(2024, 11, 3), date(2025, 11, 9), "3 Nov 2024 to 9 Nov 2025"),
        (date(2025, 10, 3), date(2025, 11, 3), "3 Oct to 3 Nov 2025"),
    ],
)
def test_periods_that_share_a_day_or_a_month_alone_are_told_apart(first: date, last: date, words: str) -> None:
    assert days(first, last) == words


def test_an_interval_of_unknown_days_or_of_differences_has_no_dates() -> None:
    row = {"low90": 3.0, "high90": float("nan"), "low50": -2.0, "high50": 4.0}
    assert interval(row, "peak_day", start=START) == "3 to –"
    assert interval(row, "peak_day", start=START, share=50, sign=True) == "−2 to +4"
    assert interval(row, "attempts", start=START, share=50) == "−2 to 4"
    assert interval(row, "peak_day", share=50) == "−2 to 4"


@pytest.mark.parametrize(
    ("value", "text"),
    [(float("nan"), "–"), (0.0, "0 %"), (-0.2, "0 %"), (0.001, "1 %"), (0.005, "1 %"), (0.5, "50 %"), (0.995, "99 %"),
     (0.9999, "99 %"), (1.0, "100 %"), (1.2, "100 %")],
)  # fmt: skip
def test_shares_are_whole_per_cents(value: float, text: str) -> None:
    assert share(value).replace("\u202f", " ") == text


def test_parts_may_be_below_nought_and_above_all() -> None:
    assert [part(value).replace("\u202f", " ") for value in (float("nan"), -0.254, 0.0, 0.5, 1.204)] == [
        "–", "−25 %", "0 %", "50 %", "120 %",
    ]  # fmt: skip


def test_names_are_joined_as_one_speaks() -> None:
    assert [listed(list(names)) for names in ("", "a", "ab", "abcd")] == ["", "a", "a and b", "a, b, c and d"]


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (24, "Nobody crosses, not even"), (23, "Nobody crosses, not…"), (21, "Nobody crosses, not…"),
        (20, "Nobody crosses…"), (17, "Nobody crosses…"), (15, "Nobody crosses…"), (14, "Nobody crosse…"),
        (13, "Nobody cross…"), (12, "Nobody cros…"), (11, "Nobody…"), (7, "Nobody…"), (6, "Nobod…"), (2, "N…"),
    ],
)  # fmt: skip
def test_a_long_text_is_cut_at_a_word_unless_half_of_it_went(length: int, text: str) -> None:
    assert clipped("Nobody crosses, not even", length) == text
