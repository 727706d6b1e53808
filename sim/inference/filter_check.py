"""Simulation-based calibration of a filter: whether its intervals cover truths that are drawn from its own prior.

A truth is a path of the posture, and parameters, drawn from the prior; the engine runs it, and figures are drawn of its
counts as they might be published. The filter sees the figures alone. If it is right, the rank of each true value among
its particles is uniform (Talts et al. 2018, arXiv:1804.06788). It checks the inference, not the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.filter import observation_model
from sim.inference.filter.assimilate import Filter, Month, setting_of
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.particles import Particles
from sim.inference.filter.record import Figure
from sim.inference.filter.runner import Runner
from sim.inference.sampling import stream
from sim.studies.work.executors import workplace

Floats = npt.NDArray[np.float64]


def ranks(loaded: LoadedFilter, months: Sequence[Month], truths: int) -> pd.DataFrame:
    """Return the rank of each true value among the filter's particles, 0 to 1: a row per truth and quantity.

    Quantities are the posture's coordinates in the last month, and the unknown parameters.

    Args:
        loaded: A filter; small, as each truth takes a pass.
        months: Months of the record; each series has a figure a month.
        truths: Truths.
    """
    seed = loaded.experiment.seed
    place = workplace(1, None)
    runner = Runner(setting_of(loaded), place)
    rows = []
    try:
        drawn = _passed(_seeded(loaded, seed + 1, truths), [], runner, months)
        rng = stream(seed, "truths")
        for n in range(truths):
            figures = _figures(loaded, drawn, n, months, rng)
            found = _passed(_seeded(loaded, seed + 2 + n, loaded.experiment.particles), figures, runner, months)
            rows += [
                {"truth": n, "quantity": name, "rank": _rank(mine, true)}
                for (name, true), mine in zip(_quantities(loaded, drawn, n), _values(found), strict=True)
            ]
    finally:
        place.close()
    return pd.DataFrame(rows)


def _seeded(loaded: LoadedFilter, seed: int, particles: int) -> LoadedFilter:
    changes = {"seed": seed, "particles": particles}
    return loaded._replace(experiment=loaded.experiment.model_copy(update=changes))


def _passed(loaded: LoadedFilter, figures: list[Figure], runner: Runner, months: Sequence[Month]) -> Particles:
    """Return the particles after the last month; without figures they are draws from the prior."""
    done = Filter(loaded, figures, runner)
    for month in months:
        done.step(month)
    return done.particles


def _figures(
    loaded: LoadedFilter, drawn: Particles, n: int, months: Sequence[Month], rng: np.random.Generator
) -> list[Figure]:
    """Draw figures of a truth as they might be published, a series each month; one dispersion for each series."""
    found = []
    for number, (name, entry) in enumerate(loaded.experiment.series.items()):
        prior = observation_model.prior_of_dispersion(1, 1)[0]
        chance = np.exp(prior - prior.max())
        g = np.where(np.arange(chance.shape[1]) == rng.choice(chance.shape[1], p=chance[0] / chance.sum()), 0.0, -1e9)
        for month in months:
            days = np.arange(month.begun, month.ended, dtype=np.intp)
            count = np.maximum(drawn.daily[n, number, days].sum() * entry.share, 0.5)
            value = float(observation_model.draw(np.array([count]), g[None], rng)[0])
            found.append(Figure(name, days, value, value, value, False, month.ended))
    return found


def _quantities(loaded: LoadedFilter, drawn: Particles, n: int) -> list[tuple[str, float]]:
    posture = loaded.experiment.posture
    names = ["inflow", "facilitation", *(f"steering to {agency}" for agency in posture.steering), *loaded.unknowns]
    return list(zip(names, [float(values[n]) for values in _values(drawn)], strict=True))


def _values(particles: Particles) -> list[Floats]:
    return [*particles.paths[-1].T, *particles.scores[-1].T]


def _rank(mine: Floats, true: float) -> float:
    return float(((mine < true).mean() + (mine <= true).mean()) / 2)
