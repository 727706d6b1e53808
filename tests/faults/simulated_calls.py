"""The calls of `os` and `io` that a simulated disk stands behind."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.simulated_disk import _REAL, File, Folder, SimulatedDisk

_WRITES = os.O_WRONLY | os.O_RDWR


class Raw(io.FileIO):
    """A file whose writes the disk does."""

    def __init__(self, disk: SimulatedDisk, handle: int, mode: str, *, closes: bool) -> None:
        super().__init__(handle, "r+" if "r" in mode or "+" in mode else "w", closefd=False)
        self._disk, self._handle, self._closes = disk, handle, closes

    def write(self, data: Any) -> int:
        return self._disk.write(self._handle, data)

    def truncate(self, size: int | None = None) -> int:
        size = self.tell() if size is None else size
        os.truncate(self._handle, size)
        return size

    def close(self) -> None:
        if not self.closed:
            super().close()
            if self._closes:
                os.close(self._handle)


def calls(disk: SimulatedDisk) -> dict[str, Callable[..., Any]]:
    """The calls, by name: those of `os`, and ``io.open``."""
    return {**_names(disk), **_contents(disk), "io.open": _opener(disk)}


def _path(disk: SimulatedDisk, path: Any, dir_fd: int | None) -> str:
    path = os.fsdecode(path) if not isinstance(path, int) else path
    if dir_fd is None or isinstance(path, int):
        return path
    return str(Path(f"/proc/self/fd/{dir_fd}").readlink() / path)


def _names(disk: SimulatedDisk) -> dict[str, Callable[..., Any]]:
    """What changes names."""

    def move(name: str) -> Callable[..., Any]:
        def replace(source: Any, target: Any, **kinds: Any) -> None:
            there, here = disk.find(os.fspath(source)), disk.find(os.fspath(target))
            if there is None or here is None:
                return _REAL[name](source, target, **kinds)
            assert there[0] is here[0], "files are renamed within a folder"
            disk.fail(target, needs_room=True)
            _REAL[name](source, target, **kinds)
            old = {} if name == "link" else {there[1]: None}
            there[0].change(**old, **{here[1]: there[0].live[there[1]]})
            return None

        return replace

    def remove(name: str) -> Callable[..., Any]:
        def unlink(path: Any, *, dir_fd: int | None = None) -> None:
            place = disk.find(_path(disk, path, dir_fd))
            if place is not None:
                disk.fail(path)
            _REAL[name](path, dir_fd=dir_fd)
            if place is not None:
                place[0].change(**{place[1]: None})

        return unlink

    def mkdir(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        place = disk.find(_path(disk, path, dir_fd))
        if place is not None and place[1] not in place[0].live:
            disk.fail(path, needs_room=True)
        _REAL["mkdir"](path, mode, dir_fd=dir_fd)
        if place is not None:
            place[0].change(**{place[1]: Folder()})

    moves = {name: move(name) for name in ("replace", "rename", "link")}
    return {**moves, **{name: remove(name) for name in ("unlink", "remove", "rmdir")}, "mkdir": mkdir}


def _contents(disk: SimulatedDisk) -> dict[str, Callable[..., Any]]:
    """What changes files."""

    def open_(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        whole = _path(disk, path, dir_fd)
        place = disk.find(whole)
        new = place is not None and flags & os.O_CREAT and place[1] not in place[0].live
        if new:
            disk.fail(path, needs_room=True)
        elif place is not None and flags & _WRITES:
            disk.fail(path)
        handle: int = _REAL["os.open"](path, flags, mode, dir_fd=dir_fd)
        if place is not None and new:
            place[0].change(**{place[1]: File()})
        thing = disk.thing(whole)
        if thing is not None:
            disk.handles[handle] = thing
        if isinstance(thing, File) and flags & os.O_TRUNC:
            thing.pending.append(0)
        return handle

    def close(handle: int) -> None:
        disk.handles.pop(handle, None)
        _REAL["close"](handle)

    def write(handle: int, data: Any) -> int:
        return disk.write(handle, data) if handle in disk.handles else _REAL["write"](handle, data)

    def fsync(handle: int) -> None:
        if handle in disk.handles:
            disk.flush(handle)

    def truncate(path: Any, length: int) -> None:
        thing = disk.handles.get(path) if isinstance(path, int) else disk.thing(os.fspath(path))
        if isinstance(thing, File):
            disk.fail(path)
            thing.pending.append(length)
        _REAL["truncate"](path, length)

    return {"open": open_, "close": close, "write": write, "fsync": fsync, "truncate": truncate}


def _opener(disk: SimulatedDisk) -> Callable[..., Any]:
    def open_(
        file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, errors: Any = None, newline: Any = None,
        closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        theirs = file in disk.handles if isinstance(file, int) else disk.find(os.fspath(file)) is not None
        if not theirs or not set(mode) & set("wax+"):
            return _REAL["open"](file, mode, buffering, encoding, errors, newline, closefd, opener)
        flags = os.O_CREAT | (os.O_RDWR if "+" in mode else os.O_WRONLY)
        flags = flags & ~os.O_CREAT if "r" in mode else flags
        flags |= {"a": os.O_APPEND, "w": os.O_TRUNC, "x": os.O_EXCL}.get(mode.strip("bt+"), 0)
        handle = file if isinstance(file, int) else os.open(file, flags, 0o666)
        raw = Raw(disk, handle, mode, closes=closefd)
        stream: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return stream if "b" in mode else io.TextIOWrapper(stream, encoding or "utf-8", errors, newline)

    return open_
