"""Figures are rounded by one rule, wherever they are shown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.outputs.rounding import point, points, rounded, shown, whole
from sim.report import console_study
from sim.report.words import brief, number
from sim.view import differences

NUMBERS = st.one_of(
    st.floats(-1e12, 1e12), st.integers(-10**7, 10**7).map(float), st.integers(-(10**7), 10**7).map(lambda n: n / 2),
    st.integers(-(10**6), 10**6).map(lambda n: n / 1000), st.integers(-(10**6), 10**6).map(lambda n: n + 0.5),
)  # fmt: skip
OF = st.sampled_from(["attempts", "days_over", "deaths", "pressure_peak", "detection", "capacity"])


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (-0.5, 0, "−1"), (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-0.4, 0, "0"), (0.125, 2, "0.13"),
        (2.675, 2, "2.68"), (1.005, 2, "1.01"), (-0.004, 2, "0.00"), (999.5, 0, "1,000"), (12_350.0, 0, "12,400"),
        (float("inf"), 0, "∞"), (float("-inf"), 2, "−∞"), (1e21, 0, "1,000,000,000,000,000,000,000"),
    ],
)  # fmt: skip
def test_half_goes_away_from_nought(value: float, digits: int, text: str) -> None:
    assert shown(value, digits) == text


@given(NUMBERS, st.integers(0, 3))
def test_a_rounded_number_is_the_nearest_and_the_same_for_both_signs(value: float, digits: int) -> None:
    found = rounded(value, digits)
    away = abs(Fraction(repr(found)) - Fraction(repr(value)))
    assert away <= Fraction(1, 2 * 10**digits)
    assert rounded(-value, digits) == -found
    assert rounded(found, digits) == found
    if away == Fraction(1, 2 * 10**digits):
        assert abs(found) > abs(value)


@given(NUMBERS)
def test_a_whole_number_bears_three_digits_or_all(value: float) -> None:
    found = whole(value)
    assert abs(found - value) <= max(0.5, 0.005 * abs(value) + 0.5)
    assert len(str(abs(found)).rstrip("0")) <= 3
    assert whole(-value) == -found
    assert whole(found) == found
    assert whole(value, exact=True) == rounded(value)


@given(NUMBERS, OF, st.booleans())
def test_terminal_report_and_view_write_the_same(value: float, output: str, sign: bool) -> None:
    row = dict.fromkeys(("low90", "low50", "median", "high50", "high90"), value)
    told = {
        number(value, output, sign=sign),
        console_study._number(value, output, sign=sign),
        differences._figure(row, output, sign=sign)["median"],
    }
    assert len(told) == 1


@given(NUMBERS, st.booleans())
def test_the_shortest_text_is_that_of_the_same_number(value: float, sign: bool) -> None:
    text, full = brief(value, "attempts", sign=sign), number(value, "attempts", sign=sign)
    plain = text.replace(",", "").replace("−", "-")
    size = round(1000 * float(plain[:-1])) if plain.endswith("k") else float(plain)
    assert size == float(full.replace(",", "").replace("−", "-"))


@given(st.lists(NUMBERS, min_size=1))
def test_points_of_lines_are_near(values: list[float]) -> None:
    for value, found in zip(values, points(values), strict=True):
        assert found == pytest.approx(point(value), abs=1 if abs(value) >= 100 else 0.1 if abs(value) >= 10 else 1e-8)
