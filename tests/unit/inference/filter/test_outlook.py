"""Weeks ahead by section, as they are published: stretched around their medians, early warnings with them."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.inference.backtest.error_widths import stretched
from sim.inference.filter import outlook as outlook_module
from sim.inference.filter.assimilate import Month, courses_of
from sim.inference.filter.engine_runs import WEEKLY
from sim.inference.filter.observation_model import GRID
from sim.inference.filter.outlook import (
    Outlook,
    _of_sections,
    _published,
    _wide,
    country_table,
    hub_row,
    hub_table,
    table,
    warnings,
)
from sim.inference.filter.particles import first_particles
from sim.inference.filter.posture_process import continued
from sim.inference.filter.proposal import systematic
from sim.inference.sampling import stream
from tests.unit.inference.filter.tiny_filter import tiny_filter

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


def made(sections: int = 1, weeks: int = 2) -> Outlook:
    """Twenty-one runs whose k-th counts k times the week more than the least, so that quantiles are whole numbers."""
    runs, week = np.arange(21.0)[:, None], np.arange(1.0, weeks + 1)
    base = runs * week
    of = base[:, :, None, None] + 1000 * np.arange(sections)[:, None] + 100 * np.arange(len(WEEKLY))
    people = base[:, :, None] + 500 + 100 * np.arange(3)
    names = [f"s{k}" for k in range(sections)]
    by_agency = {"latvia": 7000 + base, "poland": 3 * base}
    return Outlook(date(2024, 1, 29), names, ["poland"] * sections, of, people, by_agency, 10 * runs[:, 0], 1.0)


def interval(least: float, step: float) -> dict[str, float]:
    """What is told of values from the least on, in twenty-one equal steps."""
    told = {"mean": 10, "low90": 1, "low50": 5, "median": 10, "high50": 15, "high90": 19}
    return {name: least + step * number for name, number in told.items()}


def test_weeks_begin_every_seven_days() -> None:
    ahead = made()
    assert ahead.weeks == 2
    assert [ahead.begin(week) for week in (0, 1, 4)] == [date(2024, 1, 29), date(2024, 2, 5), date(2024, 2, 26)]


def test_the_table_has_sections_and_then_people_by_week() -> None:
    kinds = [("attempts", "events"), ("recorded", "events"), ("pressure", "1"), ("peak pressure", "1"),
             ("capacity", "events"), ("overload days", "days")]  # fmt: skip
    weeks = [(1, date(2024, 1, 29), date(2024, 2, 4)), (2, date(2024, 2, 5), date(2024, 2, 11))]
    rows = []
    for week, first, last in weeks:
        about = {"week": week, "week_start": first, "week_end": last}
        for section in range(2):
            own = {"section": f"s{section}", "agency": "poland", **about}
            rows += [
                {**own, "outcome": kind, "unit": unit, **interval(1000 * section + 100 * k, week)}
                for k, (kind, unit) in enumerate(kinds)
            ]
        rows += [
            {"section": "", "agency": "", **about, "outcome": kind, "unit": "persons", **interval(500 + 100 * k, week)}
            for k, kind in enumerate(("stranded", "injured", "dead"))
        ]
    assert table(made(2)).to_dict("records") == [pytest.approx(row) for row in rows]


def test_countries_have_a_row_a_week() -> None:
    rows = [
        {"agency": agency, "week": week, "week_start": first, "outcome": "recorded", "unit": "events",
         **interval(least, step * week)}
        for agency, least, step in (("latvia", 7000, 1), ("poland", 0, 3))
        for week, first in ((1, date(2024, 1, 29)), (2, date(2024, 2, 5)))
    ]  # fmt: skip
    assert country_table(made()).to_dict("records") == [pytest.approx(row) for row in rows]


def test_a_warning_is_the_share_of_runs_above_what_patrols_can_handle() -> None:
    runs = np.zeros((4, 2, 2, len(WEEKLY)))
    runs[:, 0, 1, WEEKLY.index("peak pressure")] = [1.0, 1.0 + 1e-9, 0.0, 1.2]
    runs[:, 1, 0, WEEKLY.index("peak pressure")] = [2.0, 3.0, 1.5, 0.5]
    ahead = made(2)._replace(by_section=runs, agencies=["latvia", "poland"])
    weeks = [date(2024, 1, 29), date(2024, 2, 5)]
    told = [("s0", "latvia", 1, 0.0, 0.0), ("s0", "latvia", 2, 0.75, np.sqrt(0.75 * 0.25 / 4)),
            ("s1", "poland", 1, 0.5, 0.25), ("s1", "poland", 2, 0.0, 0.0)]  # fmt: skip
    rows = [
        {"section": section, "agency": agency, "week": week, "week_start": weeks[week - 1], "p_overload": share,
         "error": error}
        for section, agency, week, share, error in told
    ]  # fmt: skip
    assert warnings(ahead).to_dict("records") == [pytest.approx(row) for row in rows]


def test_hubs_are_given_twenty_three_quantiles_of_each_country_and_week() -> None:
    found = hub_table(made())
    assert len(found) == 2 * 2 * 23
    levels = [0.01, 0.025, *np.arange(1, 20) / 20, 0.975, 0.99]
    second = found[(found["location"] == "poland") & (found["horizon"] == 2)]
    assert list(second["output_type_id"]) == pytest.approx(levels)
    assert list(second["value"]) == pytest.approx(20 * 6 * np.array(levels))
    assert second.iloc[3].to_dict() == {
        "origin_date": date(2024, 1, 29), "horizon": 2, "target": "weekly recorded attempts",
        "target_end_date": date(2024, 2, 11), "location": "poland", "output_type": "quantile", "output_type_id": 0.1,
        "value": pytest.approx(12.0),
    }  # fmt: skip
    assert list(found["location"].unique()) == ["latvia", "poland"]
    assert hub_row(date(2024, 1, 1), 3, "month", date(2024, 3, 31), "x", 0.5, 7.0)["target"] == (
        "monthly recorded attempts"
    )


def test_a_stretch_is_along_the_runs_of_each_count_alone() -> None:
    counts = RNG.lognormal(2, 1, (50, 3, 2))
    wide = _wide(counts, 1.4)
    for week in range(3):
        for kind in range(2):
            assert wide[:, week, kind] == pytest.approx(stretched(counts[:, week, kind], 1.4))
    assert _wide(counts, 1.0) is counts


def test_sections_are_stretched_as_calls_and_days_up_to_a_week() -> None:
    runs = np.zeros((21, 1, 2, len(WEEKLY)))
    kind = {name: WEEKLY.index(name) for name in WEEKLY}
    for number in range(len(WEEKLY)):
        runs[:, 0, :, number] = np.linspace(0.2, 3.0, 21)[:, None] * (number + 1)
    runs[:, 0, 0, kind["capacity"]] = np.linspace(10, 30, 21)
    runs[:, 0, 1, kind["capacity"]] = 0.0
    wide = _of_sections(runs, 2.0)
    for section, capacity in ((0, 20.0), (1, 0.5)):
        own, found = runs[:, 0, section], wide[:, 0, section]
        for name, unit in (
            ("attempts", 1.0),
            ("recorded", 1.0),
            ("pressure", capacity),
            ("peak pressure", capacity / 7),
        ):
            assert found[:, kind[name]] == pytest.approx(stretched(own[:, kind[name]] * unit, 2.0) / unit), name
        days = stretched(own[:, kind["overload days"]], 2.0)
        assert days.max() > 7
        assert found[:, kind["overload days"]] == pytest.approx(np.minimum(days, 7.0))
        assert np.array_equal(found[:, kind["capacity"]], own[:, kind["capacity"]])


def test_what_is_published_is_drawn_with_the_dispersion_of_its_series(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        outlook_module.observation_model, "draw", lambda count, dispersion, rng: count + 1000 * dispersion[:, 0]
    )
    filtered: Any = SimpleNamespace(loaded=tiny_filter(), numbers={"lithuania": 0, "poland": 1})
    dispersion = np.arange(12.0).reshape(2, 2, 3)
    found = _published(filtered, "poland", np.array([0.1, 50.0]), dispersion, RNG)
    assert found.tolist() == [3000.5, 9050.0]


@pytest.mark.parametrize("factor", [1.0, 1.5])
def test_an_outlook_runs_particles_on_and_adds_up_what_countries_count(
    monkeypatch: pytest.MonkeyPatch, factor: float
) -> None:
    loaded = tiny_filter()
    particles = first_particles(loaded, 2, np.random.default_rng(1)).changed(states=np.arange(20) // 2)
    asked: list[Any] = []

    def look_ahead(starts: Any, courses: Any, scenario: Any) -> list[Any]:
        asked.append((starts, courses, scenario))
        run = np.arange(len(starts))[:, None, None, None]
        sections = run + 10.0 * np.arange(5)[:, None, None] + 100 * np.arange(3)[:, None] + 1000 * np.arange(6)
        return list(zip(sections, np.full((len(starts), 5, 3), 2.0) * (run[:, 0] + 1), strict=True))

    monkeypatch.setattr(outlook_module, "_published", lambda f, agency, counts, dispersion, rng: counts + 0.5)
    filtered: Any = SimpleNamespace(
        loaded=loaded, particles=particles, states=[f"state {k}" for k in range(10)],
        runner=SimpleNamespace(look_ahead=look_ahead),
    )  # fmt: skip
    months = [Month(date(2025, 10, 1), 0, 31)]
    ahead = outlook_module.outlook(filtered, months, 5, 10, factor, "another scenario")
    ((starts, courses, scenario),) = asked
    assert (starts, scenario) == (filtered.states, "another scenario")  # every second particle, each with its state
    rng = stream(1, "outlook", date(2025, 11, 1).toordinal())
    chosen = systematic(np.full(20, 0.05), 10, rng)
    own = particles.taken(chosen)
    postures, off = continued(own.paths, own.off, loaded.prior, 2, rng)
    assert courses == courses_of([30, 5], postures, off, loaded.values(own.scores[-1]))
    assert (ahead.origin, ahead.weeks, ahead.factor) == (date(2025, 11, 1), 5, factor)
    assert ahead.sections == ["dieveniskes", "kuznica", "narewka"]
    assert ahead.agencies == ["lithuania", "poland", "poland"]
    run, week = np.arange(10.0)[:, None], np.arange(5.0)
    lithuania = run + 10 * week + 1000 + 0.5
    poland = 2 * (run + 10 * week + 1000) + 300 + 0.5
    assert list(ahead.by_agency) == ["lithuania", "poland"]
    for found, exact in zip(ahead.by_agency.values(), (lithuania, poland), strict=True):
        assert found == pytest.approx(_wide(exact, factor))
    total = (lithuania - 0.5).sum(axis=1) + (poland - 0.5).sum(axis=1) + 1.0
    assert ahead.total == pytest.approx(_wide(total, factor))
    assert ahead.people == pytest.approx(_wide(np.full((10, 5, 3), 2.0) * (run[:, :, None] + 1), factor))
    assert ahead.by_section.shape == (10, 5, 3, 6)
    given = np.array([look_ahead(starts, courses, None)[k][0] for k in range(10)])
    assert ahead.by_section == pytest.approx(_of_sections(given, factor))
