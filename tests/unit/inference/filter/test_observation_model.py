"""The probability of a figure: nearer is likelier, sums add up, and what is unknown is learnt."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

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


def test_the_prior_of_the_dispersion_falls_off_exponentially() -> None:
    found = om.prior_of_dispersion(3, 2)
    assert found.shape == (3, 2, 6)
    assert found[2, 1] == pytest.approx([-0.1 / 0.12, -1.25, -0.2 / 0.12, -2.5, -3.75, -0.7 / 0.12])


def test_what_is_counted_is_the_share_of_the_days_of_the_figure_and_half_an_event_at_least() -> None:
    daily = np.zeros((2, 2, 6))
    daily[0, 1] = [1, 10, 100, 1000, 10_000, 100_000]
    found = om.counted(daily, figure(1.0, days=np.array([1, 2, 4])), 1, 0.5)
    assert found.tolist() == [(10 + 100 + 10_000) / 2, 0.5]


def density(value: float, low: float, high: float, count: float) -> np.ndarray:
    """The density in the middle of the interval of the logarithm times its width, by g."""
    scale = np.sqrt(om.GRID**2 + 1 / max(count, value))
    below, above = np.log(low / count) / scale, np.log(high / count) / scale
    return np.asarray(stats.t.logpdf((below + above) / 2, 6) + np.log(above - below))


@pytest.mark.parametrize("count", [30.0, 400.0])
def test_a_density_is_that_of_the_middle_times_the_width(count: float) -> None:
    counts = np.array([count])
    wide = om.log_density(figure(100.0, low=80.0, high=130.0), counts)
    assert wide == pytest.approx(density(100.0, 80.0, 130.25, count)[None])
    exact = om.log_density(figure(100.0), counts)
    assert exact == pytest.approx(density(100.0, 98.0, 102.25, count)[None])
    none = om.log_density(figure(0.0), counts)
    assert none == pytest.approx(density(0.0, 0.25, 0.5, count)[None])
    tail = om.log_density(figure(100.0, low=90.0, high=np.inf, at_least=True), counts)
    scale = np.sqrt(om.GRID**2 + 1 / max(count, 100.0))
    assert tail == pytest.approx(stats.t.logsf(np.log(90.0 / count) / scale, 6)[None])
    assert om.log_density(figure(100.0, at_least=True), counts) == pytest.approx(
        stats.t.logsf(np.log(98.0 / count) / scale, 6)[None]
    )


def test_evidence_is_the_density_with_the_dispersion_summed_out_and_teaches_its_own_series_alone() -> None:
    daily = np.zeros((2, 2, 60))
    daily[:, 1, :30] = np.array([[2.0], [6.0]])
    dispersion = om.prior_of_dispersion(2, 2)
    gained, updated = om.evidence([figure(50.0)], daily, dispersion, {"poland": 1}, {"poland": 0.5})
    weights = np.exp(-om.GRID / 0.12)
    for n, count in enumerate((30.0, 90.0)):
        by_g = density(50.0, 49.0, 51.25, count)
        assert gained[n] == pytest.approx(np.log((weights * np.exp(by_g)).sum() / weights.sum()))
        assert updated[n, 1] == pytest.approx(-om.GRID / 0.12 + by_g)
    assert np.array_equal(updated[:, 0], dispersion[:, 0])
    assert np.array_equal(dispersion, om.prior_of_dispersion(2, 2))


def test_figures_of_several_series_gain_together() -> None:
    daily = np.full((1, 2, 60), 3.0)
    both = [figure(50.0), figure(70.0, series="latvia")]
    numbers, shares = {"poland": 0, "latvia": 1}, {"poland": 1.0, "latvia": 1.0}
    start = om.prior_of_dispersion(1, 2)
    alone = [om.evidence([one], daily, start, numbers, shares)[0][0] for one in both]
    assert om.evidence(both, daily, start, numbers, shares)[0] == pytest.approx([sum(alone)])
    assert om.evidence([], daily, start, numbers, shares)[0].tolist() == [0.0]


def test_values_of_the_dispersion_are_drawn_as_often_as_their_weights_say() -> None:
    logs = np.tile(np.log([0.5, 0.0, 0.2, 0.2, 0.05, 0.05], where=[True, False, *[True] * 4], out=np.full(6, -np.inf)),
                   (40_000, 1))  # fmt: skip
    drawn = om.drawn_dispersion(logs + 3.0, np.random.default_rng(2))
    shares = np.bincount(drawn, minlength=6) / 40_000
    assert shares == pytest.approx([0.5, 0, 0.2, 0.2, 0.05, 0.05], abs=0.01)


def test_drawn_figures_are_whole_and_scatter_with_the_counting_noise_too() -> None:
    rng = np.random.default_rng(9)
    drawn = om.draw_given(np.full(50_000, 25.0), np.full(50_000, 0.15), rng)
    assert np.array_equal(drawn, np.round(drawn))
    found = np.quantile(np.log(drawn / 25.0), [0.1, 0.9])
    assert found == pytest.approx(stats.t.ppf([0.1, 0.9], 6) * np.sqrt(0.15**2 + 1 / 25), abs=0.03)


def test_the_mean_dispersion_is_over_the_weights_of_each_particle_and_then_over_particles() -> None:
    logs = np.full((2, 2, 6), -np.inf)
    logs[0, 0, 0] = logs[1, 0, 5] = 4.0
    logs[:, 1, 1:3] = np.log([1.0, 3.0])
    assert om.mean_dispersion(logs) == pytest.approx([(0.1 + 0.7) / 2, (0.15 + 3 * 0.2) / 4])
