"""Tables read from sheets: rows of counts, and what happened to other rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sim.imports.layouts import Layout
from sim.imports.months import Month
from sim.imports.names import plain
from sim.imports.numerals import Number
from sim.imports.sheets import Sheet

_MOST_ASTRAY = 0.02  # of rows whose own columns contradict each other: more is a misreading


class How(NamedTuple):
    """The user's choices where a file is ambiguous: the mark of decimals, and the order of day and month."""

    decimal: str | None = None
    dates: str | None = None


class Row(NamedTuple):
    """A row of counts.

    Attributes:
        line: Line in the file.
        names: Cells that say of whom the counts are, as they are written, by the columns of `Table.names`.
        counts: By month; of an incident, of its month alone.
        place: Latitude and longitude, degrees; None if the table has none, or not here.
    """

    line: int
    names: tuple[str, ...]
    counts: dict[Month, Number]
    place: tuple[float, float] | None = None


@dataclass
class Table:
    """The contents of a sheet, read and dropped.

    Attributes:
        sheet: The sheet.
        layout: Its layout.
        columns: Position of the column of each role.
        names: Positions of the columns that say of whom counts are; the route's first, if there is one.
        rows: Rows that are counted.
        dropped: Line and reason of each row that is not counted.
        notes: Further notes.
    """

    sheet: Sheet
    layout: Layout
    columns: dict[str, int]
    names: list[int]
    rows: list[Row] = field(default_factory=list)
    dropped: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def name(self, row: Row, role: str) -> str:
        """Return the cell of a row in a role's column, with plain blanks; empty if there is no such column."""
        position = self.columns.get(role)
        return plain(row.names[self.names.index(position)]) if position in self.names else ""

    def refuse_many(self, line: int, position: int, what: str, astray: int, rows: int) -> None:
        """Raise if more than a few rows contradict themselves; ``what`` describes the first."""
        if astray > _MOST_ASTRAY * rows:
            raise self.sheet.error(line, position, f"{what}; so in {astray} of {rows} rows")
