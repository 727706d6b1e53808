"""The page of a forecast: what comes by week and section, how sure, how good earlier forecasts were.

It shows folders of `corridor forecast`: the one that the view was opened with, and those under the working folder. The
link names the folder as the page lists it, and nothing else can be opened by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pandas as pd
import solara

from sim.inference.filter.forecast_study import beyond, held, turned_out
from sim.outputs.folder import OutputError
from sim.report.outlook import grids
from sim.report.outlook.grids import ENDS, Grid
from sim.report.outlook.page import NAME as PAGE
from sim.report.outlook.stored import ABOUT, Stored, is_forecast, read
from sim.report.trust import SIGNS
from sim.view.components import to_json
from sim.view.controls import Message, Screen, answers
from sim.view.widgets import FanWidget, OutlookWidget, landmark, static

KEY = "forecast"  # in the link
MOST = 40  # folders that are listed, the newest
_DEPTH = ("*", "*/*", "*/*/*")  # under the working folder: results/EXPERIMENT-filter/forecast-DAY
_WEEK = 7
_BEFORE = 26  # weeks of counts in the chart, so that the weeks ahead have room beside them


class Outlooks:
    """The forecasts that a session can show.

    Attributes:
        folders: Their folders by name, as listed.
        first: The name of the one to begin with, None if the session does not begin with a forecast.
    """

    def __init__(self, opened: Path | None, query: str) -> None:
        """List them: the folder opened, and those under the working folder; the query may name one of them."""
        here = Path.cwd()
        found = {path for depth in _DEPTH for path in here.glob(f"{depth}/{ABOUT}")}
        newest = sorted(found, key=lambda path: (-path.stat().st_mtime, path))[:MOST]
        self.folders = {path.parent.relative_to(here).as_posix(): path.parent for path in newest}
        self.first: str | None = None
        if opened is not None and is_forecast(opened):
            same = [name for name, folder in self.folders.items() if folder.resolve() == opened.resolve()]
            self.first = same[0] if same else opened.name
            self.folders = {self.first: opened, **self.folders}
        asked = parse_qs(query.removeprefix("?")).get(KEY, [""])[0]
        if asked in self.folders:
            self.first = asked

    def link(self, name: str) -> str:
        """Return the query that leads to a forecast."""
        return urlencode({KEY: name}, safe="/")


def content(stored: Stored) -> dict[str, Any]:
    """Return what the page shows of a forecast: words, tables in two parts, a fan chart, files."""
    tables, about = stored.tables, stored.about
    below = [grids.people(tables["forecast"]), grids.weekly(tables["countries"]), grids.pressure(tables["forecast"])]
    if len(tables["months"]):
        below.insert(2, grids.monthly(tables["months"], about.marks))
    past = tables["past"]
    good = (
        [_plain(turned_out(past), "How the last forecasts turned out", held(past, stored.origin))] if len(past) else []
    )
    if len(tables["surprises"]) and len(far := beyond(tables["surprises"])):
        below.append(_plain(far, "Figures beyond what the model produces", "Figures that few particles reach."))
    return {
        "title": about.title,
        "origin": f"{stored.origin}",
        "summary": about.summary,
        "trust": about.trust,
        "command": about.command,
        "above": [_shown(grids.warned(tables["warnings"]), about.titles)],
        "below": [_shown(grid, about.titles) for grid in below],
        "good": [_shown(grid, about.titles) for grid in (*good, *grids.scores(about.experiment, about.titles))],
        "files": {
            file.name: file.read_text(encoding="utf-8")
            for file in [*sorted(stored.folder.glob("*.csv")), stored.folder / PAGE]
            if file.is_file()
        },
    }


def _plain(table: pd.DataFrame, title: str, note: str) -> Grid:
    """Return a table of words as a grid; its first column are the labels."""
    corner, *columns = (str(column).replace("_", " ").capitalize() for column in table.columns)
    lines = [(str(row[0]), [(_words(value), 0.0) for value in row[1:]]) for row in table.to_numpy()]
    return Grid(title, note, columns, lines, "", corner)


def _words(value: Any) -> str:
    return f"{value:,.0f}" if isinstance(value, float) else str(value)


def _shown(grid: Grid, titles: Mapping[str, str]) -> dict[str, Any]:
    found = grids.titled(grid, dict(titles))
    return {**found._asdict(), "sign": SIGNS.get(grid.mark, "")}


def fan(stored: Stored) -> dict[str, Any]:
    """Return the chart: by country the weeks ahead with their bands, before them the counts and what was forecast."""
    tables, about, origin = stored.tables, stored.about, stored.origin
    past = grids.recent(tables["past"], origin, _WEEK * _BEFORE)
    before = _BEFORE if len(past) else 0
    start = origin - timedelta(days=_WEEK * before)
    weeks = tables["countries"]["week"].max()
    return {
        "title": "Recorded attempts a week, and what was counted",
        "unit": "a week; bands hold 50 and 90 % of runs",
        "start": f"{start}",
        "every": _WEEK,
        "from": before,
        "today": _WEEK * before,
        "days": _WEEK * (before + int(weeks)),
        "views": [
            {"name": about.titles.get(agency, agency), "panels": [
                {"fan": {"name": agency, **_points(part)}, "counts": _counts(past, about.series, str(agency), start)}
            ]}
            for agency, part in tables["countries"].groupby("agency", sort=True)
        ],
        "panels": [{"name": "forecast", "title": about.title, "events": []}],
        "first": None,
    }  # fmt: skip


def _points(part: pd.DataFrame) -> dict[str, list[float]]:
    return {end: [round(float(value), 2) for value in part[end]] for end in ENDS}


def _counts(past: pd.DataFrame, series: Mapping[str, str], agency: str, start: date) -> list[dict[str, Any]]:
    """Return an agency's counts as rates a week, with what had been forecast of them, by days from the start."""
    rows: Iterable[Any] = past.itertuples() if len(past) else ()
    return [
        {
            "begin": max((row.period_start - start).days, 0),
            "end": (row.period_end - start).days + 1,
            "value": round(row.published * _WEEK, 2),
            **{key: round(getattr(row, key) * _WEEK, 2) for key in ENDS},
        }
        for row in rows if series.get(row.series) == agency
    ]  # fmt: skip


@solara.component
def ForecastPage(screen: Screen) -> None:  # noqa: N802
    """Show a forecast; another can be chosen."""
    with landmark("main", "corridor-outlook"):
        solara.Style(static("pages.css"))
        _forecast(screen)


@solara.component
def _forecast(screen: Screen) -> None:
    outlooks = screen.outlooks
    chosen = solara.use_reactive(outlooks.first or next(iter(outlooks.folders)))
    answered, error = solara.use_reactive(0), solara.use_reactive("")

    def act(message: Message) -> None:
        if message.get("folder") in outlooks.folders:
            chosen.value = message["folder"]
            outlooks.first = message["folder"]

    shown, chart, problem = solara.use_memo(lambda: _read(outlooks.folders[chosen.value]), [chosen.value])
    head = {
        "part": "head",
        "answered": answered.value,
        "error": error.value or problem,
        "link": outlooks.link(chosen.value),
        "folders": list(outlooks.folders),
        "folder": chosen.value,
        **{key: shown[key] for key in ("title", "origin", "summary", "trust") if shown},
        "grids": shown.get("above", []),
    }
    OutlookWidget.element(data=to_json(head), on_sent=answers(act, answered, error))
    if shown:
        with solara.Div(classes=["corridor-outlook-fan"]):
            FanWidget.element(data=chart)
        rest = {"part": "rest", "grids": shown["below"], "good": shown["good"]}
        OutlookWidget.element(data=to_json({**rest, "files": shown["files"], "command": shown["command"]}))


def _read(folder: Path) -> tuple[dict[str, Any], str, str]:
    """Return what is shown of a folder, its chart, and what is wrong with it."""
    try:
        stored = read(folder)
        return content(stored), to_json(fan(stored)), ""
    except (OutputError, OSError, KeyError) as error:
        return {}, "", str(error)
