"""The tables of a brief: scenarios ranked, sections with their trust, and the two arms."""

from __future__ import annotations

from typing import NamedTuple

from sim.outputs.definitions import ALL
from sim.report.brief.titles import scenario_title
from sim.report.findings import Findings
from sim.report.panels import colour_of
from sim.report.trust import SIGNS
from sim.report.words import brief, clipped, number, part
from sim.studies.arms import ANSWERED, UNANSWERED
from sim.studies.ranking import Ranking
from sim.studies.study import Study
from sim.studies.undone import undone

RANKED = ("days_over", "attempts", "stranded", "injuries", "deaths")
HEADINGS = {"days_over": "Days over full load", "attempts": "Attempts", "stranded": "Stranded", "injuries": "Injured",
            "deaths": "Dead"}  # fmt: skip
OF_SECTIONS = ("pressure_peak", "days_over", "attempts", "recorded_attempts")
OF_ARMS = ("attempts", "stranded")
_TITLE = 27  # characters


class Figure(NamedTuple):
    """A number with its interval, the sign of its trust, and its length beside the largest of its column, 0 to 100."""

    main: str
    ends: str = ""
    sign: str = ""
    bar: float = 0.0


class Ranked(NamedTuple):
    """A scenario in the ranking."""

    rank: str
    title: str
    colour: str
    is_base: bool
    cells: list[Figure]


class Place(NamedTuple):
    """A section, or a country if ``whole``."""

    title: str
    whole: bool
    cells: list[Figure]


def headings(found: Findings) -> list[tuple[str, str]]:
    """Return the outcomes of the ranking with the sign of their trust."""
    return [(HEADINGS[output], SIGNS[found.trust.of(ALL, ALL, output).mark]) for output in RANKED]


def ranked(found: Findings, ranking: Ranking | None) -> list[Ranked]:
    """Return the scenarios, the best first; of a single one its own figures."""
    if ranking is None or not ranking.replicates:
        rows = {(found.base, output): found.value(found.base, output) for output in RANKED}
        order: list[tuple[str, str]] = [("", found.base)]
    else:
        table = ranking.outcomes.to_dict("records")
        rows = {(str(row["scenario"]), str(row["measure"])): {**row, "replicates": 2} for row in table}
        order = [(str(row["rank"]), str(row["scenario"])) for row in ranking.scenarios.to_dict("records")]
    most = {o: max((row["median"] for (_, own), row in rows.items() if own == o and row), default=0) for o in RANKED}
    found_rows = []
    for rank, name in order:
        cells = []
        for output in RANKED:
            row = rows.get((name, output))
            if row is None:
                cells.append(Figure("–"))
                continue
            ends = f"{brief(row['low90'], output)} to {brief(row['high90'], output)}"
            ends = "" if row["low90"] == row["high90"] else ends
            cells.append(Figure(number(row["median"], output), ends, "", 100 * row["median"] / (most[output] or 1)))
        found_rows.append(Ranked(rank, _title(found, name), colour_of(found, name), name == found.base, cells))
    return found_rows


def _title(found: Findings, name: str) -> str:
    return "None of these measures" if found.others and name == found.base else scenario_title(found, name)


def places(found: Findings, most: int) -> tuple[list[Place], int]:
    """Return ``most`` sections and countries of the base with their trust, and how many sections are left out."""
    rows, left = [], 0
    peaks = {name: found.value(found.base, "pressure_peak", "section", name) for name in found.sections}
    known = sorted((n for n, row in peaks.items() if row), key=lambda n: -peaks[n]["median"])  # type: ignore[index]
    shown = set(known[: most - len(found.agencies)])
    for agency in found.agencies:
        own = found.sections_of(agency)
        left += sum(name not in shown for name in own)
        for level, name in (("agency", agency), *(("section", name) for name in own if name in shown)):
            cells = []
            for output in OF_SECTIONS:
                row = found.value(found.base, output, level, name)
                sign = SIGNS[found.trust.of(level, name, output).mark]
                cells.append(Figure("–") if row is None else Figure(brief(row["median"], output), "", sign))
            title = found.title_of(level, name).partition(" (")[0]
            rows.append(Place(clipped(title, _TITLE), level == "agency", cells))
    return rows, left


class Both(NamedTuple):
    """A measure in both arms: for each output its effect if nobody answers, if they answer, and what is undone."""

    title: str
    cells: list[Figure]


def both_arms(whole: Study | None, found: Findings) -> list[Both]:
    """Return the effects of each scenario in both arms; none if the study has no arms."""
    if whole is None or not whole.arms:
        return []
    table = undone(whole)
    rows = []
    for name in found.others:
        own = table[table["scenario"] == name].set_index("measure")
        cells = []
        for output in OF_ARMS:
            row = own.loc[output]
            for arm in (UNANSWERED, ANSWERED):
                low, high = row[f"{arm}_low90"], row[f"{arm}_high90"]
                words = f"{brief(low, output, sign=True)} to {brief(high, output, sign=True)}" if low != high else ""
                cells.append(Figure(number(row[f"{arm}_median"], output, sign=True), words))
            told = row["undone_median"]
            cells.append(Figure("not told") if told != told else Figure(part(told)))
        rows.append(Both(scenario_title(found, name), cells))
    return rows
