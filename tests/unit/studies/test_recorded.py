"""What is read of a study is held against what was recorded: damage is an error, and never another number."""

from __future__ import annotations

import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from sim.outputs.folder import OutputError
from sim.studies import plan as plans
from sim.studies.carry_out import carry_out
from sim.studies.plan import Plan
from sim.studies.sql import answer
from sim.studies.store.recorded import Recorded
from sim.studies.store.store import Store
from sim.studies.store.verify import verify
from sim.studies.study import Study
from sim.studies.work.dispatch import dispatch
from sim.studies.work.executors import Serial
from tests.strategies import tiny_scenario

UNCERTAIN = {"behaviour": {"retry": {"uniform": [1, 9]}}}
SCENARIOS = {"base": tiny_scenario(UNCERTAIN, days=20), "other": tiny_scenario({"behaviour": {"retry": 9}}, days=20)}
PLAN = Plan("compare", SCENARIOS, 4)
TABLES = ("runs", "parameters", "totals", "weekly")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_IN_CHUNK", 3)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "s"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans, "MOST_IN_CHUNK", 3)
        carry_out(PLAN, folder)
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def everything(folder: Path) -> list[str]:
    """All that a study can tell, as text."""
    study = Study(folder)
    tables = [study.runs, study.parameters, study.totals, study.weekly("section", "attempts"), study.intervals]
    return [table.to_csv() for table in [*tables, study.differences, study.summary]] + [repr(study.scenarios)]


@pytest.fixture(scope="module")
def all_of_it(made: Path) -> list[str]:
    return everything(made)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in (".parquet", ".csv", ".yaml")
    }


def test_damage_is_an_error_and_never_another_number(copy: Path) -> None:
    lot, right = random.Random(3), everything(copy)
    files = [file for file in sorted(copy.rglob("*")) if file.suffix in (".parquet", ".yaml", ".json", ".jsonl")]
    told = 0
    for _ in range(60):
        file = lot.choice(files)
        content = file.read_bytes()
        changed = bytearray(content)
        changed[lot.randrange(len(content))] ^= 1 << lot.randrange(8)
        file.write_bytes(lot.choice([bytes(changed), content[: lot.randrange(len(content))]]))
        try:
            if Study(copy).unfinished:  # a record that was cut off, as by a power cut
                told += 1
            else:
                assert everything(copy) == right
        except OutputError as error:
            told += 1
            assert file.name in str(error)
        file.write_bytes(content)
    assert told > 30
    assert everything(copy) == right


@pytest.mark.parametrize("table", TABLES)
def test_queries_see_damage_too(table: str, copy: Path) -> None:
    file = copy / table / "part-00001.parquet"
    file.write_bytes((copy / table / "part-00000.parquet").read_bytes())
    with pytest.raises(OutputError, match=rf"{table}/part-00001.parquet: damaged"):
        answer(copy, f"select count(*) from {table}")


def test_a_folder_with_signs_of_a_pattern_is_read_itself(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "q1")
    odd = tmp_path / "q[1]"
    carry_out(Plan("compare", SCENARIOS, 2), odd)
    assert answer(odd, "select count(*) as n from runs", "csv") == "n\n4\n"
    assert answer(odd, "select count(*) > 0 as n from intervals", "csv").lower() == "n\ntrue\n"


@pytest.mark.parametrize("sql", ["", "  ", "-- a note", "/* */", ";", "select 1; select 2"])
def test_a_query_is_one_statement(sql: str, made: Path) -> None:
    with pytest.raises(OutputError, match=r"--sql: found .* statements; needed: one"):
        answer(made, sql)


# An unfinished study


@pytest.fixture
def unfinished(copy: Path) -> Path:
    """Asked for more, and ended before the first of those runs."""
    Store(copy, Plan("compare", SCENARIOS, 50)).close()
    return copy


def test_an_unfinished_study_says_so_wherever_it_is_shown(unfinished: Path) -> None:
    banner = "not complete: 8 of 100 runs are there"
    study = Study(unfinished)
    assert not study.complete
    assert study.unfinished.startswith(banner)
    assert banner in study._repr_html_()
    assert banner in verify(unfinished).unfinished
    assert study.intervals["replicates"].max() == 4


def test_tables_that_were_derived_earlier_are_not_those_of_an_unfinished_study(unfinished: Path) -> None:
    with pytest.raises(OutputError, match="intervals"):
        answer(unfinished, "select * from intervals")
    assert answer(unfinished, "select count(*) as n from runs", "csv") == "n\n8\n"


def test_a_lost_record_of_a_part_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    for part in (1, 2):
        carry_out(PLAN, folder, shard=(part, 2))
    assert verify(folder).unfinished == ""
    (folder / "manifest.2-of-2.jsonl").unlink()
    assert "not complete" in verify(folder).unfinished
    assert not Study(folder).complete


# Going on


HOW = ("removed", "cut", "changed")
BY_DAY = {*((how, "totals") for how in HOW), ("removed", "runs"), ("cut", "parameters"), ("changed", "weekly")}


@pytest.mark.parametrize(
    ("how", "table"),
    [
        pytest.param(how, table, marks=() if (how, table) in BY_DAY else pytest.mark.nightly)
        for how in HOW
        for table in TABLES
    ],
)
def test_going_on_does_damaged_chunks_again_and_no_others(
    table: str, how: str, copy: Path, made: Path, all_of_it: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = copy / table / "part-00001.parquet"
    content = file.read_bytes()
    file.write_bytes({"cut": content[:-1], "changed": content[:-1] + b"?", "removed": b""}[how])
    if how == "removed":
        file.unlink()
    with pytest.raises(OutputError, match=rf"{table}/part-00001.parquet"):
        everything(copy)
    assert verify(copy).damage
    done: list[int] = []
    real = Store.put
    monkeypatch.setattr(Store, "put", lambda store, result: (done.append(result.chunk), real(store, result))[1])
    assert carry_out(PLAN, copy).complete
    assert done == [1]
    assert bytes_of(copy) == bytes_of(made)
    assert verify(copy).damage == []
    assert everything(copy) == all_of_it


def test_a_chunk_that_is_damaged_after_more_was_asked_for_is_mended_by_asking_for_less(copy: Path) -> None:
    """The chunk at the end has more runs in a larger study than in a smaller one."""
    carry_out(Plan("compare", SCENARIOS, 5), copy)
    last = sorted((copy / "totals").iterdir())[-2]
    last.unlink()
    study = carry_out(PLAN, copy)
    assert study.complete
    assert len(study.runs) == 8
    assert verify(copy).damage == []
    again = carry_out(Plan("compare", SCENARIOS, 5), copy)
    assert (again.complete, len(again.runs)) == (True, 10)


def test_a_scenario_that_is_gone_is_written_again(copy: Path, made: Path) -> None:
    (copy / "scenarios" / "other.yaml").unlink()
    assert "other.yaml" in verify(copy).damage[0]
    carry_out(PLAN, copy)
    assert verify(copy).damage == []
    assert bytes_of(copy) == bytes_of(made)


def test_what_was_wrong_is_kept_by_the_store(copy: Path) -> None:
    (copy / "totals" / "part-00000.parquet").unlink()
    with Store(copy, PLAN) as store:
        dispatch(PLAN, store, Serial())
        assert store.damage == [f"{copy / 'totals' / 'part-00000.parquet'}: missing"]


# Files by another hand

ENTRIES: list[dict[str, Any]] = [
    {"chunk": "0", "runs": [0, 1], "files": {}},
    {"chunk": 0, "runs": [0], "files": {}},
    {"chunk": 0, "runs": [3, 1], "files": {}},
    {"chunk": 0, "files": {}},
    {"chunk": 0, "runs": [0, 1]},
    {"asked": {"replicates": True, "runs": 1}},
    {"asked": 4},
    {"files": {"../outside": [1, ""]}},
    {"files": {"/outside": [1, ""]}},
    {"files": {"a\u001b": [1, ""]}},
    {"derived": {"a": [1]}},
    {"study": ["a"]},
]


@pytest.mark.parametrize("entry", ENTRIES, ids=str)
def test_an_entry_of_another_type_is_told(entry: dict[str, Any], copy: Path) -> None:
    from sim.studies.store.manifest import Manifest

    Manifest(copy / "manifest.jsonl").add(entry)
    for read in (Recorded, Study):
        with pytest.raises(OutputError, match=r"manifest.jsonl:\d+: damaged: not an entry"):
            read(copy)
    assert any("not an entry" in line for line in verify(copy).damage)


@pytest.mark.parametrize(
    "change",
    [
        {"plan": None}, {"plan": []}, {"plan": {"kind": 1}}, {"title": None}, {"command": 5},
        {"plan": {"kind": "compare", "seed": 1, "scenarios": {"../x": ""}}},
        {"plan": {"kind": "compare", "seed": 1, "scenarios": {}}},
        {"plan": {"kind": "compare", "seed": "1", "scenarios": {"a": ""}}},
    ],
    ids=str,
)  # fmt: skip
def test_a_description_of_another_type_is_told(change: dict[str, Any], copy: Path) -> None:
    file = copy / "study.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(OutputError, match=r"study.json: damaged: found no"):
        Study(copy)


def test_json_that_is_too_deep_is_told(copy: Path) -> None:
    (copy / "study.json").write_text("[" * 100_000)
    with pytest.raises(OutputError, match=r"study.json: damaged"):
        Study(copy)
    shutil.copytree(copy, copy.parent / "other")
    (copy.parent / "other" / "manifest.jsonl").write_text("[" * 100_000 + "\n")
    assert any("manifest.jsonl:1: damaged" in line for line in verify(copy.parent / "other").damage)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", [".lock", "manifest.jsonl", "study.json", "totals", "totals/part", "analysis"])
def test_a_link_inside_a_study_is_neither_read_nor_written_through(copy: Path, tmp_path: Path, name: str) -> None:
    place = sorted(copy.glob(f"{name}*"))[0] if name.endswith("part") else copy / name
    elsewhere = tmp_path / "elsewhere"
    if place.exists():
        place.rename(elsewhere)
    else:
        elsewhere.write_bytes(b"theirs")
    before = elsewhere.read_bytes() if elsewhere.is_file() else b""
    place.symlink_to(elsewhere)
    for act in (Study, lambda folder: Store(folder, PLAN)):
        with pytest.raises(OutputError, match=f"{place}: found a link"):
            act(copy)
    assert before == (elsewhere.read_bytes() if elsewhere.is_file() else b"")


def test_an_extended_study_keeps_what_was_recorded_until_the_longer_part_is(copy: Path) -> None:
    few = Plan(PLAN.kind, PLAN.scenarios, 1, twins=PLAN.twins, drawn=True)
    shutil.rmtree(copy)
    carry_out(few, copy)
    there = set(Recorded(copy).files)
    with Store(copy, PLAN, "") as store:
        dispatch(PLAN, store, Serial())
        assert all((copy / name).exists() for name in there)
        assert len(Recorded(copy).replaced) == len(Recorded(copy).chunks[0]["files"])
        assert verify(copy).damage == []
        store.finish()
    assert [name for name in Recorded(copy).replaced if (copy / name).exists()] == []
    assert verify(copy).damage == []
