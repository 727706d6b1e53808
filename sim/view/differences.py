"""Tables of a study's results: each scenario, and the paired differences with their intervals."""

from __future__ import annotations

from math import isnan
from typing import Any

from sim.outputs import definitions as d
from sim.outputs.totals import QUANTILES
from sim.report.findings import Findings
from sim.report.sentences import Row, difference_of, has_sea, row_of
from sim.report.trust import SIGNS
from sim.report.words import brief, number, share
from sim.studies.ranking import OUTCOMES, rank
from sim.studies.study import Study
from sim.view.levers import title

BORDER = ("pressure_peak", "days_over", "attempts", "turn_backs", "entries")
PEOPLE = ("stranded", "injuries", "deaths", "returned", "in_procedure")
LARGEST = 12  # routes
Table = dict[str, Any]
Ends = list[float | None]
_ENDS = [key for key, _ in QUANTILES]


def tables(study: Study, other: str | None = None) -> dict[str, Table]:
    """Return the table of differences (or of a single scenario's values), and of displacement."""
    found = Findings(study)
    other = other or (found.others[0] if found.others else None)
    return {"differences": differences(found, other), "where": where(found, other)}


def differences(found: Findings, other: str | None) -> Table:
    """Return the outputs of the border and, beside them, of the people."""
    border = [*BORDER, *(["landed"] if has_sea(found) else [])]
    groups = []
    border, people = d.with_registered(border, d.BORDER, d.WAY), d.with_registered(PEOPLE, d.PEOPLE)
    for name, outputs in (("At the border", border), ("The people", people)):
        rows = [entry for output in outputs if (entry := _row(found, other, output)) is not None]
        groups.append({"title": name, "rows": rows})
    return {
        "a": _named(found, found.base),
        "b": None if other is None else _named(found, other),
        "replicates": found.replicates if other is None else found.pairs(other),
        "failed": len(found.failed),
        "days": found.scenario.days,
        "groups": groups,
    }


def matrix(study: Study) -> Table:
    """Return the scenarios ranked, by outcome: medians and 90 % intervals, and how often each is the best.

    The marks say how far an outcome may be trusted, in the base.
    """
    found, ranking, window = Findings(study), rank(study), study.window()
    if not ranking.replicates:
        return {"outcomes": [], "rows": [], "replicates": 0, "window": ""}
    cells = {(str(row["scenario"]), str(row["measure"])): row for row in ranking.outcomes.to_dict("records")}
    outcomes = [name for name in OUTCOMES if (found.base, name) in cells]
    rows = []
    for row in ranking.scenarios.to_dict("records"):
        name = str(row["scenario"])
        rows.append(
            {
                **_named(found, name),
                "rank": int(row["rank"]),
                "base": name == found.base,
                "number": study.names.index(name),
                "best": share(row["best"]),
                "regret": share(row["regret"]),
                "dominated": str(row["dominated_by"]),
                "cells": [{**_figure(cells[name, o], o), "best": share(cells[name, o]["best"])} for o in outcomes],
            }
        )
    heads = [
        {"name": o, "label": d.short_of(o).capitalize(), "unit": d.OUTPUTS[o].unit, "mark": _mark(found, o)}
        for o in outcomes
    ]
    return {"outcomes": heads, "rows": rows, "replicates": ranking.replicates, "window": window.words if window else ""}


def _mark(found: Findings, output: str) -> tuple[str, str, str]:
    """Return sign, word and reason of an output's trust, over all sections."""
    mark, why = found.trust.of(d.ALL, d.ALL, output)
    return SIGNS[mark], mark, why


def where(found: Findings, other: str | None) -> Table:
    """Return attempts by section and agency, and persons who boarded or entered the EU by route.

    For one scenario its numbers, for two the paired differences.
    """

    def row(output: str, level: str, name: str) -> Ends | None:
        if other is None:
            entry = found.value(found.base, output, level, name)
        else:
            entry = found.difference(other, output, level, name)
        return None if entry is None else _ends(entry)

    def text(values: Ends) -> str:
        return brief(values[2], sign=other is not None)

    sections: list[Table] = []
    for agency in found.agencies:
        inner = [("section", name) for name in found.sections_of(agency)]
        for level, name in (("agency", agency), *inner):
            values = row("attempts", level, name)
            if values is not None:
                label = found.title_of(level, name)
                strong = level == "agency"
                sections.append(
                    {"label": label, "name": name, "strong": strong, "values": values, "text": text(values)}
                )
    routes: list[Table] = []
    for name in found.routes:
        scenario = next(one for one in found.scenarios.values() if name in one.routes)
        entry = scenario.routes[name]
        boarded, arrived = (row(m, "route", name) for m in ("boarded", "landed" if entry.over_sea else "entries"))
        if boarded is not None and any(boarded):
            label = f"{title(scenario, entry.origin)} to {title(scenario, entry.destination)}"
            routes.append({"label": label, "name": name, "values": boarded, "second": arrived, "text": text(boarded)})
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


def _row(found: Findings, other: str | None, output: str) -> Table | None:
    base = row_of(found, found.base, output)
    if base is None:
        return None
    entry: Table = {
        "output": output,
        "label": d.short_of(output).capitalize(),
        "unit": str(base["unit"]),
        "mark": _mark(found, output),
        "a": _figure(base, output),
    }
    if other is None:
        return entry
    own, change = row_of(found, other, output), difference_of(found, other, output)
    if own is None or change is None:
        return None
    often = f"lower in {share(change['lower'])} of pairs, higher in {share(change['higher'])}"
    return {**entry, "b": _figure(own, output), "change": _figure(change, output, sign=True), "often": often}


def _figure(row: Row, output: str, *, sign: bool = False) -> Table:
    """Return an output's interval, with its median and 90 % interval as text."""
    low, middle, high = (row[key] for key in ("low90", "median", "high90"))
    spans = "" if low == high else f"{brief(low, output, sign=sign)} to {brief(high, output, sign=sign)}"
    return {"ends": _ends(row), "median": number(middle, output, sign=sign), "span": spans}


def _ends(row: Row) -> Ends:
    return [None if isnan(row[key]) else round(float(row[key]), 4) for key in _ENDS]
