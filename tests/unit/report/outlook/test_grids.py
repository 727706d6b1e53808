"""Tables of a forecast in words, cell by cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.inference.filter.back_test import MODEL, UNSTRETCHED
from sim.inference.filter.start import SCORES
from sim.report.outlook import grids
from sim.report.outlook.grids import Grid

ENDS = {"low90": 1000.4, "low50": 1100.0, "median": 1234.5, "high50": 1300.0, "high90": 1999.5}
WORDS = "1,234 (1,000 to 2,000)"
FIRST, SECOND = date(2025, 1, 6), date(2025, 1, 13)
PUBLISHED = "As they might be published: median (90 %)."


def row(name: str, week: date = FIRST, **more: Any) -> dict[str, Any]:
    return {"agency": name, "section": name, "week_start": week, **ENDS, **more}


def test_weeks_stand_across_and_a_week_that_is_missing_is_empty() -> None:
    table = pd.DataFrame([row("poland"), row("latvia"), row("poland", SECOND, median=7.0)])
    assert grids.weekly(table) == Grid(
        "Recorded attempts a week, by country", PUBLISHED, ["2025-01-06", "2025-01-13"],
        [("latvia", [(WORDS, 0.0), ("", 0.0)]), ("poland", [(WORDS, 0.0), ("7 (1,000 to 2,000)", 0.0)])],
        "assumed", "Week of",
    )  # fmt: skip


def test_warnings_stand_with_the_highest_first() -> None:
    table = pd.DataFrame([
        {"section": "a", "week_start": FIRST, "p_overload": 0.2, "error": 0.04},
        {"section": "b", "week_start": FIRST, "p_overload": 0.1, "error": 0.03},
        {"section": "a", "week_start": SECOND, "p_overload": 0.3, "error": 0.05},
        {"section": "b", "week_start": SECOND, "p_overload": 0.555, "error": 0.05},
        {"section": "c", "week_start": SECOND, "p_overload": 0.3, "error": 0.05},
    ])  # fmt: skip
    found = grids.warned(table)
    assert found.title == "Early warning: probability of overload, by section"
    assert found.note == (
        "Share of runs in which patrols are too few on a day of the week, and its Monte Carlo error; the highest first."
    )
    assert found.lines == [
        ("b", [("10% ± 3%", 0.1), ("56% ± 5%", 0.555)]),
        ("a", [("20% ± 4%", 0.2), ("30% ± 5%", 0.3)]),
        ("c", [("", 0.0), ("30% ± 5%", 0.3)]),
    ]
    assert (found.mark, found.corner) == ("assumed", "Week of")


def month(series: str, number: int) -> dict[str, Any]:
    return {"series": series, "period_start": date(2025, number, 1), "period_end": date(2025, number, 28), **ENDS}


def test_months_are_back_tested_if_each_series_is() -> None:
    table = pd.DataFrame([month("b", 3), month("b", 2), month("a", 2)])
    found = grids.monthly(table, {"a": "back-tested", "b": "back-tested", "c": "assumed"})
    assert found == Grid(
        "Recorded attempts by month", PUBLISHED, ["2025-02", "2025-03"],
        [("b", [(WORDS, 0.0), (WORDS, 0.0)]), ("a", [(WORDS, 0.0), ("", 0.0)])], "back-tested", "Month",
    )  # fmt: skip
    assert grids.monthly(table, {"a": "back-tested"}).mark == "assumed"
    assert grids.monthly(table, {}).mark == "assumed"


def test_pressure_has_two_decimals_and_people_are_those_of_all_sections() -> None:
    table = pd.DataFrame([
        row("a", outcome="pressure", median=0.456, low90=0.1, high90=1.5), row("a", outcome="recorded"),
        row("", outcome="pressure", median=9.0, low90=9.0, high90=9.0),
        row("", outcome="stranded"), row("", outcome="dead"), row("", outcome="injured"), row("a", outcome="dead"),
    ])  # fmt: skip
    found = grids.pressure(table)
    assert found.title == "Border pressure, by section"
    assert found.note == (
        "Detected attempts over what patrols can handle, mean of the week: median (90 %). 1 is full load."
    )
    assert found.lines == [("", [("9.00 (9.00 to 9.00)", 0.0)]), ("a", [("0.46 (0.10 to 1.50)", 0.0)])]
    people = grids.people(table)
    assert (people.title, people.note) == ("All sections together", "Median (90 %).")
    assert people.lines == [
        (name, [(WORDS, 0.0)]) for name in ("Dead", "Injured", "Stranded at the week's end")
    ]  # fmt: skip


def test_titles_stand_in_place_of_names() -> None:
    found = Grid("", "", [], [("a", []), ("b", [("x", 1.0)])])
    assert grids.titled(found, {"b": "Bee"}).lines == [("a", []), ("Bee", [("x", 1.0)])]


def test_figures_of_periods_are_told_by_day() -> None:
    table = pd.DataFrame([
        {"period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31), "median": 62.0, "published": 31.0},
        {"period_start": date(2025, 2, 1), "period_end": date(2025, 2, 1), "median": 5.0, "published": 7.0},
    ], index=[4, 9])  # fmt: skip
    found = grids.rates(table)
    assert found[["days", "median", "published"]].to_numpy().tolist() == [[31, 2, 1], [1, 5, 7]]
    assert list(found.index) == [4, 9] and "low90" not in found
    origin = date(2025, 2, 1)
    assert grids.recent(table, origin, 1)["median"].tolist() == [2, 5]
    assert grids.recent(table, origin, 0)["median"].tolist() == [5]
    assert grids.recent(table, date(2026, 3, 7))["median"].tolist() == [2, 5]  # 400 days after 31 January
    assert grids.recent(table, date(2026, 3, 8))["median"].tolist() == [5]
    empty = table[:0]
    assert grids.recent(empty, origin) is empty


def scored(method: str, horizon: int, crps: float, wis: float, **more: Any) -> dict[str, Any]:
    """Ratios of both scores, each with its ends."""
    ends = {f"{key}_{end}": value + step for key, value in (("crps", crps), ("log_wis", wis))
            for end, step in (("ratio", 0.0), ("low", -0.1), ("high", 0.1))}  # fmt: skip
    return {"method": method, "horizon": horizon, "figures": 20, "in50": 0.456, "in90": 0.9, **ends, **more}


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / SCORES).write_text("", encoding="utf-8")
    methods = [("last value", 1, 0.8, 1.2), ("last value", 2, 1.0, 1.0), ("mean", 1, 1.3, 0.5), (MODEL, 1, 1.0, 1.0),
               (UNSTRETCHED, 1, 9.0, 9.0)]  # fmt: skip
    whole = pd.DataFrame([scored(*one) for one in methods])
    by_series = pd.DataFrame(
        [scored(*one, series="poland") for one in methods[:4]] + [scored("mean", 1, 1.4, 1, series="z")]
    )
    monkeypatch.setattr(grids, "FOLDER", tmp_path)
    monkeypatch.setattr(grids.score_page, "scores", lambda folder: (whole, by_series, {"of": folder}))


@pytest.mark.usefixtures("shipped")
def test_scores_stand_by_method_and_months_ahead() -> None:
    crps, wis, series, inside = grids.scores("mine", {"poland": "Poland"})
    ahead = ["1 month ahead", "2 months ahead"]
    note = (
        "Corridor's {} over the method's on the same figures (90 %, over origins). Below 1 Corridor is better: in {} "
    )
    note += "of {}, worse in {}, which are shaded."
    assert crps == Grid(
        "CRPS against other methods", note.format("CRPS", 1, 3, 1), ahead,
        [("last value", [("0.80 (0.70 to 0.90)", 0.0), ("1.00 (0.90 to 1.10)", 0.0)]),
         ("mean", [("1.30 (1.20 to 1.40) worse", 0.3), ("", 0.0)])], "", "Method",
    )  # fmt: skip
    assert wis == Grid(
        "WIS of logarithms against other methods", note.format("WIS of logarithms", 1, 3, 1), ahead,
        [("last value", [("1.20 (1.10 to 1.30) worse", 0.3), ("1.00 (0.90 to 1.10)", 0.0)]),
         ("mean", [("0.50 (0.40 to 0.60)", 0.0), ("", 0.0)])], "", "Method",
    )  # fmt: skip
    assert series == Grid(
        "CRPS against other methods, by series", note.format("CRPS", 1, 4, 2), ahead,
        [("Poland: last value", [("0.80 (0.70 to 0.90)", 0.0), ("1.00 (0.90 to 1.10)", 0.0)]),
         ("Poland: mean", [("1.30 (1.20 to 1.40) worse", 0.3), ("", 0.0)]),
         ("z: mean", [("1.40 (1.30 to 1.50) worse", 0.3), ("", 0.0)])], "", "Method",
    )  # fmt: skip
    told = ("46% and 90% of 20", 0.0)
    assert inside == Grid(
        "Share of figures in the 50 and 90 % intervals",
        "By months ahead, over all origins of the back-test; sure intervals would hold 50 and 90 %.", ahead,
        [("last value", [told, told]), ("mean", [told, ("", 0.0)]), (MODEL, [told, ("", 0.0)])], "", "Method",
    )  # fmt: skip


@pytest.mark.usefixtures("shipped")
def test_an_experiment_without_a_back_test_has_no_scores() -> None:
    assert grids.scores("", {}) == []
    assert grids.scores("other", {}) == []
