"""What was written can be told from what was not, by every byte; one writer at a time."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sim.outputs.folder import OutputError
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.store import spool
from sim.studies.store.manifest import Manifest
from sim.studies.store.store import Store
from sim.studies.store.verify import verify
from sim.studies.study import Study
from sim.studies.work.dispatch import dispatch
from sim.studies.work.executors import Serial
from sim.studies.work.worker import Task, _opened, carry_out_run
from sim.studies.work.worker import carry_out as work
from tests.strategies import tiny_scenario

PLAN = Plan("replicates", {"tiny": tiny_scenario(days=20)}, 3, twins=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "s"
    carry_out(PLAN, folder)
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(made, tmp_path / "copy"))


def files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith(".lock"))


def test_an_untouched_study_is_whole(made: Path) -> None:
    found = verify(made)
    assert found.damage == found.notes == []
    assert found.files == len(files(made)) - 1  # all but the record itself


def test_any_changed_byte_is_found(copy: Path) -> None:
    for file in files(copy):
        content = file.read_bytes()
        for place in sorted({0, len(content) // 2, len(content) - 1}):
            changed = bytearray(content)
            changed[place] ^= 1
            file.write_bytes(changed)
            damage = "\n".join(verify(copy).damage)
            assert file.name in damage, (file.name, place)
        file.write_bytes(content)
    assert verify(copy).damage == []


def test_a_file_that_is_gone_or_cut_is_found(copy: Path) -> None:
    for file in files(copy):
        content = file.read_bytes()
        file.unlink()
        assert any(file.name in line for line in verify(copy).damage), file
        file.write_bytes(content)
    table = copy / "totals" / "part-00000.parquet"
    os.truncate(table, table.stat().st_size - 1)
    assert "bytes" in verify(copy).damage[0]


def test_a_line_of_the_record_that_is_taken_out_is_found(copy: Path) -> None:
    record = copy / "manifest.jsonl"
    lines = record.read_text().splitlines(keepends=True)
    assert len(lines) >= 3
    for number in range(len(lines) - 1):
        record.write_text("".join(lines[:number] + lines[number + 1 :]))
        assert f"{record.name}:{number + 1}" in verify(copy).damage[0]


def test_a_foreign_file_is_noted_and_no_damage(copy: Path) -> None:
    (copy / "totals" / "mine.txt").write_text("x")
    found = verify(copy)
    assert found.damage == []
    assert "mine.txt" in found.notes[0]


def test_a_record_that_was_cut_off_goes_on_after_its_last_whole_line(tmp_path: Path) -> None:
    record = Manifest(tmp_path / "m.jsonl")
    record.add({"a": 1})
    record.add({"b": "ü"})
    whole = record.file.read_bytes()
    record.file.write_bytes(whole + b'{"c": ')
    again = Manifest(record.file, repair=True)
    assert again.entries == [{"a": 1}, {"b": "ü"}]
    again.add({"d": 2})
    assert Manifest(record.file).entries == [{"a": 1}, {"b": "ü"}, {"d": 2}]


def test_a_second_writer_is_refused_and_a_dead_one_forgotten(tmp_path: Path) -> None:
    with Store(tmp_path / "s", PLAN):
        with pytest.raises(OutputError, match=f"another corridor .process {os.getpid()}. is writing here"):
            Store(tmp_path / "s", PLAN)
        with pytest.raises(OutputError, match="writing here"):
            Store(tmp_path / "s", PLAN, shard=(1, 2))
    with Store(tmp_path / "s", PLAN, shard=(1, 2)), Store(tmp_path / "s", PLAN, shard=(2, 2)):
        with pytest.raises(OutputError, match="writing here"):
            Store(tmp_path / "s", PLAN)
        with pytest.raises(OutputError, match="writing here"):
            Store(tmp_path / "s", PLAN, shard=(2, 2))
    Store(tmp_path / "s", PLAN).close()


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
    with pytest.raises(OutputError, match="No space left on device; what was done is kept, the same command goes on"):
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


def test_a_spool_keeps_runs_as_they_were_and_drops_what_was_cut(tmp_path: Path) -> None:
    parcel = _opened(PLAN.parcel)
    ended = [carry_out_run(parcel, run) for run in PLAN.runs]
    file = tmp_path / "chunk.bin"
    for entry in ended:
        spool.append(file, entry)
    whole = work(Task(0, PLAN.runs, PLAN.parcel))
    assert whole == work(Task(0, PLAN.runs, PLAN.parcel, str(file)))._replace(seconds=whole.seconds)
    content = file.read_bytes()
    for length in (0, 5, len(content) // 2, len(content) - 1):
        file.write_bytes(content[:length])
        assert list(spool.read(file)) == list(range(len(spool.read(file))))
        assert len(spool.read(file)) < len(ended)
    spoilt = bytearray(content)
    spoilt[40] ^= 1
    file.write_bytes(spoilt)
    assert spool.read(file) == {}
    assert spool.read(tmp_path / "none") == {}


def test_a_study_says_what_it_is(made: Path) -> None:
    about = json.loads((made / "study.json").read_text())
    assert about["plan"]["kind"] == "replicates"
    assert about["plan"]["seed"] == 1
    assert set(about["versions"]) >= {"corridor", "mesa", "numpy", "model_sources", "python"}
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


def test_what_is_added_after_a_record_that_was_cut_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "s.bin"
    parcel = PLAN.parcel
    for run in PLAN.runs[:2]:
        spool.append(file, carry_out_run(_opened(parcel), run))
    os.truncate(file, file.stat().st_size - 1)
    assert list(spool.read(file, repair=True)) == [PLAN.runs[0].number]
    for run in PLAN.runs[1:3]:
        spool.append(file, carry_out_run(_opened(parcel), run))
    assert list(spool.read(file)) == [run.number for run in PLAN.runs[:3]]
