"""A study of eight short runs, its tables one by one."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.definitions import DESCRIPTION, OUTPUTS
from sim.outputs.folder import OutputError
from sim.studies.carry_out import carry_out, run, tables_of
from sim.studies.plan import Plan
from sim.studies.sql import FORMATS, answer, check_format, rendered
from sim.studies.store.recorded import Recorded
from sim.studies.store.verify import verify
from sim.studies.study import Study, headline, whole
from tests.strategies import tiny_scenario

BAN = {"kind": "carrier-ban", "title": "'=ban", "routes": ["benghazi-minsk"], "start": "2025-10-10"}
BASE, BANNED = tiny_scenario(days=20), tiny_scenario({"measures": {"ban": BAN}}, days=20)
PLAN = Plan("compare", {"base": BASE, "ban": BANNED}, 3, twins=1)
FIRST, LAST = date(2025, 10, 8), date(2025, 10, 20)  # the week of the ban's day


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("with 'quotes' [1]") / "s"
    carry_out(PLAN, where, command="corridor compare base ban")
    return where


@pytest.fixture
def study(folder: Path) -> Study:
    return Study(folder)


def test_a_study_knows_what_it_is(study: Study) -> None:
    assert (study.kind, study.replicates, study.asked, study.points) == ("compare", 3, 8, 0)
    assert (study.names, study.base, study.others, study.arms) == (["base", "ban"], "base", ["ban"], {})
    assert (study.complete, study.there, study.waiting, study.unfinished) == (True, 8, 0, "")
    assert study.redone == []
    assert repr(study) == "<Study (compare) of base, ban: 8 of 8 runs done, 0 failed>"
    assert study.runs.columns.tolist() == ["scenario", "run", "replicate", "point", "twin", "seed", "status", "error"]
    assert study.runs["run"].tolist() == list(range(8))
    assert study.runs["replicate"].tolist() == [0, 0, 0, 0, 1, 1, 2, 2]
    assert study.runs["twin"].tolist() == [False, True] * 2 + [False] * 4
    assert study.runs["scenario"].astype(str).tolist() == ["base", "base", "ban", "ban", "base", "ban", "base", "ban"]
    assert set(study.runs["status"]) == {"done"}
    assert study.failed.empty
    assert study.about["command"] == "corridor compare base ban"
    assert study.about["title"] == "tiny / tiny"


def test_totals_are_of_runs_that_are_no_twins(study: Study) -> None:
    assert sorted(study.totals["run"].unique()) == [0, 2, 4, 5, 6, 7]
    matrix = study.matrix("base", measures=["attempts"], names=["all"])
    assert matrix.replicates.tolist() == [0, 1, 2]
    totals = study.totals[(study.totals["level"] == "all") & (study.totals["measure"] == "attempts")]
    assert matrix.values[:, 0].tolist() == totals[totals["scenario"] == "base"]["value"].tolist()
    assert study.matrix("base", point=0).values.shape == (0, 0)
    assert study.matrix("base", table="twins").replicates.tolist() == [0]
    assert set(study.spread["twins"]) == {1}


def test_intervals_and_differences_name_their_scenario_first(study: Study) -> None:
    assert study.intervals.columns[0] == study.differences.columns[0] == study.spread.columns[0] == "scenario"
    assert set(study.intervals["scenario"]) == {"base", "ban"}
    assert set(study.differences["scenario"]) == {"ban"}
    row = whole(study.differences, "attempts")
    both = [study.matrix(name, measures=["attempts"], names=["all"]).values[:, 0] for name in ("ban", "base")]
    assert row["median"] == np.median(both[0] - both[1])
    assert (row["level"], row["measure"]) == ("all", "attempts")
    shown = headline(study.intervals)
    assert {"attempts_by_route", "attempts_by_cohort"} & set(study.intervals["measure"])
    assert not {"attempts_by_route", "attempts_by_cohort"} & set(shown["measure"])
    assert set(study.intervals["level"]) - set(shown["level"]) == {"everywhere"}


def test_the_window_is_from_the_first_difference_on_or_as_chosen(folder: Path) -> None:
    study = Study(folder)
    found = study.window()
    assert found is not None
    assert (found.first, found.last, found.asked) == (FIRST, LAST, False)
    assert study.window("ban") is found, "made once"
    assert set(study.window_intervals["scenario"]) == {"base", "ban"}
    assert study.window_intervals["first"].unique().tolist() == [pd.Timestamp(FIRST)]
    assert study.window_differences.columns[:3].tolist() == ["scenario", "first", "last"]
    assert set(study.window_differences["scenario"]) == {"ban"}
    assert study.window_differences["last"].unique().tolist() == [pd.Timestamp(LAST)]
    assert study.look_at(None) is study
    assert study.window() is found
    chosen = study.look_at(None, date(2025, 10, 14)).window()
    assert chosen is not None
    assert (chosen.first, chosen.last, chosen.asked) == (FIRST, date(2025, 10, 14), True)
    chosen = study.look_at(date(2025, 10, 2)).window()
    assert chosen is not None
    assert (chosen.first, chosen.last) == (BASE.start, LAST)
    assert study.window_intervals["first"].unique().tolist() == [pd.Timestamp(BASE.start)]


def test_weeks_have_quantiles_and_the_share_that_was_over(study: Study) -> None:
    table = study.weekly_intervals
    assert table.columns.tolist() == [
        "scenario", "level", "name", "measure", "unit", "week", "low90", "low50", "median", "high50", "high90",
    ]  # fmt: skip
    own = table[(table["level"] == "all") & (table["measure"] == "attempts") & (table["scenario"] == "ban")]
    weekly = study.weekly("all", "attempts")
    wide = weekly[weekly["scenario"] == "ban"].pivot(index="run", columns="week", values="value")
    assert own["median"].tolist() == wide.median().tolist()
    assert len(own) == 3
    assert set(table["measure"]) == {
        "pressure_peak", "days_over", "attempts", "entries", "deaths", "boarded", "landed", "stranded", "injuries",
    }  # fmt: skip
    peaks = study.weekly("section", "pressure_peak")
    peaks = peaks.assign(over=peaks["value"] > 1)
    shares = peaks.groupby(["scenario", "name", "week"], observed=True)["over"].mean()
    found = study.overload.set_index(["scenario", "name", "week"])["probability"]
    assert found.to_dict() == shares.to_dict()
    assert {0 < share < 1 for share in found} == {True, False}
    days = study.totals[(study.totals["measure"] == "days_over") & (study.totals["scenario"] == "base")]
    over = (days["value"] > 0).groupby(days["name"].astype(str)).mean()
    assert study.ever_over("base") == over.to_dict()


def test_a_notebook_shows_the_whole_border_and_way_of_each_scenario(study: Study) -> None:
    html = study._repr_html_()
    assert html.startswith(
        "<h3>tiny</h3>\n<p>Study (compare) of base, ban: 8 of 8 runs done, 0 failed</p>\n<p>Scenarios</p>"
    )
    tables = html.split("<p>Differences from the first</p>")
    assert len(tables) == 2
    assert 'border="' not in html
    for part, table in zip(tables, (study.intervals, study.differences), strict=True):
        own = table[table["level"] == "all"]
        assert re.findall("<th>(.*?)</th>", part) == ["scenario", "measure", "unit", "median", "low90", "high90"]
        assert part.count("<tr>") == len(own)
        first = own.iloc[0]
        cells = [
            *first[["scenario", "measure", "unit"]],
            *(f"{first[key]:,.2f}" for key in ("median", "low90", "high90")),
        ]
        assert re.findall("<td>(.*?)</td>", part)[:6] == cells


def test_parts_are_read_by_what_their_rows_have(study: Study) -> None:
    rows = sum(len(part) for part in study.parts("weekly", scenario=["ban"], level=["all"], measure=["attempts"]))
    assert rows == 3 * 3
    assert sum(len(part) for part in study.parts("totals", run=[4, 5])) == len(study.totals.query("run in (4, 5)"))
    assert list(study.parts("observed")) == []
    assert study.simulated.empty
    assert study.simulated.columns.tolist() == ["scenario", "run", "replicate", "point", "series", "period_start",
                                                "period_end", "value"]  # fmt: skip
    study.replicates = 2
    assert sorted(Study.matrix(study, "base").replicates) == [0, 1]


def test_tables_of_a_study_that_have_rows_are_written(study: Study, folder: Path) -> None:
    names = ["intervals", "differences", "window_intervals", "window_differences", "spread", "overload",
             "weekly_intervals"]  # fmt: skip
    assert list(tables_of(study)) == [f"{name}.csv" for name in names]
    assert (folder / "intervals.csv").read_bytes() == tables_of(study)["intervals.csv"]
    assert sorted(file.name for file in folder.glob("*.csv")) == sorted(f"{name}.csv" for name in names)
    assert not (folder / "spool").exists()
    found = verify(folder)
    record = Recorded(folder)
    assert (found.damage, found.notes, found.unfinished) == ([], [], "")
    assert found.files == len(record.files)
    assert found.size == sum(stamp.size for stamp in record.files.values())
    assert record.derived == sorted([*(f"{name}.csv" for name in names), "datapackage.json"])
    assert record.chunks[0]["runs"] == [0, 7]
    assert (record.chunks[0]["done"], record.chunks[0]["failed"], record.replaced) == (8, 0, set())


def test_a_query_sees_the_tables_of_the_study_and_what_its_outputs_are(folder: Path) -> None:
    names = answer(folder, "select table_name from information_schema.tables order by 1", "csv").split()
    assert names[:7] == ["table_name", "differences", "intervals", "outputs", "overload", "runs", "totals"]
    assert names[7:] == ["twins", "weekly", "weekly_intervals", "window_differences", "window_intervals"]
    (row,) = json.loads(answer(folder, "select * from outputs where name = 'approaches'", "json"))
    assert row == {key: str(OUTPUTS["approaches"].about().get(key, "")) for key in DESCRIPTION}
    assert answer(folder, "select run from runs where run < 0") == "no rows; columns: run\n"
    file = str(folder / "overload.csv").replace("'", "''")
    counts = f"""select (select count(*) from read_csv('{file}')) as file, (select count(*) from overload) as own,
                 (select count(*) from outputs) as outputs"""
    (found,) = json.loads(answer(folder, counts, "json"))
    assert found["file"] == found["own"] > 0
    assert found["outputs"] == len(OUTPUTS)


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("select 1; select 2", "--sql: found 2 statements; needed: one, such as select * from runs"),
        ("", "--sql: found 0 statements; needed: one, such as select * from runs"),
        ("select * from runz", "--sql: Catalog Error: "),
        ("set enable_external_access=true", "--sql: "),
    ],
)
def test_a_query_that_cannot_be_answered_is_told_with_the_tables(folder: Path, sql: str, text: str) -> None:
    with pytest.raises(OutputError) as caught:
        answer(folder, sql)
    assert str(caught.value).startswith(text)
    if "statements" not in text:
        assert "\ntables: differences, intervals, outputs, overload, runs, totals, twins, weekly, " in str(caught.value)


def test_a_query_of_fewer_replicates_leaves_the_others_out(tmp_path: Path) -> None:
    where = tmp_path / "s"
    carry_out(Plan("replicates", {"a": BASE}, 3), where)
    carry_out(Plan("replicates", {"a": BASE}, 2), where)
    assert answer(where, "select max(replicate) as most from runs", "csv") == "most\n1\n"
    assert Study(where).runs["replicate"].tolist() == [0, 1]


def test_a_table_is_text_csv_or_json() -> None:
    table = pd.DataFrame({"a": [1, 2], "b": ["=x", "y"]})
    assert rendered(table, "table") == " a  b\n 1 =x\n 2  y\n"
    assert rendered(table, "csv") == "a,b\n1,'=x\n2,y\n"
    assert json.loads(rendered(table, "json")) == [{"a": 1, "b": "=x"}, {"a": 2, "b": "y"}]
    assert rendered(table, "json").endswith("\n")
    assert rendered(table[:0], "table") == "no rows; columns: a, b\n"
    for form in FORMATS:
        check_format(form)
    with pytest.raises(OutputError, match="--format: found 'xml'; allowed: table, csv, json"):
        check_format("xml")


def test_one_run_takes_no_options_of_a_study_and_several_tell_their_progress() -> None:
    told: list[Any] = []
    with pytest.raises(TypeError, match="run: found folder, jobs, which only several replicates take"):
        run(BASE, folder="x", jobs=2)
    study = run(BASE, replicates=2, days=15, seed=9, progress=lambda *numbers: told.append(numbers))
    assert (told[0], told[-1]) == ((0, 4), (4, 4))
    assert (study.names, study.scenarios["scenario"].days, study.scenarios["scenario"].seed) == (["scenario"], 15, 9)
    assert study.about["plan"]["twins"] == 20
    assert study.window() is None
    assert study.window_intervals.empty
    assert study.window_differences.empty
    assert study.differences.empty
