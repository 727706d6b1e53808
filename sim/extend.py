"""The seam: somebody else's science in the model, without editing the package.

An extension is a Python file (or a package's entry point in the group ``corridor.extensions``) that uses what is here:

    from sim import extend

    @extend.rule("detection_probability")             # takes the place of a rule: same arguments
    def detection(section, coaching, p):
        return min(0.9, section.officers / section.length)

It is loaded by ``--with my_science.py`` or `load`, never by a scenario file. Its source is part of the identity of
every result, and travels to worker processes and clusters. What it does not name stays as it is, to the byte.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from sim.agents import extra_actors
from sim.agents.extra_actors import ExtraActor as Actor
from sim.data import extensions
from sim.data.extensions import Extension
from sim.engine import rules, strata
from sim.engine import tables as t
from sim.engine.compiled import HOME, cached_as, compiled, plain
from sim.engine.ledger import count, move
from sim.engine.strata import category
from sim.engine.streams import bits, draw, happens, lag
from sim.scenario import schema
from sim.scenario.entry import Day, Entry, Name, Schedule, schedule
from sim.scenario.errors import ScenarioError
from sim.scenario.quantity import Quantity, quantity

__all__ = [
    "Actor", "Day", "Entry", "ExtensionError", "Name", "Quantity", "Schedule", "actor", "attribute", "bits",
    "category", "clear", "compiled", "count", "draw", "happens", "lag", "load", "loaded", "move",
    "process", "quantity", "rule", "schedule",
]  # fmt: skip

ENTRY_POINTS = "corridor.extensions"
_PREFIX = "corridor_extension_"
_undo: list[Callable[[], Any]] = []


class ExtensionError(ScenarioError):
    """An extension that cannot be loaded, or asks for something that is not there."""


class Carried(NamedTuple):
    """An extension as it travels to workers; ``source`` is None for a package, which must be installed there."""

    name: str
    file: str
    sha256: str
    source: bytes | None


# --- What an extension uses ------------------------------------------------------------------------------------------


def rule(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put the decorated function in the place of a rule of the engine, wherever that is called.

    Args:
        name: Of the rule, such as ``detection_probability``, or with its module, such as ``attempts.prepare``.

    Raises:
        ExtensionError: If there is no such rule, its arguments differ, or it has been replaced already.
    """

    def put(function: Callable[..., Any]) -> Callable[..., Any]:
        with _explained():
            full = rules.replace(name, function)
        _undo.append(lambda: rules.replaced.pop(full, None))
        return function

    return put


def process(after: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Take the decorated function ``run(w, day)`` as a step of every day, after the process named.

    Args:
        after: demand, booking, departures, transfer, exposure, attempts, aftermath, sea; news, repatriation, ledger.

    Raises:
        ExtensionError: If there is no such process, or the arguments are not the tables and the day.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        with _explained():
            rules.add_step(after, function)
        step = rules.steps[-1]
        _undo.append(lambda: rules.steps.remove(step))
        return function

    return add


def actor(key: str, *, entry: type[Entry], table: np.dtype[Any] | None = None) -> Callable[[type[Actor]], type[Actor]]:
    """Add a type of agents, with entries of its own in scenarios.

    Args:
        key: Of the collection of entries in a scenario file, such as ``brokers``.
        entry: What an entry may say: a subclass of `Entry`, its fields declared with `quantity`, `schedule` and so on.
            Fields called routes, carriers, sections and so on must name what the scenario has.
        table: Of a table ``w.KEY`` that compiled rules may read: a record an entry, in alphabetical order.

    Raises:
        ExtensionError: If a scenario has such a key already, or it is no name of a Python attribute.
    """
    if key in schema.scenario_class().model_fields or key in t.World._fields or not key.isidentifier():
        raise ExtensionError(f"actor: found key {key!r}; allowed: a new name of letters, digits and underscores")

    def add(cls: type[Actor]) -> type[Actor]:
        schema.extra_collections[key] = entry
        kind = extra_actors.ActorType(key, cls, table)
        extra_actors.types.append(kind)
        if table is not None:
            t.extra_tables[key] = lambda scenario, _: extra_actors.table_of(scenario, kind)
        _undo.append(lambda: _remove_actor(kind))
        return cls

    return add


def _remove_actor(kind: extra_actors.ActorType) -> None:
    schema.extra_collections.pop(kind.key, None)
    extra_actors.types.remove(kind)
    t.extra_tables.pop(kind.key, None)


def attribute(name: str, *, categories: Mapping[str, float], title: str = "") -> np.int64:
    """Give every migrant a category, such as an age group, by a draw of its own that moves no other.

    Flows and stocks are then counted by category too: at level ``name``, in all tables.

    Args:
        name: Of the attribute, and of the level in tables.
        categories: Share of each category, 1 in all.
        title: For tables and reports.

    Returns:
        The attribute's number: ``category(w, m, NUMBER)`` in a rule is the number of the migrant's category.

    Raises:
        ExtensionError: If the attribute is there already, or the shares are not allowed.
    """
    with _explained():
        number = strata.add(name, title or name, dict(categories))
    if number == 0:
        _undo.append(strata.clear)
        _undo.append(lambda: [rules.replaced.pop(full, None) for full in ("ledger.count", "ledger.move")])
        _undo.append(lambda: rules.steps.remove(rules.Step("ledger", plain(strata.write_stocks))))
    return number


# --- Loading ---------------------------------------------------------------------------------------------------------


def load(*extensions_: str | Path) -> None:
    """Load extensions: Python files, or names of entry points of installed packages.

    One that is loaded already, from the same source, is left as it is. After an error nothing of the extension stays.

    Raises:
        ExtensionError: If there is none of that name, or it fails; names the file and line.
    """
    for given in extensions_:
        name = str(given)
        if name.endswith(".py"):
            _load_file(Path(name))
        else:
            _load_entry_point(name)


@contextmanager
def loaded(*extensions_: str | Path) -> Iterator[None]:
    """The extensions, and no others, within a block."""
    before = carried()
    clear()
    try:
        load(*extensions_)
        yield
    finally:
        ensure(before)


def clear() -> None:
    """Unload all extensions: models that are made afterwards are those that ship."""
    _take_back(0)
    extensions.loaded.clear()


def carried() -> tuple[Carried, ...]:
    """The loaded extensions, as another process needs them."""
    return tuple(
        Carried(e.name, e.file, e.sha256, e.source if e.file.endswith(".py") else None) for e in extensions.loaded
    )


def ensure(wanted: Sequence[Carried]) -> None:
    """Have these extensions loaded, in this order, and no others.

    Raises:
        ExtensionError: If one fails, or an installed package is another here.
    """
    if [one.sha256 for one in wanted] == [extension.sha256 for extension in extensions.loaded]:
        return
    clear()
    for one in wanted:
        if one.source is None:
            _load_entry_point(one.name)
            if extensions.loaded[-1].sha256 != one.sha256:
                raise ExtensionError(
                    f"--with {one.name}: the package installed here is another than where the run began"
                )
        else:
            _run_file(one.name, one.file, one.source, _file_with(one))


def _file_with(one: Carried) -> Path:
    """A file with the source of an extension that came from elsewhere: its own where that is the same."""
    original = Path(one.file)
    try:
        if original.read_bytes() == one.source:
            return original
    except OSError:
        pass
    if HOME is None:
        return original  # nothing is kept; only messages name it
    copy = HOME / "extensions" / one.sha256[:16] / original.name
    if not copy.is_file():
        copy.parent.mkdir(parents=True, exist_ok=True)
        partial = copy.with_suffix(f".{id(one)}.partial")
        partial.write_bytes(one.source or b"")
        partial.replace(copy)
    return copy


def _load_file(file: Path) -> None:
    try:
        source = file.read_bytes()
    except OSError as error:
        raise ExtensionError(f"--with {file}: cannot be read: {error.strerror or error}") from None
    if not file.stem.isidentifier():
        raise ExtensionError(f"--with {file}: found the name {file.stem!r}; allowed: letters, digits and underscores")
    _run_file(file.stem, str(file), source, file)


def _load_entry_point(name: str) -> None:
    known = {point.name: point for point in importlib.metadata.entry_points(group=ENTRY_POINTS)}
    if name not in known:
        there = f"installed: {', '.join(sorted(known))}" if known else "none is installed"
        raise ExtensionError(f"--with {name}: no extension of that name ({there}); allowed: a file ending in .py, too")
    home = known[name].module
    found = importlib.util.find_spec(home)
    if found is None or found.origin is None:
        raise ExtensionError(f"--with {name}: its module {home} is not installed")
    places = [Path(place) for place in found.submodule_search_locations or ()]
    files = sorted(file for place in places for file in place.rglob("*.py")) or [Path(found.origin)]

    def run() -> ModuleType:
        for module in [known_ for known_ in sys.modules if known_ == home or known_.startswith(f"{home}.")]:
            del sys.modules[module]  # so that it declares everything once more
        return importlib.import_module(home)

    _enter(name, home, b"".join(file.read_bytes() for file in files), found.origin, run)


def _run_file(name: str, file: str, source: bytes, place: Path) -> None:
    """Load an extension from the source of a single file, which lies at ``place`` for messages and debuggers."""

    def run() -> ModuleType:
        module = ModuleType(_PREFIX + name)
        module.__file__ = str(place.absolute())
        sys.modules[module.__name__] = module
        try:
            exec(compile(source, module.__file__, "exec"), vars(module))
        except BaseException:
            del sys.modules[module.__name__]
            raise
        return module

    _enter(name, file, source, str(place.absolute()), run)


def _enter(name: str, file: str, source: bytes, place: str, run: Callable[[], ModuleType]) -> None:
    """Run an extension, and note what it adds; after an error nothing of it stays."""
    digest = sha256(source).hexdigest()
    for other in extensions.loaded:
        if other.name == name and other.sha256 == digest:
            return
        if other.name == name:
            raise ExtensionError(f"--with {file}: found two extensions called {name}; allowed: one")
    begun = len(_undo)
    try:
        with cached_as(f"extension-{digest[:16]}"):
            module = run()
    except Exception as error:
        _take_back(begun)
        raise _failed(error, file, place) from error
    extensions.loaded.append(Extension(name, file, source, module))


def _failed(error: Exception, file: str, place: str) -> ExtensionError:
    """An error of an extension's own code, with the line on which it happened."""
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
    line = error.lineno if isinstance(error, SyntaxError) else (frames or [None])[-1]
    text = str(error) if isinstance(error, ExtensionError) else f"{type(error).__name__}: {error}"
    return ExtensionError(f"--with {file}{f', line {line}' if line else ''}: {text}")


def _take_back(begun: int) -> None:
    while len(_undo) > begun:
        _undo.pop()()


@contextmanager
def _explained() -> Iterator[None]:
    """What is not allowed, as an error of the extension."""
    try:
        yield
    except ValueError as error:
        raise ExtensionError(str(error)) from None
