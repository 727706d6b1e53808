"""Pieces of a record: no event counts twice, and none is made up."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.inference.filter.record import pieces
from sim.inference.observations import Row

START, END = date(2022, 1, 1), date(2022, 12, 31)


def row(first: int, days: int, value: float, **changes: object) -> Row:
    start = START + timedelta(days=first)
    end = start + timedelta(days=days - 1)
    plain = Row("poland", start, end, value, None, None, end + timedelta(days=1), {})
    return plain._replace(**changes)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(5, 60)), max_size=12, unique=True), st.integers(0, 10**6))
def test_of_counts_that_agree_no_event_counts_twice(periods: list[tuple[int, int]], seed: int) -> None:
    daily = np.random.default_rng(seed).integers(1, 40, 400)
    found = pieces([row(a, n, float(daily[a : a + n].sum())) for a, n in periods], START, END, {})
    days = np.concatenate([piece.days for piece in found]) if found else np.array([], int)
    assert len(days) == len(set(days.tolist()))
    for piece in found:
        assert piece.value == daily[piece.days].sum()


def test_a_count_to_date_stands_for_the_days_that_months_leave_open() -> None:
    rows = [row(0, 31, 100.0), row(31, 9, 20.0), row(0, 90, 300.0)]
    found = pieces(rows, START, END, {})
    assert [(piece.value, len(piece.days)) for piece in found] == [(100.0, 31), (20.0, 9), (180.0, 50)]


def test_what_overlaps_without_containing_is_left_out() -> None:
    found = pieces([row(0, 31, 100.0), row(20, 40, 90.0)], START, END, {})
    assert [piece.value for piece in found] == [100.0]


def test_a_remainder_is_known_once_all_its_parts_are() -> None:
    late = date(2022, 6, 1)
    found = pieces([row(0, 31, 100.0, published=late), row(0, 50, 150.0)], START, END, {})
    assert max(piece.known for piece in found) == (late - START).days
    assert {piece.known for piece in found} == {(late - START).days}


def test_a_lower_bound_is_told_apart() -> None:
    (piece,) = pieces([row(0, 31, 100.0, low=100.0)], START, END, {})
    assert piece.at_least
    assert piece.high == np.inf
