"""Boxes are found where they were put, and decisions are what a table of numbers says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.outputs.folder import OutputError
from sim.sweeps import decision, discovery, prim
from sim.sweeps.boxes import Box, quality, words
from sim.sweeps.outcomes import Clause, OutcomeOf

seeds = st.integers(0, 10**6)


def corner(seed: int, noise: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A corner of two of four parameters in which all runs are of interest, and some elsewhere."""
    generator = np.random.default_rng(seed)
    x = generator.random((600, 4))
    wanted = (x[:, 0] > 0.6) & (x[:, 2] < 0.5)
    return x, wanted ^ (generator.random(600) < noise)


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_prim_finds_a_corner(seed: int) -> None:
    x, wanted = corner(seed)
    box = prim.boxes(x, wanted)[0]
    assert box.limited == [0, 2]
    assert box.low[0] == pytest.approx(0.6, abs=0.2)
    assert box.high[2] == pytest.approx(0.5, abs=0.2)
    found = quality(box, x, wanted)
    assert found.density >= 0.8
    assert found.coverage > 0.8


@given(seed=seeds, noise=st.floats(0, 0.2))
@settings(max_examples=10, deadline=None)
def test_peeling_only_raises_density_and_only_lowers_coverage(seed: int, noise: float) -> None:
    x, wanted = corner(seed, noise)
    steps = prim.peel(x, wanted)
    coverages = [step.quality.coverage for step in steps]
    assert coverages == sorted(coverages, reverse=True)
    assert steps[0].quality.coverage == 1
    assert steps[-1].quality.density >= steps[0].quality.density
    assert steps[-1].quality.mass >= prim.LEAST


def test_in_noise_there_is_hardly_a_box() -> None:
    generator = np.random.default_rng(1)
    limited = [
        len(box.limited)
        for _ in range(10)
        for box in prim.boxes(generator.random((300, 5)), generator.random(300) < 0.3, most=1)
    ]
    assert sum(limited) <= 30


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_tree_finds_a_corner_too(seed: int) -> None:
    x, wanted = corner(seed)
    boxes = discovery.tree_boxes(x, wanted)
    assert set(boxes[0].limited) >= {0, 2}
    assert quality(boxes[0], x, wanted).density > 0.9
    inside = np.array([box.holds(x) for box in boxes])
    assert (inside.sum(axis=0) <= 1).all()


def test_boxes_in_words() -> None:
    box = Box(np.array([9.0, -np.inf, 1.0]), np.array([np.inf, 0.25, 2.0]))
    text = words(box, ["flights", "share", "lag"], ["a week", "1", "days"])
    assert text == "flights > 9 a week and share < 0.25 and lag from 1 to 2 days"
    assert words(Box.whole(2), ["a", "b"], ["", ""]) == "anywhere"


class Made:
    """As `CompletedSweep`, of numbers."""

    def __init__(self, x: np.ndarray, values: dict[str, np.ndarray], **experiment: Any) -> None:
        self.x, self._values, self.experiment = x, values, experiment
        self.factors = [SimpleNamespace(name=f"x{k}", unit="days") for k in range(x.shape[1])]
        self.study = SimpleNamespace(base=next(iter(values)), names=list(values), folder="made")
        self.units = {OutcomeOf("loss"): "persons"}

    def label(self, factor: Any) -> str:
        return str(factor.name)

    def read(self, _: object) -> None:
        pass

    def y(self, _: OutcomeOf, scenario: str) -> np.ndarray:
        return self._values[scenario]

    def each(self, _: OutcomeOf, scenario: str) -> pd.DataFrame:
        points = np.arange(len(self.x))
        return pd.DataFrame({"run": points, "point": points, "replicate": 0, "value": self._values[scenario]})


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


# Decisions


def decided(losses: dict[str, np.ndarray], x: np.ndarray, enough: float | None = None, goal: str = "lower") -> Any:
    made: Any = Made(x, losses, objectives={"loss": {"goal": goal, "enough": enough}}, satisfied=0.5)
    return decision.decide(made)


@given(seed=seeds, responses=st.integers(2, 5))
@settings(max_examples=20, deadline=None)
def test_regret_is_never_negative_and_somebody_has_none(seed: int, responses: int) -> None:
    losses = np.random.default_rng(seed).normal(size=(30, responses))
    regret = decision.regrets(losses)
    assert (regret >= 0).all()
    assert (regret.min(axis=1) == 0).all()


def test_a_response_that_is_always_best_is_robust_and_knowledge_is_worth_nothing() -> None:
    x = np.random.default_rng(0).random((100, 2))
    found = decided({"a": x[:, 0] + 1, "b": x[:, 0]}, x, enough=0.9)
    robust = found.robust.set_index("response")
    assert robust.loc["b", "regret"] == 0
    assert bool(robust.loc["b", "least_regret"])
    assert not robust.loc["a", "least_regret"]
    assert robust.loc["b", "satisfied"] > 0.8
    assert robust.loc["a", "satisfied"] == 0
    assert (found.knowledge["evppi"].abs() < 1e-9).all()
    assert (found.knowledge["evpi"] == 0).all()


def test_knowing_what_decides_is_worth_all_and_knowing_the_rest_nothing() -> None:
    generator = np.random.default_rng(2)
    x = generator.random((2000, 2))
    # b is better than a where x0 > 1/2: E[min] = -E[max(x0 - 1/2, 0)] = -1/8.
    found = decided({"a": np.zeros(2000), "b": 0.5 - x[:, 0]}, x).knowledge.set_index("parameter")
    assert found.loc["x0", "evppi"] == pytest.approx(1 / 8, abs=0.01)
    assert found.loc["x0", "evpi"] == pytest.approx(1 / 8, abs=0.01)
    assert found.loc["x0", "share"] == pytest.approx(1, abs=0.05)
    assert found.loc["x1", "evppi"] <= 2 * found.loc["x1", "by_chance"]
    assert found.loc["x0", "by_chance"] < 0.02


def test_a_response_that_is_not_to_be_had_is_left_out() -> None:
    x = np.random.default_rng(0).random((50, 1))
    made: Any = Made(x, {"a": x[:, 0], "b": x[:, 0] + 1, "c": x[:, 0] + 2},
                     objectives={"loss": {"goal": "lower", "enough": None}}, satisfied=0.5)  # fmt: skip
    robust = decision.decide(made, ["a"]).robust.set_index("response")
    assert list(robust.index) == ["b", "c"]
    assert robust.loc["b", "regret"] == 0
    for without in (["d"], ["a", "b"]):
        with pytest.raises(OutputError, match="--without"):
            decision.decide(made, without)


def test_higher_can_be_better() -> None:
    x = np.random.default_rng(0).random((50, 1))
    found = decided({"a": x[:, 0], "b": x[:, 0] + 1}, x, enough=1.0, goal="higher")
    regret = found.regret.set_index("response")
    assert regret.loc["b", "regret_most"] == 0
    assert regret.loc["a", "regret_mean"] == pytest.approx(1)
    assert regret.loc["b", "satisfied"] == 1


def test_a_sweep_is_no_decision() -> None:
    with pytest.raises(OutputError, match="kind decision"):
        decision.decide(Made(np.zeros((3, 1)), {"a": np.zeros(3)}))  # type: ignore[arg-type]
