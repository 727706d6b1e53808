"""Figures of border pressure over time: fans by agency and section, and the weekly probability of overload."""

from __future__ import annotations

from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.outputs import rounding
from sim.report.findings import Findings
from sim.report.panels import Group, Key, colour_of, dash_of, dates, full_load, over_time, panel
from sim.report.style import GREY, PALE
from sim.report.svg import Drawing, drawing_of
from sim.report.words import clipped, share

Parts = dict[tuple[str, str], pd.DataFrame]
MOST_SECTIONS = 18
MOST_TOGETHER = 3  # most scenarios besides the base in one panel


def agency_fans(found: Findings) -> list[Group]:
    """Return weekly border pressure by agency: a group per compared scenario, with the base behind it."""
    table = found.fan("agency", "border_pressure")
    if table.empty or not found.agencies:
        return []
    parts = _split(table)
    groups = []
    for number, name in enumerate(found.others or [found.base]):
        drawings = [
            _fan(found, parts, [found.base, name] if found.others else [name], "agency", agency, f"fa{number}-{k}")
            for k, agency in enumerate(found.agencies)
        ]
        title = name if found.others else "By country"
        groups.append(Group(title, "", _keys(found, [name] if found.others else []), drawings))
    return groups


def section_fans(found: Findings) -> Group | None:
    """Return weekly border pressure by section, all scenarios in one panel; None if there are none, or too many."""
    table = found.fan("section", "border_pressure")
    if table.empty or len(found.others) > MOST_TOGETHER:
        return None
    parts = _split(table)
    peaks = table.groupby("name", observed=True)["median"].max()
    loaded = sorted(found.sections, key=lambda name: -peaks.get(name, 0.0))[:MOST_SECTIONS]
    shown = [name for name in found.sections if name in loaded]
    drawings = [_fan(found, parts, found.names, "section", name, f"fs{k}") for k, name in enumerate(shown)]
    left = len(found.sections) - len(shown)
    note = f"The {left} sections with the lowest pressure are left out." if left else ""
    return Group("By section", note, _keys(found, found.others), drawings)


def _split(table: pd.DataFrame) -> Parts:
    """Split a table by scenario and name."""
    groups = table.groupby(["scenario", "name"], observed=True)
    return {(str(scenario), str(name)): part for (scenario, name), part in groups}


def _keys(found: Findings, others: list[str]) -> list[Key]:
    bands = [Key("band", "", "bands: 50 and 90\u202f% intervals")] if found.several else []
    if not others:
        return [Key("line", colour_of(found, found.base), "median" if found.several else "the run"), *bands]
    lines = [Key("line" if len(others) == 1 else _kind(k), colour_of(found, n), n) for k, n in enumerate(others)]
    return [*lines, Key("dashed", colour_of(found, found.base), f"{found.base} (base)"), *bands]


def _kind(number: int) -> str:
    return ("line", "dashed", "dotted", "dashdot")[number % 4]


def _fan(found: Findings, parts: Parts, scenarios: list[str], level: str, name: str, key: str) -> Drawing:
    title = found.title_of(level, name)
    shown = [(scenario, parts[scenario, name]) for scenario in scenarios if (scenario, name) in parts]

    def draw() -> Figure:
        figure, axes = panel(2.1 if level == "agency" else 1.85, title)
        for scenario, part in shown:
            _bands(found, axes, part, scenario, crowded=len(shown) > 2)
        over_time(axes)
        full_load(axes)
        return figure

    peaks = [f"{scenario} {rounding.shown(part['median'].max(), 2)}" for scenario, part in shown]
    caption = f"Border pressure by week, {title}; highest median: {', '.join(peaks)}; 1 is full load"
    return drawing_of(key, caption, draw)


def _bands(found: Findings, axes: Axes, part: pd.DataFrame, scenario: str, *, crowded: bool) -> None:
    colour, ghost = colour_of(found, scenario), bool(found.others) and scenario == found.base
    if found.several:
        wide = part["week"], part["low90"], part["high90"]
        axes.fill_between(*wide, color=colour, alpha=0.16, linewidth=0)
        if not crowded and not ghost:
            axes.fill_between(part["week"], part["low50"], part["high50"], color=colour, alpha=0.3, linewidth=0)
    style: Any = dash_of(found, scenario)
    axes.plot(part["week"], part["median"], color=colour, linestyle=style, linewidth=1.2 if ghost else 1.6)


def overloads(found: Findings) -> Group | None:
    """Return the weekly probability that a section exceeds full load, a panel per scenario; None if none does."""
    table = found.overload
    if table.empty or not (table["probability"] > 0).any():
        return None
    ever = set(table[table["probability"] > 0]["name"].astype(str))
    rows = [name for name in found.sections if name in ever]
    parts = _split(table)
    drawings = [_overload(found, parts, name, rows, f"ov{number}") for number, name in enumerate(found.names)]
    never = [name for name in found.sections if name not in ever]
    note = "Filled: weeks with a day over full load."
    if found.several:
        note = "Height of each band: probability from 0 to 1; at the right the highest of all weeks."
    if found.others:
        note += " Outlined: the base."
    if never:
        note += f" Never over full load: {', '.join(never)}."
    return Group("", note, [], drawings)


def _overload(found: Findings, parts: Parts, scenario: str, rows: list[str], key: str) -> Drawing:
    highest = {name: float(parts[scenario, name]["probability"].max()) for name in rows if (scenario, name) in parts}

    def draw() -> Figure:
        height = 0.76 + 0.25 * len(rows)
        title = scenario if len(found.names) > 1 else _what(found)
        figure, axes = panel(height, title, left=0.75, right=0.5)
        for k, name in enumerate(rows):
            base = len(rows) - 1 - k
            axes.axhline(base, color=PALE, linewidth=0.6, zorder=1)
            if (scenario, name) in parts:
                _strip(axes, parts[scenario, name], base, colour_of(found, scenario), fill=True)
            if scenario != found.base and (found.base, name) in parts:
                _strip(axes, parts[found.base, name], base, GREY, fill=False)
            if found.several:
                top = share(highest.get(name, 0.0))
                axes.text(1.01, base + 0.1, top, transform=axes.get_yaxis_transform(), ha="left", fontsize=8)
        dates(axes)
        axes.set_ylim(-0.05, len(rows))
        axes.set_yticks([len(rows) - 1 - k + 0.3 for k in range(len(rows))], [clipped(name, 12) for name in rows])
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False)
        axes.spines["left"].set_visible(False)
        return figure

    ever = ", ".join(f"{name} {share(value)}" for name, value in highest.items())
    return drawing_of(key, f"{_what(found)}, {scenario}; highest: {ever}", draw)


def _what(found: Findings) -> str:
    return "Probability of overload by week" if found.several else "Weeks over full load"


def _strip(axes: Axes, part: pd.DataFrame, base: float, colour: str, *, fill: bool) -> None:
    weeks = mdates.date2num(pd.to_datetime(part["week"]))
    edges = np.append(weeks, weeks[-1] + 7)
    values = base + 0.86 * part["probability"].to_numpy()
    if fill:
        axes.stairs(values, edges, baseline=base, fill=True, color=colour, alpha=0.85, linewidth=0)
    else:
        axes.stairs(values, edges, baseline=None, color=colour, linewidth=0.9)
