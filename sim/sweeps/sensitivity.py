"""Sensitivity analysis: Sobol' indices, Morris screening, partial rank correlations, and tornado tables.

Tables are tidy, a row per outcome and parameter; the design of the sweep determines which are available.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri, stdtr
from scipy.stats import rankdata

from sim.outputs.folder import OutputError
from sim.sweeps import designs
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.factors import Factor, Floats
from sim.sweeps.outcomes import OutcomeOf

CONFIDENCE = 0.9
RESAMPLES = 200
Bools = npt.NDArray[np.bool_]
ENDS = 0.2  # share of points at either end of a parameter, for tornado tables of sampled designs


def tables_of(sampled: CompletedSweep, outcomes: Sequence[OutcomeOf] = ()) -> dict[str, pd.DataFrame]:
    """Compute all tables that the design of a sweep allows: sobol, pairs, morris, prcc, tornado, along.

    Args:
        sampled: The sweep.
        outcomes: The outcomes; those of the experiment if empty.

    Raises:
        OutputError: If too many runs failed for any table.
        ScenarioError: If there is no such outcome.
    """
    outcomes = list(outcomes) or sampled.outcomes
    sampled.read(outcomes)
    units = sampled.units_of(outcomes)
    design = sampled.experiment["design"]
    makers: dict[str, Callable[[CompletedSweep, Floats], pd.DataFrame]] = {"tornado": tornado}
    if design == designs.SOBOL:
        makers = {"sobol": sobol, **makers}
        if sampled.experiment["second_order"]:
            makers["pairs"] = pairs
    if design == designs.MORRIS:
        makers = {"morris": morris, **makers}
    if design in designs.SAMPLED:
        makers["prcc"] = prcc
    along_one = len(sampled.factors) == 1 and design in (designs.GRID, designs.ONE)
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in makers}
    for scenario in sampled.study.names:
        for outcome in outcomes:
            values = sampled.y(outcome, scenario)
            for name, make in makers.items():
                table = make(sampled, values)
                for column, text in (("unit", units[outcome]), ("outcome", str(outcome))):
                    table.insert(0, column, text)
                table.insert(0, "scenario", scenario)
                found[name].append(table)
            if along_one:
                table = along(sampled, sampled.each(outcome, scenario))
                table.insert(0, "unit", units[outcome])
                table.insert(0, "outcome", str(outcome))
                table.insert(0, "scenario", scenario)
                found.setdefault("along", []).append(table)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items()}


def sobol(sampled: CompletedSweep, values: Floats) -> pd.DataFrame:
    """Compute first-order and total indices with 90 % intervals (bootstrap), by SALib.

    First-order: the share of the variance that would vanish if the parameter were known. Total: the share that would
    remain if all others were known. Their difference is due to interactions.
    """
    found = _indices(sampled, values)
    rows = []
    for k, factor in enumerate(sampled.factors):
        first, total = found["S1"][k], found["ST"][k]
        half, half_total = found["S1_conf"][k], found["ST_conf"][k]
        rows.append((sampled.label(factor), first, first - half, first + half, total, total - half_total,
                     total + half_total, total - first))  # fmt: skip
    columns = ["parameter", "first", "first_low", "first_high", "total", "total_low", "total_high", "interactions"]
    return pd.DataFrame(rows, columns=columns)


def pairs(sampled: CompletedSweep, values: Floats) -> pd.DataFrame:
    """Compute second-order indices of pairs, with 90 % intervals."""
    found = _indices(sampled, values)
    labels = [sampled.label(factor) for factor in sampled.factors]
    rows = [
        (labels[i], labels[j], found["S2"][i, j], found["S2"][i, j] - found["S2_conf"][i, j],
         found["S2"][i, j] + found["S2_conf"][i, j])
        for i in range(len(labels)) for j in range(i + 1, len(labels))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["parameter", "with", "second", "second_low", "second_high"])


def _indices(sampled: CompletedSweep, values: Floats) -> dict[str, Floats]:
    """Return SALib's indices, without samples of which any point failed."""
    from SALib.analyze import sobol as analysis

    second, factors = bool(sampled.experiment["second_order"]), len(sampled.factors)
    blocks = values.reshape(-1, (2 * factors + 2) if second else (factors + 2))
    whole = blocks[~np.isnan(blocks).any(axis=1)]
    _check_enough(sampled, len(whole), len(blocks))
    if np.ptp(whole) == 0:  # no variance to attribute
        nan = np.full(factors, np.nan)
        return {"S1": nan, "S1_conf": nan, "ST": nan, "ST_conf": nan} | dict.fromkeys(
            ("S2", "S2_conf"), np.full((factors, factors), np.nan)
        )
    found: dict[str, Floats] = analysis.analyze(
        designs.problem(factors), whole.ravel(), calc_second_order=second, num_resamples=RESAMPLES,
        conf_level=CONFIDENCE, seed=1 + int(sampled.experiment["seed"]) % 2**31,
    )  # fmt: skip
    return found


def morris(sampled: CompletedSweep, values: Floats) -> pd.DataFrame:
    """Compute elementary effects: mean absolute value (``effect``) with 90 % interval, mean and spread, by SALib.

    An effect is the change of the outcome over the parameter's whole range, extrapolated from a step. A spread that is
    large relative to the mean indicates interactions or a nonlinear response.
    """
    from SALib.analyze import morris as analysis

    factors, levels = len(sampled.factors), int(sampled.experiment["levels"])
    places = designs.places_of(sampled.factors, sampled.x, levels)
    whole = ~np.isnan(values.reshape(-1, factors + 1)).any(axis=1)
    _check_enough(sampled, int(whole.sum()), len(whole))
    keep = np.repeat(whole, factors + 1)
    seed = 1 + int(sampled.experiment["seed"]) % 2**31
    found = analysis.analyze(
        designs.problem(factors), places[keep], values[keep], num_resamples=RESAMPLES, conf_level=CONFIDENCE,
        num_levels=levels, seed=seed,
    )  # fmt: skip
    effect, half = np.asarray(found["mu_star"]), np.asarray(found["mu_star_conf"])
    return pd.DataFrame(
        {
            "parameter": [sampled.label(factor) for factor in sampled.factors],
            "effect": effect,
            "effect_low": np.maximum(effect - half, 0.0),
            "effect_high": effect + half,
            "mean": np.asarray(found["mu"]),
            "spread": np.asarray(found["sigma"]),
        }
    )


def prcc(sampled: CompletedSweep, values: Floats) -> pd.DataFrame:
    """Compute the partial rank correlation (-1 to 1) of each parameter with the outcome, given the others.

    The interval (90 %) is Fisher's, the p-value of Student's t with n - 2 - (k - 1) degrees of freedom. Missing for
    joint parameters, whose rows have no order.
    """
    x = sampled.x
    if sampled.experiment["design"] == designs.SOBOL:  # the other points repeat coordinates
        x, values = _independent(x, values, len(sampled.factors), bool(sampled.experiment["second_order"]))
    known = ~np.isnan(values)
    _check_enough(sampled, int(known.sum()), len(values))
    table = partial_ranks(x[known], values[known], [sampled.label(factor) for factor in sampled.factors])
    nominal = [factor.is_nominal for factor in sampled.factors]
    table.loc[nominal, ["prcc", "prcc_low", "prcc_high", "p"]] = np.nan
    return table


def partial_ranks(x: Floats, y: Floats, labels: Sequence[str]) -> pd.DataFrame:
    """Compute `prcc` from points x of shape (n, k) and values y of shape (n,)."""
    n, k = x.shape
    ranks = rankdata(x, axis=0)
    target = rankdata(y)
    degrees = n - 2 - (k - 1)
    rows = []
    for j in range(k):
        rest = np.column_stack([np.ones(n), np.delete(ranks, j, axis=1)])
        both = np.column_stack([ranks[:, j], target])
        left = both - rest @ np.linalg.lstsq(rest, both, rcond=None)[0]
        sizes = np.sqrt((left**2).sum(axis=0))
        constant = sizes.min() <= 1e-9 * n * np.sqrt(n)
        r = float(np.clip(left[:, 0] @ left[:, 1] / sizes.prod(), -1, 1)) if not constant else np.nan
        if np.isnan(r) or degrees < 2:
            rows.append((labels[j], r, np.nan, np.nan, np.nan))
            continue
        half = ndtri((1 + CONFIDENCE) / 2) / np.sqrt(max(degrees - 1, 1))
        z = np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15))
        t = abs(r) * np.sqrt(degrees / max(1 - r * r, 1e-300))
        rows.append((labels[j], r, np.tanh(z - half), np.tanh(z + half), 2 * stdtr(degrees, -t)))
    return pd.DataFrame(rows, columns=["parameter", "prcc", "prcc_low", "prcc_high", "p"])


def tornado(sampled: CompletedSweep, values: Floats) -> pd.DataFrame:
    """Compute the outcome where each parameter is low and where it is high.

    In a one-at-a-time design, at its lowest and highest level with the others at their centre. In other designs, the
    mean over the fifths of the points where it is lowest and highest, regardless of the others. Missing for joint
    parameters, whose rows have no order.
    """
    rows = []
    for k, factor in enumerate(sampled.factors):
        column = sampled.x[:, k]
        if sampled.experiment["design"] == designs.ONE:
            low, high, centre = _moved(sampled.x, k)
        else:
            low, high = _lowest(column, ENDS), _lowest(-column, ENDS)
            centre = np.ones(len(column), bool)
        if factor.is_nominal:
            low = high = np.zeros(len(column), bool)
        rows.append((
            sampled.label(factor), factor.unit, mean(column[low]), mean(column[high]), mean(values[low]),
            mean(values[high]), mean(values[centre]), mean(values[high]) - mean(values[low]),
        ))  # fmt: skip
    columns = ["parameter", "parameter_unit", "low", "high", "at_low", "at_high", "centre", "swing"]
    return pd.DataFrame(rows, columns=columns)


def along(sampled: CompletedSweep, runs: pd.DataFrame) -> pd.DataFrame:
    """Return an outcome's median, mean and 90 % interval over replicates at each level of the only parameter."""
    rows = []
    for point in np.argsort(sampled.x[:, 0], kind="stable"):
        values = runs.loc[runs["point"] == point, "value"].to_numpy(dtype=float)
        values = values[~np.isnan(values)]
        low, middle, high = np.quantile(values, (0.05, 0.5, 0.95)) if len(values) else (np.nan,) * 3
        label = sampled.label(sampled.factors[0])
        rows.append((label, float(sampled.x[point, 0]), middle, low, high, mean(values), len(values)))
    return pd.DataFrame(rows, columns=["parameter", "x", "median", "low90", "high90", "mean", "runs"])


def grid_of(x: Floats, y: Floats, parts: int) -> tuple[Floats, Floats, Floats]:
    """Return means of y, shape (parts, parts), over equally filled parts of two columns x, and the parts' edges."""
    edges = [np.unique(np.quantile(column, np.linspace(0, 1, parts + 1))) for column in x.T]
    sums = np.zeros((len(edges[0]) - 1, len(edges[1]) - 1))
    counts = np.zeros_like(sums)
    first, second = (
        np.clip(np.searchsorted(edge, column, side="right") - 1, 0, len(edge) - 2)
        for edge, column in zip(edges, x.T, strict=True)
    )
    known = ~np.isnan(y)
    np.add.at(sums, (first[known], second[known]), y[known])
    np.add.at(counts, (first[known], second[known]), 1)
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan), edges[0], edges[1]


def mean(values: Floats) -> float:
    """Return the mean without missing values."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _moved(x: Floats, k: int) -> tuple[Bools, Bools, Bools]:
    """Return rows of a one-at-a-time design with parameter k lowest, highest, and with all at their centre."""
    alone = (np.delete(x, k, axis=1) == np.delete(x[0], k)).all(axis=1)
    own = np.where(alone, x[:, k], np.nan)
    centre = np.zeros(len(x), bool)
    centre[0] = True
    return own == np.nanmin(own), own == np.nanmax(own), centre


def _lowest(column: Floats, share: float) -> Bools:
    lowest: Bools = column <= np.quantile(column, share)
    return lowest


def _independent(x: Floats, values: Floats, factors: int, second: bool) -> tuple[Floats, Floats]:
    """Return the sampled points of Saltelli's scheme: the first and last of each block."""
    size = (2 * factors + 2) if second else (factors + 2)
    keep = np.isin(np.arange(len(values)) % size, (0, size - 1))
    return x[keep], values[keep]


def _check_enough(sampled: CompletedSweep, there: int, of: int) -> None:
    if there < 4:
        text = f"{there} of {of} samples have this outcome in all of their runs"
        raise OutputError(f"{sampled.study.folder}: too few for indices: {text}")


def strongest(tables: dict[str, pd.DataFrame], outcome: str, scenario: str, number: int = 2) -> list[str]:
    """Return labels of the parameters that affect an outcome most, by the best available table."""
    for name, column in (("sobol", "total"), ("morris", "effect"), ("prcc", "prcc"), ("tornado", "swing")):
        if name in tables:
            table = tables[name]
            own = table[(table["outcome"] == outcome) & (table["scenario"] == scenario)]
            order = own[column].abs().sort_values(ascending=False, kind="stable", na_position="last")
            return [str(label) for label in own.loc[order.index, "parameter"][:number]]
    return []


def factor_named(sampled: CompletedSweep, label: str) -> tuple[int, Factor]:
    """Return the number and the factor of a label."""
    return next((k, factor) for k, factor in enumerate(sampled.factors) if sampled.label(factor) == label)
