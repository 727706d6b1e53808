"""Inputs as they were known: whatever is changed after the origin changes nothing that a forecast rests on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inference.frozen_inputs import freeze, month_after
from sim.scenario import apply_overrides
from sim.scenario.errors import ScenarioError
from tests.strategies import START, tiny_scenario

ORIGIN = START + timedelta(days=60)
LATER = ORIGIN + timedelta(days=10)
END = START + timedelta(days=100)
WHOLE = tiny_scenario(
    {
        "transit_states": {"belarus": {"visas": {START: 5, LATER: 50}}},
        "measures": {
            "known": {"kind": "carrier-ban", "routes": ["baghdad-minsk"], "start": LATER, "announced": START},
            "unknown": {"kind": "carrier-ban", "routes": ["benghazi-minsk"], "start": LATER},
            "running": {"kind": "reinforcement", "agency": "poland", "start": START, "end": LATER, "officers": 5},
        },
    }
)


def test_what_was_not_known_is_taken_out_and_what_was_announced_stays() -> None:
    frozen = freeze(WHOLE, ORIGIN, END)
    assert frozen.transit_states["belarus"].visas == {START: 5}
    assert sorted(frozen.measures) == ["known", "running"]
    assert frozen.measures["running"].end is None
    assert frozen.end == END
    assert frozen.observed == []


@settings(deadline=None)
@given(
    visas=st.floats(0, 1000),
    day=st.dates(ORIGIN, WHOLE.end),
    ban=st.dates(ORIGIN, WHOLE.end),
    end=st.dates(ORIGIN, WHOLE.end),
)
def test_no_input_after_the_origin_leaks(visas: float, day: date, ban: date, end: date) -> None:
    changes = {
        f"transit_states.belarus.visas.{day}": visas,
        "measures.unknown.start": ban,
        "measures.running.end": end,
    }
    assert freeze(apply_overrides(WHOLE, changes), ORIGIN, END) == freeze(WHOLE, ORIGIN, END)


def test_an_origin_outside_the_run_is_refused() -> None:
    with pytest.raises(ScenarioError, match="origin: found"):
        freeze(WHOLE, START, END)
    with pytest.raises(ScenarioError, match="origin: found"):
        freeze(WHOLE, ORIGIN, WHOLE.end + timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2021, 12, 1), 1, date(2022, 1, 1)),
        (date(2021, 10, 31), 1, date(2021, 11, 30)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2021, 5, 15), 24, date(2023, 5, 15)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, later: date) -> None:
    assert month_after(day, months) == later


def test_a_schedule_entry_and_a_measure_of_the_origin_itself_were_not_known() -> None:
    day, before = ORIGIN, ORIGIN - timedelta(days=1)
    ban = {"kind": "carrier-ban", "routes": ["baghdad-minsk"]}
    whole = tiny_scenario({
        "transit_states": {"belarus": {"visas": {START: 5, before: 6, day: 7}, "transfer": {START: 5.5, day: 1}}},
        "measures": {
            "begun": {**ban, "start": before}, "begins": {**ban, "start": day},
            "announced": {**ban, "start": day, "announced": before, "end": LATER},
            "told": {**ban, "start": day, "announced": day, "end": LATER},
            "ended": {**ban, "start": START, "end": before}, "ends": {**ban, "start": START, "end": day},
            "ends-as-told": {**ban, "start": START, "end": LATER, "announced": START},
        },
    })  # fmt: skip
    frozen = freeze(whole, ORIGIN, END)
    assert frozen.transit_states["belarus"].visas == {START: 5, before: 6}
    assert frozen.transit_states["belarus"].transfer == {START: 5.5}
    ends = {name: measure.end for name, measure in frozen.measures.items()}
    assert ends == {"begun": None, "announced": LATER, "ended": before, "ends": None, "ends-as-told": LATER}
    assert frozen.days == 101 and frozen.observed == []


def test_the_first_and_last_days_that_an_origin_may_have() -> None:
    first, last = START + timedelta(days=1), WHOLE.end
    assert freeze(WHOLE, first, first).days == 2
    assert freeze(WHOLE, last, last).days == 120
    for origin, end in ((START, last), (last + timedelta(days=1), last), (first, last + timedelta(days=1))):
        words = f"origin: found {origin} to {end}; allowed: from {START} on, to {last} at most"
        with pytest.raises(ScenarioError, match=words):
            freeze(WHOLE, origin, end)


def test_a_timetable_is_refused_as_nobody_knows_when_its_flights_were_announced() -> None:
    flying = WHOLE.model_copy(update={"timetable": "flights.csv"})
    with pytest.raises(
        ScenarioError, match="timetable: a back-test cannot tell which departures were known; allowed: w"
    ):
        freeze(flying, ORIGIN, END)


def test_a_month_after_december_is_of_the_next_year_and_none_is_the_day_itself() -> None:
    assert month_after(date(2021, 11, 30), 0) == date(2021, 11, 30)
    assert month_after(date(2021, 11, 30), 1) == date(2021, 12, 30)
    assert month_after(date(2021, 11, 30), 3) == date(2022, 2, 28)
    assert month_after(date(2021, 12, 31), 12) == date(2022, 12, 31)
