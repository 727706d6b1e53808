"""Intervals, paired differences and shares of the spread, against closed answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
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
