"""The tables of a report: at a glance, by section and route, differences, all outputs, variance, the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from sim.outputs.beside_record import COMPARED
from sim.outputs.definitions import (
    ALL,
    BORDER,
    EVERYWHERE,
    GROUPS,
    LEVELS,
    NOWHERE,
    PEOPLE,
    WAY,
    definition,
    is_day,
    short_of,
    title_of,
    with_registered,
)
from sim.outputs.rounding import shown
from sim.outputs.trust import ASSUMED
from sim.report.findings import Findings
from sim.report.sentences import Row, changed, difference_of, has_sea, only_in, row_of, since
from sim.report.trust import in_words
from sim.report.words import days, interval, number, share

MOST_COLUMNS = 4  # scenarios side by side in one table
# The outputs that tables show, in order; differences show those of extensions too.
AT_BORDER = (
    "pressure_mean", "pressure_peak", "days_over", "attempts", "recorded_attempts", "turn_backs", "procedures",
    "crossings", "entries",
)  # fmt: skip
ON_THE_WAY = ("set_out", "boarded", "reached_border", "onward", "landed", "intercepted")
HUMAN = ("stranded", "injuries", "deaths", "returned", "in_procedure")
_GROUPS = (
    ("At the border", BORDER, AT_BORDER),
    ("On the way", WAY, ON_THE_WAY),
    ("The people", PEOPLE, HUMAN),
)
_GLANCE = ("attempts", "entries", "pressure_peak", "days_over")
_SECTION = ("pressure_mean", "pressure_peak", "days_over", "attempts", "entries")
_SECTION_HUMAN = ("persons_stranded", "returned", "deaths")
_ROUTE = ("boarded", "attempts", "entries", "landed")


@dataclass
class Cell:
    """A number, and the small print beneath it."""

    main: str
    sub: str = ""
    mark: str = ""


@dataclass
class Line:
    """A line of a table: its label and cells; a heading if there are none."""

    label: str
    note: str = ""
    cells: list[Cell] = field(default_factory=list)
    strong: bool = False


@dataclass
class Table:
    """A table; ``key`` names its style."""

    title: str
    note: str
    columns: list[str]
    lines: list[Line]
    key: str = ""


def cell(found: Findings, row: Row | None, output: str, *, sign: bool = False) -> Cell:
    """Return a median, with its 90 % interval if there are several replicates."""
    if row is None:
        return Cell(number(float("nan")))
    start = found.scenario.start
    if sign and is_day(output):
        start = None  # type: ignore[assignment]
    main = number(row["median"], output, start=start, sign=sign)
    several = row["replicates"] > 1 and row["low90"] != row["high90"]
    return Cell(main, interval(row, output, start=start, sign=sign) if several else "")


def glance(found: Findings) -> Table:
    """Return the main figures of the border and the people, for all scenarios."""
    border = [*_GLANCE, *(["landed"] if has_sea(found) else [])]
    lines = []
    for title, outputs in (("At the border", border), ("The people", HUMAN)):
        lines.append(Line(title))
        for output in outputs:
            cells = [cell(found, row_of(found, name, output), output) for name in found.names]
            lines.append(Line(title_of(output), definition(output).unit, cells))
    note = "Median, and beneath it the 90\u202f% interval." if found.several else ""
    return Table("At a glance", note, ["", *found.names], lines, "glance")


def differences(found: Findings, other: str) -> Table:
    """Return a scenario minus the base by output, over the window in which they can differ and over the whole run."""
    lines = []
    window = since(found, other)
    for title, group, chosen in _GROUPS:
        lines.append(Line(title))
        for output in with_registered(chosen, group):
            row, *both = changed(found, other, output)
            if row is None:
                continue
            pairs = int(row["replicates"])
            ends = interval(row, output, sign=True) if pairs > 1 else ""
            counts = f"{round(row['lower'] * pairs)} / {round(row['higher'] * pairs)}"
            cells = [Cell(number(row["median"], output, sign=True), ends)]
            cells += [cell(found, own, output) for own in both]
            cells += [cell(found, difference_of(found, other, output), output, sign=True)] if window else []
            lines.append(Line(title_of(output), str(row["unit"]), [*cells, Cell(counts)]))
    columns = ["", "difference", found.base, other, *(["whole run"] if window else [])]
    columns.append(f"lower / higher, of {found.pairs(other)}")
    note = " ".join(f"{text}." for text in only_in(found.scenarios, found.base, other))
    return Table(f"{other} less {found.base}{f', {window}' if window else ''}", note, columns, lines, "differences")


def sections(found: Findings, other: str | None = None) -> Table:
    """Return outputs by section and agency, of the base or as differences of another scenario."""
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
            if other is None:
                cells.append(Cell(in_words(found.trust, level, name)))
            lines.append(Line(title, note, cells, level == "agency"))
    rest = _cells(found, "section", NOWHERE, columns, other)
    if lines and any(entry.main not in ("–", "0") for entry in rest):
        more = [*([Cell("–")] if ever else []), *([Cell(ASSUMED)] if other is None else [])]
        lines.append(Line("Before any section, and by sea", "", [*rest, *more]))
    names = [short_of(output) for output in columns]
    title = "By section" if other is None else _less("By section", found, other)
    note = "Stranded, returned and dead: persons, by the last section that they tried."
    names += [*(["ever over 1"] if ever else []), *(["trust"] if other is None else [])]
    return Table(title, note, ["", *names], lines, "places")


def routes(found: Findings, other: str | None = None) -> Table:
    """Return outputs by route, of the base or as differences of another scenario, without routes that nobody takes."""
    sea = has_sea(found)
    columns = [output for output in (*_ROUTE, "stranded", "returned", "deaths") if output != "landed" or sea]
    columns = with_registered(columns, *GROUPS)
    lines = []
    for name in found.routes:
        cells = _cells(found, "route", name, columns, other)
        if any(entry.main not in ("0", "–") or entry.sub for entry in cells):
            lines.append(Line(name, "", cells))
    title = "By route" if other is None else _less("By route", found, other)
    return Table(title, "", ["", *(short_of(output) for output in columns)], lines, "places")


def _less(title: str, found: Findings, other: str) -> str:
    window = since(found, other)
    return f"{title}: {other} less {found.base}{f', {window}' if window else ''}"


def _cells(found: Findings, level: str, name: str, columns: Sequence[str], other: str | None) -> list[Cell]:
    if other is None:
        return [cell(found, found.value(found.base, output, level, name), output) for output in columns]
    return [cell(found, found.difference_at(other, output, level, name), output, sign=True) for output in columns]


def all_outputs(found: Findings) -> list[Table]:
    """Return every output of the whole border and way, with its definition, a few scenarios per table."""
    known = _known(found)
    tables = []
    for first in range(0, len(found.names), MOST_COLUMNS):
        names = found.names[first : first + MOST_COLUMNS]
        lines = [_output(found, names, *row) for row in known]
        columns = ["output", "unit"]
        for name in names:
            label = name if found.others else ""
            if found.several and not found.others:
                columns += ["median", "50\u202f% interval", "90\u202f% interval", "mean"]
            else:
                columns += [label or "value"]
        tables.append(Table("", "", columns, lines, "outputs"))
    return tables


def _known(found: Findings) -> list[tuple[str, str, str]]:
    """Return output, level and name of all rows for the whole, and at levels that extensions have added."""
    table = found.intervals
    whole = [str(name) for name in dict.fromkeys(table[table["level"] == ALL]["measure"])]
    whole = [*whole, *(["in_procedure"] if row_of(found, found.base, "in_procedure") else [])]
    added = table[~table["level"].isin([*LEVELS, ALL, EVERYWHERE]) & (table["high90"] > 0)]
    keys = dict.fromkeys(zip(*(added[key].astype(str) for key in ("measure", "level", "name")), strict=True))
    return [*((output, ALL, ALL) for output in whole), *keys]


def _output(found: Findings, names: Sequence[str], output: str, level: str, own: str) -> Line:
    what = definition(output)
    formula = f" {what.formula}." if what.formula not in ("", "count") else ""
    answers = f" Answers to: {what.answers_to}." if what.answers_to else ""
    unit = "date" if is_day(output) else what.unit
    cells = [Cell(unit)]
    for name in names:
        row = row_of(found, name, output) if level == ALL else found.value(name, output, level, own)
        if not (found.several and not found.others):
            cells.append(cell(found, row, output))
        elif row is None:
            cells += [Cell(number(float("nan")))] * 4
        else:
            start = found.scenario.start
            cells += [Cell(number(row["median"], output, start=start))]
            cells += [Cell(interval(row, output, start=start, share=width)) for width in (50, 90)]
            cells += [Cell(number(row.get("mean", float("nan")), output, start=start))]
    title = what.title if level == ALL else f"{what.title}, {level}: {own}"
    return Line(title, f"{what.meaning}{formula}{answers}", cells)


def loads(found: Findings) -> Table:
    """Return how likely, how long and from when each section exceeds full load in the base."""
    lines = []
    for name in found.sections:
        over = found.ever_over.get((found.base, name), 0.0)
        if over > 0:
            rows = {m: found.value(found.base, m, "section", name) for m in ("days_over", "first_over_day")}
            cells = [cell(found, row, output) for output, row in rows.items()]
            if found.several:
                cells.insert(0, Cell(share(over)))
            lines.append(Line(found.title_of("section", name), name, cells))
    columns = ["section", *(["ever over 1"] if found.several else []), "days over 1", "first over 1"]
    return Table("", "", columns, lines, "loads")


def spread(found: Findings) -> Table | None:
    """Return the share of each output's variance that comes from the parameters; None if unknown."""
    table = found.spread
    if not len(table):
        return None
    rows = table[(table["level"] == "all") & table["parameters_share"].notna()].set_index("measure")
    wanted = [name for _, group, chosen in _GROUPS for name in with_registered(chosen, group) if name in rows.index]
    lines = []
    for output in wanted:
        row = rows.loc[output]
        own = float(row["parameters_share"])
        cells = [Cell(share(own)), Cell(share(float(row["chance_share"]))), Cell("", mark=f"{100 * own:.0f}")]
        lines.append(Line(title_of(output), "", cells))
    twins = int(table["twins"].max())
    note = (
        f"From {twins} replicates that were run twice, with the same parameters and other people. "
        "With few of them, the shares are rough."
    )
    columns = ["output", "from the parameters", "from chance", ""]
    return Table("Where the spread comes from", note, columns, lines, "spread") if lines else None


def record(found: Findings, scenario: str) -> Table | None:
    """Return the published series that a scenario names beside simulated values; None if there are none."""
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
    limits = [number(row[key], exact=True) for key in ("low", "high")]
    published = f"{limits[0]} to {limits[1]}" if "–" not in limits and limits[0] != limits[1] else ""
    simulated = Cell(number(row["simulated"]))
    if found.several:
        low, high = number(row["sim_low"]), number(row["sim_high"])
        simulated.sub = f"{low} to {high}" if low != high else ""
    ratio = "–" if pd.isna(row["ratio"]) else shown(row["ratio"], 2)
    note = row["note"] if isinstance(row["note"], str) else ""
    first, last = (pd.Timestamp(row[key]) for key in ("period_start", "period_end"))
    seen = Cell(f"{bound}{number(row['observed'], exact=True)}", published)
    return Line(days(first, last), "", [seen, simulated, Cell(ratio), Cell(note)])
