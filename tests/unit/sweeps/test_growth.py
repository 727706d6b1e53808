"""A sweep grows, and its folder stands alone: what is there is used byte for byte, and the whole equals a new one."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.outputs.folder import OutputError
from sim.scenario import ScenarioError, to_yaml
from sim.studies.plan import Plan, Size
from sim.studies.store.verify import verify
from sim.sweeps.designs import nested_latin
from sim.sweeps.experiment_text import FILE
from tests.strategies import tiny_scenario

SCENARIO = tiny_scenario({"behaviour": {"retry": {"uniform": [2, 6]}}}, days=12)


@pytest.fixture
def experiment(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "tiny.yaml").write_text(to_yaml(SCENARIO), encoding="utf-8")
    return {
        "kind": "sweep", "title": "growth", "scenario": str(tmp_path / "tiny.yaml"), "design": "sobol", "samples": 64,
        "outcomes": ["attempts", "deaths"], "parameters": {"behaviour.retry": {}},
    }  # fmt: skip


def parts(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("part-*.parquet")}


@pytest.mark.long
def test_64_samples_of_sobol_are_the_first_of_128(experiment: dict[str, Any], tmp_path: Path) -> None:
    sim.sweep(experiment, folder=tmp_path / "grown")
    before = parts(tmp_path / "grown")
    times = {name: (tmp_path / "grown" / name).stat().st_mtime_ns for name in before}
    grown = sim.sweep(tmp_path / "grown", samples=128)
    new = sim.sweep({**experiment, "samples": 128}, folder=tmp_path / "new")
    assert parts(tmp_path / "grown") == parts(tmp_path / "new")
    assert (tmp_path / "grown" / "runs.parquet").read_bytes() == (tmp_path / "new" / "runs.parquet").read_bytes()
    last = max(name.rpartition("/")[2] for name in before)  # the last chunk may be incomplete, and then is done again
    kept = [name for name in before if not name.endswith(last)]
    assert kept and all((tmp_path / "grown" / name).stat().st_mtime_ns == times[name] for name in kept)
    assert len(grown.x) == len(new.x) == 128 * 3
    assert verify(tmp_path / "grown").damage == []


@pytest.mark.parametrize(("design", "first", "then"), [("latin-hypercube", 3, 6), ("morris", 2, 5), ("grid", 1, 1)])
def test_samples_and_replicates_grow_in_any_order(
    design: str, first: int, then: int, experiment: dict[str, Any], tmp_path: Path
) -> None:
    experiment |= {"design": design, "samples": first}
    new = sim.sweep({**experiment, "samples": then, "replicates": 2}).frame().drop(columns="run")
    for order in ({"replicates": 2}, {"samples": then}), ({"samples": then}, {"replicates": 2}):
        folder = tmp_path / "-".join(name for step in order for name in step)
        sim.sweep(experiment, folder=folder)
        for step in order:
            grown = sim.sweep(folder, **step)
        pd.testing.assert_frame_equal(grown.frame().drop(columns="run"), new)


def test_a_folder_moves_and_goes_on_without_its_inputs(experiment: dict[str, Any], tmp_path: Path) -> None:
    sim.sweep({**experiment, "samples": 2}, folder=tmp_path / "a")
    shutil.move(tmp_path / "a", tmp_path / "b")
    (tmp_path / "tiny.yaml").unlink()
    again = sim.sweep(tmp_path / "b", folder=tmp_path / "c")
    assert parts(tmp_path / "b") == parts(tmp_path / "c")
    pd.testing.assert_frame_equal(sim.sweep(tmp_path / "b" / FILE).frame(), again.frame())


def test_what_cannot_grow_says_what_can(experiment: dict[str, Any], tmp_path: Path) -> None:
    experiment |= {"design": "latin-hypercube", "samples": 4}
    sim.sweep(experiment, folder=tmp_path / "s")
    with pytest.raises(OutputError, match=r"4 points, which are not the first of the 6.*grows by doubling"):
        sim.sweep(tmp_path / "s", samples=6)
    with pytest.raises(OutputError, match="grow, not shrink"):
        sim.sweep(tmp_path / "s", samples=2)
    with pytest.raises(OutputError, match=r"holds another study, which differs in .*seed"):
        sim.sweep({**experiment, "seed": 2}, folder=tmp_path / "s")
    with pytest.raises(ScenarioError, match="samples: found 0"):
        sim.sweep(tmp_path / "s", samples=0)
    assert verify(tmp_path / "s").damage == []


@given(half=st.integers(1, 40), factors=st.integers(1, 4), seed=st.integers(0, 2**62))
@settings(max_examples=30, deadline=None)
def test_half_of_a_nested_latin_hypercube_is_one(half: int, factors: int, seed: int) -> None:
    whole = nested_latin(factors, 2 * half, seed)
    for points in (whole, whole[:half]):
        for column in points.T:
            assert sorted((column * len(points)).astype(int)) == list(range(len(points)))
    np.testing.assert_array_equal(whole[:half], nested_latin(factors, half, seed))


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_runs_keep_their_numbers_as_a_plan_grows(data: st.DataObject) -> None:
    sizes = [Size(data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4)))]
    for _ in range(data.draw(st.integers(0, 3))):
        more = data.draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
        sizes.append(Size(sizes[-1].points + more[0], sizes[-1].replicates + more[1]))
    two = {"a": SCENARIO, "b": SCENARIO}
    plans = [
        Plan("sweep", two, size.replicates, points=np.zeros((size.points, 0)), before=tuple(sizes[:k]))
        for k, size in enumerate(sizes)
    ]
    for smaller, larger in pairwise(plans):
        assert list(smaller.runs) == list(larger.runs[: len(smaller.runs)])
    last = plans[-1]
    every = {(s, p, r) for s in (0, 1) for p in range(sizes[-1].points) for r in range(last.replicates)}
    assert len(last.runs) == len(every) and {(r.scenario, r.point, r.replicate) for r in last.runs} == every
    assert [run.number for run in last.runs] == list(range(len(every)))
