"""Tables of sweeps and their analyses on a terminal, row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.report.console_sweeps import (
    INDICES,
    show_decision,
    show_discovery,
    show_outcomes,
    show_sensitivity,
    show_threshold,
    text_of,
    threshold_rows,
)
from tests.made_study import Told, told_by

NAN, INF = float("nan"), float("inf")


def test_parameters_stand_by_the_size_of_their_index_scenario_by_scenario() -> None:
    about = {"scenario": ["z", "z", "z", "b"], "outcome": "attempts", "unit": "events"}
    sobol = pd.DataFrame(
        {**about, "parameter": list("pqrp"), "first": [0.1, 0.2, 0.3, 0.4], "total": [0.2, -0.9, 0.2, 1]}
    )
    assert told_by(show_sensitivity, {"sobol": sobol}) == [
        "Sobol' indices: attempts (events), z",
        "parameter | first | total", "q | 0.2 | −0.9", "p | 0.1 | 0.2", "r | 0.3 | 0.2",
        INDICES["sobol"][1],
        "Sobol' indices: attempts (events), b",
        "parameter | first | total", "p | 0.4 | 1",
        INDICES["sobol"][1],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "column"), [("pairs", "second"), ("morris", "effect"), ("prcc", "prcc"), ("tornado", "swing")]
)
def test_each_analysis_has_its_own_order(name: str, column: str) -> None:
    about = {"scenario": "a", "outcome": "attempts", "unit": "events"}
    table = pd.DataFrame({**about, "one_of": list("pqr"), "zero": [9, 8, 7], column: [0.1, 0.3, -0.2]})
    title, caption = INDICES[name]
    assert told_by(show_sensitivity, {name: table}) == [
        f"{title}: attempts (events), a", f"one of | zero | {column}",
        "q | 8 | 0.3", "r | 7 | −0.2", "p | 9 | 0.1", caption,
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [19, 20, 21])
def test_no_more_than_twenty_rows_are_shown_and_along_a_parameter_in_its_order(rows: int) -> None:
    about = {"scenario": "a", "outcome": "attempts", "unit": "persons"}
    table = pd.DataFrame({"x": range(rows), "median": [1000.5 + k for k in range(rows)]}).assign(**about)
    told = told_by(show_sensitivity, {"along": table})
    assert told[:2] == ["Along the parameter: attempts (persons), a", "x | median"]
    assert told[2:-1] == [f"{k} | 1,0{k + 1:02}" for k in range(min(rows, 20))]
    assert told[-1] == "x: its value; over the runs of each level"


def test_outcomes_have_their_quantiles_over_the_runs_that_have_one() -> None:
    frame = pd.DataFrame(
        {"scenario": list("aaabb"), "attempts": [1, 2, 3, NAN, NAN], "deaths": [0.5, 1.5, 2.5, 4, NAN]}
    )
    caption = "the design's points, not probabilities, unless it samples distributions"
    assert told_by(show_outcomes, frame, ["attempts", "deaths"], {"attempts": "persons"}) == [
        "Over all runs",
        "scenario | outcome | lowest | 5 % | median | 95 % | highest | unit | runs",
        "a | attempts | 1 | 1.1 | 2 | 2.9 | 3 | persons | 3",
        "a | deaths | 0.5 | 0.6 | 1.5 | 2.4 | 2.5 |  | 3",
        "b | attempts | · | · | · | · | · | persons | 0",
        "b | deaths | 4 | 4 | 4 | 4 | 4 |  | 1",
        caption,
    ]
    assert told_by(show_outcomes, frame[:3], ["deaths"], {}) == [
        "Over all runs",
        "outcome | lowest | 5 % | median | 95 % | highest | unit | runs",
        "deaths | 0.5 | 0.6 | 1.5 | 2.4 | 2.5 |  | 3",
        caption,
    ]


def test_boxes_stand_above_their_limits() -> None:
    boxes = pd.DataFrame({"box": [1, 2], "density": [0.5, 1.0], "where": ["x", "y"], "mass": [0.25, 1 / 3]})
    limits = pd.DataFrame(
        {"box": [1, 2], "parameter": ["p", "q"], "low": [-INF, 1.5], "high": [200.4, INF], "p": [0.001, NAN]}
    )
    caption = "density: share of the runs in the box that are such; coverage: share of all such runs that lie in it; "
    caption += "mass: share of all runs"
    first = ["Where deaths > 5: 12% of 12,345 runs", "box | density | mass", "1 | 0.5 | 0.25", "2 | 1 | 0.333", caption]
    assert told_by(show_discovery, boxes, limits, "deaths > 5", 0.123, 12345) == [
        *first,
        "Limits",
        "box | parameter | low | high | p",
        "1 | p | · | 200 | 0.001",
        "2 | q | 1.5 | · | ·",
        "p: probability of so dense a box by chance, had the limit done nothing",
    ]
    assert told_by(show_discovery, boxes, limits[:0], "deaths > 5", 0.123, 12345) == first


DECISION = {
    "regret": pd.DataFrame({"objective": list("zze"), "unit": list("uuv"), "response": list("xyx"), "regret": [1.0, 2,
    3],
                            "regret_high": [4.0, 5, 6]}),
    "robust": pd.DataFrame({"response": list("wxyz"), "regret": [0.1, 0.5, 0.1, 0.1], "satisfied": [0.5, 0.9, 0.5,
    0.7]}),
    "knowledge": pd.DataFrame({"objective": list("eddd"), "parameter": list("pqrs"), "evppi": [1.0, 2, 3, 2]}),
}  # fmt: skip
DECIDED = [
    "z (u)",
    "response | regret | regret 90 %",
    "x | 1 | 4",
    "y | 2 | 5",
    "regret: how much worse than the best response at the same point: mean, exceeded in a tenth, highest",
    "e (v)",
    "response | regret | regret 90 %",
    "x | 3 | 6",
    "regret: how much worse than the best response at the same point: mean, exceeded in a tenth, highest",
    "Robust responses",
    "response | regret | satisfied",
    "z | 0.1 | 0.7",
    "w | 0.1 | 0.5",
    "y | 0.1 | 0.5",
    "x | 0.5 | 0.9",
    "satisfied: share of the points in which all objectives are; enough: in 90% or more; regret: exceeded in a tenth "
    "of the points, as a share of its objective's highest; the highest of all objectives",
    "Value of information",
    "objective | parameter | evppi",
    "d | r | 3",
    "d | q | 2",
    "d | s | 2",
    "e | p | 1",
    "evppi: how much better the choice would be if the parameter were known beforehand, in the objective's unit; by "
    "chance: what a shuffled parameter seems worth in a twentieth of cases; share: of knowing all (evpi)",
]


def test_responses_stand_by_regret_and_parameters_by_what_they_are_worth() -> None:
    assert told_by(show_decision, DECISION, 0.9) == DECIDED
    ways = pd.DataFrame({"response": list("xyz"), "satisfied": [0.2, 0.6, 0.2]})
    told = told_by(show_decision, {**DECISION, "whichever": ways}, 0.75)
    assert told[16:22] == [
        "Whichever way they answer",
        "response | satisfied", "y | 0.6", "x | 0.2", "z | 0.2",
        "a way: a value, or half of the range, of a parameter that says how they answer; satisfied: of all objectives, "
        "in the way that is worst for the response; holds: 75% or more; worst: mean in the worst way; best in: the "
        "share of the ways in which its mean is the best of all responses",
    ]  # fmt: skip
    assert "enough: in 75% or more" in told[15]
    assert told[22:] == DECIDED[16:]


def test_tipping_points_have_a_row_a_place() -> None:
    table = pd.DataFrame({
        "name": ["k", "k", "n", "n"], "probability": [0.5, 0.9, 0.5, 0.9], "level": [12.345, NAN, NAN, 1.0],
        "low": [10.04, NAN, NAN, -INF], "high": [INF, NAN, NAN, 2.0], "state": ["", "never", "always", ""],
        "reversals": [0.1, 0.1, 0.0, 0.0],
    })  # fmt: skip
    assert threshold_rows(table).to_dict("records") == [
        {"name": "k", "50%": "12.3 (10 to …)", "90%": "never", "tip back": "10%"},
        {"name": "n", "50%": "always", "90%": "1 (… to 2)", "tip back": "0%"},
    ]
    console = Told()
    show_threshold(table, console, "Title", "label", "unit", 7)  # type: ignore[arg-type]
    assert console.lines == [
        "Title",
        "name | 50% | 90% | tip back",
        "k | 12.3 (10 to …) | never | 10%",
        "n | always | 1 (… to 2) | 0%",
        "label (unit) at which the probability of overload passes so much, with its 90 % interval; 7 replicates, the "
        "same at all levels; tip back: share of them that are overloaded at a level and not at a higher",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "x"), (True, "yes"), (np.bool_(False), "no"), (date(2025, 1, 2), "2025-01-02"),
        (pd.Timestamp(2025, 1, 2), "2025-01-02"), (pd.NaT, "·"), (None, "·"), (NAN, "·"), (pd.NA, "·"), (3, "3"),
        (-5, "−5"),
        (np.int64(12345), "12,345"), (12345.6, "12,346"), (-12345.6, "−12,346"), (99.4, "99.4"), (100.0, "100"),
        (100.5, "101"), (-99.94, "−99.9"), (-0.001234, "−0.00123"), (0.0, "0"), ([1], "[1]"),
    ],
)  # fmt: skip
def test_values_are_written_as_a_table_shows_them(value: Any, text: str) -> None:
    assert text_of(value) == text
