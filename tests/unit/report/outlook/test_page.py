"""The page of a forecast: what its files say, with nothing from elsewhere, and no text taken for markup."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from sim.inference.filter.forecast_study import Looked
from sim.outputs.folder import OutputError
from sim.report.outlook import page as outlook
from sim.report.outlook.page import _content, page, write_outlook
from sim.report.outlook.stored import About, is_forecast

ORIGIN = date(2024, 1, 1)
INTERVAL = {"low90": 10.0, "low50": 20.0, "median": 30.0, "high50": 40.0, "high90": 50.0}
WEEKS = [{"week": k + 1, "week_start": ORIGIN + timedelta(days=7 * k)} for k in range(2)]


def looked(folder: Path, *, months: bool = True, name: str = "pl-by-1") -> Looked:
    sections = [
        {"section": name, "agency": "poland", **week, "outcome": kind, **INTERVAL}
        for week in WEEKS
        for kind in ("recorded", "pressure")
    ]
    people = [
        {"section": "", "agency": "", **week, "outcome": kind, **INTERVAL}
        for week in WEEKS
        for kind in ("stranded", "injured", "dead")
    ]
    ahead = [{"series": "poland", "period_start": ORIGIN, "period_end": date(2024, 1, 31), **INTERVAL}]
    december = {"period_start": date(2023, 12, 1), "period_end": date(2023, 12, 31)}
    past = [{"series": "poland", **december, "published": 450.0, **INTERVAL}]
    files = {
        "forecast": pd.DataFrame([*sections, *people]),
        "countries": pd.DataFrame([{"agency": "poland", **week, **INTERVAL} for week in WEEKS]),
        "warnings": pd.DataFrame([{"section": name, **week, "p_overload": 0.28, "error": 0.02} for week in WEEKS]),
        "months": pd.DataFrame(ahead if months else []),
        "past": pd.DataFrame(past),
    }
    tables = {"How the last forecasts turned out": pd.DataFrame([{"series": "poland", "held": "no"}])}
    return Looked(folder, "From 2024-01-01.", tables, files, {"poland": "Poland", name: f"Section {name}"})


def about(found: Looked, title: str, trust: str, command: str) -> About:
    series, marks = {"poland": "poland"}, {"poland": "back-tested"}
    return About(title, "eastern-border", found.summary, trust, command, found.titles, series, marks)


@pytest.mark.parametrize("months", [True, False], ids=["forecast", "what-if"])
def test_people_stand_beside_the_border_and_past_forecasts_beside_both(tmp_path: Path, months: bool) -> None:
    found = looked(tmp_path, months=months)
    known = about(found, "The border", "all is assumed", "corridor forecast")
    text = page(found, known)
    for words in ("Stranded at the week's end", "Injured", "Dead", "28% ± 2%", "30 (10 to 50)", "all is assumed",
                  "How the last forecasts turned out", "2024-01-08", "corridor forecast"):  # fmt: skip
        assert words.replace("'", "&#39;") in text, words
    assert text.count("Section pl-by-1") == 2  # warning and pressure, by title
    assert ("<svg" in text) is months
    assert text == page(looked(tmp_path, months=months), known)


def test_it_needs_nothing_from_elsewhere_and_takes_no_text_for_markup(tmp_path: Path) -> None:
    found = looked(tmp_path, name="<script>x</script>")
    file = write_outlook(found, about(found, "<b>title", "a & b", ""))
    text = file.read_text(encoding="utf-8")
    assert "<script" not in text and "<b>title" not in text and "a &amp; b" in text
    assert re.findall(r"""(?:src|href)=["'](?!#)[^"']+""", text) == []


def test_the_page_has_all_that_is_known(tmp_path: Path) -> None:
    found = looked(tmp_path)
    week = pd.DataFrame([{"a_name": "x", "share": 1234.5, "n": 7}])
    found = found._replace(tables={**found.tables, "Two weeks": week, "This week, by country": week})
    content = _content(found, about(found, "The border", "all is assumed", "corridor forecast"))
    assert {key: content[key] for key in ("title", "origin", "summary", "trust", "command")} == {
        "title": "The border", "origin": "2024-01-01", "summary": "From 2024-01-01.", "trust": "all is assumed",
        "command": "corridor forecast",
    }  # fmt: skip
    assert content["told"] == [
        ("How the last forecasts turned out", (["series", "held"], [["poland", "no"]])),
        ("Two weeks", (["a name", "share", "n"], [["x", "1,234", "7"]])),
    ]
    assert [(grid.title, [name for name, _ in grid.lines]) for grid in content["grids"]] == [
        ("Recorded attempts a week, by country", ["Poland"]),
        ("Early warning: probability of overload, by section", ["Section pl-by-1"]),
        ("Border pressure, by section", ["Section pl-by-1"]),
    ]
    assert content["people"].title == "All sections together"
    assert len(content["scores"]) == 4
    assert _content(looked(tmp_path, months=False), about(found, "", "", ""))["drawing"] is None


def test_what_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = looked(tmp_path)
    known = about(found, "", "", "")
    assert write_outlook(found, known) == tmp_path / "forecast.html"
    assert (tmp_path / "forecast.html").read_text(encoding="utf-8") == page(found, known)
    assert is_forecast(tmp_path)
    for error, words in ((OSError(28, "No space left"), "No space left"), (OSError("odd"), "odd")):
        monkeypatch.setattr(outlook, "write_whole", lambda *given, error=error: (_ for _ in ()).throw(error))
        with pytest.raises(OutputError) as failed:
            write_outlook(found, known)
        assert str(failed.value) == f"{tmp_path / 'forecast.html'}: cannot be written: {words}"
