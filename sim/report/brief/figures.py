"""The fan chart of a brief, drawn at the size at which it is printed, so that its text is as large as it says."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from sim.outputs import rounding
from sim.report.brief.titles import place_title, scenario_title
from sim.report.findings import Findings
from sim.report.panels import DASHES, Key, colour_of, dates, full_load
from sim.report.style import GREY, PALE, thousands
from sim.report.svg import Drawing, drawing_of
from sim.report.words import clipped

MM = 1 / 25.4  # inches
WIDTH = 180.0  # mm
_TEXT, _LEGEND = 9.5, 64  # points; characters


def fan(found: Findings, section: str, best: str, height: float) -> tuple[Drawing, list[Key]] | None:
    """Return the weekly pressure of a section with its legend: bands of base and best scenario, lines of the others.

    Args:
        found: The findings.
        section: The section.
        best: The scenario that ranks first; its own name if there is but one.
        height: Height in mm.
    """
    table = found.fan("section", "border_pressure")
    table = table[table["name"].astype(str) == section] if len(table) else table
    if not len(table):
        return None
    parts = {str(name): part for name, part in table.groupby("scenario", observed=True) if name in found.names}
    others = [name for name in found.names if name not in (found.base, best) and name in parts]

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH * MM, height * MM))
        axes = figure.subplots()
        figure.subplots_adjust(9 / WIDTH, 9.5 / height, 1 - 2 / WIDTH, 1 - 3 / height)
        for name in others:
            style: Any = DASHES[(found.others.index(name) + 2) % len(DASHES)]
            week, median = parts[name]["week"], parts[name]["median"]
            axes.plot(week, median, color=colour_of(found, name), linewidth=1.1, linestyle=style)
        for name in dict.fromkeys((found.base, best)):
            _band(found, axes, parts[name], name)
        _frame(found, axes)
        return figure

    peaks = ", ".join(f"{scenario_title(found, n)} {rounding.shown(p['median'].max(), 2)}" for n, p in parts.items())
    caption = f"Border pressure by week, {place_title(found, section)}; highest median: {peaks}; 1 is full load"
    return drawing_of("brief-fan", caption, draw), _keys(found, best, others)


def _band(found: Findings, axes: Axes, part: pd.DataFrame, name: str) -> None:
    colour = colour_of(found, name)
    if found.several:
        axes.fill_between(part["week"], part["low90"], part["high90"], color=colour, alpha=0.2, linewidth=0)
    style: Any = DASHES[1] if found.others and name == found.base else DASHES[0]
    axes.plot(part["week"], part["median"], color=colour, linewidth=2.0, linestyle=style)


def _frame(found: Findings, axes: Axes) -> None:
    dates(axes)
    thousands(axes)
    axes.set_ylim(0, None)
    full_load(axes)
    axes.grid(axis="y", color=PALE)
    axes.tick_params(labelsize=_TEXT)
    for text in axes.texts:
        text.set_fontsize(_TEXT)
    window = None if found.study is None else found.study.window()
    if window is not None:
        axes.axvline(date2num(window.first), color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
        at: Any = (window.first, 1)
        axes.annotate(
            " from here they differ", at, xycoords=("data", "axes fraction"), fontsize=_TEXT, color=GREY, va="top"
        )


def _keys(found: Findings, best: str, others: list[str]) -> list[Key]:
    what = "median and 90\u202f% interval" if found.several else "the run"
    if not found.others:
        return [Key("line", colour_of(found, found.base), what)]
    keys = [Key("dashed", colour_of(found, found.base), f"with none of these measures, {what}")]
    if best != found.base:
        keys.append(Key("line", colour_of(found, best), clipped(scenario_title(found, best), _LEGEND)))
    if len(found.others) == 1 and others:
        keys.append(Key("dotted", colour_of(found, others[0]), clipped(scenario_title(found, others[0]), _LEGEND)))
    elif others:
        keys.append(Key("dotted", GREY, "the others, in the colours above"))
    return keys
