"""Files of a posterior: weighted quantiles, what was learnt, what would be published, and a scenario of particles."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
import yaml
from scipy.stats import norm, truncnorm

from sim.inference import posterior as files
from sim.inference.fit_task import Posterior, Task
from sim.inference.free_parameters import Space
from sim.inference.observations import Row
from sim.inference.posterior import (
    as_scenario,
    deviations,
    fit_table,
    joint_values,
    parameter_table,
    particles,
    predictive,
    quantiles,
)
from sim.outputs.identity import identity
from sim.scenario import load_scenario
from sim.scenario.draw import resolve
from tests.unit.inference.tiny import SCENARIO, loaded, row


def task_for(rows: list[Row], others: list[Row] | None = None, **changes: Any) -> Task:
    experiment = loaded(**changes).experiment
    return Task(experiment, SCENARIO, Space(experiment.parameters, SCENARIO), rows, others or [], 3)


def retry(score: float) -> float:
    """The value of the first parameter: log-normal within the range of its field, 1 to 365 days."""
    low, high = np.log([1 / 4, 365 / 4]) / 0.5
    return float(4 * np.exp(0.5 * truncnorm.ppf(norm.cdf(score), low, high)))


def made(task: Task, points: Any, weights: Any, counts: Any, dispersion: Any = None) -> Posterior:
    points = np.array(points, float)
    even = np.full((len(points), len(task.experiment.over_dispersion)), 1 / len(task.experiment.over_dispersion))
    chance = even if dispersion is None else np.array(dispersion, float)
    values = task.space.values(points)
    return Posterior(points, values, np.array(weights, float), chance, np.array(counts, float))


def test_quantiles_are_between_the_middles_of_the_weights() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([1.0, 2.0, 1.0])  # middles at 1/4, 5/8 and 7/8
    found = quantiles(values, weights, [0.1, 0.25, 0.4375, 0.625, 0.75, 0.875, 0.99])
    assert found == pytest.approx([1, 1, 1.5, 2, 2.5, 3, 3])
    assert quantiles(values, 7 * weights, [0.4375]) == pytest.approx([1.5])


def test_particles_are_a_row_each_with_weight_and_parameters_and_the_models_identity() -> None:
    task = task_for([row(0, 60)])
    posterior = made(task, [[0.0, 0.0], [1.0, -1.0]], [0.25, 0.75], [[50], [70]])
    content = particles(posterior, task.space)
    found = pd.read_parquet(io.BytesIO(content))
    expected = {"particle": [0, 1], "weight": [0.25, 0.75], "retry": [retry(0), retry(1)], "visas": [1, np.exp(-0.6)]}
    pd.testing.assert_frame_equal(found, pd.DataFrame(expected))
    schema = pyarrow.parquet.read_schema(io.BytesIO(content))
    assert schema.names == list(expected)
    assert identity("inference")["sha256"].encode() in b"".join(schema.metadata.values())


def test_parameters_are_told_before_and_after_and_how_much_of_the_variance_went() -> None:
    task = task_for([row(0, 60)])
    points = [[0.0, -2.0], [1.0, 2.0], [0.5, -2.0], [0.0, 2.0]]
    weights = [0.2, 0.4, 0.2, 0.2]
    found = parameter_table(made(task, points, weights, np.ones((4, 1))), task.space, 3)
    assert list(found.columns) == [
        "parameter", "title", "prior_low90", "prior_median", "prior_high90", "low90", "low50", "median", "high50",
        "high90", "learnt",
    ]  # fmt: skip
    assert found["parameter"].tolist() == ["retry", "visas"]
    assert found["title"].tolist() == ["days", "visas"]
    for k, (middle, spread) in enumerate([(4.0, 0.5), (1.0, 0.6)]):
        prior = found.loc[k, ["prior_low90", "prior_median", "prior_high90"]].to_numpy(float)
        assert prior == pytest.approx(middle * np.exp(spread * norm.ppf([0.05, 0.5, 0.95])), rel=0.06)
    # Of the first, sorted: 0 (0.2), 0 (0.2), 0.5 (0.2), 1 (0.4): middles at 0.1, 0.3, 0.5 and 0.8.
    values = [retry(0), retry(0), retry(0.5), retry(1)]
    after = np.interp([0.05, 0.25, 0.5, 0.75, 0.95], [0.1, 0.3, 0.5, 0.8], values)
    assert found.loc[0, ["low90", "low50", "median", "high50", "high90"]].to_numpy(float) == pytest.approx(after)
    mean = 0.4 + 0.1
    variance = 0.4 * mean**2 + 0.4 * (1 - mean) ** 2
    assert found.loc[0, "learnt"] == pytest.approx(1 - variance)
    assert found.loc[1, "learnt"] == 0, "the particles are further apart than the prior"


def test_each_figure_is_beside_its_prediction_and_in_an_interval_that_it_touches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [row(0, 5), row(30, 25), row(60, 24), row(90, 75)]
    below = row(0, 0)._replace(value=None, low=0.0, high=25.0)
    above = row(30, 0)._replace(value=None, low=95.0, high=None)
    others = [row(60, 76), row(90, 95), row(0, 96), row(30, 4), below, above]
    task = task_for(rows, others)
    posterior = made(task, [[0.0, 0.0]], [1.0], np.ones((1, 10)))
    asked: list[Any] = []

    def drawn(posterior: Posterior, task: Task, size: int, rng: np.random.Generator) -> np.ndarray:
        asked.append((size, rng.random()))
        return np.tile(np.arange(101.0)[:, None], (1, 10))

    monkeypatch.setattr(files, "predictive", drawn)
    found = fit_table(posterior, task)
    first = files.stream(3, "fit").random()
    assert asked == [(4000, first)]
    assert list(found.columns) == [
        "series", "period_start", "period_end", "value", "low", "high", "low90", "low50", "median", "high50", "high90",
        "fitted", "in50", "in90",
    ]  # fmt: skip
    assert (found[["low90", "low50", "median", "high50", "high90"]].to_numpy() == [5, 25, 50, 75, 95]).all()
    assert found["value"].tolist()[:8] == [5, 25, 24, 75, 76, 95, 96, 4]
    assert found["value"].tolist()[8] == 12.5 and np.isnan(found["value"].tolist()[9])
    assert found["low"].tolist() == [5, 25, 24, 75, 76, 95, 96, 4, 0, 95]
    assert found["high"].tolist() == [5, 25, 24, 75, 76, 95, 96, 4, 25, np.inf]
    assert found["period_start"].tolist() == [one.start for one in task.rows]
    assert found["period_end"].tolist() == [one.end for one in task.rows]
    assert set(found["series"]) == {"poland"}
    assert found["fitted"].tolist() == [True] * 4 + [False] * 6
    assert found["in50"].tolist() == [False, True, False, True, False, False, False, False, True, False]
    assert found["in90"].tolist() == [True, True, True, True, True, True, False, False, True, True]


def test_what_would_be_published_is_drawn_of_each_particle_by_weight_and_with_its_dispersion() -> None:
    task = task_for([row(0, 60)], [row(30, 70)])
    counts = [[100, 400], [10_000, 90_000]]
    posterior = made(task, [[0, 0], [1, 1]], [0.25, 0.75], counts, [[1, 0], [0, 1]])
    found = predictive(posterior, task, 8000, np.random.default_rng(1))
    assert found.shape == (8000, 2)
    few = found[:, 0] < 1000
    assert few.sum() == 2000
    for part, means, g in ((found[few], counts[0], 0.1), (found[~few], counts[1], 0.3)):
        for column, mean in zip(part.T, means, strict=True):
            assert column.mean() == pytest.approx(mean, rel=0.02)
            assert column.std() == pytest.approx(np.sqrt(mean + (g * mean) ** 2), rel=0.05)
    mixed = made(task, [[0, 0]], [1.0], [[1e6, 1e6]], [[0.5, 0.5]])
    spread = predictive(mixed, task, 8000, np.random.default_rng(2)).std(axis=0) / 1e6
    assert spread == pytest.approx(np.sqrt([0.05, 0.05]), rel=0.04)
    rounded = made(task, [[0, 0]], [1.0], [[1e6, np.nan]], [[0.0, 0.0]])  # chances that do not quite reach one
    last = predictive(rounded, task, 4000, np.random.default_rng(3))
    assert last[:, 0].std() / 1e6 == pytest.approx(0.3, rel=0.05)
    assert last[:, 1].max() < 10, "what failed has half an event"


def test_deviations_are_from_the_weighted_mean_in_weighted_spreads() -> None:
    values = np.array([[0.0, 5.0], [4.0, 5.0]])
    assert deviations(values, np.array([0.75, 0.25])) == pytest.approx(
        np.array([[-1 / np.sqrt(3), 0], [np.sqrt(3), 0]])
    )


def test_values_of_particles_are_joint_with_four_digits_or_one_number() -> None:
    assert joint_values(np.array([1.23456, 1234.56, 0.000123456])) == {"joint": [1.235, 1235.0, 0.0001235]}
    assert joint_values(np.array([2.00001, 2.00002])) == 2.0
    assert joint_values(np.array([2.001, 2.002])) == {"joint": [2.001, 2.002]}


def test_a_scenario_has_the_particles_whole_and_the_middle_one_first() -> None:
    task = task_for([row(0, 60)])
    points = np.array([[-1.5, 0.5], [0.1, 0.0], [1.5, -0.5], [2.5, 2.5]])
    weights = [0.3, 0.4, 0.3, 0.0]
    posterior = made(task, points, weights, [[55], [60], [66], [900]])
    content = yaml.safe_load(as_scenario(posterior, task, "tiny.yaml", "t" * 300))
    assert content["title"] == "t" * 200
    assert content["days"] == 120, "the whole scenario is written, as its parent does not ship"
    days = content["behaviour"]["retry"]["joint"]
    visas = next(iter(content["transit_states"]["belarus"]["visas"].values()))["joint"]
    pairs = list(zip(days, visas, strict=True))
    assert len(pairs) == 100
    expected = [(float(f"{retry(a):.4g}"), float(f"{7.5 * np.exp(0.6 * b):.4g}")) for a, b in points.tolist()]
    assert [pairs.count(pair) for pair in expected] == [30, 40, 30, 0]
    assert pairs[0] == expected[1]
    assert pairs[1:41] != sorted(pairs[1:41]), "in no order"


def test_the_nearest_particle_is_near_in_figures_and_parameters_alike() -> None:
    task = task_for([row(0, 60), row(30, 60)], [row(60, 70)])
    points = [[-1, -1], [0.0, 0.0], [0.1, 0.0], [1, 1]]
    counts = [[50, 50, 1], [10, 400, 1], [50, 50, 9e9], [60, 60, 1]]
    posterior = made(task, points, [0.25] * 4, counts)
    logs = np.log(np.array(counts)[:, :2].astype(float))
    expected = sum(
        (((one - one.mean(axis=0)) / one.std(axis=0)) ** 2).mean(axis=1) for one in (logs, np.array(points, float))
    )
    assert files._distances(posterior, task) == pytest.approx(expected)
    assert int(np.argmin(expected)) == 2


def test_a_scenario_that_extends_one_that_ships_has_its_length_and_changes_alone() -> None:
    scenario = load_scenario("minsk-2021")
    task = task_for([row(0, 60)])
    entries = {name: task.experiment.parameters[name] for name in ("retry",)}
    short = scenario.model_copy(update={"days": 30})
    own = replace(task, scenario=short, space=Space(entries, short))
    posterior = made(own, [[0.0], [1.0]], [0.5, 0.5], [[50], [70]])
    content = yaml.safe_load(as_scenario(posterior, own, "minsk-2021", "fitted"))
    assert set(content) == {"extends", "title", "behaviour"}
    assert content["extends"] == "minsk-2021" and content["title"] == "fitted"
    assert sorted(set(content["behaviour"]["retry"]["joint"])) == [4.007, 6.601]
    assert resolve(scenario).days == 245
