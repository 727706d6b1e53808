"""Figures of a simulation-based calibration: histograms of ranks by parameter, beside the band of uniform ones."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.report.style import COLOURS, GREY, PALE, write_figure

_COLUMNS = 3


def write_ranks(histogram: pd.DataFrame, folder: Path) -> None:
    """Write ``ranks.svg`` and ``ranks.png`` of a table of `sim.inference.sbc.ranks.histogram` into a folder."""
    figure = ranks(histogram)
    write_figure(figure, folder / "ranks.svg", metadata={"Date": None})
    write_figure(figure, folder / "ranks.png", dpi=110)


def ranks(histogram: pd.DataFrame) -> Figure:
    """Draw a panel per parameter: truths by rank, and the band in which nine of ten bins of uniform ranks lie."""
    names = list(dict.fromkeys(histogram["parameter"]))
    rows = -(-len(names) // _COLUMNS)
    figure = Figure(figsize=(9.0, 1.7 * rows + 0.7), layout="constrained")
    panels = figure.subplots(rows, _COLUMNS, squeeze=False, sharex=True).ravel()
    for name, panel in zip(names, panels, strict=False):
        own = histogram[histogram["parameter"] == name]
        panel.axhspan(own["low90"].iloc[0], own["high90"].iloc[0], color=PALE, zorder=0)
        panel.axhline(own["expected"].iloc[0], color=GREY, lw=0.8, zorder=1)
        width = own["rank_to"] - own["rank_from"]
        panel.bar(own["rank_from"], own["truths"], width=width, align="edge", color=COLOURS[0], alpha=0.7, zorder=2)
        panel.set_title(name, loc="left", fontsize=9)
        panel.set_xlim(0, 1)
    for panel in panels[len(names) :]:
        panel.set_axis_off()
    figure.supxlabel("rank of the truth in its posterior", fontsize=8.5)
    figure.supylabel("truths", fontsize=8.5)
    figure.suptitle("Ranks of truths; grey: where nine of ten bars lie if they are uniform", fontsize=11)
    return figure
