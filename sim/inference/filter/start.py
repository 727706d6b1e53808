"""A filter's state that ships, so that a forecast does not first need a pass over the whole record.

It is that of the pass whose forecasts were scored (`ship` takes it from a back-test). In `sim/data/filters/NAME`:

    state.npz          the particles at the end of the record (`checkpoint`)
    forecasts.parquet  every forecast of the pass with the figure that came of it, for the stretch of the next ones
    posture.csv        what the state did, by month

A particle's state is not stored but made again by a run of its path. That run also shows whether the model of today is
the one by which the particles were weighed: if its counts are not the stored ones to the last event, the state is of
no use, and a pass over the whole record is made. The same if the experiment's rules or the record are others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.inference.filter import checkpoint
from sim.inference.filter.assimilate import Month, setting_of
from sim.inference.filter.experiment import LoadedFilter
from sim.inference.filter.particles import Particles
from sim.inference.filter.runner import Runner
from sim.studies.work.executors import workplace

FOLDER = Path(__file__).resolve().parents[2] / "data" / "filters"
STATE, FORECASTS, POSTURE = "state.npz", "forecasts.parquet", "posture.csv"
SCORES = "scores.csv"  # of the back-test, by method and horizon
_WORDS = {"title", "description", "scenario", "overrides"}  # fields of an experiment that are no rules of the filter


class Start(NamedTuple):
    """A state that ships.

    Attributes:
        months: The months done.
        about: What its last month's file says of it.
        particles: The particles at their end.
        forecasts: Forecasts of the pass, as Parquet.
        posture: What the state did, by month, as CSV.
    """

    months: list[Month]
    about: dict[str, Any]
    particles: Particles
    forecasts: bytes
    posture: bytes


def find(loaded: LoadedFilter, months: Sequence[Month], record: Callable[[Month], str]) -> Start | None:
    """Return the state that ships for an experiment; None if there is none for its rules and its record.

    Args:
        loaded: The experiment.
        months: The months to do.
        record: Returns the digest of the figures to the end of a month.
    """
    folder = FOLDER / loaded.name
    if not (folder / STATE).is_file():
        return None
    about, particles = checkpoint.read(folder / STATE)
    done = [month for month in months if month.first.isoformat() <= about["month"]]
    if not done or done[-1].first.isoformat() != about["month"]:
        return None
    if about["rules"] != rules_of(loaded) or about["record"] != record(done[-1]):
        return None
    fitted = particles.changed(daily=_of_days(particles.daily, loaded.scenario.days))
    return Start(done, about, fitted, (folder / FORECASTS).read_bytes(), (folder / POSTURE).read_bytes())


def _of_days(daily: npt.NDArray[Any], days: int) -> npt.NDArray[Any]:
    """Return daily counts for a run of another length; days to come have none yet."""
    kept = daily[:, :, :days]
    return np.pad(kept, ((0, 0), (0, 0), (0, days - kept.shape[2])))


def rules_of(loaded: LoadedFilter) -> str:
    """Return a digest of the rules of a filter; not of its scenario, of which the runs of the paths tell."""
    content = loaded.experiment.model_dump_json(by_alias=True, fallback=str, exclude=_WORDS)
    return sha256(content.encode()).hexdigest()


def is_of_today(loaded: LoadedFilter, particles: Particles, months: Sequence[Month], paths: int) -> bool:
    """Return whether the model of today has the stored counts, on the first few different paths."""
    firsts, _, courses = checkpoint.paths_of(loaded, particles, months)
    place = workplace(1, None)
    try:
        counts, _ = Runner(setting_of(loaded), place).run([None] * paths, courses[:paths], None, keep=False)
    finally:
        place.close()
    return checkpoint.counted_alike(counts, particles, firsts[:paths])
