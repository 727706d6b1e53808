"""Whichever way they answer: what a table of numbers says of each way, and what knowing it is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.sweeps import decision
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import plan_of
from sim.sweeps.ways import TOGETHER, of_reactions, ways_table, whichever_table
from tests.unit.sweeps.samples import Made, seeds

ANSWER, LAG = "reactions.r.probability", "reactions.r.after"


def decided(x: np.ndarray, losses: dict[str, np.ndarray], paths: dict[int, str], goal: str = "lower") -> Any:
    enough = 0.5 if goal == "lower" else -0.5
    made: Any = Made(x, losses, objectives={"loss": {"goal": goal, "enough": enough}}, satisfied=0.75, paths=paths)
    return decision.decide(made)


def answered(points: int = 400) -> np.ndarray:
    """Whether they answer, and two more unknowns."""
    generator = np.random.default_rng(3)
    return np.column_stack([np.arange(points) % 2, generator.random(points), generator.random(points)])


def test_without_reactions_among_the_unknowns_nothing_is_said_of_ways() -> None:
    x = answered()
    found = decided(x, {"a": x[:, 1], "b": x[:, 2]}, {})
    assert not len(found.ways)
    assert not len(found.whichever)
    assert TOGETHER not in set(found.knowledge["parameter"])


def test_what_holds_only_if_nobody_answers_does_not_hold() -> None:
    x = answered()
    found = decided(x, {"bold": x[:, 0], "careful": np.full(len(x), 0.4)}, {0: ANSWER})
    whichever = found.whichever.set_index("response")
    assert whichever["holds"].to_dict() == {"bold": False, "careful": True}
    assert whichever["loss_worst"].to_dict() == {"bold": 1.0, "careful": pytest.approx(0.4)}
    assert whichever["loss_best_in"].to_dict() == {"bold": 0.5, "careful": 0.5}
    assert set(found.ways["way"]) == {"0", "1"}
    assert found.ways.groupby("way")["points"].first().sum() == len(x)


def test_the_worst_way_of_an_objective_that_should_be_high_is_the_lowest() -> None:
    x = answered()
    found = decided(x, {"a": -x[:, 0], "b": 0 * x[:, 0] - 0.4}, {0: ANSWER}, goal="higher")
    assert found.whichever.set_index("response")["loss_worst"].to_dict() == {"a": -1.0, "b": pytest.approx(-0.4)}


def test_knowing_the_answer_is_worth_the_regret_that_it_spares() -> None:
    """The better response depends on the answer alone: knowing it is worth all, the lowest mean regret."""
    x = answered()
    found = decided(x, {"a": x[:, 0], "b": 1 - x[:, 0]}, {0: ANSWER, 1: LAG})
    knowledge = found.knowledge.set_index("parameter")
    assert knowledge.loc[TOGETHER, "evppi"] == pytest.approx(0.5)
    assert knowledge.loc["x0", "evppi"] == pytest.approx(0.5)
    assert knowledge.loc["x2", "evppi"] == pytest.approx(0, abs=0.05)
    assert knowledge.loc[TOGETHER, "evpi"] == pytest.approx(found.regret["regret_mean"].min())


@given(seed=seeds, responses=st.integers(2, 4))
@settings(max_examples=15, deadline=None)
def test_ways_of_a_parameter_add_up_to_all_points(seed: int, responses: int) -> None:
    generator = np.random.default_rng(seed)
    x = generator.random((40, 2))
    losses = {f"r{k}": generator.normal(size=40) for k in range(responses)}
    found = decided(x, losses, {0: LAG})
    for name, part in found.ways.groupby("response"):
        assert part["points"].sum() == 40
        assert np.average(part["mean"], weights=part["points"]) == pytest.approx(losses[name].mean())
        assert (part["regret_mean"] >= 0).all()
    assert found.ways.groupby("way")["best"].sum().ge(1).all()
    together = found.knowledge["parameter"].tolist()
    assert TOGETHER not in together  # a single parameter is itself


def test_the_shipped_experiment_varies_whether_how_strongly_and_when_they_answer() -> None:
    ready = read_experiment("robust-to-answers", {"samples": 10, "replicates": None})
    assert len(ready.scenarios) == 6
    assert [ready.factors[k].name for k in of_reactions(ready.factors)] == ["answer", "strength", "lag"]
    assert all(len(one.acting()) == 3 for one in ready.scenarios.values())
    assert len(plan_of(ready).runs) == 60


def test_factors_of_reactions_are_those_with_a_path_of_one() -> None:
    made: Any = Made(np.zeros((1, 4)), {"a": np.zeros(1)}, paths={1: ANSWER, 3: "measures.reactions.x"})
    made.factors[2].weights = {"days": 1.0, LAG: 2.0}
    assert of_reactions(made.factors) == [1, 2]


def test_each_response_in_each_way_has_its_means_and_shares() -> None:
    x = np.column_stack([[7.0, 7, 8.12345, 8.12345], [0, 0, 0, 0]])
    losses = {"u": np.array([[1.0, 2], [3, 2], [5, 5], [9, 5]]), "v": np.array([[0.0, 1], [0, 1], [1, 0], [1, 0]])}
    raw = {"u": losses["u"] + 100, "v": -losses["v"]}
    enough = {"u": np.array([[1.0, 0], [1, 1], [0, 1], [0, 1]]), "v": np.array([[1.0, 1], [0, 1], [1, 0], [1, 1]])}
    found = ways_table(x, {0: "label"}, ["a", "b"], losses, raw, enough)
    columns = ["parameter", "way", "points", "objective", "response", "mean", "regret_mean", "best", "satisfied",
               "satisfied_all"]  # fmt: skip
    rows = [
        ("label", "7", 2, "u", "a", 102, 0.5, True, 1, 0.5), ("label", "7", 2, "u", "b", 102, 0.5, True, 0.5, 0.5),
        ("label", "7", 2, "v", "a", 0, 0, True, 0.5, 0.5), ("label", "7", 2, "v", "b", -1, 1, False, 1, 0.5),
        ("label", "8.123", 2, "u", "a", 107, 2, False, 0, 0), ("label", "8.123", 2, "u", "b", 105, 0, True, 1, 0.5),
        ("label", "8.123", 2, "v", "a", -1, 1, False, 1, 0), ("label", "8.123", 2, "v", "b", 0, 0, True, 0.5, 0.5),
    ]  # fmt: skip
    pd.testing.assert_frame_equal(found, pd.DataFrame(rows, columns=columns), check_dtype=False)
    whichever = whichever_table(found, {"u": {"goal": "lower"}, "v": {"goal": "higher"}}, 0.5)
    columns = ["response", "satisfied", "holds", "u_worst", "u_best_in", "v_worst", "v_best_in"]
    rows = [("a", 0, False, 107, 0.5, -1, 0.5), ("b", 0.5, True, 105, 1, -1, 0.5)]
    pd.testing.assert_frame_equal(whichever, pd.DataFrame(rows, columns=columns), check_dtype=False)


def test_up_to_five_values_are_ways_and_more_are_halved_at_their_median() -> None:
    def of(values: list[float]) -> dict[str, list[int]]:
        column, zeros = np.array(values, float)[:, None], np.zeros((len(values), 1))
        found = ways_table(column, {0: "x"}, ["a"], {"u": zeros}, {"u": zeros}, {"u": zeros})
        return dict(zip(found["way"], found["points"], strict=True))

    assert of([5, 1, 2, 3, 4, 1]) == {"1": 2, "2": 1, "3": 1, "4": 1, "5": 1}
    assert of([1, 2, 3, 4, 5, 6.0]) == {"up to 3.5": 3, "above 3.5": 3}
    assert of([1, 2, 3, 3, 3, 4, 5, 6.25]) == {"up to 3": 5, "above 3": 3}
