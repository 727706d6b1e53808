"""Stored and undisturbed runs end in the same bytes, whatever the scenario, the day and what is in force."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.model import CorridorModel
from sim.scenario import load_scenario, resolve
from sim.scenario.schema import Scenario
from tests.properties.differing import LAYOUT, differing
from tests.strategies import START, any_scenarios, dated_measures, finished

ANY = settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
SHIPPED = [
    "arctic-2015", "ceuta-2021", "combined-response", "coordinated-campaign", "eastern-border", "evros-2020",
    "finland-2023", "haftar-boats", "minsk-2021", "return-flights",
]  # fmt: skip
SCRATCH = {"keys", "who", "buckets", "attempts", "blocks"}


def with_measures(scenario: Scenario, measures: dict[str, Any]) -> Scenario:
    plain = scenario.model_dump()
    return Scenario(**{**plain, "measures": {**plain["measures"], **measures}})


def test_any_scenario_is_the_same_after_a_branch_or_a_file_on_any_day() -> None:
    @ANY
    @given(any_scenarios(), st.data())
    def one(scenario: Scenario, data: st.DataObject) -> None:
        whole = finished(scenario)
        model = finished(scenario, data.draw(st.integers(0, scenario.days)))
        branch = model.branch()
        with tempfile.TemporaryDirectory() as folder:
            again = CorridorModel.restore(model.save(Path(folder) / "state"))
        for each in (model, branch, again):
            while each.running:
                each.step()
            assert differing(whole, each, SCRATCH) == []

    one()


def test_any_measures_from_a_day_on_are_as_if_they_had_always_been_planned() -> None:
    """But for officers of the pool: they are reserved when a deployment is decided."""

    @ANY
    @given(any_scenarios(), st.data())
    def one(scenario: Scenario, data: st.DataObject) -> None:
        day = data.draw(st.integers(0, scenario.days - 1))
        point = "terespol" in scenario.sections
        more = data.draw(dated_measures(scenario.days, point))
        more = {f"more-{name}": later(measure, day) for name, measure in more.items()}
        more = {name: measure for name, measure in more.items() if measure["kind"] != "frontex-deployment"}
        other = with_measures(scenario, more)
        model = CorridorModel.restore(finished(scenario, day).state(), other)
        while model.running:
            model.step()
        assert differing(finished(other), model, LAYOUT) == []

    one()


def later(measure: dict[str, Any], day: int) -> dict[str, Any]:
    """A measure moved so that nothing is known of it before a day."""
    first = min(measure["announced"], measure["start"])
    by = max(START + timedelta(days=day) - first, timedelta(0))
    return {key: value + by if key in ("announced", "start", "end") else value for key, value in measure.items()}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_goes_on_from_the_middle_as_if_nothing_had_been(name: str) -> None:
    scenario = resolve(load_scenario(name))
    model = CorridorModel(scenario)
    model.run_for(min(200, scenario.days // 2))
    branch = model.branch()
    model.run_for(30)
    branch.run_for(30)
    assert differing(model, branch, SCRATCH) == []
