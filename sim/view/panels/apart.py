"""Work in a process of its own, so that the page and the running model are not slowed; it can be cancelled."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from collections.abc import Callable
from typing import Any

from sim.load_extensions import Carried, carried, ensure
from sim.outputs.folder import OutputError
from sim.scenario.errors import ScenarioError
from sim.studies.work.fork_server import method, safe_path, start_server
from sim.view.background import Report

OFTEN = 0.2  # seconds between two looks whether it was cancelled
NICE = 5
type Advance = Callable[[int, int], None]  # done, of how many


def apart(function: Callable[..., Any], *args: Any, report: Report) -> Any:
    """Return ``function(*args, advance)``, done in another process.

    Args:
        function: At the top of a module; ``advance`` tells how much is done.
        args: To be pickled.
        report: Told the progress; what it raises ends the process.

    Raises:
        OutputError: As the function raises it, or if the process has died.
    """
    start_server()
    context: Any = multiprocessing.get_context(method())
    here, there = context.Pipe(duplex=False)
    work = pickle.dumps((function, args))
    process = context.Process(
        target=_do, args=(there, tuple(tuple(one) for one in carried()), work), daemon=True
    )  # fmt: skip
    with safe_path():
        process.start()
    there.close()
    done, total = 0, 0
    try:
        while True:
            report(done, total, 0)
            if not here.poll(OFTEN):
                continue
            kind, content = here.recv()
            if kind == "done":
                return content
            if kind == "wrong":
                raise OutputError(content)
            done, total = content
    except EOFError:
        raise OutputError("the process that did it has died") from None
    finally:
        process.kill()
        process.join()
        here.close()


def _do(there: Any, extensions: Any, work: bytes) -> None:
    """Do it, in the other process."""
    if hasattr(os, "nice"):
        os.nice(NICE)
    try:
        ensure([Carried(*one) for one in extensions])
        function, args = pickle.loads(work)
        there.send(("done", function(*args, lambda *progress: there.send(("on", progress)))))
    except (OutputError, ScenarioError) as error:
        there.send(("wrong", str(error)))
    except Exception as error:  # told in the page: nobody reads what this process prints
        there.send(("wrong", f"{type(error).__name__}: {error}"))
