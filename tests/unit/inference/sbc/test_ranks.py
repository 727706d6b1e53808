"""Ranks of a right calibration are uniform and its intervals cover; of a wrong one the tests say so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, chi2, kstwo

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


def table_of(values: list[float], name: str = "p", first: int = 0, **columns: object) -> pd.DataFrame:
    rank = np.array(values)
    own = {"in50": np.abs(rank - 0.5) <= 0.25, "in90": np.abs(rank - 0.5) <= 0.45, "width90": 1.0, "effective": 100.0}
    return pd.DataFrame({"truth": first + np.arange(len(rank)), "parameter": name, "rank": rank, **own, **columns})


def test_a_histogram_has_each_bins_count_beside_nine_of_ten_of_the_binomials() -> None:
    ranks = [0.0, 0.1, 0.24, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0, *([0.9] * 10)]
    found = histogram(pd.concat([table_of(ranks, "b"), table_of([0.3, 0.7], "a")]))
    assert list(found.columns) == [
        "parameter", "rank_from", "rank_to", "truths", "expected", "low90", "high90"
    ]  # fmt: skip
    law = binom(20, 0.25)
    low, high = (min(k for k in range(21) if law.cdf(k) >= level) for level in (0.05, 0.95))
    assert (low, high) == (2, 8)
    assert found.to_numpy().tolist() == [
        ["b", 0.0, 0.25, 3, 5, 2, 8], ["b", 0.25, 0.5, 2, 5, 2, 8], ["b", 0.5, 0.75, 3, 5, 2, 8],
        ["b", 0.75, 1.0, 12, 5, 2, 8], ["a", 0.0, 0.5, 1, 1, 0, 2], ["a", 0.5, 1.0, 1, 1, 0, 2],
    ]  # fmt: skip


def test_bins_are_a_fifth_of_the_truths_from_two_to_ten() -> None:
    assert [bins_of(size) for size in (14, 15, 49, 50, 54, 55)] == [2, 3, 9, 10, 10, 10]


def test_coverage_is_the_share_of_truths_within_with_its_error_and_tests_by_other_means() -> None:
    one = [0.02, 0.1, 0.3, 0.35, 0.5, 0.55, 0.6, 0.7, 0.97, 0.99]
    two = [0.8, 0.85, 0.9, 0.92, 0.7, 0.76, 0.81, 0.95, 0.99, 0.5]
    ranks = pd.concat([
        table_of(one, "a", width90=np.linspace(0.1, 1, 10), effective=np.arange(10.0)),
        table_of(two, "b", width90=0.2, effective=50.0),
    ])  # fmt: skip
    found = coverage(ranks)
    assert list(found.columns) == [
        "parameter", "truths", "in50", "error50", "in90", "error90", "width90", "ecdf", "ecdf_p", "chi2_p", "effective"
    ]  # fmt: skip
    assert found["parameter"].tolist() == ["a", "b", "all"]
    assert found["truths"].tolist() == [10, 10, 10]
    assert found["in50"].tolist() == pytest.approx([0.6, 0.2, 0.4])
    assert found["in90"].tolist() == pytest.approx([0.7, 0.9, 0.8])
    inside = np.array([[abs(rank - 0.5) <= half for rank in one] for half in (0.25, 0.45)]).astype(float)
    both = (inside + [[abs(rank - 0.5) <= half for rank in two] for half in (0.25, 0.45)]) / 2
    errors = both.std(axis=1, ddof=1) / np.sqrt(10)
    assert found["error50"].tolist() == pytest.approx([np.sqrt(0.025)] * 2 + [errors[0]])
    assert found["error90"].tolist() == pytest.approx([np.sqrt(0.009)] * 2 + [errors[1]])
    assert found["width90"].tolist() == pytest.approx([0.55, 0.2, 0.375])
    assert found["effective"].tolist() == pytest.approx([4.5, 50, 27.25])
    assert found["ecdf"].tolist() == pytest.approx([0.17, 0.6, np.nan], nan_ok=True)  # 0.97 - 0.8; 0.7 - 0.1
    assert found["ecdf_p"].tolist() == pytest.approx([kstwo(10).sf(0.17), kstwo(10).sf(0.6), np.nan], nan_ok=True)
    # Four and six ranks below and above a half, and none and ten: squares over the five expected, of one degree.
    assert found["chi2_p"].tolist() == pytest.approx([chi2(1).sf(0.4), chi2(1).sf(10), np.nan], nan_ok=True)


def test_chi_squared_begins_at_ten_truths_and_has_a_degree_less_than_bins() -> None:
    nine = coverage(table_of(np.linspace(0.05, 0.95, 9).tolist()))
    assert np.isnan(nine.loc[0, "chi2_p"]) and np.isfinite(nine.loc[0, "ecdf_p"])
    three = [0.1] * 2 + [0.5] * 6 + [0.9] * 7
    assert coverage(table_of(three)).loc[0, "chi2_p"] == pytest.approx(chi2(2).sf((9 + 1 + 4) / 5))


def test_a_single_truth_has_no_error_over_all() -> None:
    found = coverage(pd.concat([table_of([0.5], "a"), table_of([0.99], "b")])).set_index("parameter")
    assert np.isnan(found.loc["all", "error90"]) and found.loc["all", "in90"] == 0.5
    assert found.loc["a", "error50"] == 0.5
    two = coverage(table_of([0.5, 0.99], "a")).set_index("parameter")
    assert two.loc["all", "error90"] == pytest.approx(0.5), "one of two"


def told(ecdf: float, chi: float, other: float) -> str:
    rows = [
        {"parameter": "a", "in50": 0.4, "error50": 0.1, "in90": 0.9, "error90": 0.05, "ecdf_p": ecdf, "chi2_p": np.nan},
        {"parameter": "b", "in50": 0.4, "error50": 0.1, "in90": 0.9, "error90": 0.05, "ecdf_p": other, "chi2_p": chi},
        {"parameter": "all", "in50": 0.456, "error50": 0.123, "in90": 0.876, "error90": 0.034},
    ]  # fmt: skip
    return sentence(pd.DataFrame(rows))


def test_the_sentence_says_how_many_are_covered_and_the_least_likely_test_times_their_number() -> None:
    head = "Of the true values 46% ± 12% in 50 % intervals, 88% ± 3% in 90 % intervals; "
    even = "no rank is further from uniform than chance allows"
    assert told(0.3, 0.02, 0.5) == f"{head}{even} (p = 0.06 of 3 tests, b)."
    assert told(0.0166, 0.2, 0.5) == f"{head}ranks are not uniform (p = 0.05 of 3 tests, a)."
    assert told(0.0167, 0.2, 0.5) == f"{head}{even} (p = 0.05 of 3 tests, a)."
    assert told(0.9, 0.6, 0.7) == f"{head}{even} (p = 1 of 3 tests, b)."
    assert told(0.05 / 3, 0.2, 0.5) == f"{head}{even} (p = 0.05 of 3 tests, a)."
