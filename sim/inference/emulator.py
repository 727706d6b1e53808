"""Emulators: predictions of the model's counts at points where it was not run, with their uncertainty.

There is one per output. The logarithm of an expected figure is a quadratic in the parameters' normal scores, fitted
with a little shrinkage, plus a Gaussian process on the residuals, with a length scale per parameter and a term for
the chance in single runs. Predictions are plain matrix products, so chains of thousands of steps are cheap.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_STEPS, _SHRINKAGE, _FAR = 15, 1e-2, 4.0


class Emulator:
    """Emulators of several outputs over one set of runs.

    Args:
        points: Parameters of the runs as normal scores, shape (N, D).
        outputs: Logarithms of expected figures, shape (N, M).
        kernels: Kernels of an emulator of the same outputs, to reuse instead of fitting new ones.
    """

    def __init__(self, points: Floats, outputs: Floats, kernels: list[Any] | None = None) -> None:
        self.points = points
        self._basis = _basis(points)
        width = self._basis.shape[1]
        penalty = _SHRINKAGE * len(points) * np.eye(width)
        penalty[0, 0] = 0.0
        square = self._basis.T @ self._basis + penalty
        self._trend = np.linalg.solve(square, self._basis.T @ outputs)
        rest = outputs - self._basis @ self._trend
        self.kernels = kernels or [_fitted(points, column) for column in rest.T]
        self._parts = [_Part(points, column, kernel) for column, kernel in zip(rest.T, self.kernels, strict=True)]

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation (including the chance in a run) of each output at points, both (N, M)."""
        trend = _basis(points) @ self._trend
        parts = [part.predict(points) for part in self._parts]
        mean = trend + np.array([mean for mean, _ in parts]).T.reshape(len(points), -1)
        return mean, np.array([sd for _, sd in parts]).T.reshape(len(points), -1)


class _Part:
    """The Gaussian process of one output."""

    def __init__(self, points: Floats, rest: Floats, kernel: tuple[float, Floats, float]) -> None:
        self.signal, self.scales, self.noise = kernel
        self.near = points / self.scales
        square = self.signal * np.exp(-0.5 * _distances(self.near, self.near))
        square[np.diag_indices_from(square)] += self.noise + 1e-8 * self.signal
        self.inverse = np.linalg.inv(square)
        self.weights = self.inverse @ rest

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        cross = self.signal * np.exp(-0.5 * _distances(points / self.scales, self.near))
        left = self.signal - np.einsum("ij,ij->i", cross @ self.inverse, cross)
        return cross @ self.weights, np.sqrt(np.maximum(left, 0.0) + self.noise)


def _basis(points: Floats) -> Floats:
    kept = np.clip(points, -_FAR, _FAR)
    return np.hstack([np.ones((len(points), 1)), kept, kept**2 - 1.0])


def _distances(a: Floats, b: Floats) -> Floats:
    squares: Floats = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1)[None, :] - 2.0 * a @ b.T
    return np.maximum(squares, 0.0)


def _fitted(points: Floats, rest: Floats) -> tuple[float, Floats, float]:
    """Return the variance, length scales and variance of chance of one output."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    spread = float(rest.var())
    if spread < 1e-12:
        return 1e-8, np.full(points.shape[1], 3.0), 1e-8
    scales = np.full(points.shape[1], 3.0)
    kernel = ConstantKernel(0.5, (1e-3, 1e2)) * RBF(scales, (0.3, 100.0)) + WhiteKernel(0.3, (1e-4, 10.0))
    process = GaussianProcessRegressor(kernel, alpha=1e-8, optimizer=_minimised)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about length scales at their bounds, for parameters without effect
        process.fit(points, rest / np.sqrt(spread))
    found = process.kernel_
    return (
        float(found.k1.k1.constant_value) * spread,
        np.atleast_1d(np.asarray(found.k1.k2.length_scale, dtype=float)),
        float(found.k2.noise_level) * spread,
    )


def _minimised(objective: Callable[..., Any], start: Floats, bounds: Floats) -> tuple[Floats, float]:
    """Do a few steps of L-BFGS from one start, with the same result on any machine."""
    from scipy.optimize import minimize

    found = minimize(objective, start, method="L-BFGS-B", jac=True, bounds=bounds, options={"maxiter": _STEPS})
    return found.x, float(found.fun)
