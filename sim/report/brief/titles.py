"""Titles of scenarios and of measures in words, where other tables have short names."""

from __future__ import annotations

from typing import Any

from sim.report.findings import Findings
from sim.report.words import day, listed
from sim.scenario.errors import ScenarioError
from sim.scenario.parts.library import Asked, asked
from sim.scenario.schema import Scenario

# What a part's value counts, by the field that it sets.
_UNITS = {"length": "{} km", "weekly": "{} a week", "officers": "{}", "soldiers": "{}"}


def scenario_title(found: Findings, name: str) -> str:
    """Return the title of a scenario; of one that is the base with measures, what these are."""
    scenario, start = found.scenarios[name], f"{found.scenario.title} + "
    if name == found.base or not scenario.title.startswith(start):
        return scenario.title
    try:
        parts = asked(scenario.title.removeprefix(start).replace(" + ", "+"))
    except ScenarioError:  # a title that was cut off
        return scenario.title.removeprefix(start)
    return " and ".join(_part(one, scenario) for one in parts)


def place_title(found: Findings, section: str) -> str:
    """Return the title of a section with its country: ``Northern forest, Lowland``."""
    title = found.title_of("section", section)
    country = next((found.title_of("agency", a) for a in found.agencies if section in found.sections_of(a)), "")
    return f"{title}, {country}" if country and country not in title else title


def way_title(scenario: Scenario, route: str) -> str:
    """Return from where to where a route leads, with its name: ``Benghazi to Minsk (benghazi-minsk)``."""
    way = (scenario.routes[route].origin, scenario.routes[route].destination)
    return f"{' to '.join(place.replace('-', ' ').title() for place in way)} ({route})"


def _part(one: Asked, scenario: Scenario) -> str:
    words = one.part.title
    if one.targets:
        words += f": {listed([_target(target, scenario) for target in one.targets])}"
    if one.value is not None:
        words += f", {_UNITS.get(one.part.value, '{}').format(_value(one.value))}"
    if one.start is not None:
        words += f", from {day(one.start)}"
    return words + (f" to {day(one.end)}" if one.end is not None else "")


def _target(name: str, scenario: Scenario) -> str:
    if name in scenario.agencies:
        return scenario.agencies[name].country
    if name in scenario.sections:
        return scenario.sections[name].title
    if name in scenario.routes or any(name in route.legs for route in scenario.routes.values()):
        return name.replace("-", " to ", 1).title().replace(" To ", " to ")
    return name.replace("-", " ").title()


def _value(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)
