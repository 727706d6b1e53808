"""Indices against analytic cases, and against SciPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import sobol_indices, uniform

from sim.outputs.folder import OutputError
from sim.scenario.quantity import Distribution
from sim.sweeps import designs, sensitivity
from sim.sweeps.factors import Factor
from sim.sweeps.outcomes import OutcomeOf

PI = float(np.pi)
A, B = 7.0, 0.1
# Ishigami and Homma (1990): variances of the function's parts.
V1, V2, V13 = 0.5 * (1 + B * PI**4 / 5) ** 2, A**2 / 8, 8 * B**2 * PI**8 / 225
ISHIGAMI = {"first": np.array([V1, V2, 0]) / (V1 + V2 + V13), "total": np.array([V1 + V13, V2, V13]) / (V1 + V2 + V13)}


def ishigami(x: np.ndarray) -> np.ndarray:
    """Of points of shape (..., 3)."""
    return np.sin(x[..., 0]) + A * np.sin(x[..., 1]) ** 2 + B * x[..., 2] ** 4 * np.sin(x[..., 0])


def factors(number: int = 3, low: float = -PI, high: float = PI) -> list[Factor]:
    spread = Distribution("uniform", (low, high))
    return [
        Factor(f"x{k + 1}", "1", {f"x{k + 1}": 1.0}, low, high, spread, None, (low + high) / 2) for k in range(number)
    ]


class Made:
    """As `CompletedSweep`, of a function in place of runs."""

    def __init__(
        self, own: list[Factor], design: str, samples: int, levels: int = 4, second_order: bool = False
    ) -> None:
        self.factors = own
        self.experiment = {"design": design, "levels": levels, "second_order": second_order, "seed": 3}
        self.x = designs.points_of(design, own, samples, levels, 3, second_order=second_order)
        self.study: Any = type("Study", (), {"folder": "made", "names": ["made"]})
        self.units = {OutcomeOf("y"): "1"}
        self.outcomes = [OutcomeOf("y")]

    def label(self, factor: Factor) -> str:
        return factor.name

    def read(self, _: object) -> None:
        pass

    def units_of(self, outcomes: list[OutcomeOf]) -> dict[OutcomeOf, str]:
        return dict.fromkeys(outcomes, "1")

    def y(self, *_: object) -> np.ndarray:
        return ishigami(self.x)


def test_sobols_indices_are_the_analytic_ones() -> None:
    made: Any = Made(factors(), "sobol", 1024, second_order=True)
    tables = sensitivity.tables_of(made)
    for column, exact in ISHIGAMI.items():
        assert tables["sobol"][column].to_numpy() == pytest.approx(exact, abs=0.04)
        assert (
            (tables["sobol"][f"{column}_low"] - 0.02 <= exact) & (tables["sobol"][f"{column}_high"] + 0.02 >= exact)
        ).all()
    together = tables["pairs"].set_index(["parameter", "with"])["second"]
    assert together["x1", "x3"] == pytest.approx(V13 / (V1 + V2 + V13), abs=0.06)
    assert together["x1", "x2"] == pytest.approx(0, abs=0.06)


def test_sobols_indices_are_scipys() -> None:
    made: Any = Made(factors(), "sobol", 2048)
    ours = sensitivity.sobol(made, ishigami(made.x))
    theirs = sobol_indices(
        func=lambda x: ishigami(x.T), n=2048, dists=[uniform(-PI, 2 * PI)] * 3, rng=np.random.default_rng(1)
    )
    assert ours["first"].to_numpy() == pytest.approx(theirs.first_order, abs=0.03)
    assert ours["total"].to_numpy() == pytest.approx(theirs.total_order, abs=0.03)


def test_a_sample_with_a_run_that_failed_is_left_out() -> None:
    made: Any = Made(factors(), "sobol", 256)
    values = ishigami(made.x)
    holed = values.copy()
    holed[[0, 500]] = np.nan
    assert sensitivity.sobol(made, holed)["total"].to_numpy() == pytest.approx(
        sensitivity.sobol(made, values)["total"].to_numpy(), abs=0.05
    )
    with pytest.raises(OutputError, match="too few"):
        sensitivity.sobol(made, np.full(len(values), np.nan))


def test_what_never_varies_has_no_shares() -> None:
    made: Any = Made(factors(), "sobol", 16)
    assert sensitivity.sobol(made, np.ones(len(made.x)))["total"].isna().all()


@given(weights=st.lists(st.floats(-5, 5), min_size=2, max_size=5))
def test_elementary_effects_of_a_plane_are_its_slopes(weights: list[float]) -> None:
    made: Any = Made(factors(len(weights), 0.0, 2.0), "morris", 6)
    table = sensitivity.morris(made, made.x @ np.array(weights) + 1.0)
    assert table["mean"].to_numpy() == pytest.approx(2 * np.array(weights), abs=1e-9)
    assert table["effect"].to_numpy() == pytest.approx(np.abs(2 * np.array(weights)), abs=1e-9)
    assert table["spread"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_partial_ranks_are_blind_to_monotone_change_and_see_through_other_parameters() -> None:
    generator = np.random.default_rng(5)
    x = generator.random((400, 3))
    y = 3 * x[:, 0] - x[:, 1] + generator.normal(0, 0.1, 400)
    one = sensitivity.partial_ranks(x, y, ["a", "b", "c"])
    other = sensitivity.partial_ranks(np.exp(x), y**3, ["a", "b", "c"])
    np.testing.assert_allclose(one["prcc"], other["prcc"])
    assert one["prcc"][0] > 0.95
    assert one["prcc"][1] < -0.9
    assert one["p"][2] > 0.01
    assert ((one["prcc_low"] <= one["prcc"]) & (one["prcc"] <= one["prcc_high"])).all()


def test_of_a_single_parameter_the_partial_rank_correlation_is_spearmans() -> None:
    from scipy.stats import spearmanr

    generator = np.random.default_rng(6)
    x = generator.random((50, 1))
    y = x[:, 0] + generator.random(50)
    found = sensitivity.partial_ranks(x, y, ["a"])
    expected = spearmanr(x[:, 0], y)
    assert found["prcc"][0] == pytest.approx(expected.statistic)
    assert found["p"][0] == pytest.approx(expected.pvalue)


def test_a_tornado_one_at_a_time_moves_from_the_centre() -> None:
    made: Any = Made(factors(3, 0.0, 2.0), "one-at-a-time", 1, 3)
    table = sensitivity.tornado(made, made.x @ np.array([1.0, -2.0, 0.0]))
    assert table["centre"].tolist() == [-1.0, -1.0, -1.0]
    assert table["at_low"].tolist() == [-2.0, 1.0, -1.0]
    assert table["at_high"].tolist() == [0.0, -3.0, -1.0]
    assert table["swing"].tolist() == [2.0, -4.0, 0.0]


def test_a_map_of_two_parameters_holds_means() -> None:
    generator = np.random.default_rng(0)
    x = generator.random((2000, 2))
    grid, first, second = sensitivity.grid_of(x, x[:, 0] + x[:, 1], 4)
    assert grid.shape == (4, 4)
    assert (np.diff(grid, axis=0) > 0).all()
    assert (np.diff(grid, axis=1) > 0).all()
    assert len(first) == len(second) == 5


def test_the_strongest_come_first() -> None:
    made: Any = Made(factors(), "sobol", 512)
    tables = sensitivity.tables_of(made)
    assert sensitivity.strongest(tables, "y", "made", 3) == ["x1", "x2", "x3"]
