"""What a study found, as a table: each scenario, and the paired differences with their intervals."""

from __future__ import annotations

from math import isnan
from typing import Any

from sim.report.definitions import title_of
from sim.report.findings import Findings
from sim.report.sentences import Row, difference_of, has_sea, row_of
from sim.studies.study import Study
from sim.view.levers import title

BORDER = ("pressure_peak", "days_over", "attempts", "turn_backs", "entries")
PEOPLE = ("stranded", "injuries", "deaths", "returned", "in_procedure")
SHORT = {
    "pressure_peak": "Highest pressure",
    "attempts": "Attempts",
    "injuries": "Injured",
    "landed": "Landed by sea",
    "in_procedure": "In procedure, end",
}
LARGEST = 12  # routes
Table = dict[str, Any]
Ends = list[float | None]
_ENDS = ("low90", "low50", "median", "high50", "high90")


def tables(study: Study, other: str | None = None) -> dict[str, Table]:
    """The table of differences (of a single scenario: of its values), and where attempts and people went."""
    found = Findings(study)
    other = other or (found.others[0] if found.others else None)
    return {"differences": differences(found, other), "where": where(found, other)}


def differences(found: Findings, other: str | None) -> Table:
    """The border's measures and, beside them, the people's."""
    border = [*BORDER, *(["landed"] if has_sea(found) else [])]
    groups = []
    for name, measures in (("At the border", border), ("The people", PEOPLE)):
        rows = [entry for measure in measures if (entry := _row(found, other, measure)) is not None]
        groups.append({"title": name, "rows": rows})
    return {
        "a": _named(found, found.base),
        "b": None if other is None else _named(found, other),
        "replicates": found.replicates if other is None else found.pairs(other),
        "failed": len(found.failed),
        "days": found.scenario.days,
        "groups": groups,
    }


def where(found: Findings, other: str | None) -> Table:
    """By section and agency: attempts. By route: persons who boarded, and who got into the EU.

    Of one scenario its numbers, of two the paired differences.
    """

    def row(measure: str, level: str, name: str) -> Ends | None:
        if other is None:
            entry = found.value(found.base, measure, level, name)
        else:
            entry = found.difference(other, measure, level, name)
        return None if entry is None else _ends(entry)

    sections: list[Table] = []
    for agency in found.agencies:
        inner = [("section", name) for name in found.sections_of(agency)]
        for level, name in (("agency", agency), *inner):
            values = row("attempts", level, name)
            if values is not None:
                label = found.title_of(level, name)
                sections.append({"label": label, "name": name, "strong": level == "agency", "values": values})
    routes: list[Table] = []
    for name in found.routes:
        entry = next(one.routes[name] for one in found.scenarios.values() if name in one.routes)
        boarded, arrived = (row(m, "route", name) for m in ("boarded", "landed" if entry.mode == "sea" else "entries"))
        if boarded is not None and any(boarded):
            label = f"{title(entry.origin)} to {title(entry.destination)}"
            routes.append({"label": label, "name": name, "values": boarded, "second": arrived})
    routes.sort(key=lambda line: -max(abs(value or 0) for value in line["values"]))
    return {
        "change": other is not None,
        "views": [
            {"name": "Sections", "unit": "attempts", "rows": sections},
            {"name": "Routes", "unit": "persons", "first": "boarded", "second": "got into the EU",
             "rows": routes[:LARGEST]},
        ],
    }  # fmt: skip


def _named(found: Findings, name: str) -> Table:
    return {"name": name, "title": found.scenarios[name].title}


def _row(found: Findings, other: str | None, measure: str) -> Table | None:
    base = row_of(found, found.base, measure)
    if base is None:
        return None
    entry: Table = {
        "measure": measure,
        "label": SHORT.get(measure, title_of(measure)),
        "unit": str(base["unit"]),
        "a": _ends(base),
    }
    if other is None:
        return entry
    own, change = row_of(found, other, measure), difference_of(found, other, measure)
    if own is None or change is None:
        return None
    shares = {"lower": float(change["lower"]), "higher": float(change["higher"])}
    return {**entry, "b": _ends(own), "change": _ends(change), **shares}


def _ends(row: Row) -> Ends:
    return [None if isnan(row[key]) else round(float(row[key]), 4) for key in _ENDS]
