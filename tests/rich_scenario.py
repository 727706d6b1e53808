"""A scenario in which every rule is applied to somebody, and departures beside its schedules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sim.scenario.paths import apply_overrides, get_path
from sim.scenario.points import coordinate_of
from sim.scenario.schema import Scenario
from tests.strategies import START, by_cohort_paths, tiny_scenario


def days_on(days: int) -> date:
    """A day of the run."""
    return START + timedelta(days=days)


def _measures() -> dict[str, dict[str, Any]]:
    """Dates are days of the run."""
    measures: dict[str, dict[str, Any]] = {
        "aid": {"kind": "humanitarian-access", "zones": ["lida"], "hazard_factor": 0.4},
        "ban-iq": {"kind": "carrier-ban", "carriers": ["airline-iq"], "announced": 25, "start": 40, "end": 60},
        "ban-sudanese": {
            "kind": "carrier-ban", "carriers": ["airline-ly"], "cohorts": ["sudanese"], "start": 35, "end": 50,
        },
        "barrier": {"kind": "fence", "sections": ["kuznica", "narewka"], "length": 60, "pace": 2, "surveillance": 0.6},
        "court": {"kind": "litigation", "transit_states": ["belarus"], "start": 30, "half_life": 40},
        "envoy": {"kind": "diplomacy", "routes": ["benghazi-minsk"], "frequency_factor": 0.6, "start": 70, "lag": 5},
        "flights-home": {
            "kind": "return-flights", "transit_state": "belarus", "seats": 3, "weekly": 1.5, "start": 50, "end": 110,
            "cohorts": ["iraqis", "syrians"], "willing": 0.05,
        },
        "forest": {"kind": "buffer-zone", "sections": ["narewka"], "start": 25, "end": 90, "hazard_factor": 3},
        "gate": {"kind": "crossing-closure", "points": ["terespol"], "announced": 45, "start": 58, "end": 75},
        "frontex": {"kind": "frontex-deployment", "agency": "lithuania", "officers": 8, "start": 60, "end": 100},
        "luckless": {"kind": "visa-stop", "transit_state": "belarus", "success_probability": 0.0, "announced": 8},
        "pushback": {"kind": "turn-back", "agency": "lithuania", "share": 0.9, "start": 45},
        "sanctions": {
            "kind": "sanctions", "carriers": ["airline-ly"], "transit_states": ["libya", "belarus"], "start": 60,
            "half_life": 20, "facilitation_factor": 0.8,
        },
        "soldiers": {"kind": "reinforcement", "agency": "poland", "soldiers": 10, "start": 80, "end": 100},
        "stop-boats": {"kind": "posture", "transit_state": "libya", "boats_tolerated": 0.3, "start": 85, "end": 100},
        "visas-iraqis": {
            "kind": "visa-stop", "transit_state": "belarus", "cohorts": ["iraqis"], "start": 65, "end": 80,
        },
        "visas-stop": {"kind": "visa-stop", "transit_state": "belarus", "start": 28, "end": 34, "announced": 20},
    }  # fmt: skip
    for measure in measures.values():
        measure.setdefault("start", 20)
        for name in ("start", "end", "announced"):
            if name in measure:
                measure[name] = days_on(measure[name])
    return measures


def by_day(values: dict[int, float]) -> dict[date, float]:
    """A schedule by day of the run."""
    return {START + timedelta(days=day): value for day, value in values.items()}


def _carriers() -> dict[str, Any]:
    return {
        "airline-iq": {"services": {"baghdad-minsk": {"seats": 5, "weekly": {START: 3}}}},
        "airline-ly": {
            "growth": 0.3,
            "max_growth": 3,
            "decline": 0.2,
            "low_load": 0.2,
            "price_response": 0.6,
            "services": {"benghazi-minsk": {"seats": 3, "weekly": {START: 2.5}}},
        },
        "buses": {"services": {"damascus-minsk": {"seats": 3, "weekly": {START: 3}}}},
        "ferry": {"services": {"benghazi-italy": {"seats": 3, "weekly": {START + timedelta(days=15): 5}}}},
    }


def _transit_states() -> dict[str, Any]:
    return {
        "belarus": {
            "visas": by_day({0: 4.4, 50: 6.25}),
            "facilitation": by_day({0: 0.8, 76: 0, 82: 0.8}),  # first the transfer stops, then the facilitation
            "transfer": by_day({0: 5.5, 68: 0, 84: 5.5}),
            "may_return": by_day({0: 0.4, 90: 0.8}),
            "assisted_return": by_day({30: 0.01, 100: 0.03}),
        },
        "libya": {"assisted_return": by_day({40: 0.01})},
    }


def rich_scenario(seed: int) -> Scenario:
    """A scenario in which every rule is applied to somebody: checked by the test that uses it."""
    changes = {
        "days": 150,
        "carriers": _carriers(),
        "transit_states": _transit_states(),
        "zones": {
            "bruzgi": {
                "capacity": 9, "steering": by_day({30: 1}), "evacuation": by_day({64: 0.3, 68: 0}),
                "sections": {"terespol": 0},
            },
            "lida": {"capacity": 7, "evacuation": by_day({110: 0.2, 118: 0.02})},
        },
        "sections": {
            "kuznica": {"barrier": {days_on(40): 10}, "surveillance": {START: 0.1, days_on(70): 0.5}},
            "terespol": {
                "agency": "poland", "title": "Terespol",
                "crossing_point": {"hours": by_day({40: 12, 100: 0, 110: 24}), "claims": by_day({0: 0.5})},
            }
        },
        "sponsors": {
            "moscow": {
                "transit_states": ["belarus"], "start": START + timedelta(days=95), "pulse_days": 10,
                "pause_days": 11, "intensity": 1.7,
            }
        },
        "agencies": {
            "lithuania": {"reception": {START: 4, days_on(90): 9}, "absconding_delay": 12},
            "poland": {"reception": 6, "procedure_factor": {days_on(60): 0.5}, "absconding_delay": 3},
        },
        "behaviour": {"deterrence": 3, "patience": 30, "moving_on": 60, "stranded_retry": 0.6},
        "hazards": {"death": 3e-3},
        "measures": _measures(),
    }  # fmt: skip
    return tiny_scenario(changes, seed=seed)


def rich_by_cohort(seed: int) -> Scenario:
    """The rich scenario with every quantity given by cohort that may be: one lower, one as before, the rest higher."""
    scenario = rich_scenario(seed)
    changes = {}
    for path in by_cohort_paths(scenario):
        field, value = coordinate_of(scenario, path).field, float(get_path(scenario, path))
        lower, higher = max(value * 0.7, field.low or 0.0), min(value * 1.3, field.high or value)
        changes[path] = {"iraqis": lower, "syrians": value, "others": higher}
    return apply_overrides(scenario, changes)


def timetable(scenario: Scenario) -> list[tuple[int, str, int]]:
    """Some departures beside the schedules."""
    return [(day, "benghazi-minsk", 4) for day in range(5, scenario.days, 17)] + [(22, "damascus-minsk", 7)]
