"""At which points an experiment runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.errors import ScenarioError
from sim.scenario.quantity import Distribution
from sim.sweeps import designs
from sim.sweeps.factors import Factor, factor_of
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


def uniform(low: float, high: float, centre: float = 0.0) -> Factor:
    return Factor("f", "days", {"f": 1.0}, low, high, Distribution("uniform", (low, high)), None, centre)


def chosen(*values: float) -> Factor:
    return Factor("c", "days", {"c": 1.0}, 0, 99, Distribution("choice", values), values, values[0])


def test_the_points_of_a_grid_and_of_one_at_a_time_by_hand() -> None:
    both = [uniform(0, 2, 1), chosen(7, 5)]
    grid = [[0, 7], [0, 5], [1, 7], [1, 5], [2, 7], [2, 5]]
    assert designs.points_of("grid", both, 99, 3, 0).tolist() == grid
    one = [[1, 7], [0, 7], [1, 7], [2, 7], [1, 7], [1, 5]]
    assert designs.points_of("one-at-a-time", both, 99, 3, 0).tolist() == one


def test_the_number_of_points_and_of_samples_belong_together() -> None:
    three = [uniform(0, 1), chosen(1, 2, 3, 4, 5), uniform(0, 1)]
    for design, second, count, samples in (
        ("grid", False, 80, 1), ("one-at-a-time", False, 14, 1), ("morris", False, 32, 8), ("sobol", False, 40, 8),
        ("sobol", True, 64, 8), ("latin-hypercube", False, 8, 8),
    ):  # fmt: skip
        assert designs.number_of_points(design, three, 8, 4, second_order=second) == count
        assert designs.samples_of(design, 3, count, second_order=second) == samples


def test_how_a_design_grows() -> None:
    assert [designs.growth_of(design) for design in designs.DESIGNS] == [
        "a design grid does not grow but by replicates",
        "a Latin hypercube grows by doubling its samples",
        "a Sobol' design grows by doubling its samples",
        "a Morris design grows to any larger number of samples (trajectories)",
        "a design one-at-a-time does not grow but by replicates",
    ]


def test_a_sobol_design_is_saltellis_scheme_at_quantiles() -> None:
    both = [uniform(10, 20), uniform(0, 4)]
    for second in (False, True):
        points = designs.points_of("sobol", both, 4, 2, 9, second_order=second)
        blocks = points.reshape(4, 6 if second else 4, 2)
        first, last = blocks[:, 0], blocks[:, -1]
        for k in range(2):
            moved = blocks[:, 1 + k]
            assert (moved[:, k] == last[:, k]).all() and (moved[:, 1 - k] == first[:, 1 - k]).all()
        unit = (points - [10, 0]) / [10, 4]
        for column in unit.reshape(4, -1, 2)[:, 0].T:  # one of four points in each quarter
            assert sorted((column * 4).astype(int)) == [0, 1, 2, 3]
        assert (designs.points_of("sobol", both, 4, 2, 8, second_order=second) != points).any()


def test_positions_are_rounded_to_the_nearest_level() -> None:
    two = [uniform(0, 30), uniform(1, 2)]
    unit = np.array([[0, 1], [1 / 3, 0], [0.4, 0.6], [1, 0.9]])
    found = designs.at_levels(two, unit, 4)
    np.testing.assert_allclose(found, [[0, 2], [10, 1], [10, 5 / 3], [30, 2]])
    np.testing.assert_allclose(designs.places_of(two, found, 4), [[0, 1], [1 / 3, 0], [1 / 3, 2 / 3], [1, 1]])
    assert designs.at_quantiles(two, np.array([[0.5, 0.25]])).tolist() == [[15, 1.25]]
    assert designs.problem(2) == {"num_vars": 2, "names": ["0", "1"], "bounds": [[0.0, 1.0], [0.0, 1.0]]}


def test_a_latin_hypercube_of_an_odd_number_is_scipys_and_of_an_even_one_begins_with_its_half() -> None:
    from scipy.stats import qmc

    plain = qmc.LatinHypercube(2, rng=np.random.default_rng(6)).random(5)
    np.testing.assert_array_equal(designs.nested_latin(2, 5, 6), plain)
    points = designs.points_of("latin-hypercube", [uniform(0, 2), uniform(10, 20)], 10, 2, 6)
    np.testing.assert_allclose(points[:5], plain * [2, 10] + [0, 10])
    again = np.random.default_rng([6, 10])
    columns = []
    for column in plain.T:
        free = np.array([part for part in range(10) if part not in (column * 10).astype(int)])
        columns.append((again.permutation(free) + again.random(5)) / 10)
    np.testing.assert_allclose(points[5:], np.column_stack(columns) * [2, 10] + [0, 10])


WRONG = {
    "many points": ("grid", [uniform(0, 1)] * 3, 1, 200, "design: found 8,000,000 points; allowed: up to 2,000,000"),
    "samples": ("sobol", [uniform(0, 1)], 100, 4, "samples: found 100; allowed for sobol: a power of 2, such as 128"),
    "samples below": (
        "sobol",
        [uniform(0, 1)],
        90,
        4,
        "samples: found 90; allowed for sobol: a power of 2, such as 64",
    ),
    "one sample": ("sobol", [uniform(0, 1)], 1, 4, "samples: found 1; allowed for sobol: a power of 2, such as 2"),
    "odd levels": ("morris", [uniform(0, 1)], 3, 5, "levels: found 5; allowed for morris: an even number, 4 or more"),
    "two levels": ("morris", [uniform(0, 1)], 3, 2, "levels: found 2; allowed for morris: an even number, 4 or more"),
    "values": ("morris", [chosen(1, 2)], 3, 4, "c: found single values; morris needs ranges, or distributions of them"),
}


@pytest.mark.parametrize(("design", "of", "samples", "levels", "text"), WRONG.values(), ids=WRONG)
def test_a_design_that_cannot_be_says_why(
    design: str, of: list[Factor], samples: int, levels: int, text: str
) -> None:  # fmt: skip
    with pytest.raises(ScenarioError) as error:
        designs.points_of(design, of, samples, levels, 1)
    assert str(error.value) == text


def test_two_samples_four_levels_and_two_million_points_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    assert designs.points_of("sobol", [uniform(0, 1)], 2, 4, 1).shape == (6, 1)
    assert designs.points_of("morris", [uniform(0, 1)], 3, 4, 2**40).shape == (6, 1)
    monkeypatch.setattr(designs, "MOST_POINTS", 9)
    assert len(designs.points_of("grid", [uniform(0, 1)] * 2, 1, 3, 1)) == 9
    with pytest.raises(ScenarioError, match="found 10 points; allowed: up to 9"):
        designs.points_of("latin-hypercube", [uniform(0, 1)] * 2, 10, 3, 1)


def test_a_morris_design_moves_by_half_of_its_levels() -> None:
    points = designs.points_of("morris", [uniform(0, 30), uniform(0, 3)], 4, 4, 3)
    for trajectory in points.reshape(4, 3, 2):
        steps = np.abs(np.diff(trajectory, axis=0))
        assert sorted(steps.sum(axis=0).tolist()) == pytest.approx([2, 20])
