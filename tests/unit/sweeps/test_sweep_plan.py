"""An experiment's plan: its points are scenarios with overrides; those that ship can be run."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.outputs.folder import OutputError
from sim.scenario import to_yaml
from sim.scenario.draw import drawn_values, resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.paths import apply_overrides
from sim.studies.plan import Plan, opened
from sim.sweeps import sweep_plan
from sim.sweeps.experiment import Decision, Threshold
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.sweep_plan import describe, designed, plan_of, plan_of_folder
from sim.sweeps.threshold import plan_of_levels
from tests.unit.sweeps.small import FLIGHTS, TINY


@given(seed=st.integers(0, 2**40), replicate=st.integers(0, 3), drawn=st.booleans())
@settings(max_examples=15, deadline=None)
def test_a_point_is_the_scenario_with_overrides(seed: int, replicate: int, drawn: bool) -> None:
    points = np.array([[2.0, 0.2], [3.0, 0.1]])
    paths = ("behaviour.patience", "behaviour.giving_up")
    plan = Plan("sweep", {"a": apply_overrides(TINY, {"seed": seed})}, 4, paths=paths, points=points, drawn=drawn)
    parcel = opened(plan.parcel)
    for run in plan.runs:
        if run.replicate != replicate:
            continue
        found, values = parcel.draw(run)
        own = dict(zip(paths, points[run.point], strict=True))
        changed = apply_overrides(parcel.cases[0].scenario, own)
        people = parcel.people_seed(run)
        draws = people if drawn else None
        assert found == resolve(changed, draws).model_copy(update={"seed": people})
        assert values == {**drawn_values(changed, draws), **own}


@pytest.mark.parametrize("name", ["flights-sweep", "flights-threshold", "global-sensitivity", "robust-response"])
def test_the_experiments_that_ship_can_be_run(name: str) -> None:
    ready = read_experiment(name)
    if ready.experiment.kind == "threshold":
        assert len(plan_of_levels(ready, [0.0, 24.0]).runs) == 2 * ready.experiment.replicates
    else:
        plan = plan_of(ready)
        assert plan.points is not None
        assert len(plan.runs) == len(plan.points) * len(ready.scenarios) * plan.replicates


@pytest.fixture
def ready(tmp_path: Path) -> Any:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(to_yaml(TINY), encoding="utf-8")
    return read_experiment({
        "kind": "sweep", "title": "T", "design": "grid",
        "scenarios": [str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")],
        "levels": 2, "replicates": 3, "paired": False, "others": "drawn", "seed": 4, "description": "D",
        "outcomes": ["deaths", "entries/attempts"],
        "parameters": {"behaviour.retry": {"title": "Retry", "range": [1, 9]}, FLIGHTS: {"values": [4, 2]}},
    })  # fmt: skip


KNOBS = [
    {"name": "behaviour.retry", "unit": "days", "weights": {"behaviour.retry": 1.0}, "low": 1.0, "high": 365.0,
     "spread": {"uniform": [1.0, 9.0]}, "values": None, "centre": 5.0},
    {"name": FLIGHTS, "unit": "departures per week", "weights": {FLIGHTS: 1.0}, "low": 0.0, "high": 2000.0,
     "spread": {"choice": [4.0, 2.0]}, "values": [4.0, 2.0], "centre": 4.0},
]  # fmt: skip
ABOUT = {
    "title": "T", "description": "D", "seed": 4, "design": "grid", "levels": 2, "second_order": False, "paired": False,
    "others": "drawn", "kind": "sweep", "outcomes": ["deaths", "entries/attempts"], "name": "experiment",
    "titles": {"behaviour.retry": "Retry"}, "knobs": KNOBS,
}  # fmt: skip


def test_an_experiment_is_described_without_its_size_and_inputs(ready: Any) -> None:
    assert describe(ready) == ABOUT
    endless = ready.factors[0]._replace(low=-np.inf, high=np.inf)
    [found] = describe(dataclasses.replace(ready, factors=[endless]))["knobs"]
    assert (found["low"], found["high"]) == (-1e308, 1e308)


def test_the_plan_of_an_experiment_has_its_points_and_replicates(ready: Any) -> None:
    plan = plan_of(ready)
    assert plan.points is not None
    assert (plan.kind, plan.replicates, plan.paired, plan.drawn) == ("sweep", 3, False, True)
    assert plan.paths == ("behaviour.retry", FLIGHTS)
    assert plan.points.tolist() == [[1, 4], [1, 2], [9, 4], [9, 2]]
    assert plan.extra == {"experiment": ABOUT}
    assert plan.growth == "a design grid does not grow but by replicates"
    assert plan.outcomes == ("entries/attempts",)
    assert len(plan.runs) == 4 * 3 * 2
    central = {**ABOUT, "others": "central", "paired": True}
    other = designed("x", ready.scenarios, central, 1, 1)
    assert (other.drawn, other.paired) == (False, True)


def test_what_makes_no_plan_is_told(ready: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    search = dataclasses.replace(ready, experiment=Threshold.model_validate(
        {"kind": "threshold", "title": "t", "scenario": "a", "parameters": {"p": None}}))  # fmt: skip
    content = {"kind": "decision", "title": "t", "scenarios": ["a", "b"], "objectives": {"deaths": {}},
               "parameters": {"p": None}}  # fmt: skip
    grid = dataclasses.replace(ready, experiment=Decision.model_validate({**content, "design": "grid"}))
    for asked, text in (
        (search, "experiment: found an experiment of kind threshold; `corridor threshold` carries it out"),
        (grid, "experiment: design: found grid; allowed: latin-hypercube, sobol"),
    ):
        with pytest.raises(ScenarioError) as error:
            plan_of(asked)
        assert str(error.value) == text
    monkeypatch.setattr(sweep_plan, "MOST_RUNS", 24)
    assert len(designed("x", ready.scenarios, ABOUT, 1, 3).runs) == 24
    with pytest.raises(ScenarioError) as error:
        designed("x", ready.scenarios, ABOUT, 1, 4)
    assert str(error.value) == "x: found 32 runs; allowed: up to 24"
    monkeypatch.setattr(sweep_plan, "MOST_RUNS", 10**9)
    monkeypatch.setattr(sweep_plan, "MOST_REPLICATES", 5)
    assert designed("x", ready.scenarios, ABOUT, 1, 5).replicates == 5
    with pytest.raises(ScenarioError, match="found 48 runs"):
        designed("x", ready.scenarios, ABOUT, 1, 6)


def test_points_beyond_what_the_scenarios_allow_are_refused_at_either_end(ready: Any) -> None:
    paths = ("behaviour.retry", FLIGHTS)
    sweep_plan.check_points(ready, paths, np.array([[1.0, 0], [365, 2000]]))
    for wrong in ([[0.5, 0], [9, 9]], [[9, 9], [1, 2001.0]], [[1, -0.1], [2, 2]]):
        with pytest.raises(ScenarioError):
            sweep_plan.check_points(ready, paths, np.array(wrong, float))


def study(ready: Any, **plan: Any) -> Any:
    return SimpleNamespace(folder=Path("s"), kind="replicates", replicates=7, points=4, about={"plan": plan})


def test_the_plan_of_a_folder_is_that_of_its_description(ready: Any) -> None:
    whole = plan_of(ready)
    again = plan_of_folder(study(ready, experiment=ABOUT), ready.scenarios)
    assert again.points is not None and whole.points is not None
    np.testing.assert_array_equal(again.points, whole.points)
    assert (again.replicates, again.extra, again.paths) == (7, whole.extra, whole.paths)
    assert plan_of_folder(study(ready, experiment=ABOUT), ready.scenarios, replicates=2).replicates == 2
    knobs = [{**KNOBS[0]}, {**KNOBS[1], "values": None, "spread": {"uniform": [0, 9]}}]
    sampled = {**ABOUT, "design": "sobol", "knobs": knobs}
    assert len(plan_of_folder(study(ready, experiment=sampled), ready.scenarios, 2).points) == 8
    eight = study(ready, experiment={**sampled, "second_order": True})
    eight.points = 24
    assert len(plan_of_folder(eight, ready.scenarios).points) == 24
    with pytest.raises(OutputError) as error:
        plan_of_folder(study(ready, experiment={"kind": "threshold"}), ready.scenarios)
    assert str(error.value) == "s: a part of a larger search"


def test_the_plan_of_a_study_without_an_experiment(ready: Any) -> None:
    drawn = plan_of_folder(study(ready, twins=2, parameters="drawn"), ready.scenarios)
    assert (drawn.kind, drawn.replicates, drawn.twins, drawn.drawn, drawn.extra) == ("replicates", 7, 2, True, {})
    central = plan_of_folder(study(ready, twins=0, parameters="central values", arms=True), ready.scenarios, None, 3)
    assert (central.replicates, central.twins, central.drawn) == (3, 0, False)
    assert central.extra == {"arms": True}
