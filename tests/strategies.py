"""Small scenarios that the tests share: one with everything in it, and random ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from sim.model import CorridorModel
from sim.outputs.results import Results
from sim.runs import draw, run_to_data
from sim.scenario.entry import Entry
from sim.scenario.fields import FieldNote, is_by_cohort, is_by_date, is_schedule, note
from sim.scenario.paths import parameter_paths
from sim.scenario.schema import Scenario, scenario_class

START = date(2025, 10, 1)

# Four cohorts, two hubs, two zones, three sections; every process has something to do.
TINY: dict[str, Any] = {
    "title": "tiny",
    "start": START,
    "days": 120,
    "seed": 1,
    "cohorts": {
        "iraqis": {
            "origin": "baghdad", "nationality": "Iraq", "size": 160, "leaving_rate": 0.04,
            "routes": {"baghdad-minsk": 0},
        },
        "sudanese": {
            "origin": "benghazi", "nationality": "Sudan", "size": 160, "leaving_rate": 0.04,
            "routes": {"benghazi-minsk": 0, "benghazi-italy": 0},
        },
        "syrians": {
            "origin": "damascus", "nationality": "Syria", "size": 80, "leaving_rate": 0.04,
            "routes": {"damascus-minsk": 0},
        },
    },
    "routes": {
        "baghdad-minsk": {
            "mode": "air", "origin": "baghdad", "destination": "minsk", "transit_state": "belarus", "visa_lead": 5,
        },
        "benghazi-minsk": {
            "mode": "air", "origin": "benghazi", "destination": "minsk", "transit_state": "belarus", "visa_lead": 5,
        },
        "damascus-minsk": {
            "mode": "land", "origin": "damascus", "destination": "minsk", "transit_state": "belarus",
            "visa_lead": 0, "travel_days": 6,
        },
        "benghazi-italy": {
            "mode": "sea", "origin": "benghazi", "destination": "lampedusa", "transit_state": "libya",
            "shipwreck": 0.15, "risk": 0.1,
        },
    },
    "carriers": {
        "airline-iq": {"services": {"baghdad-minsk": {"seats": 8, "weekly": {START: 5}}}},
        "airline-ly": {
            "services": {"benghazi-minsk": {"seats": 6, "weekly": {START: 4}}},
        },
        "boats": {"services": {"benghazi-italy": {"seats": 6, "weekly": {START: 8}}}},
        "buses": {"services": {"damascus-minsk": {"seats": 5, "weekly": {START: 4}}}},
    },
    "transit_states": {
        "belarus": {
            "hub": "minsk", "visas": {START: 7.5}, "facilitation": {START: 0.8}, "coaching": {START: 0.4},
            "transfer": {START: 5.5}, "may_return": {START: 0.5}, "assisted_return": {START: 0.004},
        },
        "libya": {
            "hub": "benghazi", "boats_tolerated": {START: 0.9}, "interception": {START: 0.3},
            "may_return": {START: 0.3},
        },
    },
    "zones": {
        "bruzgi": {
            "transit_state": "belarus", "capacity": 30, "sections": {"kuznica": 0.5, "narewka": 0},
            "evacuation": {START: 0.01},
        },
        "lida": {"transit_state": "belarus", "capacity": 20, "sections": {"dieveniskes": 0.3, "narewka": -1}},
    },
    "sections": {
        "dieveniskes": {"agency": "lithuania", "title": "Dieveniškės", "length": 60},
        "kuznica": {"agency": "poland", "title": "Kuźnica", "length": 40},
        "narewka": {"agency": "poland", "title": "Narewka", "length": 80, "terrain": 0.7},
    },
    "agencies": {
        "lithuania": {
            "country": "Lithuania", "personnel": 10, "turn_back": {START: 0.5}, "reception": 8, "procedure": 20,
            "absconding_delay": 5, "reserve": 6, "reinforcement_lag": 5,
        },
        "poland": {
            "country": "Poland", "personnel": 20, "turn_back": {START: 0.8}, "reception": 15, "procedure": 30,
            "absconding_delay": 10, "reserve": 5, "army": 10, "reinforcement_lag": 7,
        },
    },
    "frontex": {"officers": 12, "lag": 6},
    "behaviour": {
        "reconsider": 12, "retry": 3, "retry_idle": 2, "stranded_review": 8, "stranded_retry": 0.3, "giving_up": 0.08,
        "sea_wait": 3, "sea_retry": 8, "sea_price": 400, "deterrence": 1, "withdrawal": 0.4, "self_presentation": 0.5,
        "moving_on": 90,
    },
    "detection": {"reference_density": 0.05},
    "hazards": {"death": 1e-3, "injury": 3e-3, "sheltered": 0.3},
    "information": {"lag": 4, "memory": 20, "prior_weight": 10, "section_lag": 2},
}  # fmt: skip


def merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of nested mappings with changes; a change to None takes the key out."""
    merged = dict(base)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def replicates_by_day(scenario: Scenario, replicates: int) -> Results:
    """Results of several replicates with all their days, which a study does not keep."""
    return Results.of(scenario, [run_to_data(draw(scenario, k, replicates)) for k in range(replicates)])


def tiny_scenario(changes: Mapping[str, Any] | None = None, **fields: Any) -> Scenario:
    """The tiny scenario with nested ``changes``, and with whole top-level ``fields`` such as ``days=30``."""
    return scenario_class()(**merge(TINY, changes or {}) | fields)


def finished(scenario: Scenario, days: int | None = None) -> CorridorModel:
    """A model run to its end, or for so many days."""
    model = CorridorModel(scenario)
    while model.running and (days is None or model.day < days):
        model.step()
    return model


def fields_where(scenario: Scenario, test: Callable[[Any], bool]) -> dict[str, FieldNote]:
    """All fields of a scenario whose type passes a test, whatever they hold, by dotted path."""
    return dict(_fields_where(scenario, test, ""))


def _fields_where(value: Any, test: Callable[[Any], bool], path: str) -> Iterator[tuple[str, FieldNote]]:
    if isinstance(value, Entry):
        for name, field in type(value).model_fields.items():
            if test(field.annotation):
                yield f"{path}{name}", note(field)
            else:
                yield from _fields_where(getattr(value, name), test, f"{path}{name}.")
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _fields_where(item, test, f"{path}{name}.")


def by_cohort_paths(scenario: Scenario) -> list[str]:
    """Paths of all quantities that may be given by cohort."""
    return list(fields_where(scenario, is_by_cohort))


def dated_fields(scenario: Scenario) -> dict[str, FieldNote]:
    """All quantities that may be given by date, by path, but those that a process draws."""
    found = fields_where(scenario, lambda kind: is_schedule(kind) or is_by_date(kind))
    drawn = set()
    for name, state in scenario.transit_states.items():
        if state.posture is not None:
            drawn.add(f"transit_states.{name}.facilitation")
            drawn |= {f"zones.{zone}.steering" for zone, entry in scenario.zones.items() if entry.transit_state == name}
    return {path: field for path, field in found.items() if path not in drawn}


# Random scenarios.


def at_start(low: float, high: float) -> st.SearchStrategy[dict[Any, float]]:
    """A schedule of one value from the first day."""
    return st.floats(low, high).map(lambda value: {START: value})


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Small corridors from idle to overrun: everything that rations is drawn, down to nothing at all."""
    service = {"seats": draw(st.integers(1, 12)), "weekly": draw(at_start(0, 15))}
    agency = {
        "personnel": draw(st.floats(1, 200)),
        "handling_rate": draw(st.floats(0.001, 5)),
        "reception": draw(st.integers(0, 30)),
        "turn_back": draw(at_start(0, 1)),
    }
    changes = {
        "seed": draw(st.integers(0, 2**63 - 1)),
        "cohorts": {name: {"size": draw(st.integers(0, 60))} for name in ("iraqis", "sudanese", "syrians")},
        "carriers": {
            "airline-iq": {"services": {"baghdad-minsk": service}, "growth": draw(st.floats(0, 1)), "max_growth": 4},
            "boats": {"services": {"benghazi-italy": service}},
        },
        "transit_states": {
            "belarus": {
                "visas": draw(at_start(0, 20)), "transfer": draw(at_start(0, 20)), "may_return": draw(at_start(0, 1)),
                "facilitation": draw(at_start(0, 1)), "assisted_return": draw(at_start(0, 1)),
            },
            "libya": {"boats_tolerated": draw(at_start(0, 1)), "interception": draw(at_start(0, 1))},
        },
        "zones": {
            name: {"capacity": draw(st.integers(0, 20)), "evacuation": draw(at_start(0, 1))}
            for name in ("bruzgi", "lida")
        },
        "agencies": {"poland": agency, "lithuania": agency},
        "hazards": {"death": draw(st.floats(0, 0.2)), "injury": draw(st.floats(0, 0.5))},
        "behaviour": {
            "stranded_retry": draw(st.floats(0, 1)), "reconsider": draw(st.floats(1, 30)),
            "deterrence": draw(st.floats(0, 20)), "withdrawal": draw(st.floats(0, 1)),
            "self_presentation": draw(st.floats(0, 1)), "moving_on": draw(st.floats(1, 400)),
            "patience": draw(st.floats(1, 100)),
        },
    }  # fmt: skip
    if draw(st.booleans()):
        changes = merge(changes, POINT)
    return tiny_scenario(changes, days=draw(st.integers(1, 90)))


# A crossing point beside the green border of the tiny scenario.
POINT: dict[str, Any] = {
    "zones": {"bruzgi": {"sections": {"terespol": 0.5}}},
    "sections": {
        "terespol": {
            "agency": "poland", "title": "Terespol", "crossing_point": {"hours": {START: 12}, "claims": {START: 3}},
        }
    },
}  # fmt: skip

# The posture of the tiny scenario's hub as a process, in place of schedules.
POSTURE: dict[str, Any] = {
    "transit_states": {"belarus": {"facilitation": None, "posture": {"steering": {"lida": 0.5}, "off_begins": 0.3}}},
}

# A measure of each kind, by the names of the tiny scenario; their quantities are moved like all others.
MEASURES: dict[str, dict[str, Any]] = {
    "carrier-ban": {"carriers": ["airline-iq"]},
    "visa-stop": {"transit_state": "belarus", "cohorts": ["iraqis"]},
    "turn-back": {"agency": "poland", "share": 0.9},
    "fence": {"sections": ["kuznica", "narewka"], "length": 90, "pace": 9, "surveillance": 0.5},
    "reinforcement": {"agency": "poland", "officers": 10, "soldiers": 10},
    "frontex-deployment": {"agency": "lithuania", "officers": 8},
    "buffer-zone": {"sections": ["kuznica"]},
    "crossing-closure": {"points": ["terespol"]},
    "diplomacy": {"routes": ["benghazi-minsk"]},
    "sanctions": {"carriers": ["buses"], "transit_states": ["libya"]},
    "litigation": {"transit_states": ["belarus"]},
    "humanitarian-access": {},
    "return-flights": {"transit_state": "belarus", "weekly": 2},
    "posture": {
        "transit_state": "belarus", "visas": 3, "facilitation": 0.2, "coaching": 1, "transfer": 2, "may_return": 1,
        "steering": {"lida": 2},
    },
}  # fmt: skip
# Quantities that are moved all at once, as well as one by one.
BLOCKS = ("behaviour.", "seasons.", "detection.", "zones.", "sections.", "transit_states.belarus.")
UNIT = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))


def within(field: FieldNote, u: float) -> float:
    """A value of a quantity's range: its ends at 0 and 1, and between them every order of magnitude."""
    low, high = float(field.low or 0.0), float(field.high or 0.0)
    if low < 0:
        return low + u * (high - low)
    least = low if low > 0 else min(1e-3, high)
    return low if u == 0 else min(least * (high / least) ** u, high)


@st.composite
def dated_measures(draw: st.DrawFn, days: int, point: bool) -> dict[str, Any]:
    """Up to four measures of any kinds, with dates within the run; without a crossing point none closes it."""
    measures = {}
    kinds = sorted(MEASURES if point else MEASURES.keys() - {"crossing-closure"})
    for number, kind in enumerate(draw(st.lists(st.sampled_from(kinds), max_size=4))):
        start = draw(st.integers(0, days - 1))
        length, notice = draw(st.one_of(st.none(), st.integers(0, 30))), draw(st.integers(0, 20))
        measure = {"kind": kind, "start": START + timedelta(days=start), **MEASURES[kind]}
        measure["announced"] = measure["start"] - timedelta(days=notice)
        if length is not None:
            measure["end"] = measure["start"] + timedelta(days=length)
        measures[f"{kind}-{number}"] = measure
    return measures


@st.composite
def any_scenarios(draw: st.DrawFn, longest: int = 60) -> Scenario:
    """Valid scenarios: any quantity anywhere in its range, some by cohort or date; any measures; seats to none."""
    days = draw(st.integers(1, longest))
    few, seats = st.integers(0, 40), st.integers(1, 12)
    point = draw(st.booleans())
    changes: dict[str, Any] = {
        "seed": draw(st.integers(0, 2**63 - 1)),
        "cohorts": {name: {"size": draw(few)} for name in ("iraqis", "sudanese", "syrians")},
        "carriers": {"boats": {"services": {"benghazi-italy": {"seats": draw(seats)}}}},
        "zones": {"bruzgi": {"capacity": draw(few)}, "lida": {"capacity": draw(few)}},
        "agencies": {"poland": {"reception": draw(few), "army": draw(few)}},
        "frontex": {"officers": draw(few)},
        "measures": draw(dated_measures(days, point)),
    }
    if point:
        changes = merge(changes, POINT)
    if draw(st.booleans()):
        changes = merge(changes, POSTURE)
    if draw(st.booleans()):
        changes["seasons"] = {"calm_sea": draw(st.lists(UNIT, min_size=12, max_size=12))}
    if draw(st.booleans()):
        changes["sponsors"] = {"moscow": {"transit_states": ["belarus"], "pulse_days": 5, "pause_days": 5}}
    plain = merge(TINY, changes) | {"days": days}
    parameters = parameter_paths(Scenario(**plain))
    for block in draw(st.lists(st.sampled_from(BLOCKS), max_size=2)):
        for path, _, field in parameters:
            if path.startswith(block):
                plain = merge(plain, nested(path.split("."), within(field, draw(UNIT))))
    for number, u in draw(st.lists(st.tuples(st.integers(0, len(parameters) - 1), UNIT), max_size=24)):
        path, _, field = parameters[number]
        plain = merge(plain, nested(path.split("."), within(field, u)))
    fields = {path: field for path, _, field in parameters}
    chosen = st.lists(st.sampled_from(by_cohort_paths(Scenario(**plain))), max_size=4, unique=True)
    for path in draw(chosen):
        values = {name: within(fields[path], draw(UNIT)) for name in ("iraqis", "others")}
        plain = merge(plain, nested(path.split("."), values))
    dated = list(dated_fields(Scenario(**plain)).items())
    some = st.tuples(st.integers(0, len(dated) - 1), st.integers(-30, days - 1), UNIT)
    for number, day, u in draw(st.lists(some, max_size=12)):
        path, field = dated[number]
        plain = merge(plain, nested([*path.split("."), str(START + timedelta(days=day))], within(field, u)))
    return Scenario(**plain)


def nested(path: list[str], value: Any) -> Any:
    """A value under a path, dates as dates."""
    for part in reversed(path):
        value = {date.fromisoformat(part) if part[:1].isdigit() else part: value}
    return value
