"""Halving finds the levels at which replicates tip over, and says how well they are known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.outputs.folder import OutputError, UnfinishedError
from sim.scenario import to_yaml
from sim.scenario.errors import ScenarioError
from sim.studies.work.executors import Serial
from sim.sweeps.experiment_files import read_experiment
from sim.sweeps.threshold import ABOVE, BELOW, FOUND, Seen, Tipping, caveats, search, tipping_points
from tests.strategies import START, tiny_scenario

P = (0.1, 0.5, 0.9)


def found_of(thresholds: np.ndarray, halvings: int = 7) -> tuple[Tipping, list[float]]:
    """A search over [0, 1] where replicate r tips over at place p from thresholds[r, p] on."""
    looked: list[float] = []

    def look(levels: list[float]) -> list[Seen]:
        looked.extend(levels)
        return [Seen(level >= thresholds, np.ones(len(thresholds), bool)) for level in levels]

    places = [f"p{k}" for k in range(thresholds.shape[1])]
    return search(0.0, 1.0, halvings, P, places, look), looked


@given(seed=st.integers(0, 10**6), replicates=st.integers(5, 80), places=st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_the_level_is_the_quantile_of_the_replicates_thresholds(seed: int, replicates: int, places: int) -> None:
    thresholds = np.random.default_rng(seed).random((replicates, places))
    found, looked = found_of(thresholds)
    assert len(set(looked)) == len(looked)
    step = 1 / 2**7
    table = found.table().set_index(["name", "probability"])
    for k in range(places):
        for p in P:
            row = table.loc[(f"p{k}", p)]
            exact = np.sort(thresholds[:, k])[max(int(np.ceil(p * replicates - 1e-9)), 1) - 1]
            if row["state"] == FOUND:
                assert abs(row["level"] - exact) <= step
                assert row["low"] - 1e-12 <= row["level"] <= row["high"] + 1e-12
            else:
                assert exact < step or exact > 1 - step
        assert table.loc[f"p{k}"]["level"].dropna().is_monotonic_increasing
    assert (found.reversals() == 0).all()


def test_intervals_hold_the_true_quantile_nine_times_in_ten() -> None:
    generator = np.random.default_rng(3)
    held = []
    for _ in range(60):
        found, _ = found_of(generator.beta(4, 4, (60, 1)), 6)
        row = found.table().set_index("probability").loc[0.5]
        held.append(row["low"] <= 0.5 <= row["high"])
    assert np.mean(held) >= 0.85


def test_what_lies_outside_the_range_is_said() -> None:
    thresholds = np.column_stack([np.full(20, -1.0), np.full(20, 5.0), np.linspace(0.2, 3, 20)])
    table = found_of(thresholds)[0].table().set_index(["name", "probability"])
    assert set(table.loc["p0"]["state"]) == {BELOW}
    assert set(table.loc["p1"]["state"]) == {ABOVE}
    assert list(table.loc["p2"]["state"]) == [FOUND, ABOVE, ABOVE]
    assert table.loc["p0"]["level"].isna().all()
    assert (table.loc["p1"]["high"] == np.inf).all()
    assert (table.loc["p1"]["low"] <= 1).all()


def test_few_levels_are_run() -> None:
    found, looked = found_of(np.full((30, 1), 0.4), 10)
    assert len(looked) <= 12
    assert found.table()["level"].to_numpy() == pytest.approx(0.4, abs=1e-3)


def test_those_that_tip_back_are_counted() -> None:
    back = Tipping(0, 1, 1, (0.5,), ["a"], {})
    shown = [[False, False], [True, True], [False, True]]
    for number, over in enumerate(shown):
        back.seen[number] = Seen(np.array(over)[:, None], np.ones(2, bool))
    assert back.reversals().tolist() == [0.5]
    assert back.curves()["probability"].tolist() == [0.0, 1.0, 0.5]


def test_replicates_that_failed_count_nowhere() -> None:
    found = Tipping(0, 1, 1, (0.5,), ["a"], {})
    found.seen[0] = Seen(np.zeros((4, 1), bool), np.array([True, True, True, False]))
    found.seen[2] = Seen(np.ones((4, 1), bool), np.array([True, True, False, True]))
    assert found.replicates == 2
    with pytest.raises(OutputError, match="failed"):
        search(0, 1, 2, P, ["a"], lambda levels: [Seen(np.zeros((3, 1), bool), np.zeros(3, bool))] * len(levels))


FILE = f"""
kind: threshold
title: tiny threshold
scenario: tiny.yaml
level: agency
halvings: 3
replicates: 6
parameters:
  flights: {{paths: {{carriers.airline-iq.services.baghdad-minsk.weekly.{START}: 1}}, range: [0, 24]}}
"""


def test_from_a_file_and_again_from_what_is_there(tmp_path: Path) -> None:
    scenario = tiny_scenario({"behaviour": {"retry": {"uniform": [2, 5]}}}, days=60)
    (tmp_path / "tiny.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    (tmp_path / "t.yaml").write_text(FILE, encoding="utf-8")
    ready = read_experiment(tmp_path / "t.yaml")
    first = tipping_points(ready, tmp_path / "out", place=Serial)
    again = tipping_points(ready, tmp_path / "out", place=Serial)
    assert first.table().equals(again.table())
    assert first.places == ["lithuania", "poland"]
    assert first.curves().groupby("name")["probability"].apply(lambda p: p.iloc[-1] >= p.iloc[0]).all()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("level: agency", "where: days_over@poland > 0", r"t\.yaml:5: where: .*without @"),
        ("level: agency", "where: boarded > 0", r"t\.yaml:5: where: "),
        ("level: agency", "where: days_over = 0", r"t\.yaml:5: where: .*allowed"),
        ("halvings: 3", "probabilities: [0, 2]", r"probabilities: found"),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, message: str) -> None:
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=20)), encoding="utf-8")
    (tmp_path / "t.yaml").write_text(FILE.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError, match=message):
        read_experiment(tmp_path / "t.yaml")


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_a_falling_response_is_the_mirror_of_a_rising_one(seed: int) -> None:
    thresholds = np.random.default_rng(seed).random((40, 2))
    rising, _ = found_of(thresholds, 6)

    def look(levels: list[float]) -> list[Seen]:
        return [Seen(1 - level >= thresholds, np.ones(40, bool)) for level in levels]

    falling = search(0.0, 1.0, 6, P, ["p0", "p1"], look, falling=True)
    one, other = rising.table(), falling.table()
    np.testing.assert_allclose(other["level"], 1 - one["level"])
    np.testing.assert_allclose(other["low"], 1 - one["high"])
    np.testing.assert_allclose(other["high"], 1 - one["low"])
    curve = falling.curves()
    assert curve.groupby("name")["level"].apply(lambda own: own.is_monotonic_increasing).all()
    assert caveats(falling) == []


def test_a_response_the_other_way_round_is_told() -> None:
    def look(levels: list[float]) -> list[Seen]:
        return [Seen(np.full((10, 1), level < 0.4), np.ones(10, bool)) for level in levels]

    assert "`response: falling` may fit" in caveats(search(0.0, 1.0, 4, P, ["a"], look))[0]
    none = Seen(np.zeros((10, 1), bool), np.ones(10, bool))
    nothing = search(0.0, 1.0, 4, P, ["a"], lambda levels: [none] * len(levels))
    assert "never moved" in caveats(nothing)[0]


def _experiment(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    scenario = tiny_scenario({"behaviour": {"retry": {"uniform": [2, 5]}}}, days=25)
    (tmp_path / "tiny.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    path = f"carriers.airline-iq.services.baghdad-minsk.weekly.{START}"
    return {
        "kind": "threshold", "title": "tiny", "scenario": str(tmp_path / "tiny.yaml"), "level": "all", "halvings": 3,
        "replicates": 4, "probabilities": [0.5], "where": "attempts[2025-10-08..2025-10-25] > 50",
        "parameters": {"flights": {"paths": {path: 1}, "range": [0, 24]}}, **changes,
    }  # fmt: skip


def test_replicates_are_added_to_what_is_there_and_equal_a_new_search(tmp_path: Path) -> None:
    experiment = _experiment(tmp_path)
    sim.threshold(experiment, folder=tmp_path / "s")
    files = {f: f.stat().st_mtime_ns for f in tmp_path.glob("s/round-0/scenarios/*.yaml")}
    grown = sim.threshold(experiment, replicates=7, folder=tmp_path / "s")
    new = sim.threshold({**experiment, "replicates": 7})
    pd.testing.assert_frame_equal(grown.table(), new.table())
    pd.testing.assert_frame_equal(grown.curves(), new.curves())
    assert grown.replicates == 7
    assert {f: f.stat().st_mtime_ns for f in tmp_path.glob("s/round-0/scenarios/*.yaml")} == files
    with pytest.raises(OutputError, match="grow, not shrink"):
        sim.threshold(experiment, folder=tmp_path / "s")
    with pytest.raises(OutputError, match="holds another study"):
        sim.threshold({**experiment, "replicates": 7, "where": "deaths > 1"}, folder=tmp_path / "s")


@pytest.mark.parametrize(("response", "condition"), [("rising", "> 50"), ("falling", "< 30")])
def test_the_folder_of_a_search_stands_alone(tmp_path: Path, response: str, condition: str) -> None:
    """Moved elsewhere, without its experiment and scenario, it goes on, grows, and is run anew to the same result."""
    where = f"attempts[2025-10-08..2025-10-24] {condition}"
    experiment = _experiment(tmp_path, response=response, where=where, set={"days": 24})
    whole, grown = sim.threshold(experiment, folder=tmp_path / "s"), sim.threshold(experiment, replicates=5)
    (tmp_path / "tiny.yaml").unlink()
    (tmp_path / "s").rename(tmp_path / "moved")
    anew = sim.threshold(tmp_path / "moved", folder=tmp_path / "anew")
    records = [json.loads((tmp_path / f / "round-1" / "study.json").read_text("utf-8")) for f in ("moved", "anew")]
    assert records[0]["plan"] == records[1]["plan"]
    (last,) = [max((tmp_path / "moved").glob("round-*"))]
    shutil.rmtree(last)
    there = {f: f.stat().st_mtime_ns for f in tmp_path.glob("moved/round-0/*.yaml")}
    for found in (anew, sim.threshold(tmp_path / "moved")):
        pd.testing.assert_frame_equal(found.table(), whole.table())
        pd.testing.assert_frame_equal(found.curves(), whole.curves())
    assert last.is_dir() and {f: f.stat().st_mtime_ns for f in tmp_path.glob("moved/round-0/*.yaml")} == there
    pd.testing.assert_frame_equal(sim.threshold(tmp_path / "moved", replicates=5).table(), grown.table())
    with pytest.raises(OutputError, match=r"corridor threshold .*moved` goes on with it"):
        sim.sweep(tmp_path / "moved")
    with pytest.raises(OutputError, match="holds a study of kind threshold; allowed: the folder of a search"):
        sim.threshold(tmp_path / "moved" / "round-0")


def test_shards_do_a_search_together(tmp_path: Path) -> None:
    experiment = _experiment(tmp_path)
    whole = sim.threshold(experiment)
    for _ in range(12):
        for part in (1, 2):
            try:
                found = sim.threshold(experiment, folder=tmp_path / "s", shard=(part, 2))
            except UnfinishedError:
                continue
            pd.testing.assert_frame_equal(found.table(), whole.table())
            return
    raise AssertionError("the shards never ended")
