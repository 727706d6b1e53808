"""Scenario discovery: by trees too, and what a planner reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from sim.outputs.folder import OutputError
from sim.sweeps import discovery
from sim.sweeps.boxes import quality
from sim.sweeps.outcomes import Clause, OutcomeOf
from tests.unit.sweeps.samples import Made, corner, seeds


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_tree_finds_a_corner_too(seed: int) -> None:
    x, wanted = corner(seed)
    boxes = discovery.tree_boxes(x, wanted)
    assert set(boxes[0].limited) >= {0, 2}
    assert quality(boxes[0], x, wanted).density > 0.9
    inside = np.array([box.holds(x) for box in boxes])
    assert (inside.sum(axis=0) <= 1).all()


def test_discovery_says_what_a_planner_reads() -> None:
    x, wanted = corner(3)
    made: Any = Made(x, {"a": wanted * 2.0})
    found = discovery.discover(made, [Clause(OutcomeOf("loss"), ">", 1.0)])
    assert set(found.table["method"]) == {"PRIM", "CART"}
    text = discovery.sentence(found.table.iloc[0], "overload")
    assert text.startswith("overload when x0 > 0.")
    assert "% of the runs there" in text
    assert (found.limits["p"] <= 1).all()
    for number in (0, 5):
        with pytest.raises(OutputError, match="of the 600 runs"):
            discovery.discover(made, [Clause(OutcomeOf("loss"), "<", float(number))])
    with pytest.raises(OutputError, match="allowed: a"):
        discovery.discover(made, [Clause(OutcomeOf("loss"), ">", 1.0)], "b")


def test_boxes_of_two_methods_stand_in_one_table_with_their_limits() -> None:
    x = np.column_stack([np.arange(200) / 2, np.tile(np.arange(10.0), 20), np.arange(200) % 3])
    wanted = x[:, 0] >= 70
    made: Any = Made(x, {"a": wanted * 2.0, "b": np.zeros(200)})
    made.factors[2].is_nominal = True
    found = discovery.discover(made, [Clause(OutcomeOf("loss"), ">=", 2.0)])
    assert (found.share, found.runs) == (0.3, 200)
    assert list(found.table.columns) == ["method", "box", "where", "density", "coverage", "mass", "runs"]
    cart = found.table[found.table["method"] == "CART"].to_dict("records")
    best = {"density": 1.0, "coverage": 1.0, "mass": 0.3, "runs": 60}
    assert cart == [{"method": "CART", "box": 1, "where": "x0 > 69.8 days", **best}]
    assert list(found.limits.columns) == ["method", "box", "parameter", "low", "high", "unit", "p"]
    limit = found.limits[found.limits["method"] == "CART"].to_dict("records")
    assert len(limit) == 1 and (limit[0]["parameter"], limit[0]["unit"], limit[0]["high"]) == ("x0", "days", np.inf)
    assert limit[0]["low"] == pytest.approx(69.75) and limit[0]["p"] == pytest.approx(0.3**60)
    assert set(found.limits["parameter"]) <= {"x0", "x1"}
    first = found.table.iloc[0]
    assert first["method"] == "PRIM" and first["box"] == 1 and first["density"] >= 0.8
    assert discovery.sentence(found.table.iloc[-1], "Overload") == (
        "Overload when x0 > 69.8 days: 100% of the runs there, and 100% of all such runs"
    )


def test_only_runs_that_have_all_outcomes_are_looked_at_and_all_clauses_must_hold() -> None:
    x = np.column_stack([np.arange(60.0), np.zeros(60)])
    values = np.arange(60.0)
    values[:15] = np.nan
    made: Any = Made(x, {"a": values, "b": np.arange(60.0)[::-1]})
    clauses = [Clause(OutcomeOf("loss"), ">", 29.0), Clause(OutcomeOf("loss"), "<=", 40.0)]
    found = discovery.discover(made, clauses)
    assert (found.runs, found.share) == (45, 11 / 45)
    assert (discovery.discover(made, clauses, "b").runs, discovery.discover(made, clauses, "b").share) == (60, 11 / 60)


def test_the_leaves_of_a_tree_in_which_most_are_wanted_are_boxes_the_fullest_first() -> None:
    x = np.arange(100.0)[:, None]
    wanted = (x[:, 0] < 20) | (x[:, 0] >= 50) & (x[:, 0] < 90)
    found = discovery.tree_boxes(x, wanted)
    assert [(box.low[0], box.high[0]) for box in found] == [
        (pytest.approx(49.5), 89.5), (-np.inf, 19.5),
    ]  # fmt: skip
    assert found[0].low[0] > 49.5  # what lies on the cut belongs to the lower side
    half = np.arange(4.0)[:, None].repeat(10, axis=0)
    assert discovery.tree_boxes(half, np.arange(40) % 2 == 0) == []  # a half is not most
    assert discovery.tree_boxes(x, np.ones(100, bool)) == []  # the whole limits nothing


MESSAGES = {
    "scenario": ({"scenario": "c"}, "--scenario: found 'c'; allowed: a"),
    "none": ({"clauses": [Clause(OutcomeOf("loss"), ">", 99.0)]},
             "--where: none of the 20 runs have loss > 99; a condition that some have is needed"),
    "all": ({"clauses": [Clause(OutcomeOf("loss"), ">", -1.0), Clause(OutcomeOf("loss"), "<", 99.0)]},
            "--where: all of the 20 runs have loss > -1 and loss < 99; a condition that some have is needed"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "text"), MESSAGES.values(), ids=MESSAGES)
def test_what_cannot_be_discovered_is_told(given: dict[str, Any], text: str) -> None:
    made: Any = Made(np.arange(20.0)[:, None], {"a": np.arange(20.0)})
    with pytest.raises(OutputError) as error:
        discovery.discover(**{"sampled": made, "clauses": [Clause(OutcomeOf("loss"), ">", 5.0)]} | given)
    assert str(error.value) == text


def test_twenty_runs_are_enough_if_a_parameter_has_an_order() -> None:
    clause = [Clause(OutcomeOf("loss"), ">", 5.0)]
    enough: Any = Made(np.arange(20.0)[:, None], {"a": np.arange(20.0)})
    assert discovery.discover(enough, clause).runs == 20
    few: Any = Made(np.arange(19.0)[:, None], {"a": np.arange(19.0)})
    with pytest.raises(OutputError) as error:
        discovery.discover(few, clause)
    assert str(error.value) == "made: 19 runs have these outcomes; 20 are needed"
    enough.factors[0].is_nominal = True
    with pytest.raises(OutputError) as error:
        discovery.discover(enough, clause)
    assert str(error.value) == "made: all parameters are joint, whose rows have no order; boxes need others"
