"""Levers of the view: changes to a scenario, as overrides by dotted path.

Each change applies from a date of its own on (`Setting.since`). The rest of the scenario stays as in its file.
Levers follow the scenario: there is one for each route that people can take, each agency, and so on.
What a lever is, is said once, in the schema: by the field that it sets, or the kind of measure that it adds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sim.data.geography import by_sections
from sim.report.words import day
from sim.scenario import Scenario, ScenarioError, apply_overrides
from sim.scenario.actors import BorderAgency, PostureProcess, Service, TransitState, Zone
from sim.scenario.fields import note
from sim.scenario.guide.describe import sentence_of
from sim.scenario.measures import KINDS
from sim.scenario.modes import MODES
from sim.scenario.places.scenario_map import map_of, words_of
from sim.scenario.quantity import Distribution

LADDER = (14, 20, 40, 60, 100, 200, 400, 1000, 2000)  # highest values of a slider
LEAST_RANGE = 40  # departures a week: what if a small route became a large one
MOST_REINFORCEMENT = 10_000  # officers
STEEPEST = 5.0  # of steering: e^5 is 148 times as many
BAN, SENT, POSTURE = "what-if-carrier-ban", "what-if-officers-", "what-if-posture-"


@dataclass(frozen=True)
class Ban:
    """A ban on carriers on some routes, from a date on."""

    routes: tuple[str, ...]
    start: date


class Setting(NamedTuple):
    """The value of a lever, and the day from which it applies."""

    value: float
    since: date


@dataclass(frozen=True)
class Choices:
    """The user's choices: levers that were set, a ban, and measures and reactions of the scenario switched off."""

    values: Mapping[str, Setting] = field(default_factory=dict)
    ban: Ban | None = None
    off: frozenset[str] = frozenset()
    unanswered: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Return whether nothing was changed."""
        return not (self.values or self.ban or self.off or self.unanswered)


@dataclass(frozen=True)
class Lever:
    """One slider: its label, unit, range and explanation, and the schedules that it sets.

    ``paths`` are dotted paths of schedules; a value is divided among them in proportion to ``shares``. In place of
    schedules it may add a measure: ``sends`` is the agency that gets officers, ``conduct`` the state and the field (and
    zone) of its conduct, where a process draws it.
    """

    name: str
    group: str
    label: str
    unit: str
    high: float
    step: float
    about: str
    paths: tuple[str, ...] = ()
    shares: tuple[float, ...] = (1.0,)
    percent: bool = False
    low: float = 0.0
    sends: str = ""
    conduct: tuple[str, ...] = ()

    def value(self, scenario: Scenario, day: date) -> float:
        """Return the value of the scenario on a day: of its schedules, 0 if they have none, or the centre of a draw."""
        if self.conduct:
            state, *where = self.conduct
            found = _at(scenario, f"transit_states.{state}.posture.{where[0]}")
            return _number(found.get(where[1], 0.0) if len(where) > 1 else found)
        return sum(_scheduled(scenario, path, day) for path in self.paths)

    def words(self, value: float) -> str:
        """Return the lever at a value in words: its group, label, and the value with its unit."""
        return f"{self.group}, {self.label}: {f'{value * 100:g} %' if self.percent else f'{value:g} {self.unit}'}"

    def overrides(self, scenario: Scenario, to: Setting) -> Iterator[tuple[str, Any]]:
        """Yield overrides that set the value from its date on and remove later entries."""
        for path, share in zip(self.paths, self.shares, strict=True):
            schedule = _at(scenario, path)
            yield f"{path}.{to.since}", to.value * share
            yield from ((f"{path}.{day}", None) for day in schedule if day > to.since)


_LATEST: deque[tuple[Scenario, list[Lever]]] = deque(maxlen=2 * 24)  # those that sessions have open


def levers_of(scenario: Scenario) -> list[Lever]:
    """The levers of a scenario, in the order in which they are shown; asked for at every step, so kept for a while."""
    for known, levers in tuple(_LATEST):
        if known is scenario:
            return levers
    found = [
        *_seats(scenario), *_states(scenario), *_steering(scenario), *_agencies(scenario), *_boats(scenario),
    ]  # fmt: skip
    _LATEST.append((scenario, found))
    return found


def changed(scenario: Scenario, choices: Choices) -> Scenario:
    """Return the scenario with all choices applied.

    Raises:
        ScenarioError: If a choice is not allowed.
    """
    if choices.empty:
        return scenario
    known = {lever.name: lever for lever in levers_of(scenario)}
    overrides: dict[str, Any] = {}
    for name, setting in choices.values.items():
        if name not in known:
            raise ScenarioError(f"found {name!r}, which is no lever of this scenario")
        if known[name].percent and not 0 <= setting.value <= 1:
            raise ScenarioError(f"{known[name].words(setting.value)}; allowed: 0 to 100 %")
        overrides.update(known[name].overrides(scenario, setting))
    overrides.update({f"reactions.{name}": None for name in choices.unanswered})
    measures = _measures(scenario, choices, known)
    if measures is not None:
        overrides["measures"] = measures
    return apply_overrides(scenario, overrides)


def named(scenario: Scenario, base: Scenario, choices: Choices) -> Scenario:
    """Return the changed scenario with a new title and description, for saving."""
    if choices.empty:
        return scenario
    lines = [base.description.strip(), "What-if: " + "; ".join(told(base, choices)) + "."]
    description = " ".join(line for line in lines if line)[:5000]
    return apply_overrides(scenario, {"title": f"{base.title[:180]}, what-if", "description": description})


def told(scenario: Scenario, choices: Choices) -> list[str]:
    """Return the choices in words, each with its date."""
    known = {lever.name: lever for lever in levers_of(scenario)}
    words = []
    for name, (value, since) in sorted(choices.values.items()):
        words.append(f"{known[name].words(value)} from {day(since)}")
    if choices.ban:
        places = ", ".join(start_of(scenario, route) for route in choices.ban.routes)
        words.append(f"Carriers banned from {places}, from {day(choices.ban.start)}")
    words += [f"without {scenario.measures[name].title or name}" for name in sorted(choices.off)]
    return words + [f"without the reaction {scenario.reactions[n].title or n}" for n in sorted(choices.unanswered)]


def difference(scenario: Scenario, old: Choices, new: Choices) -> str:
    """Return in words what one step changed."""
    before, after = told(scenario, old), told(scenario, new)
    added = [line for line in after if line not in before]
    return "; ".join(added or [f"taken back: {line}" for line in before if line not in after])


def with_setting(choices: Choices, name: str, to: Setting | None) -> Choices:
    """Return the choices with one lever set, or released by None."""
    values = {key: old for key, old in choices.values.items() if key != name}
    return replace(choices, values=values if to is None else {**values, name: to})


def open_routes(scenario: Scenario) -> list[str]:
    """Routes that somebody may take and some carrier serves."""
    used = {route for cohort in scenario.cohorts.values() if cohort.size for route in cohort.routes}
    served = {route for carrier in scenario.carriers.values() for route in carrier.services}
    return [name for name, route in scenario.routes.items() if name in used & served]


def start_of(scenario: Scenario, route: str) -> str:
    """Return where a route starts, and which one it is if several lead from there to the same place."""
    ends = {name: (one.origin, one.destination) for name, one in scenario.routes.items()}
    alone = list(ends.values()).count(ends[route]) == 1
    return title(scenario, ends[route][0]) + ("" if alone else f" ({route})")


def _at(scenario: Scenario, path: str) -> Any:
    """Return what lies at the path of a lever, which exists: `sim.scenario.get_path` would look up its type, too."""
    value: Any = scenario
    for part in path.split("."):
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    return value


def _scheduled(scenario: Scenario, path: str, day: date) -> float:
    schedule = _at(scenario, path)
    before = [start for start in schedule if start <= day]
    return _number(schedule[max(before)]) if before else 0.0


def _number(value: Any) -> float:
    return float(value.centre if isinstance(value, Distribution) else value)


def _peak(scenario: Scenario, path: str) -> float:
    return max(map(_number, _at(scenario, path).values()), default=0.0)


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
    about = _about(Service, "weekly")
    return Lever(f"weekly.{route}", group, label, unit, high, mode.step, about, tuple(paths), tuple(shares))


def _seats(scenario: Scenario) -> Iterator[Lever]:
    """Departures on the ways to a hub, mode by mode."""
    routes = {name: scenario.routes[name] for name in open_routes(scenario)}
    for mode in MODES:
        for name, entry in routes.items():
            if entry.mode == mode and not entry.over_sea:
                group = f"To {title(scenario, entry.destination)}"
                yield _frequency(scenario, name, group, f"From {start_of(scenario, name)}")


def _sending(scenario: Scenario) -> list[str]:
    return sorted({zone.transit_state for zone in scenario.zones.values()})


def _states(scenario: Scenario) -> Iterator[Lever]:
    for state in _sending(scenario):
        path, group = f"transit_states.{state}", title(scenario, state)
        fields = (
            ("facilitation", "Facilitation", "share", 0.01),
            ("coaching", "Coaching", "share", 0.01),
            ("visas", "Visas", "persons a day", 10.0),
            ("transfer", "Taken to the border", "persons a day", 10.0),
        )
        drawn = scenario.transit_states[state].posture is not None
        for field_name, label, unit, step in fields:
            name, about = f"{field_name}.{state}", _about(TransitState, field_name)
            if field_name == "facilitation" and drawn:
                conduct = (state, field_name)
                yield Lever(name, group, label, unit, 1.0, step, about, (), (), percent=True, conduct=conduct)
                continue
            percent = unit == "share"
            high = 1.0 if percent else _high(max(_peak(scenario, f"{path}.{field_name}"), 100))
            yield Lever(name, group, label, unit, high, step, about, (f"{path}.{field_name}",), percent=percent)


def _steering(scenario: Scenario) -> Iterator[Lever]:
    """Weights of the zones to which a state with several of them steers people."""
    for state in _sending(scenario):
        zones = [name for name, zone in scenario.zones.items() if zone.transit_state == state]
        drawn = scenario.transit_states[state].posture is not None
        about = _about(PostureProcess if drawn else Zone, "steering")
        for zone in zones if len(zones) > 1 else ():
            lever = Lever(
                f"steering.{zone}", f"{title(scenario, state)} steers to", title(scenario, zone), "weight, logit",
                STEEPEST, 0.1, about, () if drawn else (f"zones.{zone}.steering",), () if drawn else (1.0,),
                conduct=(state, "steering", zone) if drawn else (),
            )  # fmt: skip
            known = [lever.value(scenario, day) for day in (scenario.start, scenario.end)]
            widest = max(STEEPEST, *(abs(value) for value in known))
            yield replace(lever, low=-widest, high=widest)


def _agencies(scenario: Scenario) -> Iterator[Lever]:
    guarding = {section.agency for section in scenario.sections.values()}
    names = by_sections(guarding)
    for name in names:
        country = scenario.agencies[name].country
        path = (f"agencies.{name}.turn_back",)
        about = _about(BorderAgency, "turn_back")
        yield Lever(f"turn_back.{name}", "Turned back", country, "share", 1.0, 0.01, about, path, percent=True)
    for name in names:
        country = scenario.agencies[name].country
        yield Lever(
            f"sent.{name}", "Officers sent", country, "officers", MOST_REINFORCEMENT, 100,
            KINDS["reinforcement"].about(), (), (), sends=name,
        )  # fmt: skip


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
                f"{field_name}.{state}", "Boats", words, "share", 1.0, 0.01, _about(TransitState, field_name),
                (f"{path}.{field_name}",), percent=True,
            )  # fmt: skip


def _measures(scenario: Scenario, choices: Choices, known: Mapping[str, Lever]) -> dict[str, Any] | None:
    """Return all measures with those added and without those switched off; None if nothing changes."""
    set_by_measure = {n: to for n, to in choices.values.items() if (known[n].sends and to.value) or known[n].conduct}
    if not (set_by_measure or choices.ban or choices.off):
        return None
    kept = scenario.model_dump()["measures"]
    measures = {name: entry for name, entry in kept.items() if name not in choices.off}
    for name, to in set_by_measure.items():
        added, entry = _measure(scenario, known[name], to)
        measures[added] = entry
    if choices.ban and choices.ban.routes:
        measures[BAN] = {
            "kind": "carrier-ban",
            "title": "Carriers banned",
            "routes": list(choices.ban.routes),
            "start": choices.ban.start,
        }
    return measures


def _measure(scenario: Scenario, lever: Lever, to: Setting) -> tuple[str, dict[str, Any]]:
    """Return name and content of the measure that a lever adds."""
    if lever.sends:
        words = f"{to.value:,.0f} officers sent to {scenario.agencies[lever.sends].country}"
        entry = {
            "kind": "reinforcement",
            "title": words,
            "agency": lever.sends,
            "officers": to.value,
            "start": to.since,
        }
        return SENT + lever.sends, entry
    state, *where = lever.conduct
    content: Any = {where[1]: to.value} if len(where) > 1 else to.value
    shown = f"{to.value * 100:g} %" if lever.percent else f"{to.value:g}"
    words = f"{lever.group}, {lever.label}: {shown}"
    entry = {"kind": "posture", "transit_state": state, where[0]: content}
    return f"{POSTURE}{'-'.join(lever.conduct)}", {**entry, "title": words, "start": to.since}


def _about(entry: type[Any], field_name: str) -> str:
    """Return the sentence with which the schema describes a field; of shares, which are shown in per cent, likewise."""
    return sentence_of(note(entry.model_fields[field_name])).replace("0 to 1.", "0 to 100 %.")


def title(scenario: Scenario, name: str) -> str:
    """Return a name for display: a place's title, or the name's words capitalised."""
    known = map_of(scenario).places.get(name)
    return known.title if known else words_of(name)
