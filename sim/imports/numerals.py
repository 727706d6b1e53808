"""Parsing of counts in national formats; the meaning of points and commas is decided for a table as a whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import Any, NamedTuple

from sim.imports.names import plain, with_hyphens
from sim.scenario.errors import show

MOST = 999_999_999
DECIMALS = ("point", "comma")
_SYSTEMS = tuple((point, mark) for point, marks in ((".", ", '"), (",", ". '")) for mark in marks)
_LIKE_NUMBER = re.compile(r"[-+±~≈(\[ ]*\d[\d., ']*[-*)\]% ]*")  # also what is no count: with a sign, or in brackets
_UNKNOWN = frozenset(("na", "n/a", "n.a.", "nan", "null", "..", "...", "\N{HORIZONTAL ELLIPSIS}", ":", "n.d."))
_ALLOWED = f"allowed: persons, a whole number from 0 to {MOST:,}"


class Empty(Enum):
    """Why a cell has no count."""

    BLANK = "nothing, or a dash"
    UNKNOWN = "a word such as NA"


Number = int | Empty


class Cell(NamedTuple):
    """A cell that should hold a count, and its position."""

    line: int
    column: str
    value: Any


class NumeralError(ValueError):
    """A cell is not a count, or is ambiguous."""

    def __init__(self, cell: Cell, text: str) -> None:
        self.cell, self.text = cell, text
        super().__init__(text)


def read(cells: Sequence[Cell], decimal: str | None = None) -> list[Number]:
    """Return the counts of a table, all written in one way.

    Args:
        cells: All of them.
        decimal: Mark of decimals, ``point`` or ``comma``; None if the cells have to show it.

    Raises:
        NumeralError: If a cell is no whole number of persons under any way of writing that fits the others, or if
            two ways fit all cells and give other counts.
    """
    texts: dict[str, Cell] = {}
    found: list[Number | str] = []
    for cell in cells:
        number = _at_once(cell)
        if isinstance(number, str):
            texts.setdefault(number, cell)
        found.append(number)
    systems = [s for s in _SYSTEMS if decimal is None or s[0] == {"point": ".", "comma": ","}[decimal]]
    readings = [{text: _value(text, *system) for text in texts} for system in systems]
    fitting = [reading for reading in readings if None not in reading.values()]
    if not fitting:
        raise _unfit(texts, readings)
    unclear = next((text for text in texts if len({reading[text] for reading in fitting}) > 1), None)
    if unclear is not None:
        several = " or ".join(f"{value:,}" for value in sorted({reading[unclear] or 0 for reading in fitting}))
        text = f"found {show(unclear)}, which is {several}; say which with --decimal point or --decimal comma"
        raise NumeralError(texts[unclear], text)
    return [fitting[0][number] or 0 if isinstance(number, str) else number for number in found]


def is_like_number(cell: Any) -> bool:
    """Return whether a cell has a count, or something close to one."""
    if isinstance(cell, bool):
        return False
    return isinstance(cell, (int, float)) or bool(_LIKE_NUMBER.fullmatch(with_hyphens(_text(cell))))


def _at_once(cell: Cell) -> Number | str:
    """Return the count of a cell that needs no other to be understood; else its text."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value != value or not 0 <= value <= MOST or int(value) != value:
            raise NumeralError(cell, f"found {show(value)}; {_ALLOWED}")
        return int(value)
    if value is not None and not isinstance(value, str):
        raise NumeralError(cell, f"found {show(plain(value) or str(value))}; {_ALLOWED}")
    text = _text(value)
    if not with_hyphens(text).strip("-"):
        return Empty.BLANK
    return Empty.UNKNOWN if text.casefold() in _UNKNOWN else text


def _text(cell: Any) -> str:
    return plain(cell).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def _value(text: str, point: str, mark: str) -> int | None:
    """Return a whole number of persons in a way of writing; decimals must be zeros."""
    whole = rf"\d+|[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+"
    if not re.fullmatch(rf"(?:{whole})(?:{re.escape(point)}0+)?", text, re.ASCII):
        return None
    digits = text.partition(point)[0].replace(mark, "")
    return int(digits) if len(digits) < 12 and int(digits) <= MOST else None


def _unfit(texts: dict[str, Cell], readings: list[dict[str, int | None]]) -> NumeralError:
    """Name the cell that is no count in any way of writing, or two that are so only in different ones."""
    for text, cell in texts.items():
        if all(reading[text] is None for reading in readings):
            return NumeralError(cell, f"found {show(text)}; {_ALLOWED}")
    reading = max(readings, key=lambda reading: sum(value is not None for value in reading.values()))
    odd = next(text for text in texts if reading[text] is None)
    other = next(text for text in texts if any(r[odd] is not None and r[text] is None for r in readings))
    first = texts[other]
    text = f"found {show(odd)}, written in another way than {show(other)} in line {first.line}, column {first.column!r}"
    return NumeralError(texts[odd], f"{text}; one way of writing thousands and decimals is allowed in a table")
