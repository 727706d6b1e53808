"""Keyed random numbers: uniform, and without shifts or correlations between keys, streams, occasions and seeds."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.engine import streams
from sim.engine.rows import AT_BORDER
from sim.engine.streams import CLAIM, LAYOVER, bits, draw, fill_keys, happens, lag, mix, name_key, seed_of, stream
from tests.strategies import finished, tiny_scenario

STREAMS = range(LAYOVER + 1)
OCCASIONS = (0, 1, 2, 3, 59, 500, 1000, 65_535)
N = 2_000
# Seeds are fixed, so that a test passes always or never; a true generator would fail one in ten thousand such tests.
ALPHA = 1e-4
NAME_KEY = 15289743428621006001
Draws = npt.NDArray[np.float64]


def keys(seed: int, n: int = N, cohort: str = "iraqis") -> npt.NDArray[np.uint64]:
    """Keys of a cohort, in their order of numbering."""
    found = np.empty(n, np.uint64)
    fill_keys(found, name_key(seed, "cohort", cohort))
    return found


def draws(of: npt.NDArray[np.uint64], stream: int, occasion: int) -> Draws:
    """One draw for each key."""
    return np.array([draw(key, stream, occasion) for key in of])


@pytest.fixture(scope="module")
def table() -> Draws:
    """Draws by stream and key, at occasion 0."""
    return np.array([draws(keys(1), stream, 0) for stream in STREAMS])


@pytest.fixture(scope="module")
def over_occasions() -> Draws:
    """Draws by key and occasion, for 6 keys in 2 streams."""
    return np.array([[draw(key, s, n) for n in range(N)] for key in keys(1, 6) for s in (0, 8)])


def largest_correlation(rows: Draws) -> float:
    """Largest correlation of two rows, in standard errors."""
    return float(np.abs(np.corrcoef(rows) - np.eye(len(rows))).max()) * math.sqrt(rows.shape[1])


def largest_shifted_correlation(a: Draws, b: Draws) -> float:
    """Largest circular cross-correlation at any shift, in standard errors."""
    a, b = (a - a.mean()) / a.std(), (b - b.mean()) / b.std()
    product = np.fft.irfft(np.fft.rfft(a) * np.conj(np.fft.rfft(b)), len(a))
    return float(np.abs(product).max() / math.sqrt(len(a)))


def limit(comparisons: int) -> float:
    """Standard errors that the largest of so many independent correlations exceeds with probability ALPHA."""
    return float(stats.norm.isf(ALPHA / comparisons / 2))


def test_mix_is_splitmix64() -> None:
    """The first three numbers of the published generator from the state 1234567."""
    state, golden = 1234567, 0x9E3779B97F4A7C15
    found = [int(mix(np.uint64((state + (n + 1) * golden) % 2**64))) for n in range(3)]
    assert found == [6457827717110365317, 3203168211198807973, 9817491932198370423]


def test_streams_have_numbers_of_their_own() -> None:
    names = [name for name in vars(streams) if name.isupper() and not name.startswith("_")]
    numbers = [getattr(streams, name) for name in names if isinstance(getattr(streams, name), np.int64)]
    assert sorted(numbers) == list(STREAMS)


def test_draws_depend_on_nothing_else() -> None:
    key = keys(1)[0]
    assert draw(key, 3, 4) == draw(key, 3, 4)
    assert len({draw(key, s, o) for s in STREAMS for o in OCCASIONS}) == len(STREAMS) * len(OCCASIONS)


def test_draws_lie_in_the_unit_interval(table: Draws) -> None:
    assert table.min() >= 0.0
    assert table.max() < 1.0
    assert float(np.uint64(2**64 - 1) >> np.uint64(11)) * 2.0**-53 < 1.0


def test_streams_are_uniform_and_differ(table: Draws) -> None:
    for row in table:
        counts = np.bincount((row * 50).astype(int), minlength=50)
        assert stats.chisquare(counts).pvalue > ALPHA / len(table)
        assert stats.kstest(row, "uniform").pvalue > ALPHA / len(table)
    assert largest_correlation(table) < limit(len(table) ** 2 // 2)


@pytest.mark.parametrize("stream", [0, 8, 22, CLAIM])
def test_occasions_are_uniform_and_differ(stream: int) -> None:
    rows = np.array([draws(keys(1), stream, occasion) for occasion in OCCASIONS])
    for row in rows:
        assert stats.kstest(row, "uniform").pvalue > ALPHA / len(rows)
    assert largest_correlation(rows) < limit(len(rows) ** 2 // 2)


def test_one_migrant_over_its_occasions(over_occasions: Draws) -> None:
    """One key's sequence is uniform, has no memory, and is no shift of another stream's or key's."""
    for row in over_occasions:
        assert stats.kstest(row, "uniform").pvalue > ALPHA / len(over_occasions)
        for step in (1, 2, 3, 7):
            assert abs(np.corrcoef(row[:-step], row[step:])[0, 1]) * math.sqrt(N) < limit(4 * len(over_occasions))
    pairs = list(itertools.combinations(over_occasions, 2))
    assert max(largest_shifted_correlation(a, b) for a, b in pairs) < limit(N * len(pairs))
    values = over_occasions.ravel()
    assert len(np.unique(values)) == len(values)


@pytest.mark.parametrize("first", [0, 1, 2**32 - 1, 2**63 - 6])
def test_nearby_seeds_are_no_shifts_of_each_other(first: int) -> None:
    seeds = [keys(first + n) for n in range(5)]
    assert len(np.unique(np.concatenate(seeds))) == 5 * N
    rows = [draws(of, streams.ROUTE, 0) for of in seeds]
    pairs = list(itertools.combinations(rows, 2))
    assert max(largest_shifted_correlation(a, b) for a, b in pairs) < limit(N * len(pairs))


def test_cohorts_are_no_shifts_of_each_other() -> None:
    a, b = keys(1), keys(1, cohort="iraqis2")
    assert not np.intersect1d(a, b).size
    assert largest_shifted_correlation(draws(a, 0, 0), draws(b, 0, 0)) < limit(N)


def test_luck_does_not_depend_on_when_one_sets_out(table: Draws) -> None:
    """The key, read as a number, is the resistance: no stream may follow it, in trend or in halves."""
    resistance = keys(1) / 2.0**64
    assert stats.kstest(resistance, "uniform").pvalue > ALPHA
    assert largest_correlation(np.vstack([resistance, table])) < limit((len(table) + 1) ** 2 // 2)
    early = resistance < 0.01  # those who set out first are neighbours among the keys
    more = keys(1, 40_000)
    early = more[more < np.uint64(0.01 * 2**64)]
    for number in STREAMS:
        assert stats.kstest(draws(early, number, 0), "uniform").pvalue > ALPHA / len(STREAMS)


def test_every_bit_of_the_key_moves_every_bit_of_the_draw() -> None:
    """Strict avalanche: one bit of the key changes each bit of the result with probability one half."""
    sample = keys(1, 400)
    before = np.array([bits(key, 0, 0) for key in sample], np.uint64)
    for place in range(64):
        after = np.array([bits(key ^ np.uint64(1 << place), 0, 0) for key in sample], np.uint64)
        flips = np.unpackbits((before ^ after).view(np.uint8)).reshape(len(sample), 64).mean(axis=0)
        assert np.abs(flips - 0.5).max() < 0.5 * limit(64 * 64) / math.sqrt(len(sample)) + 0.01


def test_name_key_is_fixed_and_tells_names_apart() -> None:
    """A change here changes every published result: raise the version with it."""
    assert int(name_key(1, "cohort", "iraqis")) == NAME_KEY
    assert name_key(1, "ab", "c") != name_key(1, "a", "bc")
    assert name_key(1, "a") != name_key(11, "a")
    assert name_key(1, "a") != name_key(1, "a", "")


@pytest.mark.parametrize("mean", [1.2, 2.0, 4.0, 10.0, 45.0, 400.0])
def test_lag_is_geometric(mean: float) -> None:
    """P(lag > k) = (1 - 1/mean)^k, so that the mean is the mean."""
    p = 1.0 / mean
    days = np.array([lag(u, mean) for u in (np.arange(20_000) + 0.5) / 20_000])
    assert days.min() == 1
    assert days.mean() == pytest.approx(mean, rel=2e-3)
    for k in (1, 2, int(mean), int(3 * mean)):
        assert (days > k).mean() == pytest.approx((1 - p) ** k, abs=1e-4)
    lots = np.array([lag(u, mean) for u in draws(keys(3), streams.RESISTANCE, 1)])
    edges = np.unique(stats.geom.ppf(np.linspace(0, 1, 9)[1:-1], p))
    counts = np.bincount(np.searchsorted(edges, lots, side="left"), minlength=len(edges) + 1)
    chances = np.diff(np.concatenate([[0.0], stats.geom.cdf(edges, p), [1.0]]))
    assert stats.chisquare(counts, N * chances).pvalue > ALPHA


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 4000))
def test_lag_is_whole_and_at_least_a_day(u: float, mean: float) -> None:
    days = lag(u, mean)
    assert days == int(days)
    assert 1 <= days <= 20_000
    if mean <= 1.0:
        assert days == 1


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True), st.floats(1, 4000))
def test_lag_grows_with_the_draw(u: float, v: float, mean: float) -> None:
    assert lag(min(u, v), mean) <= lag(max(u, v), mean)


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 50))
def test_an_event_happens_with_one_minus_the_exponential(u: float, hazard: float) -> None:
    assert happens(u, hazard) == (u < -math.expm1(-hazard))


def test_occasions_stop_at_the_most_that_a_row_can_hold() -> None:
    """They never begin anew: the same luck would come again in the same order."""
    model = finished(tiny_scenario(), days=40)
    rows = model.world.rows
    trying = np.flatnonzero(rows["status"] == AT_BORDER)
    rows["attempts"][trying] = 65_535
    rows["bookings"] = rows["voyages"] = 255
    before = model.world.pair_flows.sum(axis=(0, 1))
    model.run_for(40)
    assert (model.world.pair_flows.sum(axis=(0, 1)) > before)[[0, 5]].all(), "nobody sets out or tries"
    assert trying.size > 0
    assert (rows["attempts"][trying] == 65_535).all()
    assert (rows["bookings"] == 255).all()
    assert (rows["voyages"] == 255).all()


def test_a_stream_by_name_is_always_the_same_and_no_other() -> None:
    """Draws of two named streams, and of a listed one, have nothing to do with each other."""
    fees, tolls = stream("fees"), stream("tolls")
    assert fees == stream("fees") and min(fees, tolls) > CLAIM
    of = [draws(keys(1), number, 0) for number in (fees, tolls, CLAIM)]
    for one, other in itertools.combinations(of, 2):
        assert stats.pearsonr(one, other).pvalue > ALPHA
    assert stats.kstest(of[0], "uniform").pvalue > ALPHA


def test_a_seed_is_a_whole_number_or_what_numpy_makes_one_of() -> None:
    assert seed_of(7) == seed_of(np.int64(7)) == 7
    assert seed_of([1, 2]) == seed_of((1, 2)) == seed_of(np.random.SeedSequence([1, 2])) != seed_of([2, 1])
    for wrong in (True, 1.5, "7", np.random.default_rng(1)):
        with pytest.raises(TypeError, match="rng: found"):
            seed_of(wrong)  # type: ignore[arg-type]
