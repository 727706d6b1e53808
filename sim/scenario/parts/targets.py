"""What parts apply to: the words by which a scenario's routes, sections and others are named, and all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from sim.scenario.modes import MODES
from sim.scenario.schema import Scenario

Words = dict[str, list[str]]  # the names that a word stands for


class Target(NamedTuple):
    """A kind of target: what it is in words, the words for it in a scenario, and all of them."""

    words: str
    named: Callable[[Scenario], Words]
    all: Callable[[Scenario], list[str]]


def _flights(scenario: Scenario) -> Words:
    """Return the routes by air by their name, legs, ends, transit state and carriers."""
    words: Words = {}
    for name in _by_air(scenario):
        route = scenario.routes[name]
        served = [key for key, carrier in scenario.carriers.items() if name in carrier.services]
        ends = (route.origin, route.destination)
        for word in dict.fromkeys((name, *route.legs, *ends, route.transit_state, *served)):
            words.setdefault(word, []).append(name)
    return words


def _by_air(scenario: Scenario) -> list[str]:
    """Return the routes by air that a carrier serves."""
    served = {route for carrier in scenario.carriers.values() for route in carrier.services}
    return [name for name, route in scenario.routes.items() if MODES[route.mode].may_be_banned and name in served]


def _sections(scenario: Scenario) -> Words:
    """Return the sections of green border by their name, agency and zones."""
    words: Words = {}
    for name in _green(scenario):
        zones = [key for key, zone in scenario.zones.items() if name in zone.sections]
        for word in dict.fromkeys((name, scenario.sections[name].agency, *zones)):
            words.setdefault(word, []).append(name)
    return words


def _green(scenario: Scenario) -> list[str]:
    return [name for name, section in scenario.sections.items() if section.crossing_point is None]


def _points(scenario: Scenario) -> Words:
    words: Words = {}
    for name in _crossing(scenario):
        for word in (name, scenario.sections[name].agency):
            words.setdefault(word, []).append(name)
    return words


def _crossing(scenario: Scenario) -> list[str]:
    return [name for name, section in scenario.sections.items() if section.crossing_point is not None]


def _zones(scenario: Scenario) -> Words:
    words = {name: [name] for name in scenario.zones}
    for name, zone in scenario.zones.items():
        words.setdefault(zone.transit_state, []).append(name)
    return words


def _states(scenario: Scenario) -> Words:
    words = {name: [name] for name in scenario.transit_states}
    for name, state in scenario.transit_states.items():
        words.setdefault(state.hub, [name])
    return words


def _sending(scenario: Scenario) -> list[str]:
    """Return the states that send people on to a land border."""
    return sorted({zone.transit_state for zone in scenario.zones.values()})


def _same(names: Iterable[str]) -> Words:
    return {name: [name] for name in names}


TARGETS = {
    "flights": Target("a route that is flown, or its leg, place, transit state or carrier", _flights, _by_air),
    "sections": Target("a section of green border, or its agency or zone", _sections, _green),
    "points": Target("a crossing point, or its agency", _points, _crossing),
    "agencies": Target("a border agency", lambda s: _same(s.agencies), lambda s: list(s.agencies)),
    "zones": Target("a border zone, or its transit state", _zones, lambda s: list(s.zones)),
    "states": Target("a transit state with a border zone, or its hub", _states, _sending),
}
