"""What is read of a run's folder is what was written: every entry of its record has its type, every file its hash."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from sim.outputs import folder as folders
from sim.outputs.folder import OutputError, new_folder, read_run
from sim.outputs.provenance import record_text
from sim.outputs.results import Results
from sim.outputs.run_record import wrong_entry
from sim.runs import run
from tests.strategies import tiny_scenario


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tiny_scenario(days=10)).write(tmp_path_factory.mktemp("runs") / "r")


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "r"))


def test_every_entry_of_the_record_has_its_type(copy: Path) -> None:
    content = json.loads((copy / "run.json").read_text())
    others: list[Any] = [None, -1, 1.5, "x", [], [None], {"a": None}, {"../x": "0" * 64}, True]
    for name in content:
        refused = 0
        for other in others:
            (copy / "run.json").write_text(record_text({**content, name: other}))
            try:
                Results.read(copy)
            except OutputError as error:
                assert "run.json" in str(error)
                refused += 1
        assert refused > 2 or name == "record_sha256", name


@pytest.mark.parametrize("name", ["scenario.yaml", "daily.parquet", "monthly.csv", "totals.csv"])
def test_no_changed_file_is_read(copy: Path, name: str) -> None:
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content.replace(b"tiny", b"Tiny") if b"tiny" in content else content + b" ")
    with pytest.raises(OutputError, match=rf"{name}: damaged: not the bytes that were written"):
        Results.read(copy)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize("name", ["run.json", "totals.csv", "more"])
def test_a_link_among_results_is_refused_with_its_name(copy: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    if (copy / name).exists():
        (copy / name).rename(elsewhere)
    (copy / name).symlink_to(elsewhere)
    with pytest.raises(OutputError, match=rf"{copy / name}: found a link"):
        Results.read(copy)


def test_what_a_writer_left_that_was_ended_is_swept(tmp_path: Path) -> None:
    left = tmp_path / ".r.partial-abcdefgh"
    left.mkdir()
    (left / "totals.csv").write_text("half")
    other = tmp_path / ".other.partial-abcdefgh"
    other.mkdir()
    with new_folder(tmp_path / "r") as place:
        (place / "run.json").write_text("{}")
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, "r"]


@pytest.mark.skipif(os.name == "nt", reason="folders are not held there")
def test_a_writer_at_work_is_left_alone(tmp_path: Path) -> None:
    with new_folder(tmp_path / "r") as one:
        (one / "run.json").write_text('{"format": "corridor-run-1"}')
        with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "r"):
            raise KeyboardInterrupt
        assert (one / "run.json").exists()


def test_a_result_that_was_being_replaced_is_put_back(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two folders cannot be swapped, a power cut may come after the old one was moved away."""
    old = copy.rename(copy.with_name(".r.partial-abcdefgh.old"))
    with pytest.raises(OutputError, match=r"the results before are in .*\.old"):
        read_run(copy)
    monkeypatch.setattr(folders, "_exchange", lambda *_: False)
    with pytest.raises(KeyboardInterrupt), new_folder(copy):
        raise KeyboardInterrupt
    assert Results.read(copy).scenario.days == 10
    assert not old.exists()


HASH = "0123456789abcdef" * 4
RECORD: dict[str, Any] = {
    "title": "", "command": "c", "scenario": "s", "scenario_sha256": "h", "seed": 0, "replicates": 1,
    "tables_sha256": {"a.csv": HASH}, "versions": {"numpy": "2"},
}  # fmt: skip
RIGHT: dict[str, list[Any]] = {
    "seed": [0, 2**64 - 1], "replicates": [1, 9], "tables_sha256": [{}, {".a": HASH, "a b": HASH}], "title": ["x"],
    "versions": [{}], "others_sha256": [{}, {"x": HASH}], "origin": [""], "overrides": [{}, {"a": "b"}],
    "parameters": ["x"], "days": [None, 0, 5], "measures": [[], ["x"]], "allow_outside": [True, False],
    "replicate_seeds": [[], [0, 5]], "begun_from": [{"file": "x"}], "identity": [{}, {"a": 1}],
    "machine": [{"a": None}], "started_utc": ["x"], "ended_utc": ["x"],
}  # fmt: skip
NO_HASHES: list[Any] = [
    [], None, {"a": HASH[1:]}, {"a": HASH + "0"}, {"a": HASH.upper()}, {"a": None}, {"": HASH}, {".": HASH},
    {"..": HASH}, {"a/b": HASH}, {"a\\b": HASH}, {"a\n": HASH}, {"a\x7f": HASH}, {"a": HASH, "b": "x"},
]  # fmt: skip
WRONG: dict[str, list[Any]] = {
    "seed": [-1, 2**64, 1.0, True, "1", None], "replicates": [0, -1, True, None, 1.0], "tables_sha256": NO_HASHES,
    "title": [None, 5], "command": [None], "scenario": [[]], "scenario_sha256": [1], "versions": [None, {"a": 1}, []],
    "others_sha256": [*NO_HASHES], "origin": [None, 1], "overrides": [{"a": 1}, None], "parameters": [None],
    "days": [-1, "5", 1.5, True], "measures": [None, [1], "x", ("x",)], "allow_outside": [0, None, "x"],
    "replicate_seeds": [None, [-1], [True], {}], "begun_from": [{"file": 1}, None], "identity": [None, []],
    "machine": [None, "x"], "started_utc": [None], "ended_utc": [5],
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_an_entry_is_named_if_it_is_of_another_type(name: str) -> None:
    assert wrong_entry(RECORD) == ""
    for value in RIGHT.get(name, []):
        assert wrong_entry({**RECORD, name: value}) == "", value
    for value in WRONG[name]:
        assert wrong_entry({**RECORD, name: value}) == name, value
    without = {key: value for key, value in RECORD.items() if key != name}
    assert wrong_entry(without) == (name if name in RECORD else "")
    assert wrong_entry({**RECORD, "more": None}) == ""
    assert wrong_entry({**RECORD, "ended_utc": 5, "seed": -1}) == "seed"
