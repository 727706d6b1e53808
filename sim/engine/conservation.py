"""Error messages for broken conservation laws: the day, the place and the numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from sim.engine import ledger
from sim.engine.ledger import ConservationError
from sim.engine.rows import STATUSES
from sim.engine.tables import N_BROKEN, N_BROKEN_AT, N_COUNTED, N_RIGHT

if TYPE_CHECKING:
    from sim.model import CorridorModel

# By law: the list of names that it concerns, and the message, filled with the name, the count and the right number.
WORDS = {
    ledger.PERSONS: ("cohorts", "cohort {} counts {} persons at all places together; {} are right"),
    ledger.NEGATIVE: ("cohorts", "cohort {} counts {} persons at {places}; at least {} are right"),
    ledger.SEATS: ("routes", "route {}: {} persons have left; there were {} seats"),
    ledger.BOARDED: ("routes", "route {}: {} persons have left by cohort, {} by departure"),
    ledger.ABOARD: ("routes", "route {}: {} persons of those at sea are neither landed nor brought back; {} died"),
    ledger.BOATS: ("routes", "route {}: {} boats are counted; {} have left"),
    ledger.PATROLS: ("sections", "section {}: {} attempts were stopped; patrols were free for {}"),
    ledger.CALLS: ("sections", "section {}: {} detected attempts were stopped or not; {} called for a patrol"),
    ledger.RECORDED: ("sections", "section {}: {} approaches were seen, by result; {} were recorded"),
    ledger.APPROACHES: ("sections", "section {}: {} withdrew, tried or claimed; {} approaches were made"),
    ledger.CLAIMS: ("sections", "section {}: {} claims were admitted or refused; {} were made"),
    ledger.PLACES: ("sections", "section {}: {} claims were admitted; there were places for {}"),
    ledger.ATTEMPTS: ("sections", "section {}: {} attempts were stopped or succeeded; {} were made"),
}


def check(model: CorridorModel, day: int) -> None:
    """Stop the run if the day's ledger does not balance or, on the last day, if it differs from a recount of the rows.

    Raises:
        ConservationError: With the day, the cohort, route or section, and the numbers.
    """
    if model.world.counters[N_BROKEN]:
        raise ConservationError(f"{_date(model, day)}: {_broken(model)}")
    if day == model.settings.days - 1:
        _check_rows(model, day)


def _date(model: CorridorModel, day: int) -> str:
    return str(model.settings.start + timedelta(days=day))


def _broken(model: CorridorModel) -> str:
    law, number, counted, right = (int(model.world.counters[n]) for n in (N_BROKEN, N_BROKEN_AT, N_COUNTED, N_RIGHT))
    kind, words = WORDS[law]
    places = ""
    if law == ledger.NEGATIVE:
        below, _ = np.nonzero(model.world.stocks[number] < 0)
        places = ", ".join(model.names.places[place] for place in below)
    return words.format(getattr(model.names, kind)[number], counted, right, places=places)


def _check_rows(model: CorridorModel, day: int) -> None:
    """Compare the ledger with a recount of all migrants; done once a run, as it costs as much as several days."""
    names, stocks = model.names, model.world.stocks
    counted = ledger.recount(model.world.rows, len(names.cohorts), len(names.places))
    wrong = np.argwhere(counted != stocks)
    if len(wrong):
        cohort, place, status = (int(n) for n in wrong[0])
        where = f"cohort {names.cohorts[cohort]}, {STATUSES[status]} at {names.places[place]}"
        numbers = f"the ledger has {stocks[cohort, place, status]} persons, a recount {counted[cohort, place, status]}"
        raise ConservationError(f"{_date(model, day)}: {where}: {numbers}")
