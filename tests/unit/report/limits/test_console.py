"""What limits the flow on a terminal, line by line."""

from __future__ import annotations

from sim.report.limits.console import difference_table, show_limits, steps_table
from sim.report.limits.rows import CAPTION, CONTRIBUTION, EASIER
from sim.report.limits.sentences import sentences
from tests.made_study import spelt, told_by
from tests.unit.report.limits.made_limits import limits

DAYS = "2025-10-01 to 2025-10-14, means of 2 runs"
BY_AIR = [
    f"base, air: {DAYS}",
    "step | persons | lost here | a tenth easier | aboard | in | value is",
    "would leave | 1,500 | · | taste | 0 | 0 | assumed",
    "can pay | 900 | −600 | price | +3 | +1 | sourced",
    "set out | 750 | −150 | · | · | · | ·",
    "has a visa (binds) | 600 | −150 | places | +20 (+18 … +22) | +7 (+5 … +9) | sourced *",
    "has a seat | 450 | −150 | flights | 0 | 0 | assumed",
    "boarded | 300 | −150 | · | · | · | ·",
    "transferred (binds) | 225 | −75 | buses | 0 (−1 … +1) | +9 (+8 … +10) | assumed *",
    "tried | 210 | −15 | wait | 0 | 0 | assumed",
    "in | 150 | −60 | patrols | 0 | −30 | sourced",
    "None",
]
PLAIN = "{'highlight': False, 'markup': False, 'style': 'dim'}"


def test_steps_stand_with_what_a_tenth_brings() -> None:
    assert spelt(steps_table(limits(), "base", "air")) == BY_AIR
    narrow = spelt(steps_table(limits(), "base", "air"), 60)
    assert narrow[1] == "step | persons | a tenth easier | aboard | in"
    assert narrow[5] == "has a visa (binds) | 600 | places | +20 | +7 *"


def test_differences_stand_above_their_sum() -> None:
    assert spelt(difference_table(limits(), "base", "ban", "sea")) == [
        f"Difference by step, sea: ban less base, {DAYS}",
        "step | base | ban | difference | contribution",
        "would leave | 80 | 80 | 0 | 0",
        "can pay | 70 | 70 | 0 | 0",
        "set out | 60 | 60 | 0 | 0",
        "has a seat | 50 | 50 | 0 | 0",
        "boarded | 40 | 40 | 0 | 0",
        "in | 30 | 30 | 0 | 0",
        "---",
        "sum | · | · | · | 0 *",
        CONTRIBUTION,
    ]
    narrow = spelt(difference_table(limits(), "base", "ban", "air"), 46)
    assert narrow[1] == "step | difference | contribution"
    assert narrow[-2] == "sum | · | −60 *"


def test_each_route_has_its_table_its_sentences_and_a_line_below() -> None:
    told = told_by(lambda *given: show_limits(given[0], given[2], given[1]), limits(), [])
    assert told[:17] == [*BY_AIR, *sentences(limits(), "base", "air"), ""]
    assert [line for line in told if line.endswith(DAYS)] == [
        f"{name}: {DAYS}" for name in ("base, air", "base, sea", "ban, air", "ban, sea")
    ]
    assert told[-2:] == [f"{CAPTION} {PLAIN}", f"{EASIER} {PLAIN}"]


def test_of_a_comparison_the_differences_stand_below() -> None:
    told = told_by(lambda *given: show_limits(given[0], given[2], given[1]), limits(), [("base", "ban")])
    assert [line for line in told if line.endswith(DAYS)] == [
        f"ban, air: {DAYS}",
        f"Difference by step, all routes: ban less base, {DAYS}",
        f"Difference by step, air: ban less base, {DAYS}",
    ]
    assert told[-2:] == [f"{CAPTION} {PLAIN}", f"{EASIER} {PLAIN}"]
