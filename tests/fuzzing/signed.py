"""Studies, runs, states and months of a filter with one file changed, and records that agree with the change.

A change that the record tells of never reaches what reads the file. Somebody who hands over a folder can write its
record too.
"""

from __future__ import annotations

import io
import json
import shutil
import struct
import tempfile
import zlib
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import numpy as np

# Files of a study and of a run, with their kind; the manifest also with hashes that fit, as its maker could give it.
STUDY_FILES = {
    "manifest.jsonl": "json",
    "manifest-unsigned": "json",
    "study.json": "json",
    "scenarios/base.yaml": "text",
    "totals/part": "binary",
    "runs/part": "binary",
    "weekly/part": "binary",
    "intervals.csv": "text",
    "spool/chunk-00000.bin": "binary",
}
RUN_FILES = {"run.json": "json", "daily.parquet": "binary", "totals.csv": "text", "scenario.yaml": "text"}
_HEAD = struct.Struct("<QI")


@cache
def _made() -> Path:
    """A study and a run, made once a process."""
    from sim.runs import run
    from sim.states.state_file import write_state
    from sim.studies.carry_out import carry_out
    from sim.studies.plan import Plan
    from tests.strategies import finished, tiny_scenario

    place = Path(tempfile.mkdtemp(prefix="corridor-fuzz-"))
    scenarios = {"base": tiny_scenario(days=20), "other": tiny_scenario({"behaviour": {"retry": 9}}, days=20)}
    carry_out(Plan("compare", scenarios, 2), place / "study")
    run(tiny_scenario(days=20)).write(place / "run")
    write_state(finished(tiny_scenario(days=20), 10).state(), place / "state")
    return place


def remove_made() -> None:
    """Remove what was made for this process."""
    if _made.cache_info().currsize:
        shutil.rmtree(_made(), ignore_errors=True)


def study_at(folder: Path) -> Path:
    """A copy of the study."""
    shutil.copytree(_made() / "study", folder)
    return folder


def study_with(place: Path, name: str, content: bytes) -> Path:
    """A copy of the study with one file of this content."""
    folder = study_at(place / "study")
    if name.startswith("manifest"):
        lines = content if name.endswith("unsigned") else _chained(content)
        (folder / "manifest.jsonl").write_bytes(lines)
        return folder
    if name.endswith("/part"):
        name = next(file for file in _stamps(folder) if file.startswith(name))
    if name.startswith("spool/"):
        (folder / "spool").mkdir(exist_ok=True)
        (folder / name).write_bytes(_HEAD.pack(len(content), zlib.crc32(content)) + content)
        return _unfinished(folder)
    (folder / name).write_bytes(content)
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_bytes().splitlines()]
    for entry in lines:
        for kind in ("study", "files", "derived"):
            if name in entry.get(kind, {}):
                entry[kind][name] = [len(content), sha256(content).hexdigest()]
    (folder / "manifest.jsonl").write_bytes(_chained(_lines(lines)))
    return folder


def right_study(name: str) -> list[bytes]:
    """The content of a file of the study."""
    folder = _made() / "study"
    if name.startswith("manifest"):
        entries = [json.loads(line) for line in (folder / "manifest.jsonl").read_bytes().splitlines()]
        return [(folder / "manifest.jsonl").read_bytes() if name.endswith("unsigned") else _lines(entries)]
    if name.startswith("spool/"):
        from sim.outputs.weekly import WeeklyData
        from sim.studies.plan import Run
        from sim.studies.store import spool
        from sim.studies.store.tables import Ended

        weekly = WeeklyData(*(np.zeros((3, 2)) for _ in WeeklyData._fields))
        return [spool._pack(Ended(Run(0, 0, -1, 0, False), 1, {"a": 0.5}, weekly))]
    if name.endswith("/part"):
        return [file.read_bytes() for file in sorted(folder.glob(f"{name}*"))]
    return [(folder / name).read_bytes()]


def _unfinished(folder: Path) -> Path:
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_bytes().splitlines()]
    (folder / "manifest.jsonl").write_bytes(_chained(_lines([line for line in lines if "derived" not in line])))
    return folder


def _stamps(folder: Path) -> dict[str, Any]:
    lines = [json.loads(line) for line in (folder / "manifest.jsonl").read_bytes().splitlines()]
    return {name: stamp for line in lines for name, stamp in line.get("files", {}).items()}


def _lines(entries: list[Any]) -> bytes:
    return b"".join(json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n" for entry in entries)


def _chained(content: bytes) -> bytes:
    """Lines of JSON with the hashes that a manifest has; what is no JSON stays."""
    from sim.studies.store.manifest import _START, _chain

    before, lines = sha256(_START.encode()).hexdigest(), []
    for line in content.split(b"\n"):
        try:
            entry = json.loads(line)
            entry.pop("chain", None)
            before = _chain(before, entry)
            lines.append(json.dumps({**entry, "chain": before}, ensure_ascii=False, sort_keys=True).encode())
        except (ValueError, AttributeError, TypeError, RecursionError):
            lines.append(line)
    return b"\n".join(lines)


def run_with(place: Path, name: str, content: bytes) -> Path:
    """A copy of the run with one file of this content."""
    folder = place / "run"
    shutil.copytree(_made() / "run", folder)
    (folder / name).write_bytes(content)
    if name != "run.json":
        from sim.outputs.provenance import record_text

        record = json.loads((folder / "run.json").read_text())
        for kind in ("tables_sha256", "others_sha256"):
            if name in record[kind]:
                record[kind][name] = sha256(content).hexdigest()
        (folder / "run.json").write_text(record_text(record))
    return folder


def right_run(name: str) -> list[bytes]:
    """The content of a file of the run."""
    return [(_made() / "run" / name).read_bytes()]


def state_of(content: bytes) -> bytes:
    """A stored state with the checksum of its content."""
    return content + blake2b(content, digest_size=16).digest()


def right_states() -> list[bytes]:
    """A stored state without its checksum."""
    return [(_made() / "state").read_bytes()[:-16]]


def right_months() -> list[bytes]:
    """A month of a filter."""
    sink = io.BytesIO()
    arrays = {name: np.zeros((2, 3, 4)) for name in ("paths", "off", "scores", "daily", "dispersion")}
    np.savez_compressed(sink, allow_pickle=False, about=np.array('{"month": "2021-07-01"}'), **arrays)
    plain = io.BytesIO()
    np.savez(plain, allow_pickle=False, about=np.array('{"month": "2021-07-01"}'), **arrays)
    return [sink.getvalue(), plain.getvalue()]
