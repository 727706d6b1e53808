"""Boxes are found where they were put."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from sim.sweeps import prim
from sim.sweeps.boxes import Box, Quality, quality
from tests.unit.sweeps.samples import corner, seeds


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_prim_finds_a_corner(seed: int) -> None:
    x, wanted = corner(seed)
    box = prim.boxes(x, wanted)[0]
    assert box.limited == [0, 2]
    assert box.low[0] == pytest.approx(0.6, abs=0.2)
    assert box.high[2] == pytest.approx(0.5, abs=0.2)
    found = quality(box, x, wanted)
    assert found.density >= 0.8
    assert found.coverage > 0.8


@given(seed=seeds, noise=st.floats(0, 0.2))
@settings(max_examples=10, deadline=None)
def test_peeling_only_raises_density_and_only_lowers_coverage(seed: int, noise: float) -> None:
    x, wanted = corner(seed, noise)
    steps = prim.peel(x, wanted)
    coverages = [step.quality.coverage for step in steps]
    assert coverages == sorted(coverages, reverse=True)
    assert steps[0].quality.coverage == 1
    assert steps[-1].quality.density >= steps[0].quality.density
    assert steps[-1].quality.mass >= prim.LEAST


def test_in_noise_there_is_hardly_a_box() -> None:
    generator = np.random.default_rng(1)
    limited = [
        len(box.limited)
        for _ in range(10)
        for box in prim.boxes(generator.random((300, 5)), generator.random(300) < 0.3, most=1)
    ]
    assert sum(limited) <= 30


def row(values: list[float]) -> np.ndarray:
    return np.array(values, float)[:, None]


def of(low: float = -np.inf, high: float = np.inf) -> Box:
    return Box(np.array([low], float), np.array([high], float))


def limits(box: Box) -> tuple[list[float], list[float]]:
    return box.low.tolist(), box.high.tolist()


def test_a_slice_is_cut_midway_between_two_runs_beyond_the_sixteenth_part() -> None:
    x = np.column_stack([np.arange(100.0), np.ones(100)])
    slices = prim._peeled(Box.whole(2), x)  # of the other parameter there is nothing to cut
    inf = np.inf
    # The 6 % and 94 % quantiles are 5.94 and 93.06.
    assert [limits(box) for box in slices] == [([5.5, -inf], [inf, inf]), ([-inf, -inf], [93.5, inf])]
    within = prim._peeled(of(2, 30), row([2, 3, 4]))
    assert [limits(box) for box in within] == [([2.5], [30]), ([2], [3.5])]
    two = prim._peeled(of(), row([1, 1, 1, 1, 9]))
    assert [limits(box) for box in two] == [([5], [inf]), ([-inf], [5])]


def test_peeling_takes_the_densest_and_among_equals_the_fullest_until_all_are_wanted() -> None:
    x = row(list(range(50)))
    wanted = np.arange(50) >= 45
    steps = prim.peel(x, wanted)
    assert [limits(step.box)[0][0] for step in steps[:4]] == [-np.inf, 2.5, 5.5, 8.5]
    assert all(step.box.high[0] == np.inf for step in steps)
    assert steps[-1].box.low[0] == 44.5 and steps[-1].quality == (1, 1, 0.1, 5)
    assert [step.quality for step in steps] == [quality(step.box, x, wanted) for step in steps]
    all_of = prim.peel(x, np.ones(50, bool))
    assert len(all_of) == 1 and all_of[0].box.limited == []


def test_no_box_is_peeled_below_a_twentieth_of_the_runs_or_two() -> None:
    lonely = np.zeros(60, bool)
    lonely[[59, 20]] = True
    steps = prim.peel(row(list(range(60))), lonely)
    assert steps[-1].quality.runs == 3  # 5 % of 60
    few = prim.peel(row([1, 2, 3, 4]), np.array([False, False, False, True]))
    assert few[-1].quality.runs == 2


def test_significances_are_binomial_tails() -> None:
    x = np.column_stack([np.tile([0.0, 1], 20), np.arange(40.0)])
    wanted = (x[:, 0] == 1) & (x[:, 1] >= 10)
    box = Box(np.array([0.5, 20]), np.array([np.inf, np.inf]))
    found = prim.significances(box, x, wanted)
    assert list(found) == [0, 1]
    # Ten of ten are wanted; of those from 20 on ten of twenty, of those with 1 fifteen of twenty.
    assert found[0] == pytest.approx(0.5**10)
    assert found[1] == pytest.approx(0.75**10)
    part = Box(np.array([0.5, 5]), np.array([np.inf, 19]))
    inside = [k for k in range(40) if k % 2 and 5 <= k <= 19]  # eight, of which five are wanted; and of all 5 / 15
    hits = sum(k >= 10 for k in inside)
    assert (len(inside), hits) == (8, 5)
    assert prim.significances(part, x, wanted)[0] == pytest.approx(binom.sf(4, 8, 5 / 15))


def test_a_limit_that_chance_could_explain_is_taken_away_the_weakest_first() -> None:
    x = np.column_stack([np.tile([0.0, 1], 20), np.arange(40.0)])
    wanted = x[:, 0] == 1
    box = Box(np.array([0.5, 20]), np.array([np.inf, np.inf]))
    assert limits(prim._significant(box, x, wanted)) == ([0.5, -np.inf], [np.inf, np.inf])
    assert prim._significant(box, x, np.arange(40) % 3 == 0).limited == []


def test_the_balance_of_a_box_is_a_harmonic_mean() -> None:
    assert prim._balance(Quality(0.5, 1.0, 0.2, 4)) == pytest.approx(2 / 3)
    assert prim._balance(Quality(0.0, 0.0, 0.2, 4)) == 0


def test_of_the_boxes_that_are_dense_enough_the_one_with_most_of_the_runs_is_chosen() -> None:
    x, wanted = row(list(range(40))), np.arange(40) >= 20
    wanted[[17, 39]] = True, False
    steps = [prim.Step(box, quality(box, x, wanted)) for box in (of(), of(low=16.5), of(low=19.5), of(low=29.5))]
    assert [round(step.quality.density, 2) for step in steps] == [0.5, 0.87, 0.95, 0.9]
    assert prim._choose(steps, 0.95, x, wanted).low.tolist() == [19.5]
    assert prim._choose(steps, 0.8, x, wanted).low.tolist() == [16.5]
    assert prim._choose(steps, 0.4, x, wanted).limited == []  # of as many, the one with fewer limits
    # None is dense enough: density and coverage are balanced, 2 * 20 / (23 + 20) and 2 * 19 / (20 + 20).
    assert prim._choose(steps, 0.99, x, wanted).low.tolist() == [19.5]


def test_boxes_lie_apart_and_are_as_many_as_asked() -> None:
    x = row(list(range(200)))
    wanted = (np.arange(200) < 40) | (np.arange(200) >= 170)
    found = prim.boxes(x, wanted)
    # Peeling at either end takes as many of interest away; of equals the lower end goes first.
    assert [box.limited for box in found] == [[0], [0]]
    assert found[0].high[0] == np.inf and 160 < found[0].low[0] < 171
    assert found[1].low[0] == -np.inf and 38 < found[1].high[0] < 50
    assert not (found[0].holds(x) & found[1].holds(x)).any()
    assert len(prim.boxes(x, wanted, most=1)) == 1 and prim.boxes(x, wanted, most=0) == []
    rare = np.zeros(200, bool)
    rare[:9] = True  # fewer than a twentieth
    assert prim.boxes(x, rare) == []
    rare[9] = True
    assert len(prim.boxes(x, rare)) == 1
    assert prim.boxes(row([1, 2, 3]), np.array([True, False, False])) == []
