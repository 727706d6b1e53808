"""The assumptions that matter most: those that an analysis in the folder names, or the widest."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from sim.outputs.folder import ANALYSIS
from sim.report.brief import matters as asked
from sim.report.brief.matters import Assumption, matters
from sim.report.findings import Findings
from tests.made_study import MadeStudy
from tests.strategies import merge, tiny_scenario

# The 90 % range over the median: 4 of the constant, as its median is 0; 2,755 / 1,500; 0.09 / 0.05; 36 / 21; 1.21; 0.9.
DRAWN = {
    "cohorts": {"iraqis": {"leaving_rate": {"triangular": [0.01, 0.04, 0.09]}},
                "sudanese": {"leaving_rate": {"uniform": [0.04, 0.05]}}},
    "agencies": {"poland": {"procedure": {"lognormal": [1500.0, 0.5]}, "handling_rate": {"uniform": [0.1, 0.3]}}},
    "behaviour": {"retry": {"joint": [float(k) for k in range(1, 41)]}, "giving_up": {"uniform": [0.0, 0.1]}},
    "hazards": {"death": {"uniform": [0.0001, 0.002]}},
    "zones": {"bruzgi": {"sections": {"kuznica": {"uniform": [-1.0, 1.0]}}}},
    "measures": {"talks": {"kind": "diplomacy", "routes": ["baghdad-minsk"], "start": "2025-10-08",
                           "success_probability": {"uniform": [0.1, 0.9]}}},
}  # fmt: skip
SCENARIO = tiny_scenario(DRAWN, days=40)
HOW = (
    "No sensitivity analysis is in this folder. These are the assumed quantities whose 90\u202f% range is widest "
    "beside their median: without a source, or of a posterior whose figures say next to nothing of them."
)
SECTIONS = Assumption(
    "Border sections within reach, each with its constant in the logit", "-0.9 to 0.9 logit, in the middle 0", "Bruzgi"
)
PROCEDURE = Assumption("Mean length of the procedure", "660 to 3,400 days, in the middle 1,500", "Poland")
GIVING_UP = Assumption(
    "Probability of losing hope after a failed attempt", "0.005 to 0.095 per attempt, in the middle 0.05", ""
)
RETRY = Assumption("Mean days between attempts at full facilitation in summer", "3 to 39 days, in the middle 21", "")
LEAVING = Assumption(
    "Hazard of setting out when every route is as attractive as possible",
    "0.021 to 0.076 per day, in the middle 0.045",
    "Iraqis",
)
HANDLING = Assumption(
    "Attempts that an officer on duty can intercept and process",
    "0.11 to 0.29 attempts per officer on duty and day, in the middle 0.2",
    "Poland",
)


def study(scenario: object = SCENARIO, **given: object) -> MadeStudy:
    return MadeStudy({"base": scenario}, {"base": {"attempts": [10.0, 20, 30]}}, kind="replicates", **given)  # type: ignore[arg-type,dict-item]


def test_three_assumed_quantities_are_named_by_their_range(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of each description; what has a source, or no effect at its default, is none."""
    found = matters(Findings(study()))
    assert (found.how, found.assumptions) == (HOW, [SECTIONS, PROCEDURE, GIVING_UP])
    monkeypatch.setattr(asked, "NUMBER", 9)
    every = [SECTIONS, PROCEDURE, GIVING_UP, RETRY, LEAVING, HANDLING]
    assert matters(Findings(study())).assumptions == every
    assert matters(Findings(study(tiny_scenario(days=40)))).assumptions == []


@pytest.mark.parametrize(("learnt", "there"), [(0.0, True), (0.09, True), (0.1, False), (0.9, False)])
def test_what_a_fit_learnt_is_no_assumption(learnt: float, there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asked, "NUMBER", 9)
    found = Findings(study())
    found.__dict__["trust"] = SimpleNamespace(learnt={"behaviour.retry": learnt})
    assert (RETRY in matters(found).assumptions) == there


def test_a_range_of_nothing_is_not_divided_by_nothing() -> None:
    none = merge(DRAWN, {"zones": {"bruzgi": {"sections": {"kuznica": {"uniform": [0.0, 0.0]}}}}})
    assert matters(Findings(study(tiny_scenario(none, days=40)))).assumptions == [PROCEDURE, GIVING_UP, RETRY]


def test_of_a_measure_its_title_or_name_is_told() -> None:
    talks = {"kind": "sanctions", "carriers": ["buses"], "start": "2025-10-08", "half_life": {"uniform": [1.0, 99.0]}}
    for title, words in (({"title": "Talks"}, "Talks"), ({}, "some talks")):
        scenario = tiny_scenario({"measures": {"some-talks": {**talks, **title}}}, days=40)
        found = matters(Findings(study(scenario))).assumptions
        assert [one.where for one in found] == [words]


def test_the_share_of_all_parameters_stands_where_twins_tell_it() -> None:
    twice = matters(Findings(study(twins={"base": {"attempts": [10.0, 10]}})))
    assert twice.how == f"{HOW} All together they make 75\u202f% of the spread of attempts."
    same = MadeStudy(
        {"base": SCENARIO}, {"base": {"attempts": [9.0, 9], "deaths": [1.0, 2]}}, kind="replicates",
        twins={"base": {"attempts": [9.0], "deaths": [1.0]}},
    )  # fmt: skip
    assert matters(Findings(same)).how == HOW
    others = MadeStudy(
        {"base": SCENARIO}, {"base": {"deaths": [1.0, 2]}}, kind="replicates", twins={"base": {"deaths": [1.0]}}
    )
    assert matters(Findings(others)).how == HOW


def test_an_analysis_in_the_folder_names_them_by_its_first_outcome(tmp_path: Path) -> None:
    made = study()
    made.folder = tmp_path
    folder = tmp_path / ANALYSIS
    folder.mkdir()
    about = {"outcome": ["days_over"] * 5 + ["deaths"], "parameter": list("pqrspz")}
    pd.DataFrame({**about, "swing": [1.0, 2, 3, 4, 5, 9]}).to_csv(folder / "tornado.csv")
    pd.DataFrame({**about, "prcc": [0.1, -0.456, 0.3, 0.2, 0.25, 0.9]}).to_csv(folder / "prcc.csv")
    found = matters(Findings(made))
    assert found.how == "By the sensitivity analysis of days over in this folder."
    assert found.assumptions == [
        Assumption("q", "partial rank correlation -0.46", ""),
        Assumption("r", "partial rank correlation 0.3", ""),
        Assumption("p", "partial rank correlation 0.25", ""),
    ]
    pd.DataFrame({**about, "total": [0.1, 0.2, 0.3, 0.4, 0.5, 0.9]}).to_csv(folder / "sobol.csv")
    assert [one.figures for one in matters(Findings(made)).assumptions] == [
        f"Sobol' total index {value}" for value in (0.5, 0.4, 0.3)
    ]
