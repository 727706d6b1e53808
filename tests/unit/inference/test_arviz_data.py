"""A posterior in ArviZ is the same posterior: means, log likelihoods, and a leave-one-out that runs on it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.inference.arviz_data import to_arviz
from sim.inference.arviz_file import check_arviz
from sim.inference.calibration_study import task_of
from sim.inference.fit_task import Posterior, Task
from sim.inference.likelihood import Likelihood
from sim.outputs.folder import OutputError
from tests.unit.inference import tiny

pytest.importorskip("arviz_base")


@pytest.fixture(scope="module")
def task(fit_record: None) -> Task:
    return task_of(tiny.loaded())


@pytest.fixture(scope="module")
def posterior(task: Task) -> Posterior:
    rng = np.random.default_rng(1)
    points = rng.standard_normal((60, len(task.space)))
    weights = rng.dirichlet(np.ones(60))
    grid = len(task.experiment.over_dispersion)
    counts = rng.poisson([max(row.middle or 1.0, 1.0) for row in task.rows], (60, len(task.rows))).astype(float)
    return Posterior(points, task.space.values(points), weights, np.full((60, grid), 1 / grid), counts)


def test_draws_have_the_weighted_means(task: Task, posterior: Posterior) -> None:
    found = to_arviz(posterior, task, 4000)
    for k, name in enumerate(task.space.names):
        expected = np.average(posterior.values[:, k], weights=posterior.weights)
        assert float(found["posterior"][name].mean()) == pytest.approx(expected, rel=0.02)
    assert found["log_likelihood"]["count"].sizes["figure"] == len(task.fitted)
    assert found.attrs["effective_particles"] == pytest.approx(posterior.effective)


def test_log_likelihoods_of_figures_add_up_to_that_of_all(task: Task, posterior: Posterior) -> None:
    likelihood = Likelihood(task.experiment, task.fitted)
    counts = posterior.counts[:, : len(task.fitted)]
    whole = likelihood.of_counts(counts)
    for k, g in enumerate(likelihood.grid):
        each = likelihood.of_each(likelihood.means(counts), np.full(len(counts), g))
        assert each.sum(axis=1) == pytest.approx(whole[:, k])


def test_without_the_extra_it_is_refused_before_the_fit_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.inference.arviz_file.find_spec", lambda name: None)
    with pytest.raises(OutputError, match=r"--arviz: found no module arviz_base.*corridor-sim\[arviz\]"):
        check_arviz()


@pytest.mark.filterwarnings("ignore:Estimated shape parameter")  # as these particles are of no figure
def test_leave_one_out_runs_on_it(task: Task, posterior: Posterior) -> None:
    stats = pytest.importorskip("arviz_stats")
    found = stats.loo(to_arviz(posterior, task, 1000), var_name="count", pointwise=True)
    assert np.isfinite(found.elpd)
    assert len(np.ravel(found.elpd_i)) == len(task.fitted)
