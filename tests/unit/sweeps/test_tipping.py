"""A search for tipping points whose brackets, intervals and sentences are worked out by hand."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from sim.outputs.folder import OutputError, UnfinishedError
from sim.scenario import to_yaml
from sim.scenario.errors import ScenarioError
from sim.sweeps import threshold
from sim.sweeps.experiment_files import Ready, read_experiment
from sim.sweeps.threshold import Seen, Tipping, caveats, plan_of_levels, ranks, search, seen_in
from tests.strategies import tiny_scenario
from tests.unit.sweeps.small import FLIGHTS

INF, NAN = np.inf, np.nan
# Of ten replicates, from which number of level (of 0 to 8) each tips over, at four places.
FROM = np.column_stack([range(1, 11), [0] * 10, [99] * 10, [0] * 5 + [3] * 5])
PLACES = ["a", "b", "c", "d"]


def found_of(*, falling: bool = False, failed: int = 0) -> tuple[Tipping, list[list[float]]]:
    """A search over 0 to 16 in three halvings, and the levels of its rounds; the last replicates fail."""
    rounds: list[list[float]] = []
    from_ = np.vstack([FROM, np.zeros((failed, 4), int)])

    def look(levels: list[float]) -> list[Seen]:
        rounds.append(levels)
        known = np.arange(len(from_)) < 10
        numbers = [(16 - level if falling else level) / 2 for level in levels]
        return [Seen(from_ <= number, known) for number in numbers]

    return search(0.0, 16.0, 3, [0.5], PLACES, look, falling=falling), rounds


@pytest.mark.parametrize(
    ("replicates", "probability", "expected"),
    [(60, 0.5, (24, 30, 37)), (10, 0.1, (0, 1, 4)), (10, 0.5, (2, 5, 9)), (20, 0.9, (16, 18, 21)),
     (3, 0.01, (0, 1, 1)), (100, 0.07, (3, 7, 12)), (11, 0.5, (3, 6, 9))],
)  # fmt: skip
def test_ranks_are_those_of_a_quantile_and_of_its_binomial_interval(
    replicates: int, probability: float, expected: tuple[int, int, int]
) -> None:
    assert ranks(replicates, probability) == expected


def test_only_brackets_that_hold_a_quantile_or_an_end_are_halved() -> None:
    _, rounds = found_of()
    # Ranks 2, 5 and 9. Of d, ranks 2 and 5 are passed at once, and rank 9 lies between 0 and 8, then 2 and 4.
    assert rounds == [[0, 16], [8], [4, 12], [2, 6, 10]]
    _, falling = found_of(falling=True)
    assert falling == [[16, 0], [8], [12, 4], [14, 10, 6]]


def test_the_table_has_levels_their_ends_and_what_was_found() -> None:
    rows = [
        ("a", 0.5, 9.0, 2.0, INF, "found", 0.0),
        ("b", 0.5, NAN, -INF, 0.0, "passed at the lowest level", 0.0),
        ("c", 0.5, NAN, 16.0, INF, "not passed up to the highest level", 0.0),
        ("d", 0.5, NAN, -INF, 6.0, "passed at the lowest level", 0.0),
    ]
    columns = ["name", "probability", "level", "low", "high", "state", "reversals"]
    pd.testing.assert_frame_equal(found_of()[0].table(), pd.DataFrame(rows, columns=columns))
    pd.testing.assert_frame_equal(found_of(failed=3)[0].table(), pd.DataFrame(rows, columns=columns))
    rows = [
        ("a", 0.5, 7.0, -INF, 14.0, "found", 0.0),
        ("b", 0.5, NAN, 16.0, INF, "passed at the highest level", 0.0),
        ("c", 0.5, NAN, -INF, 0.0, "not passed down to the lowest level", 0.0),
        ("d", 0.5, NAN, 10.0, INF, "passed at the highest level", 0.0),
    ]
    pd.testing.assert_frame_equal(found_of(falling=True)[0].table(), pd.DataFrame(rows, columns=columns))


@pytest.mark.parametrize("falling", [False, True])
def test_curves_go_up_with_intervals_of_clopper_and_pearson(falling: bool) -> None:
    found = found_of(falling=falling)[0].curves()
    levels = [0, 2, 4, 6, 8, 10, 12, 16]
    counts = [[level // 2, 10, 0, 10 if level >= 6 else 5] for level in levels]
    if falling:
        levels = [16 - level for level in reversed(levels)]
        counts = counts[::-1]
    rows = []
    for level, of_level in zip(levels, counts, strict=True):
        for name, k in zip(PLACES, of_level, strict=True):
            ends = binomtest(k, 10).proportion_ci(0.9, method="exact")
            rows.append((name, float(level), k / 10, ends.low, ends.high, 10))
    columns = ["name", "level", "probability", "low90", "high90", "replicates"]
    pd.testing.assert_frame_equal(found, pd.DataFrame(rows, columns=columns))


def made(shown: dict[int, list[list[int]]], known: list[bool], **more: Any) -> Tipping:
    """One place for each column; a row for each replicate."""
    seen = {number: Seen(np.array(over, bool), np.array(known)) for number, over in shown.items()}
    names = [f"p{k}" for k in range(len(next(iter(shown.values()))[0]))]
    return Tipping(0, 8, 2, (0.5,), names, seen, **more)


def test_reversals_are_shares_of_the_replicates_that_did_not_fail() -> None:
    found = made({4: [[0, 0], [1, 1], [1, 0], [0, 1]], 0: [[0, 1], [0, 0], [1, 1], [1, 1]],
                  2: [[1, 1], [0, 1], [1, 1], [0, 0]]}, [True, True, True, False])  # fmt: skip
    assert found.numbers == [0, 2, 4] and found.replicates == 3
    assert found.reversals().tolist() == pytest.approx([1 / 3, 2 / 3])
    assert found.counts().tolist() == [[1, 2], [2, 3], [2, 1]]
    assert [found.level(number) for number in (0, 1, 4)] == [0, 2, 8]
    assert found.next_levels() == [1]  # of the first place, rank 2; the ranks of the second were passed at 0
    assert made({0: [[0]], 4: [[1]]}, [True], falling=True).level(1) == 6
    assert [Tipping(4, 20, 2, (), [], {}, falling).level(1) for falling in (False, True)] == [8, 16]


def test_a_replicate_that_failed_at_one_level_is_left_out_at_all() -> None:
    found = made({0: [[0], [0], [0]]}, [True, True, False])
    found.seen[4] = Seen(np.ones((3, 1), bool), np.array([False, True, True]))
    assert found.replicates == 1 and found.counts().tolist() == [[0], [1]]


def test_two_replicates_are_enough_and_one_is_not() -> None:
    def look(levels: list[float], left: int) -> list[Seen]:
        return [Seen(np.full((3, 1), level > 1), np.arange(3) < left) for level in levels]

    assert search(0, 8, 1, [0.5], ["a"], lambda levels: look(levels, 2)).replicates == 2
    with pytest.raises(OutputError) as error:
        search(0, 8, 1, [0.5], ["a"], lambda levels: look(levels, 1))
    assert str(error.value) == "threshold: too many runs failed; fewer than two replicates are left"


STILL = "The condition never moved: it holds in all runs, or in none; no level says anything."


def test_caveats_tell_of_failures_of_what_never_moved_and_of_the_other_way_round() -> None:
    all_of = [True, True]
    assert caveats(made({0: [[0], [0]], 4: [[1], [0]]}, all_of, asked=2)) == []
    failed = "1,200 of 1,202 replicates failed at one level or more; they are left out at all levels."
    assert caveats(made({0: [[0], [0]], 4: [[1], [0]]}, all_of, asked=1202)) == [failed]
    assert caveats(made({0: [[0], [0]], 4: [[0], [0]]}, all_of, asked=3)) == [
        "1 of 3 replicates failed at one level or more; they are left out at all levels.", STILL,
    ]  # fmt: skip
    assert caveats(made({0: [[1], [1]], 4: [[1], [1]]}, all_of)) == [STILL]
    other = "at the other end of the range fewer replicates tip over; `response:"
    back = {0: [[1, 0, 1], [1, 0, 0]], 2: [[1, 0, 0], [1, 0, 0]], 4: [[0, 0, 0], [1, 1, 0]]}
    assert caveats(made(back, all_of)) == [f"p0, p2: {other} falling` may fit."]
    assert caveats(made(back, all_of, falling=True)) == [f"p0, p2: {other} rising` may fit."]
    level = {0: [[1], [0]], 2: [[1], [1]], 4: [[0], [1]]}  # as many at both ends
    assert caveats(made(level, all_of)) == []


def test_the_results_of_a_round_are_sorted_by_level_replicate_and_place() -> None:
    runs = pd.DataFrame({"run": [7, 3, 5, 9], "point": [1, 0, 1, 0], "replicate": [0, 2, 2, 0]})
    keys = pd.DataFrame({"level": ["agency", "all", "agency", "window"], "name": ["poland", "all", "latvia", "mars"]})
    values = {
        "deaths": [[5, 9, 1, 9], [1, 9, 5, 9], [5, 9, 5, 9]], "claims": [[3, 0, 3, 0], [3, 0, 3, 0], [3, 0, 4, 0]],
    }  # fmt: skip

    def matrix(scenario: str, measures: list[str]) -> Any:
        assert scenario == "base" and len(measures) == 1
        return SimpleNamespace(keys=keys, values=np.array(values[measures[0]], float), replicates=[3, 5, 9])

    study: Any = SimpleNamespace(runs=runs, base="base", matrix=matrix)
    experiment: Any = SimpleNamespace(where="deaths > 2 and claims <= 3", level="agency", replicates=3)
    found = seen_in(study, experiment, ["latvia", "poland"], 2)
    assert [one.known.tolist() for one in found] == [[True, False, True], [False, False, True]]
    assert found[0].over[[0, 2]].tolist() == [[False, True], [False, True]]
    assert found[1].over[2].tolist() == [True, False]


@pytest.fixture
def ready(tmp_path: Path) -> Ready:
    (tmp_path / "tiny.yaml").write_text(to_yaml(tiny_scenario(days=20)), encoding="utf-8")
    return read_experiment({
        "kind": "threshold", "title": "tiny", "scenario": str(tmp_path / "tiny.yaml"), "level": "agency", "halvings": 2,
        "replicates": 4, "where": "attempts[2025-10] > 5 and deaths > 1 and entries/attempts > 0", "seed": 5,
        "parameters": {"flights": {"paths": {FLIGHTS: 2}, "range": [0, 24]}},
    })  # fmt: skip


def test_the_plan_of_a_round_has_all_replicates_at_each_level(ready: Ready) -> None:
    plan = plan_of_levels(ready, [6.0, 12.0])
    assert plan.points is not None
    assert (plan.kind, plan.replicates, plan.paired, plan.drawn) == ("threshold", 4, True, True)
    assert (plan.paths, plan.points.tolist()) == ((FLIGHTS,), [[12.0], [24.0]])
    assert plan.outcomes == ("attempts[2025-10]@lithuania", "attempts[2025-10]@poland",
                             "entries/attempts@lithuania", "entries/attempts@poland")  # fmt: skip
    assert plan.extra["experiment"]["round"] == [6.0, 12.0]
    assert len(plan.runs) == 8
    with pytest.raises(ScenarioError, match="allowed"):
        plan_of_levels(ready, [6.0, 1e9])


def rounds_of(ready: Ready, there: list[list[float]], monkeypatch: pytest.MonkeyPatch, unfinished: str = "") -> Any:
    done: list[str] = []

    def carry_out(plan: Any, where: Path) -> Any:
        done.append(f"{where.name} {plan.extra['experiment']['round']}")
        return SimpleNamespace(unfinished=unfinished, levels=plan.extra["experiment"]["round"])

    def seen(study: Any, *_: Any) -> list[Seen]:
        return [Seen(np.full((4, 2), level > 5), np.ones(4, bool)) for level in study.levels]

    monkeypatch.setattr(threshold, "rounds_in", lambda folder: [list(levels) for levels in there])
    monkeypatch.setattr(threshold, "seen_in", seen)
    return threshold._Rounds(ready, Path("s"), carry_out), done


def test_rounds_that_are_there_are_looked_at_once_and_only_if_they_are_wanted(
    ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds, done = rounds_of(ready, [[0.0, 24.0], [3.0], [12.0]], monkeypatch)
    assert [seen.over.all() for seen in rounds.look([24.0, 0.0])] == [True, False]
    assert done == ["round-0 [0.0, 24.0]"]
    assert [seen.over.all() for seen in rounds.look([12.0, 6.0])] == [True, True]
    assert done[1:] == ["round-2 [12.0]", "round-3 [6.0]"]
    rounds.look([6.0, 0.0])
    assert len(done) == 3
    rounds.look([3.0])
    assert done[3:] == ["round-1 [3.0]"]
    rounds, done = rounds_of(ready, [[1.0, 2.0]], monkeypatch)  # of another search: looked at, and so refused, first
    rounds.look([0.0, 24.0])
    assert done == ["round-0 [1.0, 2.0]", "round-1 [0.0, 24.0]"]
    rounds, _ = rounds_of(ready, [], monkeypatch, "waits for others")
    with pytest.raises(UnfinishedError, match=r"^s.round-0: waits for others$"):
        rounds.look([0.0])
