"""The day from which scenarios differ: runs of both are the same before it, whatever the change is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.outputs.daily import blocks_of
from sim.runs import run_to_data
from sim.scenario.draw import resolve
from sim.scenario.schema import Scenario
from sim.studies.first_difference import first_difference
from tests.strategies import START, tiny_scenario

BAN = {"kind": "carrier-ban", "routes": ["benghazi-minsk"], "start": "2025-11-10"}
FRONTEX = {"kind": "frontex-deployment", "agency": "poland", "officers": 10}
CHANGES: dict[str, tuple[dict[str, Any], date | None]] = {
    "nothing": ({}, None),
    "words": ({"title": "another", "seed": 1}, None),
    "a measure": ({"measures": {"ban": BAN}}, date(2025, 11, 10)),
    "one announced": ({"measures": {"ban": {**BAN, "announced": "2025-11-01"}}}, date(2025, 11, 1)),
    "a schedule": ({"transit_states": {"belarus": {"visas": {date(2025, 11, 20): 1}}}}, date(2025, 11, 20)),
    "flights": ({"carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": {date(2025, 12, 1): 9}}}}}},
                date(2025, 12, 1)),
    "a quantity": ({"behaviour": {"retry": 5}}, date(2025, 10, 1)),
    "a barrier by date": ({"sections": {"kuznica": {"barrier": {date(2025, 11, 5): 30}}}}, date(2025, 10, 1)),
    "two at once": ({"measures": {"ban": BAN}, "zones": {"lida": {"steering": {date(2025, 12, 3): 2}}}},
                    date(2025, 11, 10)),
    "the pool": ({"measures": {"b": {**FRONTEX, "start": "2025-12-01"}}}, date(2025, 11, 1)),
    "beyond the end": ({"transit_states": {"belarus": {"visas": {date(2026, 5, 1): 1}}}}, None),
}  # fmt: skip
FIRST = {"measures": {"a": {**FRONTEX, "start": "2025-11-01"}}}  # in the base of "the pool"


@pytest.mark.parametrize("name", CHANGES)
def test_runs_of_both_are_the_same_until_the_day_on_which_they_differ(name: str) -> None:
    changes, expected = CHANGES[name]
    common = FIRST if name == "the pool" else {}
    base = tiny_scenario(common)
    other = tiny_scenario({**changes, "measures": {**common.get("measures", {}), **changes.get("measures", {})}})
    found = first_difference(base, other)
    assert found == first_difference(other, base) == expected
    same = base.days if found is None else (found - base.start).days
    left, right = (blocks_of([run_to_data(resolve(one))]) for one in (base, other))
    for key, block in left.items():
        assert np.array_equal(block.values[:, :same], right[key].values[:, :same]), key


def test_measures_that_differ_in_their_end_differ_from_the_day_after_the_earlier_one() -> None:
    long, short = (tiny_scenario({"measures": {"ban": {**BAN, "end": end}}}) for end in ("2025-12-20", "2025-12-05"))
    assert first_difference(long, short) == date(2025, 12, 6)
    for_good = tiny_scenario({"measures": {"ban": BAN}})
    assert first_difference(short, for_good) == date(2025, 12, 6)


def differ(left: dict[str, Any], right: dict[str, Any], **fields: Any) -> date | None:
    one, other = tiny_scenario(left), tiny_scenario(right, **fields)
    found = first_difference(one, other)
    assert first_difference(other, one) == found
    return found


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"measures": {"x": {**BAN, "end": "2025-11-20"}}}, {"measures": {"x": {**BAN, "end": "2025-11-25"}}},
         date(2025, 11, 21)),
        ({"measures": {"x": BAN}}, {"measures": {"x": {**BAN, "title": "words"}}}, None),
        ({"measures": {"x": BAN}}, {"measures": {"y": BAN}}, date(2025, 11, 10)),
        ({"measures": {"x": BAN}}, {"measures": {"x": {**BAN, "start": "2025-11-05"}}}, date(2025, 11, 5)),
        ({"measures": {"x": BAN}}, {"measures": {"x": {**BAN, "announced": "2025-11-02"}}}, date(2025, 11, 2)),
        ({"measures": {"x": {**FRONTEX, "start": "2025-11-08"}}},
         {"measures": {"x": {**FRONTEX, "start": "2025-11-09"}}},
         date(2025, 11, 8)),
        ({"frontex": {"officers": 12}}, {"frontex": {"officers": 13}}, None),
        ({"frontex": {"lag": 6}}, {"frontex": {"lag": 7}}, START),
        ({"measures": {"x": {**FRONTEX, "start": "2025-11-08"}}, "frontex": {"officers": 12}},
         {"measures": {"x": {**FRONTEX, "start": "2025-11-08"}}, "frontex": {"officers": 13}}, date(2025, 11, 8)),
        ({"measures": {"x": {**FRONTEX, "start": "2025-11-08"}}}, {}, date(2025, 11, 8)),
        ({"sections": {"kuznica": {"title": "other"}}}, {}, None),
        ({"transit_states": {"belarus": {"visas": {date(2025, 9, 1): 3}}}}, {}, START),
        ({"transit_states": {"belarus": {"visas": {date(2026, 1, 28): 3}}}}, {}, date(2026, 1, 28)),
        ({"transit_states": {"belarus": {"visas": {date(2026, 1, 29): 3}}}}, {}, None),
    ],
)  # fmt: skip
def test_the_day_is_the_first_on_which_anything_acts_differently(
    left: dict[str, Any], right: dict[str, Any], expected: date | None
) -> None:
    assert tiny_scenario().end == date(2026, 1, 28)
    assert differ(left, right) == expected


def test_runs_of_other_lengths_differ_after_the_shorter_one_and_of_other_first_days_at_once() -> None:
    assert differ({}, {}, days=100) == date(2026, 1, 9)
    assert differ({}, {}, start=date(2025, 10, 3), days=118) == date(2025, 10, 3)


def test_timetables_differ_from_the_first_departure_that_only_one_has(tmp_path: Path) -> None:
    def with_rows(name: str, *days: str) -> Scenario:
        rows = "".join(f"{day},baghdad,minsk,airline-iq,9\n" for day in days)
        (tmp_path / name).write_text("date,origin,destination,carrier,seats\n" + rows)
        scenario = tiny_scenario()
        scenario._timetable = (str(tmp_path / name), scenario.end)
        return scenario

    one, other = with_rows("a", "2025-10-05", "2025-11-09"), with_rows("b", "2025-10-05", "2025-11-07", "2025-11-09")
    assert first_difference(one, other) == first_difference(other, one) == date(2025, 11, 7)
    assert first_difference(one, one) is None
    assert first_difference(one, tiny_scenario()) == date(2025, 10, 5)
