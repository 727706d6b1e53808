"""Figures of a filter: what a state did month by month, and a back-test's forecasts beside what was published."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.report.record.forecast_figures import fan
from sim.report.style import date_axis, write_figure

_BLUE = "#1b6ca8"


def write_filter(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write ``posture.svg`` and ``.png``, and of a back-test ``fan.svg`` and ``.png``, into a folder."""
    figures = {"posture": posture(tables["posture"])}
    if "forecasts" in tables:
        nearest = tables["forecasts"][tables["forecasts"]["horizon"] == 1]
        title = "Forecasts of the month ahead, and what was published later"
        figures["fan"] = fan(nearest, title, "red: published; blue: median, 50 and 90 %")
    for name, figure in figures.items():
        write_figure(figure, folder / f"{name}.svg", metadata={"Date": None})
        write_figure(figure, folder / f"{name}.png", dpi=110)


def posture(table: pd.DataFrame) -> Figure:
    """Draw the inferred posture: a panel for each part of it, by month, with 50 and 90 % intervals."""
    names = list(dict.fromkeys(table["posture"]))
    figure = Figure(figsize=(9.0, 1.9 * len(names) + 0.6), layout="constrained")
    panels = np.atleast_1d(figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0])
    for name, panel in zip(names, panels, strict=True):
        own = table[table["posture"] == name]
        if name == "off":
            panel.bar(pd.to_datetime(own["month"]), own["mean"], width=25, color=_BLUE, align="edge")
        else:
            own = pd.concat([own, own.tail(1)])  # the last month, too, reaches to its end
            at = pd.to_datetime(own["month"])
            at.iloc[-1] += pd.offsets.MonthBegin()
            panel.fill_between(at, own["low90"], own["high90"], step="post", color=_BLUE, alpha=0.2, lw=0)
            panel.fill_between(at, own["low50"], own["high50"], step="post", color=_BLUE, alpha=0.35, lw=0)
            panel.step(at, own["median"], where="post", color=_BLUE, lw=1.6)
            if own["unit"].iloc[0] == "persons per day":
                panel.set_yscale("symlog", linthresh=10)  # months differ by a factor of a hundred
        panel.set_title(f"{name} ({own['unit'].iloc[0]})", loc="left", fontsize=9)
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(axis="y", lw=0.4, alpha=0.6)
    date_axis(panels[-1])
    figure.suptitle("What the state did, as the counts tell it: median, 50 and 90 %", fontsize=11)
    return figure
