"""Parsing of months and days in the forms of official files; which number is the day is never guessed.

A cell is read under each order of day and month; an order is kept if under it every cell of a column is a date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sim.imports.names import plain

Month = tuple[int, int]  # year, month
ORDERS = ("day-first", "month-first")
FIRST_YEAR, LAST_YEAR = 1990, 2049
Reading = Mapping[str, Month]
"""The month that a cell is in, by order; orders under which it is no date are left out."""

_LONG = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
         "november", "december")  # fmt: skip
_MONTHS = {
    **{name: k for k, name in enumerate(_LONG, 1)},
    **{name[:3]: k for k, name in enumerate(_LONG, 1)},
    "sept": 9,
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    r"(?:(mon)(?:day)?|(tue)(?:s(?:day)?)?|(wed)(?:nesday)?|(thu)(?:r(?:s(?:day)?)?)?|(fri)(?:day)?|(sat)(?:urday)?"
    r"|(sun)(?:day)?)\.?,? (?=\S)",
    re.ASCII,
)
_HOUR = re.compile(r"(?:,| -)?[ t]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]m)?(?: ?z|[+-]\d\d:?\d\d)?\Z", re.ASCII)
_Y, _WORD, _MARK = r"(?P<y>\d{4})", r"(?P<word>[^\W\d_]+)\.?", r"[-/. ]"
_NUMBERS = re.compile(rf"(?P<a>\d\d?)(?P<mark>{_MARK})(?P<b>\d\d?)(?P=mark){_Y}", re.ASCII)
_DAYS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"{_Y}(?P<mark>{_MARK})(?P<m>\d\d?)(?P=mark)(?P<d>\d\d?)",
        r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
        rf"(?P<d>\d\d?)(?:st|nd|rd|th)?(?: of)?[-/. ]*{_WORD},?[-/. ]*(?P<y>\d{{4}})",
        rf"(?P<d>\d\d?)[-/. ]{_WORD}[-/. ]'?(?P<yy>\d\d)",
        rf"{_WORD} (?P<d>\d\d?)(?:st|nd|rd|th)?,? {_Y}",
        rf"{_Y}[-/. ]{_WORD}[-/. ](?P<d>\d\d?)",
    )
)
_WHOLE_MONTHS = tuple(
    re.compile(form, re.ASCII)
    for form in (
        rf"{_Y}[-/._ ]?m?(?P<m>\d\d)",
        rf"{_Y}(?:[-/._ ]m?|m)(?P<m>\d)",
        rf"(?P<m>\d\d?)[-/._ ]{_Y}",
        rf"{_WORD}[-/_' ,]*{_Y}",
        rf"{_Y}[-/_ ]*{_WORD}",
    )
)
_SHORT_YEAR = re.compile(rf"{_WORD}[-/_']?(?P<yy>\d\d)", re.ASCII)  # no blank: "May 21" is a day
_LIKE_MONTH = re.compile(r"[^\W\d_]{3,12}\.?[-/_' ]*(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d[-/_ ]*[^\W\d_]{3,12}\.?")


def read(cell: Any, *, whole: bool = False) -> Reading:
    """Return the month that a cell is in, under each order of day and month that makes it a date; empty if it is none.

    Args:
        cell: A date, or text in one of the forms that are known; names of months are English.
        whole: Whether it is known to stand for a whole month, so that ``Jan-21`` is January 2021.
    """
    if isinstance(cell, (bool, float)) and not (isinstance(cell, float) and cell.is_integer()):
        return {}
    text = plain(cell).casefold()
    text = _HOUR.sub("", text)
    stated = _WEEKDAY.match(text)
    weekday = _WEEKDAYS.index(next(name for name in stated.groups() if name)) if stated else None
    text = text[stated.end() :] if stated else text
    if found := _NUMBERS.fullmatch(text):
        a, b, year = int(found["a"]), int(found["b"]), int(found["y"])
        both = {"day-first": (year, b, a), "month-first": (year, a, b)}
    else:
        parts = _parts(text, whole and not stated)
        both = dict.fromkeys(ORDERS, parts) if parts else {}
    return {order: day[:2] for order, day in both.items() if _is_day(day, weekday)}


def looks_like_month(header: Any) -> bool:
    """Return whether a header is a month or would be one in some language, such as ``AOU2021``."""
    return bool(read(header, whole=True)) or bool(_LIKE_MONTH.fullmatch(plain(header)))


def month_number(cell: Any) -> int | None:
    """Return the number of a month that stands without its year: a name, or 1 to 12."""
    text = plain(cell).casefold().removesuffix(".")
    if re.fullmatch(r"\d\d?(?:\.0)?", text, re.ASCII):
        number = int(float(text))
        return number if 1 <= number <= 12 else None
    return _MONTHS.get(text)


def year_number(cell: Any) -> int | None:
    """Return a year of four digits; None for anything else."""
    found = re.fullmatch(r"(\d{4})(?:\.0)?", plain(cell), re.ASCII)
    return int(found[1]) if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR else None


def orders_of(cells: Sequence[Any], readings: Sequence[Reading], asked: str | None) -> list[str]:
    """Return the orders under which all cells of a column are dates; more than one only where they agree.

    A spreadsheet that opens days of another order turns those up to the twelfth into dates, with day and month
    swapped, and leaves the others as text: a column that has both is under no order.
    """
    swapped = any(isinstance(cell, datetime) for cell in cells) and any(
        _NUMBERS.search(plain(cell)) for cell in cells if isinstance(cell, str)
    )
    allowed = [order for order in ORDERS if asked in (None, order)]
    return [] if swapped else [order for order in allowed if all(order in reading for reading in readings)]


def _parts(text: str, whole: bool) -> tuple[int, int, int] | None:
    """Return year, month and day (1 of a whole month) of a text whose order is clear."""
    for form in (*_DAYS, *_WHOLE_MONTHS, *([_SHORT_YEAR] if whole else [])):
        if found := form.fullmatch(text):
            named = found.groupdict()
            year = int(named["y"]) if "y" in named else 2000 + int(named["yy"])
            month = int(named["m"]) if "m" in named else _MONTHS.get(named["word"], 0)
            return year, month, int(named.get("d", 1))
    return None


def _is_day(day: tuple[int, int, int], weekday: int | None) -> bool:
    try:
        found = date(*day)
    except ValueError:
        return False
    return FIRST_YEAR <= day[0] <= LAST_YEAR and weekday in (None, found.weekday())
