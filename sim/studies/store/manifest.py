"""The manifest of a study's folder: one line of JSON per entry, each with the hash of all entries before it.

Any changed, lost or added byte is therefore detected, in the manifest and in the files that it names. A last line that
was cut off because the machine failed counts as not written, as does one with nulls, in place of bytes that never
reached the disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.data.durable_files import append_whole
from sim.outputs.folder import OutputError

_START = "corridor-manifest-1"


class Manifest:
    """The manifest of one writer; entries are only ever appended.

    Args:
        file: Its file, created with the first entry.
        repair: Whether to remove a last line that was cut off, as a resuming writer does.

    Raises:
        OutputError: If a line was changed.
    """

    def __init__(self, file: Path, *, repair: bool = False) -> None:
        """Read the existing entries."""
        self.file = file
        self.entries: list[dict[str, Any]] = []
        self._hash = sha256(_START.encode()).hexdigest()
        whole = 0
        for number, (entry, end) in enumerate(self._lines(), 1):
            self._check(entry, number)
            self.entries.append(entry)
            whole = end
        self.is_cut = file.exists() and file.stat().st_size > whole  # the last line is incomplete
        if repair and self.is_cut:
            os.truncate(file, whole)

    def add(self, entry: dict[str, Any]) -> None:
        """Append an entry and flush it to the disk; raises OSError, and then nothing was added."""
        chained = _chain(self._hash, entry)
        line = json.dumps({**entry, "chain": chained}, ensure_ascii=False, sort_keys=True) + "\n"
        append_whole(self.file, line.encode())
        self._hash = chained
        self.entries.append(entry)

    def _lines(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield each complete line and the position of its end."""
        if not self.file.exists():
            return
        place = 0
        lines = self.file.read_bytes().splitlines(keepends=True)
        for number, line in enumerate(lines, 1):
            place += len(line)
            if not line.endswith(b"\n") or (b"\0" in line and number == len(lines)):
                return
            try:
                entry = json.loads(line)
                same = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n" == line
            except (ValueError, RecursionError):
                same = False
            if not same or not isinstance(entry, dict):
                raise OutputError(f"{self.file}:{number}: damaged: not the line that was written")
            yield entry, place

    def _check(self, entry: dict[str, Any], number: int) -> None:
        found = entry.pop("chain", None)
        self._hash = _chain(self._hash, entry)
        if found != self._hash:
            raise OutputError(f"{self.file}:{number}: damaged: this line, or one before it, was changed")


def _chain(before: str, entry: dict[str, Any]) -> str:
    return sha256((before + json.dumps(entry, ensure_ascii=False, sort_keys=True)).encode()).hexdigest()
