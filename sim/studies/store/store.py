"""The writer of a study's folder: Parquet files by table and chunk, each written atomically, and their manifest.

DIR/study.json             what the study is, and the command that reproduces it
DIR/scenarios/NAME.yaml    its scenarios, after `extends`
DIR/extensions/NAME.py     the extensions used
DIR/TABLE/part-00000.parquet (the last, if it is not full: part-00001-of-RUNS.parquet)
DIR/manifest*.jsonl        size and SHA-256 of every file
DIR/spool/                 runs of incomplete chunks
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sim.data import extensions
from sim.data.durable_files import make_folder, sync_file, sync_folder, write_whole
from sim.outputs.definitions import OUTPUTS, registered
from sim.outputs.folder import TRIAL, OutputError, check_writable
from sim.outputs.identity import check_identity, identity
from sim.outputs.provenance import machine, now, versions
from sim.scenario.schema import Scenario
from sim.scenario.write import to_yaml
from sim.studies.plan import Plan, Run
from sim.studies.store import spool
from sim.studies.store.growth import grown
from sim.studies.store.lock import Lock
from sim.studies.store.manifest import Manifest
from sim.studies.store.recorded import (
    FORMAT,
    LATEST,
    OUTPUTS_ADDED,
    SHORTENED,
    STUDY,
    Recorded,
    is_study,
    part_name,
    read_study,
)
from sim.studies.store.tables import SCHEMAS, Ended
from sim.studies.work.worker import Done

EXTENSIONS = "extensions"  # folder of the sources of extensions
_FOLDERS = {"scenarios", EXTENSIONS, "spool", *SCHEMAS}
_LEFT = re.compile(r"\.(\.?study\.json|datapackage\.json|part-\d{5}|.+\.(csv|yaml|py)\.).*")  # of a file not yet whole
ANOTHER_MODEL = "runs of two models do not mix: choose another folder, or continue with the model that made this one"
_DERIVED = ("chunk",)  # entries of a plan that follow from the others


class Store:
    """The only writer of a study's folder (or of one shard of it); a context manager.

    Args:
        folder: The study's folder, created if missing.
        plan: The study. If the folder holds the same study, or a smaller one, it is resumed; any other is refused.
        command: The command that reproduces it.
        shard: ``(i, n)``: this writer does the i-th of n equal parts of the runs.

    Attributes:
        plan: The study, with the sizes that it had before.

    Raises:
        OutputError: If another process is writing there, it holds something else, or is not writable.
    """

    def __init__(self, folder: Path, plan: Plan, command: str = "", shard: tuple[int, int] | None = None) -> None:
        """Open or create the folder, and acquire its lock."""
        self.folder = folder
        self.plan = plan
        self.seconds = 0.0
        self.damage: list[str] = []
        self._again: set[int] = set()
        name = "" if shard is None else f".{shard[0]}-of-{shard[1]}"
        self._lock: Lock | None = None
        check_writable(folder)
        try:
            make_folder(folder)
            self._refuse_foreign()
            self._lock = Lock(folder, name)
            self._alone = shard is None
            if self._alone:
                self._sweep()
            if not is_study(folder):
                self._begin(command)
            self._refuse_other()
            self.plan = grown(plan, folder)
            self.manifest = Manifest(folder / f"manifest{name}.jsonl", repair=True)
            if not self.manifest.entries:
                self._record_study()
            self._record_asked(command if shard is None else "")
            self._mend_scenarios()
            make_folder(folder / "spool")
        except OSError as error:
            self.close()
            raise cannot_write(folder, error) from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back."""
        self.close()

    def close(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def done(self, chunks: Iterable[int]) -> dict[int, int]:
        """Return how many runs each of these chunks has, over all writers; none if a file is missing or damaged.

        Such a chunk is done again; `damage` lists what was wrong with it.
        """
        recorded = Recorded(self.folder)
        found = {}
        for number in chunks:
            if number not in recorded.chunks:
                continue
            damage = recorded.damaged(number)
            self._again |= {number} if damage else set()
            self.damage += damage
            first, last = recorded.chunks[number]["runs"]
            found[number] = 0 if damage else last - first + 1
        return found

    def spool(self, chunk: int, first: int | None = None) -> Path:
        """Return the spool file of an incomplete chunk, or of its runs from ``first`` where shards share the chunk."""
        piece = "" if first is None else f"-from-{first}"
        return self.folder / "spool" / f"chunk-{chunk:05}{piece}.bin"

    def spooled(self, chunk: int) -> dict[int, Ended]:
        """Return all runs of a chunk that are in spools, by number."""
        found: dict[int, Ended] = {}
        for file in self._spools(chunk):
            found |= spool.read(file)
        return found

    def sync_spool(self, chunk: int, piece: Sequence[Run]) -> None:
        """Flush a shard's part of a chunk to the disk; raises OutputError if that fails, or a run is not in it."""
        file = self.spool(chunk, piece[0].number)
        try:
            sync_file(file)
            sync_folder(self.folder / "spool")
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        if any(run.number not in kept for kept in [spool.read(file)] for run in piece):
            raise cannot_write(self.folder, OSError(f"{file.name} lacks runs that were done"))

    def _spools(self, chunk: int) -> list[Path]:
        found = (self.folder / "spool").iterdir()
        return sorted(file for file in found if file.name.startswith((f"chunk-{chunk:05}.", f"chunk-{chunk:05}-")))

    def put(self, done: Done) -> None:
        """Write a chunk atomically: its files, then its entry in the manifest.

        Raises:
            OutputError: If the disk is full, for example; what was written before remains.
        """
        began = time.perf_counter()
        try:
            only = None if len(done.runs) == self.plan.chunk else len(done.runs)
            files = {
                (name := part_name(table, done.chunk, only)): self._write(name, content)
                for table, content in done.files.items()
            }
            runs = [done.runs[0].number, done.runs[-1].number]
            counts = {"done": len(done.runs) - done.failed, "failed": done.failed}
            counts |= {"again": 1} if done.chunk in self._again else {}
            self.manifest.add({"chunk": done.chunk, "runs": runs, **counts, "files": files})
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        with suppress(OSError):
            for file in self._spools(done.chunk):
                file.unlink(missing_ok=True)
        self.seconds += time.perf_counter() - began

    def put_tables(self, files: Mapping[str, bytes]) -> None:
        """Write what was derived from the chunks, such as tables of intervals; raises OutputError."""
        try:
            written = {name: self._write(name, content) for name, content in files.items()}
            self.manifest.add({"derived": written, "replicates": self.plan.replicates, "of_runs": len(self.plan.runs)})
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def finish(self) -> None:
        """Remove the spool, which is empty when all chunks are complete, and parts that are not, or no more, needed."""
        recorded = Recorded(self.folder)
        needless = set(recorded.replaced)
        if self._alone:  # else a writer of another shard may be about to record it
            parts = (file for table in SCHEMAS for file in (self.folder / table).glob("part-*.parquet"))
            needless |= {file.relative_to(self.folder).as_posix() for file in parts} - recorded.files.keys()
        with suppress(OSError):
            for name in needless:
                (self.folder / name).unlink(missing_ok=True)
            (self.folder / "spool").rmdir()

    def _write(self, name: str, content: bytes) -> list[Any]:
        """Write a file atomically; return its size and SHA-256."""
        file = self.folder / name
        write_whole(file, content)
        return [len(content), sha256(content).hexdigest()]

    def _write_once(self, name: str, content: bytes) -> None:
        """Write a file unless it exists: of shards that start together, the first one's start time counts."""
        mine = f".{name}.{os.getpid()}.{os.urandom(4).hex()}"
        self._write(mine, content)
        try:
            with suppress(FileExistsError):
                os.link(self.folder / mine, self.folder / name)
                sync_folder(self.folder)
        finally:
            (self.folder / mine).unlink()

    def _sweep(self) -> None:
        """Remove what writers that were ended left; no other is at work, as the lock is held."""
        for place in (self.folder, *(self.folder / name for name in sorted(_FOLDERS))):
            for file in place.iterdir() if place.is_dir() else ():
                with suppress(OSError):
                    if _LEFT.fullmatch(file.name):
                        file.unlink()
                    elif file.name.startswith(TRIAL):
                        file.rmdir()

    def _refuse_foreign(self) -> None:
        if is_study(self.folder):
            return
        others = [path.name for path in self.folder.iterdir() if not _ours(path)]
        if others:
            text = f"holds something other than a study ({sorted(others)[0]}); choose another folder"
            raise OutputError(f"{self.folder}: {text}")

    def _refuse_other(self) -> None:
        content = read_study(self.folder)
        there, asked = content["plan"], self.plan.describe()
        differing = [key for key in {**there, **asked} if there.get(key) != asked.get(key)]
        differing = [key for key in differing if key not in _DERIVED] or differing
        if differing:
            what = ", ".join(_difference(key, there.get(key), asked.get(key)) for key in differing)
            text = f"holds another study, which differs in {what}; choose another folder, or delete this one"
            raise OutputError(f"{self.folder}: {text}")
        check_identity(self.folder, content.get("identity"), ANOTHER_MODEL)

    def _begin(self, command: str) -> None:
        """Write the description of the study; of several writers that start together, only one does."""
        for name, text in self._scenario_files():
            self._write(name, text)
        content = {
            "format": FORMAT,
            "title": " / ".join(scenario.title for scenario in self.plan.scenarios.values()),
            "command": command,
            "plan": self.plan.describe(),
            "identity": identity(),
            "versions": versions(),
            "machine": machine(),
            "started_utc": now(),
        }
        if registered():
            content[OUTPUTS_ADDED] = {name: OUTPUTS[name].about() for name in registered()}
        if texts := self._shortened():
            content[SHORTENED] = texts
        self._write_once(STUDY, _text_of(content))

    def _shortened(self) -> dict[str, str]:
        """Return the whole text of scenarios whose files lack what would begin after a shortened run."""
        texts = {name: (to_yaml(s), to_yaml(s, whole=True)) for name, s in self._portable()}
        return {name: whole for name, (file, whole) in texts.items() if file != whole}

    def _scenario_files(self) -> Iterator[tuple[str, bytes]]:
        for name, portable in self._portable():
            if portable._timetable is not None:
                yield f"scenarios/{portable.timetable}", Path(portable._timetable[0]).read_bytes()
            yield f"scenarios/{name}.yaml", to_yaml(portable).encode()
        for file, source in extensions.files().items():
            yield f"{EXTENSIONS}/{file}", source

    def _portable(self) -> Iterator[tuple[str, Scenario]]:
        """Yield the scenarios, with their timetables under the name that these have in the folder."""
        for name, scenario in self.plan.scenarios.items():
            file = None if scenario._timetable is None else f"{name}-timetable.csv"
            yield name, scenario if file is None else scenario.model_copy(update={"timetable": file})

    def _mend_scenarios(self) -> None:
        """Rewrite scenarios that are missing or damaged, if that gives the recorded bytes."""
        recorded = Recorded(self.folder)
        for name, text in self._scenario_files():
            stamp = recorded.files.get(name)
            if stamp is None or stamp.sha256 != sha256(text).hexdigest():
                continue
            if problem := recorded.problem(name):
                self._write(name, text)
                self.damage.append(problem)

    def _record_asked(self, command: str) -> None:
        """Record the number of runs now requested, of which an earlier command may have done more, and the command.

        The record of ``study.json`` precedes the file: after an interruption between them it is written again.
        """
        asked = self.plan.asked()
        before = [entry["asked"] for entry in self.manifest.entries if "asked" in entry]
        if before[-1:] != [asked]:
            content = read_study(self.folder)
            entry: dict[str, Any] = {"asked": asked}
            if before and command not in ("", content.get(LATEST, content["command"])):
                text = _text_of({**content, LATEST: command})
                entry |= {LATEST: command, "study": {STUDY: [len(text), sha256(text).hexdigest()]}}
            self.manifest.add(entry)
        self._write_latest()

    def _write_latest(self) -> None:
        """Write the latest command to ``study.json`` if the record has it and the file has not."""
        found = [entry for entry in self.manifest.entries if LATEST in entry]
        if found:
            text = _text_of({**read_study(self.folder), LATEST: found[-1][LATEST]})
            size, digest = found[-1]["study"][STUDY]
            if len(text) == size and sha256(text).hexdigest() == digest and (self.folder / STUDY).read_bytes() != text:
                self._write(STUDY, text)

    def _record_study(self) -> None:
        folders = [self.folder / name for name in ("scenarios", EXTENSIONS)]
        files = [self.folder / STUDY, *(file for folder in folders for file in sorted(folder.glob("*")))]
        found = {}
        for file in files:
            if file.name.startswith("."):  # was being written by a writer that was ended
                continue
            content = file.read_bytes()
            found[file.relative_to(self.folder).as_posix()] = [len(content), sha256(content).hexdigest()]
        self.manifest.add({"study": found})


def _text_of(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def cannot_write(folder: Path, error: OSError) -> OutputError:
    """Return the error for a folder that is not writable."""
    return OutputError(
        f"{folder}: cannot be written: {error.strerror or error}; what was done is kept, the same command resumes"
    )


def _ours(path: Path) -> bool:
    """Return whether a file may be left over from a study that was interrupted at its start."""
    return path.name.startswith((".", "manifest")) or path.name in _FOLDERS


def _difference(key: str, there: Any, asked: Any) -> str:
    if isinstance(there, dict) and isinstance(asked, dict):
        if list(there) != list(asked):
            return f"{key} (there {', '.join(there)}; asked {', '.join(asked)})"
        what = "what its scenarios say" if key == "scenarios" else key
        return f"{what} ({', '.join(name for name in there if there[name] != asked[name])})"
    return f"{key} (there {there}, asked {asked})"
