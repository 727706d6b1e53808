"""The year at a border: hours of darkness from the sun, and cold from a climatology.

Angles are of the year, from 0 on 1 January, so that leap years begin and end as others do.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_TILT = np.radians(23.45)
_SUNSET = np.radians(-0.833)  # altitude of the sun's centre: its radius and refraction at the horizon
_DEEP = 0.5 / 12  # the middle of January, in years


def years(start: date, days: int) -> Floats:
    """Return how much of its year has passed on each day, from 0 on 1 January to below 1, shape (``days``,)."""
    dates = np.datetime64(start, "D") + np.arange(days)
    year = dates.astype("datetime64[Y]")
    first, following = year.astype("datetime64[D]"), (year + np.timedelta64(1, "Y")).astype("datetime64[D]")
    passed: Floats = (dates - first) / (following - first)
    return passed


def hours_of_darkness(year: Floats, latitude: float) -> Floats:
    """Return the hours from sunset to sunrise: 0 in polar day, 24 in polar night.

    The declination is that of Cooper (1969, doi:10.1016/0038-092X(69)90047-4), 23.45 degrees times
    sin(2 pi (284 + n) / 365) on day n of the year; the sun sets at an altitude of -0.833 degrees.

    Args:
        year: How much of the year has passed, from `years`.
        latitude: Degrees, negative in the south.
    """
    declination = _TILT * np.sin(2 * np.pi * (year + 285 / 365))
    phi = np.radians(latitude)
    # at a pole the cosine vanishes, and the sun's altitude alone tells day from night
    across = np.maximum(np.cos(phi) * np.cos(declination), 1e-12)
    setting = (np.sin(_SUNSET) - np.sin(phi) * np.sin(declination)) / across
    darkness: Floats = 24.0 * (1.0 - np.arccos(np.clip(setting, -1.0, 1.0)) / np.pi)
    return darkness


def temperature(year: Floats, january: float, july: float) -> Floats:
    """Return the mean temperature (degC): a sinusoid through the given ones in the middle of January and July."""
    mean, swing = (january + july) / 2, (january - july) / 2
    result: Floats = mean + swing * np.cos(2 * np.pi * (year - _DEEP))
    return result


def cold(warmth: Floats, coldest: float, comfortable: float) -> Floats:
    """Return the cold, from 0 at ``comfortable`` (degC) and above to 1 at ``coldest`` (degC) and below.

    It is 0 all the year where even the coldest month is comfortable.
    """
    if coldest >= comfortable:
        return np.zeros_like(warmth)
    span = comfortable - coldest
    result: Floats = np.clip(comfortable - warmth, 0.0, span) / span
    return result


def visibility(dark: Floats, darkness: float) -> Floats:
    """Return the factor on detection: 1 at 12 hours of darkness, 1 - ``darkness`` / 2 at 24, never below 0."""
    factor: Floats = np.maximum(1.0 - darkness * (dark / 24.0 - 0.5), 0.0)
    return factor
