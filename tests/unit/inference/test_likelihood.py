"""The observation model: probabilities of intervals, and counts drawn from it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.inference.calibration_experiment import CalibrationExperiment
from sim.inference.likelihood import Likelihood, _interval, _log_normal, draw_counts
from sim.inference.observations import Row
from sim.inference.outcome_figures import Target

DAY = date(2025, 10, 1)
EXPERIMENT = CalibrationExperiment.model_validate(
    {
        "kind": "calibration",
        "title": "t",
        "scenario": "minsk-2021",
        "parameters": {"a": {"title": "a", "paths": ["behaviour.retry"], "prior": {"uniform": [1.0, 9.0]}}},
        "series": {"s": {"observed": "s.csv", "counted": "events"}},
        "over_dispersion": [0.1, 0.3],
    }
)


def row(value: float | None, low: float | None = None, high: float | None = None) -> Row:
    return Row("s", DAY, DAY, value, low, high, DAY, {})


@given(
    mean=st.floats(0.6, 5000),
    g=st.floats(0.02, 1.5),
    ends=st.tuples(st.integers(0, 6000), st.integers(0, 6000)).map(sorted),
)
def test_the_probability_of_an_interval_is_the_negative_binomials(mean: float, g: float, ends: list[int]) -> None:
    low, high = ends
    size = 1 / g**2
    law = stats.nbinom(size, size / (size + mean))
    expected = law.cdf(high) - law.cdf(low - 1)
    found = _interval(np.array([[mean]]), g, np.array([float(low)]), np.array([float(high)]))
    assert found[0, 0] == pytest.approx(expected, abs=1e-9)


@given(mean=st.floats(1, 5000), g=st.floats(0.05, 1), low=st.integers(0, 4000), wider=st.integers(0, 500))
def test_a_wider_interval_is_never_less_likely(mean: float, g: float, low: int, wider: int) -> None:
    def chance(a: float, b: float) -> float:
        return float(_interval(np.array([[mean]]), g, np.array([a]), np.array([b]))[0, 0])

    assert chance(max(low - wider, 0), low + 10 + wider) >= chance(low, low + 10) - 1e-12


def test_a_count_certainly_lies_somewhere() -> None:
    everything = _interval(np.array([[3.0], [900.0]]), 0.4, np.array([0.0]), np.array([np.inf]))
    assert everything == pytest.approx(np.ones((2, 1)))


def test_counts_that_are_drawn_have_the_stated_mean_and_variance() -> None:
    rng = np.random.default_rng(1)
    counts = draw_counts(np.full(200_000, 400.0), np.full(200_000, 0.3), rng)
    assert counts.mean() == pytest.approx(400, rel=0.01)
    assert counts.var() == pytest.approx(400 + (0.3 * 400) ** 2, rel=0.03)


def test_the_best_mean_is_near_the_figure_and_the_rounded_figure_says_less() -> None:
    exact, rounded = Likelihood(EXPERIMENT, [row(1000)]), Likelihood(EXPERIMENT, [row(1000, 950, 1050)])
    means = np.linspace(500, 2000, 301)[:, None]
    best = [means[one.marginal(one.of_counts(means)).argmax(), 0] for one in (exact, rounded)]
    assert best == pytest.approx([1000, 1000], rel=0.06)
    assert (rounded.of_counts(means) > exact.of_counts(means)).all()


def test_a_lower_bound_rules_out_only_what_lies_below() -> None:
    bound = Likelihood(EXPERIMENT, [row(1000, 1000)])
    low, high, higher = bound.of_counts(np.array([[100.0], [3000.0], [30000.0]]))[:, 0]
    assert low < high - 5
    assert high == pytest.approx(higher, abs=1e-3)


def test_emulated_logs_agree_with_counts_where_the_emulator_is_sure() -> None:
    one = Likelihood(EXPERIMENT, [row(800, 700, 900)])
    means = np.array([[500.0], [800.0], [1200.0]])
    assert one.of_logs(np.log(means), np.zeros((3, 1))) == pytest.approx(one.of_counts(means), abs=1.2)


@given(st.floats(1, 1e5), st.floats(1, 1e5))
def test_nothing_is_implausible_within_the_interval(low: float, more: float) -> None:
    one = Likelihood(EXPERIMENT, [row(None, low, low + more)])
    inside = np.log(np.array([[low], [low + more / 2], [low + more]]))
    assert one.implausibility(inside, np.zeros((3, 1))) == pytest.approx(np.zeros((3, 1)), abs=1e-6)


WIDE = CalibrationExperiment.model_validate(
    {
        **EXPERIMENT.model_dump(by_alias=True, exclude={"parameters", "series"}, exclude_none=True),
        "parameters": {"a": {"title": "a", "paths": ["behaviour.retry"], "prior": {"uniform": [1.0, 9.0]}}},
        "series": {
            "s": {"observed": "s.csv", "counted": "events"},
            "half": {"observed": "h.csv", "counted": "events", "share": 0.5, "rounding": 10},
        },
    }
)
HALF = row(40)._replace(series="half")
VALUE = Target("x", DAY, DAY, 12.0, None, None, 2.0)
RANGE = Target("y", DAY, DAY, None, 3.0, 9.0, 2.0)
ROWS = [HALF, row(None, 20.4, 60.7), VALUE, row(1000, 1000), RANGE]
MIXED = Likelihood(WIDE, ROWS)


def test_a_row_has_its_interval_share_and_error() -> None:
    assert MIXED.low.tolist() == [30, 20.4, 12, 1000, 3]
    assert MIXED.high.tolist() == [50, 60.7, 12, np.inf, 9]
    assert MIXED.is_count.tolist() == [True, True, False, True, False]
    assert MIXED.error.tolist() == [1, 1, 2, 1, 2]
    assert MIXED.share.tolist() == [0.5, 1, 1, 1, 1]
    assert MIXED.grid.tolist() == [0.1, 0.3]


def test_expected_counts_are_the_share_of_the_models_and_half_an_event_at_least() -> None:
    counts = np.array([[100.0, 0.2, 0.2, 0.0, -3.0], [0.8, 7.0, 8.0, 0.5, 4.0]])
    assert MIXED.means(counts).tolist() == [[50, 0.5, 0.2, 0.5, -3], [0.5, 7, 8, 0.5, 4]]
    logs = [[np.log(50), np.log(0.5), 0.1, np.log(0.5), -1.5], [np.log(0.5), np.log(7), 4, np.log(0.5), 2]]
    assert MIXED.emulated(counts) == pytest.approx(np.array(logs))


def log_chances(runs: np.ndarray, g: float) -> np.ndarray:
    """Of each run and row of `ROWS`, by the laws of scipy."""
    size = 1 / g**2
    found = []
    for half, some, value, bound, between in runs:
        laws = [stats.nbinom(size, size / (size + max(mean, 0.5))) for mean in (half / 2, some, bound)]
        normal = stats.norm(between, 2)
        chances = [laws[0].cdf(50) - laws[0].cdf(29), laws[1].cdf(60) - laws[1].cdf(20), laws[2].sf(999)]
        logs = np.log(np.maximum(chances, 1e-12))
        inside = np.log(normal.cdf(9) - normal.cdf(3))
        found.append([logs[0], logs[1], -((value - 12) ** 2) / 8, logs[2], inside])
    return np.array(found)


RUNS = np.array([[80.0, 45.0, 12.0, 1500.0, 5.0], [10.0, 200.0, 16.0, 700.0, 15.0], [900.0, 0.0, -2.0, 2.0, -4.0]])


def test_the_log_likelihood_of_rows_is_that_of_negative_binomials_and_normals() -> None:
    tables = [log_chances(RUNS, g) for g in (0.1, 0.3)]
    assert MIXED.of_counts(RUNS) == pytest.approx(np.stack([table.sum(axis=1) for table in tables], axis=1), rel=1e-6)
    each = MIXED.of_each(MIXED.means(RUNS), np.array([0.3, 0.1, 0.3]))
    assert each == pytest.approx(np.array([tables[1][0], tables[0][1], tables[1][2]]), rel=1e-6)


def test_the_over_dispersion_is_summed_out_with_equal_chances() -> None:
    logs = np.log([[0.2, 0.4], [1e-300, 1e-300]])
    assert MIXED.marginal(logs) == pytest.approx(np.log([0.3, 1e-300]))


def chance(mean: float, g: float, low: float, high: float) -> float:
    return float(_interval(np.array([[mean]]), g, np.array([low]), np.array([high]))[0, 0])


def test_an_interval_has_the_whole_counts_within_it() -> None:
    law = stats.nbinom(25, 25 / (25 + 4.0))
    assert chance(4.0, 0.2, 0.0, 0.0) == pytest.approx(law.pmf(0))
    assert chance(4.0, 0.2, 3.0, 3.0) == pytest.approx(law.pmf(3))
    assert chance(4.0, 0.2, 2.5, 3.5) == pytest.approx(law.pmf(3))
    assert chance(4.0, 0.2, 3.0 + 1e-10, 4.0 - 1e-10) == pytest.approx(law.pmf(3) + law.pmf(4))
    assert chance(4.0, 0.2, 2.2, 2.8) == 0.0
    assert chance(4.0, 0.2, 1.0, np.inf) == pytest.approx(1 - law.pmf(0))


def test_without_over_dispersion_counts_are_poissons() -> None:
    law = stats.poisson(4.0)
    assert chance(4.0, 0.0, 2.0, 6.0) == pytest.approx(law.cdf(6) - law.cdf(1))
    assert chance(4.0, 0.0, 0.0, 0.0) == pytest.approx(np.exp(-4.0))
    assert chance(4.0, 0.0, 1.0, 1.0) == pytest.approx(4 * np.exp(-4.0))


@pytest.mark.parametrize("spread", [1.0, 0.5, 4.0])
@pytest.mark.parametrize(("low", "high"), [(-1.0, 2.0), (0.5, 0.7), (-np.inf, 1.0), (2.0, np.inf), (30.0, 31.0)])
@pytest.mark.parametrize("value", [0.0, 1.5, -3.0])
def test_the_log_probability_of_a_normal_interval_keeps_its_digits(
    value: float, low: float, high: float, spread: float
) -> None:
    law = stats.norm(value, spread)
    if low > value:
        expected = law.logsf(low) + np.log1p(-np.exp(law.logsf(high) - law.logsf(low)))
    else:
        expected = law.logcdf(high) + np.log1p(-np.exp(law.logcdf(low) - law.logcdf(high)))
    for sign in (1.0, -1.0):
        ends = (low, high) if sign > 0 else (-high, -low)
        found = _log_normal(np.array([[sign * value]]), spread, np.array([ends[0]]), np.array([ends[1]]))
        assert found[0, 0] == pytest.approx(expected, rel=1e-9)


def test_a_value_has_the_density_of_its_distance_in_spreads() -> None:
    point = np.array([3.0, 3.0])
    found = _log_normal(np.array([[5.0, 3.0]]), np.array([[2.0, 0.5]]), point, np.array([3.0, 3.0 + 5e-7]))
    assert found == pytest.approx(np.array([[-0.5 - np.log(2), np.log(2)]]))


def of_logs_by_hand(mean: float, sd: float, g: float, low: float, high: float) -> float:
    """The count as log-normal: counting, over-dispersion and the emulator together make its spread."""
    law = stats.norm(mean, np.sqrt(np.log(1 + g**2) + 1 / max(np.exp(mean), 0.5) + sd**2))
    lowest = -np.inf if low <= 0 else np.log(low - 0.5)
    highest = np.log(high + 0.5)
    between = law.sf(lowest) - law.sf(highest) if lowest < mean else law.cdf(highest) - law.cdf(lowest)
    return float(np.log(max(between, 1e-12)))


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 4.0), (1.0, 4.0), (0.0, 0.0), (30.0, 50.0), (200.0, 200.0), (800.0, np.inf)]
)
def test_a_count_known_to_an_emulator_is_log_normal_with_all_its_uncertainties(low: float, high: float) -> None:
    one = Likelihood(WIDE, [row(None, low, high if np.isfinite(high) else None)])
    means, sds = np.array([-2.0, 0.3, 3.5, 5.0, 7.0, 12.0]), np.array([0.0, 0.5, 0.2, 1.0, 0.1, 0.4])
    found = one.of_logs(means[:, None], sds[:, None])
    expected = [[of_logs_by_hand(m, s, g, low, high) for g in (0.1, 0.3)] for m, s in zip(means, sds, strict=True)]
    assert found == pytest.approx(np.array(expected), rel=1e-6, abs=1e-9)


def test_rows_known_to_an_emulator_add_up_and_an_outcome_is_normal_with_both_spreads() -> None:
    mean, sd = np.array([[3.6, 3.7, 8.0, 7.0, 1.0]]), np.array([[0.1, 0.2, 2.0, 0.3, 0.75]])
    value = -((8.0 - 6.0) ** 2) / 5 / 2 - np.log(5) / 2
    law = stats.norm(1.0, 1.25)
    outcomes = value + np.log(law.cdf(4.5) - law.cdf(1.5))
    ends = [(30, 50), (20.4, 60.7), (1000, np.inf)]
    for k, g in enumerate((0.1, 0.3)):
        counts = sum(
            of_logs_by_hand(mean[0, j], sd[0, j], g, *ends[n]) for n, j in enumerate(np.flatnonzero(MIXED.is_count))
        )
        assert MIXED.of_logs(mean, sd)[0, k] == pytest.approx(counts + outcomes)


def test_implausibility_is_the_distance_to_the_interval_in_deviations_of_all_that_is_uncertain() -> None:
    mean = np.array([[np.log(10), np.log(100), 7.0, np.log(2000), 0.5], [np.log(80), np.log(5), 4.5, -3.0, 5.0]])
    sd = np.array([[0.0, 0.2, 0.0, 0.1, 0.0], [0.3, 0.0, 2.0, 0.0, 1.0]])
    model = np.log(1.09)
    expected = [
        [np.log(3) / np.sqrt(0.1 + model), np.log(100 / 60.7) / np.sqrt(0.04 + 0.01 + model), 1.0, 0.0, 1.0],
        [
            np.log(80 / 50) / np.sqrt(0.09 + 1 / 80 + model),
            np.log(20.4 / 5) / np.sqrt(0.2 + model),
            1.5 / np.sqrt(5),
            (np.log(1000) + 3) / np.sqrt(2 + model),  # of less than half an event the chance is that of half a one
            0.5 / np.sqrt(2),
        ],
    ]
    assert MIXED.implausibility(mean, sd) == pytest.approx(np.array(expected))


def test_a_figure_of_half_an_event_or_less_is_never_too_many_for_a_run_with_fewer() -> None:
    one = Likelihood(WIDE, [row(0), row(None, 0.5, 3), row(None, 0.6, 3)])
    found = one.implausibility(np.full((1, 3), -4.0), np.zeros((1, 3)))[0]
    assert found[:2].tolist() == [0, 0]
    assert found[2] == pytest.approx((np.log(0.6) + 4) / np.sqrt(2 + np.log(1.09)))
    assert one.implausibility(np.array([[0.0, 0.0, 0.0]]), np.zeros((1, 3)))[0, 0] == pytest.approx(
        np.log(2) / np.sqrt(1 + np.log(1.09))
    )


def test_figures_are_drawn_with_the_dispersion_of_their_run_and_outcomes_with_their_error() -> None:
    mean = np.tile([[400.0, 50.0, 12.0, 900.0, -5.0]], (40_000, 1))
    g = np.repeat([0.1, 0.3], 20_000)
    drawn = MIXED.drawn(mean, g, np.random.default_rng(1))
    for part, own in ((drawn[:20_000], 0.1), (drawn[20_000:], 0.3)):
        assert part.mean(axis=0) == pytest.approx([400, 50, 12, 900, -5], rel=0.015)
        variances = [400 + (400 * own) ** 2, 50 + (50 * own) ** 2, 4, 900 + (900 * own) ** 2, 4]
        assert part.var(axis=0) == pytest.approx(variances, rel=0.06)
    assert (mean[0] == [400, 50, 12, 900, -5]).all(), "what is expected stays as it is"


def test_without_over_dispersion_counts_are_drawn_as_poissons() -> None:
    counts = draw_counts(np.full(100_000, 9.0), np.zeros(100_000), np.random.default_rng(1))
    assert counts.mean() == pytest.approx(9, rel=0.01)
    assert counts.var() == pytest.approx(9, rel=0.02)
