"""Replay of a result: runs again what ``run.json`` describes and compares every table, by bytes or else by contents."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from sim.data.durable_files import write_text, write_whole
from sim.outputs.folder import RUN_FILE, OutputError, read_run
from sim.outputs.identity import check_identity
from sim.outputs.provenance import RunInfo, sha256, versions
from sim.outputs.results import SCENARIO, Results
from sim.runs import draw, load_for_run, run_to_data
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.scenario.write import scenario_hash
from sim.states.state import State
from sim.states.state_file import read_state


class Replayed(NamedTuple):
    """The result of a replay.

    Attributes:
        tables: SHA-256 recorded and found, by name of the table.
        versions: Versions that differ, one line each.
        equal: Tables with other bytes but the same contents: the writer of Parquet puts its version into a file.
    """

    tables: dict[str, tuple[str, str]]
    versions: list[str]
    equal: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Return whether every table has the recorded numbers."""
        return all(recorded == found or name in self.equal for name, (recorded, found) in self.tables.items())


def replay(record: Path, *, accept_older: bool = False) -> Replayed:
    """Run again what a record describes, and compare the tables. The record's folder is not changed.

    Args:
        record: The file ``run.json`` of a run, or its folder. A timetable must be in the same folder.
        accept_older: Whether to accept a record that was made by another model.

    Raises:
        OutputError: If there is no such record, it is damaged, or another model made it.
        StateError: If the stored state from which the run went on cannot be read.
        ScenarioError: If this version does not allow the scenario.
    """
    folder = record if record.is_dir() else record.parent
    if not record.is_dir() and record.name != RUN_FILE:
        raise OutputError(f"{record}: found {record.name!r}; needed: the file {RUN_FILE} of a run, or its folder")
    content = read_run(folder)
    recorded: dict[str, str] = content["tables_sha256"]
    text, seed, replicates = content["scenario"], content["seed"], content["replicates"]
    expected, made_by = content["scenario_sha256"], content["versions"]
    begun_from: dict[str, str] = content.get("begun_from", {})
    if not accept_older:
        check_identity(folder / RUN_FILE, content.get("identity"), "--accept-older runs it with this one all the same")
    state = _state_of(begun_from, folder / RUN_FILE) if begun_from else None
    with tempfile.TemporaryDirectory(prefix="corridor-replay-") as place:
        scenario = load_recorded(text, folder, Path(place))
        if scenario_hash(scenario) != expected:
            raise OutputError(
                f"{folder / RUN_FILE}: damaged: its scenario, or the timetable, is not the one that was run"
            )
        results = _again(load_for_run(scenario, seed=seed), replicates, state, accept_older)
        again = results.write(Path(place) / "results")
        found = read_run(again)["tables_sha256"]
        tables = {name: (recorded.get(name, ""), found.get(name, "")) for name in sorted({*recorded, *found})}
        equal = tuple(
            name
            for name, (then, now) in tables.items()
            if then != now and then and now and _is_intact(folder / name, then) and _equal(folder / name, again / name)
        )
    return Replayed(tables, _differing(made_by, versions()), equal)


def _is_intact(file: Path, digest: str) -> bool:
    return file.is_file() and sha256(file) == digest


def _equal(one: Path, other: Path) -> bool:
    """Return whether two Parquet tables have the same columns, types and rows; equal CSV tables have equal bytes."""
    if one.suffix != ".parquet":
        return False
    try:
        left, right = (pq.read_table(file).replace_schema_metadata(None) for file in (one, other))
    except (OSError, pa.ArrowException):
        return False
    return bool(left.unify_dictionaries().equals(right.unify_dictionaries()))


def _state_of(begun_from: dict[str, str], record: Path) -> State:
    """Return the state from which a recorded run went on; raises OutputError if its file is another one by now."""
    file = Path(begun_from.get("file", ""))
    state = read_state(file)
    if state.checksum != begun_from.get("checksum"):
        raise OutputError(f"{record}: it went on from the state in {file}, which is another one now")
    return state


def _again(scenario: Scenario, replicates: int, state: State | None, accept_older: bool) -> Results:
    """Return the runs of a record: one, or the replicates that earlier versions kept by day."""
    drawn = [draw(scenario, number, replicates) for number in range(replicates)]
    runs = [run_to_data(one, state=state, accept_older=accept_older) for one in drawn]
    return Results.of(scenario, runs, RunInfo())


def load_recorded(text: str, folder: Path, place: Path) -> Scenario:
    """Return the scenario of a record, with the timetable in the record's folder."""
    for file in folder.glob("*.csv"):
        write_whole(place / file.name, file.read_bytes())
    write_text(place / SCENARIO, text)
    return load_scenario(place / SCENARIO, any_date=True)


def _differing(then: dict[str, Any], now: dict[str, str]) -> list[str]:
    names = [name for name in now if then.get(name) != now[name]]
    return [f"{name} {then.get(name, 'unknown')} then, {now[name]} now" for name in names]
