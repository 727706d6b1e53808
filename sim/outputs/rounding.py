"""How figures are rounded wherever they are shown: on the terminal, in the report and in the view.

Half is rounded away from zero, of the number as it is written: 0.125 is 0.13, 2.675 is 2.68, −0.5 is −1. So do the
number formats of browsers (`Intl.NumberFormat`), by which the view writes what it reads off its charts.

Estimates, such as medians over replicates, and all counts in a report bear three digits. Counts of a single run on the
terminal and on the live page, and published figures, are shown whole.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import isinf
from typing import Any

import numpy as np

SIGNIFICANT = 3
_MINUS = "−"


def rounded(value: float, digits: int = 0) -> float:
    """A finite number to so many decimals (below 0: tens, hundreds), half away from zero."""
    step = Decimal(1).scaleb(-digits)
    number = Decimal(repr(float(value)))
    # quantize cannot give more digits than the context's 28; a number of 28 digits has no decimals to round
    return float(value) if number.adjusted() + digits > 25 else float(number.quantize(step, ROUND_HALF_UP))


def whole(value: float, *, exact: bool = False) -> int:
    """A whole number; of three digits and noughts unless it is to be exact, as below a thousand it is."""
    found = int(rounded(value))
    places = len(str(abs(found))) - SIGNIFICANT
    return found if exact or places <= 0 else int(rounded(value, -places))


def shown(value: float, digits: int = 0, *, sign: bool = False, exact: bool = False) -> str:
    """A number as text: ``12,300``, ``0.42``, ``−7``; without a sign where no digit but 0 is left.

    Args:
        value: The number.
        digits: Decimals.
        sign: Whether it is a difference, which is written with its sign.
        exact: Whether it is a count of a single run, of which all digits are shown.
    """
    if isinf(value):
        return "∞" if value > 0 else f"{_MINUS}∞"
    text = f"{rounded(value, digits):,.{digits}f}" if digits else f"{whole(value, exact=exact):,}"
    if not any(digit in "123456789" for digit in text):
        return text.lstrip("-")
    return text.replace("-", _MINUS) if text.startswith("-") else f"+{text}" if sign else text


def point(value: float) -> float:
    """A number that the view shows with as many decimals as its size bears: whole from 100 on, one decimal from 10 on.

    Below, it keeps more than are shown (two), so that to round it again makes no difference.
    """
    size = abs(value)
    return rounded(value, 0 if size >= 100 else 1 if size >= 10 else 8)


def points(values: Any) -> list[float]:
    """As `point`, of an array with one axis, and fast; a tie of which the binary number falls short may be missed."""
    numbers = np.asarray(values, np.float64)
    size = np.abs(numbers)
    factor = np.where(size >= 100, 1.0, np.where(size >= 10, 10.0, 1e8))
    found: list[float] = np.copysign(np.floor(size * factor + 0.5) / factor, numbers).tolist()
    return found
