"""Figures of a run, drawn in a process of their own beside the run.

Matplotlib's import and the layout of three figures take about as long as the rest of a short run. A fork that is made
before the model is imported imports Matplotlib meanwhile and reads its fonts, and draws while this process writes
tables.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from sim.data.durable_files import write_whole

if TYPE_CHECKING:
    from sim.outputs.results import Results


class FigureProcess:
    """A fork that draws the figures of one run, where the system has a core to spare for it.

    Without one, and after any failure of the fork, this process draws them; the bytes are the same.
    """

    def __init__(self) -> None:
        """Start the fork, if it is safe and of use."""
        self._connection: Connection | None = None
        if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or threading.active_count() > 1:
            return
        import sim.outputs.results  # noqa: F401 (what both need is imported once, before the fork)

        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, ours), daemon=True)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of threads: those of BLAS are not in use
                process.start()
        except OSError:  # no further process is allowed
            ours.close()
        else:
            self._connection = ours
        finally:
            theirs.close()

    def begin(self, results: Results) -> None:
        """Let the fork draw while this process goes on."""
        if self._connection is not None:
            try:
                self._connection.send(results)
            except OSError:
                self.end()

    def write(self, results: Results, folder: Path) -> None:
        """Write the figures to a folder: as the fork drew them, or else drawn here.

        Raises:
            OSError: If they cannot be written.
        """
        drawn: dict[str, bytes] | None = None
        if self._connection is not None:
            with suppress(EOFError, OSError):
                drawn = self._connection.recv()
            self.end()
        if drawn is None:
            from sim.report.figures import drawn_figures

            drawn = drawn_figures(results)
        for name, content in drawn.items():
            write_whole(folder / name, content)

    def end(self) -> None:
        """Close the connection, at which the fork ends."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _serve(connection: Connection, parents: Connection) -> None:
    """Draw the run that is sent, and send its figures back; end without a word if none comes, or if that fails."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, and this process ends with its connection
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parents.close()
    with suppress(Exception):  # the parent then draws itself, and reports what is wrong
        from sim.report.figures import NAMES, drawn_figures, warm_up

        warm_up()
        results = connection.recv()
        reader, writer = multiprocessing.Pipe(duplex=False)
        if os.fork() == 0:  # half of them on the core that waits meanwhile
            with suppress(Exception):
                writer.send(drawn_figures(results, NAMES[:1]))
            os._exit(0)
        writer.close()
        drawn = drawn_figures(results, NAMES[1:])
        connection.send(reader.recv() | drawn)
