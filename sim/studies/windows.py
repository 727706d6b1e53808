"""A study's outputs over a part of the run, in whole weeks, as a study keeps no days.

Paired runs are the same until the first day on which their scenarios differ. A window that begins with that day's week
therefore has the exact differences of flows and days since that day; its values include the days of the week before.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.outputs.definitions import definition
from sim.outputs.run_data import WINDOW
from sim.scenario.errors import ScenarioError
from sim.scenario.first_difference import first_difference
from sim.studies import statistics
from sim.studies.statistics import KEYS, Matrix
from sim.studies.store.tables import SCHEMAS

if TYPE_CHECKING:
    from sim.studies.study import Study

_RUN = ["run", "replicate", "point"]
_PER_WEEK = " per week"
_AT_END, _HIGHEST, _SUM = "end", "max", "sum"


class Window:
    """A part of the run of a study, and its statistics.

    Args:
        study: A study of replicates or a comparison.
        since: First day that counts; the window begins with the week of the run to which it belongs.
        until: Last day that counts, with the rest of its week; the run's last day if None.

    Attributes:
        first: First day of the first week.
        last: Last day of the last week, at most the run's last.

    Raises:
        ScenarioError: If a day is outside the run, or the last before the first.
    """

    def __init__(self, study: Study, since: date, until: date | None = None) -> None:
        """See the class."""
        scenario = study.scenarios[study.base]
        start, end = scenario.start, scenario.end
        until = end if until is None else until
        for option, day in (("--from", since), ("--to", until)):
            if not start <= day <= end:
                raise ScenarioError(f"{option}: found {day}, outside the run; allowed: from {start} to {end}")
        if until < since:
            raise ScenarioError(f"--to: found {until}, before {since}; allowed: from {since} to {end}")
        self.study, self.since = study, since
        self.first = start + timedelta(days=(since - start).days // WINDOW * WINDOW)
        self.last = min(start + timedelta(days=((until - start).days // WINDOW + 1) * WINDOW - 1), end)

    @property
    def is_whole_run(self) -> bool:
        """Return whether it leaves nothing of the run out."""
        scenario = self.study.scenarios[self.study.base]
        return (self.first, self.last) == (scenario.start, scenario.end)

    def matrix(self, scenario: str) -> Matrix:
        """Return the outputs of a scenario's replicates over the window, as `Study.matrix`.

        Flows and days over full load are summed; of pressure and others with a peak it is the highest, of stocks the
        number at the end. What weeks do not give (means, days of the run, persons by section) is left out.
        """
        parts = [_over(part, self.first, self.last) for part in self.study.parts("weekly", scenario=[scenario])]
        table = pa.concat_tables(parts) if parts else _over(SCHEMAS["weekly"].empty_table(), self.first, self.last)
        for key in KEYS:
            table = table.set_column(table.column_names.index(key), key, _encoded(table[key]))
        return statistics.matrix_of(table)

    @cached_property
    def intervals(self) -> pd.DataFrame:
        """Return statistics of each output of each scenario over the window, as `Study.intervals`."""
        parts = [statistics.intervals(self.matrix(name)).assign(scenario=name) for name in self.study.names]
        return self._framed(parts)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Return each output of each other scenario minus that of the base over the window, as `Study.differences`."""
        base = self.matrix(self.study.base)
        others = self.study.others
        parts = [statistics.differences(base, self.matrix(name)).assign(scenario=name) for name in others]
        return self._framed(parts)

    def _framed(self, parts: list[pd.DataFrame]) -> pd.DataFrame:
        if not parts:
            return pd.DataFrame()
        table = pd.concat(parts, ignore_index=True)
        table.insert(0, "scenario", table.pop("scenario"))
        table.insert(1, "first", pd.Timestamp(self.first))
        table.insert(2, "last", pd.Timestamp(self.last))
        return table


def window_of(study: Study, others: list[str] | None = None) -> Window | None:
    """Return the window from the first day on which scenarios differ from the base; None if it is the whole run.

    Args:
        study: A comparison.
        others: The scenarios that count; all others than the base if None. Of several, the earliest day counts.
    """
    base = study.scenarios[study.base]
    found = [first_difference(base, study.scenarios[name]) for name in (study.others if others is None else others)]
    days = [day for day in found if day is not None and day <= base.end]
    window = Window(study, min(days)) if days else None
    return None if window is None or window.is_whole_run else window


def _over(part: pa.Table, first: date, last: date) -> pa.Table:
    """Return a row per run and output from the weeks of a part of the table ``weekly``."""
    keep = pc.and_(pc.greater_equal(part["week"], first), pc.less_equal(part["week"], last))
    part = part.filter(keep)
    texts = {key: part[key].cast(pa.string()) for key in KEYS}
    names = pc.unique(texts["measure"]).to_pylist()
    sums, peaks, ends = ([name for name in names if _how(name) == how] for how in (_SUM, _HIGHEST, _AT_END))
    plain = pa.table({**{key: part[key] for key in (*_RUN, "week", "value")}, **texts})
    at_end = pc.equal(plain["week"], pc.max(plain["week"])) if len(plain) else pa.array([], pa.bool_())
    found = [
        _grouped(plain.filter(_among(plain, sums)), _SUM),
        _grouped(plain.filter(_among(plain, peaks)), _HIGHEST),
        _grouped(plain.filter(pc.and_(_among(plain, ends), at_end)), _HIGHEST),
    ]
    return pa.concat_tables(found)


def _how(measure: str) -> str:
    """How the weeks of an output are put together; empty if they cannot be."""
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
