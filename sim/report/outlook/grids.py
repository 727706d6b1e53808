"""Tables of a forecast in words, as its page and the view show them: what may come by week, and how good it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from sim.inference import score_page
from sim.inference.filter.back_test import MODEL, UNSTRETCHED
from sim.inference.filter.start import FOLDER, SCORES
from sim.outputs.trust import ASSUMED

PEOPLE = {"stranded": "Stranded at the week's end", "injured": "Injured", "dead": "Dead"}
ENDS = ["low90", "low50", "median", "high50", "high90"]
PAST = 400  # days before today whose counts are drawn
Cell = tuple[str, float]


class Grid(NamedTuple):
    """A table of words.

    Attributes:
        title: What it is of.
        note: How to read it.
        columns: Titles of its columns.
        lines: A label each, and cells: a text, and how dark it is to be shaded, 0 to 1.
        mark: Its mark of trust (`sim.outputs.trust`); empty for what is no forecast.
        corner: What the labels are, above them.
    """

    title: str
    note: str
    columns: list[str]
    lines: list[tuple[str, list[Cell]]]
    mark: str = ASSUMED
    corner: str = "Week of"


def weekly(table: pd.DataFrame) -> Grid:
    """Return recorded attempts by country and week."""
    note = "As they might be published: median (90 %)."
    return _by_week("Recorded attempts a week, by country", note, "agency", table, lambda r: (_interval(r), 0.0))


def warned(table: pd.DataFrame) -> Grid:
    """Return the probability of overload by section and week, the section with the highest first."""
    note = (
        "Share of runs in which patrols are too few on a day of the week, and its Monte Carlo error; the highest first."
    )
    grid = _by_week(
        "Early warning: probability of overload, by section", note, "section", table,
        lambda r: (f"{r.p_overload:.0%} ± {r.error:.0%}", float(r.p_overload)),
    )  # fmt: skip
    return grid._replace(lines=sorted(grid.lines, key=lambda line: -max(shade for _, shade in line[1])))


def monthly(table: pd.DataFrame, marks: Mapping[str, str]) -> Grid:
    """Return recorded attempts by series and month ahead; back-tested if each series with a forecast is."""
    named = table.assign(month=[f"{day:%Y-%m}" for day in table["period_start"]])
    note = "As they might be published: median (90 %)."
    grid = _grid(
        "Recorded attempts by month", note, "series", "month", sorted(set(named["month"])), named,
        lambda r: (_interval(r), 0.0),
    )  # fmt: skip
    own = {marks.get(name, ASSUMED) for name in table["series"]}
    return grid._replace(mark=own.pop() if len(own) == 1 else ASSUMED, corner="Month")


def pressure(table: pd.DataFrame) -> Grid:
    """Return border pressure by section and week."""
    own = table[table["outcome"] == "pressure"]
    note = "Detected attempts over what patrols can handle, mean of the week: median (90 %). 1 is full load."
    return _by_week("Border pressure, by section", note, "section", own, lambda r: (_interval(r, 2), 0.0))


def people(table: pd.DataFrame) -> Grid:
    """Return what may become of people by week, all sections together."""
    own = table[table["outcome"].isin(PEOPLE) & (table["section"] == "")]
    shown = own.assign(outcome=[PEOPLE[name] for name in own["outcome"]])
    return _by_week("All sections together", "Median (90 %).", "outcome", shown, lambda r: (_interval(r), 0.0))


def titled(grid: Grid, titles: Mapping[str, str]) -> Grid:
    """Return a grid with titles of sections and agencies in place of their names."""
    return grid._replace(lines=[(titles.get(name, name), cells) for name, cells in grid.lines])


def rates(table: pd.DataFrame) -> pd.DataFrame:
    """Return figures of periods as events a day, and how many ``days`` each has."""
    days = pd.Series([(row.period_end - row.period_start).days + 1 for row in table.itertuples()], table.index)
    per_day = {key: table[key] / days for key in [*ENDS, "published"] if key in table}
    return table.assign(days=days, **per_day)


def recent(past: pd.DataFrame, origin: date, days: int = PAST) -> pd.DataFrame:
    """Return the figures of the days before today that are drawn, as `rates`; empty if there are none."""
    return rates(past[[(origin - day).days <= days for day in past["period_end"]]]) if len(past) else past


def scores(experiment: str, titles: Mapping[str, str]) -> list[Grid]:
    """Return how the back-test that ships for an experiment scored, by method and months ahead; empty if none does.

    Ratios are Corridor's score over the method's on the same figures, over all series and by series, losses and wins.

    Args:
        experiment: Its name.
        titles: Titles of series, by name; others stand by their names.
    """
    if not experiment or not (FOLDER / experiment / SCORES).is_file():
        return []
    whole, by_series, _ = score_page.scores(FOLDER / experiment)
    named = [f"{titles.get(row.series, row.series)}: {row.method}" for row in by_series.itertuples()]
    note = "By months ahead, over all origins of the back-test; sure intervals would hold 50 and 90 %."
    return [
        _against(whole, "crps", "CRPS", ""),
        _against(whole, "log_wis", "WIS of logarithms", ""),
        _against(by_series.assign(label=named), "crps", "CRPS", ", by series"),
        _by_horizon(
            whole[whole["method"] != UNSTRETCHED].assign(label=lambda table: table["method"]),
            "Share of figures in the 50 and 90 % intervals",
            note,
            lambda r: (f"{r.in50:.0%} and {r.in90:.0%} of {r.figures}", 0.0),
        ),
    ]


def _against(table: pd.DataFrame, key: str, words: str, which: str) -> Grid:
    """Return Corridor's score over other methods': one without the stretch is no other method."""
    others = table[~table["method"].isin([MODEL, UNSTRETCHED])]
    others = others if "label" in others else others.assign(label=others["method"])
    ratios = others[f"{key}_ratio"]
    note = (
        f"Corridor's {words} over the method's on the same figures (90 %, over origins). Below 1 Corridor is better: "
    )
    note += f"in {int((ratios < 1).sum())} of {len(ratios)}, worse in {int((ratios > 1).sum())}, which are shaded."

    def cell(row: Any) -> Cell:
        ratio, low, high = (getattr(row, f"{key}_{end}") for end in ("ratio", "low", "high"))
        return f"{ratio:.2f} ({low:.2f} to {high:.2f}){' worse' if ratio > 1 else ''}", 0.3 if ratio > 1 else 0.0

    return _by_horizon(others, f"{words} against other methods{which}", note, cell)


def _by_horizon(table: pd.DataFrame, title: str, note: str, cell: Callable[[Any], Cell]) -> Grid:
    ahead = sorted(set(table["horizon"]))
    columns = [f"{n} month{'s' if n > 1 else ''} ahead" for n in ahead]
    return _grid(title, note, "label", "horizon", ahead, table, cell)._replace(
        columns=columns, mark="", corner="Method"
    )


def _interval(row: Any, places: int = 0) -> str:
    return f"{row.median:,.{places}f} ({row.low90:,.{places}f} to {row.high90:,.{places}f})"


def _by_week(title: str, note: str, key: str, table: pd.DataFrame, cell: Callable[[Any], Cell]) -> Grid:
    """Return a grid with a line for each value of a column, and a column for each week."""
    weeks = list(dict.fromkeys(table["week_start"]))
    return _grid(title, note, key, "week_start", weeks, table.sort_values(key, kind="stable"), cell)


def _grid(
    title: str, note: str, key: str, across: str, columns: list[Any], table: pd.DataFrame, cell: Callable[[Any], Cell]
) -> Grid:
    lines = []
    for name, part in table.groupby(key, sort=False):
        by_column = {getattr(row, across): row for row in part.itertuples()}
        lines.append((str(name), [cell(by_column[c]) if c in by_column else ("", 0.0) for c in columns]))
    return Grid(title, note, [f"{column}" for column in columns], lines)
