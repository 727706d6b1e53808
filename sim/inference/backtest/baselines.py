"""Baseline forecasts that a model must beat: they know the past of the series, and the seats flown.

All use rates per day, so periods of any length may be mixed. `last value` is a single figure. The others are
log-normal with a spread that grows with the square root of the months ahead. That of `log random walk` is learnt from
the past of the series: the mean square of the monthly changes of its logarithm, with one change of 0.5 added so that a
short past does not suggest certainty. Learnt during a crisis, it is very wide. The others are given 0.5 a month (a
factor of 1.65), which could not have been learnt at the time: they are stronger than forecasters would have been.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from sim.inference.observations import Row
from sim.scenario.measures.carrier_ban import CarrierBan
from sim.scenario.quantity import centre
from sim.scenario.schema import Scenario

Floats = npt.NDArray[np.float64]
MONTH = 30.4
WALK, NARROW = "log random walk", "log random walk, narrow"
NAMES = ("last value", "seasonal naive", WALK, NARROW, "exponential smoothing", "exposure scaling")
_SMALLEST = 1 / MONTH  # a rate of one event a month replaces zero
_CHANGE = 0.5
_ALPHAS = np.linspace(0.1, 1.0, 19)


class Past(NamedTuple):
    """What a baseline knows: the figures published before the origin, of about a month each, and the year before."""

    origin: date
    rows: list[Row]
    year: float | None  # rate a day of the latest whole year
    seats: Callable[[date, date], float] | None  # seats in a period, as known at the origin


def past_of(rows: Sequence[Row], origin: date, seats: Callable[[date, date], float] | None) -> Past:
    """Sort the known rows of one series: non-overlapping ones of 20 to 45 days are treated as months."""
    months = sorted((r for r in rows if 20 <= r.days <= 45 and r.middle is not None), key=lambda row: row.start)
    apart = [row for k, row in enumerate(months) if not k or row.start > months[k - 1].end]
    years = [row for row in rows if row.days >= 300 and row.middle is not None]
    year = max(years, key=lambda row: row.end) if years else None
    return Past(origin, apart, None if year is None else _rate(year), seats)


def forecast(name: str, past: Past, target: Row, size: int) -> Floats | None:
    """Return evenly spaced quantiles of a baseline's forecast of a row, shape (size,); None without a past."""
    median = _MEDIANS[name](past, target)
    if median is None:
        return None
    if name == "last value":
        return np.full(size, median * target.days)
    months = max((target.end - past.origin).days + 1, 1) / MONTH
    sd = np.sqrt((_variance(past) if name == WALK else _CHANGE**2) * max(months, 0.5))
    found: Floats = median * target.days * np.exp(sd * ndtri((np.arange(size) + 0.5) / size))
    return found


def seats_of(scenario: Scenario, transit_state: str) -> Callable[[date, date], float]:
    """Return a function that gives the scheduled seats for migrants on all routes to a state in a period."""

    def seats(first: date, last: date) -> float:
        days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
        total = 0.0
        for carrier in scenario.carriers.values():
            for route, service in carrier.services.items():
                if scenario.routes[route].transit_state != transit_state or scenario.routes[route].over_sea:
                    continue
                share = centre(service.migrant_share)
                weekly = sorted(service.weekly.items())
                for day in days:
                    held = [value for since, value in weekly if since <= day]
                    barred = _barred(scenario, carrier.services, route, day)
                    total += 0.0 if barred or not held else centre(held[-1]) / 7 * service.seats * share
        return total

    return seats


def _barred(scenario: Scenario, services: object, route: str, day: date) -> bool:
    """Return whether a ban of all cohorts closes a route."""
    for measure in scenario.measures.values():
        if not isinstance(measure, CarrierBan) or measure.cohorts or day < measure.start:
            continue
        own = not measure.carriers or any(scenario.carriers[name].services is services for name in measure.carriers)
        if own and route in measure.closes(scenario) and (measure.end is None or day <= measure.end):
            return True
    return False


def _rate(row: Row) -> float:
    return max((row.middle or 0.0) / row.days, _SMALLEST)


def _last(past: Past, target: Row) -> float | None:
    return _rate(past.rows[-1]) if past.rows else past.year


def _seasonal(past: Past, target: Row) -> float | None:
    """Return the rate of the same days a year before, or of that whole year if months were not published."""
    same = [
        row for row in past.rows if row.start.year == target.start.year - 1 and row.start.month == target.start.month
    ]
    return _rate(same[0]) if same else past.year


def _smoothed(past: Past, target: Row) -> float | None:
    """Return the simple exponential smoothing of the logarithm, its constant fitted to one-step errors."""
    if not past.rows:
        return past.year
    logs = _logs(past)
    found = [_smooth(logs, alpha) for alpha in _ALPHAS]
    errors = [error for _, error in found]
    return float(np.exp(found[int(np.argmin(errors))][0]))


def _smooth(logs: Floats, alpha: float) -> tuple[float, float]:
    level, squares = float(logs[0]), 0.0
    for value in logs[1:]:
        squares += (value - level) ** 2
        level += alpha * (value - level)
    return level, squares


def _scaled(past: Past, target: Row) -> float | None:
    """Return events per seat in the last period, times the seats in the target's period."""
    if past.seats is None or not past.rows:
        return past.year
    last = past.rows[-1]
    before, ahead = past.seats(last.start, last.end) / last.days, past.seats(target.start, target.end) / target.days
    return _rate(last) * ahead / before if before > 0 else _rate(last)


def _logs(past: Past) -> Floats:
    year = [] if past.year is None else [past.year]
    return np.log([*year, *(_rate(row) for row in past.rows)])


def _variance(past: Past) -> float:
    changes = np.diff([np.log(_rate(row)) for row in past.rows])
    return float((_CHANGE**2 + (changes**2).sum()) / (1 + len(changes)))


_MEDIANS: dict[str, Callable[[Past, Row], float | None]] = {
    "last value": _last,
    "seasonal naive": _seasonal,
    WALK: _last,
    NARROW: _last,
    "exponential smoothing": _smoothed,
    "exposure scaling": _scaled,
}
