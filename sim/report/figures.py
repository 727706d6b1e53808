"""Figures of a run: pressure by section, persons by status, flows by route."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.data.durable_files import write_whole
from sim.report.style import A4_WIDTH, COLOURS, GREY, INK, RC, date_axis, look, rendered, thousands

if TYPE_CHECKING:
    from sim.outputs.results import Results

NAMES = ("pressure", "whereabouts", "flows")
MOST_ROUTES = 8
# Statuses in groups, each with label and colour, without prospects.
WAITING = (("booked", "booked: waiting for visa or seat", "#BBBBBB"),)
UNDER_WAY = (
    ("at_coast", "at the coast", "#56B4E9"),
    ("in_transit", "in transit", "#0072B2"),
    ("at_hub", "at the hub", "#E69F00"),
    ("at_border", "at the border", "#D55E00"),
    ("stranded", "stranded", "#882255"),
    ("in_procedure", "in procedure", "#009E73"),
)
ENDED = (
    ("onward", "onward", "#0072B2"),
    ("crossed", "crossed, still in the country", "#56B4E9"),
    ("landed", "landed over the sea", "#009E73"),
    ("returned", "returned home", "#E69F00"),
    ("moved_on", "moved on elsewhere", "#CC79A7"),
    ("dead", "dead", "#000000"),
)
# Statuses that are combined with another.
_WITH = {"at_coast": ("at_coast", "diverted", "intercepted")}
# Inches. Set here, as Matplotlib's own layout measures a figure several times, which takes as long as drawing it.
_HEAD, _FOOT, _LEFT = 0.75, 0.32, 0.95  # around all panels
_ABOVE, _ABOVE_FLOWS, _BESIDE = 0.3, 0.5, 0.85  # between panels
_HANDLE, _CHARACTER = 0.45, 0.066  # of a legend beside them
_LABEL = 26  # characters of its lines


def write_figures(results: Results, folder: Path) -> list[Path]:
    """Write the figures of a run as PNG; returns the files."""
    drawn = drawn_figures(results)
    for name, content in drawn.items():
        write_whole(folder / name, content)
    return [folder / name for name in drawn]


def drawn_figures(results: Results, names: Collection[str] = NAMES) -> dict[str, bytes]:
    """Draw figures as PNG; returns those that are not empty by file name."""
    drawn = figures(results, names)
    return {f"{name}.png": rendered(figure, "png", metadata={"Software": None}) for name, figure in drawn.items()}


def warm_up() -> None:
    """Draw a figure of nothing: fonts are read, and the first figure of a process otherwise takes twice as long."""
    with mpl.rc_context(RC):  # type: ignore[arg-type]
        figure = Figure()
        axes = figure.subplots()
        axes.plot(np.array(["2021-01-01", "2021-12-31"], "datetime64[D]"), [0.0, 1.0], label="line")
        axes.legend(title="title")
        date_axis(axes)
        thousands(axes)
        rendered(figure, "png")


def figures(results: Results, names: Collection[str] = NAMES) -> dict[str, Figure]:
    """Return the figures of these names (all if not given) that are not empty."""
    makers: dict[str, Callable[[Results], Figure | None]] = {
        "pressure": pressure,
        "whereabouts": whereabouts,
        "flows": flows,
    }
    with mpl.rc_context({**RC, "figure.constrained_layout.use": False}):  # type: ignore[dict-item]
        made = {name: maker(results) for name, maker in makers.items() if name in names}
    return {name: figure for name, figure in made.items() if figure is not None}


def pressure(results: Results) -> Figure | None:
    """Draw border pressure by section over time, a panel per agency, with a line at full load."""
    table = results.series("section", "border_pressure")
    by_agency: dict[str, list[str]] = {}
    for name in table.columns:
        by_agency.setdefault(results.scenario.sections[name].agency, []).append(name)
    if not by_agency:
        return None
    figure, panels = _panels(
        len(by_agency), 2.3, results, "Border pressure by section", "median and 50 and 90 % intervals"
    )
    for axes, (agency, names) in zip(panels, by_agency.items(), strict=True):
        for k, name in enumerate(names):
            _line(
                axes, results, ("section", "border_pressure", name), k, _wrapped(results.scenario.sections[name].title)
            )
        axes.axhline(1.0, color=INK, linewidth=0.9)
        top = max(1.25, axes.get_ylim()[1])
        axes.set_ylim(0, top)
        axes.text(1.0, 1.0, "full load ", transform=axes.get_yaxis_transform(), ha="right", va="bottom", fontsize=7.5)
        axes.set_title(results.scenario.agencies[agency].country)
        axes.set_ylabel("patrol calls (7-day mean)\n÷ capacity")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=1.8)
    _beside_legends(figure)
    return figure


def whereabouts(results: Results) -> Figure:
    """Draw persons over time: waiting, under way, and at their journey's end."""
    table = results.series("status", "persons")
    groups = (("Under way", UNDER_WAY), ("Journey's end", ENDED), ("Not yet under way (prospects left out)", WAITING))
    shown = [(title, group) for title, group in groups if _persons(table, group).to_numpy().any()] or [groups[0]]
    figure, panels = _panels(len(shown), 2.5, results, "Where everybody is")
    for axes, (title, group) in zip(panels, shown, strict=True):
        persons = _persons(table, group)
        used = [k for k, name in enumerate(persons.columns) if persons[name].any()] or [0]
        values, labels = persons.iloc[:, used].to_numpy().T, [group[k][1] for k in used]
        axes.stackplot(
            table.index,
            values,
            labels=[_wrapped(label) for label in labels],
            colors=[group[k][2] for k in used],
            linewidth=0,
        )
        axes.set_title(title)
        axes.set_ylabel("persons")
        axes.set_ylim(0, None)
        thousands(axes)
        handles, texts = axes.get_legend_handles_labels()
        axes.legend(handles[::-1], texts[::-1], loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=1.0)
    _beside_legends(figure)
    return figure


def _persons(table: pd.DataFrame, group: tuple[tuple[str, str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: table[list(_WITH.get(name, (name,)))].sum(axis=1) for name, _, _ in group})


def flows(results: Results) -> Figure | None:
    """Draw flows by route and week: departures on the left; persons and attempts on the right."""
    weekly = {key: _weekly(results, key) for key in ("departures", "boarded", "attempts", "entries", "landed")}
    total = weekly["boarded"].sum() + weekly["attempts"].sum()
    used = [str(name) for name in total.sort_values(ascending=False, kind="stable").index if total[name] > 0]
    if not used:
        return None
    shown = used[:MOST_ROUTES]
    note = f"; the {len(used) - len(shown)} smallest routes left out" if len(used) > len(shown) else ""
    figure = Figure(figsize=(A4_WIDTH, 1.0 + 1.55 * len(shown)))
    grid = figure.subplots(len(shown), 2, sharex=True, squeeze=False, gridspec_kw={"width_ratios": [1, 1.9]})
    _place(figure, len(shown), 0.1, _ABOVE_FLOWS)
    _head(figure, results, "Flows by route, per week" + note)
    for (left, right), name in zip(grid, shown, strict=True):
        _departures(left, weekly["departures"][name], name)
        _flow_lines(right, weekly, name, results.scenario.routes[name].over_sea)
    return figure


def _weekly(results: Results, measure: str) -> pd.DataFrame:
    """Return sums over whole weeks of the run by first day; medians over replicates."""
    block = results.blocks["route", measure]
    weeks = max(len(results.dates) // 7, 1)
    firsts = np.arange(weeks) * 7
    sums = np.add.reduceat(block.values[:, : weeks * 7], firsts, axis=1)
    return pd.DataFrame(np.median(sums, axis=0), index=results.dates[firsts], columns=list(block.names))


def _departures(axes: Axes, departures: pd.Series, name: str) -> None:
    edges = [*departures.index, departures.index[-1] + pd.Timedelta(days=7)]
    axes.stairs(departures, mdates.date2num(edges), fill=True, color="#BBBBBB")
    axes.set_title(name)
    axes.set_ylabel("departures\nper week")
    axes.set_ylim(0, max(1.0, float(departures.max()) * 1.1))
    date_axis(axes)
    thousands(axes)


def _flow_lines(axes: Axes, weekly: dict[str, pd.DataFrame], name: str, sea: bool) -> None:
    lines = [("boarded", "boarded (persons)", COLOURS[0])]
    if sea:
        lines += [("landed", "landed (persons)", COLOURS[2])]
    else:
        lines += [("attempts", "attempts", COLOURS[1]), ("entries", "entries (persons)", COLOURS[2])]
    for key, label, colour in lines:
        axes.plot(weekly[key].index, weekly[key][name], color=colour, label=label)
    axes.set_ylabel("per week")
    axes.set_ylim(0, None)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), ncols=3, handlelength=1.4, columnspacing=1.2)
    date_axis(axes)
    thousands(axes)


def _panels(
    count: int, height: float, results: Results, title: str, shown: str = "medians"
) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(A4_WIDTH, 0.7 + height * count))
    panels = figure.subplots(count, 1, sharex=True, squeeze=False)[:, 0]
    _head(figure, results, title, shown)
    for axes in panels:
        date_axis(axes)
    return figure, list(panels)


def _beside_legends(figure: Figure) -> None:
    """Leave room at the right for the longest line of the panels' legends."""
    legends = [legend for axes in figure.axes if (legend := axes.get_legend()) is not None]
    texts = [text.get_text() for legend in legends for text in legend.get_texts()]
    longest = max(len(line) for text in texts for line in text.split("\n"))
    _place(figure, len(figure.axes), _HANDLE + _CHARACTER * longest, _ABOVE)


def _place(figure: Figure, rows: int, right: float, above: float) -> None:
    """Place rows of panels, with so much room (inches) at the right, and between rows."""
    width, height = figure.get_size_inches()
    row = (height - _HEAD - _FOOT - above * (rows - 1)) / rows
    column = (width - _LEFT - right - _BESIDE) / 2
    figure.subplots_adjust(
        _LEFT / width, _FOOT / height, 1 - right / width, 1 - _HEAD / height, _BESIDE / column, above / row
    )


def _head(figure: Figure, results: Results, title: str, shown: str = "medians") -> None:
    runs = f"{shown} of {results.replicates} replicates" if results.replicates > 1 else ""
    line = " · ".join(part for part in (results.scenario.title, runs) if part)
    height = figure.get_figheight()
    figure.suptitle(title, x=0.01, y=1 - 0.08 / height, ha="left", fontsize=12, fontweight="bold", color=INK)
    figure.text(0.01, 1 - 0.33 / height, line, fontsize=8.5, color=GREY, va="top")


def _wrapped(label: str) -> str:
    return "\n".join(wrap(label, _LABEL))


def _line(axes: Axes, results: Results, key: tuple[str, str, str], number: int, label: str) -> None:
    """Draw a line, with its intervals over replicates behind it."""
    level, measure, name = key
    style: Any = look(number)
    if results.replicates > 1:
        for low, high, alpha in ((0.05, 0.95, 0.12), (0.25, 0.75, 0.2)):
            bounds = (results.series(level, measure, q)[name] for q in (low, high))
            axes.fill_between(results.dates, *bounds, color=style["color"], alpha=alpha, linewidth=0)
    axes.plot(results.dates, results.series(level, measure)[name], label=label, **style)
