"""Rounding of figures on the terminal, in the report and in the view.

Halves are rounded away from zero, in decimal notation: 0.125 is 0.13, 2.675 is 2.68, −0.5 is −1. The number formats
of browsers (`Intl.NumberFormat`), which the view uses for values of its charts, do the same.

Estimates, such as medians over replicates, and all counts in a report have three significant digits. Counts of a single
run on the terminal and on the live page, and published figures, are shown in full.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import isinf
from typing import Any

import numpy as np

SIGNIFICANT = 3
_MINUS = "−"


def rounded(value: float, digits: int = 0) -> float:
    """Round a finite number to ``digits`` decimals (below 0: tens, hundreds), halves away from zero."""
    step = Decimal(1).scaleb(-digits)
    number = Decimal(repr(float(value)))
    # quantize cannot give more digits than the context's 28; a number of 28 digits has no decimals to round
    return float(value) if number.adjusted() + digits > 25 else float(number.quantize(step, ROUND_HALF_UP))


def whole(value: float, *, exact: bool = False) -> int:
    """Round to a whole number, with three significant digits unless it is ``exact`` or below a thousand."""
    found = int(rounded(value))
    places = len(str(abs(found))) - SIGNIFICANT
    return found if exact or places <= 0 else int(rounded(value, -places))


def shown(value: float, digits: int = 0, *, sign: bool = False, exact: bool = False) -> str:
    """Return a number as text: ``12,300``, ``0.42``, ``−7``; without a sign if it rounds to 0.

    Args:
        value: The number.
        digits: Decimals.
        sign: Whether it is a difference, which always has a sign.
        exact: Whether it is a count of a single run, whose digits are all shown.
    """
    if isinf(value):
        return "∞" if value > 0 else f"{_MINUS}∞"
    text = f"{rounded(value, digits):,.{digits}f}" if digits else f"{whole(value, exact=exact):,}"
    if not any(digit in "123456789" for digit in text):
        return text.lstrip("-")
    return text.replace("-", _MINUS) if text.startswith("-") else f"+{text}" if sign else text


def point(value: float) -> float:
    """Round a number for a chart of the view according to its size: whole from 100, one decimal from 10.

    Below 10 it keeps more decimals than the two that are shown, so that rounding again makes no difference.
    """
    size = abs(value)
    return rounded(value, 0 if size >= 100 else 1 if size >= 10 else 8)


def points(values: Any) -> list[float]:
    """As `point`, for a one-dimensional array and fast; ties that are inexact in binary may be rounded down."""
    numbers = np.asarray(values, np.float64)
    size = np.abs(numbers)
    factor = np.where(size >= 100, 1.0, np.where(size >= 10, 10.0, 1e8))
    found: list[float] = np.copysign(np.floor(size * factor + 0.5) / factor, numbers).tolist()
    return found
