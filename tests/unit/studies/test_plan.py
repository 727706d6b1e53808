"""A study is known before its first run, and a larger one begins with the smaller."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.runs import draw
from sim.studies.plan import MOST_IN_CHUNK, Plan, Run, opened
from tests.strategies import tiny_scenario

TINY = tiny_scenario(days=30)
SPREAD = tiny_scenario({"behaviour": {"retry": {"uniform": [1, 9]}, "giving_up": {"uniform": [0.01, 0.2]}}}, days=30)


def plans(**fields: object) -> Plan:
    return Plan(**({"kind": "compare", "scenarios": {"a": SPREAD, "b": TINY}, "replicates": 4} | fields))  # type: ignore[arg-type]


@given(few=st.integers(1, 30), more=st.integers(0, 30), twins=st.integers(0, 40), points=st.integers(0, 3))
def test_a_larger_study_begins_with_the_smaller(few: int, more: int, twins: int, points: int) -> None:
    matrix = np.zeros((points, 1)) if points else None
    small, large = (plans(replicates=n, twins=twins, points=matrix) for n in (few, few + more))
    if matrix is None or more == 0:
        assert large.runs[: len(small.runs)] == small.runs
    assert [run.number for run in large.runs] == list(range(len(large.runs)))
    assert len({run._replace(number=0) for run in large.runs}) == len(large.runs)


@given(st.integers(1, 200))
def test_chunks_hold_each_run_once_in_order(replicates: int) -> None:
    plan = plans(replicates=replicates)
    assert [run for chunk in plan.chunks() for run in chunk] == list(plan.runs)
    assert {len(chunk) for chunk in plan.chunks()[:-1]} <= {plan.chunk}
    assert 1 <= plan.chunk <= MOST_IN_CHUNK


def test_scenarios_of_a_replicate_share_people_and_parameters() -> None:
    plan = plans()
    parcel = opened(plan.parcel)
    seeds = {run.replicate: set() for run in plan.runs}
    for run in plan.runs:
        scenario, _ = parcel.draw(run)
        seeds[run.replicate].add(scenario.seed)
    assert all(len(own) == 1 for own in seeds.values())
    assert len(set.union(*seeds.values())) == plan.replicates


def test_replicates_are_those_of_a_run_without_a_study() -> None:
    parcel = opened(plans(scenarios={"a": SPREAD}).parcel)
    for number in range(4):
        found, values = parcel.draw(Run(number, 0, -1, number, False))
        assert found.model_dump() == draw(SPREAD, number, 4).model_dump()
        assert values == {"behaviour.retry": found.behaviour.retry, "behaviour.giving_up": found.behaviour.giving_up}


def test_a_twin_has_the_parameters_and_other_people() -> None:
    parcel = opened(plans(twins=1).parcel)
    one, twin = (parcel.draw(Run(0, 0, -1, 0, twin)) for twin in (False, True))
    assert one[1] == twin[1]
    assert one[0].seed != twin[0].seed


def test_a_single_replicate_takes_central_values() -> None:
    scenario, values = opened(plans(replicates=1).parcel).draw(Run(0, 0, -1, 0, False))
    assert scenario.seed == SPREAD.seed
    assert values == {"behaviour.retry": 5.0, "behaviour.giving_up": pytest.approx(0.105)}


@pytest.mark.parametrize("paired", [True, False])
def test_points_set_parameters_on_the_same_people_or_on_others(paired: bool) -> None:
    points = np.array([[2.0], [3.0]])
    plan = Plan("sweep", {"a": TINY}, paths=("behaviour.retry",), points=points, paired=paired)
    drawn = [opened(plan.parcel).draw(run) for run in plan.runs]
    assert [scenario.behaviour.retry for scenario, _ in drawn] == [2.0, 3.0]
    assert [values["behaviour.retry"] for _, values in drawn] == [2.0, 3.0]
    assert (drawn[0][0].seed == drawn[1][0].seed) == paired


def test_a_description_tells_plans_apart_but_for_their_size() -> None:
    assert plans().describe() == plans(replicates=9).describe()
    others = (
        plans(kind="sweep"),
        plans(scenarios={"a": TINY}),
        plans(twins=1),
        plans(paths=("x",)),
        plans(drawn=False),
    )
    assert all(other.describe() != plans().describe() for other in others)
