"""Terminal tables of a study."""

from __future__ import annotations

import pandas as pd
from rich.console import Console

from sim.data.plain_text import visible
from sim.outputs.definitions import ALL, GROUPS, short_of, title_of, with_registered
from sim.outputs.totals import QUANTILES
from sim.outputs.trust import Trust
from sim.report import trust
from sim.report.arms.console import show_arms
from sim.report.console import EMPTY, record_table
from sim.report.console_ranking import show_ranking
from sim.report.console_table import Cell, ConsoleTable
from sim.report.sentences import only_in
from sim.report.words import number, share
from sim.scenario.schema import Scenario
from sim.studies.arms import ARM_TITLES
from sim.studies.study import Study

# The outputs that tables show, in order; of the whole and by route also those of extensions.
WHOLE = (
    "pressure_mean", "pressure_peak", "days_over", "attempts", "recorded_attempts", "turn_backs", "entries", "landed",
    "onward", "stranded", "returned", "injuries", "deaths",
)  # fmt: skip
SECTION = ("pressure_mean", "pressure_peak", "days_over", "attempts", "entries", "persons_stranded", "deaths")
MAIN_OF_SECTIONS = ("pressure_peak", "attempts", "entries", "persons_stranded", "deaths", "pressure_mean", "days_over")
ROUTE = ("boarded", "attempts", "entries", "landed", "stranded", "deaths")
MAIN_OF_ROUTES = ("attempts", "entries", "landed", "stranded", "deaths", "boarded")
_WHAT = (
    "median (5 % to 95 %)",
    "median (5 % to 95 %: --wide)",
)  # of cells with intervals, and where they are too narrow
_WHOLE_RUN = "whole run: the same difference over all its days"
_PAIRS = "each pair has the same people, the same draws and the same parameters"


def show_study(study: Study, console: Console, *, full: bool = False) -> None:
    """Print the tables of a study: intervals of one scenario, differences of two, or a ranking of more.

    Args:
        study: Replicates of a scenario, or a comparison.
        console: Where to print.
        full: Whether to print all tables of differences after a ranking.
    """
    if study.arms:
        show_arms(study, console)
    for title, one in {ARM_TITLES[arm]: own for arm, own in study.arms.items()}.items() or (("", study),):
        several, tables = len(one.others) > 1, full or (len(one.others) == 1 and not study.arms)
        if title and (several or tables):
            console.print(f"\n{title}", style="bold")
        if several:
            show_ranking(one, console, full=full)
        for name in one.others if tables else ():
            _show_differences(one, name, console)
    if not study.others:
        console.print(_intervals(study))
        console.print(_sections(study))
        record = record_table(study.observed(study.base))
        if record is not None:
            console.print(record)
    for line in trust.sentences({name: study.scenarios[name] for name in study.names}):
        console.print(visible(line), highlight=False, markup=False, soft_wrap=True)
    if len(study.failed):
        first = study.failed.iloc[0]
        text = f"{len(study.failed)} of {len(study.runs)} runs failed; run {first['run']}: {first['error']}"
        console.print(visible(text), style="bold", markup=False, soft_wrap=True)


def _show_differences(study: Study, name: str, console: Console) -> None:
    console.print(_differences(study, name))
    console.print(_where(study, name, "section"))
    console.print(_where(study, name, "route"))
    for line in only_in(study.scenarios, study.base, name):
        console.print(visible(f"{line}\n"), highlight=False, markup=False, soft_wrap=True)


def _intervals(study: Study) -> ConsoleTable:
    table = ConsoleTable(
        f"Over {_replicates(study)} replicates, all border sections and routes",
        "each replicate draws the scenario's uncertain parameters and its own people; the shares tell how much of the "
        "variance over replicates comes from the parameters, the rest from chance",
        ("output", "5 %", "25 %", "median", "75 %", "95 %", "mean", "± (90 % conf.)", "from parameters", "unit"),
        ("median", "5 %", "95 %", "unit", "from parameters", "mean"),
    )
    rows = study.intervals[study.intervals["level"] == ALL].set_index("measure")
    shares = study.spread[study.spread["level"] == ALL].set_index("measure") if len(study.spread) else pd.DataFrame()
    for key in with_registered(WHOLE, *GROUPS):
        if key not in rows.index:
            continue
        row = rows.loc[key]
        quantiles = [_number(row[q], key) for q, _ in QUANTILES]
        half = _number(row["mean_high90"] - row["mean"], key)
        own = shares.loc[key, "parameters_share"] if key in shares.index else float("nan")
        cells = [*quantiles, _number(row["mean"], key), half, EMPTY if pd.isna(own) else share(own)]
        table.add_row(title_of(key), *cells, str(row["unit"]))
    return table


def _sections(study: Study) -> ConsoleTable:
    table = ConsoleTable(
        tuple(f"By section: {what}" for what in _WHAT),
        "pressure = attempts (7-day mean) / attempts a day that the deployed personnel can intercept and process; "
        "1 is full load. Attempts: events; entries, stranded, deaths: persons, by the last section tried.",
        ("section", *map(short_of, (*SECTION, "overload_probability")), "trust"),
        tuple(map(short_of, MAIN_OF_SECTIONS)),
    )
    marks = Trust(study.scenarios[study.base])
    rows = study.intervals[study.intervals["level"].isin(["section", "agency"])].set_index(["name", "measure"])
    over = study.ever_over(study.base)
    for name, title, style in _places(study.scenarios[study.base]):
        cells = [_range(rows, name, key) for key in SECTION]
        said = trust.in_words(marks, "agency" if style else "section", name)
        table.add_row(title, *cells, share(over.get(name, 0.0)), said, style=style, ends_section=bool(style))
    return table


def _differences(study: Study, other: str) -> ConsoleTable:
    """Differences over the window in which the scenarios can differ, with those of the whole run beside them."""
    window = study.window(other)
    rows = study.differences[(study.differences["scenario"] == other) & (study.differences["level"] == ALL)]
    whole = rows.set_index("measure")
    if window is None:
        both, found, since, extra = study.intervals, whole, "", []
    else:
        both = pd.concat([window.values(study.base), window.values(other)])
        found = window.differences(other)
        found = found[found["level"] == ALL].set_index("measure")
        since, extra = f", {window.words}", ["whole run"]
    both = both[both["level"] == ALL].set_index(["scenario", "measure"])
    table = ConsoleTable(
        f"{other} compared with {study.base}: {_replicates(study)} pairs of runs{since}",
        f"{_PAIRS}; medians; difference = {other} less {study.base}, pair by pair, with the interval that holds 90 % "
        "of the pairs; lower / higher: in how many pairs" + (f"; {_WHOLE_RUN}" if extra else ""),
        ("output", study.base, other, "difference", "5 %", "95 %", *extra, "lower / higher", "unit"),
        ("difference", "5 %", "95 %", study.base, other, *extra, "unit", "lower / higher"),
    )
    for key in with_registered(WHOLE, *GROUPS):
        if key not in found.index:
            continue
        row = found.loc[key]
        medians = [_number(both.loc[(name, key), "median"], key) for name in (study.base, other)]
        change = [_number(row[q], key, sign=True) for q in ("median", "low90", "high90")]
        change += [_number(whole.loc[key, "median"], key, sign=True)] if extra else []
        often = f"{share(row['lower'])} / {share(row['higher'])}"
        table.add_row(title_of(key), *medians, *change, often, str(row["unit"]))
    return table


def _where(study: Study, other: str, level: str) -> ConsoleTable:
    """Where did it go? Differences by section and agency, or by route, over the window."""
    window = study.window(other)
    columns = list(SECTION) if level == "section" else with_registered(ROUTE, *GROUPS)
    main = MAIN_OF_SECTIONS if level == "section" else MAIN_OF_ROUTES
    levels = ["section", "agency"] if level == "section" else ["route"]
    whole = study.differences[study.differences["scenario"] == other]
    part = whole if window is None else window.differences_by_place(other)
    part = part[part["level"].isin(levels)]
    rows = part.set_index(["name", "measure"])
    table = ConsoleTable(
        tuple(f"By {level}, where did it go? Difference: {what}" for what in _WHAT),
        f"{other} less {study.base}" + (f", {window.words}; {EMPTY}: weeks do not tell it" if window else ""),
        (level, *map(short_of, columns)),
        tuple(short_of(name) for name in main if name in columns),
    )
    if level == "section":
        for name, title, style in _places(study.scenarios[study.base], study.scenarios[other]):
            cells = [_range(rows, name, key, sign=True) for key in columns]
            table.add_row(title, *cells, style=style, ends_section=bool(style))
        return table
    for name in sorted({*study.scenarios[study.base].routes, *study.scenarios[other].routes}):
        if part[(part["name"] == name)][["low90", "high90"]].fillna(0).to_numpy().any():
            table.add_row(name, *(_range(rows, name, key, sign=True) for key in columns))
    return table


def _places(*scenarios: Scenario) -> list[tuple[str, str, str]]:
    """Name, title and style of each section of these scenarios, and of its agency after it."""
    sections = {name: section.agency for one in scenarios for name, section in one.sections.items()}
    agencies = {name: agency.country for one in scenarios for name, agency in one.agencies.items()}
    places = []
    for agency in sorted(agencies):
        places += [(name, name, "") for name in sorted(sections) if sections[name] == agency]
        places.append((agency, agencies[agency], "bold"))
    return places


def _range(rows: pd.DataFrame, name: str, key: str, *, sign: bool = False) -> Cell:
    """A median with its interval, in three forms: beside each other, below each other, and alone."""
    if (name, key) not in rows.index:
        return EMPTY
    row = rows.loc[(name, key)]
    if not row[["low90", "median", "high90"]].fillna(0).any():
        return "0"
    low, middle, high = (_number(row[q], key, sign=sign) for q in ("low90", "median", "high90"))
    if low == middle == high:
        return middle
    return f"{middle} ({low} … {high})", f"{middle}\n({low} … {high})", middle


def _replicates(study: Study) -> str:
    """Describe how many replicates there are, and of how many if some are missing."""
    there = study.runs.loc[~study.runs["twin"], "replicate"].nunique()
    return f"{there}" if study.complete else f"{there} of {study.replicates}"


def _number(value: float, output: str, *, sign: bool = False) -> str:
    return number(value, output, sign=sign, nothing=EMPTY)
