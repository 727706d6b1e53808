"""Small scenarios that the tests share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sim.model import CorridorModel
from sim.scenario.schema import Scenario

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
            "transfer": {START: 5.5}, "may_return": {START: 0.5},
        },
        "libya": {
            "hub": "benghazi", "boats_tolerated": {START: 0.9}, "interception": {START: 0.3},
            "may_return": {START: 0.3},
        },
    },
    "zones": {
        "bruzgi": {"transit_state": "belarus", "capacity": 30, "sections": {"kuznica": 0.5, "narewka": 0}},
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
            "reserve": 6, "reinforcement_lag": 5,
        },
        "poland": {
            "country": "Poland", "personnel": 20, "turn_back": {START: 0.8}, "reception": 15, "procedure": 30,
            "reserve": 5, "army": 10, "reinforcement_lag": 7,
        },
    },
    "frontex": {"officers": 12, "lag": 6},
    "behaviour": {
        "reconsider": 12, "retry": 3, "retry_idle": 2, "stranded_review": 8, "stranded_retry": 0.3, "giving_up": 0.08,
        "sea_wait": 3, "sea_retry": 8, "sea_price": 400,
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


def tiny_scenario(changes: Mapping[str, Any] | None = None, **fields: Any) -> Scenario:
    """The tiny scenario with nested ``changes``, and with whole top-level ``fields`` such as ``days=30``."""
    return Scenario(**merge(TINY, changes or {}) | fields)


def finished(scenario: Scenario, days: int | None = None) -> CorridorModel:
    """A model run to its end, or for so many days."""
    model = CorridorModel(scenario)
    while model.running and (days is None or model.day < days):
        model.step()
    return model
