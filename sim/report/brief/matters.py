"""The assumptions that matter most: by a sensitivity analysis in the folder, or by how little is known of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sim.outputs.folder import ANALYSIS
from sim.report.findings import Findings
from sim.report.words import share
from sim.scenario.entry import ASSUMED, FITTED, figure
from sim.scenario.paths import Parameter, parameter_paths
from sim.scenario.quantity import JOINT, Distribution

NUMBER = 3
# Tables of `corridor sensitivity` in the folder's analysis, the best first: file, the column that ranks, and words.
_ANALYSES = (
    ("sobol.csv", "total", "Sobol' total index"),
    ("morris.csv", "effect", "elementary effect"),
    ("prcc.csv", "prcc", "partial rank correlation"),
    ("tornado.csv", "swing", "swing from low to high"),
)
_LEAST, _WIDEST = 1e-9, 4.0  # of a median that is near 0
_LITTLE = 0.1  # learnt share of a variance below which a fit says next to nothing


class Assumption(NamedTuple):
    """An assumption: what it is, its figures in words, and of whom it is."""

    title: str
    figures: str
    where: str


class Matters(NamedTuple):
    """The assumptions that matter most, and how they were chosen."""

    how: str
    assumptions: list[Assumption]


def matters(found: Findings) -> Matters:
    """Return the three assumptions that matter most for a study or run."""
    folder = None if found.study is None else found.study.folder / ANALYSIS
    measured = None if folder is None else _measured(folder)
    return measured or _widest(found)


def _measured(folder: Path) -> Matters | None:
    for file, column, words in _ANALYSES:
        if (folder / file).is_file():
            table = pd.read_csv(folder / file)
            outcome = str(table["outcome"].iloc[0])
            own = table[table["outcome"] == outcome]
            own = own.loc[own[column].abs().sort_values(ascending=False).index].drop_duplicates("parameter")
            rows = own.head(NUMBER).to_dict("records")
            found = [Assumption(str(row["parameter"]), f"{words} {row[column]:.2g}", "") for row in rows]
            return Matters(f"By the sensitivity analysis of {outcome.replace('_', ' ')} in this folder.", found)
    return None


def _widest(found: Findings) -> Matters:
    """Choose assumed quantities by their 90 % range over their median, one of each description."""
    learnt = found.trust.learnt
    ranked: dict[str, tuple[float, Parameter]] = {}
    for one in parameter_paths(found.scenario):
        if not isinstance(one.value, Distribution) or not _is_assumed(one, learnt):
            continue
        low, middle, high = (one.value.quantile(u) for u in (0.05, 0.5, 0.95))
        width = (high - low) / max(abs(middle), (high - low) / _WIDEST, _LEAST)
        if width > ranked.get(one.field.description, (0.0, one))[0]:
            ranked[one.field.description] = width, one
    best = sorted(ranked.values(), key=lambda pair: -pair[0])[:NUMBER]
    how = (
        "No sensitivity analysis is in this folder. These are the assumed quantities whose 90\u202f% range is widest "
        "beside their median: without a source, or of a posterior whose figures say next to nothing of them."
    )
    return Matters(f"{how}{_share(found)}", [_assumption(found, one) for _, one in best])


def _is_assumed(one: Parameter, learnt: dict[str, float]) -> bool:
    """Return whether a distribution rests on judgement alone: neither on data nor on a fit that learnt of it."""
    assert isinstance(one.value, Distribution)
    if one.value.kind == JOINT:
        return learnt.get(one.path, 0.0) < _LITTLE
    return one.field.source == ASSUMED or one.field.source.startswith(FITTED)


def _share(found: Findings) -> str:
    """Say how much of the spread of attempts comes from the parameters, where the study knows."""
    table = found.spread
    rows = table[(table["level"] == "all") & (table["measure"] == "attempts")] if len(table) else table
    if rows.empty or rows["parameters_share"].isna().all():
        return ""
    return f" All together they make {share(float(rows['parameters_share'].iloc[0]))} of the spread of attempts."


def _assumption(found: Findings, one: Parameter) -> Assumption:
    assert isinstance(one.value, Distribution)
    low, middle, high = (figure(float(f"{one.value.quantile(u):.2g}")) for u in (0.05, 0.5, 0.95))
    unit = "" if one.field.unit in ("", "1", "share", "factor", "probability") else f" {one.field.unit}"
    what = one.field.description.partition(" Mapping of ")[0].rstrip(".")
    return Assumption(what, f"{low} to {high}{unit}, in the middle {middle}", _where(found, one.path))


def _where(found: Findings, path: str) -> str:
    """Return of whom a parameter is, in words; empty for those of all."""
    collection, _, rest = path.partition(".")
    name = rest.partition(".")[0]
    if collection == "measures":
        return found.scenario.measures[name].title or name.replace("-", " ")
    if collection == "agencies":
        return found.title_of("agency", name)
    return "" if collection in ("behaviour", "detection", "hazards", "information") else name.replace("-", " ").title()
