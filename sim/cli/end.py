"""How a command ends that could not do what it was asked: in words, and with which status."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from sim.cli.common import BAD_INPUT, UNFINISHED

# What errors say that are not MemoryError: of a library that finds no room for its code, of threads without a stack.
_OF_MEMORY = ("cannot allocate memory", "failed to map segment", "can't start new thread", "not enough memory")


def explained(error: Exception) -> tuple[str, int]:
    """What is said of an error, and the status that the command ends with."""
    from sim.outputs.folder import OutputError, UnfinishedError
    from sim.scenario.errors import ScenarioError
    from sim.states.errors import StateError

    if isinstance(error, UnfinishedError):
        return str(error), UNFINISHED
    if isinstance(error, ScenarioError | OutputError | StateError):
        return str(error), BAD_INPUT
    short = _of_memory(error)
    if short is not None:
        return f"not enough memory, or too low a limit (ulimit -v): {short}", 1
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EPIPE):
        return f"the output could not be written: {error.strerror}", 1
    from sim.load_extensions import blamed

    if text := blamed(error):
        return text, BAD_INPUT
    return f"internal error: {type(error).__name__}: {error}\nset CORRIDOR_DEBUG=1 for the traceback", 1


def _of_memory(error: Exception) -> str | None:
    """What an error says that comes of too little memory, as it came or from deeper down; None of others."""
    for cause in _causes(error):
        text = " ".join(str(cause).split())
        if isinstance(cause, MemoryError) or (isinstance(cause, OSError) and cause.errno == errno.ENOMEM):
            return text or "no more could be had"
        if any(words in text.lower() for words in _OF_MEMORY):
            return text
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
