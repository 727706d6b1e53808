"""Rows of what limits the flow: which routes are shown, and what stands in each row."""

from __future__ import annotations

from typing import Any

import pytest

from sim.report.limits.rows import Easier, Gain, Step, changed, difference_rows, signed, step_rows, told
from sim.report.limits.rows import title_of_differences as of_differences
from sim.report.limits.rows import title_of_steps as of_steps
from tests.unit.report.limits.made_limits import WEEKS, limits, week

ZERO = Gain("0", "0", "0")


def test_each_step_has_its_persons_those_lost_and_what_a_tenth_brings() -> None:
    assert list(step_rows(limits(), "base", "air")) == [
        Step("would leave", False, "1,500", "", Easier("taste", (ZERO, ZERO), "assumed")),
        Step("can pay", False, "900", "−600", Easier("price", (Gain("+3", "+3", "+3"), Gain("+1", "+1", "+1")),
        "sourced")),
        Step("set out", False, "750", "−150", None),
        Step("has a visa", True, "600", "−150",
             Easier("places", (Gain("+20", "+18", "+22"), Gain("+7", "+5", "+9")), "sourced")),
        Step("has a seat", False, "450", "−150", Easier("flights", (ZERO, ZERO), "assumed")),
        Step("boarded", False, "300", "−150", None),
        Step("transferred", True, "225", "−75",
             Easier("buses", (Gain("0", "−1", "+1"), Gain("+9", "+8", "+10")), "assumed")),
        Step("tried", False, "210", "−15", Easier("wait", (ZERO, ZERO), "assumed")),
        Step("in", False, "150", "−60", Easier("patrols", (ZERO, Gain("−30", "−30", "−30")), "sourced")),
    ]  # fmt: skip


def test_a_route_over_the_sea_has_fewer_steps() -> None:
    assert [(step.title, step.persons, step.lost) for step in step_rows(limits(), "base", "sea")] == [
        ("would leave", "80", ""), ("can pay", "70", "−10"), ("set out", "60", "−10"), ("has a seat", "50", "−10"),
        ("boarded", "40", "−10"), ("in", "30", "−10"),
    ]  # fmt: skip
    rows, total = difference_rows(limits(), "base", "ban", "sea")
    assert rows == [
        ["would leave", "80", "80", "0", "0"],
        ["can pay", "70", "70", "0", "0"],
        ["set out", "60", "60", "0", "0"],
        ["has a seat", "50", "50", "0", "0"],
        ["boarded", "40", "40", "0", "0"],
        ["in", "30", "30", "0", "0"],
    ]
    assert total == "0"


def test_contributions_of_the_steps_add_up() -> None:
    rows, total = difference_rows(limits(), "base", "ban", "air")
    assert rows == [
        ["would leave", "1,500", "1,500", "0", "0"],
        ["can pay", "900", "900", "0", "0"],
        ["set out", "750", "650", "−100", "−100"],
        ["has a visa", "600", "500", "−100", "0"],
        ["has a seat", "450", "350", "−100", "0"],
        ["boarded", "300", "200", "−100", "0"],
        ["transferred", "225", "150", "−75", "+25"],
        ["tried", "210", "140", "−70", "+5"],
        ["in", "150", "90", "−60", "+10"],
    ]
    assert total == "−60"
    assert difference_rows(limits(), "ban", "base", "air")[1] == "+60"


def test_without_pairs_all_routes_are_shown_by_which_anybody_would_leave() -> None:
    shown = [("base", "air"), ("base", "sea"), ("ban", "air"), ("ban", "sea")]
    assert told(limits(), []) == (shown, [])
    for would, there in ((0.4, False), (0.5, True)):
        idle = [*WEEKS, week("base", "land", 0, [would, *[0.0] * 8])]
        assert (("base", "land") in told(limits(idle), [])[0]) == there


def test_of_pairs_the_routes_that_differ_are_shown_and_of_many_none() -> None:
    pair, back = ("base", "ban"), ("ban", "base")
    assert told(limits(), [pair]) == ([("ban", "air")], [("base", "ban", "all"), ("base", "ban", "air")])
    assert told(limits(), [pair, back])[0] == [("ban", "air"), ("base", "air")]
    assert told(limits(), [pair, back, pair]) == ([], [(*pair, "all"), (*back, "all"), (*pair, "all")])
    by_air = limits([one for one in WEEKS if one["route"] == "air"])
    assert told(by_air, [pair]) == ([("ban", "air")], [("base", "ban", "all")])


@pytest.mark.parametrize(
    ("boarded", "entered", "there"),
    [(203.0, 100.0, True), (197.0, 100.0, True), (202.0, 100.0, True), (201.9, 100.9, False), (201.99, 100.0, False),
     (200.0, 101.0, True),
     (198.1, 99.1, False)],
)  # fmt: skip
def test_a_route_differs_from_one_in_a_hundred_on(boarded: float, entered: float, there: bool) -> None:
    base = week("base", "air", 0, [1000, 600, 500, 400, 300, 200, 150, 140, 100])
    other = week("ban", "air", 0, [1000, 600, 500, 400, 300, boarded, 150, 140, entered])
    assert changed(limits([base, other]), "base", "ban") == (["air"] if there else [])


@pytest.mark.parametrize(("boarded", "there"), [(0.4, False), (0.5, True)])
def test_where_nobody_went_half_a_person_is_a_difference(boarded: float, there: bool) -> None:
    weeks = [week("base", "air", 0, [9.0] * 5 + [0.0] * 4), week("ban", "air", 0, [9.0] * 5 + [boarded] + [0.0] * 3)]
    assert changed(limits(weeks), "base", "ban") == (["air"] if there else [])


def test_titles_name_days_and_runs() -> None:
    days = "2025-10-01 to 2025-10-14"
    assert of_steps(limits(), "ban", "air") == f"ban, air: {days}, means of 2 runs"
    assert of_steps(limits(replicates=1), "", "air") == f", air: {days}, one run"
    titles: list[Any] = [of_differences(limits(), "base", "ban", route) for route in ("all", "air")]
    assert titles == [
        f"Difference by step, all routes: ban less base, {days}, means of 2 runs",
        f"Difference by step, air: ban less base, {days}, means of 2 runs",
    ]


def test_numbers_have_all_their_digits() -> None:
    assert [signed(value) for value in (1234.5, -1234.5, 0.49, -0.5)] == ["+1,235", "−1,235", "0", "−1"]
