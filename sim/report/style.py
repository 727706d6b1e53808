"""Style of figures: colours that colour-blind readers can distinguish, thin lines, dates, units."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg", force=False)

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.data.durable_files import write_whole

# Okabe and Ito (2008), without black and yellow.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1)))
INK, GREY, PALE = "#222222", "#767676", "#DDDDDD"
A4_WIDTH = 7.6  # inches, within margins

RC = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8.5,
    "text.parse_math": False,  # show a dollar sign in a title as it is
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": PALE,
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.3,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "figure.constrained_layout.use": True,
}


def look(number: int) -> dict[str, object]:
    """Return colour and dash of the ``number``-th line."""
    return {"color": COLOURS[number % len(COLOURS)], "linestyle": DASHES[number // len(COLOURS) % len(DASHES)]}


def write_figure(figure: Figure, file: Path, **options: Any) -> Path:
    """Write a figure atomically, in the format of the file's ending; returns the file.

    Raises:
        OSError: If it cannot be written.
    """
    write_whole(file, rendered(figure, file.suffix.removeprefix("."), **options))
    return file


def rendered(figure: Figure, form: str, **options: Any) -> bytes:
    """Return a figure's file in a format of Matplotlib's, such as `png` or `svg`."""
    stream = io.BytesIO()
    figure.savefig(stream, format=form, **options)
    return stream.getvalue()


def date_axis(axes: Axes) -> None:
    """Show dates along x, short and unambiguous."""
    locator = AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.margins(x=0)


def thousands(axes: Axes) -> None:
    """Show whole numbers along y with a thousands separator, and small ones unchanged."""
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 10 else f"{value:g}")
    )
