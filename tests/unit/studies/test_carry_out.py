"""Studies from end to end: the same results however they are carried out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from sim.studies.carry_out import Until, carry_out, compare, looks, replicates
from sim.studies.plan import Plan
from sim.studies.store.store import Store
from sim.studies.study import Study
from sim.studies.work.dispatch import dispatch
from sim.studies.work.executors import Pool, Serial
from tests.strategies import tiny_scenario
from tests.unit.studies.small import BASE, PLAN, tables


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


def test_the_progress_counts_every_run(tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []
    with Store(tmp_path / "s", PLAN) as store:
        dispatch(PLAN, store, Serial(), progress=lambda *numbers: seen.append(numbers))
    assert seen[0] == (0, 80, 0)
    assert seen[-1] == (80, 80, 0)
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)


def test_until_goes_on_until_the_mean_is_known(tmp_path: Path) -> None:
    rule = Until(0.02, "attempts", cap=200)
    study = replicates(BASE, until=rule, folder=tmp_path / "s")
    assert study.replicates in set(looks(200)) - {200}
    assert rule.met(study)
    before = [size for size in looks(200) if size < study.replicates]
    if before:
        assert not rule.met(replicates(BASE, before[-1]))
    again = replicates(BASE, until=rule, folder=tmp_path / "s")
    assert again.replicates == study.replicates


def test_until_ends_at_its_cap_and_says_how_far_it_came() -> None:
    rule = Until(1e-6, "deaths", "poland", cap=25)
    study = replicates(BASE, until=rule)
    assert study.replicates == 25
    assert rule.reached(study)[0] > 1e-6


def test_until_names_a_measure_that_is_not_there() -> None:
    with pytest.raises(ScenarioError, match=r"found 'attemps@all'; allowed for all: .*attempts"):
        replicates(BASE, until=Until(0.05, "attemps"))
    with pytest.raises(ScenarioError, match="allowed for nowhere: nothing"):
        replicates(BASE, until=Until(0.05, "attempts", "nowhere"))
