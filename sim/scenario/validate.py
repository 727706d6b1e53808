"""Validation: builds a `Scenario` from nodes, and rewords pydantic's errors with positions in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from sim.scenario.by_cohort import OTHERS
from sim.scenario.entry import RangeError
from sim.scenario.errors import BY_EXTENSION, Problem, ScenarioError, choices, dotted, show
from sim.scenario.fields import (
    NAMING,
    Spot,
    allowed,
    find,
    is_by_cohort,
    is_mapping,
    is_quantity,
    is_schedule,
    keys_allowed,
    limits,
    may_have_parts,
    note,
    root_spot,
)
from sim.scenario.kinds import NO_KIND, registry_of
from sim.scenario.nodes import Node
from sim.scenario.references import check
from sim.scenario.schema import Scenario, scenario_class


def build(root: Node, last_days: Mapping[str, date]) -> Scenario:
    """Build the scenario that the nodes describe.

    Args:
        root: The whole scenario, after ``extends``.
        last_days: By file, the last date that it may name; files not listed may name any.

    Raises:
        ScenarioError: With all errors, by file and line.
    """
    data = root.plain()
    try:
        scenario = scenario_class().model_validate(data)
    except ValidationError as error:
        found = [dict(e) for e in error.errors(include_url=False)]
        problems = {_problem(e, root, data) for e in found} | _between_others(found, root, data, last_days)
        raise ScenarioError(in_order(problems)) from None
    problems = set(check(scenario, root, last_days))
    if problems:
        raise ScenarioError(in_order(problems))
    return scenario


def _between_others(
    errors: Sequence[dict[str, Any]], root: Node, data: Any, last_days: Mapping[str, date]
) -> set[Problem]:
    """Return the errors between entries of a scenario some of whose values are wrong, so that all are told at once.

    None are found if leaving out the wrong keys and values is not enough to read the rest.
    """
    rest = root
    for error in errors:
        path, _ = _yaml_path(error["loc"], data)
        if error["type"] == "missing" or not path:
            return set()
        rest = _left_out(rest, path)
    try:
        scenario = scenario_class().model_validate(rest.plain())
    except ValidationError:
        return set()
    return set(check(scenario, rest, last_days))


def _left_out(node: Node, path: Sequence[Any]) -> Node:
    """Return nodes without the one at a path, or unchanged if there is none."""
    if not node.is_mapping or path[0] not in node.value:
        return node
    entries = dict(node.value)
    if len(path) == 1:
        del entries[path[0]]
    else:
        entries[path[0]] = _left_out(entries[path[0]], path[1:])
    return replace(node, value=entries)


def in_order(problems: set[Problem]) -> list[Problem]:
    """Return problems by file and line."""
    return sorted(problems, key=lambda p: (p.file, p.line, p.path, p.text))


def _problem(error: dict[str, Any], root: Node, data: Any) -> Problem:
    path, is_key = _yaml_path(error["loc"], data)
    cause = (error.get("ctx") or {}).get("error")
    if isinstance(cause, RangeError) and cause.key is not None:
        path = (*path, cause.key)
    node = root.at(path)
    spot = find(path, data)
    parent = find(path[:-1], data) if path else None
    above = root.at(path[:-1]).plain()
    found = root.at(path).plain()
    text = _text(error, path, is_key, spot, parent, above, found)
    if spot is not None and is_quantity(spot.type) and not is_by_cohort(spot.type) and _names_cohorts(found, data):
        text = f"found values by cohort; this quantity belongs to no cohort; {allowed(spot)}"
    if error["type"] == "missing" and len(path) > 2:
        text += _perhaps(str(path[-2]), root.at(path[:-2]).plain())
    return Problem(node.file, node.line, dotted(path), text)


def _names_cohorts(found: Any, data: Any) -> bool:
    """Return whether all keys of a mapping are names of the scenario's cohorts."""
    cohorts = data.get("cohorts")
    known = set(cohorts) if isinstance(cohorts, dict) else set()
    return isinstance(found, dict) and bool(found) and found.keys() <= known | {OTHERS}


def _perhaps(name: str, names: Any) -> str:
    """Return a suggestion if an incomplete entry is probably a misspelt name."""
    others = [str(key) for key in names if key != name] if isinstance(names, dict) else []
    close = get_close_matches(name, others, n=1, cutoff=0.8)
    return f"; {name!r} is a new entry, did you mean {close[0]!r}?" if close else ""


def _yaml_path(loc: Sequence[Any], data: Any) -> tuple[tuple[Any, ...], bool]:
    """Return the path in the file, and whether the error concerns a key."""
    path = list(loc)
    is_key = bool(path) and path[-1] == "[key]"
    if is_key:
        path.pop()
    return tuple(_same_key(path, data)), is_key


def _same_key(path: list[Any], data: Any) -> list[Any]:
    """Replace date keys, which pydantic gives as text, by the keys in the data."""
    for i, part in enumerate(path):
        if isinstance(data, dict) and part not in data:
            path[i] = part = next((key for key in data if part in (str(key), repr(key))), part)
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            break
    return path


def _text(
    error: dict[str, Any], path: tuple[Any, ...], is_key: bool, spot: Spot | None, parent: Spot | None,
    above: Any, found: Any,
) -> str:  # fmt: skip
    kind = error["type"]
    if kind in ("extra_forbidden", "invalid_key"):
        known = choices(keys_allowed(parent or root_spot(), above), path[-1])
        return f"unknown key {show(str(path[-1]))}; {known}{BY_EXTENSION if len(path) == 1 else ''}"
    if kind == "missing":
        about = note(spot.field if spot else None)
        return f"missing; needed: {about.description.rstrip('.')} ({allowed(spot or root_spot())})"
    if is_key:
        return f"found {show(str(path[-1]))}; allowed: {_key_words(parent)}"
    if kind == NO_KIND and (registry := registry_of(error["ctx"]["base"])):
        return registry.missing(found)
    if found is None and parent is not None and (is_mapping(parent.type) or may_have_parts(parent.type)):
        return "found null, which removes an inherited entry; none of this name is inherited"
    if kind == "value_error":
        return _with_limits(str(error["ctx"]["error"]), spot)
    if kind in ("too_short", "too_long"):
        return _length_text(error["ctx"], found, spot)
    return f"found {show(found)}; {allowed(spot or root_spot(), found)}"


def _key_words(parent: Spot | None) -> str:
    return "a date such as 2021-08-03" if parent is not None and is_schedule(parent.type) else NAMING


def _with_limits(text: str, spot: Spot | None) -> str:
    if "allowed" in text or spot is None:
        return text
    about = note(spot.field)
    if may_have_parts(spot.type):
        return f"{text}; {allowed(spot)}"
    return f"{text}; allowed: a number{limits(about)}" if about.low is not None else f"{text}; {allowed(spot)}"


def _length_text(context: dict[str, Any], found: Any, spot: Spot | None) -> str:
    least, most = context.get("min_length"), context.get("max_length")
    size = len(found) if isinstance(found, (list, dict)) else 0
    limit = f"at least {least}" if least is not None else f"at most {most}"
    what = f" ({note(spot.field).description.rstrip('.')})" if spot else ""
    return f"found {size} entries; allowed: {limit}{what}"
