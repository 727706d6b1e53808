"""The scenarios of a comparison ranked on the border's outcomes and the people's, pair by pair.

Lower is better in each of `OUTCOMES`. Regret of a scenario in a replicate is by how much its outcome exceeds that of
the best scenario there (Savage 1951), as a share of the range from best to worst, 0 to 1; outcomes count alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.outputs.definitions import ALL
from sim.outputs.run_data import Array
from sim.outputs.totals import QUANTILES
from sim.studies.arms import UNANSWERED
from sim.studies.statistics import Matrix
from sim.studies.study import Study

BORDER, PEOPLE = ("days_over", "pressure_peak", "attempts", "entries"), ("stranded", "injuries", "deaths")
OUTCOMES = (*BORDER, *PEOPLE)


class Ranking(NamedTuple):
    """Scenarios ranked, the best first.

    Attributes:
        scenarios: A row per scenario: rank, scenario, regret (mean over outcomes and replicates, 0 to 1), regret_most
            (its highest over outcomes of the mean over replicates), best (share of replicates in which its mean regret
            over outcomes is the lowest; ties are shared), dominated_by (scenarios whose mean is no higher in any
            outcome and lower in one; joined by "; ").
        outcomes: A row per scenario and outcome: median, its 50 and 90 % intervals over replicates, mean, regret (mean,
            in the outcome's unit), best (share of replicates in which it is the lowest; ties are shared).
        interactions: A row per combination of parts and outcome whose parts were run alone, too: the effect of the
            combination, the sum of its parts', and the difference: median and 90 % interval over replicates.
        replicates: Number of replicates that all scenarios have.
    """

    scenarios: pd.DataFrame
    outcomes: pd.DataFrame
    interactions: pd.DataFrame
    replicates: int


def rank(study: Study) -> Ranking:
    """Rank the scenarios of a comparison over its window (`Study.window`), the base among them.

    All tables are empty if there is no replicate in which all scenarios ended well.
    """
    window = study.window()
    matrices = [study.matrix(name, names=[ALL]) if window is None else window.matrix(name) for name in study.names]
    values, units = _shared(matrices)
    if not values or not len(next(iter(values.values()))):
        return Ranking(pd.DataFrame(), pd.DataFrame(), pd.DataFrame(), 0)
    return ranking_of(study.names, values, units)


def ranking_of(names: list[str], values: dict[str, Array], units: dict[str, str]) -> Ranking:
    """Rank scenarios by the values of each outcome, each of shape (replicates, scenarios); lower is better."""
    regrets = {outcome: found - found.min(axis=1, keepdims=True) for outcome, found in values.items()}
    spans = {outcome: found.max(axis=1, keepdims=True) for outcome, found in regrets.items()}
    shares = np.stack(
        [np.divide(regrets[o], spans[o], out=np.zeros_like(regrets[o]), where=spans[o] > 0) for o in values]
    )
    score = shares.mean(axis=0)
    means = np.stack([found.mean(axis=0) for found in values.values()])
    table = pd.DataFrame(
        {
            "scenario": names,
            "regret": score.mean(axis=0),
            "regret_most": shares.mean(axis=1).max(axis=0),
            "best": _best(score),
            "dominated_by": [_dominating(names, means, k) for k in range(len(names))],
        }
    )
    table = table.sort_values("regret", kind="stable", ignore_index=True)
    table.insert(0, "rank", table["regret"].round(12).rank(method="min").astype(int))
    rows = []
    for outcome, found in values.items():
        quantiles = np.quantile(found, [q for _, q in QUANTILES], axis=0)
        for k, name in enumerate(names):
            row: dict[str, object] = {"scenario": name, "measure": outcome, "unit": units[outcome]}
            row |= {key: quantiles[q, k] for q, (key, _) in enumerate(QUANTILES)}
            row |= {"mean": found[:, k].mean(), "regret": regrets[outcome][:, k].mean(), "best": _best(found)[k]}
            rows.append(row)
    replicates = len(next(iter(values.values())))
    return Ranking(table, pd.DataFrame(rows), _interactions(names, values, units), replicates)


def _shared(matrices: list[Matrix]) -> tuple[dict[str, Array], dict[str, str]]:
    """Return the outcomes of the replicates that all scenarios have, and the units."""
    common = set.intersection(*(set(matrix.replicates.tolist()) for matrix in matrices))
    rows = [np.isin(matrix.replicates, list(common)) for matrix in matrices]
    values, units = {}, {}
    for outcome in OUTCOMES:
        columns = [np.flatnonzero((m.keys["level"] == ALL) & (m.keys["measure"] == outcome)) for m in matrices]
        if all(len(column) == 1 for column in columns):
            values[outcome] = np.column_stack(
                [m.values[row, column[0]] for m, row, column in zip(matrices, rows, columns, strict=True)]
            )
            units[outcome] = str(matrices[0].keys["unit"].iloc[columns[0][0]])
    return values, units


def _best(losses: Array) -> Array:
    """Return the share of rows in which each column is the lowest; ties are shared."""
    lowest = np.isclose(losses, losses.min(axis=1, keepdims=True), rtol=1e-9, atol=1e-12)
    found: Array = (lowest / lowest.sum(axis=1, keepdims=True)).mean(axis=0)
    return found


def _dominating(names: list[str], means: Array, k: int) -> str:
    """Return the scenarios that dominate one; ``means`` has the shape (outcomes, scenarios)."""
    own = means[:, k]
    found = [
        name for j, name in enumerate(names) if (means[:, j] <= own).all() and (means[:, j] < own).any()
    ]  # fmt: skip
    return "; ".join(found)


def _interactions(names: list[str], values: dict[str, Array], units: dict[str, str]) -> pd.DataFrame:
    """Compare each combination ``a+b`` with the sum of its parts' effects on the first scenario."""
    rows = []
    for k, name in enumerate(names):
        plain = name.removesuffix(f"-{UNANSWERED}")
        parts = [names.index(part) for part in _parts(plain, name[len(plain) :]) if part in names[1:]]
        if len(parts) < 2 or len(parts) != len(plain.split("+")):
            continue
        for outcome, found in values.items():
            effects = found - found[:, :1]
            summed = effects[:, parts].sum(axis=1)
            beyond = effects[:, k] - summed
            low, middle, high = np.quantile(beyond, [0.05, 0.5, 0.95])
            row: dict[str, object] = {"scenario": name, "measure": outcome, "unit": units[outcome]}
            row |= {"together": np.median(effects[:, k]), "sum_of_parts": np.median(summed)}
            rows.append(row | {"difference": middle, "low90": low, "high90": high})
    return pd.DataFrame(rows)


def _parts(combination: str, ending: str) -> list[str]:
    return [f"{part}{ending}" for part in combination.split("+")]
