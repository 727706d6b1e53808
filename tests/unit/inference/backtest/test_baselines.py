"""The forecasts that a model must beat."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.inference.backtest import baselines
from sim.inference.observations import Row
from tests.strategies import START, tiny_scenario


def month(number: int, value: float | None, series: str = "s") -> Row:
    start = date(2025, number, 1)
    end = date(2025, number + 1, 1) - timedelta(days=1)
    return Row(series, start, end, value, None, None, end + timedelta(days=1), {})


@given(st.floats(1, 1e5))
def test_a_series_that_never_changes_is_foretold_by_its_past(rate: float) -> None:
    rows = [month(k, rate * (date(2025, k + 1, 1) - date(2025, k, 1)).days) for k in range(1, 6)]
    past, target = baselines.past_of(rows, date(2025, 6, 1), lambda a, b: float((b - a).days + 1)), month(6, None)
    for name in baselines.NAMES:
        found = baselines.forecast(name, past, target, 99)
        if name == "seasonal naive":
            assert found is None
        else:
            assert found is not None
            assert np.median(found) == pytest.approx(30 * rate, rel=1e-6)


def test_exposure_scaling_follows_the_seats() -> None:
    def seats(first: date, last: date) -> float:
        return ((last - first).days + 1) * (2.0 if first.month < 6 else 1.0)

    past = baselines.past_of([month(5, 3100)], date(2025, 6, 1), seats)
    found = baselines.forecast("exposure scaling", past, month(6, None), 99)
    assert found is not None
    assert np.median(found) == pytest.approx(1500, rel=1e-6)


def test_seats_are_those_of_the_schedules() -> None:
    seats = baselines.seats_of(tiny_scenario(), "belarus")
    assert seats(START, START + timedelta(days=6)) == pytest.approx(5 * 8 + 4 * 6 + 4 * 5)


ORIGIN = date(2025, 6, 1)
FLAT = ndtri((np.arange(99) + 0.5) / 99)


def span(first: date, days: int, value: float | None) -> Row:
    return Row("s", first, first + timedelta(days=days - 1), value, None, None, first, {})


def past(*values: float, year: float | None = None, seats: object = None) -> baselines.Past:
    """A past of thirty-day months with these rates a day, up to the origin."""
    rows = [span(ORIGIN - timedelta(days=30 * (len(values) - k)), 30, 30 * v) for k, v in enumerate(values)]
    return baselines.Past(ORIGIN, rows, year, seats)  # type: ignore[arg-type]


def foretold(name: str, known: baselines.Past, target: Row) -> np.ndarray:
    found = baselines.forecast(name, known, target, 99)
    assert found is not None
    return found


def test_a_past_has_months_apart_in_order_and_the_rate_of_the_latest_whole_year() -> None:
    first = date(2024, 1, 1)
    short, least, month_, most, long = (
        span(first + timedelta(days=100 * k), days, days * 2.0) for k, days in enumerate((19, 20, 30, 45, 46))
    )
    inside = span(month_.start + timedelta(days=29), 30, 9.0)
    after = span(month_.start + timedelta(days=30), 30, 9.0)
    blank = span(first + timedelta(days=600), 30, None)
    years = [span(date(2022, 1, 1), 365, 730.0), span(date(2023, 1, 1), 300, 900.0), span(date(2024, 1, 1), 299, 5.0),
             span(date(2024, 1, 1), 366, None)]  # fmt: skip
    found = baselines.past_of([most, blank, after, inside, month_, *years, least, long, short], ORIGIN, None)
    assert found == (ORIGIN, [least, month_, most], 3.0, None)
    apart = baselines.past_of([after, month_, most], ORIGIN, None)
    assert apart.rows == [month_, after, most]
    assert apart.year is None
    assert baselines.past_of([*years, span(date(2021, 1, 1), 400, 4000.0)], ORIGIN, None).year == 3.0


def test_the_last_value_is_a_single_figure_at_its_rate() -> None:
    assert (foretold("last value", past(7.0, 2.0), span(ORIGIN, 31, None)) == 62).all()
    assert foretold("last value", past(0.0), span(ORIGIN, 31, None)) == pytest.approx(np.full(99, 31 / 30.4))
    assert (foretold("last value", past(year=3.0), span(ORIGIN, 31, None)) == 93).all()
    assert baselines.forecast("last value", past(), span(ORIGIN, 31, None), 99) is None


def test_the_spread_grows_with_the_root_of_the_months_ahead_to_the_periods_end() -> None:
    for days, months in ((31, 31 / 30.4), (61, 61 / 30.4), (10, 0.5), (16, 16 / 30.4)):
        found = foretold(baselines.NARROW, past(2.0), span(ORIGIN, days, None))
        assert found == pytest.approx(2 * days * np.exp(0.5 * np.sqrt(months) * FLAT))
    before = span(ORIGIN - timedelta(days=90), 10, None)
    assert foretold(baselines.NARROW, past(2.0), before) == pytest.approx(20 * np.exp(0.5 * np.sqrt(0.5) * FLAT))


def test_a_random_walk_learns_its_spread_from_changes_and_one_of_a_half() -> None:
    target = span(ORIGIN, 31, None)
    variance = (0.25 + np.log(3) ** 2 + np.log(1.5) ** 2) / 3
    found = foretold(baselines.WALK, past(1.0, 3.0, 2.0), target)
    assert found == pytest.approx(62 * np.exp(np.sqrt(variance * 31 / 30.4) * FLAT))
    assert foretold(baselines.WALK, past(2.0), target) == pytest.approx(foretold(baselines.NARROW, past(2.0), target))


def test_the_season_is_that_of_the_same_month_a_year_before_or_of_the_whole_year() -> None:
    rows = [span(date(2024, 6, 1), 30, 90.0), span(date(2024, 7, 1), 31, 31.0), span(date(2025, 5, 1), 31, 310.0)]
    known = baselines.Past(ORIGIN, rows, 7.0, None)
    for month_, rate in ((6, 3.0), (7, 1.0), (5, 7.0), (8, 7.0)):
        target = span(date(2025, month_, 1), 30, None)
        assert np.median(foretold("seasonal naive", known, target)) == pytest.approx(30 * rate)
    assert baselines.forecast("seasonal naive", known._replace(year=None), span(date(2025, 8, 1), 30, None), 99) is None


def test_smoothing_keeps_the_constant_whose_errors_are_least() -> None:
    target = span(ORIGIN, 30, None)
    steady = foretold("exponential smoothing", past(1.0, 8.0, 8.0, 8.0), target)
    assert np.median(steady) == pytest.approx(30 * 8), "what jumped and stayed is followed at once"
    logs = np.log([2.0, 1.0, 4.0, 1.0, 4.0, 1.0])
    levels = {}
    for alpha in np.linspace(0.1, 1.0, 19):
        level, squares = logs[0], 0.0
        for value in logs[1:]:
            squares += (value - level) ** 2
            level = (1 - alpha) * level + alpha * value
        levels[squares] = level
    assert len(levels) == 19
    found = foretold("exponential smoothing", past(2.0, 1.0, 4.0, 1.0, 4.0, 1.0), target)
    assert np.median(found) == pytest.approx(30 * np.exp(levels[min(levels)]))
    with_year = foretold("exponential smoothing", past(8.0, 8.0, year=1.0), target)
    assert np.median(with_year) == pytest.approx(240), "the year before is the first value"
    assert np.median(foretold("exponential smoothing", past(year=3.0), target)) == pytest.approx(90)
    assert baselines.forecast("exponential smoothing", past(), target, 99) is None


def test_a_constant_smooths_towards_each_value_and_adds_up_the_squares_of_its_errors() -> None:
    level, squares = baselines._smooth(np.array([1.0, 3.0, 2.0]), 0.25)
    assert (level, squares) == (1.5 + 0.25 * 0.5, 4 + 0.25)
    assert baselines._smooth(np.array([5.0]), 0.25) == (5, 0)


def test_exposure_is_seats_a_day_and_without_seats_before_the_rate_stays() -> None:
    def seats(first: date, last: date) -> float:
        return 900.0 if first < ORIGIN else 4000.0

    target = span(ORIGIN, 40, None)  # a hundred seats a day, after thirty
    assert np.median(foretold("exposure scaling", past(9.0, 3.0, seats=seats), target)) == pytest.approx(400)
    nobody = foretold("exposure scaling", past(3.0, seats=lambda first, last: 0.0), target)
    assert np.median(nobody) == pytest.approx(120)
    few = foretold("exposure scaling", past(3.0, seats=lambda first, last: 0.5 if first < ORIGIN else 40.0), target)
    assert np.median(few) == pytest.approx(3 / (0.5 / 30) * 40)
    assert np.median(foretold("exposure scaling", past(year=2.0, seats=seats), target)) == pytest.approx(80)
    assert np.median(foretold("exposure scaling", past(3.0, year=2.0), target)) == pytest.approx(80)
    assert baselines.forecast("exposure scaling", past(3.0), target, 99) is None


def seats_with(measures: dict[str, object], service: dict[str, object] | None = None) -> list[float]:
    """Seats to Belarus on each of the first ten days."""
    changes = {"carriers": {"airline-iq": {"services": {"baghdad-minsk": service or {}}}}, "measures": measures}
    seats = baselines.seats_of(tiny_scenario(changes), "belarus")
    return [seats(day, day) for day in (START + timedelta(days=k) for k in range(10))]


OTHERS = (4 * 6 + 4 * 5) / 7  # of two more services a day
ALL = OTHERS + 5 * 8 / 7


def test_seats_follow_the_schedule_and_the_share_of_migrants() -> None:
    later = {"weekly": {START + timedelta(days=2): 7, START + timedelta(days=5): 14}, "migrant_share": 0.5}
    assert seats_with({}, later) == pytest.approx([OTHERS + 20 / 7] * 2 + [OTHERS + 4] * 3 + [OTHERS + 8] * 5)
    scenario = tiny_scenario()
    assert baselines.seats_of(scenario, "belarus")(START, START + timedelta(days=1)) == pytest.approx(2 * ALL)
    assert baselines.seats_of(scenario, "libya")(START, START) == 0, "boats are no seats"
    early = {"airline-iq": {"services": {"baghdad-minsk": {"weekly": {START: None, START + timedelta(days=1): 5}}}}}
    found = baselines.seats_of(tiny_scenario({"carriers": early}), "belarus")
    assert found(START, START + timedelta(days=1)) == pytest.approx(OTHERS + ALL)


@pytest.mark.parametrize(
    ("ban", "barred"),
    [
        ({"routes": ["baghdad-minsk"]}, range(3, 10)),
        ({"routes": ["baghdad-minsk"], "end": START + timedelta(days=6)}, range(3, 7)),
        ({"carriers": ["airline-iq"], "end": START + timedelta(days=3)}, range(3, 4)),
        ({"carriers": ["airline-iq"], "routes": ["benghazi-minsk"]}, range(0)),
        ({"carriers": ["buses"], "routes": ["baghdad-minsk"]}, range(0)),
        ({"routes": ["baghdad-minsk"], "cohorts": ["iraqis"]}, range(0)),
    ],
)
def test_a_ban_of_all_cohorts_takes_the_seats_of_its_carriers_and_routes_while_it_lasts(
    ban: dict[str, object], barred: range
) -> None:
    measures = {
        "other": {"kind": "visa-stop", "transit_state": "belarus", "start": START},
        "ban": {"kind": "carrier-ban", "start": START + timedelta(days=3), **ban},
    }
    assert seats_with(measures) == pytest.approx([OTHERS if day in barred else ALL for day in range(10)])


def test_a_later_ban_counts_beside_one_that_does_not() -> None:
    first = {"kind": "carrier-ban", "start": START, "routes": ["damascus-minsk"], "cohorts": ["syrians"]}
    second = {"kind": "carrier-ban", "start": START, "carriers": ["airline-iq", "boats"]}
    assert seats_with({"a": first, "b": second}) == pytest.approx([OTHERS] * 10)
