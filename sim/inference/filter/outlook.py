"""The outlook: what comes in the next weeks at each section, from the particles at the end of a record.

Particles run on under postures drawn from the process that they have learnt, with the schedules and measures of the
scenario. What they give is published as the back-test scores it: stretched by the errors of past forecasts
(`past_errors`); and of a country's counts, which authorities publish, as they might be published (`observation_model`).
That the errors, which are of months and countries, hold for weeks and sections too, and for people, is assumed.

An early warning is the share of runs in which a section is overloaded in a week: on some day its patrol calls pass what
its patrols can handle. The Monte Carlo error of that share is sqrt(p (1 - p) / n).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.backtest.error_widths import stretched
from sim.inference.filter import observation_model
from sim.inference.filter.assimilate import Filter, Month, courses_of
from sim.inference.filter.engine_runs import PEOPLE, WEEKLY, Course
from sim.inference.filter.posture_process import continued
from sim.inference.filter.proposal import systematic
from sim.inference.frozen_inputs import month_after
from sim.inference.sampling import stream

Floats = npt.NDArray[np.float64]
LEVELS = {"low90": 0.05, "low50": 0.25, "median": 0.5, "high50": 0.75, "high90": 0.95}
HUB_LEVELS = (0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99)
UNITS = {"attempts": "events", "recorded": "events", "pressure": "1", "peak pressure": "1", "capacity": "events",
         "overload days": "days"}  # fmt: skip


class Outlook(NamedTuple):
    """The weeks ahead.

    Attributes:
        origin: First day.
        sections: Sections in the order of the arrays.
        agencies: The agency of each.
        by_section: Counts by run, week and section, of the kinds of `WEEKLY`: shape (n, weeks, sections, kinds).
        people: Counts by run and week, of the kinds of `PEOPLE`: shape (n, weeks, kinds).
        by_agency: Recorded attempts by run and week as agencies might publish them: shape (n, weeks), by agency.
        total: Of all agencies and weeks together, shape (n,).
        factor: What past errors stretched all of these by.
    """

    origin: date
    sections: list[str]
    agencies: list[str]
    by_section: Floats
    people: Floats
    by_agency: dict[str, Floats]
    total: Floats
    factor: float

    @property
    def weeks(self) -> int:
        """Return the number of weeks."""
        return int(self.by_section.shape[1])

    def begin(self, week: int) -> date:
        """Return the first day of a week, counted from 0."""
        return self.origin + timedelta(days=7 * week)


def outlook(
    filtered: Filter, months: Sequence[Month], weeks: int, runs: int, factor: float = 1.0, scenario: Any = None
) -> Outlook:
    """Run particles on for some weeks from the end of the last month.

    Args:
        filtered: A filter after its last month.
        months: The months that it has done.
        weeks: Weeks ahead.
        runs: How many particles run on; each with a course of its own.
        factor: What the forecasts are stretched by.
        scenario: What comes follows this scenario instead, such as one with a measure; what has happened stays.
    """
    loaded, particles = filtered.loaded, filtered.particles
    last = months[-1]
    origin = last.first + timedelta(days=last.days)
    rng = stream(loaded.experiment.seed, "outlook", origin.toordinal())
    chosen = systematic(np.full(particles.size, 1 / particles.size), runs, rng)
    own = particles.taken(chosen)
    courses = _courses(filtered, own, origin, weeks * 7, rng)
    found = filtered.runner.look_ahead([filtered.states[k] for k in own.states], courses, scenario)
    sections = sorted(loaded.scenario.sections)
    agencies = [loaded.scenario.sections[name].agency for name in sections]
    by_section, people = (np.array(part) for part in zip(*found, strict=True))
    recorded = by_section[:, :, :, WEEKLY.index("recorded")]
    by_agency, total = {}, np.zeros(runs)
    for agency in sorted(set(agencies)):
        counts = recorded[:, :, [name == agency for name in agencies]].sum(axis=2)
        weekly = [_published(filtered, agency, counts[:, week], own.dispersion, rng) for week in range(weeks)]
        by_agency[agency] = _wide(np.stack(weekly, axis=1), factor)
        total += _published(filtered, agency, counts.sum(axis=1), own.dispersion, rng)
    sections_wide = _of_sections(by_section, factor)
    return Outlook(
        origin, sections, agencies, sections_wide, _wide(people, factor), by_agency, _wide(total, factor), factor
    )


def _courses(filtered: Filter, own: Any, origin: date, days_ahead: int, rng: np.random.Generator) -> list[Course]:
    """Return courses of particles for some days from an origin, month by month."""
    lengths: list[int] = []
    first, left = origin, days_ahead
    while left > 0:
        following = month_after(first.replace(day=1), 1)
        lengths.append(min((following - first).days, left))
        first, left = following, left - lengths[-1]
    postures, off = continued(own.paths, own.off, filtered.loaded.prior, len(lengths), rng)
    return courses_of(lengths, postures, off, filtered.loaded.values(own.scores[-1]))


def _published(filtered: Filter, agency: str, counts: Floats, dispersion: Floats, rng: np.random.Generator) -> Floats:
    """Return counts of an agency, shape (n,), as it might publish them; as they are if it has no series."""
    for name, entry in filtered.loaded.experiment.series.items():
        if entry.agency == agency and entry.measure == "recorded_attempts":
            expected = np.maximum(counts * entry.share, 0.5)
            return observation_model.draw(expected, dispersion[:, filtered.numbers[name]], rng)
    return counts


def _wide(counts: Floats, factor: float) -> Floats:
    """Stretch counts of shape (n, ...), each along the runs."""
    if factor == 1.0:
        return counts
    flat = counts.reshape(len(counts), -1)
    wide = [stretched(flat[:, k], factor) for k in range(flat.shape[1])]
    return np.stack(wide, axis=1).reshape(counts.shape)


def _of_sections(by_section: Floats, factor: float) -> Floats:
    """Stretch what is counted by section; pressure as calls over the mean capacity, and no week beyond seven days."""
    wide = by_section.copy()
    capacity = np.maximum(by_section[..., WEEKLY.index("capacity")].mean(axis=0), 0.5)
    for number, kind in enumerate(WEEKLY):
        part = by_section[..., number]
        if kind in ("attempts", "recorded"):
            wide[..., number] = _wide(part, factor)
        elif kind in ("pressure", "peak pressure"):
            unit = capacity if kind == "pressure" else capacity / 7
            wide[..., number] = _wide(part * unit, factor) / unit
        elif kind == "overload days":
            wide[..., number] = np.minimum(_wide(part, factor), 7.0)
    return wide


def table(ahead: Outlook) -> pd.DataFrame:
    """Return a row per section, week and outcome, with mean and intervals; and of the people, for all sections."""
    rows = []
    for week in range(ahead.weeks):
        start = ahead.begin(week)
        about = {"week": week + 1, "week_start": start, "week_end": start + timedelta(days=6)}
        for k, section in enumerate(ahead.sections):
            part = ahead.by_section[:, week, k]
            for number, kind in enumerate(WEEKLY):
                rows.append({"section": section, "agency": ahead.agencies[k], **about, **_row(kind, part[:, number])})
        for number, kind in enumerate(PEOPLE):
            rows.append({"section": "", "agency": "", **about, **_row(kind, ahead.people[:, week, number])})
    return pd.DataFrame(rows)


def country_table(ahead: Outlook) -> pd.DataFrame:
    """Return a row per agency and week: recorded attempts as the agency might publish them, with intervals."""
    return pd.DataFrame([
        {"agency": agency, "week": week + 1, "week_start": ahead.begin(week), **_row("recorded", counts[:, week])}
        for agency, counts in ahead.by_agency.items() for week in range(ahead.weeks)
    ])  # fmt: skip


def _row(kind: str, values: Floats) -> dict[str, Any]:
    quantiles = {name: float(np.quantile(values, level)) for name, level in LEVELS.items()}
    return {"outcome": kind, "unit": UNITS.get(kind, "persons"), "mean": float(values.mean()), **quantiles}


def warnings(ahead: Outlook) -> pd.DataFrame:
    """Return the probability that a section is overloaded in a week, with its Monte Carlo error."""
    over = ahead.by_section[:, :, :, WEEKLY.index("peak pressure")] > 1.0
    share = over.mean(axis=0)
    error = np.sqrt(share * (1 - share) / len(over))
    return pd.DataFrame([
        {
            "section": section, "agency": ahead.agencies[k], "week": week + 1, "week_start": ahead.begin(week),
            "p_overload": float(share[week, k]), "error": float(error[week, k]),
        }
        for k, section in enumerate(ahead.sections) for week in range(ahead.weeks)
    ])  # fmt: skip


def hub_table(ahead: Outlook) -> pd.DataFrame:
    """Return quantiles of each agency's recorded attempts by week, in the format of forecast hubs."""
    return pd.DataFrame([
        hub_row(ahead.origin, week + 1, "week", ahead.begin(week) + timedelta(days=6), agency, level,
                float(np.quantile(counts[:, week], level)))
        for agency, counts in ahead.by_agency.items() for week in range(ahead.weeks) for level in HUB_LEVELS
    ])  # fmt: skip


def hub_row(
    origin: date, horizon: int, unit: str, end: date, location: str, level: float, value: float
) -> dict[str, Any]:
    """Return a row in the format of forecast hubs; the unit of the horizon is "week" or "month"."""
    return {
        "origin_date": origin, "horizon": horizon, "target": f"{unit}ly recorded attempts", "target_end_date": end,
        "location": location, "output_type": "quantile", "output_type_id": level, "value": value,
    }  # fmt: skip
