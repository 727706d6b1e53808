"""Totals of runs by section, agency, route and cohort, and their intervals over replicates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sim.outputs import weekly
from sim.outputs.definitions import SHARES, registered, summary_columns
from sim.outputs.rounding import rounded
from sim.outputs.weekly import Layout, WeeklyData
from sim.scenario.schema import Scenario

TOTAL_COLUMNS = ("level", "name", "measure", "value", "unit", "replicate")
# Columns of the table of routes, in order.
ROUTES = (
    "departures", "seats", "boarded", "reached_border", "attempts", "entries", "landed", "intercepted", "stranded",
    "returned", "injuries", "deaths",
)  # fmt: skip
QUANTILES = (("low90", 0.05), ("low50", 0.25), ("median", 0.5), ("high50", 0.75), ("high90", 0.95))


def totals_of(runs: Sequence[WeeklyData], layout: Layout) -> pd.DataFrame:
    """Return tidy totals of each replicate, as `weekly.totals_of`; a day that does not occur has no row."""
    parts = list(weekly.totals_of(layout, runs))
    widths = [len(part.names) for part in parts]
    one = {
        "level": np.repeat([part.level for part in parts], widths),
        "name": np.array([name for part in parts for name in part.names], dtype=object),
        "measure": np.repeat([part.output for part in parts], widths),
        "unit": np.repeat([part.unit for part in parts], widths),
    }
    columns = {key: np.tile(np.asarray(column, dtype=object), len(runs)) for key, column in one.items()}
    columns["value"] = np.concatenate([part.values for part in parts], axis=1).ravel()
    columns["replicate"] = np.repeat(np.arange(len(runs), dtype=np.int32), sum(widths))
    table = pd.DataFrame(columns)[list(TOTAL_COLUMNS)]
    return table[table["value"].notna()].reset_index(drop=True)


def intervals_of(totals: pd.DataFrame) -> pd.DataFrame:
    """Return median, 50 and 90 % intervals of all totals over replicates; ``replicates`` counts those with a value."""
    groups = totals.groupby(["level", "name", "measure", "unit"], sort=False)["value"]
    table = groups.quantile([q for _, q in QUANTILES]).unstack()
    table.columns = pd.Index([name for name, _ in QUANTILES])
    return table.assign(replicates=groups.size()).reset_index()


def summary_of(totals: pd.DataFrame, start: date, replicates: int, level: str, titles: dict[str, Any]) -> pd.DataFrame:
    """Return a row per section or agency, medians over replicates; a date is missing if the day did not occur.

    ``first_over`` is the median over the replicates that were over 1; ``overload_probability`` is their share.
    """
    part = totals[(totals["level"] == level) & ~totals["measure"].isin(list(SHARES.values()))]
    table = part.groupby(["name", "measure"], sort=False)["value"].median().unstack()
    over = part[(part["measure"] == "days_over") & (part["value"] > 0)].groupby("name").size()
    table["overload_probability"] = (over / replicates).reindex(table.index).fillna(0.0)
    for output in (output for output in summary_columns() if output.date):
        days = table[output.name] if output.name in table else pd.Series(np.nan, table.index)
        table[output.date] = pd.to_datetime([_date(start, day) for day in days])
    keys = [output.date or output.name for output in summary_columns()]
    table = table.reindex(columns=[key for key in keys if key in table])
    table.insert(0, "title", [titles.get(str(name), str(name)) for name in table.index])
    return table


def sections_of(totals: pd.DataFrame, scenario: Scenario, replicates: int) -> pd.DataFrame:
    """Return `summary_of` by section, with a row for the agency after its sections.

    A column ``level`` distinguishes sections from agencies; the last row counts those who tried no section.
    """
    titles = {name: section.title for name, section in scenario.sections.items()}
    sections = summary_of(totals, scenario.start, replicates, "section", titles)
    agencies = agencies_of(totals, scenario, replicates)
    owners = [s.agency if (s := scenario.sections.get(str(name))) else "" for name in sections.index]
    sections.insert(0, "agency", owners)
    sections.insert(0, "level", "section")
    parts = []
    for name in agencies.index:
        own = agencies.loc[[name]]
        own.insert(0, "agency", name)
        own.insert(0, "level", "agency")
        parts += [sections[sections["agency"] == name], own]
    rest = sections[~sections["agency"].isin(list(agencies.index))]
    return pd.concat([*parts, rest]) if parts else rest


def agencies_of(totals: pd.DataFrame, scenario: Scenario, replicates: int) -> pd.DataFrame:
    """Return `summary_of` by border agency."""
    titles = {name: agency.country for name, agency in scenario.agencies.items()}
    return summary_of(totals, scenario.start, replicates, "agency", titles)


def routes_of(totals: pd.DataFrame) -> pd.DataFrame:
    """Return a row per route: departures, persons boarded and arrived, attempts, entries, and what followed.

    Medians over replicates.
    """
    part = totals[totals["level"] == "route"]
    table = part.groupby(["name", "measure"], sort=False)["value"].median().unstack()
    return table.reindex(columns=[*ROUTES, *registered()])


def _date(start: date, day: float) -> date | None:
    return None if np.isnan(day) else start + timedelta(days=int(rounded(day)) - 1)


def shares_of(totals: pd.DataFrame) -> pd.DataFrame:
    """Return each route's and cohort's part in a section's attempts: mean over replicates, and share."""
    rows = []
    for key, output in SHARES.items():
        part = totals[totals["measure"] == output]
        sums = part.groupby("name", sort=False)["value"].sum()
        split = [str(name).split(":") for name in sums.index]
        rows.append(pd.DataFrame({"section": [s for s, _ in split], "by": key, "name": [n for _, n in split],
                                  "attempts": sums.to_numpy() / (totals["replicate"].nunique() or 1)}))  # fmt: skip
    table = pd.concat(rows, ignore_index=True)
    table["share"] = table["attempts"] / table.groupby(["section", "by"])["attempts"].transform("sum")
    return table
