"""Trust marks: nothing is trusted that no calibration on record was fitted to."""

from __future__ import annotations

from typing import Any

import pytest

from sim import load_scenario
from sim.outputs.definitions import ALL, OUTPUTS
from sim.outputs.trust import ASSUMED, BACK_TESTED, FITTED, Trust, evidence, forecast_sentence, joint_digests
from sim.scenario.files import scenario_names
from sim.scenario.paths import apply_overrides
from sim.scenario.schema import Scenario
from tests.strategies import tiny_scenario

SCENARIOS = [name for name in scenario_names() if name != "base"]


def places(scenario: Scenario) -> list[tuple[str, str]]:
    sections = [("section", name) for name in scenario.sections]
    return [*sections, *(("agency", one.agency) for one in scenario.sections.values()), (ALL, ALL)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_mark_other_than_assumed_needs_a_series_of_the_scenarios_own_calibration(name: str) -> None:
    scenario = load_scenario(name)
    trust = Trust(scenario)
    own = evidence()["posteriors"].get(trust.posterior, {"fitted": []})["fitted"]
    fitted = {(row["name"], row["output"]) for row in own}
    for level, place in places(scenario):
        for output in OUTPUTS:
            if trust.of(level, place, output).mark != ASSUMED:
                agency = scenario.sections[place].agency if level == "section" else place
                every = {(one, output) for one in trust.agencies}
                assert (agency, output) in fitted or (level == ALL and every <= fitted)
    assert bool(joint_digests(scenario)) == bool(trust.posterior)


def test_of_2025_the_recorded_attempts_of_two_countries_are_fitted_and_nothing_of_latvia() -> None:
    scenario = load_scenario("benghazi-surge")
    trust = Trust(scenario)
    assert trust.of("agency", "poland", "recorded_attempts").mark == FITTED
    assert trust.of("agency", "lithuania", "recorded_attempts").mark == FITTED
    assert trust.of("agency", "poland", "pressure_peak").mark == ASSUMED
    latvia = [place for place in places(scenario) if "latvia" in place or place[1].startswith("lv-")]
    assert len(latvia) > 3
    assert all(trust.of(*place, output).mark == ASSUMED for place in latvia for output in OUTPUTS)
    assert "every figure of Latvia" in trust.sentence({"latvia": "Latvia"})


def test_a_fitted_parameter_that_is_set_to_something_else_takes_the_marks_away_and_is_named() -> None:
    trust = Trust(apply_overrides(load_scenario("benghazi-minsk-2025"), {"behaviour.retry": 5}))
    mark = trust.of("agency", "poland", "recorded_attempts")
    assert mark.mark == ASSUMED
    assert "behaviour.retry is not as fitted in background-2025" in mark.why
    assert "behaviour.retry" in trust.sentence()


def facts(**more: Any) -> dict[str, Any]:
    fitted = [{"name": "poland", "output": "attempts", "figures": 3, "within90": 2, "first": "2025-01-01",
               "last": "2025-03-31"}]  # fmt: skip
    paths = {path: {"digest": digest, "learnt": 0.5} for path, digest in joint_digests(FITTED_SCENARIO).items()}
    scored = [{"name": "poland", "output": "attempts", "forecasts": 9, "within90": 0.9, "crps": 10, "other_crps": 12,
               "other": "last value"}]  # fmt: skip
    test = {"experiment": "mine", "other_model": False, "scored": scored, **more}
    return {"posteriors": {"mine": {"paths": paths, "fitted": fitted}}, "back_tests": {"page": test}}


FITTED_SCENARIO = tiny_scenario({"behaviour": {"retry": {"joint": [3.0, 4.0, 5.0]}}})


def test_a_section_has_its_agencys_mark_only_if_it_is_the_only_one() -> None:
    trust = Trust(FITTED_SCENARIO, facts())
    of_poland = [name for name, section in FITTED_SCENARIO.sections.items() if section.agency == "poland"]
    assert len(of_poland) == 2
    assert {trust.of("section", name, "attempts").mark for name in of_poland} == {ASSUMED}
    alone = apply_overrides(FITTED_SCENARIO, {f"sections.{of_poland[1]}.agency": "lithuania"})
    assert Trust(alone, facts()).of("section", of_poland[0], "attempts").mark == BACK_TESTED


def test_a_back_test_counts_only_if_this_model_was_tested() -> None:
    assert Trust(FITTED_SCENARIO, facts()).of("agency", "poland", "attempts").mark == BACK_TESTED
    assert Trust(FITTED_SCENARIO, facts(other_model=True)).of("agency", "poland", "attempts").mark == FITTED
    assert "no back-test" in forecast_sentence("mine", facts(other_model=True))
    assert "Poland" in forecast_sentence("mine", facts())


def test_the_whole_is_trusted_only_if_all_agencies_are() -> None:
    assert Trust(FITTED_SCENARIO, facts()).of(ALL, ALL, "attempts").mark == ASSUMED


def test_joint_values_of_an_unknown_calibration_are_assumed() -> None:
    mark = Trust(FITTED_SCENARIO).of("agency", "poland", "attempts")
    assert mark == (ASSUMED, "its joint values are of no calibration on record")
