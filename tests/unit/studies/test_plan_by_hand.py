"""A plan's runs, chunks, seeds and description, and how a study may grow, against what is worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.outputs.folder import OutputError
from sim.runs import replicate_seed
from sim.scenario.write import scenario_hash
from sim.studies import plan as plans
from sim.studies.carry_out import Until, check_number, comparable, looks
from sim.studies.plan import Case, Parcel, Plan, Run, Size
from sim.studies.store import growth
from sim.studies.store.growth import grown
from sim.studies.work.dispatch import _grouped, _within, span_of
from tests.strategies import tiny_scenario

TINY = tiny_scenario(days=30)
POINTS = np.array([[2.0], [3.0], [4.0]])


def numbered(runs: Any) -> list[tuple[int, int, int, bool]]:
    assert [run.number for run in runs] == list(range(len(runs)))
    return [tuple(run[1:]) for run in runs]  # type: ignore[misc]


def test_runs_go_by_replicate_then_point_then_scenario_then_twin() -> None:
    two = {"a": TINY, "b": TINY}
    assert numbered(Plan("compare", two, 2, twins=1).runs) == [
        (0, -1, 0, False), (0, -1, 0, True), (1, -1, 0, False), (1, -1, 0, True), (0, -1, 1, False), (1, -1, 1, False),
    ]  # fmt: skip
    assert numbered(Plan("sweep", {"a": TINY}, 2, paths=("x",), points=POINTS[:2]).runs) == [
        (0, 0, 0, False), (0, 1, 0, False), (0, 0, 1, False), (0, 1, 1, False),
    ]  # fmt: skip


def test_a_study_that_grew_adds_runs_after_those_that_it_had() -> None:
    larger = Plan("sweep", {"a": TINY}, 2, paths=("x",), points=POINTS, before=(Size(1, 1), Size(2, 1)))
    assert numbered(larger.runs) == [
        (0, 0, 0, False), (0, 1, 0, False), (0, 2, 0, False), (0, 0, 1, False), (0, 1, 1, False), (0, 2, 1, False),
    ]  # fmt: skip
    assert numbered(Plan("sweep", {"a": TINY}, 2, paths=("x",), points=POINTS[:2], before=(Size(1, 2),)).runs) == [
        (0, 0, 0, False), (0, 0, 1, False), (0, 1, 0, False), (0, 1, 1, False),
    ]  # fmt: skip


def test_a_size_holds_another_that_has_no_more_of_either() -> None:
    assert Size(3, 4).holds(Size(3, 4))
    assert Size(3, 4).holds(Size(2, 1))
    assert not Size(3, 4).holds(Size(4, 1))
    assert not Size(3, 4).holds(Size(1, 5))
    assert Plan("sweep", {"a": TINY}, 4, points=POINTS).size == Size(3, 4)
    assert Plan("compare", {"a": TINY}, 4).size == Size(1, 4)


def test_a_chunk_is_half_a_second_of_work_by_days_and_people() -> None:
    def chunk(days: int, people: int, **others: Any) -> int:
        sized = tiny_scenario({"cohorts": {name: {"size": people // 4 * k} for k, name in
                                           ((1, "iraqis"), (1, "sudanese"), (2, "syrians"))}}, days=days)  # fmt: skip
        return Plan("compare", {"a": tiny_scenario(days=10), "b": sized} | others, 1).chunk

    # 400 days: 0.016 s, and 2.2e-7 s of each person and 365 days
    assert chunk(365, 400_000) == 5  # 0.0146 + 0.088 = 0.1026 s, of 0.5 s
    assert chunk(730, 400_000) == 3  # 0.2052 s
    assert chunk(365, 4_000_000) == 1  # 0.8946 s
    assert chunk(365, 4) == 35  # 0.0146 s
    assert chunk(10, 4) == plans.MOST_IN_CHUNK == 64
    begun = TINY.model_copy(update={"start": date(2025, 10, 11), "days": 20, "begins": TINY})
    assert Plan("compare", {"a": TINY, "b": TINY, "c": begun}, 1).chunk == 66  # whole threes
    assert Plan("compare", {"a": TINY, "b": TINY, "c": TINY}, 1).chunk == 64
    assert plans._seconds_of(begun) == pytest.approx(30 * 4e-5 + 400 * 30 / 365 * 2.2e-7)


def test_chunks_are_slices_of_the_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_IN_CHUNK", 4)
    plan = Plan("replicates", {"a": TINY}, 9)
    assert [[run.number for run in chunk] for chunk in plan.chunks()] == [[0, 1, 2, 3], [4, 5, 6, 7], [8]]


def parcel(*, drawn: bool, paired: bool) -> Parcel:
    return Parcel([Case("a", TINY, [])], ("behaviour.retry",), POINTS, 11, drawn, paired)


@pytest.mark.parametrize(
    ("drawn", "paired", "run", "seed"),
    [
        (False, True, Run(0, 0, 1, 0, False), 11), (False, True, Run(0, 0, 1, 2, False), replicate_seed(11, 2)),
        (True, True, Run(0, 0, 1, 0, False), replicate_seed(11, 0)),
        (False, False, Run(0, 0, 1, 0, False), replicate_seed(11, 1)),
        (True, False, Run(0, 0, 2, 3, False), replicate_seed(replicate_seed(11, 3), 2)),
        (True, True, Run(0, 0, 2, 3, True), replicate_seed(replicate_seed(11, 3), 3)),
        (False, True, Run(0, 0, 2, 0, True), replicate_seed(11, 0)),
    ],
)  # fmt: skip
def test_the_seed_of_a_runs_people(drawn: bool, paired: bool, run: Run, seed: int) -> None:
    assert parcel(drawn=drawn, paired=paired).people_seed(run) == seed
    assert parcel(drawn=drawn, paired=paired).draw(run)[0].seed == seed


def test_a_description_and_what_is_asked_are_whole() -> None:
    plan = Plan("sweep", {"a": TINY, "b": TINY}, 2, ("behaviour.retry",), POINTS, False, 3, extra={"more": 1})
    assert plan.describe() == {
        "kind": "sweep", "scenarios": {"a": scenario_hash(TINY), "b": scenario_hash(TINY)}, "seed": 1,
        "parameters": "drawn", "paths": ["behaviour.retry"], "paired": False, "twins": 3, "chunk": 64, "more": 1,
    }  # fmt: skip
    assert Plan("sweep", {"a": TINY}, 1).describe()["parameters"] == "central values"
    assert Plan("sweep", {"a": TINY}, 1, drawn=True).describe()["parameters"] == "drawn"
    assert Plan("sweep", {"a": TINY}, 9, drawn=False).describe()["parameters"] == "central values"
    assert plan.asked() == {"replicates": 2, "runs": 24, "points": 3, "sha256": plan.digest()}
    assert Plan("replicates", {"a": TINY}, 2).asked() == {"replicates": 2, "runs": 2}
    assert Plan("replicates", {"a": TINY}, 2).digest() == ""
    assert plan.digest(3) == plan.digest() != plan.digest(2)
    assert plan.digest(2) == Plan("sweep", {"a": TINY}, points=POINTS[:2].copy()).digest()
    assert plan.cases[0].scenario.timetable is None
    assert [(case.name, case.outcomes) for case in plan.cases] == [("a", ()), ("b", ())]


def of_sizes(monkeypatch: pytest.MonkeyPatch, *asked: tuple[int, int], other: bool = False) -> Plan:
    """A plan of 3 points and 2 replicates in a folder that was asked for these sizes."""
    plan = Plan("sweep", {"a": TINY}, 2, points=POINTS, growth="ask for 2, 4 or 8")
    entries = [{"points": p, "replicates": r, "sha256": "other" if other else plan.digest(p)} for p, r in asked]
    monkeypatch.setattr(growth, "manifests_of", lambda folder: [folder])
    monkeypatch.setattr(growth, "Recorded", lambda folder: SimpleNamespace(asked=entries))
    return grown(plan, Path("s"))


def test_a_study_with_points_grows_through_the_sizes_that_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    assert of_sizes(monkeypatch, (3, 2)).before == ()
    assert of_sizes(monkeypatch, (2, 2), (1, 1), (2, 1)).before == ((1, 1), (2, 1), (2, 2))
    assert Plan("sweep", {"a": TINY}, 2) is not grown(Plan("sweep", {"a": TINY}, 2), Path("s"))


@pytest.mark.parametrize(
    ("asked", "other", "text"),
    [
        ([(3, 3)], False, "s: holds 3 points with 3 runs of each; asked for 3 points with 2 runs of each: a study can "
                          "grow, not shrink; choose another folder, or ask for as many or more"),
        ([(2, 2)], True, "s: holds 2 points, which are not the first of the 3 asked for; ask for 2, 4 or 8; or choose "
                         "another folder"),
        ([(3, 1)], True, "s: holds another study, which differs in the values of its points; choose another folder, or "
                         "delete this one"),
        ([(4, 1)], True, "s: holds 4 points with 1 run of each; asked for 3 points with 2 runs of each: a study can "
                         "grow, not shrink; choose another folder, or ask for as many or more"),
        ([(3, 1), (2, 2)], False, "s: was asked for 3 points with 1 run of each and for 2 points with 2 runs of each "
                                  "at the same time; choose another folder"),
    ],
)  # fmt: skip
def test_a_study_cannot_shrink_or_change_its_points(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[int, int]], other: bool, text: str
) -> None:
    with pytest.raises(OutputError) as caught:
        of_sizes(monkeypatch, *asked, other=other)
    assert str(caught.value) == text


def test_shards_and_groups_part_what_is_to_be_done() -> None:
    assert [span_of(10, (part, 3)) for part in (1, 2, 3)] == [(0, 3), (3, 6), (6, 10)]
    assert span_of(10, None) == (0, 10)
    runs = Plan("replicates", {"a": TINY}, 5).runs
    assert [run.number for run in _within(runs, 1, 4)] == [1, 2, 3]
    tasks: Any = list(range(5))
    assert _grouped(tasks, 0.0) == [[0], [1], [2], [3], [4]]
    assert _grouped(tasks, 0.5) == [[0], [1], [2], [3], [4]]
    assert _grouped(tasks, 0.51) == [[0, 1], [2, 3], [4]]
    assert _grouped(tasks, 2.0) == [[0, 1, 2, 3], [4]]


def test_a_study_of_unknown_size_is_looked_at_each_time_it_has_grown_by_half() -> None:
    assert list(looks(200)) == [20, 30, 45, 67, 101, 151, 200]
    assert list(looks(20)) == [20]
    assert list(looks(21)) == [20, 21]
    assert list(looks(5)) == [5]


def test_a_rule_is_met_where_all_scenarios_are_known_to_the_precision() -> None:
    values = {"a": np.array([[10.0], [10.0]]), "b": np.array([[9.0], [11.0]])}

    def matrix(name: str, measures: list[str] | None = None, names: list[str] | None = None) -> Any:
        return SimpleNamespace(values=values[name], keys={"measure": ["n", "m", "n"]})

    study: Any = SimpleNamespace(scenarios={"a": 0, "b": 0}, matrix=matrix)
    half = 6.313751514675041 / 10  # Student's t of one degree of freedom, by a standard error of 1 and a mean of 10
    assert Until(0.1).reached(study) == [0.0, pytest.approx(half)]
    assert Until(half + 1e-6).met(study)
    assert not Until(half - 1e-6).met(study)
    values["a"] = np.ones((2, 2))
    with pytest.raises(ValueError, match="--measure: found 'attempts@all'; allowed for all: m, n"):
        Until(0.1).met(study)


@pytest.mark.parametrize(
    ("number", "allowed"), [(0, False), (1, True), (100_000, True), (100_001, False), (1.0, False)]
)
def test_replicates_are_one_to_a_hundred_thousand(number: Any, allowed: bool) -> None:
    if allowed:
        check_number(number)
    else:
        with pytest.raises(ValueError, match=f"points: found {number!r}; allowed: a whole number from 1 to 100,000"):
            check_number(number, "points")


def test_scenarios_of_the_same_days_can_be_compared() -> None:
    pair = {"a": TINY, "b": TINY}
    assert comparable(pair) is pair
    later = TINY.model_copy(update={"start": date(2025, 10, 2)})
    with pytest.raises(ValueError, match="b: found 2025-10-02 and 30 days; the base has 2025-10-01 and 30 days: both"):
        comparable({"a": TINY, "b": later})
