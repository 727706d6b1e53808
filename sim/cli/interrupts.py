"""Ctrl-C that is not lost.

Python ignores an exception that comes up in a finaliser or in a callback of an import, a KeyboardInterrupt too: it
prints "Exception ignored in ..." and goes on. Here the request is remembered, and raised again where work would go on.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

_asked = False
_hook = sys.unraisablehook


def listen() -> None:
    """Remember Ctrl-C from now on, unless somebody else has it in hand already."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _note)
        sys.unraisablehook = _tell


def check() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed: whoever still works has not heard of it."""
    if _asked:
        raise KeyboardInterrupt


def _note(*_: Any) -> None:
    global _asked
    _asked = True
    raise KeyboardInterrupt


def _tell(what: Any) -> None:
    """Tell of an exception that is ignored as before, but not of a Ctrl-C that `check` brings up again."""
    if not (_asked and issubclass(what.exc_type, KeyboardInterrupt)):
        _hook(what)
