"""Terminal tables of what limits the flow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from rich.console import Console

from sim.data.plain_text import visible
from sim.report.console import EMPTY
from sim.report.console_table import Cell, ConsoleTable
from sim.report.limits.sentences import sentences
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


_MOST = 2  # comparisons whose steps are shown by route


def show_limits(limits: Limits, console: Console, pairs: Sequence[tuple[str, str]] = ()) -> None:
    """Print the steps by route, and what each contributes to differences of ``pairs``.

    Without pairs the steps are those of all routes by which anybody would leave; else those of the routes that differ,
    in each other scenario, or none if there are more than two.
    """
    routes = {name: _used(limits, name) for name in dict.fromkeys(limits.steps["scenario"])}
    if pairs:
        routes = {other: changed(limits, base, other) for base, other in pairs}
    for scenario, own in routes.items() if len(pairs) <= _MOST else ():
        for route in own:
            console.print(steps_table(limits, scenario, route))
            for line in sentences(limits, scenario, route):
                console.print(visible(line), highlight=False, markup=False, soft_wrap=True)
            console.print()
    for base, other in pairs:
        for table in difference_tables(limits, base, other, routes[other] if len(pairs) <= _MOST else []):
            console.print(table)
    for note in (CAPTION, EASIER):
        console.print(visible(note), highlight=False, markup=False, style="dim")


def _used(limits: Limits, scenario: str) -> list[str]:
    own = limits.steps[limits.steps["scenario"] == scenario].groupby("route", sort=True)["would_leave"].sum()
    return [str(route) for route, value in own.items() if value >= LEAST]


def changed(limits: Limits, base: str, other: str) -> list[str]:
    """Return the routes by which other numbers board or get in, by one in a hundred or more."""
    found = differences(limits, base, other)
    found = found[found["step"].isin(["boarded", "entered"]) & (found["route"] != "all")]
    there = found["difference"].abs() >= (found["base"] / 100).clip(lower=LEAST)
    return [str(route) for route in dict.fromkeys(found[there]["route"])]


def steps_of(limits: Limits, route: str) -> list[str]:
    """Return the steps that a route has."""
    return [step for step in STEPS if route not in limits.over_sea or step not in ON_LAND]


def steps_table(limits: Limits, scenario: str, route: str) -> ConsoleTable:
    """Return a route's steps, with what a tenth more at each brings."""
    persons = totals(limits, scenario, route)
    binds = binding(limits, scenario, route)
    gains = limits.gains[(limits.gains["scenario"] == scenario) & (limits.gains["route"] == route)].set_index("step")
    table = ConsoleTable(
        f"{scenario}, {route}: {limits.first} to {limits.last}, {_runs(limits)}",
        "",
        ("step", "persons", "lost here", "a tenth easier", "aboard", "in", "value is"),
        ("persons", "aboard", "in", "a tenth easier", "lost here", "value is"),
    )
    before = None
    for step in steps_of(limits, route):
        lost = EMPTY if before is None else signed(persons[step] - before)
        before = persons[step]
        cells: list[Cell] = [EMPTY, EMPTY, EMPTY, EMPTY]
        if step in gains.index:
            row = gains.loc[step]
            cells = [str(row["easier"]), _gain(row, "boarded", limits), _gain(row, "entered", limits)]
            cells.append("assumed" if row["assumed"] else "sourced")
        name = f"{TITLES[step]} (binds)" if step in binds else TITLES[step]
        table.add_row(name, f"{persons[step]:,.0f}", lost, *cells, style="bold" if step in binds else "")
    return table


def difference_tables(limits: Limits, base: str, other: str, routes: Iterable[str]) -> list[ConsoleTable]:
    """Return what each step contributes to the difference of two scenarios: of all routes, and of each of these."""
    found = differences(limits, base, other)
    whole = ["all"] if found["route"].nunique() > 2 else []
    tables = []
    for route in [*whole, *(routes if whole else found["route"].unique()[1:])]:
        own = found[found["route"] == route]
        where = "all routes" if route == "all" else route
        table = ConsoleTable(
            f"Difference by step, {where}: {other} less {base}, {limits.first} to {limits.last}, {_runs(limits)}",
            "contribution: to the difference in those who get in; the sum is exact",
            ("step", base, other, "difference", "contribution"),
            ("difference", "contribution", base, other),
        )
        for row in own[own["step"].isin(steps_of(limits, str(route)))].itertuples():
            numbers = f"{row.base:,.0f}", f"{row.other:,.0f}", signed(row.difference), signed(row.contribution)
            table.add_row(TITLES[str(row.step)], *numbers)
        table.end_section()
        table.add_row("sum", EMPTY, EMPTY, EMPTY, signed(float(own["contribution"].sum())), style="bold")
        tables.append(table)
    return tables


def signed(value: float) -> str:
    """Return whole persons with a sign; 0 has none."""
    whole = round(value)
    return "0" if whole == 0 else f"{'+' if whole > 0 else '−'}{abs(whole):,}"


def _gain(row: pd.Series, name: str, limits: Limits) -> Cell:
    low, middle, high = (signed(float(row[key])) for key in (f"{name}_low", name, f"{name}_high"))
    if limits.replicates == 1 or low == high:
        return middle
    return f"{middle} ({low} … {high})", f"{middle}\n({low} … {high})", middle


def _runs(limits: Limits) -> str:
    return "one run" if limits.replicates == 1 else f"means of {limits.replicates} runs"
