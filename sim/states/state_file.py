"""States in files: a header, compressed tables, and a checksum of it all.

A file is, in this order: a line that names the format and its version; the header's length (8 bytes, little-endian);
the header, JSON; the tables and the attributes, each compressed by zstandard; and the BLAKE2b checksum of all before
it (16 bytes).
"""

from __future__ import annotations

import json
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.data.durable_files import write_whole
from sim.scenario.schema import Scenario, scenario_class
from sim.states.errors import StateError
from sim.states.packed_tables import Packed
from sim.states.state import State

_NAME, _VERSION = b"corridor-state-", 1
_CHECKSUM = 16  # bytes
_CODEC = "zstd"
_LEVEL = 1  # a million migrants: 0.1 s at 1, 0.4 s at 3, for hardly fewer bytes


def write_state(state: State, file: Path) -> Path:
    """Write a state to a file, completely or not at all; return the file; raises StateError if it cannot be written."""
    codec = pa.Codec(_CODEC, compression_level=_LEVEL)
    tables, parts = [], []
    for name, (shape, kept) in state.tables.items():
        parts.append(codec.compress(_bytes_of(kept), asbytes=True))
        tables.append([name, list(shape), len(kept), _written(kept.dtype), len(parts[-1])])
    parts.append(codec.compress(state.attributes, asbytes=True))
    header = {
        "date": state.date.isoformat(),
        "day": state.day,
        "scenario": written_scenario(state.scenario),
        "timetable": None if state.scenario._timetable is None else [str(item) for item in state.scenario._timetable],
        "model_class": state.model_class,
        "identity": state.identity,
        "tables": tables,
        "attributes": [len(state.attributes), len(parts[-1])],
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    content = b"".join([_NAME, b"%d\n" % _VERSION, len(text).to_bytes(8, "little"), text, *parts])
    try:
        write_whole(file, content + _checksum(content))
    except OSError as error:
        raise StateError(f"{file}: the state cannot be written: {error.strerror or error}") from error
    return file


def read_state(file: str | Path) -> State:
    """Read a state that `write_state` wrote.

    Raises:
        StateError: If there is none, it is damaged or of another format, or needs an extension that is not loaded.
    """
    file = Path(file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise StateError(f"{file}: cannot be read: {error.strerror or error}") from None
    if not content.startswith(_NAME):
        raise StateError(f"{file}: found something other than a stored state of a model")
    checksum = content[-_CHECKSUM:]
    if _checksum(memoryview(content)[:-_CHECKSUM]) != checksum:
        raise StateError(f"{file}: damaged: it is not the stored state that was written; take it anew")
    line, _, _ = content[:64].partition(b"\n")
    if line != _NAME + b"%d" % _VERSION:
        raise StateError(f"{file}: found {line.decode()}; this version of corridor reads {_NAME.decode()}{_VERSION}")
    first = len(line) + 9
    end = first + int.from_bytes(content[first - 8 : first], "little")
    header = json.loads(content[first:end])
    return _state(header, memoryview(content)[end:-_CHECKSUM], file, checksum.hex())


def _state(header: dict[str, Any], parts: memoryview, file: Path, checksum: str) -> State:
    codec = pa.Codec(_CODEC)
    tables, at = {}, 0
    for name, shape, records, written, length in header["tables"]:
        dtype = _read_dtype(written)
        kept_shape = (records, *shape[1:])
        size = int(np.prod(kept_shape)) * dtype.itemsize
        content = codec.decompress(parts[at : at + length], decompressed_size=size)
        tables[name] = Packed(tuple(shape), np.frombuffer(content, dtype).reshape(kept_shape))
        at += length
    size, length = header["attributes"]
    attributes = codec.decompress(parts[at : at + length], decompressed_size=size, asbytes=True)
    return State(
        scenario=_scenario(header, file),
        day=header["day"],
        tables=tables,
        attributes=attributes,
        model_class=header["model_class"],
        identity=header["identity"],
        origin=str(file),
        checksum=checksum,
    )


def written_scenario(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario ready for JSON."""
    return scenario.model_dump(mode="json", exclude_none=True)


def read_scenario(written: dict[str, Any]) -> Scenario:
    """Return the scenario that `written_scenario` wrote; raises ValueError."""
    return scenario_class().model_validate_json(json.dumps(written))


def _scenario(header: dict[str, Any], file: Path) -> Scenario:
    """Return the scenario; its timetable is in the tables, and its file need not be there any more."""
    try:
        scenario = read_scenario(header["scenario"])
    except ValueError as error:
        lacking = list(header["identity"]["extensions"])
        hint = f"it needs the extensions {', '.join(lacking)}" if lacking else "its scenario is not allowed here"
        first = str(error).replace("\n", " ")
        raise StateError(f"{file}: {hint} ({first:.200})") from None
    if header["timetable"] is not None and Path(header["timetable"][0]).is_file():
        scenario._timetable = (header["timetable"][0], date.fromisoformat(header["timetable"][1]))
    return scenario


def _bytes_of(table: np.ndarray) -> Any:
    return np.ascontiguousarray(table).reshape(-1).view(np.uint8) if table.size else b""


def _written(dtype: np.dtype[Any]) -> Any:
    return dtype.descr if dtype.names else dtype.str


def _read_dtype(written: Any) -> np.dtype[Any]:
    return np.dtype(written if isinstance(written, str) else [tuple(field) for field in written])


def _checksum(content: bytes | memoryview) -> bytes:
    return blake2b(content, digest_size=_CHECKSUM).digest()
