"""Running: seeds, days, replicates, progress; the public names."""

from __future__ import annotations

import gc
import subprocess
import sys

import numpy as np
import pytest

import sim
from sim.model import CorridorModel
from sim.outputs.run_data import run_data_of
from sim.runs import draw, replicate_seed, run, run_model, run_to_data
from sim.scenario import Scenario, ScenarioError, load_scenario
from sim.scenario.quantity import Distribution
from tests.strategies import replicates_by_day, tiny_scenario

SPREAD = Distribution(kind="triangular", arguments=(0.01, 0.04, 0.09))


def uncertain(**fields: object) -> Scenario:
    return tiny_scenario({"cohorts": {"iraqis": {"leaving_rate": SPREAD}}}, **fields)


def test_a_single_run_takes_central_values_and_the_scenarios_seed() -> None:
    drawn = draw(uncertain(seed=7), 0, 1)
    assert drawn.seed == 7
    assert drawn.cohorts["iraqis"].leaving_rate == SPREAD.centre


def test_replicates_draw_parameters_and_people() -> None:
    drawn = [draw(uncertain(), k, 3) for k in range(3)]
    assert len({d.seed for d in drawn}) == 3
    assert len({d.cohorts["iraqis"].leaving_rate for d in drawn}) == 3


def test_a_model_that_is_done_with_gives_its_memory_back_at_once() -> None:
    def models() -> int:
        return sum(
            issubclass(type(thing), CorridorModel) for thing in gc.get_objects()
        )  # a dead weak proxy has no class

    gc.collect()
    gc.disable()
    try:
        before = models()
        run_to_data(tiny_scenario())
        assert models() == before
    finally:
        gc.enable()


def test_a_replicate_is_the_same_however_many_there_are() -> None:
    assert draw(uncertain(), 1, 2) == draw(uncertain(), 1, 500)
    few, more = (replicates_by_day(uncertain(days=60), number) for number in (2, 3))
    for key, block in few.blocks.items():
        if key[0] != "place":  # which places are listed depends on all replicates
            np.testing.assert_array_equal(block.values, more.blocks[key].values[:2])


def test_seeds_of_replicates_are_all_different_and_allowed() -> None:
    seeds = {replicate_seed(seed, k) for seed in range(50) for k in range(50)}
    assert len(seeds) == 2500
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_run_is_the_model_run_to_its_end() -> None:
    scenario = tiny_scenario()
    results, outcome = run(scenario), run_data_of(run_model(scenario))
    np.testing.assert_array_equal(results.blocks["status", "persons"].values[0], outcome.by_cohort.sum(axis=1))


def test_seed_and_days_take_the_place_of_the_scenarios() -> None:
    results = run(tiny_scenario(), seed=5, days=40)
    assert (results.scenario.seed, results.scenario.days, len(results.dates)) == (5, 40, 40)
    assert results.info.seeds == [5]
    assert not results.totals.equals(run(tiny_scenario(days=40)).totals)
    assert results.totals.equals(run(tiny_scenario(days=40, seed=5)).totals)


def test_a_shorter_run_is_the_start_of_a_longer_one() -> None:
    short, long = run(tiny_scenario(days=50)), run(tiny_scenario())
    for key, block in short.blocks.items():
        if key[0] != "place":
            np.testing.assert_array_equal(block.values, long.blocks[key].values[:, :50])


def test_progress_is_reported_after_each_day() -> None:
    calls: list[tuple[int, int]] = []
    run(tiny_scenario(days=4), progress=lambda done, days: calls.append((done, days)))
    assert calls == [(day, 4) for day in range(1, 5)]


@pytest.mark.parametrize(
    "arguments",
    [
        {"seed": -1},
        {"seed": 2**63},
        {"days": 0},
        {"days": 10**6},
    ],
)
def test_what_is_not_allowed_is_a_scenario_error(arguments: dict[str, int]) -> None:
    with pytest.raises(ScenarioError, match="allowed"):
        run(tiny_scenario(), **arguments)


def test_a_name_that_does_not_exist_is_a_scenario_error() -> None:
    with pytest.raises(ScenarioError, match="minsk-2021"):
        run("minsk-2020")


def test_a_shipped_scenario_runs_by_name() -> None:
    results = sim.run("minsk-2021", days=10)
    assert results.info.origin == "minsk-2021"
    assert results.scenario.title == load_scenario("minsk-2021").title


def test_public_names_are_few_and_all_there() -> None:
    assert len(sim.__all__) <= 25
    assert sorted(sim.__all__) == sim.__all__
    assert all(getattr(sim, name) is not None for name in sim.__all__)
    assert callable(sim.run)
    with pytest.raises(AttributeError, match="nothing"):
        sim.nothing  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, sim; print(sorted({'numba', 'mesa', 'pandas', 'pydantic', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
