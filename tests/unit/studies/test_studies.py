"""Studies from end to end: the same results however they are carried out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.folder import OutputError
from sim.outputs.results import Results
from sim.scenario import load_scenario
from sim.scenario.errors import ScenarioError
from sim.studies.carry_out import carry_out, compare, replicates
from sim.studies.plan import Plan
from sim.studies.sql import answer
from sim.studies.store.store import Store
from sim.studies.study import Study
from sim.studies.work.dispatch import dispatch
from sim.studies.work.executors import ClusterError, Dask, Pool, Serial, workplace
from tests.strategies import replicates_by_day, tiny_scenario
from tests.unit.studies.small import BAN, BASE, PLAN, tables


def test_results_are_those_of_single_runs(study: Study) -> None:
    alone = replicates_by_day(BAN, 3).totals
    ours = study.totals[(study.totals["scenario"] == "ban") & (study.totals["replicate"] < 3)]
    keys = ["replicate", "level", "name", "measure", "unit"]
    left, right = (table[[*keys, "value"]].astype(dict.fromkeys(keys, str)) for table in (alone, ours))
    left, right = (table.sort_values(keys, ignore_index=True) for table in (left, right))
    pd.testing.assert_frame_equal(left, right)


def test_weeks_and_totals_agree(study: Study) -> None:
    for level, measure in (
        ("section", "attempts"),
        ("section", "entries"),
        ("route", "boarded"),
        ("section", "deaths"),
    ):
        weekly = study.weekly(level, measure).groupby(["scenario", "run", "name"], observed=True)["value"].sum()
        totals = study.totals[(study.totals["level"] == level) & (study.totals["measure"] == measure)]
        own = totals.set_index(["scenario", "run", "name"])["value"]
        own = own.drop("before-any-section", level="name", errors="ignore")
        assert weekly.sort_index().to_list() == own.sort_index().to_list()


def test_people_in_all_statuses_are_everybody(study: Study) -> None:
    persons = study.weekly("status", "persons").groupby(["run", "week"], observed=True)["value"].sum()
    assert set(persons) == {400.0}


def test_the_whole_border_is_the_sum_of_its_sections(study: Study) -> None:
    wide = study.totals[study.totals["measure"].isin(["attempts", "entries", "turn_backs"])]
    sums = wide.groupby(["level", "run", "measure"], observed=True)["value"].sum()
    for level in ("section", "agency", "route", "cohort"):
        assert sums.loc[level].equals(sums.loc["all"])


def test_overload_is_that_of_the_days(study: Study) -> None:
    ever = study.overload.groupby(["scenario", "name"], observed=True)["probability"].max()
    over = study.ever_over("base")
    assert all((ever.loc["base", name] > 0) == (over[name] > 0) for name in BASE.sections)
    fan = study.fan("section", "border_pressure")
    assert (fan["low90"] <= fan["median"]).all()
    assert (fan["median"] <= fan["high90"]).all()


def test_a_pool_writes_the_same_bytes(study: Study, tmp_path: Path) -> None:
    carry_out(PLAN, tmp_path / "pool", place=Pool(2))
    assert tables(tmp_path / "pool") == tables(study.folder)


def test_shards_write_the_same_bytes(study: Study, tmp_path: Path) -> None:
    for part in (2, 1, 3):
        last = carry_out(PLAN, tmp_path / "s", shard=(part, 3))
    assert last.complete
    assert tables(tmp_path / "s") == tables(study.folder)


def test_batches_of_any_size_give_the_same_tables(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.studies.plan.MOST_IN_CHUNK", 7)
    other = carry_out(PLAN)
    assert len(list(other.folder.glob("totals/*"))) > len(list(study.folder.glob("totals/*")))
    for table in ("intervals", "differences", "overload"):
        pd.testing.assert_frame_equal(getattr(other, table), getattr(study, table))


def test_a_study_can_be_made_larger_and_asked_smaller_again(tmp_path: Path) -> None:
    small = replicates(BASE, 5, folder=tmp_path / "s")
    first = small.intervals
    large = replicates(BASE, 70, folder=tmp_path / "s")
    assert (large.replicates, set(large.intervals["replicates"]) >= {70}) == (70, True)
    assert large.totals[large.totals["replicate"] < 5]["value"].to_list() == small.totals["value"].to_list()
    again = replicates(BASE, 5, folder=tmp_path / "s")
    pd.testing.assert_frame_equal(again.intervals, first)
    assert again.complete


def test_a_failing_run_is_data() -> None:
    points = np.array([[2.0], [-5.0], [3.0]])
    study = carry_out(Plan("sweep", {"tiny": BASE}, paths=("behaviour.retry",), points=points))
    assert study.complete
    failed = study.failed.iloc[0]
    assert (len(study.failed), failed["point"], failed["status"]) == (1, 1, "failed")
    assert "behaviour.retry: found -5;" in failed["error"]
    assert set(study.totals["point"]) == {0, 2}


def test_a_study_in_which_all_fails_says_why() -> None:
    points = np.array([[-1.0], [-5.0]])
    with pytest.raises(OutputError, match=r"all 2 runs failed; run 0: ScenarioError: .*found -1;"):
        carry_out(Plan("sweep", {"tiny": BASE}, paths=("behaviour.retry",), points=points))


def test_chance_and_parameters_are_told_apart() -> None:
    fixed = replicates(tiny_scenario(days=60), 25).spread.set_index(["level", "measure"])
    assert fixed.loc[("all", "attempts"), "chance_share"].item() > 0.3
    assert (fixed["twins"] == 20).all()


def test_comparing_with_itself_differs_in_nothing() -> None:
    differences = carry_out(Plan("compare", {"a": BASE, "b": BASE}, 3)).differences
    assert (differences[["mean", "low90", "high90", "lower", "higher"]].fillna(0) == 0).all().all()


def test_scenarios_of_other_dates_cannot_be_compared() -> None:
    with pytest.raises(ScenarioError, match="found 2025-10-01 and 30 days; the base has 2025-10-01 and 60 days"):
        compare(BASE, tiny_scenario(days=30))
    with pytest.raises(ScenarioError, match="a base and at least one other"):
        compare(BASE)
    with pytest.raises(ScenarioError, match="minsk-2021 is given twice"):
        compare("minsk-2021", "minsk-2021")


@pytest.mark.parametrize("number", [0, -1, 10**9, True, 2.5])
def test_a_number_of_replicates_that_is_none(number: Any) -> None:
    with pytest.raises(ScenarioError, match="replicates: found"):
        replicates(BASE, number)


def test_a_temporary_study_goes_with_its_result() -> None:
    study = replicates(BASE, 2)
    folder = study.folder
    assert folder.is_dir()
    del study
    assert not folder.exists()


def test_observed_series_stand_beside_the_replicates() -> None:
    few = replicates("minsk-2021", 2)
    single = replicates_by_day(load_scenario("minsk-2021"), 2)
    pd.testing.assert_frame_equal(few.observed("minsk-2021"), single.observed())
    assert isinstance(single, Results)


def test_queries_read_the_study_and_nothing_else(study: Study, tmp_path: Path) -> None:
    counted = answer(study.folder, "select count(*) as runs, max(replicate) as last from runs", "csv")
    assert counted == "runs,last\n80,39\n"
    assert '"scenario":"ban"' in answer(
        study.folder, "select distinct scenario from totals order by 1", "json"
    ).replace(": ", ":")
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for query in (f"select * from read_csv('{tmp_path}/secret.csv')", f"copy runs to '{tmp_path}/out.csv'", "selec 1"):
        with pytest.raises(OutputError, match="--sql"):
            answer(study.folder, query)
    assert not (tmp_path / "out.csv").exists()


def test_where_to_work() -> None:
    assert isinstance(workplace(1), Serial)
    assert isinstance(workplace(3), Pool)
    assert workplace(3).workers == 3
    with pytest.raises(ClusterError, match="no scheduler answers there"):
        Dask("tcp://127.0.0.1:1", timeout=0.5)


def test_the_progress_counts_every_run(tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []
    with Store(tmp_path / "s", PLAN) as store:
        dispatch(PLAN, store, Serial(), progress=lambda *numbers: seen.append(numbers))
    assert seen[0] == (0, 80, 0)
    assert seen[-1] == (80, 80, 0)
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
