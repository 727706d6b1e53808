"""The page of a forecast, one file that opens offline and prints well: `forecast.html` in its folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from jinja2 import Environment, StrictUndefined

from sim.data.durable_files import write_whole
from sim.inference.filter.forecast_study import Looked
from sim.outputs.folder import OutputError
from sim.report.outlook.figures import countries
from sim.report.svg import Drawing, drawing_of

NAME = "forecast.html"
PEOPLE = {"stranded": "Stranded at the week's end", "injured": "Injured", "dead": "Dead"}
_CAPTION = (
    "Red: published, by period. Blue: the latest forecast made before it as it was published, median, 50 and 90 %. "
    "The dashed line is today. Logarithmic above 1 a day."
)


class Grid(NamedTuple):
    """A table of words: title, note, columns, and lines with their label; shade of each cell, 0 to 1, if any."""

    title: str
    note: str
    columns: list[str]
    lines: list[tuple[str, list[tuple[str, float]]]]


def write_outlook(found: Looked, title: str, trust: str, command: str) -> Path:
    """Write the page of a forecast into its folder.

    Args:
        found: The forecast.
        title: Title of the experiment.
        trust: What of it was back-tested, and what is assumed, in a sentence.
        command: The command that made it; may be empty.

    Raises:
        OutputError: If the file cannot be written.
    """
    file = found.folder / NAME
    try:
        write_whole(file, page(found, title, trust, command).encode())
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror or error}") from None
    return file


def page(found: Looked, title: str, trust: str, command: str) -> str:
    """Return the page as HTML; the same bytes for the same forecast."""
    templates = files("sim.report") / "templates"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((templates / "outlook.html.j2").read_text(encoding="utf-8"))
    css = (templates / "report.css").read_text(encoding="utf-8")
    return template.render(page=_content(found, title, trust, command), css=css)


def _content(found: Looked, title: str, trust: str, command: str) -> dict[str, Any]:
    tables = found.files
    origin = tables["forecast"]["week_start"].min()
    people = tables["forecast"][tables["forecast"]["section"] == ""]
    return {
        "title": title,
        "origin": f"{origin}",
        "summary": found.summary,
        "trust": trust,
        "drawing": _drawing(tables, origin),
        "grids": [
            _titled(grid, found.titles)
            for grid in (_weeks(tables["countries"]), _warned(tables["warnings"]), _pressure(tables["forecast"]))
        ],
        "people": _people(people),
        "told": [(name, _plain(table)) for name, table in found.tables.items() if "week, by country" not in name],
        "command": command,
    }


def _drawing(tables: dict[str, pd.DataFrame], origin: date) -> Drawing | None:
    if not len(tables["months"]):
        return None
    return drawing_of("countries", _CAPTION, lambda: countries(tables["past"], tables["months"], origin))


def _interval(row: Any, places: int = 0) -> str:
    return f"{row.median:,.{places}f} ({row.low90:,.{places}f} to {row.high90:,.{places}f})"


def _by_week(title: str, note: str, key: str, table: pd.DataFrame, cell: Any) -> Grid:
    """Return a grid with a line for each value of a column, and a column for each week."""
    weeks = list(dict.fromkeys(table["week_start"]))
    lines = []
    for name, part in table.groupby(key, sort=True):
        by_week = {row.week_start: row for row in part.itertuples()}
        lines.append((str(name), [cell(by_week[week]) for week in weeks]))
    return Grid(title, note, [f"{week}" for week in weeks], lines)


def _titled(grid: Grid, titles: dict[str, str]) -> Grid:
    """Return a grid with titles of sections and agencies in place of their names."""
    return grid._replace(lines=[(titles.get(name, name), cells) for name, cells in grid.lines])


def _weeks(table: pd.DataFrame) -> Grid:
    note = "As they might be published: median (90 %)."
    return _by_week("Recorded attempts a week, by country", note, "agency", table, lambda r: (_interval(r), 0.0))


def _warned(table: pd.DataFrame) -> Grid:
    note = "Share of runs in which patrols are too few on a day of the week, and its Monte Carlo error."
    return _by_week(
        "Early warning: probability of overload, by section", note, "section", table,
        lambda r: (f"{r.p_overload:.0%} ± {r.error:.0%}", float(r.p_overload)),
    )  # fmt: skip


def _pressure(table: pd.DataFrame) -> Grid:
    own = table[table["outcome"] == "pressure"]
    note = "Detected attempts over what patrols can handle, mean of the week: median (90 %). 1 is full load."
    return _by_week("Border pressure, by section", note, "section", own, lambda r: (_interval(r, 2), 0.0))


def _people(table: pd.DataFrame) -> Grid:
    shown = table.assign(outcome=[PEOPLE[name] for name in table["outcome"]])
    return _by_week("All sections together", "Median (90 %).", "outcome", shown, lambda r: (_interval(r), 0.0))


def _plain(table: pd.DataFrame) -> tuple[list[str], Sequence[Sequence[str]]]:
    """Return a table's titles and rows as text."""
    rows = [[f"{value:,.0f}" if isinstance(value, float) else str(value) for value in row] for row in table.to_numpy()]
    return [str(column).replace("_", " ") for column in table.columns], rows
