"""Terminal tables of a comparison's two arms: effects side by side, what part is undone, and which reactions began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from rich.console import Console

from sim.outputs.definitions import ALL, short_of, title_of
from sim.report.console import EMPTY
from sim.report.console_table import Cell, ConsoleTable
from sim.report.words import number, part
from sim.studies.arms import ANSWERED, ARM_TITLES, ARMS, UNANSWERED
from sim.studies.study import Study
from sim.studies.undone import EFFECTS, FIRST_DAY, fired, undone

# The outputs whose effects stand side by side.
_SHOWN = (
    "pressure_mean", "pressure_peak", "days_over", "attempts", "entries", "landed", "onward", "stranded", "returned",
    "injuries", "deaths",
)  # fmt: skip
_UNDONE = "undone"
NOT_TOLD = (
    "undone: 1 − effect if they answer / effect if nobody does, pair by pair; below 0 answers add to the effect, above "
    "100 % they reverse it; not told ({}) where the 90 % interval of the effect if nobody answers includes 0"
)
_LEVELS = ("route", "section")
_PLACES = ("attempts", "boarded", "entries", "landed", "stranded")


def show_arms(study: Study, console: Console) -> None:
    """Print the arms of a comparison side by side."""
    effects = undone(study)
    if not len(effects):
        return
    several = len(study.arms[ANSWERED].others) > 1
    for name in study.arms[ANSWERED].others if not several else ():
        console.print(_side_by_side(study, name, effects[effects["scenario"] == name].set_index("measure")))
        console.print(_places(study, name))
    if several:
        console.print(_parts(study, effects))
    console.print(_reactions(study))


def arm_rows(study: Study, name: str, arm: str) -> pd.DataFrame:
    """Return the differences of a scenario from the base of an arm, over the window in which they can differ."""
    own = study.arms[arm]
    name = study.about["plan"][ARMS].get(name, name) if arm == UNANSWERED else name
    window = own.window(name)
    whole = own.differences[own.differences["scenario"] == name]
    if window is None:
        return whole
    keys = ["level", "name", "measure"]
    found, whole = window.differences(name).set_index(keys), whole.set_index(keys)
    return pd.concat([found, whole[~whole.index.isin(found.index)]]).reset_index()


def _side_by_side(study: Study, name: str, parts: pd.DataFrame) -> ConsoleTable:
    window = study.arms[ANSWERED].window(name)
    pairs = int(parts["replicates"].iloc[0])
    headings = [ARM_TITLES[UNANSWERED], ARM_TITLES[ANSWERED]]
    table = ConsoleTable(
        f"{name} less {study.base}, in two arms: {pairs} pairs of runs in each{f', {window.words}' if window else ''}",
        "the same people, draws and parameters in both arms; difference: median (5 % to 95 % of the pairs); "
        + NOT_TOLD.format(EMPTY),
        ("output", *headings, _UNDONE, "unit"),
        (*headings, _UNDONE),
    )
    rows = {arm: arm_rows(study, name, arm) for arm in (UNANSWERED, ANSWERED)}
    found = {arm: own[own["level"] == ALL].set_index("measure") for arm, own in rows.items()}
    for key in _SHOWN:
        if any(key not in own.index for own in found.values()):
            continue
        cells = [_range(own.loc[key], key) for own in found.values()]
        lost = undone_cell(parts.loc[key]) if key in parts.index else ""
        table.add_row(title_of(key), *cells, lost, str(found[ANSWERED].loc[key, "unit"]))
    return table


def _places(study: Study, name: str) -> ConsoleTable:
    """Where did it go, in each arm? What each section and route takes, without those that nothing changes."""
    rows = {arm: arm_rows(study, name, arm).set_index(["level", "name", "measure"]) for arm in (UNANSWERED, ANSWERED)}
    places = sorted({(level, own) for frame in rows.values() for level, own, _ in frame.index if level in _LEVELS})
    cells = {
        (place, key, arm): _range(frame.loc[*place, key], key) if (*place, key) in frame.index else EMPTY
        for place in places
        for key in _PLACES
        for arm, frame in rows.items()
    }
    moved = {at for at, cell in cells.items() if cell not in ("0", EMPTY)}
    keys = [key for key in _PLACES if any(key == of for _, of, _ in moved)]
    columns = {(key, arm): f"{short_of(key)}, {arm}" for key in keys for arm in (UNANSWERED, ANSWERED)}
    table = ConsoleTable(
        "Where did it go, if nobody answers and if they answer? Difference: median (5 % to 95 %)",
        "sections and routes for which nothing changes in either arm are left out",
        ("section or route", *columns.values()),
        tuple(columns.values()),
    )
    for level in reversed(_LEVELS):
        for place in (one for one in places if one[0] == level and any(one == of for of, _, _ in moved)):
            table.add_row(place[1], *(cells[place, key, arm] for key, arm in columns))
        table.end_section()
    return table


def _parts(study: Study, effects: pd.DataFrame) -> ConsoleTable:
    headings = [short_of(key) for key in EFFECTS]
    table = ConsoleTable(
        f"What part of each effect on {study.base} is undone by the answers: median (5 % to 95 %)",
        NOT_TOLD.format(EMPTY),
        ("scenario", *headings),
        headings,
    )
    for name in study.arms[ANSWERED].others:
        own = effects[effects["scenario"] == name].set_index("measure")
        table.add_row(name, *(undone_cell(own.loc[key]) for key in EFFECTS))
    return table


def _reactions(study: Study) -> ConsoleTable:
    """In how many replicates each reaction began, and when, by scenario."""
    table = ConsoleTable(
        "Who answered, and when",
        "began: in how many replicates; first day: of those, median (25 % to 75 %)",
        ("reaction", "scenario", "began", "first day", "days in force"),
        ("began", "first day", "scenario"),
    )
    found = fired(study)
    start = study.scenarios[study.base].start
    for reaction, part_ in found.groupby("reaction", sort=True):
        for _, row in part_.iterrows():
            ends = [row[f"first_day_{key}"] for key in ("low50", "median", "high50")]
            first = [number(end, FIRST_DAY, start=start, nothing=EMPTY) for end in ends]
            days = number(row["days"], "reaction_days", nothing=EMPTY)
            began = f"{row['began']} of {row['replicates']}"
            table.add_row(str(reaction), str(row["scenario"]), began, _forms(*first), days)
        table.end_section()
    return table


def undone_cell(row: Mapping[str, Any] | pd.Series) -> Cell:
    """Return what part of an effect is undone, with its interval; a dash if that is not told."""
    if pd.isna(row["undone_median"]):
        return EMPTY
    return _forms(*(part(float(row[f"undone_{key}"])) for key in ("low90", "median", "high90")))


def _range(row: pd.Series, output: str) -> Cell:
    if not row[["low90", "median", "high90"]].fillna(0).any():
        return "0"
    return _forms(*(number(row[key], output, sign=True, nothing=EMPTY) for key in ("low90", "median", "high90")))


def _forms(low: str, middle: str, high: str) -> Cell:
    """A median with its interval, beside each other, below each other, and alone."""
    if low == middle == high:
        return middle
    return f"{middle} ({low} … {high})", f"{middle}\n({low} … {high})", middle
