"""Legs of routes for readers: which there are, which routes share them, and where these disagree about their price."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.errors import Problem, dotted
from sim.scenario.guide.describe import figure
from sim.scenario.nodes import Node
from sim.scenario.schema import Scenario


def routes_by_leg(scenario: Scenario) -> dict[str, list[str]]:
    """Return the routes that use each leg, in the order of the scenario."""
    found: dict[str, list[str]] = {}
    for name, route in scenario.routes.items():
        for leg in route.legs:
            found.setdefault(leg, []).append(name)
    return found


def in_words(scenario: Scenario) -> str:
    """Return how many legs there are, and which are shared; empty if no route names any.

    >>> from sim import load_scenario
    >>> in_words(load_scenario("benghazi-hubs"))
    'legs: 12 of 7 routes; moscow-minsk is on benghazi-moscow-minsk and moscow-minsk'
    """
    found = routes_by_leg(scenario)
    if not found:
        return ""
    number = sum(bool(route.legs) for route in scenario.routes.values())
    shared = [f"{leg} is on {' and '.join(routes)}" for leg, routes in found.items() if len(routes) > 1]
    return "; ".join((f"legs: {len(found)} of {number} route{'s' if number > 1 else ''}", *shared))


def unlike_prices(scenario: Scenario, root: Node) -> Iterator[Problem]:
    """Yield the legs whose price differs between the routes that share them, each where the later route states it.

    That may be meant, where people pay differently for the same leg; else it is a slip.

    Args:
        scenario: The scenario.
        root: Its nodes, with files and lines (`sim.scenario.load.nodes_of`).
    """
    for leg, (first, *others) in routes_by_leg(scenario).items():
        price = scenario.routes[first].legs[leg]
        for name in others:
            found = scenario.routes[name].legs[leg]
            if found != price:
                path = ("routes", name, "legs", leg)
                node = root.at(path)
                text = f"found {figure(found)} USD; the route {first!r} has {figure(price)} for the same leg"
                yield Problem(node.file, node.line, dotted(path), text)
