"""The year: darkness against the almanac, cold against the climatology; other latitudes, leap years, the south."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.engine.season import cold, hours_of_darkness, temperature, visibility, years
from tests.strategies import finished, tiny_scenario

# Sunset to sunrise in the middle of each month at 53 N.
AT_53_N = (15.9, 14.3, 12.3, 10.1, 8.2, 7.2, 7.6, 9.3, 11.4, 13.5, 15.4, 16.3)
YEAR = years(date(2021, 1, 1), 365)
latitudes = st.floats(-90, 90)
degrees = st.floats(-60, 60)


def on(day: date) -> np.ndarray:
    """The time of the year on one day."""
    return years(day, 1)


@pytest.mark.parametrize("year", [2021, 2024])
def test_hours_of_darkness_are_those_of_the_almanac(year: int) -> None:
    found = [float(hours_of_darkness(on(date(year, month, 15)), 53.0)[0]) for month in range(1, 13)]
    assert found == pytest.approx(AT_53_N, abs=0.15)


@given(latitudes)
def test_a_day_is_never_longer_than_a_day_and_nights_outlast_days_nowhere_over_the_year(latitude: float) -> None:
    """Refraction and the sun's radius make the mean night a little shorter than the mean day, at any latitude."""
    dark = hours_of_darkness(YEAR, latitude)
    assert ((dark >= 0) & (dark <= 24)).all()
    assert 10.9 < dark.mean() < 12.0


@given(latitudes)
def test_the_south_has_the_seasons_of_the_north_half_a_year_later(latitude: float) -> None:
    """When the sun is as far south of the equator as it is north now."""
    half = (YEAR + 0.5) % 1
    assert hours_of_darkness(YEAR, -latitude) == pytest.approx(hours_of_darkness(half, latitude), abs=1e-6)


@pytest.mark.parametrize("latitude", [69.7, 80.0, 90.0])
def test_beyond_the_polar_circle_night_and_day_last_for_weeks(latitude: float) -> None:
    june, december = on(date(2021, 6, 21)), on(date(2021, 12, 21))
    assert hours_of_darkness(june, latitude) == 0 == hours_of_darkness(december, -latitude)
    assert hours_of_darkness(december, latitude) == 24 == hours_of_darkness(june, -latitude)


def test_days_grow_longer_to_midsummer_and_at_higher_latitudes() -> None:
    dark = hours_of_darkness(years(date(2022, 1, 1), 365), 53.0)
    assert dark.argmin() == pytest.approx((date(2022, 6, 21) - date(2022, 1, 1)).days, abs=1)
    assert dark.argmax() == pytest.approx((date(2022, 12, 21) - date(2022, 1, 1)).days, abs=1)
    assert (np.diff(dark[:165]) < 0).all()
    assert hours_of_darkness(on(date(2022, 12, 1)), 54.0) > hours_of_darkness(on(date(2022, 12, 1)), 53.0)


def test_a_year_passes_evenly_whether_leap_or_not() -> None:
    passed = years(date(2023, 12, 1), 500)
    starts = np.flatnonzero(np.diff(passed) < 0) + 1
    assert passed[starts].tolist() == [0.0, 0.0]
    assert np.diff(starts).tolist() == [366]
    assert ((passed >= 0) & (passed < 1)).all()
    dark = hours_of_darkness(passed, 53.0)
    assert np.abs(np.diff(dark)).max() < 0.08


def test_temperatures_go_through_those_of_january_and_july() -> None:
    assert temperature(on(date(2021, 1, 16)), -4.7, 17.8) == pytest.approx(-4.7, abs=0.01)
    assert temperature(on(date(2021, 7, 16)), -4.7, 17.8) == pytest.approx(17.8, abs=0.01)
    assert temperature(on(date(2021, 5, 16)), -4.7, 17.8) == pytest.approx(12.9, abs=1.5)  # the record's May


@given(degrees, degrees, degrees)
@example(3.0, -1.1e-308, 0.0)  # so small a span that a share of it overflows
def test_cold_is_a_share_that_falls_with_warmth(january: float, july: float, comfortable: float) -> None:
    warmth = temperature(YEAR, january, july)
    found = cold(warmth, min(january, july), comfortable)
    assert ((found >= 0) & (found <= 1)).all()
    order = np.argsort(warmth)
    assert (np.diff(found[order]) <= 1e-12).all()
    assert not found[warmth >= comfortable].any()
    if comfortable > min(january, july) + 1:
        assert found.max() > 0.99


def test_the_coldest_month_is_july_in_the_south() -> None:
    found = cold(temperature(YEAR, 24.0, 9.0), 9.0, 15.0)
    assert found.argmax() == pytest.approx((date(2021, 7, 16) - date(2021, 1, 1)).days, abs=2)
    assert found[0] == 0


def test_light_changes_nothing_at_strength_zero_nor_at_twelve_hours() -> None:
    dark = np.linspace(0.0, 24.0, 49)
    assert (visibility(dark, 0.0) == 1.0).all()
    for strength in (0.3, 1.0, 2.0):
        factor = visibility(dark, strength)
        assert factor[24] == 1.0
        assert (np.diff(factor) < 0).all()
        assert factor[0] - factor[-1] == pytest.approx(strength)
        assert factor.min() >= 0


def test_a_run_takes_the_season_of_each_date() -> None:
    """Half a year apart, the run's first day is dark and cold, or light and mild."""
    scenario = tiny_scenario({"seasons": {"latitude": 60.0}, "detection": {"darkness": 1.0}}, days=3)
    winter, summer = (
        finished(scenario.model_copy(update={"start": start})) for start in (date(2025, 1, 14), date(2025, 7, 14))
    )
    for model, day in ((winter, date(2025, 1, 16)), (summer, date(2025, 7, 16))):
        hours = hours_of_darkness(on(day), 60.0)
        assert model.world.p["visibility"] == pytest.approx(1 - (hours[0] / 24 - 0.5))
    assert winter.world.p["cold"] == pytest.approx(1.0, abs=0.01)
    assert not summer.world.p["cold"].any()
    assert (winter.world.p["visibility"] < 0.8).all() and (summer.world.p["visibility"] > 1.2).all()
