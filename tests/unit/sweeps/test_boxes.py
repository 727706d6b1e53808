"""Boxes in numbers and in words."""

from __future__ import annotations

import numpy as np

from sim.sweeps.boxes import Box, quality, words

X = np.array([[1.0, 5], [2, 5], [3, 6], [4, 7], [5, 8]])
WANTED = np.array([True, False, True, True, False])
INF = np.inf


def test_boxes_in_words() -> None:
    box = Box(np.array([9.0, -np.inf, 1.0]), np.array([np.inf, 0.25, 2.0]))
    text = words(box, ["flights", "share", "lag"], ["a week", "1", "days"])
    assert text == "flights > 9 a week and share < 0.25 and lag from 1 to 2 days"
    assert words(Box.whole(2), ["a", "b"], ["", ""]) == "anywhere"
    assert words(Box(np.array([-0.12345]), np.array([INF])), ["a"], [""]) == "a > -0.123"


def test_the_limits_of_a_box_are_inside_it() -> None:
    box = Box(np.array([2.0, -INF]), np.array([4.0, 6.0]))
    assert box.holds(X).tolist() == [False, True, True, False, False]
    assert Box.whole(2).holds(X).all()
    assert box.limited == [0, 1] and Box.whole(2).limited == []
    assert Box(np.array([2.0, -INF]), np.array([INF, INF])).limited == [0]


def test_a_box_without_a_limit_is_a_box_of_its_own() -> None:
    box = Box(np.array([2.0, 1.0]), np.array([4.0, 6.0]))
    other = box.without(0)
    assert (other.low.tolist(), other.high.tolist()) == ([-INF, 1], [INF, 6])
    assert (box.low.tolist(), box.high.tolist()) == ([2, 1], [4, 6])


def test_quality_is_density_coverage_and_mass() -> None:
    box = Box(np.array([2.0, -INF]), np.array([INF, 7.0]))
    assert quality(box, X, WANTED) == (2 / 3, 2 / 3, 3 / 5, 3)
    assert quality(Box.whole(2), X, WANTED) == (3 / 5, 1, 1, 5)
    nowhere = Box(np.array([9.0, -INF]), np.array([INF, INF]))
    assert quality(nowhere, X, WANTED) == (0, 0, 0, 0)
    assert quality(Box.whole(2), X, np.zeros(5, bool)) == (0, 0, 1, 5)
    assert quality(Box.whole(2), X[:0], WANTED[:0]) == (0, 0, 0, 0)
    one = Box(np.array([5.0, -INF]), np.array([INF, INF]))
    assert quality(one, X, X[:, 0] == 5) == (1, 1, 1 / 5, 1)
    assert quality(one, X[4:], np.array([True])) == (1, 1, 1, 1)
