"""Figures of a filter show each part of the posture."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from sim.report.record.filter_figures import posture, write_filter

TABLE = pd.DataFrame([
    {"month": date(2022, month, 1), "posture": name, "unit": unit, "mean": 1.0, "low90": 0.2, "low50": 0.5,
     "median": 1.0, "high50": 1.4, "high90": 2.0}
    for name, unit in (("inflow allowed", "persons per day"), ("facilitation", "share"), ("off", "probability"))
    for month in (1, 2, 3)
])  # fmt: skip


def test_each_part_of_the_posture_has_a_panel_with_its_unit() -> None:
    titles = [axes.get_title(loc="left") for axes in posture(TABLE).axes]
    assert titles == ["inflow allowed (persons per day)", "facilitation (share)", "off (probability)"]


def test_figures_are_written(tmp_path: Path) -> None:
    write_filter({"posture": TABLE}, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {"posture.svg", "posture.png"}
