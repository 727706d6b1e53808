"""Weeks ahead by section, as they are published: stretched around their medians, early warnings with them."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from sim.inference.filter.engine_runs import WEEKLY
from sim.inference.filter.observation_model import GRID
from sim.inference.filter.outlook import Outlook, _of_sections, _published, _wide, warnings

RUNS, WEEKS, SECTIONS = 400, 2, 3
RNG = np.random.default_rng(4)


def by_section() -> np.ndarray:
    found = np.zeros((RUNS, WEEKS, SECTIONS, len(WEEKLY)))
    calls = RNG.lognormal(3, 0.5, (RUNS, WEEKS, SECTIONS))
    capacity = 40.0
    peak = calls / 7 * 1.6 / (capacity / 7)
    for kind, values in {
        "attempts": calls, "recorded": calls, "pressure": calls / capacity, "peak pressure": peak,
        "capacity": np.full_like(calls, capacity), "overload days": np.where(peak > 1, 2.0, 0.0),
    }.items():  # fmt: skip
        found[..., WEEKLY.index(kind)] = values
    return found


def outlook(runs: np.ndarray) -> Outlook:
    names = [f"s{k}" for k in range(SECTIONS)]
    return Outlook(date(2024, 1, 1), names, ["poland"] * SECTIONS, runs, np.zeros((RUNS, WEEKS, 3)), {}, runs[:, 0], 1)


def test_without_past_errors_nothing_is_stretched() -> None:
    runs = by_section()
    assert np.array_equal(_of_sections(runs, 1.0), runs)
    share = (runs[..., WEEKLY.index("overload days")] > 0).mean(axis=0).T.ravel()
    assert list(warnings(outlook(runs))["p_overload"]) == pytest.approx(list(share))


def test_a_stretch_widens_every_outcome_around_its_median() -> None:
    runs = by_section()
    wide = _of_sections(runs, 1.5)
    for kind in ("attempts", "recorded", "pressure", "peak pressure"):
        before, after = runs[..., WEEKLY.index(kind)], wide[..., WEEKLY.index(kind)]
        assert np.median(after, axis=0) == pytest.approx(np.median(before, axis=0), rel=1e-3)
        assert (np.quantile(after, 0.95, axis=0) > np.quantile(before, 0.95, axis=0)).all()
        assert (np.quantile(after, 0.05, axis=0) < np.quantile(before, 0.05, axis=0)).all()
    assert np.array_equal(wide[..., WEEKLY.index("capacity")], runs[..., WEEKLY.index("capacity")])
    assert wide[..., WEEKLY.index("overload days")].max() <= 7


def test_doubt_makes_an_unlikely_overload_likelier_and_a_likely_one_less_sure() -> None:
    runs = by_section()
    unlikely, likely = runs.copy(), runs.copy()
    number = WEEKLY.index("peak pressure")
    unlikely[..., number] *= 0.6 / np.median(runs[..., number])
    likely[..., number] *= 1.6 / np.median(runs[..., number])
    rare, often = (
        [warnings(outlook(_of_sections(given, by)))["p_overload"].mean() for by in (1.0, 1.6)]
        for given in (unlikely, likely)
    )
    assert rare[0] < rare[1] < 0.5 < often[1] < often[0]


def test_counts_stay_counts() -> None:
    counts = RNG.poisson(0.3, (RUNS, 4)).astype(float)
    assert _wide(counts, 2.0).min() >= 0


def test_what_is_published_is_the_reported_share_of_recorded_attempts_and_noisier() -> None:
    claims = SimpleNamespace(agency="poland", measure="claims", share=1.0)
    attempts = SimpleNamespace(agency="poland", measure="recorded_attempts", share=0.5)
    experiment = SimpleNamespace(series={"claims": claims, "attempts": attempts})
    filtered = SimpleNamespace(loaded=SimpleNamespace(experiment=experiment), numbers={"claims": 0, "attempts": 1})
    counts, dispersion = np.full(4000, 200.0), np.full((4000, 2, len(GRID)), -50.0)
    dispersion[:, 0, -1] = dispersion[:, 1, 1] = 0.0  # log weights: claims are reported most loosely, attempts closely
    published = _published(filtered, "poland", counts, dispersion, RNG)  # type: ignore[arg-type]
    assert np.median(published) == pytest.approx(100, rel=0.05)
    inner = np.quantile(published, 0.75) - np.quantile(published, 0.25)
    assert 100 * GRID[1] < inner < 100 * GRID[-1]
    assert np.array_equal(_published(filtered, "latvia", counts, dispersion, RNG), counts)  # type: ignore[arg-type]
