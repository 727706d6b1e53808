"""Comparison with the record: simulated values for each interval of a scenario's observed series."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sim.outputs.daily import Blocks
from sim.outputs.definitions import published
from sim.outputs.run_data import Array
from sim.scenario.schema import Scenario

COLUMNS = (
    "series", "period_start", "period_end", "measure", "name", "unit", "observed", "low", "high", "bound",
    "simulated", "sim_low", "sim_high", "ratio", "state", "note",
)  # fmt: skip
COMPARED, OUTSIDE, UNKNOWN = "compared", "outside the run", "not in the scenario"
_HERE = ("at_hub", "at_border", "stranded")


def compare(blocks: Blocks, scenario: Scenario) -> pd.DataFrame:
    """Compare the runs with the scenario's observed series, one row per interval.

    Flows are summed over the interval; a stock is its mean. With several replicates, ``simulated`` is the
    median and ``sim_low`` to ``sim_high`` the 90 % interval. If only a bound was published, ``bound``
    is ">=" or "<=" and the ratio is to the bound. The ratio is missing where a figure is 0.
    """
    rows = [_row(_values_of(blocks, scenario, record), scenario, record) for record in observed_rows(scenario)]
    return table_of(rows)


def compare_values(values: Array, scenario: Scenario) -> pd.DataFrame:
    """As `compare`, from the values of each replicate and interval, shape (R, intervals); NaN where there is none."""
    records = observed_rows(scenario)
    columns = [None if np.isnan(column).all() else column for column in values.T]
    return table_of([_row(column, scenario, record) for column, record in zip(columns, records, strict=True)])


def observed_values(blocks: Blocks, scenario: Scenario) -> Array:
    """Return a single run's value for each observed interval of the scenario, shape (intervals,); NaN if none."""
    found = [_values_of(blocks, scenario, record) for record in observed_rows(scenario)]
    return np.array([np.nan if values is None else float(values[0]) for values in found])


def observed_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the intervals of the scenario's observed series in order, with the columns of `sim.data.read_observed`."""
    if scenario._rows is not None:
        return scenario._rows
    from sim.data import read_observed

    return [record for name in scenario.observed for record in _records(read_observed, name)]


@lru_cache
def _records(read: Callable[[str], pd.DataFrame], name: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = read(name).to_dict("records")
    return records


def table_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the table of a comparison with the record."""
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype(dict.fromkeys(("observed", "low", "high", "simulated", "sim_low", "sim_high", "ratio"), float))


def _values_of(blocks: Blocks, scenario: Scenario, record: dict[str, Any]) -> Array | None:
    first, last = _period(record, scenario)
    within = first >= 0 and last < scenario.days
    return _simulated(blocks, scenario, record, first, last) if within else None


def _period(record: dict[str, Any], scenario: Scenario) -> tuple[int, int]:
    return _day(record["period_start"], scenario), _day(record["period_end"], scenario)


def _row(values: Array | None, scenario: Scenario, record: dict[str, Any]) -> dict[str, Any]:
    first, last = _period(record, scenario)
    observed, bound = _reference(record)
    row = {key: record[key] for key in ("series", "period_start", "period_end", "measure", "low", "high", "note")}
    row |= {
        "name": _name(record),
        "unit": published(record["measure"]).unit,
        "observed": observed,
        "bound": bound,
    }
    if first < 0 or last >= scenario.days:
        return row | {"state": OUTSIDE}
    if values is None:
        return row | {"state": UNKNOWN}
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    ratio = middle / observed if observed else np.nan
    return row | {"state": COMPARED, "simulated": middle, "sim_low": low, "sim_high": high, "ratio": ratio}


def _day(when: Any, scenario: Scenario) -> int:
    day: date = pd.Timestamp(when).date()
    return (day - scenario.start).days


def _name(record: dict[str, Any]) -> str:
    for key in ("agency", "route", "transit_state"):
        if _text(record.get(key)):
            return _text(record[key])
    return "all"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _reference(record: dict[str, Any]) -> tuple[float, str]:
    """Return the published figure, the middle of its range, or its bound (with ">=" or "<=")."""
    value, low, high = (float(record[key]) for key in ("value", "low", "high"))
    if not np.isnan(value):
        at_least = low == value and np.isnan(high)
        at_most = high == value and np.isnan(low)
        return value, ">=" if at_least else "<=" if at_most else ""
    if np.isnan(low) or np.isnan(high):
        return (low, ">=") if np.isnan(high) else (high, "<=")
    return (low + high) / 2, ""


def _simulated(blocks: Blocks, scenario: Scenario, record: dict[str, Any], first: int, last: int) -> Array | None:
    """Return each replicate's value for the interval, shape (R,); None if the scenario has no such place."""
    measure, days = record["measure"], slice(first, last + 1)
    if measure == "stock_in_transit_state":
        state = _text(record.get("transit_state"))
        return _stock(blocks, scenario, state, days) if state in scenario.transit_states else None
    level, names = _who(scenario, record)
    block = blocks.get((level, published(measure).name))
    if block is None or names is None or not set(names) <= set(block.names):
        return None
    columns = [block.names.index(name) for name in names]
    total: Array = block.values[:, days, columns].sum(axis=(1, 2))
    return total


def _who(scenario: Scenario, record: dict[str, Any]) -> tuple[str, list[str] | None]:
    """Return a row's level and names: a route, an agency, all routes of a transit state, or all agencies."""
    route, agency, state = (_text(record.get(key)) for key in ("route", "agency", "transit_state"))
    if route:
        return "route", [route]
    if agency:
        return "agency", [agency]
    if state:
        own = sorted(name for name, entry in scenario.routes.items() if entry.transit_state == state)
        return "route", own or None
    return "agency", sorted(scenario.agencies) or None


def _stock(blocks: Blocks, scenario: Scenario, state: str, days: slice) -> Array:
    """Return the mean over the days of persons at the state's hub and border zones, including the stranded."""
    places = {scenario.transit_states[state].hub}
    places |= {name for name, zone in scenario.zones.items() if zone.transit_state == state}
    total: Array = np.zeros(next(iter(blocks.values())).values.shape[0])
    for status in _HERE:
        block = blocks.get(("place", f"persons_{status}"))
        if block is not None:
            columns = [k for k, name in enumerate(block.names) if name in places]
            total = total + block.values[:, days, columns].sum(axis=2).mean(axis=1)
    return total
