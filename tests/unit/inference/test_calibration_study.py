"""A calibration's study and files: it goes on where it was, and a scenario extends what it found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.inference.calibration_experiment import load_experiment
from sim.inference.calibration_study import calibration
from sim.inference.fit_task import Posterior, Workspace
from sim.outputs.folder import OutputError
from sim.scenario import load_scenario
from sim.scenario.draw import resolve
from sim.scenario.write import to_yaml
from tests.strategies import START
from tests.unit.inference.tiny import CONTENT, ROWS, SCENARIO, fit, row, same


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
    import json

    return json.dumps({**CONTENT, "backtest": None}, default=str).replace("null", "~")
