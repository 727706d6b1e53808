"""The one door to numba: compiles the loops over migrants, with a cache that can't go stale.

numba's cache does not see a change in a function that another file calls, so the cache folder is named after the hash
of all compiled sources. What is compiled with other rules (`sim.engine.kernel`) is cached in a folder of its own, or
not at all.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numba
import numpy as np

from sim.engine.compile_cache import kept

_ENGINE = Path(__file__).parent
JIT = not numba.config.DISABLE_JIT


def sources_hash() -> str:
    """Hash of all sources that are compiled, and of those that hold constants for them: the key of the cache."""
    digest = hashlib.sha256()
    for file in sorted([*_ENGINE.glob("*.py"), *(_ENGINE / "processes").glob("*.py"), _ENGINE.parent / "model.py"]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Folder of the compiled code, in ``$CORRIDOR_CACHE`` or the user's cache; None if it can't be written."""
    try:
        root = Path(os.environ.get("CORRIDOR_CACHE") or Path.home() / ".cache" / "corridor")
        folder = root / "compiled" / sources_hash()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # the latter where nobody has a home
        return None


def is_cached() -> bool:
    """Whether compiled code for these sources lies in the cache already."""
    return HOME is not None and any(HOME.rglob("*.nbc"))


def is_kept() -> bool:
    """Whether what is compiled is found again by later processes: not where the cache folder cannot be written."""
    return HOME is not None


HOME = cache_folder()
_caching, _tag = HOME is not None, ""
if HOME is not None:  # set here and not by the environment, which numba reads once, perhaps before us
    numba.config.CACHE_DIR = str(HOME)


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function when it is first called; its compiled form is kept for later processes."""
    if _tag:
        function.__qualname__ = f"{function.__qualname__}_{_tag}"
    dispatcher = numba.njit(function, error_model="numpy", boundscheck=False)
    return kept(dispatcher) if _caching and JIT else dispatcher


def is_compiled(thing: Any) -> bool:
    """Whether something is a function of `compiled`; uncompiled, any plain function counts."""
    return (
        isinstance(thing, numba.core.dispatcher.Dispatcher) if JIT else callable(thing) and hasattr(thing, "__code__")
    )


def plain(function: Any) -> Any:
    """The Python function behind a compiled one."""
    return getattr(function, "py_func", function)


@contextmanager
def cached_as(key: str, *, cache: bool = True) -> Iterator[None]:
    """What is made `compiled` within is cached in a folder of its own, named after ``key``; or not at all.

    Functions are named after the key, too: LLVM knows them by name, and two of one name that were compiled in two
    processes and are loaded into a third would be taken for each other.
    """
    global _caching, _tag
    before = _caching, _tag, numba.config.CACHE_DIR
    _tag = key.replace("-", "_")
    _caching = cache and HOME is not None
    if _caching:
        numba.config.CACHE_DIR = str(HOME / key)  # type: ignore[operator]
    try:
        yield
    finally:
        _caching, _tag, numba.config.CACHE_DIR = before


def codes(number: int, first: int = 0) -> tuple[Any, ...]:
    """So many whole numbers to name things by, typed: numba compiles a function anew for each plain one given to it."""
    return tuple(np.arange(first, first + number, dtype=np.int64))
