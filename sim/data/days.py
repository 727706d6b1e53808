"""Days as text: year-month-day alone."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def is_day(text: str) -> bool:
    """Return whether a text has the form of a day, such as ``2021-08-03``; the calendar may not have it."""
    return _DAY.fullmatch(text) is not None


def day_of(text: str) -> date:
    """Return the day of a text such as ``2021-08-03``.

    Python itself also reads weeks (``2025-W01-1``) and days without hyphens, and drops what follows these.

    Raises:
        ValueError: If the text has another form, or the calendar has no such day.
    """
    if not is_day(text):
        raise ValueError(f"found {text!r}; allowed: a day such as 2021-08-03")
    return date.fromisoformat(text)
