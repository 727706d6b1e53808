"""The probability of a figure: nearer is likelier, sums add up, and what is unknown is learnt."""

from __future__ import annotations

import numpy as np
import pytest

from sim.inference.filter import observation_model as om
from sim.inference.filter.record import Figure


def figure(value: float, **changes: object) -> Figure:
    plain = Figure("poland", np.arange(30), value, value, value, False, 31)
    return plain._replace(**changes)  # type: ignore[arg-type]


def test_a_nearer_count_is_likelier_at_any_distance() -> None:
    counts = np.array([0.5, 10.0, 100.0, 500.0, 900.0, 1000.0])
    logs = om.log_density(figure(1000.0), counts)
    assert (np.diff(logs, axis=0) > 0).all()


def test_more_than_is_satisfied_by_whatever_is_more() -> None:
    logs = om.log_density(figure(1000.0, high=np.inf, at_least=True), np.array([10.0, 1000.0, 5000.0, 1e6]))
    assert (np.diff(logs, axis=0) > 0).all()
    assert np.exp(logs[-1]) == pytest.approx(1.0, abs=1e-3)


def test_the_order_of_figures_does_not_matter() -> None:
    rng = np.random.default_rng(5)
    daily = rng.uniform(1, 60, (50, 1, 90))
    both = [figure(900.0), figure(1500.0, days=np.arange(30, 60))]
    start = om.prior_of_dispersion(50, 1)
    found = []
    for order in (both, both[::-1]):
        total, dispersion = np.zeros(50), start
        for one in order:
            gained, dispersion = om.evidence([one], daily, dispersion, {"poland": 0}, {"poland": 1.0})
            total = total + gained
        found.append((total, dispersion))
    together, _ = om.evidence(both, daily, start, {"poland": 0}, {"poland": 1.0})
    assert found[0][0] == pytest.approx(found[1][0])
    assert found[0][0] == pytest.approx(together)


def test_dispersion_is_learnt_from_misses() -> None:
    dispersion = om.prior_of_dispersion(1, 1)
    before = om.mean_dispersion(dispersion)[0]
    for ratio in (0.5, 2.0, 0.6, 1.8, 0.4, 2.2):
        daily = np.full((1, 1, 30), 1000.0 * ratio / 30)
        _, dispersion = om.evidence([figure(1000.0)], daily, dispersion, {"poland": 0}, {"poland": 1.0})
    assert om.mean_dispersion(dispersion)[0] > 2 * before


def test_a_drawn_figure_scatters_as_the_model_says() -> None:
    rng = np.random.default_rng(6)
    dispersion = np.full((100_000, len(om.GRID)), -np.inf)
    dispersion[:, 3] = 0.0
    drawn = np.log(om.draw(np.full(100_000, 1e4), dispersion, rng)) - np.log(1e4)
    low, high = np.quantile(drawn, [0.25, 0.75])
    assert high - low == pytest.approx(2 * 0.718 * om.GRID[3], rel=0.03)  # quartiles of t with 6 degrees of freedom


def test_a_figure_of_none_favours_runs_that_counted_few() -> None:
    few, many = om.log_density(figure(0.0), np.array([0.5, 200.0]))
    assert np.isfinite(few).all() and np.isfinite(many).all()
    assert (few > many).all()
