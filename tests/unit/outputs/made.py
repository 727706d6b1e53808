"""A run of nine days made by hand, whose numbers tell from which column, section, pair and day they come.

A flow of column c on day d (from 0) is 2**c times the factor of its section, pair or route times d + 1: the sum over a
run is 45 times, over its first week 28 times, and over the two days of its second week 17 times that.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from sim.engine.build import Names
from sim.engine.rows import STATUSES
from sim.engine.tables import PAIR_FLOWS, ROUTE_FLOWS, SECTION_FLOWS
from sim.outputs.run_data import RunData
from sim.outputs.weekly import Layout

DAYS, RUN, FIRST_WEEK, SECOND_WEEK = 9, 45, 28, 17
START = date(2025, 10, 28)  # four days of October, and five of November
PLACES = ["baghdad", "bruzgi", "lithuania", "minsk", "poland", "onward"]
COHORTS, ROUTES = ["iraqis", "syrians"], ["air", "land"]
SECTIONS, AGENCIES = ["ash", "birch", "cedar", "dune"], ["lithuania", "poland"]
PAIRS = [("iraqis", "air"), ("iraqis", "land"), ("syrians", "land")]
NAMES = Names(PLACES, COHORTS, ROUTES, ["bus"], ["belarus"], ["bruzgi"], SECTIONS, AGENCIES, [], PAIRS)
OF_SECTION = np.array([1, 10, 100, 0])  # ash is Lithuania's, the others are Poland's; to dune nobody comes
OF_AGENCY = np.array([1, 110])
OF_PAIR = np.array([1, 10, 100])
OF_ROUTE, OF_COHORT = np.array([1, 110]), np.array([11, 100])
OF_ROUTE_ALONE = np.array([3, 5])
AGENCY_OF, AGENCY_PLACE = np.array([0, 1, 1, 1]), np.array([2, 4])
PAIR_COHORT, PAIR_ROUTE = np.array([0, 0, 1]), np.array([0, 1, 1])
ATTEMPTS_BY_PAIR = np.array([[4, 2, 0], [1, 5, 6], [0, 0, 8], [0, 0, 0]], np.int64)
REACTED = np.array([[2.0, 4.0, 3.0], [0.0, np.nan, 0.0]])  # times begun, first day, days in force


def flow(columns: tuple[str, ...], *names: str) -> int:
    """What a flow made of these columns is for a factor of 1 on the first day."""
    return sum(2 ** columns.index(name) for name in names)


def at_border(*names: str) -> int:
    return flow(SECTION_FLOWS, *names)


def on_way(*names: str) -> int:
    return flow(PAIR_FLOWS, *names)


def _flows(factors: np.ndarray, columns: tuple[str, ...], days: int) -> np.ndarray:
    day, column = np.arange(1, days + 1), 2 ** np.arange(len(columns))
    found: np.ndarray = (day[:, None, None] * factors[None, :, None] * column).astype(np.int64)
    return found


def capacity(days: int = DAYS) -> np.ndarray:
    """Of ash 1 on the first day, 48 up to the seventh and then 64; the others' is the same every day."""
    of_ash = np.array([1.0] + [48.0] * 6 + [64.0] * max(days - 7, 0))[:days]
    return np.column_stack([of_ash, *(np.full(days, number) for number in (1280.0, 3200.0, 0.0))])


def stocks(names: int, days: int = DAYS) -> np.ndarray:
    """Persons by day, name and status: the day's number (from 1), a hundred for each name, a thousand a status."""
    day, name, status = np.arange(1, days + 1), np.arange(names), np.arange(len(STATUSES))
    found: np.ndarray = day[:, None, None] + 100 * name[None, :, None] + 1000 * status[None, None, :]
    return found


def last_section() -> np.ndarray:
    """Persons at the end by section (the last row: none tried) and status: a tens digit for the row."""
    found: np.ndarray = 10 * np.arange(1, len(SECTIONS) + 2)[:, None] + 100 * np.arange(len(STATUSES))[None, :]
    return found


def made_run(scale: int = 1, days: int = DAYS, **changes: Any) -> RunData:
    """The run, with flows multiplied."""
    found = RunData(
        names=NAMES, start=START, seed=7, agency_of=AGENCY_OF, agency_place=AGENCY_PLACE, pair_cohort=PAIR_COHORT,
        pair_route=PAIR_ROUTE, section_flows=scale * _flows(OF_SECTION, SECTION_FLOWS, days), capacity=capacity(days),
        detection=np.tile([0.25, 0.5, 0.75, 1.0], (days, 1)) * np.linspace(0, 1, days)[:, None],
        pair_flows=scale * _flows(OF_PAIR, PAIR_FLOWS, days),
        route_flows=scale * _flows(OF_ROUTE_ALONE, ROUTE_FLOWS, days),
        by_cohort=stocks(len(COHORTS), days), by_place=stocks(len(PLACES), days),
        attempts_by_pair=scale * ATTEMPTS_BY_PAIR, last_section=scale * last_section(), events=99, reactions=REACTED,
    )  # fmt: skip
    return found._replace(**changes)


def made_layout(**changes: Any) -> Layout:
    found = Layout(NAMES, AGENCY_OF, AGENCY_PLACE, PAIR_COHORT, PAIR_ROUTE, ["fence", "flights"])
    return found._replace(**changes)


def pressure(factor: float, own: np.ndarray, days: int = DAYS) -> np.ndarray:
    """Pressure by day of patrol calls of a factor and a capacity, from its definition."""
    calls = [factor * at_border("patrol_calls") * (day + 1) for day in range(days)]
    return np.array([sum(calls[max(day - 6, 0) : day + 1]) / 7 / max(own[day], 1 / 7) for day in range(days)])


def pressures() -> dict[str, np.ndarray]:
    """Pressure by section and agency, and of the most loaded section of each day."""
    columns = capacity().T
    found = {name: pressure(factor, own) for name, factor, own in zip(SECTIONS, OF_SECTION, columns, strict=True)}
    found["lithuania"] = found["ash"]
    found["poland"] = pressure(110, columns[1] + columns[2] + columns[3])
    found["all"] = np.max([found[name] for name in SECTIONS], axis=0)
    return found
