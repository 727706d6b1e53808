"""Copies of a world's tables, without what is scratch or has not been written yet."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.engine import tables as t
from sim.engine.build import readable
from sim.engine.compiled import JIT

# Of these no more is kept than the counter says: blocks in use, and the attempts of the last day.
COUNTED = {"blocks": t.N_USED_BLOCKS, "attempts": t.N_ATTEMPTS}
_WHOLE = ("rows", "waiting", "calendar")  # no use to look for what is empty
SCRATCH = ("keys", "who", "buckets")  # written before they are read, every time


class Packed(NamedTuple):
    """A table of shape ``shape``: its first records ``kept``; the others are zero, or have no meaning yet."""

    shape: tuple[int, ...]
    kept: npt.NDArray[Any]


def pack(world: t.World, day: int, *, copy: bool = True) -> dict[str, Packed]:
    """Return all tables after ``day`` days; unless ``copy``, they are the model's own, which must not run on."""
    packed = {}
    for name, table in world._asdict().items():
        if name in SCRATCH:
            kept = table[:0]
        elif name in COUNTED:
            kept = table[: world.counters[COUNTED[name]]]
        elif name in _WHOLE or not _is_empty(table[day + 1 :]):
            kept = table
        else:
            kept = table[: day + 1]
        packed[name] = Packed(table.shape, np.array(kept, _plain(table.dtype), copy=copy or None))
    return packed


def unpack(packed: dict[str, Packed]) -> t.World:
    """Return a world with these tables, each of which is copied: a state can be restored many times."""
    tables = {name: _whole(name, table) for name, table in packed.items()}
    world = t.world_class(tuple(name for name in tables if name not in t.World._fields))
    return world(**tables) if JIT else world(**{name: readable(table) for name, table in tables.items()})


def _whole(name: str, packed: Packed) -> npt.NDArray[Any]:
    shape, kept = packed
    if kept.shape == shape:
        return kept.copy()
    make = np.empty if name in COUNTED or name in SCRATCH else np.zeros
    table = make(shape, kept.dtype)
    table[: len(kept)] = kept
    return table


def _is_empty(part: npt.NDArray[Any]) -> bool:
    """Return whether all bytes of a part of a table, which may be large, are 0."""
    return part.size == 0 or not part.view(np.uint8).any()


def _plain(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return a dtype without the class of records that uncompiled rules need."""
    return np.dtype(dtype.descr) if dtype.names else dtype
