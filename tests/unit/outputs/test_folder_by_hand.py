"""Folders of results: what is refused in which words, and what writers leave behind."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from sim.outputs import folder as folders
from sim.outputs.folder import (
    OutputError,
    check_folder,
    check_writable,
    is_ours,
    new_folder,
    read_run,
    refuse_links,
)
from tests.unit.outputs.test_run_record import RECORD

POSIX = pytest.mark.skipif(os.name == "nt", reason="links and folders are held otherwise there")


def text_of(action: Any, *given: Any) -> str:
    with pytest.raises(OutputError) as error:
        action(*given)
    return str(error.value)


def ours(folder: Path, **changes: Any) -> Path:
    """A folder with the record of a run."""
    folder.mkdir(exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"format": "corridor-run-1", **RECORD, **changes}), encoding="utf-8")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@POSIX
def test_what_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("x")
    file = f"{tmp_path / 'file'}: found a file; a folder is needed"
    assert text_of(check_folder, tmp_path / "file") == text_of(check_writable, tmp_path / "file") == file
    assert text_of(check_folder, tmp_path / "link") == (
        f"{tmp_path / 'link'}: found a link that leads nowhere; a folder is needed"
    )
    assert text_of(check_folder, tmp_path / "other") == (
        f"{tmp_path / 'other'}: holds something other than the results of a run, which would be lost; choose another "
        "folder"
    )
    below = tmp_path / "file" / "below"
    assert text_of(check_folder, below) == f"{below}: results cannot be written here: Not a directory"
    assert text_of(check_writable, below) == f"{below}: results cannot be written here: Not a directory"
    odd = tmp_path / "a\nb"
    odd.write_text("x")
    assert text_of(check_folder, odd) == f"{str(odd)!r}: found a file; a folder is needed"


def test_what_can_be_written_to_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ours(tmp_path / "ours")
    for action in (check_folder, check_writable):
        for place in ("empty", "ours", "new", "new/below"):
            action(tmp_path / place)
    (tmp_path / "empty" / "mine.txt").write_text("x")
    check_writable(tmp_path / "empty")  # what is there may stay
    assert names(tmp_path) == ["empty", "ours"] and names(tmp_path / "empty") == ["mine.txt"]


def test_a_folder_is_ours_if_it_holds_the_record_of_a_run(tmp_path: Path) -> None:
    assert is_ours(ours(tmp_path / "a"))
    assert read_run(tmp_path / "a") == {"format": "corridor-run-1", **RECORD}
    assert not is_ours(ours(tmp_path / "b", format="corridor-run-0"))
    assert not is_ours(tmp_path / "nothing")


def test_a_record_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    none = f"{folder}: no results of a run: run.json: No such file or directory"
    assert text_of(read_run, folder) == none
    (tmp_path / ".r.partial-1.old").mkdir()
    (tmp_path / ".r.partial-0.old").mkdir()
    (tmp_path / ".r.partial-00").mkdir()
    (tmp_path / ".s.partial-0.old").mkdir()
    assert text_of(read_run, folder) == f"{none}; the results before are in {tmp_path / '.r.partial-0.old'}"
    folder.mkdir()
    assert text_of(read_run, folder) == none
    place = folder / "run.json"
    for content in ("{", "[" * 100_000, '{"a": NaN'):
        place.write_text(content)
        assert text_of(read_run, folder) == f"{place}: damaged: not JSON"
    for content in ("[]", "{}", '{"format": "other"}'):
        place.write_text(content)
        assert text_of(read_run, folder) == f"{place}: not of a run of this version of corridor"
    ours(folder, seed=-1)
    assert text_of(read_run, folder) == f"{place}: damaged: found no seed as a run has it"


@POSIX
def test_links_are_refused_in_a_folder_and_those_in_it_alone(tmp_path: Path) -> None:
    folder = ours(tmp_path / "r")
    (folder / "sub" / "deep").mkdir(parents=True)
    refuse_links(folder)
    (folder / "sub" / "deep" / "link").symlink_to(tmp_path)
    refuse_links(folder)  # no results lie that deep
    (folder / "sub" / "link").symlink_to(tmp_path)
    told = "found a link, which is not followed; results hold files of their own"
    assert text_of(refuse_links, folder) == text_of(read_run, folder) == f"{folder / 'sub' / 'link'}: {told}"
    assert text_of(check_writable, folder) == f"{folder / 'sub' / 'link'}: {told}"
    (folder / "sub" / "b").symlink_to(tmp_path / "nowhere")
    assert text_of(refuse_links, folder) == f"{folder / 'sub' / 'b'}: {told}"
    (tmp_path / "to").symlink_to(folder / "sub" / "deep")
    refuse_links(folder / "run.json")
    (folder / "sub" / "deep" / "link").unlink()
    refuse_links(tmp_path / "to")


@POSIX
def test_a_new_folder_has_the_rights_of_any_and_its_parents_are_made(tmp_path: Path) -> None:
    place = tmp_path / "a" / "b" / "r"
    with new_folder(place) as partial:
        assert partial.name.startswith(".r.partial-") and partial.parent == place.parent
        (partial / "run.json").write_text("{}")
    (tmp_path / "plain").mkdir()
    assert stat.S_IMODE(place.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)
    assert names(place.parent) == ["r"] and names(place) == ["run.json"]
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "c" / "d" / "r"):
        raise ZeroDivisionError
    assert not (tmp_path / "c").exists()
    full = OSError(28, "No space left on device")
    with pytest.raises(OutputError) as error, new_folder(tmp_path / "r"):
        raise full
    assert str(error.value) == f"{tmp_path / 'r'}: results cannot be written here: No space left on device"
    assert error.value.__cause__ is full and names(tmp_path) == ["a", "plain"]


@pytest.mark.parametrize("exchanged", [True, False])
def test_an_older_result_is_replaced(exchanged: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not exchanged:
        monkeypatch.setattr(folders, "_exchange", lambda *_: False)
    (ours(tmp_path / "r") / "old.txt").write_text("x")
    with new_folder(tmp_path / "r") as partial:
        ours(partial, title="new")
        assert read_run(tmp_path / "r")["title"] == ""
    assert names(tmp_path) == ["r"] and names(tmp_path / "r") == ["run.json"]
    assert read_run(tmp_path / "r")["title"] == "new"


@POSIX
def test_only_what_nobody_writes_to_any_more_is_swept(tmp_path: Path) -> None:
    for name in (".r.partial-fresh", ".r.partial-stale", ".r.partial-full", ".other.partial-full", ".corridor-empty",
                 ".corridor-full", ".r.other"):  # fmt: skip
        (tmp_path / name).mkdir()
        if name.endswith("full"):
            (tmp_path / name / "x").write_text("x")
    long_ago = time.time() - 61
    os.utime(tmp_path / ".r.partial-stale", (long_ago, long_ago))
    (tmp_path / ".r.partial-link").symlink_to(tmp_path / ".other.partial-full")
    folders._sweep(tmp_path / "r")
    assert names(tmp_path) == [
        ".corridor-full", ".other.partial-full", ".r.other", ".r.partial-fresh", ".r.partial-link",
    ]  # fmt: skip
    assert (tmp_path / ".other.partial-full" / "x").exists()


@POSIX
def test_of_what_was_being_replaced_the_first_is_put_back_if_nothing_took_its_place(tmp_path: Path) -> None:
    for number in (1, 2):
        ours(tmp_path / f".r.partial-{number}.old", title=str(number))
    folders._sweep(tmp_path / "r")
    assert names(tmp_path) == ["r"] and read_run(tmp_path / "r")["title"] == "1"
    ours(tmp_path / ".r.partial-3.old", title="3")
    folders._sweep(tmp_path / "r")
    assert names(tmp_path) == ["r"] and read_run(tmp_path / "r")["title"] == "1"


def test_without_the_system_call_folders_are_not_swapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(*_: Any, **__: Any) -> Any:
        raise OSError

    one, other = ours(tmp_path / "a", title="a"), ours(tmp_path / "b", title="b")
    if folders._exchange(one, other):
        assert (read_run(one)["title"], read_run(other)["title"]) == ("b", "a")
        assert not folders._exchange(one, tmp_path / "nowhere")
    monkeypatch.setattr("ctypes.CDLL", lacking)
    assert folders._exchange(one, other) is False
