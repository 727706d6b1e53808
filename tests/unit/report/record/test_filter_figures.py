"""Figures of a filter show each part of the posture."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.report.record import filter_figures
from sim.report.record.filter_figures import posture, write_filter
from tests.unit.report.drawn import drawn, listed

TABLE = pd.DataFrame([
    {"month": date(2022, month, 1), "posture": name, "unit": unit, "mean": 0.5 + month, "low90": 0.2, "low50": 0.5,
     "median": 1.0 * month, "high50": 4.0, "high90": 5.0}
    for name, unit in (("inflow allowed", "persons per day"), ("facilitation", "share"), ("off", "probability"))
    for month in (1, 2, 3)
])  # fmt: skip


def test_each_part_of_the_posture_has_a_panel_with_its_unit() -> None:
    titles = [axes.get_title(loc="left") for axes in posture(TABLE).axes]
    assert titles == ["inflow allowed (persons per day)", "facilitation (share)", "off (probability)"]


def test_what_is_known_of_a_month_is_drawn_up_to_the_next() -> None:
    """Steps with both intervals; of whether it was off, a bar."""
    assert drawn(posture(TABLE)) == listed("""
        figure 9 x 6.3; constrained
        text 'What the state did, as the counts tell it: median, 50 and 90 %' at 0.5,0.98 center top 11 #000000
        axes lb, grid y linewidth 0.4 alpha 0.6, margins 0.05,0.05
        area 2022-01-01,5 2022-01-01,0.2 2022-02-01,0.2 2022-03-01,0.2
        ... 2022-04-01,0.2 2022-04-01,5 2022-03-01,5 2022-02-01,5 #1b6ca8 alpha 0.2
        area 2022-01-01,4 2022-01-01,0.5 2022-02-01,0.5 2022-03-01,0.5
        ... 2022-04-01,0.5 2022-04-01,4 2022-03-01,4 2022-02-01,4 #1b6ca8 alpha 0.35
        line 2022-01-01,1 2022-02-01,2 2022-03-01,3 2022-04-01,3 #1b6ca8 1.6 solid steps-post
        title left 'inflow allowed (persons per day)'
        x dates 4 to 9
        y scale symlog linear to 10
        axes lb, grid y linewidth 0.4 alpha 0.6, margins 0.05,0.05
        area 2022-01-01,5 2022-01-01,0.2 2022-02-01,0.2 2022-03-01,0.2
        ... 2022-04-01,0.2 2022-04-01,5 2022-03-01,5 2022-02-01,5 #1b6ca8 alpha 0.2
        area 2022-01-01,4 2022-01-01,0.5 2022-02-01,0.5 2022-03-01,0.5
        ... 2022-04-01,0.5 2022-04-01,4 2022-03-01,4 2022-02-01,4 #1b6ca8 alpha 0.35
        line 2022-01-01,1 2022-02-01,2 2022-03-01,3 2022-04-01,3 #1b6ca8 1.6 solid steps-post
        title left 'facilitation (share)'
        x dates 4 to 9
        axes lb, grid y linewidth 0.4 alpha 0.6, margins 0,0.05
        bar 2022-01-01,0 to 2022-01-26,1.5 #1b6ca8
        bar 2022-02-01,0 to 2022-02-26,2.5 #1b6ca8
        bar 2022-03-01,0 to 2022-03-26,3.5 #1b6ca8
        title left 'off (probability)'
        x dates 4 to 9
    """)


def test_figures_are_written(tmp_path: Path) -> None:
    write_filter({"posture": TABLE}, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"posture.svg", "posture.png"}
    data = (tmp_path / "posture.png").read_bytes()
    size = [int.from_bytes(data[at : at + 4]) for at in (16, 20)]
    assert size == pytest.approx([990, 693], abs=1)  # 9 by 6.3 inches, 110 dots an inch
    assert "<dc:date>" not in (tmp_path / "posture.svg").read_text(encoding="utf-8")


def test_of_a_back_test_the_forecasts_of_the_nearest_month_are_drawn(tmp_path: Path, monkeypatch: Any) -> None:
    forecasts = pd.DataFrame(
        [
            {"method": "corridor", "series": f"h{horizon}", "horizon": horizon, "origin": 1, "observed": 1.0,
             "period_start": date(2022, 1, 1), "period_end": date(2022, 1, 31), "low90": 1.0, "low50": 2.0,
             "median": 3.0, "high50": 4.0, "high90": 5.0}
            for horizon in (0, 1, 2)
        ]
    )  # fmt: skip
    made: list[tuple[Figure, str]] = []
    monkeypatch.setattr(filter_figures, "write_figure", lambda figure, file, **_: made.append((figure, file.name)))
    write_filter({"posture": TABLE, "forecasts": forecasts}, tmp_path)
    assert [name for _, name in made] == ["posture.svg", "posture.png", "fan.svg", "fan.png"]
    figure = made[-1][0]
    assert [one.get_text() for one in figure.texts] == ["Forecasts of the month ahead, and what was published later"]
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["h1 (red: published; blue: median, 50 and 90 %)"]
