"""The server that worker processes are forked from: it imports the model once, while this process goes on."""

from __future__ import annotations

import multiprocessing

PRELOAD = "sim.batch.preload"


def method() -> str:
    """How worker processes are started: forked from a server where the system can."""
    return "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


def start_server() -> None:
    """Start the server, if there is one, as early as possible; nothing happens if it runs already."""
    if method() == "forkserver":
        from multiprocessing import forkserver

        forkserver.set_forkserver_preload([PRELOAD])
        forkserver.ensure_running()
