"""Parts applied to a scenario: a scenario with further measures, checked like any other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sim.scenario.errors import choices, show
from sim.scenario.merge import merge
from sim.scenario.nodes import from_plain
from sim.scenario.parts.library import WITH, Asked, asked, part_error
from sim.scenario.parts.targets import TARGETS
from sim.scenario.paths import rebuilt
from sim.scenario.schema import Scenario

LONGEST_TITLE = 200


def with_parts(scenario: Scenario, text: str) -> Scenario:
    """Return a scenario with the measures of a text, such as ``ban@2025-10-15+aid``.

    Raises:
        ScenarioError: If a part is unknown or not allowed, or the scenario lacks what it needs.

    >>> from sim import load_scenario
    >>> found = with_parts(load_scenario("benghazi-surge"), "ban:benghazi@2025-10-15+officers:latvia=500")
    >>> sorted(set(found.measures) - set(load_scenario("benghazi-surge").measures))
    ['carrier-ban', 'officers-latvia']
    >>> found.measures["carrier-ban"].routes
    ['benghazi-minsk']
    """
    for one in asked(text):
        scenario = _with_part(scenario, one)
    return scenario


def slug(text: str) -> str:
    """Return the name of a scenario with these parts, for tables and files.

    >>> slug("ban@2025-10-15..2025-11-01+officers:latvia=500")
    'ban-2025-10-15-to-2025-11-01+officers-latvia-500'
    """
    plain = re.sub(r"\.\.", "-to-", re.sub(r"\s", "", text))
    return re.sub(r"[^\w.+-]+", "-", plain).strip("-.")


def _with_part(scenario: Scenario, one: Asked) -> Scenario:
    part = one.part
    targets = _targets(scenario, one)
    start = one.start or scenario.start
    if part.schedule:
        changes = _scheduled(scenario, one, targets, start)
    else:
        fields: dict[str, Any] = {**part.measure, "start": start, "title": part.title}
        if one.end is not None:
            fields["end"] = one.end
        if one.value is not None:
            fields[part.value] = one.value
        changes = {"measures": _measures(scenario, one, targets, fields)}
    if part.pool:
        changes["frontex"] = {"officers": scenario.frontex.officers + _officers(one, fields) * len(targets)}
    name = f"{WITH} {one.text}"
    changes["title"] = f"{scenario.title} + {one.text}"[:LONGEST_TITLE]
    root = merge(from_plain(scenario.model_dump(), "scenario"), from_plain(changes, name))
    return rebuilt(scenario, root, {name: scenario.end})


def _targets(scenario: Scenario, one: Asked) -> list[str]:
    """Return what the part applies to: what is named, or all that the scenario has."""
    target = TARGETS[one.part.target]
    known = target.named(scenario)
    if not known:
        raise part_error(one.text, f"the scenario lacks what it needs: {target.words}")
    for word in one.targets:
        if word not in known:
            text = f"found {show(word)}; needed: {target.words}; {choices(sorted(known), word)}"
            legs = sorted({leg for route in target.all(scenario) for leg in _legs_of(scenario, one, route)})
            raise part_error(one.text, f"{text}; legs: {', '.join(legs)}" if legs else text)
    named = dict.fromkeys(name for word in one.targets for name in known[word])
    found = list(named) or target.all(scenario)
    if not found:
        raise part_error(one.text, f"the scenario lacks what it needs: {target.words}")
    return found


def _measures(scenario: Scenario, one: Asked, targets: list[str], fields: dict[str, Any]) -> dict[str, Any]:
    part = one.part
    if part.each:
        found = {f"{part.name}-{name}": {**fields, part.each: name} for name in targets}
    else:
        found = {part.name: {**fields, **_named(scenario, one, targets)}}
    return {_free(name, scenario.measures): entry for name, entry in found.items()}


def _named(scenario: Scenario, one: Asked, targets: list[str]) -> dict[str, Any]:
    """Return the fields with what a measure applies to: legs by their own field, if it has one, and the rest."""
    part = one.part
    used = {leg for route in targets for leg in _legs_of(scenario, one, route)}
    legs = [word for word in one.targets if word in used]
    if not legs:
        return {part.field: targets}
    known = TARGETS[part.target].named(scenario)
    over = {route for leg in legs for route in known[leg]}
    rest = dict.fromkeys(name for word in one.targets if word not in legs for name in known[word] if name not in over)
    return {part.field: list(rest), part.legs: legs}


def _legs_of(scenario: Scenario, one: Asked, target: str) -> list[str]:
    """Return the legs of a route, if the part may name legs."""
    return list(scenario.routes[target].legs) if one.part.legs else []


def _free(name: str, taken: Iterable[str]) -> str:
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}-{number}"
    return free


def _officers(one: Asked, fields: dict[str, Any]) -> int:
    officers = fields[one.part.value]
    if isinstance(officers, bool) or not isinstance(officers, int):
        raise part_error(one.text, f"found {show(officers)}; allowed: a whole number of officers")
    return officers


def _scheduled(scenario: Scenario, one: Asked, targets: list[str], start: date) -> dict[str, Any]:
    """Set a schedule of each target from the start to the end; after that it is what it would have been."""
    about = one.part.schedule
    value = about["value"] if one.value is None else one.value
    entries: dict[str, Any] = {}
    for name in targets:
        known: dict[date, Any] = getattr(getattr(scenario, about["collection"])[name], about["field"])
        changes: dict[date, Any] = {day: None for day in known if day > start and (one.end is None or day <= one.end)}
        changes[start] = value
        after = None if one.end is None else one.end + timedelta(days=1)
        if after is not None and after not in known and after <= scenario.end:
            before = [item for day, item in sorted(known.items()) if day < after]
            later = before[-1] if before else 0.0
            changes[after] = later.to_yaml() if hasattr(later, "to_yaml") else later
        entries[name] = {about["field"]: changes}
    return {about["collection"]: entries}
