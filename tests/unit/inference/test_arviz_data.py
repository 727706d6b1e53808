"""A posterior in ArviZ is the same posterior: means, log likelihoods, and a leave-one-out that runs on it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.inference.arviz_data import to_arviz
from sim.inference.arviz_file import check_arviz, write_arviz
from sim.inference.calibration_study import task_of
from sim.inference.fit_task import Posterior, Task
from sim.inference.likelihood import Likelihood
from sim.inference.sampling import stream
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


def test_the_tree_is_of_the_particles_that_were_drawn_and_their_figures(task: Task, posterior: Posterior) -> None:
    own = replace(posterior, dispersion=np.tile([0.0, 1.0], (60, 1)))
    found = to_arviz(own, task, 500)
    rng = stream(task.seed, "arviz")
    chosen = own.resample(500, rng)
    sample = found["posterior"]
    for k, name in enumerate(task.space.names):
        assert np.array_equal(sample[name].values, own.values[None, chosen, k])
    assert (sample["over_dispersion"].values == 0.3).all() and sample["over_dispersion"].shape == (1, 500)
    assert np.array_equal(found["sample_stats"]["weight"].values, own.weights[None, chosen])
    likelihood = Likelihood(task.experiment, task.fitted)
    mean = likelihood.means(own.counts[chosen])
    logs = found["log_likelihood"]["count"].values
    assert logs[0] == pytest.approx(likelihood.of_each(mean, np.full(500, 0.3)))
    rng.random((500, 1))
    prior = task.space.values(rng.standard_normal((500, len(task.space))))
    for k, name in enumerate(task.space.names):
        assert np.array_equal(found["prior"][name].values, prior[None, :, k])
    drawn = likelihood.drawn(mean, np.full(500, 0.3), rng)
    assert np.array_equal(found["posterior_predictive"]["count"].values, drawn[None])
    assert found["observed_data"]["count"].values.tolist() == [60, 150, 160, 120]
    assert found["observed_data"]["figure"].values.tolist()[0] == "poland 2025-10-01 to 2025-10-30"
    assert found["constant_data"]["low"].values.tolist() == likelihood.low.tolist()
    assert found["constant_data"]["high"].values.tolist() == likelihood.high.tolist()
    assert found.attrs["particles"] == 60


def test_the_middle_of_a_lower_bound_is_the_bound_and_other_rows_and_failed_runs_do_not_matter(
    task: Task, posterior: Posterior
) -> None:
    bounds = [tiny.row(0, 0)._replace(value=None, low=5.0), tiny.row(30, 0)._replace(value=None, low=5.0, high=9.0)]
    other = replace(task, fitted=[*bounds], others=[tiny.row(60, 1)])
    counts = np.full((60, 3), np.nan)
    certain = replace(posterior, counts=counts, dispersion=np.zeros((60, 2)))  # chances that add up to less than one
    found = to_arviz(certain, other, 50)
    assert found["observed_data"]["count"].values.tolist() == [5, 7]
    assert (found["posterior"]["over_dispersion"].values == 0.3).all()
    assert np.isfinite(found["log_likelihood"]["count"].values).all(), "half an event, in place of none"


def test_a_file_is_read_back_as_it_was_and_one_that_cannot_be_written_is_told(
    task: Task, posterior: Posterior, tmp_path: Path
) -> None:
    xarray = pytest.importorskip("xarray")
    check_arviz()
    tree = to_arviz(posterior, task, 100)
    write_arviz(tree, tmp_path)
    with xarray.open_datatree(tmp_path / "arviz.nc", engine="h5netcdf") as found:
        assert np.array_equal(found["posterior"]["retry"].values, tree["posterior"]["retry"].values)
        assert set(found.children) == set(tree.children)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        write_arviz(tree, tmp_path / "file")


def test_the_module_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.inference.arviz_file.find_spec", lambda name: None if name == "h5py" else name)
    with pytest.raises(OutputError) as caught:
        check_arviz()
    words = "--arviz: found no module h5py; needs the extra `arviz`: pip install 'corridor-sim[arviz]'"
    assert str(caught.value) == words
