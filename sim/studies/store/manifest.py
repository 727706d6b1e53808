"""The record of what a study's folder holds: a line of JSON an entry, each with the hash of all before it.

So a changed, lost or added byte shows, in the record as in the files that it names. A last line that was cut off in
the middle (the machine failed) counts as not written.
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
    """One writer's record. Entries are only ever added.

    Args:
        file: Where it is; made with the first entry.
        repair: Whether a last line that was cut off is removed, by a writer that goes on.

    Raises:
        OutputError: If a line is not what was written.
    """

    def __init__(self, file: Path, *, repair: bool = False) -> None:
        """Read what is there."""
        self.file = file
        self.entries: list[dict[str, Any]] = []
        self._hash = sha256(_START.encode()).hexdigest()
        whole = 0
        for number, (entry, end) in enumerate(self._lines(), 1):
            self._check(entry, number)
            self.entries.append(entry)
            whole = end
        self.is_cut = file.exists() and file.stat().st_size > whole  # a last line, in its middle
        if repair and self.is_cut:
            os.truncate(file, whole)

    def add(self, entry: dict[str, Any]) -> None:
        """Write an entry, safe on the disk when this returns; raises OSError, and then nothing was added."""
        chained = _chain(self._hash, entry)
        line = json.dumps({**entry, "chain": chained}, ensure_ascii=False, sort_keys=True) + "\n"
        append_whole(self.file, line.encode())
        self._hash = chained
        self.entries.append(entry)

    def _lines(self) -> Iterator[tuple[dict[str, Any], int]]:
        """Each whole line and where it ends."""
        if not self.file.exists():
            return
        place = 0
        for number, line in enumerate(self.file.read_bytes().splitlines(keepends=True), 1):
            place += len(line)
            if not line.endswith(b"\n"):
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
