"""The entries of ``run.json``, with the types that Corridor writes: what has others was damaged, or made by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

FORMAT = "corridor-run-1"
_FILE = re.compile(r"[^/\\\x00-\x1f\x7f]+")  # a name inside the folder
_HASH = re.compile(r"[0-9a-f]{64}")


def wrong_entry(content: dict[str, Any]) -> str:
    """Return the first entry of ``run.json`` that is missing or of another type; empty if none is."""
    for name, right in _NEEDED.items():
        if not right(content.get(name)):
            return name
    return next((name for name, right in _ALSO.items() if name in content and not right(content[name])), "")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64


def _are_counts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_count, value))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)


def _is_mapping_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _are_hashes(value: Any) -> bool:
    """Return whether a value maps names of files in the folder to SHA-256."""
    return _is_mapping_of_texts(value) and all(
        _FILE.fullmatch(name) and name not in {".", ".."} and _HASH.fullmatch(digest) for name, digest in value.items()
    )


_NEEDED: dict[str, Callable[[Any], bool]] = {
    "title": _is_text,
    "command": _is_text,
    "scenario": _is_text,
    "scenario_sha256": _is_text,
    "seed": _is_count,
    "replicates": lambda value: _is_count(value) and value > 0,
    "tables_sha256": _are_hashes,
    "versions": _is_mapping_of_texts,
}
_ALSO: dict[str, Callable[[Any], bool]] = {
    "others_sha256": _are_hashes,
    "origin": _is_text,
    "overrides": _is_mapping_of_texts,
    "parameters": _is_text,
    "days": lambda value: value is None or _is_count(value),
    "measures": _are_texts,
    "allow_outside": lambda value: isinstance(value, bool),
    "replicate_seeds": _are_counts,
    "begun_from": _is_mapping_of_texts,
    "identity": _is_mapping,
    "machine": _is_mapping,
    "started_utc": _is_text,
    "ended_utc": _is_text,
}
