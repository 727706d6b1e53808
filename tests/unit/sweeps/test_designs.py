"""At which points an experiment runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.errors import ScenarioError
from sim.sweeps import designs
from sim.sweeps.factors import factor_of
from tests.unit.sweeps.small import FLIGHTS, TINY

FACTORS = [
    factor_of(TINY, "behaviour.retry"),
    factor_of(TINY, "behaviour.giving_up"),
    factor_of(TINY, FLIGHTS, spread=(0.0, 9.0)),
]


@given(
    design=st.sampled_from(designs.DESIGNS), samples=st.sampled_from([2, 4, 8]), levels=st.sampled_from([4, 6]),
    seed=st.integers(0, 2**62), second=st.booleans(),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_designs_keep_to_the_parameters_and_to_their_number(
    design: str, samples: int, levels: int, seed: int, second: bool
) -> None:
    points = designs.points_of(design, FACTORS, samples, levels, seed, second_order=second)
    assert len(points) == designs.number_of_points(design, FACTORS, samples, levels, second_order=second)
    for k, factor in enumerate(FACTORS):
        assert (points[:, k] >= factor.low).all()
        assert (points[:, k] <= factor.high).all()
        bottom, top = factor.spread.support
        assert ((points[:, k] >= bottom) & (points[:, k] <= top)).all()
    again = designs.points_of(design, FACTORS, samples, levels, seed, second_order=second)
    np.testing.assert_array_equal(points, again)


def test_a_latin_hypercube_has_a_point_in_each_part_of_each_distribution() -> None:
    points = designs.points_of("latin-hypercube", FACTORS, 20, 4, 5)
    for k, factor in enumerate(FACTORS):
        edges = [factor.quantile(u) for u in np.linspace(0, 1, 21)]
        assert (np.histogram(points[:, k], edges)[0] == 1).all()


def test_a_grid_holds_all_combinations() -> None:
    points = designs.points_of("grid", FACTORS, 1, 3, 0)
    assert len({tuple(row) for row in points}) == 27
    assert [len(set(points[:, k])) for k in range(3)] == [3, 3, 3]


def test_one_at_a_time_moves_one_from_the_centre() -> None:
    points = designs.points_of("one-at-a-time", FACTORS, 1, 2, 0)
    assert points[0].tolist() == [factor.centre for factor in FACTORS]
    assert ((points[1:] != points[0]).sum(axis=1) <= 1).all()


def test_a_step_of_morris_moves_one_parameter() -> None:
    points = designs.points_of("morris", FACTORS, 5, 4, 1)
    for trajectory in points.reshape(5, 4, 3):
        assert ((np.diff(trajectory, axis=0) != 0).sum(axis=1) == 1).all()


def test_places_are_the_inverse_of_levels() -> None:
    unit = np.random.default_rng(0).integers(0, 4, (30, 3)) / 3
    np.testing.assert_allclose(designs.places_of(FACTORS, designs.at_levels(FACTORS, unit, 4), 4), unit)


@pytest.mark.parametrize(
    ("design", "samples", "levels"), [("sobol", 100, 4), ("morris", 4, 5), ("grid", 1, 200), ("sobol", 2**20, 4)]
)
def test_designs_that_cannot_be(design: str, samples: int, levels: int) -> None:
    with pytest.raises(ScenarioError, match="allowed"):
        designs.points_of(design, FACTORS, samples, levels, 1)
