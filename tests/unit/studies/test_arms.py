"""Two arms of a comparison: the same people in both, effects within each, and what part of them is undone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.outputs.definitions import ALL
from sim.scenario import ScenarioError, apply_overrides
from sim.scenario.schema import Scenario
from sim.studies.arms import ANSWERED, ARMS, UNANSWERED, may_answer, switched_off, with_arms
from sim.studies.carry_out import carry_out, tables_of
from sim.studies.plan import Plan
from sim.studies.ranking import ranking_of
from sim.studies.study import Study
from sim.studies.undone import EFFECTS, fired, part_undone, undone
from sim.sweeps.sweep_plan import plan_of_folder, scenarios_of
from tests.strategies import tiny_scenario
from tests.unit.studies.small import ANSWERED as BASE
from tests.unit.studies.small import ANSWERED_BAN as BANNED
from tests.unit.studies.small import ARMED

PLAIN = tiny_scenario(days=60)
REPLICATES = ARMED.replicates


@pytest.fixture(scope="module")
def study() -> Study:
    return carry_out(ARMED)


def test_scenarios_without_reactions_to_speak_of_are_compared_as_ever() -> None:
    dull = apply_overrides(BASE, {"reactions.more.strength": 0})
    late = apply_overrides(BASE, {"reactions.more.probability": 0})
    off = apply_overrides(BASE, {"answers": False})
    for scenario in (PLAIN, dull, late, off):
        given_ = {"plain": PLAIN, "other": scenario}
        scenarios, extra = with_arms(given_)
        assert (scenarios, extra) == (given_, {})
        assert all(scenarios[name] is one for name, one in given_.items())
        assert Plan("compare", scenarios, 2, extra=extra).describe() == Plan("compare", given_, 2).describe()
    assert [may_answer(one) for one in (PLAIN, dull, late, off)] == [False, False, False, True]
    assert switched_off({"plain": PLAIN, "base": BASE, "off": off}) == ["off"]


@pytest.mark.parametrize(
    ("answers", "names", "of"),
    [
        (None, ["plain", "base", "off", "base-unanswered"], [True, True, False, False]),
        ("both", ["plain", "base", "off", "base-unanswered", "off-unanswered"], [True, True, True, False, False]),
        ("with", ["plain", "base", "off"], [True, True, True]),
        ("without", ["plain", "base", "off"], [True, False, False]),
    ],
)
def test_arms_are_asked_for(answers: str | None, names: list[str], of: list[bool]) -> None:
    off = apply_overrides(BASE, {"answers": False})
    scenarios, extra = with_arms({"plain": PLAIN, "base": BASE, "off": off}, answers)
    assert list(scenarios) == names
    assert [one.answers for one in scenarios.values()] == of
    assert set(extra.get(ARMS, {}).values()) == {name for name in names if name.endswith(UNANSWERED)}


@pytest.mark.parametrize(
    ("scenarios", "answers", "text"),
    [
        ({"a": PLAIN, "b": PLAIN}, "both", "none of a, b has a reaction that can begin"),
        ({"a": BASE}, "neither", "allowed: both, with, without"),
        ({"a": BASE, "a-unanswered": PLAIN}, None, "found a scenario a-unanswered"),
    ],
)
def test_what_cannot_be_is_told(scenarios: dict[str, Scenario], answers: str | None, text: str) -> None:
    with pytest.raises(ScenarioError, match=text):
        with_arms(scenarios, answers)


def test_each_arm_is_the_comparison_that_has_it_alone(study: Study) -> None:
    """Neither arm changes a number of the other, and each is what its scenarios give by themselves."""
    for arm, answers in ((ANSWERED, "with"), (UNANSWERED, "without")):
        scenarios, _ = with_arms({"base": BASE, "ban": BANNED}, answers)
        alone = carry_out(Plan("compare", scenarios, REPLICATES))
        own = study.arms[arm]
        assert own.names == (["base", "ban"] if arm == ANSWERED else ["base-unanswered", "ban-unanswered"])
        left, right = (one.differences.drop(columns="scenario") for one in (own, alone))
        pd.testing.assert_frame_equal(left, right)
        assert own.window() is not None and own.window().first == alone.window().first  # type: ignore[union-attr]


def test_differences_are_within_an_arm(study: Study) -> None:
    assert set(study.differences["arm"]) == {ANSWERED, UNANSWERED}
    assert set(study.differences["scenario"]) == {"ban", "ban-unanswered"}
    tables = tables_of(study)
    assert {"undone.csv", "reactions.csv", "differences.csv", "window_differences.csv"} <= set(tables)


def test_a_study_of_two_arms_is_mended_as_one(study: Study) -> None:
    again = plan_of_folder(study, scenarios_of(study, study.folder))
    assert again.describe() == study.about["plan"]


def test_until_somebody_answers_the_arms_are_one(study: Study) -> None:
    """The base's trigger never holds: nothing of it differs."""
    base, silent = (study.matrix(name, names=[ALL]) for name in ("base", "base-unanswered"))
    columns = base.keys["measure"] != "reactions_fired"
    np.testing.assert_array_equal(base.values[:, columns], silent.values)


def test_what_began_is_what_was_counted(study: Study) -> None:
    found = fired(study).set_index(["scenario", "reaction"])
    totals = study.totals[(study.totals["name"] == "more") & (study.totals["scenario"] == "ban")]
    own = found.loc["ban", "more"]
    assert own["began"] == (totals[totals["measure"] == "reactions_fired"]["value"] > 0).sum()
    assert 0 < own["began"] < own["replicates"] == REPLICATES
    first = totals[totals["measure"] == "reaction_first_day"]["value"]
    assert own["first_day_median"] == np.median(first)
    assert {17 <= day <= 20 for day in first} == {True}  # the ban's day is the 15th; two to five days later
    assert found.loc["base", "more"]["began"] == found.loc["ban", "never"]["began"] == 0
    assert np.isnan(found.loc["ban", "never"]["first_day_median"])


def test_what_is_undone_is_of_the_effects_told(study: Study) -> None:
    found = undone(study).set_index("measure")
    assert list(found.index) == list(EFFECTS)
    for arm, name in ((ANSWERED, "ban"), (UNANSWERED, "ban-unanswered")):
        own = study.arms[arm].window_differences
        own = own[(own["level"] == ALL) & (own["scenario"] == name)].set_index("measure")
        for output in EFFECTS:
            assert found.loc[output, f"{arm}_median"] == pytest.approx(own.loc[output, "median"])
    for _, row in found.iterrows():
        clear = row["unanswered_low90"] > 0 or row["unanswered_high90"] < 0
        assert np.isnan(row["undone_median"]) != clear
        assert (row["undone_replicates"] > 0) == clear


@given(
    effects=st.lists(st.tuples(st.integers(-9, 9), st.integers(-9999, 9999)), min_size=1, max_size=30),
)
def test_no_part_is_told_of_an_effect_that_may_be_none(effects: list[tuple[float, float]]) -> None:
    without, answered = np.array(effects, dtype=float).T
    low, high = np.quantile(without, [0.05, 0.95])
    found = part_undone(without, answered)
    assert len(found) == (0 if low <= 0 <= high else len(effects))
    assert (np.isnan(found) == (without[: len(found)] == 0)).all()


def test_the_part_undone_is_nothing_all_or_more() -> None:
    effect = np.array([-100.0, -50.0, -20.0])
    assert (part_undone(effect, effect) == 0).all()
    assert (part_undone(effect, 0 * effect) == 1).all()
    assert (part_undone(effect, -effect) == 2).all()
    assert (part_undone(effect, 2 * effect) == -1).all()
    assert not len(part_undone(np.empty(0), np.empty(0)))


def test_combinations_are_set_against_their_parts_in_the_arm_without_answers_too() -> None:
    names = [f"{name}-{UNANSWERED}" for name in ("base", "a", "b", "a+b")]
    values = {"attempts": np.array([[10.0, 8.0, 7.0, 4.0]])}
    found = ranking_of(names, values, {"attempts": "attempts"}).interactions
    assert found["sum_of_parts"].tolist() == [-5]
    assert found["together"].tolist() == [-6]
