"""What triggers of reactions watch: counts of the seven days before, against limits, for so many days in a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import gauges as g
from sim.engine import tables as t
from sim.engine.compiled import plain

week, pressure, rises = plain(g.week), plain(g.pressure), plain(g.rises)
count_calls, any_closed, days_empty, passes = (
    plain(f) for f in (g.count_calls, g.any_closed, g.days_empty, g.passes)
)  # fmt: skip
DAYS, SECTIONS, PAIRS, ROUTES = 30, 3, 2, 2


def counted(rows: int, columns: int) -> np.ndarray:
    """A table of daily counts in which every cell has a number of its own."""
    return np.arange(DAYS * rows * columns).reshape(DAYS, rows, columns)


def gauge(
    what: int, first: int = 0, last: int = 1, column: int = 0, above: int = 1, needed: int = 1, held: int = 0,
    days: int = 0,
) -> np.ndarray:  # fmt: skip
    found = np.zeros(8, np.int64)
    found[[g.WHAT, g.COLUMN, g.FIRST, g.LAST, g.ABOVE, g.NEEDED, g.HELD, g.DAYS]] = (
        what, column, first, last, above, needed, held, days,
    )  # fmt: skip
    return found


class Watched:
    """All that gauges read, made by hand: nothing happens unless a test says so."""

    def __init__(self) -> None:
        self.section_flows = np.zeros((DAYS, SECTIONS, len(t.SECTION_FLOWS)), np.int32)
        self.pair_flows = np.zeros((DAYS, PAIRS, len(t.PAIR_FLOWS)), np.int32)
        self.route_flows = np.zeros((DAYS, ROUTES, len(t.ROUTE_FLOWS)), np.int32)
        self.capacity = np.ones((DAYS, SECTIONS))
        self.turn_back = np.zeros(2)
        self.is_point = np.array([0, 1, 1], np.int8)
        self.hours = np.full(SECTIONS, 24.0)

    def read(self, gauges: list[np.ndarray], limits: list[tuple[float, float]], rows: list[int], day: int) -> Any:
        """How many turned, and which hold."""
        table = np.array(gauges)
        turned = g.read(
            self.section_flows, self.pair_flows, self.route_flows, self.capacity, self.turn_back, self.is_point,
            self.hours, table, np.array(limits, float), np.array(rows), np.zeros(SECTIONS, np.int64), day,
        )  # fmt: skip
        return turned, table[:, g.HELD].tolist(), table[:, g.DAYS].tolist()


@given(st.integers(7, DAYS), st.sets(st.integers(0, 2)), st.integers(0, 3))
def test_a_week_is_the_seven_days_before_of_some_rows(day: int, own: set[int], column: int) -> None:
    flows = counted(3, 4)
    assert week(flows, np.array(sorted(own), int), column, day) == flows[day - 7 : day, sorted(own), column].sum()


@given(st.integers(7, DAYS))
def test_calls_are_those_of_seven_days_by_section(day: int) -> None:
    flows, calls = counted(SECTIONS, len(t.SECTION_FLOWS)), np.full(SECTIONS, 99)
    count_calls(flows, calls, day)
    assert calls.tolist() == flows[day - 7 : day, :, t.S_PATROL_CALLS].sum(axis=0).tolist()


def test_pressure_is_calls_a_day_over_capacity() -> None:
    """Sections together: 7 + 70 + 0 calls in 7 days are 11 a day, for a room of 8; the most loaded: 10 for 2."""
    calls, capacity, every = np.array([7, 70, 0]), np.array([5.0, 2.0, 1.0]), np.arange(3)
    assert pressure(calls, capacity, every, False) == pytest.approx(11 / 8)
    assert pressure(calls, capacity, every, True) == 5.0
    assert pressure(calls, capacity, every[:1], False) == pressure(calls, capacity, every[:1], True) == 0.2


def test_pressure_where_nobody_can_answer_a_call_is_that_of_one_call_a_week() -> None:
    calls, nothing = np.array([3, 4]), np.zeros(2)
    assert pressure(calls, nothing, np.arange(2), False) == pytest.approx(7)
    assert pressure(calls, nothing, np.arange(2), True) == pytest.approx(4)


def test_capacity_rises_over_seven_days_by_a_share() -> None:
    capacity = np.ones((DAYS, 2))
    capacity[10:] = 1.5  # from day 10 on, so first seen on day 11
    own = np.array([0, 1])
    assert [rises(capacity, own, day, 0.5) for day in range(7, 20)] == [3 < k < 11 for k in range(13)]
    assert not any(rises(capacity, own, day, 0.51) for day in range(8, 20))
    assert not rises(capacity, own, 7, 0.0)  # there is no day seven days before yesterday
    assert rises(capacity, own, 8, 0.0)
    assert not rises(np.zeros((DAYS, 2)), own, 20, 0.0)  # from nothing there is no share


def test_a_rise_is_that_of_all_sections_together() -> None:
    capacity = np.ones((DAYS, 2))
    capacity[20:, 1] = 2.0
    assert rises(capacity, np.array([0, 1]), 21, 0.5)
    assert not rises(capacity, np.array([0, 1]), 21, 0.6)
    assert rises(capacity, np.array([1]), 21, 1.0)
    assert not rises(capacity, np.array([0]), 21, 0.1)


def test_only_crossing_points_close() -> None:
    is_point, hours = np.array([0, 1, 1]), np.array([0.0, 0.0, 24.0])
    assert [any_closed(is_point, hours, np.array(own)) for own in ([0], [1], [2], [2, 1])] == [
        False, True, False, True,
    ]  # fmt: skip
    assert not any_closed(is_point, np.array([0.0, 1.0, 1.0]), np.array([0, 1, 2]))


def test_days_without_anybody_count_from_the_day_after_somebody_boarded() -> None:
    flows = np.zeros((DAYS, 2, len(t.ROUTE_FLOWS)), np.int32)
    flows[[3, 4, 8], [0, 1, 1], t.R_BOARDED] = 1
    days, found = 99, []
    for day in range(12):
        days = days_empty(flows, np.array([0, 1]), day, days)
        found.append(days)
    assert found == [-1, -1, -1, -1, 0, 0, 1, 2, 3, 0, 1, 2]


@pytest.mark.parametrize("above", [True, False])
def test_it_holds_after_so_many_days_in_a_row_until_beyond_the_other_limit_no_more(above: bool) -> None:
    """Begins beyond 5 after 3 days, ends at 2: the mirror image for limits from below."""
    sign = 1 if above else -1
    own, limits = gauge(g.SECTIONS, above=int(above), needed=3), np.array([5.0, 2.0]) * sign
    numbers = [6, 6, 5, 6, 7, 6, 3, 2.5, 2, 6, 6, 6, 9, 1]
    found = []
    for number in numbers:
        own[g.HELD] = passes(own, limits, sign * number)
        found.append(int(own[g.HELD]))
    assert found == [0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 0]


def test_days_in_a_row_are_not_counted_while_it_holds() -> None:
    own = gauge(g.SECTIONS, needed=2, days=2, held=1)
    assert passes(own, np.array([5.0, 5.0]), 6.0)
    assert own[g.DAYS] == 2
    assert not passes(own, np.array([5.0, 5.0]), 5.0)
    assert own[g.DAYS] == 2


@pytest.mark.parametrize(
    ("what", "table", "column"),
    [(g.SECTIONS, "section_flows", 2), (g.PAIRS, "pair_flows", 1), (g.ROUTES, "route_flows", 2)],
)
def test_a_sum_is_of_its_own_table_column_and_rows(what: int, table: str, column: int) -> None:
    world = Watched()
    getattr(world, table)[10:17, 1, column] = 2
    own, other_row, other_column = (
        gauge(what, 0, 1, column), gauge(what, 1, 2, column), gauge(what, 0, 1, column - 1),
    )  # fmt: skip
    at = world.read([own, other_row, other_column], [(13.0, 13.0)] * 3, [1, 0], 17)
    assert at == (1, [1, 0, 0], [1, 0, 0])
    assert world.read([own], [(14.0, 14.0)], [1], 17)[0] == 0
    assert world.read([own], [(13.0, 13.0)], [1], 16)[0] == 0
    others = {g.SECTIONS, g.PAIRS, g.ROUTES} - {what}
    assert all(world.read([gauge(other, 0, 1, column)], [(0.0, 0.0)], [1], 17)[0] == 0 for other in others)


def test_nothing_that_takes_a_week_holds_within_the_first() -> None:
    world = Watched()
    below = [gauge(what, above=0) for what in (g.SECTIONS, g.PAIRS, g.ROUTES, g.PRESSURE, g.WORST_PRESSURE)]
    for day in range(7):
        assert world.read(below, [(1.0, 1.0)] * 5, [0], day) == (0, [0] * 5, [0] * 5)
    assert world.read(below, [(1.0, 1.0)] * 5, [0], 7) == (5, [1] * 5, [1] * 5)


def test_pressure_is_held_against_the_capacity_of_yesterday() -> None:
    world = Watched()
    world.section_flows[8:15, :2, t.S_PATROL_CALLS] = [[1, 5]] * 7
    world.capacity[13, :2], world.capacity[14, :2], world.capacity[15, :2] = 100.0, [1.0, 2.0], 200.0
    together, worst = gauge(g.PRESSURE, 0, 2), gauge(g.WORST_PRESSURE, 0, 2)
    assert world.read([together, worst], [(1.99, 0), (2.49, 0)], [0, 1], 15) == (2, [1, 1], [1, 1])
    assert world.read([together, worst], [(2.0, 0), (2.5, 0)], [0, 1], 15) == (0, [0, 0], [0, 0])


def test_states_of_yesterday_are_read_from_the_second_morning_on() -> None:
    """An agency that turns back, a point that is closed, a route that nobody takes, a rise of forces."""
    world = Watched()
    world.turn_back[1], world.hours[2], world.capacity[9:, 0] = 0.8, 0.0, 3.0
    world.route_flows[0, 1, t.R_BOARDED] = 4
    kinds = [
        gauge(g.TURNED_BACK, 0, 1), gauge(g.CLOSED, 1, 3), gauge(g.EMPTY, 0, 1, needed=2, days=-1), gauge(g.RISE, 3, 4),
    ]  # fmt: skip
    limits, rows = [(0.8, 0.8), (0, 0), (0, 0), (2.0, 2.0)], [1, 1, 2, 0]
    assert world.read(kinds, limits, rows, 0) == (0, [0, 0, 0, 0], [0, 0, -1, 0])
    assert world.read(kinds, limits, rows, 1) == (2, [1, 1, 0, 0], [0, 0, 0, 0])
    kinds[2][g.DAYS] = 1
    assert world.read(kinds, limits, rows, 10) == (4, [1, 1, 1, 1], [0, 0, 2, 0])
    limits[0] = (0.81, 0.81)
    assert world.read(kinds, limits, rows, 10)[1] == [0, 1, 1, 1]


def test_those_that_cease_to_hold_are_counted_as_well() -> None:
    world = Watched()
    held = [gauge(g.SECTIONS, held=1), gauge(g.SECTIONS, held=1, above=0), gauge(g.TURNED_BACK, held=1)]
    assert world.read(held, [(1.0, 1.0), (1.0, 1.0), (0.5, 0.5)], [0], 9) == (2, [0, 1, 0], [0, 0, 0])
