"""Memory: tables that begin with a cache line, and rows asked for before they are needed.

In a large population the row of whoever is due next is seldom in a cache, and a processor that waits for each in turn
spends most of a day waiting. So whoever walks a list of rows asks for one further on while it works on the present one
(`sim.engine.queues.in_turn`); memory brings them side by side. No result depends on it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import types
from numba.core.extending import intrinsic

from sim.engine.compiled import JIT

CACHE_LINE = 64  # bytes, on x86-64 and nearly all of ARM


def aligned(shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array with undefined values whose first byte is the first of a cache line.

    NumPy's own begin 16 bytes into one, so that every second row of 32 bytes would lie in two lines.
    """
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    room = np.empty(size + CACHE_LINE, np.uint8)
    first = -room.ctypes.data % CACHE_LINE
    return room[first : first + size].view(dtype).reshape(shape)


def _ask_for(record: Any) -> None:
    """Ask memory for a record that will be needed soon; without compilation there is nothing to gain."""


@intrinsic
def _prefetch(_context: Any, record: Any) -> Any:
    def lower(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        address, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [address, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [address], kind)
        for_writing, kept_in_all_caches, data = number(1), number(3), number(1)
        builder.call(prefetch, [builder.bitcast(arguments[0], address), for_writing, kept_in_all_caches, data])
        return context.get_dummy_value()

    return types.none(record), lower


ask_for = _prefetch if JIT else _ask_for
