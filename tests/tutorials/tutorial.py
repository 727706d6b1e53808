"""Tutorials that run: the blocks of their Markdown, carried out one after the other in one process and one folder.

- ``sh``: each line is a command, ``uv run corridor ...``. Where a command takes ``--jobs``, ``--jobs 1`` is added: no
  result depends on it, and the start of a pool of processes would take longer than the runs.
- ``python``: all blocks of a tutorial share their names.
- a block with ``title=NAME`` is written to that file.
- ``text``: lines that the block before it printed, in that order; others may be left out, and columns of tables too.

Blocks of other kinds are only read: ``console`` has commands that need a browser, a cluster or an hour, ``py`` a
fragment. ``uv run python -m tests.tutorials.tutorial`` writes the figures of ``text`` blocks anew: a line is found
again by its first words. With a file's name it does so there.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from sim.cli import main as cli

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "experiments" / "tutorials"
# Pages that are carried out as tutorials are, but nightly: their studies are of full size.
GUIDES = tuple(
    "README.md" if name == "README" else f"docs/{name}.md"
    for name in (
        "README", "planners-guide", "researchers-guide", "trust", "gallery", "data-dictionary", "states", "extending"
    )
)  # fmt: skip
_BLOCK = re.compile(r"^```(\w+)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FRAME = re.compile(r"[┃│]")
_TAKES_JOBS = {"run", "compare", "sweep", "threshold", "calibrate", "backtest", "mend"}


class Block(NamedTuple):
    """A fenced block: kind, the file that it is written to, text, and where in the Markdown the text begins."""

    kind: str
    title: str | None
    text: str
    start: int


class Shown(NamedTuple):
    """A ``text`` block and what the blocks before it printed."""

    block: Block
    printed: list[str]


def tutorials() -> list[Path]:
    """The tutorials, in the order of reading."""
    return sorted(FOLDER.glob("[0-9]*.md"))


def pages() -> list[Path]:
    """All pages that say how something is done, but the changelog, which says what was."""
    folders = (ROOT, ROOT / "docs", ROOT / "scenarios", ROOT / "experiments", FOLDER)
    return [file for folder in folders for file in sorted(folder.glob("*.md")) if file.name != "CHANGELOG.md"]


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a Markdown text."""
    return [Block(found[1], found[2], found[3], found.start(3)) for found in _BLOCK.finditer(text)]


def carried_out(text: str) -> Iterator[Shown]:
    """Carry a tutorial out in the working folder; gives each ``text`` block with the lines that were printed for it."""
    names: dict[str, Any] = {"__name__": "tutorial"}
    printed = ""
    for block in blocks(text):
        if block.kind == "text":
            yield Shown(block, printed.splitlines())
            continue
        if block.title:
            Path(block.title).write_text(block.text, encoding="utf-8")
        elif block.kind in ("sh", "python"):
            with contextlib.redirect_stdout(io.StringIO()) as out:
                if block.kind == "python":
                    where = f"line {text[: block.start].count(chr(10)) + 1}"
                    exec(compile(block.text, where, "exec", dont_inherit=True), names)  # not this file's __future__
                else:
                    for line in block.text.replace("\\\n", " ").splitlines():
                        command(line)
            printed = out.getvalue()


def command(line: str) -> None:
    """Carry out one line of a ``sh`` block."""
    words = shlex.split(line, comments=True)
    if words[:3] != ["uv", "run", "corridor"]:
        raise ValueError(f"found {line!r}; a line of a sh block is `uv run corridor ...`")
    arguments = words[3:]
    if arguments[0] in _TAKES_JOBS and "--jobs" not in arguments:
        arguments += ["--jobs", "1"]
    with mock.patch.object(sys, "argv", ["corridor", *arguments]):
        try:
            cli.main()
        except SystemExit as end:
            if end.code:
                raise RuntimeError(f"{line!r} ended with status {end.code}") from end


def missing(shown: Shown) -> list[str]:
    """Lines that a ``text`` block shows and that were not printed so, or not in this order."""
    pairs = zip(shown.block.text.splitlines(), found_again(shown), strict=True)
    return [old for old, new in pairs if old.split() != " ".join(new).split()]


def renewed(shown: Shown) -> str:
    """The text of a ``text`` block with each line as it was printed now, the columns of a table under each other."""
    lines = found_again(shown)
    for line, old in zip(lines, shown.block.text.splitlines(), strict=True):
        if not line and old.strip():
            raise ValueError(f"nothing like {old!r} was printed")
    widths = [max((len(line[k]) for line in lines if k < len(line) > 1), default=0) for k in range(40)]
    return "".join(
        "  ".join(cell.ljust(widths[0]) if k == 0 and len(line) > 1 else cell.rjust(widths[k] * (len(line) > 1))
                  for k, cell in enumerate(line)).rstrip() + "\n"
        for line in lines
    )  # fmt: skip


def found_again(shown: Shown) -> list[list[str]]:
    """For each shown line the cells of the line that was printed; empty where there is none.

    A table's head may leave columns out: they are left out of its rows too. Other lines have one cell.
    """
    found, at = [], 0
    columns: list[int] | None = None
    for old in shown.block.text.splitlines():
        cells: list[str] = []
        for k in range(at, len(shown.printed)):
            printed = _cells(shown.printed[k])
            asked = re.split(r"\s{2,}", old.strip())
            is_head = "┃" in shown.printed[k]
            if old.strip() and is_head and set(asked) <= set(printed):
                columns = [printed.index(name) for name in asked]
            elif not old.strip() or is_head or not _begins(old, printed):
                continue
            at = k + 1
            keep = columns if len(printed) > 1 and columns and max(columns) < len(printed) else range(len(printed))
            cells = [printed[c] for c in keep]
            break
        found.append(cells)
    return found


def _cells(line: str) -> list[str]:
    """A line's cells: between frames in a table; the whole of other lines."""
    if not _FRAME.search(line):
        return [line.rstrip()]
    return [" ".join(part.split()) for part in _FRAME.split(line.strip().strip("┃│"))]


def _begins(old: str, printed: list[str]) -> bool:
    """Whether a shown line begins as a printed one: with its first cell, or with its words before the first gap."""
    first = printed[0] if len(printed) > 1 else re.split(r"\s{2,}|: ", printed[0].strip())[0]
    line = " ".join(old.split())
    return bool(first) and (line == first or line.startswith((first + " ", first + ": ")))


def main(files: list[str]) -> None:
    """Write the figures of all tutorials anew, or of the files named."""
    for file in [Path(name).resolve() for name in files] or tutorials():
        text = file.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            here = Path.cwd()
            os.chdir(folder)
            try:
                found = list(carried_out(text))
            finally:
                os.chdir(here)
        for shown in reversed(found):
            end = shown.block.start + len(shown.block.text)
            text = text[: shown.block.start] + renewed(shown) + text[end:]
        file.write_text(text, encoding="utf-8")
        print(f"{file.name}: {len(found)} blocks of output")


if __name__ == "__main__":
    main(sys.argv[1:])
