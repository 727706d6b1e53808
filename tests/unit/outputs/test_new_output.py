"""A new output is one row and what counts it: then it stands in every table, the report, the view and SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from sim.engine import build
from sim.engine.tables import F_LANDED, PAIR_FLOWS
from sim.outputs import definitions, run_data
from sim.outputs.definitions import OUTPUTS, Output
from sim.outputs.results import Results
from sim.outputs.run_data import RunData
from sim.report.console import show
from sim.report.console_study import show_study
from sim.report.html import report_of
from sim.runs import run, run_model
from sim.studies.carry_out import compare, replicates
from sim.studies.sql import answer
from sim.view.differences import tables
from sim.view.numbers import figures, numbers_by_day
from sim.view.replay import Replay
from tests.strategies import START, tiny_scenario
from tests.unit.outputs.chosen import values
from tests.unit.report.page import Page

SMUGGLED = Output(
    "smuggled", "U", "persons", "sum", "Smuggled over", "smuggled", "count", "Persons whom a smuggler brought over.",
    weekly=("route", "cohort"),
)  # fmt: skip
AGES = ("minor", "adult")
BAN = {"measures": {"ban": {"kind": "carrier-ban", "title": "Ban", "routes": ["baghdad-minsk"], "start": START}}}
BASE = tiny_scenario(days=60)


def counted(model: Any, opening: Any = None) -> RunData:
    """The run of a model whose engine counts what the test registers: twice those landed; and a fifth are minors."""
    flows = model.world.pair_flows
    if "smuggled" in OUTPUTS:
        flows[:, :, definitions.pair_column("smuggled")] = 2 * flows[:, :, F_LANDED]
    found = original(model, opening)
    if "age" not in definitions.registered_levels():
        return found
    whole = found.pair_flows.sum(axis=1), found.by_cohort.sum(axis=1)
    split = [np.stack([table // 5, table - table // 5], axis=1) for table in whole]
    return found._replace(strata={"age": split[0]}, strata_stocks={"age": split[1]})


original = run_data.run_data_of


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine whose books have a column for each registered flow."""
    books = build._counted_by_day

    def wider(*args: Any) -> dict[str, Any]:
        found = books(*args)
        more = np.zeros((*found["pair_flows"].shape[:2], len(definitions.extra_pair_columns())), np.int32)
        return found | {"pair_flows": np.concatenate([found["pair_flows"], more], axis=2)}

    monkeypatch.setattr(build, "_counted_by_day", wider)
    monkeypatch.setattr(run_data, "run_data_of", counted)
    monkeypatch.setattr("sim.runs.run_data_of", counted)


@pytest.fixture
def smuggled() -> Iterator[Output]:
    yield definitions.register(SMUGGLED)
    definitions.unregister("smuggled")


@pytest.fixture
def age() -> Iterator[str]:
    definitions.register_level("age", AGES)
    yield "age"
    definitions.unregister_level("age")


def printed(show_: Any, source: Any) -> str:
    console = Console(width=250, no_color=True)
    with console.capture() as capture:
        show_(source, console)
    return capture.get()


def test_it_stands_in_the_tables_of_a_run(smuggled: Output, tmp_path: Path) -> None:
    results = run(BASE)
    landed = values(results.totals, level="all", name="all", measure="landed").item()
    assert landed > 0
    for level in ("all", "route", "cohort"):
        assert values(results.totals, level=level, measure="smuggled").sum() == 2 * landed
    for level in ("route", "cohort"):
        assert values(results.daily, level=level, measure="smuggled").sum() == 2 * landed
        assert values(results.monthly, level=level, measure="smuggled", statistic="sum").sum() == 2 * landed
    assert set(results.daily[results.daily["measure"] == "smuggled"]["unit"]) == {"persons per day"}
    assert results.routes["smuggled"].sum() == 2 * landed
    assert "smuggled" in printed(show, results)
    back = Results.read(results.write(tmp_path / "r"))
    pd.testing.assert_frame_equal(back.monthly, results.monthly)


def test_without_it_the_tables_are_as_they_were(tmp_path: Path, smuggled: Output) -> None:
    plain = tiny_scenario(days=20)
    definitions.unregister("smuggled")
    before = run(plain)
    definitions.register(SMUGGLED)
    after = run(plain)
    for table in ("daily", "monthly", "totals"):
        rows: pd.DataFrame = getattr(after, table)
        rest = rows[rows["measure"] != "smuggled"].reset_index(drop=True)
        expected: pd.DataFrame = getattr(before, table)
        pd.testing.assert_frame_equal(rest.astype(expected.dtypes), expected)


def test_it_stands_in_a_study_its_report_and_its_queries(smuggled: Output, tmp_path: Path) -> None:
    other = tiny_scenario(BAN, days=60)
    study = compare(BASE, other, replicates=2, folder=tmp_path / "study")
    whole = study.totals[study.totals["level"] == "all"].set_index(["scenario", "run", "measure"])["value"].unstack()
    assert (whole["smuggled"] == 2 * whole["landed"]).all()
    assert whole["smuggled"].sum() > 0
    for level in ("route", "cohort"):
        assert study.weekly(level, "smuggled")["value"].sum() == whole["smuggled"].sum()
    assert "Smuggled over" in printed(show_study, study)
    page = Page(report_of(study)).text("table")
    assert "Smuggled over" in page and SMUGGLED.meaning in page
    rows = {row["output"]: row for group in tables(study)["differences"]["groups"] for row in group["rows"]}
    assert rows["smuggled"]["label"] == "Smuggled"
    told = answer(
        tmp_path / "study", "SELECT sum(value) FROM totals WHERE measure = 'smuggled' AND level = 'all'", "csv"
    )
    assert float(told.splitlines()[1]) == whole["smuggled"].sum()
    assert "whom a smuggler" in answer(tmp_path / "study", "SELECT meaning FROM outputs WHERE name = 'smuggled'")


def test_a_report_of_a_run_and_the_glossary_define_it(smuggled: Output) -> None:
    page = Page(report_of(run(BASE))).text("table")
    assert "Smuggled over" in page and SMUGGLED.meaning in page
    assert smuggled in definitions.glossary(["smuggled"])


def test_the_view_shows_it_live_and_from_the_disk(smuggled: Output) -> None:
    model = run_model(BASE)
    results = Results.of(model.settings, [counted(model)])
    total = values(results.totals, level="all", measure="smuggled").item()
    for shown in (model, Replay(results)):
        assert numbers_by_day(shown)["smuggled"][-1] == total > 0
        figure = figures(shown, None)[-1]
        assert (figure["label"], figure["unit"], figure["value"]) == ("smuggled", "persons so far", total)


def test_what_was_counted_elsewhere_can_still_be_looked_at(tmp_path: Path) -> None:
    definitions.register(SMUGGLED)
    try:
        run(BASE).write(tmp_path / "r")
    finally:
        definitions.unregister("smuggled")
    back = Results.read(tmp_path / "r")
    assert values(back.monthly, level="route", measure="smuggled", statistic="sum").sum() > 0
    assert "Smuggled" in Page(report_of(back)).text("table")


def test_a_new_level_has_all_flows_and_stocks_of_cohorts(age: str, tmp_path: Path) -> None:
    results = run(BASE)
    for table in (results.daily, results.monthly, results.totals):
        own = table[table["level"] == "age"]
        of_cohorts = set(results.daily[results.daily["level"] == "cohort"]["measure"])
        assert set(own["measure"]) == of_cohorts
        assert set(own["name"]) == set(AGES)
    flows = [output.name for output in OUTPUTS.values() if output.pair]
    for flow in flows:
        ours, theirs = (values(results.totals, level=level, measure=flow).sum() for level in ("age", "route"))
        assert ours == theirs
    persons = results.daily[(results.daily["level"] == "age") & results.daily["measure"].str.startswith("persons_")]
    assert set(persons.groupby("date")["value"].sum()) == {400.0}
    assert "Dead, age: adult" in Page(report_of(results)).text("table")


def test_a_new_level_stands_in_a_study(age: str, smuggled: Output, tmp_path: Path) -> None:
    study = replicates(BASE, 2, folder=tmp_path / "study")
    totals = study.totals[study.totals["measure"] == "smuggled"].groupby("level", observed=True)["value"].sum()
    assert totals["age"] == totals["route"] > 0
    assert study.weekly("age", "smuggled")["value"].sum() == totals["age"]
    last = study.weekly("age", "persons_dead")
    ends = study.totals[(study.totals["level"] == "age") & (study.totals["measure"] == "persons_dead")]
    assert last[last["week"] == last["week"].max()]["value"].sum() == ends["value"].sum()
    query = "SELECT DISTINCT name FROM totals WHERE level = 'age' ORDER BY name"
    assert answer(tmp_path / "study", query, "csv").split() == ["name", "adult", "minor"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "landed"}, "'landed', which is taken"),
        ({"name": "Smuggled over"}, "allowed: small letters"),
        ({"section": ("attempts",)}, "by section or route"),
        ({"over_time": "end"}, "allowed: 'sum'"),
        ({"group": "nowhere"}, "border, way, people"),
    ],
)
def test_a_wrong_output_is_refused(changes: dict[str, Any], message: str) -> None:
    before = dict(OUTPUTS)
    with pytest.raises(ValueError, match=message):
        definitions.register(replace(SMUGGLED, **changes))
    assert before == OUTPUTS


def test_built_in_outputs_stay_and_levels_are_new() -> None:
    with pytest.raises(ValueError, match="registered: none"):
        definitions.unregister("deaths")
    for level, names in (("route", AGES), ("age", ()), ("age", ("a", "a")), ("Age", AGES)):
        with pytest.raises(ValueError, match="level"):
            definitions.register_level(level, names)
    with pytest.raises(ValueError, match="registered: none"):
        definitions.unregister_level("age")


def test_a_model_made_too_early_says_so(smuggled: Output) -> None:
    definitions.unregister("smuggled")
    model = run_model(tiny_scenario(days=5))
    definitions.register(SMUGGLED)
    with pytest.raises(ValueError, match=f"smuggled: found {len(PAIR_FLOWS)} columns"):
        run_data.by_pair(original(model), "smuggled")


def test_several_columns_follow_the_built_in_ones_in_order(smuggled: Output) -> None:
    definitions.register(replace(SMUGGLED, name="paid", pair=("smuggled", "paid_twice")))
    try:
        assert definitions.extra_pair_columns() == ["smuggled", "paid_twice"]
        own = len(PAIR_FLOWS)
        found = [definitions.pair_column(name) for name in ("landed", "smuggled", "paid_twice")]
        assert found == [F_LANDED, own, own + 1]
    finally:
        definitions.unregister("paid")
