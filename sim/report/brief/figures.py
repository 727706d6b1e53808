"""The fan chart of a brief, drawn at the size at which it is printed, so that its text is as large as it says."""

from __future__ import annotations

from matplotlib.axes import Axes
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
    parts = {str(name): part for name, part in table.groupby("scenario", observed=True)}
    others = [name for name in found.names if name not in (found.base, best) and name in parts]

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH * MM, height * MM))
        axes = figure.subplots()
        figure.subplots_adjust(9 / WIDTH, 9.5 / height, 1 - 2 / WIDTH, 1 - 3 / height)
        for name in others:
            axes.plot(parts[name]["week"], parts[name]["median"], color=colour_of(found, name), linewidth=1.1,
                      linestyle=DASHES[(found.others.index(name) + 2) % len(DASHES)])  # type: ignore[arg-type]  # fmt: skip
        for name in dict.fromkeys((found.base, best)):
            _band(found, axes, parts[name], name)
        _frame(found, axes)
        return figure

    peaks = ", ".join(f"{scenario_title(found, n)} {rounding.shown(p['median'].max(), 2)}" for n, p in parts.items())
    caption = f"Border pressure by week, {place_title(found, section)}; highest median: {peaks}; 1 is full load"
    return drawing_of("brief-fan", caption, draw), _keys(found, best, others)


def _band(found: Findings, axes: Axes, part: object, name: str) -> None:
    colour, wide = colour_of(found, name), part["week"]  # type: ignore[index]
    if found.several:
        axes.fill_between(wide, part["low90"], part["high90"], color=colour, alpha=0.2, linewidth=0)  # type: ignore[index]
    style = DASHES[1] if found.others and name == found.base else DASHES[0]
    axes.plot(wide, part["median"], color=colour, linewidth=2.0, linestyle=style)  # type: ignore[index]


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
        axes.axvline(window.first, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))  # type: ignore[arg-type]
        axes.annotate(" from here they differ", (window.first, 1), xycoords=("data", "axes fraction"), fontsize=_TEXT,  # type: ignore[arg-type]
                      color=GREY, va="top")  # fmt: skip


def _keys(found: Findings, best: str, others: list[str]) -> list[Key]:
    band = "median and 90\u202f% interval" if found.several else "the run"
    base = f"with none of these measures, {band}" if found.others else band
    keys = [Key("dashed" if found.others else "line", colour_of(found, found.base), base)]
    if best != found.base:
        keys.append(Key("line", colour_of(found, best), clipped(scenario_title(found, best), _LEGEND)))
    kinds = ("line", "dashed", "dotted", "dashdot")
    for name in others:
        kind = kinds[(found.others.index(name) + 2) % len(DASHES)]
        keys.append(Key(kind, colour_of(found, name), clipped(scenario_title(found, name), _LEGEND)))
    return keys
