"""Running: seeds, days, replicates, progress; the public names."""

from __future__ import annotations

import gc
import hashlib
import subprocess
import sys
from datetime import date

import numpy as np
import pytest

import sim
from sim import runs
from sim.model import CorridorModel
from sim.outputs.run_data import run_data_of
from sim.runs import draw, replicate_seed, run, run_model, run_to_data
from sim.scenario import Scenario, ScenarioError, load_scenario
from sim.scenario.quantity import Distribution
from sim.states.errors import StateError
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


def test_a_run_tells_its_days_and_stops_where_it_is_asked_to() -> None:
    told: list[int] = []
    model = run_model(tiny_scenario(days=9), until=date(2025, 10, 5), progress=told.append)
    assert (model.day, told) == (4, [1, 2, 3, 4])
    assert run_model(tiny_scenario(days=9), until=date(2025, 10, 1)).day == 0
    assert run_model(tiny_scenario(days=9), until=date(2025, 10, 10)).day == 9
    state = model.state()
    for until in (date(2025, 10, 4), date(2025, 10, 11)):
        with pytest.raises(StateError, match=f"until: found {until}; allowed: a day from 2025-10-05 to 2025-10-10"):
            run_model(tiny_scenario(days=9), state=state, until=until)
    assert run_model(tiny_scenario(days=9), state=state).day == 9
    both: list[tuple[int, int]] = []
    run(tiny_scenario(days=3), progress=lambda *days: both.append(days))
    assert both == [(1, 3), (2, 3), (3, 3)]


def test_a_window_tells_its_own_days_and_shares_the_run_before_it() -> None:
    earlier = tiny_scenario(days=9)
    own = {"start": date(2025, 10, 5), "days": 5, "begins": earlier}
    window = earlier.model_copy(update=own)
    runs._EARLIER.clear()
    told: list[int] = []
    model = run_model(window, progress=told.append)
    assert (told, model.day) == ([1, 2, 3, 4, 5], 9)
    (kept,) = runs._EARLIER
    assert (kept.day, runs.earlier_state(earlier, 4)) == (4, kept)
    days: list[int] = []
    assert runs.earlier_state(earlier, 3, days.append).day == 3
    assert (days, [one.day for one in runs._EARLIER]) == ([1, 2, 3], [4, 3])
    runs.earlier_state(earlier.model_copy(update={"seed": 2}), 4)
    assert [one.day for one in runs._EARLIER] == [3, 4]
    with pytest.raises(
        StateError, match=r"^the state: found a state beside 'tiny', which begins from the run of 'tiny';"
    ):
        run_model(window, state=kept)
    assert runs.record_of(None) == {}
    assert runs.record_of(kept) == {"file": "", "checksum": "", "date": "2025-10-05"}


def test_the_seed_of_a_replicate_is_half_a_hash() -> None:
    for seed, number in ((1, 0), (7, 3)):
        digest = hashlib.blake2b(f"{seed}:replicate:{number}".encode(), digest_size=8).digest()
        assert replicate_seed(seed, number) == int.from_bytes(digest, "little") // 2 < 2**63


def test_too_little_memory_is_told_with_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise MemoryError("no more")

    monkeypatch.setattr(runs, "begun", refuse)
    need = f"400 migrants need about {400 * runs.BYTES_PER_MIGRANT / 1e6:,.0f} MB; no more"
    with pytest.raises(MemoryError, match=need):
        run_model(tiny_scenario())
