"""Proposals: their density is that of what they draw, and weights over it are exact however they were placed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp

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
