"""Forest plots of a comparison: paired differences with intervals, and displacement of attempts and people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.outputs.definitions import title_of
from sim.report.findings import Findings
from sim.report.panels import MARKERS, Group, Key, colour_of, nought, panel
from sim.report.sentences import Row, changed, has_sea, since
from sim.report.style import COLOURS, INK, PALE
from sim.report.svg import Drawing, drawing_of
from sim.report.words import clipped, interval, number

BORDER = ("attempts", "days_over", "pressure_mean", "pressure_peak", "entries")
PEOPLE = ("deaths", "stranded", "injuries", "returned", "in_procedure")
LARGEST = 16  # routes or sections in a panel
_ROW = 0.235  # inches


class Line(NamedTuple):
    """A line of a forest plot: its label, row, output, colour and marker."""

    label: str
    row: Row
    output: str
    colour: str
    marker: str
    strong: bool = False


def forests(found: Findings) -> list[Group]:
    """Return differences of each output, a line per scenario, for the border and the people."""
    border = [*BORDER, *(["landed"] if has_sea(found) else [])]
    groups = []
    for title, outputs in (("At the border", border), ("The people", PEOPLE)):
        drawings = []
        for output in outputs:
            lines = [
                Line(other, row, output, colour_of(found, other), MARKERS[k % len(MARKERS)])
                for k, other in enumerate(found.others)
                if (row := changed(found, other, output)[0]) is not None
            ]
            if lines:
                drawings.append(_forest(f"fo-{output}", title_of(output), f"change, {_unit(lines[0])}", lines))
        if drawings:
            groups.append(Group(title, "", [], drawings))
    return groups


def _unit(line: Line) -> str:
    return str(line.row["unit"])


def displacement(found: Findings) -> list[Group]:
    """Return displacement: differences by section (attempts) and by route, for each compared scenario."""
    groups = []
    keys = [Key("dot", COLOURS[0], "by route: boarded"), Key("diamond", COLOURS[1], "got into the EU")]
    for k, other in enumerate(found.others):
        drawings = []
        for key, title, unit, lines in (
            ("sw", "Attempts by section", "change, attempts; countries bold", _by_section(found, other)),
            ("rw", "Persons by route", "change, persons", _by_route(found, other)),
        ):
            if lines:
                drawings.append(_forest(f"{key}{k}", title, unit, lines))
        if drawings:
            groups.append(Group(other, since(found, other), keys, drawings, wide=True))
    return groups


def _by_section(found: Findings, other: str) -> list[Line]:
    lines = []
    for agency in found.agencies:
        for level, name in (*(("section", n) for n in found.sections_of(agency)), ("agency", agency)):
            row = found.difference_at(other, "attempts", level, name)
            if row is not None:
                whole = level == "agency"
                label = found.title_of(level, name) if whole else name
                lines.append(Line(label, row, "attempts", INK if whole else colour_of(found, other),
                                  "D" if whole else "o", whole))  # fmt: skip
    return lines


def _by_route(found: Findings, other: str) -> list[Line]:
    lines = []
    for name in found.routes:
        boarded = found.difference_at(other, "boarded", "route", name)
        sea = any(name in one.routes and one.routes[name].over_sea for one in found.scenarios.values())
        arrived = found.difference_at(other, "landed" if sea else "entries", "route", name)
        for row, label, colour, marker in ((boarded, name, COLOURS[0], "o"), (arrived, "", COLOURS[1], "D")):
            if row is not None and boarded is not None and _any((boarded, arrived)):
                lines.append(Line(label, row, "boarded", colour, marker))
    return lines[: 2 * LARGEST]


def _any(rows: Sequence[Row | None]) -> bool:
    return any(row is not None and (row["low90"] or row["high90"]) for row in rows)


def _forest(key: str, title: str, unit: str, lines: list[Line]) -> Drawing:
    def draw() -> Figure:
        height = 0.78 + _ROW * len(lines)
        figure, axes = panel(height, title, left=1.32, right=0.62, bottom=0.44, top=0.34)
        for k, line in enumerate(lines):
            _draw(axes, len(lines) - 1 - k, line)
        nought(axes)
        axes.set_ylim(-0.6, len(lines) - 0.4)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=PALE)
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.06)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=lines[0].output != "pressure_peak"))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value)))
        axes.set_xlabel(unit, labelpad=1)
        return figure

    return drawing_of(key, f"{title}: {'; '.join(_described(line) for line in lines)}", draw)


def _described(line: Line) -> str:
    change = number(line.row["median"], line.output, sign=True)
    return f"{line.label or 'got in'} {change} ({interval(line.row, line.output, sign=True)})"


def _tick(value: float) -> str:
    text = f"{value:+,.0f}" if abs(value) >= 10 else f"{value:+g}"
    return "0" if value == 0 else text.replace("-", "−")


def _draw(axes: Axes, y: float, line: Line) -> None:
    row = line.row
    if row["low90"] < row["high90"]:
        axes.plot([row["low90"], row["high90"]], [y, y], color=line.colour, linewidth=1.1, solid_capstyle="butt")
        axes.plot([row["low50"], row["high50"]], [y, y], color=line.colour, linewidth=3.2, solid_capstyle="butt")
    axes.plot(row["median"], y, marker=line.marker, color=line.colour, markersize=5.2, markeredgecolor="white",
              markeredgewidth=0.6, linestyle="none")  # fmt: skip
    weight = "bold" if line.strong else "normal"
    transform = axes.get_yaxis_transform()
    axes.text(-0.04, y, clipped(line.label, 21), transform=transform, ha="right", va="center", fontsize=8.2,
              fontweight=weight)  # fmt: skip
    axes.text(1.03, y, number(row["median"], line.output, sign=True), transform=transform, ha="left", va="center",
              fontsize=8.2, fontweight=weight)  # fmt: skip
