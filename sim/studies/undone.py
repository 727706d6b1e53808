"""What part of a measure's effect is undone by the answers to it, and which reactions began, how often and when."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.outputs.definitions import ALL, REACTION
from sim.outputs.run_data import Array
from sim.outputs.totals import QUANTILES
from sim.outputs.weekly import REACTIONS
from sim.studies.arms import ANSWERED, ARMS, UNANSWERED
from sim.studies.statistics import Matrix, absent_is_nobody
from sim.studies.study import Study

FIRED, FIRST_DAY, DAYS = REACTIONS
EFFECTS = ("attempts", "entries", "days_over", "stranded", "deaths")  # whose effect may be undone
_ENDS = [key for key, _ in QUANTILES]


def undone(study: Study) -> pd.DataFrame:
    """Return the effect of each scenario in both arms, and what part of it the answers undo.

    The effect is the difference from the base of the same arm, over the window in which the two can differ. The part
    undone in a replicate is 1 - (effect if they answer) / (effect if nobody does): 0 if answers change nothing, 1 if
    nothing is left of the effect, above 1 if it is reversed, below 0 if answers add to it. There is none of an output
    whose effect if nobody answers has a 90 % interval over the replicates that includes 0.

    Columns: scenario (its name if answered), measure, unit, replicates; median, 50 and 90 % interval over replicates
    of the effect in each arm (unanswered_low90 ... answered_high90) and of the part undone (undone_low90 ...; NaN if
    there is none); undone_replicates, those that have an effect of which a part can be undone.
    """
    pairs = study.about["plan"].get(ARMS, {})
    if not study.arms or not study.replicates:
        return pd.DataFrame()
    rows = []
    for name in study.arms[ANSWERED].others:
        arms = {ANSWERED: name, UNANSWERED: pairs.get(name, name)}
        effects = {arm: _effects(study.arms[arm], own) for arm, own in arms.items()}
        shared = np.intersect1d(effects[ANSWERED][0], effects[UNANSWERED][0])
        for output in EFFECTS:
            found = {arm: values[output][np.isin(rows_, shared)] for arm, (rows_, values, _) in effects.items()}
            row: dict[str, Any] = {"scenario": name, "measure": output, "unit": effects[ANSWERED][2][output]}
            rows.append(row | {"replicates": len(shared)} | _row(found[UNANSWERED], found[ANSWERED]))
    return pd.DataFrame(rows)


def part_undone(unanswered: Array, answered: Array) -> Array:
    """Return what part of an effect is undone in each replicate; NaN in those without an effect if nobody answers.

    Empty if the effect if nobody answers has a 90 % interval that includes 0, or there is no replicate.

    >>> import numpy as np
    >>> part_undone(np.array([-100.0, -80.0]), np.array([-60.0, -20.0]))
    array([0.4 , 0.75])
    >>> part_undone(np.array([-100.0, 80.0]), np.array([-60.0, -20.0]))
    array([], dtype=float64)
    """
    if not len(unanswered):
        return np.empty(0)
    low, high = np.quantile(unanswered, [0.05, 0.95])
    if low <= 0 <= high:
        return np.empty(0)
    none = np.full(len(unanswered), np.nan)
    found: Array = 1.0 - np.divide(answered, unanswered, out=none, where=unanswered != 0)
    return found


def fired(study: Study) -> pd.DataFrame:
    """Return how often each reaction began, by scenario in which somebody may answer.

    Columns: scenario, reaction, title, replicates, began (replicates in which it began), share, times (mean), and of
    the replicates in which it began the first day, as median, 50 and 90 % interval (days of the run, from 1), and the
    mean days in force.
    """
    rows = []
    for name in study.about["plan"].get(ARMS, {}):
        matrix = study.matrix(name, measures=REACTIONS)
        for reaction, entry in sorted(study.scenarios[name].reactions.items()):
            times, first, days = (_column(matrix, REACTION, reaction, output) for output in REACTIONS)
            first = first[~np.isnan(first)]
            began = int((times > 0).sum())
            row: dict[str, Any] = {"scenario": name, "reaction": reaction, "title": entry.title or reaction}
            row |= {"replicates": len(times), "began": began, "share": began / max(len(times), 1)}
            row |= {"times": times.mean() if len(times) else np.nan, **_quantiles("first_day_", first)}
            rows.append(row | {"days": days[times > 0].mean() if began else np.nan})
    return pd.DataFrame(rows)


def _effects(arm: Study, name: str) -> tuple[Array, dict[str, Array], dict[str, str]]:
    """Return numbers of the replicates that a scenario shares with its base, its effects in them, and the units."""
    window = arm.window(name)
    base, other = (
        arm.matrix(one, names=[ALL]) if window is None else window.matrix(one) for one in (arm.base, name)
    )  # fmt: skip
    shared, left, right = np.intersect1d(base.replicates, other.replicates, return_indices=True)
    values, units = {}, {}
    for output in EFFECTS:
        values[output] = _column(other, ALL, ALL, output)[right] - _column(base, ALL, ALL, output)[left]
        units[output] = next((str(u) for u in other.keys["unit"][other.keys["measure"] == output]), "")
    return shared, values, units


def _column(matrix: Matrix, level: str, name: str, output: str) -> Array:
    """Return an output of each replicate, shape (R,); 0 or NaN if no replicate has it."""
    keys = matrix.keys
    where = np.flatnonzero((keys["level"] == level) & (keys["name"] == name) & (keys["measure"] == output))
    if len(where):
        found: Array = matrix.values[:, where[0]]
        return found
    return np.full(len(matrix.replicates), 0.0 if absent_is_nobody(output) else np.nan)


def _row(unanswered: Array, answered: Array) -> dict[str, float]:
    parts = part_undone(unanswered, answered)
    known = parts[~np.isnan(parts)]
    found = {**_quantiles("unanswered_", unanswered), **_quantiles("answered_", answered)}
    return found | _quantiles("undone_", known) | {"undone_replicates": len(known)}


def _quantiles(prefix: str, values: Array) -> dict[str, float]:
    levels = [q for _, q in QUANTILES]
    found = np.quantile(values, levels) if len(values) else np.full(len(levels), np.nan)
    return {f"{prefix}{key}": float(value) for key, value in zip(_ENDS, found, strict=True)}
