"""Proposal distributions of particles: mixtures of known density, which makes the weights exact.

Chains on the emulators' posterior show where to look, but a chain that has not converged visits points with unknown
density. So the points of the chains serve only as centres of heavy-tailed Student t kernels, shaped like their
covariance, and a share of the particles comes from the prior itself. Regions that the emulators wrongly rule out are
therefore still drawn now and then, and no weight can exceed the likelihood divided by that share.

Generations are weighted together, as if each particle had been drawn from the mixture of all of their proposals
(deterministic mixture: Veach and Guibas 1995; adaptive multiple importance sampling: Cornuet et al. 2012). A
particle that a narrow generation happened to draw from its tail then has no more weight than the wide one allows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

Floats = npt.NDArray[np.float64]
PRIOR_SHARE = 0.1
CENTRES = 400
_FREEDOM, _NARROWEST = 5.0, 0.02


class Proposal:
    """Student t kernels around points, and the prior.

    The centres are shrunk towards their mean, so that the mixture is no wider than the points (West 1993).

    Args:
        points: Normal scores, shape (K, D); the first 400 are used.
    """

    def __init__(self, points: Floats) -> None:
        points = points[:CENTRES]
        count, self.width = points.shape
        self.mean = points.mean(axis=0)
        covariance = np.cov(points, rowvar=False).reshape(self.width, self.width)
        self.root = np.linalg.cholesky(covariance + _NARROWEST**2 * np.eye(self.width))
        bandwidth = (4.0 / (count * (self.width + 2.0))) ** (1.0 / (self.width + 4.0))
        self.centres = np.sqrt(max(1.0 - bandwidth**2, 0.0)) * self._standard(points)
        self.scale = bandwidth * np.sqrt((_FREEDOM - 2.0) / _FREEDOM)

    def draw(self, size: int, rng: np.random.Generator) -> Floats:
        """Draw points, shape (size, D)."""
        chosen = self.centres[rng.integers(len(self.centres), size=size)]
        wide = np.sqrt(_FREEDOM / rng.chisquare(_FREEDOM, size))[:, None]
        near = chosen + self.scale * wide * rng.standard_normal((size, self.width))
        prior = rng.standard_normal((size, self.width))
        return np.where(rng.random((size, 1)) < PRIOR_SHARE, prior, self.mean + near @ self.root.T)

    def log_density(self, points: Floats) -> Floats:
        """Return the logarithm of the density at points (N, D), shape (N,)."""
        near, freedom, width = self._standard(points), _FREEDOM, self.width
        squares = (near**2).sum(axis=1)[:, None] + (self.centres**2).sum(axis=1) - 2.0 * near @ self.centres.T
        distances = np.maximum(squares, 0.0) / self.scale**2
        constant = gammaln((freedom + width) / 2) - gammaln(freedom / 2) - width / 2 * np.log(freedom * np.pi)
        constant -= width * np.log(self.scale) + np.log(np.diag(self.root)).sum() + np.log(len(self.centres))
        kernels = constant + logsumexp(-(freedom + width) / 2 * np.log1p(distances / freedom), axis=1)
        mixed: Floats = np.logaddexp(
            np.log1p(-PRIOR_SHARE) + kernels, np.log(PRIOR_SHARE) + log_prior(points)
        )  # fmt: skip
        return mixed

    def _standard(self, points: Floats) -> Floats:
        found: Floats = np.linalg.solve(self.root, (points - self.mean).T).T
        return found


def log_prior(points: Floats) -> Floats:
    """Return the logarithm of the prior's density at normal scores (N, D), shape (N,)."""
    found: Floats = -0.5 * (points**2).sum(axis=1) - points.shape[1] / 2 * np.log(2 * np.pi)
    return found


def log_mixture(proposals: Sequence[Proposal], sizes: Sequence[int], points: Floats) -> Floats:
    """Return the log density of all proposals together, weighted by the draws from each, shape (N,)."""
    each = np.array([proposal.log_density(points) for proposal in proposals])
    found: Floats = logsumexp(each, axis=0, b=np.array(sizes)[:, None] / sum(sizes))
    return found
