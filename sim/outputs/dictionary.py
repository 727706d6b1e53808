"""The data dictionary of a folder of results: ``datapackage.json``, which says what each column of each table is.

It follows the Data Package standard of Frictionless Data (v1, specs.frictionlessdata.io), which R, Julia and Python can
read: a resource for each table with the name, type, unit and meaning of its columns, and one, ``outputs``, with the
definition of every name in a column ``measure``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sim.outputs.definitions import DESCRIPTION, OUTPUTS

FILE = "datapackage.json"
SWEEP = "sweep"  # name of the table in a sweep's runs.parquet; "runs" is that of all studies


class Column(NamedTuple):
    """A column: its type in the words of Frictionless' Table Schema, its meaning, and its unit if it always has one."""

    kind: str
    meaning: str
    unit: str = ""


_OF_UNIT = "in the unit of the row's `unit`"
_SPREAD = {
    "low90": "5 % quantile",
    "low50": "25 % quantile",
    "median": "median",
    "high50": "75 % quantile",
    "high90": "95 % quantile",
}
_QUANTILES = {name: Column("number", f"{text} over replicates, {_OF_UNIT}") for name, text in _SPREAD.items()}
_SHARE = "share, 0 to 1"
COLUMNS: dict[str, Column] = {
    "scenario": Column("string", "Name of the scenario, as in scenarios/NAME.yaml."),
    "arm": Column("string", "Whether the other side answers: answered or unanswered."),
    "run": Column("integer", "Number of the run in the study, from 0."),
    "replicate": Column("integer", "Number of the replicate, from 0; the same number has the same draws everywhere."),
    "point": Column("integer", "Number of the point of a sweep's design, from 0; -1 where there are none."),
    "twin": Column("boolean", "Whether it repeats a replicate's parameters with other draws, to tell chance."),
    "seed": Column("integer", "Seed of the run's draws."),
    "status": Column("string", "done or failed."),
    "error": Column("string", "Error of a failed run; empty if it is done."),
    "parameter": Column("string", "Dotted path of an uncertain parameter."),
    "level": Column("string", "What the row is about: section, agency, route, cohort, status, place, all, ..."),
    "name": Column("string", "Name at that level, as in the scenario; of the level `all`, border or way."),
    "measure": Column("string", "Output, as defined in the resource `outputs`."),
    "value": Column("number", f"Value, {_OF_UNIT} if there is one."),
    "unit": Column("string", "Unit of the row's values."),
    "date": Column("datetime", "Day."),
    "week": Column("date", "First day of the week; weeks begin with the run."),
    "month": Column("yearmonth", "Month."),
    "days": Column("integer", "Days of the month in the run.", "days"),
    "statistic": Column("string", "How days became a month: sum, mean, peak or end."),
    "series": Column("string", "Published series that the value is simulated for."),
    "period_start": Column("date", "First day of the period."),
    "period_end": Column("date", "Last day of the period."),
    "first": Column("date", "First day of the window that is counted."),
    "last": Column("date", "Last day of the window that is counted."),
    "replicates": Column("integer", "Number of replicates, or of pairs, that the row rests on."),
    "mean": Column("number", f"Mean over replicates, {_OF_UNIT}."),
    "mean_low90": Column("number", f"Lower end of the mean's 90 % confidence interval, {_OF_UNIT}."),
    "mean_high90": Column("number", f"Upper end of the mean's 90 % confidence interval, {_OF_UNIT}."),
    **_QUANTILES,
    "lower": Column("number", "Share of pairs in which it is lower than in the base.", _SHARE),
    "higher": Column("number", "Share of pairs in which it is higher than in the base.", _SHARE),
    "probability": Column("number", "Share of replicates with border pressure over 1 on a day of the week.", _SHARE),
    "standard_deviation": Column("number", f"Standard deviation over replicates, {_OF_UNIT}."),
    "chance_share": Column("number", "Part of the variance that is chance.", _SHARE),
    "parameters_share": Column("number", "Part of the variance that comes from uncertain parameters.", _SHARE),
    "twins": Column("integer", "Number of twins from which chance was told."),
    "reaction": Column("string", "Name of the reaction."),
    "title": Column("string", "Title of the reaction."),
    "began": Column("integer", "Number of replicates in which it began."),
    "share": Column("number", "Share of replicates in which it began.", _SHARE),
    "times": Column("number", "How often it began, mean over replicates."),
    **{
        f"first_day_{name}": Column("number", f"{text} of the day on which it first began.", "day of the run, from 1")
        for name, text in _SPREAD.items()
    },
    **{
        f"{arm}_{name}": Column("number", f"{text} of the effect {when}, {_OF_UNIT}.")
        for arm, when in (("unanswered", "if nobody answers"), ("answered", "if they answer"))
        for name, text in _SPREAD.items()
    },
    **{
        f"undone_{name}": Column("number", f"{text} of the part of the effect that answers undo.", "share")
        for name, text in _SPREAD.items()
    },
    "undone_replicates": Column("integer", "Number of pairs from which that part was told."),
    "rank": Column("integer", "Rank, the best first."),
    "regret": Column("number", "How far from the best of each replicate: of its range, or in the row's unit."),
    "regret_most": Column("number", "The highest such share over outcomes.", _SHARE),
    "best": Column("number", "Share of replicates in which it is best; ties are shared.", _SHARE),
    "dominated_by": Column("string", "Scenarios that are no worse in any outcome and better in one; `;` between them."),
    "together": Column("number", f"Median effect of the combination, {_OF_UNIT}."),
    "sum_of_parts": Column("number", f"Median of the sum of its parts' effects, {_OF_UNIT}."),
}
# Where a name means something else in one table.
_OF_TABLE: dict[tuple[str, str], Column] = {
    ("parameters", "value"): Column("number", "Value of the parameter, in the unit of the scenario's schema."),
    ("observed", "value"): Column("number", "What the run has for the series and period, in the series' unit."),
    ("overload", "name"): Column("string", "Border section."),
    ("interactions", "difference"): Column("number", f"Median of the combination less the sum, {_OF_UNIT}."),
    ("interactions", "low90"): Column("number", f"5 % quantile of that difference, {_OF_UNIT}."),
    ("interactions", "high90"): Column("number", f"95 % quantile of that difference, {_OF_UNIT}."),
    ("reactions", "days"): Column("number", "Days in force, mean over the replicates in which it began.", "days"),
    ("ranking", "regret"): Column("number", "Mean over outcomes and replicates of how far from the best.", _SHARE),
    ("ranking_outcomes", "regret"): Column("number", f"Mean over replicates of how far from the best, {_OF_UNIT}."),
}
TABLES: dict[str, str] = {
    "daily": "Daily values.",
    "monthly": "Values by month.",
    "totals": "Totals over a run.",
    "runs": "The runs.",
    "parameters": "Uncertain parameters as drawn for each run.",
    "twins": "Totals of twins, from which chance is told.",
    "weekly": "Values by week.",
    "observed": "What runs have for published series.",
    "intervals": "Intervals over replicates, by scenario.",
    "differences": "Paired differences from the base, with intervals.",
    "window_intervals": "As intervals, in the days from the first difference on.",
    "window_differences": "As differences, in the days from the first difference on.",
    "overload": "Probability of overload by section and week.",
    "weekly_intervals": "Intervals by week.",
    "spread": "How much of the variance is chance, and how much comes from parameters.",
    "undone": "How much of the effect answers undo.",
    "reactions": "Which reactions began, how often and when.",
    "ranking": "Scenarios ranked.",
    "ranking_outcomes": "Outcomes of the ranked scenarios.",
    "interactions": "Combinations beside the sum of their parts.",
    SWEEP: "A sweep's runs, a row each, with factors and outcomes as the experiment names them.",
}


def dictionary(title: str, resources: Iterable[dict[str, Any]], added: Iterable[dict[str, str]] = ()) -> bytes:
    """Return ``datapackage.json``: its bytes depend on title, tables and definitions alone.

    Args:
        title: Title of the results.
        resources: As of `resource`.
        added: Definitions of outputs that are not registered in this process, by the names in `DESCRIPTION`.
    """
    rows = {about["name"]: about for about in (*(o.about() for o in OUTPUTS.values()), *added)}
    outputs = {
        "name": "outputs",
        "title": "What each name in a column `measure` means.",
        "profile": "tabular-data-resource",
        "data": list(rows.values()),
        "schema": {"fields": [{"name": name, "type": "string"} for name in DESCRIPTION], "primaryKey": "name"},
    }
    about = (
        "Results of Corridor. Texts in CSV that a spreadsheet would take for a formula begin with an apostrophe; "
        "Parquet has the same columns with types of its own. Persons and events are never added together."
    )
    content = {
        "profile": "data-package",
        "name": "corridor-results",
        "title": title,
        "description": about,
        "resources": [*resources, outputs],
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def resource(table: str, paths: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    """Return the description of a table.

    Args:
        table: Its name, one of `TABLES`, or any other.
        paths: Its files, of one format, in order; their rows together are the table.
        columns: Its columns, in order.
    """
    form = paths[0].rpartition(".")[2]
    found: dict[str, Any] = {
        "name": table.replace("_", "-"),
        "title": TABLES.get(table, table),
        "path": paths[0] if len(paths) == 1 else list(paths),
        "format": form,
    }
    if form == "csv":
        found |= {"profile": "tabular-data-resource", "mediatype": "text/csv", "encoding": "utf-8"}
    else:
        found |= {"profile": "data-resource", "mediatype": "application/vnd.apache.parquet"}
    return found | {"schema": {"fields": [_field(table, name) for name in columns], "missingValues": [""]}}


def resource_of(table: str, path: str, content: bytes) -> dict[str, Any]:
    """Return the description of a table in one file, CSV or Parquet, with the columns that it has."""
    if path.endswith(".csv"):
        import pandas as pd

        return resource(table, [path], list(pd.read_csv(io.BytesIO(content), nrows=0).columns))
    import pyarrow as pa
    import pyarrow.parquet as pq

    return resource(table, [path], pq.read_schema(pa.BufferReader(content)).names)


def _field(table: str, name: str) -> dict[str, str]:
    column = _OF_TABLE.get((table, name)) or COLUMNS.get(name) or _asked_for(name)
    unit = {"unit": column.unit} if column.unit else {}
    return {"name": name, "type": column.kind, "description": column.meaning, **unit}


def _asked_for(name: str) -> Column:
    """Return the meaning of a column that an experiment names: a factor or an outcome."""
    output = OUTPUTS.get(name.partition("@")[0])
    if output is None:
        return Column("any", "Factor or outcome, as the experiment defines it.")
    where = name.partition("@")[2]
    return Column("number", f"{output.meaning} Of {where} alone." if where else output.meaning, output.unit)
