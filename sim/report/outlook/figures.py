"""Figures of a forecast: counts by country on either side of today, and early warnings by section and week."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report.outlook.grids import ENDS, rates, recent
from sim.report.style import A4_WIDTH, COLOURS, GREY, INK, date_axis

_BLUE, _RED = COLOURS[0], COLOURS[1]


def countries(past: pd.DataFrame, months: pd.DataFrame, origin: date) -> Figure:
    """Draw a panel per country: published counts a day, what had been forecast of them, and the months ahead.

    Args:
        past: A row per figure with ``series``, ``period_start``, ``period_end``, ``published`` and intervals.
        months: A row per series and month ahead, with intervals.
        origin: Today.
    """
    names = list(dict.fromkeys(months["series"]))
    figure = Figure(figsize=(A4_WIDTH, 1.9 * len(names) + 0.3), layout="constrained")
    panels = figure.subplots(len(names), 1, sharex=True, squeeze=False)[:, 0]
    before, ahead = recent(past, origin), rates(months)
    for name, axes in zip(names, panels, strict=True):
        for row in before[before["series"] == name].itertuples() if len(before) else ():
            _period(axes, row, row.published)
        for row in ahead[ahead["series"] == name].itertuples():
            _period(axes, row, None)
        axes.axvline(origin, color=INK, lw=0.8, ls="--")
        axes.set_yscale("symlog", linthresh=1)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.set_ylim(bottom=0)
        axes.set_title(f"{name.capitalize()}: recorded attempts a day")
    panels[-1].text(origin, 0.02, " today", transform=panels[-1].get_xaxis_transform(), fontsize=7.5, color=GREY)
    date_axis(panels[-1])
    panels[-1].set_xlim(right=months["period_end"].max() + timedelta(days=3))
    return figure


def _period(axes: Axes, row: object, published: float | None) -> None:
    """Draw a forecast, a day, as a bar in the middle of its period, and what was published as a line across it."""
    start, end = row.period_start, row.period_end + timedelta(days=1)  # type: ignore[attr-defined]
    at = start + timedelta(days=row.days / 2)  # type: ignore[attr-defined]
    low, inner, middle, outer, high = (getattr(row, key) for key in ENDS)
    axes.plot([at, at], [low, high], color=_BLUE, lw=1.4, solid_capstyle="butt")
    axes.plot([at, at], [inner, outer], color=_BLUE, lw=5, alpha=0.5, solid_capstyle="butt")
    axes.plot([at], [middle], "o", color=_BLUE, ms=3)
    if published is not None:
        axes.plot([start, end], [published] * 2, color=_RED, lw=2, solid_capstyle="butt")
