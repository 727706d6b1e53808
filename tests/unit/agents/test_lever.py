"""Levers: schedules, overrides, factors that wear in, additions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents.lever import NEVER, Lever

schedules = st.dictionaries(st.integers(-100, 400), st.floats(-1e6, 1e6), max_size=8)
days = st.integers(-50, 500)


def test_a_value_holds_from_its_day_on() -> None:
    lever = Lever.of({10: 5.0, -3: 2.0, 20: 0.0}, 7.0)
    assert [lever.at(day) for day in (-4, -3, 9, 10, 19, 20, 999)] == [7.0, 2.0, 2.0, 5.0, 5.0, 0.0, 0.0]
    assert [lever.next_change(day) for day in (-9, -3, 9, 10, 19, 20)] == [-3, 10, 10, 20, 20, NEVER]


@given(schedules, st.floats(-1e6, 1e6), days)
def test_as_the_last_entry_says(schedule: dict[int, float], default: float, day: int) -> None:
    past = [d for d in schedule if d <= day]
    assert Lever.of(schedule, default).at(day) == (schedule[max(past)] if past else default)


@given(schedules, st.floats(-1e6, 1e6), days)
def test_nothing_changes_before_the_next_change(schedule: dict[int, float], default: float, day: int) -> None:
    lever = Lever.of(schedule, default)
    following = min(lever.next_change(day), 600)
    assert following > day
    assert all(lever.at(d) == lever.at(day) for d in range(day, following))


@given(schedules, days)
def test_what_does_nothing_changes_nothing(schedule: dict[int, float], day: int) -> None:
    lever, plain = Lever.of(schedule, 1.0), Lever.of(schedule, 1.0)
    lever.factors = {"a": (0, 1.0, 0.0), "b": (3, 1.0, 17.0)}
    lever.additions = {"c": 0.0}
    assert lever.at(day) == plain.at(day)


def test_the_latest_override_holds_until_it_is_released() -> None:
    lever = Lever.of({0: 5.0}, 0.0)
    lever.overrides["a"] = 1.0
    lever.overrides["b"] = 2.0
    assert lever.at(3) == 2.0
    del lever.overrides["b"]
    assert lever.at(3) == 1.0
    del lever.overrides["a"]
    assert lever.at(3) == 5.0


@given(st.integers(0, 100), st.floats(0, 10), st.floats(0.1, 1000))
def test_half_of_a_factor_has_worn_in_after_its_half_life(start: int, factor: float, half_life: float) -> None:
    """1 + (f - 1)(1 - 2^(-t/T)) in the evening of day t = 1, 2, ... of the measure."""
    lever = Lever(4.0, factors={"sanctions": (start, factor, half_life)})
    for t in (1, 2, 10, 300):
        expected = 4.0 * (1.0 + (factor - 1.0) * (1.0 - 0.5 ** (t / half_life)))
        assert lever.at(start + t - 1) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert lever.next_change(start) == start + 1


def test_half_lives() -> None:
    lever = Lever(1.0, factors={"sanctions": (0, 0.0, 30.0)})
    assert [lever.at(day - 1) for day in (30, 60, 90)] == pytest.approx([0.5, 0.25, 0.125])


def test_a_factor_without_half_life_works_at_once() -> None:
    lever = Lever(8.0, factors={"a": (5, 0.5, 0.0), "b": (5, 0.25, 0.0)}, additions={"c": 3.0})
    assert lever.at(5) == 8.0 * 0.5 * 0.25 + 3.0
    assert lever.next_change(5) == NEVER


@given(schedules, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), days)
def test_no_lever_falls_below_the_least(schedule: dict[int, float], default: float, least: float, day: int) -> None:
    free, held = Lever.of(schedule, default), Lever.of(schedule, default)
    held.least = least
    assert held.at(day) == max(free.at(day), least)
