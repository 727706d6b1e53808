"""A disk that fails on order: it records what Python does to the files of a folder, and can lose what was not flushed.

Within `SimulatedDisk.watching` the calls of `os` and `io` on files below a folder are carried out there and written
down. A fault may be planned for any of them: an error (no room, input/output) after a part of the bytes, or a power
cut, after which nothing more happens. `SimulatedDisk.after_cut` then lays a state that a file system may legally show
after it: what was flushed is there; of the other changes of names any part, in any order (a rename is one change); of
the other bytes none, all, a part, or a length with nulls. See Pillai et al. (2014), OSDI 14, whose most permissive
model of a file system this is.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sim.outputs import folder as folders

KEPT = ("none", "all", "some", "first")  # of changes of names that were not flushed
BYTES = ("none", "all", "first", "holes", "nulls")  # of writes that were not flushed


class PowerCut(BaseException):
    """The machine lost its power: nothing that follows reaches the disk."""


@dataclass
class File:
    """What is surely on the disk, what was written since, in order: (position, bytes) or a new length."""

    durable: bytes = b""
    pending: list[tuple[int, bytes] | int] = field(default_factory=list)

    def after_cut(self, lot: random.Random) -> bytes:
        """The content after a power cut."""
        how, content = lot.choice(BYTES), bytearray(self.durable)
        last = lot.randrange(len(self.pending) + 1)
        for number, change in enumerate(self.pending):
            if how == "none" or (how == "first" and number > last) or (how == "holes" and lot.random() < 0.5):
                continue
            if isinstance(change, int):
                content[change:] = bytes(max(change - len(content), 0))
                continue
            place, new = change
            content += bytes(max(place + len(new) - len(content), 0))
            if how == "nulls":
                new = bytes(len(new))
            elif how == "first" and number == last:
                new = new[: lot.randrange(len(new) + 1)]
                del content[place + len(new) :]
            elif how == "holes":
                page = lot.randrange(len(new) + 1)
                new = bytes(page) + new[page:] if lot.random() < 0.5 else new[:page] + bytes(len(new) - page)
            content[place : place + len(new)] = new
        return bytes(content)


@dataclass
class Folder:
    """Names: those that are there now, those surely on the disk, and the changes since, each of one name or several."""

    live: dict[str, File | Folder] = field(default_factory=dict)
    durable: dict[str, File | Folder] = field(default_factory=dict)
    pending: list[dict[str, File | Folder | None]] = field(default_factory=list)

    def change(self, **names: File | Folder | None) -> None:
        """Names that appear, become another file, or go (None), all of them at once."""
        self.pending.append(names)
        _apply(self.live, names)

    def flush(self) -> None:
        """All changes are on the disk now."""
        for names in self.pending:
            _apply(self.durable, names)
        self.pending.clear()

    def after_cut(self, place: Path, lot: random.Random) -> None:
        """Lay a state after a power cut into a real folder."""
        place.mkdir()
        how, found = lot.choice(KEPT), dict(self.durable)
        first = lot.randrange(len(self.pending) + 1)
        for number, names in enumerate(self.pending):
            if how == "all" or (how == "some" and lot.random() < 0.5) or (how == "first" and number < first):
                _apply(found, names)
        for name, thing in found.items():
            if isinstance(thing, Folder):
                thing.after_cut(place / name, lot)
            else:
                (place / name).write_bytes(thing.after_cut(lot))


def _apply(entries: dict[str, File | Folder], names: dict[str, File | Folder | None]) -> None:
    for name, thing in names.items():
        if thing is None:
            entries.pop(name, None)
        else:
            entries[name] = thing


@dataclass
class Fault:
    """What happens at the ``call``-th call that reaches the disk: "cut", or the number of an error.

    ``lasting``: whether all later calls that need room fail too, as on a full disk.
    """

    call: int
    kind: str | int
    lasting: bool = False


class SimulatedDisk:
    """The disk under ``root``, an existing folder whose present content is on the disk; ``faults`` by call."""

    def __init__(self, root: Path, faults: list[Fault] | None = None, lot: random.Random | None = None) -> None:
        self.root = str(root)
        self.faults = {fault.call: fault for fault in faults or ()}
        self.lot = lot or random.Random(0)
        self.swaps = self.lot.random() < 0.5  # whether the file system can swap two names at once
        self.calls, self.dead, self.full = 0, False, 0
        self.handles: dict[int, File | Folder] = {}
        self.top = _read(root)

    def after_cut(self, place: Path) -> None:
        """Lay a state of the disk after a power cut now into a new folder."""
        self.top.after_cut(place, self.lot)

    def find(self, path: str) -> tuple[Folder, str] | None:
        """The folder of a path and the name in it; None of a path elsewhere."""
        path = os.path.abspath(path)  # noqa: PTH100  # which follows no links
        if not path.startswith(self.root + os.sep):
            return None
        *parents, name = Path(path[len(self.root) + 1 :]).parts
        folder = self.top
        for parent in parents:
            inner = folder.live.get(parent)
            if not isinstance(inner, Folder):
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
            folder = inner
        return folder, name

    def thing(self, path: str) -> File | Folder | None:
        """What a path names."""
        if os.path.abspath(path) == self.root:  # noqa: PTH100
            return self.top
        place = self.find(path)
        return None if place is None else place[0].live.get(place[1])

    def call(self, needs_room: bool = False) -> int:
        """Count a call; returns the number of the error that it ends with, or 0; raises PowerCut."""
        if self.dead:
            raise PowerCut
        self.calls += 1
        fault = self.faults.get(self.calls)
        if fault is not None and fault.kind == "cut":
            self.dead = True
            raise PowerCut
        if fault is not None and fault.lasting:
            self.full = int(fault.kind)
        if self.full and needs_room:
            return self.full
        return int(fault.kind) if fault is not None else 0

    def fail(self, path: Any, needs_room: bool = False) -> None:
        """Count a call that does nothing if it fails."""
        number = self.call(needs_room)
        if number:
            raise OSError(number, os.strerror(number), path)

    def write(self, handle: int, data: bytes) -> int:
        """Write bytes, or only the first of them and then fail; either is written down."""
        thing, data = self.handles[handle], bytes(data)
        assert isinstance(thing, File)
        try:
            number = self.call(needs_room=True)
        except PowerCut:
            if not self.dead or self.calls not in self.faults:
                raise
            data, number = data[: self.lot.randrange(len(data) + 1)], -1
        if number > 0:
            data = data[: self.lot.randrange(len(data) + 1)] if self.lot.random() < 0.5 else b""
        if data:
            place = os.fstat(handle).st_size if _appends(handle) else os.lseek(handle, 0, os.SEEK_CUR)
            thing.pending.append((place, data))
            _REAL["write"](handle, data)
        if number == -1:
            self.faults.pop(self.calls)
            raise PowerCut
        if number and not data:
            raise OSError(number, os.strerror(number))
        return len(data)  # fewer than asked if it failed, as the system does; the next call then tells why

    def flush(self, handle: int) -> None:
        """Bytes or names are on the disk; if it fails, the system forgets that they are not: they never will be."""
        thing = self.handles[handle]
        number = self.call(needs_room=isinstance(thing, File))
        if number:
            raise OSError(number, os.strerror(number))
        if isinstance(thing, Folder):
            thing.flush()
        else:
            thing.durable = _content(handle)
            thing.pending.clear()

    def swap(self, one: Path, other: Path) -> bool:
        """Two names of a folder change places at once, where this file system can do so."""
        there, here = self.find(str(one)), self.find(str(other))
        if not self.swaps or there is None or here is None or self.call(needs_room=True):
            return False
        for source, target in ((one, f"{one}.swap"), (other, one), (f"{one}.swap", other)):
            _REAL["rename"](source, target)
        there[0].change(**{there[1]: here[0].live[here[1]], here[1]: there[0].live[there[1]]})
        return True

    @contextmanager
    def watching(self) -> Iterator[SimulatedDisk]:
        """Within this, all calls on files below the folder go through this disk."""
        from tests.faults.simulated_calls import calls

        names = (f"{self.lot.getrandbits(40):010x}" for _ in iter(int, 1))  # a seed stands for the same lives each time
        with (
            _patched(calls(self)),
            patch.object(folders, "_exchange", self.swap),
            patch.object(tempfile, "_name_sequence", names),
            patch.object(os, "urandom", self.lot.randbytes),
        ):
            yield self


def _read(place: Path) -> Folder:
    found: dict[str, File | Folder] = {
        path.name: _read(path) if path.is_dir() else File(path.read_bytes()) for path in sorted(place.iterdir())
    }
    return Folder(dict(found), found)


def _appends(handle: int) -> bool:
    import fcntl

    return bool(fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_APPEND)


def _content(handle: int) -> bytes:
    with _REAL["open"](f"/proc/self/fd/{handle}", "rb") as stream:
        return bytes(stream.read())


_OS = ("open", "close", "write", "fsync", "replace", "rename", "link", "unlink", "remove", "rmdir", "mkdir", "truncate")
_REAL: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in _OS} | {"open": io.open, "os.open": os.open}


@contextmanager
def _patched(made: dict[str, Callable[..., Any]]) -> Iterator[None]:
    opened = made.pop("io.open")
    with patch.multiple(os, **made), patch.object(io, "open", opened), patch.object(builtins, "open", opened):
        yield
