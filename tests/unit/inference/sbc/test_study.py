"""A simulation-based calibration goes on where it was, grows, and is the same wherever its runs are done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest

from sim.inference.calibration_experiment import Loaded
from sim.inference.calibration_study import csv, task_of
from sim.inference.fit_task import Task, Workspace
from sim.inference.sbc import study, truths
from sim.inference.sbc.ranks import coverage, histogram, sentence
from sim.inference.sbc.study import SelfChecked, self_check
from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from tests.unit.inference import tiny

pytestmark = pytest.mark.usefixtures("fit_record")


def small(**changes: Any) -> Loaded:
    sizes = {
        "history_matching": {"runs": 16, "waves": 1, "wave_runs": 8, "training": 30},
        "smc": {"particles": 8, "generations": 1, "steps": 20},
    }
    return tiny.loaded(backtest=None, **sizes, **changes)


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return small()


@pytest.fixture(scope="module")
def two(loaded: Loaded, tmp_path_factory: pytest.TempPathFactory) -> tuple[SelfChecked, Path]:
    folder = tmp_path_factory.mktemp("sbc")
    return self_check(loaded, Workspace(folder), 2), folder


def test_every_parameter_of_every_truth_has_a_rank(two: tuple[SelfChecked, Path]) -> None:
    found, folder = two
    assert list(zip(found.ranks["truth"], found.ranks["parameter"], strict=True)) == [
        (number, name) for number in (0, 1) for name in ("retry", "visas")
    ]
    assert found.ranks["rank"].between(0, 1).all()
    assert found.summary.startswith("2 truths.")
    stored = pd.read_parquet(folder / "ranks.parquet")
    pd.testing.assert_frame_equal(stored, found.ranks)
    assert {"ranks.csv", "coverage.csv", "histogram.csv", "sbc.json"} <= {file.name for file in folder.iterdir()}
    assert [file.name for file in (folder / "runs").iterdir()] == ["design"], "runs of truths that are done are gone"


def test_a_truth_is_drawn_from_the_prior_and_its_figures_from_its_own_run(loaded: Loaded, tmp_path: Path) -> None:
    task = task_of(loaded)
    one, again, other = (
        truths.drawn(task, Workspace(tmp_path / place), number) for place, number in (("a", 0), ("b", 0), ("c", 1))
    )
    assert one is not None and again is not None and other is not None
    assert np.array_equal(one.point, again.point) and one.figures == again.figures
    assert not np.array_equal(one.point, other.point)
    assert [figure.start for figure in one.figures] == [row.start for row in task.fitted]
    assert [figure.value for figure in one.figures] != [row.value for row in task.fitted]


def test_it_goes_on_where_it_was_and_more_truths_add_to_those_there(
    loaded: Loaded, two: tuple[SelfChecked, Path], tmp_path: Path
) -> None:
    def stop(stage: str, done: int, total: int, failed: int) -> None:
        if stage == "truth 2 of 2" and done:
            raise KeyboardInterrupt

    self_check(loaded, Workspace(tmp_path), 1)
    with pytest.raises(KeyboardInterrupt):
        self_check(loaded, Workspace(tmp_path, progress=stop), 2)
    found = self_check(loaded, Workspace(tmp_path), 2)
    pd.testing.assert_frame_equal(found.ranks, two[0].ranks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.studies.work.worker.run_to_data", lambda *_, **__: pytest.fail("it was run again"))
        assert self_check(loaded, Workspace(tmp_path), 1).ranks["truth"].max() == 0


def test_what_cannot_go_on_is_refused(loaded: Loaded, two: tuple[SelfChecked, Path], tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="another experiment"):
        self_check(small(seed=9), Workspace(two[1]), 2)
    for number in (0, -1, 1_000_000_000):
        with pytest.raises(ScenarioError, match=rf"--sbc: found {number} truths; allowed: 1 to 10,000"):
            self_check(loaded, Workspace(tmp_path / "new"), number)
    assert not (tmp_path / "new").exists()
    (two[1] / "truths" / "1.json").write_text("[{", encoding="utf-8")
    with pytest.raises(OutputError, match=r"1\.json: damaged.*remove it"):
        self_check(loaded, Workspace(two[1]), 2)


def test_truths_whose_run_fails_are_told_and_left_out(
    loaded: Loaded, two: tuple[SelfChecked, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = truths.drawn
    monkeypatch.setattr(truths, "drawn", lambda task, place, number: None if number == 0 else real(task, place, number))
    found = self_check(loaded, Workspace(tmp_path), 2)
    assert found.summary.startswith("2 truths (1 could not be run).")
    rest = two[0].ranks.query("truth == 1").reset_index(drop=True)
    pd.testing.assert_frame_equal(found.ranks, rest)
    with pytest.raises(OutputError, match="the runs of all 1 truths failed"):
        self_check(loaded, Workspace(tmp_path), 1)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Truths of which nothing is run: each has two rows, the second of them none; returns what was asked."""
    asked: list[Any] = []

    def rows(task: Task, workspace: Workspace, number: int, learnt: Any) -> list[dict[str, Any]]:
        asked.append((number, workspace, learnt))
        assert workspace.progress is not None
        workspace.progress("design", 3, 8, 1)
        rank = (number + 0.5) / 4
        own = {"in50": 0.25 <= rank <= 0.75, "in90": True, "width90": 0.5, "effective": 9.0}
        return [] if number == 1 else [
            {"truth": number, "parameter": name, "value": 1.0, "score": 0.0, "rank": rank, **own} for name in ("a", "b")
        ]  # fmt: skip

    monkeypatch.setattr(study, "learn", lambda task, workspace: asked.append(workspace.folder) or "learnt")
    monkeypatch.setattr(study, "rows_of_truth", rows)
    monkeypatch.setattr(study, "forget", lambda workspace, number: asked.append((workspace.folder, number)))
    return asked


def test_truths_are_done_in_order_with_what_was_learnt_once_and_progress_names_each(
    loaded: Loaded, made: list[Any], tmp_path: Path
) -> None:
    told: list[Any] = []
    here = Workspace(tmp_path, command="corridor calibrate --sbc 4", progress=lambda *numbers: told.append(numbers))
    found = self_check(loaded, here, 4)
    runs = tmp_path / "runs"
    assert made[0] == runs and made[2::2] == [(runs, number) for number in range(4)]
    assert [(number, learnt) for number, _, learnt in made[1::2]] == [(number, "learnt") for number in range(4)]
    assert {workspace.folder for _, workspace, _ in made[1::2]} == {runs}
    assert told == [(f"truth {number} of 4", 3, 8, 1) for number in (1, 2, 3, 4)]
    assert found.ranks["rank"].tolist() == [0.125, 0.125, 0.625, 0.625, 0.875, 0.875]
    assert found.summary == f"4 truths (1 could not be run). {sentence(found.coverage)}"
    pd.testing.assert_frame_equal(found.coverage, coverage(found.ranks))
    pd.testing.assert_frame_equal(found.histogram, histogram(found.ranks))
    for name in ("ranks", "coverage", "histogram"):
        assert (tmp_path / f"{name}.csv").read_bytes() == csv(getattr(found, name))
    assert (
        (tmp_path / "ranks.csv")
        .read_text()
        .startswith("truth,parameter,value,score,rank,in50,in90,width90,effective\n")
    )
    assert pyarrow.parquet.read_schema(tmp_path / "ranks.parquet").names == list(found.ranks.columns)
    about = json.loads((tmp_path / "sbc.json").read_text())
    assert (about["truths"], about["command"]) == (4, "corridor calibrate --sbc 4")
    assert len(about["about"]) == 64
    assert json.loads((tmp_path / "truths" / "1.json").read_text()) == []
    made.clear()
    quiet = self_check(loaded, Workspace(tmp_path), 4)
    assert made == [], "all are done"
    assert quiet.summary == found.summary


def test_nobody_need_listen(loaded: Loaded, made: list[Any], tmp_path: Path) -> None:
    assert self_check(loaded, Workspace(tmp_path), 1).summary.startswith("1 truths. Of the true values 0%")


@pytest.mark.parametrize("truths", [1, 10_000])
def test_one_to_ten_thousand_truths_are_allowed(truths: int) -> None:
    study.check_number(truths)
    with pytest.raises(ScenarioError):
        study.check_number(10_001)


def test_a_folder_of_other_figures_another_model_or_a_damaged_record_is_refused(
    loaded: Loaded, made: list[Any], tmp_path: Path
) -> None:
    self_check(loaded, Workspace(tmp_path), 1)
    file = tmp_path / "sbc.json"
    whole = json.loads(file.read_text())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.inference.calibration_study.rows_of", lambda loaded: tiny.ROWS[:3])
        with pytest.raises(OutputError, match="holds truths of another experiment; choose another folder"):
            self_check(loaded, Workspace(tmp_path), 1)
    for text, words in (
        ("{", r"sbc\.json: damaged: "),
        ("[]", r"sbc\.json: damaged: "),
        (json.dumps({**whole, "identity": {}}), "made by another model, which differs in .*; choose another folder"),
        (json.dumps({**whole, "about": "another"}), "holds truths of another experiment; choose another folder"),
    ):
        file.write_text(text)
        with pytest.raises(OutputError, match=words):
            self_check(loaded, Workspace(tmp_path), 1)
    file.write_text(json.dumps({**whole, "truths": 9}))
    assert len(self_check(loaded, Workspace(tmp_path), 1).ranks) == 2
