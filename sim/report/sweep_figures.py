"""Figures of sweeps: sensitivities, interactions of parameters, outcomes along a parameter, regret."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.style import COLOURS, GREY, INK, PALE, RC, look, write_figure

Floats = npt.NDArray[np.float64]
MOST_BARS = 15
WIDTH = 6.2
LOW, HIGH = COLOURS[4], COLOURS[1]


def tornado(table: pd.DataFrame, outcome: str, unit: str, note: str) -> Figure:
    """Draw bars from the outcome where a parameter is low to where it is high, the longest first.

    Args:
        table: One outcome's rows of the tornado: parameter, low, high, at_low, at_high, centre.
        outcome: Its name.
        unit: Its unit.
        note: What low and high mean.
    """
    rows = table.reindex(table["swing"].abs().sort_values(ascending=False, kind="stable").index)[:MOST_BARS]
    with _look():
        figure, axes = _bars(len(rows))
        centre = float(rows["centre"].iloc[0])
        for place, (_, row) in enumerate(rows[::-1].iterrows()):
            for end, colour in (("low", LOW), ("high", HIGH)):
                value = row[f"at_{end}"]
                if not np.isfinite(value):
                    continue
                axes.barh(place, value - centre, left=centre, height=0.62, color=colour, linewidth=0)
                left = value < centre
                axes.annotate(f"{row[end]:.3g}", (value, place), xytext=(-3 if left else 3, 0), fontsize=7, color=INK,
                              textcoords="offset points", ha="right" if left else "left", va="center")  # fmt: skip
        axes.axvline(centre, color=INK, linewidth=0.8)
        _names(axes, rows["parameter"][::-1])
        axes.margins(x=0.12)
        axes.set_xlabel(f"{outcome} ({unit})")
        _title(axes, f"What {outcome} hangs on", note)
        _key(axes, [("parameter low", LOW), ("parameter high", HIGH)])
        return figure


def shares(table: pd.DataFrame, outcome: str) -> Figure:
    """Draw Sobol' indices of one outcome: first order and total, each with its interval."""
    rows = table.sort_values("total", ascending=False, kind="stable")[:MOST_BARS][::-1]
    with _look():
        figure, axes = _bars(len(rows))
        places = np.arange(len(rows))
        for name, colour, shift in (("total", PALE, 0.0), ("first", COLOURS[0], 0.0)):
            values = rows[name].to_numpy()
            ends = np.abs(np.array([values - rows[f"{name}_low"], rows[f"{name}_high"] - values]))
            offset = 0.13 if name == "total" else -0.13
            axes.barh(places + shift, values, height=0.66, color=colour, linewidth=0)
            axes.errorbar(values, places + offset, xerr=ends, fmt="none", ecolor=GREY if name == "total" else INK,
                          elinewidth=0.9, capsize=2)  # fmt: skip
        _names(axes, rows["parameter"])
        axes.set_xlabel(f"share of the variance of {outcome}")
        axes.set_xlim(left=min(0.0, float(rows["first_low"].min(skipna=True) or 0.0)))
        _title(axes, f"Sobol' indices of {outcome}", "bars: 90 % intervals")
        _key(axes, [("alone (first order)", COLOURS[0]), ("together with others (up to total)", PALE)])
        return figure


def screening(table: pd.DataFrame, outcome: str, unit: str) -> Figure:
    """Draw Morris screening: the size of the elementary effects and their spread."""
    with _look():
        figure = Figure(figsize=(WIDTH, 3.6))
        axes = figure.subplots()
        ends = np.array([table["effect"] - table["effect_low"], table["effect_high"] - table["effect"]])
        axes.errorbar(table["effect"], table["spread"], xerr=ends, fmt="o", color=COLOURS[0], ecolor=GREY,
                      elinewidth=0.8, markersize=4)  # fmt: skip
        for row in table.itertuples():
            axes.annotate(str(row.parameter), (row.effect, row.spread), xytext=(4, 3), textcoords="offset points",
                          fontsize=7)  # fmt: skip
        axes.margins(x=0.2)
        axes.set_xlabel(f"size of the effect over the whole range ({unit})")
        axes.set_ylabel("spread of the effects")
        _title(axes, f"Screening of {outcome}", "right: matters; up: bent, or together with others")
        return figure


def interaction(
    grid: Floats, edges: Sequence[Floats], labels: Sequence[str], outcome: str, unit: str, pairs: pd.DataFrame | None
) -> Figure:
    """Draw the mean of an outcome over two parameters, and the second-order indices of all pairs, if any.

    Args:
        grid: Means, shape (first parameter's parts, second's).
        edges: The parts' edges.
        labels: Labels of the two parameters.
        outcome: Name of the outcome.
        unit: Its unit.
        pairs: One outcome's rows of the second-order indices.
    """
    with _look():
        mpl.rcParams["axes.grid"] = False
        wide = pairs is not None and len(pairs) > 0
        figure = Figure(figsize=(WIDTH * (1.6 if wide else 1), 3.8))
        panels = list(figure.subplots(1, 2 if wide else 1, squeeze=False)[0])
        image = panels[0].pcolormesh(*edges, grid.T, cmap="cividis", shading="flat")
        figure.colorbar(image, ax=panels[0], label=f"mean {outcome} ({unit})")
        panels[0].set_xlabel(_wrapped(labels[0]))
        panels[0].set_ylabel(_wrapped(labels[1]))
        _title(panels[0], f"{outcome}, by the two that it hangs on most", "")
        if wide and pairs is not None:
            _pairs(figure, panels[1], pairs)
        return figure


def _pairs(figure: Figure, axes: Axes, pairs: pd.DataFrame) -> None:
    names = list(dict.fromkeys([*pairs["parameter"], *pairs["with"]]))
    square = np.full((len(names), len(names)), np.nan)
    for row in pairs.to_dict("records"):
        square[names.index(row["with"]), names.index(row["parameter"])] = max(row["second"], 0.0)
    image = axes.imshow(square, cmap="cividis", vmin=0)
    axes.set_xticks(range(len(names)), [_wrapped(name, 18) for name in names], rotation=90)
    axes.set_yticks(range(len(names)), [_wrapped(name, 18) for name in names])
    figure.colorbar(image, ax=axes, label="second-order index")
    _title(axes, "Pairs", "")


def curves(tables: dict[str, pd.DataFrame], label: str, unit: str, outcome: str, outcome_unit: str) -> Figure:
    """Draw an outcome along one parameter: median and 90 % interval over replicates, a line per scenario or place.

    Args:
        tables: By name of the line: x, median, low90, high90.
        label: Of the parameter.
        unit: Of the parameter.
        outcome: Name.
        outcome_unit: Its unit.
    """
    with _look():
        figure = Figure(figsize=(WIDTH, 3.3))
        axes = figure.subplots()
        for number, (name, table) in enumerate(tables.items()):
            colour = COLOURS[number % len(COLOURS)]
            axes.fill_between(table["x"], table["low90"], table["high90"], color=colour, alpha=0.16, linewidth=0)
            axes.plot(table["x"], table["median"], color=colour, marker="o", markersize=2.5, label=name)
        if "pressure" in outcome:
            axes.axhline(1.0, color=INK, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.set_xlabel(f"{label} ({unit})")
        axes.set_ylabel(f"{outcome} ({outcome_unit})")
        if len(tables) > 1:
            axes.legend()
        _title(axes, f"{outcome} along {label}", "line: median; band: 90 % of the runs")
        return figure


def over_time(table: pd.DataFrame, outcome: str, unit: str) -> Figure:
    """Draw the main index of the strongest parameters by week or month, and below it the outcome's mean.

    Args:
        table: One outcome's rows of `sim.sweeps.over_time.over_time`.
        outcome: Its name.
        unit: Its unit.
    """
    index = next(column for column in ("total", "effect", "prcc") if column in table)
    words = {"total": "total index", "effect": "size of the effect", "prcc": "partial rank correlation"}[index]
    order = table.groupby("parameter", sort=False)[index].apply(lambda own: own.abs().mean())
    strongest = order.sort_values(ascending=False, kind="stable").index[: len(COLOURS)]
    with _look():
        figure = Figure(figsize=(WIDTH, 4.2))
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        for colour, parameter in zip(COLOURS, strongest, strict=False):
            own = table[table["parameter"] == parameter]
            upper.fill_between(own["period"], own[f"{index}_low"], own[f"{index}_high"], color=colour, alpha=0.12, lw=0)
            upper.plot(own["period"], own[index], color=colour, marker="o", markersize=2, label=str(parameter))
        mean = table.drop_duplicates("period")
        lower.plot(mean["period"], mean["mean"], color=INK, linewidth=0.9)
        upper.set_ylabel(words)
        lower.set_ylabel(f"mean\n({unit})")
        upper.legend(fontsize=7)
        _title(
            upper,
            f"What {outcome} hangs on, over time",
            "bands: 90 % intervals; below: the outcome's mean over all points",
        )
        figure.autofmt_xdate()
        return figure


def tipping(table: pd.DataFrame, curves_: pd.DataFrame, label: str, unit: str) -> Figure:
    """Draw the probability of overload along a factor, a line per place, and below it the tipping points.

    Args:
        table: name, probability, level, low, high.
        curves_: name, level, probability, low90, high90.
        label: Of the factor.
        unit: Of the factor.
    """
    ever = [name for name, part in curves_.groupby("name", sort=False) if part["probability"].max() > 0]
    with _look():
        figure = Figure(figsize=(WIDTH, 3.0 + 0.26 * len(ever)))
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[2.4, 0.4 + 0.26 * max(len(ever), 1)])
        ends = curves_["level"].min(), curves_["level"].max()
        for number, name in enumerate(ever):
            style: Any = look(number)
            part = curves_[curves_["name"] == name]
            above.fill_between(
                part["level"], part["low90"], part["high90"], color=style["color"], alpha=0.1, linewidth=0
            )
            above.plot(part["level"], part["probability"], label=name, **style)
            rows = table[(table["name"] == name) & table["level"].notna()]
            for row in rows.itertuples():
                left, right = max(row.low, ends[0]), min(row.high, ends[1])
                below.plot([left, right], [-number, -number], color=style["color"], linewidth=3, alpha=0.3)
                below.plot(row.level, -number, "o", color=style["color"], markersize=4)
                below.annotate(f"{row.probability:.0%}", (row.level, -number), xytext=(0, 4), fontsize=6.5, ha="center",
                               textcoords="offset points")  # fmt: skip
        above.set_ylabel("probability of overload")
        above.set_ylim(0, 1.02)
        if ever:
            above.legend(ncols=1, loc="center left", bbox_to_anchor=(1.0, 0.5))
        below.set_yticks([-number for number in range(len(ever))], ever)
        below.set_ylim(-len(ever) + 0.4, 0.8)
        below.grid(visible=True, axis="x")
        below.grid(visible=False, axis="y")
        below.set_xlabel(f"{label} ({unit})")
        _title(above, f"Overload along {label}", "bands, bars: 90 % intervals")
        return figure


def regrets(table: pd.DataFrame) -> Figure:
    """Draw the regret of each response, a panel per objective: mean (dot), 90th percentile (bar), highest (line)."""
    objectives = list(dict.fromkeys(table["objective"]))
    names = list(dict.fromkeys(table["response"]))[::-1]
    with _look():
        figure = Figure(figsize=(2.2 + 1.9 * len(objectives), 1.2 + 0.27 * len(names)))
        panels = figure.subplots(1, len(objectives), sharey=True, squeeze=False)[0]
        for axes, objective in zip(panels, objectives, strict=True):
            rows = table[table["objective"] == objective].set_index("response").loc[names]
            places = np.arange(len(names))
            axes.hlines(places, 0, rows["regret_most"], color=GREY, linewidth=0.8)
            axes.barh(places, rows["regret_high"], height=0.55, color=COLOURS[4], linewidth=0)
            axes.plot(rows["regret_mean"], places, "o", color=INK, markersize=3.5)
            axes.set_yticks(places, names)
            axes.tick_params(axis="y", length=0)
            axes.grid(visible=True, axis="x")
            axes.grid(visible=False, axis="y")
            axes.set_xlim(left=0)
            axes.set_xlabel(f"regret ({rows['unit'].iloc[0]})")
            axes.set_title(objective)
        return figure


def save(figure: Figure, file: Path) -> Path:
    """Write a figure as PNG, the same bytes each time."""
    return write_figure(figure, file, dpi=130, metadata={"Software": None})


def _look() -> AbstractContextManager[None]:
    settings: Any = RC
    return mpl.rc_context(settings)


def _bars(number: int) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, 1.3 + 0.3 * max(number, 1)))
    axes = figure.subplots()
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    return figure, axes


def _names(axes: Axes, labels: Sequence[Any]) -> None:
    axes.set_yticks(range(len(labels)), [_wrapped(str(label), 34) for label in labels])
    axes.tick_params(axis="y", length=0)


def _wrapped(label: str, width: int = 44) -> str:
    """Break a label between words or after a dot, into two lines at most."""
    lines = textwrap.wrap(label.replace(".", ".\u200b "), width)[:2]
    return "\n".join(lines).replace("\u200b ", "").replace("\u200b", "")


def _title(axes: Axes, title: str, note: str) -> None:
    axes.set_title(title if not note else f"{title}\n", loc="left")
    if note:
        axes.annotate(note, (0, 1), xytext=(0, 4), xycoords="axes fraction", textcoords="offset points", fontsize=7.5,
                      color=GREY)  # fmt: skip


def _key(axes: Axes, entries: Sequence[tuple[str, str]]) -> None:
    from matplotlib.patches import Patch

    axes.legend(handles=[Patch(color=colour, label=text) for text, colour in entries], loc="upper left",
                bbox_to_anchor=(0.0, -0.16 - 0.6 / max(len(axes.get_yticks()), 1)), ncols=2)  # fmt: skip
