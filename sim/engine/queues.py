"""Calendars (who is due on which day) and queues (who is served next).

Both are lists of row numbers in blocks of 14, one cache line each, drawn from one pool. A plain linked
list through the rows would fetch one row after the other from memory; a block names 14 rows at once.
"""

from __future__ import annotations

import numpy as np

from sim.engine.compiled import compiled
from sim.engine.memory import ask_for
from sim.engine.streams import bits
from sim.engine.tables import BLOCK_ROOM, N_ATTEMPTS, N_EVENTS, N_FREE_BLOCK, N_USED_BLOCKS

ANY = -1
LINK, COUNT, FIRST = 0, 1, 2  # of a block: the next one, how many rows it names, the first of them
_AHEAD = 24  # rows asked for before their turn; from 8 to 32 about the same
_FEW = 16  # up to so many are sorted directly, without buckets


def number_of_queues(states: int, routes: int) -> int:
    """Return the number of queues in a world with that many transit states and routes."""
    return 2 * states + 2 * routes


@compiled
def visa_queue(w, s):
    """Return the number of the queue for visas of state ``s``."""
    return s


@compiled
def transfer_queue(w, s):
    """Return the number of the queue for transfer from the hub of state ``s`` to the border."""
    return w.states.shape[0] + s


@compiled
def seat_queue(w, r):
    """Return the number of the queue for seats on route ``r``, boats included."""
    return 2 * w.states.shape[0] + r


@compiled
def layover_queue(w, r):
    """Return the number of the queue of those held up where the first leg of route ``r`` ends."""
    return 2 * w.states.shape[0] + w.routes.shape[0] + w.routes[r].line


@compiled
def take_block(w):
    """Take an empty block from the pool and return its number."""
    b = w.counters[N_FREE_BLOCK]
    if b >= 0:
        w.counters[N_FREE_BLOCK] = w.blocks[b, LINK]
    else:
        b = w.counters[N_USED_BLOCKS]
        w.counters[N_USED_BLOCKS] = b + 1
    w.blocks[b, LINK] = -1
    w.blocks[b, COUNT] = 0
    return b


@compiled
def give_block(w, b):
    """Return a block to the pool; returns the block that it was linked to."""
    following = w.blocks[b, LINK]
    w.blocks[b, LINK] = w.counters[N_FREE_BLOCK]
    w.counters[N_FREE_BLOCK] = b
    return following


@compiled
def append(w, b, i):
    """Write row ``i`` into block ``b``, which has room."""
    n = w.blocks[b, COUNT]
    w.blocks[b, FIRST + n] = i
    w.blocks[b, COUNT] = n + 1


@compiled
def schedule(w, i, calendar, today, days):
    """Enter row ``i`` in a calendar, due in ``days`` days; after the end of the run nobody is due."""
    m = w.rows[i]
    m.since = today
    due = today + days
    m.due = min(due, 65_535)
    if due < w.calendar.shape[1]:
        b = w.calendar[calendar, due]
        if b < 0 or w.blocks[b, COUNT] == BLOCK_ROOM:
            new = take_block(w)
            w.blocks[new, LINK] = b
            w.calendar[calendar, due] = new
            b = new
        append(w, b, i)


@compiled
def peek_due(w, calendar, day, status):
    """Write the rows due today with a status (or `ANY`) to ``w.who``, in arbitrary order; return their number."""
    rows, who, blocks = w.rows, w.who, w.blocks
    n = 0
    b = w.calendar[calendar, day]
    while b >= 0:
        for k in range(FIRST, FIRST + blocks[b, COUNT]):
            i = blocks[b, k]
            who[n] = i
            if status == ANY or rows[i].status == status:
                n += 1
        b = blocks[b, LINK]
    return n


@compiled
def in_turn(w, j):
    """Return row ``j`` of ``w.who``, and ask memory for one that follows soon."""
    ask_for(w.rows[w.who[min(j + _AHEAD, w.who.shape[0] - 1)]])
    return w.who[j]


@compiled
def approach_in_turn(w, j):
    """Return approach ``j`` of today, and ask memory for the row of one that follows soon."""
    ask_for(w.rows[w.attempts[min(j + _AHEAD, w.attempts.shape[0] - 1)].row])
    return w.attempts[j]


@compiled
def fetch_rows(w, b):
    """Ask memory for the rows that block ``b`` names, if there is such a block."""
    if b >= 0:
        for k in range(FIRST, FIRST + w.blocks[b, COUNT]):
            ask_for(w.rows[w.blocks[b, k]])


@compiled
def take_due(w, calendar, day, status):
    """As `peek_due`, but empty the day's list and count a migrant-event for each of its rows."""
    n = peek_due(w, calendar, day, status)
    b = w.calendar[calendar, day]
    w.calendar[calendar, day] = -1
    while b >= 0:
        b = give_block(w, b)
    w.counters[N_EVENTS] += n
    return n


@compiled
def push(w, q, i):
    """Append row ``i`` to queue ``q``."""
    queue = w.queues[q]
    b = queue.tail
    if b < 0 or w.blocks[b, COUNT] == BLOCK_ROOM:
        new = take_block(w)
        if b < 0:
            queue.head = new
            queue.first = 0
        else:
            w.blocks[b, LINK] = new
        queue.tail = new
        b = new
    append(w, b, i)
    queue.length += 1


@compiled
def front(w, q):
    """Return the first row of queue ``q`` without removing it; -1 if the queue is empty."""
    queue = w.queues[q]
    return w.blocks[queue.head, FIRST + queue.first] if queue.length > 0 else -1


@compiled
def pop(w, q):
    """Remove and return the first row of queue ``q``; -1 if the queue is empty."""
    queue = w.queues[q]
    if queue.length == 0:
        return -1
    b = queue.head
    i = w.blocks[b, FIRST + queue.first]
    if queue.first == 0:
        fetch_rows(w, w.blocks[b, LINK])
    queue.first += 1
    queue.length -= 1
    if queue.first == w.blocks[b, COUNT]:
        queue.head = give_block(w, b)
        queue.first = 0
        if queue.head < 0:
            queue.tail = -1
    return i


@compiled
def line_up(w, n):
    """Sort the first ``n`` of ``w.who`` by their keys, which are hashes: no tie is broken by position."""
    rows, keys = w.rows, w.keys
    for j in range(n):
        keys[j] = rows[in_turn(w, j)].key
    sort_by_key(w, n)


@compiled
def draw_lots(w, s, result, stream):
    """Write the numbers of today's approaches to section ``s`` with a result to ``w.who``, in an order drawn by lot.

    Returns how many they are. The lots are keyed by the migrant and the number of its approach.
    """
    n = 0
    for j in range(w.counters[N_ATTEMPTS]):
        if w.attempts[j].section == s and w.attempts[j].result == result:
            m = w.rows[w.attempts[j].row]
            w.keys[n] = bits(m.key, stream, m.attempts)
            w.who[n] = j
            n += 1
    sort_by_key(w, n)
    return n


@compiled
def sort_by_key(w, n):
    """Sort the first ``n`` of ``w.keys`` in place, and ``w.who`` along with them.

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
    """Move the first ``n`` of ``w.keys`` and ``w.who`` into ascending buckets (two or more); return the largest."""
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
        while ends[b] > i:  # move the item at i to the end of its bucket, until one that belongs at i turns up
            ends[b] -= 1
            j = ends[b]
            keys[i], keys[j] = keys[j], keys[i]
            who[i], who[j] = who[j], who[i]
            b = np.int64((keys[i] - low) >> shift)
    return most
