"""The filter: particles of a transit state's hidden posture, brought month by month to what was published.

Each month: (1) each particle's motion is drawn from its path, its parameters are moved a little; (2) all particles run
on under shocks of the process and with inputs as known at the month's begin, which is the forecast; (3) particles and
shocks are proposed from what came of it (`proposal`) and run with the inputs of the month, in a few rounds; (4) those
of all rounds are weighed by process, record and proposals, and resampled; (5) the state of each different particle is
made by a last run.

Every run is a run of the whole engine. Random numbers are drawn here alone, by seed and month, so that the result is
the same wherever runs are done, and going on after a stop is the same as never having stopped.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from sim.inference.filter import observation_model
from sim.inference.filter.engine_runs import Channel, Compact, Course, Setting, Stretch
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.particles import Particles, first_particles, moved
from sim.inference.filter.posture_process import Motion, motion_given, next_regime, shocks
from sim.inference.filter.proposal import (
    Children,
    Now,
    Proposal,
    Tried,
    linear_model,
    log_weights,
    proposal,
    systematic,
    together,
)
from sim.inference.filter.record import Figure
from sim.inference.filter.runner import Runner
from sim.inference.frozen_inputs import month_after
from sim.inference.sampling import effective, normalised, stream

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]
_LEAST = 0.08  # effective share of the particles below which more rounds are allowed
_MORE = 8  # times as many
_RECENT = 30  # days whose counts say what state a particle is in


class Month(NamedTuple):
    """A month of the run: its first day, the days before it, and its days."""

    first: date
    begun: int
    days: int

    @property
    def ended(self) -> int:
        """Return the days done at its end."""
        return self.begun + self.days


class Ahead(NamedTuple):
    """The months ahead as seen from the first day of one of them.

    Attributes:
        month: The first of them.
        counts: Counts by particle and series, shape (N, S, days of these months).
        before: The particles at its beginning.
    """

    month: Month
    counts: Floats
    before: Particles


class Step(NamedTuple):
    """What a month brought.

    Attributes:
        month: The month.
        forecast: Counts by series of the months ahead as seen from its first day, shape (N, S, days of these months).
        before: The particles at its beginning.
        particles: The particles at its end.
        effective: Effective number of the runs of all rounds so far over the number of particles, after each round; the
            first is that of the plain process.
        evidence: Logarithm of the probability of the month's figures.
    """

    month: Month
    forecast: Floats
    before: Particles
    particles: Particles
    effective: list[float]
    evidence: float

    @property
    def ahead(self) -> Ahead:
        """Return the months ahead, as seen from this month's first day."""
        return Ahead(self.month, self.forecast, self.before)


def months_of(loaded: LoadedFilter, until: date) -> list[Month]:
    """Return the months of the run, to the one in which the day ``until`` lies at most."""
    found = []
    first = loaded.scenario.start
    while first <= until:
        following = month_after(first.replace(day=1), 1)
        found.append(Month(first, (first - loaded.scenario.start).days, (following - first).days))
        first = following
    return found


def setting_of(loaded: LoadedFilter) -> Setting:
    """Return what all runs of a filter share."""
    channels = [
        Channel(entry.measure or "recorded_attempts", entry.agency or "", entry.transit_state or "")
        for entry in loaded.experiment.series.values()
    ]
    names = tuple(path.partition(".")[2] for path in loaded.unknowns)
    return Setting(loaded.scenario, loaded.experiment.posture, tuple(channels), names)


class Filter:
    """The filter over a record.

    Args:
        loaded: The experiment.
        figures: The record's pieces; a month uses those that end in it.
        runner: Where runs are done.
    """

    def __init__(self, loaded: LoadedFilter, figures: Sequence[Figure], runner: Runner) -> None:
        """Draw the first particles."""
        self.loaded, self.figures, self.runner = loaded, list(figures), runner
        self.ahead = loaded.experiment.backtest.months
        self.series = list(loaded.experiment.series)
        self.numbers = {name: k for k, name in enumerate(self.series)}
        self.shares = {name: entry.share for name, entry in loaded.experiment.series.items()}
        self.states: list[Compact | None] = []
        self.particles = first_particles(loaded, len(self.series), self._rng("first"))

    def _rng(self, *occasion: int | str) -> np.random.Generator:
        return stream(self.loaded.experiment.seed, *occasion)

    @property
    def _number(self) -> int:
        """Return the number of the month that comes, counted from 1."""
        return len(self.particles.paths)

    def step(self, month: Month) -> Step:
        """Bring the particles through a month."""
        rng = self._rng("month", month.first.toordinal())
        before, motion, shock, off, forecast = self._foreseen(month, rng)
        self.particles = before
        due = self._due(month)
        if not due:
            chosen = np.arange(before.size)
            posture = motion.mean(before.paths[-1], self._number) + shock
            return self._ended(month, before, chosen, posture, off, forecast, [1.0], 0.0)
        return self._assimilated(month, before, motion, shock, off, forecast, due, rng)

    def look_ahead(self, month: Month) -> Ahead:
        """Return the months ahead as the next step will see them, without taking it."""
        before, *_, forecast = self._foreseen(month, self._rng("month", month.first.toordinal()))
        return Ahead(month, forecast, before)

    def _foreseen(self, month: Month, rng: np.random.Generator) -> tuple[Particles, Motion, Floats, Any, Floats]:
        """Return the particles at a month's beginning, their motion, shocks and regime, and the months ahead."""
        before = self._begun(rng)
        motion = motion_given(before.paths, self.loaded.prior, rng)
        shock = shocks(motion, rng)
        off = next_regime(before.off[-1], self.loaded.prior, rng)
        return before, motion, shock, off, self._forecast(month, before, motion, shock, off, rng)

    def _due(self, month: Month) -> list[Figure]:
        """Return the figures that end in a month."""
        return [figure for figure in self.figures if month.begun <= figure.last < month.ended]

    def _begun(self, rng: np.random.Generator) -> Particles:
        """Return the particles with their parameters moved."""
        now = self.particles
        scores = np.concatenate([now.scores, moved(now.scores[-1], rng)[None]])
        return now.changed(scores=scores)

    def _forecast(
        self, month: Month, before: Particles, motion: Motion, shock: Floats, off: Any, rng: np.random.Generator
    ) -> Floats:
        """Run all particles through the months ahead, with inputs as known on the month's first day."""
        posture, regime = before.paths[-1], before.off[-1]
        courses: list[Course] = [()] * before.size
        values = self.loaded.values(before.scores[-1])
        first, left = month.first, self.loaded.scenario.days - month.begun
        for ahead in range(self.ahead):
            following = month_after(first.replace(day=1), 1)
            days = min((following - first).days, left)
            posture = motion.mean(posture, self._number + ahead) + (shock if ahead == 0 else shocks(motion, rng))
            regime = off if ahead == 0 else next_regime(regime, self.loaded.prior, rng)
            more = [stretch(days, x, o, v) for x, o, v in zip(posture, regime, values, strict=True)]
            courses = [(*course, one) for course, one in zip(courses, more, strict=True)]
            first, left = following, left - days
        return self._counts(before, np.arange(before.size), courses, month.first)

    def _assimilated(
        self,
        month: Month,
        before: Particles,
        motion: Motion,
        shock: Floats,
        off: Any,
        forecast: Floats,
        due: list[Figure],
        rng: np.random.Generator,
    ) -> Step:
        experiment = self.loaded.experiment
        target = np.log(np.array([figure.value for figure in due]) + 0.5)
        features = self._features(month, before)
        dispersion = observation_model.mean_dispersion(before.dispersion)[[self.numbers[f.series] for f in due]]
        now = Now(motion, before.off[-1], self.loaded.prior)
        counts, everyone = forecast[:, :, : month.days], np.arange(before.size)
        gained = [self._evidence(month, before, everyone, counts, due)[0]]
        tried = [Tried(everyone, shock, off, self._log_counts(month, before, everyone, counts, due))]
        shares = [effective(normalised(gained[0])) / before.size]
        proposals: list[Proposal] = []
        still = motion.mean(before.paths[-1], self._number)
        for done in range(_MORE * experiment.rounds):
            if shares[-1] >= (_LEAST if done >= experiment.rounds else experiment.enough) and done > 0:
                break
            linear = linear_model(together(tried[1:] or tried), features, target)
            proposals.append(proposal(linear, target, dispersion, now))
            parents, shock, off = proposals[-1].draw(rng)
            courses = self._courses(before.taken(parents), month.days, still[parents] + shock, off)
            counts = self._counts(before, parents, courses, None)
            gained.append(self._evidence(month, before, parents, counts, due)[0])
            tried.append(Tried(parents, shock, off, self._log_counts(month, before, parents, counts, due)))
            made = Children(*together(tried[1:])[:3])
            weights = np.concatenate(gained[1:]) + log_weights(proposals, made)
            shares.append(effective(normalised(weights)) / before.size)
        parents, off, postures = made.parents, made.off, still[made.parents] + made.shock
        chosen = systematic(normalised(weights), before.size, rng)
        evidence = float(logsumexp(weights) - np.log(len(weights)))
        return self._ended(month, before, parents[chosen], postures[chosen], off[chosen], forecast, shares, evidence)

    def _ended(
        self,
        month: Month,
        before: Particles,
        parents: Any,
        postures: Floats,
        off: Any,
        forecast: Floats,
        shares: list[float],
        evidence: float,
    ) -> Step:
        """Return the step whose particles are children of ``parents``, after a last run that makes their states."""
        taken = before.taken(parents)
        keys = [(int(p), *map(float, x), bool(o)) for p, x, o in zip(parents, postures, off, strict=True)]
        firsts, numbers = different(keys)
        own = taken.taken(firsts)
        courses = self._courses(own, month.days, postures[firsts], off[firsts])
        counts, states = self.runner.run(self._starts(own), courses, None, keep=True)
        daily = taken.daily.copy()
        daily[:, :, month.begun : month.ended] = np.array(counts)[numbers]
        _, dispersion = observation_model.evidence(self._due(month), daily, taken.dispersion, self.numbers, self.shares)
        self.states = list(states)
        self.particles = taken.changed(
            paths=np.concatenate([taken.paths, postures[None]]),
            off=np.concatenate([taken.off, np.asarray(off)[None]]),
            daily=daily,
            dispersion=dispersion,
            states=numbers,
        )
        return Step(month, forecast, before, self.particles, shares, evidence)

    def _starts(self, particles: Particles) -> list[Compact | None]:
        return [None if k < 0 else self.states[k] for k in particles.states]

    def _courses(self, particles: Particles, days: int, postures: Floats, off: Any) -> list[Course]:
        """Return a month's course of each particle."""
        values = self.loaded.values(particles.scores[-1])
        return [(stretch(days, x, o, v),) for x, o, v in zip(postures, off, values, strict=True)]

    def _counts(self, before: Particles, parents: Any, courses: Sequence[Course], origin: date | None) -> Floats:
        """Run children of particles; return their counts, shape (N, S, days)."""
        counts, _ = self.runner.run(self._starts(before.taken(parents)), courses, origin, keep=False)
        return np.array(counts)

    def _with(self, month: Month, before: Particles, parents: Any, counts: Floats) -> Floats:
        daily: Floats = before.daily[parents].copy()
        daily[:, :, month.begun : month.ended] = counts
        return daily

    def _evidence(
        self, month: Month, before: Particles, parents: Any, counts: Floats, due: list[Figure]
    ) -> tuple[Floats, Floats]:
        daily = self._with(month, before, parents, counts)
        return observation_model.evidence(due, daily, before.dispersion[parents], self.numbers, self.shares)

    def _log_counts(self, month: Month, before: Particles, parents: Any, counts: Floats, due: list[Figure]) -> Floats:
        daily = self._with(month, before, parents, counts)
        columns = [
            observation_model.counted(daily, figure, self.numbers[figure.series], self.shares[figure.series])
            for figure in due
        ]
        logs: Floats = np.log(np.array(columns).T + 0.5)
        return logs

    def _features(self, month: Month, before: Particles) -> Floats:
        """Return what is known of each particle: its posture, and its counts of late, shape (N, K)."""
        recent = before.daily[:, :, max(month.begun - _RECENT, 0) : month.begun].sum(axis=2)
        features: Floats = np.hstack([before.paths[-1], np.log(recent + 5.0)])
        return features


def different(keys: Sequence[Hashable]) -> tuple[Numbers, Numbers]:
    """Return where each different key stands first, shape (K,), and of each key the number of its own, shape (N,)."""
    firsts: dict[Hashable, int] = {}
    for place, key in enumerate(keys):
        firsts.setdefault(key, place)
    numbers = {key: number for number, key in enumerate(firsts)}
    return np.array(list(firsts.values()), np.intp), np.array([numbers[key] for key in keys], np.intp)


def stretch(days: int, posture: Floats, off: Any, parameters: Floats) -> Stretch:
    """Return a stretch of plain numbers."""
    return Stretch(days, tuple(map(float, posture)), bool(off), tuple(map(float, parameters)))


def courses_of(lengths: Sequence[int], postures: Floats, off: Any, values: Floats) -> list[Course]:
    """Return a course of each particle, month by month.

    Args:
        lengths: Days of each month.
        postures: Shape (months, N, D).
        off: Whether the state is off, shape (months, N).
        values: Parameters of behaviour, the same in all months, shape (N, P).
    """
    return [
        tuple(stretch(days, postures[k, n], off[k, n], values[n]) for k, days in enumerate(lengths))
        for n in range(len(values))
    ]
