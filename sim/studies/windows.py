"""A study's outputs over a part of the run, in whole weeks, as a study keeps no days.

Paired runs are the same until the first day on which their scenarios differ. A window that begins with that day's week
therefore has the exact differences of flows and days since that day; its values include the days of the week before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.outputs.definitions import ALL, definition
from sim.outputs.run_data import WINDOW
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Scenario
from sim.studies import statistics
from sim.studies.statistics import KEYS, Matrix
from sim.studies.store.tables import SCHEMAS

if TYPE_CHECKING:
    from sim.studies.study import Study

_RUN = ["run", "replicate", "point"]
_PER_WEEK = " per week"
_AT_END, _HIGHEST, _SUM, _MEAN = "end", "max", "sum", "mean"
_MEANS = ("pressure_mean", "capacity")  # of the week's days; `border_pressure` is that of its last day


class Window:
    """A part of the run of a study, and its statistics.

    Args:
        study: A study of replicates or a comparison.
        since: First day that counts; the window begins with the week of the run to which it belongs.
        until: Last day that counts, with the rest of its week; the run's last day if None.
        asked: Whether a user chose the days.

    Attributes:
        first: First day of the first week.
        last: Last day of the last week, at most the run's last.

    Raises:
        ScenarioError: If a day is outside the run, or the last before the first.
    """

    def __init__(self, study: Study, since: date, until: date | None = None, *, asked: bool = False) -> None:
        """See the class."""
        scenario = study.scenarios[study.base]
        start, end = scenario.start, scenario.end
        until = end if until is None else until
        check_window(scenario, since, until)
        self.study, self.since, self.asked = study, since, asked
        self._made: dict[tuple[str, str], pd.DataFrame] = {}
        self._matrices: dict[str, Matrix] = {}
        self.first = start + timedelta(days=(since - start).days // WINDOW * WINDOW)
        self.last = min(start + timedelta(days=((until - start).days // WINDOW + 1) * WINDOW - 1), end)

    @property
    def is_whole_run(self) -> bool:
        """Return whether it leaves nothing of the run out."""
        scenario = self.study.scenarios[self.study.base]
        return (self.first, self.last) == (scenario.start, scenario.end)

    @property
    def words(self) -> str:
        """Return the window in words, with the end only if it is not the run's."""
        end = self.study.scenarios[self.study.base].end
        return f"from {self.first}" + ("" if self.last == end else f" to {self.last}")

    def matrix(self, scenario: str) -> Matrix:
        """Return the outputs of a scenario's replicates over the window, as `Study.matrix`.

        Flows and days over full load are summed; of peaks it is the highest, of means the mean of all days, of stocks
        the number at the end. What weeks do not give (days of the run, persons by section) is left out.
        """
        if scenario not in self._matrices:
            self._matrices[scenario] = self._matrix(scenario)
        return self._matrices[scenario]

    def _matrix(self, scenario: str) -> Matrix:
        agencies = {name: section.agency for name, section in self.study.scenarios[scenario].sections.items()}
        weeks = self.study.parts("weekly", scenario=[scenario]) or [SCHEMAS["weekly"].empty_table()]
        over = [_over(part, self.first, self.last) for part in weeks]
        table = pa.concat_tables([*over, *(_of_agencies(part, agencies) for part in over)])
        for key in KEYS:
            table = table.set_column(table.column_names.index(key), key, _encoded(table[key]))
        return statistics.matrix_of(table)

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Return statistics of each output of each scenario over the window, as `Study.intervals`."""
        return pd.concat([self.values(name) for name in self.study.names], ignore_index=True)

    def values(self, scenario: str) -> pd.DataFrame:
        """Return `intervals` of one scenario."""
        return self._once(scenario, lambda: statistics.intervals(self.matrix(scenario)))

    def differences(self, other: str) -> pd.DataFrame:
        """Return each output of a scenario minus that of the base over the window, as `Study.differences`."""
        base = self.study.base
        return self._once(other, lambda: statistics.differences(self.matrix(base), self.matrix(other)), "-")

    def differences_by_place(self, other: str) -> pd.DataFrame:
        """Return `differences` by section, agency, route and all else but the whole.

        Persons at the end of the run, which weeks do not tell by section, are among them if the window ends then.
        """
        own, whole = self.differences(other), self.study.differences
        own = own[own["level"] != ALL]
        if self.last < self.study.scenarios[self.study.base].end:
            return own
        stocks = [name for name in whole["measure"].unique() if definition(str(name)).over_time == "end"]
        ends = whole[(whole["scenario"] == other) & (whole["level"] != ALL) & whole["measure"].isin(stocks)]
        both = pd.concat([own.astype(dict.fromkeys(KEYS, object)), ends.astype(dict.fromkeys(KEYS, object))])
        return both.drop_duplicates(["level", "name", "measure"], ignore_index=True)

    def _once(self, scenario: str, make: Callable[[], pd.DataFrame], kind: str = "") -> pd.DataFrame:
        """Return a table with the columns scenario, first and last; made once."""
        if (kind, scenario) not in self._made:
            table = make()
            for place, (column, value) in enumerate(
                {"scenario": scenario, "first": pd.Timestamp(self.first), "last": pd.Timestamp(self.last)}.items()
            ):
                table.insert(place, column, value)
            self._made[kind, scenario] = table
        return self._made[kind, scenario]


def check_window(scenario: Scenario, since: date | None, until: date | None) -> None:
    """Check the days of a window; raises ScenarioError if one is outside the run, or the last before the first."""
    start, end = scenario.start, scenario.end
    for option, day in (("--from", since), ("--to", until)):
        if day is not None and not start <= day <= end:
            raise ScenarioError(f"{option}: found {day}, outside the run; allowed: from {start} to {end}")
    if since is not None and until is not None and until < since:
        raise ScenarioError(f"--to: found {until}, before {since}; allowed: from {since} to {end}")


def _over(part: pa.Table, first: date, last: date) -> pa.Table:
    """Return a row per run and output from the weeks of a part of the table ``weekly``."""
    keep = pc.and_(pc.greater_equal(part["week"], first), pc.less_equal(part["week"], last))
    part = part.filter(keep)
    texts = {key: part[key].cast(pa.string()) for key in KEYS}
    names = pc.unique(texts["measure"]).to_pylist()
    sums, peaks, ends, means = ([n for n in names if _how(n) == how] for how in (_SUM, _HIGHEST, _AT_END, _MEAN))
    plain = pa.table({**{key: part[key] for key in (*_RUN, "week", "value")}, **texts})
    left = (np.datetime64(last, "D") - part["week"].to_numpy()).astype(np.int64) + 1
    share = np.minimum(left, WINDOW) / ((last - first).days + 1)
    shared = plain.set_column(plain.column_names.index("value"), "value", pc.multiply(plain["value"], pa.array(share)))
    at_end = pc.equal(plain["week"], pc.max(plain["week"])) if len(plain) else pa.array([], pa.bool_())
    found = [
        _grouped(plain.filter(_among(plain, sums)), _SUM),
        _grouped(shared.filter(_among(plain, means)), _SUM),
        _grouped(plain.filter(_among(plain, peaks)), _HIGHEST),
        _grouped(plain.filter(pc.and_(_among(plain, ends), at_end)), _HIGHEST),
    ]
    return pa.concat_tables(found)


def _of_agencies(table: pa.Table, agencies: dict[str, str]) -> pa.Table:
    """Return the flows of agencies, each the sum over its sections; of loads weeks have the agencies' own."""
    flows = [name for name in pc.unique(table["measure"]).to_pylist() if definition(name).over_time == "sum"]
    flows = [name for name in flows if name != "days_over"]
    sections = table.filter(pc.and_(pc.equal(table["level"], "section"), _among(table, flows)))
    own = [agencies[name] for name in sections["name"].to_pylist()]
    sections = sections.set_column(sections.column_names.index("name"), "name", pa.array(own, pa.string()))
    level = pa.array(["agency"] * len(sections), pa.string())
    return _grouped(sections.set_column(sections.column_names.index("level"), "level", level), _SUM)


def _how(measure: str) -> str:
    """How the weeks of an output are put together; empty if they cannot be."""
    if measure in _MEANS:
        return _MEAN
    over_time = definition(measure).over_time
    if measure == "days_over" or over_time == "sum":
        return _SUM
    return {"peak": _HIGHEST, "end": _AT_END}.get(over_time, "")


def _among(table: pa.Table, names: list[str]) -> pa.Array:
    return pc.is_in(table["measure"], pa.array(names, pa.string()))


def _grouped(table: pa.Table, how: str) -> pa.Table:
    found = table.group_by([*_RUN, *KEYS], use_threads=False).aggregate([("value", how)])
    found = found.rename_columns(["value" if name == f"value_{how}" else name for name in found.column_names])
    unit = pc.replace_substring_regex(found["unit"], f"{_PER_WEEK}$", "")
    return found.set_column(found.column_names.index("unit"), "unit", unit).select([*_RUN, *KEYS, "value"])


def _encoded(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole.dictionary_encode() if isinstance(whole, pa.Array) else pa.array([], pa.string()).dictionary_encode()
