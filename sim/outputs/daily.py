"""Daily data: arrays by level and output, and tidy tables made from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.engine.rows import STATUSES
from sim.outputs import run_data as m
from sim.outputs.definitions import along_the_way, definition, outputs
from sim.outputs.run_data import Array, RunData

DAILY_COLUMNS = ("date", "level", "name", "measure", "value", "unit", "replicate")
MONTHLY_COLUMNS = ("month", "days", "level", "name", "measure", "statistic", "value", "unit", "replicate")


class Block(NamedTuple):
    """One output at one level: values by replicate, day and name, shape (R, D, N)."""

    level: str
    output: str
    names: tuple[str, ...]
    values: Array

    def of(self, name: str) -> Array:
        """Return the values of one name, shape (R, D)."""
        return self.values[:, :, self.names.index(name)]


Blocks = dict[tuple[str, str], Block]


def blocks_of(runs: Sequence[RunData]) -> Blocks:
    """Return all outputs of several runs of one scenario, in a fixed order."""
    tables = [list(_of_one(run)) for run in runs]
    blocks: Blocks = {}
    for parts in zip(*tables, strict=True):
        level, output, names, _ = parts[0]
        values = np.stack([part[3] for part in parts])
        if level == "place":  # most statuses never occur at most places
            used = np.flatnonzero(values.any(axis=(0, 1)))
            names, values = [names[k] for k in used], values[:, :, used]
        if len(names):
            blocks[level, output] = Block(level, output, tuple(names), values)
    return blocks


def _of_one(run: RunData) -> Iterator[tuple[str, str, Sequence[str], Array]]:
    names = run.names
    for output in (output.name for output in outputs() if output.section):
        values = m.by_section(run, output)
        yield "section", output, names.sections, values
        yield "agency", output, names.agencies, m.by_agency(run, values)
    capacity, pressure = run.capacity, m.pressures(run)
    sections = len(names.sections)
    yield "section", "detection", names.sections, run.detection
    yield "section", "capacity", names.sections, capacity
    yield "section", "border_pressure", names.sections, pressure[:, :sections]
    yield "agency", "capacity", names.agencies, m.by_agency(run, capacity)
    yield "agency", "border_pressure", names.agencies, pressure[:, sections:]
    yield "agency", "in_procedure", names.agencies, m.in_procedure(run)
    for output in (output.name for output in outputs() if output.route):
        yield "route", output, names.routes, m.by_route(run, output)
    on_way = [output.name for output in along_the_way(output for output in outputs() if output.pair)]
    for output in on_way:
        yield "route", output, names.routes, m.by_route(run, output)
        yield "cohort", output, names.cohorts, m.by_cohort(run, output)
    yield "status", "persons", STATUSES, run.by_cohort.sum(axis=1)
    for number, status in enumerate(STATUSES):
        yield "cohort", f"persons_{status}", names.cohorts, run.by_cohort[:, :, number]
        yield "place", f"persons_{status}", names.places, run.by_place[:, :, number]
    for level, (own, flows, stocks) in m.added_levels(run).items():
        for output in on_way:
            yield level, output, own, m.by_level(flows, output)
        for number, status in enumerate(STATUSES):
            yield level, f"persons_{status}", own, stocks[:, :, number]


def daily_table(blocks: Blocks, start: date, replicates: Sequence[int]) -> pd.DataFrame:
    """Return a tidy table of the given replicates: a row per replicate, level, measure (output), name and day."""
    days = next(iter(blocks.values())).values.shape[1] if blocks else 0
    rows = [_tidy(blocks, days, start, replicate) for replicate in replicates]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(DAILY_COLUMNS))


def _tidy(blocks: Blocks, days: int, start: date, replicate: int) -> pd.DataFrame:
    parts = list(blocks.values())
    widths = np.array([len(part.names) for part in parts], np.int64)
    dates = pd.date_range(start, periods=days, freq="D", unit="ms")
    values = [np.ascontiguousarray(part.values[replicate].T, dtype=np.float64).ravel() for part in parts]
    return pd.DataFrame(
        {
            "date": np.tile(dates.to_numpy(), int(widths.sum())),
            "level": _category([part.level for part in parts], widths * days),
            "name": _category([name for part in parts for name in part.names], np.full(widths.sum(), days)),
            "measure": _category([part.output for part in parts], widths * days),
            "value": np.concatenate(values) if values else np.empty(0),
            "unit": _category([definition(part.output).daily_unit for part in parts], widths * days),
            "replicate": np.full(int(widths.sum()) * days, replicate, np.int32),
        }
    )


def _category(labels: list[str], repeats: Array) -> pd.Categorical:
    categories = sorted(set(labels))
    number = {label: k for k, label in enumerate(categories)}
    codes = np.repeat(np.array([number[label] for label in labels], np.int16), repeats)
    return pd.Categorical.from_codes(codes, categories=categories)


def blocks_from(daily: pd.DataFrame) -> Blocks:
    """Return the blocks from which a daily table was made."""
    blocks: Blocks = {}
    replicates = int(daily["replicate"].max()) + 1 if len(daily) else 0
    for (level, measure), part in daily.groupby(["level", "measure"], sort=False, observed=True):
        names = tuple(part["name"].astype(str).unique())
        values = part["value"].to_numpy().reshape(replicates, len(names), -1)
        blocks[str(level), str(measure)] = Block(str(level), str(measure), names, values.transpose(0, 2, 1))
    return blocks


def month_starts(start: date, days: int) -> tuple[list[str], Array]:
    """Return the months of a run as ``2025-01``, and the day of the run on which each begins."""
    months = pd.date_range(start, periods=days, freq="D").strftime("%Y-%m").to_numpy()
    labels, firsts = np.unique(months, return_index=True)
    return [str(label) for label in labels], firsts


def monthly_table(blocks: Blocks, start: date) -> pd.DataFrame:
    """Return a tidy monthly table: flows summed, ratios averaged, stocks at the end of the month; without places.

    ``days`` is the number of days of the month that were run.
    """
    rows: list[dict[str, Array]] = []
    for block in blocks.values():
        if block.level == "place":
            continue
        if not rows:
            months, firsts = month_starts(start, block.values.shape[1])
        rows.append(_monthly(block, months, firsts, definition(block.output).over_time))
        if block.output == "border_pressure":
            rows.append(_monthly(block, months, firsts, "peak"))
    if not rows:
        return pd.DataFrame(columns=list(MONTHLY_COLUMNS))
    table = pd.DataFrame({name: np.concatenate([part[name] for part in rows]) for name in rows[0]})
    return table.sort_values("replicate", kind="stable", ignore_index=True)


def _monthly(block: Block, months: list[str], firsts: Array, statistic: str) -> dict[str, Array]:
    replicates, days, width = block.values.shape
    lengths = np.diff([*firsts, days])
    values = aggregate(block.values, firsts, lengths, statistic)
    unit = definition(block.output).unit
    count = replicates * width

    def same(text: str) -> Array:
        return np.full(count * len(months), text, dtype=object)

    return {
        "month": np.tile(np.array(months, dtype=object), count),
        "days": np.tile(lengths, count),
        "level": same(block.level),
        "name": np.tile(np.repeat(np.array(block.names, dtype=object), len(months)), replicates),
        "measure": same(block.output),
        "statistic": same(statistic),
        "value": values.transpose(0, 2, 1).ravel().astype(np.float64),
        "unit": same(f"{unit} per month" if statistic == "sum" else unit),
        "replicate": np.repeat(np.arange(replicates, dtype=np.int32), len(months) * width),
    }


def aggregate(values: Array, firsts: Array, lengths: Array, statistic: str) -> Array:
    """Aggregate days (axis 1) into periods by "sum", "mean", "peak" or "end"."""
    if statistic == "end":
        return values[:, firsts + lengths - 1]
    if statistic == "peak":
        return np.maximum.reduceat(values, firsts, axis=1)
    total: Array = np.add.reduceat(values.astype(np.float64), firsts, axis=1)
    return total / lengths[None, :, None] if statistic == "mean" else total
