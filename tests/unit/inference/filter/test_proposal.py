"""Proposals: whatever they are, weighted particles have the mean and the evidence of exact integration."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import integrate, stats

from sim.inference.filter.experiment import PosturePrior
from sim.inference.filter.posture_process import TAILS, Motion
from sim.inference.filter.proposal import (
    Children,
    Linear,
    Now,
    Proposal,
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


def few(size: int = 4) -> Now:
    """Particles of two coordinates that all move differently; the second was off."""
    of = np.arange(1.0, size + 1)[:, None] * [[0.2, 0.3]]
    motion = Motion(of, of, of, np.zeros((size, 2, 2)), 1)
    return Now(motion, np.arange(size) == 1, PRIOR)


def test_the_density_of_the_process_is_that_of_shock_and_regime_and_of_any_particle() -> None:
    now = few()
    made = Children(np.array([1, 3, 1]), np.array([[0.1, -0.2], [0.5, 1.0], [0.0, 0.3]]), np.array([True, True, False]))
    scales = np.array([[0.4, 0.6], [0.8, 1.2], [0.4, 0.6]])
    regime = np.log([1 - 0.33, 0.03, 0.33])
    exact = stats.t.logpdf(made.shock, TAILS, scale=scales).sum(axis=1) + regime - np.log(4)
    assert now.log_process(made) == pytest.approx(exact)


def test_runs_of_several_rounds_are_one_in_their_order() -> None:
    one = Tried(np.array([0, 1]), np.zeros((2, 2)), np.array([True, False]), np.ones((2, 3)))
    both = together([one, one._replace(parents=np.array([5, 6]), off=np.array([True, True]))])
    assert both.parents.tolist() == [0, 1, 5, 6]
    assert both.off.tolist() == [True, False, True, True]
    assert (both.shock.shape, both.log_counts.shape) == ((4, 2), (4, 3))


def fitted(tried: Tried, features: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The ridge regression of counts on shocks and features, as ordinary least squares of a longer table."""
    apart = (tried.log_counts - target) / np.maximum(2 * tried.log_counts.std(axis=0), 0.3)
    weight = np.exp(-np.minimum((apart**2).sum(axis=1), 12) / 2) + 1e-3
    columns = np.column_stack([tried.shock, features[tried.parents]])
    centre = (weight @ columns) / weight.sum()
    x = np.column_stack([np.ones(len(columns)), columns - centre]) * np.sqrt(weight)[:, None]
    ridge = np.diag([1e-9, *[weight.mean() / 2] * columns.shape[1]])
    long, right = np.vstack([x, np.sqrt(ridge)]), tried.log_counts * np.sqrt(weight)[:, None]
    found = np.linalg.lstsq(long, np.vstack([right, np.zeros((len(ridge), right.shape[1]))]), rcond=None)[0]
    left = right / np.sqrt(weight)[:, None] - x @ found / np.sqrt(weight)[:, None]
    return found, (weight @ left**2) / weight.sum(), centre


@pytest.mark.parametrize("spread", [0.02, 1.0, 30.0])  # all alike, as usual, and so far off that weights are equal
def test_the_linear_model_is_a_ridge_regression_of_those_that_are_on(spread: float) -> None:
    rng = np.random.default_rng(3)
    features = rng.normal(5, 1, (6, 1))
    off = np.arange(40) % 8 == 0
    tried = Tried(rng.integers(0, 5, 40), rng.normal(size=(40, 2)), off, spread * rng.normal(size=(40, 2)))
    tried.log_counts[off] = 99.0  # what those say that are off is not used
    target = np.array([0.2, -0.1])
    linear = linear_model(tried, features, target)
    on = Tried(*(part[~off] for part in tried))
    coefficients, variance, centre = fitted(on, features, target)
    assert linear.slopes == pytest.approx(coefficients[1:3].T, abs=1e-9)
    assert linear.variance == pytest.approx(variance)
    for n in range(5):  # the mean of what a particle's own runs counted beyond their shocks
        own = on.parents == n
        exact = (on.log_counts[own] - on.shock[own] @ coefficients[1:3]).mean(axis=0)
        assert linear.level[n] == pytest.approx(exact, abs=1e-9)
    still = np.array([1.0, *(np.array([0.0, 0.0, features[5, 0]]) - centre)])  # it never ran
    assert linear.level[5] == pytest.approx(still @ coefficients, abs=1e-9)


def test_where_fewer_than_two_are_on_all_runs_tell() -> None:
    rng = np.random.default_rng(4)
    tried = Tried(np.arange(6), rng.normal(size=(6, 2)), np.arange(6) > 0, rng.normal(size=(6, 1)))
    features, target = np.zeros((6, 1)), np.array([0.0])
    all_on = linear_model(tried._replace(off=np.zeros(6, bool)), features, target)
    assert np.array_equal(linear_model(tried, features, target).slopes, all_on.slopes)
    two = tried._replace(off=np.arange(6) > 1)
    own = linear_model(Tried(*(part[:2] for part in tried))._replace(off=np.zeros(2, bool)), features, target)
    assert linear_model(two, features, target).slopes == pytest.approx(own.slopes)


def test_a_proposal_is_the_update_of_a_kalman_filter() -> None:
    now = few()
    slopes = np.array([[1.0, 0.5], [-0.3, 2.0]])
    level = np.array([[4.0, 5.0], [4.5, 5.2], [3.0, 6.0], [4.1, 5.1]])
    target, dispersion = np.array([5.0, -1.0]), np.array([0.2, 0.4])
    found = proposal(Linear(slopes, level, np.array([0.3, 7.0])), target, dispersion, now)
    noise = np.diag([0.04 + np.exp(-5.0) + 0.06, 0.16 + 1.0 + 0.2])
    logs = []
    for n in range(4):
        prior = np.diag((1.5 * now.motion.scale[n]) ** 2)
        total = slopes @ prior @ slopes.T + noise
        gain = prior @ slopes.T @ np.linalg.inv(total)
        assert found.mean[n] == pytest.approx(gain @ (target - level[n]))
        left = (np.eye(2) - gain @ slopes) @ prior
        assert found.root[n] @ found.root[n].T == pytest.approx(left + 1e-5 * np.eye(2))
        assert found.root[n, 0, 1] == 0.0
        logs.append(0.8 * stats.multivariate_t(target * 0, total, 5).logpdf(target - level[n]))
    share = np.exp(logs) / np.exp(logs).sum()
    assert found.chance == pytest.approx(0.9 * share + 0.1 / 4)
    assert found.now is now


def certain(size: int) -> Proposal:
    """A proposal that chooses the first particle three times as often as others, with a mean far from the process."""
    motion = Motion(*[np.full((size, 2), 0.5)] * 2, np.full((size, 2), 0.25), np.zeros((size, 2, 2)), 1)
    chance = np.ones(size)
    chance[0] = 3.0
    mean = np.tile([100.0, -50.0], (size, 1))
    mean[0] += 7.0
    root = np.tile([[2.0, 0.0], [1.0, 0.5]], (size, 1, 1))
    return Proposal(Now(motion, np.zeros(size, bool), PRIOR), chance / chance.sum(), mean, root)


def test_children_are_guided_or_of_the_process_or_off_as_often_as_said() -> None:
    size = 40_000
    made = certain(size).draw(np.random.default_rng(5))
    assert (made.parents == 0).sum() == pytest.approx(3, abs=1)
    assert (np.diff(made.parents) < 0).any()  # in no order
    guided = made.shock[:, 0] > 40
    assert made.off.mean() == pytest.approx(0.08, abs=0.005)
    assert not (guided & made.off).any()
    assert guided.mean() == pytest.approx(0.92 * 0.9, abs=0.006)
    process = made.shock[~guided]
    assert np.quantile(process, [0.1, 0.9], axis=0) == pytest.approx(
        np.tile(0.25 * stats.t.ppf([[0.1], [0.9]], TAILS), 2), abs=0.02
    )
    own = guided & (made.parents != 0)
    off_by = np.linalg.solve([[2.0, 0.0], [1.0, 0.5]], (made.shock[own] - [100.0, -50.0]).T) / 1.1
    assert np.quantile(off_by, [0.1, 0.5, 0.9], axis=1) == pytest.approx(
        np.tile(stats.t.ppf([[0.1], [0.5], [0.9]], 5), 2), abs=0.04
    )
    first = guided & (made.parents == 0)
    assert np.abs(made.shock[first] - [107.0, -43.0]).max() < 40


def test_the_density_of_children_is_that_of_the_law_they_are_drawn_from() -> None:
    one = certain(4)
    made = Children(np.array([0, 2, 3]), np.array([[106.0, -44.0], [0.2, 0.1], [99.0, -50.0]]), np.arange(3) == 1)
    process = stats.t.pdf(made.shock, TAILS, scale=0.25).prod(axis=1)
    scaled = np.linalg.solve([[2.0, 0.0], [1.0, 0.5]], (made.shock - one.mean[made.parents]).T).T / 1.1
    guided = stats.t.pdf(scaled, 5).prod(axis=1) / (2.0 * 0.5 * 1.1**2)
    on = 0.92 * (0.9 * guided + 0.1 * process)
    chance = np.array([3.0, 1.0, 1.0]) / 6
    densities = np.where(made.off, 0.08 * process, on) * chance
    assert one.log_density(made) == pytest.approx(np.log(densities))
    other = Proposal(one.now, np.full(4, 0.25), one.mean + 1.0, one.root)
    mixture = (np.exp(other.log_density(made)) + densities) / 2
    assert log_weights([one, other], made) == pytest.approx(one.now.log_process(made) - np.log(mixture))


def test_systematic_resampling_goes_through_the_weights_in_equal_steps() -> None:
    rng = SimpleNamespace(random=lambda: 0.5)
    weights = np.array([0.1, 0.6, 0.05, 0.25])
    assert systematic(weights, 4, rng).tolist() == [1, 1, 1, 3]  # type: ignore[arg-type]
    assert systematic(weights, 10, rng).tolist() == [0, 1, 1, 1, 1, 1, 1, 2, 3, 3]  # type: ignore[arg-type]
    assert systematic(weights * 0.9, 10, rng).tolist()[-2:] == [3, 3]  # type: ignore[arg-type]
