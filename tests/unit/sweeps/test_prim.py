"""Boxes are found where they were put."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.sweeps import prim
from sim.sweeps.boxes import quality
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
