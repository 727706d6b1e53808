"""Ranks of a right calibration are uniform and its intervals cover; of a wrong one the tests say so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.inference.sbc.ranks import bins_of, coverage, histogram, sentence


def ranks_of(values: np.ndarray) -> pd.DataFrame:
    """A table of two parameters: the first with uniform ranks, the second with these."""
    even = (np.arange(len(values)) + 0.5) / len(values)
    parts = [
        pd.DataFrame({
            "truth": np.arange(len(values)), "parameter": name, "rank": rank, "in50": np.abs(rank - 0.5) <= 0.25,
            "in90": np.abs(rank - 0.5) <= 0.45, "width90": 1.0, "effective": 100.0,
        })
        for name, rank in (("even", even), ("own", values))
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_uniform_ranks_are_called_so_and_those_of_narrow_intervals_are_not() -> None:
    rng = np.random.default_rng(1)
    right = coverage(ranks_of(rng.random(200))).set_index("parameter")
    assert right.loc["own", ["ecdf_p", "chi2_p"]].min() > 0.05
    assert abs(right.loc["own", "in90"] - 0.9) < 3 * right.loc["own", "error90"]
    narrow = coverage(ranks_of(rng.beta(0.5, 0.5, 200)))
    assert narrow.set_index("parameter").loc["own", "chi2_p"] < 0.001
    assert "ranks are not uniform" in sentence(narrow) and "own" in sentence(narrow)
    shifted = coverage(ranks_of(rng.beta(2, 1, 200))).set_index("parameter")
    assert shifted.loc["own", "ecdf_p"] < 0.001
    assert shifted.loc["even", "ecdf_p"] > 0.99


def test_nine_of_ten_bins_of_uniform_ranks_lie_in_the_band() -> None:
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(25):
        table = histogram(ranks_of(rng.random(100)))
        own = table[table["parameter"] == "own"]
        assert own["truths"].sum() == 100
        inside.append(own["truths"].between(own["low90"], own["high90"]).mean())
    assert 0.88 < np.mean(inside) < 0.97  # counts are whole, so the band has a little more


def test_the_error_of_coverage_falls_with_the_root_of_the_truths_and_counts_them_once() -> None:
    few, many = (coverage(ranks_of(np.linspace(0, 1, size))).set_index("parameter") for size in (25, 100))
    assert few.loc["own", "error90"] == pytest.approx(2 * many.loc["own", "error90"]) == pytest.approx(0.06)
    assert many.loc["all", "truths"] == 100
    assert np.isnan(many.loc["all", "chi2_p"])


def test_few_truths_have_few_bins_and_no_chi_squared() -> None:
    assert [bins_of(size) for size in (1, 9, 20, 500)] == [2, 2, 4, 10]
    one = coverage(ranks_of(np.array([0.3])))
    assert one["chi2_p"].isna().all()
    assert "p = " in sentence(one)
