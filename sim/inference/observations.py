"""Observations: published figures as rows, from a series that ships or a user's CSV."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sim.data.csv_reader import Csv
from sim.data.days import day_of
from sim.inference.calibration_experiment import Loaded, Series
from sim.inference.outcome_figures import middle_of
from sim.scenario.csv_files import csv_text, parse_table, wrong_cells
from sim.scenario.errors import Problem, ScenarioError, choices, show
from sim.scenario.files import display

NEEDED = ("series", "period_start", "period_end", "value", "low", "high")
ALSO = ("published", "measure", "basis", "quality", "source", "agency", "transit_state", "route", "note")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?(e[+-]?[0-9]{1,2})?", re.IGNORECASE)
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_ABOUT = ("measure", "agency", "transit_state", "route")
MEASURES = (
    "recorded_attempts", "attempts", "turn_backs", "detections", "entries", "crossings", "onward", "landed", "returned",
    "deaths", "stock_in_transit_state", "flights",
)  # fmt: skip


class Row(NamedTuple):
    """One published figure: the interval of a count over a period, which includes both its first and last day.

    Attributes:
        series: Name in the experiment.
        value: The figure, or None if only bounds were published.
        low: Lower bound, from rounding or differing sources; None if there is none.
        high: Upper bound.
        published: Day on which it became known.
        about: Output, agency, transit state and route to which it corresponds.
    """

    series: str
    start: date
    end: date
    value: float | None
    low: float | None
    high: float | None
    published: date
    about: dict[str, str]

    @property
    def days(self) -> int:
        """Return the length of the period."""
        return (self.end - self.start).days + 1

    @property
    def middle(self) -> float | None:
        """Return the figure, or the middle of its bounds; None if there is only one bound."""
        return middle_of(self.value, self.low, self.high)

    def bounds(self, rounding: float = 0.0) -> tuple[float, float]:
        """Return the lowest and highest count that the figure may represent; a missing bound equals the figure."""
        if self.value is None:
            return self.low if self.low is not None else 0.0, self.high if self.high is not None else float("inf")
        one_sided = self.low == self.value and self.high is None
        low = self.low if self.low is not None else self.value if self.high is None else self.value - rounding
        high = self.high if self.high is not None else float("inf") if one_sided else self.value + rounding
        if self.low is None and self.high is None:
            low, high = self.value - rounding, self.value + rounding
        if self.high == self.value and self.low is None:
            low = 0.0
        return max(low, 0.0), high

    def record(self) -> dict[str, Any]:
        """Return the row in the form that `sim.outputs.beside_record` reads."""
        empty = {"agency": "", "transit_state": "", "route": "", "note": ""}
        numbers = {key: float("nan") if v is None else v for key, v in zip(
            ("value", "low", "high"), (self.value, self.low, self.high), strict=True)}  # fmt: skip
        return {
            **empty, "series": self.series, "period_start": self.start, "period_end": self.end, **numbers, **self.about
        }  # fmt: skip


def rows_of(loaded: Loaded) -> list[Row]:
    """Return all rows of an experiment's series, by series and period.

    Raises:
        ScenarioError: If a file cannot be read or a cell is not allowed; the message names file, line and column.
    """
    rows: list[Row] = []
    for name, series in loaded.experiment.series.items():
        rows += sorted(read_series(name, series, loaded.folder), key=lambda row: (row.start, row.end))
    return rows


def known(rows: Iterable[Row], origin: date) -> list[Row]:
    """Return the rows that were published before a day, for periods that had ended."""
    return [row for row in rows if row.published <= origin and row.end < origin]


def read_series(name: str, series: Series, folder: Path) -> list[Row]:
    """Return the rows of one series."""
    from sim.data import observed_names, text

    if series.observed.endswith(".csv"):
        path = folder / series.observed
        return parse(csv_text(path), display(path), name, series)
    if series.observed not in observed_names():
        what = f"found {show(series.observed)}, no observed series that ships, and no path ending in .csv"
        raise ScenarioError(f"series.{name}.observed: {what}; {choices(observed_names(), series.observed)}")
    return parse(text(f"observed/{series.observed}.csv"), f"{series.observed}.csv", name, series)


def parse(content: str, file: str, name: str, series: Series) -> list[Row]:
    """Return the rows of an observed CSV; raises ScenarioError with file, line and column."""
    table = parse_table(content, file, NEEDED, ALSO)
    parser = _Parser(file, name, series)
    rows = [row for line, cells in table.rows if (row := parser.row(line, table, cells)) is not None]
    parser.check(rows)
    return rows


class _Parser:
    def __init__(self, file: str, name: str, series: Series) -> None:
        self.file, self.name, self.series = file, name, series
        self.problems: list[Problem] = []

    def row(self, line: int, table: Csv, cells: list[str]) -> Row | None:
        if wrong := wrong_cells(table, cells):
            self._add(line, "", wrong)
            return None
        plain = dict(zip(table.header, (cell.strip() for cell in cells), strict=True))
        before = len(self.problems)
        start, end = self._day(line, plain, "period_start"), self._day(line, plain, "period_end")
        value, low, high = (self._number(line, plain, key) for key in ("value", "low", "high"))
        if start and end and start > end:
            self._add(line, "period_end", f"found {end}, before the start {start}")
        if value is None and low is None and high is None and len(self.problems) == before:
            self._add(line, "value", "found no value, low or high; one at least is needed")
        if low is not None and high is not None and low > high:
            self._add(line, "high", f"found {high:g}, below low {low:g}")
        published = self._day(line, plain, "published") if plain.get("published") else None
        about = self._about(line, plain)
        if len(self.problems) > before or start is None or end is None:
            return None
        at = published or end + timedelta(days=1 + self.series.lag)
        return Row(self.name, start, end, value, low, high, at, about)

    def _about(self, line: int, cells: dict[str, str]) -> dict[str, str]:
        own = {key: getattr(self.series, key) or cells.get(key, "") for key in _ABOUT}
        if own["measure"] not in MEASURES:
            where = "measure" if cells.get("measure") else ""
            self._add(line, where, f"found the measure {show(own['measure'])}; {choices(MEASURES, own['measure'])}")
        return own

    def _day(self, line: int, cells: dict[str, str], column: str) -> date | None:
        try:
            return day_of(cells[column])
        except ValueError:
            pass
        self._add(line, column, f"found {show(cells[column])}; allowed: a date such as 2021-08-03")
        return None

    def _number(self, line: int, cells: dict[str, str], column: str) -> float | None:
        if not cells[column]:
            return None
        if _THOUSANDS.fullmatch(cells[column]):
            what = f"found {show(cells[column])}, thousands or decimals; write 1250 or 1.25"
            self._add(line, column, what)
            return None
        number = float(cells[column]) if _NUMBER.fullmatch(cells[column]) else -1.0
        if not 0 <= number < 1e12:
            self._add(line, column, f"found {show(cells[column])}; allowed: a number, 0 or more, or nothing")
            return None
        return number

    def _add(self, line: int, column: str, text: str) -> None:
        self.problems.append(Problem(self.file, line, column, text))

    def check(self, rows: list[Row]) -> None:
        """Check that no two rows of one series have the same period."""
        periods = [(row.start, row.end) for row in rows]
        twice = sorted({period for period in periods if periods.count(period) > 1})
        if twice and not self.problems:
            found = f"found the period {twice[0][0]} to {twice[0][1]} twice in {self.name}"
            self.problems.append(Problem(self.file, 0, "", f"{found}; a file of an experiment holds one series"))
        if self.problems:
            raise ScenarioError(self.problems)
        if not rows:
            raise ScenarioError(Problem(self.file, 1, "", "found no rows; one at least is needed"))
