"""Numbers as a reader wants them: rounded to what they can bear, with signs, dates and intervals in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import floor, isnan, log10
from typing import Any

NOTHING = "–"
DIGITS = 3
_EXACT_BELOW = 10**DIGITS
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def number(value: float, measure: str = "", *, start: date | None = None, sign: bool = False) -> str:
    """A number of a measure: pressures with two decimals, counts to three digits, days of the run as dates.

    Args:
        value: The number; NaN is written as a dash.
        measure: What it is of.
        start: First day of the run, where days are to be written as dates.
        sign: Whether it is a difference, written with its sign.
    """
    if value is None or isnan(value):
        return NOTHING
    if is_day(measure) and start is not None and not sign:
        return day(start + timedelta(days=round(value) - 1))
    if is_ratio(measure):
        text = f"{value:+.2f}" if sign else f"{value:.2f}"
    else:
        whole = rounded(value)
        text = f"{whole:+,}" if sign else f"{whole:,}"
    nought = not any(digit in "123456789" for digit in text)
    return text.lstrip("+-") if nought else text.replace("-", "−")


def rounded(value: float) -> int:
    """A whole number of three digits and noughts; below a thousand it is exact."""
    whole = round(value)
    if abs(whole) < _EXACT_BELOW:
        return whole
    step: int = 10 ** (floor(log10(abs(whole))) - DIGITS + 1)
    return round(whole / step) * step


def is_ratio(measure: str) -> bool:
    """Whether a measure has decimals."""
    return "pressure" in measure or measure == "detection"


def is_day(measure: str) -> bool:
    """Whether a measure is a day of the run."""
    return measure in ("peak_day", "first_over_day")


def day(value: Any, *, short: bool = True) -> str:
    """A date as `9 Nov 2025`, whatever the locale; or with the whole name of the month."""
    name = MONTHS[value.month - 1]
    return f"{value.day} {name[:3] if short else name} {value.year}"


def days(first: Any, last: Any) -> str:
    """A period as `1 to 30 Jun 2025`, with no more than is needed."""
    if (first.year, first.month, first.day) == (last.year, last.month, last.day):
        return day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[first.month - 1][:3]} to {day(last)}"
    return f"{day(first)} to {day(last)}"


def interval(row: Mapping[str, Any], measure: str, *, start: date | None = None, sign: bool = False,
             share: int = 90) -> str:  # fmt: skip
    """The interval of a row, as `43,000 to 61,000`."""
    ends = [row[f"{end}{share}"] for end in ("low", "high")]
    if is_day(measure) and start is not None and not sign and not any(isnan(end) for end in ends):
        first, last = (start + timedelta(days=round(end) - 1) for end in ends)
        return days(first, last)
    low, high = (number(end, measure, sign=sign) for end in ends)
    return low if low == high else f"{low} to {high}"


def share(value: float) -> str:
    """A share as per cent, with a thin space; never 0 or 100 % unless it is."""
    if isnan(value):
        return NOTHING
    whole = min(max(round(100 * value), 0 if value <= 0 else 1), 100 if value >= 1 else 99)
    return f"{whole}\u202f%"


def listed(parts: list[str]) -> str:
    """`one, two and three`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def clipped(text: str, length: int) -> str:
    """A text of at most so many signs, cut at a word where that can be."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > length // 2 else head).rstrip(" ,;:(") + "…"
