"""Figures of a folder or a file: found by name, by agency and measure, or in the layout of collected figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.inference.filter.experiment import FigureFile, FilterSeries, load_filter
from sim.inference.filter.figure_files import _cell, _counts, _given, rows_of
from sim.inference.observations import Row
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


SERIES: dict[str, FilterSeries] = {
    "poland": FilterSeries(observed="pl.csv", counted="events", measure="recorded_attempts", agency="poland", lag=3),
    "stock": FilterSeries(observed="st.csv", counted="people", measure="stock_in_transit_state"),
    "latvia": FilterSeries(
        observed="lv.csv", counted="events", measure="recorded_attempts", agency="latvia",
        file=FigureFile(
            name="collected.csv", column="entries", without=["unsure", "narrower"],
            kinds={"away": {"since": date(2024, 2, 1), "until": date(2024, 3, 31)}, "all": {}},
        ),
    ),
}  # fmt: skip


def told(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(r.series, f"{r.start}", f"{r.end}", r.value, r.low, r.high, f"{r.published}", r.about) for r in rows]


def test_a_row_tells_all_that_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        HEADER
        + "pl.csv,poland,recorded_attempts,2024-01-01,2024-01-31,100,90,120,2024-02-09\n"
        + "x,poland,entries,2024-02-01,2024-02-29,7,,,\n"
        + "stock,,stock_in_transit_state,2024-02-01,2024-02-29,,5,6,\n",
        encoding="utf-8",
    )
    (tmp_path / "b.csv").write_text(
        HEADER + "other,poland,recorded_attempts,2024-02-01,2024-02-29,50,,,\n", encoding="utf-8"
    )
    (tmp_path / "notes.txt").write_text("no table", encoding="utf-8")
    poland = {"measure": "recorded_attempts", "agency": "poland", "transit_state": "", "route": ""}
    stock = {"measure": "stock_in_transit_state", "agency": "", "transit_state": "", "route": ""}
    assert told(_given(SERIES, tmp_path)) == [
        ("poland", "2024-01-01", "2024-01-31", 100.0, 90.0, 120.0, "2024-02-09", poland),
        ("stock", "2024-02-01", "2024-02-29", None, 5.0, 6.0, "2024-03-01", stock),
        ("poland", "2024-02-01", "2024-02-29", 50.0, None, None, "2024-03-04", poland),
    ]


def test_a_name_of_its_own_goes_before_agency_and_measure(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        HEADER
        + " poland ,poland,recorded_attempts,2024-01-01,2024-01-31,100,,,\n"
        + "else,poland,recorded_attempts,2024-02-01,2024-02-29,50,,,\n"
        + "z,latvia,recorded_attempts,2024-02-01,2024-02-29,8,,,\n"
        + "z,latvia,recorded_attempts,2024-03-01,2024-03-31,9,,,\n",
        encoding="utf-8",
    )
    assert [(row.series, row.value) for row in _given(SERIES, file)] == [
        ("poland", 100.0), ("latvia", 8.0), ("latvia", 9.0),
    ]  # fmt: skip


def test_series_without_an_agency_are_found_by_name_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEADER + "x,,stock_in_transit_state,2024-01-01,2024-01-31,1,,,\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        _given(SERIES, file)
    names = "poland (as pl.csv), stock (as st.csv), latvia (as lv.csv), collected.csv"
    assert str(raised.value) == f"--data: {file} has no figure of any series; allowed: {names}"


def test_two_that_may_be_meant_are_both_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    lines = [f"{name},latvia,recorded_attempts,2024-0{k}-01,2024-0{k}-28,1,,,\n" for k, name in ((1, "b"), (2, "a"))]
    file.write_text(HEADER + "".join(lines), encoding="utf-8")
    with pytest.raises(ScenarioError) as raised:
        _given(SERIES, file)
    assert str(raised.value) == (
        f"{file}: found the series a, b, all of latvia, recorded_attempts; which of them is meant? name it latvia"
    )


def test_a_cell_that_a_short_line_lacks_is_empty() -> None:
    header = ["series", "agency", "value"]
    assert [_cell(header, [" x ", "y"], column) for column in (*header, "other")] == ["x", "y", "", ""]


def test_a_missing_folder_is_named_in_full(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as raised:
        _given(SERIES, tmp_path / "no")
    assert str(raised.value) == (f"--data: found '{tmp_path / 'no'}'; a folder with CSV files is needed, or one file")


@pytest.mark.parametrize(("row", "counts"), [
    ({"series": "away", "period_start": "2024-02-01", "period_end": "2024-03-31"}, True),
    ({"series": "away", "period_start": "2024-01-31"}, False), ({"series": "away", "period_end": "2024-04-01"}, False),
    ({"series": "all", "period_start": "1999-01-01", "period_end": "2099-01-01"}, True), ({"series": "other"}, False),
    ({"note": "rather unsure"}, False), ({"note": "narrower"}, False), ({"note": "sure"}, True),
    ({"entries": " "}, False), ({"entries": "", "low": "5"}, True), ({"entries": "", "high": "5"}, True),
])  # fmt: skip
def test_rows_of_collected_figures_count_by_kind_period_note_and_figure(row: dict[str, str], counts: bool) -> None:
    plain = {"series": "away", "period_start": "2024-02-01", "period_end": "2024-02-29", "entries": "7", "low": "",
             "high": "", "note": ""}  # fmt: skip
    layout = SERIES["latvia"].file
    assert layout is not None
    assert _counts(layout, plain | row) is counts
    if "series" in row:
        assert _counts(layout.model_copy(update={"kinds": {}}), plain | row)


def test_of_collected_figures_the_first_of_a_period_is_taken_with_its_bounds(tmp_path: Path) -> None:
    file = tmp_path / "collected.csv"
    file.write_text(
        "period_start,period_end,series,entries,low,high,note\n"
        "2024-02-01,2024-02-29,away,7,6,9,\n"
        "2024-02-01,2024-02-29,away,8,,,\n"
        "2024-02-01,2024-03-31,all,20,,,\n"
        "2024-03-01,2024-03-31,away,5,,,unsure\n"
        "2024-01-01,2024-01-31,all,3,,\n",
        encoding="utf-8",
    )
    about = {"measure": "recorded_attempts", "agency": "latvia", "transit_state": "", "route": ""}
    assert told(_given(SERIES, tmp_path)) == [
        ("latvia", "2024-02-01", "2024-02-29", 7.0, 6.0, 9.0, "2024-03-01", about),
        ("latvia", "2024-02-01", "2024-03-31", 20.0, None, None, "2024-04-01", about),
        ("latvia", "2024-01-01", "2024-01-31", 3.0, None, None, "2024-02-01", about),  # a line that is a cell short
    ]
    file.write_text("period_start,period_end,series,entries,low,high\n2024-02-01,2024-02-29,no,1,,\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="has no figure of any series"):
        _given(SERIES, tmp_path)


def test_of_two_figures_for_a_period_the_folders_is_used_and_all_come_in_order(tmp_path: Path) -> None:
    for name, value in (("pl.csv", 5), ("st.csv", 6), ("lv.csv", 7)):
        (tmp_path / name).write_text(
            "series,period_start,period_end,value,low,high\n"
            f"x,2024-02-01,2024-02-29,{value},,\nx,2024-01-01,2024-01-31,{value}0,,\n",
            encoding="utf-8",
        )
    later = tmp_path / "later.csv"
    later.write_text(HEADER + "poland,poland,,2024-02-01,2024-02-29,99,,,\n", encoding="utf-8")
    loaded = LOADED._replace(experiment=LOADED.experiment.model_copy(update={"series": SERIES}), folder=tmp_path)
    plain = [(name, day, value) for name, values in (("latvia", (70, 7)), ("poland", (50, 5)), ("stock", (60, 6)))
             for day, value in zip(("2024-01-01", "2024-02-01"), values, strict=True)]  # fmt: skip
    assert [(row.series, f"{row.start}", row.value) for row in rows_of(loaded)] == plain
    plain[3] = ("poland", "2024-02-01", 99)
    assert [(row.series, f"{row.start}", row.value) for row in rows_of(loaded, later)] == plain
