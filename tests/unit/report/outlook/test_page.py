"""The page of a forecast: what its files say, with nothing from elsewhere, and no text taken for markup."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from sim.inference.filter.forecast_study import Looked
from sim.report.outlook.page import page, write_outlook
from sim.report.outlook.stored import About

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
