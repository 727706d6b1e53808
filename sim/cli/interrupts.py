"""Reliable handling of Ctrl-C.

Python ignores exceptions in finalisers and in callbacks of imports, even a KeyboardInterrupt: it prints "Exception
ignored in ..." and continues. This module remembers the request, and raises it again before work would continue.
"""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

_asked = False
_hook = sys.unraisablehook


def listen() -> None:
    """Remember Ctrl-C from now on, unless another handler is installed."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _note)
        sys.unraisablehook = _tell


def check() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed and lost."""
    if _asked:
        raise KeyboardInterrupt


def _note(*_: Any) -> None:
    global _asked
    _asked = True
    raise KeyboardInterrupt


def _tell(what: Any) -> None:
    """Report ignored exceptions as before, except a Ctrl-C, which `check` raises again."""
    if not (_asked and issubclass(what.exc_type, KeyboardInterrupt)):
        _hook(what)
