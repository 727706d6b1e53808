"""The tables that `corridor run` ends with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.outputs.results import Results

PRESSURE = (
    ("pressure_mean", "mean", "{:.2f}"),
    ("pressure_peak", "peak", "{:.2f}"),
    ("peak_date", "peak date", "{:%Y-%m-%d}"),
    ("days_over", "days over 1", "{:.0f}"),
)
EVENTS = (
    ("attempts", "attempts", "{:,.0f}"),
    ("recorded_attempts", "recorded", "{:,.0f}"),
    ("turn_backs", "turn-backs", "{:,.0f}"),
    ("entries", "entries", "{:,.0f}"),
)
PEOPLE = (
    ("in_procedure", "in procedure", "{:,.0f}"),
    ("persons_stranded", "stranded", "{:,.0f}"),
    ("returned", "returned", "{:,.0f}"),
    ("deaths", "deaths", "{:,.0f}"),
)
ROUTES = (
    ("departures", "departures", "{:,.0f}"),
    ("seats", "seats", "{:,.0f}"),
    ("boarded", "boarded", "{:,.0f}"),
    ("reached_border", "at border", "{:,.0f}"),
    ("attempts", "attempts", "{:,.0f}"),
    ("entries", "entries", "{:,.0f}"),
    ("landed", "landed", "{:,.0f}"),
    ("intercepted", "intercepted", "{:,.0f}"),
    ("stranded", "became stranded", "{:,.0f}"),
    ("returned", "returned", "{:,.0f}"),
    ("injuries", "injured", "{:,.0f}"),
    ("deaths", "deaths", "{:,.0f}"),
)
MONTHS = ("attempts", "recorded_attempts", "turn_backs", "entries", "injuries", "deaths")
EMPTY = "·"


def show(results: Results, console: Console) -> None:
    """Print all tables of a run: pressure by section, what came of attempts, routes, months, the record."""
    console.print(_sections(results))
    console.print(_stranded(results), highlight=False, soft_wrap=True)
    console.print(_routes(results))
    console.print(_months(results))
    intervals = _intervals(results)
    if intervals is not None:
        console.print(intervals)
    record = record_table(results.observed())
    if record is not None:
        console.print(record)


def table_of(title: str, caption: str, columns: Iterable[str]) -> Table:
    """An empty table: the first column is left-justified, the others are numbers."""
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", no_wrap=number > 0)
    return table


def _cell(row: pd.Series, column: str, form: str) -> str:
    value = row.get(column)
    return EMPTY if value is None or pd.isna(value) else form.format(value)


def _cells(row: pd.Series, columns: Sequence[tuple[str, str, str]]) -> list[str]:
    return [_cell(row, column, form) for column, _, form in columns]


def _sections(results: Results) -> Table:
    columns = (*PRESSURE, *EVENTS, *PEOPLE)
    among = "" if results.replicates == 1 else f" Medians over {results.replicates} replicates."
    table = table_of(
        "Border pressure by section, and what became of people",
        "pressure = attempts (7-day mean) / attempts a day that the deployed personnel can intercept and process; "
        "1 is full load. Attempts, recorded, turn-backs: events; entries, in procedure, stranded (in the end, "
        f"wherever they are), returned, deaths: persons, by the last section tried.{among}",
        ("section", *(title for _, title, _ in columns)),
    )
    summary = results.summary
    for agency, totals in results.agencies.iterrows():
        own = summary[summary["agency"] == agency]
        for name, row in own.iterrows():
            table.add_row(escape(f"{name}  {row['title']}"), *_cells(row, columns))
        table.add_row(escape(str(totals["title"])), *_cells(totals, columns), style="bold", end_section=True)
    for _, row in summary[~summary["agency"].isin(list(results.agencies.index))].iterrows():
        table.add_row("before any section, and by sea", *_cells(row, columns))
    return table


def _stranded(results: Results) -> str:
    """Where the stranded are in the end: in border zones, and in each other place."""
    part = results.totals[(results.totals["level"] == "place") & (results.totals["measure"] == "persons_stranded")]
    persons = part.groupby("name")["value"].median()
    zones = set(results.scenario.zones)
    counts = {"in border zones": persons[persons.index.isin(list(zones))].sum()}
    counts |= {f"in {place}": persons[place] for place in sorted(set(persons.index) - zones) if persons[place]}
    return (
        "Stranded in the end (persons): " + ", ".join(f"{count:,.0f} {where}" for where, count in counts.items()) + "\n"
    )


def _routes(results: Results) -> Table:
    table = table_of(
        "By route",
        "departures: flights, buses or boats, with seats for migrants; attempts: events; all else: persons. Became "
        "stranded: in the whole run; some of them went on later.",
        ("route", *(title for _, title, _ in ROUTES)),
    )
    for name, row in results.routes.iterrows():
        if row.fillna(0).any():
            table.add_row(str(name), *_cells(row, ROUTES))
    return table


def _months(results: Results) -> Table:
    monthly = results.monthly
    part = monthly[(monthly["level"] == "agency") & (monthly["statistic"] == "sum")]
    totals = part.groupby(["month", "measure", "replicate"])["value"].sum().groupby(["month", "measure"]).median()
    wide = totals.unstack().reindex(columns=list(MONTHS))
    table = table_of("By month, all border sections", "deaths at the border; all months in numbers: monthly.csv", ())
    for number, title in enumerate(("month", *(name.replace("_", " ") for name in MONTHS))):
        table.add_column(title, justify="left" if number == 0 else "right")
    for month, row in wide.iterrows():
        table.add_row(str(month), *(f"{row[name]:,.0f}" for name in MONTHS))
    return table


def _intervals(results: Results) -> Table | None:
    if results.replicates == 1:
        return None
    table = table_of(
        f"Intervals over {results.replicates} replicates",
        "each replicate draws the scenario's parameters and its own people",
        ("measure", "5 %", "25 %", "median", "75 %", "95 %", "unit"),
    )
    wanted = results.intervals[results.intervals["level"] == "agency"]
    for _, row in wanted[wanted["measure"].isin(["pressure_peak", "attempts", "entries", "deaths"])].iterrows():
        form = "{:.2f}" if row["measure"] == "pressure_peak" else "{:,.0f}"
        values: list[Any] = [row[key] for key in ("low90", "low50", "median", "high50", "high90")]
        name = f"{row['name']}: {str(row['measure']).replace('_', ' ')}"
        table.add_row(name, *(form.format(value) for value in values), str(row["unit"]))
    return table


def record_table(observed: pd.DataFrame) -> Table | None:
    """The comparison with the record (`Results.observed`); None if there is none."""
    if observed.empty:
        return None
    observed = observed[observed["state"] == "compared"]
    if observed.empty:
        return None
    table = table_of(
        "Simulated beside the record",
        "observed: published figures (sim/data/observed), with the published range; ≥ and ≤ mark bounds.",
        ("series", "period", "observed", "range", "simulated", "simulated / observed"),
    )
    before = None
    for _, row in observed.iterrows():
        if before is not None and row["series"] != before:
            table.add_section()
        title = "" if row["series"] == before else f"{row['series']} ({row['unit']})"
        before = row["series"]
        bound = {">=": "≥ ", "<=": "≤ "}.get(str(row["bound"]), "")
        limits = [EMPTY if pd.isna(row[key]) else f"{row[key]:,.0f}" for key in ("low", "high")]
        table.add_row(
            title,
            f"{row['period_start']:%Y-%m-%d} to {row['period_end']:%m-%d}",
            EMPTY if pd.isna(row["observed"]) else f"{bound}{row['observed']:,.0f}",
            EMPTY if limits == [EMPTY, EMPTY] else " to ".join(limits),
            f"{row['simulated']:,.0f}",
            EMPTY if pd.isna(row["ratio"]) else f"{row['ratio']:.2f}",
        )
    return table
