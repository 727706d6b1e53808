"""Emulators: the trend is a shrunk quadratic, the rest a Gaussian process, and both together find a smooth function."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.gaussian_process
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from sim.inference.emulator import Emulator, _basis, _distances, _fitted, _minimised, _Part

RNG = np.random.default_rng(4)
POINTS = RNG.standard_normal((40, 2))
NEW = RNG.standard_normal((7, 2))


def test_the_basis_is_one_the_scores_and_their_squares_less_one_to_four_deviations() -> None:
    found = _basis(np.array([[2.0, -5.0], [0.0, 4.5]]))
    assert found.tolist() == [[1, 2, -4, 3, 15], [1, 0, 4, -1, 15]]


def test_distances_are_squared_and_never_below_nothing() -> None:
    a, b = np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[1.0, 1.0], [3.0, 4.0], [-3.0, 0.0]])
    assert _distances(a, b) == pytest.approx(np.array([[2, 25, 9], [13, 0, 52]]))
    far = 1e4 + POINTS
    assert (_distances(far, far) >= 0).all(), "rounding does not bring them below"


def ridge(points: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """Least squares with a row of its own for each coefficient's pull to nothing; the constant has none."""
    kept = np.clip(points, -4, 4)
    basis = np.column_stack([np.ones(len(points)), kept, kept**2 - 1])
    pull = np.sqrt(0.01 * len(points)) * np.eye(basis.shape[1])[1:]
    zeros = np.zeros((len(pull), outputs.shape[1]))
    found: np.ndarray = np.linalg.lstsq(np.vstack([basis, pull]), np.vstack([outputs, zeros]), rcond=None)[0]
    return found


def test_the_trend_is_a_quadratic_with_a_little_shrinkage_of_all_but_the_constant() -> None:
    outputs = np.column_stack([5 + POINTS[:, 0] - 0.5 * POINTS[:, 1] ** 2, POINTS[:, 1] * POINTS[:, 0]])
    flat = [(1e-12, np.ones(2), 1.0)] * 2  # a process that adds nothing
    found, sd = Emulator(POINTS, outputs, flat).predict(NEW)
    basis = np.column_stack([np.ones(7), NEW, NEW**2 - 1])
    assert found == pytest.approx(basis @ ridge(POINTS, outputs), abs=1e-8)
    assert sd == pytest.approx(np.ones((7, 2)))


@pytest.mark.parametrize(("signal", "scales", "noise"), [(0.7, [0.8, 2.0], 0.05), (3.0, [1.5, 0.4], 1e-3)])
def test_what_the_trend_leaves_is_a_gaussian_process(signal: float, scales: list[float], noise: float) -> None:
    rest = np.sin(2 * POINTS[:, 0]) + 0.3 * POINTS[:, 1]
    kernel = ConstantKernel(signal) * RBF(scales) + WhiteKernel(noise)
    process = GaussianProcessRegressor(kernel, alpha=1e-8 * signal, optimizer=None).fit(POINTS, rest)
    mean, sd = process.predict(NEW, return_std=True)
    found = _Part(POINTS, rest, (signal, np.array(scales), noise)).predict(NEW)
    assert found[0] == pytest.approx(mean, rel=1e-6)
    assert found[1] == pytest.approx(sd, rel=1e-5)


def test_without_chance_runs_are_met_exactly_and_far_away_nothing_is_known() -> None:
    points = np.arange(5.0)[:, None]
    part = _Part(points, np.array([1.0, -1.0, 2.0, 0.0, 1.0]), (4.0, np.array([1.0]), 0.0))
    mean, sd = part.predict(np.array([[2.0], [100.0]]))
    assert mean == pytest.approx([2, 0], abs=1e-4)
    assert sd == pytest.approx([0, 2], abs=1e-3)
    assert sd[0] == pytest.approx(np.sqrt(4.0 * 1e-8), rel=0.2), "a run is as if it had a hundred-millionth of chance"


def test_the_process_is_about_what_the_trend_leaves_of_each_output() -> None:
    outputs = np.column_stack([np.sin(2 * POINTS[:, 0]), 3 + np.cos(POINTS[:, 1])])
    kernels = [(0.5, np.array([1.0, 2.0]), 0.01), (0.2, np.array([3.0, 1.0]), 0.02)]
    mean, sd = Emulator(POINTS, outputs, kernels).predict(NEW)
    slopes = ridge(POINTS, outputs)
    for k, kernel in enumerate(kernels):
        rest = outputs[:, k] - np.column_stack([np.ones(40), POINTS, POINTS**2 - 1]) @ slopes[:, k]
        own, spread = _Part(POINTS, rest, kernel).predict(NEW)
        trend = np.column_stack([np.ones(7), NEW, NEW**2 - 1]) @ slopes[:, k]
        assert mean[:, k] == pytest.approx(trend + own)
        assert sd[:, k] == pytest.approx(spread)


def test_a_smooth_function_is_emulated_and_the_chance_in_runs_is_found() -> None:
    rng = np.random.default_rng(1)
    points = rng.standard_normal((150, 2))
    truth = np.sin(1.5 * points[:, 0]) + 0.2 * points[:, 1]
    one = Emulator(points, (truth + 0.1 * rng.standard_normal(150))[:, None])
    [(signal, scales, noise)] = one.kernels
    assert noise == pytest.approx(0.01, rel=0.35)
    assert scales[0] < 2 < scales[1], "the second parameter has a straight effect alone"
    assert signal > 0.3, "as large as the waves at least"
    new = rng.uniform(-1.5, 1.5, (200, 2))
    mean, sd = one.predict(new)
    off = mean[:, 0] - np.sin(1.5 * new[:, 0]) - 0.2 * new[:, 1]
    assert np.sqrt((off**2).mean()) < 0.06
    assert sd.mean() == pytest.approx(0.1, rel=0.3)


@pytest.mark.filterwarnings("ignore:The optimal value found for dimension")  # as one parameter has no effect
def test_the_kernel_that_is_found_is_nearly_the_likeliest() -> None:
    rest = np.sin(2 * POINTS[:, 0]) + 0.2 * np.random.default_rng(2).standard_normal(40)
    signal, scales, noise = _fitted(POINTS, rest)
    kernel = ConstantKernel(0.5, (1e-3, 100)) * RBF([1.0, 1.0], (0.3, 100)) + WhiteKernel(0.3, (1e-4, 10))
    best = GaussianProcessRegressor(kernel, n_restarts_optimizer=2, random_state=1).fit(POINTS, rest)
    found = np.log([signal, *scales, noise])
    assert best.log_marginal_likelihood(found) > best.log_marginal_likelihood_value_ - 0.5


def test_an_output_that_never_changes_has_next_to_no_variance() -> None:
    signal, scales, noise = _fitted(POINTS, np.full(40, 2.0) + 1e-8 * POINTS[:, 0])
    assert (signal, scales.tolist(), noise) == (1e-8, [3.0, 3.0], 1e-8)
    signal, _, noise = _fitted(POINTS, 2e-6 * np.sin(POINTS[:, 0]) / np.sin(POINTS[:, 0]).std())
    assert signal != 1e-8
    assert 0 < signal + noise < 1e-9


def test_a_unit_of_the_output_does_not_matter() -> None:
    rest = np.sin(2 * POINTS[:, 0]) + 0.1 * RNG.standard_normal(40)
    one, ten = _fitted(POINTS, rest), _fitted(POINTS, 10 * rest)
    assert ten[0] == pytest.approx(100 * one[0], rel=1e-3)
    assert ten[1] == pytest.approx(one[1], rel=1e-3)
    assert ten[2] == pytest.approx(100 * one[2], rel=1e-3)


def test_kernels_begin_with_half_of_the_variance_long_scales_and_a_third_of_chance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []

    class Noted(GaussianProcessRegressor):  # type: ignore[misc]
        def fit(self, points: Any, rest: Any) -> Any:
            asked.append((self.kernel, self.alpha, self.optimizer, rest))
            return super().fit(points, rest)

    monkeypatch.setattr(sklearn.gaussian_process, "GaussianProcessRegressor", Noted)
    rest = 7 * np.sin(2 * POINTS[:, 0])
    _fitted(POINTS, rest)
    [(kernel, alpha, optimizer, scaled)] = asked
    ranges = ConstantKernel(0.5, (1e-3, 100)) * RBF([3.0, 3.0], (0.3, 100)) + WhiteKernel(0.3, (1e-4, 10))
    assert kernel == ranges
    assert (alpha, optimizer) == (1e-8, _minimised)
    assert scaled == pytest.approx(rest / rest.std())


def test_an_optimum_is_sought_by_its_slope_in_fifteen_steps_and_within_bounds() -> None:
    def bowl(x: np.ndarray) -> tuple[float, np.ndarray]:
        return float(((x - [1.0, 5.0]) ** 2).sum()) + 3.0, 2 * (x - [1.0, 5.0])

    found, least = _minimised(bowl, np.zeros(2), np.array([[-9.0, 9.0], [-9.0, 2.0]]))
    assert found == pytest.approx([1, 2], abs=1e-6)
    assert least == pytest.approx(12)
    calls: list[float] = []

    def valley(x: np.ndarray) -> tuple[float, np.ndarray]:
        calls.append(x[0])
        a, b = 1 - x[0], x[1] - x[0] ** 2
        return float(a**2 + 100 * b**2), np.array([-2 * a - 400 * x[0] * b, 200 * b])

    found, least = _minimised(valley, np.array([-1.2, 1.0]), np.array([[-9.0, 9.0], [-9.0, 9.0]]))
    assert least == valley(found)[0] > 1e-4, "so few steps are not enough for it"
    assert 15 < len(calls) < 40
