"""Daily values by level and output, and the tables by day and month that are made of them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.engine.rows import STATUSES
from sim.engine.tables import ROUTE_FLOWS
from sim.outputs import daily
from sim.outputs.daily import Block, aggregate, blocks_from, blocks_of, daily_table, month_starts, monthly_table
from tests.unit.outputs import made

# What each output is made of, in the order of tables.
AT_BORDER = {
    "approaches": ("approaches",), "withdrawals": ("withdrawals",), "attempts": ("attempts",),
    "recorded_attempts": ("recorded",), "self_presentations": ("self_presentations",),
    "patrol_calls": ("patrol_calls",), "claims": ("claims",), "claims_admitted": ("claims_admitted",),
    "turn_backs": ("turn_backs",), "procedures": ("procedures",), "crossings": ("crossings",),
    "overload_crossings": ("overload_crossings",), "entries": ("crossings", "procedures"), "injuries": ("injuries",),
    "deaths": ("deaths",),
}  # fmt: skip
ON_WAY = {
    "set_out": ("set_out",), "boarded": ("boarded", "embarked"), "arrived_at_hub": ("arrived_at_hub",),
    "reached_border": ("reached_border",), "approaches": ("approaches",), "attempts": ("attempts",),
    "turn_backs": ("turn_backs",), "crossings": ("crossed",), "procedures": ("procedures",),
    "entries": ("crossed", "procedures"), "claims": ("claims",), "claims_admitted": ("claims_admitted",),
    "onward": ("onward",), "stranded": ("stranded",), "evacuated": ("evacuated",), "returned": ("returned",),
    "moved_on": ("moved_on",), "landed": ("landed",), "intercepted": ("intercepted",), "diverted": ("diverted",),
    "gave_up_booking": ("gave_up_booking",), "left_procedure": ("left_procedure",), "injuries": ("injuries",),
    "deaths": ("deaths",),
}  # fmt: skip
DAY = np.arange(1, made.DAYS + 1)[:, None]


def expected() -> list[tuple[str, str, list[str], np.ndarray]]:
    """Level, output, names and values by day, in the order in which they stand."""
    rows: list[tuple[str, str, list[str], np.ndarray]] = []
    for output, columns in AT_BORDER.items():
        one = made.at_border(*columns)
        rows.append(("section", output, made.SECTIONS, one * made.OF_SECTION * DAY))
        rows.append(("agency", output, made.AGENCIES, one * made.OF_AGENCY * DAY))
    pressure, capacity = made.pressures(), made.capacity()
    rows += [
        ("section", "detection", made.SECTIONS, np.array([0.25, 0.5, 0.75, 1.0]) * (DAY - 1) / 8),
        ("section", "capacity", made.SECTIONS, capacity),
        ("section", "border_pressure", made.SECTIONS, np.column_stack([pressure[name] for name in made.SECTIONS])),
        ("agency", "capacity", made.AGENCIES, np.column_stack([capacity[:, 0], np.full(9, 4480.0)])),
        ("agency", "border_pressure", made.AGENCIES, np.column_stack([pressure[name] for name in made.AGENCIES])),
        ("agency", "in_procedure", made.AGENCIES, DAY + np.array([5200, 5400])),
    ]
    for output in ("departures", "seats"):
        rows.append(("route", output, made.ROUTES, made.flow(ROUTE_FLOWS, output) * np.array([3, 5]) * DAY))
    for output, columns in ON_WAY.items():
        one = made.on_way(*columns)
        rows.append(("route", output, made.ROUTES, one * made.OF_ROUTE * DAY))
        rows.append(("cohort", output, made.COHORTS, one * made.OF_COHORT * DAY))
    number = 1000 * np.arange(len(STATUSES))
    rows.append(("status", "persons", list(STATUSES), 2 * DAY + 100 + 2 * number))
    for k, status in enumerate(STATUSES):
        rows.append(("cohort", f"persons_{status}", made.COHORTS, DAY + 1000 * k + np.array([0, 100])))
        rows.append(("place", f"persons_{status}", made.PLACES, DAY + 1000 * k + 100 * np.arange(6)))
    return rows


def test_every_output_has_its_values_at_its_levels_by_day() -> None:
    blocks = blocks_of([made.made_run(), made.made_run(3)])
    wanted = expected()
    assert [*blocks] == [(level, output) for level, output, _, _ in wanted]
    for level, output, names, values in wanted:
        block = blocks[level, output]
        assert (block.level, block.output, list(block.names)) == (level, output, names)
        np.testing.assert_allclose(block.values[0], values, err_msg=f"{level} {output}")
        times = 3 if output in AT_BORDER or output in ON_WAY or output in ("departures", "seats") else 1
        if output != "border_pressure":
            np.testing.assert_allclose(block.values[1], times * values, err_msg=f"{level} {output}")


def test_the_pressure_of_ash_is_what_is_worked_out_by_hand() -> None:
    own = blocks_of([made.made_run()])["section", "border_pressure"].of("ash")
    assert own[0] == pytest.approx([16 / 7, 1 / 7, 2 / 7, 10 / 21, 5 / 7, 1, 4 / 3, 5 / 4, 3 / 2])


def test_places_and_levels_without_anybody_are_left_out() -> None:
    stocks = np.zeros((9, 6, len(STATUSES)), np.int32)
    stocks[3, 4, STATUSES.index("at_hub")] = 2
    empty = np.zeros((9, 0))
    run = made.made_run(by_place=stocks)
    other = np.zeros_like(stocks)
    other[8, 1, STATUSES.index("at_hub")] = 5
    blocks = blocks_of([run, run._replace(by_place=other)])
    assert [key for key in blocks if key[0] == "place"] == [("place", "persons_at_hub")]
    assert blocks["place", "persons_at_hub"].names == ("bruzgi", "poland")
    assert blocks["place", "persons_at_hub"].of("poland").tolist() == [[0, 0, 0, 2, 0, 0, 0, 0, 0], [0] * 9]
    nobody = made.NAMES._replace(sections=[], agencies=[])
    none = run._replace(
        names=nobody, agency_of=np.empty(0, int), agency_place=np.empty(0, int), capacity=empty, detection=empty,
        section_flows=np.zeros((9, 0, 15)),
    )  # fmt: skip
    assert {level for level, _ in blocks_of([none])} == {"route", "cohort", "status", "place"}


BLOCKS = {
    ("route", "boarded"): Block("route", "boarded", ("b", "a"), np.array([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])),
    ("agency", "border_pressure"): Block(
        "agency", "border_pressure", ("poland",), np.array([[[0.5], [1.5]], [[2.5], [3.5]]])
    ),
}


def test_the_daily_table_has_a_row_for_each_replicate_level_name_and_day() -> None:
    table = daily_table(BLOCKS, date(2025, 1, 31), [0, 1])
    days = [pd.Timestamp("2025-01-31"), pd.Timestamp("2025-02-01")]
    rows = []
    for replicate, values in ((0, [1, 3, 2, 4, 0.5, 1.5]), (1, [5, 7, 6, 8, 2.5, 3.5])):
        for k, value in enumerate(values):
            level, name, measure, unit = (
                ("agency", "poland", "border_pressure", "patrol calls / capacity") if k > 3
                else ("route", "b" if k < 2 else "a", "boarded", "persons per day")
            )  # fmt: skip
            rows.append((days[k % 2], level, name, measure, value, unit, replicate))
    assert [tuple(row) for row in table.itertuples(index=False)] == rows
    assert tuple(table.columns) == daily.DAILY_COLUMNS
    assert daily_table(BLOCKS, date(2025, 1, 31), [1])["value"].tolist() == [5, 7, 6, 8, 2.5, 3.5]
    assert table["replicate"].dtype == np.int32 and table["value"].dtype == np.float64
    assert list(table["name"].cat.categories) == ["a", "b", "poland"]
    assert table["date"].dtype == "datetime64[ms]"


def test_a_daily_table_without_replicates_or_blocks_is_empty() -> None:
    assert list(daily_table(BLOCKS, date(2025, 1, 31), []).columns) == list(daily.DAILY_COLUMNS)
    none = daily_table({}, date(2025, 1, 31), [0])
    assert len(none) == 0 and list(none.columns) == list(daily.DAILY_COLUMNS)


def test_blocks_are_read_back_from_their_daily_table() -> None:
    found = blocks_from(daily_table(BLOCKS, date(2025, 1, 31), [0, 1]))
    assert [*found] == [*BLOCKS]
    for key, block in BLOCKS.items():
        assert found[key][:3] == block[:3]
        np.testing.assert_array_equal(found[key].values, block.values)
    assert blocks_from(daily_table({}, date(2025, 1, 31), [0])) == {}


def test_months_begin_on_their_first_day_in_the_run() -> None:
    labels, firsts = month_starts(date(2024, 12, 30), 34)
    assert (labels, firsts.tolist()) == (["2024-12", "2025-01", "2025-02"], [0, 2, 33])
    labels, firsts = month_starts(date(2025, 1, 1), 31)
    assert (labels, firsts.tolist()) == (["2025-01"], [0])


def test_days_become_periods_by_sum_mean_peak_or_end() -> None:
    values = np.array([[[1, 10], [5, 20], [3, 60], [2, 90], [6, 0]]])
    firsts, lengths = np.array([0, 3]), np.array([3, 2])
    assert aggregate(values, firsts, lengths, "sum").tolist() == [[[9, 90], [8, 90]]]
    assert aggregate(values, firsts, lengths, "mean").tolist() == [[[3, 30], [4, 45]]]
    assert aggregate(values, firsts, lengths, "peak").tolist() == [[[5, 60], [6, 90]]]
    assert aggregate(values, firsts, lengths, "end").tolist() == [[[3, 60], [6, 0]]]


def test_the_monthly_table_sums_flows_averages_ratios_and_takes_stocks_at_the_end() -> None:
    blocks = {
        ("place", "persons_at_hub"): Block("place", "persons_at_hub", ("minsk",), np.ones((2, 3, 1))),
        ("section", "attempts"): Block(
            "section", "attempts", ("x", "y"), np.array([[[1, 10], [2, 20], [4, 40]], [[3, 30], [5, 50], [7, 70]]])
        ),
        ("agency", "border_pressure"): Block(
            "agency", "border_pressure", ("poland",), np.array([[[0.5], [1.5], [1.0]], [[2.0], [4.0], [0.0]]])
        ),
        ("status", "persons"): Block("status", "persons", ("dead",), np.array([[[1], [2], [3]], [[4], [5], [6]]])),
    }
    table = monthly_table(blocks, date(2025, 1, 30))
    assert tuple(table.columns) == daily.MONTHLY_COLUMNS
    pressure = "patrol calls / capacity"
    rows = []
    for replicate, (x, y, mean, peak, end) in enumerate(
        (((3, 4), (30, 40), (1.0, 1.0), (1.5, 1.0), (2, 3)), ((8, 7), (80, 70), (3.0, 0.0), (4.0, 0.0), (5, 6)))
    ):
        for level, name, measure, statistic, values, unit in (
            ("section", "x", "attempts", "sum", x, "attempts per month"),
            ("section", "y", "attempts", "sum", y, "attempts per month"),
            ("agency", "poland", "border_pressure", "mean", mean, pressure),
            ("agency", "poland", "border_pressure", "peak", peak, pressure),
            ("status", "dead", "persons", "end", end, "persons"),
        ):
            for month, days, value in zip(("2025-01", "2025-02"), (2, 1), values, strict=True):
                rows.append((month, days, level, name, measure, statistic, value, unit, replicate))
    assert [tuple(row) for row in table.itertuples(index=False)] == rows
    only_places = {key: block for key, block in blocks.items() if key[0] == "place"}
    assert list(monthly_table(only_places, date(2025, 1, 30)).columns) == list(daily.MONTHLY_COLUMNS)
    assert len(monthly_table(only_places, date(2025, 1, 30))) == 0
