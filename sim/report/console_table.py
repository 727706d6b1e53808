"""A table for a terminal of any width: its names and main figures stay whole, the rest comes where there is room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rich.box import HEAVY_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from sim.data.plain_text import visible

NAMES = 24  # cells that the names in the first column have at least, if they need them; they go on in the next line
_HEAD = 14  # a longer word in a heading goes on in the next line
_BORDERS = 3  # cells that a column takes beside its contents
_NUMERIC = re.compile(r"[\d·–−+]")

Cell = str | tuple[str, ...]  # or the forms of a cell, from the one that says most to the shortest


class _Row(NamedTuple):
    cells: tuple[tuple[str, ...], ...]
    style: str
    ends_section: bool


class ConsoleTable:
    """A table of plain text: nothing in it is read as markup or as a terminal's code.

    Printed on a narrow terminal, it first writes headings and names on several lines, then cells in shorter forms, and
    then leaves out columns, the least important first; the caption says which.
    """

    def __init__(self, title: Cell, caption: str, columns: Iterable[str], main: Sequence[str] = ()) -> None:
        """An empty table.

        Args:
            title: Stands above it; nothing does if it is empty. Two of them are for cells in their longer forms and
                for those in the shortest.
            caption: Stands below it.
            columns: The headings. The first column has names, on the left; the others have figures or words.
            main: The headings of the columns that come first when there is little room, by importance; the others
                come after them in their order.
        """
        self.titles = title if isinstance(title, tuple) else (title,)
        self.caption, self.columns = caption, [visible(column) for column in columns]
        first = [self.columns.index(visible(column)) for column in main]
        rest = [number for number in range(1, len(self.columns)) if number not in first]
        self._main, self._rest = (first, rest) if first else (rest, [])
        self._rows: list[_Row] = []

    def add_row(self, *cells: Cell, style: str = "", ends_section: bool = False) -> None:
        """Add a row, with a line below it where it ends a section."""
        forms = (cell if isinstance(cell, tuple) else (cell,) for cell in cells)
        self._rows.append(_Row(tuple(tuple(map(visible, form)) for form in forms), style, ends_section))

    def end_section(self) -> None:
        """Draw a line below the last row."""
        if self._rows:
            self._rows[-1] = self._rows[-1]._replace(ends_section=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As rich asks for it: the table for so much room."""
        yield self.fitted(options.max_width)

    def fitted(self, width: int) -> Table:
        """The table for a terminal of so many cells."""
        everything = range(1, len(self.columns))
        if self._cost([0, *everything], self._whole) < width:  # one more for the border on the left
            return self._table({number: self._whole(number, 0) for number in (0, *everything)}, 0)
        form = next(
            (f for f in range(self._forms) if self._least(0, f) + self._cost(self._main, self._least, f) + 4 <= width),
            self._forms - 1,
        )
        kept: list[int] = []
        names, room = self._least(0, form), width - _BORDERS - 1
        for number in self._main:
            if not kept or names + self._cost([*kept, number], self._least, form) <= room:
                kept.append(number)
        names = min(self._whole(0, form), room - self._cost(kept, self._least, form))
        for number in self._rest:
            if names + self._cost([*kept, number], self._least, form) <= room:
                kept.append(number)
        return self._table({0: max(names, 1)} | {number: self._least(number, form) for number in sorted(kept)}, form)

    @property
    def _forms(self) -> int:
        return max((len(cell) for row in self._rows for cell in row.cells), default=1)

    def _cells(self, number: int, form: int) -> list[str]:
        """The cells of a column, in a form; in the shortest that they have, if they have fewer."""
        return [row.cells[number][min(form, len(row.cells[number]) - 1)] for row in self._rows]

    def _whole(self, number: int, form: int) -> int:
        """Width of a column without a break that is not asked for."""
        return max(map(_width, (self.columns[number], *self._cells(number, form))), default=0)

    def _least(self, number: int, form: int) -> int:
        """Width of a column at least: headings break between words, and so do words in cells; figures do not."""
        heading = min(_longest_word(self.columns[number]), _HEAD)
        cells = self._cells(number, form)
        if number == 0:
            return max(heading, min(max(map(_width, cells), default=0), NAMES))
        least = (_width(cell) if _NUMERIC.match(cell) else min(_longest_word(cell), NAMES) for cell in cells)
        return max(heading, *least, 1)

    def _cost(self, numbers: Iterable[int], measure: Callable[[int, int], int], form: int = 0) -> int:
        return sum(measure(number, form) + _BORDERS for number in numbers)

    def _table(self, widths: dict[int, int], form: int) -> Table:
        """What rich draws, of the columns with these widths."""
        left_out = [column for number, column in enumerate(self.columns) if number not in widths]
        caption = visible(self.caption)
        if left_out:
            caption += "\n" if caption else ""
            caption += f"Not shown at this width: {', '.join(left_out)}; --wide shows all."
        words = self.titles[-1] if form and form == self._forms - 1 else self.titles[0]
        title = Text(visible(words), style="table.title") if words else None
        table = Table(
            title=title, title_justify="left", box=HEAVY_HEAD,
            caption=Text(caption, style="table.caption") if caption else None, caption_justify="left",
            header_style="bold",
        )  # fmt: skip
        for number, width in widths.items():
            heading = Text(self.columns[number], overflow="fold")
            table.add_column(heading, justify="right" if number else "left", width=width, overflow="fold")
        for row in self._rows:
            cells = (Text(row.cells[n][min(form, len(row.cells[n]) - 1)], overflow="fold") for n in widths)
            table.add_row(*cells, style=row.style, end_section=row.ends_section)
        return table


def _width(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)
