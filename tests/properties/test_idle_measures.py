"""Measures that do nothing change no byte, and none changes anything before its day."""

from __future__ import annotations

from typing import Any

import pytest

from sim.model import CorridorModel
from sim.scenario.measures import KINDS
from tests.properties.differing import BY_MEASURE, LAYOUT, day, differing
from tests.strategies import MEASURES, POINT, finished, tiny_scenario

IDLE: dict[str, list[dict[str, Any]]] = {
    "carrier-ban": [
        {"carriers": ["buses"], "cohorts": ["iraqis"]},
        {"carriers": ["airline-iq"], "start": day(20), "end": day(20), "lag": 5},
    ],
    "visa-stop": [{"transit_state": "libya"}, {"transit_state": "libya", "cohorts": ["sudanese"]}],
    "turn-back": [{"agency": "poland", "share": 0.8}],
    "fence": [{"sections": ["kuznica", "narewka"], "length": 0}],
    "reinforcement": [{"agency": "poland"}],
    "frontex-deployment": [{"agency": "poland", "officers": 0}],
    "buffer-zone": [{"sections": ["kuznica", "narewka"], "detection_factor": 1, "hazard_factor": 1}],
    "crossing-closure": [{"points": ["terespol"], "start": day(20), "end": day(20), "lag": 5}],
    "diplomacy": [{"routes": ["baghdad-minsk", "benghazi-minsk"], "frequency_factor": 1}],
    "sanctions": [
        {"carriers": ["buses"], "transit_states": ["belarus"], "frequency_factor": 1, "facilitation_factor": 1}
    ],
    "litigation": [{"transit_states": ["belarus"], "facilitation_factor": 1}],
    "humanitarian-access": [{"hazard_factor": 1}],
    "return-flights": [
        {"transit_state": "belarus", "weekly": 0, "willing": 0},
        {"transit_state": "libya", "cohorts": ["iraqis"], "willing": 0},
    ],
    "posture": [
        {"transit_state": "belarus"},
        {
            "transit_state": "belarus", "visas": 7.5, "facilitation": 0.8, "coaching": 0.4, "transfer": 5.5,
            "may_return": 0.5, "steering": {"lida": 0},
        },
    ],
}  # fmt: skip
ACTIVE: dict[str, dict[str, Any]] = {
    "carrier-ban": {},
    "visa-stop": {"transit_state": "belarus"},
    "turn-back": {"agency": "poland", "share": 0.1},
    "fence": {"sections": ["kuznica"], "length": 40, "pace": 10, "surveillance": 1},
    "reinforcement": {"agency": "poland", "officers": 50},
    "frontex-deployment": {"agency": "lithuania", "officers": 12},
    "buffer-zone": {"sections": ["kuznica"], "detection_factor": 5, "hazard_factor": 5},
    "crossing-closure": {"points": ["terespol"]},
    "diplomacy": {"routes": ["baghdad-minsk"]},
    "sanctions": {"transit_states": ["belarus"], "half_life": 5},
    "litigation": {"transit_states": ["belarus"], "half_life": 5, "facilitation_factor": 0.1},
    "humanitarian-access": {"hazard_factor": 0},
    "return-flights": {"transit_state": "belarus"},
    "posture": {"transit_state": "belarus", "transfer": 0},
}


def settings_for(kind: str) -> dict[str, Any]:
    """What the tiny scenario lacks for a kind of measure."""
    return POINT if kind == "crossing-closure" else {}


def plain_for(kind: str, plain: CorridorModel) -> CorridorModel:
    """A run without the measure: the tiny scenario's, or one that has what the measure needs."""
    return finished(tiny_scenario(settings_for(kind))) if settings_for(kind) else plain


def idle_measures() -> list[Any]:
    """Each with its kind."""
    cases = []
    for kind, measures in IDLE.items():
        for number, measure in enumerate(measures):
            cases.append(pytest.param(kind, measure, id=f"{kind}-{number}"))
    return cases


def test_every_kind_of_measure_is_here() -> None:
    assert set(IDLE) == set(ACTIVE) == set(MEASURES) == set(KINDS)


@pytest.mark.parametrize(("kind", "fields"), idle_measures())
@pytest.mark.parametrize("end", [None, 70])
def test_a_measure_without_effect_changes_no_byte(
    plain: CorridorModel, kind: str, fields: dict[str, Any], end: int | None
) -> None:
    measure = {"kind": kind, "start": day(20), **fields}
    if end is not None:
        measure.setdefault("end", max(day(end), measure["start"]))
    model = finished(tiny_scenario(settings_for(kind), measures={"idle": measure}))
    assert differing(plain_for(kind, plain), model, LAYOUT | BY_MEASURE) == []


@pytest.mark.parametrize("kind", ACTIVE)
def test_a_measure_that_fails_changes_no_byte(plain: CorridorModel, kind: str) -> None:
    measure = {"kind": kind, "start": day(20), "success_probability": 0, **ACTIVE[kind]}
    model = finished(tiny_scenario(settings_for(kind), measures={"failed": measure}))
    assert model.measures.failed == ["failed"]
    assert differing(plain_for(kind, plain), model, LAYOUT | BY_MEASURE) == []


@pytest.mark.parametrize("kind", ACTIVE)
def test_a_measure_changes_nothing_before_its_day(plain: CorridorModel, kind: str) -> None:
    """A deployment of the shared pool is decided, and reserved, beforehand: another's request might miss it."""
    settings, plain = settings_for(kind), plain_for(kind, plain)
    if kind == "frontex-deployment":
        settings = {"agencies": {name: {"reinforcement_threshold": 100} for name in ("poland", "lithuania")}}
        plain = finished(tiny_scenario(settings))
    measure = {"kind": kind, "start": day(60), "lag": 5, **ACTIVE[kind]}
    model = finished(tiny_scenario(settings, measures={"later": measure}))
    for name in (
        "stocks_by_cohort",
        "section_flows",
        "section_capacity",
        "section_detection",
        "pair_flows",
        "route_flows",
    ):
        ours, theirs = getattr(model.world, name), getattr(plain.world, name)
        assert (ours[:65] == theirs[:65]).all(), name
    assert differing(plain, model, LAYOUT | BY_MEASURE), "nor after it"


def test_a_sponsor_without_effect_changes_no_byte(plain: CorridorModel) -> None:
    sponsor = {"transit_states": ["belarus", "libya"], "intensity": 1, "distraction": 0, "pulse_days": 9}
    assert differing(plain, finished(tiny_scenario(sponsors={"moscow": sponsor}))) == []


def test_a_measure_without_effect_changes_no_byte_of_a_timetabled_run() -> None:
    changes = {"carriers": {"airline-iq": {"services": {"baghdad-minsk": {"weekly": None}}}}}
    idle = {"idle": {"kind": "diplomacy", "routes": ["benghazi-minsk"], "frequency_factor": 1, "start": day(70)}}
    models = []
    for measures in ({}, idle):
        model = CorridorModel(
            tiny_scenario(changes, measures=measures), [(n, "baghdad-minsk", 8) for n in range(0, 60, 3)]
        )
        while model.running:
            model.step()
        models.append(model)
    assert differing(*models) == []
