"""Standard streams as they may be: closed, a pipe whose reader has gone, a terminal; and text that goes to them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

from sim.data.plain_text import visible

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 2000  # of tables that go to a file or pipe: whatever they need
BROKEN_PIPE = 141  # as shells call the end of a program whose output nobody reads any more
_wide = False


def open_streams() -> None:
    """Put something in the place of streams that are closed, so that no file opened later takes their number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # until the end
        elif isinstance(stream, TextIOWrapper):  # a sign that the terminal lacks must not end a run
            stream.reconfigure(errors="replace")


def say(text: str = "", *, error: bool = False) -> None:
    """Print text on standard output or standard error; signs that a terminal would obey are written out."""
    write_data(f"{visible(text)}\n", error=error)


def write_data(text: str, *, error: bool = False) -> None:
    """Print data: as it is into a file or pipe, as `say` does on a terminal. Errors that nobody reads are no error."""
    stream = sys.stderr if error else sys.stdout
    try:
        stream.write(visible(text) if stream.isatty() else text)
    except BrokenPipeError:
        drop(stream)
        if not error:
            raise SystemExit(BROKEN_PIPE) from None


def flush() -> None:
    """Bring standard output out while what goes wrong can be told; Python itself would end with a traceback."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        drop(sys.stdout)
        raise SystemExit(BROKEN_PIPE) from None
    except OSError:
        drop(sys.stdout)
        raise


def drop(stream: TextIO) -> None:
    """Send to nowhere what a stream still holds, and all that is to come."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, ValueError):  # a stream that is none of the system's
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def results_console() -> Console:
    """Where results go: standard output. Tables are as wide as the terminal, or whole with ``--wide`` or in a pipe."""
    return _console(width=None if sys.stdout.isatty() and not _wide else WIDTH)


def notes_console(quiet: bool) -> Console:
    """Where progress goes: standard error, so that standard output holds results alone."""
    return _console(stderr=True, quiet=quiet)


def set_wide(wide: bool) -> bool:
    """Whether tables are printed whole on terminals too."""
    global _wide
    _wide = wide
    return wide


def _console(**options: Any) -> Console:
    """A console that reads no markup, and writes no codes of styles where none are wanted (no-color.org)."""
    from rich.console import Console

    class Pipe(Console):
        """A console that ends the command when nobody reads its results, and goes on when nobody reads its notes."""

        def on_broken_pipe(self) -> None:
            self.quiet = True
            drop(sys.stderr if self.stderr else sys.stdout)
            if not self.stderr:
                raise SystemExit(BROKEN_PIPE)

    return Pipe(markup=False, emoji=False, color_system=None if os.environ.get("NO_COLOR") else "auto", **options)
