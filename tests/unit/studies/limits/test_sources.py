"""The runs behind a result: which are watched, and which scenario and route say most of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outputs.folder import OutputError
from sim.runs import draw
from sim.studies.limits import sources
from sim.studies.limits.sources import cases_of, check_of, most_telling, pairs_of, window_in
from sim.studies.study import Study
from tests.strategies import tiny_scenario

TINY = tiny_scenario({"behaviour": {"retry": {"uniform": [1, 9]}}}, days=30)


def totals(values: dict[tuple[str, str], list[float]], measure: str = "boarded") -> pd.DataFrame:
    """Values of each replicate by scenario and route, beside rows that must not be taken."""
    rows = [
        {"scenario": scenario, "level": "route", "name": route, "measure": measure, "replicate": k, "value": value}
        for (scenario, route), own in values.items() for k, value in enumerate(own)
    ]  # fmt: skip
    others = [row | change for row in rows for change in ({"level": "cohort", "value": 1e9}, {"measure": "deaths"})]
    return pd.DataFrame([*rows, *others])


def study_of(values: dict[tuple[str, str], list[float]], *, kind: str = "compare", failed: int = 0) -> Study:
    names = list(dict.fromkeys(scenario for scenario, _ in values))
    study = object.__new__(Study)
    study.about = {"plan": {"scenarios": dict.fromkeys(names, ""), "seed": 1, "parameters": "drawn"}}
    study.arm, study.kind, study.replicates, study._chosen = None, kind, 3, None
    study.folder = "folder"  # type: ignore[assignment]
    runs = pd.DataFrame({"status": ["failed"] * failed + ["done"] * (3 - failed)})
    study.__dict__ |= {"totals": totals(values), "runs": runs, "arms": {}, "scenarios": dict.fromkeys(names, TINY)}
    return study


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({("base", "r"): [5, 5], ("base", "s"): [9, 9], ("x", "r"): [8, 8], ("x", "s"): [8, 8]}, ("x", "r")),
        ({("base", "r"): [5, 5], ("base", "s"): [9, 9], ("x", "r"): [7, 7], ("x", "s"): [4, 4]}, ("x", "s")),
        ({("base", "r"): [5, 5], ("base", "s"): [9, 9], ("x", "r"): [5, 5], ("x", "s"): [9, 9]}, ("x", "s")),
        ({("base", "r"): [5], ("base", "s"): [9], ("x", "r"): [5], ("x", "s"): [8], ("y", "r"): [1], ("y", "s"): [9]},
         ("base", "r")),
        ({("base", "r"): [5, 50, 6], ("base", "s"): [9, 9, 9]}, ("base", "s")),
    ],
)  # fmt: skip
def test_the_route_that_says_most_is_that_of_the_largest_change(
    values: dict[tuple[str, str], list[float]], expected: tuple[str, str]
) -> None:
    assert most_telling(study_of(values)) == expected


def test_of_a_run_the_route_by_which_most_board_says_most() -> None:
    table = totals({("", "r"): [5], ("", "s"): [9]}).drop(columns="scenario")
    found = most_telling(SimpleNamespace(totals=table))  # type: ignore[arg-type]
    assert found == ("", "s")


def test_where_all_runs_failed_nothing_is_told() -> None:
    study = study_of({("base", "r"): [5], ("x", "r"): [6]}, failed=3)
    for call in (most_telling, cases_of):
        with pytest.raises(OutputError, match="folder: nothing to show: no run of it has ended well"):
            call(study)  # type: ignore[operator]
    assert most_telling(study_of({("base", "r"): [5], ("x", "r"): [6]}, failed=2)) == ("x", "r")


@pytest.mark.parametrize(("asked", "numbers"), [(0, [0]), (1, [0]), (2, [0, 1]), (3, [0, 1, 2]), (9, [0, 1, 2])])
def test_of_a_study_its_first_replicates_are_watched(asked: int, numbers: list[int]) -> None:
    study = study_of({("base", "r"): [5], ("x", "r"): [6]})
    found = cases_of(study, asked)
    assert [(case.name, case.replicate) for case in found] == [(name, k) for name in ("base", "x") for k in numbers]
    for case in found:
        assert case.scenario.model_dump() == draw(TINY, case.replicate, 3).model_dump()
    assert [(case.name, case.replicate) for case in cases_of(study, asked, only="x")] == [("x", k) for k in numbers]


def test_only_runs_replicates_and_comparisons_are_watched() -> None:
    with pytest.raises(
        OutputError, match="folder: found a study of kind sweep; needed: a run, replicates or comparison"
    ):
        cases_of(study_of({("base", "r"): [5]}, kind="sweep"))
    assert len(cases_of(study_of({("base", "r"): [5]}, kind="replicates"))) == 3
    found = cases_of(TINY, name="own")
    assert [(case.name, case.replicate, case.scenario.behaviour.retry) for case in found] == [("own", 0, 5.0)]


def test_each_other_scenario_is_compared_with_the_base_of_its_arm() -> None:
    study = study_of({("base", "r"): [5], ("x", "r"): [6], ("y", "r"): [6]})
    assert pairs_of(study) == [("base", "x"), ("base", "y")]
    one, two = study_of({("base", "r"): [5], ("x", "r"): [6]}), study_of({("b", "r"): [5], ("z", "r"): [6]})
    study.__dict__["arms"] = {"unanswered": two, "answered": one}
    assert pairs_of(study) == [("b", "z"), ("base", "x")]
    assert most_telling(study) == ("x", "r")
    assert pairs_of(TINY) == pairs_of(None) == []


def test_a_comparison_is_explained_from_its_first_difference_on_unless_days_are_asked_for() -> None:
    study = study_of({("base", "r"): [5], ("x", "r"): [6]})
    assert window_in(study, (None, None), TINY) == (None, None)
    first, last = TINY.start.replace(day=8), TINY.start.replace(day=14)
    study._chosen = SimpleNamespace(first=first, last=last)  # type: ignore[assignment]
    assert window_in(study, (None, None), TINY) == (first, last)
    assert window_in(study, (last, None), TINY) == (last, None)
    assert window_in(TINY, (None, None), TINY) == (None, None)
    with pytest.raises(ValueError, match="--to: found 2025-10-31, outside the run"):
        window_in(study, (None, TINY.start.replace(day=31)), TINY)


def test_a_repeated_run_is_checked_against_the_record(monkeypatch: pytest.MonkeyPatch) -> None:
    study = study_of({("base", "r"): [5, 1234], ("x", "r"): [6, 7], ("base", "s"): [3, 3]})
    check = check_of(study)
    assert check is not None
    counted = {"boarded": np.array([[1000, 3], [234, 0]]), "entries": np.ones((2, 2)), "landed": np.ones((2, 2))}
    monkeypatch.setattr(sources, "by_route", lambda run, measure: counted[measure])
    seen: Any = SimpleNamespace(names=SimpleNamespace(routes=["r", "s"]), run=None)
    case: Any = SimpleNamespace(name="base", replicate=1)
    check(case, seen)
    counted["boarded"] = np.array([[1000, 3], [235, 0]])
    with pytest.raises(OutputError) as caught:
        check(case, seen)
    assert str(caught.value) == (
        "base, replicate 1, boarded by r: found 1,235 in the repeated run and 1,234 in the record, which another model "
        "made; run it anew"
    )
    assert check_of(TINY) is None
