"""Calibrations and back-tests from end to end, on the tiny scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inference.backtest.forecasts import backtest, forecast_from
from sim.inference.backtest.scores import MODEL
from sim.inference.calibrate import calibrate
from sim.inference.calibration_experiment import CalibrationExperiment, Loaded, load_experiment
from sim.inference.calibration_study import calibration, task_of
from sim.inference.fit_task import Place, Posterior, Task
from sim.inference.free_parameters import Space
from sim.inference.observations import Row, known
from sim.outputs.folder import OutputError
from sim.scenario import load_scenario
from sim.scenario.draw import resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.write import to_yaml
from tests.strategies import START, tiny_scenario

ORIGIN = START + timedelta(days=60)
SCENARIO = tiny_scenario()
CONTENT: dict[str, Any] = {
    "kind": "calibration",
    "title": "tiny, fitted",
    "scenario": "tiny.yaml",
    "parameters": {
        "retry": {"title": "days", "paths": ["behaviour.retry"], "prior": {"lognormal": [4.0, 0.5]}},
        "visas": {
            "title": "visas", "paths": ["transit_states.belarus.visas"], "form": "factor",
            "prior": {"lognormal": [1.0, 0.6]},
        },
        "ahead": {
            "title": "ahead", "paths": ["transit_states.belarus.visas"], "form": "factor", "from": "origin",
            "prior": {"lognormal": [1.0, 0.3]},
        },
    },
    "series": {"poland": {"observed": "poland.csv", "counted": "attempts", "agency": "poland",
                          "measure": "recorded_attempts"}},
    "over_dispersion": [0.1, 0.3],
    "history_matching": {"runs": 24, "waves": 1, "wave_runs": 12, "training": 30},
    "smc": {"particles": 16, "generations": 3, "enough": 0.3, "steps": 40},
    "backtest": {"origins": [ORIGIN], "months": 2, "draws": 400, "seats_to": "belarus"},
}  # fmt: skip


def row(first: int, value: float) -> Row:
    start = START + timedelta(days=first)
    about = {"measure": "recorded_attempts", "agency": "poland", "transit_state": "", "route": ""}
    end = start + timedelta(days=29)
    return Row("poland", start, end, value, None, None, end + timedelta(days=1), about)


ROWS = [row(0, 60), row(30, 150), row(60, 160), row(90, 120)]


def loaded(**changes: Any) -> Loaded:
    return Loaded(CalibrationExperiment.model_validate({**CONTENT, **changes}), SCENARIO, Path(), "tiny")


def fit(place: Place, rows: list[Row] = ROWS) -> Posterior:
    experiment = loaded().experiment
    return calibrate(Task(experiment, SCENARIO, Space(experiment.parameters, SCENARIO), rows, [], 3), place)


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> tuple[Posterior, Path]:
    folder = tmp_path_factory.mktemp("serial")
    return fit(Place(folder)), folder


def same(a: Posterior, b: Posterior) -> bool:
    return all(np.array_equal(getattr(a, k), getattr(b, k)) for k in ("points", "weights", "counts", "dispersion"))


def test_the_posterior_is_the_same_in_a_pool(serial: tuple[Posterior, Path], tmp_path: Path) -> None:
    assert same(serial[0], fit(Place(tmp_path, jobs=2)))


def test_a_calibration_goes_on_where_it_was(
    serial: tuple[Posterior, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(stage: str, done: int, total: int, failed: int) -> None:
        if stage == "generation-1" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(Place(tmp_path, progress=stop))
    assert same(serial[0], fit(Place(tmp_path)))
    monkeypatch.setattr("sim.studies.work.worker.run_to_data", lambda *_, **__: pytest.fail("it was run again"))
    assert same(serial[0], fit(Place(tmp_path)))


def test_a_folder_of_another_calibration_is_refused(serial: tuple[Posterior, Path]) -> None:
    with pytest.raises(OutputError, match="holds another study"):
        fit(Place(serial[1]), [row(0, 60), row(31, 150)])


def test_figures_narrow_what_is_thought_of_the_parameters(serial: tuple[Posterior, Path]) -> None:
    posterior = serial[0]
    assert posterior.weights.sum() == pytest.approx(1)
    assert 1 <= posterior.effective <= len(posterior.weights)
    spread = [np.sqrt(np.average((z - np.average(z, weights=posterior.weights)) ** 2, weights=posterior.weights))
              for z in posterior.points.T]  # fmt: skip
    assert min(spread) < 0.9


def test_no_figure_after_the_origin_leaks_into_a_forecast(tmp_path: Path) -> None:
    def forecasts(name: str, later: float) -> pd.DataFrame:
        rows = [*ROWS[:2], row(60, later), row(90, 2 * later)]
        return backtest(loaded(), rows, Place(tmp_path / name)).table

    few, many = forecasts("few", 10.0), forecasts("many", 5000.0)
    columns = ["origin", "method", "period_start", "low90", "low50", "median", "high50", "high90"]
    pd.testing.assert_frame_equal(few[columns], many[columns])
    assert few["crps"].tolist() != many["crps"].tolist()
    assert set(few["method"]) >= {MODEL, "last value", "exposure scaling"}


def test_without_any_figure_the_forecast_is_the_priors(tmp_path: Path) -> None:
    made = forecast_from(loaded(), [], [ROWS[2]], ORIGIN, Place(tmp_path))
    assert np.allclose(made.posterior.weights, 1 / 16)
    assert made.samples["last value"] == [None]


def test_the_files_of_a_calibration_are_whole_and_a_scenario_extends_its_posterior(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(to_yaml(SCENARIO), encoding="utf-8")
    lines = [f"poland,{r.start},{r.end},{r.value},," for r in ROWS]
    header = "series,period_start,period_end,value,low,high"
    (tmp_path / "poland.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    (tmp_path / "fit.yaml").write_text(_yaml(), encoding="utf-8")
    experiment = load_experiment(tmp_path / "fit.yaml")
    done = calibration(experiment, Place(tmp_path / "out"))
    particles = pd.read_parquet(tmp_path / "out" / "posterior.parquet")
    assert list(particles.columns) == ["particle", "weight", "retry", "visas"]
    assert np.allclose(particles["retry"], done.posterior.values[:, 0])
    assert done.fit["fitted"].all()
    child = tmp_path / "child.yaml"
    (tmp_path / "posterior.yaml").write_bytes((tmp_path / "out" / "posterior.yaml").read_bytes())
    child.write_text("extends: posterior.yaml\ntitle: on top\n", encoding="utf-8")
    drawn = [resolve(load_scenario(child), seed) for seed in range(20)]
    pairs = np.array([[d.behaviour.retry, d.transit_states["belarus"].visas[START] / 7.5] for d in drawn])
    known = particles[["retry", "visas"]].to_numpy()
    nearest = np.abs(np.log(pairs[:, None, :] / known)).max(axis=2).min(axis=1)
    assert nearest.max() < 1e-3  # each replicate draws a particle whole
    assert len(np.unique(pairs[:, 0])) > 1


def _yaml() -> str:
    import json

    return json.dumps({**CONTENT, "backtest": None}, default=str).replace("null", "~")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"smc": {"particels": 5}}, "did you mean 'particles'"),
        ({"colour": 1}, "unknown key 'colour'"),
        ({"parameters": {"a": {"title": "a", "paths": ["x"], "prior": 4}}}, "a distribution such as"),
        ({"over_dispersion": [0]}, "values above 0"),
    ],
)
def test_a_mistake_names_file_line_and_field(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    import json

    file = tmp_path / "wrong.yaml"
    file.write_text(json.dumps({**CONTENT, "backtest": {"origins": [str(ORIGIN)]}, **changes}, default=str), "utf-8")
    with pytest.raises(ScenarioError, match=message) as caught:
        load_experiment(file)
    assert "wrong.yaml:1" in str(caught.value)


def test_rows_outside_the_run_are_not_fitted() -> None:
    experiment = load_experiment("minsk-2021")
    task = task_of(experiment)
    assert {row.start.year for row in task.fitted} == {2021}
    assert min(row.start for row in task.fitted) >= experiment.scenario.start
    assert replace(task, fitted=[]).rows == task.others
    assert not set(known(task.fitted, experiment.scenario.start))
