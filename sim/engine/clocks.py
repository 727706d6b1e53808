"""Clocks: who acts when the cumulative hazard of those who wait alike passes one's own resistance.

People of one cohort who wait at one place in one way share the hazards of what may happen first (competing hazards).
Each has an Exp(1) resistance, keyed by the number of its wait, and acts on the first day on which
H(now) - H(begun) >= resistance, H being the cumulative sum of all hazards of the clock (Sellke 1983,
doi:10.2307/3213811); which hazard it was is drawn by their shares of that day. Those who wait stand in buckets of the
clock, by the value at which they will act, so that a day touches those who act and no others.
"""

from __future__ import annotations

import math

from sim.engine.compiled import compiled
from sim.engine.queues import COUNT, FIRST, LINK, append, fetch_rows, give_block, take_block
from sim.engine.rows import AT_BORDER, AT_HUB, NOWHERE, STRANDED
from sim.engine.streams import CAUSE, RESISTANCE, draw
from sim.engine.tables import BLOCK_ROOM, CAUSES, K_AGAIN, K_FIRST, K_QUEUE, K_STRANDED, KINDS, RING

_BUCKETS_PER_UNIT = 16.0
_HIGHEST = 31.0  # resistance; the ring of buckets covers 32 units, and 1 in 10^13 would be higher
_FEW = 64


@compiled
def kind_of(m):
    """Return the kind of clock on which the migrant waits, by its status; -1 for none."""
    if m.status == AT_BORDER:
        return K_FIRST if m.section == NOWHERE else K_AGAIN
    if m.status == STRANDED:
        return K_STRANDED
    return K_QUEUE if m.status == AT_HUB else -1


@compiled
def clock_of(w, m):
    """Return the number of the clock on which the migrant waits; -1 for none."""
    kind = kind_of(m)
    if kind < 0 or w.clock_at[kind, m.place] < 0:
        return -1
    return w.clock_at[kind, m.place] + m.cohort


@compiled
def resistance(m):
    """Return the cumulative hazard that the migrant's present wait withstands, Exp(1)."""
    return min(-math.log1p(-draw(m.key, RESISTANCE, m.waits)) + 1e-12, _HIGHEST)


@compiled
def strikes_at(w, m, g):
    """Return the value of clock ``g`` at which the migrant, who waits there, acts."""
    return w.elapsed[m.since + 1, g] + resistance(m)


@compiled
def enter(w, i, g, bucket):
    """Append row ``i`` to a bucket of clock ``g``."""
    b = w.waiting[g, bucket % RING]
    if b < 0 or w.blocks[b, COUNT] == BLOCK_ROOM:
        new = take_block(w)
        w.blocks[new, LINK] = b
        w.waiting[g, bucket % RING] = new
        b = new
    append(w, b, i)
    w.clocks[g].entries += 1


@compiled
def wait(w, i, day):
    """Let row ``i`` begin a wait where it is; its hazards run from tomorrow on."""
    m = w.rows[i]
    m.since = day
    m.due = 0
    m.waits = min(m.waits + 1, 65_535)
    g = clock_of(w, m)
    if g >= 0:
        enter(w, i, g, int(strikes_at(w, m, g) * _BUCKETS_PER_UNIT))


@compiled
def settle(w, g, n, b, bucket, now):
    """Move those of block ``b`` whom clock ``g`` strikes by the value ``now`` to ``w.who``, after the ``n`` there.

    The others stay, but for entries of people who have left by another way, which are dropped. Returns how many there
    are now.
    """
    for k in range(FIRST, FIRST + w.blocks[b, COUNT]):
        i = w.blocks[b, k]
        m = w.rows[i]
        w.clocks[g].entries -= 1
        if clock_of(w, m) == g:
            at = strikes_at(w, m, g)
            own = int(at * _BUCKETS_PER_UNIT) % RING == bucket % RING  # also of just one turn of the ring later
            if at <= now and m.due == 0:
                m.due = 1  # so that an old entry of the same person does not count
                w.who[n] = i
                n += 1
            elif at > now and own:
                enter(w, i, g, bucket)
    return n


@compiled
def take_all(w, g, n, b):
    """Move all in block ``b`` who wait by clock ``g`` to ``w.who``, after the ``n`` there; return the new number.

    As `settle`, for a bucket that has been passed, on a clock without old entries: no resistance need be computed.
    """
    entries = w.blocks[b, COUNT]
    for k in range(FIRST, FIRST + entries):
        m = w.rows[w.blocks[b, k]]
        if m.due == 0 and clock_of(w, m) == g:
            m.due = 1
            w.who[n] = w.blocks[b, k]
            n += 1
    w.clocks[g].entries -= entries
    return n


@compiled
def revisit(w, g, first, last, now):
    """Move those whom clock ``g`` strikes by the value ``now`` from its buckets ``first`` to ``last`` to ``w.who``.

    Returns how many it strikes; their order is arbitrary.
    """
    n = 0
    passed = w.clocks[g].is_exact and last - first < RING // 2  # nobody's turn is a whole turn of the ring later
    for bucket in range(first, last + 1):
        b = w.waiting[g, bucket % RING]
        w.waiting[g, bucket % RING] = -1
        fetch_rows(w, b)
        while b >= 0:
            fetch_rows(w, w.blocks[b, LINK])
            n = take_all(w, g, n, b) if passed and bucket < last else settle(w, g, n, b, bucket, now)
            b = give_block(w, b)
    return n


@compiled
def mark_exact(w):
    """Mark the clocks that have an entry of everybody who waits there, and no other, in the morning.

    That is never sure at the hub, as those whose stay is not over are on no clock.
    """
    for g in range(w.clocks.shape[0]):
        clock = w.clocks[g]
        clock.is_exact = 0
        if clock.kind == K_QUEUE:
            continue
        entries = 0
        for kind in range(KINDS):
            same = w.clock_at[kind, clock.place] + clock.cohort
            if w.clock_at[kind, clock.place] >= 0 and w.clocks[same].status == clock.status:
                entries += w.clocks[same].entries
        if entries == w.stocks[clock.cohort, clock.place, clock.status]:
            clock.is_exact = 1


@compiled
def strike(w, g, day):
    """Write those whom clock ``g`` strikes today to ``w.who``, in arbitrary order; return their number."""
    now = w.elapsed[day + 1, g]
    first, last = int(w.elapsed[day, g] * _BUCKETS_PER_UNIT), int(now * _BUCKETS_PER_UNIT)
    return revisit(w, g, first, min(last, first + RING - 1), now)


@compiled
def sweep(w, g, day):
    """Drop entries of people who have left by another way, if they are more than those who wait."""
    clock = w.clocks[g]
    if clock.entries > 2 * w.stocks[clock.cohort, clock.place, clock.status] + _FEW:
        first = int(w.elapsed[day, g] * _BUCKETS_PER_UNIT)
        revisit(w, g, first, first + RING - 1, -1.0)


@compiled
def cause_of(m, hazards, total):
    """Return which of the hazards of a clock it was, by their shares of ``total``."""
    u = draw(m.key, CAUSE, m.waits) * total
    last = 0
    for cause in range(CAUSES):
        if hazards[cause] > 0.0:
            last = cause
            if u < hazards[cause]:
                return cause
            u -= hazards[cause]
    return last
