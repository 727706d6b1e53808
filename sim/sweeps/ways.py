"""Responses by the way they are answered: what holds whichever way the other side, and agencies, react.

A factor of an experiment that varies a reaction (its probability, strength, lag or another of its parameters) splits
the points into ways: one for each of its values, or its lower and upper half.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.sweeps.factors import Factor, Floats

TOGETHER = "the answers together"  # all factors of reactions, known at once
_REACTIONS = "reactions."
_FEW = 5  # values of a factor that are ways of their own


def of_reactions(factors: Sequence[Factor]) -> list[int]:
    """Return the numbers of the factors that vary a reaction."""
    return [k for k, factor in enumerate(factors) if any(path.startswith(_REACTIONS) for path in factor.weights)]


def ways_table(
    x: Floats, labels: Mapping[int, str], names: list[str], losses: Mapping[str, Floats], raw: Mapping[str, Floats],
    enough: Mapping[str, Floats],
) -> pd.DataFrame:  # fmt: skip
    """Tabulate each response in each way of each factor of the reactions.

    Args:
        x: Values of all factors, shape (points, factors).
        labels: Factors of reactions, by number.
        names: Responses.
        losses: By objective, lower is better, shape (points, responses).
        raw: By objective, in its unit, same shape.
        enough: By objective, 1 where it is satisfied, same shape.

    Returns:
        A row per parameter, way, objective and response: number of points, mean, regret_mean (how much worse than the
        best response at the point, mean), best (whether its mean is the best of all responses there), satisfied (share
        of points), and satisfied_all (share of points at which all objectives are).
    """
    rows: list[dict[str, Any]] = []
    whole = np.all(list(enough.values()), axis=0)
    for k, label in labels.items():
        for way, rows_of in _ways(x[:, k]):
            for objective, loss in losses.items():
                means = loss[rows_of].mean(axis=0)
                regret = (loss - loss.min(axis=1, keepdims=True))[rows_of].mean(axis=0)
                for number, name in enumerate(names):
                    row = {"parameter": label, "way": way, "points": int(rows_of.sum()), "objective": objective}
                    row |= {"response": name, "mean": raw[objective][rows_of, number].mean()}
                    row |= {"regret_mean": regret[number], "best": bool(means[number] <= means.min() + 1e-12)}
                    row |= {"satisfied": enough[objective][rows_of, number].mean()}
                    rows.append(row | {"satisfied_all": whole[rows_of, number].mean()})
    return pd.DataFrame(rows)


def whichever_table(ways: pd.DataFrame, objectives: Mapping[str, Mapping[str, Any]], wanted: float) -> pd.DataFrame:
    """Tabulate what each response gives in the way that is worst for it.

    Columns: response; satisfied, the lowest share of points over the ways at which it satisfies all objectives; holds,
    whether that is ``wanted`` or more; and for each objective its mean in the worst way, and the share of the ways in
    which its mean is the best of all responses.
    """
    rows = []
    for name, part in ways.groupby("response", sort=False):
        row: dict[str, Any] = {"response": name, "satisfied": part["satisfied_all"].min()}
        row["holds"] = bool(row["satisfied"] >= wanted)
        for objective, own in part.groupby("objective", sort=False):
            higher = objectives[str(objective)]["goal"] == "higher"
            row[f"{objective}_worst"] = own["mean"].min() if higher else own["mean"].max()
            row[f"{objective}_best_in"] = own["best"].mean()
        rows.append(row)
    return pd.DataFrame(rows)


def _ways(column: Floats) -> Iterator[tuple[str, Any]]:
    """Yield each way of a factor in words, and which points are of it."""
    values = np.unique(column)
    if len(values) <= _FEW:
        for value in values:
            yield f"{value:.4g}", column == value
        return
    middle = float(np.median(column))
    yield f"up to {middle:.3g}", column <= middle
    yield f"above {middle:.3g}", column > middle
