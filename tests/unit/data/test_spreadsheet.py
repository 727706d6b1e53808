"""No text in a CSV file of ours is a formula, each comes back as it was, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.data import csv_reader
from sim.data.spreadsheet import csv_of, guarded, plain, unguarded
from sim.scenario import to_yaml
from tests.command import Corridor
from tests.strategies import tiny_scenario

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf", re.ASCII)
TEXTS = st.text("=+-@＝'\"\t\r\n ,;1.eé", max_size=8) | st.text(max_size=8)


@given(TEXTS)
@example("'=1")
@example("''@x")
@example("'-5")
@example(" \t=cmd|' /C calc'!A0")
def test_a_text_is_no_formula_and_comes_back(text: str) -> None:
    cell = guarded(text)
    assert NUMBER.fullmatch(cell) or not FORMULA.match(cell)
    assert unguarded(cell) == text


@pytest.mark.parametrize("number", [-5, -1.5e-7, "-5", "+3", "-1e-05", "-inf", 0, True, None])
def test_numbers_stay_numbers(number: object) -> None:
    assert guarded(number) is number


@given(st.lists(st.tuples(st.text("=+-@'\t a1", min_size=1, max_size=6), st.integers(-9, 9)), min_size=1, max_size=5))
def test_a_table_comes_back_through_each_reader(rows: list[tuple[str, int]]) -> None:
    table = pd.DataFrame(rows, columns=["=name", "value"])
    text = csv_of(table)
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert not [cell for cell in cells if FORMULA.match(cell) and not NUMBER.fullmatch(cell)]
    again = plain(pd.read_csv(io.StringIO(text), dtype={"'=name": str}, keep_default_na=False))
    assert list(again) == ["=name", "value"]
    assert again.to_numpy().tolist() == table.to_numpy().tolist()
    ours = csv_reader.read_known(text, ["value"])
    assert ours.header == ["=name", "value"]
    kept = [[name, str(value)] for name, value in rows]
    assert [cells for _, cells in ours.rows] == kept


def test_a_table_without_such_texts_is_what_pandas_writes() -> None:
    table = pd.DataFrame({"a": ["x", None, "y,z"], "b": [-1.5, 2, float("nan")], "c": [1, None, "x"]})
    assert csv_of(table) == table.to_csv(index=False, lineterminator="\n")


def test_a_study_of_scenarios_with_such_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corridor: Corridor
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, retry in (("=base", 3), ("@other", 9)):
        scenario = tiny_scenario({"behaviour": {"retry": retry}}, days=20)
        (tmp_path / f"{name}.yaml").write_text(to_yaml(scenario), encoding="utf-8")
    words = ["./=base.yaml", "./@other.yaml", "--replicates", "2", "--jobs", "1", "--out", "s", "--quiet"]
    assert corridor("compare", *words).status == 0
    for file in (tmp_path / "s").glob("*.csv"):
        cells = {cell for line in csv.reader(file.read_text().splitlines()) for cell in line}
        assert not [cell for cell in cells if FORMULA.match(cell) and not NUMBER.fullmatch(cell)], file
        assert "'=base" in cells or "'@other" in cells
    done = corridor("results", "s", "--sql", "select distinct scenario from intervals order by 1", "--format", "json")
    assert [word for word in ("=base", "@other") if f'"{word}"' in done.out] == ["=base", "@other"]
    done = corridor("results", "s", "--sql", "select distinct scenario from intervals order by 1", "--format", "csv")
    assert done.out == "scenario\n'=base\n'@other\n"
