"""The tables of a report: at a glance, by section and route, differences, all measures, the spread, the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from sim.outputs.beside_record import COMPARED
from sim.report.definitions import AT_BORDER, HUMAN, ON_THE_WAY, definition, title_of
from sim.report.findings import Findings
from sim.report.sentences import Row, difference_of, has_sea, row_of
from sim.report.words import days, interval, is_day, number, share

MOST_COLUMNS = 4  # scenarios side by side in one table
_BORDER = ("attempts", "entries", "pressure_peak", "days_over")
_SECTION = ("pressure_mean", "pressure_peak", "days_over", "attempts", "entries")
_SECTION_HUMAN = ("persons_stranded", "returned", "deaths")
_ROUTE = ("boarded", "attempts", "entries", "landed")
_SHORT = {
    "pressure_mean": "mean pressure", "pressure_peak": "highest pressure", "days_over": "days over 1",
    "attempts": "attempts", "entries": "entries", "stranded": "became stranded",
    "persons_stranded": "stranded at end", "returned": "returned", "deaths": "dead",
    "boarded": "boarded", "landed": "landed", "injuries": "injured",
}  # fmt: skip


@dataclass
class Cell:
    """A number, and what is printed small beneath it."""

    main: str
    sub: str = ""
    mark: str = ""


@dataclass
class Line:
    """A line of a table: what it is of, and its cells; a heading where there are none."""

    label: str
    note: str = ""
    cells: list[Cell] = field(default_factory=list)
    strong: bool = False


@dataclass
class Table:
    """A table; ``key`` names its look."""

    title: str
    note: str
    columns: list[str]
    lines: list[Line]
    key: str = ""


def cell(found: Findings, row: Row | None, measure: str, *, sign: bool = False) -> Cell:
    """A median, with its 90 % interval where there are several replicates."""
    if row is None:
        return Cell(number(float("nan")))
    start = found.scenario.start
    if sign and is_day(measure):
        start = None  # type: ignore[assignment]
    main = number(row["median"], measure, start=start, sign=sign)
    several = row["replicates"] > 1 and row["low90"] != row["high90"]
    return Cell(main, interval(row, measure, start=start, sign=sign) if several else "")


def glance(found: Findings) -> Table:
    """The border's figures and the people's, of all scenarios."""
    border = [*_BORDER, *(["landed"] if has_sea(found) else [])]
    lines = []
    for title, measures in (("At the border", border), ("The people", HUMAN)):
        lines.append(Line(title))
        for measure in measures:
            cells = [cell(found, row_of(found, name, measure), measure) for name in found.names]
            lines.append(Line(title_of(measure), definition(measure).unit, cells))
    note = "Median, and beneath it the 90\u202f% interval." if found.several else ""
    return Table("At a glance", note, ["", *found.names], lines, "glance")


def differences(found: Findings, other: str) -> Table:
    """A scenario less the base, measure by measure; the border's and the people's."""
    lines = []
    for title, measures in (("At the border", AT_BORDER), ("On the way", ON_THE_WAY), ("The people", HUMAN)):
        lines.append(Line(title))
        for measure in measures:
            row = difference_of(found, other, measure)
            if row is None:
                continue
            pairs = int(row["replicates"])
            ends = interval(row, measure, sign=True) if pairs > 1 else ""
            counts = f"{round(row['lower'] * pairs)} / {round(row['higher'] * pairs)}"
            values = [cell(found, row_of(found, name, measure), measure) for name in (found.base, other)]
            change = Cell(number(row["median"], measure, sign=True), ends)
            lines.append(Line(title_of(measure), str(row["unit"]), [change, *values, Cell(counts)]))
    columns = ["", "difference", found.base, other, f"lower / higher, of {found.pairs(other)}"]
    return Table(f"{other} less {found.base}", "", columns, lines, "differences")


def sections(found: Findings, other: str | None = None) -> Table:
    """By section and agency; of the base, or the difference that another scenario makes."""
    columns = (*(_SECTION if other is None else _SECTION[1:]), *_SECTION_HUMAN)
    ever = other is None and found.several
    lines = []
    for agency in found.agencies:
        for level, name in (*(("section", n) for n in found.sections_of(agency)), ("agency", agency)):
            title = found.title_of(level, name)
            note = name if level == "section" and title != name else ""
            cells = _cells(found, level, name, columns, other)
            if ever:
                cells.append(Cell(share(found.ever_over.get((found.base, name), 0.0))))
            lines.append(Line(title, note, cells, level == "agency"))
    rest = _cells(found, "section", "before-any-section", columns, other)
    if lines and any(entry.main not in ("–", "0") for entry in rest):
        lines.append(Line("Before any section, and by sea", "", [*rest, *([Cell("–")] if ever else [])]))
    names = [_SHORT[measure] for measure in columns]
    title = "By section" if other is None else f"By section: {other} less {found.base}"
    note = "Stranded, returned and dead: persons, by the last section that they tried."
    if ever:
        names.append("ever over 1")
    return Table(title, note, ["", *names], lines, "places")


def routes(found: Findings, other: str | None = None) -> Table:
    """By route; of the base, or the difference that another scenario makes. Routes that nobody takes are left out."""
    sea = has_sea(found)
    columns = [measure for measure in (*_ROUTE, "stranded", "returned", "deaths") if measure != "landed" or sea]
    lines = []
    for name in found.routes:
        cells = _cells(found, "route", name, columns, other)
        if any(entry.main not in ("0", "–") or entry.sub for entry in cells):
            lines.append(Line(name, "", cells))
    title = "By route" if other is None else f"By route: {other} less {found.base}"
    return Table(title, "", ["", *(_SHORT[measure] for measure in columns)], lines, "places")


def _cells(found: Findings, level: str, name: str, columns: Sequence[str], other: str | None) -> list[Cell]:
    if other is None:
        return [cell(found, found.value(found.base, measure, level, name), measure) for measure in columns]
    return [cell(found, found.difference(other, measure, level, name), measure, sign=True) for measure in columns]


def measures(found: Findings) -> list[Table]:
    """Every measure of the whole border and the whole way, with its definition; so many scenarios a table."""
    table = found.intervals
    known = [str(name) for name in dict.fromkeys(table[table["level"] == "all"]["measure"])]
    known = [*known, *(["in_procedure"] if row_of(found, found.base, "in_procedure") else [])]
    tables = []
    for first in range(0, len(found.names), MOST_COLUMNS):
        names = found.names[first : first + MOST_COLUMNS]
        lines = [_measure(found, names, measure) for measure in known]
        columns = ["measure", "unit"]
        for name in names:
            label = name if found.others else ""
            if found.several and not found.others:
                columns += ["median", "50\u202f% interval", "90\u202f% interval", "mean"]
            else:
                columns += [label or "value"]
        tables.append(Table("", "", columns, lines, "measures"))
    return tables


def _measure(found: Findings, names: Sequence[str], measure: str) -> Line:
    what = definition(measure)
    formula = f" {what.formula}." if what.formula not in ("", "count") else ""
    answers = f" Answers to: {what.answers_to}." if what.answers_to else ""
    unit = "date" if is_day(measure) else what.unit
    cells = [Cell(unit)]
    for name in names:
        row = row_of(found, name, measure)
        if not (found.several and not found.others):
            cells.append(cell(found, row, measure))
        elif row is None:
            cells += [Cell(number(float("nan")))] * 4
        else:
            start = found.scenario.start
            cells += [Cell(number(row["median"], measure, start=start))]
            cells += [Cell(interval(row, measure, start=start, share=width)) for width in (50, 90)]
            cells += [Cell(number(row.get("mean", float("nan")), measure, start=start))]
    return Line(what.title, f"{what.meaning}{formula}{answers}", cells)


def loads(found: Findings) -> Table:
    """How likely, how long and from when each section is over full load, of the base."""
    lines = []
    for name in found.sections:
        over = found.ever_over.get((found.base, name), 0.0)
        if over > 0:
            rows = {m: found.value(found.base, m, "section", name) for m in ("days_over", "first_over_day")}
            cells = [cell(found, row, measure) for measure, row in rows.items()]
            if found.several:
                cells.insert(0, Cell(share(over)))
            lines.append(Line(found.title_of("section", name), name, cells))
    columns = ["section", *(["ever over 1"] if found.several else []), "days over 1", "first over 1"]
    return Table("", "", columns, lines, "loads")


def spread(found: Findings) -> Table | None:
    """How much of the variance of each measure comes from the parameters; None where that is not known."""
    table = found.spread
    if not len(table):
        return None
    rows = table[(table["level"] == "all") & table["parameters_share"].notna()].set_index("measure")
    wanted = [m for m in (*AT_BORDER, *ON_THE_WAY, *HUMAN) if m in rows.index]
    lines = []
    for measure in wanted:
        row = rows.loc[measure]
        own = float(row["parameters_share"])
        cells = [Cell(share(own)), Cell(share(float(row["chance_share"]))), Cell("", mark=f"{100 * own:.0f}")]
        lines.append(Line(title_of(measure), "", cells))
    twins = int(table["twins"].max())
    note = (
        f"From {twins} replicates that were run twice, with the same parameters and other people. "
        "With few of them, the shares are rough."
    )
    columns = ["measure", "from the parameters", "from chance", ""]
    return Table("Where the spread comes from", note, columns, lines, "spread") if lines else None


def record(found: Findings, scenario: str) -> Table | None:
    """The published series that a scenario names, beside what was simulated; None if there are none."""
    if not found.scenarios[scenario].observed:
        return None
    observed = found.observed(scenario)
    observed = observed[observed["state"] == COMPARED]
    lines: list[Line] = []
    for series, part in observed.groupby("series", sort=False):
        lines.append(Line(str(series), str(part.iloc[0]["unit"])))
        lines += [_record_line(found, row) for row in part.to_dict("records")]
    columns = ["period", "published", "simulated", "simulated / published", "note"]
    return Table("", "", columns, lines, "record") if lines else None


def _record_line(found: Findings, row: Row) -> Line:
    bound = {">=": "≥\u202f", "<=": "≤\u202f"}.get(str(row["bound"]), "")
    limits = [number(row[key]) for key in ("low", "high")]
    published = f"{limits[0]} to {limits[1]}" if "–" not in limits and limits[0] != limits[1] else ""
    simulated = Cell(number(row["simulated"]))
    if found.several:
        low, high = number(row["sim_low"]), number(row["sim_high"])
        simulated.sub = f"{low} to {high}" if low != high else ""
    ratio = "–" if pd.isna(row["ratio"]) else f"{row['ratio']:.2f}"
    note = row["note"] if isinstance(row["note"], str) else ""
    first, last = (pd.Timestamp(row[key]) for key in ("period_start", "period_end"))
    seen = Cell(f"{bound}{number(row['observed'])}", published)
    return Line(days(first, last), "", [seen, simulated, Cell(ratio), Cell(note)])
