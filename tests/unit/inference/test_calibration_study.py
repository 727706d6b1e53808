"""A calibration's study and files: it goes on where it was, and a scenario extends what it found."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inference import calibration_study
from sim.inference.calibration_experiment import load_experiment
from sim.inference.calibration_page import page
from sim.inference.calibration_study import calibration, csv
from sim.inference.fit_task import Posterior, Task, Workspace
from sim.inference.free_parameters import Space
from sim.inference.outcome_figures import Target
from sim.inference.posterior import as_scenario
from sim.outputs.folder import OutputError
from sim.outputs.identity import identity, version_of
from sim.scenario import load_scenario
from sim.scenario.draw import resolve
from sim.scenario.errors import ScenarioError
from sim.scenario.write import to_yaml
from tests.strategies import START
from tests.unit.inference.tiny import CONTENT, ROWS, SCENARIO, fit, loaded, row, same


@pytest.mark.long
def test_a_calibration_goes_on_where_it_was(
    serial: tuple[Posterior, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(stage: str, done: int, total: int, failed: int) -> None:
        if stage == "generation-1" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(Workspace(tmp_path, progress=stop))
    assert same(serial[0], fit(Workspace(tmp_path)))
    monkeypatch.setattr("sim.studies.work.worker.run_to_data", lambda *_, **__: pytest.fail("it was run again"))
    assert same(serial[0], fit(Workspace(tmp_path)))


def test_a_folder_of_another_calibration_is_refused(serial: tuple[Posterior, Path]) -> None:
    with pytest.raises(OutputError, match="holds another study"):
        fit(Workspace(serial[1]), [row(0, 60), row(31, 150)])


def test_the_files_of_a_calibration_are_whole_and_a_scenario_extends_its_posterior(tmp_path: Path) -> None:
    (tmp_path / "tiny.yaml").write_text(to_yaml(SCENARIO), encoding="utf-8")
    lines = [f"poland,{r.start},{r.end},{r.value},," for r in ROWS]
    header = "series,period_start,period_end,value,low,high"
    (tmp_path / "poland.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    (tmp_path / "fit.yaml").write_text(_yaml(), encoding="utf-8")
    experiment = load_experiment(tmp_path / "fit.yaml")
    done = calibration(experiment, Workspace(tmp_path / "out"))
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
    return json.dumps({**CONTENT, "backtest": None}, default=str).replace("null", "~")


def made(failed: int = 0) -> tuple[Posterior, Task]:
    task = Task(loaded().experiment, SCENARIO, Space(loaded().experiment.parameters, SCENARIO), ROWS[:2], [ROWS[2]], 3)
    points = np.array([[0.0, 0.0], [0.5, 0.1]])
    counts = np.array([[60.0, 150, 160], [61, 140, 170]])
    waves = [{"stage": "design", "runs": 24, "failed": failed, "within_2_sd": 2 / 3}]
    weights, chance = np.array([0.75, 0.25]), np.ones((2, 2)) / 2
    return Posterior(points, task.space.values(points), weights, chance, counts, waves, 1234, failed), task


@pytest.mark.parametrize(("failed", "words"), [(0, ""), (7, ", 7 of them failed")])
def test_the_summary_counts_runs_particles_and_fitted_figures(
    monkeypatch: pytest.MonkeyPatch, failed: int, words: str
) -> None:
    table = pd.DataFrame({"fitted": [True, True, False], "in50": [True, False, True], "in90": [True, True, True]})
    monkeypatch.setattr(calibration_study.files, "fit_table", lambda done, task: table)
    found = calibration_study._summary(*made(failed))
    assert found == (
        f"1,234 runs{words}; 2 effective particles of 2; 1 of 2 figures lie in their 50 % interval, 2 in 90 %."
    )


def test_a_calibration_writes_its_tables_its_record_and_a_scenario_with_a_note(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done, task = made()
    monkeypatch.setattr(calibration_study, "task_of", lambda loaded: task)
    monkeypatch.setattr(calibration_study, "calibrate", lambda task, workspace: done)
    here = Workspace(tmp_path / "out", command="corridor calibrate tiny")
    found = calibration(loaded(), here)
    names = ["README.md", "calibration.json", "fit.csv", "parameters.csv", "posterior.parquet", "posterior.yaml"]
    assert sorted(file.name for file in here.folder.iterdir()) == [*names, "waves.csv"]
    assert found.posterior is done and found.task is task
    text = (here.folder / "posterior.yaml").read_text()
    digest = identity("inference")["sha256"][:16]
    note = (
        "# Written by `corridor calibrate tiny`: a replicate draws one particle whole.\n"
        f"# Model {digest}, corridor {version_of('corridor-sim')}.\n"
    )
    assert text == note + as_scenario(done, task, "tiny.yaml", "tiny, fitted")
    about = json.loads((here.folder / "calibration.json").read_text())
    assert set(about) == {
        "experiment", "command", "identity", "versions", "machine", "runs", "failed", "effective"
    }  # fmt: skip
    assert (about["runs"], about["failed"], about["effective"]) == (1234, 0, pytest.approx(1.6))
    assert about["experiment"]["parameters"]["ahead"]["from"] == "origin"
    assert (here.folder / "calibration.json").read_text().startswith('{\n  "experiment": {\n')
    assert (here.folder / "waves.csv").read_text() == "stage,runs,failed,within_2_sd\ndesign,24,0,0.6666666667\n"
    assert (here.folder / "fit.csv").read_bytes() == csv(found.fit)
    assert (here.folder / "parameters.csv").read_bytes() == csv(found.parameters)
    assert (here.folder / "README.md").read_text() == page(
        task, done, "corridor calibrate tiny", found.parameters, found.fit, found.summary
    )
    calibration(loaded(), Workspace(tmp_path / "quiet"))
    assert (tmp_path / "quiet" / "posterior.yaml").read_text().startswith("# Written by `corridor calibrate`: a rep")
    asked: list[object] = []
    monkeypatch.setattr(calibration_study, "to_arviz", lambda *given: asked.append(given) or "tree")
    assert found.to_arviz() == "tree" and found.to_arviz(9) == "tree"
    assert asked == [(done, task, 2000), (done, task, 9)]


def test_a_folder_of_another_model_or_with_a_damaged_record_is_refused(tmp_path: Path) -> None:
    calibration_study.check_same_model(tmp_path)
    file = tmp_path / "calibration.json"
    own = {"identity": identity("inference")}
    for text, words in (
        ("{", r"calibration\.json: damaged: "),
        ("[]", r"calibration\.json: damaged: "),
        ("{}", "made by another model.*; choose another folder, or continue with the model that made it"),
        (json.dumps({"identity": identity()}), "made by another model"),
    ):
        file.write_text(text)
        with pytest.raises(OutputError, match=words):
            calibration_study.check_same_model(tmp_path)
    file.write_text(json.dumps(own))
    calibration_study.check_same_model(tmp_path)


def test_rows_of_the_run_are_fitted_or_only_counted_and_others_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = CONTENT["series"]["poland"]
    series = {"poland": {**entry, "since": ROWS[1].start}, "held": {**entry, "fit": False}}
    first, last = row(0, 1), row(90, 1)._replace(end=SCENARIO.end)
    early, late = first._replace(start=START - timedelta(days=1)), last._replace(end=SCENARIO.end + timedelta(days=1))
    rows = [first, early, last, late, ROWS[1], ROWS[1]._replace(series="held")]
    monkeypatch.setattr(calibration_study, "rows_of", lambda loaded: rows)
    target = Target("attempts@poland", START, SCENARIO.end, 9.0, None, None, 1.0)
    lead = loaded(series=series, seed=77)
    lead.targets = [target]
    found = calibration_study.task_of(lead)
    assert found.fitted == [last, ROWS[1], target]
    assert found.others == [first, rows[-1]]
    assert (found.seed, found.space.names, found.scenario) == (77, ["retry", "visas"], SCENARIO)
    monkeypatch.setattr(calibration_study, "rows_of", lambda loaded: [first, early])
    with pytest.raises(ScenarioError, match="tiny: no published figure lies between 2025-10-01 and 2026-01-28"):
        calibration_study.task_of(loaded(series=series))


def test_tables_have_ten_digits_and_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    assert csv(pd.DataFrame({"a": [1 / 3, 2.0], "b": ["x", "=y"]})) == b"a,b\n0.3333333333,x\n2,'=y\n"
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match=r"file.own: cannot be written: [A-Z]"):
        calibration_study.put(tmp_path / "file" / "own", b"x")
