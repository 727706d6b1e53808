"""Intervals, paired differences and shares of the spread, against closed answers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.studies import statistics
from sim.studies.statistics import KEYS, Matrix


def matrix(values: np.ndarray, replicates: list[int] | None = None, measures: list[str] | None = None) -> Matrix:
    names = measures or [f"m{k}" for k in range(values.shape[1])]
    keys = pd.DataFrame([("all", "all", name, "persons") for name in names], columns=KEYS)
    return Matrix(np.array(replicates if replicates is not None else range(len(values))), keys, values.astype(float))


def test_the_interval_of_the_mean_holds_it_nine_times_in_ten() -> None:
    draws = np.random.default_rng(1).gamma(4.0, 1.0, (12, 4000))
    table = statistics.intervals(matrix(draws))
    covered = ((table["mean_low90"] <= 4.0) & (table["mean_high90"] >= 4.0)).mean()
    assert covered == pytest.approx(0.9, abs=0.02)


def test_intervals_are_quantiles_and_leave_out_days_that_never_came() -> None:
    values = np.array([[1, np.nan], [2, 5], [3, 7], [4, np.nan], [5, 6.0]])
    table = statistics.intervals(matrix(values)).set_index("measure")
    assert list(table.loc["m0", ["low90", "low50", "median", "high50", "high90"]]) == pytest.approx([1.2, 2, 3, 4, 4.8])
    assert table.loc["m1", "replicates"] == 3
    assert table.loc["m1", "median"] == 6


def test_one_replicate_has_a_value_and_no_interval_of_the_mean() -> None:
    row = statistics.intervals(matrix(np.array([[7.0]]))).iloc[0]
    assert row["median"] == row["low90"] == row["mean"] == 7
    assert np.isnan(row["mean_low90"])


NUMBERS = st.lists(st.integers(0, 9), min_size=2, max_size=8, unique=True)


@given(NUMBERS, NUMBERS)
def test_pairs_are_matched_by_replicate(ours: list[int], theirs: list[int]) -> None:
    ours, theirs = sorted(ours), sorted(theirs)
    base = matrix(np.array([[n, 2.0 * n] for n in ours]), ours)
    other = matrix(np.array([[n + 3.0, n] for n in theirs])[:, ::-1], theirs, ["m1", "m0"])
    table = statistics.differences(base, other).set_index("measure")
    both = sorted(set(ours) & set(theirs))
    assert set(table["replicates"]) == {len(both)}
    if both:
        assert table.loc["m0", "low90"] == table.loc["m0", "high90"] == 3
        assert table.loc["m0", "higher"] == 1
        assert table.loc["m1", "median"] == -np.median(both)
        assert table.loc["m1", "lower"] == np.mean([n > 0 for n in both])


@pytest.mark.parametrize("share", [0.0, 0.25, 0.8, 1.0])
def test_the_spread_is_parted_as_it_was_made(share: float) -> None:
    rng = np.random.default_rng(3)
    n = 4000
    parameters = rng.normal(0, np.sqrt(1 - share), n)
    one, two = (parameters + rng.normal(0, np.sqrt(share), n) for _ in range(2))
    row = statistics.spread(matrix(one[:, None]), matrix(two[:500, None])).iloc[0]
    assert row["chance_share"] == pytest.approx(share, abs=0.12)
    assert row["parameters_share"] == 1 - row["chance_share"]
    assert row["standard_deviation"] == pytest.approx(1.0, abs=0.05)
    assert row["twins"] == 500


def test_what_never_varies_has_no_shares() -> None:
    row = statistics.spread(matrix(np.ones((5, 1))), matrix(np.ones((5, 1)))).iloc[0]
    assert np.isnan(row["chance_share"])


def test_the_relative_width_is_students() -> None:
    values = np.array([8.0, 10.0, 12.0, 14.0])
    half = stats.t.ppf(0.95, 3) * values.std(ddof=1) / 2
    assert statistics.relative_half_width(values) == pytest.approx(half / values.mean())
    assert statistics.relative_half_width(np.zeros(5)) == 0
    assert statistics.relative_half_width(np.array([1.0])) == np.inf
    assert statistics.relative_half_width(np.array([-1.0, 1.0])) == np.inf


def totals(rows: list[tuple[int, int, int, str, str, float]]) -> pa.Table:
    """Rows of run, replicate, point, name, measure and value, in two parts with dictionaries of their own."""
    parts = []
    for part in (rows[:3], rows[3:]):
        run, replicate, point, name, measure, value = (list(column) for column in zip(*part, strict=True))
        columns: dict[str, pa.Array] = {
            "run": pa.array(run), "replicate": pa.array(replicate, pa.int32()), "point": pa.array(point, pa.int32()),
        }  # fmt: skip
        columns |= {
            key: pa.array(texts).dictionary_encode()
            for key, texts in (("level", ["section"] * len(part)), ("name", name), ("measure", measure),
                               ("unit", [f"u{one}" for one in measure]))
        }  # fmt: skip
        parts.append(pa.table(columns | {"value": pa.array(value)}))
    return pa.concat_tables(parts)


def test_totals_are_put_side_by_side_by_replicate_in_the_order_of_the_tables() -> None:
    rows = [(7, 2, -1, "b", "m", 1.0), (7, 2, -1, "a", "m", 2.0), (3, 0, -1, "a", "m", 3.0), (3, 0, -1, "b", "n", 4.0),
            (3, 0, -1, "a", "attempts_by_route", 0.5)]  # fmt: skip
    found = statistics.matrix_of(totals(rows))
    assert found.replicates.tolist() == [0, 2]
    assert found.keys.values.tolist() == [
        ["section", "b", "m", "um"], ["section", "a", "m", "um"], ["section", "b", "n", "un"],
        ["section", "a", "attempts_by_route", "uattempts_by_route"],
    ]  # fmt: skip
    np.testing.assert_array_equal(found.values, [[np.nan, 3, 4, 0.5], [1, 2, np.nan, 0]])


def test_totals_of_several_points_are_by_run() -> None:
    rows = [(7, 0, 1, "a", "m", 1.0), (3, 0, 0, "a", "m", 2.0), (5, 1, 0, "a", "m", 3.0), (9, 1, 1, "a", "m", 4.0)]
    found = statistics.matrix_of(totals(rows))
    assert found.replicates.tolist() == [3, 5, 7, 9]
    assert found.values.tolist() == [[2], [3], [1], [4]]
    nothing = statistics.matrix_of(totals(rows)[:0])
    assert nothing.values.shape == (0, 0)
    assert nothing.keys.columns.tolist() == KEYS


def test_a_row_of_intervals_has_mean_quantiles_and_students_interval() -> None:
    table = statistics.intervals(matrix(np.array([[1.0, np.nan], [2, np.nan], [6, np.nan], [np.nan, np.nan]])))
    assert table.columns.tolist() == [
        *KEYS, "replicates", "mean", "mean_low90", "mean_high90", "low90", "low50", "median", "high50", "high90",
    ]  # fmt: skip
    half = stats.t.ppf(0.95, 2) * np.sqrt(7 / 3)
    assert table.iloc[0].tolist()[4:] == pytest.approx([3, 3, 3 - half, 3 + half, 1.1, 1.5, 2, 4, 5.6])
    assert table.iloc[1]["replicates"] == 0
    assert table.iloc[1, 5:].isna().all()


def test_differences_count_a_name_that_one_lacks_as_nobody_but_days_and_means_not_at_all() -> None:
    keys = ["attempts", "peak_day", "detection", "pressure_peak"]
    base = matrix(np.array([[1.0, 5, 0.1, 2], [2, 6, 0.2, 4]]), [0, 2], keys)
    other = matrix(np.array([[7.0], [9.0], [4.0]]), [0, 1, 2], ["deaths"])
    table = statistics.differences(base, other)
    assert table["measure"].tolist() == ["attempts", "pressure_peak", "deaths"]
    assert table["mean"].tolist() == [-1.5, -3, 5.5]
    assert table["lower"].tolist() == [1, 1, 0]
    assert table["higher"].tolist() == [0, 0, 1]
    assert table["replicates"].tolist() == [2, 2, 2]


def test_lower_and_higher_are_shares_of_the_replicates_that_are_known() -> None:
    base = matrix(np.array([[1.0], [1], [1], [np.nan], [1]]))
    other = matrix(np.array([[0.0], [2], [1], [5], [0]]))
    row = statistics.differences(base, other).iloc[0]
    assert (row["replicates"], row["lower"], row["higher"]) == (4, 0.5, 0.25)
    empty = statistics.differences(matrix(np.ones((1, 1)), [0]), matrix(np.ones((1, 1)), [1])).iloc[0]
    assert (empty["replicates"], empty["lower"], empty["higher"]) == (0, 0, 0)
    assert np.isnan(empty["median"])


@pytest.mark.parametrize(
    ("measure", "nobody"),
    [("attempts", True), ("deaths", True), ("pressure_peak", True), ("pressure_mean", True), ("peak_day", False),
     ("detection", False), ("days_over", True), ("an_extensions", True)],
)  # fmt: skip
def test_who_is_not_there_is_nobody_but_for_days_and_means(measure: str, nobody: bool) -> None:
    assert statistics.absent_is_nobody(measure) is nobody


def test_shares_of_the_spread_by_hand() -> None:
    main = matrix(np.array([[1.0, 3], [5, 3], [3, 3], [7, 4]]), measures=["m", "n"])
    twins = matrix(np.array([[3.0, 2], [3, 5]]), [0, 1], ["n", "m"])
    table = statistics.spread(main, twins)
    assert table["measure"].tolist() == ["m", "n"]
    assert table["standard_deviation"].tolist() == pytest.approx([np.sqrt(20 / 3), 0.5])
    # m: gaps -1 and 0: mean of squares 0.5, halved 0.25, of 20/3; n: gaps 0 and 0
    assert table["chance_share"].tolist() == pytest.approx([0.25 / (20 / 3), 0])
    assert table["parameters_share"].tolist() == pytest.approx([1 - 0.25 / (20 / 3), 1])
    assert table["twins"].tolist() == [2, 2]
    large = statistics.spread(main, matrix(np.array([[30.0], [40.0]]), measures=["m"])).iloc[0]
    assert (large["chance_share"], large["parameters_share"]) == (1, 0)


def test_a_fan_has_quantiles_over_runs_of_each_week() -> None:
    weeks = [date(2025, 10, 8), date(2025, 10, 1)]
    rows = [("s", "x", run, week, 10.0 * run + k) for run in range(5) for k, week in enumerate(weeks)]
    rows.append(("s", "y", 0, weeks[0], 7.0))
    found = statistics.fan(pd.DataFrame(rows, columns=["scenario", "name", "run", "week", "value"]))
    columns = ["scenario", "name", "week", "low90", "low50", "median", "high50", "high90"]
    assert found.columns.tolist() == columns
    first, second = pd.Timestamp(weeks[1]), pd.Timestamp(weeks[0])
    assert found.to_numpy().tolist() == [
        ["s", "x", first, 3.0, 11.0, 21.0, 31.0, 39.0], ["s", "x", second, 2.0, 10.0, 20.0, 30.0, 38.0],
        ["s", "y", second, 7.0, 7.0, 7.0, 7.0, 7.0],
    ]  # fmt: skip
    empty = statistics.fan(pd.DataFrame([], columns=["scenario", "name", "run", "week", "value"]))
    assert (len(empty), empty.columns.tolist()) == (0, ["scenario", "name", "week"])


def test_the_relative_width_leaves_out_what_is_missing_and_has_no_sign() -> None:
    values = np.array([8.0, np.nan, 10.0, 12.0, 14.0])
    assert statistics.relative_half_width(-values) == statistics.relative_half_width(values[[0, 2, 3, 4]]) > 0
    assert statistics.relative_half_width(np.array([5.0, 5.0])) == 0
    assert statistics.relative_half_width(np.array([5.0, np.nan])) == np.inf
