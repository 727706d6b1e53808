"""The ledger and the lists of those who wait: queues, calendars, whole units, and the check that nobody is lost."""

from __future__ import annotations

import math
from collections import deque
from datetime import timedelta
from typing import NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import ledger, queues
from sim.engine.rows import AT_BORDER, AT_HUB, BOOKED, DEAD, PROSPECT, STRANDED
from sim.engine.tables import C_ARRIVAL, C_VISA
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


def test_queue_is_served_in_order_of_joining(model: CorridorModel) -> None:
    """Against a deque, in a sequence of joining and leaving that empties the queue several times."""
    lots = np.random.default_rng(1).random(400)
    expected: deque[int] = deque()
    fresh = iter(range(400))
    for lot in lots:
        if lot < 0.5:
            i = next(fresh)
            queues.push(model._tables, 0, i)
            expected.append(i)
        else:
            assert queues.pop(model._tables, 0) == (expected.popleft() if expected else -1)
        assert model.world.queues["length"][0] == len(expected)
    assert list(model.world.queues["length"][1:]) == [0] * (len(model.world.queues) - 1)


def test_due_on_the_day_and_only_then(model: CorridorModel) -> None:
    for i, days in ((3, 2), (4, 2), (5, 3), (6, 30), (7, 31), (8, 4000)):
        queues.schedule(model._tables, i, C_ARRIVAL, 0, days)
    queues.schedule(model._tables, 9, C_VISA, 0, 2)
    due = {}
    for day in range(1, 31):
        n = queues.take_due(model._tables, C_ARRIVAL, day, queues.ANY)
        if n:
            due[day] = sorted(model.world.who[:n].tolist())
    assert due == {2: [3, 4], 3: [5], 30: [6]}
    assert model.events == 4


def test_lists_longer_than_a_block_come_back_whole(model: CorridorModel) -> None:
    """Calendars and queues share one pool of blocks, and give them back."""
    for rounds in range(20):
        for i in range(100):
            queues.schedule(model._tables, i, C_ARRIVAL, rounds, 1 + i % 3)
            queues.push(model._tables, i % 2, 100 + i)
        for days in (1, 2, 3):
            n = queues.take_due(model._tables, C_ARRIVAL, rounds + days, queues.ANY)
            assert sorted(model.world.who[:n].tolist()) == list(range(days - 1, 100, 3))
            assert queues.take_due(model._tables, C_ARRIVAL, rounds + days, queues.ANY) == 0
        for q in (0, 1):
            assert [queues.pop(model._tables, q) for _ in range(51)] == [*range(100 + q, 200, 2), -1]


def test_the_front_of_a_queue_stays_in_it(model: CorridorModel) -> None:
    assert queues.front(model._tables, 1) == -1
    for i in (7, 5):
        queues.push(model._tables, 1, i)
    assert queues.front(model._tables, 1) == 7
    assert queues.pop(model._tables, 1) == 7
    assert queues.front(model._tables, 1) == 5


def test_due_with_the_status_asked_for(model: CorridorModel) -> None:
    for i in (3, 4, 5):
        queues.schedule(model._tables, i, C_ARRIVAL, 0, 2)
    model.world.rows["status"][[3, 4, 5]] = AT_BORDER, DEAD, AT_BORDER
    assert queues.take_due(model._tables, C_ARRIVAL, 2, AT_BORDER) == 2
    assert sorted(model.world.who[:2].tolist()) == [3, 5]


def test_waiting_is_counted_from_the_day_of_the_last_event(model: CorridorModel) -> None:
    queues.schedule(model._tables, 3, C_ARRIVAL, 7, 2)
    assert model.world.rows["since"][3] == 7
    assert model.world.rows["due"][3] == 9


def test_line_is_in_the_order_of_keys(model: CorridorModel) -> None:
    rows = np.random.default_rng(2).permutation(400)[:150]
    model.world.who[:150] = rows
    queues.line_up(model._tables, 150)
    assert model.world.who[:150].tolist() == sorted(rows.tolist(), key=lambda i: model.world.rows["key"][i])


class Line(NamedTuple):
    """What the sorting of a world's line needs of it."""

    keys: np.ndarray
    who: np.ndarray
    buckets: np.ndarray


HASHES = st.integers(0, 2**64 - 1)
HEAPED = st.one_of(HASHES, st.integers(0, 300), st.integers(2**63, 2**63 + 9), st.just(2**64 - 1))


@settings(max_examples=200, deadline=None)  # the first compiles
@given(st.one_of(st.lists(HASHES, max_size=300), st.lists(HEAPED, max_size=300)), st.data())
def test_sort_by_key(values: list[int], data: st.DataObject) -> None:
    """As Python sorts the first n, be they spread evenly or in heaps; what lies behind them stays."""
    n = data.draw(st.integers(0, len(values)))
    keys, who = np.array(values, np.uint64), np.arange(len(values), dtype=np.int32)
    queues.sort_by_key(Line(keys, who, np.empty(data.draw(st.integers(1, 64)), np.int32)), n)
    assert keys.tolist() == sorted(values[:n]) + values[n:]
    assert [values[i] for i in who] == keys.tolist()
    assert sorted(who.tolist()) == list(range(len(values)))


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
