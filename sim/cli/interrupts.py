"""Reliable handling of Ctrl-C, and of SIGTERM, with which schedulers of jobs end a program: both end it tidily.

Python ignores exceptions in finalisers and in callbacks of imports, even a KeyboardInterrupt: it prints "Exception
ignored in ..." and continues. This module remembers the request, and raises it again before work would continue.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

_asked = _told = False
_status = 130  # with which the command ends: 128 and the number of the signal
_hook = sys.unraisablehook


def listen() -> None:
    """Remember Ctrl-C and SIGTERM from now on, unless another handler is installed."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _note)
        sys.unraisablehook = _tell
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _note)
        sys.unraisablehook = _tell


def check() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed, or the process asked to end, and that was lost."""
    if _asked:
        raise KeyboardInterrupt


def tell() -> None:
    """Note that the user was told of the interruption."""
    global _told
    _told = True


def is_told() -> bool:
    """Return whether the user was told of the interruption."""
    return _told


def status() -> int:
    """Return the status of an interrupted command: 130 after Ctrl-C, 143 after SIGTERM."""
    return _status


def _note(number: int, _: Any) -> None:
    global _asked, _status
    _asked, _status = True, 128 + number
    raise KeyboardInterrupt


def _tell(what: Any) -> None:
    """Report ignored exceptions as before, except a Ctrl-C, which `check` raises again."""
    if not (_asked and issubclass(what.exc_type, KeyboardInterrupt)):
        _hook(what)
