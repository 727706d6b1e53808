"""Boxes in words."""

from __future__ import annotations

import numpy as np

from sim.sweeps.boxes import Box, words


def test_boxes_in_words() -> None:
    box = Box(np.array([9.0, -np.inf, 1.0]), np.array([np.inf, 0.25, 2.0]))
    text = words(box, ["flights", "share", "lag"], ["a week", "1", "days"])
    assert text == "flights > 9 a week and share < 0.25 and lag from 1 to 2 days"
    assert words(Box.whole(2), ["a", "b"], ["", ""]) == "anywhere"
