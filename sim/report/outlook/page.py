"""The page of a forecast, one file that opens offline and prints well: `forecast.html` in its folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, StrictUndefined

from sim.data.durable_files import write_whole
from sim.inference.filter.forecast_study import Looked
from sim.outputs.folder import OutputError
from sim.report.outlook import grids, stored
from sim.report.outlook.figures import countries
from sim.report.svg import Drawing, drawing_of

NAME = "forecast.html"
_CAPTION = (
    "Red: published, by period. Blue: the latest forecast made before it as it was published, median, 50 and 90 %. "
    "The dashed line is today. Logarithmic above 1 a day."
)


def write_outlook(found: Looked, about: stored.About) -> Path:
    """Write the page of a forecast into its folder, and what the view needs to show it.

    Args:
        found: The forecast.
        about: What is known of it besides.

    Raises:
        OutputError: If the file cannot be written.
    """
    file = found.folder / NAME
    try:
        write_whole(file, page(found, about).encode())
        stored.keep(found.folder, about)
    except OSError as error:
        raise OutputError(f"{file}: cannot be written: {error.strerror or error}") from None
    return file


def page(found: Looked, about: stored.About) -> str:
    """Return the page as HTML; the same bytes for the same forecast."""
    templates = files("sim.report") / "templates"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((templates / "outlook.html.j2").read_text(encoding="utf-8"))
    css = (templates / "report.css").read_text(encoding="utf-8")
    return template.render(page=_content(found, about), css=css)


def _content(found: Looked, about: stored.About) -> dict[str, Any]:
    tables = found.files
    origin = tables["forecast"]["week_start"].min()
    return {
        "title": about.title,
        "origin": f"{origin}",
        "summary": about.summary,
        "trust": about.trust,
        "drawing": _drawing(tables, origin),
        "grids": [
            grids.titled(grid, found.titles)
            for grid in (
                grids.weekly(tables["countries"]),
                grids.warned(tables["warnings"]),
                grids.pressure(tables["forecast"]),
            )
        ],
        "people": grids.people(tables["forecast"]),
        "scores": grids.scores(about.experiment, found.titles),
        "told": [(name, _plain(table)) for name, table in found.tables.items() if "week, by country" not in name],
        "command": about.command,
    }


def _drawing(tables: dict[str, pd.DataFrame], origin: date) -> Drawing | None:
    if not len(tables["months"]):
        return None
    return drawing_of("countries", _CAPTION, lambda: countries(tables["past"], tables["months"], origin))


def _plain(table: pd.DataFrame) -> tuple[list[str], Sequence[Sequence[str]]]:
    """Return a table's titles and rows as text."""
    rows = [[f"{value:,.0f}" if isinstance(value, float) else str(value) for value in row] for row in table.to_numpy()]
    return [str(column).replace("_", " ") for column in table.columns], rows
