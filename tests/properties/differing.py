"""Which tables of two runs differ."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sim.model import CorridorModel
from tests.strategies import START

# Scratch space, never read before it is written, and lists of who waits, whose layout is no result.
LAYOUT = {"calendar", "waiting", "blocks", "queues", "counters", "keys", "who", "buckets", "attempts"}
# These have an entry for each measure of return flights, also for one that never takes anybody.
BY_MEASURE = {"return_flights", "return_barred"}


def day(number: int) -> Any:
    """A date of the run."""
    return START + timedelta(days=number)


def tables(model: CorridorModel, without: set[str] = LAYOUT) -> dict[str, bytes]:
    """All tables of a run, byte for byte."""
    return {name: array.tobytes() for name, array in model.world._asdict().items() if name not in without}


def differing(a: CorridorModel, b: CorridorModel, without: set[str] = LAYOUT) -> list[str]:
    """Names of the tables that differ."""
    first, second = tables(a, without), tables(b, without)
    assert first.keys() == second.keys()
    return [name for name in first if first[name] != second[name]]
