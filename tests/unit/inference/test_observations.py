"""Observed CSV: what it may hold, and what was known when."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.data import observed_names
from sim.inference.calibration_experiment import Series, load_experiment
from sim.inference.observations import Row, known, parse, read_series, rows_of
from sim.scenario.errors import ScenarioError

HEADER = "series,period_start,period_end,value,low,high"
SERIES = Series.model_validate(
    {"observed": "x.csv", "counted": "events", "measure": "recorded_attempts", "agency": "poland", "lag": 5}
)


def test_a_row_is_read_with_its_bounds_and_its_day_of_publication() -> None:
    (row,) = parse(f"{HEADER}\ns,2025-01-01,2025-01-31,500,450,550\n", "x.csv", "poland", SERIES)
    assert (row.start, row.end, row.bounds(), row.days) == (date(2025, 1, 1), date(2025, 1, 31), (450, 550), 31)
    assert row.published == date(2025, 2, 6)
    assert row.about["agency"] == "poland"


@pytest.mark.parametrize(
    ("cells", "bounds"),
    [
        ("500,,", (450, 550)),
        ("500,500,", (500, float("inf"))),
        ("500,,500", (0, 500)),
        (",400,600", (400, 600)),
        (",400,", (400, float("inf"))),
    ],
)
def test_bounds_say_what_the_figure_may_stand_for(cells: str, bounds: tuple[float, float]) -> None:
    (row,) = parse(f"{HEADER}\ns,2025-01-01,2025-01-31,{cells}\n", "x.csv", "poland", SERIES)
    assert row.bounds(rounding=50) == bounds


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "needed: series"),
        (f"{HEADER}\n", "found no rows"),
        (f"{HEADER},colour\n", "unknown column 'colour'"),
        (f"{HEADER}\ns,2025-13-01,2025-01-31,5,,\n", "x.csv:2: period_start"),
        (f"{HEADER}\ns,2025-02-01,2025-01-31,5,,\n", "before the start"),
        (f"{HEADER}\ns,2025-01-01,2025-01-31,-5,,\n", "0 or more"),
        (f"{HEADER}\ns,2025-01-01,2025-01-31,nan,,\n", "0 or more"),
        (f"{HEADER}\ns,2025-01-01,2025-01-31,,,\n", "found no value"),
        (f"{HEADER}\ns,2025-01-01,2025-01-31,,9,3\n", "below low"),
        (
            f"{HEADER}\ns,2025-01-01,2025-01-31,5\n",
            "found 4 cells; allowed: 6 (series,",
        ),
        (f"{HEADER}\ns,2025-01-01,2025-01-31,1.250,,\n", "thousands or decimals"),
        (f"{HEADER}\ns,2025-01-01,2025-01-31,1_250,,\n", "0 or more"),
        (f"{HEADER}\n" + 2 * "s,2025-01-01,2025-01-31,5,,\n", "twice"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(content: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(message)):
        parse(content, "x.csv", "poland", SERIES)


@settings(deadline=None)
@given(st.dates(date(2021, 5, 1), date(2022, 2, 1)))
def test_what_is_known_had_ended_and_was_published(origin: date) -> None:
    rows = rows_of(load_experiment("minsk-2021"))
    before = known(rows, origin)
    assert all(row.end < origin and row.published <= origin for row in before)
    assert all(row in known(rows, origin + timedelta(days=1)) for row in before)


def test_the_shipped_experiment_fits_half_as_many_parameters_as_figures_at_most() -> None:
    loaded = load_experiment("minsk-2021")
    assert len(loaded.experiment.now()) <= 34 / 2
    assert {name for name, entry in loaded.experiment.series.items() if not entry.fit} == {"frontex"}


@given(
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_a_series_is_the_same_whatever_spreadsheet_saved_it(
    delimiter: str, encoding: str, newline: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [HEADER, "s,2025-01-01,2025-01-31,500,450,550", "s,2025-02-01,2025-02-28,,20,"]
    folder = tmp_path_factory.mktemp("series")
    (folder / "x.csv").write_bytes(newline.join(lines).replace(",", delimiter).encode(encoding))
    rows = read_series("poland", SERIES, folder)
    assert [(row.value, row.low, row.high) for row in rows] == [(500, 450, 550), (None, 20, None)]


def test_an_old_encoding_is_refused_with_the_byte_and_its_line(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(f"{HEADER}\ns,2025-01-01,2025-01-31,5,,,Łódź\n".encode("cp1250"))
    with pytest.raises(ScenarioError, match=r"x\.csv:2: found the byte 0xa3, which is not UTF-8"):
        read_series("poland", SERIES, tmp_path)


DAY = date(2025, 1, 1)


def figure(value: float | None, low: float | None, high: float | None) -> Row:
    return Row("poland", DAY, DAY, value, low, high, DAY, {})


INF = float("inf")


@pytest.mark.parametrize(
    ("row", "bounds", "middle"),
    [
        (figure(500, None, None), (450, 550), 500),
        (figure(20, None, None), (0, 70), 20),
        (figure(500, 480, 600), (480, 600), 500),
        (figure(500, 480, None), (480, 550), 500),
        (figure(500, 500, None), (500, INF), 500),
        (figure(500, None, 600), (450, 600), 500),
        (figure(500, None, 500), (0, 500), 500),
        (figure(500, 500, 500), (500, 500), 500),
        (figure(None, 400, 600), (400, 600), 500),
        (figure(None, None, 600), (0, 600), None),
        (figure(None, 400, None), (400, INF), None),
        (figure(0, None, None), (0, 50), 0),
    ],
)
def test_bounds_and_middle_follow_from_what_was_published(
    row: Row, bounds: tuple[float, float], middle: float | None
) -> None:
    assert row.bounds(50) == bounds
    assert row.middle == middle


def test_a_figure_is_exact_unless_it_was_rounded() -> None:
    assert figure(500, None, None).bounds() == (500, 500)


def test_a_record_has_all_columns_and_numbers_that_are_missing_as_such() -> None:
    about = {"measure": "attempts", "agency": "poland", "transit_state": "", "route": ""}
    found = figure(None, 4.0, None)._replace(about=about).record()
    assert np.isnan(found.pop("value")) and np.isnan(found.pop("high"))
    assert found == {
        "agency": "poland", "transit_state": "", "route": "", "note": "", "series": "poland", "period_start": DAY,
        "period_end": DAY, "low": 4.0, "measure": "attempts",
    }  # fmt: skip


@pytest.mark.parametrize(("ended", "published", "there"), [(1, 0, True), (0, 0, False), (1, -1, False), (9, 9, True)])
def test_what_is_known_had_ended_before_the_day_and_was_published_by_it(
    ended: int, published: int, there: bool
) -> None:
    row = figure(1, None, None)._replace(end=DAY - timedelta(days=ended), published=DAY - timedelta(days=published))
    assert known([row], DAY) == ([row] if there else [])


def told(*cells: str, header: str = HEADER, series: Series = SERIES) -> list[tuple[int, str, str]]:
    with pytest.raises(ScenarioError) as caught:
        parse("\n".join([header, *cells]) + "\n", "x.csv", "poland", series)
    return [(one.line, one.path, one.text) for one in caught.value.problems]


@pytest.mark.parametrize("day", ["2025-W01-1", "20250101", "2025010111", "20250101xx", "2025-01-1"])
def test_a_day_is_written_with_year_month_and_day_and_nothing_else(day: str) -> None:
    words = f"found '{day}'; allowed: a date such as 2021-08-03"
    assert told(f"s,{day},2025-01-31,5,,") == [(2, "period_start", words)]


def test_all_that_is_wrong_is_told_at_once_in_whole_sentences() -> None:
    day = "allowed: a date such as 2021-08-03"
    number = "allowed: a number, 0 or more, or nothing"
    assert told(
        "s,2025-1-1,2025-01-31,x,,", "s,2025-01-01,,1e12,1.250,0x1", "s,2025-02-02,2025-02-01,1,,",
        "s,2025-03-01,2025-03-31,,9,3", "s,2025-04-01,2025-04-30,,,", "s,20250501xx,2025-05-31,-1,2,1", "s,2025-06-01",
        "s,2025-07-01,2025-07-01,.5,1e,",
    ) == [
        (2, "period_start", f"found '2025-1-1'; {day}"),
        (2, "value", f"found 'x'; {number}"),
        (3, "period_end", f"found ''; {day}"),
        (3, "value", f"found '1e12'; {number}"),
        (3, "low", "found '1.250', thousands or decimals; write 1250 or 1.25"),
        (3, "high", f"found '0x1'; {number}"),
        (4, "period_end", "found 2025-02-01, before the start 2025-02-02"),
        (5, "high", "found 3, below low 9"),
        (6, "value", "found no value, low or high; one at least is needed"),
        (7, "period_start", f"found '20250501xx'; {day}"),
        (7, "value", f"found '-1'; {number}"),
        (7, "high", "found 1, below low 2"),
        (8, "", "found 2 cells; allowed: 6 (series,period_start,period_end,value,low,high; the delimiter is comma)"),
        (9, "value", f"found '.5'; {number}"),
        (9, "low", f"found '1e'; {number}"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1e3", 1000), ("1.5e+2", 150), ("2.", 2), ("0", 0), ("999999999999", 999999999999), ("12.50", 12.5),
     ("0.125", 0.125), ("1234.567", 1234.567), (" 7 ", 7)],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written(cell: str, value: float) -> None:
    [row] = parse(f"{HEADER}\ns,2025-01-01,2025-01-01,{cell},,\n", "x.csv", "poland", SERIES)
    assert row == figure(value, None, None)._replace(
        published=DAY + timedelta(days=6),
        about={"measure": "recorded_attempts", "agency": "poland", "transit_state": "", "route": ""},
    )


def test_the_day_of_publication_and_what_is_counted_may_stand_in_the_file() -> None:
    header = f"{HEADER},published,measure,agency,route"
    plain = Series.model_validate({"observed": "x.csv", "counted": "events", "route": "own", "lag": 3})
    rows = parse(
        f"{header}\ns,2025-01-01,2025-01-01,5,5,5,2025-03-01,attempts,latvia,r\n"
        "s,2025-01-02,2025-01-02,5,,,,deaths,,\n",
        "x.csv", "poland", plain,
    )  # fmt: skip
    assert [row.published for row in rows] == [date(2025, 3, 1), date(2025, 1, 6)]
    assert rows[0].about == {"measure": "attempts", "agency": "latvia", "transit_state": "", "route": "own"}
    assert rows[1].about == {"measure": "deaths", "agency": "", "transit_state": "", "route": "own"}
    [(line, path, text)] = told("s,2025-01-01,2025-01-01,5,,,soon,attempts,,", header=header, series=plain)
    assert (line, path, text) == (2, "published", "found 'soon'; allowed: a date such as 2021-08-03")
    [(line, path, text)] = told("s,2025-01-01,2025-01-01,5,,,,atempts,,", header=header, series=plain)
    assert (line, path) == (2, "measure") and text.startswith(
        "found the measure 'atempts'; allowed: recorded_attempts, "
    )
    [(line, path, text)] = told("s,2025-01-01,2025-01-01,5,,", series=plain)
    assert (line, path) == (2, "") and text.startswith("found the measure ''; allowed: recorded_attempts, ")


def test_a_period_twice_is_told_unless_something_else_is_wrong_and_no_rows_by_the_first_line() -> None:
    row, other = "s,2025-01-01,2025-01-31,5,,", "s,2025-01-01,2025-01-30,5,,"
    words = "found the period 2025-01-01 to 2025-01-31 twice in poland; a file of an experiment holds one series"
    assert told(row, other, row) == [(0, "", words)]
    assert [line for line, _, _ in told(row, row, "s,2025-02-01,2025-02-31,5,,")] == [4]
    assert told() == [(1, "", "found no rows; one at least is needed")]
    assert len(parse(f"{HEADER}\n{row}\n{other}\n", "x.csv", "poland", SERIES)) == 2


def test_rows_come_series_by_series_and_in_order_of_their_periods(tmp_path: Path) -> None:
    lines = ["s,2025-02-01,2025-02-28,1,,", "s,2025-01-01,2025-01-31,2,,", "s,2025-01-01,2025-01-15,3,,"]
    (tmp_path / "x.csv").write_text("\n".join([HEADER, *lines]))
    series = {"b": SERIES, "a": SERIES}
    loaded: Any = SimpleNamespace(experiment=SimpleNamespace(series=series), folder=tmp_path)
    assert [(row.series, row.value) for row in rows_of(loaded)] == [
        ("b", 3), ("b", 2), ("b", 1), ("a", 3), ("a", 2), ("a", 1)
    ]  # fmt: skip


def test_a_series_that_does_not_ship_is_told_with_those_that_do(tmp_path: Path) -> None:
    unknown = SERIES.model_copy(update={"observed": "poland-crosings"})
    with pytest.raises(ScenarioError) as caught:
        read_series("poland", unknown, tmp_path)
    words = (
        "series.poland.observed: found 'poland-crosings', no observed series that ships, and no path ending in .csv; "
    )
    assert str(caught.value).startswith(words)

    name = observed_names()[0]
    found = read_series("own", Series.model_validate({"observed": name, "counted": "x"}), tmp_path)
    assert found and {row.series for row in found} == {"own"}
