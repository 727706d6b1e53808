"""The server from which worker processes are forked: it imports the model once, while this process continues."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

PRELOAD = "sim.studies.work.preload"


def method() -> str:
    """Return how worker processes are started: forked from a server, where the system can."""
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


@contextmanager
def safe_path() -> Iterator[None]:
    """Python processes that are started within don't look for modules in the working folder.

    `multiprocessing` starts them by ``python -c``, which puts that folder first: a ``random.py`` there, or a
    ``sim.py``, would be taken for Python's or ours.
    """
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


def start_server() -> None:
    """Start the server, where the system can; does nothing if it is already running."""
    if method() == "forkserver":
        from multiprocessing import forkserver, resource_tracker

        forkserver.set_forkserver_preload([PRELOAD])
        with safe_path():
            resource_tracker.ensure_running()  # here, as it would let go of the signal below
            held = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # the server inherits it: Ctrl-C is ours
            try:
                forkserver.ensure_running()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, held)
