"""Outcomes that extensions add: numbers of a run in its totals, for sweeps, discovery and fits.

An outcome is a function of a run, or an output over a window of days: ``attempts[2021-10]@poland`` is the number of
attempts in Poland in October 2021, ``deaths[2021-08-01..2021-09-15]`` that of all deaths on the way. Flows are summed
over the window, means averaged, stocks taken at its end; if no day of the run is within the window, the value is NaN.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

import numpy as np

from sim.outputs.daily import Blocks, aggregate, blocks_of
from sim.outputs.definitions import ALL, OUTPUTS, Output
from sim.outputs.run_data import Array, RunData

_WINDOW = re.compile(r"([a-z][a-z0-9_]*)\[([0-9-]+)(?:\.\.([0-9-]+))?\](?:@([a-z0-9:-]+))?")
_FORM = "OUTPUT[YEAR-MONTH] or OUTPUT[DAY..DAY], and perhaps @NAME, such as attempts[2021-10]@poland"


class Outcome(NamedTuple):
    """An outcome: its row in the totals, its unit, and how it is computed."""

    level: str
    name: str
    output: str
    unit: str
    of: Callable[[RunData], float]


added: list[Outcome] = []


def add(name: str, unit: str, title: str, meaning: str, of: Callable[[RunData], float]) -> None:
    """Add a function of a run as an outcome at level ``all``.

    Raises:
        ValueError: If its name is taken, or not allowed in a table.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in OUTPUTS:
        raise ValueError(f"outcome: found the name {name!r}; allowed: a new one of small letters, digits and _")
    OUTPUTS[name] = Output(name, "", unit, "", title, title.lower(), "see the extension", meaning, digits=2)
    added.append(Outcome(ALL, ALL, name, unit, of))


def add_window(text: str) -> None:
    """Add an output over a window of days as an outcome.

    Raises:
        ValueError: If it is not of the form ``attempts[2021-10]@poland``, or there is no such daily output.
    """
    found = _WINDOW.fullmatch(text)
    if found is None:
        raise ValueError(f"outcome: found {text!r}; allowed: {_FORM}")
    output, first, last, name = found[1], *_days(text, found[2], found[3]), found[4] or ALL
    if not OUTPUTS.get(output) or not OUTPUTS[output].levels:
        daily = [known for known in OUTPUTS if OUTPUTS[known].levels]
        raise ValueError(f"outcome: found {output!r} in {text!r}; allowed: {', '.join(daily)}")
    of, key = OUTPUTS[output], f"{output}[{found[2]}{f'..{found[3]}' if found[3] else ''}]"
    if (key, name) in {(one.output, one.name) for one in added}:
        raise ValueError(f"outcome: found {text!r} twice; allowed: once")
    words = f"{of.title}, {first} to {last}"
    OUTPUTS[key] = Output(key, of.symbol, of.unit, of.over_time, words, words, of.formula, of.meaning, digits=of.digits)
    level = "window" if name != ALL else ALL
    added.append(Outcome(level, name, key, of.unit, lambda run: _over(run, of, name, first, last)))


def _days(text: str, first: str, last: str | None) -> tuple[date, date]:
    try:
        if last is None:
            year, month = (int(part) for part in first.split("-"))
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        found = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise ValueError(f"outcome: found {text!r}; allowed: {_FORM}") from None
    if found[0] > found[1]:
        raise ValueError(f"outcome: found {text!r}, which ends before it begins; allowed: {_FORM}")
    return found


def _over(run: RunData, output: Output, name: str, first: date, last: date) -> float:
    begin, end = max((first - run.start).days, 0), min((last - run.start).days + 1, run.days)
    if begin >= end:
        return float("nan")
    values = _daily(blocks_of([run]), output, name)
    if values is None:
        return float("nan")
    window = values[None, begin:end, None]
    return float(aggregate(window, np.array([0]), np.array([end - begin]), output.over_time)[0, 0, 0])


def _daily(blocks: Blocks, output: Output, name: str) -> Array | None:
    """Return an output by day, of a name at whichever level has it, or of all."""
    for level in output.levels:
        block = blocks.get((level, output.name))
        if block is not None and name == ALL:
            total: Array = block.values[0].sum(axis=1)
            return total
        if block is not None and name in block.names:
            own: Array = block.of(name)[0]
            return own
    return None


def values_of(run: RunData) -> Array:
    """Return the values of all added outcomes for a run, shape (outcomes,)."""
    return np.array([outcome.of(run) for outcome in added], np.float64)


def take_away(names: Iterable[str]) -> None:
    """Remove outcomes by the names of their outputs."""
    for name in names:
        OUTPUTS.pop(name, None)
        added[:] = [outcome for outcome in added if outcome.output != name]
