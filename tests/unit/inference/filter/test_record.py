"""Pieces of a record: no event counts twice, and none is made up."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.inference.filter.record import Figure, pieces
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


def told(pieces_: list[Figure]) -> list[tuple[object, ...]]:
    return [(f.first, f.last, len(f.days), f.value, f.low, f.high, f.at_least, f.known) for f in pieces_]


def test_a_figure_alone_is_a_piece_with_its_bounds_or_its_rounding() -> None:
    rows = [
        row(0, 31, 100.0), row(31, 20, 40.0, low=35.0, high=50.0), row(60, 10, 1.0, series="latvia"),
        row(80, 6, 10.0, published=START + timedelta(days=99)),
    ]  # fmt: skip
    found = pieces(rows, START, END, {"poland": 2.0})
    assert [f.series for f in found] == ["poland", "poland", "latvia", "poland"]
    assert told(found) == [
        (0, 30, 31, 100.0, 98.0, 102.0, False, 31), (31, 50, 20, 40.0, 35.0, 50.0, False, 51),
        (60, 69, 10, 1.0, 1.0, 1.0, False, 70), (80, 85, 6, 10.0, 8.0, 12.0, False, 99),
    ]  # fmt: skip


def test_a_remainder_has_the_slack_of_all_figures_that_it_comes_from() -> None:
    rows = [
        row(0, 31, 100.0, low=94.0, high=106.0), row(31, 28, 50.0, low=46.0, high=54.0),
        row(0, 90, 300.0, low=290.0, high=330.0),
    ]  # fmt: skip
    *_, rest = pieces(rows, START, END, {})
    slack = np.hypot(6.0, 4.0)
    assert (rest.first, rest.last, len(rest.days), rest.value) == (59, 89, 31, 150.0)
    assert (rest.low, rest.high) == (pytest.approx(150 - 10 - slack), pytest.approx(150 + 30 + slack))
    low = [*rows[:2], row(0, 90, 160.0, low=100.0, high=165.0)]
    assert pieces(low, START, END, {})[-1].low == 0.0


def test_a_lower_bound_is_a_piece_that_nothing_is_taken_from() -> None:
    rows = [row(0, 31, 100.0, low=100.0), row(0, 59, 150.0), row(100, 30, 60.0), row(100, 60, 200.0, low=200.0)]
    found = pieces(rows, START, END, {})
    assert told(found) == [
        (0, 30, 31, 100.0, 100.0, np.inf, True, 31), (100, 129, 30, 60.0, 60.0, 60.0, False, 130),
        (130, 159, 30, 140.0, 140.0, np.inf, True, 160),
    ]  # fmt: skip


def test_pieces_lie_within_the_run_and_have_a_figure() -> None:
    ends = [
        row(0, 31, 10.0),
        row(334, 31, 20.0),
        row(-1, 20, 1.0),
        row(340, 26, 1.0),
        row(100, 9, 0)._replace(value=None),
    ]
    assert [(f.first, f.last) for f in pieces(ends, START, END, {})] == [(0, 30), (334, 364)]
    only = [row(100, 10, 0, low=20.0, high=30.0)._replace(value=None)]
    assert told(pieces(only, START, END, {"poland": 9.0})) == [(100, 109, 10, 25.0, 20.0, 30.0, False, 110)]


def test_a_piece_has_five_days_and_an_event_in_twenty_days_at_least() -> None:
    def of(days: int, value: float) -> int:
        return len(pieces([row(0, days, value)], START, END, {}))

    assert [of(4, 9.0), of(5, 9.0), of(20, 1.0), of(21, 1.0), of(20, 0.9)] == [0, 1, 1, 0, 0]
    assert len(pieces([row(0, 4, 9.0)], START, END, {}, shortest=4)) == 1


def test_calendar_months_come_first_and_the_shorter_before_the_longer() -> None:
    odd, month, long = row(20, 20, 50.0), row(0, 31, 100.0), row(0, 60, 150.0)
    assert [f.value for f in pieces([odd, month], START, END, {})] == [100.0]
    assert [f.value for f in pieces([row(0, 30, 70.0), odd], START, END, {})] == [50.0]  # 1 to 30 January is no month
    assert [f.value for f in pieces([row(1, 30, 70.0), odd], START, END, {})] == [50.0]  # neither are 2 to 31 January
    assert [f.value for f in pieces([row(0, 59, 140.0), row(40, 25, 50.0)], START, END, {})] == [50.0]
    assert [f.value for f in pieces([long, month], START, END, {})] == [100.0, 50.0]
    assert [f.value for f in pieces([row(5, 10, 20.0), row(0, 10, 30.0)], START, END, {})] == [30.0]


def test_a_figure_in_the_middle_leaves_both_ends() -> None:
    (inner, rest) = pieces([row(10, 10, 40.0), row(0, 30, 100.0)], START, END, {})
    assert (inner.first, inner.last, inner.value) == (10, 19, 40.0)
    assert rest.days.tolist() == [*range(10), *range(20, 30)]
    assert rest.value == 60.0


def test_pieces_come_by_their_last_day_and_then_by_series() -> None:
    rows = [row(0, 40, 10.0), row(10, 10, 5.0), row(5, 35, 9.0, series="latvia"), row(0, 20, 9.0, series="estonia")]
    found = [(f.series, f.first, f.last) for f in pieces(rows, START, END, {})]
    assert found == [("estonia", 0, 19), ("poland", 10, 19), ("latvia", 5, 39), ("poland", 0, 39)]
