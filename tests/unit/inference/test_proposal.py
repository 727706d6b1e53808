"""Proposals: their density is that of what they draw, and weights over it are exact however they were placed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, multivariate_t

from sim.inference.proposal import PRIOR_SHARE, Proposal, log_mixture, log_prior
from sim.inference.sampling import effective, normalised


def rng(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def around(centre: float, width: float, seed: int = 1) -> Proposal:
    return Proposal(centre + width * rng(seed).standard_normal((100, 2)))


def test_the_density_integrates_to_one_and_is_what_is_drawn_from() -> None:
    proposal = around(1.0, 0.3)
    side = np.linspace(-4, 6, 201)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    density = np.exp(proposal.log_density(grid))
    cell = (side[1] - side[0]) ** 2
    assert density.sum() * cell == pytest.approx(1.0, abs=0.01)
    drawn = proposal.draw(20_000, rng(2))
    inside = (np.abs(grid - 1.0) < 0.425).all(axis=1)
    assert (np.abs(drawn - 1.0) < 0.425).all(axis=1).mean() == pytest.approx(density[inside].sum() * cell, abs=0.02)


def test_no_weight_passes_the_likelihood_over_the_priors_share() -> None:
    proposal = around(2.0, 0.05)
    points = 4 * rng(3).standard_normal((500, 2))
    assert (log_prior(points) - proposal.log_density(points) <= -np.log(PRIOR_SHARE) + 1e-9).all()


@pytest.mark.parametrize(("centre", "width"), [(0.5, 0.4), (0.5, 0.15), (1.2, 0.3), (0.0, 1.0)])
def test_weights_find_a_known_posterior_from_proposals_that_are_off(centre: float, width: float) -> None:
    # Prior N(0, 1), likelihood N(1, 0.5): posterior mean 0.8, sd sqrt(0.2), in each of two dimensions.
    proposals = [around(centre, width, seed=5), around(0.9, 0.4, seed=6)]
    sizes = [6000, 2000]
    points = np.concatenate([p.draw(n, rng(k)) for k, (p, n) in enumerate(zip(proposals, sizes, strict=True))])
    likelihood = -0.5 * ((points - 1.0) ** 2).sum(axis=1) / 0.25
    weights = normalised(log_prior(points) + likelihood - log_mixture(proposals, sizes, points))
    mean = np.average(points, axis=0, weights=weights)
    sd = np.sqrt(np.average((points - mean) ** 2, axis=0, weights=weights))
    assert effective(weights) > 500
    assert mean == pytest.approx([0.8, 0.8], abs=0.06)
    assert sd == pytest.approx(np.sqrt([0.2, 0.2]), abs=0.05)


def test_generations_together_are_a_mixture_by_their_sizes() -> None:
    one, two = around(0.0, 1.0), around(2.0, 0.2)
    points = rng(8).standard_normal((50, 2))
    whole = logsumexp([one.log_density(points), two.log_density(points)], axis=0, b=[[0.75], [0.25]])
    assert np.allclose(log_mixture([one, two], [300, 100], points), whole)


def test_kernels_are_student_ts_around_points_that_are_shrunk_to_their_mean() -> None:
    points = np.array([[1.0, 2.0], [-0.5, 0.3], [0.2, -1.0], [2.0, 0.7], [0.1, 0.1]])
    width = (4 / (5 * 4)) ** (1 / 6)
    covariance = np.cov(points, rowvar=False) + 0.02**2 * np.eye(2)
    mean = points.mean(axis=0)
    centres = mean + np.sqrt(1 - width**2) * (points - mean)
    shape = covariance * width**2 * 3 / 5  # so that the variance of a t with five degrees is that of the kernel
    new = np.array([[0.0, 0.0], [3.0, -2.0], [1.0, 2.0], [30.0, 30.0]])
    kernels = np.mean([multivariate_t(centre, shape, df=5).pdf(new) for centre in centres], axis=0)
    prior = multivariate_normal(np.zeros(2)).pdf(new)
    assert Proposal(points).log_density(new) == pytest.approx(np.log(0.9 * kernels + 0.1 * prior), rel=1e-6)
    line = Proposal(points[:, :1])
    assert line.width == 1 and len(line.draw(3, rng(1))) == 3
    assert line.scale == pytest.approx((4 / (5 * 3)) ** (1 / 5) * np.sqrt(0.6))


def test_the_mixture_is_as_wide_as_the_points_and_a_tenth_is_the_prior() -> None:
    points = rng(4).standard_normal((300, 2)) @ np.array([[0.5, 0.2], [0.0, 0.3]]) + [3.0, -2.0]
    drawn = Proposal(points).draw(200_000, rng(5))
    mean = 0.9 * points.mean(axis=0)
    assert drawn.mean(axis=0) == pytest.approx(mean, abs=0.02)
    own = np.cov(points, rowvar=False) + np.outer(points.mean(axis=0), points.mean(axis=0))
    expected = 0.9 * own + 0.1 * np.eye(2) - np.outer(mean, mean)
    assert np.cov(drawn, rowvar=False) == pytest.approx(expected, rel=0.03, abs=0.02)


def test_the_first_four_hundred_points_are_centres_and_one_point_alone_gives_no_width() -> None:
    many = rng(6).standard_normal((500, 2))
    assert np.array_equal(Proposal(many).centres, Proposal(many[:400]).centres)
    assert len(Proposal(many[:399]).centres) == 399
    same = Proposal(np.ones((3, 2)))
    assert np.sqrt(np.diag(same.root @ same.root.T)) == pytest.approx([0.02, 0.02])
    near = same.draw(2000, rng(7))
    assert (np.abs(near - 1).max(axis=1) < 0.15).mean() == pytest.approx(0.9, abs=0.03)


def test_the_prior_is_standard_normal() -> None:
    points = rng(9).standard_normal((5, 3))
    assert log_prior(points) == pytest.approx(multivariate_normal(np.zeros(3)).logpdf(points))
