"""YAML 1.2 text as nodes that remember their file and line.

The nodes are built here from ruamel.yaml's events: nothing in a file can construct
an object, and limits apply before a large file can do harm.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from sim.data.days import is_day
from sim.scenario.errors import Problem, ScenarioError, show, word
from sim.scenario.quantity import Distribution

MAX_BYTES = 5_000_000
MAX_DEPTH = 50
MAX_NODES = 500_000

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None} | {
    form: value
    for name, value in (("null", None), ("true", True), ("false", False), (".inf", float("inf")),
                        ("+.inf", float("inf")), ("-.inf", -float("inf")), (".nan", float("nan")))
    for form in (name, name.capitalize(), name.upper(), name.replace("inf", "Inf").replace("nan", "NaN"))
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file: a scalar, a list of nodes, or a mapping of keys to nodes.

    ``line`` is that of the key if the node is the value of one. ``size`` and
    ``depth`` count nodes with aliases written out.
    """

    value: Any
    file: str = ""
    line: int = 0
    size: int = 1
    depth: int = 1

    @property
    def is_mapping(self) -> bool:
        """Return whether the node is a mapping."""
        return isinstance(self.value, dict)

    def at(self, path: Sequence[Any]) -> Node:
        """Return the node at a path, or the deepest existing node on the way."""
        node = self
        for part in path:
            known: Container[Any] = node.value if isinstance(node.value, dict) else ()
            if isinstance(node.value, list):
                known = range(len(node.value))
            if part not in known:
                break
            node = node.value[part]
        return node

    def plain(self) -> Any:
        """Return the value as dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def collection(value: Any, file: str, line: int) -> Node:
    """Return a mapping or list node; raises ScenarioError if it is too large or too deep."""
    parts = value.values() if isinstance(value, dict) else value
    size, depth = 1, 0
    for part in parts:
        size += part.size
        depth = max(depth, part.depth)
    if size > MAX_NODES:
        raise _error(file, line, f"too large: more than {MAX_NODES} values with aliases written out")
    if depth >= MAX_DEPTH:
        raise _error(file, line, f"nested too deeply; allowed: {MAX_DEPTH} levels")
    return Node(value, file, line, size, depth + 1)


def from_plain(value: Any, file: str = "", line: int = 0, level: int = 1) -> Node:
    """Make nodes from dicts, lists and scalars, all at ``file:line``."""
    if level > MAX_DEPTH:
        raise _error(file, line, f"nested too deeply; allowed: {MAX_DEPTH} levels")
    if isinstance(value, Distribution):
        value = value.to_yaml()
    if isinstance(value, Mapping):
        entries = {_key(key): from_plain(item, file, line, level + 1) for key, item in value.items()}
        return collection(entries, file, line)
    if isinstance(value, (list, tuple)):
        return collection([from_plain(v, file, line, level + 1) for v in value], file, line)
    return Node(value, file, line)


def scalar(text: str) -> Any:
    """Return the value of an unquoted scalar in YAML 1.2; dates are dates, and ``NO`` is text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        if len(text) > 30:
            return float(text) if text.isdigit() else text
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _key(text)


def _key(text: Any) -> Any:
    """Return a key as a date if it has the form of one, else unchanged."""
    if isinstance(text, str) and is_day(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    return text


def _error(file: str, line: int, text: str) -> ScenarioError:
    return ScenarioError(Problem(file, line, "", text))


@lru_cache(maxsize=64)
def parse_yaml(text: str, file: str) -> Node:
    """Parse the single mapping in ``text``; raises ScenarioError with file and line."""
    builder = _Builder(file)
    for event in _events(text, file):
        builder.take(event)
    root = builder.root
    if root is None or root.value is None:
        raise _error(file, 1, "the file is empty; needed: a mapping of names to values")
    if not root.is_mapping:
        text = f"found {show(root.plain())}; needed: a mapping of names to values"
        raise _error(file, root.line, text)
    return root


def parse_value(text: str, file: str) -> Any:
    """Parse a scalar, flow mapping or flow list; raises ScenarioError."""
    builder = _Builder(file)
    for event in _events(text, file):
        builder.take(event)
    return builder.root.plain() if builder.root else None


def _events(text: str, file: str) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        position = getattr(error, "position", None)
        line = mark.line + 1 if mark else text.count("\n", 0, position) + 1 if position is not None else 1
        what = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read")
        raise _error(file, line, f"not YAML: {what.splitlines()[0]}") from None
    except Exception:  # a few malformed files cause internal errors in ruamel.yaml
        raise _error(file, 1, "not YAML: it cannot be read") from None


@dataclass
class _Open:
    """A collection that is not complete yet."""

    value: Any
    line: int
    anchor: str | None
    key: Any = None
    key_line: int = 0  # 0: no key is waiting for its value


class _Builder:
    """Builds nodes from events, without recursion."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.documents = 0

    def take(self, event: Any) -> None:
        """Process the next event; raises ScenarioError on what scenario files may not contain."""
        kind, line = type(event).__name__, event.start_mark.line + 1
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                raise _error(self.file, line, "a second document begins; one scenario a file is allowed")
        if getattr(event, "ctag", None) is not None:
            raise _error(self.file, line, f"found the tag {show(str(event.ctag))}; tags are not allowed")
        if kind == "AliasEvent":
            self._alias(event.anchor, line)
        elif kind == "ScalarEvent":
            self._scalar(event, line)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._open({} if kind.startswith("Mapping") else [], line, event.anchor)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            done = self.stack.pop()
            self._place(collection(done.value, self.file, done.line), done.anchor)

    def _alias(self, anchor: str, line: int) -> None:
        if anchor not in self.anchors:
            raise _error(self.file, line, f"found the alias *{word(anchor)}; {choices_of(self.anchors)}")
        self._refuse_key(line)
        self._place(replace(self.anchors[anchor], line=line), None)

    def _scalar(self, event: Any, line: int) -> None:
        text = event.value
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise _error(self.file, line, "found half a character (surrogate); whole characters are allowed")
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and not top.key_line:
            self._take_key(top, _key(text), line)
        else:
            value = scalar(text) if not event.style else text
            self._place(Node(value, self.file, line), event.anchor)

    def _take_key(self, top: _Open, key: Any, line: int) -> None:
        if key in top.value:
            first = top.value[key].line
            text = f"found the key {show(str(key))} twice, first in line {first}; each key once is allowed"
            raise _error(self.file, line, text)
        top.key, top.key_line = key, line

    def _open(self, value: Any, line: int, anchor: str | None) -> None:
        self._refuse_key(line)
        if len(self.stack) >= MAX_DEPTH:
            raise _error(self.file, line, f"nested too deeply; allowed: {MAX_DEPTH} levels")
        self.stack.append(_Open(value, line, anchor))

    def _refuse_key(self, line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and not top.key_line:
            raise _error(self.file, line, "found a collection or alias as a key; keys are words or dates")

    def _place(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = node
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top.value, dict):
            top.value[top.key] = replace(node, line=top.key_line)
            top.key_line = 0
        else:
            top.value.append(node)


def choices_of(anchors: Mapping[str, Node]) -> str:
    """Describe the anchors that an alias may name at this point."""
    return "allowed: " + (", ".join(word(a) for a in anchors) or "none, as no anchor is complete before it")
