"""Common parts of the report's panels: size, colours of scenarios, axes, captions."""

from __future__ import annotations

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.ticker import Formatter

from sim.report.findings import Findings
from sim.report.style import COLOURS, GREY, INK, thousands
from sim.report.svg import Drawing
from sim.report.words import MONTHS, clipped

WIDTH = 4.2  # inches; wide enough to be read on a telephone, three fit beside each other on a screen
GHOST = "#8A8A8A"
FULL_LOAD = "#222222"
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.5, 1.5)))
MARKERS = ("o", "s", "D", "^", "v", "P")


class Key(NamedTuple):
    """A legend entry: a band, line or area of a colour, and its label."""

    kind: str
    colour: str
    text: str


class Group(NamedTuple):
    """A group of panels, with a title and a legend."""

    title: str
    note: str
    keys: list[Key]
    drawings: list[Drawing]
    wide: bool = False


def colour_of(found: Findings, name: str) -> str:
    """Return the colour of a scenario; the base's is grey in a comparison."""
    if not found.others:
        return COLOURS[0]
    return GHOST if name == found.base else COLOURS[found.others.index(name) % len(COLOURS)]


def dash_of(found: Findings, name: str) -> object:
    """Return the dash of a scenario's line, which distinguishes it besides colour."""
    if name == found.base:
        return DASHES[1] if found.others else DASHES[0]
    number = found.others.index(name)
    return DASHES[0] if len(found.others) == 1 else DASHES[number % len(DASHES)]


def panel(
    height: float, title: str, *, left: float = 0.46, right: float = 0.08, bottom: float = 0.42, top: float = 0.34
) -> tuple[Figure, Axes]:
    """Create a panel with fixed margins in inches, which align the panels in a row."""
    figure = Figure(figsize=(WIDTH, height))
    axes = figure.subplots()
    figure.subplots_adjust(left / WIDTH, bottom / height, 1 - right / WIDTH, 1 - top / height)
    figure.text(
        0.06 / WIDTH, 1 - 0.05 / height, clipped(title, 50), fontsize=9.5, fontweight="bold", va="top", color=INK
    )
    return figure, axes


def over_time(axes: Axes) -> None:
    """Show dates along x and numbers from 0 along y."""
    dates(axes)
    thousands(axes)
    axes.set_ylim(0, None)


def dates(axes: Axes) -> None:
    """Show dates along x, in English in any locale, with the year below the first and where it changes."""
    axes.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=8))
    axes.xaxis.set_major_formatter(_Dates())
    axes.margins(x=0)


class _Dates(Formatter):
    """Months, or days and months, or years."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the label of a single date."""
        return self.format_ticks([x])[0]

    def format_ticks(self, values: list[float]) -> list[str]:
        """Return the labels of all ticks of an axis."""
        days = [num2date(value) for value in values]
        if len({(day.month, day.day) for day in days}) == 1 and len(days) > 1:
            return [str(day.year) for day in days]
        months = all(day.day == 1 for day in days)
        labels, year = [], None
        for day in days:
            label = MONTHS[day.month - 1][:3] if months else f"{day.day} {MONTHS[day.month - 1][:3]}"
            labels.append(label if day.year == year else f"{label}\n{day.year}")
            year = day.year
        return labels


def full_load(axes: Axes) -> None:
    """Draw the line of full load at 1, with its label."""
    top = max(1.3, axes.get_ylim()[1])
    axes.set_ylim(0, top)
    axes.axhline(1.0, color=FULL_LOAD, linewidth=0.9)
    axes.text(0.005, 1.0, "full load", transform=axes.get_yaxis_transform(), ha="left", va="bottom", fontsize=7.5)


def nought(axes: Axes) -> None:
    """Draw the zero line of a difference."""
    axes.axvline(0.0, color=GREY, linewidth=1.0, zorder=1)
