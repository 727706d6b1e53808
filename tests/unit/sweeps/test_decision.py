"""Decisions are what a table of numbers says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.outputs.folder import OutputError
from sim.sweeps import decision
from sim.sweeps.ways import TOGETHER
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


LOSSES = np.array([[1.0, 3, 2], [4, 2, 2], [5, 6, 2], [0, 0, 8]])  # four points, three responses


def test_regret_is_the_loss_beyond_that_of_the_best_at_the_point() -> None:
    assert decision.regrets(LOSSES).tolist() == [[0, 2, 1], [2, 0, 0], [3, 4, 0], [0, 0, 8]]


def test_satisfied_is_at_most_or_at_least_what_is_enough() -> None:
    def of(enough: float | None, goal: str) -> Any:
        return decision.satisfied(LOSSES[:2], {"enough": enough, "goal": goal}).tolist()

    assert of(2, "lower") == [[1, 0, 1], [0, 1, 1]]
    assert of(2, "higher") == [[0, 1, 1], [1, 1, 1]]
    assert of(None, "lower") == [[1, 1, 1], [1, 1, 1]]


def test_the_table_of_regret_has_means_the_ninth_tenth_and_the_most() -> None:
    enough = decision.satisfied(LOSSES, {"enough": 2, "goal": "lower"})
    found = decision.regret_table(["a", "b", "c"], LOSSES, LOSSES + 10, enough)
    assert list(found.columns) == ["response", "mean", "regret_mean", "regret_high", "regret_most", "satisfied"]
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("a", 12.5, 1.25, pytest.approx(2.7), 3, 0.5), ("b", 12.75, 1.5, pytest.approx(3.4), 4, 0.5),
        ("c", 13.5, 2.25, pytest.approx(5.9), 8, 0.75),
    ]  # fmt: skip


def test_robust_is_what_satisfies_all_objectives_at_once_with_its_highest_relative_regret() -> None:
    other = np.array([[0.0, 10, 10], [0, 10, 10], [0, 10, 10], [0, 20, 0]])
    losses = {"x": LOSSES, "y": other, "same": np.ones((4, 3))}
    enough = {"x": np.array([[1.0, 0, 1], [1, 1, 1], [0, 1, 1], [1, 1, 1]]),
              "y": np.array([[1.0, 1, 1], [1, 1, 1], [1, 1, 0], [0, 1, 1]])}  # fmt: skip
    found = decision.robust_table(["a", "b", "c"], losses, enough, 0.75)
    # The 90 % quantiles of regret, of 8 in x and of 20 in y: 2.7, 3.4 and 5.9; 0, 17 and 10.
    assert found["regret"].tolist() == pytest.approx([2.7 / 8, 17 / 20, 5.9 / 8])
    assert found["satisfied"].tolist() == [0.5, 0.75, 0.75]
    assert found["enough"].tolist() == [False, True, True]
    assert found["least_regret"].tolist() == [True, False, False]
    assert found["most_satisfied"].tolist() == [False, True, True]


def test_a_spline_has_powers_of_the_ranks_and_one_knot_in_their_middle() -> None:
    u = np.arange(5) / 4
    found = decision.spline(np.array([1.0, 2, 40, 50, 1000]))
    np.testing.assert_allclose(found, np.column_stack([u**0, u, u**2, u**3, np.maximum(u - 0.5, 0) ** 3]))
    np.testing.assert_allclose(decision.spline(np.array([7.0, 7, 9, 8])),
                               [[1, 0, 0], [1, 0, 0], [1, 1, 1], [1, 0.5, 0.25]])  # fmt: skip
    assert decision.spline(np.array([3.0, 3])).tolist() == [[1], [1]]
    four = decision.spline(np.array([0.0, 1, 2, 3]))  # too few for a knot
    assert four.shape == (4, 4) and decision.spline(np.arange(5.0)).shape == (5, 5)
    assert decision.spline(np.arange(9.0), knots=2).shape == (9, 6)


def test_the_value_of_a_parameter_is_what_choosing_by_it_spares() -> None:
    basis = np.array([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    against = np.array([[0.0, -2], [0, -4], [0, 5], [0, 1]])  # on average 0 and 0; by group -3 and 3
    assert decision.evppi(basis, against, 0.0) == pytest.approx(1.5)
    assert decision.evppi(np.ones((4, 1)), against, 0.0) == 0
    assert decision.evppi(np.eye(4), against, 0.0) == pytest.approx(1.5)  # never more than to know all
    assert decision.evppi(np.ones((4, 1)), against, 5e-10) == 0  # less than rounding
    # Never over the value of perfect information, though a fit may say so.
    low = np.array([[0.0, -2], [0, 2]])
    assert decision.evppi(np.array([[1.0], [-1.0]]), low, 0.5) == pytest.approx(1.5)


def test_the_table_of_knowledge_is_of_losses_beside_the_base() -> None:
    generator = np.random.default_rng(4)
    x = np.column_stack([np.arange(200) % 2, generator.random(200)])
    base = generator.normal(0, 50, 200)  # its noise is common to all, and moves no choice
    losses = np.column_stack([base, base + np.where(x[:, 0] == 0, -2.0, 1.0)])
    found = decision.knowledge_table(x, losses, ["answer", "other"]).set_index("parameter")
    # The other response spares 2 at half of the points and costs 1 at the others: mean -1/2; knowing which, -1.
    assert found["evpi"].tolist() == pytest.approx([0.5, 0.5])
    assert found.loc["answer", "evppi"] == pytest.approx(0.5)
    assert found.loc["answer", "share"] == pytest.approx(1)
    assert found.loc["other", "evppi"] < 0.1 and found.loc["answer", "by_chance"] < 0.1
    assert found["share"].tolist() == pytest.approx((found["evppi"] / 0.5).tolist())
    assert list(found.columns) == ["evppi", "by_chance", "evpi", "share"] and len(found) == 2
    both = decision.knowledge_table(x, losses, ["answer", "other"], [0, 1])
    assert both["parameter"].tolist() == ["answer", "other", TOGETHER]
    assert both.iloc[2, [1, 3, 4]].tolist() == pytest.approx([0.5, 0.5, 1]) and both.iloc[2, 2] < 0.05
    never = decision.knowledge_table(x, np.column_stack([base, base + 1]), ["answer", "other"], [0, 1])
    assert (never[["evppi", "evpi"]] == 0).all().all() and never["share"].isna().all()
    assert len(decision.knowledge_table(x, losses, ["answer", "other"], [0])) == 2


def test_chance_is_the_95th_percentile_over_shuffles() -> None:
    x = np.random.default_rng(5).random((30, 1))
    losses = np.random.default_rng(6).normal(size=(30, 2))
    [row] = decision.knowledge_table(x, losses, ["a"]).to_dict("records")
    against = losses - losses[:, :1]
    best = against.mean(axis=0).min()
    order, basis = np.random.default_rng(0), decision.spline(x[:, 0])
    shuffled = [decision.evppi(basis[order.permutation(30)], against, best) for _ in range(50)]
    assert row["by_chance"] == pytest.approx(np.quantile(shuffled, 0.95)) and row["by_chance"] > 0
    assert row["evpi"] == pytest.approx(best - against.min(axis=1).mean())


def test_a_rule_is_judged_at_points_from_which_it_was_not_learnt() -> None:
    kind = np.arange(60) % 2
    basis = np.column_stack([kind == 0, kind == 1]).astype(float)
    against = np.column_stack([np.zeros(60), np.where(kind == 0, -3.0, 1.0)])
    assert decision.of_a_rule(basis, against, -1.0) == pytest.approx(0.5)  # -3/2 in place of -1
    noise = np.random.default_rng(1).normal(size=(40, 2))
    assert decision.of_a_rule(np.eye(40), noise, float(noise.mean(axis=0).min())) == pytest.approx(
        max(float(noise.mean(axis=0).min() - noise[:, 0].mean()), 0)
    )  # nothing of the other points is known: the first is chosen
    assert decision.of_a_rule(basis, against, -9.0) == 0


def test_a_basis_of_several_has_their_splines_and_the_products_of_their_ranks() -> None:
    one, two, three = (np.array([[1.0, a], [1, b]]) for a, b in ((2, 3), (5, 7), (11, 13)))
    found = decision._of_several([one, two, three])
    assert found.tolist() == [[1, 2, 1, 5, 1, 11, 10, 22, 55], [1, 3, 1, 7, 1, 13, 21, 39, 91]]


def test_points_without_an_outcome_are_left_out_and_ten_are_enough() -> None:
    x = np.arange(11.0)[:, None]
    a, b = np.arange(11.0), np.full(11, 4.0)
    a[3] = np.nan
    made: Any = Made(x, {"a": a, "b": b}, objectives={"loss": {"goal": "higher", "enough": 5}}, satisfied=0.6)
    found = decision.decide(made)
    assert list(found.regret.columns) == [
        "objective", "unit", "response", "mean", "regret_mean", "regret_high", "regret_most", "satisfied",
    ]  # fmt: skip
    rows = found.regret.to_dict("records")
    assert [(row["objective"], row["unit"], row["response"]) for row in rows] == [
        ("loss", "persons", "a"), ("loss", "persons", "b"),
    ]  # fmt: skip
    assert [row["mean"] for row in rows] == [5.2, 4]
    # Of 0, 1 and 2 the other is better by 4, 3 and 2; of 5 to 10 it is worse by 1 to 6.
    assert [row["regret_mean"] for row in rows] == pytest.approx([0.9, 2.1])
    assert [row["regret_most"] for row in rows] == [4, 6] and [row["satisfied"] for row in rows] == [0.6, 0]
    assert found.robust["enough"].tolist() == [True, False]
    assert list(found.knowledge.columns) == ["objective", "unit", "parameter", "evppi", "by_chance", "evpi", "share"]
    assert found.knowledge["evpi"].tolist() == pytest.approx([0.9])
    assert len(found.ways) == 0 and len(found.whichever) == 0
    a[4] = np.nan
    with pytest.raises(OutputError) as error:
        decision.decide(made)
    assert str(error.value) == "made: 9 points have all outcomes; 10 are needed"


def test_of_joint_parameters_the_value_is_not_told() -> None:
    x = np.column_stack([np.arange(20.0), np.arange(20) % 4])
    made: Any = Made(x, {"a": x[:, 0], "b": np.full(20, 9.0)}, objectives={"loss": {"goal": "lower", "enough": None}},
                     satisfied=0.5)  # fmt: skip
    made.factors[0].is_nominal = True
    found = decision.decide(made).knowledge
    assert found.loc[0, ["evppi", "by_chance", "share"]].isna().all() and found["evpi"].notna().all()
    assert found.loc[1, ["evppi", "by_chance", "share"]].notna().all()


def test_what_is_no_decision_or_leaves_too_few_responses_is_told() -> None:
    x = np.arange(12.0)[:, None]
    objectives = {"objectives": {"loss": {"goal": "lower", "enough": None}}, "satisfied": 0.5}
    made: Any = Made(x, {"a": x[:, 0], "b": x[:, 0]}, **objectives)
    for of, without, text in (
        (made, ["c"], "--without: found 'c'; allowed: a, b"),
        (made, ["b"], "--without: leaves 1 responses; allowed: to leave two or more"),
        (Made(x, {"a": x[:, 0]}), [], "made: no decision table: an experiment of kind decision makes one"),
    ):
        with pytest.raises(OutputError) as error:
            decision.decide(of, without)
        assert str(error.value) == text
