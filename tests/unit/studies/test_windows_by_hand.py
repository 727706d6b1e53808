"""Weeks put together to a window, from small tables made by hand."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from sim.scenario.errors import ScenarioError
from sim.studies.windows import Window, _of_agencies, _over, check_window
from tests.strategies import START, tiny_scenario

RUN = tiny_scenario(days=60)
WEEKS = [START + timedelta(days=7 * k) for k in range(4)]


def day(number: int) -> date:
    return START + timedelta(days=number)


def weekly(rows: list[tuple[int, int, str, str, str, float]], unit: str = "u per week") -> pa.Table:
    """Rows of run, week, level, name, measure and value."""
    run, week, level, name, measure, value = zip(*rows, strict=True)
    texts = {"level": level, "name": name, "measure": measure, "unit": [unit] * len(rows)}
    return pa.table({
        "run": pa.array(run), "replicate": pa.array(run, pa.int32()), "point": pa.array([-1] * len(rows), pa.int32()),
        "week": pa.array([WEEKS[k] for k in week], pa.date32()), "value": pa.array(value),
        **{key: pa.array(column).dictionary_encode() for key, column in texts.items()},
    })  # fmt: skip


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    columns = ["run", "level", "name", "measure", "unit", "value"]
    return sorted(tuple(row[name] for name in columns) for row in table.to_pylist())


def test_weeks_of_a_window_are_summed_or_averaged_or_the_highest_or_the_last() -> None:
    values = {"attempts": [1, 2, 4, 8], "days_over": [1, 0, 3, 0], "pressure_peak": [9, 3, 2, 1],
              "pressure_mean": [5, 1, 3, 7], "stranded": [4, 5, 6, 9], "border_pressure": [1, 2, 3, 4]}  # fmt: skip
    rows = [(run, k, "section", "s", measure, value + 10.0 * run)
            for run in (0, 1) for measure, own in values.items() for k, value in enumerate(own)]  # fmt: skip
    found = {row[3]: row[5] for row in rows_of(_over(weekly(rows), WEEKS[1], day(20))) if row[0] == 0}
    assert found["attempts"] == 2 + 4
    assert found["days_over"] == 0 + 3
    assert found["pressure_peak"] == 3
    assert found["pressure_mean"] == (7 * 1 + 7 * 3) / 14
    short = {row[3]: row[5] for row in rows_of(_over(weekly(rows), WEEKS[1], day(16))) if row[0] == 0}
    assert short["pressure_mean"] == pytest.approx((7 * 1 + 3 * 3) / 10), "the last week has three days"
    assert short["attempts"] == 6
    assert {row[0] for row in rows_of(_over(weekly(rows), WEEKS[1], day(20)))} == {0, 1}
    assert {row[4] for row in rows_of(_over(weekly(rows), WEEKS[1], day(20)))} == {"u"}
    assert rows_of(_over(weekly(rows), date(2024, 1, 1), date(2024, 1, 7))) == []


def test_persons_are_those_of_the_last_week() -> None:
    rows = [(0, k, "status", "home", "persons", 100.0 - k) for k in range(4)]
    assert rows_of(_over(weekly(rows, "persons"), START, day(20))) == [
        (0, "status", "home", "persons", "persons", 98.0)
    ]


def test_an_agency_has_the_flows_of_its_sections_and_no_loads() -> None:
    rows = [(0, 0, "section", "s", "attempts", 1.0), (0, 0, "section", "t", "attempts", 2.0),
            (0, 0, "section", "u", "attempts", 4.0), (0, 0, "section", "s", "days_over", 1.0),
            (0, 0, "section", "s", "pressure_peak", 1.0), (0, 0, "all", "all", "attempts", 7.0)]  # fmt: skip
    own = _over(weekly(rows), START, day(6))
    assert rows_of(_of_agencies(own, {"s": "poland", "t": "poland", "u": "latvia"})) == [
        (0, "agency", "latvia", "attempts", "u", 4.0), (0, "agency", "poland", "attempts", "u", 3.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("since", "until", "first", "last", "words"),
    [
        (0, None, 0, 59, "from 2025-10-01"), (6, 59, 0, 59, "from 2025-10-01"), (7, 6 + 7, 7, 13,
        "from 2025-10-08 to 2025-10-14"), (13, 14, 7, 20, "from 2025-10-08 to 2025-10-21"),
        (20, 55, 14, 55, "from 2025-10-15 to 2025-11-25"), (20, 56, 14, 59, "from 2025-10-15"),
    ],
)  # fmt: skip
def test_a_window_has_the_weeks_of_its_days(since: int, until: int | None, first: int, last: int, words: str) -> None:
    study: Any = SimpleNamespace(scenarios={"base": RUN}, base="base")
    window = Window(study, day(since), None if until is None else day(until))
    assert (window.first, window.last, window.words) == (day(first), day(last), words)
    assert window.is_whole_run is (first == 0 and last == 59)
    assert (window.since, window.asked) == (day(since), False)
    assert Window(study, day(since), asked=True).asked


@pytest.mark.parametrize(
    ("since", "until", "text"),
    [
        (-1, None, "--from: found 2025-09-30, outside the run; allowed: from 2025-10-01 to 2025-11-29"),
        (None, 60, "--to: found 2025-11-30, outside the run; allowed: from 2025-10-01 to 2025-11-29"),
        (None, -1, "--to: found 2025-09-30, outside the run; allowed: from 2025-10-01 to 2025-11-29"),
        (60, None, "--from: found 2025-11-30, outside the run; allowed: from 2025-10-01 to 2025-11-29"),
        (9, 8, "--to: found 2025-10-09, before 2025-10-10; allowed: from 2025-10-10 to 2025-11-29"),
        (0, 59, None), (9, 9, None), (None, None, None), (59, None, None), (None, 0, None),
    ],
)  # fmt: skip
def test_days_of_a_window_are_of_the_run_and_in_order(since: int | None, until: int | None, text: str | None) -> None:
    days = (None if since is None else day(since), None if until is None else day(until))
    if text is None:
        check_window(RUN, *days)
    else:
        with pytest.raises(ScenarioError) as caught:
            check_window(RUN, *days)
        assert str(caught.value) == text
