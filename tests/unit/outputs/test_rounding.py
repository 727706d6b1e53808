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


@pytest.mark.parametrize(
    ("value", "digits", "found"),
    [(1234.5, 0, 1235), (1234.5, -2, 1200), (1250, -2, 1300), (-1250, -2, -1300), (0.0005, 3, 0.001), (1e30, 3, 1e30),
     (123456789.125, 2, 123456789.13), (1e25, 0, 1e25), (9.99e24, 1, 9.99e24)],
)  # fmt: skip
def test_a_number_is_rounded_to_decimals_or_tens(value: float, digits: int, found: float) -> None:
    assert rounded(value, digits) == found


@pytest.mark.parametrize(
    ("value", "exact", "found"),
    [(999, False, 999), (1000, False, 1000), (1004, False, 1000), (1005, False, 1010), (1004, True, 1004),
     (-98_765.4, False, -98_800), (-98_765.4, True, -98_765), (0.4, False, 0), (123_456, False, 123_000)],
)  # fmt: skip
def test_whole_numbers_from_a_thousand_have_three_digits_unless_exact(value: float, exact: bool, found: int) -> None:
    assert whole(value, exact=exact) == found


@pytest.mark.parametrize(
    ("value", "digits", "options", "text"),
    [
        (5, 0, {"sign": True}, "+5"), (-5, 0, {"sign": True}, "−5"), (0.4, 0, {"sign": True}, "0"),
        (-0.4, 0, {"sign": True}, "0"), (-0.001, 2, {"sign": True}, "0.00"), (0.05, 1, {"sign": True}, "+0.1"),
        (1234.56, 1, {}, "1,234.6"), (98_765, 0, {}, "98,800"), (98_765, 0, {"exact": True}, "98,765"),
        (-98_765, 0, {}, "−98,800"), (float("-inf"), 0, {"sign": True}, "−∞"), (float("inf"), 2, {}, "∞"),
        (5, 0, {}, "5"),
    ],
)  # fmt: skip
def test_a_number_is_shown_with_its_sign_and_digits(value: float, digits: int, options: dict, text: str) -> None:
    assert shown(value, digits, **options) == text


def test_points_of_charts_have_decimals_by_their_size() -> None:
    values = [0.123456785, 9.999999994, 10.04, 10.06, 99.94, 99.96, 100.4, 100.6, -100.6, -10.06, 0, 1e-9, 1234567.8]
    wanted = [0.12345679, 9.99999999, 10.0, 10.1, 99.9, 100, 100, 101, -101, -10.1, 0, 0, 1234568]
    assert [point(value) for value in values] == wanted
    assert points(values) == pytest.approx(wanted, abs=1e-8)
    assert (
        points([0.5, 10.25, 100.5, -100.5]) == [0.5, 10.3, 101, -101] == [point(v) for v in (0.5, 10.25, 100.5, -100.5)]
    )
    assert points([9.5, 10, 99.5, 100]) == [9.5, 10, 99.5, 100] and points(()) == []
