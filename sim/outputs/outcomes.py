"""Outcomes that extensions add: numbers of a run in its totals, for sweeps, discovery and fits.

An outcome is a function of a run, or written as text (`sim.outputs.expressions`), such as ``attempts[2021-10]@poland``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from sim.outputs.definitions import ALL, OUTPUTS, Output
from sim.outputs.expressions import Expression, parse
from sim.outputs.run_data import Array, RunData


class Outcome(NamedTuple):
    """An outcome: its row in the totals, its unit, and how it is computed."""

    level: str
    name: str
    output: str
    unit: str
    of: Callable[[RunData], float]


added: list[Outcome] = []
WINDOW_LEVEL = "window"  # in tables, of outcomes written as text that have a name


def add(name: str, unit: str, title: str, meaning: str, of: Callable[[RunData], float]) -> None:
    """Add a function of a run as an outcome at level ``all``.

    Raises:
        ValueError: If its name is taken, or not allowed in a table.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in OUTPUTS:
        raise ValueError(f"outcome: found the name {name!r}; allowed: a new one of small letters, digits and _")
    OUTPUTS[name] = Output(name, "", unit, "", title, title.lower(), "see the extension", meaning, digits=2)
    added.append(Outcome(ALL, ALL, name, unit, of))


def add_expression(text: str) -> None:
    """Add an outcome written as text, such as an output over a window.

    Raises:
        ValueError: If it is not of a form that `sim.outputs.expressions` allows, or there is no such daily output.
    """
    found = parse(text)
    for term in found.terms:
        if term.output not in OUTPUTS or not OUTPUTS[term.output].levels:
            daily = [known for known in OUTPUTS if OUTPUTS[known].levels]
            raise ValueError(f"outcome: found {term.output!r} in {text!r}; allowed: {', '.join(daily)}")
    key, name = found.measure, found.name
    if (key, name) in {(one.output, one.name) for one in added}:
        raise ValueError(f"outcome: found {text!r} twice; allowed: once")
    OUTPUTS[key] = output_of(found)
    added.append(Outcome(level_of(found), name, key, found.unit, found.of))


def output_of(expression: Expression) -> Output:
    """Return the definition of an outcome written as text, for tables and glossaries."""
    first = expression.terms[0]
    of, key = OUTPUTS[first.output], expression.measure
    if len(expression.terms) == 1 and first.window is not None and not first.function:
        words = f"{of.title}, {first.window.first} to {first.window.last}"
        return Output(
            key, of.symbol, of.unit, of.over_time, words, words, of.formula, of.meaning, digits=of.digits
        )  # fmt: skip
    meaning = "See `sim.outputs.expressions`."
    digits = 2 if len(expression.terms) == 2 else 0
    return Output(key, "", expression.unit, "", key, key, key, meaning, digits=digits)


def level_of(expression: Expression) -> str:
    """Return the level in tables of an outcome written as text."""
    return WINDOW_LEVEL if expression.name != ALL else ALL


def values_of(run: RunData, declared: Sequence[Expression] = ()) -> Array:
    """Return the values of all added outcomes for a run, and of those that a study declares, shape (outcomes,)."""
    return np.array([*(one.of(run) for one in added), *(one.of(run) for one in declared)], np.float64)


def take_away(names: Iterable[str]) -> None:
    """Remove outcomes by the names of their outputs."""
    for name in names:
        OUTPUTS.pop(name, None)
        added[:] = [outcome for outcome in added if outcome.output != name]
