"""How a command ends that could not do what it was asked: in words, and with which status."""

from __future__ import annotations

import errno

from sim.cli.common import BAD_INPUT, UNFINISHED


def explained(error: Exception) -> tuple[str, int]:
    """What is said of an error, and the status that the command ends with."""
    from sim.outputs.folder import OutputError, UnfinishedError
    from sim.scenario.errors import ScenarioError

    if isinstance(error, UnfinishedError):
        return str(error), UNFINISHED
    if isinstance(error, ScenarioError | OutputError):
        return str(error), BAD_INPUT
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EPIPE):
        return f"the output could not be written: {error.strerror}", 1
    return f"internal error: {type(error).__name__}: {error}\nset CORRIDOR_DEBUG=1 for the traceback", 1
