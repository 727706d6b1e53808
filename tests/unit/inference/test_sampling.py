"""Sampling: designs fill space, waves leave out what is ruled out, chains move as they should and find a density."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import qmc

from sim.inference.sampling import (
    CHAINS,
    chains,
    design,
    effective,
    normalised,
    not_ruled_out,
    posterior_density,
    stream,
)
from sim.runs import replicate_seed


def first(rng: np.random.Generator) -> float:
    return float(rng.standard_normal())


def test_a_stream_is_of_its_seed_and_all_parts_of_its_occasion() -> None:
    assert first(stream(5)) == first(np.random.Generator(np.random.Philox(5)))
    number = replicate_seed(replicate_seed(5, ord("a") + 256 * ord("b")), ord("7"))
    assert first(stream(5, "ab", 7)) == first(np.random.Generator(np.random.Philox(number)))
    assert first(stream(5, "joint 1")) != first(stream(5, "joint 2"))
    assert first(stream(5, "joint 12")) == first(stream(5, "joint 1")), "seven letters count"


def test_a_design_has_each_parameter_once_in_each_part_of_its_prior() -> None:
    points = design(40, 3, 7)
    assert points.shape == (40, 3)
    for column in ndtr(points).T:
        assert sorted(np.floor(column * 40).astype(int)) == list(range(40))
    assert np.array_equal(points, design(40, 3, 7))
    assert not np.array_equal(points, design(40, 3, 8))


def test_a_design_never_reaches_the_ends_of_the_prior(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qmc.LatinHypercube, "random", lambda self, size: np.array([[0.0], [0.5], [1.0]]))
    assert design(3, 1, 1)[:, 0] == pytest.approx([-4.753424, 0.0, 4.753424], abs=1e-5)


class Ringed:
    """An emulator that says where a point is, and a likelihood by which whole numbers of the radius are worse."""

    points = np.zeros((5, 2))

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return points, np.full(points.shape, 0.5)

    def implausibility(self, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
        found: np.ndarray = np.floor(np.abs(mean)) + sd - 0.5
        return found


def waved(size: int, cutoff: float) -> Any:
    return not_ruled_out(Ringed(), Ringed(), size, cutoff, 3)  # type: ignore[arg-type]


def test_a_wave_has_the_first_points_that_no_figure_rules_out_and_says_how_many_there_are() -> None:
    pool = stream(3, "pool").standard_normal((16_384, 2))
    allowed = pool[(np.abs(pool) < 2).all(axis=1)]  # an implausibility of the cutoff itself is allowed
    found = waved(50, 1.0)
    assert np.array_equal(found.points, allowed[:50])
    assert found.left == len(allowed) / 16_384
    assert found.left == pytest.approx((ndtr(2) - ndtr(-2)) ** 2, abs=0.01)
    assert found.worst.tolist() == [0.0, 0.0], "the median of each figure"


def test_a_wave_has_the_least_implausible_points_if_too_few_are_left() -> None:
    pool = stream(3, "pool").standard_normal((16_384, 2))
    worst = np.floor(np.abs(pool)).max(axis=1)
    found = waved(10_000, 0.0)
    inside, next_ones = (np.flatnonzero(worst == k) for k in (0, 1))
    assert found.left == len(inside) / 16_384
    chosen = np.sort(np.concatenate([inside, next_ones[: 10_000 - len(inside)]]))
    assert np.array_equal(found.points, pool[chosen])


class Plain:
    """Random numbers that are none: the first of what there is, the same noise, the same chance."""

    def __init__(self, noise: float, chance: float) -> None:
        self.noise, self.chance = noise, chance
        self.asked: list[tuple[Any, int, bool]] = []

    def choice(self, there: Any, size: int, replace: bool) -> np.ndarray:
        if isinstance(there, int):
            self.asked.append((there, size, replace))
            return np.arange(size) % there
        assert size == 2 and not replace
        return np.asarray(there)[[1, 0]]

    def standard_normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return np.full(shape, self.noise)

    def random(self, size: int) -> np.ndarray:
        return np.full(size, self.chance)


def moved(
    starts: np.ndarray, steps: int, noise: float, size: int, density: Any, chance: float = 0.5
) -> tuple[np.ndarray, Plain]:
    rng = Plain(noise, chance)
    return chains(density, starts, size, rng, steps), rng  # type: ignore[arg-type]


def by_hand(starts: np.ndarray, steps: int, noise: float) -> np.ndarray:
    """All chains move each time: by the difference of two of the other half, whole every tenth step."""
    state = starts[np.arange(CHAINS) % len(starts)] + 0.01 * noise
    kept = []
    for step in range(steps):
        scale = 1.0 if step in (9, 19, 29) else 2.38 / np.sqrt(2 * starts.shape[1])
        for own, other in ((slice(0, 48), 48), (slice(48, 96), 0)):
            state[own] = state[own] + scale * (state[other + 1] - state[other]) + 0.05 * noise
        kept.append(state.copy())
    return np.concatenate(kept[steps // 2 :])


@pytest.mark.parametrize("steps", [1, 5, 21])
def test_chains_move_along_differences_of_the_other_half_and_all_of_them_now_and_then(steps: int) -> None:
    starts = np.random.default_rng(1).standard_normal((100, 2)) / 50
    better = iter(range(10**9))

    def density(points: np.ndarray) -> np.ndarray:
        return np.full(len(points), float(next(better)))

    expected = by_hand(starts, steps, 0.3)
    found, rng = moved(starts, steps, 0.3, len(expected), density)
    assert found == pytest.approx(expected, abs=1e-9)
    assert rng.asked == [(100, 96, False), (96 * (steps - steps // 2), 96 * (steps - steps // 2), False)]


def test_few_starts_and_few_states_are_used_again() -> None:
    starts = np.array([[0.0], [1.0]])
    found, rng = moved(starts, 1, 0.0, 200, lambda points: -1e9 * np.abs(points[:, 0]))
    assert rng.asked == [(2, 96, True), (96, 200, True)]
    assert found.shape == (200, 1)
    assert moved(np.zeros((96, 1)), 2, 0.0, 96, lambda points: points[:, 0])[1].asked == [(96, 96, False)] * 2


def test_a_chain_stays_where_a_move_is_too_unlikely() -> None:
    starts = np.random.default_rng(1).standard_normal((96, 1))
    places = starts[:, 0] + 0.02
    allowed = iter([0.0, np.log(0.5) - 1e-9, np.log(0.5) - 1e-9, np.log(0.5) + 1e-9, np.log(0.5) + 1e-9])

    def density(points: np.ndarray) -> np.ndarray:
        return np.full(len(points), next(allowed))

    stayed, _ = moved(starts, 1, 2.0, 96, density)
    assert stayed[:, 0] == pytest.approx(places)
    allowed = iter([0.0, np.log(0.5) + 1e-9, np.log(0.5) + 1e-9])
    assert (np.abs(moved(starts, 1, 2.0, 96, density)[0][:, 0] - places) > 1e-3).all()
    even, _ = moved(starts, 1, 2.0, 96, lambda points: np.zeros(len(points)), 1.0)
    assert even[:, 0] == pytest.approx(places)


def test_chains_find_a_normal_density() -> None:
    def density(points: np.ndarray) -> np.ndarray:
        value: np.ndarray = -0.5 * ((points[:, 0] - 2) / 0.5) ** 2 - 0.5 * (points[:, 1] + 1) ** 2
        return value

    starts = np.random.default_rng(2).standard_normal((300, 2))
    found = chains(density, starts, 4000, np.random.default_rng(3), 200)
    assert found.shape == (4000, 2)
    assert found.mean(axis=0) == pytest.approx([2, -1], abs=0.12)
    assert found.std(axis=0) == pytest.approx([0.5, 1.0], rel=0.12)


def test_the_density_is_the_prior_times_the_tempered_likelihood() -> None:
    class Emulated:
        def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return points, 2 * points

        def of_logs(self, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
            return mean + sd

        def marginal(self, logs: np.ndarray) -> np.ndarray:
            return np.asarray(logs[:, 0])

    density = posterior_density(Emulated(), Emulated(), 0.5)  # type: ignore[arg-type]
    points = np.array([[1.0, 2.0], [-3.0, 0.0]])
    assert density(points).tolist() == [-2.5 + 0.5 * 3, -4.5 - 0.5 * 9]


def test_the_effective_number_is_that_of_equal_weights_and_less_of_others() -> None:
    assert effective(np.full(8, 0.125)) == pytest.approx(8)
    assert effective(np.array([2.0, 2.0, 4.0])) == pytest.approx(64 / 24)
    assert effective(np.array([0.0, 5.0])) == 1
    assert effective(np.zeros(3)) == 0


def test_weights_add_up_and_failed_runs_have_none() -> None:
    found = normalised(np.array([np.log(3.0) - 2000, np.nan, -2000, -np.inf]))
    assert found == pytest.approx([0.75, 0, 0.25, 0])
    assert normalised(np.array([np.nan, -np.inf])).tolist() == [0.5, 0.5]
    assert normalised(np.array([np.nan])).tolist() == [1.0]
    assert len(normalised(np.empty(0))) == 0
