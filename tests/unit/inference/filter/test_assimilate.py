"""Steps of a filter whose runs are a formula in place of the engine: what is drawn, run, weighed and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.special import logsumexp

from sim.inference.filter import assimilate, observation_model
from sim.inference.filter.assimilate import (
    Ahead,
    Filter,
    Month,
    Step,
    courses_of,
    different,
    months_of,
    setting_of,
    stretch,
)
from sim.inference.filter.engine_runs import Channel, Course, Stretch
from sim.inference.filter.particles import first_particles, moved
from sim.inference.filter.posture_process import motion_given, next_regime, shocks
from sim.inference.filter.record import Figure
from sim.inference.sampling import stream
from tests.strategies import START
from tests.unit.inference.filter.tiny_filter import CONTENT, tiny_filter

OCTOBER, NOVEMBER, DECEMBER = Month(START, 0, 31), Month(date(2025, 11, 1), 31, 30), Month(date(2025, 12, 1), 61, 31)


def rates(postures: Any, off: Any) -> np.ndarray:
    """Events a day in both countries, shape (..., 2)."""
    x = np.asarray(postures)
    both = np.exp(np.stack([x[..., 0] + 0.5 * x[..., 2], x[..., 0]], axis=-1))
    return np.where(np.asarray(off)[..., None], 0.01, both * [2.0, 3.0])


class Formula:
    """Does runs by a formula, and keeps what it was asked for; a state is the course that led to it."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[Any], list[Course], date | None, bool]] = []

    def run(
        self, starts: Sequence[Any], courses: Sequence[Course], origin: date | None, *, keep: bool
    ) -> tuple[list[np.ndarray], list[Any]]:
        self.asked.append((list(starts), list(courses), origin, keep))
        counts = [
            np.hstack([np.outer(rates(one.posture, one.off), np.ones(one.days)) for one in course])
            for course in courses
        ]
        states = [(*(start or ()), *course) for start, course in zip(starts, courses, strict=True)]
        return counts, states if keep else [None] * len(courses)


def figure(series: str, first: int, days: int, value: float) -> Figure:
    return Figure(series, np.arange(first, first + days), value, value, value, False, first + days)


def made(figures: Sequence[Figure], **changes: Any) -> tuple[Filter, Formula]:
    runner = Formula()
    return Filter(tiny_filter(**changes), figures, runner), runner  # type: ignore[arg-type]


def begun(filtered: Filter, month: Month) -> tuple[Any, Any, np.ndarray, np.ndarray, np.random.Generator]:
    """What a step draws first, and the random numbers after that."""
    rng, now, prior = stream(1, "month", month.first.toordinal()), filtered.particles, filtered.loaded.prior
    scores = moved(now.scores[-1], rng)
    motion = motion_given(now.paths, prior, rng)
    return scores, motion, shocks(motion, rng), next_regime(now.off[-1], prior, rng), rng


def test_months_go_to_that_of_the_last_day_and_the_first_may_be_a_part() -> None:
    def of(start: date, until: date) -> list[Month]:
        return months_of(SimpleNamespace(scenario=SimpleNamespace(start=start)), until)  # type: ignore[arg-type]

    assert of(START, date(2025, 11, 1)) == [OCTOBER, NOVEMBER]
    assert of(START, date(2025, 10, 31)) == [OCTOBER]
    assert of(START, START) == [OCTOBER]
    assert of(START, START - timedelta(days=1)) == []
    assert of(date(2023, 12, 20), date(2024, 2, 29)) == [
        Month(date(2023, 12, 20), 0, 12), Month(date(2024, 1, 1), 12, 31), Month(date(2024, 2, 1), 43, 29),
    ]  # fmt: skip
    assert NOVEMBER.ended == 61


def test_all_runs_share_the_outputs_of_the_series_and_the_names_of_the_parameters() -> None:
    series = {**CONTENT["series"], "stock": {"observed": "x.csv", "counted": "people", "measure": "onward",
              "transit_state": "belarus"}, "plain": {"observed": "y.csv", "counted": "attempts"}}  # fmt: skip
    loaded = tiny_filter(series=series)
    setting = setting_of(loaded)
    assert setting.scenario is loaded.scenario
    assert setting.posture is loaded.experiment.posture
    assert setting.parameters == ("retry",)
    assert setting.channels == (
        Channel("recorded_attempts", "lithuania", ""), Channel("recorded_attempts", "poland", ""),
        Channel("onward", "", "belarus"), Channel("recorded_attempts", "", ""),
    )  # fmt: skip


def test_a_filter_begins_with_particles_of_the_prior() -> None:
    figures = [figure("poland", 0, 31, 90.0)]
    filtered, runner = made(figures)
    first = first_particles(filtered.loaded, 2, stream(1, "first"))
    assert np.array_equal(filtered.particles.paths, first.paths)
    assert np.array_equal(filtered.particles.scores, first.scores)
    assert filtered.particles.daily.shape == (20, 2, 120)
    assert (filtered.ahead, filtered.series, filtered.figures) == (2, ["lithuania", "poland"], figures)
    assert (filtered.numbers, filtered.shares) == ({"lithuania": 0, "poland": 1}, {"lithuania": 1.0, "poland": 1.0})
    assert (filtered.states, runner.asked) == ([], [])


def test_a_month_without_figures_is_the_process_alone() -> None:
    filtered, runner = made([])
    scores, motion, shock, off, rng = begun(filtered, OCTOBER)
    first = filtered.particles
    step = filtered.step(OCTOBER)
    after = step.particles
    posture = motion.mean(first.paths[0], 1) + shock
    assert after is filtered.particles
    assert np.allclose(after.paths, [first.paths[0], posture])
    assert np.array_equal(after.off, [first.off[0], off])
    assert np.array_equal(after.scores, [first.scores[0], scores])
    assert np.allclose(after.daily[:, :, :31], rates(posture, off)[:, :, None])
    assert not after.daily[:, :, 31:].any()
    assert np.array_equal(after.dispersion, first.dispersion)
    assert (step.effective, step.evidence, step.month) == ([1.0], 0.0, OCTOBER)
    assert step.ahead == Ahead(OCTOBER, step.forecast, step.before)
    assert np.array_equal(step.before.paths, first.paths)
    values = filtered.loaded.values(scores)
    assert filtered.states == [(stretch(31, posture[n], off[n], values[n]),) for n in range(20)]
    assert after.states.tolist() == list(range(20))
    (ahead, last) = runner.asked
    assert (ahead[0], ahead[2:], last[0], last[2:]) == ([None] * 20, (START, False), [None] * 20, (None, True))
    later = motion.mean(posture, 2) + shocks(motion, rng)
    regime = next_regime(off, filtered.loaded.prior, rng)
    for n, course in enumerate(ahead[1]):
        assert course[0] == stretch(31, posture[n], off[n], values[n])
        assert course[1] == stretch(30, later[n], regime[n], values[n])
    assert step.forecast.shape == (20, 2, 61)
    assert np.allclose(step.forecast[:, :, 31:], rates(later, regime)[:, :, None])


def test_looking_ahead_takes_no_step() -> None:
    filtered, _ = made([figure("poland", 0, 31, 90.0)])
    before = filtered.particles
    seen = filtered.look_ahead(OCTOBER)
    assert filtered.particles is before
    assert filtered.states == []
    step = filtered.step(OCTOBER)
    assert np.array_equal(seen.counts, step.forecast)
    assert np.array_equal(seen.before.scores, step.before.scores)
    assert seen.month == OCTOBER


def test_months_ahead_end_with_the_run_and_go_on_by_number() -> None:
    filtered, runner = made([])
    for month in (OCTOBER, NOVEMBER, DECEMBER):
        filtered.step(month)
    january = Month(date(2026, 1, 1), 92, 28)
    regimes = np.arange(4)[:, None] % 2 == np.arange(20) % 2  # on and off by turns
    filtered.particles = filtered.particles.changed(off=regimes)
    scores, motion, shock, off, rng = begun(filtered, january)
    last = filtered.particles.paths[-1]
    filtered.look_ahead(january)
    _, courses, origin, _ = runner.asked[-1]
    posture = motion.mean(last, 4) + shock
    assert origin == date(2026, 1, 1)
    assert [[one.days for one in course] for course in courses] == [[28, 0]] * 20  # of 120 days
    assert np.allclose([course[0].posture for course in courses], posture)
    assert np.allclose([course[1].posture for course in courses], motion.mean(posture, 5) + shocks(motion, rng))
    assert [course[0].off for course in courses] == off.tolist()
    values = filtered.loaded.values(scores)
    assert np.allclose([[one.parameters for one in course] for course in courses], values[:, None])


def test_runs_go_on_from_the_states_of_their_own_particles() -> None:
    figures = [figure("poland", 0, 31, 150.0), figure("lithuania", 31, 30, 30.0), figure("poland", 31, 30, 60.0)]
    filtered, runner = made(figures)
    filtered.step(OCTOBER)
    runner.asked.clear()
    filtered.step(NOVEMBER)
    after = filtered.particles
    assert len(runner.asked) >= 3
    for n, number in enumerate(after.states):
        past, now = filtered.states[number]  # type: ignore[misc]
        assert np.allclose([past.posture, now.posture], after.paths[1:, n])
        assert [past.off, now.off] == after.off[1:, n].tolist()
        assert np.allclose([past.parameters, now.parameters], filtered.loaded.values(after.scores[1:, n]))
    assert np.allclose(after.daily[:, :, :31], rates(after.paths[1], after.off[1])[:, :, None])
    assert np.allclose(after.daily[:, :, 31:61], rates(after.paths[2], after.off[2])[:, :, None])
    assert not after.daily[:, :, 61:].any()
    keys = {(*state[0], *state[1]) for state in filtered.states}  # type: ignore[index]
    assert len(keys) == len(filtered.states) == len(np.unique(after.states))  # each different one is run once


def test_a_figure_is_due_in_the_month_in_which_it_ends() -> None:
    ends = [figure("poland", first, 5, 1.0) for first in (26, 27, 56, 57)]  # last days 30, 31, 60 and 61
    filtered, _ = made(ends)
    assert [f.last for f in filtered._due(OCTOBER)] == [30]
    assert [f.last for f in filtered._due(NOVEMBER)] == [31, 60]
    assert [f.last for f in filtered._due(DECEMBER)] == [61]


def test_what_is_known_of_a_particle_is_its_posture_and_its_counts_of_the_last_thirty_days() -> None:
    filtered, _ = made([])
    daily = np.zeros((20, 2, 120))
    daily[:, 0] = np.arange(120)
    daily[3, 1, 1] = 7.0
    before = filtered.particles.changed(daily=daily)
    first = filtered._features(OCTOBER, before)
    assert first == pytest.approx(np.hstack([before.paths[0], np.full((20, 2), np.log(5.0))]))
    second = filtered._features(NOVEMBER, before)
    assert second[:, 3] == pytest.approx(np.full(20, np.log(sum(range(1, 31)) + 5.0)))
    assert second[3, 4] == pytest.approx(np.log(12.0))
    early = filtered._features(Month(date(2025, 10, 13), 12, 19), before.changed(daily=daily + 1))
    assert early[:, 3] == pytest.approx(np.full(20, np.log(sum(range(1, 13)) + 5.0)))
    third = filtered._features(DECEMBER, before)
    assert third[3, 3:] == pytest.approx(np.log([sum(range(31, 61)) + 5.0, 5.0]))


def test_counts_of_children_stand_in_the_days_of_the_month_beside_their_parents_past() -> None:
    filtered, _ = made([], series={**CONTENT["series"], "poland": {**CONTENT["series"]["poland"], "share": 0.5}})
    daily = np.ones((20, 2, 120)) * np.arange(20)[:, None, None]
    before = filtered.particles.changed(daily=daily)
    parents, counts = np.array([4, 9]), np.full((2, 2, 30), 2.0)
    due = [figure("poland", 21, 20, 1.0), figure("lithuania", 31, 30, 70.0)]
    logs = filtered._log_counts(NOVEMBER, before, parents, counts, due)
    assert logs == pytest.approx(np.log([[(40 + 20) / 2 + 0.5, 60.5], [(90 + 20) / 2 + 0.5, 60.5]]))
    assert daily[4, 0, 31] == 4.0
    gained, _ = filtered._evidence(NOVEMBER, before, parents, counts, due[1:])
    whole = np.full((2, 2, 120), 2.0)
    numbers, shares = {"lithuania": 0}, {"lithuania": 1.0}
    exact = observation_model.evidence(due[1:], whole, before.dispersion[:2], numbers, shares)[0]
    assert gained == pytest.approx(exact)


def test_the_evidence_is_the_mean_over_the_process_and_particles_come_near_to_the_figures() -> None:
    due = [figure("poland", 0, 31, 150.0), figure("lithuania", 0, 31, 60.0)]
    filtered, _ = made(due, particles=1500)
    step = filtered.step(OCTOBER)
    before = step.before
    daily = np.concatenate([step.forecast[:, :, :31], np.zeros((1500, 2, 89))], axis=2)
    plain, _ = observation_model.evidence(due, daily, before.dispersion, filtered.numbers, filtered.shares)
    assert step.evidence == pytest.approx(logsumexp(plain) - np.log(1500), abs=0.12)
    weights = np.exp(plain - plain.max())
    assert step.effective[0] == pytest.approx(weights.sum() ** 2 / (weights**2).sum() / 1500)
    assert step.effective[-1] > 0.3
    after = step.particles
    exact = np.average(step.forecast[:, :, 0], axis=0, weights=weights)
    assert after.daily[:, :, 0].mean(axis=0) == pytest.approx(exact, rel=0.06)
    assert after.off[1].mean() < 0.01
    for name, k in (("poland", 1), ("lithuania", 0)):
        value = next(f.value for f in due if f.series == name)
        count = after.daily[:, k, :31].astype(float).sum(axis=1)
        gained = observation_model.log_density(figure(name, 0, 31, value), count)
        assert after.dispersion[:, k] == pytest.approx(-observation_model.GRID / 0.12 + gained, rel=1e-4)


@pytest.mark.parametrize(("shares", "rounds"), [
    ([1.0, 1.0], 1),  # one round at least, however good the process is
    ([0.0, 0.3], 1), ([0.0, 0.29, 0.3], 2), ([0.0, 0.1, 0.08], 2), ([0.0, 0.5, 0.01], 1), ([0.0, 0.1, 0.07, 0.08], 3),
    ([0.07] * 17, 16),  # eight times the rounds at most
])  # fmt: skip
def test_rounds_end_when_enough_are_effective(
    monkeypatch: pytest.MonkeyPatch, shares: list[float], rounds: int
) -> None:
    given = iter(shares)
    monkeypatch.setattr(assimilate, "effective", lambda weights: next(given) * 20)
    names = ("linear_model", "proposal", "log_weights", "systematic")
    fitted, suggested, weighed, drawn = (noted(monkeypatch, name) for name in names)
    due = [figure("poland", 0, 31, 150.0)]
    filtered, _ = made(due)
    step = filtered.step(OCTOBER)
    assert step.effective == pytest.approx(shares[: rounds + 1])
    of, dispersion = filtered._features(OCTOBER, step.before), step.before.dispersion
    for (_, features, target), _ in fitted:
        assert (target, features) == (pytest.approx(np.log([150.5])), pytest.approx(of))
    for (_, target, mean, now), _ in suggested:
        assert target == pytest.approx(np.log([150.5]))
        assert mean == pytest.approx(observation_model.mean_dispersion(dispersion)[1:])
        assert not now.off.any()
    told = [len(tried.parents) for (tried, _, _), _ in fitted]
    assert told == [20 * max(k, 1) for k in range(rounds)]  # at first the runs of the process, then all rounds'
    assert [(len(a[0]), len(a[1].parents)) for a, _ in weighed] == [(k, 20 * k) for k in range(1, rounds + 1)]
    (_, children), logs = weighed[-1]
    (weights, size, _), _ = drawn[-1]
    assert size == 20
    before = step.before
    posture = begun_mean(filtered, before)[children.parents] + children.shock
    counts = np.repeat(rates(posture, children.off)[:, :, None], 31, axis=2)
    gained = observation_model.evidence(
        due, counts, before.dispersion[children.parents], filtered.numbers, filtered.shares
    )[0]
    assert step.evidence == pytest.approx(logsumexp(gained + logs) - np.log(20 * rounds), rel=1e-5)
    assert weights == pytest.approx(np.exp(gained + logs - logsumexp(gained + logs)), rel=1e-4)


def noted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[tuple[Any, Any]]:
    """Let a function of the step note what it was given, and what it gave."""
    real, notes = getattr(assimilate, name), []

    def noting(*given: Any) -> Any:
        then = tuple(list(one) if isinstance(one, list) else one for one in given)  # as it is now
        notes.append((then, real(*given)))
        return notes[-1][1]

    monkeypatch.setattr(assimilate, name, noting)
    return notes


def begun_mean(filtered: Filter, before: Any) -> np.ndarray:
    """Where each particle moves in October without a shock."""
    fresh, _ = made([])
    _, motion, *_ = begun(fresh, OCTOBER)
    return motion.mean(before.paths[0], 1)


def test_of_equal_keys_the_first_stands_for_all() -> None:
    firsts, numbers = different(["b", "a", "b", "c", "a"])
    assert firsts.tolist() == [0, 1, 3]
    assert numbers.tolist() == [0, 1, 0, 2, 1]


def test_a_stretch_is_of_plain_numbers() -> None:
    found = stretch(30, np.array([0.5, 1.0]), np.True_, np.array([2.0]))
    assert found == Stretch(30, (0.5, 1.0), True, (2.0,))
    assert type(found.posture[0]) is float
    assert found.off is True


def test_courses_go_month_by_month_with_the_same_behaviour() -> None:
    postures = np.arange(8.0).reshape(2, 2, 2)
    courses = courses_of([30, 4], postures, np.array([[True, False], [False, False]]), np.array([[5.0], [6.0]]))
    assert courses == [
        (Stretch(30, (0.0, 1.0), True, (5.0,)), Stretch(4, (4.0, 5.0), False, (5.0,))),
        (Stretch(30, (2.0, 3.0), False, (6.0,)), Stretch(4, (6.0, 7.0), False, (6.0,))),
    ]


def test_a_step_names_its_parts() -> None:
    assert Step._fields == ("month", "forecast", "before", "particles", "effective", "evidence")
