"""The spool: ended runs of incomplete chunks, one file per chunk; a kill loses only the current run.

A record is a length, a checksum, a line of JSON and the plain arrays of its weeks; it contains no code. A record that
was cut off is ignored, with all after it, and so are nulls, which a power cut may leave in place of a record.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from sim.outputs.weekly import WeeklyData
from sim.studies.plan import Run
from sim.studies.store.tables import Ended

_HEAD = struct.Struct("<QI")


def append(file: Path, ended: Ended) -> None:
    """Append a run to a spool; a spool that is not writable is no error, as the chunk keeps the run too.

    A record that does not fit is removed again: it would hide those after it.
    """
    body = _pack(ended)
    record = _HEAD.pack(len(body), zlib.crc32(body)) + body
    with suppress(OSError):
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            size = os.fstat(handle).st_size
            if os.write(handle, record) < len(record):
                os.truncate(handle, size)
        finally:
            os.close(handle)


def read(file: Path, *, repair: bool = False) -> dict[int, Ended]:
    """Return the complete runs of a spool, by number; none if there is no such file.

    Args:
        file: The spool.
        repair: Whether to remove a record that was cut off, as a resuming writer does: it would hide later ones.
    """
    try:
        content = file.read_bytes()
    except OSError:
        return {}
    found, whole = {}, 0
    for ended, end in _records(content):
        found[ended.run.number] = ended
        whole = end
    if repair and whole < len(content):
        with suppress(OSError):
            os.truncate(file, whole)
    return found


def _records(content: bytes) -> Iterator[tuple[Ended, int]]:
    """Yield each complete record and the position of its end."""
    place = 0
    while place + _HEAD.size <= len(content):
        length, check = _HEAD.unpack_from(content, place)
        body = content[place + _HEAD.size : place + _HEAD.size + length]
        if not body or len(body) != length or zlib.crc32(body) != check:
            return
        place += _HEAD.size + length
        try:
            ended = _unpack(body)
        except (ValueError, TypeError, KeyError, RecursionError, MemoryError):  # of another version, or not ours
            return
        yield ended, place


def _pack(ended: Ended) -> bytes:
    arrays = [] if ended.weekly is None else [np.ascontiguousarray(array) for array in ended.weekly]
    head: dict[str, Any] = {
        "run": list(ended.run),
        "seed": ended.seed,
        "parameters": ended.parameters,
        "error": ended.error,
        "arrays": [[array.dtype.str, array.shape] for array in arrays],
    }
    return b"\n".join([json.dumps(head).encode(), b"".join(array.tobytes() for array in arrays)])


def _unpack(body: bytes) -> Ended:
    line, _, rest = body.partition(b"\n")
    head = json.loads(line)
    arrays, place = [], 0
    for dtype, shape in head["arrays"]:
        count = int(np.prod(shape))
        arrays.append(np.frombuffer(rest, dtype, count, place).reshape(shape))
        place += arrays[-1].nbytes
    weekly = WeeklyData(*arrays) if arrays else None
    return Ended(Run(*head["run"]), head["seed"], head["parameters"], weekly, head["error"])
