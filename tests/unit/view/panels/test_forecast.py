"""The chart and the tables of a forecast, number by number; which forecasts are listed."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sim.outputs.folder import OutputError
from sim.report.outlook.grids import Grid
from sim.report.outlook.page import NAME as PAGE
from sim.report.outlook.stored import ABOUT, About
from sim.view.panels import outlook
from sim.view.panels.outlook import Outlooks, _plain, _read, _shown, content, fan
from sim.view.widgets import FanWidget, OutlookWidget
from tests.unit.view.parts import screen
from tests.unit.view.test_components import data, find, send

ORIGIN = date(2024, 1, 1)
ENDS = ("low90", "low50", "median", "high50", "high90")


def ends(first: float) -> dict[str, float]:
    return {end: first + k for k, end in enumerate(ENDS)}


def stored(folder: Path, past: list[dict[str, Any]] | None = None) -> Any:
    """A forecast of three weeks for two agencies."""
    weeks = [{"week": k + 1, "week_start": ORIGIN + timedelta(days=7 * k)} for k in range(3)]
    countries = [
        {"agency": agency, **week, **ends(first + week["week"] + 0.126)}
        for agency, first in (("poland", 100), ("latvia", 10))
        for week in weeks
    ]
    tables = {
        "countries": pd.DataFrame(countries),
        "past": pd.DataFrame(past or []),
        "forecast": pd.DataFrame(
            [{"section": "", "agency": "", **week, "outcome": "dead", **ends(1)} for week in weeks]
        ),
        "warnings": pd.DataFrame([{"section": "pl", **week, "p_overload": 0.5, "error": 0.1} for week in weeks]),
        "months": pd.DataFrame(),
        "surprises": pd.DataFrame(),
    }
    titles, series = {"poland": "Poland", "pl": "A section"}, {"pl-series": "poland", "lv-series": "latvia"}
    about = About("The border", "eastern-border", "Summary.", "Trust.", "corridor forecast", titles, series, {})
    return SimpleNamespace(folder=folder, about=about, tables=tables, origin=ORIGIN)


def figure(series: str, first: date, last: date, published: float, **more: Any) -> dict[str, Any]:
    return {"series": series, "period_start": first, "period_end": last, "published": published, **ends(70), **more}


def bands(first: int) -> dict[str, list[float]]:
    return {end: [round(first + week + 0.126 + k, 2) for week in (1, 2, 3)] for k, end in enumerate(ENDS)}


def views(counts: list[Any]) -> list[Any]:
    return [
        {"name": "latvia", "panels": [{"fan": {"name": "latvia", **bands(10)}, "counts": []}]},
        {"name": "Poland", "panels": [{"fan": {"name": "poland", **bands(100)}, "counts": counts}]},
    ]


def test_without_counts_the_chart_begins_with_the_first_week_ahead(tmp_path: Path) -> None:
    assert fan(stored(tmp_path)) == {
        "title": "Recorded attempts a week, and what was counted",
        "unit": "a week; bands hold 50 and 90 % of runs",
        "start": "2024-01-01", "every": 7, "from": 0, "today": 0, "days": 21, "views": views([]),
        "panels": [{"name": "forecast", "title": "The border", "events": []}], "first": None,
    }  # fmt: skip


def test_counts_of_the_last_half_year_stand_before_today_as_rates_a_week(tmp_path: Path) -> None:
    start = ORIGIN - timedelta(days=26 * 7)
    past = [
        figure("pl-series", ORIGIN - timedelta(days=14), ORIGIN - timedelta(days=1), 100),
        figure("pl-series", start - timedelta(days=6), start + timedelta(days=7), 28),
        figure("pl-series", start - timedelta(days=7), start, 80),
        figure("pl-series", start - timedelta(days=8), start - timedelta(days=1), 99),
        figure("unknown", ORIGIN - timedelta(days=14), ORIGIN - timedelta(days=1), 100),
    ]
    chart = fan(stored(tmp_path, past))

    def count(begin: int, end: int, days: int, published: float) -> dict[str, Any]:
        weekly = {end: round((70 + k) / days * 7, 2) for k, end in enumerate(ENDS)}
        return {"begin": begin, "end": end, "value": round(published / days * 7, 2), **weekly}

    assert (chart["start"], chart["from"], chart["today"], chart["days"]) == (f"{start}", 26, 182, 203)
    # The third ends on the last day that is drawn; the fourth a day before that.
    assert chart["views"] == views([count(168, 182, 14, 100), count(0, 8, 14, 28), count(0, 1, 8, 80)])


def test_tables_of_words_have_labels_and_titles() -> None:
    table = pd.DataFrame([{"the_period": "May", "all_in": 1234.6, "held": "no"}])
    assert _plain(table, "T", "N") == Grid(
        "T", "N", ["All in", "Held"], [("May", [("1,235", 0.0), ("no", 0.0)])], "", "The period"
    )
    shown = _shown(Grid("T", "N", ["A"], [("poland", [("1", 0.5)])], "assumed"), {"poland": "Poland"})
    assert (shown["lines"], shown["sign"], shown["mark"]) == ([("Poland", [("1", 0.5)])], "○", "assumed")
    assert _shown(Grid("T", "N", [], [], ""), {})["sign"] == ""


def test_what_a_folder_lacks_has_no_table(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("b")
    (tmp_path / "a.csv").write_text("a")
    one = stored(tmp_path)
    found = content(one)
    assert {key: found[key] for key in ("title", "origin", "summary", "trust", "command")} == {
        "title": "The border", "origin": "2024-01-01", "summary": "Summary.", "trust": "Trust.",
        "command": "corridor forecast",
    }  # fmt: skip
    assert found["files"] == {"a.csv": "a", "b.csv": "b"}
    scores = len(found["good"])
    (tmp_path / PAGE).write_text("page")
    assert list(content(one)["files"]) == ["a.csv", "b.csv", PAGE]
    assert [grid["lines"][0][0] for grid in found["above"]] == ["A section"]
    assert len(found["below"]) == 3
    month = {"series": "poland", "period_start": ORIGIN, "period_end": date(2024, 1, 31), **ends(5)}
    one.tables["months"] = pd.DataFrame([month])
    past = figure("pl-series", date(2023, 12, 1), date(2023, 12, 31), 9, origin="x", in50=True, in90=True)
    one.tables["past"] = pd.DataFrame([past])
    surprise = {"series": "poland", "period_start": ORIGIN, "period_end": ORIGIN, "published": 4000.0, "beyond": False}
    one.tables["surprises"] = pd.DataFrame([surprise])
    more = content(one)
    assert [grid["title"] for grid in more["below"]][2] == "Recorded attempts by month"
    assert (len(more["below"]), len(more["good"])) == (4, scores + 1)
    assert more["good"][0]["title"] == "How the last forecasts turned out"
    one.tables["surprises"] = pd.DataFrame([surprise | {"beyond": True}])
    [far] = content(one)["below"][4:]
    assert (far["title"], far["note"]) == (
        "Figures beyond what the model produces", "Figures that few particles reach."
    )  # fmt: skip
    assert far["lines"] == [("Poland", [("2024-01-01", 0.0), ("2024-01-01", 0.0), ("4,000", 0.0)])]


def written(folder: Path, age: int) -> Path:
    folder.mkdir(parents=True)
    (folder / ABOUT).write_text("{}")
    os.utime(folder / ABOUT, (1_000_000 - age, 1_000_000 - age))
    return folder


def test_the_newest_forecasts_are_listed_first_down_to_three_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name, age in (("old", 9), ("a/new", 1), ("a/b/same", 5), ("a/b/as", 5), ("a/b/c/deep", 0)):
        written(here / name, age)
    known = ["a/new", "a/b/as", "a/b/same", "old"]
    assert list(Outlooks(None, "").folders) == known
    monkeypatch.setattr(outlook, "MOST", 2)
    assert list(Outlooks(None, "").folders) == known[:2]
    outside = written(tmp_path / "outside", 3)
    opened = Outlooks(outside, "?forecast=a/b/as&day=3")
    assert (list(opened.folders), opened.first) == (["outside", *known[:2]], "a/b/as")
    assert opened.folders["outside"] == outside
    assert Outlooks(outside, "forecast=old").first == "outside"
    inside = Outlooks(here / "a" / ".." / "a" / "new", "")
    assert (list(inside.folders), inside.first) == (known[:2], "a/new")
    assert Outlooks(tmp_path, "").first is None, "it is no forecast"
    assert opened.link("a/b/c d") == "forecast=a/b/c+d"


def test_what_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (OutputError("spoilt"), OSError("spoilt")):

        def broken(folder: Path, error: Exception = error) -> Any:
            raise error

        monkeypatch.setattr(outlook, "read", broken)
        assert _read(tmp_path) == ({}, "", "spoilt")


def test_another_forecast_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: Any) -> None:
    def shown(folder: Path) -> Any:
        if folder.name == "c":
            return {}, "", "spoilt"
        part = {"title": folder.name, "origin": "o", "summary": "s", "trust": "t", "above": [1], "below": [2]}
        return {**part, "good": [3], "files": {"f": "x"}, "command": "go"}, f"chart {folder.name}", ""

    monkeypatch.setattr(outlook, "_read", shown)
    outlooks = SimpleNamespace(
        folders={name: tmp_path / name for name in "abc"}, first="b", link=lambda name: f"forecast={name}"
    )
    box = drawn(outlook._forecast(screen(None, outlooks=outlooks)))
    head = {
        "part": "head", "answered": 0, "error": "", "link": "forecast=b", "folders": ["a", "b", "c"], "folder": "b",
        "title": "b", "origin": "o", "summary": "s", "trust": "t", "grids": [1],
    }  # fmt: skip
    assert data(box, OutlookWidget) == head
    rest = {"part": "rest", "grids": [2], "good": [3], "files": {"f": "x"}, "command": "go"}
    assert data(box, OutlookWidget, 1) == rest
    assert [one.data for one in find(box, FanWidget)] == ["chart b"]
    send(box, OutlookWidget, folder="elsewhere")
    assert (data(box, OutlookWidget)["folder"], outlooks.first) == ("b", "b")
    send(box, OutlookWidget, folder="a")
    assert data(box, OutlookWidget) == head | {"answered": 2, "link": "forecast=a", "folder": "a", "title": "a"}
    assert outlooks.first == "a"
    send(box, OutlookWidget, folder="c")
    bare = {"part": "head", "answered": 3, "error": "spoilt", "link": "forecast=c", "folder": "c", "grids": []}
    assert data(box, OutlookWidget) == {**bare, "folders": ["a", "b", "c"]}
    assert len(list(find(box, OutlookWidget))) == 1
    assert not list(find(box, FanWidget))
    outlooks.first = None
    assert data(drawn(outlook._forecast(screen(None, outlooks=outlooks))), OutlookWidget)["folder"] == "a"


def test_the_page_of_a_forecast_is_a_landmark(monkeypatch: pytest.MonkeyPatch, drawn: Any) -> None:
    monkeypatch.setattr(outlook, "_read", lambda folder: ({}, "", "spoilt"))
    outlooks = SimpleNamespace(folders={"a": Path()}, first=None, link=str)
    box = drawn(outlook.ForecastPage(screen(None, outlooks=outlooks)))
    [main] = [one for one in find(box, object) if getattr(one, "tag", "") == "main"]
    assert main.class_ == "corridor-outlook"
    assert len(list(find(main, OutlookWidget))) == 1
