"""Files of a back-test: scores by months ahead and series, of what was fitted and what was not, and every forecast."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.inference.backtest import scores, study
from sim.inference.backtest.forecasts import BackTestResult, Forecast
from sim.inference.fit_task import Posterior, Task, Workspace
from sim.inference.free_parameters import Space
from sim.outputs.folder import OutputError
from tests.unit.inference.tiny import ORIGIN, ROWS, SCENARIO, loaded

POOLED = "Scores, all methods on the same figures of the series that are fitted"


def forecast(method: str, series: str, horizon: int, crps: float, pooled: bool = True) -> dict[str, Any]:
    day = date(2025, 11 + horizon, 1) if horizon < 2 else date(2026, 1, 1)
    return {
        "origin": ORIGIN, "series": series, "period_start": day, "period_end": day, "horizon": horizon,
        "observed": 1500.0, "fitted_series": series != "held", "pooled": pooled, "method": method, "low90": 10.4,
        "low50": 1200.0, "median": 1400.0, "high50": 1600.0, "high90": 2345.6, "crps": crps, "log_crps": crps / 100,
        "error": 100.0, "in50": 1.0, "in90": float(crps < 90), "rank": 0.5,
    }  # fmt: skip


TABLE = pd.DataFrame(
    [
        forecast(scores.MODEL, "poland", 2, 100), forecast("last value", "poland", 2, 150),
        forecast(scores.MODEL, "latvia", 1, 50), forecast("last value", "latvia", 1, 40),
        forecast(scores.MODEL, "poland", 1, 70, pooled=False), forecast(scores.MODEL, "held", 1, 7),
    ]
)  # fmt: skip


def test_tables_are_of_pooled_figures_of_fitted_series_and_of_all_others() -> None:
    found = study.tables_of(TABLE)
    assert list(found) == [POOLED, "By months ahead", "By series", "Series that were never fitted"]
    keys = ["method", "forecasts", "crps"]
    assert found[POOLED][keys].to_numpy().tolist() == [[scores.MODEL, 2, 75], ["last value", 2, 95]]
    assert found["By months ahead"][["horizon", *keys]].to_numpy().tolist() == [
        [1, scores.MODEL, 1, 50], [1, "last value", 1, 40], [2, scores.MODEL, 1, 100], [2, "last value", 1, 150],
    ]  # fmt: skip
    assert found["By series"][["series", *keys]].to_numpy().tolist() == [
        ["poland", scores.MODEL, 1, 100], ["poland", "last value", 1, 150], ["latvia", scores.MODEL, 1, 50],
        ["latvia", "last value", 1, 40],
    ]  # fmt: skip
    assert found["Series that were never fitted"][["series", *keys]].to_numpy().tolist() == [
        ["held", scores.MODEL, 1, 7]
    ]
    assert list(study.tables_of(TABLE[TABLE["series"] != "held"])) == list(found)[:3]


def result() -> BackTestResult:
    experiment = loaded().experiment
    made = []
    for origin, runs in ((ORIGIN, 1200), (date(2025, 12, 15), 34)):
        task = Task(experiment, SCENARIO, Space(experiment.parameters, SCENARIO), ROWS, [], 3)
        points = np.array([[0.0, 0.0], [1.0, 1.0]])
        waves = [{"stage": "design", "runs": runs, "failed": 0, "within_2_sd": 1 / 3}]
        values = task.space.values(points)
        posterior = Posterior(points, values, np.array([0.5, 0.5]), np.ones((2, 2)) / 2, np.ones((2, 4)), waves, runs)
        made.append(Forecast(origin, [], {}, posterior, task))
    return BackTestResult(TABLE, made)


def test_all_files_are_written_and_say_what_was_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Any] = []

    def run(loaded: Any, rows: Any, workspace: Workspace) -> BackTestResult:
        asked.append((rows, workspace))
        return result()

    monkeypatch.setattr(study, "backtest", run)
    monkeypatch.setattr(study, "rows_of", lambda loaded: ROWS)
    here = Workspace(tmp_path / "out", command="corridor backtest tiny")
    found = study.back_test(loaded(), here)
    assert asked == [(ROWS, here)]
    pd.testing.assert_frame_equal(found.table, TABLE)
    assert list(found.tables) == list(study.tables_of(TABLE))
    folders = [f"origin-{ORIGIN}", "origin-2025-12-15"]
    files = ["backtest.json", "forecasts.csv", *folders, "scores.csv", "scores.md"]
    assert sorted(file.name for file in here.folder.iterdir()) == sorted(files)
    for folder, runs in zip(folders, (1200, 34), strict=True):
        own = here.folder / folder
        assert (own / "waves.csv").read_text() == f"stage,runs,failed,within_2_sd\ndesign,{runs},0,0.3333333333\n"
        assert pd.read_csv(own / "parameters.csv")["parameter"].tolist() == ["retry", "visas"]
        assert pd.read_parquet(own / "posterior.parquet")["weight"].tolist() == [0.5, 0.5]
    stored = pd.read_csv(here.folder / "forecasts.csv")
    assert stored["crps"].tolist() == TABLE["crps"].tolist()
    assert pd.read_csv(here.folder / "scores.csv")["crps"].tolist() == [75, 95]
    about = json.loads((here.folder / "backtest.json").read_text())
    assert (about["runs"], about["command"]) == (1234, "corridor backtest tiny")
    page = (here.folder / "scores.md").read_text()
    heads = [line for line in page.splitlines() if line.startswith("#")]
    assert heads == [f"### {title}" for title in (*found.tables, "Every forecast")]
    assert page.startswith(
        f"1,234 runs. CRPS in events; lower is better.\n\n### {POOLED}\n\n"
        "| method | forecasts | CRPS | CRPS of logs | in 50 % | in 90 % | MASE, seasonal | MASE, last "
        "| Corridor better |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| corridor | 2 | 75.00 | 0.75 | 1.00 | 0.50 |  | 1.00 | 0.00 |\n"
        "| last value | 2 | 95.00 | 0.95 | 1.00 | 0.50 |  | 1.00 | 0.50 |\n\n"
        "### By months ahead\n\n| horizon | method |"
    )
    assert page.endswith(
        "### Every forecast\n\n"
        "| origin | series | period_start | period_end | horizon | observed | median | 50 % | 90 % | in 90 % |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        "| 2025-11-30 | poland | 2026-01-01 | 2026-01-01 | 2 | 1,500 | 1,400 | 1,200 to 1,600 | 10 to 2,346 | no |\n"
        "| 2025-11-30 | latvia | 2025-12-01 | 2025-12-01 | 1 | 1,500 | 1,400 | 1,200 to 1,600 | 10 to 2,346 | yes |\n"
        "| 2025-11-30 | poland | 2025-12-01 | 2025-12-01 | 1 | 1,500 | 1,400 | 1,200 to 1,600 | 10 to 2,346 | yes |\n"
        "| 2025-11-30 | held | 2025-12-01 | 2025-12-01 | 1 | 1,500 | 1,400 | 1,200 to 1,600 | 10 to 2,346 | yes |\n"
    )


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(study, "rows_of", lambda loaded: pytest.fail("figures were read"))
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError):
        study.back_test(loaded(), Workspace(tmp_path / "file"))
