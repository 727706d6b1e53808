"""The world by reference: a single pointer passed between compiled functions.

Passing the `World` tuple itself would copy its arrays and count references to them at every call,
which is ten times slower and takes minutes to compile. A `Reference` lays out the arrays' headers in
one block of memory, in numba's layout but without owners; it keeps the arrays alive itself.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Any

import numpy as np
from numba import typeof, types
from numba.core import cgutils
from numba.core.extending import NativeValue, infer_getattr, lower_getattr_generic, models, register_model, unbox
from numba.core.typing.templates import AttributeTemplate

from sim.engine.compiled import JIT
from sim.engine.tables import World

_HEADER_WORDS = 3  # items, item size, data; then shape and strides


class WorldType(types.Type):
    """numba's type of a `Reference`: the names and array types of all tables, in order."""

    def __init__(self, arrays: tuple[Any, ...], fields: tuple[str, ...]) -> None:
        """Keep the name short, as numba spells it out in every compiled symbol, and another for other tables."""
        self.arrays = arrays
        self.fields = fields
        extended = f"_{sha256(repr(self.key).encode()).hexdigest()[:12]}" if fields != World._fields else ""
        super().__init__(f"World{extended}")

    @property
    def key(self) -> tuple[Any, ...]:
        """Return what two equal types have in common."""
        return (self.arrays, self.fields)


@lru_cache(maxsize=4)
def _type_of(kinds: tuple[tuple[Any, int], ...], fields: tuple[str, ...]) -> WorldType:
    return WorldType(tuple(typeof(np.empty((1,) * ndim, dtype)) for dtype, ndim in kinds), fields)


class Reference:
    """A pointer to the headers of a world's arrays; alive as long as the arrays must be."""

    def __init__(self, world: World) -> None:
        """Lay out the headers of ``world``; the arrays themselves are shared."""
        words: list[int] = []
        for array in world:
            words += [array.size, array.itemsize, array.ctypes.data, *array.shape, *array.strides]
        self._world = world
        self._block = np.array(words, np.int64)
        self.address = self._block.ctypes.data
        self._numba_type_ = _type_of(tuple((array.dtype, array.ndim) for array in world), world._fields)


register_model(WorldType)(models.OpaqueModel)


@infer_getattr
class _Attribute(AttributeTemplate):
    key = WorldType

    def generic_resolve(self, reference: WorldType, name: str) -> Any:
        return reference.arrays[reference.fields.index(name)] if name in reference.fields else None


@lower_getattr_generic(WorldType)
def _get(context: Any, builder: Any, reference: WorldType, value: Any, name: str) -> Any:
    """Load one array's header, field by field and marked invariant, so that loops do not reload it."""
    number = reference.fields.index(name)
    array = reference.arrays[number]
    word = 8 * sum(_HEADER_WORDS + 2 * other.ndim for other in reference.arrays[:number])
    header = context.make_array(array)(context, builder)
    empty = builder.module.add_metadata([])

    def load(kind: Any) -> Any:
        nonlocal word
        address = builder.gep(value, [context.get_constant(types.intp, word)])
        loaded = builder.load(builder.bitcast(address, kind.as_pointer()))
        loaded.set_metadata("invariant.load", empty)
        word += 8
        return loaded

    for field in ("meminfo", "parent"):  # known to be null, so that LLVM leaves out all counting of references
        setattr(header, field, cgutils.get_null_value(getattr(header, field).type))
    for field in ("nitems", "itemsize", "data"):
        setattr(header, field, load(getattr(header, field).type))
    integer = context.get_value_type(types.intp)
    for field in ("shape", "strides"):
        setattr(header, field, cgutils.pack_array(builder, [load(integer) for _ in range(array.ndim)], integer))
    return header._getvalue()


@unbox(WorldType)
def _unbox(reference: WorldType, thing: Any, c: Any) -> Any:
    number = c.pyapi.object_getattr_string(thing, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    pointer = c.builder.inttoptr(address, cgutils.voidptr_t)
    return NativeValue(pointer, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


_latest: dict[Any, tuple[Any, Any]] = {}  # by function: the tables that `direct` last saw, and what runs it on such


def reference(world: World) -> Any:
    """Return the pointer to pass to compiled functions; with compilation disabled, the world itself."""
    return Reference(world) if JIT else world


def direct(function: Any, tables: Any) -> Any:
    """Return what runs a compiled function of such tables and a day without a look at their types, compiled if need be.

    That look takes three times as long as the call. Any other function is returned as it is.
    """
    if not hasattr(function, "overloads"):
        return function
    kind, entry_point = _latest.get(function, (None, None))
    if kind is not tables._numba_type_:
        types_of_a_day = day_types(tables)
        function.compile(types_of_a_day)
        kind, entry_point = tables._numba_type_, function.overloads[types_of_a_day].entry_point
        _latest[function] = kind, entry_point
    return entry_point


def day_types(tables: Any) -> tuple[Any, Any]:
    """Return numba's types of what processes of the day take: tables, as `reference` gives them, and a day."""
    return tables._numba_type_, types.int64
