"""The outlook: what comes in the next weeks at each section, from the particles at the end of a record.

Particles run on under postures drawn from the process that they have learnt, with the schedules and measures of the
scenario. An early warning is the share of them in which a section is overloaded in a week: its patrol calls pass what
its patrols can handle. The Monte Carlo error of that share is sqrt(p (1 - p) / n).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.inference.filter.assimilate import Filter, Month, stretch
from sim.inference.filter.engine_runs import PEOPLE, WEEKLY, Course
from sim.inference.filter.posture_process import motion_given, next_regime, shocks
from sim.inference.filter.proposal import systematic
from sim.inference.frozen_inputs import month_after
from sim.inference.sampling import stream

Floats = npt.NDArray[np.float64]
LEVELS = {"low90": 0.05, "low50": 0.25, "median": 0.5, "high50": 0.75, "high90": 0.95}
HUB_LEVELS = (0.01, 0.025, *(round(0.05 * k, 2) for k in range(1, 20)), 0.975, 0.99)
UNITS = {"attempts": "events", "recorded": "events", "pressure": "1", "overload days": "days"}


class Outlook(NamedTuple):
    """The weeks ahead.

    Attributes:
        origin: First day.
        sections: Sections in the order of the arrays.
        agencies: The agency of each.
        by_section: Counts by run, week and section, of the kinds of `WEEKLY`: shape (n, weeks, sections, kinds).
        people: Counts by run and week, of the kinds of `PEOPLE`: shape (n, weeks, kinds).
    """

    origin: date
    sections: list[str]
    agencies: list[str]
    by_section: Floats
    people: Floats


def outlook(filtered: Filter, months: Sequence[Month], weeks: int, runs: int, scenario: Any = None) -> Outlook:
    """Run particles on for some weeks from the end of the last month.

    Args:
        filtered: A filter after its last month.
        months: The months that it has done.
        weeks: Weeks ahead.
        runs: How many particles run on; each with a course of its own.
        scenario: What comes follows this scenario instead, such as one with a measure; what has happened stays.
    """
    loaded, particles = filtered.loaded, filtered.particles
    last = months[-1]
    origin = last.first + timedelta(days=last.days)
    rng = stream(loaded.experiment.seed, "outlook", origin.toordinal())
    chosen = systematic(np.full(particles.size, 1 / particles.size), runs, rng)
    own = particles.taken(chosen)
    motion = motion_given(own.paths, loaded.prior, rng)
    posture, off = own.paths[-1], own.off[-1]
    values = loaded.values(own.scores[-1])
    courses: list[Course] = [()] * runs
    first, left = origin, weeks * 7
    while left > 0:
        following = month_after(first.replace(day=1), 1)
        days = min((following - first).days, left)
        posture = motion.mean(posture) + shocks(motion, rng)
        off = next_regime(off, loaded.prior, rng)
        more = [stretch(days, x, o, v) for x, o, v in zip(posture, off, values, strict=True)]
        courses = [(*course, one) for course, one in zip(courses, more, strict=True)]
        first, left = following, left - days
    found = filtered.runner.look_ahead([filtered.states[k] for k in own.states], courses, scenario)
    sections = sorted(loaded.scenario.sections)
    agencies = [loaded.scenario.sections[name].agency for name in sections]
    by_section, people = (np.array(part) for part in zip(*found, strict=True))
    return Outlook(origin, sections, agencies, by_section, people)


def table(ahead: Outlook) -> pd.DataFrame:
    """Return a row per section, week and outcome, with mean and intervals; and of the people, for all sections."""
    rows = []
    for week in range(ahead.by_section.shape[1]):
        start = ahead.origin + timedelta(days=7 * week)
        about = {"week": week + 1, "week_start": start, "week_end": start + timedelta(days=6)}
        for k, section in enumerate(ahead.sections):
            part = ahead.by_section[:, week, k]
            for number, kind in enumerate(WEEKLY):
                rows.append({"section": section, "agency": ahead.agencies[k], **about, **_row(kind, part[:, number])})
        for number, kind in enumerate(PEOPLE):
            rows.append({"section": "", "agency": "", **about, **_row(kind, ahead.people[:, week, number])})
    return pd.DataFrame(rows)


def _row(kind: str, values: Floats) -> dict[str, Any]:
    quantiles = {name: float(np.quantile(values, level)) for name, level in LEVELS.items()}
    return {"outcome": kind, "unit": UNITS.get(kind, "persons"), "mean": float(values.mean()), **quantiles}


def warnings(ahead: Outlook) -> pd.DataFrame:
    """Return the probability that a section is overloaded in a week, with its Monte Carlo error."""
    number = WEEKLY.index("overload days")
    over = ahead.by_section[:, :, :, number] > 0
    share = over.mean(axis=0)
    error = np.sqrt(share * (1 - share) / len(over))
    return pd.DataFrame([
        {
            "section": section, "agency": ahead.agencies[k], "week": week + 1,
            "week_start": ahead.origin + timedelta(days=7 * week),
            "p_overload": float(share[week, k]), "error": float(error[week, k]),
        }
        for k, section in enumerate(ahead.sections) for week in range(share.shape[0])
    ])  # fmt: skip


def hub_table(ahead: Outlook) -> pd.DataFrame:
    """Return quantiles of each agency's recorded attempts by week, in the format of forecast hubs."""
    number = WEEKLY.index("recorded")
    rows = []
    for agency in sorted(set(ahead.agencies)):
        own = [k for k, name in enumerate(ahead.agencies) if name == agency]
        counts = ahead.by_section[:, :, own, number].sum(axis=2)
        rows += [
            {
                "origin_date": ahead.origin,
                "horizon": week + 1,
                "target": "weekly recorded attempts",
                "target_end_date": ahead.origin + timedelta(days=7 * week + 6),
                "location": agency,
                "output_type": "quantile",
                "output_type_id": level,
                "value": float(np.quantile(counts[:, week], level)),
            }
            for week in range(counts.shape[1])
            for level in HUB_LEVELS
        ]
    return pd.DataFrame(rows)
