"""The figures of a filter: the series that ship, or files of a folder given with `--data`.

A folder may hold, under any name, CSVs with a column `series` that names series of the experiment (the observed format:
`series,agency,measure,period_start,period_end,value,low,high,published`); or files in the layout in which authorities'
figures were collected, named in the experiment (`file`). Figures of the folder are added to those that ship; of two for
the same period the folder's is used.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

from sim.data.csv_reader import CsvError, read_known
from sim.inference.filter.experiment import FigureFile, FilterSeries, LoadedFilter
from sim.inference.observations import Row, parse, read_series
from sim.scenario.csv_files import csv_text, parse_table
from sim.scenario.errors import Problem, ScenarioError, choices, show
from sim.scenario.files import display

_OBSERVED = ("series", "agency", "measure", "period_start", "period_end", "value", "low", "high", "published")
_PERIOD = ("period_start", "period_end", "low", "high")
_ABOUT = ("month", "series", "basis", "note", "source", "source_url", "quality")  # columns that a layout may have


def rows_of(loaded: LoadedFilter, data: Path | None = None) -> list[Row]:
    """Return all rows of a filter's series.

    Args:
        loaded: The experiment.
        data: A folder, or a file, with later or other figures.

    Raises:
        ScenarioError: If the folder or a file is missing, a row is not allowed, or the folder has no figure of any of
            the series; the message names file, line and column.
    """
    series = loaded.experiment.series
    found = {
        (row.series, row.start, row.end): row
        for name, entry in series.items()
        for row in read_series(name, entry, loaded.folder)  # type: ignore[arg-type]
    }
    if data is not None:
        found |= {(row.series, row.start, row.end): row for row in _given(series, data)}
    return sorted(found.values(), key=lambda row: (row.series, row.start, row.end))


def _given(series: dict[str, FilterSeries], data: Path) -> list[Row]:
    """Return the figures of a folder, or of a single file."""
    if not data.exists():
        raise ScenarioError(f"--data: found {show(str(data))}; a folder with CSV files is needed, or one file")
    named = {entry.file.name: (name, entry) for name, entry in series.items() if entry.file is not None}
    rows: list[Row] = []
    for file in sorted(data.glob("*.csv")) if data.is_dir() else [data]:
        if file.name in named:
            rows += _collected(file, *named[file.name])
        else:
            rows += _observed(file, series)
    if not rows:
        names = [*(f"{name} (as {entry.observed})" for name, entry in series.items()), *named]
        raise ScenarioError(f"--data: {data} has no figure of any series; {choices(names)}")
    return rows


def _observed(file: Path, series: dict[str, FilterSeries]) -> list[Row]:
    """Return the rows of a file in the observed format that belong to one of the series."""
    try:
        table = read_known(csv_text(file), _OBSERVED)
    except CsvError as error:
        raise ScenarioError(Problem(display(file), error.line, "", error.text)) from None
    header, lines = table.header, [cells for _, cells in table.rows]
    if "series" not in header:
        return []
    rows: list[Row] = []
    for name, entry in series.items():
        wanted = _named(file, header, lines, name, entry)
        own = [cells for cells in lines if _cell(header, cells, "series") in wanted]
        if own:
            rows += parse(_text([header, *own]), display(file), name, entry)  # type: ignore[arg-type]
    return rows


def _named(file: Path, header: list[str], lines: list[list[str]], name: str, entry: FilterSeries) -> set[str]:
    """Return the names under which a file has a series: its own, or the only one of its agency and measure."""
    there = {_cell(header, cells, "series") for cells in lines}
    if own := there & {name, entry.observed}:
        return own
    alike = {
        _cell(header, cells, "series")
        for cells in lines
        if entry.agency
        and _cell(header, cells, "agency") == entry.agency
        and _cell(header, cells, "measure") == (entry.measure or "")
    }
    if len(alike) > 1:
        what = f"found the series {', '.join(sorted(alike))}, all of {entry.agency}, {entry.measure}"
        raise ScenarioError(f"{display(file)}: {what}; which of them is meant? name it {name}")
    return alike


def _cell(header: list[str], cells: list[str], column: str) -> str:
    number = header.index(column) if column in header else len(cells)
    return cells[number].strip() if number < len(cells) else ""


def _collected(file: Path, name: str, entry: FilterSeries) -> list[Row]:
    """Return the rows of a file of collected figures; of several figures for one period the first."""
    layout: Any = entry.file
    table = parse_table(csv_text(file), display(file), (*_PERIOD, layout.column), _ABOUT)
    rows: dict[tuple[str, str], list[str]] = {}
    for _, cells in table.rows:
        row = dict(zip(table.header, cells, strict=False))
        if _counts(layout, row):
            values = [row[key] for key in ("period_start", "period_end", layout.column, "low", "high")]
            rows.setdefault((values[0], values[1]), [name, *values, entry.measure or "", entry.agency or ""])
    header = ["series", "period_start", "period_end", "value", "low", "high", "measure", "agency"]
    return parse(_text([header, *rows.values()]), display(file), name, entry) if rows else []  # type: ignore[arg-type]


def _text(rows: Iterable[list[str]]) -> str:
    stream = StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _counts(layout: FigureFile, row: dict[str, str]) -> bool:
    """Return whether a row of collected figures belongs to the series."""
    if any(words in row.get("note", "") for words in layout.without):
        return False
    if not any(row[key].strip() for key in (layout.column, "low", "high")):
        return False
    if not layout.kinds:
        return True
    kind = layout.kinds.get(row.get("series", ""))
    if kind is None:
        return False
    since, until = kind.get("since"), kind.get("until")
    start, end = row["period_start"], row["period_end"]
    return (since is None or start >= since.isoformat()) and (until is None or end <= until.isoformat())
