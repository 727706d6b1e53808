"""Observed CSV: what it may hold, and what was known when."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inference.calibration_experiment import Series, load_experiment
from sim.inference.observations import known, parse, read_series, rows_of
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
