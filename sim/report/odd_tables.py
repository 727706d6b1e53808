"""Generated tables of the model description `docs/ODD.md`: every parameter of the schema, every output.

``python -m sim.report.odd_tables`` updates them in place, between their marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo

from sim.data.csv_reader import records
from sim.data.durable_files import write_text
from sim.outputs.definitions import OUTPUTS
from sim.scenario.entry import ASSUMED, BY_DATE, FITTED, NEUTRAL, OR_BY_DATE, Entry, figure
from sim.scenario.fields import (
    bare,
    entry_class,
    is_by_cohort,
    is_by_date,
    is_mapping,
    is_quantity,
    is_schedule,
    kinds_of,
    note,
)
from sim.scenario.measures import Measure
from sim.scenario.quantity import Distribution
from sim.scenario.schema import Scenario, scenario_class

FILE = Path(__file__).resolve().parents[2] / "docs" / "ODD.md"  # of a clone
_MARKED = re.compile(
    r"(<!-- begin (\w+): written by `python -m sim\.report\.odd_tables` -->\n).*?(\n<!-- end \2 -->)", re.DOTALL
)
_ROWS = "sim/data/parameters.csv: "
_HEAD = "| parameter | default | range | unit | meaning | basis | source |\n|---|---|---|---|---|---|---|"
_BASES = {
    "sourced": "rest on a published figure or a fact",
    "fitted": "are fitted to the record, by the experiments named; where a default stands, it is assumed",
    "given": "have no default: each scenario gives its own, and says where it is from",
    "neutral": "have no effect at their default",
    "assumed": "are assumed",
}


def entries() -> list[tuple[str, type[Entry]]]:
    """Return every entry class of a scenario with its path; NAME is a name that the user chooses."""
    whole = scenario_class()
    return [("", whole), *_below("", whole)]


def _below(path: str, entry: type[Entry]) -> Iterator[tuple[str, type[Entry]]]:
    for name, field in entry.model_fields.items():
        kind, place = field.annotation, f"{path}{name}."
        if is_mapping(kind):
            kind, place = get_args(bare(kind))[1], f"{place}NAME."
        kinds = kinds_of(kind)
        if kinds:
            if bare(kind).model_fields:
                yield place, bare(kind)
            yield from ((f"{place}kind={word}.", part) for word, part in kinds.items())
        elif (part := entry_class(kind)) is not None:
            yield place, part
            yield from _below(place, part)


def parameters() -> str:
    """Return all entries with their fields in Markdown: default, range, unit, meaning and source of each."""
    parts = list(tables().values())
    return "\n\n".join([count(parts), *parts])


def tables() -> dict[str, str]:
    """Return the table of each entry of a scenario in Markdown, by its path; the scenario's own has the path ''."""
    found = {}
    for path, entry in entries():
        shown = [name for name in entry.model_fields if not _is_said_elsewhere(entry, name)]
        lines = [_line(name, entry) for name in shown]
        title = f"`{path.rstrip('.')}`" if path else "the scenario itself"
        about = (entry.__doc__ or "").split("\n")[0]
        found[path] = "\n".join([f"**{title}**: {about}", "", *([_HEAD, *lines] if lines else ["No more fields."])])
    return found


def count(parts: Iterable[str]) -> str:
    """Return how many quantities of these tables rest on what, in a sentence."""
    lines = [line for part in parts for line in part.splitlines()]
    found = {basis: sum(f" | {basis} | " in line for line in lines) for basis in _BASES}
    listed = "; ".join(f"{found[basis]} {words}" for basis, words in _BASES.items())
    return f"Of the {sum(found.values())} quantities, {listed}."


def _is_said_elsewhere(entry: type[Entry], name: str) -> bool:
    """Return whether a field holds entries, or is one that all kinds of measures have."""
    kind = entry.model_fields[name].annotation
    inner = get_args(bare(kind))[1] if is_mapping(kind) else kind
    inherited = entry is not Measure and issubclass(entry, Measure) and name in Measure.model_fields
    return inherited or name == "kind" or entry_class(inner) is not None or bool(kinds_of(inner))


def _line(name: str, entry: type[Entry]) -> str:
    field = entry.model_fields[name]
    about = note(field)
    limits = "" if about.low is None or about.high is None else f"{_number(about.low)} to {_number(about.high)}"
    default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
    unit = about.unit + (" (by date)" if is_schedule(field.annotation) else "")
    unit += " (may be given by cohort)" if is_by_cohort(field.annotation) else ""
    unit += " (may be given by date)" if is_by_date(field.annotation) else ""
    text = issubclass(entry, Scenario) or _is_text(field.annotation)
    basis, source = _basis(field, about.source or ("" if text else ASSUMED))
    meaning = about.description.removesuffix(BY_DATE).removesuffix(OR_BY_DATE)
    cells = (f"`{name}`", default, limits, unit, meaning, basis, source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _basis(field: FieldInfo, source: str) -> tuple[str, str]:
    """Return on what a quantity rests, in a word, and its source; nothing for words, names and dates."""
    if not source:
        return "", ""
    if source == ASSUMED:
        empty = field.is_required() or field.get_default(call_default_factory=True) in (None, {})
        return ("given", "each scenario") if empty else ("assumed", ASSUMED)
    if source == NEUTRAL:
        return "neutral", ""
    if source.startswith(FITTED):
        return "fitted", source.removeprefix(FITTED)
    return "sourced", _source(source)


def _default(value: Any) -> str:
    if value is None or value in ({}, [], ""):
        return "none"
    if isinstance(value, Distribution):
        return str(value.to_yaml())
    if isinstance(value, list):
        return ", ".join(_default(item) for item in value)
    if isinstance(value, bool):
        return str(value).lower()
    return _number(value) if isinstance(value, int | float) else str(value)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else figure(value)


def _is_text(kind: Any) -> bool:
    """Return whether a field is one of words, names or dates, which have no source."""
    return not is_quantity(kind) and bare(kind) not in (int, float)


def _source(text: str) -> str:
    """Return a source; rows of parameters.csv with their figures, their own sources, and whether they are outcomes."""
    if not text.startswith(_ROWS):
        return text
    names = text.removeprefix(_ROWS).split(", ")
    shipped = files("sim.data").joinpath("parameters.csv").read_text(encoding="utf-8")
    found = [row for name in names for row in records(shipped) if row["name"] == name]
    return "; ".join(_row(row) for row in found)


def _row(row: dict[str, str]) -> str:
    between = f" ({row['low'] or '?'} to {row['high'] or '?'})" if row["low"] or row["high"] else ""
    outcome = ", **an outcome**" if row["role"] == "outcome" else ""
    return f"`{row['name']}` {row['value']}{between} {row['unit']}{outcome}: {row['source']}"


def outputs() -> str:
    """Return all outputs in Markdown: symbol, unit, formula, meaning, and the published series that each answers to."""
    lines = ["| output | symbol | unit | over time | formula | meaning | answers to |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| `{o.name}` | {o.symbol} | {o.unit} | {o.over_time} | {o.formula} | {o.meaning} | {o.answers_to} |"
        for o in OUTPUTS.values()
    ]
    return "\n".join(lines)


def renewed(text: str) -> str:
    """Return the description with its generated parts brought up to date."""
    parts = {"parameters": parameters(), "outputs": outputs()}
    return _MARKED.sub(lambda found: f"{found[1]}{parts[found[2]]}{found[3]}", text)


if __name__ == "__main__":
    write_text(FILE, renewed(FILE.read_text(encoding="utf-8")))
