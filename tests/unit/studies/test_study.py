"""What a study's tables say of its runs."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from rich.console import Console

from sim.outputs.results import Results
from sim.report.console_study import show_study
from sim.report.findings import Findings
from sim.report.html import report_of
from sim.report.sentences import headlines
from sim.scenario import load_scenario
from sim.studies.carry_out import carry_out, replicates
from sim.studies.plan import Plan
from sim.studies.study import Study
from tests.strategies import START, replicates_by_day, tiny_scenario
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


WIDER = {
    "routes": {
        "erbil-minsk": {
            "mode": "air", "origin": "baghdad", "destination": "minsk", "transit_state": "belarus", "visa_lead": 3,
        },
        "tripoli-minsk": {
            "mode": "air", "origin": "benghazi", "destination": "minsk", "transit_state": "belarus", "visa_lead": 3,
        },
    },
    "carriers": {"newcomer": {"services": {
        name: {"seats": 6, "weekly": {START: 4}} for name in ("erbil-minsk", "tripoli-minsk")
    }}},
    "cohorts": {"iraqis": {"routes": {"erbil-minsk": 0}}, "sudanese": {"routes": {"tripoli-minsk": 0}}},
    "sections": {"kapciamiestis": {"agency": "lithuania", "title": "Kapčiamiestis", "length": 50}},
    "zones": {"lida": {"sections": {"kapciamiestis": 0.5}}},
}  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
def test_differences_over_all_names_add_up_to_that_of_the_whole_even_if_one_scenario_lacks_some(turned: bool) -> None:
    pair = {"base": BASE, "wider": tiny_scenario(WIDER, days=60)}
    if turned:
        pair = dict(reversed(pair.items()))
    table = carry_out(Plan("compare", pair, 1)).differences.set_index(["level", "measure", "name"])
    found = table["median"].sort_index()
    for measure in ("attempts", "entries", "deaths", "turn_backs"):
        assert found.loc["section", measure].sum() == found.loc["route", measure].sum() == found["all", measure, "all"]
    for measure in ("boarded", "stranded", "returned", "deaths"):
        assert found.loc["route", measure].sum() == found.loc["cohort", measure].sum() == found["all", measure, "all"]
    sign = -1 if turned else 1
    for name in ("erbil-minsk", "tripoli-minsk"):
        assert sign * found["route", "boarded", name] > 0
    assert sign * found["section", "attempts", "kapciamiestis"] > 0
    assert sign * found["section", "pressure_peak", "kapciamiestis"] > 0
    assert ("section", "peak_day", "kapciamiestis") not in found.index  # no day there: nothing to subtract from
    assert ("section", "detection", "kapciamiestis") not in found.index


def test_a_report_and_the_terminal_name_the_substitutes_that_were_counted() -> None:
    study = carry_out(Plan("compare", {"base": BASE, "wider": tiny_scenario(WIDER, days=60)}, 1))
    elsewhere = next(line.text for line in headlines(Findings(study))[0].border if line.lead.startswith("Where"))
    assert "by erbil-minsk" in elsewhere or "by tripoli-minsk" in elsewhere
    assert "routes erbil-minsk, tripoli-minsk; sections kapciamiestis; carriers newcomer" in report_of(study)
    console = Console(width=200, record=True, file=io.StringIO())
    show_study(study, console)
    text = console.export_text()
    assert "Only in wider: routes erbil-minsk, tripoli-minsk; sections kapciamiestis; carriers newcomer" in text
    assert all(any(line.startswith(f"│ {name}") for line in text.splitlines()) for name in (
        "erbil-minsk", "tripoli-minsk", "kapciamiestis"))  # fmt: skip
