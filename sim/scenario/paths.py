"""Parameters by dotted path: reading, listing, and overriding them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sim.scenario.by_cohort import OTHERS, of_cohort
from sim.scenario.entry import FIRST_YEAR, Entry
from sim.scenario.errors import Problem, ScenarioError, choices, dotted, show
from sim.scenario.fields import (
    FieldNote,
    Spot,
    child,
    is_by_cohort,
    is_by_date,
    is_mapping,
    is_quantity,
    is_schedule,
    keys_allowed,
    may_have_parts,
    note,
    root_spot,
)
from sim.scenario.nodes import Node, collection, from_plain, parse_value
from sim.scenario.nodes import scalar as read_scalar
from sim.scenario.quantity import Distribution, is_distribution
from sim.scenario.schema import Scenario
from sim.scenario.validate import build

SET = "--set"
_EVER = date(FIRST_YEAR, 1, 1)  # from when on the value for all dates holds, once one date has its own


class Parameter(NamedTuple):
    """A quantity of a scenario: its path, value and field."""

    path: str
    value: float | Distribution
    field: FieldNote


def parse_override(text: str) -> tuple[str, Any]:
    """Parse ``path.to.parameter=value`` into path and value (YAML 1.2); raises ScenarioError."""
    path, sign, value = text.partition("=")
    if not sign or not path.strip():
        raise _error("", f"found {show(text)}; allowed: path.to.parameter=value")
    try:
        return path.strip(), parse_value(value, SET)
    except ScenarioError as error:
        raise _error(path.strip(), f"found {show(value)}; {error.problems[0].text}") from None


def apply_overrides(scenario: Scenario, overrides: Mapping[str, Any]) -> Scenario:
    """Return the scenario with the values of ``overrides`` (by dotted path), checked again.

    ``null`` removes a named entry or a date of a schedule.

    Raises:
        ScenarioError: Naming the path, what was found and what is allowed.
    """
    root = from_plain(scenario.model_dump(), "scenario")
    for path, value in overrides.items():
        root = _set(root, root_spot(), str(path).split("."), 0, from_plain(value, SET))
    return rebuilt(scenario, root, {SET: _last_day(scenario, root)})


def rebuilt(scenario: Scenario, root: Node, last_days: Mapping[str, date]) -> Scenario:
    """Return a scenario from its changed nodes, checked again, with the timetable of the unchanged one.

    Args:
        scenario: The unchanged scenario.
        root: Its nodes, changed.
        last_days: As in `sim.scenario.validate.build`.

    Raises:
        ScenarioError: With all errors.
    """
    changed = build(root, last_days)
    changed._rows = scenario._rows
    if scenario.timetable == changed.timetable:
        changed._timetable = scenario._timetable
    elif changed.timetable is not None:
        raise _error("timetable", f"found {show(changed.timetable)}; a timetable can be named only in a file")
    return changed


def _last_day(scenario: Scenario, root: Node) -> date:
    """Return the last day that overrides may name: a run that they shorten keeps its dates."""
    start, days = root.value["start"].value, root.value["days"].value
    if isinstance(start, date) and isinstance(days, int) and 1 <= days <= 3650:
        return max(scenario.end, start + timedelta(days=days - 1))
    return scenario.end


def _set(node: Node, spot: Spot, parts: list[str], level: int, value: Node) -> Node:
    if may_have_parts(spot.type) and not (node.is_mapping and not is_distribution(node.value)):
        whole = OTHERS if is_by_cohort(spot.type) else _EVER
        node = collection({whole: node}, node.file, node.line)  # one cohort or date differs from the value for all
    key = _step(node, spot, parts, level)
    kind = node.value.get("kind") if node.is_mapping else None  # all that `child` looks at
    inner = child(spot, key, {"kind": kind.plain()} if kind else None)
    if inner is None:
        raise _unknown(node, spot, parts, level)
    if level == len(parts) - 1:
        new = value
    elif isinstance(key, int):
        new = _set(node.value[key], inner, parts, level + 1, value)
    else:
        missing = Node({}, SET)
        new = _set(node.value.get(key, missing), inner, parts, level + 1, value)
    if isinstance(node.value, list):
        items = [new if i == key else item for i, item in enumerate(node.value)]
        return collection(items, node.file, node.line)
    entries = {**node.value, key: new}
    if new.value is None and (is_mapping(spot.type) or may_have_parts(spot.type)) and key in node.value:
        del entries[key]
    return collection(entries, node.file, node.line)


def _step(node: Node, spot: Spot, parts: list[str], level: int) -> Any:
    """Return the key of the next level; raises ScenarioError if the path does not exist."""
    part = parts[level]
    if isinstance(node.value, list):
        if not (part.isascii() and part.isdigit()) or len(part) > 6 or int(part) >= len(node.value):
            last = len(node.value) - 1
            raise _error(dotted(parts[: level + 1]), f"found {show(part)}; allowed: 0 to {last}")
        return int(part)
    if not node.is_mapping or (is_quantity(spot.type) and not may_have_parts(spot.type)):
        where = dotted(parts[:level])
        text = f"found {show(part)} after {where}, which has no parts; allowed: {where}=value"
        raise _error(dotted(parts), text)
    if is_schedule(spot.type) or is_by_date(spot.type):
        day = read_scalar(part)
        if not isinstance(day, date):
            text = f"found {show(part)}; allowed: a date such as 2021-08-03"
            raise _error(dotted(parts[: level + 1]), text)
        return day
    if is_mapping(spot.type) and part not in node.value:
        raise _unknown(node, spot, parts, level)
    return part


def _unknown(node: Node, spot: Spot, parts: list[str], level: int) -> ScenarioError:
    names = keys_allowed(spot, node.plain()) or (list(node.value) if node.is_mapping else [])
    where = f" in {dotted(parts[:level])}" if level else ""
    return _error(dotted(parts), f"found {show(parts[level])}{where}; {choices(names, parts[level])}")


def _error(path: str, text: str) -> ScenarioError:
    return ScenarioError(Problem(SET, 0, path, text))


def get_path(scenario: Scenario, path: str) -> Any:
    """Return the value at a dotted path; raises ScenarioError if the path does not exist.

    For a cohort's part of a quantity that is given for all, this is the quantity itself.
    """
    value: Any = scenario
    spot: Spot | None = root_spot()
    parts = path.split(".")
    for level, part in enumerate(parts):
        known: dict[str, Any] = {}
        if spot is not None and is_by_cohort(spot.type):
            known = {name: of_cohort(value, name) for name in (*scenario.cohorts, OTHERS)}
            known = {name: item for name, item in known.items() if item is not None}
        elif isinstance(value, Entry):
            known = {name: getattr(value, name) for name in type(value).model_fields}
        elif isinstance(value, dict):
            known = {str(key): item for key, item in value.items()}
        elif isinstance(value, (list, tuple)):
            known = {str(i): item for i, item in enumerate(value)}
        if part not in known:
            where = f" in {dotted(parts[:level])}" if level else ""
            raise ScenarioError(Problem("", 0, path, f"found {show(part)}{where}; {choices(known, part)}"))
        spot = child(spot, part) if spot is not None else None
        value = known[part]
    return value


def parameter_paths(scenario: Scenario) -> list[Parameter]:
    """Return every quantity of the scenario with its dotted path, in the order of the schema.

    Where nobody answers, those of the reactions are none of its; those of the run from which it begins never are.
    """
    others = ("begins.",) if scenario.answers else ("begins.", "reactions.")
    return [one for one in _parameters(scenario, root_spot(), "") if not one.path.startswith(others)]


def _parameters(value: Any, spot: Spot, path: str) -> Iterator[Parameter]:
    if value is None:
        return
    if is_quantity(spot.type) and not isinstance(value, dict):
        yield Parameter(path, value, note(spot.field))
    elif isinstance(value, Entry):
        for name, field in type(value).model_fields.items():
            inner_path = f"{path}.{name}" if path else name
            yield from _parameters(getattr(value, name), Spot(field.annotation, field), inner_path)
    elif isinstance(value, dict):
        for key, item in value.items():
            inner = child(spot, key)
            if inner is not None:
                yield from _parameters(item, inner, f"{path}.{key}")
