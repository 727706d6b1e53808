"""Lists of those who wait: queues in order, calendars by day, lines by lot, and the blocks that they are made of."""

from __future__ import annotations

from collections import Counter, deque
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine import queues
from sim.engine import tables as t
from sim.engine.rows import AT_BORDER, DEAD
from sim.engine.tables import C_ARRIVAL, C_VISA
from sim.model import CorridorModel
from tests.strategies import tiny_scenario


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
    queues.sort_by_key(Line(keys, who, np.empty(data.draw(st.integers(2, 64)), np.int32)), n)
    assert keys.tolist() == sorted(values[:n]) + values[n:]
    assert [values[i] for i in who] == keys.tolist()
    assert sorted(who.tolist()) == list(range(len(values)))


@settings(max_examples=100, deadline=None)
@given(st.lists(HEAPED, min_size=1, max_size=300), st.integers(2, 64))
def test_spreading_puts_keys_into_ascending_buckets(values: list[int], room: int) -> None:
    """No key of a bucket is above one of a later bucket, and the size of the fullest is what is returned."""
    keys, who = np.array(values, np.uint64), np.arange(len(values), dtype=np.int32)
    most = queues.spread(Line(keys, who, np.empty(room, np.int32)), len(values))
    buckets, span = min(len(values), room), max(values) - min(values)
    shift = next(shift for shift in range(65) if span >> shift < buckets)
    found = [(key - min(values)) >> shift for key in keys.tolist()]
    assert found == sorted(found)
    assert most == max(Counter(found).values())
    assert [values[i] for i in who] == keys.tolist()


def test_lots_are_drawn_among_todays_approaches_of_one_kind(model: CorridorModel) -> None:
    """All approaches to the section with the result, each once, and in another order by another stream."""
    w = model.world
    w.counters[t.N_ATTEMPTS] = 120
    for j in range(120):
        w.attempts[j] = (j, 0, j % 2, (t.STOPPED, t.UNDETECTED, t.STOPPED)[j % 3])
    wanted = {j for j in range(120) if j % 2 == 1 and j % 3 != 1}
    orders = []
    for stream in (1, 2):
        assert queues.draw_lots(model._tables, 1, t.STOPPED, np.uint64(stream)) == len(wanted)
        orders.append(w.who[: len(wanted)].tolist())
    assert set(orders[0]) == set(orders[1]) == wanted
    assert orders[0] != orders[1]


def test_each_block_has_one_holder_and_all_come_back(model: CorridorModel) -> None:
    """What is given back is taken again, the first block like any other, before a new one is begun."""
    w, tables = model.world, model._tables
    taken = [queues.take_block(tables) for _ in range(5)]
    assert len(set(taken)) == 5
    used = int(w.counters[t.N_USED_BLOCKS])
    for block in taken:
        queues.give_block(tables, block)
    assert sorted(queues.take_block(tables) for _ in range(5)) == sorted(taken)
    assert w.counters[t.N_USED_BLOCKS] == used
    assert queues.take_block(tables) not in taken


def test_a_list_that_was_taken_gives_its_blocks_back(model: CorridorModel) -> None:
    """So that a year of full days needs no more blocks than its fullest."""
    for day in range(1, 30):
        for i in range(100):
            queues.schedule(model._tables, i, C_ARRIVAL, day - 1, 1)
        assert queues.take_due(model._tables, C_ARRIVAL, day, queues.ANY) == 100
    assert model.world.counters[t.N_USED_BLOCKS] == -(-100 // t.BLOCK_ROOM)
