"""The results of a study, complete or not: its tables and statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.data import html
from sim.outputs import totals
from sim.outputs.beside_record import compare_values, observed_rows
from sim.outputs.definitions import ALL, EVERYWHERE, SHARES
from sim.outputs.identity import without_extensions
from sim.outputs.run_data import Array
from sim.outputs.totals import QUANTILES
from sim.scenario.errors import ScenarioError
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from sim.studies import statistics
from sim.studies.arms import ANSWERED, ARMS, UNANSWERED, by_arm, names_of
from sim.studies.first_difference import first_difference
from sim.studies.plan import EXPERIMENT
from sim.studies.statistics import Matrix
from sim.studies.store.recorded import Recorded
from sim.studies.store.tables import DONE, FAILED, SCHEMAS
from sim.studies.windows import Window

KEYS = ["level", "name", "measure", "unit"]
_BY_WEEK = (
    *((level, output) for level in ("section", "agency") for output in ("pressure_peak", "days_over")),
    *(("section", output) for output in ("attempts", "entries", "deaths")),
    *(("route", output) for output in ("boarded", "landed")),
    *((ALL, output) for output in ("pressure_peak", "attempts", "entries", "stranded", "injuries", "deaths")),
)  # levels and outputs of `weekly_intervals`


class Study:
    """The results of a study. All tables are tidy; a column ``unit`` goes with every value.

    Args:
        folder: The study's folder.
        arm: "answered" or "unanswered" for that arm alone of a comparison that has both (`sim.studies.arms`).

    Attributes:
        about: The contents of ``study.json``: kind, scenarios, seed, versions, machine, command.
        scenarios: Scenarios by name; the first is the base that others are compared with.
        replicates: Number requested for each scenario (and point).
        asked, points: Numbers of runs requested, and of points of a sweep (0 if the study has none).
        redone: What the command that this is the result of found damaged, and did again.

    Raises:
        OutputError: If the folder holds no study, or a damaged one.
    """

    def __init__(self, folder: str | Path, arm: str | None = None) -> None:
        """Read the description of the study; tables are read on demand."""
        self.folder, self.arm = Path(folder), arm
        self.redone: list[str] = []
        self._recorded = Recorded(self.folder)
        self.about: dict[str, Any] = self._recorded.about
        self.kind: str = self.about["plan"]["kind"]
        self.replicates: int = self._recorded.replicates
        self.asked: int = self._recorded.runs
        self.points: int = self._recorded.points
        self._chosen: Window | None = None
        self._windows: dict[date, Window] = {}

    @property
    def names(self) -> list[str]:
        """Return the names of the scenarios, the base first."""
        return names_of(self.about["plan"], self.arm)

    @cached_property
    def arms(self) -> dict[str, Study]:
        """Return the comparison if nobody answers, and if they answer; empty if it has no two arms."""
        if self.arm is not None or not self.about["plan"].get(ARMS):
            return {}
        return {arm: Study(self.folder, arm) for arm in (UNANSWERED, ANSWERED)}

    @cached_property
    def scenarios(self) -> dict[str, Scenario]:
        """Return the scenarios by name, the base first."""
        for name in self._recorded.files:
            if name.startswith("scenarios/"):
                self._recorded.content(name)
        files = {name: self.folder / "scenarios" / f"{name}.yaml" for name in self.names}
        try:
            return {name: load_scenario(file, any_date=True) for name, file in files.items()}
        except ScenarioError as error:
            raise without_extensions(self.folder, self.about.get("identity"), error) or error from None

    @property
    def base(self) -> str:
        """Return the name of the scenario that others are compared with."""
        return self.names[0]

    @property
    def others(self) -> list[str]:
        """Return the names of the other scenarios."""
        return self.names[1:]

    @property
    def complete(self) -> bool:
        """Return whether all requested runs have ended, successfully or not."""
        return not self.unfinished

    @property
    def there(self) -> int:
        """Return how many of the requested runs are recorded, whether successful or failed."""
        return self._recorded.there

    @property
    def waiting(self) -> int:
        """Return how many runs have ended in incomplete chunks; no table has them yet."""
        return self._recorded.waiting

    @property
    def unfinished(self) -> str:
        """Return a message to show with a study that lacks requested runs; empty if it is complete."""
        return self._recorded.unfinished

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Return a row per run: scenario, run, replicate, point, twin, seed, status ("done" or "failed") and error."""
        return self._read("runs")

    @property
    def failed(self) -> pd.DataFrame:
        """Return the runs that failed, with their errors."""
        return self.runs[self.runs["status"] == FAILED]

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Return a tidy table: scenario, run, replicate, point, parameter (dotted path), value (parameter's unit)."""
        return self._read("parameters")

    @cached_property
    def totals(self) -> pd.DataFrame:
        """Return a tidy table: scenario, run, replicate, point, level, name, measure (output), value, unit."""
        return self._read("totals")

    @cached_property
    def simulated(self) -> pd.DataFrame:
        """Return a tidy table of each run's value for each observed interval, without missing values."""
        return self._read("observed")

    def weekly(self, level: str, output: str) -> pd.DataFrame:
        """Return a tidy table of one output by scenario, run, week and name."""
        return self._read("weekly", level=[level], measure=[output])

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Return statistics of each output of each scenario over its replicates.

        Columns: scenario, level, name, measure, unit, replicates, mean and its 90 % confidence interval, median,
        and the 50 and 90 % intervals of the replicates (low50, high50; low90, high90).
        """
        parts = [statistics.intervals(self.matrix(name)).assign(scenario=name) for name in self.names]
        return _first(pd.concat(parts, ignore_index=True), "scenario")

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Return each output of each other scenario minus that of the base, replicate by replicate.

        Columns as `intervals`, with ``lower`` and ``higher``, the shares of replicates with a lower or higher value.
        With two arms each differs from the base of its own: ``arm`` tells which.
        """
        if self.arms or not self.others:
            return by_arm(self, "differences")
        base = self.matrix(self.base)
        parts = [statistics.differences(base, self.matrix(name)).assign(scenario=name) for name in self.others]
        return _first(pd.concat(parts, ignore_index=True), "scenario")

    @cached_property
    def spread(self) -> pd.DataFrame:
        """Return the shares of each output's variance that come from the parameters and from chance.

        Estimated from replicates that were run twice, with the same parameters and different people.
        """
        parts = []
        for name in self.names:
            twins = self.matrix(name, table="twins")
            if len(twins.replicates):
                parts.append(statistics.spread(self.matrix(name), twins).assign(scenario=name))
        return _first(pd.concat(parts, ignore_index=True), "scenario") if parts else pd.DataFrame()

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Return a row per scenario and section, as `Results.summary`: medians over replicates."""
        return self._by_scenario(totals.sections_of)

    @cached_property
    def agencies(self) -> pd.DataFrame:
        """Return a row per scenario and border agency, as `Results.agencies`: medians over replicates."""
        return self._by_scenario(totals.agencies_of)

    @cached_property
    def routes(self) -> pd.DataFrame:
        """Return a row per scenario and route, as `Results.routes`: medians over replicates."""
        return self._by_scenario(lambda table, *_: totals.routes_of(table))

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Return the share (0 to 1) of each route and each cohort in a section's attempts, by scenario."""
        return self._by_scenario(lambda table, *_: totals.shares_of(table))

    def look_at(self, since: date | None, until: date | None = None) -> Study:
        """Choose the window of a comparison in place of the one from the first difference on; returns the study.

        Raises:
            ScenarioError: If a day is outside the run.
        """
        if since is not None or until is not None:
            self._chosen = Window(self, since or self._first_difference(self.others) or self._start, until, asked=True)
        for arm in self.arms.values():
            arm.look_at(since, until)
        return self

    def window(self, *others: str) -> Window | None:
        """Return the part of the run in which scenarios can differ from the base; None if it is the whole run.

        That is the one chosen by `look_at`, or from the first day on which one of them differs, all if none is named.
        """
        if self._chosen is not None:
            return self._chosen
        since = self._first_difference(others or self.others)
        if since is None:
            return None
        window = Window(self, since)
        return None if window.is_whole_run else self._windows.setdefault(window.first, window)

    def _first_difference(self, others: Iterable[str]) -> date | None:
        base = self.scenarios[self.base]
        days = (first_difference(base, self.scenarios[name]) for name in others)
        return min((day for day in days if day is not None and day <= base.end), default=None)

    @property
    def _start(self) -> date:
        return self.scenarios[self.base].start

    @property
    def window_intervals(self) -> pd.DataFrame:
        """Return `intervals` over `window`, with its ``first`` and ``last`` day; empty if that is the whole run."""
        if self.arms:
            return by_arm(self, "window_intervals")
        window = self.window() if self.others else self._chosen
        return pd.DataFrame() if window is None else window.intervals

    @property
    def window_differences(self) -> pd.DataFrame:
        """Return `differences` of each scenario over its own `window`, with ``first`` and ``last`` day."""
        if self.arms:
            return by_arm(self, "window_differences")
        parts = [found.differences(name) for name in self.others if (found := self.window(name)) is not None]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def _by_scenario(self, tabulate: Callable[[pd.DataFrame, Scenario, int], pd.DataFrame]) -> pd.DataFrame:
        """Concatenate a table for each scenario, with the scenario's name in the first column."""
        parts = []
        for name, scenario in self.scenarios.items():
            table = self._read("totals", scenario=[name])
            plain = table.astype(dict.fromkeys(KEYS, object))
            parts.append(tabulate(plain, scenario, table["replicate"].nunique()).assign(scenario=name))
        return _first(pd.concat(parts), "scenario")

    def matrix(
        self, scenario: str, *, measures: Iterable[str] | None = None, names: Iterable[str] | None = None,
        point: int | None = None, table: str = "totals",
    ) -> Matrix:  # fmt: skip
        """Return the totals of a scenario's replicates as (replicates, outputs), NaN if a day did not occur."""
        where: dict[str, Sequence[Any]] = {"scenario": [scenario]}
        where |= {} if measures is None else {"measure": list(measures)}
        where |= {} if names is None else {"name": list(names)}
        where |= {} if point is None else {"point": [point]}
        return statistics.matrix_of(self._table(table, **where))

    def fan(self, level: str, output: str) -> pd.DataFrame:
        """Return quantiles of an output by week: scenario, name, week, low90, low50, median, high50, high90."""
        table = self.weekly(level, output)
        return statistics.fan(table)

    @cached_property
    def overload(self) -> pd.DataFrame:
        """Return the share of replicates with pressure over 1 on any day of a week, by scenario, section and week."""
        table = self.weekly("section", "pressure_peak")
        over = table.assign(probability=(table["value"] > 1.0).astype(float))
        keys = ["scenario", "name", "week"]
        return over.groupby(keys, observed=True, sort=True)["probability"].mean().reset_index()

    @cached_property
    def weekly_intervals(self) -> pd.DataFrame:
        """Return quantiles of main outputs by week: scenario, level, name, measure, unit, week, low90 to high90."""
        parts = []
        for level, output in _BY_WEEK:
            weekly = self.weekly(level, output)
            if len(weekly):
                found = statistics.fan(weekly)
                parts.append(found.assign(level=level, measure=output, unit=str(weekly["unit"].iloc[0])))
        if not parts:
            return pd.DataFrame()
        columns = ["scenario", *KEYS, "week", *(name for name, _ in QUANTILES)]
        return pd.concat(parts, ignore_index=True)[columns]

    def ever_over(self, scenario: str) -> dict[str, float]:
        """Return the share of replicates with pressure over 1 on any day of the run, by section or agency."""
        matrix = self.matrix(scenario, measures=["days_over"])
        return dict(zip(matrix.keys["name"], (matrix.values > 0).mean(axis=0), strict=True))

    def observed(self, scenario: str) -> pd.DataFrame:
        """Return a scenario's observed series beside its replicates, as `Results.observed`."""
        one = self.scenarios[scenario]
        records = observed_rows(one)
        number = {_period(record): k for k, record in enumerate(records)}
        table = self._read("observed", scenario=[scenario])
        values: Array = np.full((max(self.replicates, 1), len(records)), np.nan)
        for row in table.itertuples():
            values[row.replicate, number[row.series, row.period_start, row.period_end]] = row.value
        return compare_values(values[~np.isnan(values).all(axis=1)] if len(table) else values, one)

    def _read(self, table: str, /, **where: Sequence[Any]) -> pd.DataFrame:
        return self._table(table, **where).to_pandas()

    def _table(self, name: str, /, **where: Sequence[Any]) -> pa.Table:
        """Return a table in the order of runs: rows of requested replicates whose columns have one of the values."""
        parts = list(self.parts(name, **where))
        if not parts:
            return SCHEMAS[name].empty_table()
        table = pa.concat_tables(parts).unify_dictionaries()
        return table.take(_stable_order(table["run"].to_numpy()))

    def parts(self, name: str, /, **where: Sequence[Any]) -> Iterator[pa.Table]:
        """Yield a stored table chunk by chunk: rows of requested replicates whose columns have one of the values."""
        for chunk in self._recorded.chunks:
            part = self._recorded.part(name, chunk)
            if part is None:
                continue
            keep = pc.less(part["replicate"], self.replicates)
            for column, allowed in where.items():
                keep = pc.and_(keep, pc.is_in(part[column].cast(_plain(part, column)), pa.array(list(allowed))))
            yield part.filter(keep)

    def __repr__(self) -> str:
        """Return kind, scenarios and runs."""
        names = ", ".join(self.names)
        done = int((self.runs["status"] == DONE).sum())
        return f"<Study ({self.kind}) of {names}: {done:,} of {self.asked:,} runs done, {len(self.failed)} failed>"

    def _repr_html_(self) -> str:
        formats = {"float_format": "{:,.2f}".format, "na_rep": "", "border": 0, "index": False}
        shown = ["scenario", "measure", "unit", "median", "low90", "high90"]
        found = [("Scenarios", self.intervals), ("Differences from the first", self.differences)]
        tables = [
            f"<p>{text}</p>\n" + table.loc[table["level"] == ALL, shown].to_html(**formats)
            for text, table in found
            if len(table) and EXPERIMENT not in self.about["plan"]
        ]
        about = f"{repr(self)[1:-1]}; {self.unfinished}" if self.unfinished else repr(self)[1:-1]
        return html.block(self.scenarios[self.base].title, about, *tables)


def headline(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the whole border and way, agencies and sections, without shares and final statuses."""
    return table[~table["measure"].isin(list(SHARES.values())) & (table["level"] != EVERYWHERE)]


def whole(table: pd.DataFrame, output: str) -> pd.Series:
    """Return the row of an output for the whole border, or the whole way."""
    return table[(table["level"] == ALL) & (table["measure"] == output)].iloc[0]


def _plain(table: pa.Table, column: str) -> pa.DataType:
    kind = table.schema.field(column).type
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _stable_order(numbers: Array) -> Array:
    order: Array = np.argsort(numbers, kind="stable")
    return order


def _period(record: dict[str, Any]) -> tuple[str, Any, Any]:
    return (
        record["series"],
        pd.Timestamp(record["period_start"]).date(),
        pd.Timestamp(record["period_end"]).date(),
    )


def _first(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table[[column, *(name for name in table.columns if name != column)]]
