"""Truths: drawn from the prior, run once, published as their series are, and sought by a fit of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.inference.calibrate import Learnt
from sim.inference.fit_task import Posterior, Task, Workspace
from sim.inference.free_parameters import Space
from sim.inference.likelihood import draw_counts
from sim.inference.outcome_figures import Target
from sim.inference.sampling import stream
from sim.inference.sbc import truths
from sim.runs import replicate_seed
from tests.strategies import START
from tests.unit.inference.tiny import CONTENT, SCENARIO, loaded, row

LEARNT = Learnt(np.zeros((1, 2)), np.zeros((1, 1)), [])
OUTCOME = Target("attempts@poland", START, SCENARIO.end, None, 20.0, 40.0, 5.0)
BOUNDED = row(0, 60)._replace(low=50.0, high=70.0)


def task_for(rows: list[Any], rounding: float = 0.0) -> Task:
    series = {"poland": {**CONTENT["series"]["poland"], "rounding": rounding, "share": 0.5}}
    experiment = loaded(series=series).experiment
    return Task(experiment, SCENARIO, Space(experiment.parameters, SCENARIO), rows, [row(60, 1)], 3)


def test_a_truth_is_run_alone_and_its_figures_are_of_its_share_with_a_dispersion_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Any] = []

    def simulated(task: Task, workspace: Workspace, stage: str, points: np.ndarray, seed: int) -> np.ndarray:
        asked.append((task.others, workspace, stage, points, seed))
        return np.array([[5000.0, 1e4]])

    monkeypatch.setattr(truths, "simulate", simulated)
    task = task_for([BOUNDED, OUTCOME])
    here = Workspace(tmp_path, jobs=4, dask="tcp://somewhere", progress=lambda *_: None)
    found = truths.drawn(task, here, 6)
    rng = stream(3, "truth", 6)
    point = rng.standard_normal(2)
    [(others, workspace, stage, points, seed)] = asked
    assert (others, stage, workspace) == ([], "truth", Workspace(tmp_path, jobs=1))
    assert points.tolist() == [point.tolist()]
    assert seed == replicate_seed(replicate_seed(3, 7), 6)
    g = rng.choice([0.1, 0.3], 1)
    count = draw_counts(np.array([[2500.0]]), g[:, None], rng)[0, 0]
    outcome = rng.normal(1e4, 5.0)
    assert found is not None and found.point.tolist() == point.tolist()
    assert found.figures == [
        BOUNDED._replace(value=count, low=None, high=None),
        OUTCOME._replace(value=pytest.approx(outcome), low=None, high=None),
    ]


def test_a_truth_one_of_whose_counts_is_missing_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(truths, "simulate", lambda *_: np.array([[5.0, np.nan]]))
    assert truths.drawn(task_for([BOUNDED, OUTCOME]), Workspace(tmp_path), 0) is None


def test_a_figure_is_rounded_as_its_series_is_and_an_outcome_is_not() -> None:
    for rounding, given, value in ((0.0, 1234.4, 1234.4), (5.0, 1234.0, 1230.0), (5.0, 1236.0, 1240.0), (0.5, 7.6, 8)):
        published = truths._published(task_for([BOUNDED], rounding), BOUNDED, given)
        assert published == BOUNDED._replace(value=value, low=None, high=None)
    assert truths._published(task_for([BOUNDED], 5.0), OUTCOME, 17.3) == OUTCOME._replace(
        value=17.3, low=None, high=None
    )


def posterior(scores: list[float], weights: list[float]) -> Posterior:
    points = np.column_stack([np.zeros(len(scores)), scores])
    ones = np.ones((len(scores), 1))
    return Posterior(points, points, np.array(weights), ones, ones)


def test_a_rank_is_the_weight_below_and_intervals_are_between_weighted_quantiles() -> None:
    found = posterior([0.0, 1.0, 2.0, 3.0], [0.1, 0.4, 0.4, 0.1])  # middles at 0.05, 0.3, 0.7 and 0.95
    at = np.interp([0.25, 0.75], [0.05, 0.3, 0.7, 0.95], [0, 1, 2, 3])
    row = truths._recovered(found, 1, 2.0)
    assert row == pytest.approx(
        {"score": 2.0, "rank": 0.5, "in50": True, "in90": True, "width90": 3 / 3.2897, "effective": 1 / 0.34}
    )
    assert [truths._recovered(found, 1, truth)["rank"] for truth in (-1.0, 0.5, 9.0)] == pytest.approx([0, 0.1, 1])
    for truth, in50, in90 in (
        (at[0] - 1e-9, False, True), (at[0], True, True), (at[1], True, True), (at[1] + 1e-9, False, True),
        (0.0, False, True), (-1e-9, False, False), (3.0, False, True), (3 + 1e-9, False, False),
    ):  # fmt: skip
        row = truths._recovered(found, 1, float(truth))
        assert (row["in50"], row["in90"]) == (in50, in90), truth
    above = posterior([1.0, 2.0, 3.0, 4.0], [0.1, 0.4, 0.4, 0.1])
    assert truths._recovered(above, 1, 2.0)["width90"] == pytest.approx(3 / 3.2897)
    assert truths._recovered(posterior([0.0, 1.0], [0.7, 0.3 + 1e-12]), 1, 2.0)["rank"] == 1.0


def test_a_truth_is_sought_in_its_own_folder_by_its_own_figures_and_seed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Any] = []
    figures = [row(0, 77)]

    def drawn(task: Task, workspace: Workspace, number: int) -> Any:
        asked.append((task.fitted, workspace.folder, number))
        return None if number == 5 else truths.Truth(np.array([0.0, -1.0]), figures)

    def fitted(task: Task, workspace: Workspace, learnt: Learnt) -> Posterior:
        asked.append((task.fitted, task.others, task.seed, workspace.folder, learnt))
        return posterior([-2.0, 0.0], [0.25, 0.75])

    monkeypatch.setattr(truths, "drawn", drawn)
    monkeypatch.setattr(truths, "calibrate", fitted)
    task = task_for([BOUNDED])
    found = truths.rows_of_truth(task, Workspace(tmp_path), 4, LEARNT)
    folder = tmp_path / "truth-4"
    assert asked == [([BOUNDED], folder, 4), (figures, [], replicate_seed(3, 104), folder, LEARNT)]
    assert [(one["truth"], one["parameter"]) for one in found] == [(4, "retry"), (4, "visas")]
    assert [one["value"] for one in found] == pytest.approx([4.00697607, np.exp(-0.6)])
    assert [one["score"] for one in found] == [0, -1]
    assert [one["rank"] for one in found] == [0, 0.25]
    assert truths.rows_of_truth(task, Workspace(tmp_path), 5, LEARNT) == []


def test_truths_are_recovered_in_order_or_only_those_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    learning: list[Any] = []
    here = Workspace(tmp_path, progress=lambda *_: None)
    task = task_for([BOUNDED])

    def rows(own: Task, workspace: Workspace, number: int, learnt: Learnt) -> list[dict[str, Any]]:
        assert own is task and workspace is here and learnt is LEARNT
        return [] if number == 1 else [{"truth": number, "rank": number / 10}]

    monkeypatch.setattr(truths, "learn", lambda task, workspace: learning.append(workspace) or LEARNT)
    monkeypatch.setattr(truths, "rows_of_truth", rows)
    told: list[int] = []
    assert truths.recover(task, here, 3, told.append).to_numpy().tolist() == [[0, 0], [2, 0.2]]
    assert told == [1, 2, 3]
    assert truths.recover(task, here, 3, only=[7, 3])["truth"].tolist() == [7, 3]
    assert learning == [replace(here, progress=None)] * 2


def test_runs_of_a_truth_are_removed_and_of_no_other(tmp_path: Path) -> None:
    here = Workspace(tmp_path)
    for number in (1, 2):
        truths.folder_of(here, number).mkdir()
    truths.forget(here, 1)
    truths.forget(here, 9)  # which left nothing
    assert [file.name for file in tmp_path.iterdir()] == ["truth-2"]
