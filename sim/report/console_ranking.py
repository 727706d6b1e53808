"""The matrix of a comparison of several scenarios: scenarios by outcomes, ranked, in at most forty lines."""

from __future__ import annotations

import pandas as pd
from rich.console import Console

from sim.data.plain_text import visible
from sim.outputs.definitions import short_of
from sim.report.console_table import ConsoleTable
from sim.report.words import brief, listed, share
from sim.studies.ranking import BORDER, PEOPLE, Ranking, rank
from sim.studies.study import Study

_LOWER = "median, below it the 90 % interval over {} replicates; in all of them lower is better"
_REGRET = (
    "best: in what share of replicates it has the least regret; regret: how far from the best of each replicate, 0 to "
    "100 % of the range, mean of all outcomes, which count alike; dominated: another is as good or better in all means"
)


def show_ranking(study: Study, console: Console, *, full: bool = False) -> None:
    """Print the scenarios ranked: the border's outcomes, the people's, and which is best."""
    ranking = rank(study)
    if not ranking.replicates:
        return
    window = study.window()
    words = f", {window.words}" if window is not None else ""
    console.print(_border(ranking, study.base, words))
    console.print(_people(ranking, study.base))
    for line in _words(ranking, study.base):
        console.print(visible(line), highlight=False, markup=False, soft_wrap=True)
    if full:
        console.print(_best(ranking))
        if len(ranking.interactions):
            console.print(_interactions(ranking))
    else:
        console.print("--full prints all tables: by section and route, paired differences.", soft_wrap=True)


def _border(ranking: Ranking, base: str, words: str) -> ConsoleTable:
    names = [name for name in BORDER if name in set(ranking.outcomes["measure"])]
    table = ConsoleTable(
        f"Ranked, the best first; base: {base}{words}",
        _LOWER.format(ranking.replicates),
        ("scenario", *map(short_of, names)),
        tuple(map(short_of, names)),
    )
    for _, row in ranking.scenarios.iterrows():
        table.add_row(_title(row), *_cells(ranking, row["scenario"], names))
    return table


def _people(ranking: Ranking, base: str) -> ConsoleTable:
    names = [name for name in PEOPLE if name in set(ranking.outcomes["measure"])]
    columns = (*map(short_of, names), "best", "regret", "dominated")
    table = ConsoleTable(
        "The people, and which is best", _REGRET, ("scenario", *columns), ("regret", "best", *map(short_of, names))
    )
    for _, row in ranking.scenarios.iterrows():
        cells = _cells(ranking, row["scenario"], names)
        dominated = "by the base" if base in row["dominated_by"].split("; ") else "yes" if row["dominated_by"] else "no"
        table.add_row(_title(row), *cells, share(row["best"]), share(row["regret"]), dominated)
    return table


def _title(row: pd.Series) -> str:
    return f"{row['rank']}  {row['scenario']}"


def _cells(ranking: Ranking, scenario: str, names: list[str]) -> list[str]:
    own = ranking.outcomes[ranking.outcomes["scenario"] == scenario].set_index("measure")
    cells = []
    for name in names:
        low, middle, high = (brief(own.loc[name, key], name) for key in ("low90", "median", "high90"))
        cells.append(middle if low == middle == high else f"{middle}\n{low}…{high}")
    return cells


def _words(ranking: Ranking, base: str) -> list[str]:
    """Say in words which scenario is best, and which dominate which."""
    first = ranking.scenarios.iloc[0]
    lines = [f"Least regret: {first['scenario']}, best in {share(first['best'])} of replicates."]
    by: dict[str, list[str]] = {}
    for _, row in ranking.scenarios.iterrows():
        for name in filter(None, row["dominated_by"].split("; ")):
            by.setdefault(name, []).append(str(row["scenario"]))
    if by:
        lines.append("; ".join(f"{name} dominates {listed(worse)}" for name, worse in by.items()) + ".")
    return lines


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
