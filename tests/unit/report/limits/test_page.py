"""The report's section on what limits the flow, row by row."""

from __future__ import annotations

from sim.report.limits.page import section
from sim.report.limits.rows import CAPTION, CONTRIBUTION, EASIER
from sim.report.limits.sentences import sentences
from tests.made_study import rows_of
from tests.unit.report.limits.made_limits import limits

DAYS = "2025-10-01 to 2025-10-14, means of 2 runs"


def test_each_route_has_sentences_and_a_table() -> None:
    found = section(limits(), [])
    assert [table.title for _, table in found.steps] == [
        f"{name}: {DAYS}" for name in ("base, air", "base, sea", "ban, air", "ban, sea")
    ]
    assert (found.differences, found.notes) == ([], [CAPTION, EASIER])
    told, table = found.steps[0]
    assert told == sentences(limits(), "base", "air")
    assert (table.note, table.key) == ("", "differences")
    assert table.columns == ["step", "persons", "lost here", "a tenth easier", "aboard", "in", "value is"]
    assert rows_of(table) == [
        "would leave | 1,500 | · | taste | 0 | 0 | assumed",
        "can pay | 900 | −600 | price | +3 | +1 | sourced",
        "set out | 750 | −150 | · | · | · | ·",
        "has a visa (binds) * | 600 | −150 | places | +20 [+18 to +22] | +7 [+5 to +9] | sourced",
        "has a seat | 450 | −150 | flights | 0 | 0 | assumed",
        "boarded | 300 | −150 | · | · | · | ·",
        "transferred (binds) * | 225 | −75 | buses | 0 [−1 to +1] | +9 [+8 to +10] | assumed",
        "tried | 210 | −15 | wait | 0 | 0 | assumed",
        "in | 150 | −60 | patrols | 0 | −30 | sourced",
    ]


def test_of_a_comparison_differences_stand_above_their_sum() -> None:
    found = section(limits(), [("base", "ban")])
    assert [table.title for _, table in found.steps] == [f"ban, air: {DAYS}"]
    whole, by_air = found.differences
    assert whole.title == f"Difference by step, all routes: ban less base, {DAYS}"
    assert (whole.note, whole.key) == (CONTRIBUTION, "differences")
    assert by_air.columns == ["step", "base", "ban", "difference", "contribution"]
    assert rows_of(by_air)[-4:] == [
        "transferred | 225 | 150 | −75 | +25",
        "tried | 210 | 140 | −70 | +5",
        "in | 150 | 90 | −60 | +10",
        "sum * | · | · | · | −60",
    ]
    assert len(by_air.lines) == 10
