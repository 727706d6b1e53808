"""The report's section on the two arms of a comparison: if nobody answers, and if they answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.outputs.definitions import title_of
from sim.report.findings import Findings
from sim.report.sentences import Sentence, elsewhere
from sim.report.tables import Cell, Line, Table
from sim.report.words import interval, listed, number, part
from sim.studies.arms import ANSWERED, ARM_TITLES, ARMS, UNANSWERED
from sim.studies.study import Study
from sim.studies.undone import FIRST_DAY, fired, undone

NOTE = (
    "Both arms have the same people, draws and parameters; each effect is a difference from the base of its own arm. "
    "Undone: 1 − effect if they answer / effect if nobody does, in each replicate. It is not told where the 90\u202f% "
    "interval of the effect if nobody answers includes 0; below 0 answers add to the effect, above 100\u202f% they "
    "reverse it."
)


@dataclass
class Arms:
    """What the section has: a note, and by scenario its sentences and table; and the table of reactions."""

    note: str
    scenarios: list[tuple[str, list[Sentence], Table]]
    reactions: Table


def arms(whole: Study | None) -> Arms | None:
    """Return the section; None if the study has no two arms."""
    if whole is None or not whole.arms:
        return None
    effects, pairs = undone(whole), whole.about["plan"][ARMS]
    if not len(effects):
        return None
    found = {arm: Findings(own) for arm, own in whole.arms.items()}
    scenarios = []
    for name in found[ANSWERED].others:
        own = effects[effects["scenario"] == name]
        told = [*_undone(own), *_places(found, name, pairs.get(name, name))]
        scenarios.append((name, told, _effects(name, own)))
    return Arms(NOTE, scenarios, _reactions(whole))


def _effects(name: str, effects: pd.DataFrame) -> Table:
    lines = []
    for row in effects.to_dict("records"):
        output = str(row["measure"])
        cells = [_cell(row, f"{arm}_", output) for arm in (UNANSWERED, ANSWERED)]
        lost = Cell("not told") if pd.isna(row["undone_median"]) else Cell(part(row["undone_median"]), _ends(row))
        lines.append(Line(title_of(output), str(row["unit"]), [*cells, lost]))
    pairs = int(effects["replicates"].iloc[0])
    title = f"{name}: differences from the base in {pairs} pairs of runs in each arm"
    return Table(title, "", ["", ARM_TITLES[UNANSWERED], ARM_TITLES[ANSWERED], "undone"], lines, "differences")


def _cell(row: dict[str, Any], prefix: str, output: str) -> Cell:
    own = {key.removeprefix(prefix): value for key, value in row.items() if key.startswith(prefix)}
    ends = interval(own, output, sign=True) if own["low90"] != own["high90"] else ""
    return Cell(number(own["median"], output, sign=True), ends)


def _ends(row: dict[str, Any]) -> str:
    low, high = (part(row[f"undone_{end}90"]) for end in ("low", "high"))
    return low if low == high else f"{low} to {high}"


def _undone(effects: pd.DataFrame) -> Iterator[Sentence]:
    told = effects[effects["undone_median"].notna()]
    for row in told.to_dict("records"):
        title = title_of(str(row["measure"]))
        low, middle, high = (row[f"undone_{key}"] for key in ("low90", "median", "high90"))
        if low <= 0 <= high:
            ends = "" if low == high else f", 90\u202f% interval {part(low)} to {part(high)}"
            yield Sentence(f"{title}: no part is clearly undone", f" (median {part(middle)}{ends}).")
            continue
        lead = f"{title}: {part(middle)} of the effect is undone"
        if high < 0:
            lead, low, high = f"{title}: answers add {part(-middle)} to the effect", -high, -low
        yield Sentence(lead, "." if low == high else f" (90\u202f% interval {part(low)} to {part(high)}).")
    rest = [title_of(str(name)) for name in effects["measure"][effects["undone_median"].isna()]]
    if rest:
        yield Sentence(f"Not told for {listed(rest)}", ": if nobody answers there may be no effect.")


def _places(found: dict[str, Findings], answered: str, unanswered: str) -> Iterator[Sentence]:
    """Yield for each arm where what is taken from one place goes, of routes and sections that the arm counted."""
    for arm, name in ((UNANSWERED, unanswered), (ANSWERED, answered)):
        for sentence in elsewhere(found[arm], name):
            yield Sentence(f"{ARM_TITLES[arm]}: {sentence.lead[0].lower()}{sentence.lead[1:]}", sentence.rest)


def _reactions(whole: Study) -> Table:
    lines: list[Line] = []
    start = whole.scenarios[whole.base].start
    for row in fired(whole).sort_values(["reaction", "scenario"], kind="stable").to_dict("records"):
        own = {key.removeprefix("first_day_"): row[key] for key in row if key.startswith("first_day_")}
        first = Cell(number(own["median"], FIRST_DAY, start=start), "")
        if row["began"] > 1 and own["low50"] != own["high50"]:
            first.sub = interval(own, FIRST_DAY, start=start, share=50)
        cells = [Cell(str(row["scenario"])), Cell(f"{row['began']} of {row['replicates']}"), first]
        lines.append(
            Line(str(row["title"]), str(row["reaction"]), [*cells, Cell(number(row["days"], "reaction_days"))])
        )
    note = "Began: in how many replicates. First day: of those, the median, and beneath it the 50\u202f% interval."
    return Table(
        "Who answered, and when", note, ["", "scenario", "began", "first day", "days in force"], lines, "places"
    )
