"""Terminal tables of a run, as printed by `corridor run`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from rich.console import Console

from sim.data.plain_text import visible
from sim.outputs.definitions import NOWHERE, definition, short_of
from sim.outputs.results import Results
from sim.outputs.rounding import shown
from sim.outputs.totals import QUANTILES
from sim.outputs.trust import Trust
from sim.report import trust
from sim.report.console_table import ConsoleTable
from sim.report.words import number
from sim.scenario.modes import ANY_DEPARTURES

# Columns that tables show, in order: outputs, or the summary's dates of them; and those of them that even a narrow
# terminal has room for, by importance.
SECTIONS = (
    "pressure_mean", "pressure_peak", "peak_day", "days_over", "attempts", "recorded_attempts", "turn_backs", "entries",
    "in_procedure", "persons_stranded", "returned", "deaths",
)  # fmt: skip
MONTHS = ("attempts", "recorded_attempts", "turn_backs", "entries", "injuries", "deaths")
MAIN = ("pressure_peak", "attempts", "entries", "persons_stranded", "deaths", "pressure_mean", "days_over")
MAIN_OF_ROUTES = ("boarded", "attempts", "entries", "landed", "stranded", "deaths")
INTERVALS = ("pressure_peak", "attempts", "entries", "deaths")
EMPTY = "·"


def show(results: Results, console: Console) -> None:
    """Print all tables of a run: pressure by section, results of attempts, routes, months, the record."""
    console.print(_sections(results))
    for line in (*trust.sentences({"": results.scenario}), _stranded(results)):
        console.print(visible(line), highlight=False, markup=False, soft_wrap=True)
    console.print(_routes(results))
    console.print(_months(results))
    intervals = _intervals(results)
    if intervals is not None:
        console.print(intervals)
    record = record_table(results.observed(), exact=results.replicates == 1)
    if record is not None:
        console.print(record)


def _cells(results: Results, row: pd.Series, columns: Iterable[str]) -> list[str]:
    return [_date(row.get(day)) if (day := definition(c).date) else _number(results, row.get(c), c) for c in columns]


def _date(value: Any) -> str:
    return EMPTY if value is None or pd.isna(value) else f"{value:%Y-%m-%d}"


def _number(results: Results, value: float | None, output: str = "") -> str:
    return number(value, output, exact=results.replicates == 1, nothing=EMPTY)


def _sections(results: Results) -> ConsoleTable:
    among = "" if results.replicates == 1 else f" Medians over {results.replicates} replicates."
    table = ConsoleTable(
        "Border pressure by section, and what became of people",
        "pressure = attempts (7-day mean) / attempts a day that the deployed personnel can intercept and process; "
        "1 is full load. Attempts, recorded, turn-backs: events; entries, in procedure, stranded (in the end, "
        f"wherever they are), returned, dead: persons, by the last section tried.{among}",
        ("section", *map(short_of, SECTIONS), "trust"),
        tuple(map(short_of, MAIN)),
    )
    marks = Trust(results.scenario)
    for name, row in results.summary.iterrows():
        cells = [*_cells(results, row, SECTIONS), trust.in_words(marks, str(row["level"]), str(name))]
        if row["level"] == "agency":
            table.add_row(str(row["title"]), *cells, style="bold", ends_section=True)
        else:
            title = "before any section, and by sea" if name == NOWHERE else f"{name}  {row['title']}"
            table.add_row(title, *cells)
    return table


def _stranded(results: Results) -> str:
    """Describe where the stranded are at the end: in border zones, and in each other place."""
    part = results.totals[(results.totals["level"] == "place") & (results.totals["measure"] == "persons_stranded")]
    persons = part.groupby("name")["value"].median()
    zones = set(results.scenario.zones)
    counts = {"in border zones": persons[persons.index.isin(list(zones))].sum()}
    counts |= {f"in {place}": persons[place] for place in sorted(set(persons.index) - zones) if persons[place]}
    parts = [f"{_number(results, count)} {where}" for where, count in counts.items()]
    return f"Stranded in the end (persons): {', '.join(parts)}\n"


def _routes(results: Results) -> ConsoleTable:
    table = ConsoleTable(
        "By route",
        f"departures: {ANY_DEPARTURES}, with seats for migrants; attempts, at border: events, as people go again; "
        "all else: persons. Became stranded: in the whole run; some of them went on later.",
        ("route", *map(short_of, results.routes.columns)),
        tuple(short_of(name) for name in MAIN_OF_ROUTES if name in results.routes.columns),
    )
    for name, row in results.routes.iterrows():
        if row.fillna(0).any():
            table.add_row(str(name), *_cells(results, row, results.routes.columns))
    return table


def _months(results: Results) -> ConsoleTable:
    monthly = results.monthly
    part = monthly[(monthly["level"] == "agency") & (monthly["statistic"] == "sum")]
    totals = part.groupby(["month", "measure", "replicate"])["value"].sum().groupby(["month", "measure"]).median()
    wide = totals.unstack().reindex(columns=list(MONTHS))
    table = ConsoleTable(
        "By month, all border sections",
        "deaths at the border; all months in numbers: monthly.csv",
        ("month", *map(short_of, MONTHS)),
        tuple(short_of(name) for name in ("attempts", "entries", "deaths", "recorded_attempts")),
    )
    for month, row in wide.iterrows():
        table.add_row(str(month), *(_number(results, row[name], name) for name in MONTHS))
    return table


def _intervals(results: Results) -> ConsoleTable | None:
    if results.replicates == 1:
        return None
    table = ConsoleTable(
        f"Intervals over {results.replicates} replicates",
        "each replicate draws the scenario's parameters and its own people",
        ("output", "5 %", "25 %", "median", "75 %", "95 %", "unit"),
        ("median", "5 %", "95 %", "unit"),
    )
    wanted = results.intervals[results.intervals["level"] == "agency"]
    for _, row in wanted[wanted["measure"].isin(INTERVALS)].iterrows():
        output = str(row["measure"])
        values = (number(row[key], output) for key, _ in QUANTILES)
        table.add_row(f"{row['name']}: {short_of(output)}", *values, str(row["unit"]))
    return table


def record_table(observed: pd.DataFrame, *, exact: bool = False) -> ConsoleTable | None:
    """The comparison with the record (`Results.observed`); None if there is none.

    Args:
        observed: Published figures, shown as published, and simulated ones.
        exact: Whether the simulated figures are of a single run.
    """
    if observed.empty:
        return None
    observed = observed[observed["state"] == "compared"]
    if observed.empty:
        return None
    table = ConsoleTable(
        "Simulated beside the record",
        "observed: published figures (sim/data/observed), with the published range; ≥ and ≤ mark bounds.",
        ("series", "period", "observed", "range", "simulated", "simulated / observed"),
        ("period", "observed", "simulated", "simulated / observed"),
    )
    before = None
    for _, row in observed.iterrows():
        if before is not None and row["series"] != before:
            table.end_section()
        title = "" if row["series"] == before else f"{row['series']} ({row['unit']})"
        before = row["series"]
        bound = {">=": "≥ ", "<=": "≤ "}.get(str(row["bound"]), "")
        limits = [number(row[key], exact=True, nothing=EMPTY) for key in ("low", "high")]
        table.add_row(
            title,
            f"{row['period_start']:%Y-%m-%d} to {row['period_end']:%m-%d}",
            EMPTY if pd.isna(row["observed"]) else f"{bound}{number(row['observed'], exact=True)}",
            EMPTY if limits == [EMPTY, EMPTY] else " to ".join(limits),
            number(row["simulated"], exact=exact),
            EMPTY if pd.isna(row["ratio"]) else shown(row["ratio"], 2),
        )
    return table
