"""Proposals: whatever they are, weighted particles have the mean and the evidence of exact integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from sim.inference.filter.experiment import PosturePrior
from sim.inference.filter.posture_process import TAILS, Motion
from sim.inference.filter.proposal import (
    Children,
    Now,
    Tried,
    linear_model,
    log_weights,
    proposal,
    systematic,
    together,
)

PRIOR = PosturePrior((0.0, 0.0), (1.0, 1.0), (0.5, 0.5), 0.85, 0.03, 0.33, (0.0, 0.0), 1)
NOISE = 0.2


@pytest.mark.parametrize("target", [6.0, 9.5])  # what is expected, and a jump of seven scales
@pytest.mark.parametrize("rounds", [1, 3])
def test_weights_make_up_for_the_proposals(target: float, rounds: int) -> None:
    size, rng = 20_000, np.random.default_rng(7)
    level = rng.normal(6.0, 0.3, size)
    motion = Motion(np.zeros((size, 2)), np.full((size, 2), 0.9), np.full((size, 2), 0.4), np.zeros((size, 2, 2)), 1)
    off = np.zeros(size, bool)

    def log_count(parents: np.ndarray, shock: np.ndarray, switched: np.ndarray) -> np.ndarray:
        counts = level[parents] + shock[:, 0] + 0.2 * np.tanh(shock[:, 1])
        return np.where(switched, 0.0, counts)[:, None]

    first = Tried(np.arange(size), rng.standard_t(TAILS, (size, 2)) * 0.4, off, np.empty((size, 1)))
    tried = first._replace(log_counts=log_count(first.parents, first.shock, off))
    now, proposals, runs = Now(motion, off, PRIOR), [], [tried]
    for _ in range(rounds):
        linear = linear_model(together(runs[1:] or runs), level[:, None], np.array([target]))
        proposals.append(proposal(linear, np.array([target]), np.array([NOISE]), now))
        drawn = proposals[-1].draw(rng)
        runs.append(Tried(*drawn, log_count(*drawn)))
    all_runs = together(runs[1:])
    made = Children(*all_runs[:3])
    weights = np.exp(log_weights(proposals, made)) * stats.norm.pdf(target, all_runs.log_counts[:, 0], NOISE)

    def likelihood(a: float) -> float:
        spread = np.sqrt(0.3**2 + NOISE**2)
        z = (target - 6.0 - a - 0.2 * np.tanh(0.4 * _QUANTILES)) / spread
        return float(np.exp(-0.5 * z**2).mean() / (spread * np.sqrt(2 * np.pi)))

    def joint(a: float) -> float:
        return likelihood(a) * float(stats.t.pdf(a / 0.4, TAILS)) / 0.4

    exact = integrate.quad(joint, -8, 12, limit=200, points=[0, target - 6])[0]
    mean = integrate.quad(lambda a: a * joint(a), -8, 12, limit=200, points=[0, target - 6])[0] / exact
    assert weights.mean() == pytest.approx(exact * 0.97, rel=0.06)  # it stays on with probability 0.97
    on = ~made.off
    assert np.average(made.shock[on, 0], weights=weights[on]) == pytest.approx(mean, abs=0.05)
    assert weights.sum() ** 2 / (weights**2).sum() > 0.2 * size * rounds


_QUANTILES = stats.t.ppf((np.arange(200) + 0.5) / 200, TAILS)  # of the second shock, over its scale


def test_systematic_resampling_takes_each_as_often_as_its_weight_says() -> None:
    weights = np.array([0.5, 0.25, 0.125, 0.125])
    counts = np.bincount(systematic(weights, 800, np.random.default_rng(8)), minlength=4)
    assert counts.tolist() == pytest.approx([400, 200, 100, 100], abs=1)
