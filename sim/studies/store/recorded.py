"""Checked reading of a study's folder: every file is compared with its record before it is used.

A file must exist, with the recorded size and SHA-256; entries of the record and ``study.json`` must have the types
that Corridor writes. A study that was damaged or edited therefore gives an error, never wrong numbers.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from sim.outputs.folder import OutputError, refuse_links
from sim.studies.store import spool
from sim.studies.store.manifest import Manifest
from sim.studies.store.tables import SCHEMAS

STUDY = "study.json"
FORMAT = "corridor-study-1"
# Entries that only some studies have: the command that added replicates, if it is another one than the first; what the
# outputs of extensions are; and the whole text of scenarios that were shortened, whose files end with the run.
LATEST, OUTPUTS_ADDED, SHORTENED = "latest_command", "outputs_added", "whole_scenarios"
MOST_ROWS = 50_000_000  # of a part; far more than the runs of a chunk have
_HERE = re.compile(r"[^/\\\x00-\x1f\x7f]+")  # a name inside a folder


class Stamp(NamedTuple):
    """The recorded size (bytes) and SHA-256 (hexadecimal) of a file."""

    size: int
    sha256: str


def is_study(folder: Path) -> bool:
    """Return whether a folder holds a study."""
    return (folder / STUDY).is_file()


def read_study(folder: Path) -> dict[str, Any]:
    """Return the contents of ``study.json``; raises OutputError if it is missing or damaged."""
    try:
        content = json.loads((folder / STUDY).read_text(encoding="utf-8"))
    except OSError as error:
        raise OutputError(f"{folder}: no study: {STUDY}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise OutputError(f"{folder / STUDY}: damaged: not JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise OutputError(f"{folder / STUDY}: not of a study of this version of corridor")
    wrong = [what for what, right in _checks_of(content).items() if not right]
    if wrong:
        raise OutputError(f"{folder / STUDY}: damaged: found no {wrong[0]} as a study has it")
    return content


def _checks_of(content: dict[str, Any]) -> dict[str, bool]:
    plan = content.get("plan")
    plan = plan if isinstance(plan, dict) else {}
    scenarios, seed = plan.get("scenarios"), plan.get("seed")
    return {
        "title": isinstance(content.get("title"), str),
        "command": isinstance(content.get("command"), str),
        "versions": isinstance(content.get("versions"), dict),
        "plan": bool(plan),
        "kind": isinstance(plan.get("kind"), str),
        "seed": isinstance(seed, int) and not isinstance(seed, bool),
        "scenarios": isinstance(scenarios, dict) and bool(scenarios) and all(map(_is_name, scenarios)),
    }


class Recorded:
    """A study's folder by its record.

    Args:
        folder: The study's folder.

    Attributes:
        about: The contents of ``study.json``.
        files: Stamp of each recorded file, by its name with slashes.
        chunks: Entry of each chunk that was written, by number; of several entries, the one with most runs.
        replaced: Names of the files of entries that others replaced.
        replicates, runs: Numbers requested by the last command.
        asked: What was requested, one entry after the other; a study with points only grows.
        derived: Names of the tables made from the complete study, for the numbers now requested.

    Raises:
        OutputError: If there is no study or no record, or one of them is damaged.
    """

    def __init__(self, folder: Path) -> None:
        """Read the record; files are read on demand."""
        self.folder = folder
        refuse_links(folder)
        self.about = read_study(folder)
        self.files: dict[str, Stamp] = {}
        self.chunks: dict[int, dict[str, Any]] = {}
        self.replicates = self.runs = 0
        self.asked: list[dict[str, Any]] = []
        self.derived: list[str] = []
        self.replaced: set[str] = set()
        derived: list[dict[str, Any]] = []
        records = manifests_of(folder)
        for file in records:
            for number, entry in enumerate(Manifest(file).entries, 1):
                check_entry(entry, f"{file}:{number}")
                self._take(entry)
                derived += [entry] if "derived" in entry else []
        if not records:
            raise OutputError(f"{folder}: damaged: the record manifest.jsonl is missing")
        for entry in derived:
            of = entry.get("replicates", self.replicates), entry.get("of_runs", self.runs)
            if of == (self.replicates, self.runs):
                self.derived = list(entry["derived"])
        self.chunks = dict(sorted(self.chunks.items()))
        for entry in self.chunks.values():  # of several entries of a chunk, the one that counts
            self.files |= {name: Stamp(*stamp) for name, stamp in entry["files"].items()}
        self.replaced -= set(self.files)

    def _take(self, entry: dict[str, Any]) -> None:
        self.replaced |= set(entry.get("files", ()))
        for kind in ("study", "derived"):
            self.files |= {name: Stamp(*stamp) for name, stamp in entry.get(kind, {}).items()}
        if "asked" in entry:
            self.asked.append(entry["asked"])
            latest = max(self.asked, key=lambda one: one["runs"]) if self.points else entry["asked"]
            self.replicates, self.runs = latest["replicates"], latest["runs"]
        if "chunk" in entry:
            number = entry["chunk"]
            if replaces(entry, self.chunks.get(number)):
                self.chunks[number] = entry

    @property
    def points(self) -> int:
        """Return how many points the study has by what was requested so far; 0 if none."""
        return max((one.get("points", 0) for one in self.asked), default=0)

    @property
    def there(self) -> int:
        """Return how many of the requested runs are recorded."""
        ends = (entry["runs"] for entry in self.chunks.values())
        return sum(max(min(last, self.runs - 1) - first + 1, 0) for first, last in ends)

    @property
    def waiting(self) -> int:
        """Return how many runs have ended in chunks that are still incomplete, and are therefore in no table."""
        place = self.folder / "spool"
        ended = {number for file in place.iterdir() for number in spool.read(file)} if place.is_dir() else set()
        spans = [entry["runs"] for entry in self.chunks.values()]
        return sum(not any(first <= number <= last for first, last in spans) for number in ended)

    @property
    def unfinished(self) -> str:
        """Return a message for a study that lacks requested runs; empty if it is complete."""
        if self.there == self.runs and self.runs:
            return ""
        found = f"not complete: {self.there:,} of {self.runs:,} runs are there"
        found += f", and {waiting:,} wait for the rest of their chunk" if (waiting := self.waiting) else ""
        return f"{found}; the command that made it resumes it, or `corridor mend {self.folder}`"

    def content(self, name: str) -> bytes:
        """Return the content of a file; raises OutputError if it differs from the record."""
        content = self._matching(name)
        if content is None:
            self._read_again()
            content = self._matching(name)
        if content is None:
            file = self.folder / name
            raise OutputError(f"{file}: damaged: not the bytes that were written; `corridor mend` makes it again")
        return content

    def _read_again(self) -> None:
        """Take in what the record says now of chunks and files: the study may have been resumed, or have grown."""
        now = Recorded(self.folder)
        self.chunks = now.chunks
        self.files |= now.files

    def _matching(self, name: str) -> bytes | None:
        """Return the content of a file, or None if it differs from the record."""
        file, stamp = self.folder / name, self.files.get(name)
        if stamp is None:
            raise OutputError(f"{file}: damaged: it is not of the record")
        try:
            content = file.read_bytes() if file.stat().st_size == stamp.size else b""
        except OSError as error:
            raise OutputError(f"{file}: damaged: {error.strerror}; `corridor mend` makes it again") from None
        return content if sha256(content).hexdigest() == stamp.sha256 else None

    def problem(self, name: str) -> str:
        """Return what is wrong with a recorded file; empty if nothing is."""
        stamp = self.files[name]
        return problem_of(self.folder / name, stamp.size, stamp.sha256)

    def damaged(self, chunk: int) -> list[str]:
        """Return what is wrong with the files of a chunk, one line each."""
        return [problem for name in self.chunks[chunk]["files"] if (problem := self.problem(name))]

    def name_of(self, table: str, chunk: int) -> str | None:
        """Return the name of the file of a table's chunk, None if it has no rows."""
        return next((name for name in self.chunks[chunk]["files"] if name.startswith(f"{table}/")), None)

    def part(self, table: str, chunk: int) -> pa.Table | None:
        """Return a table of a chunk, None if it has no rows; raises OutputError if it differs from the record."""
        name = self.name_of(table, chunk)
        if name is not None and not (self.folder / name).is_file():
            self._read_again()
            name = self.name_of(table, chunk)
        if name is None:
            return None
        source = pa.BufferReader(self.content(name))
        try:
            rows = pq.read_metadata(source).num_rows
            if rows > MOST_ROWS:
                raise OutputError(f"{self.folder / name}: found {rows:,} rows; allowed: up to {MOST_ROWS:,}")
            return pq.read_table(source, schema=SCHEMAS[table])
        except (OSError, pa.ArrowException) as error:
            raise OutputError(f"{self.folder / name}: damaged: {error}; `corridor verify` lists all damage") from error


def part_name(table: str, chunk: int, only: int | None = None) -> str:
    """Return the name of the file of a table's chunk, within the study's folder.

    A last chunk that is not full (``only`` so many runs) has a name of its own, so that the full one, after more
    replicates were asked for, never takes the place of a file that the record still needs.
    """
    return f"{table}/part-{chunk:05}{'' if only is None else f'-of-{only}'}.parquet"


def replaces(entry: dict[str, Any], before: dict[str, Any] | None) -> bool:
    """Return whether a chunk's entry counts in place of an earlier one."""
    return before is None or bool(entry.get("again")) or entry["runs"][1] >= before["runs"][1]


def manifests_of(folder: Path) -> list[Path]:
    """Return the manifests of a study's writers, in order."""
    return sorted(path for path in folder.iterdir() if re.fullmatch(r"manifest.*\.jsonl", path.name))


def problem_of(file: Path, size: int, digest: str) -> str:
    """Return what is wrong with a file of recorded size and SHA-256; empty if nothing is."""
    if not file.is_file():
        return f"{file}: missing"
    found = file.stat().st_size
    if found != size:
        return f"{file}: found {found:,} bytes; {size:,} were written"
    return "" if sha256(file.read_bytes()).hexdigest() == digest else f"{file}: not the bytes that were written"


def check_entry(entry: dict[str, Any], where: str) -> None:
    """Check that an entry of a record has the types that Corridor writes; raises OutputError."""
    runs, asked = entry.get("runs", [0, 0]), entry.get("asked", {"replicates": 1, "runs": 1})
    right = (
        _is_count(entry.get("chunk", 0))
        and isinstance(runs, list) and len(runs) == 2 and all(map(_is_count, runs)) and runs[0] <= runs[1]
        and isinstance(asked, dict) and all(_is_count(asked.get(key)) for key in ("replicates", "runs"))
        and _is_count(asked.get("points", 0)) and isinstance(asked.get("sha256", ""), str)
        and ("chunk" not in entry or ("runs" in entry and "files" in entry))
        and all(_are_stamps(entry.get(kind, {})) for kind in ("study", "files", "derived"))
    )  # fmt: skip
    if not right:
        raise OutputError(f"{where}: damaged: not an entry as Corridor writes it")


def _are_stamps(value: Any) -> bool:
    """Return whether a value maps names of files inside the folder to stamps."""
    return isinstance(value, dict) and all(
        all(map(_is_name, name.split("/")))
        and isinstance(stamp, list)
        and len(stamp) == 2
        and _is_count(stamp[0])
        and isinstance(stamp[1], str)
        for name, stamp in value.items()
    )


def _is_name(text: Any) -> bool:
    return isinstance(text, str) and text not in {".", ".."} and _HERE.fullmatch(text) is not None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
