"""Terminals of any width, and the tables on them."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(words: Sequence[str], width: int, cwd: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """Status of a command whose streams are a terminal so many cells wide, and all that it wrote there."""
    import fcntl
    import pty
    import termios

    child, terminal = pty.fork()
    if child == 0:
        try:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
            os.chdir(cwd)
            os.execve(words[0], list(words), dict(environment))
        finally:
            os._exit(127)
    written = bytearray()
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the other end was closed
            break
        if not piece:
            break
        written += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), written.decode().replace("\r\n", "\n")


def parsed(text: str) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the first table in a text, what stands on several lines of a row put together.

    A row begins where its last cell has something on the first of its lines.
    """
    lines = CODES.sub("", text).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("┏"))
    heads, rows = [], []
    new = True
    for line in lines[first + 1 :]:
        if line[0] == "┃":
            heads.append([cell.strip() for cell in line[1:-1].split("┃")])
        elif line[0] == "│":
            cells = [cell.strip() for cell in line[1:-1].split("│")]
            if new or (any(cells[1:]) and re.match(r"[\w·−–-]", cells[-1])):
                rows.append(cells)
            else:
                rows[-1] = [f"{a} {b}".strip() for a, b in zip(rows[-1], cells, strict=True)]
            new = False
        elif line[0] == "└":
            break
        else:
            new = True
    return [" ".join(filter(None, parts)) for parts in zip(*heads, strict=True)], rows
