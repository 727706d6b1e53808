"""Figures of sweeps hold what their tables hold, also where something is missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report import sweep_figures as figures
from sim.report.console import EMPTY
from sim.report.console_sweeps import text_of, threshold_rows

TORNADO = pd.DataFrame(
    {
        "parameter": ["a.very.long.path." * 4, "b"], "low": [0.0, 1.0], "high": [1.0, 2.0], "at_low": [3.0, np.nan],
        "at_high": [5.0, 4.5], "centre": [4.0, 4.0], "swing": [2.0, 0.1],
    }
)  # fmt: skip
PAIRS = pd.DataFrame({"parameter": ["a", "a", "b"], "with": ["b", "c", "c"], "second": [0.2, -0.1, np.nan]})


def texts(figure: Figure) -> str:
    return " ".join(text.get_text() for axes in figure.axes for text in [*axes.texts, axes.title, axes.xaxis.label])


def test_a_tornado_begins_with_the_longest_bar(tmp_path: Path) -> None:
    figure = figures.tornado(TORNADO, "deaths", "persons", "a note")
    assert "deaths (persons)" in texts(figure)
    assert [round(bar.get_width(), 2) for bar in figure.axes[0].patches] == [0.5, -1.0, 1.0]
    drawn = [figures.tornado(TORNADO, "deaths", "persons", "a note") for _ in range(2)]
    one, two = (figures.save(figure, tmp_path / f"{k}.png").read_bytes() for k, figure in enumerate(drawn))
    assert one == two


def test_pairs_are_beside_the_map_if_there_are_any() -> None:
    edges = [np.array([0.0, 1.0, 2.0])] * 2
    grid = np.array([[1.0, 2.0], [np.nan, 4.0]])
    assert len(figures.interaction(grid, edges, ["a", "b"], "deaths", "persons", None).axes) == 2
    assert len(figures.interaction(grid, edges, ["a", "b"], "deaths", "persons", PAIRS).axes) == 4


def test_tipping_points_leave_out_who_never_tips() -> None:
    curves = pd.DataFrame(
        {"name": ["x", "x", "y", "y"], "level": [0.0, 1.0] * 2, "probability": [0.0, 1.0, 0.0, 0.0],
         "low90": 0.0, "high90": [0.1, 1.0, 0.1, 0.1]}
    )  # fmt: skip
    table = pd.DataFrame(
        {"name": ["x", "y"], "probability": 0.5, "level": [0.5, np.nan], "low": [-np.inf, 1.0], "high": [1.0, np.inf],
         "state": ["found", "above the range"], "reversals": 0.0}
    )  # fmt: skip
    figure = figures.tipping(table, curves, "flights", "per week")
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["x"]
    rows = threshold_rows(table).set_index("name")["50%"]
    assert rows["x"] == "0.5 (… to 1)"
    assert rows["y"] == "above the range"


def test_numbers_as_tables_show_them() -> None:
    assert [text_of(v) for v in (1234.6, 12, 0.12345, -3.0, True, "a[b]")] == [
        "1,235", "12", "0.123", "−3", "yes", "a[b]",
    ]  # fmt: skip
    assert text_of(float("nan")) == text_of(None) == text_of(pd.NaT) == text_of(pd.NA) == EMPTY


def test_a_date_is_shown_and_so_is_whatever_else_is_there() -> None:
    """A gap is what is not there: nothing else is shown as one."""
    days = [date(2021, 8, 1), pd.Timestamp("2021-08-01"), np.datetime64("2021-08-01")]
    assert {text_of(day) for day in days} == {"2021-08-01"}
    assert text_of(("a", 1)) != EMPTY
