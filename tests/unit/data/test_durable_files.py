"""Files are written whole and stay: after a fault at any step there is the old file or the new one, and no litter."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.data import durable_files
from sim.data.durable_files import append_whole, make_folder, umask, write_text, write_whole

OLD, NEW = b"old", b"new and longer"
STEPS = ["os.fsync", "os.fdopen", "pathlib.Path.chmod", "pathlib.Path.replace"]


def failing(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("step", STEPS)
def test_what_fails_leaves_the_old_file_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f"
    write_whole(file, OLD)
    monkeypatch.setattr(step, failing)
    with pytest.raises(OSError, match="No space left"):
        write_whole(file, NEW)
    monkeypatch.undo()
    assert file.read_bytes() == OLD
    assert names(tmp_path) == ["f"]


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "f", NEW)
    assert names(tmp_path) == []


def synced_paths(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What is brought to the disk from now on, in order."""
    real, seen = os.fsync, []

    def sync(handle: int) -> None:
        seen.append(Path(f"/proc/self/fd/{handle}").readlink())
        real(handle)

    monkeypatch.setattr("os.fsync", sync)
    return seen


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="/proc tells which file an open handle is of")
@pytest.mark.parametrize("write", [write_whole, append_whole])
def test_a_new_file_and_its_name_are_brought_to_the_disk(
    write: Callable[[Path, bytes], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = synced_paths(monkeypatch)
    write(tmp_path / "f", NEW)
    assert (tmp_path / "f").read_bytes() == NEW
    assert [path.parent for path in seen] == [tmp_path, tmp_path.parent]
    assert seen[-1] == tmp_path


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="/proc tells which file an open handle is of")
def test_new_folders_are_brought_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = synced_paths(monkeypatch)
    make_folder(tmp_path / "a" / "b")
    assert set(seen) == {tmp_path, tmp_path / "a"}
    make_folder(tmp_path / "a" / "b")
    assert len(seen) == 2


def test_what_is_added_is_added_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "log"
    monkeypatch.setattr("os.fsync", failing)
    with pytest.raises(OSError, match="No space"):
        append_whole(file, OLD)
    assert not file.exists()
    monkeypatch.undo()
    append_whole(file, OLD)
    monkeypatch.setattr("os.fsync", failing)
    with pytest.raises(OSError, match="No space"):
        append_whole(file, NEW)
    monkeypatch.undo()
    append_whole(file, NEW)
    assert file.read_bytes() == OLD + NEW


def test_new_files_have_the_rights_that_the_process_gives(tmp_path: Path) -> None:
    write_whole(tmp_path / "f", NEW)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o666 & ~umask()


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    write_text(tmp_path / "deep" / "er" / "f", "ä\r\nb\n")
    assert (tmp_path / "deep" / "er" / "f").read_bytes() == "ä\r\nb\n".encode()


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    write_whole(tmp_path / ("n" * 240), NEW)
    assert names(tmp_path) == ["n" * 240]


def test_folders_need_no_sync_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable_files.os, "name", "nt")
    monkeypatch.setattr("os.fsync", failing)
    durable_files.sync_folder(tmp_path)
