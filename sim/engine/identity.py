"""The identity of a model: hashes of every source that can change a result, of extensions, and of patched rules.

Two models of the same identity give the same results for the same scenario. A result can only be continued or
reproduced by a model of the same identity; others may only read it.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.data import extensions
from sim.engine import rules

_PACKAGE = Path(__file__).resolve().parents[1]
# Folders and files below `sim/`: the model, its outputs, and how the runs of a study are drawn and combined.
_COVERED = (
    "data", "scenario", "engine", "agents", "states", "outputs", "model.py", "runs.py", "extend.py",
    "load_extensions.py", "studies/plan.py", "studies/statistics.py", "studies/store/tables.py",
    "studies/work/worker.py",
)  # fmt: skip
_SUFFIXES = {".py", ".csv"}
MOST_NAMED = 5  # files that a message names


@lru_cache
def sources(more: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the hash of each covered source by its path below `sim/`; ``more`` are further folders ("inference")."""
    found = {}
    for name in (*_COVERED, *more):
        place = _PACKAGE / name
        files = place.rglob("*") if place.is_dir() else [place]
        for file in sorted(file for file in files if file.suffix in _SUFFIXES and file.is_file()):
            found[file.relative_to(_PACKAGE).as_posix()] = sha256(file.read_bytes()).hexdigest()[:12]
    return found


@lru_cache
def version_of(package: str) -> str:
    """Return the version of an installed package."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def identity(*more: str) -> dict[str, Any]:
    """Return the identity of the model in this process, ready for JSON.

    Returns:
        ``sha256`` of the rest; ``version`` of corridor; ``sources`` by path below `sim/`; ``extensions`` by name;
        ``changed_by_hand``: the rules that were patched.
    """
    about = {
        "version": version_of("corridor-sim"),
        "sources": sources(more),
        "extensions": extensions.digests(),
        "changed_by_hand": rules.fingerprint(),
    }
    return {"sha256": sha256(json.dumps(about, sort_keys=True).encode()).hexdigest(), **about}


def differences(there: Any, here: Mapping[str, Any]) -> list[str]:
    """Return the differences of another identity from this one, in words; empty if there are none."""
    if not isinstance(there, Mapping) or "sha256" not in there:
        return ["its record does not say which model made it"]
    if there["sha256"] == here["sha256"]:
        return []
    found = []
    if there.get("version") != here["version"]:
        found.append(f"version {there.get('version')}, here {here['version']}")
    for key, words in (("extensions", "extension"), ("changed_by_hand", "a rule changed by hand,"), ("sources", "")):
        then, now = dict(there.get(key) or {}), dict(here[key])
        names = sorted(name for name in {**then, **now} if then.get(name) != now.get(name))
        found += [_difference(words, name, name in then, name in now) for name in names[:MOST_NAMED]]
        if len(names) > MOST_NAMED:
            found.append(f"and {len(names) - MOST_NAMED} more")
    return found or ["its record is damaged"]


def _difference(words: str, name: str, there: bool, here: bool) -> str:
    what = f"{words} {name}" if words else f"sim/{name}"
    return what if there and here else f"{what} ({'there' if there else 'here'} only)"
