"""Are the ranks of truths uniform, and do intervals cover them as often as they should: tables and tests.

Ranks are shares of the posterior below the truth, 0 to 1. Three views of them, each by parameter: a histogram beside
the band that counts of uniform ranks keep to; the largest distance between their distribution function and the diagonal
(a test by Kolmogorov and Smirnov, exact for few truths, which sees a shift best); and chi-squared over the histogram's
bins, which sees spread (intervals too narrow, or too wide) best.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binom, chi2, kstest

ALL = "all"
_MOST_BINS, _LEAST_BINS, _IN_BIN = 10, 2, 5  # bins of a histogram, and the truths expected in each


def bins_of(truths: int) -> int:
    """Return the number of bins: at most ten, and five truths expected in each, as chi-squared needs."""
    return int(np.clip(truths // _IN_BIN, _LEAST_BINS, _MOST_BINS))


def histogram(ranks: pd.DataFrame) -> pd.DataFrame:
    """Count ranks by parameter and bin.

    Returns:
        A row per parameter and bin: ``rank_from`` and ``rank_to``, ``truths`` counted, ``expected``, and ``low90`` and
        ``high90``, between which nine of ten bins' counts lie if ranks are uniform (binomial).
    """
    rows = []
    for name, group in ranks.groupby("parameter", sort=False):
        size, bins = len(group), bins_of(len(group))
        low, high = (int(binom.ppf(level, size, 1 / bins)) for level in (0.05, 0.95))
        for k, count in enumerate(_counted(group["rank"], bins)):
            rows.append(
                {
                    "parameter": name, "rank_from": k / bins, "rank_to": (k + 1) / bins, "truths": int(count),
                    "expected": size / bins, "low90": low, "high90": high,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def coverage(ranks: pd.DataFrame) -> pd.DataFrame:
    """Summarise by parameter, and over all.

    Returns:
        A row per parameter and one of ``all``: ``truths``; ``in50`` and ``in90``, the share of truths in their 50 and
        90 % intervals, each with the standard error that so many truths leave (of a parameter, if the coverage is as it
        should be; of all, from the spread between truths, whose parameters are dependent); ``width90``, the mean width
        of the 90 % interval over the prior's; ``ecdf``, the largest distance of the ranks' distribution function from
        the diagonal, and ``ecdf_p``; ``chi2_p``; mean ``effective`` particles. Tests are of parameters alone, as ranks
        of one truth are dependent, and chi-squared needs ten truths.
    """
    rows = []
    for name, group in [*ranks.groupby("parameter", sort=False), (ALL, ranks)]:
        truths = int(group["truth"].nunique())
        row: dict[str, object] = {"parameter": name, "truths": truths}
        for level in (50, 90):
            row |= {f"in{level}": group[f"in{level}"].mean(), f"error{level}": _error(group, level, truths, name)}
        tests = _tests(group["rank"]) if name != ALL else dict.fromkeys(("ecdf", "ecdf_p", "chi2_p"), np.nan)
        rows.append({**row, "width90": group["width90"].mean(), **tests, "effective": group["effective"].mean()})
    return pd.DataFrame(rows)


def sentence(table: pd.DataFrame) -> str:
    """Say in words what a table of coverage found; p-values are corrected for the number of parameters (Bonferroni)."""
    own, whole = table[table["parameter"] != ALL], table[table["parameter"] == ALL].iloc[0]
    covered = ", ".join(f"{whole[f'in{k}']:.0%} ± {whole[f'error{k}']:.0%} in {k} % intervals" for k in (50, 90))
    tests = own[["ecdf_p", "chi2_p"]].min(axis=1)
    worst, tried = own.loc[tests.idxmin()], int(own[["ecdf_p", "chi2_p"]].notna().to_numpy().sum())
    p = min(float(tests.min()) * tried, 1.0)
    judged = "no rank is further from uniform than chance allows" if p >= 0.05 else "ranks are not uniform"
    return f"Of the true values {covered}; {judged} (p = {p:.2g} of {tried} tests, {worst['parameter']})."


def _counted(values: pd.Series, bins: int) -> npt.NDArray[np.intp]:
    counted: npt.NDArray[np.intp] = np.histogram(values, bins=bins, range=(0.0, 1.0))[0]
    return counted


def _error(group: pd.DataFrame, level: int, truths: int, name: object) -> float:
    if name != ALL:
        return float(np.sqrt(level / 100 * (1 - level / 100) / truths))
    each = group.groupby("truth")[f"in{level}"].mean()
    return float(each.std(ddof=1) / np.sqrt(truths)) if truths > 1 else float("nan")


def _tests(values: pd.Series) -> dict[str, float]:
    size, bins = len(values), bins_of(len(values))
    found = kstest(values, "uniform")
    p = float("nan")
    if size >= _LEAST_BINS * _IN_BIN:
        expected = size / bins
        p = float(chi2.sf(((_counted(values, bins) - expected) ** 2 / expected).sum(), bins - 1))
    return {"ecdf": float(found.statistic), "ecdf_p": float(found.pvalue), "chi2_p": p}
