"""Errors of scenario files: where, which field, what was found, what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 20


@dataclass(frozen=True)
class Problem:
    """One error, at ``file:line`` (line 0 when there is none) and a dotted path."""

    file: str
    line: int
    path: str
    text: str

    def __str__(self) -> str:
        """Return ``FILE:LINE: path: text``, without unknown parts."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.path, self.text) if part)


class ScenarioError(ValueError):
    """A scenario that cannot be used; one line for each of its ``problems``.

    >>> from sim import ScenarioError, load_scenario
    >>> try:
    ...     load_scenario("carrier-ban", overrides={"routes.benghazi-minsk.price": -1})
    ... except ScenarioError as error:
    ...     print(error)
    --set: routes.benghazi-minsk.price: found -1; a value from 0 to 100,000 is allowed (unit: USD)
    """

    def __init__(self, problems: Sequence[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem("", 0, "", problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return all problems, one per line, in the order of files and lines."""
        lines = [str(problem) for problem in self.problems[:MOST]]
        if len(self.problems) > MOST:
            lines.append(f"and {len(self.problems) - MOST} more problems")
        return "\n".join(lines)


def show(value: Any) -> str:
    """Return a value as shown in error messages: short, and on one line."""
    if value is None:
        return "null (nothing)"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value) if isinstance(value, (str, int, float, list)) else str(value)
    if isinstance(value, dict):
        text = "a mapping with " + (", ".join(word(key) for key in value) or "nothing in it")
    return text if len(text) <= 80 else text[:77] + "..."


def word(key: Any) -> str:
    """Return a key or name for a dotted path: printable, and not too long."""
    text = str(key)
    text = text if text and text.isprintable() else repr(text)
    return text if len(text) <= 80 else text[:77] + "..."


def dotted(path: Iterable[Any]) -> str:
    """Return ``("a", "b", 2)`` as ``a.b.2``."""
    return ".".join(word(part) for part in path)


BY_EXTENSION = "; or one of an extension, which --with loads"


def choices(allowed: Iterable[Any], found: Any = None) -> str:
    """Return ``allowed: a, b, c (did you mean 'b'?)``."""
    names = [str(name) for name in allowed]
    close = difflib.get_close_matches(str(found), names, n=1, cutoff=0.5) if found is not None else []
    most = 12 if close else 40
    listed = ", ".join(names[:most]) + (", ..." if len(names) > most else "")
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return f"allowed: {listed or 'none, as none is defined'}{hint}"
