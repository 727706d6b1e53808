"""Timetables: departures from a CSV, and errors by file, line and column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import (
    ScenarioError,
    apply_overrides,
    departures,
    load_scenario,
    read_timetable,
    scenario_hash,
)

Write = Callable[..., Path]
HEADER = "date,origin,destination,carrier,seats\n"
GOOD = "2021-07-03,erbil,minsk,belavia,180\n"


def test_rows_become_departures(write: Write, small: str) -> None:
    write(HEADER + "2021-08-01,erbil,minsk,belavia,90\n\n" + GOOD, "flights.csv")
    scenario = load_scenario(write(small + "timetable: flights.csv\n"))
    assert departures(scenario) == [(2, "belavia", "erbil-minsk", 180), (31, "belavia", "erbil-minsk", 90)]
    assert len(departures(apply_overrides(scenario, {"days": 5}))) == 1


def test_timetable_of_the_parent_lies_beside_it(write: Write, small: str) -> None:
    write(HEADER + GOOD, "flights.csv")
    write(small + "timetable: flights.csv\n", "parent.yaml")
    assert len(departures(load_scenario(write("extends: parent\n")))) == 1


def test_hash_covers_the_timetable(write: Write, small: str) -> None:
    write(HEADER + GOOD, "flights.csv")
    file = write(small + "timetable: flights.csv\n")
    before = scenario_hash(load_scenario(file))
    write(HEADER + GOOD * 2, "flights.csv")
    assert scenario_hash(load_scenario(file)) != before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", [":1:", "columns", "needed"]),
        ("date,origin,destination,carier,seats\n", [":1:", "'carier'", "did you mean 'carrier'"]),
        (HEADER + "2021-07-03,erbil,minsk,belavia\n", [":2:", "4 cells", "5"]),
        (HEADER + GOOD + "2021-7-3,erbil,minsk,belavia,180\n", [":3: date", "'2021-7-3'", "a date such as"]),
        (HEADER + GOOD.replace("2021-07", "2021-12"), [":2: date", "outside the run", "2021-08-29"]),
        (HEADER + GOOD.replace("erbil", "erbl"), [":2: origin", "'erbl'", "did you mean 'erbil'"]),
        (HEADER + GOOD.replace("minsk", "moscow"), [":2: destination", "'moscow'", "minsk"]),
        (HEADER + GOOD.replace("belavia", "belavja"), [":2: carrier", "did you mean 'belavia'"]),
        (HEADER + GOOD.replace("180", "-1"), [":2: seats", "'-1'", "from 1 to 2000"]),
        (HEADER + GOOD.replace("180", "1e9"), [":2: seats", "'1e9'"]),
        (HEADER + '"2021', [":2:", "not CSV"]),
    ],
)
def test_mistakes_name_line_and_column(text: str, words: list[str], write: Write, small: str) -> None:
    path = write(text, "flights.csv")
    with pytest.raises(ScenarioError) as caught:
        read_timetable(path, load_scenario(write(small)))
    assert all(word in str(caught.value) for word in ["flights.csv", *words]), str(caught.value)


def test_timetable_must_exist_and_lie_inside(write: Write, small: str) -> None:
    with pytest.raises(ScenarioError, match=r"case.yaml:30: timetable: found 'no.csv', which does not exist"):
        load_scenario(write(small + "timetable: no.csv\n"))
    with pytest.raises(ScenarioError, match=r"case.yaml:30: timetable: found '/etc/passwd', outside"):
        load_scenario(write(small + "timetable: /etc/passwd\n"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_timetable_is_the_same_whatever_spreadsheet_saved_it(
    delimiter: str, encoding: str, write: Write, small: str, tmp_path: Path
) -> None:
    file = write(small)
    plain = write(HEADER + GOOD, "plain.csv")
    other = tmp_path / "other.csv"
    other.write_bytes((HEADER + GOOD).replace(",", delimiter).encode(encoding))
    scenario = load_scenario(file)
    assert read_timetable(other, scenario) == read_timetable(plain, scenario) != []


def test_the_delimiter_is_named_where_a_column_is_unknown(write: Write, small: str) -> None:
    path = write("date;from;destination;carrier;seats\n2021-08-01;erbil;minsk;belavia;90\n", "flights.csv")
    with pytest.raises(
        ScenarioError, match=r"flights\.csv:1: unknown column 'from' \(read with the delimiter semicolon"
    ):
        read_timetable(path, load_scenario(write(small)))
