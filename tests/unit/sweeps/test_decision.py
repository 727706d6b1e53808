"""Decisions are what a table of numbers says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.outputs.folder import OutputError
from sim.sweeps import decision
from tests.unit.sweeps.samples import Made, seeds


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
