"""The one door to numba: compiles the loops over migrants, with a cache that can't go stale.

numba's cache does not see a change in a function that another file calls, so the
cache folder is named after the hash of all compiled sources.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

_HERE = Path(__file__).parent


def sources_hash() -> str:
    """Hash of every source that is compiled, and of those that hold constants for them."""
    digest = hashlib.sha256()
    for file in sorted([*_HERE.glob("*.py"), *(_HERE / "processes").glob("*.py"), _HERE.parent / "model.py"]):
        text = file.read_bytes()
        if b"compiled" in text:
            digest.update(file.name.encode() + b"\0" + text)
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Folder of the compiled code: ``$CORRIDOR_CACHE`` or the user's cache folder; a temporary one at need."""
    root = Path(os.environ.get("CORRIDOR_CACHE") or Path.home() / ".cache" / "corridor")
    folder = root / "compiled" / sources_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="corridor-"))


def is_cached() -> bool:
    """Whether compiled code for these sources lies in the cache already."""
    return any(cache_folder().rglob("*.nbc"))


def is_kept() -> bool:
    """Whether what is compiled is found again by later processes: not where the cache folder cannot be written."""
    return Path(numba.config.CACHE_DIR).name == sources_hash()


# Set here and not by the environment, which numba reads once, and somebody else may have imported it before.
numba.config.CACHE_DIR = str(cache_folder())
JIT = not numba.config.DISABLE_JIT

compiled: Callable[..., Any] = numba.njit(cache=True, error_model="numpy", boundscheck=False)


def codes(number: int, first: int = 0) -> tuple[Any, ...]:
    """So many whole numbers to name things by, typed: numba compiles a function anew for each plain one given to it."""
    return tuple(np.arange(first, first + number, dtype=np.int64))
