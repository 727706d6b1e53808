"""`sim.run`: one run by day, or replicates as a study; the same numbers whichever way they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import sim
from sim.outputs.results import Results
from sim.scenario import ScenarioError
from sim.studies.plan import MOST_REPLICATES
from sim.studies.study import Study
from tests.strategies import replicates_by_day
from tests.unit.studies.small import BAN, BASE


@pytest.fixture(scope="module")
def several() -> Study:
    return sim.run(BASE, replicates=4)


@pytest.fixture(scope="module")
def by_day() -> Results:
    return replicates_by_day(BASE, 4)


def test_one_run_has_days_and_several_are_a_study(several: Study) -> None:
    assert isinstance(sim.run(BASE, days=5), Results)
    assert isinstance(several, Study)
    assert (several.kind, several.replicates, several.complete) == ("replicates", 4, True)


@pytest.mark.parametrize("table", ["summary", "agencies", "routes"])
def test_tables_of_the_same_name_say_the_same(table: str, several: Study, by_day: Results) -> None:
    ours, theirs = getattr(several, table), getattr(by_day, table)
    assert (ours.pop("scenario") == "scenario").all()
    pd.testing.assert_frame_equal(ours, theirs, check_index_type=False, check_column_type=False)


def test_shares_are_the_same_and_add_up(several: Study, by_day: Results) -> None:
    ours = several.shares.drop(columns="scenario")
    pd.testing.assert_frame_equal(ours, by_day.shares)
    sums = ours.groupby(["section", "by"])["share"].sum()
    assert (sums[sums > 0] - 1).abs().max() < 1e-12


def test_the_median_of_a_study_is_that_of_its_replicates(several: Study, by_day: Results) -> None:
    keys = ["level", "name", "measure"]
    ours = several.intervals.astype(dict.fromkeys(keys, str)).set_index(keys)
    theirs = by_day.intervals.set_index(keys)
    common = [column for column in ("low90", "low50", "median", "high50", "high90") if column in ours]
    pd.testing.assert_frame_equal(ours.loc[theirs.index, common], theirs[common])


def test_tables_of_several_scenarios_have_rows_of_each() -> None:
    study = sim.compare(BASE, BAN, replicates=2)
    assert set(study.summary["scenario"]) == set(study.names)
    assert len(study.summary) == 2 * study.summary.index.nunique()


def test_seed_and_days_reach_the_study() -> None:
    study = sim.run("minsk-2021", replicates=2, seed=5, days=20)
    assert study.names == ["minsk-2021"]
    assert (study.scenarios["minsk-2021"].seed, study.scenarios["minsk-2021"].days) == (5, 20)


def test_a_study_goes_on_in_its_folder(tmp_path: Path) -> None:
    sim.run(BASE, replicates=2, folder=tmp_path / "s")
    longer = sim.run(BASE, replicates=5, folder=tmp_path / "s")
    assert longer.totals.equals(sim.run(BASE, replicates=5).totals)


def test_progress_counts_runs() -> None:
    calls: list[tuple[int, int]] = []
    study = sim.run(BASE, replicates=2, progress=lambda done, total: calls.append((done, total)))
    assert calls[0] == (0, study.asked)
    assert calls[-1] == (study.asked, study.asked)


@pytest.mark.parametrize("replicates", [0, -1, MOST_REPLICATES + 1, 1.5, True])
def test_replicates_that_are_not_allowed(replicates: Any) -> None:
    with pytest.raises(ScenarioError, match=r"replicates: found .*allowed: .* 100,000"):
        sim.run(BASE, replicates=replicates)


def test_a_single_run_takes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="folder"):
        sim.run(BASE, folder=tmp_path / "s")  # type: ignore[call-overload]
