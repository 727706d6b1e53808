"""The text of a scenario of what a filter inferred: all that it sets, and all that it takes back."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import yaml

from sim.inference import posture_scenario
from sim.inference.filter.assimilate import Month
from sim.inference.posture_scenario import _Paths
from sim.scenario import load_scenario
from sim.scenario.draw import resolve
from tests.strategies import START, tiny_scenario
from tests.unit.inference.filter.tiny_filter import CONTENT, tiny_filter

MONTHS = [Month(START, 0, 31), Month(date(2025, 11, 1), 31, 30)]
POSTURES = np.array([[[0.0, 0.0, 1.0], [np.log(2), 0.0, 1.0]], [[0.0, 0.0, -1.0], [0.0, 30.0, 2.0]]])
OFF = np.array([[False, False], [True, False]])
SCORES = np.array([[0.0], [1.0]])


def content_of(loaded: Any, months: list[Month]) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(posture_scenario._yaml(loaded, _Paths(months, POSTURES, OFF, SCORES)))
    return found


def test_a_scenario_whose_parent_does_not_ship_is_written_whole_with_its_paths() -> None:
    ban = {"kind": "carrier-ban", "routes": ["baghdad-minsk"]}
    measures = {"last": {**ban, "start": date(2025, 11, 30)}, "later": {**ban, "start": date(2025, 12, 1)}}
    zones = {"bruzgi": {"steering": {START: 3}}, "lida": {"steering": {START: 4}}}
    loaded = tiny_filter()._replace(scenario=resolve(tiny_scenario({"measures": measures, "zones": zones})))
    found = content_of(loaded, MONTHS)
    assert found["title"] == "Belarus's posture as inferred from the counts, October 2025 to November 2025"
    assert found["description"] == (
        "What the state allowed and where it sent people, month by month, and how people behave, as a filter infers "
        "them from the counts of lithuania, poland. It is fitted to them: that it agrees with them tests nothing. A "
        "replicate draws one particle of the filter and follows its whole path. All other inputs are those of the "
        "parent at their central values, beside which the posture was inferred."
    )
    assert found["days"] == 61 and not found.get("observed")
    belarus, first, second = found["transit_states"]["belarus"], START, date(2025, 11, 1)
    assert belarus["visas"] == {first: {"joint": [8, 16]}, second: {"joint": [0, 8]}}
    assert belarus["facilitation"] == {first: 0.5, second: {"joint": [0, 1]}}
    assert "posture" not in belarus
    assert found["zones"]["lida"]["steering"] == {first: 1, second: {"joint": [-1, 2]}}
    assert not found["zones"]["bruzgi"].get("steering")
    assert found["behaviour"]["retry"]["joint"] == pytest.approx([5, 5 * np.exp(0.3)], rel=5e-3)
    assert list(found["measures"]) == ["last"]


def test_a_scenario_whose_parent_ships_extends_it_with_all_else_at_its_centre() -> None:
    series = {**CONTENT["series"], "poland": {**CONTENT["series"]["poland"], "observed": "poland-belarus-attempts"}}
    shipped = [name for name in posture_scenario.OBSERVED.iterdir() if name.suffix == ".csv"]
    series["poland"]["observed"] = shipped[0].stem
    loaded = tiny_filter(scenario="minsk-2021", series=series, set={"behaviour.withdrawal": 0.25})
    loaded = loaded._replace(scenario=resolve(load_scenario("minsk-2021")))
    months = [Month(date(2021, 5, 1), 0, 31), Month(date(2021, 6, 1), 31, 30)]
    found = content_of(loaded, months)
    assert found["extends"] == "minsk-2021"
    assert found["title"].endswith("from the counts, May 2021 to June 2021")
    assert (found["days"], found["observed"]) == (61, [shipped[0].stem])
    assert found["behaviour"]["withdrawal"] == 0.25
    belarus = found["transit_states"]["belarus"]
    assert belarus["visas"][date(2021, 5, 1)] == {"joint": [8, 16]}
    plain = resolve(load_scenario("minsk-2021"))
    known = [name for name, one in plain.measures.items() if one.start <= date(2021, 6, 30)]
    gone = [name for name, value in found["measures"].items() if value is None]
    assert sorted(gone) == sorted(set(plain.measures) - set(known)) and gone
