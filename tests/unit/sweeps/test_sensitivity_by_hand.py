"""Indices of designs and points made by hand, against their formulas: each number, interval and table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.folder import OutputError
from sim.sweeps import designs, sensitivity
from sim.sweeps.outcomes import OutcomeOf
from tests.unit.sweeps.test_sensitivity import Made, factors, ishigami


def test_tables_of_sobol_are_saltellis_estimates_and_their_bootstrap() -> None:
    from SALib.analyze import sobol as analysis

    for second in (False, True):
        made: Any = Made(factors(), "sobol", 16, second_order=second)
        values = ishigami(made.x)
        blocks = values.reshape(16, 8 if second else 5)
        a, b = blocks[:, 0], blocks[:, -1]
        variance = np.concatenate([a, b]).var()
        of = analysis.analyze(
            designs.problem(3), values, calc_second_order=second, num_resamples=200, conf_level=0.9, seed=4
        )  # fmt: skip
        found = sensitivity.sobol(made, values)
        assert found["parameter"].tolist() == ["x1", "x2", "x3"]
        mean = values.mean()
        for k in range(3):
            moved = blocks[:, 1 + k]
            first = ((b - mean) * (moved - a)).mean() / variance
            total = ((a - moved) ** 2).mean() / 2 / variance
            assert found.loc[k, ["first", "total"]].tolist() == pytest.approx([first, total])
            half, half_total = of["S1_conf"][k], of["ST_conf"][k]
            assert found.iloc[k, 1:].tolist() == pytest.approx([
                first, first - half, first + half, total, total - half_total, total + half_total, total - first,
            ])  # fmt: skip
        if second:
            together = sensitivity.pairs(made, values)
            assert together[["parameter", "with"]].to_numpy().tolist() == [["x1", "x2"], ["x1", "x3"], ["x2", "x3"]]
            wanted = [[of["S2"][i, j] + sign * of["S2_conf"][i, j] for sign in (0, -1, 1)]
                      for i, j in ((0, 1), (0, 2), (1, 2))]  # fmt: skip
            np.testing.assert_allclose(together[["second", "second_low", "second_high"]], wanted)


def test_what_never_varies_has_no_pairs_either() -> None:
    made: Any = Made(factors(), "sobol", 4, second_order=True)
    found = sensitivity.pairs(made, np.full(len(made.x), 2.0))
    assert len(found) == 3 and found[["second", "second_low", "second_high"]].isna().all().all()


def test_four_whole_samples_are_enough_and_three_are_not() -> None:
    made: Any = Made(factors(), "sobol", 8)
    values = ishigami(made.x)
    values[[1, 7, 11, 39]] = np.nan  # of the first three blocks of five points, and the last
    assert sensitivity.sobol(made, values)["total"].notna().all()
    values[20] = np.nan
    with pytest.raises(OutputError) as error:
        sensitivity.sobol(made, values)
    text = "too few for indices: 3 of 8 samples have this outcome in all of their runs"
    assert str(error.value) == f"made: {text}"


def test_elementary_effects_by_hand_without_a_trajectory_that_failed() -> None:
    from SALib.analyze import morris as analysis

    made: Any = Made(factors(2, 0.0, 3.0), "morris", 6)
    values = made.x[:, 0] ** 2 + 5 * made.x[:, 1]
    values[4] = np.nan  # of the second of six trajectories of three points
    steps = made.x.reshape(6, 3, 2)[[0, 2, 3, 4, 5]], values.reshape(6, 3)[[0, 2, 3, 4, 5]]
    effects: list[list[float]] = [[], []]
    for x, y in zip(*steps, strict=True):
        for before, after in ((0, 1), (1, 2)):
            k = int(np.flatnonzero(x[after] != x[before])[0])
            effects[k].append((y[after] - y[before]) / (x[after, k] - x[before, k]) * 3)
    found = sensitivity.morris(made, values)
    assert list(found.columns) == ["parameter", "effect", "effect_low", "effect_high", "mean", "spread"]
    whole = np.repeat(np.arange(6) != 1, 3)
    of = analysis.analyze(
        designs.problem(2), made.x[whole] / 3, values[whole], num_resamples=200, conf_level=0.9, num_levels=4, seed=4
    )
    for k in range(2):
        row = found.iloc[k]
        assert row["mean"] == pytest.approx(np.mean(effects[k]))
        assert row["effect"] == pytest.approx(np.mean(np.abs(effects[k])))
        assert row["spread"] == pytest.approx(np.std(effects[k], ddof=1), abs=1e-9)
        half = of["mu_star_conf"][k]
        assert row["effect_high"] - row["effect"] == pytest.approx(half, abs=1e-9)
        assert row["effect_low"] == pytest.approx(max(row["effect"] - half, 0), abs=1e-9)
    assert found["effect"][1] == pytest.approx(15) and found["parameter"].tolist() == ["x1", "x2"]


def test_partial_ranks_are_those_of_the_inverse_of_the_correlations() -> None:
    from scipy.stats import norm, rankdata, t

    generator = np.random.default_rng(8)
    x = generator.random((12, 3))
    y = x[:, 0] - 2 * x[:, 1] + generator.random(12)
    found = sensitivity.partial_ranks(x, y, ["a", "b", "c"])
    inverse = np.linalg.inv(np.corrcoef(np.column_stack([rankdata(x, axis=0), rankdata(y)]).T))
    for k in range(3):
        r = -inverse[k, 3] / np.sqrt(inverse[k, k] * inverse[3, 3])
        degrees = 12 - 2 - 2
        half = norm.ppf(0.95) / np.sqrt(degrees - 1)
        p = 2 * t.sf(abs(r) * np.sqrt(degrees / (1 - r**2)), degrees)
        low, high = np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)
        assert found.iloc[k].tolist()[1:] == pytest.approx([r, low, high, p])
    assert found["parameter"].tolist() == ["a", "b", "c"]


def test_partial_ranks_of_few_points_have_no_interval_and_of_what_never_moves_no_value() -> None:
    x, y = np.array([[1.0, 2], [2, 1], [3, 4], [4, 3], [5, 6]]), np.array([1.0, 3, 2, 5, 4])
    two = sensitivity.partial_ranks(x, y, ["a", "b"])  # two degrees of freedom
    assert two.notna().all().all()
    three = sensitivity.partial_ranks(x[:4], y[:4], ["a", "b"])  # one
    assert three["prcc"].notna().all() and three[["prcc_low", "prcc_high", "p"]].isna().all().all()
    still = sensitivity.partial_ranks(np.column_stack([x[:, 0], np.ones(5)]), y, ["a", "b"])
    assert still["prcc"].isna().tolist() == [False, True] and still["p"].isna().tolist() == [False, True]
    same = sensitivity.partial_ranks(np.arange(9.0)[:, None], np.arange(9.0) ** 3, ["a"]).iloc[0]
    assert same["prcc"] == pytest.approx(1) and same["p"] == pytest.approx(0, abs=1e-9)
    assert 0.99 < same["prcc_low"] <= same["prcc_high"] <= 1


def test_partial_ranks_of_a_sobol_design_are_of_its_sampled_points_alone() -> None:
    for second, size in ((False, 5), (True, 8)):
        made: Any = Made(factors(), "sobol", 8, second_order=second)
        values = made.x @ np.array([1.0, -0.5, 0.2]) + np.sin(9 * made.x[:, 0])
        values[0] = np.nan
        made.factors[2] = made.factors[2]._replace(rows={"x3": (1.0,)})
        keep = [k for k in range(8 * size) if k % size in (0, size - 1)][1:]
        own = sensitivity.partial_ranks(made.x[keep], values[keep], ["x1", "x2", "x3"])
        found = sensitivity.prcc(made, values)
        np.testing.assert_allclose(found.iloc[:2, 1:], own.iloc[:2, 1:])
        assert found.iloc[2, 1:].isna().all() and found["parameter"].tolist() == ["x1", "x2", "x3"]


class Rows(Made):
    """A design of given points."""

    def __init__(self, x: Any, design: str, scenarios: tuple[str, ...] = ("made",)) -> None:
        super().__init__(factors(np.shape(x)[1], 0.0, 10.0), "grid", 1, 2)
        self.x, self.experiment["design"], self.study.names = np.array(x, float), design, list(scenarios)


def test_a_tornado_of_other_designs_is_of_the_fifths_at_either_end() -> None:
    x = np.column_stack([np.arange(11), np.arange(11)[::-1], np.arange(11)])
    made: Any = Rows(x, "latin-hypercube")
    made.factors[2] = made.factors[2]._replace(rows={"x3": (1.0,)})
    values = np.arange(11.0) ** 2
    values[10] = np.nan
    found = sensitivity.tornado(made, values)
    nan = np.nan
    whole = 285 / 10
    assert list(found.columns) == [
        "parameter", "parameter_unit", "low", "high", "at_low", "at_high", "centre", "swing",
    ]  # fmt: skip
    assert [tuple(row) for row in found.itertuples(index=False)] == [
        ("x1", "1", 1.0, 9.0, 5 / 3, 72.5, whole, pytest.approx(72.5 - 5 / 3)),
        ("x2", "1", 1.0, 9.0, 72.5, 5 / 3, whole, pytest.approx(5 / 3 - 72.5)),
        ("x3", "1", *(pytest.approx(value, nan_ok=True) for value in (nan, nan, nan, nan, whole, nan))),
    ]


def test_one_at_a_time_a_parameter_is_lowest_and_highest_where_it_alone_moves() -> None:
    x = [[5, 5], [0, 5], [5, 5], [10, 5], [5, 3], [5, 8], [9, 9]]
    made: Any = Rows(x, "one-at-a-time")
    found = sensitivity.tornado(made, np.array([1.0, 2, 30, 4, 5, 6, 700]))
    assert found.iloc[:, 2:].to_numpy().tolist() == [[0, 10, 2, 4, 1, 2], [3, 8, 5, 6, 1, 1]]


def test_along_one_parameter_its_levels_are_in_order_with_their_runs() -> None:
    made: Any = Rows([[3], [1], [2]], "grid")
    runs = pd.DataFrame({
        "point": [0, 1, 2, 0, 1, 2, 0, 1], "value": [1.0, 10, np.nan, 3, 20, np.nan, 11, np.nan],
    })  # fmt: skip
    found = sensitivity.along(made, runs)
    wanted = pd.DataFrame({
        "parameter": ["x1"] * 3, "x": [1.0, 2, 3], "median": [15.0, np.nan, 3], "low90": [10.5, np.nan, 1.2],
        "high90": [19.5, np.nan, 10.2], "mean": [15.0, np.nan, 5], "runs": [2, 0, 3],
    })  # fmt: skip
    pd.testing.assert_frame_equal(found, wanted)


def test_a_map_has_equally_filled_parts_and_leaves_out_what_is_missing() -> None:
    x = np.array([[0.0, 0], [1, 0], [2, 1], [3, 1], [4, 2], [4, 2]])
    y = np.array([1.0, 3, 5, np.nan, 7, 10])
    grid, first, second = sensitivity.grid_of(x, y, 2)
    assert (first.tolist(), second.tolist()) == ([0, 2.5, 4], [0, 1, 2])
    np.testing.assert_allclose(grid, [[2, 5], [np.nan, 8.5]])
    assert np.isnan(sensitivity.mean(np.array([np.nan]))) and sensitivity.mean(np.array([1, np.nan, 2])) == 1.5


COLUMNS = ["scenario", "outcome", "unit", "parameter"]


@pytest.mark.parametrize(
    ("design", "second", "tables"),
    [("sobol", False, ["sobol", "tornado", "prcc"]), ("sobol", True, ["sobol", "tornado", "pairs", "prcc"]),
     ("morris", False, ["morris", "tornado"]), ("latin-hypercube", False, ["tornado", "prcc"]),
     ("grid", False, ["tornado"]), ("one-at-a-time", False, ["tornado"])],
)  # fmt: skip
def test_a_design_has_its_tables(design: str, second: bool, tables: list[str]) -> None:
    made: Any = Made(factors(2, 0.0, 1.0), design, 8, second_order=second)
    made.study.names = ["one", "two"]
    made.y = lambda outcome, scenario: made.x @ np.array([1.0, 2.0]) + len(outcome.measure)
    found = sensitivity.tables_of(made, [OutcomeOf("y"), OutcomeOf("abc")])
    assert list(found) == tables
    for table in found.values():
        assert list(table.columns[:4]) == COLUMNS and set(table["unit"]) == {"1"}
        size = 2 if "with" not in table else 1
        keys = [("one", "y"), ("one", "abc"), ("two", "y"), ("two", "abc")]
        assert list(zip(table["scenario"], table["outcome"], strict=True)) == [key for key in keys for _ in range(size)]


def test_along_is_told_of_one_parameter_on_levels_alone() -> None:
    one, nine = [[1], [2]], [[k] for k in range(9)]
    of = [("grid", one, True), ("one-at-a-time", one, True), ("grid", [[1, 2], [2, 3]], False)]
    for design, x, there in (*of, ("latin-hypercube", nine, False)):
        made: Any = Rows(x, design, ("one", "two"))
        made.y = lambda outcome, scenario, made=made: made.x[:, 0]
        made.each = lambda outcome, scenario: pd.DataFrame({"point": [0, 1], "value": [4.0, 5.0]})
        found = sensitivity.tables_of(made)
        assert ("along" in found) == there
        if there:
            assert list(found["along"].columns[:4]) == COLUMNS
            assert found["along"]["scenario"].tolist() == ["one", "one", "two", "two"]
            assert found["along"]["median"].tolist() == [4, 5, 4, 5]
            assert set(found["along"]["unit"]) == {"1"} and set(found["along"]["outcome"]) == {"y"}


def test_the_best_table_says_what_is_strongest_whatever_its_sign() -> None:
    keys = {"outcome": ["y", "y", "y", "z"], "scenario": ["a", "a", "b", "a"], "parameter": ["p", "q", "r", "s"]}
    prcc = pd.DataFrame({**keys, "prcc": [0.5, -0.9, 1, 1]})
    tornado = pd.DataFrame({**keys, "swing": [7, -5, 9, 9]})
    both = {"tornado": tornado, "prcc": prcc}
    assert sensitivity.strongest(both, "y", "a") == ["q", "p"]
    assert sensitivity.strongest(both, "y", "a", 1) == ["q"]
    assert sensitivity.strongest({"tornado": tornado}, "y", "a") == ["p", "q"]
    missing = prcc.assign(prcc=[np.nan, 0.1, 1, 1])
    assert sensitivity.strongest({"prcc": missing}, "y", "a") == ["q", "p"]
    assert sensitivity.strongest({}, "y", "a") == []
    three = pd.concat([prcc, prcc.head(1).assign(parameter="t", prcc=0.7)], ignore_index=True)
    assert sensitivity.strongest({"prcc": three}, "y", "a") == ["q", "t"]


def test_a_factor_is_found_by_its_label() -> None:
    made: Any = Made(factors(), "sobol", 2)
    assert sensitivity.factor_named(made, "x2") == (1, made.factors[1])
