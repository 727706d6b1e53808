"""Counts of other countries: one way of writing fits a whole table, or the user is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.imports.numerals import Cell, Empty, NumeralError, is_like_number, read

BLANKS = [" ", "\N{NO-BREAK SPACE}", "\N{THIN SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{FIGURE SPACE}"]
COUNTS = st.lists(st.integers(0, 10**8) | st.integers(0, 20).map(lambda k: 1000 * k), min_size=1, max_size=6)


def numbers(values: list[Any], decimal: str | None = None) -> list[Any]:
    return read([Cell(line, "JUL2021", value) for line, value in enumerate(values, 2)], decimal)


@given(
    counts=COUNTS,
    mark=st.sampled_from([",", ".", "'", "\N{RIGHT SINGLE QUOTATION MARK}", *BLANKS]),
    decimals=st.sampled_from(["", "{point}0", "{point}00"]),
)
def test_a_table_is_read_rightly_or_the_user_is_asked(counts: list[int], mark: str, decimals: str) -> None:
    point = "." if mark == "," else ","
    texts = [f"{count:,}".replace(",", mark) + decimals.format(point=point) for count in counts]
    assert numbers(texts, "point" if point == "." else "comma") == counts
    try:
        assert numbers(texts) == counts
    except NumeralError as error:
        assert "say which with --decimal" in error.text


@given(counts=COUNTS)
def test_a_count_that_cannot_be_decimals_decides(counts: list[int]) -> None:
    assume(any(count > 999 and count % 1000 for count in counts))
    for mark in ",.":
        assert numbers([f"{count:,}".replace(",", mark) for count in counts]) == counts


@pytest.mark.parametrize("text", ["1.000", "1,000"])
def test_a_count_that_may_be_two_is_asked_about(text: str) -> None:
    with pytest.raises(NumeralError, match="which is 1 or 1,000; say which with --decimal"):
        numbers([text, "12"])
    assert sorted(numbers([text], mark)[0] for mark in ("point", "comma")) == [1, 1000]


def test_two_ways_of_writing_in_one_table_are_refused() -> None:
    with pytest.raises(NumeralError, match="written in another way than"):
        numbers(["1.250", "1,250"])


@pytest.mark.parametrize("value", ["1,5", "1.25", 1.5, "1250,5", "12 50", "0.250", "1.2500", "-1", -1, float("nan"),
                                   10**12, "1²", "\N{ARABIC-INDIC DIGIT FIVE}", "5%", "~5", "none"])  # fmt: skip
def test_what_is_no_whole_number_of_persons_is_refused(value: Any) -> None:
    with pytest.raises(NumeralError, match="allowed: persons, a whole number from 0"):
        numbers([value])


SIGNED = [
    "-3", "- 3", "\N{MINUS SIGN}3", "\N{EN DASH}3", "- 1 250", "\N{MINUS SIGN} 1\N{NO-BREAK SPACE}250", "-1,250",
    "\N{MINUS SIGN}1.250", "-1.250,00", "-1'250", "--5", "-0", "+3", "+ 3", "+1 250", "+1.250", "+1,250.0",
    "\N{PLUS-MINUS SIGN}5", "(3)", "(1,250)", "( 1 250 )", "(1.250,00)", "(-5)", "[7]", "1,250-", "1 250 -",
    "1250\N{MINUS SIGN}", "~1,250", "1,250*", "-1\N{RIGHT SINGLE QUOTATION MARK}250", "1.250,-",
    "-\N{THIN SPACE}1\N{THIN SPACE}250",
]  # fmt: skip


@pytest.mark.parametrize("text", SIGNED)
@pytest.mark.parametrize("beside", ["1.250,0", "1,250.0", "1 250", "7"])
def test_a_sign_or_brackets_make_it_no_count_whatever_the_others_decide(text: str, beside: str) -> None:
    """A change, a correction or a doubt is no number of persons; nor is it a name or a note, that may be left out."""
    with pytest.raises(NumeralError):
        numbers([beside, text])
    assert is_like_number(text)


WORDS = ["0-17", "18+", "2021-08", "1/2021", "Route 66", "(est.)", "-", "* Provisional", "3 of 4"]


@pytest.mark.parametrize("text", WORDS)
def test_ranges_dates_and_words_are_not_like_numbers(text: str) -> None:
    assert not is_like_number(text)


FIGURES = ["1\N{RIGHT SINGLE QUOTATION MARK}250", "1,250", "1 250", "\N{ARABIC-INDIC DIGIT FIVE}"]


@pytest.mark.parametrize("text", FIGURES)
def test_numbers_of_every_country_are_like_numbers(text: str) -> None:
    assert is_like_number(text)


DASHES = ["-", "--", "\N{EN DASH}", "\N{FIGURE DASH}", "\N{MINUS SIGN}", "\N{NON-BREAKING HYPHEN}"]


@pytest.mark.parametrize("value", [None, "", " ", "\N{NO-BREAK SPACE}", *DASHES])
def test_nothing_is_not_none(value: Any) -> None:
    assert numbers([value, "3"]) == [Empty.BLANK, 3]


@pytest.mark.parametrize("value", ["NA", "n/a", "..", ":", "nan"])
def test_a_word_for_not_known_is_not_none(value: str) -> None:
    assert numbers([value, 3.0]) == [Empty.UNKNOWN, 3]


@pytest.mark.parametrize("value", [True, False])
def test_a_yes_or_no_is_not_like_a_number(value: bool) -> None:
    assert not is_like_number(value)
    with pytest.raises(NumeralError, match=f"found '{value}'; allowed: persons"):
        numbers([value])


@pytest.mark.parametrize("value", [7, 7.5, "7", "1.5"])
def test_a_number_is_like_one_whatever_its_kind(value: Any) -> None:
    assert is_like_number(value)


@pytest.mark.parametrize("value", [999_999_999, 999_999_999.0, "999999999", "999,999,999", "00999999999"])
def test_the_largest_count_is_read(value: Any) -> None:
    assert numbers([value]) == [999_999_999]


@pytest.mark.parametrize("value", [1_000_000_000, 1e9, "1000000000", "1,000,000,000", "000000000007"])
def test_a_larger_count_or_one_of_twelve_digits_is_refused(value: Any) -> None:
    with pytest.raises(NumeralError, match="allowed: persons, a whole number from 0 to 999,999,999"):
        numbers([value])


def test_a_written_0_is_a_count_and_stays_0() -> None:
    assert numbers(["0", 0, 0.0, "0.0", "007"]) == [0, 0, 0, 0, 7]


@pytest.mark.parametrize(
    ("texts", "decimal", "expected"),
    [
        (["1,250,300", "7"], None, [1_250_300, 7]),
        (["1.250.300"], None, [1_250_300]),
        (["1 250 300,00"], None, [1_250_300]),
        (["1'250.0", "12"], None, [1250, 12]),
        (["1.000"], "point", [1]),
        (["1.000"], "comma", [1000]),
        (["0.000"], None, [0]),
    ],
)
def test_marks_are_read_in_the_one_way_that_fits(texts: list[str], decimal: str | None, expected: list[int]) -> None:
    assert numbers(texts, decimal) == expected


@pytest.mark.parametrize("text", ["12,34,567", "1,2345", "1,250,30", "0,250,000", "1 250,300"])
def test_thousands_are_of_three_digits(text: str) -> None:
    with pytest.raises(NumeralError, match=f"found {text!r}; allowed: persons"):
        numbers([text])


def test_a_refusal_names_the_cell_and_the_one_it_differs_from() -> None:
    with pytest.raises(NumeralError) as caught:
        numbers(["7", "1.250", "1.300", "1,251"])
    assert caught.value.cell == Cell(5, "JUL2021", "1,251")
    assert caught.value.text == (
        "found '1,251', written in another way than '1.250' in line 3, column 'JUL2021'; "
        "one way of writing thousands and decimals is allowed in a table"
    )
    with pytest.raises(NumeralError) as caught:
        numbers(["1.000", "5", "1.000"])
    assert caught.value.cell == Cell(2, "JUL2021", "1.000")
    assert caught.value.text == (
        "found '1.000', which is 1 or 1,000; say which with --decimal point or --decimal comma"
    )
