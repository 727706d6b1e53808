"""Studies whose runs cost nothing: the real store and dispatch, and runs that only write their number."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np

from sim.outputs import folder as folders
from sim.outputs.weekly import WeeklyData
from sim.studies.plan import Parcel, Run
from sim.studies.store import spool
from sim.studies.store import store as stores
from sim.studies.store.recorded import Recorded, is_study, manifests_of
from sim.studies.store.store import Store
from sim.studies.store.tables import Ended
from sim.studies.work import dispatch as dispatching
from sim.studies.work import worker
from sim.studies.work.executors import Serial

FAILS = 7  # every seventh run fails
Told = dict[tuple[int, int], int]  # runs reported done, by first run and the one after the last


class FakePlan:
    """A plan as the store and the dispatch ask it, of ``size`` runs in chunks of ``chunk``."""

    kind = "replicates"
    extra: Mapping[str, Any] = {}
    points = None

    def __init__(self, size: int, chunk: int) -> None:
        self.replicates, self.chunk = size, chunk
        self.scenarios: dict[str, Any] = {"one": SimpleNamespace(title="one", _timetable=None)}
        self.runs = [Run(number, 0, -1, number, False) for number in range(size)]
        self.parcel = pickle.dumps(())

    def asked(self) -> dict[str, Any]:
        return {"replicates": self.replicates, "runs": len(self.runs)}

    def chunks(self) -> list[Sequence[Run]]:
        return [self.runs[first : first + self.chunk] for first in range(0, len(self.runs), self.chunk)]

    def describe(self) -> dict[str, Any]:
        return {"kind": self.kind, "scenarios": {"one": "hash"}, "seed": 1, "chunk": self.chunk}


def _ended(_: Parcel, run: Run) -> Ended:
    number = np.full(3, run.number, np.int64)
    weekly = None if run.number % FAILS == FAILS - 1 else WeeklyData(*(number for _ in WeeklyData._fields))
    return Ended(run, run.number, {"a": run.number / 2}, weekly, "" if weekly is not None else "it failed")


def _files(_: Any, ended: Sequence[Ended]) -> dict[str, bytes]:
    rows = [[list(e.run), e.seed, e.error, [] if e.weekly is None else e.weekly[0].tolist()] for e in ended]
    text = json.dumps(rows).encode()
    return {"runs": text, "totals": sha256(text).digest() * 40}


def _tables(recorded: Recorded) -> dict[str, bytes]:
    parts = [recorded.content(name) for number in recorded.chunks for name in recorded.chunks[number]["files"]]
    return {"intervals.csv": sha256(b"".join(parts)).hexdigest().encode() * 4}


@contextmanager
def faked() -> Iterator[None]:
    """Within this, runs cost nothing, nor do a scenario's text and what is recorded of the machine."""
    opened = SimpleNamespace(cases=[])
    cheap = dict.fromkeys(("identity", "versions", "machine"), dict)
    with (
        patch.multiple(worker, opened=lambda _: opened, carry_out_run=_ended, files_of=_files),
        patch.multiple(stores, to_yaml=lambda *_, **__: "title: one\n", check_identity=lambda *_: None, **cheap),
        patch.multiple(stores, now=lambda: "2026"),
        patch.multiple(os, getpid=lambda: 1, fsync=lambda _: None),
        patch.multiple(folders, _MOMENT=-1.0),
    ):
        yield


def live(plan: Any, folder: Path, told: Told, shard: tuple[int, int] | None = None) -> bool:
    """What `sim.studies.carry_out` does, with what it reports done; returns whether the study is complete."""
    span = dispatching.span_of(len(plan.runs), shard)

    def progress(done: int, _: int, __: int) -> None:
        told[span] = max(told.get(span, 0), done)

    with Store(folder, plan, "corridor run one", shard) as store:
        dispatching.dispatch(plan, store, Serial(), shard=shard, progress=progress)
        recorded = Recorded(folder)
        if recorded.unfinished:
            return False
        store.put_tables(_tables(recorded))
        store.finish()
        told[-1, len(plan.runs)] = 1
        return True


def lost(folder: Path, told: Told) -> list[str]:
    """What was reported done and is not there."""
    if not any(told.values()):
        return []
    recorded = Recorded(folder)
    whole = [entry["runs"] for number, entry in recorded.chunks.items() if not recorded.damaged(number)]
    there = {number for first, last in whole for number in range(first, last + 1)}
    if (folder / "spool").is_dir():
        there |= {number for file in (folder / "spool").iterdir() for number in spool.read(file)}
    missing = []
    for (first, end), done in told.items():
        if first < 0:
            if recorded.runs == end and [*recorded.derived] != ["intervals.csv"]:
                missing.append(f"tables of {end} runs")
        elif len([number for number in there if first <= number < end]) < done:
            missing.append(f"{done} of the runs {first} to {end - 1} were reported; there are {sorted(there)}")
    return missing


def bytes_of(folder: Path) -> dict[str, bytes]:
    """All tables of a study."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in (".parquet", ".csv")
    }


@cache
def undisturbed(size: int, chunk: int) -> dict[str, bytes]:
    """The tables of a study that nothing disturbed."""
    import tempfile

    with tempfile.TemporaryDirectory() as place, faked():
        live(FakePlan(size, chunk), Path(place) / "s", {})
        return bytes_of(Path(place) / "s")


def begun(folder: Path) -> bool:
    """Whether a folder holds a study with a record."""
    return is_study(folder) and bool(manifests_of(folder))
