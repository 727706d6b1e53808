"""What a record says of how a run was made."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.data import extensions
from sim.outputs import provenance
from sim.outputs.identity import identity
from sim.outputs.provenance import RunInfo, record_text, sha256


@pytest.fixture(autouse=True)
def none_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "loaded", [])


WHOLE = RunInfo(
    origin="minsk-2021", seed=4, replicates=3, days=20, overrides={"days": "9", "a.b": "x y"},
    measures=["fence", "ban"], allow_outside=True, begun_from={"file": "state.bin"},
)  # fmt: skip


def test_the_command_has_all_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = "corridor run minsk-2021 --seed 4 --replicates 3 --days 20 --set days=9 --set 'a.b=x y' --with fence"
    assert WHOLE.command("s.yaml") == f"{begun} --with ban --from state.bin --allow-outside"
    loaded = [SimpleNamespace(file="own/smugglers.py", name="smugglers"), SimpleNamespace(file="", name="weather")]
    monkeypatch.setattr(extensions, "loaded", loaded)
    assert RunInfo(origin="x").command("s.yaml") == "corridor run x --seed 0 --with own/smugglers.py --with weather"


def test_a_run_without_an_origin_is_made_from_the_file_that_holds_all_changes() -> None:
    found = RunInfo(**{**vars(WHOLE), "origin": ""}).command("my scenario.yaml")
    assert found == "corridor run 'my scenario.yaml' --seed 4 --replicates 3 --from state.bin"
    assert RunInfo().command("s.yaml") == "corridor run s.yaml --seed 0"
    assert RunInfo(origin="x", days=0, replicates=0).command("") == "corridor run x --seed 0 --replicates 0 --days 0"


def test_the_record_of_a_run() -> None:
    found = provenance.provenance(WHOLE, "Title", "text", "hash", {"t.csv": "1"}, {"o": "2"})
    assert found == {
        "format": "corridor-run-1", "title": "Title", "command": WHOLE.command("scenario.yaml"), "scenario": "text",
        "scenario_sha256": "hash", "origin": "minsk-2021", "overrides": WHOLE.overrides, "seed": 4, "replicates": 3,
        "replicate_seeds": [], "parameters": "drawn for each replicate", "tables_sha256": {"t.csv": "1"},
        "others_sha256": {"o": "2"}, "identity": identity(), "begun_from": {"file": "state.bin"},
        "versions": provenance.versions(), "machine": provenance.machine(), "started_utc": "", "ended_utc": "",
    }  # fmt: skip
    info = RunInfo(seeds=[5], started="a", ended="b")
    one = provenance.provenance(info, "Title", "text", "hash", {}, {})
    assert one["command"] == "corridor run scenario.yaml --seed 0"
    assert (one["parameters"], one["replicate_seeds"]) == ("central values", [5])
    assert (one["started_utc"], one["ended_utc"]) == ("a", "b") and "begun_from" not in one


def test_a_record_ends_with_its_own_hash() -> None:
    text = record_text({"record_sha256": "old", "title": "é", "seed": 1})
    own = hashlib.sha256('{"title": "é", "seed": 1}'.encode()).hexdigest()
    assert text == f'{{\n  "title": "é",\n  "seed": 1,\n  "record_sha256": "{own}"\n}}\n'
    assert record_text(json.loads(text)) == text


def test_the_time_is_to_the_second_and_in_utc() -> None:
    found = datetime.fromisoformat(provenance.now())
    assert found.microsecond == 0 and provenance.now().endswith("+00:00")


def test_versions_are_of_corridor_python_and_what_results_depend_on() -> None:
    found = provenance.versions()
    assert list(found) == ["corridor", "python", "mesa", "numpy", "numba", "pandas", "pyarrow"]
    assert found["python"] == platform.python_version() and all(found.values())


def test_of_the_machine_only_its_class_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    monkeypatch.setattr(
        os, "sysconf", lambda name: {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 2**20 * 10}[name], raising=False
    )
    monkeypatch.setattr(Path, "read_text", lambda self: "flags : x\nmodel name\t: Fast: 3 GHz \nmodel name : other\n")
    assert provenance.machine() == {
        "cpu": "Fast: 3 GHz", "cores": 1, "memory_gib": 40.0, "system": f"{platform.system()} {platform.machine()}",
        "byte_order": sys.byteorder,
    }  # fmt: skip
    monkeypatch.setattr(Path, "read_text", lambda self: "flags : x\n")
    monkeypatch.setattr(platform, "processor", lambda: "")
    assert provenance.machine()["cpu"] == "unknown"

    def fail(*_: object) -> str:
        raise OSError

    monkeypatch.setattr(Path, "read_text", fail)
    monkeypatch.setattr(os, "sysconf", fail, raising=False)
    monkeypatch.setattr(platform, "processor", lambda: "arm")
    assert (provenance.machine()["cpu"], provenance.machine()["memory_gib"]) == ("arm", None)


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert sha256(tmp_path / "f") == hashlib.sha256(b"abc").hexdigest()
