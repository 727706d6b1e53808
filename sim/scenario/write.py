"""Writing of scenarios as YAML, complete or as a difference, and their hash."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sim.scenario.fields import (
    Spot,
    child,
    entry_class,
    is_mapping,
    is_quantity,
    kinds_of,
    may_have_parts,
    root_spot,
)
from sim.scenario.load import load_scenario
from sim.scenario.nodes import scalar
from sim.scenario.quantity import is_distribution
from sim.scenario.schema import Scenario

# Text of this form needs no quotes anywhere in YAML.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./()-]*( [A-Za-z0-9_./()-]+)*")


def to_yaml(scenario: Scenario, *, whole: bool = False) -> str:
    """Return the whole scenario as YAML, including defaults; loading it gives an equal one.

    For a run that was shortened, entries that would begin after its last day are left out, as a file may not name such
    days; so are reactions to them. ``whole`` keeps them, for records: such a measure may be announced within the run,
    or reserve officers.
    """
    content = scenario.model_dump(exclude_none=True)
    if not whole:
        content = {key: value if key == "begins" else _until(scenario.end, value) for key, value in content.items()}
        for collection in ("measures", "sponsors"):
            entries = content.get(collection, {})
            content[collection] = {k: v for k, v in entries.items() if v.get("start", scenario.end) <= scenario.end}
        content["reactions"] = _founded(content["reactions"], content["measures"])
    return "".join(_block(_tidy(content), 0))


def diff_yaml(scenario: Scenario, parent_name: str) -> str:
    """Return YAML of only the differences from the scenario ``parent_name``, which it extends.

    Raises:
        ScenarioError: If there is no such parent.
    """
    parent = load_scenario(parent_name)
    changes = _difference(parent.model_dump(), scenario.model_dump(), root_spot())
    if parent.begins is not None and scenario.begins is None:
        changes["begins"] = None
    return "".join(_block({"extends": parent_name, **_tidy(changes)}, 0))


def scenario_hash(scenario: Scenario) -> str:
    """Return the SHA-256 (hexadecimal) of all values and the timetable's bytes, regardless of the order of keys.

    Coordinates do not count: they are for the map, and no result depends on them.
    """
    content = scenario.model_dump(mode="json", exclude={"places"})
    if scenario._timetable is not None:
        content["timetable_sha256"] = hashlib.sha256(Path(scenario._timetable[0]).read_bytes()).hexdigest()
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _difference(old: Any, new: Any, spot: Spot | None) -> Any:
    """Return the mapping that gives ``new`` when laid over ``old``, both at the same path."""
    changes: dict[Any, Any] = {}
    for key, value in new.items():
        inner = child(spot, key, new) if spot else None
        if key not in old:
            changes[key] = _lean(value, inner)
        elif old[key] != value:
            deep = isinstance(value, dict) and isinstance(old[key], dict) and not _whole(old[key], value, inner)
            changes[key] = _difference(old[key], value, inner) if deep else _lean(value, inner)
    if spot is not None and (is_mapping(spot.type) or may_have_parts(spot.type)):
        changes.update({key: None for key in old if key not in new})
    return changes


def _whole(old: dict[Any, Any], new: dict[Any, Any], spot: Spot | None) -> bool:
    if spot is not None and may_have_parts(spot.type):
        return is_distribution(old) or is_distribution(new)
    if spot is None or is_quantity(spot.type) or spot.type is Any:  # Any: the scenario of an earlier run
        return True
    return bool(kinds_of(spot.type)) and old.get("kind") != new.get("kind")


def _lean(value: Any, spot: Spot | None) -> Any:
    """Return a new entry without fields that have their default."""
    if not isinstance(value, dict) or spot is None or is_quantity(spot.type):
        return value
    entry = entry_class(spot.type, value)
    fields = entry.model_fields if entry else {}
    return {
        key: _lean(item, child(spot, key, value))
        for key, item in value.items()
        if key not in fields or fields[key].is_required() or item != fields[key].get_default(call_default_factory=True)
    }


def _founded(reactions: dict[str, Any], measures: dict[str, Any]) -> dict[str, Any]:
    """Return the reactions whose trigger names no measure or reaction that was left out."""
    kept = {
        name: reaction
        for name, reaction in reactions.items()
        if reaction["when"].get("measure") in (None, *measures)
        and reaction["when"].get("reaction") in (None, *reactions)
    }
    return kept if len(kept) == len(reactions) else _founded(kept, measures)


def _until(last: date, value: Any) -> Any:
    """Remove the entries of schedules after a day."""
    if not isinstance(value, dict):
        return value
    return {key: _until(last, item) for key, item in value.items() if not isinstance(key, date) or key <= last}


def _tidy(value: Any) -> Any:
    """Convert integral floats to integers."""
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _block(value: dict[Any, Any], indent: int) -> Iterator[str]:
    for key, item in value.items():
        start = f"{' ' * indent}{_scalar(key)}:"
        if isinstance(item, dict) and item and not _is_flat(item):
            yield start + "\n"
            yield from _block(item, indent + 2)
        else:
            yield f"{start} {_flow(item)}\n"


def _is_flat(value: dict[Any, Any]) -> bool:
    """Return whether a mapping is a distribution, which stands on one line."""
    return len(value) == 1 and isinstance(next(iter(value.values())), list)


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if _PLAIN.fullmatch(value) and scalar(value) == value:
        return str(value)
    quoted = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[^ -~]", lambda m: m[0] if m[0].isprintable() else f"\\U{ord(m[0]):08x}", quoted)
