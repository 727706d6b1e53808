"""Weekly charts of a study: medians with 50 and 90 % bands, scenarios side by side, and persons by status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import pandas as pd

from sim.data.geography import by_sections
from sim.outputs.rounding import points
from sim.outputs.run_data import WINDOW
from sim.outputs.totals import QUANTILES
from sim.scenario import Scenario, resolve
from sim.studies import statistics
from sim.studies.study import Study
from sim.view.series import events_of

BANDS = [key for key, _ in QUANTILES]
UNDER_WAY = (
    ("in procedure", ("in_procedure",)),
    ("at the border", ("at_border",)),
    ("at the hub", ("in_transit", "at_hub")),
    ("at the coast", ("at_coast", "diverted", "intercepted")),
    ("stranded", ("stranded",)),
)
ENDED = (
    ("crossed, gone on", ("crossed", "onward")),
    ("landed", ("landed",)),
    ("returned", ("returned",)),
    ("moved on elsewhere", ("moved_on",)),
    ("dead", ("dead",)),
)
ALONE = (("Stranded", "stranded"), ("In procedure", "in_procedure"), ("Returned", "returned"), ("Dead", "dead"))
APART = 2  # scenarios with a panel each; more are drawn into one
Chart = dict[str, Any]


def charts(study: Study, names: Iterable[str] | None = None) -> dict[str, Chart]:
    """Return charts of pressure, attempts and persons by week: a panel per scenario, of more than two one for all."""
    shown = list(names or study.names)
    return {
        "pressure": pressure_fan(study, shown),
        "attempts": attempts_fan(study, shown),
        "persons": persons_fan(study, shown),
    }


def pressure_fan(study: Study, names: list[str]) -> Chart:
    """Return the highest border pressure of each week by agency, and of the most loaded section."""
    agencies = study.fan("agency", "pressure_peak")
    sections = study.fan("section", "pressure_peak")
    views = []
    for agency, country in _agencies(study).items():
        views.append({"name": country, "panels": _panels(study, agencies[agencies["name"] == agency], names, country)})
    own = sections[sections["scenario"].isin(names)]
    if len(own):
        worst = str(own.groupby("name", observed=True)["median"].max().idxmax())
        title = next(s.sections[worst].title for s in study.scenarios.values() if worst in s.sections)
        part = sections[sections["name"] == worst]
        views.append({"name": "Most loaded section", "note": title, "panels": _panels(study, part, names, title)})
    first = max(views[:-1], key=_highest, default={"name": ""})["name"]
    chart = _chart(study, names, "Border pressure", "patrol calls / capacity, highest of the week", views)
    return {**chart, "first": first, "mark": [1, "full load"]}


def attempts_fan(study: Study, names: list[str]) -> Chart:
    """Return weekly attempts, at all sections and by agency."""
    weekly = study.weekly("section", "attempts")
    weekly = weekly[weekly["scenario"].isin(names)]
    agency = {code: s.agency for one in study.scenarios.values() for code, s in one.sections.items()}
    weekly = weekly.assign(scenario=weekly["scenario"].astype(str), group=weekly["name"].astype(str).map(agency))
    views = [{"name": "All", "panels": _panels(study, _summed(weekly), names, "attempts")}]
    for key, country in _agencies(study).items():
        part = _summed(weekly[weekly["group"] == key])
        views.append({"name": country, "panels": _panels(study, part, names, country)})
    return _chart(study, names, "Attempts to cross", "attempts a week", views)


def persons_fan(study: Study, names: list[str]) -> Chart:
    """Return persons by status at the end of each week: stacked medians, and some with their bands."""
    table = study.fan("status", "persons")
    views: list[Chart] = []
    if len(names) <= APART:  # stacks cannot lie over each other
        views += [
            {"name": title, "panels": [{"stack": _stack(study, table, name, parts)} for name in names]}
            for title, parts in (("Under way", UNDER_WAY), ("Journey's end", ENDED))
        ]
    for title, status in ALONE:
        part = table[table["name"] == status]
        views.append({"name": title, "panels": _panels(study, part, names, title.lower())})
    return _chart(study, names, "Where people are", "persons, end of the week", views)


def _chart(study: Study, names: list[str], title: str, unit: str, views: list[Chart]) -> Chart:
    base = study.scenarios[names[0]]
    return {
        "title": title,
        "unit": unit,
        "start": base.start.isoformat(),
        "days": base.days,
        "every": WINDOW,
        "panels": [
            {"name": n, "title": study.scenarios[n].title, "events": _events(study.scenarios[n])} for n in names
        ],
        "views": views,
        "together": len(names) > APART,
    }


def _events(scenario: Scenario) -> list[Chart]:
    told: Any = SimpleNamespace(settings=resolve(scenario), day=0, measures=SimpleNamespace(failed=()))
    return events_of(told)


def _agencies(study: Study) -> Mapping[str, str]:
    """Return agencies with sections and their countries, in the map's order."""
    base = study.scenarios[study.base]
    guarding = {section.agency for section in base.sections.values()}
    return {name: base.agencies[name].country for name in by_sections(guarding)}


def _summed(weekly: pd.DataFrame) -> pd.DataFrame:
    """Return quantiles over runs of the sum over names."""
    total = weekly.groupby(["scenario", "run", "week"], observed=True, sort=False)["value"].sum().reset_index()
    return statistics.fan(total.assign(name="all"))


def _whole_weeks(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Drop a short last week, unless it is the only one."""
    base = study.scenarios[study.base]
    whole = base.days // WINDOW
    if not whole or not base.days % WINDOW:
        return table
    return table[table["week"] < pd.Timestamp(base.start) + pd.Timedelta(days=whole * WINDOW)]


def _panels(study: Study, table: pd.DataFrame, names: list[str], label: str) -> list[Chart]:
    whole = _whole_weeks(study, table)
    panels = []
    for name in names:
        part = whole[whole["scenario"] == name].sort_values("week")
        panels.append({"fan": {"name": label, **{key: points(part[key]) for key in BANDS}}})
    return panels


def _stack(study: Study, table: pd.DataFrame, name: str, parts: Iterable[tuple[str, tuple[str, ...]]]) -> list[Chart]:
    own = _whole_weeks(study, table[table["scenario"] == name])
    wide = own.pivot(index="week", columns="name", values="median").sort_index() if len(own) else pd.DataFrame()
    return [
        {"name": title, "values": points(sum(wide[s] for s in statuses if s in wide.columns))}
        for title, statuses in parts
        if any(status in wide.columns for status in statuses)
    ]


def _highest(view: Chart) -> float:
    return max((max(panel["fan"]["median"], default=0.0) for panel in view["panels"]), default=0.0)
