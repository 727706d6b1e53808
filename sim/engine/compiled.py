"""Compilation with numba of the loops over migrants, with a cache that cannot go stale.

No other module configures numba. Its cache does not notice a change in a function that another file calls, so the cache
folder is named after the hash of all compiled sources. Code compiled with other rules (`sim.engine.kernel`) is cached
in a separate folder, or not at all.
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
    """Return the key of the cache: a hash of all compiled sources and of those that hold constants for them."""
    digest = hashlib.sha256()
    for file in sorted([*_ENGINE.glob("*.py"), *(_ENGINE / "processes").glob("*.py"), _ENGINE.parent / "model.py"]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Return the folder of compiled code, in ``$CORRIDOR_CACHE`` or the user's cache; None if it is not writable."""
    try:
        root = Path(os.environ.get("CORRIDOR_CACHE") or Path.home() / ".cache" / "corridor")
        folder = root / "compiled" / sources_hash()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # the latter when there is no home directory
        return None


def is_cached() -> bool:
    """Return whether the cache already holds compiled code for these sources."""
    return HOME is not None and any(HOME.rglob("*.nbc"))


def is_kept() -> bool:
    """Return whether later processes can reuse compiled code, that is, whether the cache folder is writable."""
    return HOME is not None


HOME = cache_folder()
_caching, _tag = HOME is not None, ""
if HOME is not None:  # set here and not by the environment, which numba reads once, perhaps before us
    numba.config.CACHE_DIR = str(HOME)


def compiled(function: Callable[..., Any], *, inline: bool = False) -> Any:
    """Compile a function when it is first called; its compiled form is kept for later processes.

    Args:
        function: What to compile.
        inline: Whether its body takes the place of each call of it. For a list of calls this saves one optimisation
            of all that it calls.
    """
    if _tag:
        function.__qualname__ = f"{function.__qualname__}_{_tag}"
    dispatcher = numba.njit(
        function,
        error_model="numpy",
        boundscheck=False,
        inline="always" if inline else "never",
        no_cfunc_wrapper=True,  # which nobody calls, and which costs a twentieth of the compilation
    )
    return kept(dispatcher) if _caching and JIT else dispatcher


def is_compiled(thing: Any) -> bool:
    """Return whether ``thing`` was made by `compiled`; with compilation disabled, any plain function counts."""
    return (
        isinstance(thing, numba.core.dispatcher.Dispatcher) if JIT else callable(thing) and hasattr(thing, "__code__")
    )


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a function, see `compiled`, that is a list of calls and stands for them wherever it is called."""
    return compiled(function, inline=True)


def is_inlined(function: Any) -> bool:
    """Return whether ``function`` was made by `inlined`."""
    return is_compiled(function) and JIT and function.targetoptions["inline"] == "always"


def plain(function: Any) -> Any:
    """Return the Python function behind a compiled one."""
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
    """Return ``number`` typed integer codes; numba would recompile a function for each plain integer passed to it."""
    return tuple(np.arange(first, first + number, dtype=np.int64))
