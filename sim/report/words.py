"""Formatting of numbers for readers: rounded sensibly, with signs, dates and intervals in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from math import isnan
from typing import Any

from sim.outputs.definitions import definition, is_day
from sim.outputs.rounding import rounded, shown, whole

NOTHING = "–"
_BRIEF_FROM = 10_000
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def number(
    value: float | None, output: str = "", *, start: date | None = None, sign: bool = False, exact: bool = False,
    nothing: str = NOTHING,
) -> str:  # fmt: skip
    """Format a number of an output: pressures with two decimals, counts to three digits, days as dates.

    Args:
        value: The number.
        output: Name of the output.
        start: First day of the run, to write days as dates.
        sign: Whether it is a difference, always written with its sign.
        exact: Whether it is a count of a single run, whose digits are all shown.
        nothing: Text for NaN.
    """
    if value is None or isnan(value):
        return nothing
    if is_day(output) and start is not None and not sign:
        return day(_date(value, start))
    return shown(value, definition(output).digits, sign=sign, exact=exact)


def brief(value: float | None, output: str = "", *, sign: bool = False) -> str:
    """Format a number like `number`, but abbreviated: ``183k``."""
    if value is None or isnan(value) or definition(output).digits or abs(whole(value)) < _BRIEF_FROM:
        return number(value, output, sign=sign)
    return f"{shown(whole(value) / 1000, 0 if abs(whole(value)) >= 10 * _BRIEF_FROM else 1, sign=sign)}k"


def _date(value: float, start: date) -> date:
    return start + timedelta(days=int(rounded(value)) - 1)


def day(value: Any, *, short: bool = True) -> str:
    """Format a date as `9 Nov 2025` in any locale, or with the full name of the month."""
    name = MONTHS[value.month - 1]
    return f"{value.day} {name[:3] if short else name} {value.year}"


def days(first: Any, last: Any) -> str:
    """Format a period as `1 to 30 Jun 2025`, as briefly as possible."""
    if (first.year, first.month, first.day) == (last.year, last.month, last.day):
        return day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[first.month - 1][:3]} to {day(last)}"
    return f"{day(first)} to {day(last)}"


def interval(row: Mapping[str, Any], output: str, *, start: date | None = None, sign: bool = False,
             share: int = 90) -> str:  # fmt: skip
    """Format the interval of a row as `43,000 to 61,000`."""
    ends = [row[f"{end}{share}"] for end in ("low", "high")]
    if is_day(output) and start is not None and not sign and not any(isnan(end) for end in ends):
        return days(_date(ends[0], start), _date(ends[1], start))
    low, high = (number(end, output, sign=sign) for end in ends)
    return low if low == high else f"{low} to {high}"


def share(value: float) -> str:
    """Format a share as per cent with a thin space; 0 and 100 % only if exact."""
    if isnan(value):
        return NOTHING
    percent = min(max(int(rounded(100 * value)), 0 if value <= 0 else 1), 100 if value >= 1 else 99)
    return f"{percent}\u202f%"


def part(value: float) -> str:
    """Format a part of an effect as per cent with a thin space; it may be below 0 or above 100 %."""
    return NOTHING if isnan(value) else f"{shown(100 * value)}\u202f%"


def listed(parts: list[str]) -> str:
    """Join parts as `one, two and three`."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def clipped(text: str, length: int) -> str:
    """Shorten a text to ``length`` characters, at a word if possible."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > length // 2 else head).rstrip(" ,;:(") + "…"
