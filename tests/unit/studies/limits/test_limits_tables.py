"""Tables of what limits the flow, from small ones made by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.engine import steps
from sim.outputs.folder import OutputError
from sim.studies.limits.limits import (
    Case,
    Limits,
    _binding,
    _gains,
    _of_routes,
    _over_replicates,
    _steps,
    _weeks,
    binding,
    differences,
    spans,
    tables_of,
    totals,
)
from sim.studies.limits.observed import STEPS
from sim.studies.limits.relaxations import Relaxation
from sim.studies.limits.stored import stored_limits
from tests.strategies import START, tiny_scenario

MONTH = tiny_scenario(days=30)
FIRST, SECOND = date(2025, 10, 1), date(2025, 10, 8)


def day(number: int) -> date:
    return START + timedelta(days=number)


@pytest.mark.parametrize(
    ("since", "until", "starts", "end"),
    [
        (None, None, [0, 7, 14, 21, 28], 30), (6, None, [0, 7, 14, 21, 28], 30), (7, None, [7, 14, 21, 28], 30),
        (-3, 6, [0], 7), (0, 7, [0, 7], 14), (8, 13, [7], 14), (21, 28, [21, 28], 30), (29, 29, [28], 30),
        (14, 3, [14], 15),
    ],
)  # fmt: skip
def test_a_window_has_whole_weeks_of_the_run(since: int | None, until: int | None, starts: list[int], end: int) -> None:
    found = _weeks(MONTH, None if since is None else day(since), None if until is None else day(until))
    assert found.starts.tolist() == starts
    assert (found.end, found.first, found.last) == (end, day(starts[0]), day(end - 1))


def test_values_of_days_are_summed_to_weeks_up_to_the_last_day() -> None:
    assert _weeks(MONTH, None, None).sums(np.arange(30)).tolist() == [21, 70, 119, 168, 57]
    assert _weeks(MONTH, day(7), day(13)).sums(np.ones((30, 2))).tolist() == [[7, 7]]


class Names(SimpleNamespace):
    pairs = (("iraqis", "baghdad-minsk"), ("sudanese", "benghazi-italy"))


def seen(counts: Any) -> Any:
    """What was seen of two pairs on 30 days: ``counts`` of each day, pair and step."""
    lines = np.zeros((30, 2, 2))
    lines[:, 0, steps.FOR_A_SEAT], lines[:, 0, steps.FOR_A_VISA], lines[:, 1, 0] = np.arange(30), 100, 7
    seats = np.tile([1.0, 2.0], (30, 1))
    return SimpleNamespace(
        counts=counts, lines=lines, seats=seats, taken=seats / 4, pair_route=np.array([1, 0]), names=Names()
    )


def test_a_row_of_steps_is_of_a_pair_and_a_week() -> None:
    counts = np.zeros((30, 2, len(STEPS))) + np.arange(len(STEPS))
    counts[:, 1] = 1
    table = _steps(Case("one", 4, MONTH, []), seen(counts), _weeks(MONTH, day(14), None))
    assert table.columns.tolist() == [
        "scenario", "replicate", "route", "cohort", "week", *STEPS, "line_seat", "line_visa", "seats", "seats_taken",
    ]  # fmt: skip
    rows = table.drop(columns=list(STEPS)).to_numpy().tolist()
    assert rows == [
        ["one", 4, "baghdad-minsk", "iraqis", day(14), 20, 100, 14, 3.5],
        ["one", 4, "baghdad-minsk", "iraqis", day(21), 27, 100, 14, 3.5],
        ["one", 4, "baghdad-minsk", "iraqis", day(28), 29, 100, 4, 1],
        ["one", 4, "benghazi-italy", "sudanese", day(14), 7, 0, 7, 1.75],
        ["one", 4, "benghazi-italy", "sudanese", day(21), 7, 0, 7, 1.75],
        ["one", 4, "benghazi-italy", "sudanese", day(28), 7, 0, 2, 0.5],
    ]
    assert table[list(STEPS)].iloc[0].tolist() == [7 * k for k in range(9)]
    assert table[list(STEPS)].iloc[5].tolist() == [2] * 9


@pytest.mark.parametrize("step", ["would_leave", "transferred", "tried", "has_visa", "entered"])
def test_gains_are_what_more_come_and_none_of_the_border_over_the_sea(step: str) -> None:
    before, after = np.zeros((30, 2, len(STEPS))), np.zeros((30, 2, len(STEPS)))
    after[:, 0, STEPS.index("boarded")], after[:, 0, STEPS.index("tried")] = 3, 2
    after[:, 1, STEPS.index("entered")], before[:, 0, STEPS.index("entered")] = 5, 1
    one = Relaxation(step, "words", {}, assumed=True)
    rows = list(_gains(Case("one", 4, MONTH, []), one, seen(before), seen(after), _weeks(MONTH, day(28), None)))
    common = {"scenario": "one", "replicate": 4, "step": step, "easier": "words", "assumed": True}
    land = {"route": "baghdad-minsk", "cohort": "iraqis", "boarded": 6, "tried": 4, "entered": -2}
    sea = {"route": "benghazi-italy", "cohort": "sudanese", "boarded": 0, "tried": 0, "entered": 10}
    assert rows == [common | land, common | sea][: 2 if step == "would_leave" else 1]


def test_replicates_are_averaged_and_their_range_kept() -> None:
    steps_ = pd.DataFrame({"scenario": "a", "route": "r", "cohort": "c", "week": [FIRST, SECOND] * 2,
                           "replicate": [0, 0, 1, 1], "boarded": [1.0, 2, 5, 10]})  # fmt: skip
    assert _over_replicates(steps_).to_dict("list") == {
        "scenario": ["a", "a"], "route": ["r", "r"], "cohort": ["c", "c"], "week": [FIRST, SECOND],
        "boarded": [3.0, 6.0],
    }  # fmt: skip
    gains = pd.DataFrame({"scenario": "a", "route": "r", "step": "tried", "easier": "w", "assumed": False,
                          "cohort": ["c", "d"] * 2, "replicate": [0, 0, 1, 1], "boarded": [1, 2, 5, 10],
                          "tried": [0, 0, 1, 0], "entered": [4, -4, 0, -8]})  # fmt: skip
    assert _of_routes(gains).to_dict("records") == [
        {"scenario": "a", "route": "r", "step": "tried", "easier": "w", "assumed": False, "boarded": 9.0, "tried": 0.5,
         "entered": -4.0, "boarded_low": 3, "tried_low": 0, "entered_low": -8, "boarded_high": 15, "tried_high": 1,
         "entered_high": 0}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("seats", "taken", "can_pay", "line_seat", "line_visa", "taste", "price", "step"),
    [
        (0, 0, 0.4, 5, 5, 1, 2, "nothing"), (0, 0, 0.5, 0, 0, 1, 2, "has_seat"), (8, 8, 9, 1, 5, 1, 2, "has_seat"),
        (8, 8, 9, 0.9, 5, 1, 2, "has_visa"), (8, 7, 9, 5, 1, 1, 2, "has_visa"), (8, 7, 9, 5, 0.9, 1, 2, "can_pay"),
        (8, 7, 9, 5, 0, 2, 2, "can_pay"), (8, 7, 9, 5, 0, 2.1, 2, "would_leave"), (8, 7, 0.1, 5, 0, None, 0.1,
        "can_pay"), (8, 7, 0.1, 5, 0, 0.1, None, "would_leave"),
    ],
)  # fmt: skip
def test_the_step_that_binds_a_week_is_told_by_what_was_seen(
    seats: float, taken: float, can_pay: float, line_seat: float, line_visa: float, taste: float | None,
    price: float | None, step: str,
) -> None:  # fmt: skip
    row = {"scenario": "a", "route": "r", "cohort": "c", "seats": seats, "seats_taken": taken, "can_pay": can_pay}
    table = pd.DataFrame([row | {"line_seat": line_seat, "line_visa": line_visa}])
    gains = {("a", "r", "c", name): value for name, value in (("would_leave", taste), ("can_pay", price))
             if value is not None}  # fmt: skip
    assert _binding(table, pd.Series(gains)) == [step]


def limits(gains: list[tuple[str, float, float]] = ()) -> Limits:  # type: ignore[assignment]
    """Two scenarios on a route of two cohorts, and one of another; ``gains`` of steps: aboard and in."""
    columns = dict(zip(STEPS, (100.0, 80, 60, 50, 40, 40, 30, 20, 10), strict=True))
    rows = [
        {"scenario": "a", "route": "r", "cohort": cohort, "week": week, "binding": step, **columns, "can_pay": pays}
        for cohort, pays, found in (("c", 80.0, ["can_pay", "can_pay", "has_seat"]), ("d", 81.0, ["x", "y", "x"]))
        for week, step in zip((FIRST, SECOND, date(2025, 10, 15)), found, strict=True)
    ]
    rows.append({"scenario": "a", "route": "s", "cohort": "c", "week": FIRST, "binding": "nothing", **columns})
    rows.append({"scenario": "b", "route": "r", "cohort": "c", "week": FIRST, "binding": "nothing", **columns,
                 "would_leave": 700.0, "boarded": 300.0, "entered": 100.0})  # fmt: skip
    of_gains = pd.DataFrame(
        [{"scenario": "a", "route": "r", "step": step, "boarded": aboard, "entered": inside, "tried": 0.0}
         for step, aboard, inside in gains],
        columns=["scenario", "route", "step", "boarded", "entered", "tried"],
    )  # fmt: skip
    return Limits(pd.DataFrame(rows), of_gains, 3, FIRST, date(2025, 10, 21), frozenset({"s"}))


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ([("can_pay", 5, 9), ("would_leave", 4, 50), ("tried", 90, 3), ("entered", 0, 4)], ("can_pay", "entered")),
        ([("boarded", 6, 0), ("can_pay", 5, 0), ("transferred", 0, 3)], ("boarded", "transferred")),
        ([("can_pay", 0.5, 0), ("tried", 0, 0.4)], ("can_pay", "nothing")),
        ([("can_pay", 0.4, 0), ("tried", 0, 0.5)], ("nothing", "tried")),
        ([], ("nothing", "nothing")),
    ],
)
def test_the_step_that_brings_most_limits_who_boards_and_one_beyond_who_gets_in(
    gains: list[tuple[str, float, float]], expected: tuple[str, str]
) -> None:
    assert binding(limits(gains), "a", "r") == expected
    assert binding(limits(gains), "b", "r") == ("nothing", "nothing")
    assert binding(limits(gains), "a", "s") == ("nothing", "nothing")


def test_persons_at_each_step_are_summed_over_weeks_and_cohorts() -> None:
    assert totals(limits(), "a", "r").tolist() == [600, 483, 360, 300, 240, 240, 180, 120, 60]
    assert totals(limits(), "a").tolist() == [700, 563, 420, 350, 280, 280, 210, 140, 70]
    assert totals(limits(), "b", "s").tolist() == [0] * 9


def test_spans_are_of_the_cohort_that_sends_most() -> None:
    found = limits()
    assert spans(found, "a", "r") == [
        ("x", FIRST, FIRST), ("y", SECOND, SECOND), ("x", date(2025, 10, 15), date(2025, 10, 15))
    ]  # fmt: skip
    own = found.steps[found.steps["cohort"] == "c"]
    assert spans(found._replace(steps=own), "a", "r") == [
        ("can_pay", FIRST, SECOND), ("has_seat", date(2025, 10, 15), date(2025, 10, 15))
    ]  # fmt: skip
    assert spans(found, "b", "s") == []


def test_what_each_step_contributes_is_who_was_lost_at_it() -> None:
    table = differences(limits(), "a", "b")
    assert table["route"].tolist() == ["all"] * 9 + ["r"] * 9 + ["s"] * 9
    own = table[table["route"] == "r"]
    assert own["step"].tolist() == list(STEPS)
    assert own["base"].tolist() == [600, 483, 360, 300, 240, 240, 180, 120, 60]
    assert own["other"].tolist() == [700, 80, 60, 50, 40, 300, 30, 20, 100]
    assert own["difference"].tolist() == [100, -403, -300, -250, -200, 60, -150, -100, 40]
    assert own["contribution"].tolist() == [100, -503, 103, 50, 50, 260, -210, 50, 140]
    assert table[table["route"] == "s"]["contribution"].tolist() == [-100, 20, 20, 10, 10, 0, 10, 10, 10]


def test_tables_are_written_with_the_days_and_read_again(tmp_path: Path) -> None:
    found = limits([("can_pay", 5, 9)])
    tables = tables_of(found, [("a", "b")])
    assert list(tables) == ["limits-steps", "limits-gains", "limits-differences"]
    assert list(tables_of(found)) == ["limits-steps", "limits-gains"]
    assert tables["limits-gains"].to_dict("records") == [
        {"scenario": "a", "route": "r", "step": "can_pay", "boarded": 5, "entered": 9, "tried": 0.0, "replicates": 3,
         "first": FIRST, "last": date(2025, 10, 21), "over_sea": False}
    ]  # fmt: skip
    assert set(tables["limits-differences"]["of"]) == {"a"}
    assert set(tables["limits-differences"]["scenario"]) == {"b"}
    assert stored_limits(tmp_path) is None
    (tmp_path / "analysis").mkdir()
    for name in ("limits-steps", "limits-gains"):
        tables[name].assign(over_sea=True).to_csv(tmp_path / "analysis" / f"{name}.csv", index=False)
    again = stored_limits(tmp_path)
    assert again is not None
    assert again[2:] == (3, FIRST, date(2025, 10, 21), frozenset({"r"}))
    assert again.steps["week"].tolist() == found.steps["week"].tolist()
    (tmp_path / "analysis" / "limits-gains.csv").write_text("first,last\n")
    with pytest.raises(OutputError, match=r"analysis: damaged: .*; `corridor why .*` writes it again"):
        stored_limits(tmp_path)
