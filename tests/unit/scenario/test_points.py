"""A scenario filled at a point is the scenario with the same overrides."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.draw import drawn_values, resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.paths import apply_overrides, parameter_paths
from sim.scenario.points import Filling, coordinate_of, filling
from sim.scenario.schema import Scenario
from tests.strategies import tiny_scenario

SPREAD = tiny_scenario(
    {"behaviour": {"retry": {"uniform": [1, 9]}, "giving_up": {"uniform": [0.01, 0.2]}}, "seed": 7}, days=30
)
PARAMETERS = parameter_paths(SPREAD)
WHOLE = ("frontex.officers", "cohorts.iraqis.size")
seeds = st.none() | st.integers(0, 2**40)


def by_overrides(scenario: Scenario, values: dict[str, float], seed: int | None) -> tuple[Scenario, dict[str, float]]:
    changed = apply_overrides(scenario, values)
    return resolve(changed, seed), {**drawn_values(changed, seed), **values}


@given(
    chosen=st.lists(st.sampled_from(PARAMETERS), min_size=1, max_size=6, unique_by=lambda p: p.path),
    data=st.data(),
    seed=seeds,
)
@settings(max_examples=30, deadline=None)
def test_filling_is_overriding(chosen: list, data: st.DataObject, seed: int | None) -> None:
    paths = [parameter.path for parameter in chosen]
    first, second = (
        [data.draw(st.floats(parameter.field.low, parameter.field.high)) for parameter in chosen] for _ in range(2)
    )
    filled = Filling(SPREAD, paths, first)
    for values in (first, second):
        assert filled.at(values, seed) == by_overrides(SPREAD, dict(zip(paths, values, strict=True)), seed)


@given(officers=st.floats(0, 1000), size=st.floats(0, 900), seed=seeds)
def test_whole_numbers_are_rounded(officers: float, size: float, seed: int | None) -> None:
    scenario, values = filling(SPREAD, WHOLE, (5, 5)).at((officers, size), seed)
    assert (scenario.frontex.officers, scenario.cohorts["iraqis"].size) == (round(officers), round(size))
    assert isinstance(scenario.frontex.officers, int)
    assert values["frontex.officers"] == round(officers)


def test_a_schedule_may_get_a_date() -> None:
    path = "carriers.airline-iq.services.baghdad-minsk.weekly.2025-10-15"
    filled = Filling(SPREAD, [path], [3.0])
    assert filled.at([9.0], 3) == by_overrides(SPREAD, {path: 9.0}, 3)


@pytest.mark.parametrize("value", [-1.0, 1e9, float("nan")])
def test_a_value_outside_its_range_is_the_error_of_overrides(value: float) -> None:
    filled = Filling(SPREAD, ["behaviour.retry"], [3.0])
    with pytest.raises(ScenarioError, match=r"behaviour\.retry"):
        filled.at([value])


@pytest.mark.parametrize(
    "path",
    ["seed", "days", "title", "behaviour", "behaviour.rety", "x", "", "carriers.a.services.b.weekly.2025-10-15"],
)
def test_what_is_no_parameter(path: str) -> None:
    with pytest.raises(ScenarioError, match="no parameter") as caught:
        coordinate_of(SPREAD, path)
    if path == "behaviour.rety":
        assert "did you mean 'behaviour.retry'" in str(caught.value)
