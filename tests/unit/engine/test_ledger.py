"""The ledger and the lists of those who wait: queues, calendars, whole units, and the check that nobody is lost."""

from __future__ import annotations

import math
from datetime import timedelta

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import ledger
from sim.engine.rows import AT_BORDER, AT_HUB, BOOKED, DEAD, PROSPECT, STRANDED
from sim.model import CorridorModel
from tests.strategies import START, finished, tiny_scenario


@numba.njit
def move_row(w, i, status, place):  # type: ignore[no-untyped-def]
    """`ledger.move` takes a record of compiled code; this takes a row's number."""
    ledger.move(w, w.rows[i], status, place)


@numba.njit
def tell_of(w, day, i, worth):  # type: ignore[no-untyped-def]
    """As `move_row`, of `ledger.tell`."""
    ledger.tell(w, day, w.rows[i], worth)


@pytest.fixture
def model() -> CorridorModel:
    """A world on its first morning."""
    return CorridorModel(tiny_scenario(days=30))


@given(st.floats(0, 1e5), st.integers(1, 400))
def test_whole_units_lose_nothing(rate: float, days: int) -> None:
    """After any number of days, the units given are the rate times the days, rounded down."""
    given_out, carry = 0, 0.0
    for _ in range(days):
        units, carry = ledger.whole(rate, carry)
        given_out += units
        assert 0.0 <= carry < 1.0
        assert math.floor(rate) <= units <= math.floor(rate) + 1
    assert abs(given_out + carry - rate * days) <= 1e-6 * days + 1e-9 * rate * days


@pytest.mark.parametrize(("rate", "units"), [(0.1, 1), (1 / 3, 3), (1 / 7, 1), (0.7, 7), (2.5, 25), (0.0, 0)])
def test_whole_units_of_ten_days(rate: float, units: int) -> None:
    """Tenths and sevenths do not fall short by rounding."""
    given_out, carry = 0, 0.0
    for _ in range(10):
        today, carry = ledger.whole(rate, carry)
        given_out += today
    assert given_out == units


def test_a_move_moves_one_person(model: CorridorModel) -> None:
    before = model.world.stocks.copy()
    minsk = model.names.places.index("minsk")
    row = model.world.rows[170]
    move_row(model._tables, 170, AT_HUB, minsk)
    change = model.world.stocks - before
    cohort, home = int(row["cohort"]), model.world.cohorts["origin"][row["cohort"]]
    assert change[cohort, home, PROSPECT] == -1
    assert change[cohort, minsk, AT_HUB] == 1
    assert np.abs(change).sum() == 2
    assert (row["status"], row["place"]) == (AT_HUB, minsk)
    recount = ledger.recount(model.world.rows, len(model.names.cohorts), len(model.names.places))
    assert (recount == model.world.stocks).all()


@pytest.mark.parametrize("worths", [[1.0], [0.0], [0.3], [0.0, 0.0], [0.0, 1.0], [0.0, 0.3], [0.0, 0.0, 1.0, 0.0, 1.0],
                                    [0.3, 0.0, 1.0], [1.0, 0.0, 0.0]])  # fmt: skip
def test_each_person_is_told_of_once_and_bad_news_that_turns_good_is_put_right(
    model: CorridorModel, worths: list[float]
) -> None:
    """Over all days good and bad add up to one person: to the first good news, else to bad ones."""
    for i, pair in ((3, 0), (5, 0)):
        model.world.rows["route"][i] = 0
        assert model.world.pair_of[model.world.rows["cohort"][i], 0] == pair
    tell_of(model._tables, 2, 5, 1.0)
    for day, worth in enumerate(worths, start=4):
        tell_of(model._tables, day, 3, worth)
    told = model.world.told
    assert told[2, 0].tolist() == [1.0, 0.0]
    good = next((worth for worth in worths if worth > 0.0), 0.0)
    assert told[4:, 0].sum(axis=0) == pytest.approx((good, 1.0 - good))
    assert not told[:, 1:].any()
    assert told[4, 0].min() >= 0.0


def test_occupants_are_those_in_the_zone(model: CorridorModel) -> None:
    z, place = 0, model.names.places.index(model.names.zones[0])
    model.world.stocks[:, place, AT_BORDER] = 2, 3, 4
    model.world.stocks[:, place, STRANDED] = 1, 0, 1
    model.world.stocks[:, place, BOOKED] = 100
    assert ledger.occupants(model._tables, z) == 11


@pytest.mark.parametrize(("change", "words"), [(-1, "159 persons"), (+1, "161 persons")])
def test_a_person_lost_or_made_stops_the_run(change: int, words: str) -> None:
    """The error names the day, the cohort, the persons counted and those that are right."""
    model = finished(tiny_scenario(), days=20)
    model.world.stocks[0, model.world.cohorts["origin"][0], PROSPECT] += change
    with pytest.raises(ledger.ConservationError) as error:
        model.step()
    for part in (str(START + timedelta(days=20)), "cohort iraqis", words, "160 are right"):
        assert part in str(error.value)


def test_a_negative_stock_stops_the_run() -> None:
    """Even when the sum is right; the place is named."""
    model = finished(tiny_scenario(), days=20)
    crete = model.names.places.index("lampedusa")
    model.world.stocks[0, crete, DEAD] -= 1
    model.world.stocks[0, model.world.cohorts["origin"][0], PROSPECT] += 1
    with pytest.raises(ledger.ConservationError, match="cohort iraqis counts -1 persons at lampedusa"):
        model.step()
