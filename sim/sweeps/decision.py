"""Decision tables: regret and satisficing of responses under deep uncertainty, and the value of information."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.outputs.folder import OutputError
from sim.sweeps.completed_sweep import CompletedSweep
from sim.sweeps.experiment import LEAST_POINTS
from sim.sweeps.factors import Floats
from sim.sweeps.outcomes import OutcomeOf
from sim.sweeps.ways import TOGETHER, of_reactions, ways_table, whichever_table

SHUFFLES = 50  # of a parameter, to estimate the value that chance alone would suggest
HIGH = 0.9


class Decided(NamedTuple):
    """A decision table.

    Attributes:
        regret: A row per response and objective: mean, 90th percentile and highest regret, mean outcome, satisfied.
        robust: A row per response: share of points at which it satisfies all objectives, its regret over all of them
            (relative to the range from best to worst response; highest over the objectives), and whether it is best.
        knowledge: A row per objective and parameter: EVPPI, its value by chance alone, and its share of EVPI (missing
            for joint parameters); one more row for the answers together, if several parameters vary reactions.
        ways: A row per way of each parameter that varies a reaction, objective and response (`ways.ways_table`); empty
            if none does.
        whichever: A row per response: what it gives in the way that is worst for it (`ways.whichever_table`).
    """

    regret: pd.DataFrame
    robust: pd.DataFrame
    knowledge: pd.DataFrame
    ways: pd.DataFrame
    whichever: pd.DataFrame


def decide(sampled: CompletedSweep, without: Collection[str] = ()) -> Decided:
    """Compute the decision table of a study.

    Args:
        sampled: The study.
        without: Responses to leave out.

    Raises:
        OutputError: If the study holds no responses, or too few, or too few points have all outcomes.
    """
    objectives: Mapping[str, Mapping[str, Any]] | None = sampled.experiment.get("objectives")
    if not objectives:
        raise OutputError(f"{sampled.study.folder}: no decision table: an experiment of kind decision makes one")
    unknown = [name for name in without if name not in sampled.study.names]
    if unknown:
        raise OutputError(f"--without: found {unknown[0]!r}; allowed: {', '.join(sampled.study.names)}")
    names = [name for name in sampled.study.names if name not in without]
    if len(names) < 2:
        raise OutputError(f"--without: leaves {len(names)} responses; allowed: to leave two or more")
    sampled.read(OutcomeOf.parse(text) for text in objectives)
    raw = {text: np.column_stack([sampled.y(OutcomeOf.parse(text), n) for n in names]) for text in objectives}
    whole = ~np.any([np.isnan(values).any(axis=1) for values in raw.values()], axis=0)
    if whole.sum() < LEAST_POINTS:
        raise OutputError(
            f"{sampled.study.folder}: {int(whole.sum())} points have all outcomes; {LEAST_POINTS} are needed"
        )
    raw = {text: values[whole] for text, values in raw.items()}
    losses = {text: values if objectives[text]["goal"] == "lower" else -values for text, values in raw.items()}
    enough = {text: satisfied(values, objectives[text]) for text, values in raw.items()}
    units = {str(outcome): unit for outcome, unit in sampled.units.items()}
    regret = pd.concat(
        [regret_table(names, losses[text], raw[text], enough[text]).assign(objective=text, unit=units[text])
         for text in objectives], ignore_index=True,
    )[["objective", "unit", "response", "mean", "regret_mean", "regret_high", "regret_most", "satisfied"]]  # fmt: skip
    wanted = float(sampled.experiment["satisfied"])
    robust = robust_table(names, losses, enough, wanted)
    labels, answers = [sampled.label(factor) for factor in sampled.factors], of_reactions(sampled.factors)
    nominal = [sampled.label(factor) for factor in sampled.factors if factor.is_nominal]
    knowledge = pd.concat(
        [knowledge_table(sampled.x[whole], losses[text], labels, answers).assign(objective=text, unit=units[text])
         for text in objectives], ignore_index=True,
    )[["objective", "unit", "parameter", "evppi", "by_chance", "evpi", "share"]]  # fmt: skip
    knowledge.loc[knowledge["parameter"].isin(nominal), ["evppi", "by_chance", "share"]] = np.nan
    ways = ways_table(sampled.x[whole], {k: labels[k] for k in answers}, names, losses, raw, enough)
    whichever = whichever_table(ways, objectives, wanted) if len(ways) else pd.DataFrame()
    return Decided(regret, robust, knowledge, ways, whichever)


def regrets(losses: Floats) -> Floats:
    """Return by how much each loss exceeds that of the best response at the point, shape (points, responses)."""
    found: Floats = losses - losses.min(axis=1, keepdims=True)
    return found


def satisfied(values: Floats, objective: Mapping[str, Any]) -> Floats:
    """Return whether each value satisfies the objective, shape (points, responses); true if it sets no limit."""
    if objective["enough"] is None:
        return np.ones_like(values)
    good = values <= objective["enough"] if objective["goal"] == "lower" else values >= objective["enough"]
    found: Floats = good.astype(np.float64)
    return found


def regret_table(names: list[str], losses: Floats, raw: Floats, enough: Floats) -> pd.DataFrame:
    """Tabulate mean outcome, regret and satisficing of each response."""
    regret = regrets(losses)
    return pd.DataFrame(
        {
            "response": names,
            "mean": raw.mean(axis=0),
            "regret_mean": regret.mean(axis=0),
            "regret_high": np.quantile(regret, HIGH, axis=0),
            "regret_most": regret.max(axis=0),
            "satisfied": enough.mean(axis=0),
        }
    )


def robust_table(
    names: list[str], losses: Mapping[str, Floats], enough: Mapping[str, Floats], wanted: float
) -> pd.DataFrame:
    """Tabulate robustness: satisficing in all objectives, and the 90th percentile of regret."""
    both = np.all(list(enough.values()), axis=0).mean(axis=0)
    worst = np.zeros(len(names))
    for values in losses.values():
        regret = regrets(values)
        span = regret.max()
        worst = np.maximum(worst, np.quantile(regret, HIGH, axis=0) / span if span > 0 else 0.0)
    table = pd.DataFrame({"response": names, "satisfied": both, "regret": worst})
    table["enough"] = both >= wanted
    table["least_regret"] = worst <= worst.min() + 1e-12
    table["most_satisfied"] = both >= both.max() - 1e-12
    return table


def knowledge_table(x: Floats, losses: Floats, labels: list[str], answers: Sequence[int] = ()) -> pd.DataFrame:
    """Tabulate the value of knowing each parameter before choosing, in the unit of the objective.

    EVPI = min over responses of E[loss] - E[min over responses of loss]. EVPPI the same with E[loss | parameter] in
    the second term, by regression on a cubic spline of the parameter's ranks (Strong, Oakley and Brennan 2014). Since a
    regression also fits noise, ``by_chance`` is the 95th percentile over shuffled values of the parameter. EVPI is the
    mean regret of the response that has the least. If several parameters vary reactions (``answers``, their numbers), a
    last row has the value of knowing them all (`of_a_rule`).
    """
    against = losses - losses[:, :1]  # relative to the base, whose own noise should not affect the choice
    best = float(against.mean(axis=0).min())
    evpi = best - float(against.min(axis=1).mean())
    generator = np.random.default_rng(0)
    rows = []
    for k, label in enumerate(labels):
        basis = spline(x[:, k])
        value = evppi(basis, against, best)
        shuffled = [evppi(basis[generator.permutation(len(x))], against, best) for _ in range(SHUFFLES)]
        rows.append((label, value, float(np.quantile(shuffled, 0.95)), evpi, value / evpi if evpi > 1e-12 else np.nan))
    if len(answers) > 1:
        basis = _of_several([spline(x[:, k]) for k in answers])
        value = of_a_rule(basis, against, best)
        shuffled = [of_a_rule(basis[generator.permutation(len(x))], against, best) for _ in range(SHUFFLES)]
        chance = float(np.quantile(shuffled, 0.95))
        rows.append((TOGETHER, value, chance, evpi, value / evpi if evpi > 1e-12 else np.nan))
    return pd.DataFrame(rows, columns=["parameter", "evppi", "by_chance", "evpi", "share"])


def of_a_rule(basis: Floats, against: Floats, best: float, folds: int = 10) -> float:
    """Return what a rule of choice by several parameters spares, at least 0: a cautious estimate of their EVPPI.

    The rule, the response with the lowest loss by regression on ``basis``, is learnt at nine tenths of the points and
    judged by the losses at the rest: a regression on several parameters fits noise that `evppi` would count as value.
    """
    fold = np.random.default_rng(1).permutation(len(against)) % folds
    losses = np.empty(len(against))
    for number in range(folds):
        own = fold == number
        fitted = basis[own] @ np.linalg.lstsq(basis[~own], against[~own], rcond=None)[0]
        losses[own] = against[own][np.arange(own.sum()), fitted.argmin(axis=1)]
    return max(best - float(losses.mean()), 0.0)


def _of_several(splines: Sequence[Floats]) -> Floats:
    """Return a basis of several parameters: their splines, and the products of the ranks of each two."""
    pairs = [one[:, 1] * other[:, 1] for k, one in enumerate(splines) for other in splines[k + 1 :]]
    return np.column_stack([*splines, *pairs])


def evppi(basis: Floats, against: Floats, best: float) -> float:
    """Return the value of a parameter whose spline is ``basis``; from 0 to the value of perfect information."""
    fitted = basis @ np.linalg.lstsq(basis, against, rcond=None)[0]
    value = best - float(fitted.min(axis=1).mean())
    most = best - float(against.min(axis=1).mean())
    return min(value, most) if value > 1e-9 * float(np.abs(against).max()) else 0.0


def spline(column: Floats, knots: int = 1) -> Floats:
    """Return a cubic spline basis of a column's ranks (0 to 1): 4 + knots functions, fewer if few values differ."""
    values, ranks = np.unique(column, return_inverse=True)
    u = ranks / max(len(values) - 1, 1)
    degree = min(3, len(values) - 1)
    inner = np.linspace(0, 1, knots + 2)[1:-1] if len(values) > 3 + knots else np.empty(0)
    columns = [u**power for power in range(degree + 1)]
    columns += [np.maximum(u - knot, 0.0) ** degree for knot in inner]
    return np.column_stack(columns)
