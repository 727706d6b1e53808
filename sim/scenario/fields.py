"""Lookup in the schema by path: the field at a path, and a description of what it allows."""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import StringConstraints
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.scenario.entry import Entry, figure
from sim.scenario.errors import choices
from sim.scenario.kinds import registry_of
from sim.scenario.quantity import Distribution, Quantity
from sim.scenario.schema import scenario_class

NAMING = "a name of lower-case letters, digits and single hyphens, such as 'erbil-minsk'"


@dataclass(frozen=True)
class FieldNote:
    """The schema's information on a field; ``low`` and ``high`` are None if it has no range."""

    unit: str
    low: float | None
    high: float | None
    default: Any
    description: str
    source: str


class Spot(NamedTuple):
    """A position in the schema: the expected type, and the field to which it belongs."""

    type: Any
    field: FieldInfo | None = None


def root_spot() -> Spot:
    """Return the spot of a whole scenario, including what loaded extensions add."""
    return Spot(scenario_class())


def note(field: FieldInfo | None) -> FieldNote:
    """Unit, range, default, description and source of a field."""
    if field is None:
        return FieldNote("", None, None, None, "", "")
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    bounds: Any = extra.get("range") or (_bound(field, "ge", "gt"), _highest(field))
    default = None if field.default is PydanticUndefined else field.default
    unit, source = str(extra.get("unit", "")), str(extra.get("source", ""))
    return FieldNote(unit, bounds[0], bounds[1], default, field.description or "", source)


def _highest(field: FieldInfo) -> Any:
    below = _bound(field, "lt")  # only for whole numbers
    return below - 1 if below is not None else _bound(field, "le")


def _bound(field: FieldInfo, *names: str) -> Any:
    return next((getattr(m, n) for m in field.metadata for n in names if hasattr(m, n)), None)


def bare(kind: Any) -> Any:
    """Return a type without ``Annotated`` and ``| None``."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, types.UnionType):
        parts = [part for part in get_args(kind) if part is not type(None)]
        if len(parts) == 1:
            return bare(parts[0])
    return kind


def is_quantity(kind: Any) -> bool:
    """Return whether a type is `Quantity`."""
    return Distribution in get_args(bare(kind))


def is_by_cohort(kind: Any) -> bool:
    """Return whether a type is `ByCohort`: a quantity, or a mapping of cohorts to quantities."""
    return dict[str, float | Distribution] in get_args(bare(kind))


def is_by_date(kind: Any) -> bool:
    """Return whether a type is `ByDate`: a quantity, or a mapping of dates to quantities."""
    return dict[date, float | Distribution] in get_args(bare(kind))


def may_have_parts(kind: Any) -> bool:
    """Return whether a type is a quantity that may be given in parts: by cohort, or by date."""
    return is_by_cohort(kind) or is_by_date(kind)


def is_mapping(kind: Any) -> bool:
    """Return whether a type is a mapping of names or dates, whose keys the user chooses."""
    return get_origin(bare(kind)) is dict


def is_schedule(kind: Any) -> bool:
    """Return whether a type is a mapping of dates to quantities."""
    return is_mapping(kind) and bare(get_args(bare(kind))[0]) is date


def kinds_of(kind: Any) -> dict[str, type[Entry]]:
    """Return all known kinds by name if a type is one whose ``kind`` chooses a class, such as a measure; else none."""
    registry = registry_of(bare(kind))
    return registry.known if registry else {}


def entry_class(kind: Any, data: Any = None) -> type[Entry] | None:
    """Return the expected entry class; for a measure and the like, that of the ``kind`` in ``data``."""
    kinds = kinds_of(kind)
    if kinds:
        name = data.get("kind") if isinstance(data, dict) else None
        return kinds.get(name) if isinstance(name, str) else None
    kind = bare(kind)
    return kind if isinstance(kind, type) and issubclass(kind, Entry) else None


def child(spot: Spot, key: Any, data: Any = None) -> Spot | None:
    """Return the spot under ``key``, None if the schema has none; ``data`` determines a ``kind``."""
    entry = entry_class(spot.type, data)
    if entry is not None:
        field = entry.model_fields.get(key) if isinstance(key, str) else None
        return Spot(field.annotation, field) if field else None
    kind = bare(spot.type)
    if may_have_parts(kind):
        return Spot(Quantity, spot.field)
    if get_origin(kind) is dict:
        return Spot(get_args(kind)[1], spot.field)
    if get_origin(kind) is list:
        return Spot(get_args(kind)[0], spot.field)
    return None


def find(path: Sequence[Any], data: Any) -> Spot | None:
    """Return the spot at a path; ``data`` is the whole scenario as dicts and lists."""
    spot: Spot | None = root_spot()
    for part in path:
        if spot is None:
            return None
        spot = child(spot, part, data)
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
    return spot


def keys_allowed(spot: Spot, data: Any = None) -> list[str]:
    """Return the keys that an entry may have; empty where the user chooses them."""
    entry = entry_class(spot.type, data)
    return list(entry.model_fields) if entry else []


def allowed(spot: Spot, found: Any = None) -> str:
    """``allowed: ...`` for a spot, with range and unit."""
    kind = bare(spot.type)
    if get_origin(kind) is Literal:
        return choices(get_args(kind), found)
    return "allowed: " + _words(spot, kind)


def _words(spot: Spot, kind: Any) -> str:
    numbers = limits(note(spot.field))
    if is_quantity(kind):
        words = f"a number{numbers}, or a distribution such as {{triangular: [low, mode, high]}}"
        words += ", or a mapping of cohorts to them" if is_by_cohort(kind) else ""
        return f"{words}, or a mapping of dates to them" if is_by_date(kind) else words
    if kind is int:
        return f"a whole number{numbers}"
    if kind is float:
        return f"a number{numbers}"
    if kind is bool:
        return "true or false"
    if kind is date:
        return "a date such as 2021-08-03"
    if kind is str:
        return _text_words(spot)
    if is_schedule(kind):
        return f"a mapping of dates to values such as {{2021-08-03: 0.5}}, each a number{numbers}"
    if is_mapping(kind):
        most = _bound(spot.field, "max_length") if spot.field else None
        return f"a mapping of names to values{f', at most {most}' if most else ''}"
    if get_origin(kind) is list:
        return "a list, each item " + _words(Spot(get_args(kind)[0], spot.field), bare(get_args(kind)[0]))
    entry = entry_class(kind)
    return "a mapping with the keys " + ", ".join(entry.model_fields) if entry else "a mapping with a `kind`"


def limits(of: FieldNote) -> str:
    """`` from 0 to 1 (share)``, as far as the field has a range and a unit."""
    text = ""
    if of.low is not None and of.high is not None:
        text = f" from {figure(of.low)} to {figure(of.high)}"
    elif of.low is not None:
        text = f" of at least {figure(of.low)}"
    return f"{text} ({of.unit})" if of.unit else text


def _text_words(spot: Spot) -> str:
    rules = [m for m in (spot.field.metadata if spot.field else []) if isinstance(m, StringConstraints)]
    rules += [m for m in getattr(spot.type, "__metadata__", ()) if isinstance(m, StringConstraints)]
    if any(rule.pattern and "a-z0-9" in str(rule.pattern) for rule in rules):
        return NAMING
    most = next((rule.max_length for rule in rules if rule.max_length), None)
    return f"text of up to {most} characters, none of them a control character" if most else "text"
