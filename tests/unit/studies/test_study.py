"""What a study's tables say of its runs."""

from __future__ import annotations

import pandas as pd

from sim.outputs.results import Results
from sim.scenario import load_scenario
from sim.studies.carry_out import replicates
from sim.studies.study import Study
from tests.strategies import replicates_by_day, tiny_scenario
from tests.unit.studies.small import BAN, BASE


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


def test_chance_and_parameters_are_told_apart() -> None:
    fixed = replicates(tiny_scenario(days=60), 25).spread.set_index(["level", "measure"])
    assert fixed.loc[("all", "attempts"), "chance_share"].item() > 0.3
    assert (fixed["twins"] == 20).all()


def test_observed_series_stand_beside_the_replicates() -> None:
    few = replicates("minsk-2021", 2)
    single = replicates_by_day(load_scenario("minsk-2021"), 2)
    pd.testing.assert_frame_equal(few.observed("minsk-2021"), single.observed())
    assert isinstance(single, Results)
