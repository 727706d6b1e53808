"""The comparison with the record, of two replicates and rows made by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.beside_record import COLUMNS, compare, compare_values, observed_rows, observed_values
from sim.outputs.daily import Block, Blocks
from sim.scenario.schema import Scenario
from tests.strategies import tiny_scenario

NAN = float("nan")
DAYS = 5  # from 1 October 2025
ROUTES = ("baghdad-minsk", "benghazi-italy", "benghazi-minsk", "damascus-minsk")
FACTORS = np.array([1, 10])  # of the replicates


def block(level: str, output: str, names: tuple[str, ...], replicates: int = 2) -> Block:
    """Values that are the number of the day (from 1), a hundred times that for the second name and so on."""
    values = np.arange(1, DAYS + 1)[None, :, None] * FACTORS[:replicates, None, None]
    return Block(level, output, names, values * 100 ** np.arange(len(names))[None, None, :])


def blocks(replicates: int = 2) -> Blocks:
    found = [
        block("agency", "recorded_attempts", ("lithuania", "poland"), replicates),
        block("agency", "procedures", ("lithuania", "poland"), replicates),
        block("route", "departures", ROUTES, replicates), block("route", "returned", ROUTES, replicates),
        block("route", "landed", ROUTES[1:2], replicates),
        block("place", "persons_at_hub", ("benghazi", "minsk"), replicates),
        block("place", "persons_stranded", ("lida", "bruzgi", "poland"), replicates),
    ]  # fmt: skip
    return {(one.level, one.output): one for one in found}


def record(measure: str, first: str = "2025-10-02", last: str = "2025-10-03", **more: Any) -> dict[str, Any]:
    blank = {"series": "s", "measure": measure, "value": NAN, "low": NAN, "high": NAN, "agency": "", "route": "",
             "transit_state": "", "note": "n", "period_start": pd.Timestamp(first),
             "period_end": pd.Timestamp(last)}  # fmt: skip
    return blank | more


def with_rows(*rows: dict[str, Any]) -> Scenario:
    scenario = tiny_scenario(days=DAYS)
    scenario._rows = list(rows)
    return scenario


# A row, then the simulated value of the first replicate (the other has ten times that), unit and name.
SIMULATED = [
    (record("recorded_attempts", agency="poland"), 500, "attempts", "poland"),
    (record("recorded_attempts", agency="lithuania", last="2025-10-05"), 14, "attempts", "lithuania"),
    (record("recorded_attempts", first="2025-10-01"), 606, "attempts", "all"),
    (record("detections", agency="poland", first="2025-10-05", last="2025-10-05"), 500, "persons", "poland"),
    (record("flights", route="benghazi-minsk"), 50_000, "departures", "benghazi-minsk"),
    (record("returned", transit_state="belarus"), 5 * 1_010_001, "persons", "belarus"),
    (record("landed", transit_state="libya"), 5, "persons", "libya"),
    # the mean of two days, at the hub (the second of its names) and in both zones
    (record("stock_in_transit_state", transit_state="belarus"), 2.5 * 201, "persons", "belarus"),
    (record("stock_in_transit_state", transit_state="libya"), 2.5, "persons", "libya"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "value", "unit", "name"), SIMULATED)
def test_an_interval_has_its_days_and_its_places(row: dict[str, Any], value: float, unit: str, name: str) -> None:
    [found] = compare(blocks(), with_rows(row | {"value": 4.0})).to_dict("records")
    middle = (value + 10 * value) / 2
    assert found == {
        "series": "s", "period_start": row["period_start"], "period_end": row["period_end"],
        "measure": row["measure"], "name": name, "unit": unit, "observed": 4.0, "low": pytest.approx(NAN, nan_ok=True),
        "high": pytest.approx(NAN, nan_ok=True), "bound": "", "simulated": pytest.approx(middle),
        "sim_low": pytest.approx(value + 0.05 * 9 * value), "sim_high": pytest.approx(value + 0.95 * 9 * value),
        "ratio": pytest.approx(middle / 4), "state": "compared", "note": "n",
    }  # fmt: skip
    assert observed_values(blocks(1), with_rows(row)).tolist() == [pytest.approx(value)]


BOUNDS = [
    ((10.0, NAN, NAN), 10, ""), ((10.0, 8.0, 12.0), 10, ""), ((10.0, 10.0, NAN), 10, ">="),
    ((10.0, NAN, 10.0), 10, "<="), ((10.0, 10.0, 12.0), 10, ""), ((10.0, 8.0, 10.0), 10, ""),
    ((10.0, 8.0, NAN), 10, ""), ((10.0, NAN, 12.0), 10, ""), ((NAN, 8.0, 12.0), 10, ""), ((NAN, 8.0, NAN), 8, ">="),
    ((NAN, NAN, 12.0), 12, "<="), ((0.0, NAN, NAN), 0, ""),
]  # fmt: skip


@pytest.mark.parametrize(("given", "observed", "bound"), BOUNDS)
def test_a_published_figure_is_a_value_a_range_or_a_bound(
    given: tuple[float, float, float], observed: float, bound: str
) -> None:
    row = record("recorded_attempts", agency="lithuania", **dict(zip(("value", "low", "high"), given, strict=True)))
    [found] = compare(blocks(1), with_rows(row)).to_dict("records")
    assert (found["observed"], found["bound"]) == (observed, bound)
    assert found["ratio"] == pytest.approx(5 / observed if observed else NAN, nan_ok=True)
    assert (found["low"], found["high"]) == pytest.approx(given[1:], nan_ok=True)


STATES = [
    (record("recorded_attempts", "2025-10-01", "2025-10-05"), "compared"),
    (record("recorded_attempts", "2025-09-30", "2025-10-05"), "outside the run"),
    (record("recorded_attempts", "2025-10-01", "2025-10-06"), "outside the run"),
    (record("recorded_attempts", agency="latvia"), "not in the scenario"),
    (record("landed", route="libya-crete"), "not in the scenario"),
    (record("returned", transit_state="turkey"), "not in the scenario"),
    (record("landed", transit_state="belarus"), "not in the scenario"),  # the block has no such route
    (record("stock_in_transit_state", transit_state="turkey"), "not in the scenario"),
    (record("claims_admitted", agency="poland"), "not in the scenario"),
]


@pytest.mark.parametrize(("row", "state"), STATES)
def test_what_cannot_be_compared_has_a_state_and_no_value(row: dict[str, Any], state: str) -> None:
    scenario = with_rows(row)
    [found] = compare(blocks(), scenario).to_dict("records")
    assert found["state"] == state
    assert np.isnan([found[name] for name in ("simulated", "sim_low", "sim_high", "ratio")]).all() == (
        state != "compared"
    ) or np.isnan(found["ratio"])
    assert np.isnan(found["simulated"]) == np.isnan(observed_values(blocks(1), scenario)[0]) == (state != "compared")


def test_values_that_were_kept_are_compared_as_those_of_blocks() -> None:
    rows = [record("recorded_attempts", agency="poland", value=5.0), record("landed", route="x"),
            record("recorded_attempts", "2025-09-01", "2025-10-02")]  # fmt: skip
    scenario = with_rows(*rows)
    kept = np.array([[500.0, NAN, NAN], [5000.0, NAN, NAN]])
    pd.testing.assert_frame_equal(compare_values(kept, scenario), compare(blocks(), scenario))
    assert list(compare_values(kept, scenario).columns) == list(COLUMNS)
    assert observed_rows(scenario) == rows


def test_without_a_border_nothing_of_it_is_compared() -> None:
    scenario = with_rows(record("recorded_attempts")).model_copy(update={"agencies": {}})
    assert compare(blocks(), scenario)["state"].tolist() == ["not in the scenario"]
    assert len(compare(blocks(), with_rows())) == 0


def test_a_series_that_ships_is_read_by_its_name() -> None:
    scenario = tiny_scenario(days=DAYS, observed=["poland-attempts-2021"])
    rows = observed_rows(scenario)
    assert {row["series"] for row in rows} == {"poland-attempts-2021"}
    assert {pd.Timestamp(row["period_start"]).date().year for row in rows} == {2021} and date(2021, 8, 1) in {
        pd.Timestamp(row["period_start"]).date() for row in rows
    }
