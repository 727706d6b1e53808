"""Fan charts, one panel per series: forecasts and published figures, and a fit and its data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from sim.report.style import write_figure

MODEL = "corridor"
_COLOURS = ("#1b6ca8", "#c1121f")


def write_fan(forecasts: pd.DataFrame, folder: Path) -> None:
    """Write ``fan.svg`` and ``fan.png`` of a back-test's table of forecasts into a folder."""
    figure = fan(forecasts)
    write_figure(figure, folder / "fan.svg", metadata={"Date": None})
    write_figure(figure, folder / "fan.png", dpi=110)


def write_fit(fit: pd.DataFrame, folder: Path) -> None:
    """Write ``fit.svg`` and ``fit.png`` of a calibration's table of the fit, of series alone, into a folder."""
    shown = fit[np.isfinite(fit["value"].astype(float))]
    if fit.empty:
        return
    table = shown.assign(method=MODEL, origin=0, observed=shown["value"].astype(float))
    title = "Published figures, and what the fitted model says would be published"
    figure = fan(table, title, "red: published; blue: median, 50 and 90 %")
    write_figure(figure, folder / "fit.svg", metadata={"Date": None})
    write_figure(figure, folder / "fit.png", dpi=110)


def fan(
    forecasts: pd.DataFrame,
    title: str = "Forecasts from each origin, and what was published later",
    legend: str = "red: published; blue: median, 50 and 90 %, earliest origin first",
) -> Figure:
    """Draw a panel per series: 50 and 90 % intervals by origin, medians, and the published figures.

    The scale is logarithmic above 10, as months differ by a factor of a hundred.
    """
    model = forecasts[forecasts["method"] == MODEL]
    names = list(dict.fromkeys(model["series"]))
    figure = Figure(figsize=(9.0, 2.6 * max(len(names), 1) + 0.6), layout="constrained")
    panels = np.atleast_1d(figure.subplots(max(len(names), 1), 1, squeeze=False)[:, 0])
    for name, panel in zip(names, panels, strict=False):
        _panel(panel, f"{name} ({legend})", model[model["series"] == name])
    figure.suptitle(title, fontsize=11)
    return figure


def _panel(panel: Axes, title: str, own: pd.DataFrame) -> None:
    """Draw the forecasts of a series: a bar per origin, side by side within the period, earliest first."""
    blue, red = _COLOURS
    for _, group in own.groupby(["period_start", "period_end"], sort=True):
        start, end = pd.Timestamp(group["period_start"].iloc[0]), pd.Timestamp(group["period_end"].iloc[0])
        width = (end - start).days + 1
        value = group["observed"].iloc[0]
        panel.plot([start, start + pd.Timedelta(days=width)], [value, value], color=red, lw=2.2, zorder=3)
        for place, row in enumerate(group.sort_values("origin").itertuples()):
            at = start + pd.Timedelta(days=width * (place + 1) / (len(group) + 1))
            panel.plot([at, at], [max(row.low90, 1), max(row.high90, 1)], color=blue, lw=1.2, alpha=0.8)
            panel.plot([at, at], [max(row.low50, 1), max(row.high50, 1)], color=blue, lw=4.5, alpha=0.5)
            panel.plot([at], [max(row.median, 1)], "o", color=blue, ms=3.5)
    panel.set_yscale("symlog", linthresh=10)
    panel.set_ylim(bottom=0)
    panel.set_title(title, loc="left", fontsize=9)
    panel.set_ylabel("events or persons", fontsize=8)
    locator = AutoDateLocator(minticks=3, maxticks=9)
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    panel.spines[["top", "right"]].set_visible(False)
    panel.grid(axis="y", lw=0.4, alpha=0.6)
