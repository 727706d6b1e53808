"""Figures of a folder or a file: found by name, by agency and measure, or in the layout of collected figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.inference.filter.experiment import load_filter
from sim.inference.filter.figure_files import rows_of
from sim.scenario.errors import ScenarioError

LOADED = load_filter("eastern-border")
HEADER = "series,agency,measure,period_start,period_end,value,low,high,published\n"


def added(tmp_path: Path, text: str, name: str = "later.csv") -> list[tuple[str, str, float | None]]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    before = rows_of(LOADED)
    return sorted((row.series, str(row.start), row.value) for row in rows_of(LOADED, tmp_path) if row not in before)


@pytest.mark.parametrize("series", ["poland", "poland-attempts", "a-name-of-ones-own"])
def test_a_series_is_found_by_name_or_as_the_only_one_of_its_agency_and_measure(tmp_path: Path, series: str) -> None:
    line = f"{series},poland,recorded_attempts,2024-01-01,2024-01-31,123,,,2024-02-02\n"
    assert added(tmp_path, HEADER + line) == [("poland", "2024-01-01", 123.0)]


def test_a_file_alone_is_as_good_as_a_folder(tmp_path: Path) -> None:
    line = "poland,poland,recorded_attempts,2024-01-01,2024-01-31,123,,,2024-02-02\n"
    file = tmp_path / "counts.csv"
    file.write_text(HEADER + line, encoding="utf-8")
    assert rows_of(LOADED, file) == rows_of(LOADED, tmp_path)


def test_two_series_of_one_agency_and_measure_are_not_added(tmp_path: Path) -> None:
    lines = [f"{name},poland,recorded_attempts,2024-01-01,2024-01-31,123,,,2024-02-02\n" for name in ("one", "two")]
    with pytest.raises(ScenarioError, match="one, two, all of poland"):
        added(tmp_path, HEADER + "".join(lines))


def test_figures_in_the_layout_of_collection_are_chosen_by_kind_and_note(tmp_path: Path) -> None:
    header = "month,period_start,period_end,series,value,low,high,basis,note,source,source_url,quality\n"
    kept = '2024-01,2024-01-01,2024-01-31,turned_away,77,,,reported,,"A paper, 1 Feb",,secondary\n'
    other = "2024-01,2024-01-01,2024-01-31,registered_irregular_entries,5,,,reported,,x,,secondary\n"
    unsure = ",2024-01-01,2024-03-31,turned_away,300,,,reported,DATE UNKNOWN,x,,secondary\n"
    assert added(tmp_path, header + kept + other + unsure, "lithuania_monthly.csv") == [
        ("lithuania", "2024-01-01", 77.0)
    ]


@pytest.mark.parametrize(("text", "message"), [
    (HEADER + "poland,poland,recorded_attempts,2024-01-01,2024-01-31,1.250,,,\n", "thousands or decimals"),
    (HEADER + "poland,poland,recorded_attempts,2024-02-30,2024-02-28,5,,,\n", "2024-02-30"),
    (HEADER.replace("measure,", "") + "x,poland,2024-01-01,2024-01-31,5,,,\n", "no figure of any series"),
    ("nothing\n", "no figure of any series"),
])  # fmt: skip
def test_what_is_not_understood_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        added(tmp_path, text)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="a folder with CSV files is needed"):
        rows_of(LOADED, tmp_path / "missing")
