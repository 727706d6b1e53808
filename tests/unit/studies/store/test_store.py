"""A study's folder: what is done is kept, and nothing else is touched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sim.outputs.folder import OutputError
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.store.store import Store
from sim.studies.store.verify import verify
from sim.studies.study import Study
from sim.studies.work.dispatch import dispatch
from sim.studies.work.executors import Serial
from tests.strategies import tiny_scenario
from tests.unit.studies.store.three import PLAN


def test_another_study_is_refused_and_named(copy: Path) -> None:
    other = Plan("replicates", {"tiny": tiny_scenario({"behaviour": {"retry": 4}}, days=20)}, 3, twins=1)
    with pytest.raises(OutputError, match=r"holds another study, which differs in what its scenarios say \(tiny\)"):
        Store(copy, other)
    with pytest.raises(OutputError, match="twins"):
        Store(copy, Plan("replicates", PLAN.scenarios, 3))
    assert verify(copy).damage == []


@pytest.mark.parametrize("name", ["notes.txt", "data"])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match=f"holds something other than a study .{name}."):
        Store(tmp_path, PLAN)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("mine")
    with pytest.raises(OutputError, match="a folder is needed"):
        Store(tmp_path / "f", PLAN)
    with pytest.raises(OutputError, match="cannot be written"):
        Store(tmp_path / "f" / "below", PLAN)


@pytest.mark.parametrize("syncs", [4, 11, 20, 25, 31])
def test_a_full_disk_loses_nothing_that_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, syncs: int) -> None:
    plan = Plan("replicates", {"tiny": tiny_scenario(days=20)}, 70)  # several chunks
    assert len(plan.chunks()) > 1
    real, synced = os.fsync, []

    def full(handle: int) -> None:
        synced.append(handle)
        if len(synced) > syncs:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left on device; what was done is kept, the same command resumes"):
        carry_out(plan, tmp_path / "s")
    monkeypatch.undo()
    began = (tmp_path / "s" / "study.json").exists() and (tmp_path / "s" / "manifest.jsonl").exists()
    assert not began or verify(tmp_path / "s").damage == []
    kept = len(Study(tmp_path / "s").runs) if began else 0
    assert kept <= 70
    assert kept or syncs < 25
    seen: list[int] = []
    study = carry_out(plan, tmp_path / "s", progress=lambda done, *_: seen.append(done))
    assert seen[0] == kept
    assert study.complete
    assert not list((tmp_path / "s").rglob(".part*"))
    assert study.totals.equals(carry_out(plan).totals)


def test_chunks_that_are_done_are_not_done_again(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.work.worker.carry_out_run", lambda *_: pytest.fail("it was run"))
    before = {file: file.stat().st_mtime_ns for file in (copy / "totals").iterdir()}
    assert carry_out(PLAN, copy).complete
    assert before == {file: file.stat().st_mtime_ns for file in (copy / "totals").iterdir()}


def test_a_study_says_what_it_is(made: Path) -> None:
    about = json.loads((made / "study.json").read_text())
    assert about["plan"]["kind"] == "replicates"
    assert about["plan"]["seed"] == 1
    assert about["identity"]["sha256"]
    assert set(about["versions"]) >= {"corridor", "mesa", "numpy", "python"}
    assert (made / "scenarios" / "tiny.yaml").read_text().startswith("title: tiny")


def test_an_unfinished_study_can_be_read(tmp_path: Path) -> None:
    plan = Plan("replicates", {"tiny": tiny_scenario(days=20)}, 150)
    with Store(tmp_path / "s", plan, shard=(1, 2)) as store:
        dispatch(plan, store, Serial(), shard=(1, 2))
    study = Study(tmp_path / "s")
    assert not study.complete
    assert 0 < len(study.runs) < 150
    assert len(study.runs) == study.there
    assert study.there + study.waiting == 75
    assert len(study.intervals)
