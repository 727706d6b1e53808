"""Figures of persons over time by status: under way, and at their journey's end, without prospects."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from sim.outputs.run_data import Array
from sim.report.figures import ENDED, UNDER_WAY
from sim.report.findings import Findings
from sim.report.panels import Group, Key, over_time, panel
from sim.report.svg import Drawing, drawing_of
from sim.report.words import number

_WITH = {"at_coast": ("at_coast", "diverted", "intercepted")}
_TALL_ENOUGH = 0.05  # share of the panel's height that has room for a label
_SHORT = {"crossed": "crossed", "landed": "landed", "returned": "returned", "in_procedure": "in procedure"}
Statuses = tuple[tuple[str, str, str], ...]


def whereabouts(found: Findings) -> list[Group]:
    """Return areas of persons by status, a panel per scenario: under way, and at the journey's end."""
    table = found.fan("status", "persons")
    parts = {
        str(scenario): part.pivot(index="week", columns="name", values="median").sort_index()
        for scenario, part in table.groupby("scenario", observed=True)
    }
    groups = []
    for code, title, statuses in (("u", "Under way", UNDER_WAY), ("e", "Journey's end", ENDED)):
        areas = {name: _areas(parts[name], statuses) for name in found.names if name in parts}
        used = [s for s in statuses if any(area[s[0]].any() for area in areas.values())]
        if not used:
            continue
        top = max(float(area.sum(axis=1).max()) for area in areas.values()) * 1.04
        drawings = [
            _stack(area, used, name if found.others else "Persons", top, f"w{code}{k}")
            for k, (name, area) in enumerate(areas.items())
        ]
        keys = [Key("area", colour, text) for _, text, colour in reversed(used)]
        groups.append(Group(title, "", keys, drawings))
    return groups


def _areas(table: pd.DataFrame, statuses: Statuses) -> pd.DataFrame:
    columns = {}
    for name, _, _ in statuses:
        own = [status for status in _WITH.get(name, (name,)) if status in table.columns]
        columns[name] = table[own].sum(axis=1) if own else pd.Series(0.0, table.index)
    return pd.DataFrame(columns)


def _stack(area: pd.DataFrame, used: list[tuple[str, str, str]], title: str, top: float, key: str) -> Drawing:
    values = area[[name for name, _, _ in used]].to_numpy().T

    def draw() -> Figure:
        figure, axes = panel(2.4, title, left=0.56)
        axes.stackplot(area.index, values, colors=[colour for _, _, colour in used], edgecolor="white", linewidth=0.5)
        over_time(axes)
        axes.set_ylim(0, top)
        _labels(axes, area, values, used, top)
        return figure

    last = ", ".join(f"{text} {number(row[-1])}" for (_, text, _), row in zip(used, values, strict=True))
    return drawing_of(key, f"Persons over time, {title}; on the last day: {last}", draw)


def _labels(axes: Axes, area: pd.DataFrame, values: Array, used: list[tuple[str, str, str]], top: float) -> None:
    """Label areas with the status where there is room."""
    weeks = values.shape[1]
    half = max(weeks // 11, 1)
    edges = np.vstack([np.zeros(weeks), values.cumsum(axis=0)])
    for k, (name, text, colour) in enumerate(used):
        centres = range(half, weeks - half)
        spans = [slice(centre - half, centre + half + 1) for centre in centres]
        rooms = [(edges[k + 1, span].min(), edges[k, span].max()) for span in spans]
        if not rooms:
            continue
        best = max(range(len(rooms)), key=lambda c: rooms[c][0] - rooms[c][1])
        above, below = rooms[best]
        if above - below > _TALL_ENOUGH * top:
            light = sum(share * part for share, part in zip((0.299, 0.587, 0.114), to_rgb(colour), strict=True)) > 0.55
            axes.text(area.index[best + half], (above + below) / 2, _SHORT.get(name, text), ha="center", va="center",
                      fontsize=7.8, color="black" if light else "white")  # fmt: skip
