"""Attributes of a model and its agents as bytes, and back on another model.

Any attribute is stored, whoever has added it, by Python's pickle protocol. What belongs to the model is not copied but
named: the model itself, its scenario and the scenario's entries, its generators of random numbers, and its tables with
whatever is a view of one, such as the record that a lever sets. On loading, the names stand for the same parts of the
new model.

A file may come from somebody else, and a pickle can call anything. So of a file only data are accepted, and objects of
classes of the model's agents, of the scenario, and of extensions that are loaded; other classes, and functions, are
refused when a state is taken.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.data import extensions
from sim.scenario.entry import Entry
from sim.states.errors import StateError

if TYPE_CHECKING:
    from sim.model import CorridorModel

# Classes and constructors of plain data, by module.
_DATA = {
    "builtins": {"set", "frozenset", "complex", "bytearray", "slice", "range", "object"},
    "collections": {"OrderedDict", "defaultdict", "deque", "Counter"},
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
    "random": {"Random"},
    "numpy": {"ndarray", "dtype"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.random._pickle": {"__generator_ctor", "__bit_generator_ctor", "__randomstate_ctor"},
    "numpy.random._pcg64": {"PCG64"},
    "numpy.random.bit_generator": {"SeedSequence", "__pyx_unpickle_SeedSequence"},
}
_OURS = ("sim.agents.", "sim.scenario.")
_PARTS = ("settings", "names", "world", "migrants", "random", "rng")  # attributes of a model
_ATOMS = (str, int, float, bool, type(None), bytes)


def dumps(value: Any, model: CorridorModel, known: Sequence[object] = ()) -> bytes:
    """Return a value, such as an attribute of an agent, as bytes; objects that are ``known`` are only named.

    Raises:
        Exception: Whatever `pickle` raises of what it cannot write.
    """
    stream = BytesIO()
    Writer(stream, model, known).dump(value)
    return stream.getvalue()


def loads(content: bytes, model: CorridorModel, known: Sequence[object] = ()) -> Any:
    """Return the value that `dumps` wrote, as part of ``model``, which has its scenario and its world.

    Args:
        content: What `dumps` returned.
        model: The model.
        known: What stands here for the objects that `dumps` only named, in the same order.

    Raises:
        StateError: If it has objects of classes that are not accepted.
    """
    return _Reader(BytesIO(content), model, known).load()


class Writer(pickle.Pickler):
    """Names the parts of a model instead of copying them."""

    def __init__(self, stream: BytesIO, model: CorridorModel, known: Sequence[object] = ()) -> None:
        """Write values of a model to ``stream``; objects that are ``known`` are named by their number."""
        super().__init__(stream, protocol=5)
        self.parts: dict[int, tuple[Any, ...]] = {id(thing): ("known", n) for n, thing in enumerate(known)}
        self.parts[id(model)] = ("model",)
        self.parts |= {id(getattr(model, name)): (name,) for name in _PARTS}
        self.parts |= {id(table): ("table", name) for name, table in model.world._asdict().items()}
        self.tables = {name: _span(table) for name, table in model.world._asdict().items() if table.size}
        self.world, self.settings = model.world, model.settings
        self.entries: dict[int, tuple[Any, ...]] = {}

    def persistent_id(self, value: Any) -> Any:
        """Return what names a part of the model; None for what is stored by value."""
        kind = type(value)
        if kind in _ATOMS:
            return None
        if id(value) in self.parts:
            return self.parts[id(value)]
        if isinstance(value, Entry):
            if not self.entries:
                self.entries = dict(_entries(self.settings, ()))
            path = self.entries.get(id(value))
            return None if path is None else ("entry", path)
        if isinstance(value, (np.ndarray, np.void)):
            return self._view(value)
        return None

    def _view(self, value: Any) -> Any:
        """Return what names a view of a table, or a record of one; None for an array of its own."""
        memory = value if isinstance(value, np.ndarray) else np.frombuffer(value, np.uint8)
        if not memory.size:
            return None
        address, _ = _span(memory)
        for name, (first, end) in self.tables.items():
            if first <= address < end:
                table = getattr(self.world, name)
                dtype = None if value.dtype.names else value.dtype
                if not isinstance(value, np.ndarray):
                    return ("record", name, (address - first) // table.itemsize)
                return ("view", name, address - first, dtype, value.shape, value.strides)
        return None


class _Reader(pickle.Unpickler):
    """Puts the parts of another model in the place of their names."""

    def __init__(self, stream: BytesIO, model: CorridorModel, known: Sequence[object]) -> None:
        super().__init__(stream)
        self.model, self.known = model, known

    def persistent_load(self, name: Any) -> Any:
        """Return the part of the model that has this name."""
        kind, *rest = name
        if kind == "model":
            return self.model
        if kind == "known":
            return self.known[rest[0]]
        if kind in _PARTS:
            return getattr(self.model, kind)
        if kind == "entry":
            return _at(self.model.settings, rest[0])
        table = getattr(self.model.world, rest[0])
        if kind == "record":
            return table.reshape(-1)[rest[1]]
        if kind == "view":
            _, offset, dtype, shape, strides = rest
            memory = table.reshape(-1).view(np.uint8)
            return np.ndarray(shape, dtype or table.dtype, memory, offset, strides)
        return table

    def find_class(self, module: str, name: str) -> Any:
        """Return a class that is accepted in a stored state; raises StateError for another, and for functions."""
        if name in _DATA.get(module, ()):
            return super().find_class(module, name)
        homes = {extension.__name__ for extension in extensions.modules()} | {type(self.model).__module__}
        if module.startswith(_OURS) or any(module == home or module.startswith(home + ".") for home in homes):
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise StateError(f"{module}.{name} is none of the classes that a stored state may have")


def _span(table: Any) -> tuple[int, int]:
    """Return the address of an array's first byte, and that behind its last (of one without gaps)."""
    address = table.__array_interface__["data"][0]
    return address, address + table.nbytes


def _entries(value: Any, path: tuple[Any, ...]) -> Any:
    """Yield the identity and path of every entry below a part of a scenario."""
    if isinstance(value, Entry):
        if path:
            yield id(value), path
        for key, item in value.__dict__.items():
            yield from _entries(item, (*path, key))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _entries(item, (*path, key))
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _entries(item, (*path, number))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    """Return the entry at a path; raises StateError if the scenario has none there."""
    for key in path:
        try:
            value = getattr(value, key) if isinstance(value, Entry) else value[key]
        except (AttributeError, KeyError, IndexError):
            raise StateError(f"{'.'.join(map(str, path))}: found in the state, and not in the scenario") from None
    return value


def blamed(owner: object, model: CorridorModel) -> str:
    """Return which attribute of an object cannot be stored or loaded, and why, for a message; empty if all can."""
    for name, value in vars(owner).items():
        try:
            loads(dumps(value, model), model)
        except Exception as error:
            return f"{getattr(owner, 'name', type(owner).__name__)}: attribute {name!r} cannot be stored: {error}"
    return ""
