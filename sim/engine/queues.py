"""Waiting: the calendars (who is due on which day) and the queues (who is served next).

Both are lists of row numbers in blocks of 14, one cache line each, drawn from one pool. A plain linked
list through the rows would fetch one row after the other from memory; a block names 14 rows at once.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import compiled
from sim.engine.tables import BLOCK_ROOM, N_EVENTS, N_FREE_BLOCK, N_USED_BLOCKS

ANY = -1
_LINK, _COUNT, _FIRST = 0, 1, 2
_FEW = 16  # so many are sorted as they lie


def number_of_queues(states: int, routes: int) -> int:
    """How many queues a world with so many transit states and routes has."""
    return 2 * states + routes


@compiled
def visa_queue(w, s):
    """Number of the queue for the visas of state ``s``."""
    return s


@compiled
def transfer_queue(w, s):
    """Number of the queue for transfer from the hub of state ``s`` to the border."""
    return w.states.shape[0] + s


@compiled
def seat_queue(w, r):
    """Number of the queue for seats on route ``r``, boats included."""
    return 2 * w.states.shape[0] + r


@compiled
def take_block(w):
    """An empty block from the pool."""
    b = w.counters[N_FREE_BLOCK]
    if b >= 0:
        w.counters[N_FREE_BLOCK] = w.blocks[b, _LINK]
    else:
        b = w.counters[N_USED_BLOCKS]
        w.counters[N_USED_BLOCKS] = b + 1
    w.blocks[b, _LINK] = -1
    w.blocks[b, _COUNT] = 0
    return b


@compiled
def give_block(w, b):
    """A block back to the pool; returns the block that it was linked to."""
    following = w.blocks[b, _LINK]
    w.blocks[b, _LINK] = w.counters[N_FREE_BLOCK]
    w.counters[N_FREE_BLOCK] = b
    return following


@compiled
def append(w, b, i):
    """Write row ``i`` into block ``b``, which has room."""
    n = w.blocks[b, _COUNT]
    w.blocks[b, _FIRST + n] = i
    w.blocks[b, _COUNT] = n + 1


@compiled
def schedule(w, i, calendar, today, days):
    """Let row ``i`` be due in ``days`` days in a calendar; beyond the run's end nobody is ever due."""
    m = w.rows[i]
    m.since = today
    due = today + days
    m.due = min(due, 65_535)
    if due < w.calendar.shape[1]:
        b = w.calendar[calendar, due]
        if b < 0 or w.blocks[b, _COUNT] == BLOCK_ROOM:
            new = take_block(w)
            w.blocks[new, _LINK] = b
            w.calendar[calendar, due] = new
            b = new
        append(w, b, i)


@compiled
def peek_due(w, calendar, day, status):
    """Rows due today with the given status (or `ANY`), in no order that may matter; in ``w.who``; returns how many."""
    rows, who, blocks = w.rows, w.who, w.blocks
    n = 0
    b = w.calendar[calendar, day]
    while b >= 0:
        for k in range(_FIRST, _FIRST + blocks[b, _COUNT]):
            i = blocks[b, k]
            who[n] = i
            if status == ANY or rows[i].status == status:
                n += 1
        b = blocks[b, _LINK]
    return n


@compiled
def take_due(w, calendar, day, status):
    """As `peek_due`, and the day's list is spent: each of its rows has had its migrant-event."""
    n = peek_due(w, calendar, day, status)
    b = w.calendar[calendar, day]
    w.calendar[calendar, day] = -1
    while b >= 0:
        b = give_block(w, b)
    w.counters[N_EVENTS] += n
    return n


@compiled
def push(w, q, i):
    """Put row ``i`` at the end of queue ``q``."""
    queue = w.queues[q]
    b = queue.tail
    if b < 0 or w.blocks[b, _COUNT] == BLOCK_ROOM:
        new = take_block(w)
        if b < 0:
            queue.head = new
            queue.first = 0
        else:
            w.blocks[b, _LINK] = new
        queue.tail = new
        b = new
    append(w, b, i)
    queue.length += 1


@compiled
def front(w, q):
    """The first row of queue ``q``, left in it; -1 when it is empty."""
    queue = w.queues[q]
    return w.blocks[queue.head, _FIRST + queue.first] if queue.length > 0 else -1


@compiled
def pop(w, q):
    """Take the first row out of queue ``q``; -1 when it is empty."""
    queue = w.queues[q]
    if queue.length == 0:
        return -1
    b = queue.head
    i = w.blocks[b, _FIRST + queue.first]
    queue.first += 1
    queue.length -= 1
    if queue.first == w.blocks[b, _COUNT]:
        queue.head = give_block(w, b)
        queue.first = 0
        if queue.head < 0:
            queue.tail = -1
    return i


@compiled
def line_up(w, n):
    """Bring the first ``n`` of ``w.who`` into the order of their keys, a hash: no tie is broken by position."""
    rows, who, keys = w.rows, w.who, w.keys
    for j in range(n):
        keys[j] = rows[who[j]].key
    sort_by_key(w, n)


@compiled
def sort_by_key(w, n):
    """Sort the first ``n`` of ``w.keys`` in place, ``w.who`` along with them.

    First into buckets by the keys' leading digits (a counting sort), which all but sorts hashes; then by Shell's method
    (Shell 1959, doi:10.1145/368370.368387) with no step longer than the fullest bucket, as none has farther to go.
    numpy's argsort would do, but takes numba five seconds to compile.
    """
    gap = spread(w, n) // 2 if n > _FEW else 1
    keys, who = w.keys, w.who
    while gap > 0:
        for i in range(gap, n):
            key, holder = keys[i], who[i]
            j = i
            while j >= gap and keys[j - gap] > key:
                keys[j], who[j] = keys[j - gap], who[j - gap]
                j -= gap
            keys[j], who[j] = key, holder
        gap //= 2


@compiled
def spread(w, n):
    """Bring the first ``n`` of ``w.keys``, and ``w.who``, into buckets in rising order; returns the most in one."""
    keys, who, ends = w.keys, w.who, w.buckets
    low, high = keys[0], keys[0]
    for j in range(1, n):
        low, high = min(low, keys[j]), max(high, keys[j])
    buckets = min(n, ends.shape[0])
    shift = np.uint64(0)
    while (high - low) >> shift >= np.uint64(buckets):
        shift += np.uint64(1)
    ends[:buckets] = 0
    for j in range(n):
        ends[np.int64((keys[j] - low) >> shift)] += 1
    most = 0
    for b in range(buckets):
        most = max(most, ends[b])
        ends[b] += ends[b - 1] if b > 0 else 0
    for i in range(n):
        b = np.int64((keys[i] - low) >> shift)
        while ends[b] > i:  # what lies at i goes to the end of its bucket, until one lies there that belongs
            ends[b] -= 1
            j = ends[b]
            keys[i], keys[j] = keys[j], keys[i]
            who[i], who[j] = who[j], who[i]
            b = np.int64((keys[i] - low) >> shift)
    return most
