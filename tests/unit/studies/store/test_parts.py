"""The parts of a store, each by itself: entries of the record, spools, files of runs, names and messages."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.outputs.folder import OutputError
from sim.outputs.weekly import Numbers
from sim.studies.plan import Run, opened
from sim.studies.store import spool, tables
from sim.studies.store.lock import Lock
from sim.studies.store.manifest import Manifest
from sim.studies.store.recorded import check_entry, manifests_of, part_name, problem_of, read_study, replaces
from sim.studies.store.replay import _differing, _equal
from sim.studies.store.store import _difference, _ours, cannot_write
from sim.studies.store.tables import SCHEMAS, Ended, files_of
from sim.studies.work import worker
from sim.studies.work.executors import Pool, Serial, available_cores, workplace
from sim.studies.work.worker import Done, Task, blame, carry_out_many, carry_out_run
from tests.unit.studies.store.three import PLAN

STAMP = [3, "abc"]


def told(call: Any) -> str:
    with pytest.raises(OutputError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(
    "entry",
    [
        {}, {"chunk": 0, "runs": [0, 0], "files": {}}, {"chunk": 2**53 - 1, "runs": [3, 5], "files": {"a/b.c": STAMP}},
        {"asked": {"replicates": 0, "runs": 0, "points": 0, "sha256": ""}}, {"study": {"x": [0, ""]}},
        {"derived": {"x": STAMP, "y": STAMP}}, {"runs": [1, 1]}, {"files": {"...": STAMP}},
    ],
)  # fmt: skip
def test_an_entry_as_it_is_written_is_allowed(entry: dict[str, Any]) -> None:
    check_entry(entry, "m:1")


@pytest.mark.parametrize(
    "entry",
    [
        {"chunk": 0, "runs": [0, 0]}, {"chunk": 0, "files": {}}, {"chunk": -1, "runs": [0, 0], "files": {}},
        {"chunk": True, "runs": [0, 0], "files": {}}, {"chunk": 2**53, "runs": [0, 0], "files": {}},
        {"chunk": 1.0, "runs": [0, 0], "files": {}}, {"runs": [1, 0]}, {"runs": [0]}, {"runs": [0, 1, 2]},
        {"runs": (0, 1)}, {"runs": [0, "1"]}, {"runs": [-1, 1]}, {"asked": {"runs": 1}}, {"asked": {"replicates": 1}},
        {"asked": []}, {"asked": {"replicates": 1, "runs": 1, "points": -1}},
        {"asked": {"replicates": 1, "runs": 1, "sha256": 1}}, {"files": []}, {"files": {"x": [3]}},
        {"files": {"x": [3, "a", 1]}}, {"files": {"x": ["3", "a"]}}, {"files": {"x": [3, 4]}}, {"files": {"x": "3a"}},
        {"files": {"../x": STAMP}}, {"files": {"/x": STAMP}}, {"files": {"a//x": STAMP}}, {"files": {".": STAMP}},
        {"files": {"": STAMP}}, {"study": {"a\\b": STAMP}}, {"derived": {"a\x00": STAMP}},
        {"derived": {"a\x7f": STAMP}},
    ],
)  # fmt: skip
def test_an_entry_of_another_kind_is_damage(entry: dict[str, Any]) -> None:
    assert told(lambda: check_entry(entry, "m:7")) == "m:7: damaged: not an entry as Corridor writes it"


def test_a_later_entry_counts_if_it_has_as_many_runs_or_was_done_again() -> None:
    before = {"runs": [0, 5]}
    assert replaces({"runs": [0, 5]}, before)
    assert replaces({"runs": [0, 6]}, before)
    assert not replaces({"runs": [0, 4]}, before)
    assert replaces({"runs": [0, 4], "again": 1}, before)
    assert replaces({"runs": [0, 0]}, None)


def test_names_of_parts_and_records(tmp_path: Path) -> None:
    assert part_name("totals", 3) == "totals/part-00003.parquet"
    assert part_name("totals", 12, 7) == "totals/part-00012-of-7.parquet"
    for name in ("manifest.jsonl", "manifest.1-of-2.jsonl", "manifest.json", "other.jsonl"):
        (tmp_path / name).touch()
    assert [file.name for file in manifests_of(tmp_path)] == ["manifest.1-of-2.jsonl", "manifest.jsonl"]


def test_what_is_wrong_with_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x"
    digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of "hello"
    assert problem_of(file, 5, digest) == f"{file}: missing"
    file.write_text("hello")
    assert problem_of(file, 5, digest) == ""
    assert problem_of(file, 1234, digest) == f"{file}: found 5 bytes; 1,234 were written"
    file.write_text("hallo")
    assert problem_of(file, 5, digest) == f"{file}: not the bytes that were written"


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"title": 1}, "title"), ({"command": None}, "command"), ({"versions": []}, "versions"), ({"plan": {}}, "plan"),
        ({"plan": {"kind": 1, "seed": 1, "scenarios": {"a": ""}}}, "kind"),
        ({"plan": {"kind": "x", "seed": True, "scenarios": {"a": ""}}}, "seed"),
        ({"plan": {"kind": "x", "seed": "1", "scenarios": {"a": ""}}}, "seed"),
        ({"plan": {"kind": "x", "seed": 1, "scenarios": {}}}, "scenarios"),
        ({"plan": {"kind": "x", "seed": 1, "scenarios": {"a/b": ""}}}, "scenarios"),
        ({"plan": {"kind": "x", "seed": 1, "scenarios": ["a"]}}, "scenarios"), ({}, None),
    ],
)  # fmt: skip
def test_a_description_has_what_a_study_has(tmp_path: Path, change: dict[str, Any], lacking: str | None) -> None:
    file = tmp_path / "study.json"
    assert told(lambda: read_study(tmp_path)) == f"{tmp_path}: no study: study.json: No such file or directory"
    plan = {"kind": "replicates", "seed": 1, "scenarios": {"a": ""}}
    content = {"format": "corridor-study-1", "title": "", "command": "", "versions": {}, "plan": plan} | change
    file.write_text(json.dumps(content))
    if lacking is None:
        assert read_study(tmp_path) == content
        file.write_text(json.dumps(content | {"format": "corridor-study-2"}))
        assert told(lambda: read_study(tmp_path)) == f"{file}: not of a study of this version of corridor"
        file.write_text("{")
        assert told(lambda: read_study(tmp_path)) == f"{file}: damaged: not JSON"
    else:
        assert told(lambda: read_study(tmp_path)) == f"{file}: damaged: found no {lacking} as a study has it"


def test_a_record_is_chained_and_a_cut_line_or_nulls_at_its_end_count_as_not_written(tmp_path: Path) -> None:
    file = tmp_path / "m.jsonl"
    record = Manifest(file)
    assert (record.entries, record.is_cut) == ([], False)
    record.add({"b": 1, "a": "é"})
    record.add({"c": 2})
    whole = file.read_bytes()
    first, second = whole.splitlines(keepends=True)
    assert first.startswith('{"a": "é", "b": 1, "chain": "'.encode())
    assert Manifest(file).entries == record.entries == [{"b": 1, "a": "é"}, {"c": 2}]
    for end in (b'{"d"', b"\0\0\0\n", b'{"d": "\0"}\n'):
        file.write_bytes(whole + end)
        assert Manifest(file).is_cut
        assert Manifest(file).entries == record.entries
        assert file.read_bytes() == whole + end
        assert Manifest(file, repair=True).is_cut
        assert file.read_bytes() == whole
        assert not Manifest(file).is_cut
    for damaged, line, text in (
        (first + b"[]\n", 2, "not the line that was written"), (b"{\n" + second, 1, "not the line that was written"),
        (first.replace(b", ", b",") + second, 1, "not the line that was written"),
        (second, 1, "this line, or one before it, was changed"),
        (first + first, 2, "this line, or one before it, was changed"),
        (first.replace(b": 1", b": 2") + second, 1, "this line, or one before it, was changed"),
    ):  # fmt: skip
        file.write_bytes(damaged)
        assert told(lambda: Manifest(file)) == f"{file}:{line}: damaged: {text}"


def test_a_lock_names_its_holder_and_shards_share_that_of_the_study(tmp_path: Path) -> None:
    text = f"{tmp_path}: another corridor ({{}}) is writing here; wait for it, or choose another folder"
    lock = Lock(tmp_path, "")
    assert (tmp_path / ".lock").read_text() == f"process {os.getpid()}"
    for shard in ("", ".1-of-2"):
        assert told(lambda: Lock(tmp_path, shard)) == text.format(f"process {os.getpid()}")  # noqa: B023
    lock.release()
    lock.release()
    one, two = Lock(tmp_path, ".1-of-2"), Lock(tmp_path, ".2-of-2")
    assert (tmp_path / ".lock").read_text() == "one that does a shard"
    assert (tmp_path / ".lock.2-of-2").read_text() == f"process {os.getpid()}"
    assert told(lambda: Lock(tmp_path, "")) == text.format("one that does a shard")
    one.release()
    assert told(lambda: Lock(tmp_path, ".2-of-2")) == text.format(f"process {os.getpid()}")
    two.release()
    Lock(tmp_path, "").release()


def test_a_spool_keeps_what_a_run_gave_and_what_went_wrong(tmp_path: Path) -> None:
    run = carry_out_run(opened(PLAN.parcel), PLAN.runs[0])
    failed = Ended(Run(5, 0, -1, 2, True), 77, {"a.b": 0.5}, None, "ValueError: ü")
    file = tmp_path / "s.bin"
    spool.append(file, failed)
    spool.append(file, run)
    found = spool.read(file)
    assert list(found) == [5, 0]
    assert found[5] == failed
    assert found[0][:3] == run[:3]
    assert found[0].weekly is not None and run.weekly is not None
    for ours, theirs in zip(found[0].weekly, run.weekly, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    content = file.read_bytes()
    file.write_bytes(content + b"\0" * 30)
    assert list(spool.read(file)) == [5, 0]
    assert len(file.read_bytes()) == len(content) + 30
    spool.read(file, repair=True)
    assert file.read_bytes() == content
    other = spool._HEAD.pack(2, spool.zlib.crc32(b"[]")) + b"[]"
    file.write_bytes(other + content)
    assert spool.read(file, repair=True) == {}
    assert file.read_bytes() == b""
    spool.append(tmp_path / "none" / "s.bin", failed)
    assert not (tmp_path / "none").exists()


def numbers(level: str, names: tuple[str, ...], output: str, values: Any) -> Numbers:
    return Numbers(level, output, f"u-{output}", names, np.array(values, dtype=float))


def test_totals_are_a_row_per_run_and_output_without_days_that_did_not_occur() -> None:
    runs = [Run(4, 0, -1, 2, False), Run(6, 0, -1, 3, False)]
    parts = [numbers("section", ("s", "t"), "m", [[1, 2], [3, np.nan]]), numbers("all", ("all",), "n", [[5], [6]])]
    table = tables._totals("one", runs, parts, "totals")
    assert table.schema == SCHEMAS["totals"]
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("one", 4, 2, -1, "section", "s", "m", 1.0, "u-m"), ("one", 4, 2, -1, "section", "t", "m", 2.0, "u-m"),
        ("one", 4, 2, -1, "all", "all", "n", 5.0, "u-n"), ("one", 6, 3, -1, "section", "s", "m", 3.0, "u-m"),
        ("one", 6, 3, -1, "all", "all", "n", 6.0, "u-n"),
    ]  # fmt: skip


def test_weeks_are_a_row_per_run_week_and_name() -> None:
    runs = [Run(4, 0, 1, 2, False), Run(6, 0, 1, 3, False)]
    values = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]  # by run, week and name
    parts = [numbers("section", ("s", "t"), "m", values), numbers("all", ("all",), "n", [[[9], [10]], [[11], [12]]])]
    table = tables._weekly("one", runs, parts, date(2025, 10, 1))
    assert table.schema == SCHEMAS["weekly"]
    found = {(row["run"], row["week"].day, row["measure"], row["name"]): row["value"] for row in table.to_pylist()}
    assert found == {
        (4, 1, "m", "s"): 1, (4, 1, "m", "t"): 2, (4, 8, "m", "s"): 3, (4, 8, "m", "t"): 4, (6, 1, "m", "s"): 5,
        (6, 1, "m", "t"): 6, (6, 8, "m", "s"): 7, (6, 8, "m", "t"): 8, (4, 1, "n", "all"): 9, (4, 8, "n", "all"): 10,
        (6, 1, "n", "all"): 11, (6, 8, "n", "all"): 12,
    }  # fmt: skip
    assert {(row["level"], row["unit"]) for row in table.to_pylist()} == {("section", "u-m"), ("all", "u-n")}


def test_the_files_of_a_chunk_have_each_run_and_the_twins_apart() -> None:
    parcel = opened(PLAN.parcel)
    ended = [carry_out_run(parcel, run) for run in PLAN.runs]
    ended[-1] = ended[-1]._replace(weekly=None, error="wrong", parameters={"a": 1.0, "b": 2.0})
    files = files_of(parcel.cases, ended)
    assert list(files) == ["runs", "parameters", "totals", "twins", "weekly"]
    found = {name: pq.read_table(pa.BufferReader(content)) for name, content in files.items()}
    assert found["runs"]["status"].to_pylist() == ["done", "done", "done", "failed"]
    assert found["runs"]["error"].to_pylist() == [None, None, None, "wrong"]
    assert found["runs"]["seed"].to_pylist() == [entry.seed for entry in ended]
    assert [tuple(row.values()) for row in found["parameters"].to_pylist()] == [
        ("tiny", 3, 2, -1, "a", 1.0), ("tiny", 3, 2, -1, "b", 2.0)
    ]  # fmt: skip
    assert set(found["totals"]["run"].to_pylist()) == set(found["weekly"]["run"].to_pylist()) == {0, 2}
    assert set(found["twins"]["run"].to_pylist()) == {1}


def test_differences_of_two_studies_are_named() -> None:
    assert _difference("seed", 1, 2) == "seed (there 1, asked 2)"
    assert _difference("scenarios", {"a": 1, "b": 2}, {"a": 1, "b": 3}) == "what its scenarios say (b)"
    assert _difference("scenarios", {"a": 1}, {"b": 1, "c": 2}) == "scenarios (there a; asked b, c)"
    assert _difference("arms", {"a": 1, "b": 2}, {"a": 2, "b": 3}) == "arms (a, b)"
    assert _difference("arms", {"a": 1}, None) == "arms (there {'a': 1}, asked None)"


def test_files_of_a_study_that_was_interrupted_are_ours() -> None:
    ours = {
        name: _ours(Path(name)) for name in ("scenarios", "extensions", "spool", "totals", ".x", "manifest.jsonl", "y")
    }
    assert [name for name, one in ours.items() if not one] == ["y"]
    text = "s: cannot be written: {}; what was done is kept, the same command resumes"
    assert str(cannot_write(Path("s"), OSError("own words"))) == text.format("own words")
    assert str(cannot_write(Path("s"), OSError(28, "No space left on device"))) == text.format(
        "No space left on device"
    )


def test_tables_are_equal_whatever_their_bytes_are(tmp_path: Path) -> None:
    one, other, third = (tmp_path / f"{name}.parquet" for name in "abc")
    table = pa.table({"x": pa.array(["a", "b", "a"]).dictionary_encode(), "y": [1, 2, 3]})
    pq.write_table(table, one)
    pq.write_table(table.replace_schema_metadata({"a": "b"}), other, compression="none")
    pq.write_table(table.set_column(1, "y", pa.array([1, 2, 4])), third)
    assert _equal(one, other)
    assert not _equal(one, third)
    assert not _equal(one, tmp_path / "none.parquet")
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("x")
    assert not _equal(tmp_path / "a.csv", tmp_path / "b.csv")
    assert _differing({"a": "1", "b": "2", "gone": "3"}, {"a": "1", "b": "3", "c": "4"}) == [
        "b 2 then, 3 now", "c unknown then, 4 now"
    ]  # fmt: skip


def test_a_worker_that_is_asked_to_stop_ends_after_its_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Stop:
        asked = 0

        def is_set(self) -> bool:
            self.asked += 1
            return self.asked > 2

    monkeypatch.setattr(worker, "_stop", Stop())
    file = tmp_path / "s.bin"
    task = Task(0, PLAN.runs, PLAN.parcel, str(file))
    assert worker.carry_out(task) is None
    assert list(spool.read(file)) == [0, 1]
    monkeypatch.setattr(worker, "_stop", None)
    done, alone = carry_out_many([task, Task(7, PLAN.runs[:1], PLAN.parcel, str(tmp_path / "one.bin"))])
    assert isinstance(done, Done) and isinstance(alone, Done)
    assert (done.chunk, done.failed, [run.number for run in done.runs]) == (0, 0, [0, 1, 2, 3])
    assert list(spool.read(file)) == [0, 1, 2, 3]
    assert (alone.chunk, len(alone.runs)) == (7, 1)
    assert not (tmp_path / "one.bin").exists(), "a chunk of one run needs no spool"


def test_a_run_that_killed_its_worker_keeps_its_seed_and_parameters() -> None:
    run = PLAN.runs[2]
    found = blame(PLAN.parcel, run)
    assert found == Ended(
        run, opened(PLAN.parcel).people_seed(run), {}, None,
        "the worker process died during this run (out of memory, or ended from outside)",
    )  # fmt: skip
    odd = carry_out_run(opened(PLAN.parcel), run._replace(scenario=9))
    assert (odd.weekly, odd.error) == (None, "IndexError: list index out of range")


def test_one_job_is_done_here_and_all_cores_by_as_many_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.work.executors.available_cores", lambda: 1)
    assert isinstance(workplace(), Serial)
    assert isinstance(workplace(2), Pool)
    monkeypatch.setattr("sim.studies.work.executors.available_cores", lambda: 3)
    pool = workplace()
    assert isinstance(pool, Pool)
    assert pool.workers == 3
    assert (pool.lost(ValueError()), Serial().lost(ValueError())) == ("", "")
    assert available_cores() >= 1
    future = Serial().open().submit(divmod, 7, 2)
    assert future.result() == (3, 1)
    assert isinstance(Serial().open().submit(divmod, 7, 0).exception(), ZeroDivisionError)
