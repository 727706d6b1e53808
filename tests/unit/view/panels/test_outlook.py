"""The page of a forecast shows what its folder says, the riskiest section first, and opens no other folder."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from sim.inference.calibration_study import csv
from sim.outputs.folder import OutputError
from sim.report.outlook.page import write_outlook
from sim.report.outlook.stored import ABOUT, About, read
from sim.view.opened_folder import Opened
from sim.view.panels.outlook import Outlooks, content, fan
from tests.unit.report.outlook.test_page import about, looked

RISKS = {"low": 0.0, "high": 0.7, "middle": 0.3}


def written(folder: Path, *, months: bool = True, **changes: str) -> Path:
    """A small forecast of three sections, as its command writes it."""
    found = looked(folder, months=months)
    warnings = found.files["warnings"]
    parts = [warnings.assign(section=name, p_overload=[0.0, risk]) for name, risk in RISKS.items()]
    past = found.files["past"].assign(origin="2023-12-01", in50=False, in90=True)
    surprises = found.files["past"][["series", "period_start", "period_end", "published"]].assign(beyond=True)
    tables = {**found.files, "warnings": pd.concat(parts), "past": past, "surprises": surprises}
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        if len(table):
            (folder / f"{name}.csv").write_bytes(csv(table))
    known: About = about(found, "The border", "all is assumed", "corridor forecast")._replace(**changes)
    write_outlook(found, known)
    return folder


@pytest.mark.parametrize("months", [True, False], ids=["forecast", "what-if"])
def test_what_a_folder_says_is_shown(tmp_path: Path, months: bool) -> None:
    shown = content(read(written(tmp_path / "one", months=months)))
    (warned,) = shown["above"]
    assert [label for label, _ in warned["lines"]] == ["high", "middle", "low"]
    assert [cells[1][0] for _, cells in warned["lines"]] == ["70% ± 2%", "30% ± 2%", "0% ± 2%"]
    people, weekly, *monthly, pressure, far = shown["below"]
    assert [grid["mark"] for grid in monthly] == ["back-tested"] * months
    assert {label for label, _ in people["lines"]} == {"Stranded at the week's end", "Injured", "Dead"}
    assert weekly["lines"][0][0] == "Poland" and people["sign"] == pressure["sign"] == "○"
    assert far["lines"][0][0] == "Poland"
    turned_out, *scores = shown["good"]
    assert turned_out["note"] == "Forecasts of the last year: 1 of 1 in the 90 % interval, 0 in the 50 %."
    losses = [text for grid in scores for _, cells in grid["lines"] for text, _ in cells if text.endswith("worse")]
    assert losses  # they stand beside the wins
    assert {"forecast.csv", "warnings.csv", "past.csv"} <= set(shown["files"])
    assert shown["command"] == "corridor forecast"


def test_counts_stand_before_today_and_weeks_after_it(tmp_path: Path) -> None:
    chart = fan(read(written(tmp_path / "one")))
    (view,) = chart["views"]
    (panel,) = view["panels"]
    assert view["name"] == "Poland"
    assert len(panel["fan"]["median"]) * chart["every"] == chart["days"] - chart["today"]
    (count,) = panel["counts"]
    assert count["end"] == chart["today"] and count["end"] - count["begin"] == 31
    assert count["value"] == pytest.approx(450 / 31 * 7, abs=0.01)
    assert count["high90"] == pytest.approx(50 / 31 * 7, abs=0.01)


def test_forecasts_under_the_working_folder_are_listed_and_no_other_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert not Outlooks(None, "").folders
    old, new = (written(tmp_path / "results" / "a-filter" / name) for name in ("forecast-1", "forecast-2"))
    os.utime(old / ABOUT, (0, 0))
    elsewhere = written(tmp_path.parent / f"{tmp_path.name}-elsewhere")
    listed = Outlooks(None, "")
    assert list(listed.folders.values()) == [new, old] and listed.first is None
    for name in listed.folders:
        assert Outlooks(None, f"?{listed.link(name)}").first == name
    assert Outlooks(None, f"forecast=../{elsewhere.name}").first is None
    opened = Outlooks(Opened.read(elsewhere).folder, "")
    assert opened.first == elsewhere.name and len(opened.folders) == 3
    assert Outlooks(old, "").first == "results/a-filter/forecast-1"


def test_a_spoilt_folder_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "one")
    assert Opened.read(folder).kind == "forecast"
    (folder / "warnings.csv").write_text("section\n")
    with pytest.raises(OutputError, match=r"warnings\.csv: cannot be read as a forecast"):
        read(folder)
    with pytest.raises(OutputError, match="cannot be read as a forecast"):
        read(written(tmp_path / "two", experiment="../elsewhere"))
