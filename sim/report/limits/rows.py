"""What the tables of the limits show, in the terminal and in the report: which routes, rows, headings and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from sim.outputs.rounding import shown
from sim.studies.limits.limits import LEAST, Limits, binding, differences, totals
from sim.studies.limits.observed import ON_LAND, STEPS, TITLES

CAPTION = (
    "Persons over the whole period. Would leave, can pay: expected numbers of those at home on each day, if the route "
    "cost nothing, or its price, and nobody had to wait; who stays at home counts again on later days. Set out, visa, "
    "seat: bookings, some of them made again. From boarded on each person counts once. Lost here: of the step before, "
    "for good or still on the way."
)
EASIER = (
    "Aboard, in: how many more, on the same people and draws, if that step alone is a tenth easier on these routes."
)
CONTRIBUTION = "contribution: to the difference in those who get in; the sum is exact"
STEPS_COLUMNS = ("step", "persons", "lost here", "a tenth easier", "aboard", "in", "value is")
_MOST = 2  # comparisons whose steps are shown by route
ALL = "all"


def told(limits: Limits, pairs: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    """Return the scenarios and routes whose steps are shown, and the pairs and routes whose differences are.

    Without pairs the steps are those of all routes by which anybody would leave; else those of the routes that differ,
    in each other scenario, or none if there are more than two pairs.
    """
    if not pairs:
        names = dict.fromkeys(limits.steps["scenario"])
        return [(str(name), route) for name in names for route in _used(limits, str(name))], []
    several = limits.steps["route"].nunique() > 1
    steps, found = [], []
    for base, other in pairs:
        routes = changed(limits, base, other) if len(pairs) <= _MOST else []
        steps += [(other, route) for route in routes]
        found += [(base, other, route) for route in ([ALL, *routes] if several else [ALL])]
    return steps, found


def _used(limits: Limits, scenario: str) -> list[str]:
    own = limits.steps[limits.steps["scenario"] == scenario].groupby("route", sort=True)["would_leave"].sum()
    return [str(route) for route, value in own.items() if value >= LEAST]


def changed(limits: Limits, base: str, other: str) -> list[str]:
    """Return the routes by which other numbers board or get in, by one in a hundred or more."""
    found = differences(limits, base, other)
    found = found[found["step"].isin(["boarded", "entered"]) & (found["route"] != ALL)]
    there = found["difference"].abs() >= (found["base"] / 100).clip(lower=LEAST)
    return [str(route) for route in dict.fromkeys(found[there]["route"])]


class Gain(NamedTuple):
    """How many more a tenth brings: the mean, and its ends, which are the same where replicates agree."""

    middle: str
    low: str
    high: str


class Easier(NamedTuple):
    """What is made a tenth easier, what that brings aboard and in, and whether it rests on a source."""

    what: str
    gains: tuple[Gain, Gain]
    value_is: str


class Step(NamedTuple):
    """A step of a route: its title, whether it binds, persons, and those lost since the step before (empty: none)."""

    title: str
    binds: bool
    persons: str
    lost: str
    easier: Easier | None


def step_rows(limits: Limits, scenario: str, route: str) -> Iterator[Step]:
    """Yield each step of a route."""
    persons, binds = totals(limits, scenario, route), binding(limits, scenario, route)
    gains = limits.gains[(limits.gains["scenario"] == scenario) & (limits.gains["route"] == route)].set_index("step")
    before = None
    for step in _steps_of(limits, route):
        yield Step(
            TITLES[step], step in binds, _whole(persons[step]),
            "" if before is None else signed(persons[step] - before),
            _easier(gains.loc[step]) if step in gains.index else None,
        )  # fmt: skip
        before = persons[step]


def _easier(row: pd.Series) -> Easier:
    aboard, entered = (
        Gain(*(signed(float(row[f"{name}{end}"])) for end in ("", "_low", "_high"))) for name in ("boarded", "entered")
    )
    return Easier(str(row["easier"]), (aboard, entered), "assumed" if row["assumed"] else "sourced")


def difference_rows(limits: Limits, base: str, other: str, route: str) -> tuple[list[list[str]], str]:
    """Return the steps of a route, or of all (title, persons of both, difference, contribution), and the sum."""
    found = differences(limits, base, other)
    own = found[(found["route"] == route) & found["step"].isin(_steps_of(limits, route))]
    rows = [
        [TITLES[str(row.step)], _whole(row.base), _whole(row.other), signed(row.difference), signed(row.contribution)]
        for row in own.itertuples()
    ]
    return rows, signed(float(own["contribution"].sum()))


def _steps_of(limits: Limits, route: str) -> list[str]:
    return [step for step in STEPS if route not in limits.over_sea or step not in ON_LAND]


def title_of_steps(limits: Limits, scenario: str, route: str) -> str:
    """Return the title of a table of steps."""
    return f"{scenario}, {route}: {limits.first} to {limits.last}, {_runs(limits)}"


def title_of_differences(limits: Limits, base: str, other: str, route: str) -> str:
    """Return the title of a table of differences."""
    where = "all routes" if route == ALL else route
    return f"Difference by step, {where}: {other} less {base}, {limits.first} to {limits.last}, {_runs(limits)}"


def signed(value: float) -> str:
    """Return whole persons with a sign; 0 has none."""
    return shown(value, sign=True, exact=True)


def _whole(value: float) -> str:
    return shown(value, exact=True)


def _runs(limits: Limits) -> str:
    return "one run" if limits.replicates == 1 else f"means of {limits.replicates} runs"
