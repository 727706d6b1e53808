"""The ranking of a comparison on a terminal, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from sim.report.console_ranking import _short, _title, show_ranking
from tests.made_study import MadeStudy, around, told_by
from tests.strategies import tiny_scenario

SCENARIO = tiny_scenario(days=40)
VALUES: dict[Any, list[float]] = {
    "attempts": around(1200, 100), "days_over": around(5, 1), "pressure_peak": around(1.5, 0.1),
    "stranded": around(60), "deaths": around(8, 1),
}  # fmt: skip
CAPTION = (
    "medians, 90 % intervals of 5 replicates; lower is better. best: in what share of them its regret is least; "
    "regret: from best (0) to worst (100 %) in each, mean of all outcomes alike."
)


def study() -> MadeStudy:
    """Alone a has fewest attempts and b fewest deaths; together they have fewest attempts and most deaths."""
    changes: dict[str, dict[Any, list[float]]] = {
        "base": {},
        "a": {"attempts": around(1000, 80)},
        "b": {"attempts": around(999000), "deaths": around(7, 1)},
        "a+b": {"attempts": around(800, 80), "deaths": around(9, 2)},
    }
    return MadeStudy(dict.fromkeys(changes, SCENARIO), {name: VALUES | one for name, one in changes.items()})


def test_scenarios_stand_by_rank_on_both_sides() -> None:
    assert told_by(show_ranking, study()) == [
        "Ranked, the best first; base: base",
        "scenario | days over | peak | attempts",
        "1 a | 5 / 3…7 | 1.50 / 1.32…1.68 | 1.0k / 856…1.1k",
        "2 base | 5 / 3…7 | 1.50 / 1.32…1.68 | 1.2k / 1.0k…1.4k",
        "3 a+b | 5 / 3…7 | 1.50 / 1.32…1.68 | 800 / 656…944",
        "4 b | 5 / 3…7 | 1.50 / 1.32…1.68 | 999k",
        "None",
        "None",
        "scenario | stranded | dead | best | regret",
        # Of two replicates in which it has most deaths but one other, a+b is the best of one, and shares one with b.
        "1 a | 60 | 8 / 6…10 | 60 % | 12 %",
        "2 base | 60 | 8 / 6…10 | 0 % | 12 %",
        "3 a+b | 60 | 9 / 5…13 | 30 % | 16 %",
        "4 b | 60 | 7 / 5…9 | 10 % | 20 %",
        f"{CAPTION} Dominated (no mean is lower): 2 by 1.",
    ]


def test_all_tables_tell_which_is_best_by_outcome_and_what_combinations_do() -> None:
    told = told_by(show_ranking, study(), full=True)
    assert told[:14] == told_by(show_ranking, study())
    assert told[14:] == [
        "In what share of replicates each is the best, by outcome",
        "scenario | days over 1 | peak pressure | attempts | became stranded | dead",
        "1 a | 25 % | 25 % | 0 % | 25 % | 0 %",
        "2 base | 25 % | 25 % | 0 % | 25 % | 0 %",
        "3 a+b | 25 % | 25 % | 100 % | 25 % | 10 %",
        "4 b | 25 % | 25 % | 0 % | 25 % | 90 %",
        "ties are shared",
        "Combinations beside the sum of their parts",
        "combination | outcome | together | sum of its parts | difference | 5 % | 95 %",
        "a+b | days over 1 | 0 | 0 | 0 | 0 | 0",
        "a+b | peak pressure | 0.00 | 0.00 | 0.00 | 0.00 | 0.00",
        "a+b | attempts | −400 | +998k | −998k | −998k | −998k",
        "a+b | became stranded | 0 | 0 | 0 | 0 | 0",
        "a+b | dead | +1 | −1 | +2 | 0 | +4",
        "effects on the base; difference: pair by pair, median and 90 % interval",
    ]


def test_without_combinations_there_is_no_table_of_them() -> None:
    names = ("base", "a", "b")
    made = MadeStudy(dict.fromkeys(names, SCENARIO), dict.fromkeys(names, VALUES))
    told = told_by(show_ranking, made, full=True)
    assert told[-1] == "ties are shared"
    assert told[-4:-1] == [f"1 {name} | 33 % | 33 % | 33 % | 33 % | 33 %" for name in names]
    assert CAPTION in told
    assert told_by(show_ranking, MadeStudy(dict.fromkeys(names, SCENARIO), {})) == []


def test_scenarios_that_are_dominated_are_told_by_rank() -> None:
    values = {name: VALUES | {"deaths": around(8 + k)} for k, name in enumerate("abcd")}
    told = told_by(show_ranking, MadeStudy(dict.fromkeys("dbca", SCENARIO), values))
    assert told[-1] == f"{CAPTION} Dominated (no mean is lower): 2 by 1; 3 by 2 and 1; 4 by 2, 3 and 1."


def test_over_a_window_that_is_in_the_title() -> None:
    inside = {name: {"attempts": around(10 + k)} for k, name in enumerate(("base", "a", "b", "a+b"))}
    told = told_by(show_ranking, study().windowed("a", inside, date(2025, 10, 17)))
    assert told[:6] == [
        "Ranked, the best first; base: base, from 2025-10-15",
        "scenario | attempts", "1 base | 10", "2 a | 11", "3 b | 12", "4 a+b | 13",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999.0, "999"), (-999.0, "−999"), (1000.0, "1.0k"), (-1000.0, "−1.0k"), (9949.0, "9.9k"), (9950.0, "10k"),
        (-9950.0, "−10k"), (68400.0, "68k"), (999_000.0, "999k"), (0.0, "0"),
    ],
)  # fmt: skip
def test_numbers_have_at_most_five_signs(value: float, text: str) -> None:
    assert _short(value, "attempts") == text
    assert _short(12345.678, "pressure_peak") == "12,345.68"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("short", ["1 short"]),
        ("ban+officers-2025-10-15", ["1 ban+officers", "  -2025-10-15"]),
        ("a+fence-2025-10-15+b", ["1 a+fence-2025-10-15+b"]),
        ("ab+fence-2025-10-15+b", ["1 ab+fence-2025-10-15", "  +b"]),
        ("a-name-without-any-place-to-break-it+b", ["1 a-name-without-any-place-to-break-it", "  +b"]),
        ("a+a-part-that-is-longer-than-a-line", ["1 a", "  +a-part-that-is-longer-than-a-line"]),
    ],
)
def test_a_long_name_goes_on_in_the_next_line_at_a_part_or_a_date(name: str, lines: list[str]) -> None:
    assert _title(pd.Series({"rank": 1, "scenario": name})).split("\n") == lines
