"""The matrix of a comparison of several scenarios: scenarios by outcomes, ranked, in at most forty lines."""

from __future__ import annotations

import re

import pandas as pd
from rich.console import Console

from sim.outputs.definitions import definition, short_of
from sim.outputs.rounding import shown
from sim.report.console_table import ConsoleTable
from sim.report.words import brief, listed, share
from sim.studies.ranking import BORDER, PEOPLE, Ranking, rank
from sim.studies.study import Study

_HEADINGS = {"days_over": "days over", "pressure_peak": "peak", "stranded": "stranded"}  # shorter than elsewhere
_THOUSAND = 1000
_WIDEST = 22  # of a line of a name; longer ones go on in the next line
_CAPTION = (
    "medians, 90 % intervals of {} replicates; lower is better. best: in what share of them its regret is least; "
    "regret: from best (0) to worst (100 %) in each, mean of all outcomes alike."
)


def show_ranking(study: Study, console: Console, *, full: bool = False) -> None:
    """Print the scenarios ranked: the border's outcomes, the people's, and which is best."""
    ranking = rank(study)
    if not ranking.replicates:
        return
    window = study.window()
    title = f"Ranked, the best first; base: {study.base}{f', {window.words}' if window else ''}"
    console.print(_outcomes(ranking, BORDER, title, "", ()))
    caption = f"{_CAPTION.format(ranking.replicates)}{_dominated(ranking)}"
    console.print(_outcomes(ranking, PEOPLE, "", caption, ("best", "regret")))
    if full:
        console.print(_best(ranking))
        if len(ranking.interactions):
            console.print(_interactions(ranking))


def _outcomes(
    ranking: Ranking, wanted: tuple[str, ...], title: str, caption: str, shares: tuple[str, ...]
) -> ConsoleTable:
    names = [name for name in wanted if name in set(ranking.outcomes["measure"])]
    headings = [_HEADINGS.get(name, short_of(name)) for name in names]
    table = ConsoleTable(title, caption, ("scenario", *headings, *shares), (*reversed(shares), *headings))
    for _, row in ranking.scenarios.iterrows():
        table.add_row(_title(row), *_cells(ranking, row["scenario"], names), *(share(row[key]) for key in shares))
    return table


def _dominated(ranking: Ranking) -> str:
    """Say by rank which scenarios are dominated, by which."""
    ranks = {str(row["scenario"]): row["rank"] for _, row in ranking.scenarios.iterrows()}
    found = [
        f"{row['rank']} by {listed([str(ranks[name]) for name in row['dominated_by'].split('; ')])}"
        for _, row in ranking.scenarios.iterrows()
        if row["dominated_by"]
    ]
    return f" Dominated (no mean is lower): {'; '.join(found)}." if found else ""


def _title(row: pd.Series) -> str:
    """Return a scenario's rank and name, on several lines, broken at ``+`` and before dates, if it is long."""
    lines = [f"{row['rank']} "]
    for part in re.split(r"(?=\+)|(?=-\d{4}-\d\d-\d\d)", str(row["scenario"])):
        if len(lines[-1]) + len(part) > _WIDEST and lines[-1].strip() != str(row["rank"]):
            lines.append("  ")
        lines[-1] += part
    return "\n".join(lines)


def _cells(ranking: Ranking, scenario: str, names: list[str]) -> list[str]:
    own = ranking.outcomes[ranking.outcomes["scenario"] == scenario].set_index("measure")
    cells = []
    for name in names:
        low, middle, high = (_short(own.loc[name, key], name) for key in ("low90", "median", "high90"))
        cells.append(middle if low == middle == high else f"{middle}\n{low}…{high}")
    return cells


def _short(value: float, output: str) -> str:
    """Format a number in at most five signs: ``950``, ``1.5k``, ``68k``."""
    if definition(output).digits or abs(value) < _THOUSAND:
        return brief(value, output)
    return f"{shown(value / _THOUSAND, 0 if abs(value) >= 9.95 * _THOUSAND else 1)}k"


def _best(ranking: Ranking) -> ConsoleTable:
    names = list(dict.fromkeys(ranking.outcomes["measure"]))
    table = ConsoleTable(
        "In what share of replicates each is the best, by outcome",
        "ties are shared",
        ("scenario", *map(short_of, names)),
        tuple(map(short_of, names)),
    )
    own = ranking.outcomes.set_index(["scenario", "measure"])["best"]
    for _, row in ranking.scenarios.iterrows():
        table.add_row(_title(row), *(share(own[row["scenario"], name]) for name in names))
    return table


def _interactions(ranking: Ranking) -> ConsoleTable:
    columns = ("combination", "outcome", "together", "sum of its parts", "difference", "5 %", "95 %")
    table = ConsoleTable(
        "Combinations beside the sum of their parts",
        "effects on the base; difference: pair by pair, median and 90 % interval",
        columns,
        ("outcome", "difference", "together", "sum of its parts"),
    )
    keys = ("together", "sum_of_parts", "difference", "low90", "high90")
    for _, row in ranking.interactions.iterrows():
        cells = (brief(row[key], row["measure"], sign=True) for key in keys)
        table.add_row(str(row["scenario"]), short_of(row["measure"]), *cells)
    return table
