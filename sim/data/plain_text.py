"""Text from others, made harmless where it is shown: a terminal obeys some signs in place of writing them."""

from __future__ import annotations

import re
from pathlib import Path

# Control codes but line ends and tabs, and the marks that turn the direction in which the rest of a line is read.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    r"""The text with each sign that a terminal would obey written out.

    >>> visible("a \x1b[2J title")
    'a \\x1b[2J title'
    """
    return _OBEYED.sub(lambda found: repr(found[0])[1:-1], text)


def label_of(file: str | Path) -> str:
    """What a scenario is called that a file holds: the file's name, each sign that no name of a folder may have as _.

    >>> label_of("mine/flights [2025].yaml")
    'flights [2025]'
    """
    return _OBEYED.sub("_", re.sub(r"[\\\t\n]", "_", Path(file).stem))
