"""Figures of a day: what they sum, over which days, and how they differ from the baseline."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.rows import STATUSES
from sim.view.numbers import Figure, _change, figures, known_figures, marks_of, numbers_by_day
from tests.strategies import tiny_scenario
from tests.unit.view.shown.ledger import by_pair, by_section, last_week, ledger, pressure

DAY = 20


def expected(model: Any) -> dict[str, list[float]]:
    """The figures by day, each summed up day by day."""
    sections, pairs, first = model.names.sections, model.names.pairs, model.before + 1

    def over_sections(day: int, *flows: str) -> int:
        return sum(by_section(model, flow, day, code) for flow in flows for code in sections)

    def over_pairs(day: int, flow: str) -> int:
        return sum(by_pair(model, flow, day, pair) for pair in pairs)

    def persons(day: int, status: str) -> int:
        return int(model.world.stocks_by_cohort[day - 1, :, STATUSES.index(status)].sum())

    shown = range(first, model.day + 1)
    so_far = {day: range(first, day + 1) for day in shown}
    return {
        "attempts": [sum(over_sections(d, "attempts") for d in last_week(day)) / 7 for day in shown],
        "peak": [max(pressure(model, day, code) for code in sections) for day in shown],
        "turned_back": [sum(over_sections(d, "turn_backs") for d in so_far[day]) for day in shown],
        "inside": [sum(over_sections(d, "crossings", "procedures") for d in so_far[day]) for day in shown],
        "waiting": [persons(day, "at_border") for day in shown],
        "stranded": [persons(day, "stranded") for day in shown],
        "landed": [sum(over_pairs(d, "landed") for d in so_far[day]) for day in shown],
        "dead": [sum(over_pairs(d, "deaths") for d in so_far[day]) for day in shown],
    }


@pytest.mark.parametrize("before", [0, 5])
def test_each_figure_sums_its_own_flows_over_the_days_that_are_shown(before: int) -> None:
    model = ledger(tiny_scenario(days=30), DAY, before)
    found, right = numbers_by_day(model), expected(model)
    assert list(found) == list(right)
    for name, values in right.items():
        assert found[name] == pytest.approx(values), name
        assert len(found[name]) == DAY - before


def test_before_the_first_day_there_are_no_figures() -> None:
    model = ledger(tiny_scenario(days=30), 0)
    assert numbers_by_day(model) == {figure.name: [] for figure in known_figures()}
    baseline = numbers_by_day(ledger(tiny_scenario(days=30), 9))
    rows = figures(model, baseline)
    assert [(row["value"], row["base"], row["text"], row["base_text"], row["change"]) for row in rows] == [
        (0, None, "0.00" if row["name"] == "peak" else "0", None, "") for row in rows
    ]


def test_without_sections_there_is_no_pressure() -> None:
    model = ledger(tiny_scenario(days=30), 4, before=1)
    world = model.world
    world.section_flows, world.section_capacity = world.section_flows[:, :0], world.section_capacity[:, :0]
    assert numbers_by_day(model)["peak"] == [0.0, 0.0, 0.0]


def test_the_figures_of_a_day_stand_beside_those_of_the_same_day_of_the_baseline() -> None:
    model = ledger(tiny_scenario(days=30), 3)
    found = {name: values[-1] for name, values in expected(model).items()}
    baseline = {name: [1.0, 2.0, found[name], 4.0] for name in found} | {"waiting": [1, 2, 2 * found["waiting"]]}
    rows = {row["name"]: row for row in figures(model, baseline)}
    assert list(rows) == [figure.name for figure in known_figures()]
    waiting = found["waiting"]
    assert rows["waiting"] == {
        "name": "waiting", "label": "at the border", "unit": "persons", "value": waiting, "base": 2 * waiting,
        "text": str(waiting), "base_text": str(2 * waiting), "change": "−50 %",
    }  # fmt: skip
    peak = f"{found['peak']:.2f}"
    assert rows["peak"] == {
        "name": "peak", "label": "peak pressure", "unit": "patrol calls / capacity, today",
        "value": found["peak"], "base": found["peak"], "text": peak, "base_text": peak, "change": "",
    }  # fmt: skip
    alone = figures(model, None)
    assert [(row["base"], row["base_text"], row["change"]) for row in alone] == [(None, None, "")] * len(alone)
    ended = figures(model, {name: values[:2] for name, values in baseline.items()})
    assert [row["base"] for row in ended] == [None] * len(ended)
    last = figures(model, {name: values[:3] for name, values in baseline.items()})
    assert [row["base"] for row in last] == [values[2] for values in baseline.values()]


def test_counts_of_a_single_run_are_shown_in_full() -> None:
    model = ledger(tiny_scenario(days=30), 3)
    model.world.stocks_by_cohort[:3, :, STATUSES.index("at_border")] = 4115
    baseline = {name: list[float]() for name in expected(model)} | {"waiting": [0, 0, 1234]}
    [row] = [row for row in figures(model, baseline) if row["name"] == "waiting"]
    assert (row["text"], row["base_text"], row["change"]) == ("12,345", "1,234", "+900 %")


@pytest.mark.parametrize(
    ("value", "base", "digits", "words"),
    [
        (5, 5, 0, ""), (15, 10, 0, "+50 %"), (5, 10, 0, "−50 %"), (109, 10, 0, "+990 %"), (110, 10, 0, "+100"),
        (12_355, 10, 0, "+12,345"), (3, 0, 0, "+3"), (0.25, 0, 2, "+0.25"), (0, 4, 0, "−100 %"), (1, 3, 0, "−67 %"),
    ],
)  # fmt: skip
def test_a_change_is_relative_unless_that_says_little(value: float, base: float, digits: int, words: str) -> None:
    assert _change(value, base, digits) == words


def test_units_say_of_what_time_a_figure_is() -> None:
    units = {figure.name: figure.unit for figure in known_figures()}
    assert units == {
        "attempts": "attempts a day, 7-day mean", "peak": "patrol calls / capacity, today",
        "turned_back": "attempts so far", "inside": "persons so far", "waiting": "persons", "stranded": "persons",
        "landed": "persons so far", "dead": "persons so far",
    }  # fmt: skip
    assert Figure("x", "deaths", "").unit == "persons"


def test_each_figure_has_a_mark_of_trust_and_what_holds_is_told() -> None:
    marks = marks_of(tiny_scenario())
    assert list(marks.of) == [figure.name for figure in known_figures()]
    assert {mark[:2] for mark in marks.of.values()} == {("○", "assumed")}
    assert all(why for _, _, why in marks.of.values())
    assert marks.sentence
