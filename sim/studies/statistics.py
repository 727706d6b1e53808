"""Statistics over replicates: intervals, paired differences, and sources of variance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import stdtrit  # not from scipy.stats, which takes two seconds to import

from sim.outputs.definitions import PRESSURE, SHARES, definition, is_day
from sim.outputs.run_data import Array
from sim.outputs.totals import QUANTILES

KEYS = ["level", "name", "measure", "unit"]
CONFIDENCE = 0.9


class Matrix(NamedTuple):
    """Totals of the replicates of one scenario; NaN if a run has no such row (a day that did not occur)."""

    replicates: Array  # (R,) their numbers, ascending
    keys: pd.DataFrame  # (K, 4) level, name, measure, unit
    values: Array  # (R, K)


def matrix_of(totals: pa.Table) -> Matrix:
    """Return the totals of one scenario's runs as an array, by replicate, or by run if there are several points."""
    rows = "replicate" if len(totals) == 0 or totals["point"][0].as_py() < 0 else "run"
    numbers, row = np.unique(totals[rows].to_numpy(), return_inverse=True)
    codes, width, labels = np.zeros(len(totals), np.int64), 1, []
    for key in KEYS:
        column = totals[key].unify_dictionaries().combine_chunks()
        column = column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks else column
        names = column.dictionary.to_pylist() if len(totals) else []
        labels.append(np.array(names, dtype=object))
        if len(totals):
            codes += column.indices.to_numpy(zero_copy_only=False) * width
        width *= max(len(names), 1)
    used, first, column_of = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")  # in the order of the tables
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    values = np.full((len(numbers), len(used)), np.nan)
    values[row, place[column_of]] = totals["value"].to_numpy()
    keys, rest = {}, used[order]
    for key, names in zip(KEYS, labels, strict=True):
        keys[key] = names[rest % max(len(names), 1)] if len(names) else names
        rest = rest // max(len(names), 1)
    shares = np.isin(keys["measure"].astype(str), list(SHARES.values())) if len(used) else np.zeros(0, bool)
    values[:, shares] = np.nan_to_num(values[:, shares])  # without attempts the value is 0, not unknown
    return Matrix(numbers, pd.DataFrame(keys), values)


def intervals(matrix: Matrix) -> pd.DataFrame:
    """Return mean with 90 % confidence interval (Student's t), median, and 50 and 90 % intervals of replicates."""
    return _table(matrix.keys, matrix.values)


def differences(base: Matrix, other: Matrix) -> pd.DataFrame:
    """Return ``other`` minus ``base``, replicate by replicate.

    A section, route, cohort or other name that only one of them has counts as 0 in the other, so that the differences
    of all names add up to that of the whole. Days and probabilities, which are nothing there, are left out. Replicates
    that failed in one of the two are left out of both, as are those in which a day did not occur.
    """
    both, left, right = np.intersect1d(base.replicates, other.replicates, return_indices=True)
    keys, of_base, of_other = _paired(base.keys, other.keys)
    values = _with_zeros(other.values[right])[:, of_other] - _with_zeros(base.values[left])[:, of_base]
    table = _table(keys[KEYS], values)
    with np.errstate(invalid="ignore"):
        known = np.maximum((~np.isnan(values)).sum(axis=0), 1)
        table["lower"] = (values < 0).sum(axis=0) / known
        table["higher"] = (values > 0).sum(axis=0) / known
    assert len(values) == len(both)
    return table


def _paired(base: pd.DataFrame, other: pd.DataFrame) -> tuple[pd.DataFrame, Array, Array]:
    """Return all keys and their columns in both matrices, -1 where only the other has them; the base's order first."""
    place = {key: k for k, key in enumerate(zip(*(other[key] for key in KEYS), strict=True))}
    own = list(zip(*(base[key] for key in KEYS), strict=True))
    rows = [(*key, k, place.pop(key, -1)) for k, key in enumerate(own)]
    rows += [(*key, -1, k) for key, k in place.items()]
    table = pd.DataFrame(rows, columns=[*KEYS, "left", "right"])
    shared = (table["left"] >= 0) & (table["right"] >= 0)
    table = table[shared | np.array([absent_is_nobody(str(name)) for name in table["measure"]], dtype=bool)]
    return table, table["left"].to_numpy(np.intp), table["right"].to_numpy(np.intp)


def absent_is_nobody(measure: str) -> bool:
    """Return whether an output is 0 for a name that a scenario lacks; days, means and probabilities are not."""
    what = definition(measure)
    return not is_day(measure) and (what.over_time != "mean" or what.unit == PRESSURE)


def _with_zeros(values: Array) -> Array:
    """Return values with a column of zeros at the end, which index -1 finds."""
    return np.column_stack([values, np.zeros(len(values))])


def spread(main: Matrix, twins: Matrix) -> pd.DataFrame:
    """Return the shares of the variance over replicates that come from the parameters and from chance.

    Chance is the variance within pairs of runs with the same parameters and different people:
    mean of (x - x')^2 / 2; the rest of the variance over replicates comes from the parameters (law of total
    variance). A share is missing if there is no variance.
    """
    both, left, right = np.intersect1d(main.replicates, twins.replicates, return_indices=True)
    keys = main.keys.assign(left=range(len(main.keys))).merge(
        twins.keys.assign(right=range(len(twins.keys))), on=KEYS, how="inner", sort=False
    )
    values = main.values[:, keys["left"]]
    gap = values[left] - twins.values[right][:, keys["right"]]
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = _mean(gap**2) / 2
        total = _variance(values)
        share = np.clip(np.where(total > 0, chance / total, np.nan), 0.0, 1.0)
    table = keys[KEYS].copy()
    table["standard_deviation"] = np.sqrt(total)
    table["chance_share"] = share
    table["parameters_share"] = 1.0 - share
    table["twins"] = len(both)
    return table


def fan(weekly: pd.DataFrame) -> pd.DataFrame:
    """Return quantiles over replicates of a weekly output, by scenario, name and week."""
    rows = []
    for (scenario, name), part in weekly.groupby(["scenario", "name"], observed=True, sort=False):
        wide = part.pivot(index="run", columns="week", values="value")
        found = np.quantile(wide.to_numpy(), [q for _, q in QUANTILES], axis=0)
        columns = {key: found[k] for k, (key, _) in enumerate(QUANTILES)}
        rows.append(pd.DataFrame({"scenario": scenario, "name": name, "week": pd.to_datetime(wide.columns), **columns}))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=["scenario", "name", "week"])


def relative_half_width(values: Array) -> float:
    """Return half the 90 % confidence interval of the mean, relative to the mean; infinite if unknown."""
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return float("inf")
    half, mean = _half_width(values[:, None])[0], abs(float(values.mean()))
    if half == 0:
        return 0.0
    return float(half / mean) if mean else float("inf")


def _table(keys: pd.DataFrame, values: Array) -> pd.DataFrame:
    table = keys[KEYS].reset_index(drop=True)
    known = (~np.isnan(values)).sum(axis=0)
    mean, half = _mean(values), _half_width(values)
    table["replicates"] = known
    table["mean"], table["mean_low90"], table["mean_high90"] = mean, mean - half, mean + half
    quantiles = _quantiles(values, [q for _, q in QUANTILES])
    for (name, _), column in zip(QUANTILES, quantiles, strict=True):
        table[name] = column
    return table


def _mean(values: Array) -> Array:
    known = (~np.isnan(values)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Array = np.where(known > 0, np.nansum(values, axis=0) / np.maximum(known, 1), np.nan)
    return mean


def _variance(values: Array) -> Array:
    known = (~np.isnan(values)).sum(axis=0)
    squares = np.nansum((values - _mean(values)) ** 2, axis=0)
    variance: Array = np.where(known > 1, squares / np.maximum(known - 1, 1), np.nan)
    return variance


def _half_width(values: Array) -> Array:
    known = (~np.isnan(values)).sum(axis=0)
    quantile = stdtrit(np.maximum(known - 1, 1), (1 + CONFIDENCE) / 2)
    half: Array = quantile * np.sqrt(_variance(values) / np.maximum(known, 1))
    return half


def _quantiles(values: Array, levels: list[float]) -> Array:
    """Return quantiles over the first axis, ignoring NaN, shape (levels, K)."""
    found: Array = np.full((len(levels), values.shape[1]), np.nan)
    if not len(values):
        return found
    gaps = np.isnan(values).any(axis=0)
    found[:, ~gaps] = np.quantile(values[:, ~gaps], levels, axis=0)
    for column in np.flatnonzero(gaps):
        own = values[:, column]
        own = own[~np.isnan(own)]
        if len(own):
            found[:, column] = np.quantile(own, levels)
    return found
