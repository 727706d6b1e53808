"""Loading of extensions from Python files or installed packages, in this process and in workers."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from sim.data import extensions
from sim.data.durable_files import write_whole
from sim.data.extensions import Extension
from sim.engine import rules
from sim.engine.compiled import HOME, cached_as
from sim.scenario.errors import ScenarioError

ENTRY_POINTS = "corridor.extensions"
_PREFIX = "corridor_extension_"
undo: list[Callable[[], Any]] = []  # removes what extensions have added, the last first


class ExtensionError(ScenarioError):
    """An extension cannot be loaded, or refers to something that does not exist."""


class Carried(NamedTuple):
    """An extension as it is sent to workers; ``source`` is None for a package, which must be installed there."""

    name: str
    file: str
    sha256: str
    source: bytes | None


def load(*extensions_: str | Path) -> None:
    """Load extensions: Python files, or names of entry points of installed packages.

    One that is already loaded from the same source is left alone. A failed extension leaves nothing behind.

    Raises:
        ExtensionError: If there is no such extension, or it fails; the message names the file and line.
    """
    for given in extensions_:
        name = str(given)
        if name.endswith(".py"):
            _load_file(Path(name))
        else:
            _load_entry_point(name)


@contextmanager
def loaded(*extensions_: str | Path) -> Iterator[None]:
    """Load these extensions, and no others, within a block."""
    before = carried()
    clear()
    try:
        load(*extensions_)
        yield
    finally:
        ensure(before)


def clear() -> None:
    """Unload all extensions; models made afterwards follow the rules that ship."""
    _take_back(0)
    extensions.loaded.clear()


def carried() -> tuple[Carried, ...]:
    """Return the loaded extensions in the form that is sent to other processes."""
    return tuple(
        Carried(e.name, e.file, e.sha256, e.source if e.file.endswith(".py") else None) for e in extensions.loaded
    )


def ensure(wanted: Sequence[Carried]) -> None:
    """Load these extensions, in this order, and unload all others.

    Raises:
        ExtensionError: If one fails, or a package is installed here in another version.
    """
    if [one.sha256 for one in wanted] == [extension.sha256 for extension in extensions.loaded]:
        return
    clear()
    for one in wanted:
        if one.source is None:
            _load_entry_point(one.name)
            if extensions.loaded[-1].sha256 != one.sha256:
                raise ExtensionError(
                    f"--with {one.name}: the package installed here differs from the one where the run began"
                )
        else:
            _run_file(one.name, one.file, one.source, _file_with(one))


def _file_with(one: Carried) -> Path:
    """Return a path for an extension's source that was sent here: the original file if it is the same."""
    original = Path(one.file)
    try:
        if original.read_bytes() == one.source:
            return original
    except OSError:
        pass
    if HOME is None:
        return original  # the source is not written; only messages name the file
    copy = HOME / "extensions" / one.sha256[:16] / original.name
    if not copy.is_file():
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_whole(copy, one.source or b"")
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
            del sys.modules[module]  # so that it declares everything again
        return importlib.import_module(home)

    _enter(name, home, b"".join(file.read_bytes() for file in files), found.origin, run)


def _run_file(name: str, file: str, source: bytes, place: Path) -> None:
    """Load an extension from the source of a single file; messages and debuggers show ``place`` as its path."""

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
    """Run an extension and record what it adds; after an error, remove all of it."""
    digest = sha256(source).hexdigest()
    for other in extensions.loaded:
        if other.name == name and other.sha256 == digest:
            return
        if other.name == name:
            raise ExtensionError(f"--with {file}: found two extensions called {name}; allowed: one")
    for known in ("sim.model", "sim.extend"):  # of the package, what an extension imports first would become its part
        importlib.import_module(known)
    begun = len(undo)
    try:
        with cached_as(f"extension-{digest[:16]}"):
            module = run()
    except Exception as error:
        _take_back(begun)
        raise _failed(error, file, place) from error
    extensions.loaded.append(Extension(name, file, source, module))


def blamed(error: BaseException) -> str:
    """Return what went wrong in an extension's code, with its file and line; empty if the error is not from there."""
    homes = {_home(extension.module): extension.file for extension in extensions.loaded}
    frames = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_tb(error.__traceback__)]
    text = str(error)
    frames += [(file, int(line)) for file, line in _IN_NUMBA.findall(text)]  # what numba could not compile
    for file, line in reversed(frames):
        path = Path(file).absolute().resolve()
        for home, shown in homes.items():
            if path == home or (home.suffix != ".py" and home in path.parents):
                where = shown if path == home else file
                return f"--with {where}, line {line}: {type(error).__name__}: {_first_line(text)}"
    return _misfit(error)


def _misfit(error: BaseException) -> str:
    """Return which extensions' rules and steps the model could not be compiled with; empty for other errors."""
    if not type(error).__module__.startswith("numba."):
        return ""
    files = {extension.module.__name__: extension.file for extension in extensions.loaded}
    changes = [*rules.replaced.items(), *((f"the step after {step.after}", step.run) for step in rules.steps)]
    own = [(name, files[run.__module__]) for name, run in changes if run.__module__ in files]
    if not own:
        return ""
    what = next((line for line in str(error).splitlines() if not line.startswith("Failed in ")), "")
    names, places = (", ".join(dict.fromkeys(words)) for words in zip(*own, strict=True))
    return (
        f"--with {places}: the model cannot be compiled with {names}: {what.partition(': %')[0]}; "
        "a rule takes and returns what the one that ships does, and a step nothing"
    )


_IN_NUMBA = re.compile(r'^File "(.+)", line (\d+):', re.MULTILINE)


def _home(module: ModuleType) -> Path:
    """Return the file of an extension, or the folder of one that is a package."""
    file = Path(module.__file__ or "").absolute().resolve()
    return file.parent if file.name == "__init__.py" else file


def _first_line(text: str) -> str:
    """Return the first line of an error that says something; numba's begin with the stage that it was at."""
    lines = [line.strip() for line in text.splitlines()]
    return next((line for line in lines if line and not line.startswith("Failed in nopython mode")), "")


def _failed(error: Exception, file: str, place: str) -> ExtensionError:
    """Return an error in an extension's code, with the line on which it happened."""
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == place]
    line = error.lineno if isinstance(error, SyntaxError) else (frames or [None])[-1]
    text = str(error) if isinstance(error, ExtensionError) else f"{type(error).__name__}: {error}"
    return ExtensionError(f"--with {file}{f', line {line}' if line else ''}: {text}")


def _take_back(begun: int) -> None:
    while len(undo) > begun:
        undo.pop()()
