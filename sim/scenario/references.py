"""Checks across fields of a scenario: names that must exist, and dates that must be consistent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sim.scenario.actors import COLLECTIONS, Carrier, Route, Section
from sim.scenario.by_cohort import misfits
from sim.scenario.entry import Entry
from sim.scenario.errors import Problem, choices, dotted, show
from sim.scenario.fields import is_by_cohort
from sim.scenario.nodes import Node
from sim.scenario.places.scenario_map import may_be_placed
from sim.scenario.places.scenario_map import misfits as misplaced
from sim.scenario.quantity import JOINT, centre
from sim.scenario.reactions.reaction import circles
from sim.scenario.schema import Scenario, extra_collections

CENT = 0.01  # USD
LONGEST = 3650  # days, of a run with the one from which it begins
MOST_PLACES = 255  # the engine codes a place in one byte
OBSERVED = Path(__file__).resolve().parent.parent / "data" / "observed"

# Names (or keys) in any field of this name must be those of this collection.
_REFERENCES = {
    "transit_state": "transit_states",
    "transit_states": "transit_states",
    "agency": "agencies",
    "carriers": "carriers",
    "routes": "routes",
    "services": "routes",
    "cohorts": "cohorts",
    "sections": "sections",
    "points": "sections",
    "zones": "zones",
    "steering": "zones",
    "measure": "measures",
    "reaction": "reactions",
}


def check(scenario: Scenario, root: Node, last_days: Mapping[str, date]) -> Iterator[Problem]:
    """Yield all inconsistencies, each with its position in the file."""
    finder = _Finder(root)
    broken = False
    for problem in _names(scenario, finder):
        broken = True
        yield problem
    if not broken:
        yield from _hubs(scenario, finder)
        yield from _fares(scenario, finder)
        yield from _first_legs(scenario, finder)
        yield from _shared_places(scenario, finder)
        yield from _targets(scenario, finder)
        yield from _postures(scenario, finder)
        yield from _reactions(scenario, finder)
    yield from _by_cohort(scenario, finder)
    yield from _places(scenario, finder)
    yield from _positions(scenario, finder)
    yield from _joint(finder)
    yield from _beginning(scenario, finder)
    yield from _order(scenario, finder)
    yield from _schedules(scenario, finder, last_days)
    yield from _starts(scenario, finder, last_days)
    yield from _observed(scenario, finder)


class _Finder:
    """Makes problems that know the file and line of a path."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def file(self, *path: Any) -> str:
        return self.root.at(path).file

    def problem(self, text: str, *path: Any) -> Problem:
        node = self.root.at(path)
        return Problem(node.file, node.line, dotted(path), text)


def _entries(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], Entry]]:
    for collection in {**COLLECTIONS, "measures": None, **extra_collections}:
        for name, entry in getattr(scenario, collection).items():
            yield (collection, name), entry
    for name, reaction in scenario.reactions.items():
        yield ("reactions", name, "when"), reaction.when
        yield ("reactions", name, "do"), reaction.do


def _names(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    for path, entry in _entries(scenario):
        for field in type(entry).model_fields:
            target = _REFERENCES.get(field)
            if target is None or (path[0] == "zones" and field == "steering"):
                continue
            known = getattr(scenario, target)
            for place, name in _mentions(getattr(entry, field)):
                if name not in known:
                    what = f"found {show(name)}, which is not one of the {target.replace('_', ' ')}"
                    yield finder.problem(f"{what}; {choices(known, name)}", *path, field, *place)


def _mentions(value: Any) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(value, str):
        yield (), value
    elif isinstance(value, dict):
        yield from (((name,), name) for name in value)
    elif value is not None:
        yield from (((i,), name) for i, name in enumerate(value))


def _by_cohort(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    """Check that quantities by cohort have a value for each cohort and for no unknown one."""
    parts: list[tuple[tuple[str, ...], Entry]] = [
        (("behaviour",), scenario.behaviour),
        (("hazards",), scenario.hazards),
    ]
    parts += [(("agencies", name), agency) for name, agency in scenario.agencies.items()]
    for path, entry in parts:
        for name, field in type(entry).model_fields.items():
            if is_by_cohort(field.annotation):
                for key, text in misfits(getattr(entry, name), scenario.cohorts):
                    yield finder.problem(text, *path, name, *key)


def _hubs(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    gathered = {zone.transit_state for zone in scenario.zones.values()}
    for name, route in scenario.routes.items():
        if route.over_sea:
            continue
        hub = scenario.transit_states[route.transit_state].hub
        if route.destination != hub:
            text = f"found {show(route.destination)}; allowed: {hub!r}, the hub of {route.transit_state!r}"
            yield finder.problem(f"{text} (only sea routes may end elsewhere)", "routes", name, "destination")
        if route.transit_state not in gathered:
            state = show(route.transit_state)
            text = f"found {state}, which has no zone where its guests could go on"
            text += f"; needed: an entry in `zones` whose transit_state is {state}"
            yield finder.problem(text, "routes", name, "transit_state")


def _fares(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    """Check that the price of a route of several legs is their sum, and that none goes over the sea."""
    usual = Route.model_fields["price"].default
    for name, route in scenario.routes.items():
        if not route.legs:
            continue
        total = math.fsum(map(centre, route.legs.values()))
        if route.price != usual and abs(centre(route.price) - total) > CENT:
            text = f"found {show(centre(route.price))} beside legs whose prices add up to {total:g}"
            yield finder.problem(f"{text}; allowed: their sum, or no price", "routes", name, "price")
        if route.over_sea:
            yield finder.problem("found legs of a sea route; allowed: legs by air or land", "routes", name, "legs")


def _first_legs(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    """Check that the leg on which people board is one of the route's, and named where they may wait after it."""
    for name, route in scenario.routes.items():
        if route.first_leg is not None and route.first_leg not in route.legs:
            text = f"found {show(route.first_leg)}, no leg of this route; {choices(route.legs, route.first_leg)}"
            yield finder.problem(text, "routes", name, "first_leg")
        if route.layover is not None and route.first_leg is None:
            text = f"found {show(centre(route.layover))} where no leg is told after which people wait"
            yield finder.problem(f"{text}; needed: `first_leg`, one of the route's legs", "routes", name, "layover")


def _shared_places(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    """Check that no hub or coast answers to two transit states: people there wait under the posture of one."""
    owners: dict[str, str] = {}
    places = [(state.hub, name, ("transit_states", name, "hub")) for name, state in scenario.transit_states.items()]
    for name, route in scenario.routes.items():
        if route.over_sea:
            places.append((route.origin, route.transit_state, ("routes", name, "transit_state")))
    for place, state, path in places:
        owner = owners.setdefault(place, state)
        if owner != state:
            text = f"found {show(state)} at {show(place)}, where people wait under the posture of {show(owner)}"
            yield finder.problem(f"{text}; allowed: one transit state at a hub or coast", *path)


def _targets(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    for name, zone in scenario.zones.items():
        if not zone.sections:
            text = f"found none; needed: at least one section; {choices(scenario.sections)}"
            yield finder.problem(text, "zones", name, "sections")
    for name, measure in scenario.measures.items():
        for place, text in measure.check(scenario):
            yield finder.problem(text, "measures", name, *place)


def _reactions(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    """Check actors, triggers and actions, and that no reaction waits for itself."""
    for name, reaction in scenario.reactions.items():
        for place, text in reaction.check(scenario):
            yield finder.problem(text, "reactions", name, *place)
    for name, circle in circles(scenario.reactions):
        text = f"found a circle: {' waits for '.join(circle)}; allowed: a reaction that does not wait for itself"
        yield finder.problem(text, "reactions", name, "when", "reaction")


def _postures(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    """Check that a posture process and schedules of the same do not both stand."""
    for name, state in scenario.transit_states.items():
        if state.posture is None:
            continue
        path = ("transit_states", name, "posture")
        if state.facilitation:
            text = "found `facilitation` beside `posture`, from which it is drawn; allowed: one of them"
            yield finder.problem(text, "transit_states", name, "facilitation")
        own = [zone for zone, entry in scenario.zones.items() if entry.transit_state == name]
        for zone in own:
            if scenario.zones[zone].steering:
                text = f"found `steering` beside the `posture` of {show(name)}, from which it is drawn"
                text += f"; allowed: one of them, or its mean in {dotted((*path, 'steering'))}"
                yield finder.problem(text, "zones", zone, "steering")
        for zone in state.posture.steering:
            if zone not in own:
                text = f"found {show(zone)}, no zone of {show(name)}; {choices(own, zone)}"
                yield finder.problem(text, *path, "steering", zone)


def _places(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    names = {c.origin for c in scenario.cohorts.values()} | {s.hub for s in scenario.transit_states.values()}
    names |= {place for r in scenario.routes.values() for place in (r.origin, r.destination)}
    count = len(names | set(scenario.zones) | set(scenario.agencies))
    if count > MOST_PLACES:
        kinds = "origins, hubs, destinations, zones, agencies"
        text = f"found {count} places ({kinds}); allowed: at most {MOST_PLACES}"
        yield finder.problem(text, "routes")


def _positions(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    known = may_be_placed(scenario) if scenario.places else []
    for name in scenario.places:
        if name not in known:
            text = f"found {show(name)}, which is no origin, hub, landing, zone, agency or section"
            yield finder.problem(f"{text}; {choices(known, name)}", "places", name)
    for place, text in misplaced(scenario):
        yield finder.problem(text, "places", *place)


def _joint(finder: _Finder) -> Iterator[Problem]:
    """Check that values that are drawn together are equal in number."""
    lists = list(_joint_lists(finder.root, ()))
    for path, length in lists:
        first, wanted = lists[0]
        if length != wanted:
            text = f"found {length} joint values; allowed: {wanted}, as of {dotted(first)}"
            yield finder.problem(f"{text}: they are drawn together", *path)


def _joint_lists(node: Node, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], int]]:
    """Yield path and length of each list of `joint` values."""
    if isinstance(node.value, dict):
        values = node.value.get(JOINT)
        if len(node.value) == 1 and values is not None and isinstance(values.value, list):
            yield path, len(values.value)
        for key, inner in node.value.items():
            yield from _joint_lists(inner, (*path, key))


def _beginning(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    """Check that the run from which a scenario begins reaches its first day; `sim.states.window` checks the rest."""
    earlier = scenario.begins
    if earlier is None:
        return
    last = earlier.end + timedelta(days=1)
    if not earlier.start < scenario.start <= last:
        text = f"found {scenario.start}, and {show(earlier.title)} runs from {earlier.start} to {earlier.end}"
        yield finder.problem(f"{text}; allowed: a day after {earlier.start} and up to {last}", "start")
    elif (scenario.end - earlier.start).days >= LONGEST:
        text = f"found {scenario.end} as the last day, of a run that begins on {earlier.start}"
        yield finder.problem(f"{text}; allowed: {LONGEST:,} days in all", "days")
    if earlier.begins is not None:
        yield finder.problem(
            "found a scenario that itself begins from another run; allowed: one that does not", "begins"
        )
    for one, key in ((earlier, "begins"), (scenario, "timetable")):
        if one.timetable is not None:
            text = f"found the timetable {show(one.timetable)}; allowed: none where a run begins from another"
            yield finder.problem(text, key)


def _order(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    for collection in ("measures", "sponsors"):
        for name, entry in getattr(scenario, collection).items():
            start = entry.start or scenario.start
            announced = getattr(entry, "announced", None)
            if announced is not None and announced > start:
                text = f"found {announced}; allowed: up to the start, {start}"
                yield finder.problem(text, collection, name, "announced")
            if entry.end is not None and entry.end < start:
                text = f"found {entry.end}; allowed: from the start, {start}, on"
                yield finder.problem(text, collection, name, "end")


def _starts(scenario: Scenario, finder: _Finder, last_days: Mapping[str, date]) -> Iterator[Problem]:
    for collection in ("measures", "sponsors"):
        for name, entry in getattr(scenario, collection).items():
            path = (collection, name, "start")
            last = last_days.get(finder.file(*path), date.max)
            if entry.start is not None and not scenario.first <= entry.start <= last:
                run = f"from {scenario.first}" + (f" to {last}" if last < date.max else " on")
                yield finder.problem(f"found {entry.start}, outside the run; allowed: {run}", *path)


def _schedules(scenario: Scenario, finder: _Finder, last_days: Mapping[str, date]) -> Iterator[Problem]:
    for path, days in _all_schedules(scenario):
        for day in days:
            last = last_days.get(finder.file(*path, day), date.max)
            if day > last:
                text = f"found {day}, after the last day of the run; allowed: dates up to {last}"
                yield finder.problem(text, *path, day)


def _all_schedules(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], Any]]:
    for path, entry in _entries(scenario):
        owners: list[tuple[tuple[str, ...], Entry]] = [(path, entry)]
        if isinstance(entry, Carrier):
            owners += [((*path, "services", route), service) for route, service in entry.services.items()]
        if isinstance(entry, Section) and entry.crossing_point is not None:
            owners.append(((*path, "crossing_point"), entry.crossing_point))
        for owner_path, owner in owners:
            for field, value in owner.__dict__.items():
                if isinstance(value, dict) and value and isinstance(next(iter(value)), date):
                    yield (*owner_path, field), value


def _observed(scenario: Scenario, finder: _Finder) -> Iterator[Problem]:
    known = sorted(file.stem for file in OBSERVED.glob("*.csv")) if OBSERVED.is_dir() else []
    for i, name in enumerate(scenario.observed if known else []):
        if name not in known:
            text = f"found {show(name)}, which is no observed series; {choices(known, name)}"
            yield finder.problem(text, "observed", i)
