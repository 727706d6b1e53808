"""The JSON Schema of scenario files, for completion and checks in editors.

It also covers partial files: a file that ``extends`` another contains only the
differences, so nothing is required. `load_scenario` checks completeness and
whether names exist.
"""

from __future__ import annotations

import copy
import re
from typing import Any

from sim.scenario.entry import DATE_KEY, Entry
from sim.scenario.fields import is_quantity, is_schedule, limits, note
from sim.scenario.files import scenario_names
from sim.scenario.quantity import KINDS, Distribution
from sim.scenario.schema import scenario_class

_DROPPED = ("required", "minProperties", "discriminator", "range", "source", "unit", "propertyNames", "title")


def scenario_json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a scenario file, complete or extending another."""
    scenario = scenario_class()
    schema = scenario.model_json_schema()
    for name, definition in schema["$defs"].items():
        _describe(_entries()[name], definition["properties"])
    _describe(scenario, schema["properties"])
    schema = dict(_relaxed(schema))
    schema["properties"] = {"extends": _extends(), **schema["properties"]}
    schema["$defs"]["Distribution"] = _distribution()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Corridor scenario"
    return schema


def _entries() -> dict[str, type[Entry]]:
    """Return entries by the name that pydantic gives each; equal names include the module."""
    found: dict[str, type[Entry]] = {}
    waiting = list(Entry.__subclasses__())
    while waiting:
        entry = waiting.pop()
        found[entry.__name__] = found[_full_name(entry)] = entry
        waiting += entry.__subclasses__()
    return found


def _full_name(entry: type[Entry]) -> str:
    return re.sub(r"[^a-zA-Z0-9.\-_]", "_", f"{entry.__module__}.{entry.__qualname__}").replace(".", "__")


def _extends() -> dict[str, Any]:
    text = "Scenario that this one builds on: a name, or a file ending in .yaml beside this one."
    return {"type": "string", "description": text, "examples": scenario_names()}


def _distribution() -> dict[str, Any]:
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 1}
    texts = {kind: f"{kind}: [{', '.join(names)}]" for kind, names in KINDS.items()}
    kinds: dict[str, Any] = {kind: {**numbers, "description": text} for kind, text in texts.items()}
    about = "A distribution: " + "; ".join(texts.values())
    return {
        "type": "object", "description": about, "properties": kinds,
        "minProperties": 1, "maxProperties": 1, "additionalProperties": False,
    }  # fmt: skip


def _describe(entry: type[Entry], properties: dict[str, Any]) -> None:
    """Give each property the unit, range and default of its field, in words and as limits."""
    for name, field in entry.model_fields.items():
        about = note(field)
        text = about.description
        if about.unit:
            text = f"{text.rstrip('.')}: a number{limits(about)}."
        default = about.default.to_yaml() if isinstance(about.default, Distribution) else about.default
        text += f" Default: {default}." if about.unit and default is not None else ""
        shape = properties[name]
        shape["description"] = text
        if about.low is not None:
            _limit_numbers(shape, about.low, about.high)
        if is_schedule(field.annotation):
            value = shape.pop("additionalProperties")
            shape["patternProperties"] = {DATE_KEY: value}
        if is_quantity(field.annotation) and isinstance(shape.get("default"), Distribution):
            shape["default"] = default


def _limit_numbers(shape: Any, low: float, high: float | None) -> None:
    """Put the range on every number of a property, but not on the arguments of distributions."""
    if isinstance(shape, dict):
        if shape.get("type") == "number":
            shape.update({"minimum": low} | ({"maximum": high} if high is not None else {}))
        for key, part in shape.items():
            if key != "properties":
                _limit_numbers(part, low, high)
    elif isinstance(shape, list):
        for part in shape:
            _limit_numbers(part, low, high)


def _relaxed(shape: Any) -> Any:
    """Return the schema of partial files: nothing required, ``null`` takes an entry out, keys stay closed."""
    if isinstance(shape, list):
        return [_relaxed(part) for part in shape]
    if not isinstance(shape, dict):
        return copy.deepcopy(shape)
    # The keys of `properties` and `$defs` are names, not keywords of JSON Schema.
    relaxed: dict[str, Any] = {}
    for key, value in shape.items():
        if key in ("properties", "$defs"):
            relaxed[key] = {name: _relaxed(part) for name, part in value.items()}
        elif key not in _DROPPED:
            relaxed[key] = _relaxed(value)
    if any(isinstance(part, dict) and _is_distribution(part) for part in shape.get("anyOf", [])):
        others = [_relaxed(part) for part in shape["anyOf"] if not _is_distribution(part)]
        relaxed["anyOf"] = [*others, {"$ref": "#/$defs/Distribution"}]
    if "oneOf" in relaxed:
        relaxed["anyOf"] = relaxed.pop("oneOf")
    if "patternProperties" in relaxed:
        relaxed["additionalProperties"] = False
        nothing = {"type": "null", "description": "Takes the inherited entry out."}
        entries = relaxed["patternProperties"].items()
        relaxed["patternProperties"] = {pattern: {"anyOf": [entry, nothing]} for pattern, entry in entries}
    return relaxed


def _is_distribution(shape: dict[str, Any]) -> bool:
    return len(shape.get("properties", {})) == 1 and len(shape.get("required", [])) == 1
