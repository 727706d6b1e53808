"""The Parquet tables of a study: columns, types and units, for a chunk of runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.outputs import weekly
from sim.outputs.beside_record import observed_rows
from sim.outputs.run_data import WINDOW, Array
from sim.outputs.weekly import Numbers, WeeklyData
from sim.studies.plan import Case, Run

DONE, FAILED = "done", "failed"
TEXT = pa.dictionary(pa.int32(), pa.string())
_OF_RUN = [("scenario", TEXT), ("run", pa.int64()), ("replicate", pa.int32()), ("point", pa.int32())]
_WHAT = [("level", TEXT), ("name", TEXT), ("measure", TEXT), ("value", pa.float64()), ("unit", TEXT)]
SCHEMAS: dict[str, pa.Schema] = {
    "runs": pa.schema([*_OF_RUN, ("twin", pa.bool_()), ("seed", pa.int64()), ("status", TEXT), ("error", pa.string())]),
    "parameters": pa.schema([*_OF_RUN, ("parameter", TEXT), ("value", pa.float64())]),
    "totals": pa.schema([*_OF_RUN, *_WHAT]),
    "twins": pa.schema([*_OF_RUN, *_WHAT]),
    "weekly": pa.schema([*_OF_RUN, ("week", pa.date32()), *_WHAT]),
    "observed": pa.schema(
        [
            *_OF_RUN,
            ("series", TEXT),
            ("period_start", pa.date32()),
            ("period_end", pa.date32()),
            ("value", pa.float64()),
        ]
    ),
}


class Ended(NamedTuple):
    """A run that has ended: its weekly data, or its error."""

    run: Run
    seed: int
    parameters: dict[str, float]
    weekly: WeeklyData | None
    error: str = ""


def files_of(cases: Sequence[Case], ended: Sequence[Ended]) -> dict[str, bytes]:
    """Return the Parquet file of each table for a chunk of runs, without empty tables.

    The bytes depend on the runs alone.
    """
    tables: dict[str, list[pa.Table]] = {name: [] for name in SCHEMAS}
    tables["runs"].append(_runs(cases, ended))
    for number, case in enumerate(cases):
        own = [entry for entry in ended if entry.run.scenario == number]
        if own:
            tables["parameters"].append(_parameters(case, own))
        done = [(entry.run, entry.weekly) for entry in own if entry.weekly is not None]
        main = [(run, found) for run, found in done if not run.twin]
        twins = [(run, found) for run, found in done if run.twin]
        if main:
            layout, start = weekly.layout_of(case.scenario, case.declared), case.scenario.start
            runs, found = [run for run, _ in main], [item for _, item in main]
            tables["totals"].append(_totals(case.name, runs, weekly.totals_of(layout, found), "totals"))
            tables["weekly"].append(_weekly(case.name, runs, weekly.weekly_of(layout, found), start))
            tables["observed"].append(_observed(case, runs, found))
        if twins:
            numbers = weekly.totals_of(weekly.layout_of(case.scenario, case.declared), [item for _, item in twins])
            tables["twins"].append(_totals(case.name, [run for run, _ in twins], numbers, "twins"))
    return {name: _bytes(parts) for name, parts in tables.items() if any(part.num_rows for part in parts)}


def _bytes(parts: list[pa.Table]) -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.concat_tables(parts).unify_dictionaries()
    pq.write_table(table, sink, compression="zstd", compression_level=1, write_statistics=False)
    return bytes(sink.getvalue())


def _runs(cases: Sequence[Case], ended: Sequence[Ended]) -> pa.Table:
    columns = {
        "scenario": [cases[entry.run.scenario].name for entry in ended],
        "run": [entry.run.number for entry in ended],
        "replicate": [entry.run.replicate for entry in ended],
        "point": [entry.run.point for entry in ended],
        "twin": [entry.run.twin for entry in ended],
        "seed": [entry.seed for entry in ended],
        "status": [DONE if entry.weekly is not None else FAILED for entry in ended],
        "error": [entry.error or None for entry in ended],
    }
    return pa.table([pa.array(columns[f.name], type=f.type) for f in SCHEMAS["runs"]], schema=SCHEMAS["runs"])


def _parameters(case: Case, own: Sequence[Ended]) -> pa.Table:
    each = [len(entry.parameters) for entry in own]
    columns = _of_runs(case.name, [entry.run for entry in own], each)
    columns["parameter"] = text([path for entry in own for path in entry.parameters])
    columns["value"] = pa.array([value for entry in own for value in entry.parameters.values()], type=pa.float64())
    return pa.table(columns, schema=SCHEMAS["parameters"])


def _of_runs(scenario: str, runs: Sequence[Run], each: int | list[int]) -> dict[str, pa.Array]:
    """Return the columns that identify the run of each row, ``each`` rows per run."""
    count = int(np.sum(np.broadcast_to(each, len(runs))))
    return {
        "scenario": _coded(np.zeros(count, np.int32), [scenario]),
        "run": pa.array(np.repeat([run.number for run in runs], each)),
        "replicate": pa.array(np.repeat(np.array([run.replicate for run in runs], np.int32), each)),
        "point": pa.array(np.repeat(np.array([run.point for run in runs], np.int32), each)),
    }


def _totals(scenario: str, runs: Sequence[Run], numbers: Iterable[Numbers], table: str) -> pa.Table:
    parts = list(numbers)
    values = np.concatenate([part.values for part in parts], axis=1)
    columns = _of_runs(scenario, runs, values.shape[1]) | _what(parts, 1, len(runs))
    columns["value"] = pa.array(values.ravel())
    found = pa.table([columns[name] for name in SCHEMAS[table].names], schema=SCHEMAS[table])
    return found.filter(pa.array(~np.isnan(values.ravel())))


def _weekly(scenario: str, runs: Sequence[Run], numbers: Iterable[Numbers], start: date) -> pa.Table:
    parts = list(numbers)
    weeks = parts[0].values.shape[1]
    values = np.concatenate(
        [part.values.transpose(0, 2, 1).reshape(len(runs), weeks * len(part.names)) for part in parts], axis=1
    )
    columns = _of_runs(scenario, runs, values.shape[1]) | _what(parts, weeks, len(runs))
    first = (start - date(1970, 1, 1)).days
    days = np.arange(first, first + weeks * WINDOW, WINDOW, dtype=np.int32)
    columns["week"] = pa.array(np.tile(days, values.size // weeks)).cast(pa.date32())
    columns["value"] = pa.array(values.ravel().astype(np.float64, copy=False))
    return pa.table([columns[name] for name in SCHEMAS["weekly"].names], schema=SCHEMAS["weekly"])


def _what(parts: Sequence[Numbers], each: int, runs: int) -> dict[str, pa.Array]:
    """Return level, name, measure (output) and unit, ``each`` rows per name, for each of ``runs`` runs."""
    widths = [len(part.names) for part in parts]

    def column(labels: list[str], repeats: Any) -> pa.Array:
        codes, names = _codes(labels)
        return _coded(np.tile(np.repeat(np.repeat(codes, repeats), each), runs), names)

    return {
        "level": column([part.level for part in parts], widths),
        "name": column([name for part in parts for name in part.names], 1),
        "measure": column([part.output for part in parts], widths),
        "unit": column([part.unit for part in parts], widths),
    }


def _codes(labels: Sequence[str]) -> tuple[Array, list[str]]:
    names = sorted(set(labels))
    number = {name: k for k, name in enumerate(names)}
    return np.array([number[label] for label in labels], np.int32), names


def _coded(codes: Array, names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, type=pa.int32()), pa.array(names, type=pa.string()))


def text(labels: Sequence[str]) -> pa.Array:
    """Return labels as a column of text."""
    return _coded(*_codes(labels))


def _observed(case: Case, runs: Sequence[Run], found: Sequence[WeeklyData]) -> pa.Table:
    rows = list(observed_rows(case.scenario))
    columns = _of_runs(case.name, runs, len(rows)) | _periods(rows, len(runs))
    values = np.concatenate([item.observed for item in found]) if rows else np.empty(0)
    columns["value"] = pa.array(values)
    table = pa.table([columns[name] for name in SCHEMAS["observed"].names], schema=SCHEMAS["observed"])
    return table.filter(pa.array(~np.isnan(values)))


def _periods(rows: Sequence[dict[str, Any]], runs: int) -> dict[str, pa.Array]:
    days: Iterator[tuple[str, list[date]]] = (
        (key, [_date(row[key]) for row in rows] * runs) for key in ("period_start", "period_end")
    )
    columns = {key: pa.array(values, type=pa.date32()) for key, values in days}
    return columns | {"series": text([row["series"] for row in rows] * runs)}


def _date(value: Any) -> date:
    """Return a day from any kind of date."""
    whole: date = value.date() if hasattr(value, "date") else value
    return whole + timedelta(0)
