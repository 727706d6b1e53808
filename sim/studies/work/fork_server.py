"""The server from which worker processes are forked: it imports the model once, while this process continues."""

from __future__ import annotations

import multiprocessing
import signal

PRELOAD = "sim.studies.work.preload"


def method() -> str:
    """Return how worker processes are started: forked from a server, where the system can."""
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def start_server() -> None:
    """Start the server, where the system can; does nothing if it is already running."""
    if method() == "forkserver":
        from multiprocessing import forkserver, resource_tracker

        forkserver.set_forkserver_preload([PRELOAD])
        resource_tracker.ensure_running()  # here, as it would unblock the signal below
        held = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # inherited by the server
        try:
            forkserver.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
