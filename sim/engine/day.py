"""The order of the day: which processes run after which."""

from __future__ import annotations

from sim.engine import ledger
from sim.engine.compiled import compiled
from sim.engine.processes import (
    aftermath,
    attempts,
    booking,
    claims,
    decisions,
    demand,
    departures,
    news,
    repatriation,
    sea,
    transfer,
)


@compiled
def until_departures(w, day):
    """Run the processes before the day's departures, in this order."""
    demand.run(w, day)
    booking.run(w, day)
    decisions.run(w, day)


@compiled
def departing(w, day):
    """Run the day's departures by air and land."""
    departures.run(w, day)


@compiled
def after_departures(w, day):
    """Run the processes after the day's departures, in this order."""
    transfer.run(w, day)
    attempts.run(w, day)
    claims.run(w, day)
    aftermath.run(w, day)
    sea.run(w, day)


@compiled
def migrants_day(w, day):
    """Run the processes of a migrants' day, in this order."""
    until_departures(w, day)
    departing(w, day)
    after_departures(w, day)


@compiled
def evening(w, day):
    """Run the processes that follow the agencies' review of the day."""
    news.run(w, day)
    repatriation.run(w, day)
    ledger.run(w, day)
