"""A run in few numbers: totals by section, agency, route and cohort, and their intervals over replicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sim import measures as m
from sim.frames import Block, Blocks
from sim.measures import MEASURES, Array, Outcome
from sim.population import STATUSES

TOTAL_COLUMNS = ("level", "name", "measure", "value", "unit", "replicate")
QUANTILES = (("low90", 0.05), ("low50", 0.25), ("median", 0.5), ("high50", 0.75), ("high90", 0.95))
NOWHERE, EVERYWHERE = "before-any-section", "everywhere"
# Columns of the summary, in order, and what the measures of totals alone are counted in.
SUMMARY = (
    "pressure_mean", "pressure_peak", "peak_date", "days_over", "first_over", "overload_probability", "attempts",
    "recorded_attempts", "turn_backs", "entries", "in_procedure", "stranded", "returned", "deaths",
)  # fmt: skip
_LOAD_UNITS = {
    "pressure_mean": "attempts / capacity",
    "pressure_peak": "attempts / capacity",
    "peak_day": "day of the run, from 1",
    "days_over": "days",
    "first_over_day": "day of the run, from 1",
}
# In the end, by the last section tried.
_ENDS = ("in_procedure", "stranded", "returned", "crossed", "onward", "dead")
_SHARES = {"route": "attempts_by_route", "cohort": "attempts_by_cohort"}

Row = tuple[str, str, str, float, str, int]


def totals_of(blocks: Blocks, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """Tidy totals of each replicate; a day that never comes (never over 1) has no row.

    By section, ``in_procedure``, ``stranded`` and ``returned`` are persons in the end, by the last section
    that they tried; ``before-any-section`` holds those who tried none. ``everywhere`` holds the ends of all.
    """
    rows: list[Row] = []
    for replicate, outcome in enumerate(outcomes):
        for block in blocks.values():
            rows += _of_block(block, replicate)
        rows += _ends(outcome, replicate)
        rows += _shares(outcome, replicate)
    frame = pd.DataFrame(rows, columns=list(TOTAL_COLUMNS))
    return frame.astype({"value": float, "replicate": np.int32})


def _of_block(block: Block, replicate: int) -> Iterator[Row]:
    measure = MEASURES[block.measure]
    values = block.values[replicate]
    if block.level == "place" or block.measure.startswith("persons_"):
        return
    for k, name in enumerate(block.names):
        if block.measure == "border_pressure":
            for key, value in _load_values(values[:, k]):
                yield block.level, name, key, value, _LOAD_UNITS[key], replicate
            continue
        column = values[:, k]
        value = {"sum": column.sum, "mean": column.mean, "end": lambda c=column: c[-1]}[measure.over_time]()
        yield block.level, name, block.measure, float(value), measure.unit, replicate
        if block.measure == "in_procedure":
            yield block.level, name, "in_procedure_peak", float(column.max()), measure.unit, replicate


def _load_values(pressure: Array) -> Iterator[tuple[str, float]]:
    load = m.load(pressure)
    yield "pressure_mean", load.mean
    yield "pressure_peak", load.peak
    if load.peak_day is not None:
        yield "peak_day", load.peak_day + 1.0
    yield "days_over", float(load.days_over)
    if load.first_over is not None:
        yield "first_over_day", load.first_over + 1.0


def _ends(outcome: Outcome, replicate: int) -> Iterator[Row]:
    names = [*outcome.names.sections, NOWHERE]
    agency = [outcome.names.agencies[k] for k in outcome.agency_of]
    for status in _ENDS:
        counts = outcome.last_section[:, STATUSES.index(status)]
        key = status if status in ("in_procedure", "stranded", "returned") else f"persons_{status}"
        for name, value in zip(names, counts, strict=True):
            yield "section", name, key, float(value), "persons", replicate
        if key in ("stranded", "returned"):
            for name in outcome.names.agencies:
                own = sum(int(n) for n, a in zip(counts, agency, strict=False) if a == name)
                yield "agency", name, key, float(own), "persons", replicate
    for number, status in enumerate(STATUSES):
        yield "everywhere", status, "persons", float(outcome.last_section[:, number].sum()), "persons", replicate
    deaths = m.by_pair(outcome, "deaths").sum() - m.by_section(outcome, "deaths").sum()
    yield "section", NOWHERE, "deaths", float(deaths), "persons", replicate


def _shares(outcome: Outcome, replicate: int) -> Iterator[Row]:
    """Attempts of each section by route and cohort, named ``section:route``."""
    names = {"route": outcome.names.routes, "cohort": outcome.names.cohorts}
    for key, counts in m.contributions(outcome).items():
        for s, section in enumerate(outcome.names.sections):
            for k in np.flatnonzero(counts[s]):
                name = f"{section}:{names[key][k]}"
                yield "section", name, _SHARES[key], float(counts[s, k]), "attempts", replicate


def intervals_of(totals: pd.DataFrame) -> pd.DataFrame:
    """Median and the 50 and 90 % intervals of all totals over replicates; ``replicates`` is how many have one."""
    groups = totals.groupby(["level", "name", "measure", "unit"], sort=False)["value"]
    table = groups.quantile([q for _, q in QUANTILES]).unstack()
    table.columns = pd.Index([name for name, _ in QUANTILES])
    return table.assign(replicates=groups.size()).reset_index()


def summary_of(totals: pd.DataFrame, start: date, replicates: int, level: str, titles: dict[str, Any]) -> pd.DataFrame:
    """A row per section or agency, medians over replicates; dates are missing where the day never came.

    ``first_over`` is the median over the replicates that were over 1, and ``overload_probability`` their share.
    """
    part = totals[(totals["level"] == level) & ~totals["measure"].isin(list(_SHARES.values()))]
    table = part.groupby(["name", "measure"], sort=False)["value"].median().unstack()
    over = part[(part["measure"] == "days_over") & (part["value"] > 0)].groupby("name").size()
    table["overload_probability"] = (over / replicates).reindex(table.index).fillna(0.0)
    for column, source in (("peak_date", "peak_day"), ("first_over", "first_over_day")):
        days = table[source] if source in table else pd.Series(np.nan, table.index)
        table[column] = pd.to_datetime([_date(start, day) for day in days])
    table = table.reindex(columns=[key for key in SUMMARY if key in table])
    table.insert(0, "title", [titles.get(str(name), str(name)) for name in table.index])
    return table


def _date(start: date, day: float) -> date | None:
    return None if np.isnan(day) else start + timedelta(days=round(day) - 1)


def shares_of(totals: pd.DataFrame) -> pd.DataFrame:
    """What each route and cohort contributes to a section's attempts: mean attempts over replicates, and share."""
    rows = []
    for key, measure in _SHARES.items():
        part = totals[totals["measure"] == measure]
        sums = part.groupby("name", sort=False)["value"].sum()
        split = [str(name).split(":") for name in sums.index]
        rows.append(pd.DataFrame({"section": [s for s, _ in split], "by": key, "name": [n for _, n in split],
                                  "attempts": sums.to_numpy() / (totals["replicate"].nunique() or 1)}))  # fmt: skip
    frame = pd.concat(rows, ignore_index=True)
    frame["share"] = frame["attempts"] / frame.groupby(["section", "by"])["attempts"].transform("sum")
    return frame
