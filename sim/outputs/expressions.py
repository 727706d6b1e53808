"""Outcomes written as text: an output over a window, its timing, or the ratio of two.

    attempts[2021-10]@poland             attempts in Poland in October 2021
    deaths[2021-08-01..2021-09-15]       deaths on the way between two days; also [2021-08..2021-10]
    peak_date(attempts)@poland           day of the run on which attempts in Poland are highest
    first_overload()@poland              first day of the run on which border pressure is over 1
    entries/attempts@latvia              entries per attempt; also attempts@poland/attempts, the share of Poland

Flows are summed over the window, means averaged, stocks taken at its end. The highest day of a flow is that of its
seven-day mean, as in border pressure. A value is NaN if no day of the run is within the window, the day did not occur,
or the denominator is 0. Pressure of the whole border is that of the most loaded section of each day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sim.data.days import day_of
from sim.outputs.daily import Blocks, aggregate, blocks_of
from sim.outputs.definitions import ALL, OUTPUTS, PRESSURE, Output
from sim.outputs.run_data import Array, RunData, seven_day_mean

PEAK, OVERLOAD = "peak_date", "first_overload"
FORMS = (
    "OUTPUT[YEAR-MONTH], OUTPUT[DAY..DAY], peak_date(OUTPUT), first_overload(), OUTPUT alone, and ratios of two, all "
    "also with @NAME, such as attempts[2021-10]@poland, peak_date(attempts)@poland or entries/attempts@latvia"
)
DAY = "day of the run, from 1"
_NAME, _DATES = r"[A-Za-z0-9:_-]+", r"\[(?P<first>[0-9-]+)(?:\.\.(?P<last>[0-9-]+))?\]"
_PLAIN = re.compile(rf"(?P<output>[a-z][a-z0-9_]*)(?:{_DATES})?(?:@(?P<name>{_NAME}))?")
_CALL = re.compile(rf"(?P<function>[a-z_]+)\((?P<inner>[^()]*)\)(?:@(?P<name>{_NAME}))?")


class Window(NamedTuple):
    """A window of days, and its text, such as ``[2021-10]``."""

    first: date
    last: date
    text: str


class Term(NamedTuple):
    """An output of one name, over a window or the whole run; or, with a function, a day of the run."""

    output: str
    window: Window | None
    name: str
    function: str = ""

    @property
    def measure(self) -> str:
        """Return its text without its name."""
        inner = self.output + (self.window.text if self.window else "")
        if self.function == OVERLOAD:
            return f"{OVERLOAD}({self.window.text if self.window else ''})"
        return f"{self.function}({inner})" if self.function else inner

    @property
    def unit(self) -> str:
        """Return its unit."""
        return DAY if self.function else OUTPUTS[self.output].unit if self.output in OUTPUTS else ""

    def __str__(self) -> str:
        """Return its whole text."""
        return self.measure if self.name == ALL else f"{self.measure}@{self.name}"


class Expression(NamedTuple):
    """A term, or the ratio of two."""

    terms: tuple[Term, ...]

    @property
    def is_plain(self) -> bool:
        """Return whether it is an output over the whole run, which totals hold anyway."""
        return len(self.terms) == 1 and not self.terms[0].function and self.terms[0].window is None

    @property
    def name(self) -> str:
        """Return the name that all terms have; "all" if they differ."""
        names = {term.name for term in self.terms}
        return names.pop() if len(names) == 1 else ALL

    @property
    def measure(self) -> str:
        """Return its text without the name that all terms have."""
        same = len({term.name for term in self.terms}) == 1
        return "/".join(term.measure if same else str(term) for term in self.terms)

    @property
    def unit(self) -> str:
        """Return its unit."""
        units = [term.unit for term in self.terms]
        return units[0] if len(units) == 1 else "ratio" if units[0] == units[1] else " / ".join(units)

    def named(self, name: str) -> Expression:
        """Return the expression with another name in all terms."""
        return Expression(tuple(term._replace(name=name) for term in self.terms))

    def of(self, run: RunData) -> float:
        """Return its value for a run; NaN if there is none."""
        blocks = blocks_of([run])
        values = [_value(term, run, blocks) for term in self.terms]
        if len(values) == 1:
            return values[0]
        return values[0] / values[1] if values[1] != 0 else float("nan")

    def check(self, run: RunData, last: date) -> None:
        """Check it against a run of the scenario, of any length, and the last day.

        Raises:
            ValueError: If there is no such daily output or name, or the run has no day of a window.
        """
        blocks = blocks_of([run])
        for term in self.terms:
            if _daily(blocks, term.output, term.name) is None:
                raise ValueError(f"found {str(term)!r}; {_allowed(blocks, term)}")
            window = term.window
            if window and (window.last < run.start or window.first > last):
                raise ValueError(f"found {str(term)!r}; the run is from {run.start} to {last}")


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Parse an outcome.

    Raises:
        ValueError: If it has another form than those allowed; the message names them.
    """
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 2:
        raise ValueError(f"found {text!r}; allowed: {FORMS}")
    named = [_term(part, text) for part in parts]
    last = named[-1].name
    if len(named) == 2 and not named[0].name:
        named[0] = named[0]._replace(name=last)
    return Expression(tuple(term._replace(name=term.name or ALL) for term in named))


def _term(text: str, whole: str) -> Term:
    if call := _CALL.fullmatch(text):
        function, inner = call["function"], call["inner"].strip()
        if function == OVERLOAD:
            inside = _PLAIN.fullmatch(f"border_pressure{inner}") if inner[:1] in ("", "[") else None
            alone = inner if inside is None and re.fullmatch(_NAME, inner) else ""
            if inside is None and alone:
                inside = _PLAIN.fullmatch("border_pressure")
        else:
            inside, alone = _PLAIN.fullmatch(inner), ""
        if function in (PEAK, OVERLOAD) and inside is not None:
            name = [found for found in (call["name"], inside["name"], alone) if found]
            if len(name) < 2:
                return Term(inside["output"], _window(inside, whole), name[0] if name else "", function)
    elif plain := _PLAIN.fullmatch(text):
        return Term(plain["output"], _window(plain, whole), plain["name"] or "")
    raise ValueError(f"found {whole!r}; allowed: {FORMS}")


def _window(found: re.Match[str], whole: str) -> Window | None:
    if found["first"] is None:
        return None
    first, last = found["first"], found["last"] or found["first"]
    try:
        if found["last"] is None and len(first) != 7:
            raise ValueError(first)
        begin, end = _days(first)[0], _days(last)[1]
    except ValueError:
        raise ValueError(f"found {whole!r}; allowed: {FORMS}") from None
    if begin > end:
        raise ValueError(f"found {whole!r}, which ends before it begins; allowed: {FORMS}")
    return Window(begin, end, f"[{first}{f'..{last}' if found['last'] else ''}]")


def _days(text: str) -> tuple[date, date]:
    """Return the first and last day of a month or day."""
    if len(text) != 7:
        return day_of(text), day_of(text)
    year, month = (int(part) for part in text.split("-"))
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _value(term: Term, run: RunData, blocks: Blocks) -> float:
    values, output = _daily(blocks, term.output, term.name), OUTPUTS.get(term.output)
    begin, end = 0, run.days
    if term.window is not None:
        begin = max((term.window.first - run.start).days, 0)
        end = min((term.window.last - run.start).days + 1, run.days)
    if values is None or output is None or begin >= end:
        return float("nan")
    if term.function:
        return _day(term.function, seven_day_mean(values) if output.over_time == "sum" else values, begin, end)
    window = values[None, begin:end, None]
    return float(aggregate(window, np.array([0]), np.array([end - begin]), output.over_time)[0, 0, 0])


def _day(function: str, values: Array, begin: int, end: int) -> float:
    own = values[begin:end]
    if function == PEAK:
        return float(begin + own.argmax() + 1) if own.max() > 0 else float("nan")
    over = np.flatnonzero(own > 1.0)
    return float(begin + over[0] + 1) if len(over) else float("nan")


def _daily(blocks: Blocks, output: str, name: str) -> Array | None:
    """Return an output by day, shape (D,), of a name at whichever level has it, or of all; None if there is none."""
    known = OUTPUTS.get(output)
    for level in _levels(known, name):
        block = blocks.get((level, output))
        if block is not None and name == ALL:
            whole: Array = (
                block.values[0].max(axis=1) if known and known.unit == PRESSURE else block.values[0].sum(axis=1)
            )
            return whole
        if block is not None and name in block.names:
            own: Array = block.of(name)[0]
            return own
    return None


def _levels(output: Output | None, name: str) -> tuple[str, ...]:
    """Return the levels at which to look; of what is counted on the way, too, all is not only what is at the border."""
    if output is None or (name == ALL and output.over_time == "mean" and output.unit not in (PRESSURE, _CAPACITY)):
        return ()
    on_way = name == ALL and output.pair and not (output.section and output.group == "border")
    return ("cohort", *output.levels) if on_way else output.levels


_CAPACITY = "attempts per day"


def _allowed(blocks: Blocks, term: Term) -> str:
    """Return which outputs, or names of an output, are counted by day."""
    daily = sorted({output for _, output in blocks})
    if term.output not in daily:
        return f"counted by day are: {', '.join(daily)}"
    names = [name for (_, output), block in blocks.items() if output == term.output for name in block.names]
    return f"{term.output} is counted for: {', '.join(dict.fromkeys(names))}"
