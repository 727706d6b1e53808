"""What is replaced as a whole: the folder of a run, a stored state, a month of a filter, compiled code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.data.durable_files import write_text, write_whole
from sim.engine.compile_cache import CheckedFiles
from sim.outputs.folder import OutputError, _replaced, new_folder, read_run
from sim.outputs.run_record import FORMAT
from sim.states.errors import StateError
from sim.states.state_file import _checksum

LENGTH = 3000  # of each file


class Kind(NamedTuple):
    """How a version is written, which is read (0 if none), and whether a version that was written must be there."""

    name: str
    write: Callable[[Path, int], int]
    read: Callable[[Path], int]
    keeps: bool
    left: Callable[[Path], list[str]]


def _nothing(_: Path) -> list[str]:
    return []


def _partial(place: Path) -> list[str]:
    return [f"{file} is left" for file in (place / "results").iterdir() if file.name.startswith(".")]


def _write_run(place: Path, version: int) -> int:
    with new_folder(place / "results" / "r") as partial:
        for name in ("a.csv", "b.csv"):
            write_text(partial / name, str(version) * LENGTH)
        texts = dict.fromkeys(("command", "scenario", "scenario_sha256"), "")
        hashes: dict[str, dict[str, str]] = {"tables_sha256": {}, "versions": {}}
        content = {"format": FORMAT, "title": str(version), "seed": 1, "replicates": 1, **texts, **hashes}
        write_text(partial / "run.json", json.dumps(content))
    return version


def _read_run(place: Path) -> int:
    folder = place / "results" / "r"
    if not folder.exists():  # where folders cannot be swapped, a cut may come between the old one and the new one
        old = _replaced(folder)
        if not old:
            return 0
        with pytest.raises(OutputError, match=r"the results before are in .*\.old"):
            read_run(folder)
        folder = old[0]
    version = int(read_run(folder)["title"])
    for name in ("a.csv", "b.csv"):
        assert (folder / name).read_text() == str(version) * LENGTH, f"{name} is not whole"
    return version


def _write_state(place: Path, version: int) -> int:
    body = bytes([version]) * LENGTH
    try:
        write_whole(place / "states" / "s", body + _checksum(body))
    except OSError as error:
        raise StateError(str(error)) from error
    return version


def _read_state(place: Path) -> int:
    file = place / "states" / "s"
    if not file.exists():
        return 0
    content = file.read_bytes()
    assert _checksum(content[:-16]) == content[-16:], "the state is not whole"
    return content[0]


def _cache(place: Path) -> CheckedFiles:
    (place / "cache").mkdir(exist_ok=True)
    return CheckedFiles(str(place / "cache"), "rule-1", "stamp")


def _write_cache(place: Path, version: int) -> int:
    try:
        _cache(place).save(("key",), {"code": version, "more": [version] * 300})
    except OSError as error:
        raise StateError(str(error)) from error
    return version


def _read_cache(place: Path) -> int:
    found = _cache(place).load(("key",))
    if found is None:
        return 0
    assert set(found["more"]) == {found["code"]}, "compiled code is not whole"
    return int(found["code"])


KINDS = (
    Kind("run", _write_run, _read_run, True, _partial),
    Kind("state", _write_state, _read_state, True, _nothing),
    Kind("cache", _write_cache, _read_cache, False, _nothing),
)
