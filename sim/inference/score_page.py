"""Tables of how good the filter's forecasts were, from the scores that ship (`sim.inference.filter.ship`).

    python -m sim.inference.score_page

writes them anew into `docs/forecasting.md`, and a sentence into `docs/planners-guide.md`, between their marks. No score
is typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sim.data.durable_files import write_text
from sim.inference.filter.back_test import MODEL, UNSTRETCHED
from sim.inference.filter.ship import ABOUT, BY_SERIES
from sim.inference.filter.simple_methods import ENSEMBLE
from sim.inference.filter.start import FOLDER, SCORES

ROOT = Path(__file__).resolve().parents[2]
EXPERIMENT = "eastern-border"
PAGES = ("docs/forecasting.md", "docs/planners-guide.md")
_MARKED = re.compile(
    r"(<!-- begin (\w+): written by `python -m sim\.inference\.score_page` -->\n).*?(\n<!-- end \2 -->)", re.DOTALL
)
# Methods in the table, those of simple rules first; the median contains Corridor itself.
_BESIDE = (
    "AR(1) of logs", "Theta", "ARIMA", "ETS", "log random walk", "exposure scaling", "exponential smoothing",
    "last value", "seasonal naive", ENSEMBLE,
)  # fmt: skip
_OWN = (MODEL, UNSTRETCHED)
_WHEN = ("one month ahead", "two", "three")
_WHOLE = 0.9  # of Corridor's figures that a method must forecast to be compared on all


class Scores(NamedTuple):
    """Scores of a back-test: by method and horizon, by series too, and what is told of the pass."""

    whole: pd.DataFrame
    by_series: pd.DataFrame
    about: dict[str, Any]


def scores(folder: Path = FOLDER / EXPERIMENT) -> Scores:
    """Return the scores that ship of a filter."""
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    return Scores(pd.read_csv(folder / SCORES), pd.read_csv(folder / BY_SERIES), about)


def best_other(table: pd.DataFrame) -> str:
    """Return the method, other than Corridor and what contains it, with the lowest CRPS over all horizons.

    Only methods that forecast nearly all figures: one that is spared the hard ones cannot be the best.
    """
    figures = table[table["method"] == MODEL]["figures"].sum()
    others = table[~table["method"].isin([*_OWN, ENSEMBLE])].assign(sum=table["crps"] * table["figures"])
    sums = others.groupby("method")[["sum", "figures"]].sum()
    sums = sums[sums["figures"] >= _WHOLE * figures]
    return str((sums["sum"] / sums["figures"]).idxmin())


def scores_table(found: Scores) -> str:
    """Return the scores by months ahead: Corridor's, and over each other method's on the figures that it forecasts."""
    names = [name for name in _BESIDE if name in set(found.whole["method"])]
    head = ["months ahead", "figures", "CRPS", "in 50 %", "in 90 %", *(f"over {name}" for name in names)]
    rows = []
    for horizon, part in found.whole.groupby("horizon"):
        by = part.set_index("method")
        own = by.loc[MODEL]
        cells = [f"{own['figures']:.0f}", f"{own['crps']:,.0f}", f"{own['in50']:.2f}", f"{own['in90']:.2f}"]
        rows.append([str(horizon), *cells, *(_ratio(by.loc[name]) if name in by.index else "" for name in names)])
    return _markdown(head, rows)


def _ratio(row: pd.Series) -> str:
    words = f"{row['crps_ratio']:.2f}, {row['log_wis_ratio']:.2f}"
    return f"{words} [{row['crps_low']:.2f}-{row['crps_high']:.2f}]"


def stretch_table(found: Scores) -> str:
    """Return what the stretch does to coverage and CRPS."""
    rows = []
    for horizon, part in found.whole.groupby("horizon"):
        by = part.set_index("method")
        cells = [
            [f"{by.loc[name, 'in50']:.2f}", f"{by.loc[name, 'in90']:.2f}", f"{by.loc[name, 'crps']:,.0f}"]
            for name in _OWN
        ]
        rows.append([str(horizon), *cells[1], *cells[0]])
    head = ["months ahead", "in 50 %, as filtered", "in 90 %", "CRPS", "in 50 %, as published", "in 90 %", "CRPS"]
    return _markdown(head, rows)


def losses_table(found: Scores) -> str:
    """Return by country and horizon Corridor's scores and which method is better or best after it, by CRPS."""
    rows = []
    for (series, horizon), part in found.by_series.groupby(["series", "horizon"]):
        by = part.set_index("method")
        own, others = by.loc[MODEL], by.drop(index=[*_OWN, ENSEMBLE], errors="ignore")
        ahead = others[others["crps_ratio"] > 1.0].sort_values("crps_ratio", ascending=False)
        words = ", ".join(f"{name} ({row['figures']:.0f}: {row['crps_ratio']:.2f})" for name, row in ahead.iterrows())
        figures = f"{own['figures']:.0f}"
        cells = [figures, f"{own['crps']:,.0f}", f"{own['in50']:.2f}", f"{own['in90']:.2f}", words or "none"]
        rows.append([str(series).capitalize(), str(horizon), *cells])
    head = [
        "country",
        "months ahead",
        "figures",
        "CRPS",
        "in 50 %",
        "in 90 %",
        "better by CRPS (figures: Corridor over it)",
    ]
    return _markdown(head, rows)


def command_line(found: Scores) -> str:
    """Return the command of the pass, and how long it took."""
    command = found.about["command"]
    jobs = re.search(r"--jobs (\d+)", command)
    with_jobs = f" with {jobs[1]} process{'es' if int(jobs[1]) > 1 else ''}" if jobs else ""
    return f"`{command}` ({found.about['seconds'] / 60:.0f} minutes{with_jobs})"


def sentence(found: Scores) -> str:
    """Return for the planner's guide how good the forecasts were."""
    other = best_other(found.whole)
    own = found.whole[found.whole["method"] == MODEL]
    ratios = found.whole[found.whole["method"] == other].sort_values("horizon")["crps_ratio"]
    beside = [f"{abs(1 - r) * 100:.0f} % {'below' if r < 1 else 'above'} it" for r in ratios]
    covered = f"{own['in90'].min() * 100:.0f} to {own['in90'].max() * 100:.0f} %"
    ahead = ", ".join(f"{words} {when}" for words, when in zip(beside, _WHEN, strict=False))
    return (
        f"In the back-test over thirty origins the best other method that has nearly all forecasts was the {other}; "
        f"Corridor's CRPS\nwas {ahead}, and its 90 % intervals covered {covered} of the figures."
    )


PARTS = {
    "scores": scores_table, "stretch": stretch_table, "losses": losses_table, "command": command_line,
    "sentence": sentence,
}  # fmt: skip


def written(text: str, found: Scores) -> str:
    """Return a page with its marked parts written anew."""
    return _MARKED.sub(lambda mark: f"{mark[1]}{PARTS[mark[2]](found)}{mark[3]}", text)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    shipped = scores()
    for page in PAGES:
        write_text(ROOT / page, written((ROOT / page).read_text(encoding="utf-8"), shipped))
