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
