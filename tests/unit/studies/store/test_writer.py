"""The writer of a study, step by step: what it records, resumes, mends and sweeps, and what is verified of it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.runs import run
from sim.studies.plan import Plan, opened
from sim.studies.store import spool
from sim.studies.store.manifest import Manifest
from sim.studies.store.recorded import Recorded, read_study
from sim.studies.store.store import Store
from sim.studies.store.verify import verify
from sim.studies.work.worker import Done, Task, carry_out, carry_out_run
from tests.strategies import tiny_scenario
from tests.unit.studies.store.three import PLAN

TINY = PLAN.scenarios["tiny"]
FOUR = list(PLAN.runs)


def done(plan: Plan = PLAN) -> Done:
    found = carry_out(Task(0, plan.runs, plan.parcel))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def chunk() -> Done:
    return done()


def entries(folder: Path) -> list[dict[str, Any]]:
    return Manifest(folder / "manifest.jsonl").entries


def stamp(file: Path) -> list[Any]:
    return [file.stat().st_size, sha256(file.read_bytes()).hexdigest()]


def test_a_study_is_recorded_before_its_first_run(tmp_path: Path) -> None:
    where = tmp_path / "s"
    with Store(where, PLAN, "corridor run") as store:
        assert store.done(range(3)) == {}
        assert (store.damage, store.seconds, store.plan) == ([], 0, PLAN)
    content = read_study(where)
    assert list(content) == ["format", "title", "command", "plan", "identity", "versions", "machine", "started_utc"]
    assert (content["title"], content["command"], content["plan"]) == ("tiny", "corridor run", PLAN.describe())
    study, asked = entries(where)
    assert study == {"study": {name: stamp(where / name) for name in ("scenarios/tiny.yaml", "study.json")}}
    assert asked == {"asked": {"replicates": 3, "runs": 4}}
    assert sorted(path.name for path in where.iterdir() if path.name != ".lock") == [
        "manifest.jsonl", "scenarios", "spool", "study.json",
    ]  # fmt: skip
    assert Recorded(where).unfinished == (
        f"not complete: 0 of 4 runs are there; the command that made it resumes it, or `corridor mend {where}`"
    )
    Store(where, PLAN, "another command").close()
    assert len(entries(where)) == 2, "nothing new was asked for"


def test_a_chunk_is_written_and_recorded_and_its_spool_removed(tmp_path: Path, chunk: Done) -> None:
    where = tmp_path / "s"
    with Store(where, PLAN) as store:
        ended = carry_out_run(opened(PLAN.parcel), FOUR[0])
        for file in (store.spool(0), store.spool(0, 2), store.spool(1), store.spool(0, 7)):
            spool.append(file, ended._replace(run=ended.run._replace(number=int(file.stem[-1]))))
        assert [file.name for file in (store.spool(0), store.spool(12, 3))] == [
            "chunk-00000.bin", "chunk-00012-from-3.bin",
        ]  # fmt: skip
        assert sorted(store.spooled(0)) == [0, 2, 7]
        assert Recorded(where).waiting == 4
        assert ", and 4 wait for the rest of their chunk; the command" in Recorded(where).unfinished
        store.put(chunk)
        assert store.seconds > 0
        assert [file.name for file in (where / "spool").iterdir()] == ["chunk-00001.bin"]
        assert store.done([0, 1]) == {0: 4}
        names = [f"{table}/part-00000-of-4.parquet" for table in ("runs", "totals", "twins", "weekly")]
        assert entries(where)[2] == {
            "chunk": 0, "runs": [0, 3], "done": 4, "failed": 0, "files": {name: stamp(where / name) for name in names},
        }  # fmt: skip
        recorded = Recorded(where)
        assert (recorded.there, recorded.waiting, recorded.unfinished, recorded.points) == (4, 0, "", 0)
        assert recorded.name_of("weekly", 0) == names[3]
        assert recorded.name_of("parameters", 0) is None
        assert recorded.part("parameters", 0) is None
        store.put_tables({"a.csv": b"x\n"})
        assert entries(where)[3] == {"derived": {"a.csv": stamp(where / "a.csv")}, "replicates": 3, "of_runs": 4}
        assert Recorded(where).derived == ["a.csv"]
        store.finish()
        assert (where / "spool").is_dir(), "it holds runs of another chunk"
        store.spool(1).unlink()
        store.finish()
        assert not (where / "spool").exists()


def test_a_damaged_chunk_is_told_and_done_again(tmp_path: Path, chunk: Done) -> None:
    where = tmp_path / "s"
    with Store(where, PLAN) as store:
        store.put(chunk)
        store.put_tables({"a.csv": b"x\n"})
    file = where / "totals" / "part-00000-of-4.parquet"
    file.write_bytes(b"abc")
    size = len(chunk.files["totals"])
    problem = f"{file}: found 3 bytes; {size:,} were written"
    assert verify(where).damage == [problem]
    with pytest.raises(OutputError) as caught:
        Recorded(where).part("totals", 0)
    assert str(caught.value) == f"{file}: damaged: not the bytes that were written; `corridor mend` makes it again"
    with Store(where, PLAN) as store:
        assert store.done([0]) == {0: 0}
        assert store.damage == [problem]
        store.put(chunk)
        assert entries(where)[-1]["again"] == 1
        assert store.done([0]) == {0: 4}
    assert verify(where).damage == []
    file.unlink()
    assert verify(where).damage == [f"{file}: missing"]
    with pytest.raises(OutputError, match="damaged: No such file or directory"):
        Recorded(where).content("totals/part-00000-of-4.parquet")
    with pytest.raises(OutputError, match=r"x\.csv: damaged: it is not of the record"):
        Recorded(where).content("x.csv")


def test_more_that_is_asked_for_is_recorded_with_its_command(tmp_path: Path) -> None:
    where = tmp_path / "s"
    Store(where, PLAN, "first").close()
    more = Plan("replicates", {"tiny": TINY}, 5, twins=1)
    Store(where, more, "second").close()
    assert read_study(where)["latest_command"] == "second"
    *_, last = entries(where)
    assert (last["asked"], last["latest_command"]) == ({"replicates": 5, "runs": 6}, "second")
    assert last["study"] == {"study.json": stamp(where / "study.json")}
    recorded = Recorded(where)
    assert (recorded.replicates, recorded.runs) == (5, 6)
    whole = (where / "study.json").read_bytes()
    first = {key: value for key, value in json.loads(whole).items() if key != "latest_command"}
    (where / "study.json").write_text(json.dumps(first, indent=2, ensure_ascii=False) + "\n")
    Store(where, more).close()
    assert (where / "study.json").read_bytes() == whole, "written again after an interruption"
    Store(where, PLAN, "first").close()
    assert read_study(where)["latest_command"] == "first"
    assert (Recorded(where).replicates, Recorded(where).runs) == (3, 4)


def test_a_scenario_that_is_gone_is_written_again_and_what_was_left_is_swept(tmp_path: Path) -> None:
    where = tmp_path / "s"
    Store(where, PLAN).close()
    file = where / "scenarios" / "tiny.yaml"
    text = file.read_bytes()
    file.unlink()
    (where / "totals").mkdir()
    left = [where / ".study.json.x", where / ".datapackage.json.ab", where / "totals" / ".part-00000.parquet.x",
            where / ".a.csv.x", where / "scenarios" / ".tiny.yaml.x"]  # fmt: skip
    kept = [where / ".hidden", where / "totals" / "part-00007.parquet", where / "totals" / ".part-7"]
    for one in (*left, *kept):
        one.touch()
    with Store(where, PLAN, shard=(1, 2)):
        assert all(one.exists() for one in left), "another shard may be at work"
    file.unlink()
    with Store(where, PLAN) as store:
        assert store.damage == [f"{file}: missing"]
        assert file.read_bytes() == text
        assert [one.exists() for one in left] == [False] * 5
        assert [one.exists() for one in kept] == [True] * 3
        store.finish()
    assert [one.exists() for one in kept] == [True, False, True], "a part of no record"


def test_a_folder_may_hold_what_an_interrupted_start_left(tmp_path: Path) -> None:
    where = tmp_path / "s"
    for name in ("totals", "spool", ".x"):
        (where / name).mkdir(parents=True)
    Store(where, PLAN).close()
    assert (where / "study.json").is_file()
    other = tmp_path / "t"
    (other / "b").mkdir(parents=True)
    (other / "a").touch()
    with pytest.raises(OutputError) as caught:
        Store(other, PLAN)
    assert str(caught.value) == f"{other}: holds something other than a study (a); choose another folder"


def test_the_first_of_writers_that_start_together_counts(tmp_path: Path) -> None:
    with Store(tmp_path / "s", PLAN) as store:
        store._write_once("x", b"one")
        store._write_once("x", b"two")
        assert (store.folder / "x").read_bytes() == b"one"
        assert not [file.name for file in store.folder.iterdir() if file.name.startswith(".x.")]


def test_a_shard_keeps_its_runs_on_the_disk_or_says_so(tmp_path: Path) -> None:
    with Store(tmp_path / "s", PLAN, shard=(1, 2)) as store:
        assert store.manifest.file.name == "manifest.1-of-2.jsonl"
        parcel = opened(PLAN.parcel)
        file = store.spool(0, 0)
        spool.append(file, carry_out_run(parcel, FOUR[0]))
        store.sync_spool(0, FOUR[:1])
        with pytest.raises(
            OutputError, match=r"chunk-00000-from-0\.bin lacks runs that were done; what was done is kept"
        ):
            store.sync_spool(0, FOUR[:2])
        with pytest.raises(OutputError, match="cannot be written: No such file or directory; what was done is kept"):
            store.sync_spool(0, FOUR[2:])


def test_what_is_verified_is_told_whole(tmp_path: Path, chunk: Done) -> None:
    where = tmp_path / "s"
    with Store(where, PLAN) as store:
        found = verify(where)
        assert (found.damage, found.files, found.unfinished[:12]) == ([], 2, "not complete")
        store.put(chunk)
    (where / "mine.txt").write_text("x")
    (where / "report.html").write_text("x")
    (where / "analysis").mkdir()
    (where / "analysis" / "a.csv").write_text("x")
    found = verify(where)
    note = "not of the record: left by a writer that was ended, or not Corridor's"
    assert (found.damage, found.notes, found.unfinished) == ([], [f"{where / 'mine.txt'}: {note}"], "")
    assert found.files == 6
    assert found.size == sum(one.size for one in Recorded(where).files.values())
    record = where / "manifest.jsonl"
    whole = record.read_bytes()
    record.write_bytes(whole + b"{")
    assert verify(where).damage == [f"{record}: its last line is cut off; the command that makes the study mends that"]
    record.unlink()
    damage = verify(where).damage
    assert damage == [f"{where}: the record manifest.jsonl is missing"]
    record.write_bytes(whole)
    (where / "study.json").unlink()
    assert verify(where).damage == [f"{where / 'study.json'}: missing"]


def test_a_run_and_several_studies_are_verified_too(tmp_path: Path) -> None:
    where = run(tiny_scenario(days=10)).write(tmp_path / "run")
    found = verify(where)
    assert (found.damage, found.notes, found.unfinished) == ([], [], "")
    names = sorted(file.relative_to(where).as_posix() for file in where.rglob("*") if file.is_file())
    assert found.files == len(names)
    assert found.size == sum((where / name).stat().st_size for name in names if name != "run.json")
    table = next(file for file in where.iterdir() if file.suffix == ".parquet")
    whole = table.read_bytes()
    table.write_bytes(whole[:-1] + b"?")
    (where / "mine.txt").touch()
    found = verify(where)
    assert found.damage == [f"{table}: not the bytes that were written"]
    assert found.notes == [f"{where / 'mine.txt'}: not of the record"]
    table.unlink()
    assert verify(where).damage == [f"{table}: missing"]
    table.write_bytes(whole)
    text = (where / "run.json").read_text()
    (where / "run.json").write_text(text + "\n")
    assert verify(where).damage == [f"{where / 'run.json'}: not the bytes that were written"]
    for name in ("1", "2"):
        Store(tmp_path / "rounds" / name, PLAN).close()
    found = verify(tmp_path / "rounds")
    assert (found.damage, found.files) == ([], 4)
    assert found.unfinished.count("not complete: 0 of 4 runs are there") == 2
    assert found.unfinished.startswith(f"{tmp_path / 'rounds' / '1'}: not complete")
