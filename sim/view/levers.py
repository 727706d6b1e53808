"""Levers of the view: changes to a scenario, as overrides by dotted path.

A change applies from one date on (`Choices.since`). The rest of the scenario stays as in its file.
Levers follow the scenario: there is one for each route that people can take, each agency, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sim.data.geography import by_sections
from sim.scenario import Scenario, ScenarioError, apply_overrides, get_path
from sim.scenario.modes import MODES
from sim.scenario.places.scenario_map import map_of, words_of
from sim.scenario.quantity import Distribution

LADDER = (14, 20, 40, 60, 100, 200, 400, 1000, 2000)  # highest values of a slider
LEAST_RANGE = 40  # departures a week: what if a small route became a large one
MOST_REINFORCEMENT = 10_000  # officers
BAN, SENT = "what-if-carrier-ban", "what-if-officers-"


@dataclass(frozen=True)
class Ban:
    """A ban on carriers on some routes, from a date on."""

    routes: tuple[str, ...]
    start: date


@dataclass(frozen=True)
class Choices:
    """The user's choices: values by lever from ``since`` on, a ban, and measures of the scenario switched off."""

    since: date
    values: Mapping[str, float] = field(default_factory=dict)
    ban: Ban | None = None
    off: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Return whether nothing was changed."""
        return not (self.values or self.ban or self.off)


@dataclass(frozen=True)
class Lever:
    """One slider: its label, unit and range, and the schedules that it sets.

    ``paths`` are dotted paths of schedules; a value is divided among them in proportion to ``shares``.
    """

    name: str
    group: str
    label: str
    unit: str
    high: float
    step: float
    paths: tuple[str, ...] = ()
    shares: tuple[float, ...] = (1.0,)
    percent: bool = False
    sends: str = ""  # the agency that gets officers

    def value(self, scenario: Scenario, day: date) -> float:
        """Return the value of the scenario's schedules on a day; 0 if they have none."""
        return sum(_scheduled(scenario, path, day) for path in self.paths)

    def overrides(self, scenario: Scenario, value: float, since: date) -> Iterator[tuple[str, Any]]:
        """Yield overrides that set the value from ``since`` on and remove later entries."""
        for path, share in zip(self.paths, self.shares, strict=True):
            schedule = get_path(scenario, path)
            yield f"{path}.{since}", value * share
            yield from ((f"{path}.{day}", None) for day in schedule if day > since)


def levers_of(scenario: Scenario) -> list[Lever]:
    """The levers of a scenario, in the order in which they are shown."""
    return [*_seats(scenario), *_states(scenario), *_agencies(scenario), *_boats(scenario)]


def changed(scenario: Scenario, choices: Choices) -> Scenario:
    """Return the scenario with all choices applied.

    Raises:
        ScenarioError: If a choice is not allowed.
    """
    if choices.empty:
        return scenario
    known = {lever.name: lever for lever in levers_of(scenario)}
    overrides: dict[str, Any] = {}
    for name, value in choices.values.items():
        if name not in known:
            raise ScenarioError(f"found {name!r}, which is no lever of this scenario")
        overrides.update(known[name].overrides(scenario, value, choices.since))
    measures = _measures(scenario, choices, known)
    if measures is not None:
        overrides["measures"] = measures
    return apply_overrides(scenario, overrides)


def named(scenario: Scenario, base: Scenario, choices: Choices) -> Scenario:
    """Return the changed scenario with a new title and description, for saving."""
    if choices.empty:
        return scenario
    lines = [base.description.strip(), f"What-if from {choices.since}: " + "; ".join(told(base, choices)) + "."]
    description = " ".join(line for line in lines if line)[:5000]
    return apply_overrides(scenario, {"title": f"{base.title[:180]}, what-if", "description": description})


def told(scenario: Scenario, choices: Choices) -> list[str]:
    """Return the choices in words."""
    known = {lever.name: lever for lever in levers_of(scenario)}
    words = []
    for name, value in sorted(choices.values.items()):
        lever = known[name]
        shown = f"{value * 100:g} %" if lever.percent else f"{value:g} {lever.unit}"
        words.append(f"{lever.group}, {lever.label}: {shown}")
    if choices.ban:
        words.append(f"carriers banned on {', '.join(choices.ban.routes)} from {choices.ban.start}")
    return words + [f"without {name}" for name in sorted(choices.off)]


def with_value(choices: Choices, name: str, value: float | None) -> Choices:
    """Return the choices with one lever set, or released by None."""
    values = {key: old for key, old in choices.values.items() if key != name}
    return replace(choices, values=values if value is None else {**values, name: value})


def open_routes(scenario: Scenario) -> list[str]:
    """Routes that somebody may take and some carrier serves."""
    used = {route for cohort in scenario.cohorts.values() if cohort.size for route in cohort.routes}
    served = {route for carrier in scenario.carriers.values() for route in carrier.services}
    return [name for name, route in scenario.routes.items() if name in used & served]


def _scheduled(scenario: Scenario, path: str, day: date) -> float:
    schedule = get_path(scenario, path)
    before = [start for start in schedule if start <= day]
    return _number(schedule[max(before)]) if before else 0.0


def _number(value: Any) -> float:
    return float(value.centre if isinstance(value, Distribution) else value)


def _peak(scenario: Scenario, path: str) -> float:
    return max(map(_number, get_path(scenario, path).values()), default=0.0)


def _high(peak: float, least: float = 0.0) -> float:
    wanted = max(1.5 * peak, least)
    return next((top for top in LADDER if top >= wanted), wanted)


def _frequency(scenario: Scenario, route: str, group: str, label: str) -> Lever:
    mode = MODES[scenario.routes[route].mode]
    paths = [
        f"carriers.{name}.services.{route}.weekly"
        for name, carrier in scenario.carriers.items()
        if route in carrier.services
    ]
    peaks = [_peak(scenario, path) for path in paths]
    total = sum(peaks)
    shares = [peak / total if total else 1 / len(paths) for peak in peaks]
    high, unit = _high(total, LEAST_RANGE), f"{mode.departures} a week"
    return Lever(f"weekly.{route}", group, label, unit, high, mode.step, tuple(paths), tuple(shares))


def _seats(scenario: Scenario) -> Iterator[Lever]:
    """Departures on the ways to a hub, mode by mode."""
    routes = {name: scenario.routes[name] for name in open_routes(scenario)}
    for mode in MODES:
        for name, entry in routes.items():
            if entry.mode == mode and not entry.over_sea:
                group, label = f"To {title(scenario, entry.destination)}", f"From {title(scenario, entry.origin)}"
                yield _frequency(scenario, name, group, label)


def _states(scenario: Scenario) -> Iterator[Lever]:
    steering = sorted({zone.transit_state for zone in scenario.zones.values()})
    for state in steering:
        path, group = f"transit_states.{state}", title(scenario, state)
        fields = (
            ("facilitation", "Facilitation", "share", 0.01),
            ("coaching", "Coaching", "share", 0.01),
            ("visas", "Visas", "persons a day", 10.0),
            ("transfer", "Taken to the border", "persons a day", 10.0),
        )
        for field_name, label, unit, step in fields:
            if field_name == "facilitation" and scenario.transit_states[state].posture is not None:
                continue  # it is drawn
            percent = unit == "share"
            high = 1.0 if percent else _high(max(_peak(scenario, f"{path}.{field_name}"), 100))
            yield Lever(
                f"{field_name}.{state}", group, label, unit, high, step, (f"{path}.{field_name}",), percent=percent
            )


def _agencies(scenario: Scenario) -> Iterator[Lever]:
    guarding = {section.agency for section in scenario.sections.values()}
    names = by_sections(guarding)
    for name in names:
        country = scenario.agencies[name].country
        path = (f"agencies.{name}.turn_back",)
        yield Lever(f"turn_back.{name}", "Turned back", country, "share", 1.0, 0.01, path, percent=True)
    for name in names:
        country = scenario.agencies[name].country
        yield Lever(f"sent.{name}", "Officers sent", country, "officers", MOST_REINFORCEMENT, 100, (), (), sends=name)


def _boats(scenario: Scenario) -> Iterator[Lever]:
    routes = [name for name in open_routes(scenario) if scenario.routes[name].over_sea]
    for route in routes:
        entry = scenario.routes[route]
        label = f"{title(scenario, entry.origin)} to {title(scenario, entry.destination)}"
        yield _frequency(scenario, route, "Boats", label)
    for state in sorted({scenario.routes[route].transit_state for route in routes}):
        path = f"transit_states.{state}"
        for field_name, label in (("boats_tolerated", "let go"), ("interception", "intercepted")):
            words = f"{title(scenario, state)}: {label}"
            yield Lever(
                f"{field_name}.{state}", "Boats", words, "share", 1.0, 0.01, (f"{path}.{field_name}",), percent=True
            )


def _measures(scenario: Scenario, choices: Choices, known: Mapping[str, Lever]) -> dict[str, Any] | None:
    """Return all measures with those added and without those switched off; None if nothing changes."""
    sent = {name: value for name, value in choices.values.items() if known[name].sends and value}
    if not (sent or choices.ban or choices.off):
        return None
    kept = scenario.model_dump()["measures"]
    measures = {name: entry for name, entry in kept.items() if name not in choices.off}
    for name, officers in sent.items():
        agency = known[name].sends
        measures[SENT + agency] = {
            "kind": "reinforcement",
            "title": f"{officers:,.0f} officers sent to {scenario.agencies[agency].country}",
            "agency": agency,
            "officers": officers,
            "start": choices.since,
        }
    if choices.ban and choices.ban.routes:
        measures[BAN] = {
            "kind": "carrier-ban",
            "title": "Carriers banned",
            "routes": list(choices.ban.routes),
            "start": choices.ban.start,
        }
    return measures


def title(scenario: Scenario, name: str) -> str:
    """Return a name for display: a place's title, or the name's words capitalised."""
    known = map_of(scenario).places.get(name)
    return known.title if known else words_of(name)
