"""The error of stored states."""

from __future__ import annotations


class StateError(Exception):
    """A state cannot be taken, read, or continued as asked; the message is one line."""
