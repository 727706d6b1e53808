"""Rankings, effects undone and reactions that began, from small tables made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.studies.arms import by_arm, names_of
from sim.studies.ranking import OUTCOMES, rank, ranking_of
from sim.studies.statistics import KEYS, Matrix
from sim.studies.undone import EFFECTS, fired, undone

UNITS = {"attempts": "attempts", "deaths": "persons"}


def matrix(values: Any, replicates: list[int], *keys: tuple[str, str, str]) -> Matrix:
    """Values by replicate and key: level, name and measure."""
    table = pd.DataFrame([(*key, f"u-{key[2]}") for key in keys], columns=KEYS)
    return Matrix(np.array(replicates), table, np.array(values, dtype=float).reshape(len(replicates), len(keys)))


def test_regret_by_hand() -> None:
    attempts = np.array([[10.0, 0, 5], [4, 4, 4]])
    deaths = np.array([[1.0, 2, 3], [3, 1, 2]])
    found = ranking_of(["a", "b", "c"], {"attempts": attempts, "deaths": deaths}, UNITS)
    # shares of the range: attempts 1, 0, 0.5 and 0, 0, 0; deaths 0, 0.5, 1 and 1, 0, 0.5
    assert found.replicates == 2
    assert found.scenarios.columns.tolist() == ["rank", "scenario", "regret", "regret_most", "best", "dominated_by"]
    assert found.scenarios.to_numpy().tolist() == [
        [1, "b", 0.125, 0.25, 1.0, ""], [2, "a", 0.5, 0.5, 0.0, "b"], [2, "c", 0.5, 0.75, 0.0, "b"],
    ]  # fmt: skip
    rows = found.outcomes.set_index(["scenario", "measure"])
    assert rows.columns.tolist() == ["unit", "low90", "low50", "median", "high50", "high90", "mean", "regret", "best"]
    assert rows.loc[("a", "attempts")].tolist() == pytest.approx(["attempts", 4.3, 5.5, 7, 8.5, 9.7, 7, 5, 1 / 6])
    assert rows.loc[("b", "deaths")].tolist() == pytest.approx(["persons", 1.05, 1.25, 1.5, 1.75, 1.95, 1.5, 0.5, 0.5])
    assert rows.loc[("c", "deaths")].tolist() == pytest.approx(["persons", 2.05, 2.25, 2.5, 2.75, 2.95, 2.5, 1.5, 0])
    assert found.interactions.empty


def test_one_dominates_only_if_it_is_lower_in_one_and_higher_in_none() -> None:
    def dominated(attempts: list[float], deaths: list[float]) -> dict[str, str]:
        values = {"attempts": np.array([attempts], float), "deaths": np.array([deaths], float)}
        table = ranking_of(["a", "b"], values, UNITS).scenarios
        return dict(zip(table["scenario"], table["dominated_by"], strict=True))

    assert dominated([1, 1], [2, 2]) == {"a": "", "b": ""}
    assert dominated([1, 2], [2, 2]) == {"a": "", "b": "a"}
    assert dominated([1, 2], [3, 2]) == {"a": "", "b": ""}


def test_a_combination_is_set_against_its_parts_that_were_run_alone() -> None:
    values = {"attempts": np.array([[10.0, 7, 8, 6, 3], [20, 15, 19, 16, 11], [30, 28, 21, 26, 22]])}
    found = ranking_of(["base", "a", "b", "a+b", "a+c"], values, UNITS).interactions
    # effects of a: -3 -5 -2; b: -2 -1 -9; together: -4 -4 -4; beyond the sum: 1 2 7
    assert found.columns.tolist() == ["scenario", "measure", "unit", "together", "sum_of_parts", "difference", "low90",
                                      "high90"]  # fmt: skip
    assert found.to_numpy().tolist() == [["a+b", "attempts", "attempts", -4.0, -6.0, 2.0, pytest.approx(1.1),
                                          pytest.approx(6.5)]]  # fmt: skip
    based = ranking_of(["a", "b", "a+b"], {"attempts": np.array([[1.0, 2, 3]])}, UNITS)
    assert based.interactions.empty, "the base is no part"


def test_scenarios_are_ranked_on_the_replicates_that_all_have() -> None:
    keys = [("section", "s", "attempts"), ("all", "all", "attempts"), ("all", "all", "deaths")]
    one = matrix([[9, 1, 5], [9, 2, 6], [9, 3, 7]], [0, 1, 2], *keys)
    two = matrix([[4, 4], [2, 5]], [2, 1], ("all", "all", "attempts"), ("all", "all", "entries"))
    two = two._replace(replicates=np.array([1, 2]), values=two.values[::-1])
    found = {"a": one, "b": two}
    study: Any = SimpleNamespace(window=lambda: None, names=["a", "b"], matrix=lambda name, names: found[name])
    ranking = rank(study)
    assert ranking.replicates == 2
    assert ranking.outcomes[["scenario", "measure", "unit", "mean"]].to_numpy().tolist() == [
        ["a", "attempts", "u-attempts", 2.5], ["b", "attempts", "u-attempts", 3.0],
    ]  # fmt: skip
    window: Any = SimpleNamespace(matrix=lambda name: found[name])
    over_a_window: Any = SimpleNamespace(window=lambda: window, names=["a", "b"])
    assert rank(over_a_window).scenarios.equals(ranking.scenarios)
    found["b"] = two._replace(replicates=np.array([7, 8]))
    assert rank(study)[3] == 0
    assert all(table.empty for table in rank(study)[:3])
    assert len(OUTCOMES) == 7


def arm(base: Matrix, other: Matrix, name: str, others: list[str]) -> Any:
    return SimpleNamespace(
        base="base", others=others, window=lambda one: None, matrix=lambda one, names: base if one == "base" else other
    )


def test_what_is_undone_is_told_of_the_replicates_of_both_arms() -> None:
    key = ("all", "all", "attempts")
    base = matrix([100, 100, 100, 100], [0, 1, 2, 3], key)
    silent = arm(base, matrix([90, 80, 60, 50], [0, 1, 2, 3], key), "x-unanswered", ["x-unanswered"])
    answered = arm(base, matrix([95, 70, 100], [1, 2, 3], key), "x", ["x"])
    plan = {"arms": {"x": "x-unanswered"}}
    arms = {"unanswered": silent, "answered": answered}
    study: Any = SimpleNamespace(about={"plan": plan}, arms=arms, replicates=4)
    table = undone(study)
    assert table["measure"].tolist() == list(EFFECTS)
    row = table.iloc[0]
    assert row[["scenario", "unit", "replicates", "undone_replicates"]].tolist() == ["x", "u-attempts", 3, 3]
    # unanswered -20, -40, -50; answered -5, -30, 0: undone 0.75, 0.25, 1
    assert row[["unanswered_median", "answered_median", "undone_median"]].tolist() == [-40, -5, 0.75]
    assert row["unanswered_low90"] == pytest.approx(-49)
    assert row["undone_high90"] == pytest.approx(0.975)
    none = table[table["measure"] == "deaths"].iloc[0]
    assert (none["unit"], none["unanswered_median"], none["undone_replicates"]) == ("", 0, 0)
    assert np.isnan(none["undone_median"])
    study.replicates = 0
    assert undone(study).empty
    study.replicates, study.arms = 4, {}
    assert undone(study).empty


def test_reactions_are_counted_by_the_replicates_in_which_they_began() -> None:
    keys = [("reaction", "r", name) for name in ("reactions_fired", "reaction_first_day", "reaction_days")]
    reactions = {"r": SimpleNamespace(title="More flights"), "q": SimpleNamespace(title="")}
    values = [[2, 10, 5], [0, np.nan, 3], [1, 20, 8], [0, np.nan, 0]]
    study: Any = SimpleNamespace(
        about={"plan": {"arms": {"x": "x-unanswered"}}}, scenarios={"x": SimpleNamespace(reactions=reactions)},
        matrix=lambda name, measures: matrix(values, [0, 1, 2, 3], *keys),
    )  # fmt: skip
    never, began = fired(study).to_dict("records")
    names = ["scenario", "reaction", "title", "replicates", "began", "share", "times"]
    assert [began[name] for name in names] == ["x", "r", "More flights", 4, 2, 0.5, 0.75]
    assert (began["first_day_median"], began["first_day_low50"], began["days"]) == (15, 12.5, 6.5)
    assert [never[name] for name in names] == ["x", "q", "q", 4, 0, 0.0, 0.0]
    assert np.isnan(never["days"])
    assert np.isnan(never["first_day_median"])
    study.matrix = lambda name, measures: matrix([], [], *keys)
    empty = fired(study).iloc[1]
    assert (empty["replicates"], empty["began"], empty["share"]) == (0, 0, 0)
    assert np.isnan(empty["times"])


def test_the_scenarios_of_an_arm_are_the_base_first() -> None:
    plan = {"scenarios": ["base", "x", "y", "x-unanswered"], "arms": {"x": "x-unanswered"}}
    assert names_of(plan, None) == ["base", "x", "y", "x-unanswered"]
    assert names_of(plan, "answered") == ["base", "x", "y"]
    assert names_of(plan, "unanswered") == ["base", "x-unanswered", "y"]
    assert names_of({"scenarios": {"a": "", "b": ""}}, "unanswered") == ["a", "b"]


def test_tables_of_arms_are_one_with_the_arm_first() -> None:
    table = pd.DataFrame({"value": [1, 2]})
    first, none, last = (SimpleNamespace(spread=one) for one in (table, table[:0], table[:1]))
    study: Any = SimpleNamespace(arms={"unanswered": first, "neither": none, "answered": last})
    assert by_arm(study, "spread").to_dict("list") == {
        "arm": ["unanswered", "unanswered", "answered"], "value": [1, 2, 1],
    }  # fmt: skip
    assert table.columns.tolist() == ["value"]
    assert by_arm(SimpleNamespace(arms={}), "spread").empty  # type: ignore[arg-type]
