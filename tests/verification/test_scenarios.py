"""Every scenario that ships runs to its end, and says something of its own."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from sim.engine import ledger
from sim.runs import run_model
from sim.scenario import load_scenario, scenario_names, scenarios_folder
from sim.scenario.json_schema import scenario_json_schema

RESPONSES = {
    "carrier-ban", "visa-stop", "fence-and-reinforce", "frontex-deployment", "buffer-zone", "diplomacy", "sanctions",
    "litigation", "humanitarian-access", "return-flights", "combined-response",
}  # fmt: skip
CASES = {
    *("minsk-2021", "benghazi-minsk-2025", "benghazi-surge", "haftar-boats", "coordinated-campaign"),
    *("eastern-border", "arctic-2015", "evros-2020", "finland-2023", "ceuta-2021"),
}


def test_all_scenarios_of_the_design_ship() -> None:
    assert set(scenario_names()) >= RESPONSES | CASES


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_runs(name: str) -> None:
    model = run_model(load_scenario(name))
    assert model.day == model.settings.days
    counted = ledger.recount(model.world.rows, len(model.names.cohorts), len(model.names.places))
    assert (counted == model.world.stocks).all()
    assert np.isfinite(model.world.section_capacity).all()
    if name != "base":
        assert model.world.section_flows.sum() > 0


def test_what_belarus_does_from_2021_on_is_drawn_and_not_set() -> None:
    scenario = load_scenario("eastern-border")
    assert (scenario.start, scenario.end) == (date(2021, 5, 1), date(2025, 12, 31))
    belarus = scenario.transit_states["belarus"]
    assert belarus.posture is not None and not belarus.facilitation
    for schedule in (belarus.visas, belarus.coaching, belarus.transfer, belarus.may_return):
        assert list(schedule) == [scenario.start]  # one value for all five years, whatever was counted in them
    assert not any(zone.steering for zone in scenario.zones.values())
    kinds = {measure.kind for measure in scenario.measures.values()}
    assert kinds.isdisjoint({"posture", "visa-stop"})


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_differs_from_the_surge_by_its_measures_alone(name: str) -> None:
    surge, response = load_scenario("benghazi-surge"), load_scenario(name)
    assert set(response.measures) > set(surge.measures)
    assert response.cohorts == surge.cohorts and response.routes == surge.routes and response.carriers == surge.carriers


def test_the_default_scenario_carries_the_whole_stock_of_migrants_in_libya() -> None:
    cohorts = load_scenario("benghazi-minsk-2025").cohorts
    assert sum(cohort.size for name, cohort in cohorts.items() if name.startswith("libya")) == 867_055


def test_the_schema_for_editors_is_that_of_the_code() -> None:
    file = scenarios_folder() / "scenario.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(json.dumps(scenario_json_schema()))
