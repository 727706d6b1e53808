"""Calibrations from end to end, on the tiny scenario."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.inference import calibrate
from sim.inference.calibration_experiment import load_experiment
from sim.inference.calibration_study import task_of
from sim.inference.fit_task import Posterior, Task, Workspace
from sim.inference.free_parameters import Space
from sim.inference.likelihood import Likelihood
from sim.inference.observations import Row, known
from sim.inference.sampling import design, stream
from sim.outputs.folder import OutputError
from sim.runs import replicate_seed
from tests.unit.inference.tiny import ORIGIN, SCENARIO, fit, loaded, row, same


@pytest.mark.long
def test_the_posterior_is_the_same_in_a_pool(serial: tuple[Posterior, Path], tmp_path: Path) -> None:
    assert same(serial[0], fit(Workspace(tmp_path, jobs=2)))


def test_figures_narrow_what_is_thought_of_the_parameters(serial: tuple[Posterior, Path]) -> None:
    posterior = serial[0]
    assert posterior.weights.sum() == pytest.approx(1)
    assert 1 <= posterior.effective <= len(posterior.weights)
    spread = [np.sqrt(np.average((z - np.average(z, weights=posterior.weights)) ** 2, weights=posterior.weights))
              for z in posterior.points.T]  # fmt: skip
    assert min(spread) < 0.9


def test_rows_outside_the_run_are_not_fitted() -> None:
    experiment = load_experiment("minsk-2021")
    task = task_of(experiment)
    assert {row.start.year for row in task.fitted} == {2021}
    assert min(row.start for row in task.fitted) >= experiment.scenario.start
    assert replace(task, fitted=[]).rows == task.others
    assert not set(known(task.fitted, experiment.scenario.start))


class Model:
    """A model without chance: the first count doubles with each score of the second parameter; notes what is run."""

    def __init__(self, fails: Any = None) -> None:
        self.stages: list[str] = []
        self.seeds: list[int] = []
        self.points: list[np.ndarray] = []
        self.fails = fails or (lambda stage, points: np.zeros(len(points), bool))

    def __call__(self, task: Task, workspace: Workspace, stage: str, points: np.ndarray, seed: int) -> np.ndarray:
        self.stages.append(stage)
        self.seeds.append(seed)
        self.points.append(points)
        counts = np.full((len(points), len(task.rows)), 7.0)
        counts[:, 0] = 100 * 2 ** points[:, 1]
        counts[self.fails(stage, points)] = np.nan
        return counts


def own_task(rows: list[Row], others: list[Row] | None = None, origin: Any = None, **smc: Any) -> Task:
    sizes = {"runs": 24, "waves": 1, "wave_runs": 12, "training": 30}
    sizes |= {key: smc.pop(key) for key in list(smc) if key in sizes}
    settings = {"particles": 60, "generations": 2, "enough": 1.0, "steps": 30, **smc}
    experiment = loaded(history_matching=sizes, smc=settings).experiment
    space = Space(experiment.parameters, SCENARIO, origin)
    return Task(experiment, SCENARIO, space, rows, others or [], 3)


HERE = Workspace(Path("nowhere"))


def fitted(monkeypatch: pytest.MonkeyPatch, task: Task, model: Model, learnt: Any = None) -> Posterior:
    monkeypatch.setattr(calibrate, "simulate", model)
    return calibrate.calibrate(task, HERE, learnt)


def test_a_fit_is_a_design_waves_and_generations_each_with_a_seed_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    model, task = Model(lambda stage, points: np.arange(len(points)) < 2 * (stage == "wave-1")), own_task([row(0, 200)])
    task.others = [row(30, 1)]
    done = fitted(monkeypatch, task, model)
    assert model.stages == ["design", "wave-1", "generation-1", "generation-2"]
    assert model.seeds == [replicate_seed(3, 1000 + k) for k in (1, 2, 3, 4)]
    assert [len(points) for points in model.points] == [24, 12, 60, 60]
    assert np.array_equal(model.points[0], design(24, 2, 3))
    assert (done.runs, done.failed) == (156, 2)
    assert np.array_equal(done.points, np.concatenate(model.points[2:]))
    assert np.array_equal(done.values, task.space.values(done.points))
    assert done.counts[:, 0] == pytest.approx(100 * 2 ** done.points[:, 1])
    assert (done.counts[:, 1] == 7).all(), "other rows are counted too"
    by_g = Likelihood(task.experiment, task.fitted).of_counts(done.counts[:, :1])
    assert done.dispersion == pytest.approx(np.exp(by_g) / np.exp(by_g).sum(axis=1)[:, None])
    waves = done.waves
    assert [(one["stage"], one["runs"], one["failed"]) for one in waves] == [
        ("design", 24, 0), ("wave 1", 12, 2), ("generation 1", 60, 0), ("generation 2", 60, 0)
    ]  # fmt: skip
    assert [sorted(one.keys() - {"stage", "runs", "failed"}) for one in waves] == [
        [], ["left", "within_2_sd"], ["effective", "within_2_sd"], ["effective", "within_2_sd"]
    ]  # fmt: skip
    assert waves[3]["effective"] == pytest.approx(done.effective)
    assert waves[2]["effective"] < 60
    assert waves[2]["within_2_sd"] > 0.8


def test_the_weighted_particles_are_the_posterior_by_integration(monkeypatch: pytest.MonkeyPatch) -> None:
    task = own_task([row(0, 200)], particles=400, steps=60, waves=0, runs=40)
    done = fitted(monkeypatch, task, Model())
    scores = np.linspace(-5, 5, 2001)
    likelihood = Likelihood(task.experiment, task.fitted)
    logs = likelihood.marginal(likelihood.of_counts(100 * 2 ** scores[:, None])) - scores**2 / 2
    chance = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    mean = (chance * scores).sum()
    spread = np.sqrt((chance * (scores - mean) ** 2).sum())
    found = np.average(done.points, axis=0, weights=done.weights)
    assert found == pytest.approx([0, mean], abs=0.12)
    deviation = np.sqrt(np.average((done.points - found) ** 2, axis=0, weights=done.weights))
    assert deviation == pytest.approx([1, spread], rel=0.12)
    assert 0.5 < mean < 1 and spread < 0.5
    assert done.effective > 300


@pytest.mark.parametrize(("enough", "generations"), [(0.01, 1), (1.0, 2)])
def test_generations_follow_until_enough_particles_are_effective(
    monkeypatch: pytest.MonkeyPatch, enough: float, generations: int
) -> None:
    model = Model()
    fitted(monkeypatch, own_task([row(0, 200)], enough=enough, generations=3, waves=0, particles=16), model)
    assert model.stages == ["design", *(f"generation-{k}" for k in range(1, generations + 1))]


def test_without_figures_the_particles_are_draws_of_the_prior_but_those_that_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Model(lambda stage, points: np.arange(len(points)) < 10)
    done = fitted(monkeypatch, own_task([], [row(0, 1)], ORIGIN), model)
    rng = stream(3, "prior")
    expected = np.empty((60, 3))
    expected[:, :2] = rng.standard_normal((60, 2))
    expected[:, 2:] = rng.standard_normal((60, 1))  # of the parameter ahead, which nothing informs
    assert model.stages == ["prior"] and np.array_equal(done.points, expected)
    assert done.weights.tolist() == [0] * 10 + [1 / 50] * 50
    assert done.waves == [{"stage": "prior", "runs": 60, "failed": 10}]
    assert (done.dispersion == 0.5).all() and done.dispersion.shape == (60, 2)
    assert (done.runs, done.failed) == (60, 10)
    assert np.array_equal(done.values, own_task([], [], ORIGIN).space.values(expected))


def test_parameters_that_nothing_informs_are_drawn_from_their_prior_beside_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = Model()
    task = own_task([row(0, 200)], origin=ORIGIN, waves=0, generations=1)
    assert task.space.informed.tolist() == [True, True, False]
    done = fitted(monkeypatch, task, model)
    assert np.array_equal(model.points[0][:, :2], design(24, 2, 3))
    assert np.array_equal(model.points[0][:, 2], stream(3, "design").standard_normal((24, 1))[:, 0])
    assert np.array_equal(done.points, model.points[1])
    assert 0.7 < done.points[:, 2].std() < 1.3 and len(set(done.points[:, 2])) == 60


@pytest.mark.parametrize("failed", [9, 10])
def test_a_stage_of_which_more_than_nine_tenths_fail_ends_the_fit(monkeypatch: pytest.MonkeyPatch, failed: int) -> None:
    model = Model(lambda stage, points: np.arange(len(points)) < failed)
    task = own_task([], [row(0, 1)], particles=10)
    if failed == 9:
        assert fitted(monkeypatch, task, model).failed == 9
        return
    words = r"nowhere.prior: 10 of 10 runs failed \(its table `runs` says why\) or lack an outcome"
    with pytest.raises(OutputError, match=words):
        fitted(monkeypatch, task, model)


def test_what_was_learnt_replaces_the_design_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    task = own_task([row(0, 200)], generations=1)
    plain = fitted(monkeypatch, task, Model())
    learnt = calibrate.learn(task, HERE)
    assert np.array_equal(learnt.points, design(24, 2, 3))
    assert learnt.counts[:, 0] == pytest.approx(100 * 2 ** learnt.points[:, 1]) and len(learnt.kernels) == 1
    again = Model()
    later = fitted(monkeypatch, task, again, learnt)
    assert again.stages == ["wave-1", "generation-1"]
    assert again.seeds == [replicate_seed(3, 1001), replicate_seed(3, 1002)]
    assert len(later.points) == len(plain.points) == 60
    assert later.runs == plain.runs - 24


def test_emulators_are_trained_on_the_least_implausible_runs_and_keep_their_kernels_after_the_first_wave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calibrate, "simulate", Model())
    one = calibrate._Calibration(own_task([row(0, 200)], training=20), HERE)
    points = np.column_stack([np.linspace(-1, 1, 41), np.linspace(-3, 3, 41)])
    counts = 100 * 2 ** points[:, 1:]
    counts[20] = np.nan  # a run that failed
    one._learn("design", points, counts, None)
    first = one.emulator()
    off = np.abs(np.log(counts[:, 0] / 200)) / np.sqrt(1 / counts[:, 0] + np.log(1.09))
    chosen = np.sort(np.argsort(np.where(np.isnan(off), np.inf, off), kind="stable")[:20])
    assert len(first.points) == 20 and set(map(tuple, first.points)) == set(map(tuple, points[chosen]))
    assert (np.diff(first.points[:, 1]) > 0).all(), "in the order in which they were run"
    assert one.emulator().kernels is first.kernels, "more runs than the design has"
    whole = calibrate._Calibration(own_task([row(0, 200)]), HERE)
    whole._learn("design", points[:24], 100 * 2 ** points[:24, 1:], None)
    design_ = whole.emulator()
    assert len(design_.points) == 24 and whole.kernels is None
    learnt = calibrate.Learnt(points[:24], 100 * 2 ** points[:24, 1:], design_.kernels)
    later = calibrate._Calibration(own_task([row(0, 200)]), HERE, learnt)
    assert later.emulator().kernels is design_.kernels
    later._learn("wave 1", points[24:26], 100 * 2 ** points[24:26, 1:], None)
    assert later.emulator().kernels is not design_.kernels, "they are fitted once more"


def test_a_wave_says_how_many_runs_were_within_two_deviations_of_what_emulators_said() -> None:
    class Sure:
        def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return np.log(np.full((len(points), 1), 100.0)), np.full((len(points), 1), 0.5)

    one = calibrate._Calibration(own_task([row(0, 200)]), HERE)
    counts = 100 * np.exp([[0.5], [0.99], [1.01], [-1.2], [np.nan]])
    one._learn("wave 1", np.zeros((5, 2)), np.hstack([counts, counts]), Sure(), left=0.25)  # type: ignore[arg-type]
    assert one.waves == [{"stage": "wave 1", "runs": 5, "failed": 1, "left": 0.25, "within_2_sd": 2 / 5}]
    assert one.points.shape == (5, 2) and np.array_equal(one.counts, counts, equal_nan=True)
