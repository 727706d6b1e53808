"""The numbers of a run or study, as reports ask for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.daily import Block
from sim.outputs.folder import OutputError
from sim.outputs.provenance import RunInfo
from sim.outputs.results import Results
from sim.report.findings import Findings
from sim.scenario.write import scenario_hash
from tests.made_study import MadeStudy, around, in_two_arms
from tests.strategies import START, tiny_scenario

SCENARIO = tiny_scenario(days=10)
OTHER = tiny_scenario(
    {"sections": {"kuznica": None, "terespol": {"agency": "lithuania", "title": "Terespol"}},
     "zones": {"bruzgi": {"sections": {"kuznica": None}}},
     "agencies": {"finland": {"country": "Finland", "personnel": 1}},
     "cohorts": {"syrians": None}, "routes": {"damascus-minsk": None}, "carriers": {"buses": None}},
    days=10,
)  # fmt: skip
VALUES: dict[Any, list[float]] = {
    "attempts": around(12, 1),
    ("section", "kuznica", "attempts"): around(7, 1),
    ("everywhere", "stranded", "persons"): around(3, 1),
    ("section", "kuznica", "days_over"): [0, 0, 1, 2, 0],
    ("agency", "poland", "days_over"): [0, 0, 1, 2, 3],
}


def study(**given: Any) -> MadeStudy:
    values = {"base": VALUES, "ban": {**VALUES, "attempts": around(10, 1)}, "more": {"attempts": around(9)}}
    return MadeStudy({"base": SCENARIO, "ban": OTHER, "more": SCENARIO}, values, **given)


def results(replicates: int = 2, origin: str = "", days: int = 10, **blocks: np.ndarray) -> Results:
    """Results with the daily values of Kuźnica and Narewka, by output: (replicates, days, 2)."""
    names = ("kuznica", "narewka")
    found = {("section", output): Block("section", output, names, values) for output, values in blocks.items()}
    found |= {("route", "x"): Block("route", "x", ("x",), np.zeros((replicates, days, 1)))}
    rows = [("section", name, "days_over", float(k), "days", k) for name in names[:1] for k in range(replicates)]
    rows += [("agency", "poland", "days_over", 0.0, "days", k) for k in range(replicates)]
    totals = pd.DataFrame(rows, columns=["level", "name", "measure", "value", "unit", "replicate"])
    return Results(tiny_scenario(days=days), found, totals, RunInfo(origin, seed=4, replicates=replicates))


def test_each_section_is_its_agencys_alone() -> None:
    found = Findings(study())
    assert found.sections == ["dieveniskes", "terespol", "kuznica", "narewka"]  # by agency, then by name
    assert found.agencies == ["lithuania", "poland"]
    assert found.sections_of("lithuania") == ["dieveniskes", "terespol"]
    assert found.sections_of("poland") == ["kuznica", "narewka"]
    assert found.sections_of("finland") == []
    assert found.routes == ["baghdad-minsk", "benghazi-italy", "benghazi-minsk", "damascus-minsk"]


def test_titles_are_those_of_any_scenario_that_has_the_place() -> None:
    found = Findings(study())
    assert [found.title_of("section", name) for name in ("kuznica", "terespol", "nowhere")] == [
        "Kuźnica", "Terespol", "nowhere",
    ]  # fmt: skip
    assert [found.title_of("agency", name) for name in ("poland", "finland", "kuznica")] == [
        "Poland", "Finland", "kuznica",
    ]  # fmt: skip
    assert found.title_of("route", "kuznica") == "kuznica"


def test_scenarios_without_a_run_are_left_out() -> None:
    found = Findings(MadeStudy({"a": SCENARIO, "b": SCENARIO, "c": SCENARIO}, {"a": VALUES, "c": VALUES}))
    assert (found.base, found.others, found.names) == ("a", ["c"], ["a", "c"])
    assert (found.kind, found.replicates, found.asked, found.several) == ("compare", 5, 5, True)
    assert [found.done(name) for name in "abc"] == [5, 0, 5]
    assert found.scenario is SCENARIO
    assert (found.hash_of("c"), found.seed) == ("hash-of-c", 7)


def test_runs_that_failed_and_twins_are_no_replicates() -> None:
    made = study(failed=[("base", "broken")])
    found = Findings(made)
    assert found.done("base") == 5
    assert list(found.failed["error"]) == ["broken"]
    made.runs["twin"] = made.runs["replicate"] == 4
    assert Findings(made).done("base") == 4
    made.missing = "one is missing"
    assert (found.complete, Findings(results()).complete) == (False, True)


def test_rows_are_found_by_output_and_place() -> None:
    found = Findings(study())
    whole, place = found.value("base", "attempts"), found.value("base", "attempts", "section", "kuznica")
    assert whole is not None and (whole["median"], whole["unit"]) == (12, "attempts")
    assert place is not None and place["median"] == 7
    stranded = found.ended("base", "stranded")
    assert stranded is not None and (stranded["median"], stranded["measure"]) == (3, "persons")
    change = found.difference("ban", "attempts")
    assert change is not None and (change["median"], change["lower"], change["higher"]) == (-2, 1, 0)
    assert found.value("nobody", "attempts") is None
    assert found.difference("ban", "nothing") is None
    assert found.pairs("ban") == 5
    assert found.pairs("base") == 0
    assert found.difference_at("ban", "attempts", "section", "kuznica") == found.difference(
        "ban", "attempts", "section", "kuznica"
    )


def test_a_window_has_its_own_rows() -> None:
    inside = {"base": {"attempts": around(5), ("section", "kuznica", "attempts"): around(4)},
              "ban": {"attempts": around(2), ("section", "kuznica", "attempts"): around(3)}}  # fmt: skip
    found = Findings(study().windowed("ban", inside, date(2025, 10, 9)))
    window = found.window("ban")
    assert window is not None and window.first == date(2025, 10, 8)
    change = found.window_difference("ban", "attempts")
    assert change is not None and change["median"] == -3
    values = [found.window_value(name, "ban", "attempts") for name in ("base", "ban")]
    assert [value and value["median"] for value in values] == [5, 2]
    assert found.window_value("base", "ban", "entries") is None
    for _ in range(2):
        there = found.difference_at("ban", "attempts", "section", "kuznica")
        assert there is not None and there["median"] == -1
    assert found.difference_at("ban", "attempts", "section", "narewka") is None
    assert found.window("more") is None
    assert found.window_value("base", "more", "attempts") is None
    assert found.window_difference("more", "attempts") is None
    alone = Findings(results())
    assert (alone.window("x"), alone.window_value("x", "y", "attempts")) == (None, None)
    assert alone.window_difference("x", "attempts") is None


def test_of_two_arms_it_has_the_one_in_which_they_answer() -> None:
    answered = MadeStudy({"base": SCENARIO, "ban": SCENARIO}, {"base": VALUES, "ban": VALUES})
    unanswered = MadeStudy({"base-unanswered": SCENARIO}, {"base-unanswered": VALUES})
    both = in_two_arms(answered, unanswered, {"base": "base-unanswered"})
    found = Findings(both)
    assert (found.whole, found.study, found.results) == (both, answered, None)
    assert found.names == ["base", "ban"]
    assert Findings(answered).whole is answered
    assert Findings(results()).whole is None


def test_what_has_nothing_to_report_is_refused() -> None:
    with pytest.raises(OutputError) as refused:
        Findings(study(kind="sweep"))
    assert str(refused.value) == "study: a study of kind sweep; reports are of runs and comparisons"
    with pytest.raises(OutputError) as refused:
        Findings(MadeStudy({"a": SCENARIO, "b": SCENARIO}, {"b": VALUES}))
    assert str(refused.value) == "study: nothing to report: no run of a has ended well"


@pytest.mark.parametrize(
    ("about", "origin", "name"),
    [
        ({}, "", "run"), ({}, "minsk-2021", "minsk-2021"), ({}, r"C:\files\mine.yaml", "mine"),
        ({"origin": "a/b/theirs.yaml"}, "minsk-2021", "theirs"), ({"origin": ""}, "x/y.z", "y.z"),
    ],
)  # fmt: skip
def test_a_run_is_named_for_its_scenario(about: dict[str, Any], origin: str, name: str) -> None:
    found = Findings(results(origin=origin), about)
    assert (found.names, found.others, found.about) == ([name], [], about)


@pytest.mark.parametrize(("replicates", "kind"), [(1, "run"), (2, "replicates")])
def test_a_run_has_no_differences_and_its_own_seed_and_hash(replicates: int, kind: str) -> None:
    found = Findings(results(replicates))
    assert (found.kind, found.replicates, found.asked, found.several) == (kind, replicates, replicates, replicates > 1)
    assert (found.seed, found.hash_of("run")) == (1, scenario_hash(found.scenario))
    assert found.differences.empty and found.spread.empty and found.failed.empty
    assert list(found.intervals["scenario"].unique()) == ["run"]
    assert Findings(results(), {"scenario_sha256": "abc"}).hash_of("run") == "abc"


def test_the_probability_of_overload_is_that_of_the_runs() -> None:
    assert Findings(results(4)).ever_over == {("run", "kuznica"): 0.75, ("run", "poland"): 0.0}
    found = Findings(study()).ever_over
    assert {key: value for key, value in found.items() if key[0] != "more"} == {
        ("base", "kuznica"): 0.4, ("base", "poland"): 0.6, ("ban", "kuznica"): 0.4, ("ban", "poland"): 0.6,
    }  # fmt: skip


def test_a_runs_weeks_sum_flows_and_end_with_stocks() -> None:
    """Ten days are a whole week; the three that are left are none."""
    flow = np.zeros((2, 10, 2))
    flow[:, :, 0] = [[1.0] * 10, [3.0] * 10]
    stock = np.zeros((2, 10, 2))
    stock[:, :, 1] = [range(10), range(10, 20)]
    found = Findings(results(attempts=flow, in_procedure=stock))
    table = found.fan("section", "attempts")
    assert list(table["name"]) == ["kuznica", "narewka"]
    assert list(table["week"]) == [pd.Timestamp(START)] * 2
    assert table.iloc[0][["low90", "low50", "median", "high50", "high90"]].tolist() == pytest.approx(
        [7.7, 10.5, 14, 17.5, 20.3]
    )
    assert list(table["scenario"].unique()) == ["run"]
    table = found.fan("section", "in_procedure")
    assert table["median"].tolist() == [0, 11]  # of 6 and 16, on the seventh day
    nothing = found.fan("section", "nothing")
    assert (len(nothing), list(nothing.columns)) == (0, ["scenario", "name", "week"])


@pytest.mark.parametrize(("days", "weeks"), [(6, 1), (7, 1), (8, 1), (13, 1), (14, 2), (15, 2)])
def test_a_last_week_that_is_short_is_left_out_unless_it_is_the_only_one(days: int, weeks: int) -> None:
    run = results(1, days=days, attempts=np.ones((1, days, 2)), in_procedure=np.ones((1, days, 2)))
    for output in ("attempts", "in_procedure"):
        assert len(Findings(run).fan("section", output)) == 2 * weeks
    mondays = pd.DataFrame({"week": [pd.Timestamp(2025, 10, 1 + 7 * k) for k in range(-(-days // 7))]})
    scenario = tiny_scenario(days=days)
    made = MadeStudy({"a": scenario}, {"a": VALUES}, kind="replicates", fans={("section", "attempts"): mondays})
    assert len(Findings(made).fan("section", "attempts")) == weeks
    assert len(Findings(made).fan("section", "entries")) == 0


def test_overload_by_week_has_a_row_a_section_and_week() -> None:
    pressure = np.zeros((2, 10, 2))
    pressure[1, 8, 0] = 1.5
    table = Findings(results(border_pressure=pressure)).overload
    assert list(table.columns) == ["scenario", "name", "week", "probability"]
    assert table.to_numpy().tolist() == [
        ["run", name, pd.Timestamp(2025, 10, day), share]
        for name, day, share in (("kuznica", 1, 0.0), ("kuznica", 8, 0.5), ("narewka", 1, 0.0), ("narewka", 8, 0.0))
    ]
    none = Findings(results()).overload
    assert (len(none), list(none.columns)) == (0, ["scenario", "name", "week", "probability"])
    made, known = study(), pd.DataFrame({"probability": [0.5]})
    made.__dict__["overload"] = known
    assert Findings(made).overload is known


def test_the_record_is_that_of_the_study_or_of_the_run() -> None:
    seen = pd.DataFrame({"series": ["one"]})
    assert Findings(study(observed=seen)).observed("base") is seen
    assert len(Findings(results()).observed("run")) == 0


def test_trust_is_that_of_the_base() -> None:
    found = Findings(study())
    assert (found.trust.posterior, found.trust.agencies) == ("", ["lithuania", "poland"])
