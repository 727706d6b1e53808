"""Outcomes written as text: what they mean, checked against the daily table, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.outputs.daily import blocks_of, daily_table
from sim.outputs.expressions import parse
from sim.outputs.run_data import RunData, run_data_of
from tests.strategies import finished, tiny_scenario

SCENARIO = tiny_scenario(days=60)


@pytest.fixture(scope="module")
def run() -> RunData:
    return run_data_of(finished(SCENARIO))


def daily(run: RunData, output: str, level: str, name: str) -> np.ndarray:
    table = daily_table(blocks_of([run]), run.start, [0])
    own = table[(table["measure"] == output) & (table["level"] == level) & (table["name"] == name)]
    values: np.ndarray = own.sort_values("date")["value"].to_numpy()
    return values


@given(first=st.integers(0, 59), length=st.integers(1, 60))
@settings(max_examples=20, deadline=None)
def test_a_window_sums_its_days_and_windows_add_up(first: int, length: int, run: RunData) -> None:
    day = [date.fromordinal(run.start.toordinal() + k).isoformat() for k in range(130)]
    attempts = daily(run, "attempts", "agency", "poland")
    text = f"attempts[{day[first]}..{day[first + length]}]@poland"
    assert parse(text).of(run) == attempts[first : first + length + 1].sum()
    before = parse(f"attempts[2000-01-01..{day[first]}]@poland").of(run)
    after = parse(f"attempts[{day[first + 1]}..2999-01-01]@poland").of(run)
    assert before + (0 if np.isnan(after) else after) == attempts.sum()


def test_ratios_and_days(run: RunData) -> None:
    attempts, entries = daily(run, "attempts", "agency", "poland"), daily(run, "entries", "agency", "poland")
    assert parse("entries/attempts@poland").of(run) == pytest.approx(entries.sum() / attempts.sum())
    assert parse("attempts/attempts@poland").of(run) == 1
    parts = [parse(f"attempts@{name}/attempts").of(run) for name in SCENARIO.agencies]
    assert sum(parts) == pytest.approx(1)
    peak = parse("peak_date(attempts)@poland").of(run)
    weeks = np.convolve(attempts, np.ones(7))[: len(attempts)]
    assert weeks[int(peak) - 1] == pytest.approx(weeks.max())
    pressure = daily(run, "border_pressure", "agency", "poland")
    over = np.flatnonzero(pressure > 1)
    first = parse("first_overload(poland)").of(run)
    assert (np.isnan(first) and not len(over)) or first == over[0] + 1


def test_nothing_is_not_a_number(run: RunData) -> None:
    assert np.isnan(parse("attempts[2001-01]@poland").of(run))
    assert np.isnan(parse("attempts[2001-01]/attempts").of(run))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("attempts@poland", "attempts@poland"),
        ("peak_date(attempts@poland)", "peak_date(attempts)@poland"),
        ("first_overload(pl-by-1)", "first_overload()@pl-by-1"),
        ("entries / attempts@latvia", "entries/attempts@latvia"),
        ("attempts@poland/attempts@all", "attempts@poland/attempts"),
        ("attempts[2021-08..2021-10]@poland", "attempts[2021-08..2021-10]@poland"),
    ],
)
def test_what_is_meant_has_one_form(text: str, same: str) -> None:
    found = parse(text)
    assert (found.measure if found.name == "all" else f"{found.measure}@{found.name}") == same
    assert parse(same) == found


@pytest.mark.parametrize(
    "text", ["attempts[]", "attempts[2021-13]", "attempts[2021-10-01]", "a/b/c", "peak(attempts)", "attempts[2021-10"
    "..2021-08]", "first_overload(a b)", "peak_date(attempts@poland)@latvia", "attempts + deaths"],
)  # fmt: skip
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"peak_date\(OUTPUT\)"):
        parse(text)


def test_what_is_not_there_is_told_with_what_is(run: RunData) -> None:
    for text, match in [
        ("attemps[2025-10]", "counted by day are: .*attempts"), ("attempts[2025-10]@mars", "counted for: .*poland"),
        ("attempts[2001-01]@poland", "the run is from"), ("peak_date(detection)", "is counted for"),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=match):
            parse(text).check(run, SCENARIO.end)
