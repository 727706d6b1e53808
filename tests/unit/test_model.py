"""The model as those who come from Mesa meet it: made from a scenario, run for days, asked for its agents."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.agents import BorderAgency, Carrier, Migrant
from sim.engine.tables import R_SEATS
from sim.outputs.run_data import run_data_of
from sim.scenario.quantity import Distribution
from sim.scenario.write import to_yaml
from tests.strategies import tiny_scenario

SPREAD = Distribution("triangular", (0.01, 0.04, 0.09))


def counts(model: sim.CorridorModel) -> bytes:
    """All that was counted so far, as bytes."""
    outcome = run_data_of(model)
    return b"".join(outcome._asdict()[name].tobytes() for name in ("section_flows", "pair_flows", "by_place"))


def test_an_uncertain_scenario_takes_its_central_values() -> None:
    scenario = tiny_scenario({"cohorts": {"iraqis": {"leaving_rate": SPREAD}}})
    given, resolved = sim.CorridorModel(scenario), sim.CorridorModel(sim.resolve(scenario))
    assert given.settings == resolved.settings != scenario
    for model in (given, resolved):
        model.run_for(60)
    assert counts(given) == counts(resolved)
    assert given.day == 60


def test_all_days_at_once_are_the_same_days() -> None:
    stepped, at_once = sim.CorridorModel(tiny_scenario()), sim.CorridorModel(tiny_scenario())
    while stepped.running:
        stepped.step()
    at_once.step()
    at_once.run_model()
    assert counts(stepped) == counts(at_once)
    assert (at_once.day, at_once.steps, at_once.time) == (stepped.day, stepped.steps, stepped.time)
    assert not at_once.running


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_copy_that_would_share_tables_is_refused(how: Callable[[Any], Any]) -> None:
    model = sim.CorridorModel(tiny_scenario())
    model.run_for(20)
    with pytest.raises(TypeError, match=r"run_for\(20\)"):
        how(model)
    again = sim.CorridorModel(model.settings)
    again.run_for(20)
    assert counts(again) == counts(model)


def test_a_model_runs_no_further_than_its_scenario() -> None:
    model = sim.CorridorModel(tiny_scenario(days=30))
    model.run_for(10)
    with pytest.raises(ValueError, match=r"found -5; allowed: 0 days or more"):
        model.run_for(-5)
    model.run_for(10**9)
    model.run_for(1)
    assert (model.day, model.time, model.running) == (30, 30, False)


@pytest.mark.parametrize("found", [7, None, ("title", "tiny"), tiny_scenario])
def test_what_is_no_scenario_is_refused(found: Any) -> None:
    with pytest.raises(TypeError, match=r"found .*; a Scenario is needed, or the name or file of one"):
        sim.CorridorModel(found)


def test_a_scenario_may_be_named(tmp_path: Path) -> None:
    named = sim.CorridorModel("benghazi-surge")
    assert named.settings == sim.resolve(sim.load_scenario("benghazi-surge"))
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario()), encoding="utf-8")
    for file in (tmp_path / "tiny.yaml", str(tmp_path / "tiny.yaml")):
        assert sim.CorridorModel(file).settings == tiny_scenario()
    with pytest.raises(sim.ScenarioError, match="benghazi-surge"):
        sim.CorridorModel("benghazi-surgy")


def test_draws_are_made_before() -> None:
    scenario = tiny_scenario({"cohorts": {"iraqis": {"leaving_rate": SPREAD}}})
    drawn = sim.resolve(scenario, seed=3)
    assert sim.CorridorModel(drawn).settings is drawn


@pytest.fixture
def timetabled(tmp_path: Path) -> sim.Scenario:
    """The small world with 40 more seats from Baghdad in November."""
    rows = "date,origin,destination,carrier,seats\n2025-11-20,baghdad,minsk,airline-iq,40\n"
    (tmp_path / "more.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "case.yaml").write_text(to_yaml(tiny_scenario()) + "timetable: more.csv\n", encoding="utf-8")
    return sim.load_scenario(tmp_path / "case.yaml")


def test_the_scenarios_timetable_is_flown_unless_another_is_given(timetabled: sim.Scenario) -> None:
    own, none = sim.CorridorModel(timetabled), sim.CorridorModel(timetabled, timetable=[])
    seats = [int(model.world.timetable_seats.sum()) for model in (own, none)]
    assert seats == [40, 0]
    for model in (own, none):
        model.run_for(90)
    flown = [int(model.world.route_flows[:, :, R_SEATS].sum()) for model in (own, none)]
    assert flown[0] == flown[1] + 40


def test_agents_are_selected_grouped_and_summed_up() -> None:
    model = sim.CorridorModel(tiny_scenario())
    model.run_for(90)
    stranded = model.agents.select(status="stranded")
    assert len(stranded) == int((model.world.rows["status"] == 9).sum()) > 0
    assert stranded.agg("funds", np.max) == stranded.get("funds").max()
    assert sum(len(group) for _, group in model.migrants.groupby("cohort_name")) == 400
    assert {type(agent) for agent in stranded} == {Migrant}
    assert {agency.name for agency in model.agents_by_type[BorderAgency]} == {"lithuania", "poland"}
    assert len(model.agents_by_type[Carrier]) == 4
