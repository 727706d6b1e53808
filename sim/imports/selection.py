"""Selection from a table by month; what is not reported is missing, never 0."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sim.imports.months import Month
from sim.imports.names import same
from sim.imports.numerals import Empty, Number
from sim.imports.table import Row, Table
from sim.scenario.errors import ScenarioError, choices, show


class Wanted(NamedTuple):
    """The selection from a file, and how to read what the file leaves open.

    Attributes:
        route: Route as named in the file; optional if it has only one.
        nationality: Nationalities that are added up; all if empty.
        without: Nationalities to leave out.
        box: South, north, west and east, in degrees with commas; only for deaths.
        since: First month, YYYY-MM.
        until: Last month.
        sheet: Sheet of a workbook; optional if only one has a known table.
        decimal: Mark of decimals: point or comma.
        dates: Order of days and months that are numbers: day-first or month-first.
        blank_is_zero: Whether an empty cell is a count of 0 in a month that other cells report.
    """

    route: str | None = None
    nationality: tuple[str, ...] | list[str] = ()
    without: tuple[str, ...] | list[str] = ()
    box: str | None = None
    since: str | None = None
    until: str | None = None
    sheet: str | None = None
    decimal: str | None = None
    dates: str | None = None
    blank_is_zero: bool = False


def chosen_rows(table: Table, wanted: Wanted) -> list[Row]:
    """Return the rows of the route, nationalities and box; raises ScenarioError with the names that there are."""
    rows = _within_box(table, wanted.box)
    rows = _of_route(table, rows, wanted.route)
    known = {same(table.name(row, "nationality")): table.name(row, "nationality") for row in rows}
    for option, names in (("--nationality", wanted.nationality), ("--without", wanted.without)):
        for name in names:
            if same(name) not in known:
                text = f"{option}: found {show(name)}, not in {table.sheet.file}"
                raise ScenarioError(f"{text}; {choices(sorted(known.values()), name)}")
    kept, left_out = set(map(same, wanted.nationality)), set(map(same, wanted.without))
    return [
        row
        for row in rows
        if (not kept or same(table.name(row, "nationality")) in kept)
        and same(table.name(row, "nationality")) not in left_out
    ]


def by_month(table: Table, rows: Sequence[Row], wanted: Wanted) -> tuple[dict[Month, int], dict[Month, str]]:
    """Return counts of the selected months that the file covers, and the reasons why others have none.

    Raises:
        ScenarioError: If no month is left.
    """
    since, until = _option_month(wanted.since, "--since"), _option_month(wanted.until, "--until")
    covered = sorted({month for row in table.rows for month in row.counts})
    span = _span(max(covered[0], since or covered[0]), min(covered[-1], until or covered[-1]))
    reported = {month for row in table.rows for month, value in row.counts.items() if isinstance(value, int)}
    cells: dict[Month, dict[tuple[str, ...], list[Number]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        for month, value in row.counts.items():
            cells[month][_key(table, row)].append(value)
    keys = {_key(table, row) for row in rows}
    counts: dict[Month, int] = {}
    missing: dict[Month, str] = {}
    for month in span:
        if table.layout.incidents:
            found = _of_incidents([value for values in cells[month].values() for value in values])
        else:
            found = _of_cells(cells[month], keys, month in reported, wanted.blank_is_zero)
        if isinstance(found, int):
            counts[month] = found
        else:
            missing[month] = found
    if not counts:
        file = f"{covered[0][0]}-{covered[0][1]:02} to {covered[-1][0]}-{covered[-1][1]:02}"
        why = f"; {next(iter(missing.values()))}" if missing else ""
        raise ScenarioError(f"--since, --until: no month is left; the file covers {file}{why}")
    return counts, missing


def _key(table: Table, row: Row) -> tuple[str, ...]:
    return tuple(same(table.name(row, role)) for role in ("route", "border", "nationality"))


def _of_incidents(values: list[Number]) -> int | str:
    """Sum the incidents of a month, without those of unknown size; a month with no others has no sum."""
    given = [value for value in values if isinstance(value, int)]
    return sum(given) if given or not values else "no incident with a count"


def _of_cells(
    cells: dict[tuple[str, ...], list[Number]], keys: set[tuple[str, ...]], reported: bool, blank_is_zero: bool
) -> int | str:
    if not reported or not keys:
        return "not reported"
    values = [value for key in keys for value in (cells.get(key) or [Empty.BLANK])]
    empty = [value for value in values if not isinstance(value, int)]
    if empty and not (blank_is_zero and Empty.UNKNOWN not in empty):
        hint = "" if Empty.UNKNOWN in empty else "; --blank-is-zero if that means none"
        return f"{len(empty)} of {len(values)} cells are empty{hint}"
    return sum(value for value in values if isinstance(value, int))


def _span(first: Month, last: Month) -> list[Month]:
    months = []
    while first <= last:
        months.append(first)
        first = next_month(first)
    return months


def next_month(month: Month) -> Month:
    """Return the month after a month."""
    return (month[0] + month[1] // 12, month[1] % 12 + 1)


def _of_route(table: Table, rows: list[Row], name: str | None) -> list[Row]:
    known: dict[str, str] = {}
    for row in rows:
        known.setdefault(same(table.name(row, "route")), table.name(row, "route"))
    if name is None:
        if len(known) > 1:
            listed = choices(sorted(filter(None, known.values())))
            raise ScenarioError(f"--route: missing; {table.sheet.file} has several; {listed}")
        return rows
    if same(name) not in known or not same(name):
        listed = choices(sorted(filter(None, known.values())), name)
        raise ScenarioError(f"--route: found {show(name)}, not in {table.sheet.file}; {listed}")
    return [row for row in rows if same(table.name(row, "route")) == same(name)]


def _within_box(table: Table, box: str | None) -> list[Row]:
    if box is None:
        return table.rows
    try:
        south, north, west, east = (float(part) for part in box.split(","))
    except ValueError:
        south, north, west, east = 1.0, 0.0, 0.0, 0.0
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise ScenarioError(f"--box: found {box!r}; allowed: south,north,west,east in degrees, such as 51,57,22.6,29.2")
    if all(row.place is None for row in table.rows):
        raise ScenarioError("--box: the file has no coordinates; allowed: for Missing Migrants alone")
    nowhere = [row for row in table.rows if row.place is None]
    if nowhere:
        table.notes.append(
            f"{len(nowhere)} rows without coordinates are not in the box (first: line {nowhere[0].line})"
        )
    return [r for r in table.rows if r.place and south <= r.place[0] <= north and west <= r.place[1] <= east]


def _option_month(text: str | None, option: str) -> Month | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{4})-(\d\d)", text, re.ASCII)
    if not found or not 1 <= int(found[2]) <= 12:
        raise ScenarioError(f"{option}: found {text!r}; allowed: a month such as 2021-08")
    return int(found[1]), int(found[2])


def months_in_words(months: Iterable[Month]) -> str:
    """Format months in order for messages, with consecutive ones combined."""
    spans: list[list[Month]] = []
    for month in months:
        if spans and next_month(spans[-1][-1]) == month:
            spans[-1].append(month)
        else:
            spans.append([month])
    ends = [sorted({span[0], span[-1]}) for span in spans]
    return ", ".join(" to ".join(f"{year}-{month:02}" for year, month in end) for end in ends)
