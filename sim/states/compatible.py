"""What another scenario may not change if it is to go on from a stored state: names, and the past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.engine.build import names_of
from sim.scenario.schema import Scenario
from sim.states.errors import StateError
from sim.states.packed_tables import Packed
from sim.states.state import State

if TYPE_CHECKING:
    from sim.model import CorridorModel

_SAME = ("cohorts", "places", "routes", "states", "zones", "sections", "agencies", "pairs")
# By collection: what holds on the first day alone, or fixes who can go where.
_FIXED = {
    "cohorts": ("origin", "size"),
    "routes": ("origin", "destination", "transit_state", "mode"),
    "transit_states": ("hub",),
    "zones": ("transit_state",),
    "sections": ("agency",),
    "agencies": ("personnel", "reserve", "army"),
}
_OF_A_MEASURE = {"title", "end"}  # may differ even while it is in force


class Began(NamedTuple):
    """What another scenario is to go on from, without the state itself.

    Attributes:
        scenario: That of the run.
        day: Days done.
        name: What messages call it.
        date: Date of the next day.
    """

    scenario: Scenario
    day: int
    name: str
    date: date


def check_continuable(state: State | Began, other: Scenario) -> None:
    """Raise StateError unless a scenario has the people, places and start of a run, and a day that is left."""
    own = state.scenario
    for field in ("start", "seed"):
        here, there = getattr(other, field), getattr(own, field)
        if here != there:
            raise _error(state, field, f"found {here}; needed: {there}, with which the state began")
    if other.days < state.day:
        raise _error(state, "days", f"found {other.days}; needed: {state.day} or more, which are done")
    there, here = names_of(own), names_of(other)
    for field in _SAME:
        _check_names(state, field, getattr(there, field), getattr(here, field), both=True)
    for collection in ("carriers", "sponsors", *_further(own)):
        _check_names(state, collection, list(getattr(own, collection)), list(getattr(other, collection, {})))
    for collection, fields in _FIXED.items():
        for name, entry in getattr(own, collection).items():
            for field in fields:
                _check_equal(state, f"{collection}.{name}", field, entry, getattr(other, collection)[name])
    for name, section in own.sections.items():
        if (section.crossing_point is None) != (other.sections[name].crossing_point is None):
            raise _error(state, f"sections.{name}.crossing_point", "found in one of the two; needed: in both or none")
    _check_equal(state, "frontex", "officers", own.frontex, other.frontex)
    if other.timetable is not None and other._timetable is None and other.timetable != own.timetable:
        raise _error(state, "timetable", f"found {other.timetable!r}, which is not loaded; load it with its scenario")


def check_layout(state: State, begun: CorridorModel) -> None:
    """Raise StateError if another version of the model laid out its tables otherwise."""
    tables = begun.world._asdict()
    for name in {**tables, **state.tables}:
        if name not in tables or name not in state.tables or not _alike(state.tables[name], tables[name]):
            raise StateError(f"{state.name}: its table {name} is laid out otherwise than in this model")


def _alike(packed: Packed, table: Any) -> bool:
    return bool(packed.shape == table.shape and packed.kept.dtype.descr == table.dtype.descr)


def _further(scenario: Scenario) -> list[str]:
    """Return the collections of further actors."""
    from sim.scenario.schema import extra_collections

    return [key for key in extra_collections if hasattr(scenario, key)]


def _check_names(state: State | Began, field: str, there: list[Any], here: list[Any], both: bool = False) -> None:
    missing = [name for name in there if name not in here]
    new = [name for name in here if name not in there] if both else []
    for names, where in ((missing, "in the state, and not in the scenario"), (new, "not in the state")):
        if names:
            name = "-".join(names[0]) if isinstance(names[0], tuple) else names[0]
            what = "open to the cohort " if field == "pairs" else ""
            raise _error(state, field, f"found {name!r}, which is {what}{where}; both need the same names")


def _check_equal(state: State | Began, where: str, field: str, there: Any, here: Any) -> None:
    before, after = getattr(there, field), getattr(here, field)
    if before != after:
        hint = "; a measure of kind reinforcement changes it from a day on" if where.startswith("agencies") else ""
        raise _error(state, f"{where}.{field}", f"found {after}; needed: {before}, as it is of the first day{hint}")


def check_past(state: State, begun: CorridorModel, model: CorridorModel) -> None:
    """Raise StateError unless every measure that has begun, or is announced, is the same but for its end."""
    day = state.date
    there, here = _past(begun, state.day), _past(model, state.day)
    for name in sorted({*there, *here}):
        where = f"measures.{name}"
        if name not in model.settings.measures:
            since = _words(begun, there[name])
            raise _error(state, where, f"missing; it {since}: its `end` may be {day - timedelta(days=1)} or later")
        if there.get(name) != here.get(name):
            text = "nothing" if name not in there else f"it {_words(begun, there[name])}"
            found = "nothing" if name not in here else f"that it {_words(model, here[name])}"
            raise _error(state, where, f"found {found} before {day}; in the state, {text}")
        old, new = (one.settings.measures[name].model_dump(exclude=_OF_A_MEASURE) for one in (begun, model))
        for field in old:
            if old[field] != new.get(field):
                text = f"found {new.get(field)}; needed: {old[field]}, as it {_words(begun, there[name])}"
                raise _error(state, f"{where}.{field}", text)
    if not np.array_equal(_clocks(begun), _clocks(model)):
        raise _error(state, "routes", "found other hubs or coasts than the state has")


def _clocks(model: CorridorModel) -> Any:
    return model.world.clocks[["kind", "status", "cohort", "place", "state", "zone"]]


def _past(model: CorridorModel, day: int) -> dict[str, list[tuple[int, str]]]:
    """Return what has happened to each measure before a day of the run."""
    found: dict[str, list[tuple[int, str]]] = {}
    for at in sorted(model.measures.by_day):
        if at < day:
            for action, name in model.measures.by_day[at]:
                found.setdefault(name, []).append((at, action))
    return found


def _words(model: CorridorModel, events: list[tuple[int, str]]) -> str:
    words = {"announce": "was announced", "forget": "was expected until", "start": "took effect", "end": "ended"}
    dates: list[date] = [model.settings.start + timedelta(days=day) for day, _ in events]
    parts = [f"{words[action]} on {at}" for (_, action), at in zip(events, dates, strict=True) if action != "forget"]
    return " and ".join(parts) or f"was expected until {dates[0]}"


def _error(state: State | Began, where: str, text: str) -> StateError:
    return StateError(f"{state.name}, of {state.date}: {where}: {text}")
