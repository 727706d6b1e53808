"""Timetables: single departures from a CSV file, in addition to weekly frequencies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sim.data.csv_reader import Csv
from sim.data.days import day_of
from sim.scenario.csv_files import csv_text, parse_table, wrong_cells
from sim.scenario.errors import Problem, ScenarioError, choices, show
from sim.scenario.files import display
from sim.scenario.schema import Scenario

COLUMNS = ("date", "origin", "destination", "carrier", "seats")
MOST_SEATS = 2000


class Departure(NamedTuple):
    """One departure: day counted from the scenario's first day (0), names, and seats for sale."""

    day: int
    carrier: str
    route: str
    seats: int


def departures(scenario: Scenario) -> list[Departure]:
    """Return the departures of the scenario's timetable within its run; none without a timetable."""
    if scenario._timetable is None:
        return []
    path, last = scenario._timetable
    return [row for row in read_timetable(Path(path), scenario, last) if row.day < scenario.days]


def timetabled(scenario: Scenario) -> list[tuple[int, str, int]]:
    """Return `departures` as a model takes them: (day of the run, route, seats)."""
    return [(row.day, row.route, row.seats) for row in departures(scenario)]


def read_timetable(path: str | Path, scenario: Scenario, last: date | None = None) -> list[Departure]:
    """Read departures by day, carrier and route, in the order of days, then of the file.

    Args:
        path: CSV file with the columns ``date,origin,destination,carrier,seats`` in any order.
        scenario: Its carriers' services determine the route of a departure.
        last: Last date allowed; the scenario's last day when None.

    Raises:
        ScenarioError: With file, line and column of all errors.
    """
    file = display(Path(path))
    table = parse_table(csv_text(Path(path)), file, COLUMNS)
    parser = _Parser(file, scenario, last or scenario.end)
    rows: list[Departure] = []
    for line, cells in table.rows:
        rows += parser.row(line, table, cells)
    if parser.problems:
        raise ScenarioError(parser.problems)
    return sorted(rows, key=lambda row: row.day)


class _Parser:
    def __init__(self, file: str, scenario: Scenario, last: date) -> None:
        self.file, self.scenario, self.last = file, scenario, last
        self.problems: list[Problem] = []

    def row(self, line: int, table: Csv, cells: list[str]) -> Iterator[Departure]:
        if wrong := wrong_cells(table, cells):
            self._add(line, "", wrong)
            return
        row = dict(zip(table.header, (cell.strip() for cell in cells), strict=True))
        before = len(self.problems)
        day = self._day(line, row["date"])
        seats = self._seats(line, row["seats"])
        route = self._route(line, row)
        if len(self.problems) == before:
            yield Departure(day, row["carrier"], route, seats)

    def _add(self, line: int, column: str, text: str) -> None:
        self.problems.append(Problem(self.file, line, column, text))

    def _day(self, line: int, text: str) -> int:
        start = self.scenario.start
        try:
            day = day_of(text)
        except ValueError:
            self._add(line, "date", f"found {show(text)}; allowed: a date such as 2021-08-03")
            return 0
        if not start <= day <= self.last:
            self._add(line, "date", f"found {day}, outside the run; allowed: from {start} to {self.last}")
        return (day - start).days

    def _seats(self, line: int, text: str) -> int:
        seats = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
        if not 1 <= seats <= MOST_SEATS:
            limit = f"a whole number from 1 to {MOST_SEATS} (seats)"
            self._add(line, "seats", f"found {show(text)}; allowed: {limit}")
        return seats

    def _route(self, line: int, row: dict[str, str]) -> str:
        carriers, routes = self.scenario.carriers, self.scenario.routes
        if row["carrier"] not in carriers:
            what = f"found {show(row['carrier'])}, which is not one of the carriers"
            self._add(line, "carrier", f"{what}; {choices(carriers, row['carrier'])}")
            return ""
        services = carriers[row["carrier"]].services
        served = {name: (routes[name].origin, routes[name].destination) for name in services}
        ends = (row["origin"], row["destination"])
        matching = [name for name, route_ends in served.items() if route_ends == ends]
        if len(matching) == 1:
            return matching[0]
        if matching:
            text = f"found {show(ends[0])}, from where {row['carrier']!r} serves several routes: {matching}"
            self._add(line, "origin", f"{text}; one such route is allowed")
            return ""
        column = "destination" if any(ends[0] == origin for origin, _ in served.values()) else "origin"
        known = sorted({d for o, d in served.values() if o == ends[0]} or {o for o, _ in served.values()})
        what = f"found {show(row[column])}, where {row['carrier']!r} has no service"
        self._add(line, column, f"{what}; {choices(known, row[column])}")
        return ""
