"""Published figures as disjoint pieces of a record: what each adds to those before it.

Figures overlap: a month lies within a count to date, which lies within a year. Scored together, one event would count
several times. So figures are taken in order, calendar months first and then the shorter before the longer, and each
stands only for the days that no earlier one has covered, with the count that is left for these days. One that overlaps
an earlier one without containing it adds nothing that can be told apart, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.inference.observations import Row

_LEAST = 0.05  # events a day below which a remainder is rounding, not a count


class Figure(NamedTuple):
    """What a published figure adds to the record.

    Attributes:
        series: Name in the experiment.
        days: The days that it stands for, counted from the start of the run, ascending, shape (n,).
        value: Events on these days.
        low: Lower bound.
        high: Upper bound.
        at_least: Whether it is only a lower bound.
        known: Day on which it became known, counted from the start of the run.
    """

    series: str
    days: npt.NDArray[np.intp]
    value: float
    low: float
    high: float
    at_least: bool
    known: int

    @property
    def last(self) -> int:
        """Return its last day, counted from the start of the run."""
        return int(self.days[-1])

    @property
    def first(self) -> int:
        """Return its first day, counted from the start of the run."""
        return int(self.days[0])


def pieces(rows: Iterable[Row], start: date, end: date, rounding: dict[str, float], shortest: int = 5) -> list[Figure]:
    """Return the disjoint pieces of a record, by their last day.

    Args:
        rows: Published figures of any series.
        start: First day of the run; figures that begin earlier are left out.
        end: Last day; figures that end later are left out.
        rounding: By series, half the unit to which figures without bounds are rounded.
        shortest: Pieces of fewer days are left out.
    """
    series: dict[str, list[Row]] = {}
    for row in rows:
        if start <= row.start and row.end <= end and row.middle is not None:
            series.setdefault(row.series, []).append(row)
    found = [
        piece
        for name, own in sorted(series.items())
        for piece in _disjoint(sorted(own, key=_order), start, rounding.get(name, 0.0), shortest)
    ]
    return sorted(found, key=lambda piece: (piece.last, piece.series, piece.first))


def _order(row: Row) -> tuple[bool, int, date]:
    month = row.start.day == 1 and (row.end + timedelta(days=1)).day == 1 and row.days <= 31
    return (not month, row.days, row.end)


def _disjoint(rows: Sequence[Row], start: date, rounding: float, shortest: int) -> list[Figure]:
    taken: list[tuple[frozenset[int], Figure]] = []
    for row in rows:
        first = (row.start - start).days
        days = frozenset(range(first, first + row.days))
        within = [piece for covered, piece in taken if covered <= days]
        if any(covered & days and not covered <= days for covered, _ in taken):
            continue
        if any(piece.at_least for piece in within):
            continue
        rest = days.difference(*(covered for covered, piece in taken if covered <= days))
        value = (row.middle or 0.0) - sum(piece.value for piece in within)
        if len(rest) < shortest or value < _LEAST * len(rest):
            continue
        taken.append((rest, _figure(row, rest, value, within, start, rounding)))
    return [piece for _, piece in taken]


def _figure(
    row: Row, rest: frozenset[int], value: float, within: Sequence[Figure], start: date, rounding: float
) -> Figure:
    low, high = row.bounds(rounding)
    at_least = bool(np.isinf(high))
    middle = row.middle or 0.0
    slack = float(np.sqrt(sum(((piece.high - piece.low) / 2) ** 2 for piece in within if not np.isinf(piece.high))))
    known = max([(row.published - start).days, *(piece.known for piece in within)])
    return Figure(
        row.series,
        np.array(sorted(rest), np.intp),
        value,
        max(value - (middle - low) - slack, 0.0),
        np.inf if at_least else value + (high - middle) + slack,
        at_least,
        known,
    )
